"""Whole paragraphs and tables as a value of a template: what ``table(...)`` and ``markdown(...)``
give.

The engine writes them with the styles of the template: Word paragraphs and tables, or the levels
of a text box and a native table on a slide. Values are frozen and know neither format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from generator.model.length import Length
from generator.model.rich_text import RichText

Alignment = Literal["left", "center", "right", "both"]
Role = Literal["body", "quote", "code", "caption"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 9."""

    level: int
    text: RichText


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text.

    ``style`` names a paragraph style of the template and wins over ``role``; without it ``body``
    is the style of the paragraph that the tag stands in.
    """

    text: RichText
    role: Role = "body"
    style: str | None = None
    alignment: Alignment | None = None


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item of a list, ``level`` 0 to 8.

    Ordered items with the same ``list_number`` are counted on; another number begins anew at
    ``start``. ``continues`` marks a further paragraph of the item before, which bears no sign.
    """

    text: RichText
    level: int = 0
    is_ordered: bool = False
    list_number: int = 0
    start: int = 1
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its share of the width (None: by content) and its alignment.

    ``alignment`` None lets the values decide: numbers to the right, all else to the left.
    """

    title: RichText = field(default_factory=RichText)
    width: Length | None = None
    alignment: Alignment | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; ``columns`` and ``rows`` are how many it spans, ``fill`` is RRGGBB."""

    text: RichText
    is_number: bool = False
    columns: int = 1
    rows: int = 1
    fill: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Every row has one cell a column, spans counted.

    ``has_header`` writes the columns' titles as a first row that is repeated on each page.
    ``style`` names a table style of the template; ``width`` is the whole (None: what the place
    offers).
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_header: bool = True
    style: str | None = None
    width: Length | None = None
    caption: RichText | None = None


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The end of a page; what follows begins on the next one. Slides refuse it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the text."""


Block = Heading | Paragraph | ListItem | Table | PageBreak | Rule


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks in order, as one value. It stands in a paragraph of its own and takes its place."""

    items: tuple[Block, ...] = field(default=())

    def __add__(self, other: object) -> Blocks:
        if not isinstance(other, Blocks):
            return NotImplemented
        return Blocks(self.items + other.items)

    def __bool__(self) -> bool:
        return bool(self.items)
