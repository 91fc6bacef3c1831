"""A batch of a whole report: each row gives its parameters, and all of its files.

``ReportPlan`` is on the side that reads the rows, ``ReportMaker`` on the side that makes documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.batch.orders import Order, ReportChoice
from generator.batch.work import EDITED, MADE, UNCHANGED, Made, ReportSetup, Setup, Task
from generator.build.result_names import (
    check_words,
    has_tag,
    result_pattern,
    with_tags,
)
from generator.build.results import MANIFEST
from generator.build.uses import Uses
from generator.errors import ChoiceError, DataError, Location, Problem, near_name_hint

if TYPE_CHECKING:
    from generator.batch.targets import FolderTarget, StoreTarget
    from generator.build.results import BuiltFile
    from generator.build.steps import Compiled, Job
    from generator.model.dataset import Dataset
    from generator.model.fact import FactBook
    from generator.model.report import ReportDefinition


class ReportPlan:
    """What is known of a report before any row: its parameters, the names of its files."""

    def __init__(self, definition: Path, choice: ReportChoice) -> None:
        """Look at a definition.

        Raises:
            ReportError: it is wrong.
            ChoiceError: it has no parameters, is not to be opened, or has no such files.
        """
        from generator.build.reading import read_outline

        self._definition = definition.absolute()
        self._outline = outline = read_outline(definition)
        where = Location(str(definition))
        if not outline.parameters:
            raise ChoiceError(
                "the report has no parameters, so every row would give the same", where,
                "name columns under parameters:, each with a value for the plain report",
            )  # fmt: skip
        if outline.isolate:
            raise ChoiceError("a batch of a report cannot be made in limited processes", where,
                              "drop isolate: if you trust its templates")  # fmt: skip
        for name in choice.documents:
            if name not in outline.documents:
                raise ChoiceError(f'the report has no document "{name}"', where,
                                  near_name_hint(name, outline.documents))  # fmt: skip
        self._outputs = [
            output for document, language, output in outline.outputs
            if (not choice.documents or document in choice.documents)
            and (not choice.languages or language in choice.languages)
        ]  # fmt: skip
        if not self._outputs:
            raise ChoiceError("nothing to build: no document has an edition in this language",
                              where)  # fmt: skip
        self.is_remote = outline.is_remote
        self.setup = ReportSetup(self._definition, choice.documents, choice.languages,
                                 outline.shared)  # fmt: skip
        self._names: list[Any] = []
        self._digest_of = lru_cache(4096)(_digest_of)

    def ordered(self, order: Order) -> Order:
        """Return the order with a pattern that names the first file of each row.

        Raises:
            ChoiceError: two rows would have a file of one name.
        """
        folder = with_tags(order.out) if order.out else str(self._outline.output)
        lacking = [name for name in self._outputs if not has_tag(with_tags(name))]
        if lacking and not has_tag(folder):
            raise ChoiceError(
                f'"{lacking[0]}" would be the name of every row\'s file', Location("--out"),
                "put a column into the folder, as in --out 'output/{region}'",
            )  # fmt: skip
        self._outputs = [with_tags(name) for name in self._outputs]
        return replace(order, out=f"{folder.rstrip('/')}/{self._outputs[0]}",
                       files=order.files or self._definition.parent)  # fmt: skip

    def choose_names(self, first: str) -> None:
        """Take the pattern of the first file, whose folder all files of a row share."""
        folder = first[: len(first) - len(self._outputs[0])]
        patterns = [folder + output for output in self._outputs]
        if has_tag(folder):  # a folder for each row: what is in it can be traced
            patterns.append(folder + MANIFEST)
        self._names = [result_pattern(pattern) for pattern in patterns]

    def check_columns(self, row: object, where: str) -> None:
        """Refuse rows that give no parameter of the report.

        Raises:
            DataError: no column is one.
        """
        columns = [str(name) for name in row] if isinstance(row, Mapping) else []
        if not set(columns) & set(self._outline.parameters):
            known = list(self._outline.parameters)
            near = next(filter(None, (near_name_hint(name, columns) for name in known)), None)
            raise DataError(
                f"no column is a parameter of the report, which has: {', '.join(known)}",
                Location(where), near or f"the columns are: {', '.join(columns[:12]) or 'none'}",
            )  # fmt: skip

    def values_of(self, row: object) -> dict[str, object]:
        """Return the parameters of a row."""
        columns = row if isinstance(row, Mapping) else {}
        return {**self._outline.parameters, **columns}

    def names_of(self, row: object, first: str) -> list[str]:
        """Return the names of the files of a row, of which the first is known.

        Raises:
            OutputError: one of them is no safe name.
        """
        values, where = self.values_of(row), Location("--out")
        names = [first, *(name_of(values, where) for name_of in self._names[1:])]
        for name in names[1:]:
            check_words(name, where)
        return names

    def digest(self) -> bytes:
        """Return what changes when anything changes that all rows share."""
        from generator.build.template_cache import program_stamp

        paths = [self._definition, *(self._path(n) for n in self._outline.files if n)]
        stamp = [self._digest_of(path, _stamp(path)) for path in paths]
        shared = (stamp, program_stamp(), self.setup.documents, self.setup.languages)
        return hashlib.sha256(repr(shared).encode("utf-8", "surrogatepass")).digest()

    def files_of(self, row: object) -> tuple[str, ...]:
        """Return the digests of the files that only this row is made from."""
        values = self.values_of(row)
        found = []
        for pattern in self._outline.own_files:
            name = pattern
            for parameter in self._outline.parameters:
                value = values[parameter]
                name = name.replace(f"{{{parameter}}}", "" if value is None else str(value))
            path = self._path(name)
            found.append(self._digest_of(path, _stamp(path)))
        return tuple(found)

    def _path(self, name: str) -> Path:
        return self._definition.parent / name


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return (0, 0)
    return status.st_size, status.st_mtime_ns


def _digest_of(path: Path, stamp: tuple[int, int]) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


# -- where documents are made --------------------------------------------------------------------


@dataclass(slots=True)
class _Collector:
    """Takes the files of a build instead of writing them."""

    uses: Uses = field(default_factory=Uses)
    book: FactBook | None = None
    files: list[bytes] = field(default_factory=list)
    manifest: bytes = b""

    def choose(
        self, report: ReportDefinition, book: FactBook, jobs: Sequence[Job]
    ) -> Sequence[Job]:
        self.book = book
        return jobs

    def names(self, book: FactBook, language: str) -> Mapping[str, object]:
        from generator.build.changes import changes_function

        return changes_function(book, None, language)

    def rendered(self, job: Job) -> None:
        """Nothing is remembered."""

    def write(
        self, results: Sequence[tuple[Job, bytes]], manifests: Mapping[Path, bytes]
    ) -> Sequence[BuiltFile]:
        self.files = [data for _, data in results]
        self.manifest = next(iter(manifests.values()), b"")
        return []


class ReportMaker:
    """Builds a report for one row after the other; what rows share is read and compiled once."""

    def __init__(self, setup: Setup, report: ReportSetup) -> None:
        self._base = setup.base
        self._is_store = setup.is_store
        self._report = report
        self._compiled: Compiled = {}
        self._shared: dict[str, Dataset] = {}

    def made(self, task: Task, target: FolderTarget | StoreTarget, warnings: list[Problem]) -> Made:
        """Make the files of a row; none is written before all are made.

        Raises:
            ReportError: the row's data, or the templates with them, are wrong.
            OSError: a file cannot be written.
        """
        from generator.build.steps import build_report

        own = self._report
        collector = _Collector()
        values = task.value if isinstance(task.value, Mapping) else {}
        folder = Path(task.name).parent
        result = build_report(
            own.definition, documents=own.documents, languages=own.languages,
            output=folder if self._is_store else Path(self._base) / folder, keeper=collector,
            fetched=self._shared, parameters=values, compiled=self._compiled,
        )  # fmt: skip
        if not self._shared and collector.book is not None:
            self._shared = {n: t for n, t in collector.book.datasets.items() if n in own.shared}
        warnings += [problem for problem in result.problems if problem.severity == "warning"]
        contents = [*collector.files, collector.manifest][: len(task.files)]
        states, files = set(), []
        for (name, known), data in zip(task.files, contents, strict=True):
            digest = hashlib.sha256(data).digest()
            one = target.write(task.number, name, data, digest, known)
            states.add(one.state)
            files.append((name, one.digest, one.size))
        state = next((state for state in (EDITED, MADE) if state in states), UNCHANGED)
        return Made(task.number, state, files=tuple(files))
