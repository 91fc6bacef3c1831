"""Charts and diagrams as they stand in ``report.yaml``: facts by name, texts in each language."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from generator.model.chart import Grouping, Kind, Legend, SeriesKind, Shown, TrendKind
from generator.model.diagram import DiagramKind
from generator.model.record import FactId, Identifier, Record, Text, Unfit, Wording, Words

DrawnAs = Literal["native", "picture"]
_Percent = Annotated[int, Field(ge=0, le=500)]


class AxisDefinition(Record):
    """An axis: its ends, the step of its marks, its number format and title."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    format: str | None = None
    title: Wording | None = None
    log: bool | None = None
    shown: bool | None = None
    gridlines: bool | None = None


class LabelsDefinition(Record):
    """What stands at the points, and where."""

    show: tuple[Shown, ...] | None = None
    place: str | None = None
    format: str | None = None


class ReferenceDefinition(Record):
    """A line across the plot, at a value or at a fact."""

    value: Decimal | None = None
    fact: FactId | None = None
    label: Wording | None = None
    color: str | None = None

    @model_validator(mode="after")
    def _has_one_value(self) -> ReferenceDefinition:
        if (self.value is None) == (self.fact is None):
            raise Unfit("a reference line needs a value or a fact", "give one of the two")
        return self


class TrendDefinition(Record):
    """A line fitted to a series."""

    kind: TrendKind = "linear"
    name: Wording | None = None
    order: int | None = None


class SeriesDefinition(Record):
    """A series: facts, values that stand here (``null`` is a gap), or a column of the dataset.

    ``columns`` are two for points or ranges, three with sizes.
    """

    name: Wording
    facts: tuple[FactId | None, ...] = ()
    values: tuple[Decimal | None, ...] = ()
    points: tuple[tuple[Decimal | FactId | None, ...], ...] = ()
    ranges: tuple[tuple[datetime.date | Decimal | FactId | None, ...] | None, ...] = ()
    column: Text | None = None
    columns: Annotated[tuple[Text, ...], Field(min_length=2, max_length=3)] | tuple[()] = ()
    labels: tuple[Wording | None, ...] | None = None
    bounds: tuple[str | None, ...] | None = None
    color: str | None = None
    colors: tuple[str | None, ...] | None = None
    kind: SeriesKind | None = None
    axis: Literal["first", "second"] | None = None
    format: str | None = None
    smooth: bool | None = None
    markers: bool | None = None
    dashed: bool | None = None
    target: bool | None = None
    errors: Decimal | str | dict[Literal["plus", "minus"], tuple[Decimal | None, ...]] | None = None
    trend: bool | TrendKind | TrendDefinition | None = None

    @model_validator(mode="after")
    def _has_figures(self) -> SeriesDefinition:
        kinds = ("facts", "values", "points", "ranges", "column", "columns")
        given = [name for name in kinds if getattr(self, name)]
        if len(given) != 1:
            raise Unfit(
                "a series needs facts, values, points, ranges or a column"
                if not given
                else f"a series has {' and '.join(given)}",
                "give one of them",
            )
        return self


def _form_of_series(value: object) -> str:
    return "rows" if isinstance(value, (list, tuple)) else "words"


_SeriesOrName = Annotated[
    Annotated[Words, Tag("words")] | Annotated[tuple[SeriesDefinition, ...], Tag("rows")],
    Discriminator(_form_of_series),
]


class ChartDefinition(Record):
    """A chart of figures. A figure that is a lower bound is drawn with an open end.

    ``facts`` make one series, named by ``series``, with a category for each; else ``series`` lists
    them. ``maximum`` ends the value axis (100 for a share); ``highlight`` names the facts or
    categories that stand out; ``gap`` is the space between bars in percent of a bar; ``aspect`` is
    width over height in Word, by
    the kind where it is left out. With a ``dataset`` series name its columns, and ``category`` is
    the column that names the categories. ``as`` draws a native chart or a picture.
    """

    kind: Kind
    facts: tuple[FactId, ...] = ()
    dataset: Identifier | None = None
    category: Text | None = None
    categories: tuple[datetime.date | Wording | Decimal, ...] = ()
    series: _SeriesOrName | None = None
    title: Wording | None = None
    source: Wording | None = None
    alt: Wording | None = None
    unit: Wording | None = None
    second_unit: Wording | None = None
    maximum: Decimal | None = None
    axis: AxisDefinition | None = None
    second_axis: AxisDefinition | None = None
    category_axis: AxisDefinition | None = None
    labels: bool | Shown | Literal["none"] | LabelsDefinition | None = None
    legend: Legend | None = None
    grouping: Grouping | None = None
    references: tuple[ReferenceDefinition, ...] = ()
    palette: tuple[str, ...] = ()
    highlight: tuple[str | int, ...] = ()
    totals: tuple[str | int, ...] = ()
    bins: int | tuple[Decimal, ...] | None = None
    sort: Literal["ascending", "descending"] | None = None
    multiples: Annotated[int, Field(ge=0, le=12)] | None = None
    gap: _Percent | None = None
    overlap: Annotated[int, Field(ge=-100, le=100)] | None = None
    aspect: Annotated[float, Field(ge=0.3, le=20)] | None = None
    font_size: Annotated[float, Field(ge=4, le=100)] | None = None
    drawn_as: DrawnAs | None = Field(default=None, alias="as")

    @model_validator(mode="before")
    @classmethod
    def _has_figures(cls, value: Any) -> Any:
        if isinstance(value, dict) and not value.get("facts"):
            rows = value.get("series")
            if not isinstance(rows, (list, tuple)):
                raise Unfit("the chart has no figures", "give facts, or a list of series")
        return value

    @model_validator(mode="after")
    def _has_its_dataset(self) -> ChartDefinition:
        rows = self.series if isinstance(self.series, tuple) else ()
        has_columns = any(row.column or row.columns for row in rows) or self.category
        if has_columns and self.dataset is None:
            raise Unfit("the chart names columns but no dataset", "add dataset:")
        if self.category and self.categories:
            raise Unfit("the chart has category and categories", "give one of the two")
        return self


class ItemDefinition(Record):
    """An item of a diagram, named by a title, a fact or its first figure.

    ``items`` are the boxes below a box of a tree.
    """

    fact: FactId | None = None
    title: Words | None = None
    figures: tuple[FactId, ...] = ()
    note: Words | None = None
    items: tuple[ItemDefinition, ...] = ()

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
    drawn_as: DrawnAs | None = Field(default=None, alias="as")
