"""Looking at schedules, and pausing them: ``list``, ``next``, ``history``, ``pause``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import Outcome
from generator.app.schedule_asked import Asked
from generator.app.schedule_running import run_record
from generator.errors import ChoiceError

if TYPE_CHECKING:
    from generator.scheduling.engine import StepRecord
    from generator.scheduling.ledger import RunRecord
    from generator.scheduling.schedules import Schedule


@contextmanager
def _ledger(asked: Asked) -> Iterator[Any]:
    from generator.app.printing import print_problems
    from generator.scheduling.ledger import Ledger
    from generator.scheduling.service import clock

    ledger = Ledger(asked.store, clock())
    try:
        print_problems(ledger.problems)
        yield ledger
    finally:
        ledger.close()


def list_schedules(asked: Asked) -> Outcome:
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
                "last": run_record(last) if last else None,
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


def next_times(asked: Asked, number: int) -> Outcome:
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


def pause_schedules(asked: Asked, *, is_pause: bool) -> Outcome:
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


def run_history(asked: Asked, number: int, wanted: str | None, *, steps: bool) -> Outcome:
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
        record = run_record(run)
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
