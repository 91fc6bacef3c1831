"""Figures as they stand in a paragraph: where, how much, of what unit, with which bound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from generator.model.bound import Bound
from generator.model.fact import ComparisonKind, Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its place from ``start`` to ``end``, with the bound words around it.

    ``number`` is in ``unit``. ``lead`` is where the words begin that belong to it alone: the end of
    the figure before it, or the begin of its sentence. ``in_list`` says that it follows another
    with which it shares its words (分别为5亿元、6亿元).
    """

    start: int
    end: int
    number: Decimal
    unit: str
    bound: Bound = Bound.EXACT
    kind: Kind = "figure"
    comparison: ComparisonKind | None = None
    of: str = ""
    lead: int = 0
    in_list: bool = False
    is_part: bool = False
    #: Which share of a ratio it is, from 1; 0 if it is none.
    place: int = 0
    name: str = ""
    indicator: str = ""
    topic: str = ""
    confidence: int = 60
    phrase_start: int = 0
    phrase_end: int = 0

    def having(self, **changes: object) -> Figure:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Leftover:
    """A phrase with a digit or a quantity that was not made a figure, and why."""

    start: int
    end: int
    why: str
