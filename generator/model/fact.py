"""A fact: a figure or a named thing that knows where it comes from. No wording, no files.

The records at the top are what a data file holds; ``Fact`` and ``FactBook`` are what is left when
all of it has been checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from generator.model.bound import Bound, BoundWord
from generator.model.dataset import CellPlace, Dataset
from generator.model.dataset_definition import CellReference
from generator.model.period import AT_PUBLICATION, Period
from generator.model.record import FactId, Identifier, Record, Text, Unfit, Words
from generator.model.source_text import Section, SourceText, read_date
from generator.model.unit import UNIT_NAMES, Unit, find_unit

__all__ = [
    "Assumption",
    "Bound",
    "Comparison",
    "Derivation",
    "Fact",
    "FactBook",
    "FactEntry",
    "FactFile",
    "FactGroup",
    "FactId",
    "GroupEntry",
    "Identifier",
    "Kind",
    "Locator",
    "Period",
    "Review",
    "Section",
    "SourceText",
    "Unread",
    "Words",
    "read_date",
]

#: ``figure``: an amount; ``rank``: a place among others; ``ordinal``: "for the third time";
#: ``name``: a thing without a number; ``target``: something aimed at.
Kind = Literal["figure", "rank", "ordinal", "name", "target"]
_PLACE = re.compile(r"[a-z][a-z0-9_]* [1-9][0-9]*")


def _place(value: str) -> str:
    if _PLACE.fullmatch(value) is None:
        raise Unfit(f'"{value}" is no place', "write section and paragraph, as in lead 1")
    return value


#: A place in the source: section and number of the paragraph.
Place = Annotated[str, AfterValidator(_place)]


class Assumption(Words):
    """Something that the source does not say and we concluded, with why.

    ``year`` is the year assumed for "this year"; a known date of publication settles it.
    """

    year: Annotated[int, Field(ge=1900, le=2200)] | None = None


class Locator(Record):
    """Where a figure stands: section and paragraph, the phrase as printed, where it is repeated."""

    at: Place
    phrase: Text
    also: tuple[Place, ...] = ()


#: ``change`` is one since a base that ``of`` names; ``average`` a yearly one over several years;
#: ``gap`` the distance to others; ``contribution`` a share of growth, ``pull`` points of growth.
ComparisonKind = Literal[
    "yoy", "qoq", "share", "rank", "change", "average", "gap", "contribution", "pull"
]


class Comparison(Record):
    """What a figure is compared with: the year before, the period before, a whole, a field."""

    kind: ComparisonKind
    of: Words | None = None

    @model_validator(mode="after")
    def _knows_its_whole(self) -> Comparison:
        if self.kind in ("share", "rank") and self.of is None:
            raise Unfit(
                f"a {self.kind} needs to say of what",
                f"write comparison: {{kind: {self.kind}, of: {{zh: ..., en: ...}}}}",
            )
        return self


class Derivation(Record):
    """How a figure was worked out from others.

    ``share`` is the first input as a percentage of the second, ``difference`` the first less the
    second; rounded half up to ``decimals``.
    """

    rule: Literal["share", "difference"]
    inputs: Annotated[tuple[FactId, ...], Field(min_length=2, max_length=2)]
    decimals: Annotated[int, Field(ge=0, le=6)] = 1


def _form_of_inference(value: object) -> str:
    return "assumption" if isinstance(value, str) else "words"


#: The name of an assumption, or words that hold for one fact.
Inference = Annotated[
    Annotated[Identifier, Tag("assumption")] | Annotated[Words, Tag("words")],
    Discriminator(_form_of_inference),
]


class Review(Record):
    """What waits for a person: a fact that was proposed, with how sure that is and what to look at.

    ``sentence`` is where the phrase stands; ``start`` and ``end`` are its characters in the
    paragraph ``paragraph`` of the article, both counted from the first.
    """

    confidence: Annotated[Decimal, Field(ge=0, le=1)] | None = None
    sentence: Text | None = None
    paragraph: Annotated[int, Field(ge=1)] | None = None
    start: Annotated[int, Field(ge=0)] | None = None
    end: Annotated[int, Field(ge=0)] | None = None
    was: Text | None = None
    check: tuple[Text, ...] = ()


class Unread(Record):
    """A phrase of the source that seems to hold a figure and was not made a fact, with why."""

    at: Place
    phrase: Text
    why: Text
    sentence: Text | None = None


class FactEntry(Record):
    """A fact as it stands in a data file; data/README.md explains each field."""

    name: Words
    short: Words | None = None
    text: Words | None = None
    written: Text | None = None
    number: Decimal | None = None
    unit: str | None = None
    kind: Kind | None = None
    bound: Bound = Bound.EXACT
    comparison: Comparison | None = None
    period: str = AT_PUBLICATION
    inferred: Inference | None = None
    source: Locator | None = None
    note: Words | None = None
    related: tuple[FactId, ...] = ()
    part_of: FactId | None = None
    valid_until: date | None = None
    derived: Derivation | None = None
    cell: CellReference | None = None
    review: Review | None = None

    @field_validator("comparison", mode="before")
    @classmethod
    def _comparison_in_short(cls, value: object) -> object:
        return {"kind": value} if isinstance(value, str) else value

    @field_validator("period", mode="before")
    @classmethod
    def _period_is_one(cls, value: object) -> object:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if isinstance(text, str):
            Period.parse(text)
        return text

    @field_validator("valid_until", mode="before")
    @classmethod
    def _end_is_a_date(cls, value: object) -> object:
        return value if value is None else read_date(value)

    @field_validator("number", mode="before")
    @classmethod
    def _number_is_written_as_one(cls, value: object) -> object:
        if isinstance(value, (str, bool)):
            raise Unfit(
                f'"{value}" is not a number', "write digits only: no quotes, unit, or bound word"
            )
        return value

    @field_validator("unit")
    @classmethod
    def _unit_is_known(cls, value: str | None) -> str | None:
        if value is not None and find_unit(value) is None:
            raise Unfit(
                f'"{value}" is no known unit',
                f"known: {' '.join(UNIT_NAMES)}; 万, 亿 and other scale words may stand before",
            )
        return value

    @model_validator(mode="after")
    def _is_complete(self) -> FactEntry:
        if self.derived is not None:
            _check_derived(self)
            return self
        if self.cell is not None:
            _check_cell(self)
            return self
        if self.written is None:
            raise Unfit("written is missing", "add the value as the source prints it")
        if self.source is None:
            raise Unfit("source is missing", "add where the fact stands: {at: ..., phrase: ...}")
        if self.number is None and self.unit is not None:
            raise Unfit("a unit without a number", "add the number, or drop the unit")
        if self.number is not None and self.unit is None:
            raise Unfit("a number without a unit", "add the unit, for example 家 or %")
        if self.number is None and self.bound is not Bound.EXACT:
            raise Unfit("a bound without a number", "add the number, or drop the bound")
        if self.number is None and self.kind in ("figure", "rank", "ordinal"):
            raise Unfit(f"a {self.kind} without a number", "add the number, or drop kind")
        if self.text is not None and self.bound is not Bound.EXACT:
            raise Unfit(
                "a text would hide the bound of this figure", "drop text; the figure prints itself"
            )
        return self


def _check_derived(entry: FactEntry) -> None:
    for name in ("number", "written", "source", "text"):
        if getattr(entry, name) is not None:
            raise Unfit(f"a derived figure has no {name} of its own", f"drop {name}")
    if entry.cell is not None:
        raise Unfit("a fact is derived or of a cell, not both", "drop one of them")
    if entry.bound is not Bound.EXACT:
        raise Unfit("a derived figure has no bound", "drop bound")
    if entry.unit is None:
        raise Unfit("a derived figure needs a unit", 'add the unit, for example "%"')


def _check_cell(entry: FactEntry) -> None:
    for name in ("number", "written", "source"):
        if getattr(entry, name) is not None:
            raise Unfit(f"a fact of a cell has no {name} of its own", f"drop {name}")
    if entry.unit is None and (entry.bound is not Bound.EXACT or entry.kind in ("figure", "rank")):
        raise Unfit("a figure needs a unit", "add the unit, for example 家 or %")


class GroupEntry(Record):
    """Facts that belong together, in the order in which they are listed."""

    title: Words
    note: Words | None = None
    facts: dict[Identifier, FactEntry]


class FactFile(Record):
    """A data file: one source, what it says, and what nobody has made a fact of yet."""

    source: SourceText
    assumptions: dict[Identifier, Assumption] = Field(default_factory=dict)
    groups: dict[Identifier, GroupEntry]
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A checked fact with everything that is needed to print and to trace it.

    ``number`` is in ``unit``; both are None for a named thing. ``bound_word`` is the word that the
    source uses for the bound. ``inferred`` says what about the fact is not in the source, None if
    nothing; ``has_assumed_year`` that it is the year. ``file`` and ``line`` are of the entry;
    ``cell`` is where the value was read, None where the entry itself holds it.
    """

    id: str
    entry: FactEntry
    period: Period
    number: Decimal | None
    unit: Unit | None
    bound_word: BoundWord | None
    inferred: Words | None
    has_assumed_year: bool
    source: SourceText
    file: str
    line: int
    cell: CellPlace | None = None

    @property
    def bound(self) -> Bound:
        return self.entry.bound

    @property
    def is_figure(self) -> bool:
        return self.number is not None

    @property
    def kind(self) -> Kind:
        return self.entry.kind or ("figure" if self.is_figure else "name")


@dataclass(frozen=True, slots=True)
class FactGroup:
    """A group of checked facts."""

    id: str
    title: Words
    note: Words | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class FactBook:
    """All facts of a report in the order of its files, and the datasets of the report."""

    groups: tuple[FactGroup, ...]
    datasets: Mapping[str, Dataset] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Fact]:
        return (fact for group in self.groups for fact in group.facts)

    def __len__(self) -> int:
        return sum(len(group.facts) for group in self.groups)

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self._facts

    def by_id(self) -> Mapping[str, Fact]:
        return self._facts

    @cached_property
    def _facts(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self}
