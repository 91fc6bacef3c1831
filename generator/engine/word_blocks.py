"""Paragraphs, lists and tables as WordprocessingML, in the styles of the template.

Styles are found by their built-in names, which are the same in every language of Word. What the
template lacks is formatted directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from generator.engine.column_widths import column_widths
from generator.engine.rich_runs import EscapeText, Link, word_runs
from generator.errors import Location
from generator.model.blocks import (
    Alignment,
    Block,
    Blocks,
    Cell,
    Heading,
    ListItem,
    PageBreak,
    Paragraph,
    Rule,
    Table,
)
from generator.office.names import qname
from generator.office.package import Package
from generator.office.xml import escape_attribute, parse_xml

#: Gives the id of a list: whether it is ordered, its number in the blocks, where it starts, and the
#: list style that it follows ("" for a definition of our own).
ListNumber = Callable[[bool, int, int, str], str]

_TWIP = 635
_INDENT = 420  # twips a level of a list
_JUSTIFY: dict[Alignment, str] = {
    "left": "left", "center": "center", "right": "right", "both": "both",
}  # fmt: skip
_HEADING_POINTS = {1: 16.0, 2: 14.0, 3: 12.0}
_TABLE_TEXT = ("table text", "表格文字", "表格正文", "compact")
_CODE = ("code", "source code", "html preformatted", "代码")


@dataclass(frozen=True, slots=True)
class WordStyles:
    """Style ids of a template by kind and lower-case name."""

    paragraphs: dict[str, str]
    tables: dict[str, str]

    def paragraph(self, *names: str) -> str | None:
        """Return the id of the first paragraph style that there is."""
        return next((self.paragraphs[n] for n in names if n in self.paragraphs), None)


def read_word_styles(package: Package) -> WordStyles:
    """Return the styles of a document."""
    found: dict[str, dict[str, str]] = {"paragraph": {}, "table": {}}
    for part in package.related(package.main, "styles"):
        if part in package.parts:
            root = parse_xml(package.parts[part].blob, Location(package.file))
            for style in root.iterfind(qname("w:style")):
                kind = style.get(qname("w:type")) or ""
                style_id = style.get(qname("w:styleId")) or ""
                name = style.find(qname("w:name"))
                shown = (name.get(qname("w:val")) or "").lower() if name is not None else ""
                if kind in found:
                    found[kind].setdefault(shown, style_id)
                    found[kind].setdefault(style_id.lower(), style_id)
    return WordStyles(found["paragraph"], found["table"])


class WordBlocks:
    """Writes blocks at one place of a document.

    ``paragraph_open`` is the start of the tag's paragraph with its format, ``run_open`` that of
    its run; ``width`` is the room in EMU.
    """

    def __init__(
        self,
        styles: WordStyles,
        list_styles: Iterable[str],
        paragraph_open: str,
        run_open: str,
        width: int,
        escape: EscapeText,
        link: Link,
        list_number: ListNumber,
    ) -> None:
        self._styles = styles
        self._list_styles = frozenset(list_styles)
        self._paragraph_open = paragraph_open
        self._run_open = run_open
        self._width = width
        self._link = link
        self._list_number = list_number
        self._runs = partial(word_runs, escape=escape, link=link)

    def write(self, blocks: Blocks) -> str:
        """Return the elements of the blocks; two tables never touch."""
        pieces: list[str] = []
        for block in blocks.items:
            text = self._block(block)
            if pieces and pieces[-1].endswith("</w:tbl>") and text.startswith("<w:tbl>"):
                pieces.append("<w:p/>")
            pieces.append(text)
        return "".join(pieces)

    def _block(self, block: Block) -> str:
        if isinstance(block, Heading):
            return self._heading(block)
        if isinstance(block, Paragraph):
            return self._paragraph(block)
        if isinstance(block, ListItem):
            return self._list_item(block)
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, PageBreak):
            return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        if isinstance(block, Rule):
            return (
                '<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" '
                'w:color="auto"/></w:pBdr></w:pPr></w:p>'
            )
        raise AssertionError(block)

    # -- paragraphs ------------------------------------------------------------------------------

    def _heading(self, block: Heading) -> str:
        style = self._styles.paragraph(f"heading {block.level}")
        if style is not None:
            return f"{_styled(style)}{self._runs(block.text, '<w:r>')}</w:p>"
        points = _HEADING_POINTS.get(block.level, 11.0)
        text = block.text.styled(bold=True, size=points)
        properties = '<w:keepNext/><w:spacing w:before="240" w:after="120"/>'
        return f"<w:p><w:pPr>{properties}</w:pPr>{self._runs(text, self._run_open)}</w:p>"

    def _paragraph(self, block: Paragraph) -> str:
        text, style = block.text, None
        if block.style is not None:
            style = self._styles.paragraph(block.style.lower())
        if style is None and block.role in _ROLES:
            style = self._styles.paragraph(*_ROLES[block.role])
        if style is not None:
            jc = f'<w:jc w:val="{_JUSTIFY[block.alignment]}"/>' if block.alignment else ""
            return f"{_styled(style, jc)}{self._runs(text, '<w:r>')}</w:p>"
        if block.role == "body" and block.alignment is None:
            return f"{self._paragraph_open}{self._runs(text, self._run_open)}</w:p>"
        if block.role == "quote":
            text = text.styled(italic=True)
        if block.role == "code":
            text = text.styled(font="Consolas")
        properties = _DIRECT.get(block.role, "")
        alignment = block.alignment or _ALIGNED.get(block.role)
        if alignment:
            properties += f'<w:jc w:val="{_JUSTIFY[alignment]}"/>'
        return f"<w:p><w:pPr>{properties}</w:pPr>{self._runs(text, self._run_open)}</w:p>"

    def _list_item(self, block: ListItem) -> str:
        level = min(block.level, 8)
        number = f" {level + 1}" if level else ""
        name = ("list number" if block.is_ordered else "list bullet") + number
        style = self._styles.paragraph(name)
        if block.continues:
            return self._continued(block, level, number)
        if style is None or style not in self._list_styles:
            list_id = self._list_number(block.is_ordered, block.list_number, block.start, "")
            base = self._styles.paragraph("list paragraph")
            properties = f'<w:pStyle w:val="{escape_attribute(base)}"/>' if base else ""
            properties += (
                f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
            )
            opening = f"<w:p><w:pPr>{properties}</w:pPr>"
            return f"{opening}{self._runs(block.text, self._run_open)}</w:p>"
        own = ""
        if block.is_ordered:
            list_id = self._list_number(True, block.list_number, block.start, style)
            own = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{list_id}"/></w:numPr>'
        return f"{_styled(style, own)}{self._runs(block.text, '<w:r>')}</w:p>"

    def _continued(self, block: ListItem, level: int, number: str) -> str:
        style = self._styles.paragraph(f"list continue{number}")
        if style is not None:
            return f"{_styled(style)}{self._runs(block.text, '<w:r>')}</w:p>"
        indent = f'<w:ind w:left="{_INDENT * (level + 1)}" w:firstLine="0"/>'
        runs = self._runs(block.text, self._run_open)
        return f"<w:p><w:pPr>{indent}</w:pPr>{runs}</w:p>"

    # -- tables ----------------------------------------------------------------------------------

    def _table(self, block: Table) -> str:
        total = int(block.width or self._width) // _TWIP
        widths = column_widths(block, total * _TWIP)
        twips = [width // _TWIP for width in widths]
        twips[-1] += total - sum(twips)
        style = None
        if block.style is not None:
            style = self._styles.tables.get(block.style.lower())
        is_named = style is not None
        style = style or self._styles.tables.get("table grid")
        rows = [self._row(cells, block, twips) for cells in _laid_out(block)]
        if block.has_header:
            titles = tuple(Cell(column.title) for column in block.columns)
            rows.insert(0, self._row(titles, block, twips, is_header=True, is_named=is_named))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
        table = (
            f"<w:tbl><w:tblPr>{_table_look(style, total, block.has_header)}</w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )
        if block.caption is None:
            return table
        caption = Paragraph(block.caption, "caption")
        return self._paragraph(caption) + table

    def _row(
        self,
        cells: Iterable[Cell | None],
        table: Table,
        widths: list[int],
        *,
        is_header: bool = False,
        is_named: bool = False,
    ) -> str:
        written: list[str] = []
        column = 0
        for cell in cells:
            spanned = 1 if cell is None else cell.columns
            width = sum(widths[column : column + spanned])
            written.append(self._cell(cell, table, column, width, is_header, is_named))
            column += spanned
        properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if is_header else "")
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(written)}</w:tr>"

    def _cell(
        self,
        cell: Cell | None,
        table: Table,
        column: int,
        width: int,
        is_header: bool,
        is_named: bool,
    ) -> str:
        properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
        if cell is None:
            return f"<w:tc><w:tcPr>{properties}<w:vMerge/></w:tcPr><w:p/></w:tc>"
        if cell.columns > 1:
            properties += f'<w:gridSpan w:val="{cell.columns}"/>'
        if cell.rows > 1:
            properties += '<w:vMerge w:val="restart"/>'
        fill = cell.fill or ("E8ECF1" if is_header and not is_named else None)
        if fill:
            properties += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
        properties += '<w:vAlign w:val="center"/>'
        text = cell.text.styled(bold=True) if is_header and not is_named else cell.text
        alignment = self._alignment(cell, table, column, is_header)
        style = self._styles.paragraph(*_TABLE_TEXT)
        name = f'<w:pStyle w:val="{escape_attribute(style)}"/>' if style else ""
        spacing = '<w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/>'
        indent = '<w:ind w:left="0" w:right="0" w:firstLineChars="0" w:firstLine="0"/>'
        paragraph = f'{name}{spacing}{indent}<w:jc w:val="{_JUSTIFY[alignment]}"/>'
        keep = "<w:keepNext/>" if is_header else ""
        paragraph = paragraph.replace(spacing, keep + spacing)
        runs = self._runs(text, "<w:r>" if style else self._run_open)
        return (
            f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:pPr>{paragraph}</w:pPr>{runs}</w:p></w:tc>"
        )

    @staticmethod
    def _alignment(cell: Cell, table: Table, column: int, is_header: bool) -> Alignment:
        own = table.columns[column].alignment
        if own is not None:
            return own
        if is_header:
            return "right" if is_number_column(table, column) else "left"
        return "right" if cell.is_number else "left"


_ROLES = {"quote": ("quote", "intense quote"), "code": _CODE, "caption": ("caption",)}
_DIRECT = {
    "quote": '<w:ind w:left="567" w:right="567"/>',
    "code": '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>'
    '<w:spacing w:line="240" w:lineRule="auto"/><w:ind w:firstLineChars="0" w:firstLine="0"/>',
    "caption": '<w:keepNext/><w:ind w:firstLineChars="0" w:firstLine="0"/>',
}


_ALIGNED: dict[str, Alignment] = {"caption": "center", "code": "left"}


def _styled(style: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{escape_attribute(style)}"/>{more}</w:pPr>'


def is_number_column(table: Table, column: int) -> bool:
    """Return whether the cells of a column hold numbers (or nothing)."""
    cells = [row[column] for row in table.rows if len(row) == len(table.columns)]
    said = [cell for cell in cells if str(cell.text)]
    return bool(said) and all(cell.is_number for cell in said)


def _laid_out(table: Table) -> Iterable[tuple[Cell | None, ...]]:
    """Yield each row with None where a cell of a row above reaches down."""
    open_rows: dict[int, tuple[int, int]] = {}
    for row in table.rows:
        cells: list[Cell | None] = []
        column = 0
        given = list(row)
        while column < len(table.columns):
            if column in open_rows:
                left, width = open_rows.pop(column)
                cells.extend([None] * width)
                if left > 1:
                    open_rows[column] = (left - 1, width)
                column += width
                continue
            if not given:
                break
            cell = given.pop(0)
            cells.append(cell)
            if cell.rows > 1:
                open_rows[column] = (cell.rows - 1, cell.columns)
            column += cell.columns
        yield tuple(cells)


def _table_look(style: str | None, width: int, has_header: bool) -> str:
    name = f'<w:tblStyle w:val="{escape_attribute(style)}"/>' if style else ""
    borders = ""
    if style is None:
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        lines = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in sides
        )
        borders = f"<w:tblBorders>{lines}</w:tblBorders>"
    return (
        f'{name}<w:tblW w:w="{width}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="04A0" w:firstRow="{int(has_header)}" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
    )


_BULLETS = ("•", "–", "▪")
_ORDERS = ("decimal", "lowerLetter", "lowerRoman")


def list_definition(number: int, is_ordered: bool) -> str:
    """Return a ``w:abstractNum`` of nine levels, for a template without list styles."""
    levels = []
    for level in range(9):
        left = _INDENT * (level + 1)
        if is_ordered:
            kind, text, font = _ORDERS[level % 3], f"%{level + 1}.", ""
        else:
            kind, text = "bullet", _BULLETS[level % 3]
            font = '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/></w:rPr>'
        levels.append(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/><w:pPr>'
            f'<w:ind w:left="{left}" w:hanging="{_INDENT}"/></w:pPr>{font}</w:lvl>'
        )
    return (
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>'
        f"{''.join(levels)}</w:abstractNum>"
    )
