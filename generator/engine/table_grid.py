"""Tables whose rows or columns a render made: the grid and the merged cells fit what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MARKUP = re.compile(
    r"<(/?)([wa]):(tbl|tr|tc|gridSpan|gridBefore|vMerge|tblGrid|gridCol)\b([^<>]*?)(/?)>"
)
_GRID = re.compile(r"<([wa]):tblGrid\b[^<>]*(?:/>|>.*?</\1:tblGrid>)", re.DOTALL)
_COLUMN = re.compile(r"<[wa]:gridCol\b(?:[^<>]*?\s(?:w:)?w=\"([\d.]+)\")?")
_VALUE = re.compile(r'w:val="(\d{1,3})"')
_SPAN = re.compile(r'\s(rowSpan|gridSpan|hMerge|vMerge)="(\w+)"')


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
    pieces, at = [], 0
    for start, end, text in sorted(changes):
        pieces += [table[at:start], text]
        at = end
    return "".join((*pieces, table[at:]))


@dataclass(slots=True)
class _Cell:
    """A cell: where its start tag (on a slide) or ``w:vMerge`` stands, and what it says."""

    span: int = 1
    attributes: dict[str, str] = field(default_factory=dict)
    tag: tuple[int, int] = (0, 0)
    text: str = ""
    merge: tuple[int, int] | None = None
    continues: bool = False

    def says(self, name: str) -> bool:
        """Return whether a cell of a slide is merged in this way."""
        value = self.attributes.get(name, "0")
        return value == "true" or (value.isdecimal() and int(value) > ("Span" in name))


@dataclass(slots=True)
class _Row:
    is_drawn: bool
    before: int = 0
    cells: list[_Cell] = field(default_factory=list)


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
                yield row if row is not None and is_end else _Row(prefix == "a")
                row = None
            else:
                row = _Row(prefix == "a")
        elif row is None or is_end:
            continue
        elif name == "tc":
            said = dict(_SPAN.findall(attributes))
            row.cells.append(_Cell(1, said, found.span(), found.group()))
        elif name == "gridBefore":
            value = _VALUE.search(attributes)
            row.before = int(value[1]) if value else 0
        elif row.cells and name == "gridSpan":
            value = _VALUE.search(attributes)
            row.cells[-1].span = int(value[1]) if value else 1
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
