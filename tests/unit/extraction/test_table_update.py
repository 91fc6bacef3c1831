"""The next edition of facts that stand in cells: a new table beside the old one."""

from __future__ import annotations

import pytest

from generator.build.reading import read_report
from generator.errors import DataError
from generator.extraction.review import Session, told
from generator.extraction.work import stands_in_cells, update_from_table

_REPORT = """\
title: {zh: 简报, en: Briefing}
date: 2026-01-31
documents:
  briefing: {zh: {template: a.docx, output: b.docx}}
datasets:
  zones:   # the yearbook
    file: data/zones_2025.csv
facts:
  growth:
    title: {zh: 增长, en: Growth}
    facts:
      # the level
      grp:
        name: {zh: 地区生产总值, en: GRP}
        unit: 亿元
        period: 2025
        cell: {dataset: zones, column: grp, where: {year: 2025, zone: 东区}}
      rate:
        name: {zh: 增速, en: Growth}
        unit: "%"
        period: 2025
        comparison: yoy
        cell: {dataset: zones, column: rate, where: {year: 2025, zone: 东区}, scale: 100, decimals: 1}
      west:
        name: {zh: 西区生产总值, en: GRP of the west}
        unit: 亿元
        period: 2025
        cell: {dataset: zones, column: grp, where: {year: 2025, zone: 西区}}
"""
_OLD = "year,zone,grp,rate\n2025,东区,2800,0.061\n2025,西区,900,0.02\n"
_NEW = "year,zone,grp,rate,firms\n2025,东区,2810,0.0612,70\n2026,东区,2990.5,0.0684,77\n2026,南区,400,0.04,5\n2027,东区,1,1,1\n"


