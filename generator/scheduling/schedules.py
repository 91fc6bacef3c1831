"""The schedules that a command is about: name, rule and plan of each, read from its definition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from generator.errors import ChoiceError, DefinitionError, Location
from generator.model.schedule_definition import ScheduleDefinition
from generator.scheduling.plan import Plan, check_cron
from generator.scheduling.store import Store

_UNITS = ((604800, "week"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule of a report. ``rule`` is what its planned times follow from."""

    name: str
    definition: Path
    entry: ScheduleDefinition

    @property
    def plan(self) -> Plan:
        return Plan(self.entry)

    @property
    def rule(self) -> str:
        if self.entry.every is not None:
            return f"every {shown_span(self.entry.every.total_seconds())} ({self.entry.time_zone})"
        return f"{'; '.join(self.entry.cron or ())} ({self.entry.time_zone})"

    def local(self, moment: datetime) -> str:
        """Return a moment as a clock in the zone of the schedule shows it."""
        return f"{moment.astimezone(ZoneInfo(self.entry.time_zone)):%Y-%m-%d %H:%M:%S %Z}"


def shown_span(seconds: float) -> str:
    """Return a length of time in its largest whole unit: ``15 minutes``."""
    for size, name in _UNITS:
        if seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"


def read_schedule(definition: Path, store: Store) -> Schedule:
    """Return the schedule of a report.

    Raises:
        DefinitionError: the report has none, it plans nothing, or has no name in a shared store.
        ReportError: the definition is wrong.
    """
    from generator.build.reading import read_only_definition

    definition = definition.resolve()
    report = read_only_definition(definition)
    entry = report.entry.schedule
    if entry is None:
        raise DefinitionError(
            "the report has no schedule", Location(report.file),
            'add one: schedule: {cron: "30 8 * * 1-5", time_zone: Asia/Shanghai}',
        )  # fmt: skip
    where = Location(report.file, ("schedule",), report.lines.get(("schedule",)))
    check_cron(entry, where)
    if entry.name is None and store.is_shared:
        raise DefinitionError(
            "in a store that several workers share a schedule needs a name", where,
            "add name: under schedule:, the same on all machines",
        )  # fmt: skip
    return Schedule(entry.name or _name_of(definition), definition, entry)


def _name_of(definition: Path) -> str:
    name = definition.parent.name or "report"
    if definition.stem != "report":
        name = f"{name}-{definition.stem}"
    return re.sub(r"[^\w.\-]+", "-", name)[:64] or "report"


def read_schedules(definitions: Sequence[Path], store: Store) -> list[Schedule]:
    """Return the schedules of reports.

    Raises:
        ChoiceError: two of them have one name.
        ReportError: a definition is wrong.
    """
    found: dict[str, Schedule] = {}
    for definition in definitions:
        schedule = read_schedule(definition, store)
        if schedule.name in found:
            raise ChoiceError(
                f'two schedules have the name "{schedule.name}"', Location(str(definition)),
                "give one of them another: name: under schedule:",
            )  # fmt: skip
        found[schedule.name] = schedule
    return list(found.values())
