"""Paragraphs, lists and tables as DrawingML: paragraphs of a text body, or a native table."""

from __future__ import annotations

from functools import partial

from generator.engine.column_widths import column_widths, half_widths
from generator.engine.program import Frame
from generator.engine.rich_runs import EscapeText, Link, slide_runs
from generator.engine.word_blocks import is_number_column
from generator.errors import ChartError
from generator.model.blocks import (
    Alignment,
    Block,
    Blocks,
    Cell,
    Heading,
    ListItem,
    Paragraph,
    Rule,
    Table,
)
from generator.model.limits import limits_in_force
from generator.office.names import NAMESPACES
from generator.office.xml import escape_attribute

#: The style that PowerPoint gives a new table (Medium Style 2 - Accent 1).
_TABLE_STYLE = "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"
_POINT = 12_700
_SIZES = (16, 14, 12, 11, 10, 9, 8)
_INDENT = 285_750
#: Room of a cell beside its text (EMU), left and right together, above and below together.
_SIDES, _ABOVE = 2 * 91_440, 2 * 45_720
_ALIGN: dict[Alignment, str] = {"left": "l", "center": "ctr", "right": "r", "both": "just"}
_A, _P = NAMESPACES["a"], NAMESPACES["p"]


class SlideBlocks:
    """Writes blocks at one place of a slide.

    ``paragraph_open`` is the start of the tag's paragraph with its format, ``run_open`` that of
    its run.
    """

    def __init__(self, paragraph_open: str, run_open: str, escape: EscapeText, link: Link) -> None:
        self._paragraph_open = paragraph_open
        self._run_open = run_open
        self._runs = partial(slide_runs, escape=escape, link=link)

    def write(self, blocks: Blocks) -> str:
        """Return the paragraphs of the blocks.

        Raises:
            ChartError: there is a table or a page break among them.
        """
        return "".join(self._block(block) for block in blocks.items)

    def _block(self, block: Block) -> str:
        if isinstance(block, Heading):
            runs = self._runs(block.text.styled(bold=True), self._run_open)
            return f"{self._paragraph_open}{runs}</a:p>"
        if isinstance(block, Paragraph):
            text = block.text
            if block.role == "quote":
                text = text.styled(italic=True)
            elif block.role == "code":
                text = text.styled(font="Consolas")
            return f"{self._paragraph_open}{self._runs(text, self._run_open)}</a:p>"
        if isinstance(block, ListItem):
            return self._list_item(block)
        if isinstance(block, Rule):
            return "<a:p/>"
        if isinstance(block, Table):
            raise ChartError(
                "a table stands among other text on a slide", None,
                "make the table the whole text of a shape of its own",
            )  # fmt: skip
        raise ChartError("a slide has no page breaks", None, "begin a new slide instead")

    def _list_item(self, block: ListItem) -> str:
        level = min(block.level, 8)
        if block.continues:
            sign = "<a:buNone/>"
        elif block.is_ordered:
            start = f' startAt="{block.start}"' if block.start != 1 else ""
            sign = f'<a:buFont typeface="+mj-lt"/><a:buAutoNum type="arabicPeriod"{start}/>'
        else:
            sign = '<a:buFont typeface="Arial"/><a:buChar char="•"/>'
        first = 0 if block.continues else -_INDENT
        properties = (
            f'<a:pPr marL="{_INDENT * (level + 1)}" lvl="{level}" indent="{first}">{sign}</a:pPr>'
        )
        return f"<a:p>{properties}{self._runs(block.text, self._run_open)}</a:p>"

    def table(self, table: Table, frame: Frame) -> str:
        """Return a native table in the box of a shape.

        Raises:
            ChartError: it does not fit there, even in the smallest size.
        """
        most = limits_in_force().slide_table_rows
        if len(table.rows) > most:
            raise ChartError(
                f"the table has {len(table.rows):,} rows (limit slide_table_rows: {most:,})", None,
                "show fewer of them on a slide",
            )  # fmt: skip
        x, y, width, height = frame.box
        widths = column_widths(table, int(table.width or width))
        size, heights = _fitting(table, widths, height)
        rows = list(table.rows)
        if table.has_header:
            rows.insert(0, tuple(Cell(column.title) for column in table.columns))
        written = "".join(
            self._row(row, table, row_height, size, table.has_header and number == 0)
            for number, (row, row_height) in enumerate(zip(rows, heights, strict=True))
        )
        grid = "".join(f'<a:gridCol w="{column}"/>' for column in widths)
        name = escape_attribute(frame.name or "Table")
        shown = frame.alt_text or (str(table.caption) if table.caption is not None else "")
        alt_text = f' descr="{escape_attribute(shown)}"' if shown else ""
        return (
            f'<p:graphicFrame xmlns:p="{_P}" xmlns:a="{_A}"><p:nvGraphicFramePr>'
            f'<p:cNvPr id="{frame.shape_id}" name="{name}"{alt_text}/>'
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/>'
            f'</p:nvGraphicFramePr><p:xfrm><a:off x="{x}" y="{y}"/>'
            f'<a:ext cx="{sum(widths)}" cy="{sum(heights)}"/></p:xfrm><a:graphic><a:graphicData '
            'uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr '
            f'firstRow="{int(table.has_header)}" bandRow="1"><a:tableStyleId>{_TABLE_STYLE}'
            f"</a:tableStyleId></a:tblPr><a:tblGrid>{grid}</a:tblGrid>{written}</a:tbl>"
            "</a:graphicData></a:graphic></p:graphicFrame>"
        )

    def _row(
        self, cells: tuple[Cell, ...], table: Table, height: int, size: int, is_header: bool
    ) -> str:
        written: list[str] = []
        column = 0
        for cell in cells:
            written.append(self._cell(cell, table, column, size, is_header))
            written += [_MERGED] * (cell.columns - 1)
            column += cell.columns
        return f'<a:tr h="{height}">{"".join(written)}</a:tr>'

    def _cell(self, cell: Cell, table: Table, column: int, size: int, is_header: bool) -> str:
        alignment = table.columns[column].alignment
        if alignment is None:
            is_number = is_number_column(table, column) if is_header else cell.is_number
            alignment = "right" if is_number else "left"
        runs = self._runs(cell.text, f'<a:r><a:rPr sz="{size * 100}"/>') if str(cell.text) else ""
        span = f' gridSpan="{cell.columns}"' if cell.columns > 1 else ""
        color = f'<a:srgbClr val="{cell.fill}"/>' if cell.fill else ""
        fill = f"<a:solidFill>{color}</a:solidFill>" if color else ""
        return (
            f"<a:tc{span}><a:txBody><a:bodyPr/><a:lstStyle/><a:p>"
            f'<a:pPr algn="{_ALIGN[alignment]}"/>{runs}<a:endParaRPr sz="{size * 100}"/></a:p>'
            f'</a:txBody><a:tcPr anchor="ctr">{fill}</a:tcPr></a:tc>'
        )


