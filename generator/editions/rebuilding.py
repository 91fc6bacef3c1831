"""An edition made again from its snapshot: the same bytes, or a word on why not."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from generator.build.results import BuildResult, BuiltFile, OnStep
from generator.build.uses import Uses
from generator.editions.program import program_version
from generator.editions.state import digest_of
from generator.editions.store import EARLIER, SNAPSHOT, Edition, read_facts
from generator.errors import Location, OutputError, Problem, SourceFormatError
from generator.sources.kept_datasets import NAME as DATASETS
from generator.sources.kept_datasets import read_kept

if TYPE_CHECKING:
    from generator.build.changes import FactState
    from generator.build.steps import Job
    from generator.model.fact import FactBook
    from generator.model.report import ReportDefinition


@dataclass(slots=True)
class _Collector:
    """Takes the results of a build instead of writing them."""

    earlier: tuple[str, FactState] | None
    wanted: set[str]
    uses: Uses = field(default_factory=Uses)
    made: list[tuple[Job, bytes]] = field(default_factory=list)

    def choose(
        self, report: ReportDefinition, book: FactBook, jobs: Sequence[Job]
    ) -> Sequence[Job]:
        return [job for job in jobs if job.target.name in self.wanted]

    def names(self, book: FactBook, language: str) -> Mapping[str, object]:
        from generator.build.changes import changes_function

        return changes_function(book, lambda: self.earlier, language)

    def rendered(self, job: Job) -> None:
        """Nothing is remembered."""

    def write(
        self, results: Sequence[tuple[Job, bytes]], manifests: Mapping[Path, bytes]
    ) -> Sequence[BuiltFile]:
        self.made = list(results)
        return []


def rebuild_edition(
    edition: Edition, output: Path | None = None, *, on_step: OnStep | None = None
) -> BuildResult:
    """Build an edition again from its snapshot and say of each file whether it is the same.

    With ``output`` the files are written there; without, those that are missing or damaged in the
    edition are restored. A file is ``"same"``, ``"restored"``, ``"written"`` or ``"differs"``.

    Raises:
        SourceFormatError: the snapshot is damaged.
        ReportError: it cannot be built.
    """
    from generator.build.files import write_files
    from generator.build.steps import build_report, slide_count

    _check_snapshot(edition)
    earlier = (edition.earlier, read_facts(edition, EARLIER)) if edition.earlier else None
    rows = read_kept(edition.folder / DATASETS) if edition.datasets else None
    collector = _Collector(earlier, set(edition.digests))
    with tempfile.TemporaryDirectory(prefix="make-report-") as folder:
        shutil.copytree(edition.folder / SNAPSHOT, folder, dirs_exist_ok=True)
        result = build_report(
            Path(folder) / edition.definition, on_step=on_step, keeper=collector, datasets=rows
        )
    problems, files, written = list(result.problems), [], {}
    for job, data in collector.made:
        path = (output or edition.folder) / job.target.name
        digest = hashlib.sha256(data).hexdigest()
        is_same = digest == edition.digests[job.target.name]
        state = "same"
        if not is_same:
            state = "differs"
            problems.append(_difference(path, edition))
        elif output is None and digest_of(path) != digest:
            state = "restored"
        elif output is not None:
            state = "written"
        if state == "restored" or output is not None:
            written[path] = data
        files.append(BuiltFile(path, job.document, job.language, len(data), digest,
                               slide_count(data), state))  # fmt: skip
    pdfs, told = _rebuilt_pdfs(edition, collector.made, output)
    for file, new in pdfs:
        files.append(file)
        if new is not None:
            written[file.path] = new
    problems += told
    write_files(written)
    return BuildResult(tuple(files), result.steps, tuple(problems))


def _rebuilt_pdfs(
    edition: Edition, made: Sequence[tuple[Job, bytes]], output: Path | None
) -> tuple[list[tuple[BuiltFile, bytes | None]], list[Problem]]:
    """Make the PDF files of an edition again; return each with the bytes that are to be written.

    Other bytes are only told of: layout is the work of LibreOffice and of the fonts that are there.
    """
    wanted = {file.source: file for file in edition.files if file.source is not None}
    documents = [(edition.folder / job.target.name, data) for job, data in made
                 if job.target.name in wanted]  # fmt: skip
    if not documents:
        return [], []
    from generator.pdf.converting import convert_documents
    from generator.pdf.program import usable_offices

    try:
        pdfs, problems = convert_documents(documents, jobs=usable_offices())
    except OutputError as error:
        told = f"the PDF files were not made again: {error.message}"
        return [], [Problem(told, error.where, error.hint, "warning", "rebuild")]
    files: list[tuple[BuiltFile, bytes | None]] = []
    for source, data in pdfs.items():
        kept = wanted[source.name]
        path = (output or edition.folder) / kept.name
        digest = hashlib.sha256(data).hexdigest()
        state = "same"
        if digest != kept.digest:
            state = "differs"
            problems.append(Problem(
                "made again the PDF has other bytes, as its document, LibreOffice or the fonts are "
                "others", Location(str(path)), "the edition itself keeps the first ones", "warning",
                "rebuild",
            ))  # fmt: skip
        elif output is None and digest_of(path) != digest:
            state = "restored"
        elif output is not None:
            state = "written"
        is_new = state == "restored" or output is not None
        file = BuiltFile(path, kept.document, kept.language, len(data), digest, None, state,
                         source=source.name)  # fmt: skip
        files.append((file, data if is_new else None))
    return files, problems


def _check_snapshot(edition: Edition) -> None:
    parts = {edition.folder / SNAPSHOT / name: d for name, d in edition.snapshot.items()}
    if edition.datasets:
        parts[edition.folder / DATASETS] = edition.datasets
    problems = [
        Problem("the file of the snapshot is missing or damaged",
                Location(str(path)), "restore it from a backup", code=SourceFormatError.code)
        for path, digest in parts.items()
        if digest_of(path) != digest
    ]  # fmt: skip
    if problems:
        raise SourceFormatError.of(problems)


def _difference(path: Path, edition: Edition) -> Problem:
    if edition.program != program_version():
        return Problem("built again it has other bytes, as the program or its libraries changed",
                       Location(str(path)), "the edition itself keeps the first ones",
                       "warning", "rebuild")  # fmt: skip
    return Problem("built again it has other bytes", Location(str(path)),
                   "does its definition name files by absolute paths?", "error",
                   "rebuild")  # fmt: skip
