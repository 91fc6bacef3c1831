"""Merged cells and grids of tables whose rows or columns come from blocks."""

from __future__ import annotations

from typing import ClassVar

from pptx.presentation import Presentation as PptxPresentation
from pptx.util import Cm

from generator.engine.table_grid import with_fitting_grid, with_fitting_merges
from tests.support.packages import docx_bytes, open_docx, open_pptx, pptx_bytes, render, table_texts

Place = tuple[int, int]


def _deck(rows: list[list[str]], *merges: tuple[Place, Place]) -> bytes:
    def edit(deck: PptxPresentation) -> None:
        shapes = deck.slides[0].shapes
        table = shapes.add_table(len(rows), len(rows[0]), Cm(2), Cm(5), Cm(20), Cm(4)).table
        for y, row in enumerate(rows):
            for x, text in enumerate(row):
                table.cell(y, x).text = text
        for first, last in merges:
            table.cell(*first).merge(table.cell(*last))

    return pptx_bytes(["T"], edit=edit)


def _cells(data: bytes) -> list[list[tuple[str, int, int]]]:
    """Return text and height and width of each cell of a slide's table; 0 for what is merged."""
    table = open_pptx(data).slides[0].shapes[1].table
    assert len(table.columns) == max(len(row.cells) for row in table.rows)
    return [
        [
            (cell.text, 0, 0) if cell.is_spanned else (cell.text, cell.span_height, cell.span_width)
            for cell in row.cells
        ]
        for row in table.rows
    ]


class TestOnSlides:
    ROWS: ClassVar = [
        ["G", "a"], ["", "{%tr for i in items %}"], ["", "{{ i }}"], ["", "{%tr endfor %}"],
        ["z", "z"],
    ]  # fmt: skip

    def test_a_merged_cell_grows_with_the_rows_beside_it(self):
        result = render(_deck(self.ROWS, ((0, 0), (3, 0))), {"items": [1, 2, 3]})

        assert [row[0] for row in _cells(result)] == [
            ("G", 4, 1), ("", 0, 0), ("", 0, 0), ("", 0, 0), ("z", 1, 1),
        ]  # fmt: skip

    def test_a_merged_cell_without_rows_beside_it_is_a_plain_one(self):
        result = render(_deck(self.ROWS, ((0, 0), (3, 0))), {"items": []})

        assert [row[0] for row in _cells(result)] == [("G", 1, 1), ("z", 1, 1)]

    def test_cells_that_lost_the_first_of_their_merge_begin_it(self):
        rows = [["h", "h"], ["", "{%tr if no %}"], ["G", "a"], ["", "{%tr endif %}"], ["", "b"],
                ["", "c"]]  # fmt: skip
        result = render(_deck(rows, ((2, 0), (5, 0))), {"no": False})

        assert [row[0] for row in _cells(result)] == [("h", 1, 1), ("", 2, 1), ("", 0, 0)]

    def test_merges_of_rows_and_columns_at_once_stay_whole(self):
        rows = [["B", "", "x"], ["", "", "{%tr for i in items %}"], ["", "", "{{ i }}"],
                ["", "", "{%tr endfor %}"]]  # fmt: skip
        result = render(_deck(rows, ((0, 0), (3, 1))), {"items": [1, 2]})

        assert _cells(result) == [
            [("B", 3, 2), ("", 0, 0), ("x", 1, 1)],
            [("", 0, 0), ("", 0, 0), ("1", 1, 1)],
            [("", 0, 0), ("", 0, 0), ("2", 1, 1)],
        ]

    def test_repeated_columns_share_the_width_of_the_table(self):
        rows = [["h", "{%tc for c in cols %}", "{{ c }}", "{%tc endfor %}"]]
        result = render(_deck(rows), {"cols": ["x", "y", "z", "u"]})

        columns = open_pptx(result).slides[0].shapes[1].table.columns
        assert len(columns) == 5
        assert abs(sum(column.width for column in columns) - Cm(20)) < 10
        assert min(column.width for column in columns) > Cm(3)


class TestInWord:
    def test_a_cell_that_continues_a_dropped_one_begins_the_merge(self):
        rows = [["", "{%tr if no %}"], ["G", "a"], ["", "{%tr endif %}"], ["", "b"], ["", "c"]]
        template = docx_bytes(rows, edit=lambda d: d.tables[0].cell(1, 0).merge(
            d.tables[0].cell(4, 0)) and None)  # fmt: skip

        table = open_docx(render(template, {"no": False})).tables[0]

        assert [tc.vMerge for row in table._tbl.tr_lst for tc in row.tc_lst[:1]] == [
            "restart", "continue",
        ]  # fmt: skip

    def test_repeated_columns_have_a_grid_with_widths(self):
        rows = [["h", "{%tc for c in cols %}", "{{ c }}", "{%tc endfor %}"]]
        template = docx_bytes(rows)
        before = sum(c.width for c in open_docx(template).tables[0].columns)

        table = open_docx(render(template, {"cols": ["x", "y"]})).tables[0]

        widths = [column.width for column in table.columns]
        assert len(widths) == 3
        assert min(widths) > before / 4
        assert abs(sum(widths) - before) < 5000


