"""A note below the page as a value of a template: ``{{ footnote("Source: ...") }}``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.model.rich_text import RichText

NoteKindName = Literal["footnotes", "endnotes"]


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote with its text; printed as its sign, the text stands below."""

    text: RichText
    kind: NoteKindName = "footnotes"
