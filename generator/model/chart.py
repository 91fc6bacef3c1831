"""What a chart shows, free of any format: values, labels, bounds, axes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from generator.errors import SeriesLengthError, UnsupportedChartError, near_name_hint

Kind = Literal["bar", "column", "line", "area", "pie", "doughnut", "scatter"]
Grouping = Literal["clustered", "stacked", "percent"]

KINDS: tuple[Kind, ...] = ("bar", "column", "line", "area", "pie", "doughnut", "scatter")


@dataclass(frozen=True, slots=True)
class Series:
    """One value per category (None is a gap).

    ``labels`` are what is printed at the points, None to print the value by the number format.
    ``color`` is a colour of the theme or RRGGBB; ``point_colors`` overrides it for single points.
    ``is_open`` marks the range in which the true value of a bound lies: it is drawn hatched.
    ``positions`` are the values along the other axis, for a scatter chart only.
    """

    name: str
    values: tuple[Decimal | None, ...]
    labels: tuple[str, ...] | None = None
    color: str = "accent1"
    point_colors: tuple[tuple[int, str], ...] = ()
    is_open: bool = False
    positions: tuple[Decimal | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """The axis of values. ``maximum`` and ``step`` None leave it to the reader's program."""

    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = None
    number_format: str = "General"
    is_shown: bool = False
    has_gridlines: bool = False
    step: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart in one language. ``aspect`` is width over height where a place leaves it open.

    ``font_size`` (points) None is chosen by the width of the place.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    alt_text: str
    name: str = "Chart"
    title: str = ""
    grouping: Grouping = "clustered"
    axis: ValueAxis = field(default_factory=ValueAxis)
    has_legend: bool = False
    gap_width: int = 60
    aspect: float = 2.2
    font_size: float | None = None
    locale: str = "en-GB"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnsupportedChartError(
                f'there is no chart of the kind "{self.kind}"', None,
                near_name_hint(self.kind, KINDS) or f"known: {', '.join(KINDS)}",
            )  # fmt: skip
        for series in self.series:
            if self.kind == "scatter" and series.positions is None:
                raise UnsupportedChartError(
                    f'the series "{series.name}" of a scatter chart has no positions', None,
                    "give the value along the other axis for each point",
                )  # fmt: skip
            counted = (("values", series.values), ("labels", series.labels),
                       ("positions", series.positions))  # fmt: skip
            for what, items in counted:
                if items is not None and len(items) != len(self.categories):
                    raise SeriesLengthError(
                        f'the series "{series.name}" has {len(items)} {what} for '
                        f"{len(self.categories)} categories", None,
                        "give one for each category",
                    )  # fmt: skip
