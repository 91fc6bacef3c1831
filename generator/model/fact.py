"""A fact: a figure or a named thing that knows where it comes from. No wording, no files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_FACT_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def _fact_id(value: str) -> str:
    if _FACT_ID.fullmatch(value) is None:
        raise ValueError(f'"{value}" is no fact; write its group and name, as in growth.gdp')
    return value


FactId = Annotated[str, AfterValidator(_fact_id)]


class Bound(StrEnum):
    """How a written number limits the true one."""

    EXACT = "exact"
    OVER = "over"
    AT_LEAST = "at_least"
    ABOUT = "about"
    NEARLY = "nearly"
    UNDER = "under"
    AT_MOST = "at_most"

    @property
    def is_lower(self) -> bool:
        """Whether the true value lies above the number: the number is not the value."""
        return self in (Bound.OVER, Bound.AT_LEAST)


#: Bound words of Chinese prose: before the number, and behind it (or its unit).
BOUND_PREFIXES = {
    "不超过": Bound.AT_MOST, "超过": Bound.OVER, "超": Bound.OVER, "逾": Bound.OVER,
    "突破": Bound.OVER,
    "不低于": Bound.AT_LEAST, "不少于": Bound.AT_LEAST, "至少": Bound.AT_LEAST,
    "接近": Bound.NEARLY, "近": Bound.NEARLY, "不足": Bound.UNDER, "低于": Bound.UNDER,
    "约": Bound.ABOUT, "大约": Bound.ABOUT,
}  # fmt: skip
BOUND_SUFFIXES = {
    "余": Bound.OVER, "多": Bound.OVER, "以上": Bound.AT_LEAST, "以下": Bound.AT_MOST,
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
    r"(?P<since>since )?(?P<year>(?:19|20)\d\d)"
    r"(?:-(?P<part>H[12]|Q[1-4]|0[1-9]|1[0-2])(?P<end>-end)?)?"
)
_AT_PUBLICATION = "as_of_publication"


class Period(_Record):
    """When a fact holds. ``year`` is None for the time of publication.

    ``part`` is H1, H2, Q1 to Q4, a month (01 to 12), or empty for the whole year. ``is_start`` says
    that the fact holds since then, ``is_end`` that it is of the end of the month.
    """

    year: int | None
    part: str = ""
    is_start: bool = False
    is_end: bool = False

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period that ``2024``, ``2025-H1``, ``2025-05-end`` or ``since 2022`` means.

        Raises:
            ValueError: the text is none of these.
        """
        if text == _AT_PUBLICATION:
            return cls(year=None)
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise ValueError(
                f'"{text}" is no period; write {_AT_PUBLICATION}, 2024, 2025-H1, 2025-Q3, '
                "2025-05, 2025-05-end or since 2022"
            )
        return cls(year=int(match["year"]), part=match["part"] or "",
                   is_start=bool(match["since"]), is_end=bool(match["end"]))  # fmt: skip


class Section(Words):
    """A section of the source; ``counter`` is what its parts are called (default: paragraph)."""

    counter: Words | None = None


class SourceText(_Record):
    """A source: its title, what to call it, who is credited with its data, when it came out."""

    title: Words
    label: Words
    credit: Words
    published: date | None = None
    sections: dict[Identifier, Section]

    @field_validator("published", mode="before")
    @classmethod
    def _is_a_date(cls, value: object) -> object:
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise ValueError(f'"{value}" is no date; write it like 2025-08-12') from error


class Assumption(Words):
    """Something that the source does not say and we concluded, with why."""

    year: Annotated[int, Field(ge=1900, le=2200)] | None = None


_PLACE = re.compile(r"[a-z][a-z0-9_]* [1-9][0-9]*")


class Locator(_Record):
    """Where a figure stands: section and paragraph, the phrase as printed, where it is repeated."""

    at: str
    phrase: Annotated[str, StringConstraints(min_length=1)]
    also: tuple[str, ...] = ()

    @field_validator("at", "also")
    @classmethod
    def _is_section_and_number(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for place in (value,) if isinstance(value, str) else value:
            if _PLACE.fullmatch(place) is None:
                raise ValueError(f'"{place}" is no place; write section and number, as in lead 1')
        return value


class Comparison(_Record):
    """What a figure is compared with: the year before, the period before, a whole, a field."""

    kind: Literal["yoy", "qoq", "share", "rank"]
    of: Words | None = None


class Derivation(_Record):
    """How a figure was worked out from others.

    ``share`` is the first input as a percentage of the second, rounded half up to ``decimals``.
    """

    rule: Literal["share"]
    inputs: Annotated[tuple[FactId, ...], Field(min_length=2, max_length=2)]
    decimals: Annotated[int, Field(ge=0, le=6)] = 1


class FactEntry(_Record):
    """A fact as it stands in a data file; data/README.md explains each field."""

    name: Words
    short: Words | None = None
    text: Words | None = None
    written: Annotated[str, StringConstraints(min_length=1)] | None = None
    number: Decimal | None = None
    unit: str | None = None
    kind: Literal["figure", "name", "rank", "ordinal", "target"] | None = None
    bound: Bound = Bound.EXACT
    comparison: Comparison | None = None
    period: str = _AT_PUBLICATION
    inferred: Identifier | Words | None = None
    source: Locator | None = None
    note: Words | None = None
    related: tuple[FactId, ...] = ()
    part_of: FactId | None = None
    derived: Derivation | None = None

    @field_validator("comparison", mode="before")
    @classmethod
    def _comparison_in_short(cls, value: object) -> object:
        return {"kind": value} if isinstance(value, str) else value

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
        if self.derived is not None:
            if self.number is not None:
                raise ValueError("a derived figure has no number of its own; drop number")
            return self
        if self.written is None or self.source is None:
            raise ValueError("a fact needs written (its value as printed) and source")
        if (self.number is None) != (self.unit is None):
            raise ValueError("number and unit belong together; one of them is missing")
        if self.number is None and self.bound is not Bound.EXACT:
            raise ValueError("a bound needs a number")
        return self


class GroupEntry(_Record):
    """Facts that belong together, in the order in which they are listed."""

    title: Words
    note: Words | None = None
    facts: dict[Identifier, FactEntry]


class FactFile(_Record):
    """A data file: one source and what it says."""

    source: SourceText
    assumptions: dict[Identifier, Assumption] = Field(default_factory=dict)
    groups: dict[Identifier, GroupEntry]


class Fact(_Record):
    """A checked fact with everything that is needed to print and to trace it.

    ``inferred`` says what about it is not in the source; None if nothing.
    """

    id: str
    entry: FactEntry
    period: Period
    number: Decimal | None
    inferred: Words | None
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
    note: Words | None = None
    facts: tuple[Fact, ...]


class FactBook(_Record):
    """All facts of a report in the order of its files."""

    groups: tuple[FactGroup, ...]

    def __iter__(self) -> Iterator[Fact]:  # type: ignore[override]
        return (fact for group in self.groups for fact in group.facts)

    def by_id(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self}
