"""Tables whose rows or columns a render made: the grid and the merged cells fit what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.engine.markup import ELASTIC

_MARKUP = re.compile(
    r"<(/?)([wa]):(tbl|tr|tc|gridSpan|gridBefore|vMerge|tblGrid|gridCol)\b([^<>]*?)(/?)>"
)
_GRID = re.compile(r"<([wa]):tblGrid\b[^<>]*(?:/>|>.*?</\1:tblGrid>)", re.DOTALL)
_COLUMN = re.compile(r"<[wa]:gridCol\b(?:[^<>]*?\s(?:w:)?w=\"([\d.]+)\")?")
_VALUE = re.compile(f'w:val="(\\d{{1,3}})({ELASTIC}?)"')
_SPAN = re.compile(f'\\s(rowSpan|gridSpan|hMerge|vMerge)="(\\w+{ELASTIC}?)"')
_SPAN_OVER = re.compile(f'gridSpan="\\d+{ELASTIC}?"')
_EMPTY_CELL = "<a:tc%s><a:txBody><a:bodyPr/><a:p/></a:txBody><a:tcPr/></a:tc>"


def with_elastic_spans(table: str) -> str:
    """Return a table whose cells that reach over repeated columns reach over those that are there.

    Rows that are left without a cell go. On a slide each row has a cell for each column, merged or
    not: empty ones are added.
    """
    rows = list(_rows(table))
    is_drawn = bool(rows) and rows[0].is_drawn
    if not is_drawn and ELASTIC not in table and all(row.cells for row in rows):
        return table
    count = max((row.width for row in rows if not row.elastic), default=0)
    changes: list[tuple[int, int, str]] = []
    for row in rows:
        cell = row.elastic
        if not row.cells:
            changes.append((row.start, row.end, ""))
            continue
        if cell is not None and not is_drawn:
            span = max(1, cell.span + count - row.width) if count else cell.span
            value = _VALUE.sub(f'w:val="{span}"', table[slice(*cell.spanned)])
            changes.append((*cell.spanned, value))
        elif cell is not None:
            _stretch(row, cell, count - row.width if count else 0, changes)
        elif is_drawn and row.cells and len(row.cells) < count:
            end = row.cells[-1].end
            changes.append((end, end, _EMPTY_CELL % "" * (count - len(row.cells))))
    return _changed(table, changes)


def _stretch(row: _Row, cell: _Cell, more: int, changes: list[tuple[int, int, str]]) -> None:
    """Let a merged cell of a slide reach over more columns, or over fewer."""
    at = row.cells.index(cell)
    span = int(cell.attributes["gridSpan"].rstrip(ELASTIC))
    new = max(1, span + more)
    changes.append((*cell.tag, _SPAN_OVER.sub(f'gridSpan="{new}"', cell.text)))
    hidden = row.cells[at + 1 : at + span]
    if new > span:
        end = (hidden[-1] if hidden else cell).end
        changes.append((end, end, _EMPTY_CELL % ' hMerge="1"' * (new - span)))
    changes += [(one.tag[0], one.end, "") for one in hidden[max(0, new - 1) :]]


def _changed(table: str, changes: list[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, text in sorted(changes):
        pieces += [table[at:start], text]
        at = end
    return "".join((*pieces, table[at:]))


def with_fitting_grid(table: str) -> str:
    """Return a table whose grid has a column for each cell; its width stays.

    Added columns get the average width; of too many the last ones go, and the others share theirs.
    """
    grid = _GRID.search(table)
    if grid is None:
        return table
    widths = [float(width or 0) for width in _COLUMN.findall(grid.group())]
    count = max((sum(cell.span for cell in row.cells) + row.before for row in _rows(table)),
                default=0)  # fmt: skip
    if count in (0, len(widths)) or not widths:
        return table
    total = sum(widths)
    if count > len(widths):
        shrink = len(widths) / count
        widths = [width * shrink for width in widths]
        widths += [total / count] * (count - len(widths))
    else:
        spare = sum(widths[count:]) / count
        widths = [width + spare for width in widths[:count]]
    prefix = grid[1]
    name = "w:w" if prefix == "w" else "w"
    columns = "".join(f'<{prefix}:gridCol {name}="{int(width)}"/>' for width in widths)
    written = f"<{prefix}:tblGrid>{columns}</{prefix}:tblGrid>"
    return f"{table[: grid.start()]}{written}{table[grid.end() :]}"


def with_fitting_merges(table: str) -> str:
    """Return a table whose merged cells reach as far as there are rows and columns for them.

    A cell that continues a merge of which the first cell is gone begins it.
    """
    rows = list(_rows(table))
    changes: list[tuple[int, int, str]] = []
    if rows and rows[0].is_drawn:
        _fit_on_slide(rows, changes)
    else:
        _fit_in_word(rows, changes)
    return _changed(table, changes)


@dataclass(slots=True)
class _Cell:
    """A cell: where its start tag, end, ``w:vMerge`` and ``w:gridSpan`` stand, and what it says."""

    span: int = 1
    attributes: dict[str, str] = field(default_factory=dict)
    tag: tuple[int, int] = (0, 0)
    text: str = ""
    merge: tuple[int, int] | None = None
    continues: bool = False
    spanned: tuple[int, int] = (0, 0)
    end: int = 0
    is_elastic: bool = False

    def says(self, name: str) -> bool:
        """Return whether a cell of a slide is merged in this way."""
        value = self.attributes.get(name, "0")
        return value == "true" or (value.isdecimal() and int(value) > ("Span" in name))


@dataclass(slots=True)
class _Row:
    is_drawn: bool
    start: int
    end: int = 0
    before: int = 0
    cells: list[_Cell] = field(default_factory=list)

    @property
    def width(self) -> int:
        """The columns that the row reaches over."""
        return self.before + sum(cell.span for cell in self.cells)

    @property
    def elastic(self) -> _Cell | None:
        return next((cell for cell in self.cells if cell.is_elastic), None)


def _rows(table: str) -> Iterator[_Row]:
    """Yield the rows of a table; tables inside cells do not count."""
    depth = 0
    row: _Row | None = None
    for found in _MARKUP.finditer(table):
        is_end, prefix, name, attributes, is_empty = found.groups()
        if name == "tbl":
            depth += -1 if is_end else 1
        elif depth != 1:
            continue
        elif name == "tr":
            if is_end or is_empty:
                row = row if row is not None and is_end else _Row(prefix == "a", found.start())
                row.end = found.end()
                yield row
                row = None
            else:
                row = _Row(prefix == "a", found.start())
        elif row is None or is_end:
            if row is not None and row.cells and name == "tc":
                row.cells[-1].end = found.end()
            continue
        elif name == "tc":
            said = dict(_SPAN.findall(attributes))
            row.cells.append(_Cell(1, said, found.span(), found.group(), end=found.end()))
            row.cells[-1].is_elastic = ELASTIC in said.get("gridSpan", "")
        elif name == "gridBefore":
            value = _VALUE.search(attributes)
            row.before = int(value[1]) if value else 0
        elif row.cells and name == "gridSpan":
            value = _VALUE.search(attributes)
            row.cells[-1].span = int(value[1]) if value else 1
            row.cells[-1].spanned = found.span()
            row.cells[-1].is_elastic = bool(value and value[2])
        elif row.cells and name == "vMerge":
            row.cells[-1].merge = found.span()
            row.cells[-1].continues = "restart" not in attributes


def _fit_in_word(rows: list[_Row], changes: list[tuple[int, int, str]]) -> None:
    above: set[int] = set()
    for row in rows:
        merged: set[int] = set()
        column = row.before
        for cell in row.cells:
            if cell.merge is not None:
                if cell.continues and column not in above:
                    changes.append((*cell.merge, '<w:vMerge w:val="restart"/>'))
                merged.add(column)
            column += cell.span
        above = merged


def _fit_on_slide(rows: list[_Row], changes: list[tuple[int, int, str]]) -> None:
    down: list[list[bool]] = []
    across: list[list[bool]] = []
    for y, row in enumerate(rows):
        above = rows[y - 1].cells if y else []
        down.append([cell.says("vMerge") and x < len(above)
                     and (above[x].says("vMerge") or above[x].says("rowSpan"))
                     for x, cell in enumerate(row.cells)])  # fmt: skip
        across.append([cell.says("hMerge") and x > 0
                       and (row.cells[x - 1].says("hMerge") or row.cells[x - 1].says("gridSpan"))
                       for x, cell in enumerate(row.cells)])  # fmt: skip
    for y, row in enumerate(rows):
        for x, cell in enumerate(row.cells):
            if not cell.attributes:
                continue
            height = width = 1
            while not down[y][x] and y + height < len(rows) and _at(down, y + height, x):
                height += 1
            while not across[y][x] and _at(across, y, x + width):
                width += 1
            said = (
                f' rowSpan="{height}"' * (height > 1) + f' gridSpan="{width}"' * (width > 1)
                + ' hMerge="1"' * across[y][x] + ' vMerge="1"' * down[y][x]
            )  # fmt: skip
            plain = _SPAN.sub("", cell.text)
            changes.append((*cell.tag, plain.replace("<a:tc", f"<a:tc{said}", 1)))


def _at(grid: list[list[bool]], y: int, x: int) -> bool:
    return x < len(grid[y]) and grid[y][x]
