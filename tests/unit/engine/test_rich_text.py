"""Text with formatting of its own, in documents and on slides."""

from __future__ import annotations

import pytest

from generator.build.templates import compile_template
from generator.errors import ExpressionError
from generator.model.rich_text import RichText, TextPiece, TextStyle
from tests.support.packages import docx_bytes, open_docx, open_pptx, pptx_bytes, render, texts


def _runs(document):
    return [(run.text, run.bold, run.italic) for run in document.paragraphs[0].runs if run.text]


def test_formats_words_of_a_sentence_and_keeps_the_rest():
    document = open_docx(render(docx_bytes("a {{ v | bold }} b"), {"v": "R&D <5"}))

    assert _runs(document) == [("a ", None, None), ("R&D <5", True, None), (" b", None, None)]


def test_keeps_the_formatting_of_the_tag_under_its_own():
    document = open_docx(render(docx_bytes("¦{{ v | italic | color('#d55e00') }}"), {"v": "x"}))

    run = next(run for run in document.paragraphs[0].runs if run.text)
    assert (run.bold, run.italic, str(run.font.color.rgb)) == (True, True, "D55E00")


@pytest.mark.parametrize(
    ("filter_", "attribute", "value"),
    [("underline", "underline", True), ("strike", "strike", True), ("size(18)", "size", 228600),
     ("superscript", "superscript", True), ("subscript", "subscript", True)],
)  # fmt: skip
def test_each_filter_sets_its_property(filter_, attribute, value):
    document = open_docx(render(docx_bytes(f"{{{{ v | {filter_} }}}}"), {"v": "x"}))

    run = next(run for run in document.paragraphs[0].runs if run.text)
    assert getattr(run.font, attribute) == value


def test_formats_text_on_a_slide():
    deck = open_pptx(render(pptx_bytes(["t", "a {{ v | bold | color('D55E00') }} b"]), {"v": "x"}))

    runs = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs
    found = [(run.text, run.font.bold) for run in runs if run.text]
    assert found == [("a ", None), ("x", True), (" b", None)]
    assert str(next(run for run in runs if run.text == "x").font.color.rgb) == "D55E00"


def test_makes_links_in_both_formats():
    context = {"u": "https://example.org/a b?c=1&d=2"}

    document = open_docx(render(docx_bytes("see {{ 'here' | link(u) }}."), context))
    deck = open_pptx(render(pptx_bytes(["t", "see {{ 'here' | link(u) }}."]), context))

    expected = "https://example.org/a%20b?c=1&d=2"
    assert texts(document) == ["see here."]
    assert [(h.text, h.address) for h in document.paragraphs[0].hyperlinks] == [("here", expected)]
    runs = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs
    assert [run.hyperlink.address for run in runs if run.text == "here"] == [expected]


def test_refuses_a_link_that_runs_something():
    template = compile_template(docx_bytes("{{ 'x' | link(u) }}"))

    with pytest.raises(ExpressionError) as caught:
        template.render({"u": "javascript:alert(1)"})

    assert '"javascript:alert(1)" is no address for a link' in caught.value.message


def test_names_a_colour_that_is_none():
    with pytest.raises(ExpressionError) as caught:
        compile_template(docx_bytes("{{ 'x' | color('red') }}")).render({})

    assert '"red" is no colour' in caught.value.message
    assert str(caught.value.where) == "template, paragraph 1"


def test_takes_pieces_from_the_context_with_breaks_in_them():
    value = RichText((TextPiece("one\n"), TextPiece("two\t", TextStyle(bold=True)))) + "three"

    document = open_docx(render(docx_bytes("{{ v }}"), {"v": value}))

    assert texts(document) == ["one\ntwo\tthree"]


def test_prints_as_plain_text_where_no_formatting_can_be():
    template = docx_bytes(edit=lambda d: setattr(d.core_properties, "title", "{{ v | bold }}"))

    assert open_docx(render(template, {"v": "R&D"})).core_properties.title == "R&D"
