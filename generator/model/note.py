"""Notes as values of a template: ``{{ footnote("Source: ...") }}``, ``{{ cited() }}``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.model.rich_text import RichText

NoteKindName = Literal["footnotes", "endnotes"]


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote with its text; printed as its sign.

    In Word the text stands below the page or at the end; on a slide where the notes are listed.
    """

    text: RichText
    kind: NoteKindName = "footnotes"


@dataclass(frozen=True, slots=True)
class CitedNotes:
    """The notes of a slide, numbered, to be listed where this is printed: ``{{ cited() }}``."""

    separator: str = "\n"
