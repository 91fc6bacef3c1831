"""docxtpl's values: text with formatting, lists of lines, pictures."""

from __future__ import annotations

import io
from os import PathLike
from pathlib import Path
from typing import IO, Any

from generator.build.inserts import picture_drawing
from generator.errors import ChartError, Location
from generator.model.blocks import Blocks, Paragraph
from generator.model.insert import Drawing, Insert, Place
from generator.model.rich_text import RichText as Pieces
from generator.model.rich_text import TextPiece, TextStyle

_UNDERLINES = frozenset(
    ("single", "double", "thick", "dotted", "dash", "dotDash", "dotDotDash", "wave")
)


class UrlId(str):
    """What ``build_url_id`` gives; holds the address itself."""

    __slots__ = ()


class RichText:
    """Text with formatting, printed by ``{{r x }}``; ``add`` puts more behind it."""

    def __init__(self, text: object = None, **text_prop: Any) -> None:
        self._pieces: list[TextPiece] = []
        if text:
            self.add(text, **text_prop)

    def add(
        self,
        text: object,
        style: str | None = None,
        color: str | None = None,
        highlight: str | None = None,
        size: float | str | None = None,
        subscript: object = None,
        superscript: object = None,
        bold: bool = False,
        italic: bool = False,
        underline: bool | str = False,
        strike: bool = False,
        font: str | None = None,
        url_id: str | None = None,
        rtl: bool = False,
        lang: str | None = None,
    ) -> None:
        """Add text. ``size`` is in half points, ``style`` the id of a character style.

        ``font`` may name a script as in ``"eastAsia:SimSun"``; ``url_id`` comes from
        ``DocxTemplate.build_url_id``.
        """
        if isinstance(text, RichText):
            self._pieces += text._pieces
            return
        region, _, face = (font or "").rpartition(":")
        kind: bool | str | None = None
        if underline:
            kind = underline if underline in _UNDERLINES else "single"
        made = TextStyle(
            bold=True if bold else None,
            italic=True if italic else None,
            underline=kind,
            strike=True if strike else None,
            raised=bool(superscript),
            lowered=bool(subscript) and not superscript,
            color=color.lstrip("#").upper() if color else None,
            highlight=highlight.lstrip("#").upper() if highlight else None,
            size=float(size) / 2 if size else None,
            font=face or None,
            east_asian_font=face if region == "eastAsia" else None,
            style=style or None,
            language=lang or None,
            is_right_to_left=bool(rtl),
        )
        self._pieces.append(TextPiece(_text(text), made, str(url_id) if url_id else None))

    @property
    def printed_as(self) -> Pieces:
        """The text for the engine; the format of the tag's own run is left out."""
        return Pieces(tuple(self._pieces), keeps_format=False)

    def __str__(self) -> str:
        return "".join(piece.text for piece in self._pieces)


class RichTextParagraph:
    """Whole paragraphs of text with formatting, printed by ``{{p x }}``."""

    def __init__(self, text: object = None, **text_prop: Any) -> None:
        self._paragraphs: list[Paragraph] = []
        if text:
            self.add(text, **text_prop)

    def add(self, text: object, parastyle: str | None = None) -> None:
        """Add a paragraph; ``parastyle`` is the id of a paragraph style."""
        rich = text if isinstance(text, RichText) else RichText(text)
        self._paragraphs.append(Paragraph(rich.printed_as, style=parastyle or "normal"))

    @property
    def printed_as(self) -> Blocks:
        return Blocks(tuple(self._paragraphs))

    def __str__(self) -> str:
        return "\n".join(str(paragraph.text) for paragraph in self._paragraphs)


R = RichText
RP = RichTextParagraph


class Listing:
    r"""Text whose ``\n``, ``\t``, ``\a`` and ``\f`` become breaks, tabs, paragraphs and pages.

    It keeps the format of the tag.
    """

    def __init__(self, text: object) -> None:
        self._text = _text(text)

    @property
    def printed_as(self) -> Pieces:
        return Pieces((TextPiece(self._text),))

    def __str__(self) -> str:
        return self._text


def _text(value: object) -> str:
    return value.decode("utf-8", errors="ignore") if isinstance(value, bytes) else str(value)


class InlineImage(Insert):
    """A picture in a line of text. Sizes are EMU (``docx.shared.Mm(40)``); ``anchor`` is a link."""

    def __init__(
        self,
        tpl: object,
        image_descriptor: str | PathLike[str] | IO[bytes],
        width: int | None = None,
        height: int | None = None,
        anchor: str | None = None,
    ) -> None:
        self.tpl = tpl
        self.image_descriptor = image_descriptor
        self.width = width
        self.height = height
        self.anchor = anchor
        self._data: bytes | None = None

    def draw(self, place: Place) -> Drawing:
        """Return the picture; without sizes it has its own, as its file says."""
        name, data = self._read()
        return picture_drawing(data, name, self.width, self.height, self.anchor)

    def _read(self) -> tuple[str, bytes]:
        source = self.image_descriptor
        if isinstance(source, (str, PathLike)):
            path = Path(source)
            try:
                return path.stem, path.read_bytes()
            except OSError as error:
                reason = error.strerror or str(error)
                raise ChartError(f"the picture cannot be read: {reason}",
                                 Location(str(path))) from error  # fmt: skip
        if self._data is None:
            if isinstance(source, io.IOBase) and source.seekable():
                source.seek(0)
            self._data = source.read()
        name = getattr(source, "name", "")
        return (Path(name).stem if isinstance(name, str) and name else "picture"), self._data


__all__ = [
    "RP",
    "InlineImage",
    "Listing",
    "R",
    "RichText",
    "RichTextParagraph",
    "UrlId",
]
