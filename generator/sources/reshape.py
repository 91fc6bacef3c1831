"""Queries over datasets in an embedded engine: rows in memory, nothing else within reach."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from time import monotonic

from generator.errors import DataError, Location, near_name_hint
from generator.model.dataset import Dataset, Origin, Value
from generator.sources.exact_functions import InexactError, register, restored, stored
from generator.sources.exact_sql import check_statement, exact, tokens_of
from generator.sources.formats import bound_formats, is_too_wide
from generator.sources.raw_table import RawTable

#: Seconds that a query may take.
SECONDS = 30.0
_LONGEST = 100_000_000
_READS = frozenset(
    (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
)
#: Functions that give another result each time, or reach out.
_REFUSED = frozenset(
    ("random", "randomblob", "load_extension", "current_date", "current_time", "current_timestamp",
     "sqlite_compileoption_get", "fts3_tokenizer", "zeroblob")
)  # fmt: skip
_TYPES = {"integer": "INTEGER", "boolean": "INTEGER"}


def run_query(
    query: str, parameters: Mapping[str, object], told: Sequence[tuple[str, str]],
    datasets: Mapping[str, Dataset], limit: int, where: Location,
) -> RawTable:  # fmt: skip
    """Return the rows of a query in SQLite over those datasets that it names.

    ``told`` are the parameters as they may be told.

    Raises:
        DataError: it is no query, fails, takes too long, or cannot be calculated exactly.
    """
    text = exact(check_statement(query, where), where)
    used = used_datasets(query, datasets)
    failures: list[str] = []
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        register(connection, failures)
        bound_formats(connection)
        for name in used:
            _load(connection, datasets[name], where)
        _close_off(connection)
        found = connection.execute(text, {k: _bound(v) for k, v in parameters.items()})
        origin = Origin("query", "query", query=query, inputs=tuple(used),
                        parameters=tuple(told))  # fmt: skip
        table = RawTable(origin, [column[0] for column in found.description])
        for number, row in enumerate(found, 1):
            if number > limit:
                raise DataError(f"the query gives more than {limit:,} rows (limit)", where,
                                "narrow it, or raise limit:")  # fmt: skip
            table.add(number, [_plain(value, where) for value in row])
    except (sqlite3.Error, InexactError) as error:
        raise _failure(error, failures, datasets, where) from error
    finally:
        connection.close()
    return table


def used_datasets(query: str, datasets: Mapping[str, Dataset]) -> list[str]:
    """Return the datasets that a query names."""
    words = words_of(query)
    return [name for name in datasets if name in words]


def words_of(query: str) -> set[str]:
    """Return all names of a query, in small letters."""
    return {token.text.strip('"`[]').lower() for token in tokens_of(query) if token.kind == "name"}


def quoted(name: str) -> str:
    """Return a name as SQL writes it in quotes."""
    return '"' + name.replace('"', '""') + '"'


def _load(connection: sqlite3.Connection, dataset: Dataset, where: Location) -> None:
    columns = ", ".join(f"{quoted(c.name)} {_TYPES.get(c.type, '')}" for c in dataset.columns)
    try:
        connection.execute(f"create table {quoted(dataset.name)} ({columns})")
    except sqlite3.OperationalError as error:
        raise DataError(f'the dataset "{dataset.name}" cannot be asked: {error}', where,
                        "rename its columns with from:") from error  # fmt: skip
    marks = ", ".join("?" * len(dataset.columns))
    connection.execute("begin")
    for row, number in zip(dataset.rows, dataset.numbers, strict=True):
        try:
            values = [_bound(value) for value in row]
        except InexactError as error:
            name = next(c for c, v in zip(dataset.columns, row, strict=True) if _is_long(v))
            raise DataError(
                f"{error}", dataset.origin.where(number, name),
                "round it, declare the column as text, or write engine: duckdb",
            ) from error  # fmt: skip
        connection.execute(f"insert into {quoted(dataset.name)} values ({marks})", values)
    connection.execute("commit")


def _is_long(value: Value) -> bool:
    try:
        _bound(value)
    except InexactError:
        return True
    return False


def _bound(value: object) -> int | float | str | None:
    """Return a value as SQLite keeps it: days as texts, which its functions for days read."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return stored(Decimal(value))
    if isinstance(value, Decimal):
        return stored(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)


def _plain(value: object, where: Location) -> object:
    if isinstance(value, float):
        number = restored(value)
        assert number is not None
        if not number.is_finite():
            raise DataError("the query gives a number without end", where, "check its divisions")
        return Decimal(f"{number:f}")
    if isinstance(value, bytes):
        raise DataError("the query gives bytes", where, "give texts and numbers")
    return value


def _close_off(connection: sqlite3.Connection) -> None:
    """From here on only reading is allowed, for a limited time."""

    def allowed(action: int, first: str | None, second: str | None, *_: object) -> int:
        if action not in _READS:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _REFUSED:
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    until = monotonic() + SECONDS
    connection.set_authorizer(allowed)
    connection.set_progress_handler(lambda: int(monotonic() > until), 100_000)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)


def _failure(
    error: Exception, failures: list[str], datasets: Mapping[str, Dataset], where: Location
) -> DataError:
    told = str(error)
    if failures:
        return DataError(f"the query cannot be calculated exactly: {failures[0]}", where,
                         "round() what is multiplied, or write engine: duckdb")  # fmt: skip
    if is_too_wide(told):
        return DataError("printf is given a width that no text needs", where,
                         "write at most three digits, and no star")  # fmt: skip
    if "interrupted" in told:
        return DataError(f"the query takes more than {SECONDS:.0f} seconds", where, "narrow it")
    return query_failure(told, datasets, where)


def query_failure(told: str, datasets: Mapping[str, Dataset], where: Location) -> DataError:
    """Return the error of a query from what SQLite or DuckDB says of it."""
    if "prohibited" in told or "not authorized" in told or "Permission Error" in told:
        return DataError(f"the query does what a query may not: {told}", where,
                         "it can only read the datasets above it")  # fmt: skip
    missing = re.search(r"no such table: (\S+)|Table with name (\S+) does not exist", told)
    if missing:
        name = missing[1] or missing[2]
        return DataError(
            f'there is no dataset "{name}" above this one', where,
            near_name_hint(name, list(datasets))
            or f"above it: {', '.join(datasets) or 'none'}",
        )  # fmt: skip
    column = re.search(r'no such column: (\S+)|Referenced column "([^"]+)"', told)
    if column:
        name = column[1] or column[2]
        known = [name for dataset in datasets.values() for name in dataset.names]
        return DataError(f'no dataset of the query has a column "{name}"', where,
                         near_name_hint(name.split(".")[-1], known)
                         or f"there are: {', '.join(dict.fromkeys(known))}")  # fmt: skip
    if "did not supply a value" in told:
        return DataError(f"the query fails: {told}", where, "add it under parameters:")
    return DataError(f"the query fails: {told}", where, "correct the query")
