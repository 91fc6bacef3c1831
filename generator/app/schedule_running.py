"""Making what is due: ``serve``, ``run-due``, ``takeover``; and how they are stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import Outcome
from generator.app.schedule_asked import Asked
from generator.errors import ChoiceError, Location, Problem

if TYPE_CHECKING:
    from generator.scheduling.ledger import RunRecord
    from generator.scheduling.schedules import Schedule
    from generator.scheduling.service import Service

#: How long a stop may take once no step is being done, in seconds.
_GRACE = 20


@contextmanager
def _stopping_in_time(service: Service) -> Iterator[None]:
    """Let a stop come to its end though the store does not answer, which DBOS would wait for."""
    is_over = threading.Event()

    def watch() -> None:
        while not service.stop.wait(0.5):
            if is_over.is_set():
                return
        left = _GRACE
        while left and not is_over.wait(1):
            left = _GRACE if service.is_busy else left - 1
        if not is_over.is_set():
            with suppress(OSError, ValueError):
                sys.stderr.write("error: the store of schedules does not answer; stopped without "
                                 "it, and what is begun goes on at the next start\n")  # fmt: skip
                sys.stderr.flush()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and the first Ctrl-C set; a second Ctrl-C ends at once."""
    stop = threading.Event()

    def asked(number: int, _: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            os._exit(130)  # the step is left as it is, and done again by the next start
        stop.set()

    kept = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _service(asked: Asked, stop: threading.Event, *, silent: bool) -> Service:
    from generator.app.printing import print_problems
    from generator.scheduling.service import Service

    schedules = asked.schedules()
    by_name = {schedule.name: schedule for schedule in schedules}

    def tell(run: RunRecord) -> None:
        if not silent:
            _print_run(run, by_name[run.schedule])

    def warn(problems: Sequence[Problem]) -> None:
        with suppress(OSError, ValueError):
            print_problems(problems)
            sys.stderr.flush()

    return Service(asked.store, asked.worker, schedules, stop=stop, tell=tell, warn=warn)


def _print_run(run: RunRecord, schedule: Schedule) -> None:
    from generator.app.terminal import safe

    took = f"{(run.ended - (run.began or run.decided)).total_seconds():.0f} s" if run.ended else ""
    told = f": {safe(run.reason)}" if run.reason else ""
    made = f", edition {run.edition}" if run.edition else ""
    with suppress(OSError, ValueError):
        click.echo(
            f"{run.schedule} of {schedule.local(run.planned)}: {run.state} ({took}{made}){told}"
        )
        sys.stdout.flush()


def serve_schedules(asked: Asked, *, silent: bool) -> Outcome:
    with _stopping() as stop:
        service = _service(asked, stop, silent=silent)
        if not silent:
            for schedule in service.schedules:
                click.echo(f"{schedule.name}: {schedule.rule}")
            click.echo("making what is due; Ctrl-C ends it")
            sys.stdout.flush()
        with _stopping_in_time(service):
            service.serve()
    return Outcome("schedule serve")


def run_due_schedules(asked: Asked, *, silent: bool) -> Outcome:
    from generator.scheduling.owner import BusyError

    with _stopping() as stop:
        service = _service(asked, stop, silent=silent)
        try:
            with _stopping_in_time(service):
                runs = service.run_due()
        except BusyError as error:  # it does what is due: nothing is wrong
            busy = tuple(Problem(p.message, p.where, p.hint, "info", p.code)
                         for p in error.problems)  # fmt: skip
            return Outcome("schedule run-due", {"runs": [], "busy": True}, problems=busy)
    stopped = "stopped; what is begun goes on at the next start"
    return _of_runs("schedule run-due", runs, stopped if stop.is_set() else "nothing is due")


def take_over(asked: Asked, name: str | None, *, silent: bool) -> Outcome:
    with _stopping() as stop:
        service = _service(asked, stop, silent=silent)
        if asked.store.is_shared and name is None:
            raise ChoiceError("takeover needs the name of a worker", Location("takeover"),
                              "run-due and serve tell which worker left runs")  # fmt: skip
        if asked.store.is_shared and name is not None:
            service.worker = name
        with _stopping_in_time(service):
            runs = service.run_due("takeover", decides=False)
    return _of_runs("schedule takeover", runs, "there is nothing to go on with")


def _of_runs(command: str, runs: Sequence[RunRecord], nothing: str) -> Outcome:
    problems = tuple(
        Problem(f"the run {run.id} failed: {run.reason}", None,
                "see: schedule history --steps; the last good edition stays", code="run")
        for run in runs
        if run.state == "failed"
    )  # fmt: skip
    return Outcome(
        command, {"runs": [run_record(run) for run in runs]},
        lambda: None if runs else click.echo(nothing), problems,
    )  # fmt: skip


def run_record(run: RunRecord) -> dict[str, object]:
    def text(moment: Any) -> str | None:
        return None if moment is None else moment.isoformat().replace("+00:00", "Z")

    return {
        "id": run.id, "schedule": run.schedule, "planned": text(run.planned), "state": run.state,
        "decided": text(run.decided), "began": text(run.began), "ended": text(run.ended),
        "reason": run.reason, "edition": run.edition, "first": text(run.first), "count": run.count,
    }  # fmt: skip
