"""Decimal functions for SQLite: what a query over datasets calculates with.

SQLite keeps a number as a whole number of 64 bits or as a binary fraction. A decimal is handed over
only if the same decimal comes back, which holds for all of up to 15 digits; any other number stops
the query.
Division and means are rounded half up to 15 significant digits, all else is exact.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

_DIGITS = 15
#: Room for sums and products of any such numbers.
_WIDE = Context(prec=400, Emin=-999_999, Emax=999_999)
_SHORT = Context(prec=_DIGITS, rounding=ROUND_HALF_UP)
_LARGEST = 2**63

Stored = int | float | str | None


class InexactError(Exception):
    """A number that SQLite could not give back as it is."""


def stored(number: Decimal) -> int | float:
    """Return a number as SQLite keeps it.

    Raises:
        InexactError: it has too many digits to come back the same.
    """
    if number == number.to_integral_value() and abs(number) < _LARGEST:
        return int(number)
    found = float(number)
    if Decimal(repr(found)) != number:
        digits = len(number.normalize(_WIDE).as_tuple().digits)
        raise InexactError(f"a number has {digits} digits, and a query is exact up to {_DIGITS}")
    return found


def restored(value: object) -> Decimal | None:
    """Return the decimal that a number of SQLite stands for; texts are read as numbers, too.

    Raises:
        InexactError: the value is no number.
    """
    if value is None:
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    raise InexactError(f'"{str(value)[:40]}" is not a number, and cannot be calculated with')


def _binary(work: Callable[[Decimal, Decimal], Decimal]) -> Callable[[object, object], Stored]:
    def calculate(left: object, right: object) -> Stored:
        first, second = restored(left), restored(right)
        if first is None or second is None:
            return None
        with localcontext(_WIDE):
            return stored(work(first, second))

    return calculate


def _divide(left: object, right: object) -> Stored:
    first, second = restored(left), restored(right)
    if first is None or second is None or not second:
        return None
    return stored(_SHORT.divide(first, second))


def _remainder(left: object, right: object) -> Stored:
    first, second = restored(left), restored(right)
    if first is None or second is None or not second:
        return None
    with localcontext(_WIDE):
        return stored(first % second)


def _round(value: object, places: object = 0) -> Stored:
    number = restored(value)
    if number is None or not isinstance(places, int):
        return None
    with localcontext(_WIDE):
        return stored(number.quantize(Decimal(1).scaleb(-min(max(places, 0), 30)), ROUND_HALF_UP))


def _share(part: object, whole: object) -> Stored:
    first, second = restored(part), restored(whole)
    if first is None or second is None or not second:
        return None
    return stored(_SHORT.divide(_WIDE.multiply(first, Decimal(100)), second))


def _growth(now: object, before: object) -> Stored:
    first, second = restored(now), restored(before)
    if first is None or second is None or not second:
        return None
    rise = _WIDE.multiply(_WIDE.subtract(first, second), Decimal(100))
    return stored(_SHORT.divide(rise, abs(second)))


class _Sum:
    """An exact sum that rows can enter and leave: an aggregate, and one over a window."""

    def __init__(self) -> None:
        self.total, self.count = Decimal(0), 0

    def step(self, value: object) -> None:
        number = restored(value)
        if number is not None:
            self.total, self.count = _WIDE.add(self.total, number), self.count + 1

    def inverse(self, value: object) -> None:
        number = restored(value)
        if number is not None:
            self.total, self.count = _WIDE.subtract(self.total, number), self.count - 1

    def value(self) -> Stored:
        return stored(self.total) if self.count else None

    def finalize(self) -> Stored:
        return self.value()


class _Total(_Sum):
    def value(self) -> Stored:
        return stored(self.total)


class _Mean(_Sum):
    def value(self) -> Stored:
        return stored(_SHORT.divide(self.total, Decimal(self.count))) if self.count else None


def register(connection: sqlite3.Connection, failures: list[str]) -> None:
    """Give a connection the functions; why one fails is noted, as SQLite does not tell."""

    def told(work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any) -> Any:
            try:
                return work(*values)
            except InexactError as error:
                failures.append(str(error))
                raise

        return call

    for name, count, work in (
        ("exact_add", 2, _binary(lambda a, b: a + b)),
        ("exact_subtract", 2, _binary(lambda a, b: a - b)),
        ("exact_multiply", 2, _binary(lambda a, b: a * b)),
        ("exact_divide", 2, _divide), ("exact_remainder", 2, _remainder),
        ("round", 1, _round), ("round", 2, _round), ("share", 2, _share), ("growth", 2, _growth),
    ):  # fmt: skip
        connection.create_function(name, count, told(work), deterministic=True)
    for name, kind in (("sum", _Sum), ("total", _Total), ("avg", _Mean)):
        members = {
            member: told(getattr(kind, member))
            for member in ("step", "inverse", "value", "finalize")
        }
        told_kind = type(kind.__name__, (kind,), members)
        connection.create_window_function(name, 1, told_kind)
