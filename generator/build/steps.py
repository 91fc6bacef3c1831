"""A build from top to bottom: collect everything, check it, then write.

Nothing is written before every step has passed for every file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from generator.build.files import read_template, write_files
from generator.build.isolation import is_worker, restrict_worker
from generator.build.results import BuildResult, BuiltFile, OnStep, Step
from generator.errors import (
    ChartError,
    ChoiceError,
    DataError,
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
    from generator.build.chart_checks import Ledger
    from generator.build.filling import Filler
    from generator.build.tracing import Traced, Tracer
    from generator.build.uses import Keeper
    from generator.engine.compiled import CompiledTemplate
    from generator.model.dataset import Dataset
    from generator.model.fact import FactBook
    from generator.model.insert import Language
    from generator.model.report import DocumentDefinition, ReportDefinition

#: Compiled templates by name, digest and bindings.
Compiled = dict[tuple[object, ...], "CompiledTemplate"]

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
    datasets: Mapping[str, Dataset] | None = None,
    fetched: Mapping[str, Dataset] | None = None,
    parameters: Mapping[str, object] | None = None,
    compiled: Compiled | None = None,
) -> BuildResult:
    """Build the files that a definition describes; empty sequences mean all of a kind.

    A ``keeper`` leaves out what is current and guards what was edited; without one all is built.
    ``datasets`` that were kept stand for those of the definition, which are not read then; of those
    ``fetched`` only these are not. ``parameters`` stand for those of the definition. ``compiled``
    keeps compiled templates from one build to the next.

    Raises:
        ReportError: with all problems of the step that failed; nothing was written then.
    """
    clock = _Clock(on_step, 5)
    with ExitStack() as scope:
        with clock.step("read data"):
            report, book = _read(definition, scope, datasets, fetched, parameters)
            jobs = _choose(report, languages, documents, output)
            jobs = jobs if keeper is None else list(keeper.choose(report, book, jobs))
        with clock.step("compile templates"):
            templates = _compile_all(report, book, jobs, compiled)
        with clock.step("fill templates"):
            work = _Work(report, book, templates, keeper)
            results = work.fill()
        with clock.step("check results"):
            dropped = dict.fromkeys(p for found in work.ledger.dropped.values() for p in found)
            problems = [*dropped, *_check_results(results, work.ledger)]
            traced = work.trace(results)
            problems += _gate(report, book, traced)
        with clock.step("write files"):
            manifests = _manifest(report, book, traced, work.ledger, jobs)
            files = (
                _write(results, manifests) if keeper is None else keeper.write(results, manifests)
            )
        return BuildResult(tuple(files), tuple(clock.steps), tuple(problems))


def check_report(
    definition: Path, *, languages: Sequence[str] = (), documents: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """Return all problems of a report's templates against its data, without writing a file."""
    with ExitStack() as scope:
        try:
            report, book = _read(definition, scope)
            jobs = _choose(report, languages, documents, None)
        except ReportError as error:
            return error.problems
        return tuple(dict.fromkeys(p for job in jobs for p in _problems_of(report, book, job)))


def _problems_of(report: ReportDefinition, book: FactBook, job: Job) -> list[Problem]:
    """Return all problems of one template."""
    problems: list[Problem] = []
    try:
        templates = _compile_all(report, book, [job])
        work = _Work(report, book, templates, None)
        results = work.fill()
        problems += _check_results(results, work.ledger)
        problems += _gate(report, book, work.trace(results))
    except ReportError as error:
        problems += error.problems
    return problems


def _read(
    definition: Path, scope: ExitStack, datasets: Mapping[str, Dataset] | None = None,
    fetched: Mapping[str, Dataset] | None = None, parameters: Mapping[str, object] | None = None,
) -> tuple[ReportDefinition, FactBook]:  # fmt: skip
    """Return a report with its facts; its limits are in force until ``scope`` ends."""
    from generator.build.reading import read_report

    report, book = read_report(definition, datasets, scope, fetched, parameters)
    if is_worker():  # from here on it is about the templates, which may not be the operator's own
        restrict_worker([report.output, report.folder / ".cache"])
    return report, book


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
    tables = (d.file for d in report.entry.datasets.values() if d.file is not None)
    inputs = [report.folder / report.file, *report.data,
              *(report.folder / name for name in (*templates, *tables))]  # fmt: skip
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
    report: ReportDefinition, book: FactBook, jobs: Sequence[Job], kept: Compiled | None = None
) -> list[tuple[Job, CompiledTemplate]]:
    """Return the compiled templates.

    Raises:
        TemplateError: tags are wrong; with what is wrong with names and values in all templates.
    """
    from generator.build.context import FILTERS
    from generator.build.templates import compile_bytes

    failures: list[tuple[Job, ReportError]] = []
    compiled = []
    for job in jobs:
        shown = job.definition.template
        try:
            data = read_template(report.folder / shown, shown)
            bindings = {name: f'chart("{chart}")' for name, chart in job.definition.fill.items()}
            key = (shown, hashlib.sha256(data).digest(), tuple(sorted(bindings.items())))
            template = kept.get(key) if kept is not None else None
            if template is None:
                template = compile_bytes(data, shown, filters=FILTERS, bindings=bindings)
            if kept is not None:
                kept[key] = template
            if Path(shown).suffix.lower() != f".{template.format}":
                raise TemplateError(
                    f"the file is a .{template.format} under another name", Location(shown),
                    f"give it the ending .{template.format}, in the definition too",
                )  # fmt: skip
            compiled.append((job, template))
        except ReportError as error:
            failures.append((job, error))
    if failures:
        raise TemplateError.of(_Work(report, book, compiled, None).problems_of(failures))
    return compiled


