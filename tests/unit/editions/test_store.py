"""Editions: kept whole, listed, compared, built again, and given up in time."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from generator.build.changes import compare
from generator.editions.comparing import diff_editions
from generator.editions.current import build_current
from generator.editions.rebuilding import rebuild_edition
from generator.editions.store import find_edition, prune, read_editions, read_facts
from generator.errors import ChoiceError, SourceFormatError
from generator.model.report import HistoryDefinition
from tests.support.packages import docx_bytes, open_docx, open_pptx, pptx_bytes, table_texts, texts
from tests.support.projects import DEFINITION, FACTS, write_project

DAY = datetime.datetime(2026, 11, 23, 9, 15, tzinfo=datetime.UTC)
NEW_FACT = """\
      firms:
        name: {zh: 企业, en: Firms}
        written: 300家
        number: 300
        unit: 家
        period: 2024
        source: {at: lead 1, phrase: 300家}
"""
LATER = FACTS.replace("2000", "2100").replace("7.3", "6.1").replace("2025-H1", "2025-H2") + NEW_FACT


def keep(folder: Path, facts: str = FACTS, now: datetime.datetime = DAY, **options):
    """Keep an edition of a project with these facts and return its name."""
    (folder / "data/facts.yaml").write_text(facts, encoding="utf-8")
    return build_current(folder / "report.yaml", edition=True, now=now, **options).edition


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of which two editions are kept, with other facts each."""
    write_project(tmp_path, "{{ changes() }}", "{{ growth.gdp }}")
    (tmp_path / "templates/deck.pptx").write_bytes(
        pptx_bytes(["{% for c in changes() %}{{ c.name }}: {{ c.old }} > {{ c.new }} "
                    "{{ c.label }}; {% endfor %}since {{ changes().since }}"])
    )  # fmt: skip
    keep(tmp_path)
    keep(tmp_path, LATER)
    return tmp_path


