"""The definition of a report: what ``report.yaml`` asks for, checked, with paths resolved."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from generator.errors import ChoiceError
from generator.model.dataset_definition import (
    DatabaseDefinition,
    DatasetDefinition,
    NetworkDefinition,
)
from generator.model.delivery_definition import DeliveryDefinition
from generator.model.drawing import ChartDefinition, DiagramDefinition, DrawnAs
from generator.model.extraction import ExtractionDefinition
from generator.model.fact import GroupEntry, read_date
from generator.model.insert import Language
from generator.model.limits import check_limit
from generator.model.record import FactId, Identifier, Record, Text, Unfit, Words
from generator.model.schedule_definition import ScheduleDefinition

#: Names that Windows, too, accepts; no folder, no hidden file, no lock file of Office.
_OUTPUT_NAME = re.compile(r"(?![.~])[^\\/:*?\"<>|\x00-\x1f]+\.(?:docx|pptx)")


class DocumentDefinition(Record):
    """One file to be made: its template and the name of the result in the output folder.

    ``fill`` names charts of the report by the names of the drawings in the template that show them.
    ``charts_as`` draws its charts native or as pictures, and ``pdf`` makes a PDF of it or none,
    whatever the report says.
    """

    template: Text
    output: str
    fill: dict[Text, Identifier] = Field(default_factory=dict)
    charts_as: DrawnAs | None = None
    pdf: bool | None = None

    @field_validator("output")
    @classmethod
    def _is_a_plain_name(cls, value: str) -> str:
        if _OUTPUT_NAME.fullmatch(value) is None:
            raise Unfit(
                f'"{value}" is no name for an output file',
                "write a plain name that ends in .docx or .pptx, without a folder",
            )
        return value


GateSetting = Literal["error", "warn", "off"]


class SumDefinition(Record):
    """Facts, or a column of a dataset, that must make up a whole: a fact, or a number such as 100.

    Without a ``tolerance`` numbers with decimals, and percentages, may be off by half a unit of
    their last digit.
    """

    facts: tuple[FactId, ...] = ()
    dataset: Identifier | None = None
    column: Text | None = None
    whole: FactId | None = None
    total: Decimal | None = None
    tolerance: Decimal | None = None

    @model_validator(mode="after")
    def _has_a_whole(self) -> SumDefinition:
        if (self.whole is None) == (self.total is None):
            raise Unfit("a sum needs a whole or a total", "give one of the two")
        if (self.dataset is None) != (self.column is None) or bool(self.facts) == bool(self.column):
            raise Unfit("a sum needs facts, or dataset and column", "give one of the two")
        if self.facts and len(self.facts) < 2:
            raise Unfit("a sum of one fact", "name all of its parts")
        if self.column is not None and self.total is None:
            raise Unfit("the sum of a column needs a total", "write total: 100")
        return self


class GateDefinition(Record):
    """What stops a build, what is only told, and what is not looked at."""

    unexplained_numbers: GateSetting = "error"
    dropped_bounds: GateSetting = "error"
    two_ways: GateSetting = "error"
    out_of_date: GateSetting = "error"
    sums: GateSetting = "error"
    languages: GateSetting = "error"
    literals: tuple[Text, ...] = ()
    adds_up: tuple[SumDefinition, ...] = ()


class HistoryDefinition(Record):
    """Which editions are kept: the last ``count``, none older than ``days`` (None: no limit).

    The last two stay in any case.
    """

    count: Annotated[int, Field(ge=2)] | None = None
    days: Annotated[int, Field(ge=1)] | None = None


class PdfDefinition(Record):
    """Which documents have a PDF beside them (none named: all), in which languages.

    ``without_libreoffice`` says what a missing LibreOffice is: an error, which stops the build
    before anything is written, or a warning.
    """

    documents: tuple[Identifier, ...] = ()
    languages: tuple[Language, ...] = ()
    without_libreoffice: Literal["error", "warn"] = "error"


class ReportEntry(Record):
    """A report as it stands in ``report.yaml``."""

    title: Words
    parameters: dict[Identifier, bool | int | Decimal | str | None] = Field(default_factory=dict)
    subtitle: Words | None = None
    issuer: Words | None = None
    author: Words | None = None
    issue: Words | None = None
    date: datetime.date
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("zh", "en")
    data: Annotated[tuple[Text, ...], Field(min_length=1)] = ()
    datasets: dict[Identifier, DatasetDefinition] = Field(default_factory=dict)
    databases: dict[Identifier, DatabaseDefinition] = Field(default_factory=dict)
    network: NetworkDefinition = Field(default_factory=NetworkDefinition)
    facts: dict[Identifier, GroupEntry] = Field(default_factory=dict)
    documents: dict[Identifier, dict[Language, DocumentDefinition]]
    charts: dict[Identifier, ChartDefinition] = Field(default_factory=dict)
    diagrams: dict[Identifier, DiagramDefinition] = Field(default_factory=dict)
    charts_as: DrawnAs = "native"
    gate: GateDefinition = Field(default_factory=GateDefinition)
    output: Text = "output"
    pdf: bool | PdfDefinition = False
    history: HistoryDefinition | None = None
    deliver: dict[Identifier, DeliveryDefinition] = Field(default_factory=dict)
    schedule: ScheduleDefinition | None = None
    limits: dict[str, int | float] = Field(default_factory=dict)
    isolate: bool = False
    extraction: ExtractionDefinition = Field(default_factory=ExtractionDefinition)

    @field_validator("limits")
    @classmethod
    def _are_limits(cls, value: dict[str, int | float]) -> dict[str, int | float]:
        for name, number in value.items():
            try:
                check_limit(name, number)
            except ChoiceError as error:
                raise Unfit(error.message, error.hint) from error
        return value

    @field_validator("date", mode="before")
    @classmethod
    def _is_a_date(cls, value: object) -> object:
        return read_date(value)

    @field_validator("facts")
    @classmethod
    def _facts_have_cells(cls, value: dict[str, GroupEntry]) -> dict[str, GroupEntry]:
        for group in value.values():
            for name, fact in group.facts.items():
                if fact.cell is None and fact.derived is None:
                    raise Unfit(f'"{name}" has no cell', "facts without one belong into data files")
        return value

    def has_pdf(self, document: str, language: Language) -> bool:
        """Return whether a PDF is made of an edition of a document."""
        own = self.documents[document][language].pdf
        if own is not None or isinstance(self.pdf, bool):
            return bool(self.pdf) if own is None else own
        return (not self.pdf.documents or document in self.pdf.documents) and (
            not self.pdf.languages or language in self.pdf.languages
        )

    @property
    def has_pdfs(self) -> bool:
        """Whether a PDF is made of any document."""
        return any(self.has_pdf(name, language) for name, editions in self.documents.items()
                   for language in editions)  # fmt: skip

    @property
    def needs_office(self) -> bool:
        """Whether a PDF that cannot be made stops the build."""
        return isinstance(self.pdf, bool) or self.pdf.without_libreoffice == "error"

    @model_validator(mode="after")
    def _has_data(self) -> ReportEntry:
        if not self.data and not self.datasets:
            raise Unfit('"data" is missing', "add it, or datasets")
        return self


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """A checked definition. ``data`` and ``output`` are absolute; ``file`` is for messages,
    and ``lines`` says where entries of the definition stand. ``parameters`` are the values that
    were filled in.
    """

    file: str
    folder: Path
    entry: ReportEntry
    data: tuple[Path, ...]
    output: Path
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def title(self) -> Words:
        return self.entry.title

    @property
    def subtitle(self) -> Words | None:
        return self.entry.subtitle

    @property
    def issuer(self) -> Words | None:
        return self.entry.issuer

    @property
    def author(self) -> Words | None:
        return self.entry.author

    @property
    def issue(self) -> Words | None:
        return self.entry.issue

    @property
    def date(self) -> datetime.date:
        return self.entry.date
