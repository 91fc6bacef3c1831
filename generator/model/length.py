"""Lengths as a type: English Metric Units, 914,400 to the inch."""

from __future__ import annotations

import re
from typing import Self

_UNITS = {"cm": 360_000, "mm": 36_000, "in": 914_400, "pt": 12_700, "px": 9_525, "emu": 1}
_WRITTEN = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(cm|mm|in|pt|px|emu)\s*", re.IGNORECASE)


class Length(int):
    """A length in EMU (914,400 an inch, 12,700 a point, 360,000 a centimetre)."""

    __slots__ = ()

    @classmethod
    def cm(cls, value: float) -> Self:
        return cls(round(value * _UNITS["cm"]))

    @classmethod
    def pt(cls, value: float) -> Self:
        return cls(round(value * _UNITS["pt"]))

    @classmethod
    def twips(cls, value: float) -> Self:
        """Return a length from twentieths of a point, the unit of Word's page measures."""
        return cls(round(value * 635))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the length that ``"4 cm"``, ``"12pt"``, ``"0.5 in"`` or ``"96 px"`` says.

        Raises:
            ValueError: there is no number, or no unit, or an unknown one.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f'"{text}" is not a length; write a number and cm, mm, in, pt or px')
        return cls(round(float(match[1]) * _UNITS[match[2].lower()]))

    @property
    def in_cm(self) -> float:
        return self / _UNITS["cm"]

    @property
    def in_inches(self) -> float:
        return self / _UNITS["in"]

    @property
    def in_points(self) -> float:
        return self / _UNITS["pt"]