class TestKeeping:
    def test_a_plain_build_keeps_none(self, tmp_path):
        result = build_current(write_project(tmp_path))

        assert result.edition is None
        assert not (tmp_path / "output/editions").exists()

    def test_an_edition_holds_outputs_snapshot_manifest_and_log(self, project):
        first, second = read_editions(project / "output")

        assert (first.name, second.name) == ("2026-11-23-1", "2026-11-23-2")
        assert second.earlier == first.name
        assert second.digests.keys() == {"note-zh.docx", "note-en.docx", "deck-en.pptx"}
        for name in second.digests:
            kept, current = second.folder / name, project / "output" / name
            assert kept.read_bytes() == current.read_bytes()
        assert (first.folder / "snapshot/data/facts.yaml").read_text("utf-8") == FACTS
        assert set(second.snapshot) == {
            "report.yaml", "data/facts.yaml", "templates/note.docx", "templates/deck.pptx",
        }  # fmt: skip
        assert "growth.gdp over 2000 -> over 2100" in (second.folder / "log.txt").read_text("utf-8")

    def test_the_definition_can_ask_for_it(self, tmp_path):
        definition = write_project(tmp_path, definition=DEFINITION + "history: {count: 2}\n")

        names = [build_current(definition, now=DAY).edition for _ in range(2)]
        partial = build_current(definition, languages=["zh"], force=True).edition
        (tmp_path / "data/facts.yaml").write_text(LATER, encoding="utf-8")
        names.append(build_current(definition, now=DAY).edition)

        assert names == ["2026-11-23-1", None, "2026-11-23-2"]
        assert partial is None

    def test_an_edition_that_a_killed_build_did_not_keep_is_kept_by_the_next(self, tmp_path):
        definition = write_project(tmp_path, definition=DEFINITION + "history: {}\n")
        build_current(definition, now=DAY)
        shutil.rmtree(tmp_path / "output/editions/2026-11-23-1")
        (tmp_path / "output/editions/.keeping-left").mkdir()

        assert build_current(definition, now=DAY).edition == "2026-11-23-1"
        assert [p.name for p in (tmp_path / "output/editions").iterdir()] == ["2026-11-23-1"]

    def test_nothing_new_makes_no_edition(self, project):
        result = build_current(project / "report.yaml", edition=True, now=DAY)

        assert result.edition is None
        assert [p.message for p in result.problems] == [
            "nothing has changed since the edition 2026-11-23-2"
        ]

    def test_an_edited_output_is_kept_as_it_was_built(self, project):
        (project / "output/note-en.docx").write_bytes(docx_bytes("edited"))

        name = keep(project, FACTS.replace("7.3", "9.9"))

        edition = find_edition(project / "output", name)
        assert "more than" in texts(open_docx((edition.folder / "note-en.docx").read_bytes()))[-1]
        assert texts(open_docx((project / "output/note-en.docx").read_bytes())) == ["edited"]

    def test_a_folder_without_a_whole_manifest_is_no_edition(self, project):
        (project / "output/editions/2026-11-23-1/manifest.json").write_bytes(b"{")

        assert [e.name for e in read_editions(project / "output")] == ["2026-11-23-2"]

    def test_an_input_that_changes_meanwhile_gives_files_and_no_edition(self, project, monkeypatch):
        from generator.build import steps

        render = steps._Work.fill

        def changing(*args):
            (project / "templates/note.docx").write_bytes(docx_bytes("later"))
            return render(*args)

        monkeypatch.setattr(steps._Work, "fill", changing)
        (project / "data/facts.yaml").write_text(FACTS.replace("7.3", "5"), encoding="utf-8")
        result = build_current(project / "report.yaml", edition=True, now=DAY)

        assert result.edition is None
        assert [(p.severity, p.message) for p in result.problems] == [
            ("error", "the file was changed while the report was built, so no edition was kept")
        ]
        assert len(read_editions(project / "output")) == 2
        assert not list((project / "output/editions").glob(".*"))

    def test_a_clock_that_was_set_back_changes_no_order(self, project):
        back = keep(project, FACTS, DAY - datetime.timedelta(days=30))
        forth = keep(project, LATER, DAY)

        names = [edition.name for edition in read_editions(project / "output")]
        assert names == ["2026-11-23-1", "2026-11-23-2", back, forth]
        assert (back, forth) == ("2026-10-24-1", "2026-11-23-3")

    def test_the_name_of_an_edition_that_was_given_up_is_not_used_again(self, project):
        shutil.rmtree(project / "output/editions/2026-11-23-1")

        assert keep(project, FACTS.replace("7.3", "5")) == "2026-11-23-3"

    def test_a_damaged_edition_stops_no_build(self, project):
        (project / "output/editions/2026-11-23-2/facts.json").write_bytes(b"{")

        assert keep(project, FACTS.replace("7.3", "5")) == "2026-11-23-3"
        assert read_editions(project / "output")[-1].earlier == "2026-11-23-1"