@pytest.fixture
def folder(tmp_path):
    """A report with a table, and a newer table beside it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "report.yaml").write_text(_REPORT, encoding="utf-8")
    (tmp_path / "a.docx").write_bytes(b"")
    (tmp_path / "data/zones_2025.csv").write_text(_OLD, encoding="utf-8")
    (tmp_path / "data/zones_2026.csv").write_text(_NEW, encoding="utf-8")
    return tmp_path


def _update(folder, table="data/zones_2026.csv", target="report.yaml", **more):
    return update_from_table(folder / table, folder / target, folder / "report.yaml", **more)


def _with(folder, table, content):
    (folder / "data" / table).write_text(content, encoding="utf-8")
    return f"data/{table}"


def _accepted(text):
    session = Session(text.encode(), "report.yaml")
    while session.pending:
        assert session.accept(session.pending[0], {}) is None
    return session.text.text


class TestUpdate:
    def test_takes_the_next_period_and_shows_both_values(self, folder):
        pairs = {pair.id: pair for pair in _update(folder).pairs if pair.id}

        assert (pairs["growth.grp"].old, pairs["growth.grp"].new) == ("2800", "2990.5")
        assert (pairs["growth.rate"].old, pairs["growth.rate"].new) == ("6.1", "6.8")
        assert {pairs[id].new_period for id in ("growth.grp", "growth.rate")} == {"2026"}
        assert pairs["growth.west"].state == "missing"

    def test_tells_rows_and_columns_that_no_fact_uses(self, folder):
        new = [pair for pair in _update(folder).pairs if pair.state == "new"]

        assert [pair.name for pair in new] == ['column "firms"', "line 4"]
        assert "zone = 南区" in new[1].new

    def test_keeps_ids_comments_and_order_and_names_the_new_table(self, folder):
        done = _update(folder)

        assert "  zones:   # the yearbook\n    file: data/zones_2026.csv\n" in done.text
        assert (
            "      # the level\n      grp:\n        name: {zh: 地区生产总值, en: GRP}\n"
            in done.text
        )
        assert "where: {year: 2026, zone: 东区}" in done.text
        assert done.report is None
        assert done.before.decode() == _REPORT

    def test_nothing_enters_a_report_unreviewed(self, folder):
        (folder / "report.yaml").write_text(_update(folder).text, encoding="utf-8")

        with pytest.raises(DataError) as error:
            read_report(folder / "report.yaml")

        assert [problem.code for problem in error.value.problems] == ["unreviewed"] * 3

    def test_the_reviewed_report_reads_the_new_cells(self, folder):
        session = Session(_update(folder).text.encode(), "report.yaml")
        session.skip(next(fact for fact in session.pending if fact.name == "west"))
        (folder / "report.yaml").write_text(_accepted(session.text.text), encoding="utf-8")

        _, book = read_report(folder / "report.yaml")

        assert str(book["growth.grp"].number) == "2990.5"
        assert str(book["growth.rate"].number) == "6.8"
        assert book["growth.grp"].entry.period == "2026"
        assert "growth.west" not in book

    def test_the_review_shows_the_cell_and_what_it_was(self, folder):
        session = Session(_update(folder).text.encode(), "report.yaml")
        fact = session.pending[0]

        lines = "\n".join(told(fact, {}, fact.fields, 1, 3, str))

        assert 'zones_2026.csv, line 3, column "grp": 2990.5' in lines
        assert "before      2800 (2025)" in lines
        assert "cell        zones, grp: year = 2026, zone = 东区" in lines

    def test_a_table_without_a_later_period_gives_the_same_cells_anew(self, folder):
        table = _with(folder, "revised.csv", _OLD.replace("2800", "2805"))

        states = {pair.id: (pair.state, pair.new) for pair in _update(folder, table).pairs}

        assert states == {
            "growth.grp": ("changed", "2805"), "growth.rate": ("same", "6.1"),
            "growth.west": ("same", "900"),
        }  # fmt: skip

    def test_a_year_in_the_name_of_a_column_goes_on(self, folder):
        report = _REPORT.replace(
            "column: grp, where: {year: 2025, ", 'column: "2025 grp", where: {'
        )
        report = report.replace(
            "column: rate, where: {year: 2025, ", 'column: "2025 rate", where: {'
        )
        (folder / "report.yaml").write_text(report, encoding="utf-8")
        _with(folder, "zones_2025.csv", "zone,2025 grp,2025 rate\n东区,2800,0.06\n西区,900,0.02\n")
        table = _with(
            folder,
            "wide.csv",
            "zone,2025 grp,2026 grp,2026 rate\n东区,2801,2990,0.07\n西区,900,950,0.03\n",
        )

        done = _update(folder, table)

        assert [pair.new for pair in done.pairs if pair.id] == ["2990", "7.0", "950"]
        assert "column: 2026 grp" in done.text.replace('"', "")

    @pytest.mark.parametrize(
        ("was", "others", "now", "period"),
        [
            ("2025-H1", ["2025", "2025-H2", "2026-H1"], "2025-H2", "2025-H2"),
            ("2025-06", ["2025-05", "2025-07", "2026-06"], "2025-07", "2025-07"),
            ("2025年上半年", ["2025年全年", "2026年上半年"], "2026年上半年", "2026-H1"),
        ],
    )
    def test_the_next_period_is_one_of_its_kind(self, folder, was, others, now, period):
        old_period = "2025-H1" if "年" in was else was
        report = _REPORT.replace("year: 2025", f"year: {was}").replace(
            "period: 2025", f"period: {old_period}"
        )
        (folder / "report.yaml").write_text(report, encoding="utf-8")
        rows = "".join(
            f"{value},{zone},{number},0.5\n"
            for number, value in enumerate([was, *others])
            for zone in ("东区", "西区")
        )
        table = _with(folder, "parts.csv", f"year,zone,grp,rate\n{rows}")

        done = _update(folder, table)

        assert f"where: {{year: {now}, zone: 东区}}" in done.text.replace('"', "")
        assert done.pairs[0].new_period == period

    def test_a_workbook_may_follow_a_text_table(self, folder):
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.Workbook()
        for row in (
            ["year", "zone", "grp", "rate"],
            [2026, "东区", 2990.5, 0.0684],
            [2026, "西区", 950, 0.03],
        ):
            book.active.append(row)
        book.save(folder / "data/zones.xlsx")

        done = _update(folder, "data/zones.xlsx")

        assert [pair.new for pair in done.pairs] == ["2990.5", "6.8", "950"]
        assert "zones.xlsx, Sheet!C2: 2990.5" in done.text

    def test_the_old_table_may_be_gone(self, folder):
        (folder / "data/zones_2025.csv").unlink()

        first = _update(folder).pairs[0]

        assert (first.old, first.new) == ("", "2990.5")


class TestDataFile:
    def test_facts_of_a_data_file_go_on_and_the_report_is_named(self, folder):
        head, _, facts = _REPORT.partition("facts:\n")
        (folder / "report.yaml").write_text(head + "data: [data/own.yaml]\n", encoding="utf-8")
        source = "source:\n  title: {zh: 册, en: book}\n  label: {zh: 册, en: book}\n  published: null\ngroups:\n"
        (folder / "data/own.yaml").write_text(source + facts, encoding="utf-8")

        done = _update(folder, target="data/own.yaml")

        assert "where: {year: 2026, zone: 东区}" in done.text
        assert done.report is not None
        assert done.report.endswith("report.yaml")
        assert done.dataset == "zones"


class TestWrongInput:
    def test_a_table_without_a_column_of_the_dataset_is_refused(self, folder):
        report = _REPORT.replace("    file: data/zones_2025.csv\n",
                                 "    file: data/zones_2025.csv\n    columns: {grp: number, rate: number}\n")  # fmt: skip
        (folder / "report.yaml").write_text(report, encoding="utf-8")
        table = _with(folder, "other.csv", "year,zone,rate\n2026,东区,0.07\n")

        with pytest.raises(DataError) as error:
            _update(folder, table)

        (problem,) = error.value.problems
        assert '"grp"' in problem.message
        assert problem.where.file.endswith("other.csv")
        assert problem.hint

    def test_several_datasets_must_be_told_apart(self, folder):
        report = _REPORT.replace(
            "facts:\n  growth", "  more: {file: data/zones_2025.csv}\nfacts:\n  growth"
        )
        report = report.replace("{dataset: zones, column: rate", "{dataset: more, column: rate")
        (folder / "report.yaml").write_text(report, encoding="utf-8")

        with pytest.raises(DataError) as error:
            _update(folder)

        assert error.value.message == "facts stand in several datasets"
        assert error.value.where.file.endswith("report.yaml")
        assert error.value.hint == "name one with --dataset: zones, more"
        assert [pair.id for pair in _update(folder, dataset="more").pairs if pair.id] == [
            "growth.rate"
        ]

    def test_a_file_without_cells_is_told_apart(self, folder):
        (folder / "plain.yaml").write_text(
            "source:\n  title: {zh: 册, en: book}\n  label: {zh: 册, en: book}\n  published: null\ngroups: {}\n",
            encoding="utf-8",
        )

        assert stands_in_cells(folder / "report.yaml")
        assert not stands_in_cells(folder / "plain.yaml")
        with pytest.raises(DataError) as error:
            _update(folder, target="plain.yaml")
        assert error.value.message.startswith("no fact of this file stands in a cell")
        assert error.value.where.file.endswith("plain.yaml")
        assert error.value.hint
