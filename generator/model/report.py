"""The definition of a report: what ``report.yaml`` asks for, checked, with paths resolved."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from generator.model.fact import Identifier, Words
from generator.model.insert import Language

_OUTPUT_NAME = re.compile(r"(?![.~])[^\\/:*?\"<>|\x00-\x1f]+\.(?:docx|pptx)")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DocumentDefinition(_Record):
    """One file to be made: its template and the name of the result in the output folder."""

    template: Annotated[str, StringConstraints(min_length=1)]
    output: str

    @field_validator("output")
    @classmethod
    def _is_a_plain_name(cls, value: str) -> str:
        if _OUTPUT_NAME.fullmatch(value) is None:
            raise ValueError(
                f'"{value}" is no name for an output file; write a plain name that ends in .docx '
                "or .pptx, without a folder"
            )
        return value


class ReportEntry(_Record):
    """A report as it stands in ``report.yaml``."""

    title: Words
    subtitle: Words | None = None
    issuer: Words | None = None
    author: Words | None = None
    issue: Words | None = None
    date: date
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("zh", "en")
    data: Annotated[tuple[str, ...], Field(min_length=1)]
    documents: dict[Identifier, dict[Language, DocumentDefinition]]
    charts: dict[Identifier, Any] = Field(default_factory=dict)
    diagrams: dict[Identifier, Any] = Field(default_factory=dict)
    output: str = "output"

    @field_validator("date", mode="before")
    @classmethod
    def _is_a_date(cls, value: object) -> object:
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise ValueError(f'"{value}" is no date; write it like 2025-08-31') from error


class ReportDefinition(_Record):
    """A checked definition. ``data`` and ``folder`` are absolute; ``file`` is for messages."""

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
    def date(self) -> date:
        return self.entry.date
