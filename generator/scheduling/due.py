"""What is due: one function of the clock and the ledger, whatever happened since it was last asked.

A stop of the program, a machine that slept, a clock that was set and a change to daylight saving
time are all the same: times that lie after the last one handled, up to now.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from generator.scheduling.plan import Plan

#: So many passed-over times are counted, not more.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Planned times that are not made up for; ``count`` stops at ``MOST_COUNTED``."""

    first: datetime
    last: datetime
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """What to do now: ``runs`` in order, and the ``mark`` up to which all is handled then."""

    mark: datetime
    runs: tuple[datetime, ...] = ()
    passed_over: PassedOver | None = None


def due(plan: Plan, mark: datetime, now: datetime, started: Container[datetime] = ()) -> Due:
    """Return what is due now.

    All times up to ``mark`` are handled. A clock that was set back before it takes it along; what
    is among the times ``started`` is not started again when the clock comes by once more, while
    a time that was only passed over then is.
    """
    if now < mark:
        return Due(now)
    definition = plan.definition
    limit = definition.missed_limit
    is_skip = definition.missed == "skip"
    age = min(limit.age, definition.on_time) if is_skip else limit.age
    most = limit.number if definition.missed == "all" else 1
    newest_first = list(islice(plan.backwards(now, mark), MOST_COUNTED + most))
    found = [planned for planned in newest_first if planned not in started]
    if definition.missed != "all" and found[:1] != newest_first[:1]:
        most = 0  # the latest was made already, before the clock was set
    recent = [planned for planned in found if now - planned <= age]
    runs, left = recent[:most], [*recent[most:], *found[len(recent) :]]
    if not found:
        return Due(mark)
    return Due(
        max(mark, newest_first[0]),
        tuple(reversed(runs)),
        _passed(left, runs, now, age, is_skip=is_skip) if left else None,
    )


def _passed(
    left: list[datetime], runs: list[datetime], now: datetime, age: timedelta, *, is_skip: bool
) -> PassedOver:
    if now - left[0] > age:
        reason = "missed, and missed times are skipped" if is_skip else "older than the limit"
    elif runs:
        reason = "a later one is made up for"
    else:
        reason = "a later one was made"
    return PassedOver(left[-1], left[0], min(len(left), MOST_COUNTED), reason)
