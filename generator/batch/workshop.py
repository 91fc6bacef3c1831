"""The side that makes documents: in a process of a pool, on a cluster, or in the same process."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from generator.batch.targets import FATAL, FolderTarget, StoreTarget, told_failure
from generator.batch.work import FAILED, KEPT, Made, PrefixDigest, Report, Setup, Task
from generator.build.folder_names import template_names
from generator.errors import LimitError, Location, Problem, ReportError
from generator.model.limits import within

if TYPE_CHECKING:
    from generator.batch.reports import ReportMaker

#: Different warnings of one chunk that are told.
_MOST_WARNINGS = 20


class Workshop:
    """Makes the documents of rows, one by one, from a template that is unpacked once."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._report = _report_maker(setup)
        self._compiled: Any = None if self._report else _unpacked(setup)
        self._names = {**template_names(Path(setup.files)), **setup.context}
        self._target = StoreTarget(setup) if setup.is_store else FolderTarget(setup)
        self._digest = PrefixDigest()

    def make(
        self,
        tasks: Sequence[Task],
        on_row: Callable[[int], object] | None = None,
        is_stopped: Callable[[], bool] | None = None,
    ) -> Report:
        """Make the documents of a chunk and return what became of them.

        ``on_row`` is told the number of each row before it is made; when ``is_stopped``, the rows
        that are left are not made.
        """
        report = Report()
        begun = perf_counter()
        warnings: list[Problem] = []
        with within(self._setup.limits):
            for task in tasks:
                if is_stopped is not None and is_stopped():
                    break
                if on_row is not None:
                    on_row(task.number)
                try:
                    report.made.append(self._made(task, warnings))
                except OSError as error:
                    problem = told_failure(error, f"{self._setup.base}/{task.name}".lstrip("/"))
                    if error.errno in FATAL:
                        report.fatal = problem
                        break
                    report.made.append(Made(task.number, FAILED, problems=(problem,)))
                if warnings:
                    report.warnings += warnings
                    report.warnings = list(dict.fromkeys(report.warnings))[:_MOST_WARNINGS]
                    warnings.clear()
        report.seconds = perf_counter() - begun
        return report

    def _made(self, task: Task, warnings: list[Problem]) -> Made:
        known = task.known
        if task.files:
            kept = self._kept(task)
            if kept is not None:
                return kept
        elif known is not None and known.is_current and self._target.kept(task.name, known):
            return Made(task.number, KEPT, known.digest, known.size)
        value = task.value
        columns = value if isinstance(value, Mapping) else {}
        try:
            if self._report is not None:
                return self._report.made(task, self._target, warnings)
            data = self._compiled.render({**self._names, "row": value, **columns}, warnings)
            return self._target.write(task.number, task.name, data, self._digest(data), known)
        except ReportError as error:
            return Made(task.number, FAILED, problems=error.problems)
        except OSError:
            raise
        except MemoryError:
            return Made(task.number, FAILED, problems=(self._too_much(),))
        except Exception as error:  # one row must not stop the others
            told = " ".join(str(error).split())
            problem = Problem(
                f"a fault of this program, not of your data: {type(error).__name__}: {told}",
                self._where, "render this row alone with --debug", code="fault",
            )  # fmt: skip
            return Made(task.number, FAILED, problems=(problem,))

    def _kept(self, task: Task) -> Made | None:
        """Return what is said of a row whose files are all there and current; else None."""
        found = []
        for name, known in task.files:
            if known is None or not known.is_current or not self._target.kept(name, known):
                return None
            found.append((name, known.digest, known.size))
        return Made(task.number, KEPT, files=tuple(found))

    @property
    def _where(self) -> Location:
        setup = self._setup
        return Location(self._compiled.file if self._report is None else
                        str(setup.report and setup.report.definition))  # fmt: skip

    def _too_much(self) -> Problem:
        megabytes = self._setup.limits.worker_memory // 10**6
        return Problem(
            f"rendering needs more than {megabytes:,} MB of memory (limit worker_memory)",
            self._where, "use fewer data, or raise the limit",
            code=LimitError.code,
        )  # fmt: skip


def _report_maker(setup: Setup) -> ReportMaker | None:
    if setup.report is None:
        return None
    from generator.batch.reports import ReportMaker

    return ReportMaker(setup, setup.report)


def _unpacked(setup: Setup) -> Any:
    if isinstance(setup.template, Path):
        from generator.build.single import compile_single

        with within(setup.limits):
            return compile_single(setup.template, setup.undefined, setup.limits)
    return pickle.loads(setup.template)  # from who started this process
