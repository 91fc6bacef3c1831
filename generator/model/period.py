"""Periods: when a fact holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.model.record import Unfit

AT_PUBLICATION = "as_of_publication"

_POINT = re.compile(
    r"(?P<year>(?:18|19|20|21)\d\d)"
    r"(?:-(?P<part>H[12]|Q[1-4]|0[1-9]|1[0-2])"
    r"(?:-(?:(?P<end>end)|(?P<day>0[1-9]|[12]\d|3[01])))?)?"
)
_LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FORMS = (
    f"{AT_PUBLICATION}, 2024, 2025-H1, 2025-Q3, 2025-05, 2025-05-end, 2025-05-31, since 2022 "
    "or 2025-01 to 2025-11"
)


@dataclass(frozen=True, slots=True)
class Period:
    """When a fact holds. ``year`` is None for the time of publication.

    ``part`` is H1, H2, Q1 to Q4, a month (01 to 12), or empty for the whole year. ``is_start`` says
    that the fact holds since then, ``is_end`` that it is of the end of the month. ``to`` is the
    last point of a stretch that begins here.
    """

    year: int | None
    part: str = ""
    day: int | None = None
    is_start: bool = False
    is_end: bool = False
    to: Period | None = None

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period that ``2024``, ``2025-H1``, ``2025-05-end`` or ``since 2022`` means.

        Raises:
            Unfit: the text is none of these, or a day that does not exist.
        """
        if text == AT_PUBLICATION:
            return cls(year=None)
        if text.startswith("since "):
            point = _point(text.removeprefix("since "), text)
            return cls(point.year, point.part, point.day, is_start=True)
        first, separator, last = text.partition(" to ")
        point = _point(first, text)
        if not separator:
            return point
        end = _point(last, text)
        if point.order >= end.order or bool(point.part) != bool(end.part):
            raise Unfit(
                f'"{text}" is no stretch of time', "write both ends alike, the earlier first"
            )
        return cls(point.year, point.part, point.day, to=end)

    @property
    def order(self) -> tuple[int, int, int]:
        """A key to sort by: year, month in which the period begins, day; publication comes last."""
        if self.year is None:
            return (9999, 0, 0)
        if not self.part:
            return (self.year, 1, 1)
        kind, number = self.part[0], int(self.part[-1])
        month = {"H": 6 * number - 5, "Q": 3 * number - 2}.get(kind)
        return (self.year, month or int(self.part), self.day or (31 if self.is_end else 1))


def _point(text: str, whole: str) -> Period:
    match = _POINT.fullmatch(text)
    if match is None:
        raise Unfit(f'"{whole}" is no period', f"write {_FORMS}")
    part, day = match["part"] or "", int(match["day"]) if match["day"] else None
    if (day or match["end"]) and not part.isdigit():
        raise Unfit(f'"{whole}" is no period', f"write {_FORMS}")
    if day and day > _LAST_DAYS[int(part) - 1]:
        raise Unfit(f'"{whole}" is a day that does not exist', "check month and day")
    return Period(int(match["year"]), part, day, is_end=bool(match["end"]))
