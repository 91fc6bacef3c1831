"""Text that fits: estimated widths, wrapped lines, sizes made smaller until there is room.

No font is asked: the same layout serves the fonts of a template, which may not be on this machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import floor

from generator.charts.geometry import POINT, TextLine

#: Down to this factor text is made smaller to avoid a last line of one or two characters.
_LEAST_FACTOR_FOR_LOOKS = 0.8

#: Paragraphs below each other, and the width (EMU) they have.
Stack = tuple[tuple[TextLine, ...], int]


def character_width(sign: str, bold: bool = False) -> float:
    """Return the width of a character in font sizes; an estimate on the wide side."""
    if unicodedata.east_asian_width(sign) in "WFA" and ord(sign) > 0x7F:
        return 1.0
    width = 0.31 if sign in " \u00a0.,:;'!|ilIjtfr()[]-" else 0.84 if sign in "mwMW%@—" else 0.58
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


def shortened(text: str, size: float, width: int, bold: bool = False) -> str:
    """Return a text in one line, its end left out where it is too wide."""
    if text_width(text, size, bold) <= width:
        return text
    while text and text_width(text + "…", size, bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap_short(
    text: str, size: float, width: int, lines: int, bold: bool = False
) -> tuple[str, ...]:
    """Return the lines of a text, at most so many; the end of a longer one is left out."""
    found = wrap(text, size, width, bold)
    if len(found) <= lines:
        return found
    last = shortened(f"{found[lines - 1]} {found[lines]}", size, width, bold)
    return (*found[: lines - 1], last)


_NO_START = "，。、；：！？）》”’%％,.;:!?)]}"


def _pieces(text: str) -> list[str]:
    """Return a text in pieces between which a line may end."""
    pieces: list[str] = []
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WF"
        glued = sign in _NO_START or (
            pieces
            and not wide
            and not pieces[-1].endswith((" ", "-"))
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


def one_line_size(texts: Iterable[str], size: float, width: int, least: float) -> float:
    """Return the largest size up to ``size`` at which every bold text stands in one line."""
    widest = max((text_width(text, 1.0, bold=True) for text in texts), default=0)
    if not widest:
        return size
    return max(least, min(size, floor(width / widest * 2) / 2))


def fit_together(
    stacks: Sequence[Stack], height: int | None, least: float
) -> list[tuple[TextLine, ...]]:
    """Return the stacks wrapped, all made smaller by one factor until each fits in ``height``.

    No text gets smaller than ``least`` points; where that is still too large, the texts are
    returned at that size and the caller makes room. Without a height, words still stay whole.
    """
    factor, best = 1.0, None
    while True:
        sized = [
            tuple(wrapped(_scaled(text, factor, least), width) for text in texts)
            for texts, width in stacks
        ]
        is_least = all(text.size <= least for texts in sized for text in texts)
        if is_least or all(_fits(texts, height) for texts in sized):
            if not any(text.has_orphan for texts in sized for text in texts):
                return sized
            best = best or sized
            if is_least or factor < _LEAST_FACTOR_FOR_LOOKS:
                return best
        factor -= 0.05


def _scaled(text: TextLine, factor: float, least: float) -> TextLine:
    size = max(min(least, text.size), floor(text.size * factor * 2) / 2)
    return replace(text, size=size, space_before=text.space_before * size / text.size)


def _fits(texts: tuple[TextLine, ...], height: int | None) -> bool:
    is_low = height is None or stack_height(texts) <= height
    return is_low and not any(text.is_torn for text in texts)


def stack_height(texts: Iterable[TextLine]) -> int:
    """Return the height (EMU) of paragraphs below each other."""
    return sum(text.height for text in texts)
