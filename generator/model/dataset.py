"""A dataset: a table with typed columns that knows where each of its cells stands. No files.

Values are texts, whole numbers, exact decimals, dates, times with a date, truths, or None for none.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from generator.errors import Location

if TYPE_CHECKING:
    from generator.model.source_text import SourceText

ColumnType = Literal["text", "integer", "number", "date", "datetime", "boolean"]
Value = str | int | Decimal | date | datetime | bool | None
OriginKind = Literal["file", "database", "address", "query"]

_PLAIN_SHEET = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``letter`` is where it stands in a sheet, empty elsewhere; ``unit`` that of its
    numbers, as far as the definition says.
    """

    name: str
    type: ColumnType
    letter: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows were read, as far as it may be told: no password, no secret parameter.

    ``name`` is a file, a database, an address or ``query``; ``sheet`` and ``range`` are those of a
    workbook; ``counted`` is what the numbers of rows count: ``line``, ``item``, ``row``. ``sha256``
    is of the bytes that were read; ``read`` a time in UTC where they are not in a file.
    ``inputs`` are the datasets that a query was asked of; ``edition`` is the one that kept the
    rows, where they are not those of now.
    """

    kind: OriginKind
    name: str
    sheet: str = ""
    range: str = ""
    counted: str = "row"
    query: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    sha256: str = ""
    read: str = ""
    inputs: tuple[str, ...] = ()
    edition: str = ""

    def place(self, number: int, column: Column) -> str:
        """Return where a cell stands: ``figures.xlsx, Sheet1!C7``."""
        if self.sheet:
            cell = f"{self.name}, {quoted_sheet(self.sheet)}!{column.letter}{number}"
            return f"{cell}, edition {self.edition}" if self.edition else cell
        return f'{self.told}, {self.counted} {number}, column "{column.name}"'

    def where(self, number: int | None = None, column: Column | None = None) -> Location:
        """Return a cell, a row or the whole as a place of messages."""
        steps: tuple[str, ...] = (f'sheet "{self.sheet}"',) if self.sheet else ()
        line = None
        if number is not None and self.sheet:
            steps += (f"cell {column.letter}{number}" if column else f"row {number}",)
        elif number is not None and self.counted == "line":
            line = number
        elif number is not None:
            steps += (f"{self.counted} {number}",)
        if column is not None:
            steps += (f'column "{column.name}"',)
        return Location(self.name if self.sheet else self.told, steps, line)

    @property
    def told(self) -> str:
        """What was read, in short: ``figures.xlsx, Sheet1!A1:D20``."""
        told = self.name
        if self.sheet:
            told = f"{self.name}, {quoted_sheet(self.sheet)}!{self.range}"
        elif self.inputs:
            told = f"{self.name} over {', '.join(self.inputs)}"
        return f"{told}, edition {self.edition}" if self.edition else told


def quoted_sheet(name: str) -> str:
    """Return the name of a sheet as formulas write it: in quotes if it is no plain word."""
    if _PLAIN_SHEET.fullmatch(name):
        return name
    return "'" + name.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table: one value per column in each row. ``numbers`` are those of the rows where they were
    read; ``line`` is that of the definition in ``file``; ``sha256`` is of columns and rows.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...] = field(repr=False)
    numbers: tuple[int, ...] = field(repr=False)
    origin: Origin
    source: SourceText | None = None
    file: str = ""
    line: int | None = None
    sha256: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def place(self, row: int, column: int) -> str:
        """Return where the cell of a row and a column (from 0) stands."""
        return self.origin.place(self.numbers[row], self.columns[column])

    @property
    def words(self) -> SourceText:
        """What the source is called: as the definition says, else by its name."""
        if self.source is not None:
            return self.source
        from generator.model.record import Words
        from generator.model.source_text import SourceText

        name = Words(zh=self.origin.name, en=self.origin.name)
        return SourceText(title=name, label=name)


def digest_of_rows(columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> str:
    """Return the SHA-256 of columns and rows: equal for equal content, wherever it was read."""
    digest = hashlib.sha256(json.dumps([[c.name, c.type] for c in columns]).encode())
    for row in rows:
        digest.update(json.dumps([written(value) for value in row]).encode())
    return digest.hexdigest()


def written(value: Value) -> str | bool | None:
    """Return a value as JSON keeps it exactly; its column says what it is."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def unwritten(value: str | bool | None, type: ColumnType) -> Value:
    """Return the value that ``written`` gave a text for."""
    if not isinstance(value, str):
        return value
    if type == "integer":
        return int(value)
    if type == "number":
        return Decimal(value)
    if type == "date":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if type == "datetime" else value


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell that a fact was read from: dataset, place in words, text as it stands there.

    ``queried`` are the places of the rows that a query was asked of, if the cell is one of its.
    """

    dataset: str
    place: str
    written: str
    queried: tuple[str, ...] = ()


Datasets = Mapping[str, Dataset]
