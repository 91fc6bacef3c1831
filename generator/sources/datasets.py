"""All datasets of a definition, read in order: files, databases, addresses, queries over others."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from generator.errors import DataError, Location, Problem, ReportError, near_name_hint
from generator.model.dataset import Dataset, digest_of_rows
from generator.model.dataset_definition import DatasetDefinition, FromEnvironment
from generator.model.report import ReportDefinition
from generator.sources.files import place_of, read_source
from generator.sources.raw_table import RawTable
from generator.sources.typed import typed_dataset

#: File ending -> format.
ENDINGS = {
    ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".csv": "csv", ".tsv": "tsv", ".txt": "csv",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet",
}  # fmt: skip


_MEDIA = {
    "application/json": "json", "text/json": "json", "text/csv": "csv", "application/csv": "csv",
    "text/tab-separated-values": "tsv", "application/vnd.apache.parquet": "parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip


def read_datasets(
    report: ReportDefinition,
    *,
    environment: Mapping[str, str] | None = None,
    now: Callable[[], datetime] | None = None,
    fetched: Mapping[str, Dataset] | None = None,
) -> dict[str, Dataset]:
    """Return the datasets of a definition by name.

    ``environment`` holds what is secret (default: that of the process). What was ``fetched`` is not
    read again.

    Raises:
        DataError: with a problem for each dataset that cannot be read and each value that is wrong;
            queries over datasets are left out then.
    """
    reader = _Reader(
        report,
        os.environ if environment is None else environment,
        now or (lambda: datetime.now(UTC)),
        fetched or {},
    )
    return reader.read()


class _Reader:
    def __init__(
        self, report: ReportDefinition, environment: Mapping[str, str],
        now: Callable[[], datetime], fetched: Mapping[str, Dataset],
    ) -> None:  # fmt: skip
        self.report = report
        self.environment = environment
        self.now = now
        self.fetched = fetched
        self.found: dict[str, Dataset] = {}
        self.secrets: set[str] = set()

    def read(self) -> dict[str, Dataset]:
        problems: list[Problem] = []
        failed: set[str] = set()
        for name, definition in self.report.entry.datasets.items():
            if name in self.fetched:
                self.found[name] = self.fetched[name]
                continue
            if definition.is_derived and self._needs(definition, failed):
                failed.add(name)
                continue
            try:
                self.found[name] = self._dataset(name, definition)
            except ReportError as error:
                failed.add(name)
                problems += without_secrets(error.problems, self.secrets)
            except MemoryError:
                failed.add(name)
                problems.append(Problem(
                    "reading it needs more memory than there is", self._where(name),
                    "read fewer rows, or shorter values", code=DataError.code,
                ))  # fmt: skip
        if problems:
            raise DataError.of(problems)
        return self.found

    def _needs(self, definition: DatasetDefinition, names: set[str]) -> bool:
        from generator.sources.reshape import words_of

        if definition.previous is not None:
            return definition.previous in names
        return bool(names & words_of(definition.query or ""))

    def _dataset(self, name: str, definition: DatasetDefinition) -> Dataset:
        where = self._where(name)
        if definition.previous is not None:
            return self._previous(name, definition.previous, where)
        raw = self._raw(name, definition, where)
        if len(raw.rows) > definition.limit:
            raise DataError(
                f'the dataset "{name}" has more than {definition.limit:,} rows (limit)', where,
                "choose a smaller range, or raise limit:",
            )  # fmt: skip
        return typed_dataset(name, raw, definition, self.report.file, where.line)

    def _previous(self, name: str, other: str, where: Location) -> Dataset:
        """Return the rows that a dataset had in the edition before; none if there is none."""
        from generator.sources.kept_datasets import previous_rows

        if other not in self.found:
            raise DataError(f'there is no dataset "{other}" above this one', where,
                            near_name_hint(other, list(self.found)))  # fmt: skip
        now = self.found[other]
        kept = previous_rows(self.report.output, now)
        if kept is None:
            kept = replace(now, rows=(), numbers=(), sha256=digest_of_rows(now.columns, ()))
        return replace(kept, name=name, file=self.report.file, line=where.line)

    def _where(self, name: str) -> Location:
        line = self.report.lines.get(("datasets", name))
        return Location(self.report.file, (f'dataset "{name}"',), line)

    def _raw(self, name: str, definition: DatasetDefinition, where: Location) -> RawTable:
        if definition.file is not None:
            return self._of_file(definition, where)
        if definition.url is not None:
            return self._of_address(definition, where)
        return self._of_query(name, definition, where)

    def _of_file(self, definition: DatasetDefinition, where: Location) -> RawTable:
        path = place_of(self.report.folder, str(definition.file))
        data, shown = read_source(path, self.report.folder)
        format = definition.format or ENDINGS.get(path.suffix.lower())
        if format is None:
            raise DataError(f'"{path.suffix}" is the ending of no data file', where,
                            f"known: {', '.join(ENDINGS)}; or write format:")  # fmt: skip
        table = table_of(data, shown, format, definition, where)
        return with_origin(table, sha256=hashlib.sha256(data).hexdigest())

    def _of_query(self, name: str, definition: DatasetDefinition, where: Location) -> RawTable:
        query = definition.query or ""
        parameters, told = self._parameters(definition, where)
        if definition.database is None:
            if definition.engine == "duckdb":
                from generator.sources.reshape_duckdb import run_duckdb_query as run_query
            else:
                from generator.sources.reshape import run_query
            return run_query(query, parameters, told, self.found, definition.limit, where)
        from generator.sources.databases import query_database

        known = self.report.entry.databases
        if definition.database not in known:
            raise DataError(
                f'there is no database "{definition.database}"', where,
                near_name_hint(definition.database, list(known)) or "add it under databases:",
            )  # fmt: skip
        table = query_database(
            known[definition.database], query, parameters, told, definition.limit,
            lambda variable: self._secret(variable, where), self.report.folder, where,
        )  # fmt: skip
        return with_origin(table, read=self._time())

    def _of_address(self, definition: DatasetDefinition, where: Location) -> RawTable:
        from generator.sources.fetch import Fetcher

        parameters, told = self._parameters(definition, where)
        headers = {
            key: self._secret(value.env, where) if isinstance(value, FromEnvironment) else value
            for key, value in definition.headers.items()
        }
        url = str(definition.url)
        read = self._time()
        fetched = Fetcher(self.report.entry.network, where).fetch(
            url, {key: _in_address(value) for key, value in parameters.items()}, headers
        )
        format = definition.format or _MEDIA.get(fetched.media_type)
        format = format or ENDINGS.get(Path(urlsplit(url).path).suffix.lower())
        if format is None:
            raise DataError(f'the answer is of the kind "{fetched.media_type}"', where,
                            "write format: json or csv, if it is one")  # fmt: skip
        table = table_of(fetched.data, url, format, definition, where)
        return with_origin(
            table, kind="address", parameters=tuple(told), read=read,
            sha256=hashlib.sha256(fetched.data).hexdigest(),
        )  # fmt: skip

    def _time(self) -> str:
        return self.now().astimezone(UTC).isoformat(timespec="seconds")

    def _parameters(
        self, definition: DatasetDefinition, where: Location
    ) -> tuple[dict[str, object], list[tuple[str, str]]]:
        """Return the parameters of a query or address, and as they may be told."""
        values: dict[str, object] = {}
        told: list[tuple[str, str]] = []
        for key, value in definition.parameters.items():
            if isinstance(value, FromEnvironment):
                values[key] = self._secret(value.env, where)
                told.append((key, f"(from {value.env})"))
            else:
                values[key] = value
                told.append((key, str(value)))
        return values, told

    def _secret(self, variable: str, where: Location) -> str:
        """Return what an environment variable holds.

        Raises:
            DataError: it is not set.
        """
        value = self.environment.get(variable)
        if not value:
            raise DataError(f"the environment variable {variable} is not set", where,
                            "set it before the report is built")  # fmt: skip
        self.secrets |= {value, *(_inside(value))}
        return value


def table_of(
    data: bytes, shown: str, format: str, definition: DatasetDefinition, where: Location
) -> RawTable:
    """Return the table in the bytes of a file; ``where`` is the place of the definition.

    Raises:
        DataError: it cannot be read, or has no such sheet, range, name or list.
    """
    if format == "xlsx":
        from generator.sources.sheet import read_sheet
        from generator.sources.workbook import Workbook

        book = Workbook(data, shown)
        place = book.place(
            definition.sheet, definition.range, definition.name, definition.table, where
        )
        return read_sheet(book, place, definition.header, definition.merged)
    if format == "csv" or format == "tsv":
        from generator.sources.delimited import read_delimited

        separator = definition.separator or ("\t" if format == "tsv" else None)
        return read_delimited(data, shown, definition.encoding, separator, definition.skip)
    if format == "parquet":
        from generator.sources.parquet import read_parquet

        return read_parquet(data, shown, where)
    from generator.sources.listed import read_listed

    optional = frozenset(
        c.source_name or name for name, c in definition.columns.items() if c.optional
    )
    return read_listed(data, shown, format, definition.path, optional)


def without_secrets(problems: Sequence[Problem], secrets: Collection[str]) -> list[Problem]:
    """Return problems with stars in the place of what is secret, however it got there."""

    def plain(text: str | None) -> str | None:
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "***") if text else text
        return text

    return [
        replace(problem, message=plain(problem.message) or "", hint=plain(problem.hint))
        for problem in problems
    ]


def _inside(value: str) -> Iterator[str]:
    """Yield what is secret inside of a secret: the password of an address, as written and meant."""
    try:
        password = urlsplit(value).password
    except ValueError:
        return
    if password:
        yield password
        yield unquote(password)


def _in_address(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def with_origin(table: RawTable, **changes: Any) -> RawTable:
    """Return a table whose origin is told with more."""
    table.origin = replace(table.origin, **changes)
    return table


def dataset_files(report: ReportDefinition) -> tuple[Path, ...]:
    """Return the files that datasets are read from, each once."""
    names = (d.file for d in report.entry.datasets.values() if d.file is not None)
    return tuple(dict.fromkeys(place_of(report.folder, name) for name in names))
