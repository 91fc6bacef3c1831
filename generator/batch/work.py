"""What goes to the processes that make documents, and what comes back: never a document.

What goes there and back for each row is a named tuple, which is packed faster than other values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from generator.errors import Problem
from generator.model.limits import DEFAULT_LIMITS, Limits

MADE, UNCHANGED, KEPT, EDITED, FAILED = "made", "unchanged", "kept", "edited", "failed"


@dataclass(frozen=True, slots=True)
class ReportSetup:
    """A report of which each row gives all files: its definition, and which of them are made.

    ``shared`` are the datasets that are the same for all rows.
    """

    definition: Path
    documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """What all rows share, sent to each process once.

    ``template`` is a pickled compiled template from this program's own process, or the file of one
    that is not the operator's own: then each process compiles it, as ``undefined`` says, once it
    has given up what templates do not need. ``base`` is the folder of the results or the address
    of a store, ``staging`` a folder for files that are not whole yet. ``guarded`` are device and
    number of files that are never replaced.
    """

    template: bytes | Path
    context: Mapping[str, object]
    files: str
    base: str
    staging: str
    is_store: bool = False
    force: bool = False
    guarded: frozenset[tuple[int, int]] = frozenset()
    limits: Limits = DEFAULT_LIMITS
    undefined: str = "strict"
    report: ReportSetup | None = None

    @property
    def is_isolated(self) -> bool:
        """Whether the template is not the operator's own."""
        return self.report is None and isinstance(self.template, Path)


class Known(NamedTuple):
    """What the ledger knows of a document; ``is_current``: its row and template are the same."""

    digest: bytes
    size: int
    is_current: bool


class Task(NamedTuple):
    """A row to be made: number and line of the row, name of the result, its values.

    A row of a report has several ``files``, each with what the ledger knows of it; ``name`` is the
    first of them.
    """

    number: int
    line: int | None
    name: str
    value: object
    input: bytes
    known: Known | None = None
    files: tuple[tuple[str, Known | None], ...] = ()


class Made(NamedTuple):
    """What became of a row; ``problems`` say why it failed.

    Of a report's row ``files`` are those that are there: name, digest and size.
    """

    number: int
    state: str
    digest: bytes = b""
    size: int = 0
    problems: tuple[Problem, ...] = ()
    files: tuple[tuple[str, bytes, int], ...] = ()


@dataclass(slots=True)
class Report:
    """What a process says about a chunk of rows; rows that it did not come to are missing.

    ``fatal`` is why no other row can be made either.
    """

    made: list[Made] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    seconds: float = 0.0
    fatal: Problem | None = None


@dataclass(slots=True)
class Finished:
    """A chunk that came back. Without a report it was lost together with its process.

    ``suspects`` are the numbers of rows that may have ended it, ``verdicts`` say it for certain.
    """

    tasks: Sequence[Task]
    report: Report | None
    suspects: frozenset[int] = frozenset()
    verdicts: Mapping[int, Problem] = field(default_factory=dict)


def digest_of_row(value: object, common: bytes) -> bytes:
    """Return what changes when a row, or what all rows share, changes."""
    text = repr(tuple(value.items()) if type(value) is dict else value)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16,
                           key=common).digest()  # fmt: skip


class PrefixDigest:
    """SHA-256 of texts that mostly begin alike, as documents of one template do.

    What they have in common is digested once.
    """

    def __init__(self) -> None:
        self._first = b""
        self._prefix = b""
        self._begun: Any = None

    def __call__(self, data: bytes) -> bytes:
        if self._begun is not None and data.startswith(self._prefix):
            found = self._begun.copy()
            found.update(memoryview(data)[len(self._prefix) :])
            digest: bytes = found.digest()
            return digest
        if self._first:
            self._prefix = data[: _common(self._first, data)]
            self._begun = hashlib.sha256(self._prefix)
        self._first = data
        return hashlib.sha256(data).digest()


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes two texts begin alike with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
