"""DuckDB (an extra) within this program: it reads one file at most, and no network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from generator.errors import DataError, Location

if TYPE_CHECKING:
    import duckdb

_INSTALL = 'install the extra: pip install "report-generator[parquet]"'
_MEMORY = "1GB"
#: Binary fractions are taken by so many digits: of one division of decimals these are right.
_SHORT = Context(prec=15, rounding=ROUND_HALF_UP)


@contextmanager
def duckdb_connection(
    where: Location, file: Path | None, seconds: float
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection to an empty database in memory that can read ``file`` and nothing else.

    What it does is stopped after some seconds, with an ``InterruptException``.

    Raises:
        DataError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise DataError("this needs DuckDB", where, _INSTALL) from error
    connection = duckdb.connect(":memory:", config={
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
        "python_enable_replacements": "false", "threads": "1", "memory_limit": _MEMORY,
    })  # fmt: skip
    timer = Timer(seconds, connection.interrupt)
    timer.daemon = True
    try:
        connection.execute("set TimeZone = 'UTC'")
        if file is not None:
            own = str(file).replace("'", "''")
            connection.execute(f"set allowed_paths = ['{own}']")
        connection.execute("set temp_directory = ''")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        timer.start()
        yield connection
    finally:
        timer.cancel()
        connection.close()


def told_reason(error: Exception) -> str:
    """Return what DuckDB says in its first line, without its own prefix."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return first.removeprefix("Error: ")[:300]


def short_decimal(number: float) -> Decimal | None:
    """Return a binary fraction by its first 15 digits; None if it is no number."""
    found = Decimal(repr(number))
    if not found.is_finite():
        return None
    return Decimal(f"{_SHORT.plus(found).normalize(_SHORT):f}")


def kind_of(column: Any) -> str:
    """Return the kind of a column without what stands in brackets: ``DECIMAL``, ``INTEGER[]``."""
    text = str(column).upper()
    return "LIST" if text.endswith("]") else text.partition("(")[0].strip()
