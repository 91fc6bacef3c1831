"""Queries over datasets in DuckDB (an extra): sums and products exact, quotients by 15 digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from generator.errors import DataError, Location
from generator.model.dataset import Column, Dataset, Origin, Value
from generator.sources.duckdb_engine import (
    duckdb_connection,
    kind_of,
    short_decimal,
    told_reason,
)
from generator.sources.exact_sql import check_statement, tokens_of
from generator.sources.nested import list_text
from generator.sources.raw_table import RawTable, without_scale
from generator.sources.reshape import SECONDS, query_failure, quoted, used_datasets

_MOST_DIGITS = 38
#: Functions that give another result each time, or tell of the machine.
_REFUSED = frozenset(
    ("random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "now", "today", "nextval",
     "current_date", "current_time", "current_timestamp", "get_current_timestamp",
     "get_current_time", "transaction_timestamp", "localtime", "localtimestamp",
     "current_localtimestamp", "current_localtime", "current_setting", "pragma_version",
     "pragma_platform")
)  # fmt: skip
_MACROS = (
    "create macro share(part, whole) as part * 100 / nullif(whole, 0)",
    "create macro growth(this, before) as (this - before) * 100 / nullif(abs(before), 0)",
)


def run_duckdb_query(
    query: str, parameters: Mapping[str, object], told: Sequence[tuple[str, str]],
    datasets: Mapping[str, Dataset], limit: int, where: Location,
) -> RawTable:  # fmt: skip
    """Return the rows of a query in DuckDB over those datasets that it names.

    ``told`` are the parameters as they may be told.

    Raises:
        DataError: DuckDB is missing; or it is no query, fails, or takes too long.
    """
    text, asked = _text(check_statement(query, where), where)
    unbound = sorted(asked - set(parameters))
    if unbound:
        raise DataError(f'the parameter "{unbound[0]}" has no value', where,
                        "add it under parameters:")  # fmt: skip
    used = used_datasets(query, datasets)
    with duckdb_connection(where, None, SECONDS) as connection:
        import duckdb

        for macro in _MACROS:
            connection.execute(macro)
        for name in used:
            _load(connection, datasets[name])
        try:
            bound = {name: value for name, value in parameters.items() if name in asked}
            result = connection.execute(text, bound) if bound else connection.execute(text)
            origin = Origin("query", "query", query=query, inputs=tuple(used),
                            parameters=tuple(told))  # fmt: skip
            table = RawTable(origin, [str(column[0]) for column in result.description])
            while rows := result.fetchmany(1000):
                for row in rows:
                    if len(table.rows) >= limit:
                        raise DataError(f"the query gives more than {limit:,} rows (limit)", where,
                                        "narrow it, or raise limit:")  # fmt: skip
                    table.add(len(table.rows) + 1, [_plain(value, where) for value in row])
        except duckdb.InterruptException as error:
            raise DataError(f"the query takes more than {SECONDS:.0f} seconds", where,
                            "narrow it") from error  # fmt: skip
        except duckdb.Error as error:
            raise query_failure(told_reason(error), datasets, where) from error
    return table


def _text(query: str, where: Location) -> tuple[str, set[str]]:
    """Return a query with parameters as DuckDB writes them, and their names.

    Raises:
        DataError: it calls what gives another result each time.
    """
    asked: set[str] = set()
    pieces = []
    for token in tokens_of(query):
        if token.word in _REFUSED or token.word.startswith("duckdb_"):
            raise DataError(f'"{token.text}" gives another result each time, or tells of the '
                            "machine", where, "bind a value as a parameter")  # fmt: skip
        if token.kind == "parameter" and token.text[0] in ":@$":
            asked.add(token.text[1:])
            pieces.append(f"${token.text[1:]}")
        else:
            pieces.append(token.text)
    return "".join(pieces), asked


def _load(connection: Any, dataset: Dataset) -> None:
    types = [
        _type(column, [row[place] for row in dataset.rows], dataset)
        for place, column in enumerate(dataset.columns)
    ]
    columns = ", ".join(
        f"{quoted(c.name)} {type}" for c, type in zip(dataset.columns, types, strict=True)
    )
    connection.execute(f"create table {quoted(dataset.name)} ({columns})")
    marks = ", ".join("?" * len(dataset.columns))
    if dataset.rows:
        connection.executemany(
            f"insert into {quoted(dataset.name)} values ({marks})",
            [[_bound(value) for value in row] for row in dataset.rows],
        )


def _type(column: Column, values: Sequence[Value], dataset: Dataset) -> str:
    """Return the type of a column: decimals wide enough for all of its values.

    Raises:
        DataError: a number has more digits than DuckDB holds.
    """
    if column.type == "number":
        whole = places = 1
        for number, value in zip(dataset.numbers, values, strict=True):
            if not isinstance(value, Decimal):
                continue
            exponent = value.as_tuple().exponent
            assert isinstance(exponent, int)
            whole, places = max(whole, value.adjusted() + 1), max(places, -exponent)
            if whole + places > _MOST_DIGITS:
                raise DataError(
                    f"the numbers of the column need {whole + places} digits, and DuckDB holds "
                    f"{_MOST_DIGITS}", dataset.origin.where(number, column),
                    "round them, or declare the column as text",
                )  # fmt: skip
        # room for sums and products; further digits are those behind the point
        return f"DECIMAL({min(_MOST_DIGITS, max(18, whole + places))}, {places})"
    return {"integer": "BIGINT" if _fits(values) else "HUGEINT", "boolean": "BOOLEAN",
            "date": "DATE", "datetime": "TIMESTAMP", "text": "VARCHAR"}[column.type]  # fmt: skip


def _fits(values: Sequence[Value]) -> bool:
    return all(abs(value) < 2**63 for value in values if isinstance(value, int))


def _bound(value: Value) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _plain(value: Any, where: Location) -> object:
    if isinstance(value, float):
        number = short_decimal(value)
        if number is None:
            raise DataError("the query gives a number without end", where, "check its divisions")
        return int(number) if number == number.to_integral_value() else number
    if isinstance(value, Decimal):
        return without_scale(value)
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, (list, tuple)):
        return list_text(value)
    if isinstance(value, dict):
        return list_text([value])[1:-1]
    if isinstance(value, (bytes, bytearray)):
        raise DataError("the query gives bytes", where, "give texts and numbers")
    if value is None or isinstance(value, (bool, int, str, date)):
        return value
    if isinstance(value, (time, UUID)):
        return str(value)
    raise DataError(f"the query gives a {kind_of(type(value).__name__).lower()}", where,
                    "cast it: cast(x as varchar)")  # fmt: skip
