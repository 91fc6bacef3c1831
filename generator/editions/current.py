"""The build that people call: only what is not current, nothing of theirs lost, editions kept."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from generator.build.results import MANIFEST, BuildResult, BuiltFile, OnStep, Step
from generator.editions.guard import left_alone
from generator.editions.keeper import OutputKeeper, skipped_file, warnings_of
from generator.editions.program import program_version
from generator.editions.state import (
    OutputRecord,
    State,
    digest_of,
    locked,
    named,
    read_state,
    write_state,
)
from generator.errors import Location, OutputError, Problem, ReportError

if TYPE_CHECKING:
    from generator.model.dataset import Dataset
    from generator.model.report import ReportDefinition


def build_current(
    definition: Path,
    *,
    languages: Sequence[str] = (),
    documents: Sequence[str] = (),
    output: Path | None = None,
    on_step: OnStep | None = None,
    force: bool = False,
    edition: bool = False,
    now: datetime.datetime | None = None,
    fetched: Mapping[str, Dataset] | None = None,
) -> BuildResult:
    """Build those files of a report that are not current; empty sequences mean all of a kind.

    ``force`` replaces outputs that were edited by hand and keeps the edited ones. ``edition`` keeps
    an edition even if the definition does not ask for it. ``now`` is the present time. What was
    ``fetched`` of the datasets is not read again.

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
    asked = _Asked(tuple(languages), tuple(documents), output, edition)
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
        edition: bool,
    ) -> None:  # fmt: skip
        self.languages = languages
        self.documents = documents
        self.output = output
        self.edition = edition

    @property
    def is_whole(self) -> bool:
        """Whether all files of the report are asked for, in their own folder."""
        return not self.languages and not self.documents and self.output is None

    def keeps(self, report: ReportDefinition) -> bool:
        """Whether an edition is to be kept: on demand, or of every whole build if so defined."""
        return self.edition or (self.is_whole and report.entry.history is not None)


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
    if plan["keeps"] and asked.is_whole and not _is_kept(own_folder, known):
        return None
    return known


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
    keeper = OutputKeeper(
        project, definition, state, program, now, find_earlier, force=force,
        needs_bytes=asked.keeps,
    )  # fmt: skip
    _look(keeper, definition, state)
    result = build_report(
        definition, languages=asked.languages, documents=asked.documents, output=asked.output,
        on_step=on_step, keeper=keeper, fetched=fetched,
    )  # fmt: skip
    _remember(keeper, result)
    problems = dict.fromkeys((*result.problems, *keeper.problems))
    result = replace(result, problems=tuple(problems))
    assert keeper.report is not None
    if not asked.keeps(keeper.report):
        return result
    try:
        return _with_edition(keeper, result, now)
    except OutputError as error:  # the files are written all the same
        return replace(result, problems=(*result.problems, *error.problems))


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
        "asks": any(table.is_remote for table in report.entry.datasets.values()),
        "jobs": [
            [name, language, editions[language].output]
            for name, editions in report.entry.documents.items()
            for language in report.entry.languages
            if language in editions
        ],
    }
    write_state(project, keeper.state)


def _with_edition(keeper: OutputKeeper, result: BuildResult, now: datetime.datetime) -> BuildResult:
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
        outputs={path.name: _bytes_of(path, keeper, record) for path, record in records.items()},
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


def _bytes_of(path: Path, keeper: OutputKeeper, record: OutputRecord) -> bytes:
    return keeper.made[path] if path in keeper.made else path.read_bytes()
