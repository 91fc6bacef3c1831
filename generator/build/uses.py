"""What the rendering of a file used: facts, files of the project, the changes since an edition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from generator.sources.files import open_plain

if TYPE_CHECKING:
    from generator.build.results import BuiltFile
    from generator.build.steps import Job
    from generator.model.fact import FactBook
    from generator.model.report import ReportDefinition


@dataclass(slots=True)
class Uses:
    """Collects what is used from one ``begin`` to the next.

    ``files`` maps paths of files to the SHA-256 that they had when they were asked for;
    ``drawings`` are entries of the definition: ``charts.growth``.
    """

    facts: set[str] = field(default_factory=set)
    files: dict[Path, str] = field(default_factory=dict)
    drawings: set[str] = field(default_factory=set)
    datasets: set[str] = field(default_factory=set)
    has_changes: bool = False

    def begin(self) -> None:
        """Forget what was used before."""
        self.facts, self.files, self.drawings, self.has_changes = set(), {}, set(), False
        self.datasets = set()

    def read(self, folder: Path, name: str) -> None:
        """Take note of a file of a folder that is about to be read."""
        with suppress(OSError, ValueError):  # its reader tells what is wrong with it
            path = (folder / name).resolve()
            if path.is_relative_to(folder.resolve()):
                with open_plain(path) as stream:
                    self.files[path] = hashlib.file_digest(stream, "sha256").hexdigest()


class Keeper(Protocol):
    """Who decides which files of a report are built, and how results become files."""

    uses: Uses

    def choose(
        self, report: ReportDefinition, book: FactBook, jobs: Sequence[Job]
    ) -> Sequence[Job]:
        """Return the jobs that are to be done."""

    def names(self, book: FactBook, language: str) -> Mapping[str, object]:
        """Return the names that templates get beside those of the report."""

    def rendered(self, job: Job) -> None:
        """Take note that a job was rendered, using what ``uses`` holds."""

    def write(
        self, results: Sequence[tuple[Job, bytes]], manifests: Mapping[Path, bytes]
    ) -> Sequence[BuiltFile]:
        """Write results and manifests; return all files of the request, those not built too."""
