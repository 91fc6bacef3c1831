"""Which outputs of a report are current and which are not, and why."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from generator.build.results import MANIFEST, BuiltFile
from generator.build.uses import Uses
from generator.editions import fingerprints
from generator.editions.guard import Placement, left_alone, place
from generator.editions.state import (
    OutputRecord,
    State,
    digest_of,
    digest_of_text,
    named,
    write_state,
)
from generator.errors import Problem

if TYPE_CHECKING:
    from generator.build.changes import FactState
    from generator.build.steps import Job
    from generator.model.fact import FactBook
    from generator.model.report import ReportDefinition

#: Looks at a report and all of its jobs before they are chosen; the answer says whether the bytes
#: of a job's document are needed although it is current.
Look = Callable[["ReportDefinition", Sequence["Job"]], Callable[["Job"], bool]]
#: Hears whether anything is to be built, before anything is.
Begin = Callable[[bool], None]
#: Finds name and facts of the edition to compare with: output folder, present facts -> edition.
FindEarlier = Callable[[Path, "FactState"], "tuple[str, FactState] | None"]


@dataclass(slots=True)
class OutputKeeper:
    """Leaves out outputs that are current, and writes the others without losing a person's work.

    ``seen`` holds digests of inputs that were taken before anything was read. ``needs_bytes``: all
    results are needed, those of edited outputs too. ``made`` are the results by target. ``look``
    and ``begin`` are asked about what is made of the results afterwards.
    """

    project: Path
    definition: Path
    state: State
    program: str
    now: datetime.datetime
    find_earlier: FindEarlier
    seen: dict[str, str | None] = field(default_factory=dict)
    force: bool = False
    needs_bytes: Callable[[ReportDefinition], bool] = lambda report: False
    look: Look = lambda report, jobs: lambda job: False
    begin: Begin = lambda is_building: None
    uses: Uses = field(default_factory=Uses)
    report: ReportDefinition | None = None
    book: FactBook | None = None
    jobs: list[Job] = field(default_factory=list)
    made: dict[Path, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _skipped: dict[Path, BuiltFile] = field(default_factory=dict)
    _reasons: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    _fresh: dict[Path, OutputRecord] = field(default_factory=dict)
    _earlier: list[tuple[str, FactState] | None] = field(default_factory=list)

    # -- before the build --

    def choose(
        self, report: ReportDefinition, book: FactBook, jobs: Sequence[Job]
    ) -> Sequence[Job]:
        """Return the jobs whose output is not current."""
        self.report, self.book, self.jobs = report, book, list(jobs)
        needs_bytes = self.needs_bytes(report)
        needs_source = self.look(report, jobs)
        chosen = []
        for job in jobs:
            record = self._record(job)
            reasons = self._reasons_for(job, record)
            found = digest_of(job.target)
            is_edited = found is not None and found != record.digest and not record.pending
            if is_edited and not reasons and self.force:
                reasons = ["edited by hand"]
            if is_edited and not reasons and needs_bytes:
                reasons = ["needed for the edition"]
            if is_edited and not reasons and needs_source(job):
                reasons = ["needed for its PDF"]
            if reasons:
                chosen.append(job)
                self._reasons[job.target] = fingerprints.in_short(reasons)
            else:
                self._skipped[job.target] = skipped_file(
                    job.target, job.document, job.language, record, is_edited=is_edited
                )
                self.problems += warnings_of(record)
                if is_edited:
                    self.problems.append(left_alone(job.target))
                self._refresh(job, record)
        self.begin(bool(chosen))
        return chosen

    def _record(self, job: Job) -> OutputRecord:
        return self.state.outputs.get(named(job.target, self.project)) or OutputRecord()

    def _digest(self, path: Path) -> str | None:
        name = named(path, self.project)
        if name not in self.seen:
            self.seen[name] = digest_of(path)
        return self.seen[name]

    def _reasons_for(self, job: Job, record: OutputRecord) -> list[str]:
        if record.digest is None:
            return ["the last build was interrupted"] if record.pending else ["not built before"]
        reasons = [] if (job.target.parent / MANIFEST).is_file() else ["its manifest is missing"]
        reasons += [] if record.program == self.program else ["the program changed"]
        for name in record.parts.get("files", ()):
            if self._digest(self.project / name) != record.inputs.get(name):
                reasons.append(f"{name} changed")
        reasons += fingerprints.differences(record.parts, self._parts(job, record))
        if not reasons and record.pending:
            reasons.append("the last build was interrupted")
        if not reasons and not job.target.exists():
            reasons.append("the output is missing")
        return reasons

    def _parts(self, job: Job, record: OutputRecord) -> fingerprints.Parts:
        """Return what the parts of an output are now if it still uses the same facts."""
        assert self.report is not None
        assert self.book is not None
        has_changes = "changes" in record.parts
        facts = None if has_changes else set(record.parts.get("facts", ()))
        drawings = fingerprints.used_drawings(record.parts)
        tables = record.parts.get("datasets", ())
        parts = fingerprints.parts_of(self.report, self.book, job, facts, drawings, tables)
        if has_changes:
            parts["changes"] = self._comparison()
        return parts

    def _comparison(self) -> str:
        assert self.book is not None
        return digest_of_text(repr(self.earlier(self.book)))

    def earlier(self, book: FactBook) -> tuple[str, FactState] | None:
        """Return name and facts of the edition to compare with; None if there is none."""
        if not self._earlier:
            from generator.build.changes import fact_state

            assert self.report is not None
            self._earlier.append(self.find_earlier(self.report.output, fact_state(book)))
        return self._earlier[0]

    def _editions(self) -> str:
        from generator.editions.store import editions_stamp

        assert self.report is not None
        return editions_stamp(self.report.output)

    def _refresh(self, job: Job, record: OutputRecord) -> None:
        """Let a skipped output know its inputs as they are now, comments and all."""
        if "changes" in record.parts:
            record.parts["editions"] = self._editions()
        kept = dict(record.inputs)
        record.inputs = self._own_inputs() | {
            name: kept[name] for name in record.parts.get("files", ()) if name in kept
        }

    def _own_inputs(self) -> dict[str, str]:
        assert self.report is not None
        from generator.sources.datasets import dataset_files

        paths = (self.definition, *self.report.data, *dataset_files(self.report))
        return {named(path, self.project): self._digest(path) or "" for path in paths}

    # -- during the build --

    def names(self, book: FactBook, language: str) -> Mapping[str, object]:
        """Return the function ``changes`` of a language."""
        from generator.build.changes import changes_function

        return changes_function(book, lambda: self.earlier(book), language, self.uses)

    def rendered(self, job: Job) -> None:
        """Take note of what an output was made from."""
        assert self.report is not None
        assert self.book is not None
        files = {named(path, self.project): digest for path, digest in self.uses.files.items()}
        template = (self.report.folder / job.definition.template).resolve()
        files[named(template, self.project)] = self._digest(template) or ""
        facts = None if self.uses.has_changes else self.uses.facts
        parts = fingerprints.parts_of(
            self.report, self.book, job, facts, self.uses.drawings, self.uses.datasets
        )
        parts["files"] = sorted(files)
        if self.uses.has_changes:
            parts["changes"] = self._comparison()
            parts["editions"] = self._editions()
        self._fresh[job.target] = OutputRecord(
            program=self.program, inputs=self._own_inputs() | files, parts=parts
        )

    # -- after the build --

    def write(
        self, results: Sequence[tuple[Job, bytes]], manifests: Mapping[Path, bytes]
    ) -> Sequence[BuiltFile]:
        """Write the results; an output that was edited by hand is never overwritten silently."""
        from generator.build.files import write_files

        placed: list[tuple[Job, bytes, str, Placement]] = []
        for job, data in results:
            digest = hashlib.sha256(data).hexdigest()
            record = self._record(job)
            placement = place(job.target, data, digest, record, project=self.project,
                              force=self.force, now=self.now)  # fmt: skip
            placed.append((job, data, digest, placement))
            if record.pending:
                _sweep(job.target)
            record.pending = list(dict.fromkeys([*record.pending, digest]))
            self.state.outputs[named(job.target, self.project)] = record
        for path in manifests:
            _sweep(path)
        if placed:
            write_state(self.project, self.state)
        write_files({path: d for *_, p in placed for path, d in p.files.items()} | {**manifests})
        built = {item[0].target: self._settle(*item) for item in placed}
        return [built.get(job.target) or self._skipped[job.target] for job in self.jobs]

    def _settle(self, job: Job, data: bytes, digest: str, placement: Placement) -> BuiltFile:
        """Remember a file that was written."""
        from generator.build.steps import slide_count

        name = named(job.target, self.project)
        record = self._fresh[job.target]
        record.digest, record.bytes, record.pages = digest, len(data), slide_count(data)
        record.beside = dict(self.state.outputs[name].beside)
        if placement.state == "beside" and placement.beside is not None:
            record.beside = {named(placement.beside, self.project): digest}
        self.state.outputs[name] = record
        self.made[job.target] = data
        if placement.problem is not None:
            self.problems.append(placement.problem)
        return BuiltFile(
            job.target, job.document, job.language, len(data), digest, record.pages,
            placement.state, self._reasons.get(job.target, ()),
            str(placement.beside) if placement.beside else None,
        )  # fmt: skip


def _sweep(target: Path) -> None:
    """Remove the temporary files of a build that was killed as it wrote an output."""
    with suppress(OSError):
        for left in target.parent.glob(f".{escape(target.name)}.*.part"):
            left.unlink(missing_ok=True)


def skipped_file(
    target: Path, document: str, language: str, record: OutputRecord, *, is_edited: bool
) -> BuiltFile:
    """Return an output that was not built because it is current."""
    return BuiltFile(
        target, document, language, record.bytes, record.digest or "", record.pages,
        "edited" if is_edited else "unchanged",
    )  # fmt: skip


def warnings_of(record: OutputRecord) -> list[Problem]:
    """Return what was warned of when an output was built."""
    from generator.errors import Location

    found = []
    for kept in record.warnings:
        place = kept.get("where")
        where = Location(**{**place, "steps": tuple(place["steps"])}) if place else None
        found.append(Problem(kept["message"], where, kept["hint"], kept["severity"], kept["code"]))
    return found
