"""Text with formatting of its own, as a value that a template prints in a line of text.

Values are immutable: each method gives a new one, so templates can use them freely.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What a piece of text changes of the formatting around it; None leaves it as it is.

    ``color`` is RRGGBB, ``size`` is in points, ``style`` is the id of a character style (Word
    only). ``underline`` may name one of Word's kinds (``"double"``); ``language`` is a tag such as
    ``zh-CN``.
    """

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | str | None = None
    strike: bool | None = None
    raised: bool = False
    lowered: bool = False
    color: str | None = None
    highlight: str | None = None
    size: float | None = None
    font: str | None = None
    east_asian_font: str | None = None
    style: str | None = None
    language: str | None = None
    is_right_to_left: bool = False


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A stretch of text with one formatting; ``link`` is an address it leads to."""

    text: str
    style: TextStyle = TextStyle()
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RichText:
    """Pieces of text in order. Its plain text is what prints where formatting cannot be.

    ``keeps_format`` False prints the pieces with their own formatting only, not over that of the
    tag. In Word the character U+0007 begins a new paragraph and U+000C a new page.
    """

    pieces: tuple[TextPiece, ...] = ()
    keeps_format: bool = True

    @classmethod
    def of(cls, value: object) -> RichText:
        """Return a value as rich text: itself, or its text in one piece."""
        return value if isinstance(value, RichText) else cls((TextPiece(str(value)),))

    def styled(self, **changes: Any) -> RichText:
        """Return the text with a change of formatting on all its pieces."""
        pieces = (replace(piece, style=replace(piece.style, **changes)) for piece in self.pieces)
        return RichText(tuple(pieces), self.keeps_format)

    def linked(self, address: str) -> RichText:
        """Return the text as a link to an address."""
        return RichText(
            tuple(replace(piece, link=address) for piece in self.pieces), self.keeps_format
        )

    def __add__(self, other: object) -> RichText:
        return RichText(self.pieces + RichText.of(other).pieces, self.keeps_format)

    def __radd__(self, other: object) -> RichText:
        return RichText.of(other) + self

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)