_MERGED = '<a:tc hMerge="1"><a:txBody><a:bodyPr/><a:lstStyle/><a:p/></a:txBody><a:tcPr/></a:tc>'


def _fitting(table: Table, widths: tuple[int, ...], height: int) -> tuple[int, list[int]]:
    """Return the largest font size (points) in which a table fits a height, and its row heights.

    Raises:
        ChartError: it fits in none.
    """
    titles = tuple(Cell(column.title) for column in table.columns)
    rows = [titles, *table.rows] if table.has_header else list(table.rows)
    if any(cell.rows > 1 for row in rows for cell in row):
        raise ChartError("cells of a table on a slide cannot span rows", None,
                         "span columns only, or repeat the text")  # fmt: skip
    for size in _SIZES:
        heights = [_row_height(row, widths, size) for row in rows]
        if sum(heights) <= height:
            spare = min((height - sum(heights)) // len(rows), 12 * _POINT)
            return size, [value + spare for value in heights]
    raise ChartError(
        f"a table of {len(rows)} rows does not fit the shape, even in {_SIZES[-1]} points", None,
        "print fewer rows, make the shape larger, or let the slide repeat over parts of the rows",
    )  # fmt: skip


def _row_height(row: tuple[Cell, ...], widths: tuple[int, ...], size: int) -> int:
    lines, column = 1, 0
    for cell in row:
        room = sum(widths[column : column + cell.columns]) - _SIDES
        in_line = max(1.0, room / (size * _POINT * 0.53))
        needed = sum(
            max(1, -(-half_widths(line) // int(in_line))) for line in str(cell.text).split("\n")
        )
        lines = max(lines, needed)
        column += cell.columns
    return round(lines * size * _POINT * 1.25) + _ABOVE
