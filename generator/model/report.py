"""The definition of a report: what ``report.yaml`` asks for, checked, with paths resolved."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from generator.model.drawing import ChartDefinition, DiagramDefinition
from generator.model.fact import read_date
from generator.model.insert import Language
from generator.model.record import Identifier, Record, Text, Unfit, Words

#: Names that Windows, too, accepts; no folder, no hidden file, no lock file of Office.
_OUTPUT_NAME = re.compile(r"(?![.~])[^\\/:*?\"<>|\x00-\x1f]+\.(?:docx|pptx)")


class DocumentDefinition(Record):
    """One file to be made: its template and the name of the result in the output folder.

    ``fill`` names charts of the report by the names of the drawings in the template that show them.
    """

    template: Text
    output: str
    fill: dict[Text, Identifier] = Field(default_factory=dict)

    @field_validator("output")
    @classmethod
    def _is_a_plain_name(cls, value: str) -> str:
        if _OUTPUT_NAME.fullmatch(value) is None:
            raise Unfit(
                f'"{value}" is no name for an output file',
                "write a plain name that ends in .docx or .pptx, without a folder",
            )
        return value


class HistoryDefinition(Record):
    """Which editions are kept: the last ``count``, none older than ``days`` (None: no limit).

    The last two stay in any case.
    """

    count: Annotated[int, Field(ge=2)] | None = None
    days: Annotated[int, Field(ge=1)] | None = None


class ReportEntry(Record):
    """A report as it stands in ``report.yaml``."""

    title: Words
    subtitle: Words | None = None
    issuer: Words | None = None
    author: Words | None = None
    issue: Words | None = None
    date: datetime.date
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("zh", "en")
    data: Annotated[tuple[Text, ...], Field(min_length=1)]
    documents: dict[Identifier, dict[Language, DocumentDefinition]]
    charts: dict[Identifier, ChartDefinition] = Field(default_factory=dict)
    diagrams: dict[Identifier, DiagramDefinition] = Field(default_factory=dict)
    output: Text = "output"
    history: HistoryDefinition | None = None

    @field_validator("date", mode="before")
    @classmethod
    def _is_a_date(cls, value: object) -> object:
        return read_date(value)


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """A checked definition. ``data`` and ``output`` are absolute; ``file`` is for messages."""

    file: str
    folder: Path
    entry: ReportEntry
    data: tuple[Path, ...]
    output: Path

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