class _Work:
    """The templates of a build as they are filled; ``ledger`` tells what was drawn."""

    def __init__(
        self, report: ReportDefinition, book: FactBook,
        templates: Sequence[tuple[Job, CompiledTemplate]], keeper: Keeper | None,
    ) -> None:  # fmt: skip
        from generator.build.chart_checks import Ledger

        self.ledger = Ledger()
        self._report = report
        self._book = book
        self._templates = templates
        self._keeper = keeper
        self._tracer: Tracer | None = None

    def tracer(self) -> Tracer:
        from generator.build.tracing import Tracer

        if self._tracer is None:
            self._tracer = Tracer(self._report, self._book)
        return self._tracer

    def fill(self) -> list[tuple[Job, bytes]]:
        return self._filler().fill_all(self._templates)

    def problems_of(self, failures: Sequence[tuple[Job, ReportError]]) -> list[Problem]:
        """Return all problems of templates that could not be compiled, and of the others."""
        filler = self._filler()
        problems = [p for job, error in failures for p in filler.problems_of(job, error)]
        try:
            filler.fill_all(self._templates)
        except ReportError as error:
            problems += error.problems
        return list(dict.fromkeys(problems))

    def _filler(self) -> Filler:
        from generator.build.filling import Filler

        return Filler(self._report, self._book, self.ledger, self.tracer, self._keeper)

    def trace(self, results: Sequence[tuple[Job, bytes]]) -> Traced:
        return self.tracer().traced(self._templates, results, self.ledger)


def _check_results(results: list[tuple[Job, bytes]], ledger: Ledger) -> list[Problem]:
    """Read every result as a package again: what cannot be read is never written.

    Raises:
        ReportError: a result is unsound, which is a fault of this program or of the template; or a
            chart contradicts its workbook or its facts.
    """
    from generator.build.chart_checks import check_charts

    packages = []
    for job, data in results:
        package = read_package(data, job.target.name)
        packages.append((job.target.name, package))
        for part in package.parts.values():
            if part.name.endswith((".xml", ".rels")):
                parse_xml(part.blob, Location(job.target.name, (f'part "{part.name}"',)))
    ledger.packages = dict(packages)
    problems = check_charts(packages, ledger)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ChartError.of(errors)
    return problems


def _gate(report: ReportDefinition, book: FactBook, traced: Traced) -> list[Problem]:
    """Return what the gate only warns about.

    Raises:
        DataError: with each finding that stops the build.
    """
    from generator.build.gate import GateFile, gate_problems

    files = [
        GateFile(file.name, file.figures, texts, file.language, file.document)
        for file, texts in zip(traced.files, traced.texts, strict=True)
    ]
    problems = gate_problems(report, book, files, traced.views)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError.of(errors)
    return problems


def _manifest(
    report: ReportDefinition, book: FactBook, traced: Traced, ledger: Ledger, jobs: Sequence[Job]
) -> dict[Path, bytes]:
    """Return the manifests to be written, one for each folder of results."""
    from generator.build.manifest import NAME, earlier_manifest, manifest_record, manifest_text

    if not jobs:
        return {}
    record = manifest_record(
        report.title.in_language(jobs[0].language), report.folder, book, traced.files, ledger,
        traced.views,
    )  # fmt: skip
    path = jobs[0].target.parent / NAME
    return {path: manifest_text(record, earlier_manifest(path))}


def _write(results: list[tuple[Job, bytes]], manifests: dict[Path, bytes]) -> list[BuiltFile]:
    digests = [hashlib.sha256(data).hexdigest() for _, data in results]
    current = [_digest_of(job.target) for job, _ in results]
    changed = {
        job.target: data
        for (job, data), old, new in zip(results, current, digests, strict=True)
        if old != new
    }
    changed |= {
        path: data
        for path, data in manifests.items()
        if _digest_of(path) != hashlib.sha256(data).hexdigest()
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
