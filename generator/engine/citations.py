"""Numbered sources on slides: a small number behind what is cited, the list where it is asked for.

A slide has no notes below it, so the sources that a slide cites are numbered and printed where
``{{ cited() }}`` stands on it or in its speaker notes. That may be before the last of them is
known, so a mark stands there until the part is done.
"""

from __future__ import annotations

import re
from functools import partial

from generator.engine.markup import CITED
from generator.engine.rich_runs import EscapeText, slide_runs
from generator.model.note import CitedNotes, Note
from generator.model.rich_text import RichText, TextPiece, TextStyle

_MARK = re.compile(f"{CITED}([0-9]+){CITED}")
_RAISED = TextStyle(raised=True)


class Citations:
    """The sources that the slides of one render cite, by slide."""

    def __init__(self, escape: EscapeText) -> None:
        self._runs = partial(slide_runs, escape=escape, link=_no_link)
        self._cited: dict[str, int] = {}
        self._lists: list[tuple[dict[str, int], str, str]] = []

    def begin_slide(self) -> None:
        """Number anew."""
        self._cited = {}

    def number(self, note: Note, run_open: str) -> str:
        """Return the run of a note's number; a source that is cited again keeps its number."""
        number = self._cited.setdefault(str(note.text), len(self._cited) + 1)
        return self._runs(RichText((TextPiece(str(number), _RAISED),)), run_open)

    def listed(self, notes: CitedNotes, run_open: str) -> str:
        """Return a mark for the list of what this slide cites."""
        self._lists.append((self._cited, notes.separator, run_open))
        return f"{CITED}{len(self._lists) - 1}{CITED}"

    def resolve(self, text: str) -> str:
        """Return the XML of a finished part with its lists in the place of their marks."""
        return _MARK.sub(lambda mark: self._written(int(mark[1])), text)

    def _written(self, index: int) -> str:
        cited, separator, run_open = self._lists[index]
        pieces: list[TextPiece] = []
        for source, number in cited.items():
            before = separator if pieces else ""
            if before:
                pieces.append(TextPiece(before))
            pieces += (TextPiece(str(number), _RAISED), TextPiece(f" {source}"))
        return self._runs(RichText(tuple(pieces)), run_open) if pieces else ""


def _no_link(_: str) -> str:
    raise AssertionError("the texts of sources hold no links")
