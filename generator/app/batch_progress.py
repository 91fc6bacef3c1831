"""How a batch goes on: a bar on a terminal, a line now and then elsewhere; on standard error."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from generator.app.terminal import is_rich

if TYPE_CHECKING:
    from generator.batch.orders import Progress

#: Seconds before the first line, and between two lines, where there is no terminal.
_FIRST, _BETWEEN = 5.0, 10.0


class BatchProgress:
    """Shows how far a batch is. Use it as a context manager."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._bar: Any = None
        self._bar_of = ""
        self._task: Any = None
        self._next = monotonic() + _FIRST

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        """Show how far it is; the batch calls this often."""
        if self._silent:
            return
        if is_rich(sys.stderr):
            self._draw(progress)
        elif monotonic() >= self._next:
            self._next = monotonic() + _BETWEEN
            print(line_of(progress), file=sys.stderr, flush=True)

    def _draw(self, progress: Progress) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        if self._bar is None:
            console = Console(file=sys.stderr)
            self._bar = Bar(BarColumn(), TextColumn("{task.description}"), console=console,
                            transient=True)  # fmt: skip
            self._bar.start()
        if self._bar_of != progress.what:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._bar_of = progress.what
            self._task = self._bar.add_task("", total=progress.about)
        total = progress.about and max(progress.about, progress.done)
        self._bar.update(self._task, completed=progress.done, total=total,
                         description=line_of(progress))  # fmt: skip


def line_of(progress: Progress) -> str:
    """Return how far a batch is, in one line."""
    parts = [f"{progress.done:,} {progress.what}"]
    if progress.about:
        share = min(100, progress.done * 100 // progress.about)
        parts = [f"{progress.done:,} of about {progress.about:,} {progress.what} ({share} %)"]
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    parts.append(f"{progress.rate:,.0f} a second" if progress.rate >= 10 else
                 f"{progress.rate:.1f} a second")  # fmt: skip
    left = progress.seconds_left
    if left is not None:
        parts.append(f"{duration(left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a time as people say it: ``12 s``, ``3 min 20 s``, ``2 h 05 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
