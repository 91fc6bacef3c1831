"""A build from top to bottom: collect everything, check it, then write.

Nothing is written before every step has passed for every file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from generator.build.files import read_template, write_files
from generator.build.results import BuildResult, BuiltFile, OnStep, Step
from generator.errors import (
    ChoiceError,
    Location,
    OutputError,
    Problem,
    ReportError,
    TemplateError,
    near_name_hint,
)
from generator.office.package import read_package
from generator.office.xml import parse_xml

if TYPE_CHECKING:
    from generator.build.uses import Keeper
    from generator.engine.compiled import CompiledTemplate
    from generator.model.fact import FactBook
    from generator.model.insert import Language
    from generator.model.report import DocumentDefinition, ReportDefinition

_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")


@dataclass(frozen=True, slots=True)
class Job:
    """One file to build."""

    document: str
    language: Language
    definition: DocumentDefinition
    target: Path


@dataclass(slots=True)
class _Clock:
    on_step: OnStep | None
    total: int
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        if self.on_step is not None:
            self.on_step(name, len(self.steps) + 1, self.total)
        start = perf_counter()
        yield
        self.steps.append(Step(name, perf_counter() - start))


def build_report(
    definition: Path,
    *,
    languages: Sequence[str] = (),
    documents: Sequence[str] = (),
    output: Path | None = None,
    on_step: OnStep | None = None,
    keeper: Keeper | None = None,
) -> BuildResult:
    """Build the files that a definition describes; empty sequences mean all of a kind.

    A ``keeper`` leaves out what is current and guards what was edited; without one all is built.

    Raises:
        ReportError: with all problems of the step that failed; nothing was written then.
    """
    clock = _Clock(on_step, 5)
    with clock.step("read data"):
        report, book = _read(definition)
        jobs = _choose(report, languages, documents, output)
        jobs = jobs if keeper is None else list(keeper.choose(report, book, jobs))
    with clock.step("compile templates"):
        templates = _compile_all(report, jobs)
    with clock.step("fill templates"):
        results = _render_all(report, book, templates, keeper)
    with clock.step("check results"):
        warnings = [problem for _, template in templates for problem in template.warnings]
        problems = [*warnings, *_check_results(results)]
    with clock.step("write files"):
        files = _write(results) if keeper is None else keeper.write(results)
    return BuildResult(tuple(files), tuple(clock.steps), tuple(problems))


def check_report(
    definition: Path, *, languages: Sequence[str] = (), documents: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """Return all problems of a report's templates against its data, without writing a file."""
    problems: list[Problem] = []
    try:
        report, book = _read(definition)
        jobs = _choose(report, languages, documents, None)
    except ReportError as error:
        return error.problems
    for job in jobs:
        try:
            templates = _compile_all(report, [job])
            problems += _check_results(_render_all(report, book, templates))
        except ReportError as error:
            problems += error.problems
    return tuple(dict.fromkeys(problems))


def _read(definition: Path) -> tuple[ReportDefinition, FactBook]:
    from generator.sources.definition import read_definition
    from generator.sources.facts import read_facts

    report = read_definition(definition)
    return report, read_facts(report.data, report.folder)


def _choose(
    report: ReportDefinition,
    languages: Sequence[str],
    documents: Sequence[str],
    output: Path | None,
) -> list[Job]:
    """Return the files to build, in the order of the definition.

    Raises:
        ChoiceError: a language or document is asked for that the report does not have.
    """
    known = report.entry.documents
    for name in documents:
        if name not in known:
            raise ChoiceError(
                f'the report has no document "{name}"', Location(report.file),
                near_name_hint(name, list(known)) or f"it has: {', '.join(known)}",
            )  # fmt: skip
    for language in languages:
        if language not in report.entry.languages:
            raise ChoiceError(
                f'the report has no edition in "{language}"', Location(report.file),
                f"it has: {', '.join(report.entry.languages)}",
            )  # fmt: skip
    folder = output if output is not None else report.output
    jobs = [
        Job(name, language, editions[language], folder / editions[language].output)
        for name, editions in known.items()
        if not documents or name in documents
        for language in report.entry.languages
        if language in editions and (not languages or language in languages)
    ]
    if not jobs:
        raise ChoiceError("nothing to build: no document has an edition in this language",
                              Location(report.file))  # fmt: skip
    _protect_inputs(report, jobs)
    return jobs


