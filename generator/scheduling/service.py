"""Doing what is due: once (``run_due``), or until told to stop (``serve``)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from generator.editions.state import digest_of
from generator.errors import Location, Problem, ReportError
from generator.scheduling.due import due
from generator.scheduling.engine import Engine, Retrying
from generator.scheduling.ledger import FAILED, Ledger, RunRecord
from generator.scheduling.owner import dead_workers, owned
from generator.scheduling.schedules import Schedule, read_schedule
from generator.scheduling.store import Store
from generator.scheduling.work import ReportWork

#: The clock is looked at least this often, whatever is planned: it may be set, or have slept.
_LOOK = 30.0
#: How often the runs are looked at while some are going, in seconds.
_GLANCE = 0.1


def clock() -> datetime:
    """Return the time of the wall clock in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True)
class Service:
    """Schedules of one store, and this worker's part in them.

    ``tell`` gets each run as it ends, ``warn`` what is to be known besides. ``stop`` ends the
    work after the step that is being done.
    """

    store: Store
    worker: str
    schedules: list[Schedule]
    now: Callable[[], datetime] = clock
    stop: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[RunRecord], None] = lambda run: None
    warn: Callable[[Sequence[Problem]], None] = lambda problems: None
    look: float = _LOOK
    _digests: dict[Path, str | None] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _at_work: Engine | None = None

    @property
    def names(self) -> list[str]:
        return [schedule.name for schedule in self.schedules]

    @property
    def is_busy(self) -> bool:
        """Whether a step is being done."""
        return self._at_work is not None and self._at_work.is_busy

    def run_due(self, doing: str = "run-due", *, decides: bool = True) -> list[RunRecord]:
        """Do what is due now and return the runs that ended; without any, no engine is loaded.

        ``decides`` is False where only begun runs are to be brought to their end.

        Raises:
            BusyError: another process works on these schedules.
            ReportError: the store cannot be used.
        """
        with ExitStack() as scope:
            scope.enter_context(owned(self.store, self.worker, doing, self.now()))
            ledger = self._ledger(scope)
            if decides:
                self.decide(ledger)
            begun = ledger.unfinished(self.names)
            if not begun:
                return []
            engine = self._engine(ledger, scope, stays=False)
            while engine.settle(ledger.unfinished(self.names), self._retrying()):
                if self.stop.wait(_GLANCE):
                    break
            self._warn_of_held(engine, ledger)
            engine.close()
            self._tell_ended(ledger, begun)
            return ledger.ended(begun)

    def serve(self) -> None:
        """Do what is due as it comes, until ``stop``.

        Raises:
            BusyError: another process works on these schedules.
            ReportError: the store cannot be used.
        """
        with ExitStack() as scope:
            still = scope.enter_context(owned(self.store, self.worker, "serve", self.now()))
            ledger = self._ledger(scope)
            engine: Engine | None = None
            going: list[RunRecord] = []
            while not self.stop.is_set():
                still()
                self._read_again()
                self.decide(ledger)
                begun = ledger.unfinished(self.names)
                if begun and engine is None:
                    engine = self._engine(ledger, scope, stays=True)
                left = engine.settle(begun, self._retrying()) if engine is not None else []
                self._tell_ended(ledger, [*going, *begun])
                if engine is not None and not going:
                    self._warn_of_held(engine, ledger)
                going = left
                self.stop.wait(_GLANCE if going else self._pause())

    def decide(self, ledger: Ledger) -> None:
        """Write down what is due of all schedules."""
        for schedule in self.schedules:
            now = self.now()
            entry = ledger.register(schedule.name, schedule.rule, str(schedule.definition), now)
            if entry.paused is None:
                started = ledger.started(schedule.name, entry.mark)
                ledger.decide(entry, due(schedule.plan, entry.mark, now, started), now)

    # -- parts --

    def _ledger(self, scope: ExitStack) -> Ledger:
        ledger = Ledger(self.store, self.now())
        scope.callback(ledger.close)
        if ledger.problems:
            self.warn(ledger.problems)
        return ledger

    def _engine(self, ledger: Ledger, scope: ExitStack, *, stays: bool) -> Engine:
        works = {
            schedule.name: ReportWork(schedule.definition, self.store.folder, self.now)
            for schedule in self.schedules
        }
        engine = Engine(self.store, self.worker, ledger, works, self.stop, self.now, stays=stays)
        self._at_work = engine
        scope.callback(engine.close)
        engine.start()
        if engine.problems:
            self.warn(engine.problems)
        return engine

    def _retrying(self) -> dict[str, Retrying]:
        return {s.name: Retrying(s.entry.retries, s.entry.backoff) for s in self.schedules}

    def _tell_ended(self, ledger: Ledger, begun: Sequence[RunRecord]) -> None:
        for run in ledger.ended([run for run in begun if run.id not in self._told]):
            self._told.add(run.id)
            self.tell(run)

    def _warn_of_held(self, engine: Engine, ledger: Ledger) -> None:
        """Tell of runs that workers hold which nobody works as any more."""
        held = engine.held(ledger.unfinished(self.names)) if self.store.is_shared else {}
        for name in dead_workers(self.store, list(held), self.worker) if held else ():
            ids = ", ".join(run.id for run in held[name])
            if ids not in self._told:
                self._told.add(ids)
                self.warn([Problem(
                    f'the worker "{name}" has ended and left {ids} unfinished',
                    self.store.where, f"go on with it: schedule takeover {name}", "warning",
                    "schedule",
                )])  # fmt: skip

    def _read_again(self) -> None:
        """Take in what was changed in the definitions; one that is wrong keeps its last rule."""
        for number, schedule in enumerate(self.schedules):
            digest = digest_of(schedule.definition)
            if digest == self._digests.setdefault(schedule.definition, digest) or digest is None:
                continue
            self._digests[schedule.definition] = digest
            try:
                fresh = read_schedule(schedule.definition, self.store)
            except ReportError as error:
                self.warn(error.problems)
                continue
            if fresh.name != schedule.name:
                told = "the name of the schedule has changed; it counts once this is started anew"
                self.warn([Problem(told, Location(str(schedule.definition)), None, "warning",
                                   "schedule")])  # fmt: skip
                continue
            self.schedules[number] = fresh

    def _pause(self) -> float:
        """Return how long nothing can be due, in seconds."""
        now = self.now()
        longest = timedelta(seconds=self.look)
        ahead = [next(s.plan.between(now, now + longest), None) for s in self.schedules]
        waits = [(planned - now).total_seconds() for planned in ahead if planned is not None]
        return max(min([*waits, self.look]), 0.05)


def has_failed(runs: Sequence[RunRecord]) -> bool:
    """Return whether one of some runs failed."""
    return any(run.state == FAILED for run in runs)
