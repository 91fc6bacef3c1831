"""Names and macros that one part gives hold in the parts that are written after it."""

from __future__ import annotations

import pytest

from generator import compile_template
from generator.errors import UndefinedNameError
from tests.support.packages import docx_bytes, open_docx, open_pptx, pptx_bytes, render, slide_texts

MACRO = "{% macro card(x) %}<{{ x }}>{% endmacro %}{% set n = 7 %}"


def with_header(body: str, header: str) -> bytes:
    def edit(document):
        document.sections[0].header.paragraphs[0].text = header
        document.core_properties.title = header

    return docx_bytes(body, edit=edit)


def test_what_the_body_gives_holds_in_headers_and_properties():
    document = open_docx(render(with_header(MACRO, "{{ card(n) }}"), {}))

    assert document.sections[0].header.paragraphs[0].text == "<7>"
    assert document.core_properties.title == "<7>"


def test_what_a_slide_gives_holds_on_later_slides_and_in_notes():
    def edit(deck):
        deck.slides[1].notes_slide.notes_text_frame.text = "{{ card(n) }}"

    deck = open_pptx(render(pptx_bytes([MACRO + "a"], ["{{ card(n) }}"], edit=edit), {}))

    assert slide_texts(deck) == [["a"], ["<7>"]]
    assert deck.slides[1].notes_slide.notes_text_frame.text == "<7>"


@pytest.mark.parametrize("template", [
    with_header("{{ card(1) }} {{ n }}", MACRO), pptx_bytes(["{{ card(1) }} {{ n }}"], [MACRO]),
])  # fmt: skip
def test_a_name_that_is_given_later_is_told_with_its_place(template):
    with pytest.raises(UndefinedNameError) as caught:
        compile_template(template, name="t").render({"m": 1})

    assert [problem.message for problem in caught.value.problems] == [
        'no name "card" in this report', 'no name "n" in this report',
    ]  # fmt: skip
    hints = [str(problem.hint) for problem in caught.value.problems]
    assert all(hint.startswith("it is given at t, ") and "later" in hint for hint in hints)
