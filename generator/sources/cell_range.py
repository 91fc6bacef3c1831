"""Ranges of cells as people write them: ``B3:F20``, ``B3:F``, ``'My Sheet'!$A$1:$D$20``."""

from __future__ import annotations

import re
from dataclasses import dataclass

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})?")
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!\[\]]+))!")


@dataclass(frozen=True, slots=True)
class CellRange:
    """A rectangle of cells; rows and columns count from 1, both ends belong to it."""

    top: int = 1
    left: int = 1
    bottom: int = LAST_ROW
    right: int = LAST_COLUMN

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        return f"{letters_of(self.left)}{self.top}:{letters_of(self.right)}{self.bottom}"


def letters_of(column: int) -> str:
    """Return the letters of a column: ``A`` for 1, ``AA`` for 27."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_of(letters: str) -> int:
    """Return the number of a column from its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def read_range(text: str) -> tuple[str | None, CellRange] | None:
    """Return sheet (None where none is named) and rectangle of a range; None if it is none.

    Without a row a range begins in the first and ends in the last.
    """
    sheet = _SHEET.match(text)
    rest = text[sheet.end() :] if sheet else text
    name = (sheet[1].replace("''", "'") if sheet[1] else sheet[2]) if sheet else None
    ends = rest.strip().split(":")
    found = [_CELL.fullmatch(end) for end in ends]
    if len(ends) > 2 or any(end is None for end in found):
        return None
    first, last = found[0], found[-1]
    assert first is not None
    assert last is not None
    if len(ends) == 1 and first[2] is None:
        return None
    area = CellRange(
        int(first[2] or 1), column_of(first[1]), int(last[2] or LAST_ROW), column_of(last[1])
    )
    is_sound = 1 <= area.top <= area.bottom <= LAST_ROW and area.left <= area.right <= LAST_COLUMN
    return (name, area) if is_sound else None
