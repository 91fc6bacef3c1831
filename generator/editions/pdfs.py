"""The PDF files of a report: one of each document that has one, made again when that changes.

They are made of what was built, never of a file that a person edited, and are outputs like the
documents: remembered, guarded, kept with the editions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from generator.build.results import BuiltFile
from generator.editions.guard import left_alone, place
from generator.editions.state import (
    OutputRecord,
    State,
    digest_of,
    locked,
    named,
    read_state,
    write_state,
)
from generator.errors import Location, OutputError, Problem

if TYPE_CHECKING:
    import datetime

    from generator.editions.store import Edition
    from generator.model.insert import Language

#: What a PDF's record keeps of the document that it was made of: its SHA-256.
SOURCE = "source"
#: Told as the first is made, and after each: how many are done, and of how many.
OnPdf = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PdfJob:
    """A document whose PDF is wanted; ``source`` is where the document lies."""

    document: str
    language: str
    source: Path

    @property
    def target(self) -> Path:
        return self.source.with_suffix(".pdf")


@dataclass(slots=True)
class PdfKeeper:
    """Makes the PDF files that are not current.

    ``made`` are documents that were built just now. ``needs_bytes``: the PDF files are kept as an
    edition, so those that were edited by hand must be had as they were made.
    """

    project: Path
    output: Path
    state: State
    now: datetime.datetime
    made: Mapping[Path, bytes] = field(default_factory=dict)
    force: bool = False
    needs_bytes: bool = False
    problems: list[Problem] = field(default_factory=list)
    pdfs: dict[Path, bytes] = field(default_factory=dict)
    lacks: bool = False
    _editions: list[Edition] | None = None

    def reasons(self, job: PdfJob) -> list[str]:
        """Return why the PDF of a document is to be made; none if it is current."""
        record, source = self._record(job.target), self._record(job.source)
        if record.digest is None:
            return ["the last build was interrupted"] if record.pending else ["not built before"]
        if record.parts.get(SOURCE) != source.digest:
            return [f"{job.source.name} changed"]
        if record.pending:
            return ["the last build was interrupted"]
        found = digest_of(job.target)
        if found is None:
            return ["the output is missing"]
        if found != record.digest and self.force:
            return ["edited by hand"]
        if found != record.digest and self.needs_bytes and self._kept(record.digest) is None:
            return ["needed for the edition"]
        return []

    def make(self, jobs: Sequence[PdfJob], on_pdf: OnPdf | None = None) -> list[BuiltFile]:
        """Make what is not current and return all PDF files that are there.

        Raises:
            OutputError: LibreOffice is not there, or a file cannot be written.
        """
        due = {job: reasons for job in jobs if (reasons := self.reasons(job))}
        self._convert(due, on_pdf)
        files = []
        for job in jobs:
            if job in due and job.target not in self.pdfs:
                continue
            files.append(self._settled(job, due[job]) if job in due else self._current(job))
        return files

    def bytes_of(self, target: Path) -> bytes:
        """Return a PDF as it was made, whatever became of the file.

        Raises:
            OutputError: it is nowhere any more.
        """
        if target in self.pdfs:
            return self.pdfs[target]
        digest = self._record(target).digest or ""
        data = target.read_bytes() if digest_of(target) == digest else self._kept(digest)
        if data is None:
            raise OutputError("the PDF is not as it was made", Location(str(target)),
                              "build again with --force")  # fmt: skip
        return data

    # -- making --

    def _convert(self, due: Mapping[PdfJob, list[str]], on_pdf: OnPdf | None) -> None:
        documents: list[tuple[Path, bytes]] = []
        for job in due:
            data = self._source_bytes(job)
            if data is None:
                self._fail(job, Problem(
                    "its PDF was not made: the document was edited by hand",
                    Location(str(job.source)), "replace it with --force, or print it to a PDF from "
                    "the program that it was edited in", code=OutputError.code,
                ))  # fmt: skip
            else:
                documents.append((job.source, data))
        if not documents:
            return
        from generator.pdf.converting import convert_documents
        from generator.pdf.program import usable_offices

        if on_pdf is not None:
            on_pdf(0, len(documents))
        made, problems = convert_documents(documents, jobs=usable_offices(), on_file=on_pdf)
        self.pdfs |= {path.with_suffix(".pdf"): data for path, data in made.items()}
        self.problems += problems
        self.lacks = self.lacks or len(made) < len(documents)

    def _fail(self, job: PdfJob, problem: Problem) -> None:
        self.problems.append(problem)
        self.lacks = True

    def _source_bytes(self, job: PdfJob) -> bytes | None:
        """Return a document as it was built; None if it is nowhere any more."""
        if job.source in self.made:
            return self.made[job.source]
        record = self._record(job.source)
        beside = (self.project / name for name, own in record.beside.items()
                  if own == record.digest)  # fmt: skip
        for path in (job.source, *beside):
            if record.digest is not None and digest_of(path) == record.digest:
                return path.read_bytes()
        return self._kept(record.digest or "")

    def _kept(self, digest: str) -> bytes | None:
        """Return the file of an edition that has these bytes."""
        if self._editions is None:
            from generator.editions.store import read_editions

            self._editions = read_editions(self.output)
        for edition in reversed(self._editions):
            for file in edition.files:
                path = edition.folder / file.name
                if file.digest == digest and digest_of(path) == digest:
                    return path.read_bytes()
        return None

    # -- placing --

    def _settled(self, job: PdfJob, reasons: list[str]) -> BuiltFile:
        """Write a PDF as outputs are written, and remember it at once: making it took its time."""
        from generator.build.files import write_files

        data, record = self.pdfs[job.target], self._record(job.target)
        digest = hashlib.sha256(data).hexdigest()
        placed = place(job.target, data, digest, record, project=self.project, force=self.force,
                       now=self.now)  # fmt: skip
        record.pending = list(dict.fromkeys([*record.pending, digest]))
        self.state.outputs[named(job.target, self.project)] = record
        write_state(self.project, self.state)
        write_files(placed.files)
        fresh = OutputRecord(digest, len(data), parts={SOURCE: self._record(job.source).digest},
                             beside=dict(record.beside))  # fmt: skip
        if placed.state == "beside" and placed.beside is not None:
            fresh.beside = {named(placed.beside, self.project): digest}
        self.state.outputs[named(job.target, self.project)] = fresh
        write_state(self.project, self.state)
        if placed.problem is not None:
            self.problems.append(placed.problem)
        beside = str(placed.beside) if placed.beside else None
        return _file(job, fresh, placed.state, tuple(reasons), beside)

    def _current(self, job: PdfJob) -> BuiltFile:
        record = self._record(job.target)
        is_edited = digest_of(job.target) != record.digest
        if is_edited:
            self.problems.append(left_alone(job.target))
        return _file(job, record, "edited" if is_edited else "unchanged")

    def _record(self, path: Path) -> OutputRecord:
        return self.state.outputs.get(named(path, self.project)) or OutputRecord()


def _file(
    job: PdfJob, record: OutputRecord, state: str, reasons: tuple[str, ...] = (),
    beside: str | None = None,
) -> BuiltFile:  # fmt: skip
    return BuiltFile(job.target, job.document, job.language, record.bytes, record.digest or "",
                     None, state, reasons, beside, job.source.name)  # fmt: skip


def missing_office(jobs: Sequence[PdfJob], where: Location, *, stops: bool) -> Problem | None:
    """Return a warning if there is no LibreOffice to make PDF files; None if there is one.

    Raises:
        OutputError: there is none, and that ``stops`` the build.
    """
    from generator.pdf.program import find_office

    try:
        find_office(where)
    except OutputError as error:
        if stops:
            raise
        told = f"no PDF was made: {error.message}"
        stale = [job.target.name for job in jobs if job.target.exists()]
        if stale:
            told += f"; {', '.join(stale)} may be of an earlier build"
        return Problem(told, error.where, error.hint, "warning", OutputError.code)
    return None


def pdf_jobs(
    places: Sequence[tuple[str, Language, Path]], wanted: Callable[[str, Language], bool]
) -> list[PdfJob]:
    """Return the documents whose PDF is wanted; ``places`` are document, language and path."""
    return [PdfJob(document, language, source) for document, language, source in places
            if wanted(document, language)]  # fmt: skip


def make_pdfs(
    definition: Path, *, languages: Sequence[str] = (), documents: Sequence[str] = (),
    output: Path | None = None, everything: bool = False, force: bool = False,
    now: datetime.datetime | None = None, on_pdf: OnPdf | None = None,
) -> list[BuiltFile]:  # fmt: skip
    """Make the PDF files of documents that were built before, without opening a template.

    ``everything``: of each document, whatever the definition says.

    Raises:
        OutputError: one that is asked for cannot be made; the others are there.
        ReportError: the definition is wrong.
    """
    import datetime

    from generator.build.reading import read_only_definition

    definition = definition.resolve()
    report, project = read_only_definition(definition), definition.parent
    folder = report.output if output is None else output.resolve()
    places = [
        (name, language, folder / editions[language].output)
        for name, editions in report.entry.documents.items()
        for language in report.entry.languages
        if language in editions
        and (not documents or name in documents)
        and (not languages or language in languages)
    ]
    with locked(project):
        keeper = PdfKeeper(project, report.output, read_state(project),
                           now or datetime.datetime.now().astimezone(), force=force)  # fmt: skip
        jobs = pdf_jobs(places, lambda *key: everything or report.entry.has_pdf(*key))
        due = [job for job in jobs if keeper.reasons(job)]
        where = Location(report.file, ("pdf",), report.lines.get(("pdf",)))
        if due and missing_office(due, where, stops=everything or report.entry.needs_office):
            return []
        files = keeper.make(jobs, on_pdf)
    if keeper.lacks:
        raise OutputError.of(keeper.problems)
    return files