def _protect_inputs(report: ReportDefinition, jobs: Sequence[Job]) -> None:
    """Refuse to write over a file that the report is made from.

    Raises:
        OutputError: with a problem for each such file.
    """
    templates = (e.template for editions in report.entry.documents.values()
                 for e in editions.values())  # fmt: skip
    inputs = [report.folder / report.file, *report.data, *(report.folder / t for t in templates)]
    problems = [
        Problem(
            "the result would overwrite a file that the report is made from",
            Location(str(job.target)), "choose another name or folder for the output",
            code=OutputError.code,
        )
        for job in jobs
        if job.target.is_file() and any(i.is_file() and job.target.samefile(i) for i in inputs)
    ]  # fmt: skip
    if problems:
        raise OutputError.of(problems)


def _compile_all(
    report: ReportDefinition, jobs: Sequence[Job]
) -> list[tuple[Job, CompiledTemplate]]:
    from generator.build.context import FILTERS
    from generator.build.templates import compile_bytes

    problems: list[Problem] = []
    compiled = []
    for job in jobs:
        shown = job.definition.template
        try:
            data = read_template(report.folder / shown, shown)
            bindings = {name: f'chart("{chart}")' for name, chart in job.definition.fill.items()}
            template = compile_bytes(data, shown, filters=FILTERS, bindings=bindings)
            if Path(shown).suffix.lower() != f".{template.format}":
                raise TemplateError(
                    f"the file is a .{template.format} under another name", Location(shown),
                    f"give it the ending .{template.format}, in the definition too",
                )  # fmt: skip
            compiled.append((job, template))
        except ReportError as error:
            problems += error.problems
    if problems:
        raise TemplateError.of(list(dict.fromkeys(problems)))
    return compiled


def _render_all(
    report: ReportDefinition,
    book: FactBook,
    templates: list[tuple[Job, CompiledTemplate]],
    keeper: Keeper | None = None,
) -> list[tuple[Job, bytes]]:
    from generator.build.changes import changes_function
    from generator.build.context import build_context, build_views
    from generator.build.inserts import PictureStore, make_inserts

    store: PictureStore = PictureStore(report.folder / ".cache" / "pictures")
    contexts: dict[str, dict[str, object]] = {}
    uses = None if keeper is None else keeper.uses
    problems: list[Problem] = []
    results = []
    for job, template in templates:
        try:
            if job.language not in contexts:
                views = build_views(book, job.language, uses)
                context = build_context(book, report, job.language, views)
                inserts = make_inserts(report, views, job.language, store, uses)
                names = (
                    changes_function(book, None, job.language)
                    if keeper is None
                    else keeper.names(book, job.language)
                )
                contexts[job.language] = {**names, **context, **inserts}
            if uses is not None:
                uses.begin()
            results.append((job, template.render(contexts[job.language])))
            if keeper is not None:
                keeper.rendered(job)
        except ReportError as error:
            problems += error.problems
    if problems:
        raise TemplateError.of(list(dict.fromkeys(problems)))
    return results


def _check_results(results: list[tuple[Job, bytes]]) -> list[Problem]:
    """Read every result as a package again: what cannot be read is never written.

    Raises:
        ReportError: a result is unsound, which is a fault of this program or of the template.
    """
    for job, data in results:
        package = read_package(data, job.target.name)
        for part in package.parts.values():
            if part.name.endswith((".xml", ".rels")):
                parse_xml(part.blob, Location(job.target.name, (f'part "{part.name}"',)))
    return []


def _write(results: list[tuple[Job, bytes]]) -> list[BuiltFile]:
    digests = [hashlib.sha256(data).hexdigest() for _, data in results]
    current = [_digest_of(job.target) for job, _ in results]
    changed = {
        job.target: data
        for (job, data), old, new in zip(results, current, digests, strict=True)
        if old != new
    }
    write_files(changed)
    return [
        BuiltFile(
            path=job.target,
            document=job.document,
            language=job.language,
            bytes=len(data),
            digest=digest,
            pages=slide_count(data),
            state="written" if job.target in changed else "unchanged",
        )
        for (job, data), digest in zip(results, digests, strict=True)
    ]


def _digest_of(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def slide_count(data: bytes) -> int | None:
    """Return the number of slides of a deck; None for a document."""
    from io import BytesIO
    from zipfile import ZipFile

    names = ZipFile(BytesIO(data)).namelist()
    return sum(1 for name in names if _SLIDE.fullmatch(name)) or None
