"""The same numbers everywhere: what disagrees is found, and both places are named."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from generator.build.chart_checks import Ledger, check_charts
from generator.build.chart_definitions import DefinedChart, defined_chart
from generator.build.chart_options import read_chart
from generator.build.plain_charts import ChartInsert
from generator.build.steps import build_report, check_report
from generator.build.views import FactView, build_views
from generator.charts.agreement import disagreements, shown_series
from generator.charts.native import native_chart
from generator.errors import ChartError, Location, Problem, ReportError
from generator.model.chart import ChartSpec
from generator.model.drawing import ChartDefinition
from generator.model.fact import Fact
from generator.model.length import Length
from generator.office.package import Package, read_package
from generator.sources.definition import read_definition
from generator.sources.facts import read_facts
from tests.acceptance.test_chart_kinds import template
from tests.unit.charts.specs import growth

ROOT = Path(__file__).resolve().parents[3]


def parts() -> tuple[bytes, bytes]:
    drawing = native_chart(growth(), Length.cm(12), Length.cm(7))
    (_, book), = drawing.part.related  # fmt: skip
    return drawing.part.blob, book.blob


def edited(book: bytes, cell: str, value: object) -> bytes:
    workbook = openpyxl.load_workbook(BytesIO(book))
    workbook.active[cell] = value  # type: ignore[index]
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


class TestChartAndWorkbook:
    def test_a_chart_of_ours_agrees(self) -> None:
        assert list(disagreements(*parts())) == []

    def test_a_workbook_written_by_another_program_agrees(self) -> None:
        xml, book = parts()

        assert list(disagreements(xml, edited(book, "Z9", "note"))) == []

    @pytest.mark.parametrize(
        ("cell", "value", "message"),
        [
            ("B2", 7.4, 'shows "7.3" among its values, and the cell Sheet1!B2 holds "7.4"'),
            ("B3", None, 'shows "15.40" among its values, and the cell Sheet1!B3 holds "nothing"'),
            ("A2", "GDP", 'the cell Sheet1!A2 holds "GDP"'),
            ("B1", "增长", 'the cell Sheet1!B1 holds "增长"'),
        ],
    )
    def test_a_cell_that_says_something_else_is_named(
        self, cell: str, value: object, message: str
    ) -> None:
        xml, book = parts()

        (found,) = disagreements(xml, edited(book, cell, value))

        assert message in found

    def test_a_lost_sheet_is_named(self) -> None:
        xml, book = parts()

        found = list(disagreements(xml.replace(b"Sheet1!", b"Sheet9!"), book))

        assert len(found) == 3
        assert "which is missing" in found[0]

    def test_a_range_of_another_length_is_named(self) -> None:
        xml, book = parts()

        found = list(disagreements(xml.replace(b"$B$2:$B$3", b"$B$2:$B$5"), book))

        assert found == ['the series "同比增速" shows 2 values, and Sheet1!$B$2:$B$5 has 4 cells']

    def test_labels_are_read(self) -> None:
        assert shown_series(parts()[0])[0].labels == {0: "7.3%", 1: "15.4%"}


@pytest.fixture(scope="module")
def views() -> Mapping[str, Mapping[str, FactView]]:
    report = read_definition(ROOT / "report.yaml")
    book = read_facts(report.data, report.folder)
    return {language: build_views(book, language) for language in ("zh", "en")}


def chart(views: Mapping[str, Mapping[str, FactView]], language: str = "zh") -> DefinedChart:
    definition = ChartDefinition.model_validate(
        {
            "kind": "bar",
            "facts": ["ai.firms", "computing.firms_served"],
            "series": {"zh": "数", "en": "n"},
        }
    )
    return defined_chart("c", definition, views[language], language, Location("report.yaml"))


def result(defined: DefinedChart) -> Package:
    data = template("pptx").render({"chart": ChartInsert(defined.spec)})
    return read_package(data, "deck.pptx")


def noted(*charts: tuple[str, DefinedChart]) -> Ledger:
    ledger = Ledger()
    for document, defined in charts:
        ledger.document = document
        ledger.note("c", defined.spec, defined.facts, True)
    return ledger


def problems(defined: DefinedChart, drawn: DefinedChart) -> list[Problem]:
    return check_charts([("deck.pptx", result(drawn))], noted(("deck.pptx", defined)))


class TestChartAndFacts:
    def test_what_was_drawn_is_what_is_shown(
        self, views: Mapping[str, Mapping[str, FactView]]
    ) -> None:
        assert problems(chart(views), chart(views)) == []

    def test_a_chart_that_shows_other_values_is_named(
        self, views: Mapping[str, Mapping[str, FactView]]
    ) -> None:
        right = chart(views)
        series = replace(right.spec.series[0], values=(Decimal(1), Decimal(2)))
        wrong = replace(right, spec=replace(right.spec, series=(series, *right.spec.series[1:])))

        (found,) = problems(right, wrong)

        assert str(found.where) == "deck.pptx"
        assert found.message == (
            'the chart "c" has 190 for "数" at "规上企业", and the part '
            '"ppt/charts/chart1.xml" shows 1'
        )
        assert found.hint == "let the chart be filled by the report alone"

    def test_a_chart_of_other_series_is_named(
        self, views: Mapping[str, Mapping[str, FactView]]
    ) -> None:
        right = chart(views)
        series = replace(right.spec.series[0], name="x", values=(Decimal(1), Decimal(2)))
        wrong = replace(right, spec=replace(right.spec, series=(series, *right.spec.series[1:])))

        (found,) = problems(right, wrong)

        assert found.message == 'no chart shows the values of the chart "c"'

    @pytest.mark.parametrize(
        ("label", "fault"),
        [(">191家", "stands at 190"), ("190家", "drops the bound of 190"), ("最多", None)],
    )
    def test_a_label_in_the_file_that_says_something_else(
        self, views: Mapping[str, Mapping[str, FactView]], label: str, fault: str | None
    ) -> None:
        right = chart(views)
        assert right.spec.series[0].labels is not None
        series = replace(right.spec.series[0], labels=(label, right.spec.series[0].labels[1]))
        wrong = replace(right, spec=replace(right.spec, series=(series, *right.spec.series[1:])))

        found = [problem.message for problem in problems(right, wrong)]

        assert [fault is not None and fault in message for message in found] == [True] * len(found)
        assert len(found) == (fault is not None)

    @pytest.mark.parametrize("kind", ["waterfall", "range"])
    def test_kinds_that_are_worked_out_are_compared_too(self, kind: str) -> None:
        def spec_of(end: int) -> ChartSpec:
            numbers = (
                {"values": [1, end]} if kind == "waterfall" else {"ranges": [[1, 2], [2, end]]}
            )
            series = [{"name": "n", **numbers}]
            return read_chart({"kind": kind, "categories": ["p", "q"], "series": series})

        spec, other = spec_of(4), spec_of(5)

        assert problems(DefinedChart(spec, ()), DefinedChart(spec, ())) == []
        assert len(problems(DefinedChart(spec, ()), DefinedChart(other, ()))) == 1

    def test_a_value_that_is_not_that_of_its_fact(
        self, views: Mapping[str, Mapping[str, FactView]]
    ) -> None:
        right = chart(views)
        series = replace(right.spec.series[0], values=(Decimal(191), Decimal(500)))
        wrong = replace(right, spec=replace(right.spec, series=(series, *right.spec.series[1:])))

        found = problems(wrong, wrong)

        assert [p.message.split(",")[0] for p in found[:1]] == [
            'the chart shows 191 for "ai.firms"'
        ]

    @pytest.mark.parametrize(
        ("label", "message"),
        [
            ("191家", 'the label "191家" stands at "ai.firms", which is 190'),
            ("190家", 'the label "190家" drops the bound of "ai.firms" (over)'),
        ],
    )
    def test_a_label_that_says_something_else(
        self, views: Mapping[str, Mapping[str, FactView]], label: str, message: str
    ) -> None:
        right = chart(views)
        series = replace(right.spec.series[0], labels=(label, ">500家"))
        wrong = replace(right, spec=replace(right.spec, series=(series, *right.spec.series[1:])))

        assert message in [problem.message for problem in problems(wrong, wrong)]

    def test_two_languages_that_differ_name_both_places(
        self, views: Mapping[str, Mapping[str, FactView]]
    ) -> None:
        zh, en = chart(views), chart(views, "en")
        other = FactView(
            _with_number(views["en"]["computing.firms_served"], Decimal(510)), "en", views["en"]
        )
        row = (en.facts[0][0], other)
        series = replace(en.spec.series[0], values=(en.spec.series[0].values[0], Decimal(510)),
                         labels=(en.spec.series[0].labels[0], "> 510"))  # type: ignore[index] # fmt: skip
        en = DefinedChart(replace(en.spec, series=(series, *en.spec.series[1:])), (row,))
        ledger = noted(("a.pptx", zh), ("b.pptx", en))

        found = check_charts([("a.pptx", result(zh)), ("b.pptx", result(en))], ledger)

        assert [problem.message for problem in found] == [
            '"computing.firms_served" is 510 (over) here, and 500 (over) in a.pptx, chart "c"'
        ]
        assert str(found[0].where) == 'b.pptx, chart "c"'


def _with_number(view: FactView, number: Decimal) -> Fact:
    return replace(view._fact, number=number)


class TestInABuild:
    def test_the_shipped_report_agrees(self) -> None:
        assert check_report(ROOT / "report.yaml") == ()

    def test_an_authors_chart_with_stale_values_is_a_warning(self, tmp_path: Path) -> None:
        """Only what the report drew may stop a build; the author's own charts may be samples."""
        for name in ("report.yaml", "data", "templates"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
        target = tmp_path / "templates" / "en" / "deck.pptx"
        target.write_bytes(_with_stale_chart(target.read_bytes()))

        built = build_report(tmp_path / "report.yaml", documents=["deck"], languages=["en"])

        assert [problem.severity for problem in built.problems] == ["warning"]
        assert 'holds "99"' in built.problems[0].message


def _with_stale_chart(deck: bytes) -> bytes:
    """Return a deck with a chart of its author whose workbook was edited without a refresh."""
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    presentation = pptx.Presentation(BytesIO(deck))
    data = CategoryChartData()
    data.categories = ["x"]
    data.add_series("own", [1])
    chart = (
        presentation.slides[2]
        .shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 10**6, 10**6, data)
        .chart
    )
    part = chart.part.chart_workbook.xlsx_part
    part._blob = edited(part.blob, "B2", 99)
    stream = BytesIO()
    presentation.save(stream)
    with ZipFile(stream) as found:
        assert any("charts/chart" in name for name in found.namelist())
    return stream.getvalue()


