"""Tables of articles as sentences: what stands in a cell, with the names of its row and column."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?\s?[%‰]?")
_UNIT_IN_NAME = re.compile(r"[（(]\s?([^（）()\d]{1,12}|%)\s?[)）]")
_UNIT_LINE = re.compile(
    r"(?:计量)?单位\s*[:：]\s*([^\s,，。;；]{1,12})|\bUnit\s*:\s*([^.;]{1,30})", re.IGNORECASE
)
_UNIT_COLUMN = re.compile(r"^(?:计量)?单位$|^unit$", re.IGNORECASE)
_RATE = re.compile(r"增长|增速|同比|增幅|比上年|growth|change|%|percent", re.IGNORECASE)


def table_sentences(rows: Sequence[Sequence[str]], unit: str = "") -> list[str]:
    """Return a sentence for each row of a table; a table that has no numbers is told as it stands.

    ``unit`` is that of all numbers for which neither row nor column names one.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in rows if any(c.strip() for c in row)]
    said = next((m for row in rows for cell in row if (m := _UNIT_LINE.search(cell))), None)
    if said is not None:
        unit = said[1] or said[2] or unit
        rows = [row for row in rows if not any(_UNIT_LINE.fullmatch(c.strip()) for c in row if c)]
    if not rows:
        return []
    has_head = len(rows) > 1 and not any(_NUMBER.fullmatch(cell) for cell in rows[0][1:])
    head = rows[0] if has_head else []
    units = next(
        (n for n, cell in enumerate(head) if _UNIT_COLUMN.match(cell.replace(" ", ""))), None
    )
    result = []
    for row in rows[1:] if has_head else rows:
        own = row[units] if units is not None and units < len(row) else ""
        parts = [
            part for number, cell in enumerate(row[1:], 1)
            if number != units and (part := _cell(row[0], head[number] if number < len(head) else "", cell, own or unit))
        ]  # fmt: skip
        if parts:
            result.append("；".join(parts) + "。")
        elif any(row):
            result.append("，".join(cell for cell in row if cell))
    return result


def _cell(label: str, column: str, cell: str, unit: str) -> str:
    if not _NUMBER.fullmatch(cell):
        return f"{label}{column}：{cell}" if cell and re.search(r"\d", cell) else ""
    named = _UNIT_IN_NAME.search(column) or _UNIT_IN_NAME.search(label)
    found = "" if cell.endswith(("%", "‰")) else (
        "%" if _RATE.search(column) else named[1] if named else unit
    )  # fmt: skip
    thing = _UNIT_IN_NAME.sub("", label).strip()
    kind = _UNIT_IN_NAME.sub("", column).replace("%", "").strip()
    space = " " if thing.isascii() else ""
    gap = " " if found and found[0].isascii() and found[0].isalpha() else ""
    return f"{thing}{space}{kind}{space}{cell.replace(' ', '')}{gap}{found}"
