"""The functions that every template can call, whatever its data: ``footnote("...")`` and so on."""

from __future__ import annotations

from collections.abc import Callable

from generator.build.blocks import markdown, page_break, table
from generator.build.plain_charts import data_chart
from generator.errors import Location
from generator.model.insert import Insert
from generator.model.note import Note
from generator.model.rich_text import RichText


def footnote(text: object) -> Note:
    """Return a footnote with this text, to be printed behind what it is about (Word only)."""
    return Note(RichText.of(text))


def endnote(text: object) -> Note:
    """Return a note at the end of the document (Word only)."""
    return Note(RichText.of(text), "endnotes")


def qr(text: object, width: object = "3 cm", alt: object = None) -> Insert:
    """Return a QR code of a text or an address."""
    from generator.build.inserts import vector_insert
    from generator.build.vector_pictures import qr_picture

    shown = str(text)
    said = str(alt) if alt else f"QR: {shown}"
    return vector_insert(qr_picture(shown), width, None, said, "QR code", Location())


TEMPLATE_FUNCTIONS: dict[str, Callable[..., object]] = {
    "chart": data_chart,
    "endnote": endnote,
    "footnote": footnote,
    "markdown": markdown,
    "page_break": page_break,
    "qr": qr,
    "table": table,
}
