"""``{% filter %}`` around text and values of one paragraph."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import compile_template
from generator.errors import ExpressionError, TagSyntaxError
from tests.support.packages import (
    docx_bytes,
    open_docx,
    open_pptx,
    pptx_bytes,
    render,
    render_docx,
    slide_texts,
    texts,
)

BLOCK = 'a {% filter upper %}b <{{ x }}> "q" \\ & {{ none }}{{ 0 }}{# n #}{% endfilter %} c'
SHOWN = 'a B <R&D> "Q" \\ & 0 c'


def test_text_and_values_go_through_the_filter():
    assert texts(render_docx([BLOCK], {"x": "r&d"})) == [SHOWN]


def test_on_a_slide_as_well():
    deck = open_pptx(render(pptx_bytes(["t", BLOCK]), {"x": "r&d"}))

    assert slide_texts(deck) == [["t", SHOWN]]


@given(st.lists(st.integers(1, len(BLOCK) - 1), max_size=6))
@settings(max_examples=20, deadline=None)
def test_it_may_be_split_over_runs(cuts):
    edges = [0, *sorted(set(cuts)), len(BLOCK)]
    split = "¦".join(BLOCK[a:b] for a, b in pairwise(edges))

    assert texts(open_docx(compile_template(docx_bytes(split)).render({"x": "r&d"}))) == [SHOWN]


def test_filters_with_arguments_and_in_a_row():
    text = "{% filter replace('a', 'o') | upper %}banana {{ x }}{% endfilter %}"

    assert texts(render_docx([text], {"x": "ja"})) == ["BONONO JO"]


def test_a_loop_around_it_repeats_it():
    text = "{% for x in xs %}{% filter upper %}{{ x }}-{% endfilter %}{% endfor %}"

    assert texts(render_docx([text], {"xs": ["a", "b"]})) == ["A-B-"]


def test_faults_show_what_was_written():
    with pytest.raises(ExpressionError) as caught:
        compile_template(docx_bytes("{% filter round %}a{% endfilter %}")).render({})

    assert (
        '"{% filter round %}a{% endfilter %}" fails at the filter "round"' in caught.value.message
    )


@pytest.mark.parametrize("block", [
    "{% filter upper %}{% if x %}a{% endif %}{% endfilter %}", "{% filter upper %}",
    "{% endfilter %}",
])  # fmt: skip
def test_around_other_blocks_it_is_refused(block):
    with pytest.raises(TagSyntaxError, match="is not allowed") as caught:
        compile_template(docx_bytes(block))

    assert "{{ x | upper }}" in str(caught.value.hint)
