"""What a chart shows, free of any format: values, labels, bounds, axes, aids.

The words are those of ECMA-376 Part 1, 21.2 where it has them (grouping, overlap, gap width).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from generator.errors import SeriesLengthError, UnsupportedChartError, near_name_hint
from generator.model.bound import Bound

Kind = Literal[
    "column", "bar", "line", "area", "pie", "doughnut", "scatter", "bubble", "radar", "combo",
    "waterfall", "histogram", "bullet", "range", "sparkline", "dot", "slope", "treemap",
]  # fmt: skip
#: How one series of a combined chart is drawn.
SeriesKind = Literal["column", "line", "area"]
Grouping = Literal["clustered", "stacked", "percent"]
Fill = Literal["solid", "hatched", "none"]
#: ``open`` is the range in which the true value of a bound lies, ``reference`` a line across the
#: plot; ``aid`` only helps to draw.
Role = Literal["data", "target", "open", "reference", "aid"]
Legend = Literal["auto", "none", "bottom", "top", "right", "left"]
Shown = Literal["value", "category", "share", "series"]

KINDS: tuple[Kind, ...] = (
    "column", "bar", "line", "area", "pie", "doughnut", "scatter", "bubble", "radar", "combo",
    "waterfall", "histogram", "bullet", "range", "sparkline", "dot", "slope", "treemap",
)  # fmt: skip
#: Kinds that Office has no chart for: they are drawn as pictures.
PICTURE_KINDS: tuple[Kind, ...] = ("dot", "slope", "treemap")
#: Kinds whose points have a place of their own along both axes.
POINT_KINDS: tuple[Kind, ...] = ("scatter", "bubble")

Category = str | datetime.date
Numbers = tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class ErrorBars:
    """Error bars along the value axis.

    ``amount`` is the same for all points, in the unit of the values or in percent of them; without
    it, ``plus`` and ``minus`` give one amount for each point.
    """

    amount: Decimal | None = None
    is_percent: bool = False
    plus: Numbers = ()
    minus: Numbers = ()


TrendKind = Literal["linear", "exponential", "logarithmic", "power", "polynomial", "moving"]
TREND_KINDS: tuple[TrendKind, ...] = (
    "linear", "exponential", "logarithmic", "power", "polynomial", "moving",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrendLine:
    """A line fitted to the points.

    ``order`` is the degree of a polynomial (2 to 6), or the points of a moving average (2 or more).
    """

    kind: TrendKind = "linear"
    name: str = ""
    order: int = 2


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A line across the plot at one value, with a label."""

    value: Decimal
    label: str = ""
    color: str = "dk2"


