"""Parquet files as tables, by DuckDB (an extra)."""

from __future__ import annotations

from generator.errors import DataError, Location
from generator.sources.raw_table import RawTable


def read_parquet(data: bytes, file: str, where: Location) -> RawTable:
    """Return the table in a Parquet file.

    Raises:
        DataError: DuckDB is not installed, or cannot read the file.
    """
    raise DataError("Parquet", where)
