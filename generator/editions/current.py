"""The build that people call: only what is not current, nothing of theirs lost, editions kept."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from generator.build.isolation import is_worker
from generator.build.results import MANIFEST, BuildResult, BuiltFile, OnStep, Step
from generator.editions.guard import left_alone
from generator.editions.keeper import OutputKeeper, skipped_file, warnings_of
from generator.editions.pdfs import SOURCE, PdfJob, PdfKeeper, missing_office, pdf_jobs
from generator.editions.program import program_version
from generator.editions.state import (
    State,
    digest_of,
    locked,
    named,
    read_state,
    write_state,
)
from generator.errors import Location, OutputError, Problem, ReportError

if TYPE_CHECKING:
    from generator.build.steps import Job
    from generator.model.dataset import Dataset
    from generator.model.report import ReportDefinition

#: How far a build goes: the documents; all files, so their PDF, too; an edition of them.
Stage = Literal["documents", "files", "edition"]


def build_current(
    definition: Path,
    *,
    languages: Sequence[str] = (),
    documents: Sequence[str] = (),
    output: Path | None = None,
    on_step: OnStep | None = None,
    force: bool = False,
    edition: bool = False,
    pdf: bool = False,
    stage: Stage = "edition",
    now: datetime.datetime | None = None,
    fetched: Mapping[str, Dataset] | None = None,
) -> BuildResult:
    """Build those files of a report that are not current; empty sequences mean all of a kind.

    ``force`` replaces outputs that were edited by hand and keeps the edited ones. ``edition`` keeps
    an edition even if the definition does not ask for it. ``pdf`` makes a PDF of each document,
    whatever the definition says. ``stage`` ends the build early. ``now`` is the present time. What
    was ``fetched`` of the datasets is not read again.

    Raises:
        ReportError: with all problems of the step that failed; nothing was written then.
    """
    now = now or datetime.datetime.now().astimezone()
    definition = definition.resolve()
    project = definition.parent
    output = output.resolve() if output is not None else None
    start = perf_counter()
    program = program_version()
    state = read_state(project)
    asked = _Asked(tuple(languages), tuple(documents), output, edition, pdf, stage)
    if not force:
        files = _current(definition, state, program, asked)
        if files is not None:
            return _result(files, state, project, perf_counter() - start)
    with locked(project):
        return _build(definition, read_state(project), program, asked, on_step, force, now, fetched)


class _Asked:
    """What a call asks for."""

    def __init__(
        self, languages: tuple[str, ...], documents: tuple[str, ...], output: Path | None,
        edition: bool, pdf: bool, stage: Stage,
    ) -> None:  # fmt: skip
        self.languages = languages
        self.documents = documents
        self.output = output
        self.edition = edition and stage == "edition"
        self.pdf = pdf
        self.stage = stage

    @property
    def is_whole(self) -> bool:
        """Whether all files of the report are asked for, in their own folder."""
        return not self.languages and not self.documents and self.output is None

    def keeps(self, report: ReportDefinition) -> bool:
        """Whether an edition is to be kept: on demand, or of every whole build if so defined."""
        is_defined = self.is_whole and report.entry.history is not None
        return self.edition or (is_defined and self.stage == "edition")


# -- the short way: nothing to do --------------------------------------------------------------


def _current(definition: Path, state: State, program: str, asked: _Asked) -> list[BuiltFile] | None:
    """Return the files asked for if all of them are current; None if any may not be."""
    project = definition.parent
    plan = state.plans.get(definition.name)
    if plan is None or asked.edition or plan["digest"] != digest_of(definition):
        return None
    if plan.get("asks"):  # a database or an address must be asked to know
        return None
    jobs = [
        (document, language, name)
        for document, language, name in plan["jobs"]
        if (not asked.documents or document in asked.documents)
        and (not asked.languages or language in asked.languages)
    ]
    if set(asked.documents) - {job[0] for job in jobs}:
        return None
    if set(asked.languages) - {job[1] for job in jobs}:
        return None
    own_folder = project / plan["output"]
    folder = asked.output or own_folder
    if not (folder / MANIFEST).is_file():
        return None
    digests: dict[str, str | None] = {}
    files = [
        _skipped(folder / name, document, language, project, state, program, own_folder, digests)
        for document, language, name in jobs
    ]
    known = [file for file in files if file is not None]
    if not known or len(known) < len(files):
        return None
    pdfs = _current_pdfs(known, plan, state, project, asked)
    if pdfs is None:
        return None
    known += pdfs
    keeps = plan["keeps"] and asked.is_whole and asked.stage == "edition"
    return None if keeps and not _is_kept(own_folder, known) else known


def _current_pdfs(
    files: Sequence[BuiltFile], plan: Mapping[str, Any], state: State, project: Path, asked: _Asked
) -> list[BuiltFile] | None:
    """Return the PDF files of current documents; None if any may have to be made."""
    if asked.stage == "documents":
        return []
    wanted = {(document, language) for document, language in plan.get("pdf", ())}
    found = []
    for file in files:
        if not asked.pdf and (file.document, file.language) not in wanted:
            continue
        target = file.path.with_suffix(".pdf")
        record = state.outputs.get(named(target, project))
        lies = digest_of(target)
        if record is None or record.pending or record.parts.get(SOURCE) != file.digest:
            return None
        if lies is None:
            return None
        pdf = skipped_file(target, file.document, file.language, record,
                           is_edited=lies != record.digest)  # fmt: skip
        found.append(replace(pdf, source=file.path.name))
    return found


def _skipped(
    target: Path, document: str, language: str, project: Path, state: State, program: str,
    editions: Path, digests: dict[str, str | None],
) -> BuiltFile | None:  # fmt: skip
    record = state.outputs.get(named(target, project))
    if record is None or record.program != program or record.pending:
        return None
    if "changes" in record.parts and record.parts.get("editions") != _stamp(editions, digests):
        return None
    for name, digest in record.inputs.items():
        if name not in digests:
            digests[name] = digest_of(project / name)
        if digests[name] != digest:
            return None
    found = digest_of(target)
    if found is None:
        return None
    return skipped_file(target, document, language, record, is_edited=found != record.digest)


def _stamp(output: Path, known: dict[str, str | None]) -> str | None:
    """Return the stamp of all editions, worked out once for all outputs."""
    from generator.editions.store import editions_stamp

    if "" not in known:
        known[""] = editions_stamp(output)
    return known[""]


def _is_kept(output: Path, files: list[BuiltFile]) -> bool:
    from generator.editions.store import read_editions

    editions = read_editions(output)
    return bool(editions) and editions[-1].digests == {f.path.name: f.digest for f in files}


def _result(files: list[BuiltFile], state: State, project: Path, seconds: float) -> BuildResult:
    problems: list[Problem] = []
    for file in files:
        problems += warnings_of(state.outputs[named(file.path, project)])
        if file.state == "edited":
            problems.append(left_alone(file.path))
    return BuildResult(tuple(files), (Step("compare with the last build", seconds),),
                       tuple(dict.fromkeys(problems)))  # fmt: skip


# -- the long way ------------------------------------------------------------------------------


def _build(
    definition: Path, state: State, program: str, asked: _Asked, on_step: OnStep | None,
    force: bool, now: datetime.datetime, fetched: Mapping[str, Dataset] | None,
) -> BuildResult:  # fmt: skip
    from generator.build.steps import build_report
    from generator.editions.store import find_earlier

    project = definition.parent
    pdfs = _Pdfs(project, state, asked, force, now)
    keeper = OutputKeeper(
        project, definition, state, program, now, find_earlier, force=force,
        needs_bytes=asked.keeps, look=pdfs.look, begin=pdfs.begin,
    )  # fmt: skip
    _look(keeper, definition, state)
    result = build_report(
        definition, languages=asked.languages, documents=asked.documents, output=asked.output,
        on_step=on_step, keeper=keeper, fetched=fetched,
    )  # fmt: skip
    _remember(keeper, result)
    result = pdfs.made(result, keeper.made, on_step)
    problems = dict.fromkeys((*result.problems, *keeper.problems, *pdfs.problems))
    result = replace(result, problems=tuple(problems))
    assert keeper.report is not None
    if not asked.keeps(keeper.report) or result.lacks_pdf:
        return result
    try:
        return _with_edition(keeper, pdfs, result, now)
    except OutputError as error:  # the files are written all the same
        return replace(result, problems=(*result.problems, *error.problems))


class _Pdfs:
    """The PDF files of a build: what is wanted, whether it can be made, making it."""

    def __init__(
        self, project: Path, state: State, asked: _Asked, force: bool, now: datetime.datetime
    ) -> None:
        self.problems: list[Problem] = []
        self._project = project
        self._state = state
        self._asked = asked
        self._force = force
        self._now = now
        self._where = Location("--pdf")
        self._stops = True
        self._is_missing = False
        self._jobs: list[PdfJob] = []
        self._keeper: PdfKeeper | None = None

    def look(self, report: ReportDefinition, jobs: Sequence[Job]) -> Callable[[Job], bool]:
        """Find out which PDF files are wanted; return whether one is to be made of a document."""
        asked = self._asked
        if asked.stage == "documents":
            return lambda job: False
        keeper = PdfKeeper(self._project, report.output, self._state, self._now, force=self._force,
                           needs_bytes=asked.keeps(report))  # fmt: skip
        self._keeper = keeper
        if not asked.pdf:
            self._where = Location(report.file, ("pdf",), report.lines.get(("pdf",)))
            self._stops = report.entry.needs_office
        self._jobs = pdf_jobs([(job.document, job.language, job.target) for job in jobs],
                              lambda *key: asked.pdf or report.entry.has_pdf(*key))  # fmt: skip
        by_source = {job.source: job for job in self._jobs}
        return lambda job: job.target in by_source and bool(keeper.reasons(by_source[job.target]))

    def begin(self, is_building: bool) -> None:
        """Look for LibreOffice before anything is built whose PDF would be missing.

        Raises:
            OutputError: it is not there, or this process may not start it.
        """
        keeper = self._keeper
        if keeper is None or not self._jobs:
            return
        if not is_building and not any(map(keeper.reasons, self._jobs)):
            return
        missing = missing_office(self._jobs, self._where, stops=self._stops)
        if missing is not None:
            self.problems.append(missing)
            self._is_missing = True
        elif is_worker():
            raise OutputError("a limited process makes no PDF files", self._where,
                              "something has changed meanwhile: build again")  # fmt: skip

    def made(
        self, result: BuildResult, made: Mapping[Path, bytes], on_step: OnStep | None
    ) -> BuildResult:
        """Make the PDF files and return the result with them.

        A failure leaves the documents where they are.
        """
        keeper = self._keeper
        if keeper is None or not self._jobs:
            return result
        keeper.made = made
        if self._is_missing:
            self._jobs = [job for job in self._jobs if not keeper.reasons(job)]
        start = perf_counter()
        if on_step is not None:
            on_step("make PDF files", len(result.steps) + 1, len(result.steps) + 1)
        try:
            files = keeper.make(self._jobs)
        except OutputError as error:
            self.problems += error.problems
            return replace(result, lacks_pdf=True)
        self.problems += keeper.problems
        steps = result.steps
        if keeper.pdfs or keeper.lacks:
            steps = (*steps, Step("make PDF files", perf_counter() - start))
        return replace(result, files=(*result.files, *files), steps=steps, lacks_pdf=keeper.lacks)

    def bytes_of(self, path: Path) -> bytes:
        """Return a PDF as it was made."""
        assert self._keeper is not None
        return self._keeper.bytes_of(path)


def _look(keeper: OutputKeeper, definition: Path, state: State) -> None:
    """Take the digests of all inputs that are known, before any of them is read."""
    project = definition.parent
    names = {name for record in state.outputs.values() for name in record.inputs}
    digest = digest_of(definition)
    if state.plans.get(definition.name, {}).get("digest") != digest:
        names |= {named(path, project) for path in _inputs_of(definition)}
    keeper.seen.update({name: digest_of(project / name) for name in names})
    keeper.seen[named(definition, project)] = digest


def _inputs_of(definition: Path) -> list[Path]:
    """Return what a definition names that was not built from before; nothing if it is wrong."""
    from generator.build.reading import read_only_definition
    from generator.sources.datasets import dataset_files

    try:
        report = read_only_definition(definition)
    except ReportError:  # the build tells
        return []
    templates = (
        (report.folder / entry.template).resolve()
        for editions in report.entry.documents.values()
        for entry in editions.values()
    )
    return [*report.data, *dataset_files(report), *templates]


def _remember(keeper: OutputKeeper, result: BuildResult) -> None:
    report, project = keeper.report, keeper.project
    assert report is not None
    targets = {named(job.target, project) for job in keeper.jobs}
    for name in list(keeper.state.outputs):
        if name not in targets and not (project / name).exists():
            del keeper.state.outputs[name]
    for job in keeper.jobs:
        record = keeper.state.outputs.get(named(job.target, project))
        if record is not None and job.target in keeper.made:
            shown = job.definition.template
            record.warnings = [asdict(p) for p in result.problems
                               if p.where and p.where.file == shown]  # fmt: skip
    keeper.state.plans[keeper.definition.name] = {
        "digest": keeper.seen[named(keeper.definition, project)],
        "output": named(report.output, project),
        "keeps": report.entry.history is not None,
        "pdf": [
            [name, language]
            for name, editions in report.entry.documents.items()
            for language in report.entry.languages
            if language in editions and report.entry.has_pdf(name, language)
        ],
        "asks": any(table.is_remote for table in report.entry.datasets.values()),
        "jobs": [
            [name, language, editions[language].output]
            for name, editions in report.entry.documents.items()
            for language in report.entry.languages
            if language in editions
        ],
    }
    write_state(project, keeper.state)


def _with_edition(
    keeper: OutputKeeper, pdfs: _Pdfs, result: BuildResult, now: datetime.datetime
) -> BuildResult:
    """Keep an edition of a build, unless the newest one has the same bytes."""
    from generator.build.changes import fact_state
    from generator.editions import store
    from generator.sources.kept_datasets import kept_text

    report, book = keeper.report, keeper.book
    assert report is not None
    assert book is not None
    editions = store.read_editions(report.output)
    if editions and editions[-1].digests == {f.path.name: f.digest for f in result.files}:
        told = Problem(f"nothing has changed since the edition {editions[-1].name}",
                       Location(str(editions[-1].folder)), None, "info", "edition")  # fmt: skip
        return replace(result, problems=(*result.problems, told))
    records = {f.path: keeper.state.outputs[named(f.path, keeper.project)] for f in result.files}
    material = store.Material(
        title={language: report.title.in_language(language) for language in ("zh", "en")},
        definition=keeper.definition,
        program=keeper.program,
        outputs={
            file.path.name: pdfs.bytes_of(file.path)
            if file.is_pdf
            else _bytes_of(file.path, keeper)
            for file in result.files
        },
        inputs={
            (keeper.project / name): digest
            for record in records.values()
            for name, digest in record.inputs.items()
        },
        facts=fact_state(book),
        earlier=keeper.earlier(book),
        datasets=kept_text(book.datasets) if book.datasets else None,
    )
    kept = store.keep_edition(report.output, material, result, now)
    if report.entry.history is not None:
        store.prune(report.output, report.entry.history, now)
    return replace(result, edition=kept.name)


def _bytes_of(path: Path, keeper: OutputKeeper) -> bytes:
    return keeper.made[path] if path in keeper.made else path.read_bytes()
