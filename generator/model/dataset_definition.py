"""Datasets, databases and the network as they stand in ``report.yaml``."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from generator.model.dataset import ColumnType
from generator.model.record import Identifier, Record, Text, Unfit
from generator.model.source_text import SourceText

DataFormat = Literal["yaml", "json", "csv", "tsv", "xlsx", "parquet"]
DatabaseKind = Literal["sqlite", "postgresql", "mysql", "mariadb"]
#: The name of an environment variable.
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class FromEnvironment(Record):
    """A value that an environment variable holds; it is never told."""

    env: Variable


class ColumnDefinition(Record):
    """A column: its type, what the source calls it, whether it may be absent.

    ``unit`` is what may stand behind its numbers and is left out: ``%`` of ``6.1%``.
    """

    type: ColumnType | None = None
    unit: Text | None = None
    source_name: Text | None = Field(default=None, alias="from")
    optional: bool = False

    @model_validator(mode="after")
    def _has_numbers(self) -> ColumnDefinition:
        if self.unit is not None and self.type not in ("number", "integer"):
            raise Unfit("only numbers have a unit", "write type: number")
        return self


#: Options that only some origins have.
_OF_FILES = (
    "format", "encoding", "separator", "skip", "sheet", "range", "name", "table", "header",
    "merged", "path",
)  # fmt: skip
_OF_SHEETS = ("sheet", "range", "name", "table")


class DatasetDefinition(Record):
    """A table: of a ``file``, of a ``database`` by a ``query``, of a ``url``, of a ``query`` over
    the datasets above it, or of the edition before: ``previous`` names a dataset above it.

    In a workbook ``sheet`` and ``range``, a defined ``name`` or a ``table`` say where; ``header``
    is how many rows name the columns. ``path`` leads to the list inside of JSON or YAML.
    ``skip`` is how many lines of text stand above the table. ``missing`` lists texts that mean
    none. ``limit`` is the most rows that are read.
    """

    file: Text | None = None
    format: DataFormat | None = None
    encoding: Text | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    skip: Annotated[int, Field(ge=0, le=1000)] = 0
    sheet: Text | None = None
    range: Text | None = None
    name: Text | None = None
    table: Text | None = None
    header: Annotated[int, Field(ge=1, le=10)] = 1
    merged: Literal["fill", "blank"] | None = None
    path: Text | None = None
    missing: tuple[Text, ...] = ()
    database: Identifier | None = None
    query: Text | None = None
    parameters: dict[Identifier, FromEnvironment | bool | int | Decimal | str | None] = Field(
        default_factory=dict
    )
    engine: Literal["sqlite", "duckdb"] = "sqlite"
    url: Text | None = None
    previous: Identifier | None = None
    headers: dict[Text, FromEnvironment | str] = Field(default_factory=dict)
    columns: dict[Text, ColumnDefinition] = Field(default_factory=dict)
    source: SourceText | None = None
    limit: Annotated[int, Field(ge=1, le=1_048_576)] = 1_048_576

    @field_validator("columns", mode="before")
    @classmethod
    def _types_in_short(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {k: {"type": v} if isinstance(v, str) else v for k, v in value.items()}

    @model_validator(mode="after")
    def _has_one_origin(self) -> DatasetDefinition:
        given = [n for n in ("file", "url", "query", "previous") if getattr(self, n) is not None]
        if len(given) != 1:
            told = " and ".join(given)
            raise Unfit(
                f"a dataset has {told}" if told else "the dataset says nowhere to read",
                "give a file, a url, a query (with a database, or over the datasets above), or "
                "previous",
            )
        if self.database is not None and self.query is None:
            raise Unfit("a database without a query", "add the query")
        wrong = [n for n in _OF_FILES if self.query is not None and n in self.model_fields_set]
        if wrong:
            raise Unfit(f'a query has no "{wrong[0]}"', f"drop {wrong[0]}")
        places = [n for n in _OF_SHEETS[1:] if getattr(self, n) is not None]
        if len(places) > 1:
            raise Unfit(f"the dataset has {' and '.join(places)}", "give one of them")
        return self

    @property
    def is_remote(self) -> bool:
        """Whether what is read can change without a file of the project changing."""
        return self.url is not None or self.database is not None

    @property
    def is_derived(self) -> bool:
        """Whether the dataset is made of others: a query over them, or what they were."""
        is_query = self.query is not None and self.database is None
        return is_query or self.previous is not None


class DatabaseDefinition(Record):
    """A database: a SQLite ``file``, or a server.

    A server is told by ``kind``, ``host``, ``port``, ``database`` and ``user``, with the password
    in the environment variable ``password_env``; or wholly by the address in ``url_env``.
    """

    kind: DatabaseKind | None = None
    file: Text | None = None
    host: Text | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    database: Text | None = None
    user: Text | None = None
    password_env: Variable | None = None
    url_env: Variable | None = None
    options: dict[Text, str] = Field(default_factory=dict)
    seconds: Annotated[int, Field(ge=1, le=3600)] = 30

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, value: Any) -> Any:
        for name in ("password", "url"):
            if isinstance(value, dict) and name in value:
                raise Unfit(
                    f"a {name} does not belong into a definition",
                    f"put it into an environment variable, and its name under {name}_env",
                )
        return value

    @model_validator(mode="after")
    def _is_complete(self) -> DatabaseDefinition:
        ways = [n for n in ("file", "url_env", "host") if getattr(self, n) is not None]
        if len(ways) != 1:
            raise Unfit("a database needs one of file, host and url_env", "give one of them")
        if self.host is not None and (self.kind in (None, "sqlite") or self.database is None):
            raise Unfit("a server needs kind and database", "kind is postgresql, mysql or mariadb")
        return self


class NetworkDefinition(Record):
    """What may be fetched: only from ``hosts`` (empty: those of the addresses themselves).

    ``http`` allows addresses without TLS, ``private`` those inside of a network; ``seconds`` and
    ``bytes`` limit one fetch, ``retries`` how often it is tried again.
    """

    hosts: tuple[Text, ...] = ()
    http: bool = False
    private: bool = False
    seconds: Annotated[int, Field(ge=1, le=600)] = 30
    bytes: Annotated[int, Field(ge=1, le=100_000_000)] = 50_000_000
    retries: Annotated[int, Field(ge=0, le=10)] = 2


class CellReference(Record):
    """A cell that a fact is read from: a column, and the one row where columns have these values.

    The number is multiplied by ``scale`` (100 for a share that a sheet keeps as 0.073), then
    rounded half up to ``decimals``.
    """

    dataset: Identifier
    column: Text
    where: dict[Text, str | bool | int | Decimal | None] = Field(default_factory=dict)
    scale: Decimal | None = None
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