class TestChanges:
    def test_are_told_by_kind_with_old_and_new_value(self, project):
        old, new = (read_facts(edition) for edition in read_editions(project / "output"))

        found = [(c.id, c.kind, c.old and c.old["number"], c.new and c.new["number"])
                 for c in compare(old, new)]  # fmt: skip

        assert found == [
            ("growth.gdp", "restated", "2000", "2100"),
            ("growth.rate", "changed", "7.3", "6.1"),
            ("growth.firms", "new", None, "300"),
        ]
        back = [(c.id, c.kind) for c in compare(new, old)]
        assert back[-1] == ("growth.firms", "dropped")
        assert compare(old, old) == ()

    def test_stand_in_a_document_as_a_table_in_its_language(self, project):
        zh, en = (open_docx((project / f"output/note-{x}.docx").read_bytes()) for x in ("zh", "en"))

        assert table_texts(zh)[0] == ["指标", "上期", "本期", "变动", "来源"]
        assert table_texts(zh)[1] == ["地区生产总值", ">2000亿元", ">2100亿元", "修订", "某区报道"]
        assert table_texts(en)[3][0:4] == ["Firms", "–", "300", "new"]

    def test_stand_on_a_slide_one_by_one(self, project):
        deck = open_pptx((project / "output/deck-en.pptx").read_bytes())

        told = deck.slides[0].shapes[0].text_frame.text
        assert "Growth: 7.3% > 6.1% changed; " in told
        assert told.endswith("since 2026-11-23-1")

    def test_a_table_of_them_stands_on_a_slide(self, project):
        (project / "templates/deck.pptx").write_bytes(pptx_bytes(["{{ changes() }}"]))

        build_current(project / "report.yaml")

        deck = open_pptx((project / "output/deck-en.pptx").read_bytes())
        table = next(shape.table for shape in deck.slides[0].shapes if shape.has_table)
        assert [cell.text for cell in table.rows[1].cells][:1] == ["GDP"]

    def test_the_same_figures_are_always_compared_with_the_same_edition(self, project):
        before = (project / "output/note-en.docx").read_bytes()

        result = build_current(project / "report.yaml")

        assert {file.state for file in result.files} == {"unchanged"}
        assert (project / "output/note-en.docx").read_bytes() == before

    def test_a_report_that_tells_changes_is_skipped_unread_until_an_edition_comes(
        self, tmp_path, monkeypatch
    ):
        definition = write_project(tmp_path, "{{ changes() }}", definition=DEFINITION)
        for number, edition in (("2100", True), ("2200", False), ("2200", False)):
            data = FACTS.replace("2000", number)
            (tmp_path / "data/facts.yaml").write_text(data, encoding="utf-8")
            build_current(definition, edition=edition, now=DAY)

        with monkeypatch.context() as patch:
            patch.setattr("generator.build.steps.build_report", None)  # would fail if called
            result = build_current(definition)
        shutil.rmtree(tmp_path / "output/editions")
        first = build_current(definition)

        assert {file.state for file in result.files} == {"unchanged"}
        assert {file.path.name for file in first.files if file.reasons} == {
            "note-zh.docx", "note-en.docx",
        }  # fmt: skip

    def test_a_first_edition_and_one_without_changes_say_so(self, project):
        editions = read_editions(project / "output")
        first = open_docx((editions[0].folder / "note-en.docx").read_bytes())
        assert texts(first)[0] == "This is the first edition."

        (project / "templates/note.docx").write_bytes(docx_bytes("{{ changes('dropped') }}"))
        build_current(project / "report.yaml")

        now = open_docx((project / "output/note-zh.docx").read_bytes())
        assert texts(now)[0] == "自上一期以来没有数据变动。"


class TestDiff:
    def test_compares_the_last_two_or_those_named_or_the_data_as_they_are(self, project):
        definition = project / "report.yaml"
        (project / "data/facts.yaml").write_text(LATER.replace("300", "310"), encoding="utf-8")

        last = diff_editions(definition, None, None)
        back = diff_editions(definition, "last", "2026-11-23-1")
        now = diff_editions(definition, "last", "now")

        assert (last.old, last.new) == ("2026-11-23-1", "2026-11-23-2")
        assert [c.id for c in last.figures] == ["growth.gdp", "growth.rate", "growth.firms"]
        assert set(last.changed_files) == {"note-zh.docx", "note-en.docx", "deck-en.pptx"}
        assert back.figures[-1].kind == "dropped"
        assert [(c.id, c.kind) for c in now.figures] == [("growth.firms", "restated")]

    def test_a_name_that_does_not_exist_gives_the_nearest(self, project):
        with pytest.raises(ChoiceError) as raised:
            diff_editions(project / "report.yaml", "2026-11-23-7", None)

        assert raised.value.message == 'there is no edition "2026-11-23-7"'
        assert raised.value.hint is not None
        assert raised.value.hint.startswith('did you mean "2026-11-23-')

    def test_one_edition_cannot_be_compared(self, tmp_path):
        write_project(tmp_path)
        keep(tmp_path)

        with pytest.raises(ChoiceError) as raised:
            diff_editions(tmp_path / "report.yaml", None, None)

        assert raised.value.message == "there is one edition, and two are compared"
        assert raised.value.hint == "compare it with the data as they are: diff last now"


