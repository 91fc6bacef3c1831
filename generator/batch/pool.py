"""Documents from a pool of processes, rebuilt when one of them dies, or from this process."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from generator.batch.work import Finished, Report, Setup, Task
from generator.batch.workshop import Workshop
from generator.errors import BatchError, LimitError, Location, Problem
from generator.model.own_process import limit_process

#: Chunks that wait for each process, beside the one that it makes.
_WAITING = 1
#: What a process notes of the row it is at: number, moment of its begin, its own id.
_NOTE = 3
#: Pools in a row that may die before one of them has begun a row.
_MOST_STILLBORN = 3
#: Seconds between two looks at whether the process is there that started this one.
_LOOK = 0.5
#: Seconds that a stopped pool may take to finish the rows that it is at.
_PATIENCE = 10.0


class Crew(Protocol):
    """Who makes documents: chunks go in, and come back in any order."""

    #: Rows that a chunk may hold.
    most_rows: int
    #: Chunks that may be on the way.
    room: int

    def submit(self, tasks: Sequence[Task]) -> None: ...
    def collect(self, seconds: float) -> list[Finished]: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


class OwnCrew:
    """Makes documents in this very process: for stores that live in its memory, and for trials."""

    most_rows = 50
    room = 1

    def __init__(self, setup: Setup) -> None:
        self._workshop = Workshop(setup)
        self._waiting: deque[Sequence[Task]] = deque()
        self._stopped = False

    def submit(self, tasks: Sequence[Task]) -> None:
        """Take a chunk."""
        self._waiting.append(tasks)

    def collect(self, seconds: float) -> list[Finished]:
        """Make the chunk that waits longest."""
        tasks = self._waiting.popleft()
        return [Finished(tasks, self._workshop.make(tasks, is_stopped=lambda: self._stopped))]

    def stop(self) -> None:
        """Make no other row."""
        self._stopped = True

    def close(self) -> None:
        """There is nothing to end."""


@dataclass(slots=True)
class _Board:
    """What processes note for the one that started them; ``notes[0]`` tells them to stop."""

    notes: Any
    seats: Any

    def rows(self) -> Iterator[tuple[int, float, int]]:
        """Yield number, begin and process of each row that is being made."""
        for place in range(1, len(self.notes), _NOTE):
            number, begun, process = self.notes[place : place + _NOTE]
            if number:
                yield int(number), begun, int(process)


class PoolCrew:
    """Makes documents in processes of their own, each with a bounded amount of memory and time."""

    most_rows = 500

    def __init__(self, setup: Setup, jobs: int) -> None:
        self._context = prepare_processes()
        self._packed = pickle.dumps(setup, protocol=5)
        self._limits = setup.limits
        self._jobs = jobs
        self.room = jobs * (1 + _WAITING)
        self._futures: dict[Future[Report], Sequence[Task]] = {}
        self._stillborn = 0
        self._was_stopped: float | None = None
        self._start()

    def _start(self) -> None:
        slots = self._jobs + 1
        self._board = _Board(
            self._context.RawArray("d", 1 + _NOTE * slots), self._context.Value("i", 0)
        )
        environment = {**os.environ, **_lean_names()}
        with _without_interrupt(), _lean_environment():
            self._pool = ProcessPoolExecutor(
                self._jobs, self._context, _begin,
                (self._packed, self._limits.worker_memory, self._board.notes, self._board.seats,
                 environment),
            )  # fmt: skip

    def submit(self, tasks: Sequence[Task]) -> None:
        """Send a chunk to the pool."""
        with _without_interrupt(), _lean_environment():
            try:
                future = self._pool.submit(_make, tasks)
            except (BrokenProcessPool, EOFError, OSError):  # it died, or what starts its processes
                future = Future()
                future.set_exception(BrokenProcessPool())
        self._futures[future] = tasks

    def collect(self, seconds: float) -> list[Finished]:
        """Return the chunks that are done, or were lost; wait for one at most ``seconds``.

        Raises:
            BatchError: the processes cannot even begin.
        """
        done, _ = wait(self._futures, seconds, FIRST_COMPLETED)
        if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
            return self._rebuilt({})
        verdicts = self._overdue()
        if verdicts:
            return self._rebuilt(verdicts)
        if done:
            self._stillborn = 0
        return [Finished(self._futures.pop(future), future.result()) for future in done]

    def _overdue(self) -> dict[int, Problem]:
        """End the processes whose row takes longer than it may; return what is said of the rows."""
        now = monotonic()
        if self._was_stopped is not None and now > self._was_stopped + _PATIENCE:
            self._kill_all()
            return {0: Problem("stopped")}
        verdicts = {}
        for number, begun, process in self._board.rows():
            if now - begun > self._limits.worker_seconds:
                verdicts[number] = Problem(
                    f"rendering takes longer than {self._limits.worker_seconds:g} seconds "
                    "(limit worker_seconds)", None, "use fewer data, or raise the limit",
                    code=LimitError.code,
                )  # fmt: skip
                with suppress(OSError):
                    os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        return verdicts

    def _rebuilt(self, verdicts: dict[int, Problem]) -> list[Finished]:
        """Start a new pool; return the chunks of the old one, of which most are lost."""
        self._kill_all()
        wait(self._futures, _PATIENCE)
        suspects = frozenset(number for number, _, _ in self._board.rows())
        finished = []
        for future, tasks in self._futures.items():
            is_whole = future.done() and not future.cancelled() and future.exception() is None
            finished.append(
                Finished(tasks, future.result())
                if is_whole
                else Finished(tasks, None, suspects - {*verdicts}, verdicts)
            )
        self._futures.clear()
        self._stillborn = 0 if suspects or verdicts else self._stillborn + 1
        if self._stillborn >= _MOST_STILLBORN:
            raise BatchError(
                "the processes that make the documents end before they begin", Location("batch"),
                "raise the limit worker_memory, or use fewer --jobs",
            )  # fmt: skip
        self._start()
        if self._was_stopped is not None:
            self._board.notes[0] = 1
        return finished

    def stop(self) -> None:
        """Let each process finish the row that it is at, and make no other."""
        self._was_stopped = monotonic()
        self._board.notes[0] = 1

    def _kill_all(self) -> None:
        for process in list((getattr(self._pool, "_processes", None) or {}).values()):
            with suppress(OSError, ValueError):
                process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """End the processes."""
        if self._futures:
            self._kill_all()
        else:
            self._pool.shutdown(wait=True)


# -- the other side ------------------------------------------------------------------------------

_workshop: Workshop | None = None
_notes: Any = None
_seat = 0


def _begin(
    packed: bytes, memory: int, notes: Any, seats: Any, environment: Mapping[str, str]
) -> None:  # fmt: skip
    """Prepare a process of the pool.

    ``memory`` is the number of bytes that it may take; ``environment`` is that of the process that
    asked for it.
    """
    global _workshop, _notes, _seat
    os.environ.clear()  # a fork server keeps the one of its own start
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one decides
    _end_with_parent()
    with seats.get_lock():
        _seat = 1 + _NOTE * (seats.value % ((len(notes) - 1) // _NOTE))
        seats.value += 1
    limit_process(memory=memory)
    setup: Setup = pickle.loads(packed)
    if setup.is_isolated:
        _give_up(setup)
    _notes, _workshop = notes, Workshop(setup)


def _give_up(setup: Setup) -> None:
    """Keep only what documents need: reading, and writing to the folders of the batch."""
    from generator.build.isolation import SIGN
    from generator.build.reach import restrict_reach

    os.environ |= {SIGN: "1", "MAKE_REPORT_CACHE": "off"}
    restrict_reach([Path(setup.base), Path(setup.staging)])


def _end_with_parent() -> None:
    """End this process when the one that asked for it is gone, or a fork server, however it went.

    Who asked for it takes it for lost when the fork server is gone.
    """
    parent, starter = multiprocessing.parent_process(), os.getppid()
    if parent is None:
        return

    def watch() -> None:
        from multiprocessing.connection import wait as wait_for

        while not wait_for([parent.sentinel], _LOOK) and os.getppid() == starter:
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _make(tasks: Sequence[Task]) -> Report:
    assert _workshop is not None
    notes, seat = _notes, _seat
    notes[seat + 2] = os.getpid()

    def on_row(number: int) -> None:
        notes[seat + 1] = monotonic()
        notes[seat] = number

    report = _workshop.make(tasks, on_row, lambda: bool(notes[0]))
    notes[seat] = 0
    return report


# -- starting ------------------------------------------------------------------------------------

#: What every process of a pool needs, whatever the template uses.
_NEEDED = (
    "generator.batch.pool", "generator.engine.assembly", "generator.engine.compiled",
    "generator.build.packing", "generator.build.folder_names",
)  # fmt: skip


def prepare_processes() -> Any:
    """Return the context to start processes in; where it can, it begins to load what they need.

    On Linux they are copies of one clean process that has loaded it (a fork server): that takes the
    time of one start, not of one for each, and they share the memory. Elsewhere each starts afresh.
    Called early, the loading goes on while this process does something else.
    """
    if sys.platform != "linux" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_NEEDED))
    with _without_interrupt(), _lean_environment():
        forkserver.ensure_running()
    return context


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """Let processes that are started now never hear of Ctrl-C: this one decides what it means."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _lean_names() -> dict[str, str]:
    """Return what lets a process compute in one thread: there is a process for each core."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
    return {name: "1" for name in names if name not in os.environ}


@contextmanager
def _lean_environment() -> Iterator[None]:
    """Let processes that are started now compute in one thread, and load what this one loads.

    They look for modules where this process does, and not in the folder it happens to work in.
    """
    changed = {
        **_lean_names(),
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path)),
    }
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def usable_cores() -> int:
    """Return how many processes can compute at once."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system tells
        return os.cpu_count() or 1
