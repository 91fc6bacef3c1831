"""The times that a schedule plans, as a set of instants that depends on the rule alone.

cronsim does the arithmetic of cron, in the zone of the schedule; at a change to daylight saving
time a daily time that does not exist comes at the next that does, and one that exists twice comes
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from generator.errors import DefinitionError, Location
from generator.model.schedule_definition import ScheduleDefinition

_DAY = timedelta(days=1)
#: A search begins so long before, at noon, where no zone changes its clocks; so what is found does
#: not depend on where in a change it began.
_RUN_UP = timedelta(days=2)
#: Windows in which a search backwards looks, one after the other.
_BACKWARDS = (timedelta(0), timedelta(days=2), timedelta(days=32), timedelta(days=370))
#: How far ahead a search looks: from one 29 February to the next is eight years at most.
_AHEAD = timedelta(days=366 * 9)


@dataclass(frozen=True, slots=True)
class Plan:
    """The planned times of a schedule; all in UTC, without those of blackout days."""

    definition: ScheduleDefinition

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the planned times after one moment up to and with another, in order."""
        zone = ZoneInfo(self.definition.time_zone)
        for planned in self._all_between(after, until, zone):
            if not self._is_out(planned, zone):
                yield planned

    def next(self, after: datetime) -> datetime | None:
        """Return the first planned time after a moment; None if there is none for nine years."""
        return next(self.between(after, after + _AHEAD), None)

    def backwards(self, until: datetime, after: datetime) -> Iterator[datetime]:
        """Yield the planned times of a stretch with the last first, without reading all of it."""
        edges = [max(until - back, after) for back in _BACKWARDS]
        edges += [] if edges[-1] == after else [after]
        for late, early in pairwise(edges):
            if early < late:
                yield from reversed(list(self.between(early, late)))

    def _all_between(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        after, until = after.astimezone(UTC), until.astimezone(UTC)
        if self.definition.every is not None:
            yield from _multiples(self.definition.every, after, until, zone)
        else:
            yield from _merged(self.definition.cron or (), after, until, zone)

    def _is_out(self, planned: datetime, zone: ZoneInfo) -> bool:
        day = planned.astimezone(zone).date()
        return any(days.first <= day <= days.last for days in self.definition.blackout)


def check_cron(definition: ScheduleDefinition, where: Location | None = None) -> None:
    """Try the cron lines of a schedule.

    Raises:
        DefinitionError: one of them says nothing that a clock can show, or cronsim is missing.
    """
    if definition.cron is None:
        return
    try:
        from cronsim import CronSim, CronSimError
    except ImportError as error:
        raise DefinitionError(
            "schedules need the package cronsim", where,
            "install it: pip install 'report-generator[schedule]'",
        ) from error  # fmt: skip
    for text in definition.cron:
        try:
            next(CronSim(text, datetime(2024, 1, 1)))
        except (CronSimError, StopIteration) as error:
            told = f": {str(error).lower()}" if str(error) else ""
            raise DefinitionError(
                f'the cron line "{text}" names no time{told}', where,
                'write minute, hour, day, month and weekday: "30 8 * * 1-5"',
            ) from error  # fmt: skip


def _multiples(
    every: timedelta, after: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[datetime]:
    """Yield all whole multiples of a length since a Monday midnight in the zone."""
    began = datetime(2001, 1, 1, tzinfo=zone).astimezone(UTC)
    planned = began + ((after - began) // every + 1) * every
    while planned <= until:
        yield planned
        planned += every


def _merged(
    lines: tuple[str, ...], after: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[datetime]:
    from heapq import merge

    last = None
    for planned in merge(*(_of_cron(line, after, until, zone) for line in lines)):
        if planned != last:
            yield planned
        last = planned


def _of_cron(line: str, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    from cronsim import CronSim

    start = datetime.combine((after.astimezone(zone) - _RUN_UP).date(), time(12), zone)
    for local in CronSim(line, start):
        planned = local.astimezone(UTC)
        if planned > until:
            return
        if planned > after:
            yield planned
