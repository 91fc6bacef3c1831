"""Shapes and texts of a diagram before any format: boxes in EMU, text in wrapped lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Outline = Literal["rect", "round", "pentagon", "chevron", "ellipse", "text"]
Align = Literal["left", "center"]
Anchor = Literal["top", "middle", "bottom"]

#: EMU in a point, and the height of a line of text in font sizes.
POINT = 12_700
LINE = 1.25
_WORD = re.compile(r"[!-,./-~\u00a0]+")
_HANZI = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A paragraph of a shape: its text, wrapped ``lines``, size in points, colour of the theme."""

    text: str
    size: float
    color: str
    bold: bool = False
    lines: tuple[str, ...] = ()
    space_before: float = 0.0

    @property
    def height(self) -> int:
        """Height (EMU) with the space before."""
        return round((max(1, len(self.lines)) * self.size * LINE + self.space_before) * POINT)

    @property
    def is_torn(self) -> bool:
        """Whether a Latin word or a number had to be cut to fit in its column."""
        if len(self.lines) < 2:
            return False
        return sorted(_WORD.findall(self.text)) != sorted(_WORD.findall(" ".join(self.lines)))

    @property
    def has_orphan(self) -> bool:
        """Whether the last line holds but one or two Chinese characters of a longer text."""
        last = self.lines[-1] if len(self.lines) > 1 else ""
        return len(last) < 4 and 0 < len(_HANZI.findall(last)) < 3


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn shape with its text. Lengths are EMU, relative to the top left of the diagram."""

    outline: Outline
    x: int
    y: int
    width: int
    height: int
    fill: str | None = None
    line: str | None = None
    texts: tuple[TextLine, ...] = ()
    align: Align = "center"
    anchor: Anchor = "middle"
    inset: int = 60_000
    name: str = "Shape"

    @property
    def text_width(self) -> int:
        """Width (EMU) that the outline leaves to text."""
        point = self.height // 3 if self.outline in ("pentagon", "chevron") else 0
        return max(1, self.width - 2 * self.inset - point)

    @property
    def text_height(self) -> int:
        """Height (EMU) that the texts take."""
        return sum(text.height for text in self.texts)


@dataclass(frozen=True, slots=True)
class Connector:
    """A line between two shapes, by their numbers in the list of shapes.

    ``begin_site`` and ``end_site`` are the points of their outlines that it sticks to, in the order
    of the preset (a rectangle has top, left, bottom, right). An elbow goes down, across and down.
    """

    x1: int
    y1: int
    x2: int
    y2: int
    color: str
    width: float
    begins_at: int | None = None
    ends_at: int | None = None
    has_arrow: bool = False
    begin_site: int = 6
    end_site: int = 2
    is_elbow: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A laid-out diagram: its size and what is drawn, from back to front."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    connectors: tuple[Connector, ...] = ()
