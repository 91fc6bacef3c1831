"""The commands ``schedule ...``: doing what is due, looking at it, letting a machine call it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.app.options import everywhere
from generator.app.outcome import Outcome
from generator.errors import ChoiceError, Location, Problem

if TYPE_CHECKING:
    from generator.scheduling.engine import StepRecord
    from generator.scheduling.entries import EntryRequest
    from generator.scheduling.installing import Installed
    from generator.scheduling.ledger import RunRecord
    from generator.scheduling.schedules import Schedule
    from generator.scheduling.service import Service
    from generator.scheduling.store import Store

Decorator = Callable[[Any], Any]
#: As in ``scheduling.entries``, which is not loaded for the names alone.
_KINDS = ("systemd", "cron", "launchd", "windows-task", "github-actions", "kubernetes")


def add_schedule_commands(group: click.Group, path: click.Path) -> None:
    """Add the group ``schedule``."""

    def of_schedules(command: Any) -> Any:
        for option in (
            click.option("--worker", metavar="NAME", envvar="MAKE_REPORT_SCHEDULE_WORKER",
                         help="The name of this worker in a shared store; default: the host's."),
            click.option("--store", type=path, metavar="DIR", envvar="MAKE_REPORT_SCHEDULE_STORE",
                         help="Where schedules are remembered; default: .cache/schedule."),
            click.option("-f", "--report", type=path, metavar="FILE", multiple=True,
                         help="The definition; default: report.yaml here or above. Repeatable."),
        ):  # fmt: skip
            command = option(command)
        return everywhere(command)

    @group.group("schedule", short_help="Make reports when they are due.")
    def schedule() -> None:
        """Make reports at the times that "schedule:" in report.yaml names."""

    @schedule.command(short_help="Do what is due, until stopped.")
    @of_schedules
    @click.pass_obj
    def serve(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Stay, and make each report when it is due; SIGTERM or Ctrl-C ends after the step."""
        return _serve(_Asked(home, **given), silent=quiet or json)

    @schedule.command("run-due", short_help="Do what is due now, and end.")
    @of_schedules
    @click.pass_obj
    def run_due(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Make what is due now, and end; made to be called every few minutes."""
        return _run_due(_Asked(home, **given), silent=quiet or json)

    @schedule.command("list", short_help="List schedules with their last and next run.")
    @of_schedules
    @click.pass_obj
    def list_(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """List the schedules of the store with their last and next run."""
        return _list(_Asked(home, **given))

    @schedule.command("next", short_help="Show the next planned times.")
    @click.option("-n", "--number", type=click.IntRange(1, 1000), default=5, show_default=True,
                  help="How many.")  # fmt: skip
    @of_schedules
    @click.pass_obj
    def next_(home: Path | None, /, number: int, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Show the next planned times, in the time zone of the schedule and in UTC."""
        return _next(_Asked(home, **given), number)

    @schedule.command(short_help="Let nothing be due for a while.")
    @of_schedules
    @click.pass_obj
    def pause(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Let nothing be due until "resume"; a run that is begun goes on."""
        return _pause(_Asked(home, **given), is_pause=True)

    @schedule.command(short_help="End a pause.")
    @of_schedules
    @click.pass_obj
    def resume(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Let times from now on be due again; those of the pause are not made up for."""
        return _pause(_Asked(home, **given), is_pause=False)

    @schedule.command(short_help="Show runs and their steps.")
    @click.option("-n", "--number", type=click.IntRange(1, 10_000), default=20, show_default=True,
                  help="How many runs.")  # fmt: skip
    @click.option("--steps", is_flag=True, help="Show each step, too.")
    @click.argument("run", required=False)
    @of_schedules
    @click.pass_obj
    def history(
        home: Path | None, /, number: int, steps: bool, run: str | None, quiet: bool, json: bool,
        **given: Any,
    ) -> Outcome:  # fmt: skip
        """Show what became of the last planned times, or of one RUN with its steps."""
        return _history(_Asked(home, **given), number, run, steps=steps or json)

    @schedule.command(short_help="Go on with the runs of a worker that has ended.")
    @click.argument("name", metavar="[WORKER]", required=False)
    @of_schedules
    @click.pass_obj
    def takeover(
        home: Path | None, /, name: str | None, quiet: bool, json: bool, **given: Any
    ) -> Outcome:
        """Bring the runs to their end that WORKER left unfinished; it must not be at work."""
        return _takeover(_Asked(home, **given), name, silent=quiet or json)

    def of_entries(command: Any) -> Any:
        for option in (
            click.option("-o", "--output", type=path, metavar="DIR",
                         help="Where files are written; default: schedule/ beside the report."),
        ):  # fmt: skip
            command = option(command)
        return of_schedules(command)

    @schedule.command(short_help="Let this machine call run-due every few minutes.")
    @click.option("--as", "kind", type=click.Choice(_KINDS), required=True,
                  help="What calls it.")  # fmt: skip
    @click.option("--apply", is_flag=True, help="Put it into effect, too.")
    @click.option("--minutes", type=click.IntRange(1, 30), default=5, show_default=True,
                  help="How often.")  # fmt: skip
    @click.option("--image", default="make-report:latest", show_default=True,
                  help="The container image, for kubernetes.")  # fmt: skip
    @of_entries
    @click.pass_obj
    def install(
        home: Path | None, /, kind: str, apply: bool, minutes: int, image: str, output: Path | None,
        quiet: bool, json: bool, **given: Any,
    ) -> Outcome:  # fmt: skip
        """Write an entry that calls "schedule run-due" every few minutes; with --apply install it.

        The schedule itself stays in report.yaml: changing it needs no new entry.
        """
        from generator.scheduling.installing import install as install_entry

        asked = _Asked(home, **given)
        request = _request(asked, minutes, image)
        done = install_entry(kind, request, output or _entries(asked), apply=apply)
        return Outcome("schedule install", _installed(done), lambda: _print_installed(done))

    @schedule.command(short_help="Remove what install wrote.")
    @click.option("--as", "kind", type=click.Choice(_KINDS), help="Only this kind.")
    @of_entries
    @click.pass_obj
    def uninstall(
        home: Path | None, /, kind: str | None, output: Path | None, quiet: bool, json: bool,
        **given: Any,
    ) -> Outcome:  # fmt: skip
        """Remove the entries that "install" wrote, also those in effect."""
        from generator.scheduling.installing import uninstall as remove_entries

        asked = _Asked(home, **given)
        request = _request(asked, 5, "make-report:latest")
        kinds = (kind,) if kind else _KINDS
        removed = remove_entries(request, output or _entries(asked), kinds)
        return Outcome(
            "schedule uninstall", {"entries": [_installed(done) for done in removed]},
            lambda: _print_removed(removed),
        )  # fmt: skip


class _Asked:
    """What the options of a command ask for."""

    def __init__(
        self, home: Path | None, report: tuple[Path, ...], store: Path | None, worker: str | None,
        debug: bool,
    ) -> None:  # fmt: skip
        from generator.app.projects import find_definition
        from generator.scheduling.store import store_of

        asked: Sequence[Path | None] = report or (None,)
        self.definitions = [find_definition(one, home).resolve() for one in asked]
        self.has_own_store = store is not None
        if store is None and len(self.definitions) > 1:
            store_needed = store_of(Path(), os.environ)
            if not store_needed.is_shared:
                raise click.UsageError("several reports need one place to remember: --store DIR")
        folder = store or self.definitions[0].parent / ".cache" / "schedule"
        self.store: Store = store_of(folder.absolute(), os.environ)
        self._worker = worker

    @property
    def worker(self) -> str:
        from generator.scheduling.owner import worker_name

        return worker_name(self.store, self._worker)

    def schedules(self) -> list[Schedule]:
        from generator.scheduling.schedules import read_schedules

        return read_schedules(self.definitions, self.store)


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


def _service(asked: _Asked, stop: threading.Event, *, silent: bool) -> Service:
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


def _serve(asked: _Asked, *, silent: bool) -> Outcome:
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


def _run_due(asked: _Asked, *, silent: bool) -> Outcome:
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


def _takeover(asked: _Asked, name: str | None, *, silent: bool) -> Outcome:
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
        command, {"runs": [_run_record(run) for run in runs]},
        lambda: None if runs else click.echo(nothing), problems,
    )  # fmt: skip


def _run_record(run: RunRecord) -> dict[str, object]:
    def text(moment: Any) -> str | None:
        return None if moment is None else moment.isoformat().replace("+00:00", "Z")

    return {
        "id": run.id, "schedule": run.schedule, "planned": text(run.planned), "state": run.state,
        "decided": text(run.decided), "began": text(run.began), "ended": text(run.ended),
        "reason": run.reason, "edition": run.edition, "first": text(run.first), "count": run.count,
    }  # fmt: skip


@contextmanager
def _ledger(asked: _Asked) -> Iterator[Any]:
    from generator.app.printing import print_problems
    from generator.scheduling.ledger import Ledger
    from generator.scheduling.service import clock

    ledger = Ledger(asked.store, clock())
    try:
        print_problems(ledger.problems)
        yield ledger
    finally:
        ledger.close()


def _list(asked: _Asked) -> Outcome:
    from generator.scheduling.service import clock

    schedules = {schedule.name: schedule for schedule in asked.schedules()}
    rows = []
    with _ledger(asked) as ledger:
        known = {entry.name: entry for entry in ledger.entries()}
        for name in dict.fromkeys((*schedules, *known)):
            schedule, entry = schedules.get(name), known.get(name)
            of = schedule or entry
            assert of is not None
            last = next(iter(reversed(ledger.runs([name], 1))), None)
            planned = schedule.plan.next(clock()) if schedule else None
            rows.append({
                "name": name,
                "rule": of.rule,
                "definition": str(of.definition),
                "paused": entry is not None and entry.paused is not None,
                "next": planned.isoformat().replace("+00:00", "Z") if planned else None,
                "next_local": schedule.local(planned) if schedule and planned else None,
                "last": _run_record(last) if last else None,
            })  # fmt: skip
    return Outcome("schedule list", {"schedules": rows}, lambda: _print_list(rows))


def _print_list(rows: Sequence[dict[str, Any]]) -> None:
    from generator.app.printing import print_table

    def next_of(row: dict[str, Any]) -> str:
        return "paused" if row["paused"] else row["next_local"] or ""

    print_table(
        ("schedule", "when", "next", "last planned (UTC)", "state"),
        [
            (row["name"], row["rule"], next_of(row),
             (row["last"] or {}).get("planned") or "", (row["last"] or {}).get("state") or "")
            for row in rows
        ],
    )  # fmt: skip


def _next(asked: _Asked, number: int) -> Outcome:
    from datetime import timedelta
    from itertools import islice

    from generator.scheduling.service import clock

    now = clock()
    times = [
        (schedule, planned)
        for schedule in asked.schedules()
        for planned in islice(schedule.plan.between(now, now + timedelta(days=3300)), number)
    ]
    times = sorted(times, key=lambda pair: pair[1])[:number]
    values = [
        {"schedule": schedule.name, "planned": planned.isoformat().replace("+00:00", "Z"),
         "local": schedule.local(planned)}
        for schedule, planned in times
    ]  # fmt: skip

    def show() -> None:
        from generator.app.printing import print_table

        print_table(("schedule", "local time", "UTC"),
                    [(v["schedule"], v["local"], v["planned"]) for v in values])  # fmt: skip

    return Outcome("schedule next", {"times": values}, show)


def _pause(asked: _Asked, *, is_pause: bool) -> Outcome:
    from generator.scheduling.service import clock

    schedules = asked.schedules()
    with _ledger(asked) as ledger:
        for schedule in schedules:
            ledger.register(schedule.name, schedule.rule, str(schedule.definition), clock())
            (ledger.pause if is_pause else ledger.resume)(schedule.name, clock())
    names = [schedule.name for schedule in schedules]
    word = "pause" if is_pause else "resume"
    told = "paused" if is_pause else "at work again"
    return Outcome(f"schedule {word}", {"schedules": names},
                   lambda: click.echo(f"{', '.join(names)}: {told}"))  # fmt: skip


def _history(asked: _Asked, number: int, wanted: str | None, *, steps: bool) -> Outcome:
    from generator.scheduling.engine import steps_of

    schedules = {schedule.name: schedule for schedule in asked.schedules()}
    with _ledger(asked) as ledger:
        names = list(dict.fromkeys((*schedules, *(entry.name for entry in ledger.entries()))))
        runs: list[RunRecord] = ledger.runs(names, 10_000 if wanted else number)
    if wanted:
        runs = [run for run in runs if run.id == wanted]
        if not runs:
            raise ChoiceError(f'there is no run "{wanted}"', asked.store.where,
                              "see the names with: schedule history --json")  # fmt: skip
    has_steps = steps or bool(wanted) or any(run.ended is None for run in runs)
    found = steps_of(asked.store, [r for r in runs if r.count is None]) if has_steps else {}
    records = []
    for run in runs:
        state, done = found.get(run.id, ("", []))
        record = _run_record(run)
        if run.ended is None:
            record["state"] = "running" if state == "PENDING" else "waiting"
        record["steps"] = [_step_values(step) for step in done]
        records.append(record)
    return Outcome(
        "schedule history", {"runs": records},
        lambda: _print_history(records, schedules, steps=steps or bool(wanted)),
    )  # fmt: skip


def _step_values(step: StepRecord) -> dict[str, object]:
    return {
        "name": step.name, "state": step.state, "seconds": step.seconds, "reason": step.reason,
        "began": step.began.isoformat(timespec="seconds").replace("+00:00", "Z")
        if step.began else None,
    }  # fmt: skip


def _print_history(
    records: Sequence[dict[str, Any]], schedules: dict[str, Schedule], *, steps: bool
) -> None:
    from generator.app.printing import print_table

    if not records:
        click.echo("no planned time has come yet")
        return
    rows = []
    for record in records:
        rows.append((record["schedule"], record["planned"], record["state"], _took(record),
                     record["edition"] or "", _why(record)))  # fmt: skip
        for step in record["steps"] if steps else ():
            took = "" if step["seconds"] is None else f"{step['seconds']:.2f} s"
            rows.append(("", f"  {step['name']}", step["state"], took, "", step["reason"] or ""))
    print_table(("schedule", "planned (UTC)", "state", "took", "edition", "reason"), rows)


def _took(record: dict[str, Any]) -> str:
    from datetime import datetime

    if record["ended"] is None or record["began"] is None:
        return ""
    ended, began = (datetime.fromisoformat(record[name]) for name in ("ended", "began"))
    return f"{(ended - began).total_seconds():.0f} s"


def _why(record: dict[str, Any]) -> str:
    if record["count"] is None or record["count"] == 1:
        return record["reason"] or ""
    more = " at least" if record["count"] >= 1000 else ""
    return f"{record['count']} times{more} since {record['first']}: {record['reason']}"


# -- entries ---------------------------------------------------------------------------------


def _entries(asked: _Asked) -> Path:
    return asked.definitions[0].parent / "schedule"


def _request(asked: _Asked, minutes: int, image: str) -> EntryRequest:
    from generator.scheduling.entries import EntryRequest
    from generator.scheduling.installing import repository_of

    if len(asked.definitions) != 1:
        raise click.UsageError("an entry is for one report")
    schedule = asked.schedules()[0]
    definition = asked.definitions[0]
    words = [*_program(), "schedule", "run-due", "--report", str(definition)]
    if asked.has_own_store:
        words += ["--store", str(asked.store.folder)]
    inside = definition.relative_to(repository_of(definition.parent)).as_posix()
    return EntryRequest(schedule.name, tuple(words), definition.parent, minutes, inside, image)


def _program() -> list[str]:
    """Return how this program is started by somebody who knows nothing of this shell."""
    script = Path(sys.argv[0])
    if script.suffix == ".py" and script.is_file():
        return [sys.executable, str(script.resolve())]
    command = shutil.which(sys.argv[0])
    if command is not None and Path(command).stem == "make-report":
        return [str(Path(command).absolute())]
    started = "import sys; from generator.app.commands import main; sys.exit(main())"
    return [sys.executable, "-P", "-c", started]


def _installed(done: Installed) -> dict[str, object]:
    return {"kind": done.kind, "files": [str(path) for path in done.files],
            "applied": done.applied, "by_hand": done.by_hand}  # fmt: skip


def _print_installed(done: Installed) -> None:
    for path in done.files:
        click.echo(str(path))
    if done.applied:
        click.echo(f"{done.kind} calls run-due from now on" if done.kind != "github-actions"
                   else "commit and push it; it counts on the default branch")  # fmt: skip
    for number, line in enumerate(done.by_hand):
        click.echo(("then: " if number == 0 else "      ") + line)


def _print_removed(removed: Sequence[Installed]) -> None:
    if not removed:
        click.echo("there is no entry of this schedule")
    for done in removed:
        for path in done.files:
            click.echo(f"removed {path}")
        if done.applied:
            click.echo(f"{done.kind} calls run-due no more")