def test_widths_of_a_grid_are_read_wherever_the_attribute_stands():
    table = (
        '<w:tbl><w:tblGrid><w:gridCol w:x="9" w:w="100"/><w:gridCol w:w="300"/></w:tblGrid>'
        "<w:tr><w:tc/></w:tr></w:tbl>".replace("<w:tc/>", "<w:tc><w:p/></w:tc>")
    )

    assert '<w:tblGrid><w:gridCol w:w="400"/></w:tblGrid>' in with_fitting_grid(table)


def test_a_table_that_fits_stays_as_it_is():
    table = (
        '<w:tbl><w:tblGrid><w:gridCol w:w="1"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:vMerge '
        'w:val="restart"/></w:tcPr><w:p/></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>'
        "<w:p/></w:tc></w:tr></w:tbl>"
    )

    assert with_fitting_merges(with_fitting_grid(table)) == table


class TestMergedOverColumnsThatRepeat:
    """A heading that is merged over columns of ``tc`` tags reaches over those that are there."""

    CELLS = ("N", "{%tc for x in xs %}", "{{ x }}", "{%tc endfor %}")

    def word(self, xs: list[int], heading: str = "H") -> list[list[str]]:
        def edit(document):
            table = document.add_table(2, 4)
            table.cell(0, 1).merge(table.cell(0, 3)).text = heading
            table.cell(0, 0).text = "head"
            for cell, text in zip(table.rows[1].cells, self.CELLS, strict=True):
                cell.text = text

        return table_texts(open_docx(render(docx_bytes(edit=edit), {"xs": xs})))

    def slide(self, xs: list[int], cells: tuple[str, ...] = CELLS) -> list[list[tuple[str, bool]]]:
        def edit(deck):
            table = (
                deck.slides[0].shapes.add_table(2, len(cells), Cm(1), Cm(5), Cm(10), Cm(4)).table
            )
            table.cell(0, len(cells) - 3).merge(table.cell(0, len(cells) - 1))
            table.cell(0, len(cells) - 3).text = "H"
            for number, text in enumerate(cells):
                table.cell(1, number).text = text

        deck = open_pptx(render(pptx_bytes(["t"], edit=edit), {"xs": xs}))
        tables = [shape.table for shape in deck.slides[0].shapes if shape.has_table]
        for table in tables:
            assert {len(row.cells) for row in table.rows} == {len(table.columns)}
        return [
            [(cell.text, cell.is_spanned) for cell in row.cells] for table in tables
            for row in table.rows
        ]  # fmt: skip

    def test_in_word(self):
        assert self.word([1, 2, 3, 4]) == [["head", "H", "H", "H", "H"], ["N", "1", "2", "3", "4"]]
        assert self.word([1]) == [["head", "H"], ["N", "1"]]
        assert self.word([1, 2, 3]) == [["head", "H", "H", "H"], ["N", "1", "2", "3"]]

    def test_on_a_slide(self):
        head = [("", False), ("H", False)]
        assert self.slide([1])[0] == head
        assert self.slide([1, 2])[0] == [*head, ("", True)]
        assert self.slide([1, 2, 3, 4])[0] == [*head, *[("", True)] * 3]

    def test_rows_and_tables_without_a_cell_go(self):
        assert self.slide([], self.CELLS[1:]) == [[("H", False), ("", True), ("", True)]]
        only = docx_bytes("a", [list(self.CELLS[1:])], "b")
        assert open_docx(render(only, {"xs": []})).tables == []

    def test_rows_of_a_slide_are_as_long_as_the_longest(self):
        def edit(deck):
            table = deck.slides[0].shapes.add_table(2, 3, Cm(1), Cm(5), Cm(10), Cm(4)).table
            for number, text in enumerate(self.CELLS[1:]):
                table.cell(1, number).text = text

        deck = open_pptx(render(pptx_bytes(["t"], edit=edit), {"xs": list(range(5))}))
        (table,) = [shape.table for shape in deck.slides[0].shapes if shape.has_table]
        assert [len(row.cells) for row in table.rows] == [5, 5]
