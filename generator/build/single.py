"""One template without a report: data files in, one document out, or one for each row.

Reading data is the business of ``sources.records``; what a template means, of the engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from generator.build.files import write_files
from generator.build.folder_names import template_names
from generator.build.result_names import (
    check_name,
    has_tag,
    name_key,
    result_pattern,
    split_pattern,
)
from generator.errors import (
    ChoiceError,
    DataError,
    Location,
    OutputError,
    Problem,
    ReportError,
    TemplateError,
    near_name_hint,
)
from generator.model.limits import Limits, limits_in_force

if TYPE_CHECKING:
    from generator.build.isolation import Worker
    from generator.engine.compiled import CompiledTemplate

#: Called after each document: how many are done, and of how many.
OnDocument = Callable[[int, int], None]

_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class DataSource:
    """A data file, or bytes that were read already; ``format`` is that of an unknown ending."""

    path: Path | None
    format: str | None = None
    data: bytes | None = None

    @property
    def shown(self) -> str:
        return "standard input" if self.path is None else str(self.path)


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A document of a template; ``state`` is ``"unchanged"`` where the file had these bytes."""

    path: Path
    bytes: int
    digest: str
    state: str


@dataclass(frozen=True, slots=True)
class RenderResult:
    """What a render wrote, and what is worth knowing about its template."""

    files: tuple[RenderedFile, ...]
    problems: tuple[Problem, ...]


