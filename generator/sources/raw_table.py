"""A table as its source gives it, before its columns have types."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from generator.errors import Problem
from generator.model.dataset import Origin


@dataclass(slots=True)
class RawTable:
    """Names, rows of plain values (None: none), and the number of each row where it stands.

    ``letters`` are those of the columns of a sheet. ``is_text``: all values are texts that may
    stand for numbers and dates. ``problems`` are those found so far; a table with any is refused.
    """

    origin: Origin
    names: list[str]
    letters: list[str] = field(default_factory=list)
    rows: list[list[object]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    is_text: bool = False
    problems: list[Problem] = field(default_factory=list)

    def add(self, number: int, row: list[object]) -> None:
        """Add a row."""
        self.numbers.append(number)
        self.rows.append(row)


def without_scale(number: Decimal) -> Decimal:
    """Return a number of a column with a fixed scale without the zeros that this adds."""
    if not number.is_finite():
        return number
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else Decimal(text)