def test_a_disagreement_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.charts import native

    for name in ("report.yaml", "data", "templates"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    real = native.chart_parts

    def broken(*given: object) -> tuple[str, bytes]:
        xml, book = real(*given)  # type: ignore[arg-type]
        return xml, edited(book, "B2", 12345)

    monkeypatch.setattr(native, "chart_parts", broken)
    with pytest.raises(ChartError, match='holds "12345"'):
        build_report(tmp_path / "report.yaml", documents=["deck"], languages=["zh"])
    assert not list((tmp_path / "output").glob("*.pptx"))


@pytest.mark.parametrize("where", ["report", "document"])
def test_charts_of_a_report_or_a_document_are_pictures(tmp_path: Path, where: str) -> None:
    for name in ("report.yaml", "data", "templates"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    path = tmp_path / "report.yaml"
    text = path.read_text(encoding="utf-8")
    if where == "report":
        text += "charts_as: picture\n"
    else:
        text = text.replace("output: binjiang-deck-en.pptx", "output: d.pptx, charts_as: picture")
    path.write_text(text, encoding="utf-8")

    built = build_report(path, documents=["deck"])

    native = {file.language: b"charts/chart" in file.path.read_bytes() for file in built.files}
    assert native == {"zh": where == "document", "en": False}


def test_a_wrong_chart_is_told_with_its_line(tmp_path: Path) -> None:
    for name in ("report.yaml", "data", "templates"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    path = tmp_path / "report.yaml"
    lines = path.read_text(encoding="utf-8").replace("kind: bar", "kind: radarr", 1).splitlines()
    path.write_text("\n".join(lines).replace("radarr", "bar\n    maximum: 1", 1), encoding="utf-8")

    with pytest.raises(ReportError) as caught:
        build_report(path, documents=["deck"], languages=["zh"])

    line = next(n for n, text in enumerate(lines, 1) if text.startswith("  growth:"))
    assert f"line {line}" in str(caught.value)
    assert "beyond the end of the axis (1)" in str(caught.value)
