"""Data files of single templates: YAML, JSON and tables of text become names with exact values.

Numbers are whole numbers or decimals, never binary fractions. What is no file is none of this
module's business: it reads bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from generator.errors import (
    DataError,
    Location,
    Problem,
    SourceFormatError,
    near_name_hint,
)
from generator.model.limits import limits_in_force
from generator.sources.delimited import (
    announced,
    find_separator,
    header_problems,
    lines_of,
    place_in,
    table_text,
    uneven,
    without_empty_end,
)

#: File ending -> format.
ENDINGS = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".csv": "csv", ".tsv": "tsv"}
FORMATS = ("yaml", "json", "csv", "tsv")
#: What a list of a file is called unless it is given a name.
ROWS = "rows"

_MAX_DIGITS = 1000
_MAX_PROBLEMS = 20
_NUMBER_BEGINS = frozenset("-0123456789")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Records:
    """The names that one file gives, and where each of them stands."""

    values: Mapping[str, object]
    file: str
    place: Callable[[str], Location] = field(repr=False)


def format_of(name: str, otherwise: str | None = None) -> str:
    """Return the format that the ending of a file name stands for, else ``otherwise``.

    Raises:
        SourceFormatError: the ending is none of a data file.
    """
    found = re.search(r"[^/\\](\.[^./\\]*)$", name)
    ending = found[1].lower() if found else ""
    if ending in ENDINGS:
        return ENDINGS[ending]
    if otherwise is not None:
        return otherwise
    raise SourceFormatError(
        f'data files do not end in "{ending}"' if ending else "the data file has no ending",
        Location(name),
        near_name_hint(ending, list(ENDINGS)) or f"known: {', '.join(ENDINGS)}; or say --format",
    )


def read_records(data: bytes, file: str, format: str, name: str = ROWS) -> Records:
    """Return what a data file holds. A list at its top, and a table, get the name ``name``.

    The columns of a table with a single row are names too.

    Raises:
        SourceFormatError: the file cannot be read; with line and column where they are known.
    """
    most = limits_in_force().data_bytes
    if len(data) > most:
        raise SourceFormatError(
            f"the file has more than {most:,} bytes (limit data_bytes)",
            Location(file),
            "split it",
        )
    if format in ("csv", "tsv"):
        return _read_table(data, file, format, name)
    return _read_yaml(data, file, name) if format == "yaml" else _read_json(data, file, name)


def merge_records(sources: Sequence[Records]) -> dict[str, object]:
    """Return the names of all files together.

    Raises:
        DataError: two files give the same name; with both places, for each such name.
    """
    owners: dict[str, Records] = {}
    problems: list[Problem] = []
    for source in sources:
        for name in source.values:
            if name in owners:
                first = owners[name].place(name)
                problems.append(
                    Problem(
                        f'the name "{name}" is given a second time; the first stands in {first}',
                        source.place(name),
                        "rename one of them"
                        + (", or name the lists with --name" if name == ROWS else ""),
                        code=DataError.code,
                    )
                )
            owners.setdefault(name, source)
    if problems:
        raise DataError.of(problems)
    return {name: source.values[name] for name, source in owners.items()}


def plain_value(text: str) -> object:
    """Return the number that a text plainly is, else the text: ``007`` and ``1e5`` are text."""
    if text[:1] not in _NUMBER_BEGINS or len(text) > _MAX_DIGITS or _NUMBER.fullmatch(text) is None:
        return text
    number: int | Decimal = Decimal(text) if "." in text else int(text)
    return number if str(number) == text else text


# -- YAML and JSON -----------------------------------------------------------------------------


def _read_yaml(data: bytes, file: str, name: str) -> Records:
    from generator.sources.yaml_text import read_yaml

    try:
        document = read_yaml(data, file)
    except SourceFormatError as error:
        mark = getattr(error.__cause__, "problem_mark", None)
        if mark is None or error.where is None:
            raise
        where = error.where.inside(f"column {mark.column + 1}")
        raise SourceFormatError(error.message, where, error.hint) from error
    value = {} if document.value is None else document.value

    def place(key: str) -> Location:
        return Location(file, line=document.lines.get((key,), document.lines.get((), 1)))

    return Records(_named(value, file, name), file, place)


def _named(value: object, file: str, name: str) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {name: value}
    raise SourceFormatError(
        "the file holds a single value without a name", Location(file, line=1),
        "write name: value",
    )  # fmt: skip


class _TwiceError(Exception):
    """A key stands twice in one object."""


def _read_json(data: bytes, file: str, name: str) -> Records:
    text = _utf8(data, file)
    value = _json_value(text, file)

    def place(key: str) -> Location:
        found = (offset for depth, word, offset in _keys(text) if depth == 1 and word == key)
        offset = next(found, None) if isinstance(value, dict) else None
        return Location(file, line=1) if offset is None else place_in(text, offset, file)

    return Records(_named(value, file, name), file, place)


def read_json_value(data: bytes, file: str) -> object:
    """Return the value that JSON text holds, its numbers exact.

    Raises:
        SourceFormatError: it is not valid, holds a key twice, or more than the limits allow.
    """
    return _json_value(_utf8(data, file), file)


def _utf8(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceFormatError(
            "the file is not UTF-8 text",
            Location(file, line=data[: error.start].count(b"\n") + 1),
            "save it as UTF-8",
        ) from error


def _json_value(text: str, file: str) -> Any:

    def fail(number: str) -> NoReturn:
        offset = _offset_of(text, number)
        raise SourceFormatError(
            f'"{number[:40]}" is no number that can be printed', place_in(text, offset, file),
            "write the number in plain digits, or in quotes",
        )  # fmt: skip

    _check_extent(text, file)
    try:
        value: Any = json.loads(
            text,
            parse_float=lambda number: _decimal(number, fail),
            parse_int=lambda number: int(number) if len(number) <= _MAX_DIGITS else fail(number),
            parse_constant=fail,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        empty = not text.strip()
        raise SourceFormatError(
            "the file is empty" if empty else f"this is not valid JSON: {_reason(error)}",
            place_in(text, error.pos, file),
            'write at least "{}"' if empty else "check commas, quotes and brackets there",
        ) from error
    except RecursionError as error:
        raise SourceFormatError("the file is nested too deep", Location(file),
                                "make it flatter") from error  # fmt: skip
    except _TwiceError as error:
        raise _second_key(text, file) from error

    _check_depth(value, file)
    return value


def _check_extent(text: str, file: str) -> None:
    """Refuse more values than memory is meant for, before they are made."""

    def count(text: str) -> int:
        return text.count(",") + text.count("[") + text.count("{")

    most = limits_in_force().json_values
    if count(text) > most and count(_JSON_STRING.sub("", text)) > most:
        raise SourceFormatError(
            f"the file holds more than {most:,} values (limit json_values)",
            Location(file), "split it, or write it as .csv",
        )  # fmt: skip


def _check_depth(value: object, file: str) -> None:
    """Refuse values that lie too deep, and texts that are too long."""
    limits = limits_in_force()
    level = [value]
    for depth in range(limits.data_depth + 2):
        texts = (item for item in level if type(item) is str)
        if any(len(text) > limits.value_characters for text in texts):
            raise SourceFormatError(
                f"a value has more than {limits.value_characters:,} characters "
                "(limit value_characters)",
                Location(file), "shorten it",
            )  # fmt: skip
        inner: list[object] = []
        for item in level:
            if type(item) is dict:
                inner += item.values()
            elif type(item) is list:
                inner += item
        if not inner:
            return
        level = inner
        if depth == limits.data_depth:
            raise SourceFormatError(f"the file is nested more than {limits.data_depth} levels deep "
                                    "(limit data_depth)",
                                    Location(file), "make it flatter")  # fmt: skip


def _reason(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]


def _decimal(text: str, fail: Callable[[str], NoReturn]) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond all numbers
        fail(text)
    if not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS or len(text) > _MAX_DIGITS:
        fail(text)
    return Decimal(f"{number:f}")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _TwiceError
    return result


_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"')
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')
_JSON_BARE = re.compile(r'"(?:[^"\\]|\\.)*"|(-?[0-9][0-9.eE+-]*|-?Infinity|NaN)')


def _keys(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield the keys of well-formed JSON: depth of their object, key, offset."""
    depth, last = 0, None
    for token in _JSON_TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
        elif sign == ":" and last is not None:
            yield depth, json.loads(last[0], strict=False), last.start()
        last = token


