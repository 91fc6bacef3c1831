"""The grid of a table whose columns a render made: as many columns as its longest row has."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"<(/?)w:(tbl|tr|tc|gridSpan)\b([^<>]*?)(/?)>")
_GRID = re.compile(r"<w:tblGrid\b[^<>]*(?:/>|>.*?</w:tblGrid>)", re.DOTALL)
_COLUMN = re.compile(r"<w:gridCol\b[^<>]*?(?:\bw:w=\"([\d.]+)\")?[^<>]*?/>")
_VALUE = re.compile(r'w:val="(\d{1,3})"')


def with_fitting_grid(table: str) -> str:
    """Return a ``w:tbl`` whose ``w:tblGrid`` has a column for each cell; its width stays.

    Added columns get the average width; of too many the last ones go, and the others share theirs.
    """
    grid = _GRID.search(table)
    if grid is None:
        return table
    widths = [float(width or 0) for width in _COLUMN.findall(grid.group())]
    count = _longest_row(table)
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
    columns = "".join(f'<w:gridCol w:w="{int(width)}"/>' for width in widths)
    return f"{table[: grid.start()]}<w:tblGrid>{columns}</w:tblGrid>{table[grid.end() :]}"


def _longest_row(table: str) -> int:
    """Return the columns of the longest row, spans counted; tables inside cells do not count."""
    longest = columns = depth = 0
    for is_end, name, attributes, is_empty in _MARKUP.findall(table):
        if name == "tbl":
            depth += -1 if is_end else 1
        elif depth != 1 or is_end:
            continue
        elif name == "tr":
            columns = 0
        elif name == "tc" and not is_empty:
            columns += 1
        elif name == "gridSpan":
            value = _VALUE.search(attributes)
            columns += int(value[1]) - 1 if value else 0
        longest = max(longest, columns)
    return longest
