"""The functions that every template can call, whatever its data: ``footnote("...")`` and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from generator.errors import Location
from generator.model.note import CitedNotes, Note
from generator.model.rich_text import RichText

if TYPE_CHECKING:
    from generator.model.blocks import Blocks
    from generator.model.insert import Insert


def footnote(text: object) -> Note:
    """Return a footnote with this text, to be printed behind what it is about."""
    return Note(RichText.of(text))


def endnote(text: object) -> Note:
    """Return a note at the end of the document (Word only)."""
    return Note(RichText.of(text), "endnotes")


def cited(separator: object = "\n") -> CitedNotes:
    """Return the numbered list of the notes that a slide cites (PowerPoint only)."""
    return CitedNotes(str(separator))


def chart(data: object) -> Insert:
    """Return the chart of plain data; see ``build.plain_charts.data_chart``."""
    from generator.build.plain_charts import data_chart

    return data_chart(data)


def markdown(text: object) -> Blocks:
    """Return a Markdown text as paragraphs, lists and tables; see ``build.blocks``."""
    from generator.build import blocks

    return blocks.markdown(text)


def page_break() -> Blocks:
    """Return the end of a page (Word only)."""
    from generator.build import blocks

    return blocks.page_break()


def table(*args: Any, **options: Any) -> Blocks:
    """Return a table of rows; see ``build.blocks.table`` for what it takes."""
    from generator.build import blocks

    return blocks.table(*args, **options)


def qr(text: object, width: object = "3 cm", alt: object = None) -> Insert:
    """Return a QR code of a text or an address."""
    from generator.build.inserts import vector_insert
    from generator.build.vector_pictures import qr_picture

    shown = str(text)
    said = str(alt) if alt else f"QR: {shown}"
    return vector_insert(qr_picture(shown), width, None, said, "QR code", Location())


TEMPLATE_FUNCTIONS: dict[str, Callable[..., object]] = {
    "chart": chart,
    "cited": cited,
    "endnote": endnote,
    "footnote": footnote,
    "markdown": markdown,
    "page_break": page_break,
    "qr": qr,
    "table": table,
}