def _second_key(text: str, file: str) -> SourceFormatError:
    """Return the error of the first key that stands twice in its object."""
    objects: list[dict[str, int]] = []
    last = None
    for token in _JSON_TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            objects.append({})
        elif sign in "}]":
            objects.pop()
        elif sign == ":" and last is not None:
            key = json.loads(last[0], strict=False)
            if key in objects[-1]:
                line = text.count("\n", 0, objects[-1][key]) + 1
                return SourceFormatError(
                    f'the key "{key}" stands here a second time',
                    place_in(text, last.start(), file),
                    f"it was written in line {line} already; keep one of them",
                )  # fmt: skip
            objects[-1][key] = last.start()
        last = token
    return SourceFormatError("a key stands twice in one object", Location(file))


def _offset_of(text: str, number: str) -> int:
    return next((m.start(1) for m in _JSON_BARE.finditer(text) if m[1] == number), 0)


# -- tables ------------------------------------------------------------------------------------


def _read_table(data: bytes, file: str, format: str, name: str) -> Records:
    text = table_text(data, file)
    first, text = announced(text)
    separator = "\t" if format == "tsv" else first or find_separator(text)
    skipped = 1 if first else 0
    lines = list(lines_of(text, separator, file, skipped))
    if not lines:
        raise SourceFormatError(
            "the table is empty", Location(file, line=1), "begin it with a line of column names"
        )
    header_line, header = lines[0]
    header = without_empty_end(header, lines[1:])
    names = [cell.strip() for cell in header]
    problems = list(header_problems(names, Location(file, line=header_line)))
    rows: list[dict[str, object]] = []
    for line, cells in lines[1:]:
        extra = cells[len(names) :]
        if len(cells) < len(names) or any(extra):
            problems.append(uneven(cells, names, Location(file, line=line)))
        rows.append({n: plain_value(c) for n, c in zip(names, cells, strict=False)})
    if problems:
        raise SourceFormatError.of(problems[:_MAX_PROBLEMS])
    values: dict[str, object] = {name: rows}
    if len(rows) == 1:
        if name in rows[0]:
            raise SourceFormatError(
                f'the column "{name}" is called like the list of rows',
                Location(file, (f'column "{name}"',), header_line),
                "choose another name for the list with --name",
            )
        values |= rows[0]
    return Records(values, file, lambda _: Location(file, line=header_line))