class TestRebuild:
    def test_gives_the_same_bytes_whatever_became_of_the_project(self, project):
        editions = read_editions(project / "output")
        for path in ("data", "templates"):
            shutil.rmtree(project / path)

        for edition in editions:
            result = rebuild_edition(edition)

            assert [file.state for file in result.files] == ["same"] * 3
            assert {f.path.name: f.digest for f in result.files} == edition.digests

    def test_mends_an_edition_or_writes_elsewhere(self, project, tmp_path):
        edition = read_editions(project / "output")[1]
        (edition.folder / "note-zh.docx").unlink()
        (edition.folder / "deck-en.pptx").write_bytes(b"damaged")

        mended = rebuild_edition(edition)
        elsewhere = rebuild_edition(edition, tmp_path / "elsewhere")

        assert {f.path.name: f.state for f in mended.files} == {
            "note-zh.docx": "restored", "note-en.docx": "same", "deck-en.pptx": "restored",
        }  # fmt: skip
        assert [f.state for f in elsewhere.files] == ["written"] * 3
        for name in edition.digests:
            assert (tmp_path / "elsewhere" / name).read_bytes() == (
                edition.folder / name
            ).read_bytes()

    def test_a_damaged_snapshot_is_refused(self, project):
        edition = read_editions(project / "output")[0]
        (edition.folder / "snapshot/data/facts.yaml").write_text("other", encoding="utf-8")

        with pytest.raises(SourceFormatError) as raised:
            rebuild_edition(edition)

        assert raised.value.message == "the file of the snapshot is missing or damaged"

    def test_other_bytes_are_told_and_never_put_into_the_edition(self, project, monkeypatch):
        edition = read_editions(project / "output")[1]
        monkeypatch.setattr("generator.build.changes._FIRST", {"zh": "x", "en": "x"})
        monkeypatch.setattr("generator.build.changes._HEADS", {"zh": "abcde", "en": "abcde"})
        monkeypatch.setattr("generator.editions.rebuilding.program_version", lambda: "another")

        result = rebuild_edition(edition)

        assert [f.state for f in result.files] == ["differs", "differs", "same"]
        assert {p.severity for p in result.problems} == {"warning"}
        kept = (edition.folder / "note-en.docx").read_bytes()
        assert table_texts(open_docx(kept))[0][0] == "Figure"


class TestRetention:
    @pytest.fixture
    def five(self, tmp_path: Path) -> Path:
        """A project with an edition of each of five days."""
        write_project(tmp_path, definition=DEFINITION.split("  deck:")[0])
        for day in range(5):
            facts = FACTS.replace("2000", str(2000 + day))
            keep(tmp_path, facts, DAY + datetime.timedelta(days=day), languages=["en"])
        return tmp_path / "output"

    @pytest.mark.parametrize(
        ("limits", "left"),
        [
            ({"count": 3}, ["25", "26", "27"]),
            ({"days": 1}, ["26", "27"]),
            ({"days": 3}, ["24", "25", "26", "27"]),
            ({"days": 3, "count": 2}, ["26", "27"]),
            ({}, ["23", "24", "25", "26", "27"]),
        ],
    )
    def test_is_by_count_and_age_and_spares_the_last_two(self, five, limits, left):
        now = DAY + datetime.timedelta(days=4 if "days" not in limits or limits["days"] > 1 else 40)

        gone = prune(five, HistoryDefinition(**limits), now)

        assert [e.name[8:10] for e in read_editions(five)] == left
        assert len(gone) == 5 - len(left)
        assert sorted(p.name for p in (five / "editions").iterdir()) == [
            f"2026-11-{day}-1" for day in left
        ]
