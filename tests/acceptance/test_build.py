"""From a definition, data and templates to files: all of them, or none."""

from __future__ import annotations

import pytest

from generator.build.steps import build_report, check_report
from generator.errors import (
    ChoiceError,
    DataError,
    DefinitionError,
    OutputError,
    ReportError,
    SourceNotFoundError,
    TemplateError,
)
from tests.support.packages import open_docx, open_pptx, pptx_bytes, slide_texts, texts
from tests.support.projects import DEFINITION, FACTS, write_project


def _text(path):
    return texts(open_docx(path.read_bytes()))[0]


class TestResults:
    def test_writes_every_edition_of_every_document(self, tmp_path):
        result = build_report(write_project(tmp_path))

        names = [(f.path.name, f.document, f.language, f.state) for f in result.files]
        assert names == [
            ("note-zh.docx", "note", "zh", "written"),
            ("note-en.docx", "note", "en", "written"),
            ("deck-en.pptx", "deck", "en", "written"),
        ]
        output = tmp_path / "output"
        assert _text(output / "note-zh.docx") == "某区简报: 超2000亿元"
        assert (
            _text(output / "note-en.docx")
            == "A zone in figures: more than RMB\u00a0200\u00a0billion"
        )
        deck = open_pptx((output / "deck-en.pptx").read_bytes())
        assert slide_texts(deck) == [
            ["up 7.3 percent", "Source: report on a zone. Period: 2024, first half of 2025."]
        ]

    def test_builds_only_what_is_asked_for_where_it_is_asked_for(self, tmp_path):
        build_report(write_project(tmp_path), languages=["en"], documents=["note"],
                     output=tmp_path / "elsewhere")  # fmt: skip

        assert sorted(p.name for p in (tmp_path / "elsewhere").iterdir()) == [
            "manifest.json", "note-en.docx",
        ]  # fmt: skip
        assert not (tmp_path / "output").exists()

    def test_gives_the_same_bytes_twice_and_leaves_unchanged_files_alone(self, tmp_path):
        definition = write_project(tmp_path)
        first = build_report(definition)
        times = [f.path.stat().st_mtime_ns for f in first.files]

        second = build_report(definition)
        third = build_report(definition, output=tmp_path / "again")

        assert [f.digest for f in third.files] == [f.digest for f in first.files]
        assert {f.state for f in second.files} == {"unchanged"}
        assert [f.path.stat().st_mtime_ns for f in second.files] == times

    def test_tells_the_steps_as_they_begin_and_how_long_they_took(self, tmp_path):
        seen = []

        result = build_report(write_project(tmp_path), on_step=lambda *step: seen.append(step))

        assert [name for name, _, _ in seen] == [step.name for step in result.steps]
        assert [number for _, number, _ in seen] == [1, 2, 3, 4, 5]


