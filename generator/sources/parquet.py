"""Parquet files as tables, by DuckDB (an extra)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generator.errors import DataError, Location, Problem, SourceFormatError
from generator.model.dataset import Column, Origin
from generator.model.limits import limits_in_force
from generator.sources.delimited import header_problems
from generator.sources.duckdb_engine import duckdb_connection, kind_of, told_reason
from generator.sources.nested import flat_rows
from generator.sources.raw_table import RawTable, without_scale

_SECONDS = 60.0
_AT_ONCE = 10_000
#: Kinds that are read by the text that DuckDB gives them, which for a short fraction is exact.
_AS_TEXT = frozenset(
    ("FLOAT", "TIME", "TIME WITH TIME ZONE", "INTERVAL", "UUID", "JSON", "ENUM", "BIT")
)


def read_parquet(data: bytes, file: str, where: Location) -> RawTable:
    """Return the table in a Parquet file; ``where`` is the place of the definition.

    A structure becomes a column for each of its fields, a list one text.

    Raises:
        DataError: DuckDB is not installed.
        SourceFormatError: the file is no Parquet file, damaged, or beyond a limit.
    """
    if data[:4] != b"PAR1":
        raise SourceFormatError("the file is no Parquet file, or encrypted", Location(file),
                                "check the name and the format")  # fmt: skip
    with TemporaryDirectory(prefix="parquet-") as folder:
        path = Path(folder).resolve() / "table.parquet"
        path.write_bytes(data)
        with duckdb_connection(where, path, _SECONDS) as connection:
            return _read(connection, str(path), file)


def _read(connection: Any, path: str, file: str) -> RawTable:
    import duckdb

    quoted = "'" + path.replace("'", "''") + "'"
    origin = Origin("file", file, counted="row")
    try:
        found = connection.execute(f"describe select * from read_parquet({quoted})").fetchall()
        names = [str(row[0]) for row in found]
        kinds = [kind_of(row[1]) for row in found]
        _check_width(len(names), file)
        chosen = ", ".join(_chosen(n, k) for n, k in zip(names, kinds, strict=True))
        result = connection.execute(f"select {chosen} from read_parquet({quoted})")
        rows = _rows(result, len(names), file)
    except duckdb.Error as error:
        is_late = isinstance(error, duckdb.InterruptException)
        raise SourceFormatError(
            f"the file takes more than {_SECONDS:.0f} seconds" if is_late
            else f"the Parquet file cannot be read: {told_reason(error).replace(path, file)}",
            Location(file), "split it" if is_late else "write it again",
        ) from error  # fmt: skip
    problems: list[Problem] = []
    shorts = {place for place, kind in enumerate(kinds) if kind == "FLOAT"}
    plain = [
        {
            name: _plain(value, place in shorts, origin, number, name, problems)
            for place, (name, value) in enumerate(zip(names, row, strict=True))
        }
        for number, row in enumerate(rows, 1)
    ]
    flat = flat_rows(plain)
    names = list(dict.fromkeys(name for row in flat for name in row)) or names
    table = RawTable(origin, names, problems=problems)
    table.problems += header_problems(names, Location(file))
    for number, row in enumerate(flat, 1):
        table.add(number, [row.get(name) for name in names])
    return table


def _chosen(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    return f"cast({quoted} as varchar) as {quoted}" if kind in _AS_TEXT else quoted


def _check_width(columns: int, file: str) -> None:
    most = limits_in_force().data_columns
    if columns > most:
        raise SourceFormatError(f"the table has more than {most:,} columns (limit data_columns)",
                                Location(file), "split it")  # fmt: skip


def _rows(result: Any, width: int, file: str) -> list[tuple[Any, ...]]:
    limits = limits_in_force()
    rows: list[tuple[Any, ...]] = []
    while chunk := result.fetchmany(_AT_ONCE):
        rows += chunk
        for count, most, what in (
            (len(rows), limits.data_rows, "rows"),
            (len(rows) * width, limits.data_cells, "cells"),
        ):
            if count > most:
                raise SourceFormatError(
                    f"the table has more than {most:,} {what} (limit data_{what})",
                    Location(file), "split it",
                )  # fmt: skip
    return rows


def _plain(
    value: Any, is_short: bool, origin: Origin, number: int, name: str, problems: list[Problem]
) -> object:
    """Return a value as tables have it; what is none becomes a problem."""
    if value is not None and is_short:  # the shortest text of a fraction of 32 bits
        value = Decimal(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not value.is_finite():
        problems.append(_problem(f'"{value}" is not a number', origin, number, name))
        return None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return without_scale(value)
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return value
    if isinstance(value, Mapping):
        return {
            str(key): _plain(own, False, origin, number, f"{name}.{key}", problems)
            for key, own in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_plain(own, False, origin, number, name, problems) for own in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        problems.append(_problem("the value is bytes, not a text or number", origin, number, name))
        return None
    return str(value)


def _problem(message: str, origin: Origin, number: int, name: str) -> Problem:
    return Problem(message, origin.where(number, Column(name, "text")),
                   "write the column as text or numbers", code=DataError.code)  # fmt: skip
