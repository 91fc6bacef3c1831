"""The annex: a table of the figures that a document uses, known once it was filled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docx import Document

from generator.build.manifest import trace_file
from generator.build.steps import build_report
from generator.editions.current import build_current
from generator.errors import ReportError
from tests.support.packages import part_text
from tests.support.projects import DEFINITION, FACTS, write_project

CHART = DEFINITION + "charts:\n  rates: {kind: bar, facts: [growth.rate]}\n"


def names_in(path: Path) -> list[str]:
    """Return the names of the figures in the last table of a document, without its header."""
    return [row.cells[0].text for row in Document(str(path)).tables[-1].rows][1:]


def build(folder: Path, *paragraphs: str, definition: str = DEFINITION) -> Path:
    build_report(write_project(folder, *paragraphs, definition=definition))
    return folder / "output" / "note-en.docx"


class TestWhatItLists:
    def test_only_what_the_document_prints(self, tmp_path):
        assert names_in(build(tmp_path, "{{ growth.gdp }}", "{{ annex() }}")) == ["GDP"]

    def test_what_stands_below_it_too(self, tmp_path):
        output = build(tmp_path, "{{ annex() }}", "{{ growth.rate | change }}")

        assert names_in(output) == ["Growth"]

    def test_what_charts_show(self, tmp_path):
        output = build(tmp_path, "{{ chart('rates') }}", "{{ annex() }}", definition=CHART)

        assert names_in(output) == ["Growth"]

    def test_what_is_printed_in_another_form(self, tmp_path):
        output = build(tmp_path, "{{ growth.gdp.in_unit('万元') }}", "{{ annex() }}")

        assert names_in(output) == ["GDP"]

    def test_not_what_is_only_named(self, tmp_path):
        output = build(tmp_path, "{{ growth.gdp.name }} {{ growth.rate }}", "{{ annex() }}")

        assert names_in(output) == ["Growth"]

    def test_all_or_some_where_they_are_asked_for(self, tmp_path):
        assert names_in(build(tmp_path / "a", "{{ annex('all') }}")) == ["GDP", "Growth"]
        assert names_in(build(tmp_path / "b", "{{ annex('growth.rate') }}")) == ["Growth"]

    def test_each_document_has_its_own(self, tmp_path):
        output = build(
            tmp_path, "{% if lang == 'zh' %}{{ growth.gdp }}{% else %}{{ growth.rate }}{% endif %}",
            "{{ annex() }}",
        )  # fmt: skip

        assert names_in(output) == ["Growth"]
        assert names_in(output.with_name("note-zh.docx")) == ["地区生产总值"]

    def test_its_columns(self, tmp_path):
        table = Document(str(build(tmp_path, "{{ growth.gdp }}", "{{ annex() }}"))).tables[-1]

        rows = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in table.rows]
        assert rows == [
            ["Figure", "Value", "Period", "Bound", "Place and phrase"],
            ["GDP", "> RMB 200 bn", "2024", "lower bound (over)", "lead, paragraph 1: 超2000亿元"],
        ]

    def test_an_unknown_name(self, tmp_path):
        with pytest.raises(ReportError) as caught:
            build(tmp_path, "{{ annex('growht') }}")

        assert 'there is no group or fact "growht"' in caught.value.problems[0].message
        assert caught.value.problems[0].hint == 'did you mean "growth"?'


class TestTheSecondFilling:
    def test_charts_are_counted_once(self, tmp_path):
        output = build(tmp_path, "{{ chart('rates') }}", "{{ annex() }}", definition=CHART)

        charts = [r for r in trace_file(output).rows if r.place.startswith("chart")]
        assert len(charts) == 1

    def test_the_trace_knows_the_figures_of_the_annex(self, tmp_path):
        output = build(tmp_path, "{{ growth.gdp }}", "{{ annex() }}")

        places = [row.place for row in trace_file(output, "growth.gdp").rows]
        assert places == ["paragraph 1", "table 1, row 2, column 2"]

    def test_a_second_build_gives_the_same_bytes_and_manifest(self, tmp_path):
        output = build(tmp_path, "{{ annex() }}", "{{ growth.gdp }}")
        first = output.read_bytes(), (output.parent / "manifest.json").read_bytes()

        build_report(tmp_path / "report.yaml")

        assert (output.read_bytes(), (output.parent / "manifest.json").read_bytes()) == first

    def test_an_edition_keeps_what_it_used(self, tmp_path):
        definition = write_project(tmp_path, "{{ growth.gdp }}", "{{ annex() }}")
        build_current(definition)
        facts = tmp_path / "data" / "facts.yaml"

        facts.write_text(FACTS.replace("7.3", "7.4"), encoding="utf-8")
        states = {file.path.name: file.state for file in build_current(definition).files}

        assert states == {"note-zh.docx": "unchanged", "note-en.docx": "unchanged",
                          "deck-en.pptx": "written"}  # fmt: skip

    def test_isolated_it_is_the_same(self, tmp_path, cli):
        output = build(tmp_path / "a", "{{ growth.gdp }}", "{{ annex() }}")
        other = write_project(tmp_path / "b", "{{ growth.gdp }}", "{{ annex() }}")

        run = cli("build", "--report", other, "--isolate")

        assert run.code == 0, run.err
        assert (tmp_path / "b" / "output" / "note-en.docx").read_bytes() == output.read_bytes()
        manifest = json.loads((tmp_path / "b" / "output" / "manifest.json").read_bytes())
        assert "growth.gdp" in manifest["facts"]


class TestNotes:
    @pytest.mark.parametrize(
        ("tag", "part"),
        [("cite", "word/footnotes.xml"), ("cite('endnote')", "word/endnotes.xml")],
    )
    def test_say_where_a_figure_comes_from(self, tmp_path, tag, part):
        output = build(tmp_path, "{{ growth.gdp }}{{ growth.gdp | " + tag + " }}")

        assert "report on a zone, lead, paragraph 1: 超2000亿元." in part_text(
            output.read_bytes(), part
        )

    def test_of_another_kind_are_refused(self, tmp_path):
        with pytest.raises(ReportError) as caught:
            build(tmp_path, "{{ growth.gdp | cite('margin') }}")

        assert '"margin" is no kind of note; write "footnote" or "endnote"' in str(caught.value)