class TestFailures:
    def test_never_writes_over_a_file_that_the_report_is_made_from(self, tmp_path):
        definition = write_project(tmp_path, definition=DEFINITION.replace("note-zh", "note"))
        template = tmp_path / "templates" / "note.docx"
        before = template.read_bytes()

        with pytest.raises(OutputError) as caught:
            build_report(definition, output=tmp_path / "templates")

        assert template.read_bytes() == before
        assert str(caught.value) == (
            f"{template}: the result would overwrite a file that the report is made from\n"
            "hint: choose another name or folder for the output"
        )

    def test_refuses_a_deck_that_is_named_as_a_document(self, tmp_path):
        definition = write_project(tmp_path)
        deck = (tmp_path / "templates" / "deck.pptx").read_bytes()
        (tmp_path / "templates" / "note.docx").write_bytes(deck)

        with pytest.raises(TemplateError) as caught:
            build_report(definition, documents=["note"])

        assert str(caught.value) == (
            "templates/note.docx: the file is a .pptx under another name\n"
            "hint: give it the ending .pptx, in the definition too"
        )

    def test_writes_nothing_when_one_file_fails(self, tmp_path):
        definition = write_project(tmp_path, "fine")
        build_report(definition)
        before = {p.name: p.read_bytes() for p in (tmp_path / "output").iterdir()}
        write_project(tmp_path, "{{ growth.gdpp }}")

        with pytest.raises(TemplateError) as caught:
            build_report(definition)

        assert {p.name: p.read_bytes() for p in (tmp_path / "output").iterdir()} == before
        assert str(caught.value.where) == "templates/note.docx, paragraph 1"
        assert caught.value.hint == 'did you mean "gdp"?'

    def test_checks_all_templates_and_reports_each_problem_once(self, tmp_path):
        definition = write_project(tmp_path, "{{ growth.gdpp }}", "{{ nosuch }}")

        problems = check_report(definition)

        assert [(str(p.where), p.message) for p in problems] == [
            ("templates/note.docx, paragraph 1", 'no "gdpp" in "{{ growth.gdpp }}"'),
            ("templates/note.docx, paragraph 2", 'no name "nosuch" in this report'),
        ]
        assert not (tmp_path / "output").exists()

    def test_finds_nothing_wrong_with_a_sound_report(self, tmp_path):
        assert check_report(write_project(tmp_path)) == ()

    def test_names_the_nearest_document(self, tmp_path):
        with pytest.raises(ChoiceError) as caught:
            build_report(write_project(tmp_path), documents=["notes"])

        assert caught.value.hint == 'did you mean "note"?'

    def test_says_that_the_definition_is_not_there(self, tmp_path):
        with pytest.raises(SourceNotFoundError):
            build_report(tmp_path / "report.yaml")

    @pytest.mark.parametrize(
        ("old", "new", "place", "message"),
        [
            ("data/facts.yaml", "data/fact.yaml", 'report.yaml, line 3, field "data.0"',
             'there is no file "data/fact.yaml"'),
            ("templates/deck.pptx", "templates/dock.pptx",
             'report.yaml, line 9, field "documents.deck.en.template"',
             'there is no file "templates/dock.pptx"'),
            ("output: note-en.docx", "output: ../x.docx",
             'report.yaml, line 7, field "documents.note.en.output"',
             '"../x.docx" is no name for an output file'),
            ("output: note-en.docx", "output: note-zh.docx",
             'report.yaml, line 7, field "documents.note.en.output"', "is the output of note, zh"),
            ("date: 2025-08-31", "date: 31.8.2025", 'report.yaml, line 2, field "date"',
             '"31.8.2025" is no date'),
            ("title:", "titel:", "report.yaml, line 1", '"title" is missing'),
        ],
    )  # fmt: skip
    def test_names_line_and_field_of_a_wrong_definition(self, tmp_path, old, new, place, message):
        definition = write_project(tmp_path, definition=DEFINITION.replace(old, new))

        with pytest.raises(DefinitionError) as caught:
            build_report(definition)

        found = [(str(p.where), p.message) for p in caught.value.problems]
        assert any(where == place and message in text for where, text in found), found

    @pytest.mark.parametrize(
        ("old", "new", "place", "message"),
        [
            ("number: 7.3", "number: 7.4", 'line 22, field "groups.growth.facts.rate.number"',
             'the number 7.4 does not stand in "同比增长7.3%"'),
            ("        bound: over\n", "", 'field "groups.growth.facts.gdp.bound"',
             '"超2000亿元" says "over" and bound says "exact"'),
            ("unit: 亿元", "unit: 亿圆", 'field "groups.growth.facts.gdp.unit"',
             '"亿圆" is no known unit'),
            ("period: 2024", "period: 2024-13", 'field "groups.growth.facts.gdp.period"',
             '"2024-13" is no period'),
            ("at: lead 1, phrase: 超", "at: leed 1, phrase: 超",
             'field "groups.growth.facts.gdp.source.at"', 'there is no section "leed"'),
        ],
    )  # fmt: skip
    def test_names_line_and_field_of_a_wrong_fact(self, tmp_path, old, new, place, message):
        assert old in FACTS
        definition = write_project(tmp_path, facts=FACTS.replace(old, new))

        with pytest.raises(DataError) as caught:
            build_report(definition)

        found = [(str(p.where), p.message) for p in caught.value.problems]
        assert any(place in where and message in text for where, text in found), found
        assert all(where.startswith("data/facts.yaml, line ") for where, _ in found)

    def test_says_that_an_output_cannot_be_written(self, tmp_path):
        definition = write_project(tmp_path)
        (tmp_path / "output").write_text("a file in the way")

        with pytest.raises(OutputError) as caught:
            build_report(definition)

        assert "cannot be written" in caught.value.message

    def test_leaves_no_temporary_file_when_a_folder_stands_in_the_way(self, tmp_path):
        definition = write_project(tmp_path)
        (tmp_path / "output" / "note-en.docx").mkdir(parents=True)

        with pytest.raises(ReportError):
            build_report(definition)

        assert [p.name for p in (tmp_path / "output").iterdir()] == ["note-en.docx"]


def test_sources_cited_on_a_slide_are_listed_and_pass_the_gate(tmp_path):
    definition = write_project(tmp_path)
    (tmp_path / "templates" / "deck.pptx").write_bytes(
        pptx_bytes(
            [
                "{{ growth.rate | change }}{{ growth.rate | cite }}",
                "{{ growth.gdp }}{{ growth.gdp | cite }}",
                "{{ cited() }}",
            ]
        )
    )

    result = build_report(definition, languages=["en"])

    deck = open_pptx((tmp_path / "output" / "deck-en.pptx").read_bytes())
    title, body, sources = slide_texts(deck)[0]
    assert (title[-2:], body[-1]) == ("t1", "2")
    assert [line.split(",")[0] for line in sources.split("\v")] == [
        "1 report on a zone",
        "2 report on a zone",
    ]
    assert [problem.message for problem in result.problems] == []
