"""Text with formatting of its own, as a value that a template prints in a line of text.

Values are immutable: each method gives a new one, so templates can use them freely.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What a piece of text changes of the formatting around it; None leaves it as it is.

    ``color`` is RRGGBB, ``size`` is in points, ``style`` names a character style (Word only).
    """

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    strike: bool | None = None
    raised: bool = False
    lowered: bool = False
    color: str | None = None
    highlight: str | None = None
    size: float | None = None
    font: str | None = None
    east_asian_font: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A stretch of text with one formatting; ``link`` is an address it leads to."""

    text: str
    style: TextStyle = TextStyle()
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RichText:
    """Pieces of text in order. Its plain text is what prints where formatting cannot be."""

    pieces: tuple[TextPiece, ...] = ()

    @classmethod
    def of(cls, value: object) -> RichText:
        """Return a value as rich text: itself, or its text in one piece."""
        return value if isinstance(value, RichText) else cls((TextPiece(str(value)),))

    def styled(self, **changes: Any) -> RichText:
        """Return the text with a change of formatting on all its pieces."""
        return RichText(
            tuple(replace(piece, style=replace(piece.style, **changes)) for piece in self.pieces)
        )

    def linked(self, address: str) -> RichText:
        """Return the text as a link to an address."""
        return RichText(tuple(replace(piece, link=address) for piece in self.pieces))

    def __add__(self, other: object) -> RichText:
        return RichText(self.pieces + RichText.of(other).pieces)

    def __radd__(self, other: object) -> RichText:
        return RichText.of(other) + self

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)
