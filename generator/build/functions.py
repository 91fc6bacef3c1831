"""The functions that every template can call, whatever its data: ``footnote("...")`` and so on."""

from __future__ import annotations

from collections.abc import Callable

from generator.build.blocks import markdown, page_break, table
from generator.build.plain_charts import data_chart
from generator.model.note import Note
from generator.model.rich_text import RichText


def footnote(text: object) -> Note:
    """Return a footnote with this text, to be printed behind what it is about (Word only)."""
    return Note(RichText.of(text))


def endnote(text: object) -> Note:
    """Return a note at the end of the document (Word only)."""
    return Note(RichText.of(text), "endnotes")


TEMPLATE_FUNCTIONS: dict[str, Callable[..., object]] = {
    "chart": data_chart,
    "endnote": endnote,
    "footnote": footnote,
    "markdown": markdown,
    "page_break": page_break,
    "table": table,
}
