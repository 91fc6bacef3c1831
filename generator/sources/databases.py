"""Queries to databases: SQLite files, and PostgreSQL, MySQL and MariaDB by SQLAlchemy (an extra).

Read-only, with a time limit, parameters bound by the driver. What is secret comes from environment
variables and goes to the driver alone.
"""

from __future__ import annotations

import datetime
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

from generator.errors import DataError, Location, Problem, SourceNotFoundError, near_name_hint
from generator.model.dataset import Column, Origin
from generator.model.dataset_definition import DatabaseDefinition
from generator.model.limits import limits_in_force
from generator.sources.exact_sql import check_statement, tokens_of
from generator.sources.files import names_beside, place_of, shown_path
from generator.sources.formats import bound_formats, is_too_wide
from generator.sources.raw_table import RawTable, without_scale

_DRIVERS = {
    "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql",
}  # fmt: skip
_INSTALL = 'install the extra: pip install "report-generator[sql]"'
#: Words that make a SELECT write: into a table, or into a file of the server.
_WRITES = frozenset(("into", "outfile", "dumpfile"))
_AT_ONCE = 1000
#: Bytes that SQLite itself allows a value.
_LONGEST = 1_000_000_000
_KINDS = {
    "dict": "a structure", "list": "a list", "bytes": "bytes", "memoryview": "bytes",
    "timedelta": "a span of time", "time": "a time of day", "Range": "a range",
}  # fmt: skip

#: Gives what an environment variable holds.
Secret = Callable[[str], str]


def query_database(
    definition: DatabaseDefinition, query: str, parameters: Mapping[str, object],
    told: Sequence[tuple[str, str]], limit: int, secret: Secret, folder: Path, where: Location,
) -> RawTable:  # fmt: skip
    """Return the rows of a query; ``told`` are the parameters as they may be told.

    ``secret`` gives what an environment variable holds; ``folder`` is that of the project.

    Raises:
        DataError: the database cannot be reached, or the query is none, fails or takes too long.
    """
    text = _checked(query, where)
    if definition.file is not None:
        return _of_sqlite(definition, text, parameters, told, limit, folder, where)
    return _of_server(definition, text, parameters, told, limit, secret, where)


def _checked(query: str, where: Location) -> str:
    """Return a query that is one SELECT in all of the dialects.

    Raises:
        DataError: it is not, or writes.
    """
    text = check_statement(query, where)
    tokens = tokens_of(text)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.word in _WRITES:
            raise DataError(
                f'the query would write ("{token.text}")', where, "write a plain SELECT"
            )
        if token.kind == "space" and token.text.startswith("/*!"):
            raise DataError("the query hides a part in a comment", where, "drop the comment")
        if token.word == "e" and following is not None and following.kind == "text":
            raise DataError("texts with escapes (E'...') are not read", where,
                            "bind the text as a parameter")  # fmt: skip
    return text


def _filled(
    names: Sequence[str], rows: Iterable[Sequence[Any]], origin: Origin, limit: int, where: Location
) -> RawTable:
    table = RawTable(origin, list(names))
    for number, row in enumerate(rows, 1):
        if number > limit:
            raise DataError(f"the query gives more than {limit:,} rows (limit)", where,
                            "narrow it, or raise limit:")  # fmt: skip
        table.add(number, [_plain(v, n, number, table) for v, n in zip(row, names, strict=True)])
    return table


def _plain(value: Any, name: str, number: int, table: RawTable) -> object:
    """Return a value as tables have it; what is none becomes a problem."""
    if isinstance(value, Decimal):
        return without_scale(value)
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC)
    if value is None or isinstance(value, (str, bool, int, datetime.date)):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, uuid.UUID):
        return str(value)
    kind = _KINDS.get(type(value).__name__, type(value).__name__)
    table.problems.append(
        Problem(f"the value is no text, number or day but {kind}",
                table.origin.where(number, Column(name, "text")),
                "cast it in the query, for example cast(x as text)", code=DataError.code)
    )  # fmt: skip
    return None


# -- SQLite --------------------------------------------------------------------------------------


def _of_sqlite(
    definition: DatabaseDefinition, query: str, parameters: Mapping[str, object],
    told: Sequence[tuple[str, str]], limit: int, folder: Path, where: Location,
) -> RawTable:  # fmt: skip
    path = place_of(folder, str(definition.file))
    shown = shown_path(path, folder)
    if not path.is_file():
        raise SourceNotFoundError(
            "there is no such database", Location(shown),
            near_name_hint(path.name, names_beside(path)) or "check the name and the folder",
        )  # fmt: skip
    origin = Origin("database", shown, query=query, parameters=tuple(told))
    until = monotonic() + definition.seconds
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)
        connection.execute("pragma query_only = on")
        bound_formats(connection)
        connection.set_authorizer(_reads_only)
        # a text in UTF-8 has up to four bytes for a character
        connection.setlimit(
            sqlite3.SQLITE_LIMIT_LENGTH, min(4 * limits_in_force().value_characters, _LONGEST)
        )
        connection.set_progress_handler(lambda: int(monotonic() > until), 100_000)
        found = connection.execute(query, {k: _bound(v) for k, v in parameters.items()})
        return _filled([column[0] for column in found.description], found, origin, limit, where)
    except (sqlite3.Error, UnicodeError) as error:
        raise _sqlite_failure(error, definition, Location(shown)) from error
    finally:
        if connection is not None:
            connection.close()


def _reads_only(action: int, *_: object) -> int:
    reads = (
        sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    )  # fmt: skip
    return sqlite3.SQLITE_OK if action in reads else sqlite3.SQLITE_DENY


