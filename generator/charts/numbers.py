"""Numbers of charts as text: for cells and caches with all digits, and for the eye."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from generator.errors import ChartError

_LARGEST = 307  # power of ten; a cell holds a double


def number_text(value: Decimal) -> str:
    """Return a number as both a cell and the chart's cache hold it, with all its digits.

    Raises:
        ChartError: the value is no finite number, or beyond what a worksheet can hold.
    """
    text = str(value)
    if len(text) < 20 and "E" not in text and text[-1].isdecimal() and text[:2] != "-0":
        return text  # what nearly all numbers are
    if value.is_finite():
        if not value:
            return f"{abs(value):f}" if value.adjusted() >= -20 else "0"
        power = value.adjusted()
        if -20 <= power <= 20:
            return f"{value:f}"
        if -_LARGEST <= power <= _LARGEST:
            return str(value)
    raise ChartError(f'"{value}" is no number that a chart can show', None, "give a finite number")


def serial_day(day: datetime.date) -> Decimal:
    """Return a day as worksheets count it (ECMA-376 Part 1, 18.17.4.1, epoch 1900).

    Raises:
        ChartError: the day lies before March 1900, where worksheets count wrongly.
    """
    number = (day - datetime.date(1899, 12, 30)).days
    if number < 61:
        raise ChartError(f"the day {day} cannot stand on an axis of time", None,
                         "give days from March 1900 on, or texts")  # fmt: skip
    return Decimal(number)


#: ``0.0``, ``#,##0.00``, ``General``, with texts in quotes around; the part that can be printed.
_CODE = re.compile(
    r'(?P<before>(?:"[^"]*")?)(?P<core>General|(?P<group>#,##)?0(?:\.(?P<places>0+))?)'
    r'(?P<percent>%?)(?P<after>(?:"[^"]*")?)'
)


@lru_cache(maxsize=256)
def _code_parts(code: str) -> tuple[str, bool, int | None, bool, str] | None:
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    places = None if found["core"] == "General" else len(found["places"] or "")
    return (found["before"].strip('"'), bool(found["group"]), places, bool(found["percent"]),
            found["after"].strip('"'))  # fmt: skip


def formatted(value: Decimal, code: str) -> str | None:
    """Return a number as Office prints it by a number format; None for a format we do not read."""
    parts = _code_parts(code)
    if parts is None:
        return _day_text(value, code)
    before, grouped, places, percent, after = parts
    exact = value * (100 if percent else 1)
    if places is None:
        exact = exact.normalize() if exact else Decimal(0)
        text = f"{exact:,f}" if grouped else f"{exact:f}"
    else:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        text = f"{exact:,f}" if grouped else f"{exact:f}"
    sign = "-" if text.startswith("-") else ""
    return f"{sign}{before}{text.removeprefix('-')}{'%' if percent else ''}{after}"


_DAY_PIECES = {"yyyy": "%Y", "mm": "%m", "dd": "%d"}


def _day_text(value: Decimal, code: str) -> str | None:
    """Return the day that a number stands for by a format such as ``yyyy-mm``; None for others."""
    pieces = re.split(r"(yyyy|mm|dd|m|d)", code)
    if not {"yyyy", "mm", "m"} & set(pieces) or re.search(r"[0#a-zA-Z]", "".join(pieces[::2])):
        return None
    day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))
    words = {"m": str(day.month), "d": str(day.day)}
    return "".join(
        day.strftime(_DAY_PIECES[piece]) if piece in _DAY_PIECES else words.get(piece, piece)
        for piece in pieces
    ).replace('"', "")


def format_of(values: tuple[Decimal | None, ...], before: str = "", after: str = "") -> str:
    """Return a number format that prints all of the values with the digits they have.

    Numbers of 10,000 and more are grouped; where the values differ in digits, each keeps its own.
    """
    numbers = [value for value in values if value is not None]
    places = {max(0, -int(number.as_tuple().exponent)) for number in numbers}
    if len(places) > 1:
        core = "General"
    else:
        digits = places.pop() if places else 0
        whole = "#,##0" if any(abs(number) >= 1000 for number in numbers) else "0"
        core = whole + ("." + "0" * digits if digits else "")
    return f"{_quoted(before)}{core}{_quoted(after)}"


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), "")}"' if text else ""
