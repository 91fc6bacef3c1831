"""The steps of one run: read the sources, build an edition, deliver it.

Each takes and gives plain values that can be kept, and can be done again after a stop in its
middle: what is done already stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.editions.state import digest_of, write_whole
from generator.errors import (
    DataError,
    Location,
    MissingColumnError,
    OutputError,
    Problem,
    ReportError,
    SourceFormatError,
    SourceNotFoundError,
    TargetDownError,
    ValueTypeError,
)
from generator.scheduling import delivering

if TYPE_CHECKING:
    from generator.editions.store import Edition
    from generator.model.dataset import Dataset
    from generator.model.report import ReportDefinition

#: Faults of what was read, which the next try reads again.
_STAYING = (MissingColumnError, SourceFormatError, ValueTypeError)
_MOST_NOTES = 3


def may_pass(error: ReportError) -> bool:
    """Return whether another try may succeed: a source that is down, an output that is held."""
    if isinstance(error, DataError):
        return not isinstance(error, _STAYING)
    return isinstance(error, OutputError | TargetDownError)


@dataclass(slots=True)
class ReportWork:
    """Does the steps of the runs of one report. ``folder`` holds what was fetched meanwhile."""

    definition: Path
    folder: Path
    now: Callable[[], datetime]
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def fetch(self, run: str) -> dict[str, Any]:
        """Read all that the report is made from, and keep the rows that lie elsewhere.

        Raises:
            ReportError: a source is down, or wrong.
        """
        from generator.build.reading import read_report

        digest = digest_of(self.definition)
        report, book = read_report(self.definition)
        remote = {
            name: book.datasets[name]
            for name, table in report.entry.datasets.items()
            if table.is_remote and name in book.datasets
        }
        told = {"definition": digest, "datasets": len(report.entry.datasets), "rows": None,
                "pdf": report.entry.has_pdfs}  # fmt: skip
        if remote:
            from generator.sources.kept_datasets import kept_text

            data = kept_text(remote)
            write_whole(self._file(run), data)
            told["rows"] = hashlib.sha256(data).hexdigest()
        return told

    def documents(self, run: str, fetched: Mapping[str, Any]) -> dict[str, Any]:
        """Build the documents that are not current, before their PDF files and an edition.

        Raises:
            ReportError: they cannot be built.
        """
        from generator.build.isolation import isolation_asked

        if isolation_asked(self.definition) is not None:
            digests, _, _ = self._build_apart(_report(self.definition), "--stage", "documents")
        else:
            from generator.editions.current import build_current

            result = build_current(
                self.definition, stage="documents", fetched=self._rows(run, fetched),
                now=self.now(),
            )  # fmt: skip
            digests = {file.path.name: file.digest for file in result.files}
        return {"files": len(digests)}

    def pdfs(self) -> dict[str, Any]:
        """Make the PDF files of documents that have changed; no template is opened for it.

        Raises:
            ReportError: one cannot be made.
        """
        from generator.editions.pdfs import make_pdfs

        return {"files": len(make_pdfs(self.definition, now=self.now()))}

    def build(self, run: str, fetched: Mapping[str, Any]) -> dict[str, Any]:
        """Build what is not current and keep it as an edition; without news it is the last one.

        Raises:
            ReportError: it cannot be built; the last edition stays.
        """
        from generator.build.isolation import isolation_asked
        from generator.editions.store import read_editions

        report = _report(self.definition)
        if isolation_asked(self.definition) is not None:
            digests, problems, made = self._build_apart(report, "--edition")
        else:
            from generator.editions.current import build_current

            result = build_current(
                self.definition, edition=True, fetched=self._rows(run, fetched), now=self.now()
            )
            digests = {file.path.name: file.digest for file in result.files}
            problems, made = list(result.problems), result.edition
        editions = read_editions(report.output)
        if not editions or editions[-1].digests != digests:
            causes = [p for p in problems if p.severity == "error"] or [
                Problem("the files were built, but no edition of them was kept",
                        Location(str(report.output)), "look whether the folder can be written",
                        code=OutputError.code)
            ]  # fmt: skip
            raise OutputError.of(causes)
        notes = [f"{p.where}: {p.message}" if p.where else p.message
                 for p in problems if p.severity == "warning"]  # fmt: skip
        return {"edition": editions[-1].name, "is_new": made is not None,
                "notes": notes[:_MOST_NOTES]}  # fmt: skip

    def deliveries(self, edition: str) -> list[dict[str, str]]:
        """Return key and target of all that is to be delivered.

        Raises:
            ReportError: the definition is wrong.
        """
        report = _report(self.definition)
        found = delivering.planned(report, self._edition(report, edition))
        return [{"key": one.key, "target": one.target} for one in found]

    def deliver(self, edition: str, key: str) -> dict[str, Any]:
        """Deliver an edition to one target, unless that was done before.

        Raises:
            ReportError: it cannot be delivered.
        """
        report = _report(self.definition)
        kept = self._edition(report, edition)
        for one in delivering.planned(report, kept):
            if one.key == key:
                return {"state": delivering.deliver(report, kept, one, self.environment)}
        return {"state": "no longer asked for"}

    def clear(self, run: str) -> None:
        """Remove what was kept for a run that has ended."""
        self._file(run).unlink(missing_ok=True)

    def _edition(self, report: ReportDefinition, name: str) -> Edition:
        from generator.editions.store import find_edition

        return find_edition(report.output, name)

    def _file(self, run: str) -> Path:
        name = hashlib.sha256(run.encode()).hexdigest()[:24]
        return self.folder / "fetched" / f"{name}.json"

    def _rows(self, run: str, fetched: Mapping[str, Any]) -> dict[str, Dataset] | None:
        """Return the rows that were fetched for a run, if they are there and still fit."""
        if not fetched.get("rows") or digest_of(self.definition) != fetched["definition"]:
            return None
        path = self._file(run)
        if digest_of(path) != fetched["rows"]:  # fetched on another machine: read once more
            return None
        from generator.sources.kept_datasets import read_kept

        return read_kept(path)

    def _build_apart(
        self, report: ReportDefinition, *options: str
    ) -> tuple[dict[str, str], list[Problem], str | None]:
        """Build in a process with limits, as the report asks, and read what it says."""
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        done = subprocess.run(
            [sys.executable, "-P", "-c",
             "import sys; from generator.app.commands import main; sys.exit(main())",
             "build", *options, "--json", "--report", str(self.definition)],
            env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            said = json.loads(done.stdout)
            problems = [Problem(p["message"], _place(p["where"]), p["hint"], p["severity"],
                                p["code"]) for p in said["problems"]]  # fmt: skip
            if done.returncode:
                raise _error_of(problems)
            digests = {Path(f["path"]).name: f["digest"] for f in said["files"]}
            return digests, problems, said.get("edition")
        except (ValueError, KeyError, TypeError) as error:
            raise ReportError(
                f"the limited process ended with code {done.returncode}", Location(report.file),
                "try the same with: build --edition --isolate",
            ) from error  # fmt: skip


def _place(kept: Mapping[str, Any] | None) -> Location | None:
    return None if not kept else Location(
        kept["file"], tuple(kept["steps"]), kept["line"], kept["text"]
    )  # fmt: skip


def _error_of(problems: list[Problem]) -> ReportError:
    errors = [p for p in problems if p.severity == "error"] or problems
    if not errors:
        return ReportError("the limited process failed without a word")
    kinds = {DataError.code: DataError, SourceNotFoundError.code: SourceNotFoundError,
             OutputError.code: OutputError}  # fmt: skip
    return kinds.get(errors[0].code, ReportError).of(errors)


def _report(definition: Path) -> ReportDefinition:
    from generator.build.reading import read_only_definition

    return read_only_definition(definition)