def _bound(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _sqlite_failure(error: Exception, definition: DatabaseDefinition, where: Location) -> DataError:
    told = str(error)
    if "interrupted" in told:
        return DataError(f"the query takes more than {definition.seconds} seconds (limit seconds)",
                         where, "narrow it, or raise seconds: of the database")  # fmt: skip
    if is_too_wide(told):
        return DataError("printf is given a width that no text needs", where,
                         "write at most three digits, and no star")  # fmt: skip
    if "too big" in told:
        most = limits_in_force().value_characters
        return DataError(f"a value has more than {most:,} characters (limit value_characters)",
                         where, "shorten it in the query")  # fmt: skip
    if "not a database" in told or "malformed" in told:
        return DataError("the file is no SQLite database, or damaged", where, "restore it")
    return DataError(f"the query fails: {told}", where, _hint(told))


def _hint(told: str) -> str:
    is_unbound = "did not supply a value" in told or "value is required for bind" in told
    return "add it under parameters:" if is_unbound else "correct the query"


# -- servers -------------------------------------------------------------------------------------


def _of_server(
    definition: DatabaseDefinition, query: str, parameters: Mapping[str, object],
    told: Sequence[tuple[str, str]], limit: int, secret: Secret, where: Location,
) -> RawTable:  # fmt: skip
    try:
        import sqlalchemy
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.pool import NullPool
    except ImportError as error:
        raise DataError("databases on servers need SQLAlchemy", where, _INSTALL) from error
    url = _url(definition, secret, where)
    kind = url.get_backend_name()
    name = f"{definition.kind or kind} {url.database or ''} at {url.host or 'localhost'}"
    place = Location(name)
    try:
        engine = sqlalchemy.create_engine(
            url, poolclass=NullPool, hide_parameters=True,
            connect_args=_connect_arguments(kind, definition),
        )  # fmt: skip
        with _connected(engine, place) as connection:
            is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
            for statement in _settings(kind, definition.seconds, limit, is_mariadb):
                connection.exec_driver_sql(statement)
            found = connection.execution_options(
                stream_results=True, max_row_buffer=_AT_ONCE
            ).execute(sqlalchemy.text(query), dict(parameters))
            origin = Origin("database", name, query=query, parameters=tuple(told))
            with closing(found):
                return _filled(list(found.keys()), found, origin, limit, where)
    except ImportError as error:
        raise DataError(f"the driver for {kind} is not installed", where, _INSTALL) from error
    except SQLAlchemyError as error:
        raise _server_failure(error, definition, place) from error


@contextmanager
def _connected(engine: Any, place: Location) -> Iterator[Any]:
    """Give a connection.

    Raises:
        DataError: there is none to be had.
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise DataError(
            f"the database cannot be reached: {_told(error)}", place,
            "check host, port, user and the variable of the password",
        ) from error  # fmt: skip
    with connection:
        yield connection


def _url(definition: DatabaseDefinition, secret: Secret, where: Location) -> Any:
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if definition.url_env is None:
        return URL.create(
            _DRIVERS[str(definition.kind)], definition.user,
            secret(definition.password_env) if definition.password_env else None,
            definition.host, definition.port, definition.database, definition.options,
        )  # fmt: skip
    try:
        url = make_url(secret(definition.url_env))
    except (ArgumentError, ValueError):
        url = None
    parts = f"{url.host}{url.database}" if url is not None else "@"  # "@": of a password, bare
    if url is None or url.get_backend_name() not in _DRIVERS or "@" in parts:
        raise DataError(
            f"the environment variable {definition.url_env} holds no address of a database", where,
            "write it like postgresql://user:password@host/name, an @ in the password as %40",
        )  # fmt: skip
    return url.set(drivername=_DRIVERS[url.get_backend_name()])


def _connect_arguments(kind: str, definition: DatabaseDefinition) -> dict[str, Any]:
    seconds = definition.seconds
    if kind == "postgresql":
        limits = f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000}"
        return {"connect_timeout": min(seconds, 30), "options": limits}
    return {"connect_timeout": min(seconds, 30), "read_timeout": seconds + 1,
            "write_timeout": seconds + 1, "charset": "utf8mb4"}  # fmt: skip


def _settings(kind: str, seconds: int, rows: int, is_mariadb: bool) -> tuple[str, ...]:
    """Return the statements before the query: from then on nothing can be written."""
    if kind == "postgresql":
        return ("set transaction read only",)
    limit = (
        f"set session max_statement_time = {seconds}"
        if is_mariadb
        else f"set session max_execution_time = {seconds * 1000}"
    )
    # one row more than is read, so that a connection can be closed without reading all of them
    most = f"set session sql_select_limit = {rows + 1}"
    return (limit, most, "set session transaction read only", "start transaction read only")


def _server_failure(error: Exception, definition: DatabaseDefinition, where: Location) -> DataError:
    told = _told(error)
    low = told.lower()
    late = ("statement timeout", "max_statement_time", "maximum statement execution", "timed out")
    if any(words in low for words in late):
        return DataError(f"the query takes more than {definition.seconds} seconds (limit seconds)",
                         where, "narrow it, or raise seconds: of the database")  # fmt: skip
    if "read-only" in low or "read only" in low:
        return DataError(f"the query would write: {told}", where, "write a plain SELECT")
    return DataError(f"the query fails: {told}", where, _hint(told))


def _told(error: Exception) -> str:
    """Return what a server or driver says of an error, in one line."""
    told = " ".join(str(getattr(error, "orig", None) or error).split())
    return re.split(r" \(Background on| LINE \d+: DECLARE ", told)[0][:300]
