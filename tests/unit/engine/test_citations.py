"""Sources on slides: numbered where they are cited, listed where the list is asked for."""

from __future__ import annotations

import pytest
from pptx.oxml.ns import qn
from pptx.util import Cm

from generator.build.templates import compile_template
from generator.errors import TemplateError
from tests.support.packages import docx_bytes, open_pptx, pptx_bytes, render, slide_texts


def _with_notes(text):
    def edit(presentation):
        for slide in presentation.slides:
            slide.notes_slide.notes_text_frame.text = text

    return edit


def _deck(*slides, edit=None, **context):
    return open_pptx(render(pptx_bytes(*slides, edit=edit), {"x": 1, **context}))


def _raised(run):
    properties = run._r.find(qn("a:rPr"))
    return None if properties is None else properties.get("baseline")


class TestOneSlide:
    def test_numbers_are_raised_and_the_list_tells_each_source_once(self):
        deck = _deck([
            "{{ a }}{{ footnote('Yearbook') }}",
            "{{ b }}{{ footnote('Census') }} and {{ c }}{{ footnote('Yearbook') }}",
            "{{ cited() }}",
        ], a="5", b="6", c="7")  # fmt: skip

        assert slide_texts(deck) == [["51", "62 and 71", "1 Yearbook\v2 Census"]]
        runs = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs
        assert [(r.text, _raised(r)) for r in runs if r.text] == [
            ("6", None), ("2", "30000"), (" and 7", None), ("1", "30000"),
        ]  # fmt: skip

    def test_the_list_may_stand_before_what_it_lists(self):
        deck = _deck(["{{ cited('; ') }}", "{{ footnote('Census') }}{{ footnote('Other') }}"])

        assert slide_texts(deck)[0][0] == "1 Census; 2 Other"

    def test_without_anything_cited_the_list_is_empty(self):
        assert slide_texts(_deck(["t", "a{{ cited() }}b"])) == [["t", "ab"]]

    def test_the_list_has_the_formatting_of_its_tag(self):
        def edit(presentation):
            run = presentation.slides[0].shapes[1].text_frame.paragraphs[0].runs[0]
            run.font.bold, run.font.italic = True, True

        deck = _deck(["{{ footnote('Census') }}", "{{ cited() }}"], edit=edit)

        runs = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs
        assert {(r.font.bold, r.font.italic) for r in runs if r.text} == {(True, True)}

    def test_markup_in_a_source_is_text(self):
        deck = _deck(["{{ footnote('R&D <5') }}", "{{ cited() }}"])

        assert slide_texts(deck) == [["1", "1 R&D <5"]]

    def test_a_large_slide_keeps_its_list(self):
        rows = ["{% for r in rows %}{{ r }}{{ footnote('S' ~ loop.index) }} {% endfor %}"]
        deck = _deck(["t", "{{ cited() }}", *rows], rows=["x" * 200] * 900)

        assert slide_texts(deck)[0][1].split("\v")[-1] == "900 S900"

    def test_a_table_of_the_slide_can_cite(self):
        def edit(presentation):
            shapes = presentation.slides[0].shapes
            table = shapes.add_table(1, 1, Cm(2), Cm(8), Cm(9), Cm(2)).table
            table.cell(0, 0).text = "{{ x }}{{ footnote('Census') }}"

        deck = _deck(["t", "{{ cited() }}"], edit=edit)

        assert slide_texts(deck)[0][1] == "1 Census"


class TestManySlides:
    def test_each_slide_numbers_anew(self):
        deck = _deck(
            ["{{ footnote('A') }}{{ footnote('B') }}", "{{ cited('; ') }}"],
            ["{{ footnote('B') }}", "{{ cited('; ') }}"],
        )

        assert [texts[1] for texts in slide_texts(deck)] == ["1 A; 2 B", "1 B"]

    def test_slides_from_a_loop_number_anew(self):
        deck = _deck(
            ["{%slide for n in x %}{{ footnote('S' ~ n) }}{%slide endfor %}", "{{ cited() }}"],
            x=[1, 2, 3],
        )

        assert [texts[1] for texts in slide_texts(deck)] == ["1 S1", "1 S2", "1 S3"]

    def test_speaker_notes_can_hold_the_list(self):
        deck = _deck(
            ["{%slide for n in x %}{{ footnote('S' ~ n) }}{%slide endfor %}"],
            edit=_with_notes("Sources: {{ cited() }}"), x=[1, 2],
        )  # fmt: skip

        notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
        assert notes == ["Sources: 1 S1", "Sources: 1 S2"]


def test_in_word_the_list_has_no_place_and_the_error_says_why():
    with pytest.raises(TemplateError, match="lists the notes of a slide") as caught:
        compile_template(docx_bytes("{{ cited() }}")).render({})

    assert "below the page" in (caught.value.hint or "")
