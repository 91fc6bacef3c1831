"""A fact: a figure or a named thing that knows where it comes from. No wording, no files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FactId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]


class Bound(StrEnum):
    """How a written number limits the true one."""

    EXACT = "exact"
    OVER = "over"
    AT_LEAST = "at_least"
    ABOUT = "about"
    NEARLY = "nearly"
    UNDER = "under"

    @property
    def is_lower(self) -> bool:
        """Whether the true value lies above the number: the number is not the value."""
        return self in (Bound.OVER, Bound.AT_LEAST)


#: Bound words of Chinese prose: before the number, and behind it (or its unit).
BOUND_PREFIXES = {
    "超过": Bound.OVER, "超": Bound.OVER, "逾": Bound.OVER, "突破": Bound.OVER,
    "不低于": Bound.AT_LEAST, "不少于": Bound.AT_LEAST, "至少": Bound.AT_LEAST,
    "接近": Bound.NEARLY, "近": Bound.NEARLY, "不足": Bound.UNDER, "低于": Bound.UNDER,
    "约": Bound.ABOUT, "大约": Bound.ABOUT,
}  # fmt: skip
BOUND_SUFFIXES = {
    "余": Bound.OVER, "多": Bound.OVER, "以上": Bound.AT_LEAST, "以下": Bound.UNDER,
    "左右": Bound.ABOUT,
}  # fmt: skip

#: Units that a figure may have, with the number of base units (1 yuan, 1 person) in one.
UNITS: dict[str, Decimal] = {
    "万亿元": Decimal(10) ** 12, "亿元": Decimal(10) ** 8, "万元": Decimal(10) ** 4,
    "元": Decimal(1),
    "万人": Decimal(10) ** 4, "人": Decimal(1), "名": Decimal(1), "家": Decimal(1),
    "个": Decimal(1), "所": Decimal(1), "项": Decimal(1), "次": Decimal(1), "期": Decimal(1),
    "位": Decimal(1), "周岁": Decimal(1), "%": Decimal(1), "个百分点": Decimal(1), "P": Decimal(1),
    "件": Decimal(1), "万个": Decimal(10) ** 4, "万户": Decimal(10) ** 4, "户": Decimal(1),
}  # fmt: skip


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Record):
    """A text in each language of the report."""

    zh: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

    def in_language(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


_PERIOD = re.compile(
    r"publication|(?P<year>this|(?:19|20)\d\d)"
    r"(?:-(?P<part>H[12]|Q[1-4]|0[1-9]|1[0-2])(?P<end>-end)?)?"
)


class Period(_Record):
    """When a fact holds. ``year`` is None for the time of publication.

    ``part`` is H1, H2, Q1 to Q4, a month (01 to 12), or empty for the whole year. ``is_this_year``
    says that the source wrote "this year".
    """

    year: int | None
    part: str = ""
    is_end: bool = False
    is_this_year: bool = False

    @classmethod
    def parse(cls, text: str, this_year: int) -> Period:
        """Return the period that ``2024``, ``2025-H1``, ``this-05-end`` or ``publication`` means.

        Raises:
            ValueError: the text is none of these.
        """
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise ValueError(
                f'"{text}" is no period; write publication, 2024, 2025-H1, 2025-Q3, 2025-05, '
                '2025-05-end, or this-... for the source\'s "this year"'
            )
        if match["year"] is None:
            return cls(year=None)
        is_this_year = match["year"] == "this"
        year = this_year if is_this_year else int(match["year"])
        return cls(year=year, part=match["part"] or "", is_end=bool(match["end"]),
                   is_this_year=is_this_year)  # fmt: skip


class ThisYear(_Record):
    """The year that the source calls "this year"; ``note`` says how it was inferred."""

    value: Annotated[int, Field(ge=1900, le=2200)]
    inferred: bool = False
    note: Words | None = None

    @model_validator(mode="after")
    def _inference_is_explained(self) -> ThisYear:
        if self.inferred and self.note is None:
            raise ValueError("an inferred year needs a note that says what it is inferred from")
        return self


class SourceText(_Record):
    """Who published the source; ``short`` stands on slides."""

    name: Words
    short: Words


class Derivation(_Record):
    """How a figure was worked out from others.

    ``share`` is the first as a percentage of the second, rounded half up to ``digits``.
    """

    rule: Literal["share"]
    of: Annotated[tuple[FactId, ...], Field(min_length=2, max_length=2)]
    digits: Annotated[int, Field(ge=0, le=6)] = 1


Comparison = Literal["year_on_year", "share", "rank"]


class FactEntry(_Record):
    """A fact as it stands in a data file."""

    name: Words
    short: Words | None = None
    written: Annotated[str, StringConstraints(min_length=1)] | None = None
    number: Decimal | None = None
    unit: str | None = None
    written_unit: str | None = None
    text: Words | None = None
    bound: Bound = Bound.EXACT
    comparison: Comparison | None = None
    of: Words | None = None
    period: str
    section: Identifier
    note: Words | None = None
    related: tuple[FactId, ...] = ()
    part_of: FactId | None = None
    derived: Derivation | None = None

    @field_validator("period", mode="before")
    @classmethod
    def _year_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("number", mode="before")
    @classmethod
    def _number_is_written_as_one(cls, value: object) -> object:
        if isinstance(value, str):
            raise ValueError(f'"{value}" is not a number; write digits without quotes and units')
        return value

    @field_validator("unit")
    @classmethod
    def _unit_is_known(cls, value: str | None) -> str | None:
        if value is not None and value not in UNITS:
            raise ValueError(f'"{value}" is no known unit; known: {", ".join(UNITS)}')
        return value

    @model_validator(mode="after")
    def _says_something(self) -> FactEntry:
        if self.number is None and self.text is None and self.derived is None:
            raise ValueError("a fact needs a number, a text, or a derivation")
        if self.number is not None and self.unit is None:
            raise ValueError("a number needs a unit")
        if self.written is None and self.derived is None:
            raise ValueError('a fact needs "written": the phrase as it stands in the source')
        if self.derived is not None and self.number is not None:
            raise ValueError("a derived figure has no number of its own")
        return self


class GroupEntry(_Record):
    """Facts that belong together, in the order in which they are listed."""

    title: Words
    facts: dict[Identifier, FactEntry]


class FactFile(_Record):
    """A data file: one source and what it says."""

    source: SourceText
    this_year: ThisYear
    sections: dict[Identifier, Words]
    groups: dict[Identifier, GroupEntry]


class Fact(_Record):
    """A checked fact with everything that is needed to print and to trace it."""

    id: str
    entry: FactEntry
    period: Period
    number: Decimal | None
    inferred: Words | None
    section: Words
    source: SourceText
    file: str
    line: int

    @property
    def bound(self) -> Bound:
        return self.entry.bound

    @property
    def is_figure(self) -> bool:
        return self.number is not None


class FactGroup(_Record):
    """A group of checked facts."""

    id: str
    title: Words
    facts: tuple[Fact, ...]


class FactBook(_Record):
    """All facts of a report in the order of its files."""

    groups: tuple[FactGroup, ...]

    def __iter__(self) -> Iterator[Fact]:  # type: ignore[override]
        return (fact for group in self.groups for fact in group.facts)

    def by_id(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self}
