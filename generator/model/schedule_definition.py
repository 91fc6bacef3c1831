"""When a report is made again, as ``schedule:`` in ``report.yaml`` says it."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from generator.model.record import Record, Text, Unfit

#: Unit -> seconds. Plurals are understood.
_UNITS = {
    "second": 1, "s": 1, "minute": 60, "min": 60, "m": 60, "hour": 3600, "h": 3600, "day": 86400,
    "d": 86400, "week": 604800, "w": 604800,
}  # fmt: skip
_SPAN = re.compile(r"(\d{1,7})\s*([a-z]+)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\s*(?:\.\.|to)\s*(\d{4}-\d\d-\d\d)")
_CRON = re.compile(r"[0-9A-Za-z*,/#\-]+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}")


def read_span(value: object) -> object:
    """Return the length of time that a text such as ``15 minutes`` tells."""
    if not isinstance(value, str):
        if isinstance(value, datetime.timedelta):
            return value
        raise Unfit(f'"{value}" is no length of time', "write number and unit: 15 minutes, 2 days")
    found = _SPAN.fullmatch(value.strip().lower())
    seconds = _UNITS.get(found[2]) or _UNITS.get(found[2].removesuffix("s")) if found else None
    if found is None or seconds is None:
        raise Unfit(f'"{value}" is no length of time', "write number and unit: 15 minutes, 2 days")
    return datetime.timedelta(seconds=int(found[1]) * seconds)


#: A length of time, written as ``15 minutes``.
Span = Annotated[datetime.timedelta, BeforeValidator(read_span)]


class DateRange(Record):
    """Days from ``first`` to ``last``, both included."""

    first: datetime.date
    last: datetime.date

    @model_validator(mode="after")
    def _runs_forward(self) -> DateRange:
        if self.last < self.first:
            raise Unfit(f"the range ends on {self.last}, before it begins", "swap the two dates")
        return self


def _read_range(value: object) -> object:
    """Return the days of ``2026-10-01`` or ``2026-10-01..2026-10-07``."""
    if isinstance(value, datetime.datetime) or not isinstance(value, str | datetime.date):
        return value
    text = str(value).strip()
    found = _RANGE.fullmatch(text)
    first, last = (found[1], found[2]) if found else (text, text)
    try:
        if not _DATE.fullmatch(first):
            raise ValueError
        return {"first": datetime.date.fromisoformat(first),
                "last": datetime.date.fromisoformat(last)}  # fmt: skip
    except ValueError as error:
        raise Unfit(
            f'"{text}" is no date', "write 2026-10-01, or a range: 2026-10-01..2026-10-07"
        ) from error


class MissedLimit(Record):
    """How old a missed time may be to be made up for, and with ``all`` how many are."""

    age: Span = datetime.timedelta(days=7)
    number: Annotated[int, Field(ge=1, le=1000)] = 10

    @field_validator("age")
    @classmethod
    def _is_long_enough(cls, value: datetime.timedelta) -> datetime.timedelta:
        if not datetime.timedelta(minutes=1) <= value <= datetime.timedelta(days=3660):
            raise Unfit("an age is from 1 minute to ten years", "write 7 days, for example")
        return value


class ScheduleDefinition(Record):
    """When a report is made again: at times of ``cron`` (one or several), or ``every`` so often.

    ``time_zone`` is that of cron and of ``blackout``, the days on which nothing is made.
    ``missed`` says what becomes of times that passed while nothing ran: the ``latest`` is made up
    for, ``all`` are, or none (``skip``: a time counts as missed once it is ``on_time`` ago). A step
    that fails for a reason that may pass is tried again ``retries`` times, after ``backoff``, then
    twice as long, and so on, at most an hour.
    """

    name: str | None = None
    cron: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)] | None = None
    every: Span | None = None
    time_zone: Text = "UTC"
    blackout: Annotated[
        tuple[Annotated[DateRange, BeforeValidator(_read_range)], ...], Field(max_length=1000)
    ] = ()
    missed: Literal["latest", "all", "skip"] = "latest"
    missed_limit: MissedLimit = Field(default_factory=MissedLimit)
    on_time: Span = datetime.timedelta(minutes=15)
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    backoff: Span = datetime.timedelta(seconds=30)

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str | None) -> str | None:
        if value is not None and _NAME.fullmatch(value) is None:
            raise Unfit(f'"{value}" is no name of a schedule',
                        "write letters, digits, dots and hyphens, at most 64")  # fmt: skip
        return value

    @field_validator("cron", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("cron")
    @classmethod
    def _have_five_fields(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for text in value or ():
            fields = text.split()
            if len(fields) != 5 or not all(_CRON.fullmatch(field) for field in fields):
                raise Unfit(
                    f'"{text}" is no cron line',
                    'write minute, hour, day, month and weekday: "30 8 * * 1-5"',
                )
        return value

    @field_validator("every")
    @classmethod
    def _is_a_while(cls, value: datetime.timedelta | None) -> datetime.timedelta | None:
        if value is not None and not 1 <= value.total_seconds() <= 366 * 86400:
            raise Unfit("every is from 1 second to 366 days", "write 15 minutes, for example")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError) as error:
            raise Unfit(
                f'"{value}" is no time zone that is known here',
                "write a name like Asia/Shanghai or Europe/Paris; a machine without a list of "
                "zones needs the package tzdata",
            ) from error
        return value

    @field_validator("backoff", "on_time")
    @classmethod
    def _is_at_most_a_day(cls, value: datetime.timedelta) -> datetime.timedelta:
        if not 1 <= value.total_seconds() <= 86400:
            raise Unfit("it is from 1 second to 1 day", "write 30 seconds, for example")
        return value

    @model_validator(mode="after")
    def _has_one_rule(self) -> ScheduleDefinition:
        if (self.cron is None) == (self.every is None):
            raise Unfit("a schedule needs cron or every", 'give one: cron: "30 8 * * 1-5"')
        return self
