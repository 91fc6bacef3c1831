"""What a batch is to do, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from generator.batch.work import FAILED, Made, Task
from generator.errors import Problem


@dataclass(frozen=True, slots=True)
class ReportChoice:
    """Which files of a report each row gives; empty: all of a kind."""

    documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What a batch is to do. ``out`` is the pattern of names; ``context`` is what all rows share.

    ``jobs`` is the number of processes (0: this one). ``engine`` is ``local`` or ``dask``.
    ``isolate``: the template is not the operator's own; only processes with limits open it.
    ``report``: the template is the definition of a report, and each row gives its files.
    """

    template: Path
    over: Path
    out: str
    format: str | None = None
    context: Mapping[str, object] = field(default_factory=dict)
    inputs: tuple[Path, ...] = ()
    files: Path | None = None
    undefined: str = "strict"
    jobs: int | None = None
    engine: str = "local"
    scheduler: str | None = None
    resume: bool = False
    force: bool = False
    zip: Path | None = None
    failures: Path | None = None
    ledger: Path | None = None
    isolate: bool = False
    report: ReportChoice | None = None


@dataclass(slots=True)
class Progress:
    """How far a batch is; ``about`` is how many rows there seem to be."""

    about: int | None
    done: int = 0
    failed: int = 0
    begun: float = field(default_factory=monotonic)
    what: str = "documents"

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.done / max(monotonic() - self.begun, 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """About how long it will take; None if nobody knows."""
        if self.about is None or not self.done:
            return None
        return max(0, self.about - self.done) / self.rate


@dataclass(slots=True)
class BatchResult:
    """What a batch made. ``counts`` are numbers of rows by what became of them."""

    counts: dict[str, int]
    rows: int
    is_stopped: bool
    seconds: float
    ledger: Path
    problems: list[Problem]
    zip: Path | None = None
    failures: Path | None = None

    @property
    def finished(self) -> int:
        """The number of documents that are there."""
        return sum(count for state, count in self.counts.items() if state != FAILED)


OnDocument = Callable[[Task, Made], object]
OnProgress = Callable[[Progress], object]
#: Turns documents of a folder into PDF: the folder, their names -> the problem of each that failed.
ToPdf = Callable[[Path, Sequence[str]], Mapping[str, Problem]]
