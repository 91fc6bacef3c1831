"""A report whose figures stand in a workbook, from its cells to its pages and back."""

from __future__ import annotations

import json
import zipfile
from decimal import Decimal

import pytest
from docx import Document

from generator.build.manifest import trace_file
from generator.build.reading import read_report
from generator.build.steps import build_report
from generator.editions.current import build_current
from generator.editions.rebuilding import rebuild_edition
from generator.editions.store import find_edition
from generator.errors import DataError
from tests.support.dataset_projects import NATIONAL, write_dataset_project
from tests.support.workbooks import FIGURES, with_cell, workbook_bytes, write_workbook


def texts_of(path):
    return [p.text for p in Document(str(path)).paragraphs]


def chart_definition():
    """Return the definition with a query and a chart; datasets stand before facts."""
    query = (
        "  recent:\n    query: select region, gdp, round(share(gdp, sum(gdp) over ()), 1) as part"
        " from national where year = 2025 order by gdp desc\n"
    )
    chart = (
        "charts:\n  regions:\n    kind: column\n    dataset: recent\n    category: region\n"
        "    series: [{name: GDP, column: gdp}]\n"
    )
    return NATIONAL.replace("facts:\n", query + "facts:\n", 1) + chart


class TestFactsOfCells:
    def test_prints_what_the_cells_hold(self, tmp_path):
        write_workbook(tmp_path)
        definition = write_dataset_project(
            tmp_path, NATIONAL, "GDP {{ growth.gdp }}, {{ growth.rate | change }}"
        )

        build_report(definition)

        (text,) = texts_of(tmp_path / "output" / "note-en.docx")
        assert text == "GDP RMB\u00a0214.37\u00a0billion, up 7.3 percent"

    def test_traces_a_figure_of_a_page_to_its_cell(self, tmp_path):
        write_workbook(tmp_path)
        build_report(write_dataset_project(tmp_path, NATIONAL, "GDP {{ growth.gdp }}"))

        (row,) = trace_file(tmp_path / "output" / "note-en.docx", "214.37").rows

        assert row.fact == "growth.gdp"
        assert row.source == "yearbook, figures.xlsx, Sheet1!C4: 2143.7"
        assert row.defined == "report.yaml:17"

    def test_cites_the_cell_in_a_note(self, tmp_path):
        write_workbook(tmp_path)
        build_report(write_dataset_project(tmp_path, NATIONAL, "{{ growth.gdp | cite }}GDP"))

        with zipfile.ZipFile(tmp_path / "output" / "note-en.docx") as package:
            notes = package.read("word/footnotes.xml").decode()
        assert "yearbook, figures.xlsx, Sheet1!C4." in notes


class TestTemplates:
    def test_lists_rows_and_traces_each_value(self, tmp_path):
        write_workbook(tmp_path)
        definition = write_dataset_project(
            tmp_path,
            chart_definition(),
            "{% for row in datasets.recent %}{{ row.region }} {{ row.gdp }} "
            "({{ row.part | digits(1) }}%); {% endfor %}",
            "{{ datasets.national.rows[0].gdp }} of {{ datasets.national.source }}",
        )

        build_report(definition)

        output = tmp_path / "output" / "note-en.docx"
        assert texts_of(output) == [
            "滨江 2143.7 (53.1%); 萧山 1890 (46.9%); ",
            "2000.5 of figures.xlsx, Sheet1!A1:D5",
        ]
        rows = {row.text: row.source for row in trace_file(output).rows}
        assert rows["2000.5"] == "figures.xlsx, Sheet1!C2"
        assert rows["53.1"] == (
            'query over national, row 1, column "part"; national: figures.xlsx, Sheet1!A1:D5'
        )

    def test_draws_a_chart_of_columns_and_traces_its_points(self, tmp_path):
        write_workbook(tmp_path)
        definition = write_dataset_project(
            tmp_path,
            chart_definition().replace("dataset: recent", "dataset: national"),
            '{{ chart("regions") }}',
        )

        build_report(definition)

        output = tmp_path / "output" / "note-en.docx"
        rows = trace_file(output).rows
        assert [(row.text, row.source) for row in rows] == [
            ("2000.5", "figures.xlsx, Sheet1!C2"),
            ("1800.25", "figures.xlsx, Sheet1!C3"),
            ("2143.7", "figures.xlsx, Sheet1!C4"),
            ("1890", "figures.xlsx, Sheet1!C5"),
        ]


class TestEditions:
    def test_builds_again_with_a_reason_when_the_workbook_changed(self, tmp_path):
        write_workbook(tmp_path)
        definition = write_dataset_project(
            tmp_path, NATIONAL, "{{ growth.gdp }} {{ datasets.national.rows[0].gdp }}"
        )
        assert [f.state for f in build_current(definition).files] == ["written"]
        assert [f.state for f in build_current(definition).files] == ["unchanged"]
        changed = [list(row) for row in FIGURES]
        changed[3][2] = 2150.1
        write_workbook(tmp_path, rows=changed)

        (file,) = build_current(definition).files

        assert file.state == "written"
        assert file.reasons == ("growth.gdp 2143.7 -> 2150.1", "the dataset national changed")

    def test_rebuilds_an_edition_without_the_workbook(self, tmp_path):
        path = write_workbook(tmp_path)
        definition = write_dataset_project(
            tmp_path, chart_definition(), "{{ growth.gdp }} {{ chart('regions') }}"
        )
        build_current(definition, edition=True)
        path.unlink()

        edition = find_edition(tmp_path / "output", "last")
        result = rebuild_edition(edition)

        assert [file.state for file in result.files] == ["same"]
        kept = json.loads((edition.folder / "datasets.json").read_bytes())
        assert kept["datasets"][0]["rows"][2] == ["2025", "滨江", "2143.7", "0.073"]


