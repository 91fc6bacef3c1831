"""Charts and diagrams as they stand in ``report.yaml``: facts by name, texts in each language."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from generator.model.diagram import DiagramKind
from generator.model.record import FactId, Record, Words

#: Kinds of chart that show one figure for each fact.
DefinedKind = Literal["bar", "column", "line", "area", "pie", "doughnut"]


class ChartDefinition(Record):
    """A chart of figures in one unit. A figure that is a lower bound is drawn with an open end.

    ``maximum`` ends the value axis (100 for a share); ``highlight`` names the facts that stand out;
    ``gap`` is the space between bars in percent of a bar; ``aspect`` is width over height in Word.
    """

    kind: DefinedKind
    facts: Annotated[tuple[FactId, ...], Field(min_length=1)]
    title: Words | None = None
    series: Words | None = None
    alt: Words | None = None
    maximum: Decimal | None = None
    highlight: tuple[FactId, ...] = ()
    gap: Annotated[int, Field(ge=0, le=500)] = 60
    aspect: Annotated[float, Field(ge=0.3, le=10)] = 2.4


class ItemDefinition(Record):
    """An item of a diagram, named by a title, a fact or its first figure."""

    fact: FactId | None = None
    title: Words | None = None
    figures: tuple[FactId, ...] = ()
    note: Words | None = None

    @model_validator(mode="after")
    def _has_a_name(self) -> ItemDefinition:
        if self.fact is None and self.title is None and not self.figures:
            raise ValueError("an item needs a title, a fact or figures")
        return self


class DiagramDefinition(Record):
    """A diagram of 1 to 12 items."""

    kind: DiagramKind
    items: Annotated[tuple[ItemDefinition, ...], Field(min_length=1, max_length=12)]
    title: Words | None = None
