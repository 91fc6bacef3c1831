"""What a source is called, in each language. No data, no files."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_validator

from generator.model.record import Identifier, Record, Unfit, Words


def read_date(value: object) -> date:
    """Return the date that ``2025-08-31`` means.

    Raises:
        Unfit: it is written otherwise, or there is no such day.
    """
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Unfit(f'"{value}" is no date', "write it like 2025-08-31") from error


class Section(Words):
    """A section of the source; ``counter`` is what its parts are called (default: paragraph)."""

    counter: Words | None = None


class SourceText(Record):
    """A source: its title, what source lines call it, who is credited with its data, its date.

    Without ``credit`` the label stands for it.
    """

    title: Words
    label: Words
    credit: Words | None = None
    published: date | None = None
    sections: dict[Identifier, Section] = Field(default_factory=dict)

    @field_validator("published", mode="before")
    @classmethod
    def _is_a_date(cls, value: object) -> object:
        return None if value is None else read_date(value)
