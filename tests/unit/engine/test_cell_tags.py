"""docxtpl's tags about cells."""

from __future__ import annotations

import pytest

from generator.build.templates import compile_template
from generator.errors import BlockScopeError
from tests.support.packages import docx_bytes, render_docx


def _cells(document, row=0):
    return document.tables[0]._tbl.tr_lst[row].tc_lst


def test_colours_a_cell():
    document = render_docx([[["{% cellbg c %}text", "b"]]], {"c": "#FF8800"})

    cell = document.tables[0].cell(0, 0)
    assert cell.text == "text"
    assert [s.get(s.nsmap["w"].join("{}") + "fill") for s in cell._tc.iter("{*}shd")] == ["FF8800"]


def test_spans_columns():
    document = render_docx([[["{% colspan n %}wide"], ["x"]]], {"n": 3})

    assert _cells(document)[0].grid_span == 3
    assert len(document.tables[0].columns) == 3


def test_merges_repeated_rows_downward_and_shows_the_text_once():
    rows = [["{%tr for x in xs %}", ""], ["{% vm %}same", "{{ x }}"], ["{%tr endfor %}", ""]]

    document = render_docx([rows], {"xs": [1, 2, 3]})

    assert [_cells(document, row)[0].vMerge for row in range(3)] == [
        "restart", "continue", "continue"
    ]  # fmt: skip
    texts = ["".join(t.text for t in _cells(document, r)[0].iter("{*}t")) for r in range(3)]
    assert texts == ["same", "", ""]


def test_merges_repeated_cells_across():
    rows = [["{%tc for x in xs %}", "{% hm %}head", "{%tc endfor %}"]]

    document = render_docx([rows], {"xs": [1, 2]})

    assert [cell.grid_span for cell in _cells(document)] == [2]


def test_names_a_cell_tag_outside_of_a_table():
    with pytest.raises(BlockScopeError) as caught:
        compile_template(docx_bytes("{% vm %}x"))

    assert caught.value.message == '"{% vm %}" does not stand in a table cell'
    assert str(caught.value.where) == "template, paragraph 1"
