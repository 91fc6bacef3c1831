"""report.yaml to a definition, with every fault named."""

from __future__ import annotations

import datetime

import pytest

from generator.errors import DefinitionError, SourceFormatError, SourceNotFoundError
from generator.sources.definition import read_definition
from tests.support.projects import DEFINITION, write_project


def _read(folder, *changes):
    text = DEFINITION
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_definition(write_project(folder, definition=text))


class TestReading:
    def test_reads_texts_and_resolves_paths_from_its_folder(self, tmp_path):
        report = _read(tmp_path)

        assert report.file == "report.yaml"
        assert report.title.en == "A zone in figures"
        assert report.date == datetime.date(2025, 8, 31)
        assert report.data == (tmp_path / "data" / "facts.yaml",)
        assert report.output == tmp_path / "output"
        assert report.entry.languages == ("zh", "en")
        assert report.entry.documents["deck"]["en"].output == "deck-en.pptx"

    def test_leaves_out_what_is_not_given(self, tmp_path):
        report = _read(tmp_path)

        assert (report.subtitle, report.issuer, report.author, report.issue) == (None,) * 4
        assert report.entry.charts == {}


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new", "message", "place", "hint"),
        [
            ("title:", "titel:", '"title" is missing', "line 1", "add it"),
            ("2025-08-31", "2025-02-30", '"2025-02-30" is no date', 'line 2, field "date"',
             "write it like 2025-08-31"),
            ("[data/facts.yaml]", "data/facts.yaml", '"data/facts.yaml" is not a list',
             'line 3, field "data"', "write it as a list: [first, second]"),
            ("[data/facts.yaml]", "[]", "the list is too short", 'line 3, field "data"',
             "add what is missing"),
            ("    zh:", "    cn:", "\"cn\" is none of 'zh' or 'en'",
             'line 6, field "documents.note.cn"', "write one of these"),
            ("output: note-zh.docx", "output: a/b.docx",
             '"a/b.docx" is no name for an output file',
             'line 6, field "documents.note.zh.output"',
             "write a plain name that ends in .docx or .pptx, without a folder"),
            ("output: note-zh.docx", "output: NOTE-EN.docx",
             '"note-en.docx" is the output of note, zh already',
             'line 7, field "documents.note.en.output"', "give each edition a file of its own"),
            ("output: note-zh.docx", "output: note-zh.pptx",
             'the template "templates/note.docx" cannot give "note-zh.pptx"',
             'line 6, field "documents.note.zh.output"', "use the same ending for both"),
            ("[data/facts.yaml]", "[data/fact.yaml]", 'there is no file "data/fact.yaml"',
             'line 3, field "data.0"', 'did you mean "facts.yaml"?'),
            ("templates/deck.pptx", "slides/deck.pptx", 'there is no file "slides/deck.pptx"',
             'line 9, field "documents.deck.en.template"',
             "paths are relative to the folder of report.yaml"),
        ],
    )  # fmt: skip
    def test_names_line_field_and_remedy(self, tmp_path, old, new, message, place, hint):
        with pytest.raises(DefinitionError) as caught:
            _read(tmp_path, (old, new))

        found = {p.message: (str(p.where), p.hint) for p in caught.value.problems}
        assert message in found
        assert found[message] == (f"report.yaml, {place}", hint)

    def test_reports_all_missing_files_at_once(self, tmp_path):
        with pytest.raises(DefinitionError) as caught:
            _read(tmp_path, ("data/facts", "data/x"), ("templates/deck", "templates/y"))

        assert [p.message for p in caught.value.problems] == [
            'there is no file "data/x.yaml"',
            'there is no file "templates/y.pptx"',
        ]

    def test_says_that_there_is_no_definition(self, tmp_path):
        (tmp_path / "reports.yaml").touch()

        with pytest.raises(SourceNotFoundError) as caught:
            read_definition(tmp_path / "report.yaml")

        assert caught.value.message == "there is no such file"
        assert str(caught.value.where) == "report.yaml"
        assert caught.value.hint == 'did you mean "reports.yaml"?'

    def test_names_the_line_of_bad_yaml(self, tmp_path):
        with pytest.raises(SourceFormatError) as caught:
            _read(tmp_path, ("date:", "  date:"))

        assert caught.value.where.line == 2
        assert caught.value.hint
