"""What a build gives back: its files, its steps, its findings. Light to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.errors import Problem

#: Called as a step begins: its name, its number, and how many there are.
OnStep = Callable[[str, int, int], None]


#: Where the figures of the files in a folder are listed.
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Step:
    """How long one step of a build took."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file of the report. ``pages`` is the number of slides of a deck, None for a document.

    ``state`` is ``"written"``; ``"unchanged"`` where the file already had these bytes; ``"edited"``
    where it was edited by hand and left alone; ``"beside"`` where the new one was therefore written
    beside it, as ``beside`` says. ``reasons`` are why it was built, in words; none if it was not.
    ``source`` is the name of the document that a PDF was made of, None for a document.
    """

    path: Path
    document: str
    language: str
    bytes: int
    digest: str
    pages: int | None
    state: str
    reasons: tuple[str, ...] = ()
    beside: str | None = None
    source: str | None = None

    @property
    def is_pdf(self) -> bool:
        return self.source is not None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build wrote, how long its steps took, and what is worth knowing.

    ``edition`` names the edition that was kept of it, if one was. ``lacks_pdf``: a PDF that was
    asked for could not be made.
    """

    files: tuple[BuiltFile, ...]
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    edition: str | None = None
    lacks_pdf: bool = False
