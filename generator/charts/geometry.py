"""Shapes and texts of a diagram before any format: boxes in EMU, text that is known to fit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

Outline = Literal["rect", "round", "pentagon", "chevron", "ellipse", "text"]
Align = Literal["left", "center"]
Anchor = Literal["top", "middle", "bottom"]

#: EMU in a point, and the height of a line of text in font sizes.
POINT = 12_700
LINE = 1.25


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
    """A straight line between two shapes, by their numbers in the list of shapes."""

    x1: int
    y1: int
    x2: int
    y2: int
    color: str
    width: float
    begins_at: int | None = None
    ends_at: int | None = None
    has_arrow: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A laid-out diagram: its size and what is drawn, from back to front."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    connectors: tuple[Connector, ...] = ()


def character_width(sign: str, bold: bool = False) -> float:
    """Return the width of a character in font sizes; an estimate on the wide side."""
    if unicodedata.east_asian_width(sign) in "WFA" and ord(sign) > 0x7F:
        return 1.0
    width = 0.31 if sign in " .,:;'!|ilIjtfr()[]" else 0.84 if sign in "mwMW%@—" else 0.58
    if sign.isupper() and sign not in "MWI":
        width = 0.7
    return width * (1.06 if bold else 1.0)


def text_width(text: str, size: float, bold: bool = False) -> int:
    """Return the estimated width (EMU) of a text in one line."""
    return round(sum(character_width(sign, bold) for sign in text) * size * POINT)


def wrap(text: str, size: float, width: int, bold: bool = False) -> tuple[str, ...]:
    """Return the lines of a text in a column, cut at spaces or between Chinese characters."""
    lines: list[str] = []
    current = ""
    for piece in _pieces(text):
        candidate = current + piece
        if not current.strip() or text_width(candidate.rstrip(), size, bold) <= width:
            current = candidate
        else:
            lines.append(current.strip())
            current = piece.lstrip()
        while text_width(current.rstrip(), size, bold) > width and len(current) > 1:
            cut = _fitting(current, size, width, bold)
            lines.append(current[:cut].strip())
            current = current[cut:]
    if current.strip():
        lines.append(current.strip())
    return tuple(lines) or ("",)


_NO_START = "，。、；：！？）》”’%％,.;:!?)]}"


def _pieces(text: str) -> list[str]:
    """Return a text in pieces between which a line may end."""
    pieces: list[str] = []
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WF"
        glued = sign in _NO_START or (
            pieces
            and not wide
            and not pieces[-1].endswith(" ")
            and unicodedata.east_asian_width(pieces[-1][-1]) not in "WF"
        )
        if pieces and (glued or sign == " " or pieces[-1] in ("（", "《", "“")):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _fitting(text: str, size: float, width: int, bold: bool) -> int:
    cut = len(text) - 1
    while cut > 1 and text_width(text[:cut], size, bold) > width:
        cut -= 1
    return cut


def wrapped(line: TextLine, width: int) -> TextLine:
    """Return the paragraph with its lines for a width (EMU)."""
    return replace(line, lines=wrap(line.text, line.size, width, line.bold))


def fit(texts: tuple[TextLine, ...], width: int, height: int, least: float) -> tuple[TextLine, ...]:
    """Return the texts wrapped, made smaller in steps until they fit; never under ``least`` points.

    Where even the least size is too large, the texts are returned at that size: the caller makes
    room for them.
    """
    factor = 1.0
    while True:
        sized = tuple(
            wrapped(replace(t, size=max(least, round(t.size * factor * 2) / 2)), width)
            for t in texts
        )
        is_least = all(t.size <= least for t in sized)
        if is_least or (sum(t.height for t in sized) <= height and not _is_torn(sized)):
            return sized
        factor -= 0.06


_WORD = re.compile(r"[!-~]+")


def _is_torn(texts: tuple[TextLine, ...]) -> bool:
    """Return whether a word of Latin letters was cut because the column is too narrow."""
    return any(
        sorted(_WORD.findall(text.text)) != sorted(_WORD.findall(" ".join(text.lines)))
        for text in texts
    )