class TestFaults:
    def test_tells_all_faults_of_all_cells_at_once(self, tmp_path):
        rows = [list(row) for row in FIGURES]
        rows[1][2], rows[3][0] = "n/a", "soon"
        write_workbook(tmp_path, rows=rows)
        wanted = NATIONAL.replace(
            "    source:", "    columns: {gdp: number, people: integer}\n    source:", 1
        )

        with pytest.raises(DataError) as caught:
            build_report(write_dataset_project(tmp_path, wanted))

        assert [str(problem) for problem in caught.value.problems] == [
            'figures.xlsx, sheet "Sheet1": there is no column "people"\n'
            "hint: there are: year, region, gdp, growth",
            'figures.xlsx, sheet "Sheet1", cell A4, column "year": "soon" is not a whole number, '
            'like the others of its column\nhint: list "soon" under missing:, or say what the '
            "column holds: columns: {year: text}",
            'figures.xlsx, sheet "Sheet1", cell C2, column "gdp": "n/a" is not a number\n'
            'hint: list "n/a" under missing:',
        ]

    def test_tells_every_cell_that_is_not_found(self, tmp_path):
        write_workbook(tmp_path)
        wrong = NATIONAL.replace("column: gdp", "column: gpd").replace(
            "where: {year: 2025, region: 滨江}\n          scale",
            "where: {year: 2025}\n          scale",
        )

        with pytest.raises(DataError) as caught:
            build_report(write_dataset_project(tmp_path, wrong))

        first, second = caught.value.problems
        assert str(first) == (
            'report.yaml, line 21, field "facts.growth.facts.gdp.cell": "growth.gdp": the dataset '
            '"national" has no column "gpd"\nhint: did you mean "gdp"?'
        )
        assert second.message == (
            '"growth.rate": 2 rows of "national" where year = 2025: figures.xlsx, sheet "Sheet1", '
            'row 4; figures.xlsx, sheet "Sheet1", row 5'
        )


def test_decimals_of_a_workbook_are_those_that_excel_shows(tmp_path):
    data = workbook_bytes([("a",), (1,), (2,), (3,), (4,)])
    for cell, text in (("A2", "0.10000000000000001"), ("A3", "0.30000000000000004"),
                       ("A4", "1.0999999999999999E-2"), ("A5", "1E22")):  # fmt: skip
        data = with_cell(data, cell, f'<c r="{cell}"><v>{text}</v></c>')
    (tmp_path / "figures.xlsx").write_bytes(data)
    definition = write_dataset_project(
        tmp_path, "datasets:\n  t: {file: figures.xlsx}\n", "no figures"
    )

    _, book = read_report(definition)

    assert [row[0] for row in book.datasets["t"].rows] == [
        Decimal("0.1"), Decimal("0.3"), Decimal("0.011"), Decimal("1E+22"),
    ]  # fmt: skip


class TestThePreviousEdition:
    DEFINITION = """\
datasets:
  own: {file: figures.csv}
  before: {previous: own}
  change:
    query: >
      select own.region, own.gdp - before.gdp as more, growth(own.gdp, before.gdp) as rate
      from own left join before on before.region = own.region
"""
    TEXT = (
        "{% for row in datasets.change %}{{ row.region }} {{ row.more }} {{ row.rate }}; "
        "{% endfor %}{{ datasets.before.source }}"
    )

    def text_of(self, folder):
        return texts_of(folder / "output" / "note-en.docx")[0]

    def test_is_what_a_query_compares_with(self, tmp_path):
        definition = write_dataset_project(tmp_path, self.DEFINITION, self.TEXT)
        table = tmp_path / "figures.csv"
        table.write_text("region,gdp\na,100\nb,50\n", encoding="utf-8")
        build_current(definition, edition=True)
        assert self.text_of(tmp_path) == "a  ; b  ; figures.csv"

        table.write_text("region,gdp\na,110\nb,40\n", encoding="utf-8")
        build_current(definition, edition=True)
        edition = find_edition(tmp_path / "output", "last")
        first = self.text_of(tmp_path)
        build_current(definition)  # the same rows again: the same comparison

        assert first == self.text_of(tmp_path)
        assert first.startswith("a 10 10; b -10 -20; figures.csv, edition ")
        table.unlink()
        assert [file.state for file in rebuild_edition(edition).files] == ["same"]

    def test_needs_a_dataset_above_it(self, tmp_path):
        definition = write_dataset_project(
            tmp_path, "datasets:\n  before: {previous: own}\n  own: {file: figures.csv}\n"
        )
        (tmp_path / "figures.csv").write_text("a\n1\n", encoding="utf-8")

        with pytest.raises(DataError) as caught:
            build_report(definition)

        assert caught.value.message == 'there is no dataset "own" above this one'
        assert str(caught.value.where) == 'report.yaml, line 8, dataset "before"'
