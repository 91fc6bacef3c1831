"""Formulas of a sheet that the data of a chart are written over or that move with them."""

from __future__ import annotations

import re

from lxml import etree

from generator.charts.refill_places import letters_of, number_of

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE = re.compile(
    r"""(?P<other>"(?:[^"]|"")*"|'(?:[^']|'')*'|\[[^\]]*\])"""  # texts, sheets, columns of tables
    r"|(?<![\w.$])(?P<d1>\$?)(?P<column>[A-Z]{1,3})(?P<d2>\$?)(?P<row>\d{1,7})(?![\w(.!])"
    r"|(?<![\w.$])(?P<d3>\$?)(?P<from>[A-Z]{1,3}):(?P<d4>\$?)(?P<to>[A-Z]{1,3})(?![\w(.!])"
)

Cell = tuple[int, int]  # column, row


def shifted(formula: str, columns: int, rows: int) -> str:
    """Return a formula as it reads so many cells to the right and down."""

    def move(dollar: str, letters: str) -> str:
        return dollar + (letters if dollar else letters_of(max(1, number_of(letters) + columns)))

    def replaced(found: re.Match[str]) -> str:
        if found["other"]:
            return found[0]
        if found["from"]:
            return f"{move(found['d3'], found['from'])}:{move(found['d4'], found['to'])}"
        row = found["row"] if found["d2"] else str(max(1, int(found["row"]) + rows))
        return f"{move(found['d1'], found['column'])}{found['d2']}{row}"

    return _REFERENCE.sub(replaced, formula)


def reads_cells(formula: str) -> bool:
    """Tell if a formula names cells by their place, not just columns of a table."""
    return any(not found["other"] for found in _REFERENCE.finditer(formula))


def unshare(cells: list[tuple[Cell, etree._Element]], data: set[Cell]) -> None:
    """Write out the shared formulas whose first cell is one of the chart's data."""
    first: dict[str, tuple[Cell, str]] = {}
    for spot, cell in cells:
        formula = cell.find(f"{_M}f")
        if formula is not None and formula.get("t") == "shared" and formula.text and spot in data:
            first[formula.get("si") or ""] = (spot, formula.text)
    for spot, cell in cells if first else ():
        formula = cell.find(f"{_M}f")
        if formula is None or formula.get("t") != "shared" or formula.text or spot in data:
            continue
        known = first.get(formula.get("si") or "")
        if known is not None:
            (column, row), text = known
            formula.text = shifted(text, spot[0] - column, spot[1] - row)
            for name in list(formula.attrib):
                del formula.attrib[name]
