"""Columns get types, and values are held against them; every value that does not fit is a problem.

Numbers of text become exact decimals; nothing passes through a binary fraction here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from generator.errors import (
    DataError,
    MissingColumnError,
    Problem,
    ValueTypeError,
    near_name_hint,
)
from generator.model.dataset import Column, ColumnType, Dataset, Value, digest_of_rows
from generator.model.dataset_definition import ColumnDefinition, DatasetDefinition
from generator.model.limits import limits_in_force
from generator.sources.raw_table import RawTable

_MOST_PROBLEMS = 100
_MOST_DIGITS = 1000
_NUMBER = re.compile(
    r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII
)
_WHOLE = r"(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)"
_PLAIN_INTEGER = re.compile(rf"-?{_WHOLE}", re.ASCII)
_PLAIN_NUMBER = re.compile(rf"-?{_WHOLE}(?:\.\d+)?", re.ASCII)
_WIDE_SIGNS = str.maketrans("０１２３４５６７８９．，－＋％", "0123456789.,-+%")
_UNIT_BEHIND = re.compile(r"[-+]?[\d,]+(?:\.\d+)?\s?([%‰]|[^\W\d_]{1,6})")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)-(\d\d)|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_PLAIN_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[-+]\d\d:?\d\d)?")
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}
_NAMES: dict[ColumnType, str] = {
    "text": "text", "integer": "a whole number", "number": "a number", "date": "a date",
    "datetime": "a time with a date", "boolean": "true or false",
}  # fmt: skip


class _Misfit(Exception):  # noqa: N818 - a reason that becomes a problem
    """A value that does not fit its column."""


def typed_dataset(
    name: str, raw: RawTable, definition: DatasetDefinition, file: str, line: int | None
) -> Dataset:
    """Return the dataset of a table: with the types that the definition names, else with its own.

    Raises:
        DataError: with a problem for each column that is missing and each value that does not fit.
    """
    problems = list(raw.problems)
    if "" in raw.names or len(set(raw.names)) < len(raw.names):
        # where names are wrong, so is what is below them
        raise DataError.of(_first(problems or list(_wrong_names(raw))))
    limits = limits_in_force()
    for count, most, what in (
        (len(raw.names), limits.data_columns, "columns"),
        (len(raw.names) * len(raw.rows), limits.data_cells, "cells"),
    ):
        if count > most:
            raise DataError(f"the table has more than {most:,} {what} (limit data_{what})",
                            raw.origin.where(), "leave out what is not needed")  # fmt: skip
    problems += _without_missing(raw, definition.missing)
    plan = _plan(raw, definition, problems)
    columns = [item.column for item in plan]
    shown = [list(_values(item, raw, problems)) for item in plan]
    if problems:
        raise DataError.of(_first(problems))
    rows = tuple(zip(*shown, strict=True))
    return Dataset(
        name, tuple(columns), rows, tuple(raw.numbers), raw.origin, definition.source, file, line,
        digest_of_rows(columns, rows),
    )  # fmt: skip


def _wrong_names(raw: RawTable) -> Iterator[Problem]:
    """Yield columns without a name, or with that of another, in sources that do not tell."""
    for name, count in Counter(raw.names).items():
        if name and count == 1:
            continue
        told = f'{count} columns have the name "{name}"' if name else "a column has no name"
        yield Problem(told, raw.origin.where(), "give each column a name of its own, in a query "
                      "with as", code=DataError.code)  # fmt: skip


def _first(problems: Sequence[Problem]) -> list[Problem]:
    if len(problems) <= _MOST_PROBLEMS:
        return list(problems)
    more = Problem(f"and {len(problems) - _MOST_PROBLEMS:,} more problems like these",
                   problems[0].where, code=DataError.code)  # fmt: skip
    return [*problems[:_MOST_PROBLEMS], more]


@dataclass(frozen=True, slots=True)
class _Planned:
    column: Column
    position: int | None
    is_declared: bool
    unit: str | None = None


def _plan(raw: RawTable, definition: DatasetDefinition, problems: list[Problem]) -> list[_Planned]:
    """Return the columns of a table in order, with the name that the definition gives each."""
    found = {}
    for name, wanted in definition.columns.items():
        source = wanted.source_name or name
        if source in raw.names:
            found[raw.names.index(source)] = (name, wanted)
        elif not wanted.optional:
            problems.append(
                Problem(f'there is no column "{source}"', raw.origin.where(),
                        near_name_hint(source, raw.names)
                        or f"there are: {', '.join(raw.names[:12])}",
                        code=MissingColumnError.code)
            )  # fmt: skip
    planned = []
    for position, own in enumerate(raw.names):
        name, wanted = found.get(position, (own, ColumnDefinition()))
        letter = raw.letters[position] if raw.letters else ""
        values = [row[position] for row in raw.rows]
        type = wanted.type or _inferred(values, raw.is_text)
        planned.append(
            _Planned(
                Column(name, type, letter, wanted.unit or ""),
                position,
                wanted.type is not None,
                wanted.unit,
            )
        )
    for name, wanted in definition.columns.items():
        if wanted.optional and (wanted.source_name or name) not in raw.names:
            planned.append(_Planned(Column(name, wanted.type or "text"), None, True))
    names = Counter(item.column.name for item in planned)
    for name, count in names.items():
        if count > 1 and raw.names.count(name) < 2:  # else its reader says so
            problems.append(
                Problem(f'the column name "{name}" is given twice', raw.origin.where(),
                        "rename one of them with from:", code=DataError.code)
            )  # fmt: skip
    return planned


def _without_missing(raw: RawTable, missing: Sequence[str]) -> Iterator[Problem]:
    """Put None in the place of the texts that mean none."""
    texts = frozenset(missing)
    for row in raw.rows if texts else ():
        for position, value in enumerate(row):
            if isinstance(value, str) and value.strip() in texts:
                row[position] = None
    yield from ()


# -- the type that a column has of its own ---------------------------------------------------


def _inferred(values: Sequence[object], is_text: bool) -> ColumnType:
    known = [value for value in values if value is not None]
    if not known:
        return "text"
    if all(isinstance(value, str) for value in known):
        texts = [str(value).strip() for value in known]
        for type, pattern in _PLAIN if is_text else _PLAIN[2:]:
            if all(pattern.fullmatch(text) for text in texts) and _all_days(texts, type):
                return type
        return "text"
    kinds = Counter(_kind(value) for value in known)
    if set(kinds) == {"integer", "number"}:
        return "number"
    if set(kinds) == {"date", "datetime"}:
        return "datetime"
    if "number" in kinds:
        kinds["number"] += kinds.pop("integer", 0)
    return max(kinds, key=lambda kind: kinds[kind])


_PLAIN: tuple[tuple[ColumnType, re.Pattern[str]], ...] = (
    ("integer", _PLAIN_INTEGER), ("number", _PLAIN_NUMBER), ("date", _PLAIN_DAY),
    ("datetime", _PLAIN_TIME),
)  # fmt: skip


def _all_days(texts: Sequence[str], type: ColumnType) -> bool:
    """Whether texts that look like days are days of the calendar."""
    if type not in ("date", "datetime"):
        return True
    try:
        for text in texts:
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _kind(value: object) -> ColumnType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal):
        return "number"
    if isinstance(value, datetime):
        return "datetime"
    return "date" if isinstance(value, date) else "text"


# -- values --------------------------------------------------------------------------------------


def _values(item: _Planned, raw: RawTable, problems: list[Problem]) -> Iterator[Value]:
    """Yield the values of a column; those that do not fit become problems."""
    read = _READERS[item.column.type]
    for number, row in zip(raw.numbers, raw.rows, strict=True):
        value = None if item.position is None else row[item.position]
        if value is None:
            yield None
            continue
        if item.unit is not None and isinstance(value, str):
            value = value.strip().removesuffix(item.unit)
        try:
            yield read(value)
        except _Misfit as reason:
            problems.append(_misfit(str(reason), value, item, raw, number))
            yield None


def _misfit(reason: str, value: object, item: _Planned, raw: RawTable, number: int) -> Problem:
    shown, column = str(value)[:60], item.column
    message = reason or f'"{shown}" is not {_NAMES[column.type]}'
    if not item.is_declared:
        message += ", like the others of its column"
    hint = f'list "{shown}" under missing:' if isinstance(value, str) else "correct the value"
    tail = _UNIT_BEHIND.fullmatch(shown) if column.type in ("number", "integer") else None
    if tail is not None:
        hint = f'write columns: {{{column.name}: {{type: {column.type}, unit: "{tail[1]}"}}}}'
    if not item.is_declared:
        hint += f", or say what the column holds: columns: {{{column.name}: text}}"
    return Problem(message, raw.origin.where(number, column), hint, code=ValueTypeError.code)


def _read_text(value: object) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _read_integer(value: object) -> Value:
    if isinstance(value, bool):
        raise _Misfit
    if isinstance(value, int):
        return value
    number = _read_number(value)
    assert isinstance(number, Decimal)
    if number != number.to_integral_value():
        raise _Misfit
    return int(number)


def _read_number(value: object) -> Value:
    if isinstance(value, bool):
        raise _Misfit
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
            raise _Misfit
        return value
    text = value.strip().translate(_WIDE_SIGNS) if isinstance(value, str) else ""
    if not text or len(text) > _MOST_DIGITS or _NUMBER.fullmatch(text) is None:
        raise _Misfit
    number = Decimal(text.replace(",", "").replace("\u2212", "-"))
    return Decimal(f"{number:f}")


def _read_date(value: object) -> Value:
    if isinstance(value, datetime):
        if value.time() != datetime.min.time():
            raise _Misfit(f'"{value}" has a time of day')
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise _Misfit
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _Misfit(f'"{value}" is no day of the calendar') from error


def _read_datetime(value: object) -> Value:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(value.strip() if isinstance(value, str) else "")
    except ValueError as error:
        raise _Misfit from error


def _read_boolean(value: object) -> Value:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in _TRUTHS:
        raise _Misfit
    return _TRUTHS[text]


_READERS: Mapping[ColumnType, Callable[[object], Value]] = {
    "text": _read_text, "integer": _read_integer, "number": _read_number, "date": _read_date,
    "datetime": _read_datetime, "boolean": _read_boolean,
}  # fmt: skip