@dataclass(frozen=True, slots=True)
class Series:
    """One value per category (None is a gap).

    ``labels`` are what is printed at the points, None to print the value by the number format.
    ``color`` is a colour of the theme or RRGGBB, None for the next one of the palette;
    ``point_colors`` overrides it for single points, and ``point_fills`` the fill.
    ``positions`` are the values along the other axis (scatter, bubble), ``sizes`` those of bubbles,
    ``starts`` where a range begins. ``bounds`` say which values only limit the true ones; empty
    means that all are exact. ``kind`` is for combined charts. ``number_format`` None takes
    that of the axis.
    """

    name: str
    values: Numbers
    labels: tuple[str, ...] | None = None
    color: str | None = None
    point_colors: tuple[tuple[int, str], ...] = ()
    role: Role = "data"
    positions: Numbers | None = None
    sizes: Numbers | None = None
    starts: Numbers | None = None
    kind: SeriesKind | None = None
    is_secondary: bool = False
    fill: Fill = "solid"
    point_fills: tuple[tuple[int, Fill], ...] = ()
    number_format: str | None = None
    has_markers: bool = True
    is_smooth: bool = False
    is_dashed: bool = False
    errors: ErrorBars | None = None
    trend: TrendLine | None = None
    bounds: tuple[Bound, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether this is the open range of a bound."""
        return self.role == "open"

    @property
    def is_data(self) -> bool:
        """Whether the values are figures, not aids."""
        return self.role in ("data", "target")


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """An axis of values. Ends and ``step`` that are None are chosen by the data.

    ``is_shown`` and ``has_gridlines`` None: where the points bear no labels.
    """

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    number_format: str = "General"
    is_shown: bool | None = None
    has_gridlines: bool | None = None
    step: Decimal | None = None
    title: str = ""
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class CategoryAxis:
    """The axis of categories, or the horizontal one of points.

    ``number_format`` is that of days (``yyyy-mm``) or of positions; ``minimum``, ``maximum`` and
    ``step`` are for positions.
    """

    title: str = ""
    number_format: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    has_gridlines: bool = False
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands at the points: ``shows`` empty for nothing, None for what suits the kind.

    ``place`` is ``outside``, ``inside``, ``middle``, ``base``, ``above``, ``below``, ``left`` or
    ``right``, None for the kind's own.
    """

    shows: tuple[Shown, ...] | None = None
    place: str | None = None
    number_format: str | None = None


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart in one language. ``aspect`` is width over height where a place leaves it open.

    Categories are texts, or all days. ``font_size`` (points) None is chosen by the width of the
    place. ``palette`` (colours of the theme or RRGGBB) overrides the accents of the theme.
    ``totals`` are the categories of a waterfall that are levels, not changes. ``multiples`` above 0
    draws a small chart for each series, so many in a row, all with the same axes. ``references``
    are lines across the plot. ``gap_width`` and ``overlap`` are percent of a bar.

    Raises:
        UnsupportedChartError: there is no such kind, or the data do not suit it.
        SeriesLengthError: a series has another number of values than there are categories.
    """

    kind: Kind
    categories: tuple[Category, ...]
    series: tuple[Series, ...]
    alt_text: str
    name: str = "Chart"
    title: str = ""
    source_line: str = ""
    grouping: Grouping = "clustered"
    axis: ValueAxis = field(default_factory=ValueAxis)
    second_axis: ValueAxis = field(default_factory=ValueAxis)
    category_axis: CategoryAxis = field(default_factory=CategoryAxis)
    labels: Labels = field(default_factory=Labels)
    legend: Legend = "auto"
    references: tuple[ReferenceLine, ...] = ()
    palette: tuple[str, ...] = ()
    totals: tuple[int, ...] = ()
    multiples: int = 0
    gap_width: int | None = None
    overlap: int | None = None
    aspect: float = 2.2
    font_size: float | None = None
    locale: str = "en-GB"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnsupportedChartError(
                f'there is no chart of the kind "{self.kind}"', None,
                near_name_hint(self.kind, KINDS) or f"known: {', '.join(KINDS)}",
            )  # fmt: skip
        if not self.series:
            raise UnsupportedChartError("the chart has no series", None, "give at least one")
        are_days = [isinstance(category, datetime.date) for category in self.categories]
        if any(are_days) and not all(are_days):
            raise UnsupportedChartError(
                "some categories are days and others are not", None, "give days or texts"
            )
        for series in self.series:
            self._check(series)

    def _check(self, series: Series) -> None:
        if self.kind in POINT_KINDS and series.positions is None:
            raise UnsupportedChartError(
                f'the series "{series.name}" of a {self.kind} chart has no positions', None,
                "give the value along the other axis for each point",
            )  # fmt: skip
        if self.kind == "bubble" and series.sizes is None:
            raise UnsupportedChartError(
                f'the series "{series.name}" of a bubble chart has no sizes', None,
                "give a size for each point",
            )  # fmt: skip
        if self.kind == "range" and series.starts is None:
            raise UnsupportedChartError(
                f'the series "{series.name}" of a range chart has no starts', None,
                "give a start and an end for each category",
            )  # fmt: skip
        wanted = len(series.values) if self.kind in POINT_KINDS else len(self.categories)
        what_each = "points" if self.kind in POINT_KINDS else "categories"
        for what, items in (
            ("values", series.values), ("labels", series.labels), ("positions", series.positions),
            ("sizes", series.sizes), ("starts", series.starts),
            ("upper errors", series.errors.plus if series.errors else ()),
            ("lower errors", series.errors.minus if series.errors else ()),
        ):  # fmt: skip
            if items is None or len(items) == wanted:
                continue
            if items or what not in ("upper errors", "lower errors"):
                raise SeriesLengthError(
                    f'the series "{series.name}" has {len(items)} {what} for '
                    f"{wanted} {what_each}", None, "give one for each; a gap is none",
                )  # fmt: skip

    @property
    def has_days(self) -> bool:
        """Whether categories are days, shown along an axis of time."""
        return bool(self.categories) and isinstance(self.categories[0], datetime.date)

    @property
    def data(self) -> tuple[Series, ...]:
        """The series that show figures."""
        return tuple(series for series in self.series if series.is_data)

    @property
    def names(self) -> tuple[str, ...]:
        """The categories as texts; days by year, month and day."""
        return tuple(str(category) for category in self.categories)