def read_data(
    sources: Sequence[DataSource],
    *,
    names: Sequence[str] = (),
    settings: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return the names that data files give together; ``settings`` replace what files say.

    ``names`` are what the lists of the files are called, in the order of the files; further lists
    are called ``rows``.

    Raises:
        DataError: a file is wrong, or two of them give one name; with all problems.
    """
    from generator.sources.files import read_source
    from generator.sources.records import ROWS, format_of, merge_records, read_records

    waiting = list(names)
    problems: list[Problem] = []
    found = []
    for source in sources:
        try:
            chosen = format_of(source.shown, source.format)
            data = source.data
            if data is None:
                assert source.path is not None
                data, _ = read_source(source.path)
            name = waiting[0] if waiting else ROWS
            records = read_records(data, source.shown, chosen, name)
            if waiting and isinstance(records.values.get(name), list):
                waiting.pop(0)
            found.append(records)
        except ReportError as error:
            problems += error.problems
    if problems:
        raise DataError.of(problems)
    if waiting:
        raise ChoiceError(
            f'no data file holds a list that could be called "{waiting[0]}"', Location("--name"),
            "lists come from .csv, .tsv, and files whose top is a list",
        )  # fmt: skip
    return {**merge_records(found), **(settings or {})}


def read_settings(words: Sequence[str]) -> dict[str, object]:
    """Return single values, written ``name=value``: numbers, ``true``, ``false``, or text.

    Raises:
        ChoiceError: a word is written otherwise, or a name is set twice.
    """
    from generator.sources.records import plain_value

    settings: dict[str, object] = {}
    for word in words:
        name, sign, text = word.partition("=")
        if not sign or not name.isidentifier():
            raise ChoiceError(f'"{word}" is not name=value', Location("--set"),
                              "write it like --set year=2025")  # fmt: skip
        if name in settings:
            raise ChoiceError(f'"{name}" is set twice', Location("--set"), "drop one of them")
        settings[name] = text == "true" if text in ("true", "false") else plain_value(text)
    return settings


def render_single(
    template: Path,
    context: Mapping[str, object],
    out: str,
    *,
    files: Path,
    inputs: Sequence[Path] = (),
    each: str | None = None,
    undefined: str = "strict",
    isolate: bool = False,
    limits: Limits | None = None,
    on_document: OnDocument | None = None,
) -> RenderResult:
    """Write a template filled with ``context``, or one document for each row of the list ``each``.

    ``out`` is the name of the result; tags in it are filled in. ``files`` is the folder of
    pictures; ``inputs`` are files that must not be written over. Nothing is replaced before every
    document is made. ``isolate``: the template is not the operator's own, so a process with limits
    of its own compiles and fills it.

    Raises:
        ChoiceError: ``out`` is no pattern for names.
        ReportError: template, data or names are wrong, or a file cannot be written.
    """
    with ExitStack() as stack:
        compiled: CompiledTemplate | Worker
        if isolate:
            from generator.build.isolation import Job, Worker

            job = Job(
                str(template), context, str(files), each, undefined, limits or limits_in_force()
            )
            compiled = stack.enter_context(Worker(job))
        else:
            compiled = compile_with(
                lambda: compile_single(template, undefined, limits), rows_of(context, each, files)
            )
        warnings = list(compiled.warnings)
        done = _render_all(
            template, compiled, context, out, files, inputs, each, on_document, warnings
        )
        return RenderResult(tuple(done), tuple(dict.fromkeys(warnings)))


def _render_all(
    template: Path, compiled: CompiledTemplate | Worker, context: Mapping[str, object], out: str,
    files: Path, inputs: Sequence[Path], each: str | None, on_document: OnDocument | None,
    warnings: list[Problem],
) -> list[RenderedFile]:  # fmt: skip
    """Write the documents and return what they are; ``warnings`` takes what was dropped."""
    rows = list(rows_of(context, each, files))
    targets = _targets(out, rows, compiled.format, each)
    _protect([template, *inputs], targets)
    done: list[RenderedFile] = []

    def documents() -> Iterator[tuple[Path, bytes]]:
        failures = _Failures(each)
        for number, (row, target) in enumerate(zip(rows, targets, strict=True), 1):
            if on_document is not None:
                on_document(number, len(rows))
            try:
                data = compiled.render(row, warnings)
            except ReportError as error:
                failures.add(number, error)
                continue
            if failures:
                continue
            digest = hashlib.sha256(data).hexdigest()
            is_same = _digest_of(target) == digest
            done.append(RenderedFile(target, len(data), digest, "unchanged" if is_same else
                                     "written"))  # fmt: skip
            if not is_same:
                yield target, data
        failures.raise_if_any()

    write_files(documents())
    return done


def check_single(
    template: Path,
    context: Mapping[str, object] | None,
    *,
    files: Path,
    each: str | None = None,
    undefined: str = "strict",
) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Return the problems of a template and the names that it expects; write nothing.

    Without a context the template is compiled only.
    """
    try:
        rows = () if context is None else rows_of(context, each, files)
        compiled = compile_with(lambda: compile_single(template, undefined), rows)
    except ReportError as error:
        return tuple(dict.fromkeys(error.problems)), ()
    problems = list(compiled.warnings)
    if context is not None:
        failures = _Failures(each)
        for number, row in enumerate(rows_of(context, each, files), 1):
            try:
                compiled.render(row, problems)
            except ReportError as error:
                failures.add(number, error)
        problems = [*dict.fromkeys(problems)]
        problems += failures.problems()
    return tuple(problems), compiled.variables()


def compile_with(
    compile_now: Callable[[], CompiledTemplate], rows: Iterable[Mapping[str, object]]
) -> CompiledTemplate:
    """Return a compiled template; if its tags are wrong, tell what is wrong with the data as well.

    Raises:
        ReportError: with the faults of tags, then those that the first rows of data show.
    """
    try:
        return compile_now()
    except TemplateError as error:
        try:
            told = error.with_data(islice(rows, _MAX_PROBLEMS))
        except DataError as other:  # no rows where rows were asked for
            told = TemplateError.of([*error.problems, *other.problems])
        raise told from error


def compile_single(
    template: Path, undefined: str, limits: Limits | None = None
) -> CompiledTemplate:
    """Return a compiled template whose name says what it is."""
    from generator.build.context import FILTERS
    from generator.build.templates import compile_template

    compiled = compile_template(template, filters=FILTERS, undefined=undefined, limits=limits)
    if template.suffix.lower() != f".{compiled.format}":
        raise TemplateError(
            f"the file is a .{compiled.format} under another name", Location(str(template)),
            f"give it the ending .{compiled.format}",
        )  # fmt: skip
    return compiled


def rows_of(
    context: Mapping[str, object], each: str | None, files: Path
) -> Iterator[dict[str, object]]:
    """Yield the names for each document: those of the data, and the columns of its row."""
    functions = template_names(files)
    if each is None:
        yield {**functions, **context}
        return
    if each not in context:
        lists = [name for name, value in context.items() if isinstance(value, list)]
        raise DataError(
            f'the data have no list "{each}"', Location("--each"),
            near_name_hint(each, lists) or f"lists: {', '.join(lists) or 'none'}",
        )  # fmt: skip
    rows = context[each]
    if not isinstance(rows, list) or not rows:
        raise DataError(
            f'"{each}" is empty' if rows == [] else f'"{each}" is no list of rows',
            Location("--each"), "one document is made for each item of a list",
        )  # fmt: skip
    for row in rows:
        columns = row if isinstance(row, Mapping) else {}
        yield {**functions, **context, "row": row, **columns}


class _Failures:
    """The problems of many renders; the same one of several rows is told once."""

    def __init__(self, each: str | None) -> None:
        self._each = each
        self._rows: dict[Problem, list[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def add(self, number: int, error: ReportError) -> None:
        for problem in error.problems:
            self._rows.setdefault(problem, []).append(number)

    def problems(self) -> list[Problem]:
        return [self._told(problem, rows) for problem, rows in self._rows.items()]

    def raise_if_any(self) -> None:
        if self._rows:
            raise TemplateError.of(self.problems()[:_MAX_PROBLEMS])

    def _told(self, problem: Problem, rows: list[int]) -> Problem:
        if self._each is None:
            return problem
        rest = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        return Problem(
            f"{problem.message} ({self._each}, row {rows[0]}{rest})",
            problem.where, problem.hint, problem.severity, problem.code,
        )  # fmt: skip


# -- names of results ----------------------------------------------------------------------------


def _targets(
    out: str, rows: Sequence[Mapping[str, object]], format: str, each: str | None
) -> list[Path]:
    """Return the file of each row.

    Raises:
        OutputError: a name is unsafe, of another format, or that of two rows.
    """
    if Path(out).suffix.lower() != f".{format}":
        raise OutputError(
            f"a template for .{format} cannot give this file", Location(out),
            f"let its name end in .{format}",
        )  # fmt: skip
    base, pattern = split_pattern(out)
    if not has_tag(pattern) and each is None:
        return [Path(out)]
    name_of = result_pattern(pattern)
    owners: dict[str, int] = {}
    problems: list[Problem] = []
    targets = []
    for number, row in enumerate(rows, 1):
        where = Location("--out", (f"row {number}",)) if each else Location("--out")
        try:
            name = name_of(row, where)
            check_name(name, Path(base), where)
        except OutputError as error:
            problems += error.problems
            continue
        key = name_key(name)
        if key in owners:
            problems.append(Problem(
                f'"{name}" is the name of row {owners[key]} already', where,
                "add a column to the name that tells the rows apart",
                code=OutputError.code,
            ))  # fmt: skip
        owners.setdefault(key, number)
        targets.append(Path(base) / name)
    if problems:
        raise OutputError.of(problems[:_MAX_PROBLEMS])
    return targets


def _protect(inputs: Sequence[Path], targets: Sequence[Path]) -> None:
    existing = [path for path in inputs if path.is_file()]
    problems = [
        Problem(
            "the result would overwrite a file that it is made from", Location(str(target)),
            "choose another name for the output", code=OutputError.code,
        )
        for target in targets
        if target.is_file() and any(target.samefile(path) for path in existing)
    ]  # fmt: skip
    if problems:
        raise OutputError.of(problems[:_MAX_PROBLEMS])


def _digest_of(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
