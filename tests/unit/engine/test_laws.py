"""Laws of the engine over generated inputs."""

from __future__ import annotations

import pickle
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.build.templates import compile_template
from generator.errors import TemplateError
from tests.support.packages import (
    assert_sound,
    docx_bytes,
    open_docx,
    open_pptx,
    pptx_bytes,
    slide_texts,
    texts,
)

SENTENCE = (
    "Dear {{ name }}, {% if vip %}a {{ gift['kind'] }} {% else %}nothing {% endif %}"
    "{% for n in ns %}<{{ n }}>{% endfor %} for {{ name | upper }} & co."
)
CONTEXT = {"name": "R&D <5", "vip": True, "gift": {"kind": "王\u3000冠"}, "ns": [1, 2]}
EXPECTED = "Dear R&D <5, a 王\u3000冠 <1><2> for R&D <5 & co."

_PLAIN_DOCX = compile_template(docx_bytes("[{{ text }}]"))
_PLAIN_PPTX = compile_template(pptx_bytes(["t", "[{{ text }}]"]))
_ANY_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\u2028\u2029")
    | st.sampled_from("\n\t&<>\"'{}%#"),
    max_size=80,
)


def _cut(text: str, cuts: list[int]) -> str:
    pieces, last = [], 0
    for cut in sorted({c % len(text) for c in cuts}):
        pieces.append(text[last:cut])
        last = cut
    return "¦".join([*pieces, text[last:]])


@given(st.lists(st.integers(0, 1000), max_size=12))
@settings(max_examples=80, deadline=None)
def test_splitting_runs_anywhere_changes_no_text(cuts):
    result = compile_template(docx_bytes(_cut(SENTENCE, cuts))).render(CONTEXT)

    assert texts(open_docx(result)) == [EXPECTED]


@given(st.lists(st.integers(0, 1000), max_size=8))
@settings(max_examples=30, deadline=None)
def test_splitting_runs_of_a_slide_changes_no_text(cuts):
    def split(deck):
        paragraph = deck.slides[0].shapes[1].text_frame.paragraphs[0]
        paragraph.runs[0].text = ""
        for piece in _cut(SENTENCE, cuts).split("¦"):
            paragraph.add_run().text = piece

    result = compile_template(pptx_bytes(["t", "x"], edit=split)).render(CONTEXT)

    assert slide_texts(open_pptx(result)) == [["t", EXPECTED]]


@given(_ANY_TEXT)
@settings(max_examples=150, deadline=None)
def test_any_text_comes_out_of_a_document_as_it_went_in(text):
    result = _PLAIN_DOCX.render({"text": text})

    assert_sound(result)
    assert texts(open_docx(result)) == [f"[{text}]"]


@given(_ANY_TEXT)
@settings(max_examples=100, deadline=None)
def test_any_text_comes_out_of_a_slide_as_it_went_in(text):
    result = _PLAIN_PPTX.render({"text": text})

    assert_sound(result)
    found = slide_texts(open_pptx(result))[0][1]
    assert found.replace("\v", "\n") == f"[{text}]"


@given(st.text(st.characters(min_codepoint=0, max_codepoint=0x1FFFF), max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_a_package(text):
    assert_sound(_PLAIN_DOCX.render({"text": text}))
    assert_sound(_PLAIN_PPTX.render({"text": text}))


@given(st.lists(st.sampled_from(["{{ a }}", "{{ b }}", "x", " ", "&", "\n"]), max_size=6))
@settings(max_examples=40, deadline=None)
def test_same_input_gives_same_bytes_also_after_pickling(pieces):
    template = compile_template(docx_bytes("".join(pieces), [["".join(pieces)]]))
    context = {"a": "A<", "b": 2}

    first = template.render(context)

    assert template.render(context) == first
    assert pickle.loads(pickle.dumps(template)).render(context) == first


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_template_without_tags_comes_out_with_the_same_parts():
    for template in (docx_bytes("plain", [["a", "b"]]), pptx_bytes(["t", "x"], ["u"])):
        assert _parts(compile_template(template).render({})) == _parts(template)


def test_touches_no_part_without_tags():
    template = docx_bytes("{{ x }}")

    before, after = _parts(template), _parts(compile_template(template).render({"x": 1}))

    assert list(before) == sorted(after, key=list(before).index)
    assert [name for name in before if before[name] != after[name]] == ["word/document.xml"]


def test_one_template_serves_many_threads_at_once():
    template = compile_template(docx_bytes("{{ text }}", [["{{ text }}", "b"]]))
    texts_in = [f"value {number} " * (number + 1) for number in range(40)]
    expected = [template.render({"text": text}) for text in texts_in]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda text: template.render({"text": text}), texts_in * 5))

    assert results == expected * 5


#: What each of these texts is told, wherever it stands and whatever stands beside it.
_FAULTS = {
    "fine {{ name }}": [],
    "{{ a + }}": ["tag-syntax"],
    "{{ name | nofilter }}": ["tag-syntax"],
    "{% endif %}": ["block-mismatch"],
    "{% include 'x' %}": ["tag-syntax"],
    "{{ nme }}": ["undefined-name"],
    "{{ gift.kid }}": ["undefined-name"],
    "{{ name | round }}": ["expression"],
    "{{ 1 / 0 }}": ["expression"],
    "{% for n in ns %}{{ n.zz }}{% endfor %}": ["undefined-name"],
    "{% if name %}{{ markdown('# a') }} x{% endif %}": ["template"],
}


@pytest.mark.parametrize("form", ["docx", "pptx"])
@given(chosen=st.lists(st.sampled_from(sorted(_FAULTS)), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_each_fault_is_told_whatever_else_is_wrong(form, chosen):
    template = docx_bytes(*chosen) if form == "docx" else pptx_bytes(["title", *chosen])
    told = []

    try:
        compile_template(template, name="t").render(CONTEXT)
    except TemplateError as error:
        told = list(error.with_data([CONTEXT]).problems)

    found = sorted((_number(problem), problem.code) for problem in told)
    assert found == sorted(
        (number, code) for number, text in enumerate(chosen, 1) for code in _FAULTS[text]
    )


def _number(problem):
    """Return the number of the paragraph, or of the text box behind the title."""
    last = problem.where.steps[-1].rstrip('"')
    return int(last.rsplit(" ", 1)[1]) - (1 if "TextBox" in last else 0)


@given(st.lists(st.sampled_from(["{{ name }}", "{{ gift.kind }}", "x", "&", "\n"]), max_size=5))
@settings(max_examples=25, deadline=None)
def test_a_deck_gives_the_same_bytes_also_after_pickling(pieces):
    text = "".join(pieces)
    template = compile_template(
        pptx_bytes(["{%slide for n in ns %}" + text, text + "{%slide endfor %}"])
    )

    first = template.render(CONTEXT)

    assert_sound(first)
    assert template.render(CONTEXT) == first
    assert pickle.loads(pickle.dumps(template)).render(CONTEXT) == first
