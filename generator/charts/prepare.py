"""From what a chart shows to the plots that draw it, the same for native charts and pictures.

Kinds that Office does not have are made of those it has: a waterfall of stacked columns, a bullet
chart of columns and marks, a range of bars on invisible ones. Everything left open is decided here:
colours, labels, legend, the ends of axes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Literal, NamedTuple

from generator.charts.axis_ends import axis_ends
from generator.charts.fitting import text_width
from generator.charts.numbers import formatted, serial_day
from generator.charts.waterfall import waterfall_series
from generator.errors import UnsupportedChartError
from generator.model.changed import changed
from generator.model.chart import (
    CategoryAxis,
    ChartSpec,
    Grouping,
    Labels,
    Numbers,
    Series,
    ValueAxis,
)

PlotKind = Literal[
    "column", "bar", "line", "area", "pie", "doughnut", "scatter", "bubble", "radar"
]  # fmt: skip
LegendSide = Literal["none", "bottom", "top", "right", "left"]

#: Points from which labels would crowd.
_MOST_LABELS, _MOST_LINE_LABELS = 24, 12
_ACCENTS = tuple(f"accent{number}" for number in range(1, 7))
_ROUND = ("pie", "doughnut")
_TREND_WORDS = {
    "linear": ("线性趋势", "linear trend"), "exponential": ("指数趋势", "exponential trend"),
    "logarithmic": ("对数趋势", "logarithmic trend"), "power": ("幂趋势", "power trend"),
    "polynomial": ("多项式趋势", "polynomial trend"), "moving": ("移动平均", "moving average"),
}  # fmt: skip
#: A value may be so much wider than its bar.
_LABEL_OVERHANG = 1.4
#: Percent between few columns, which else were blocks.
_FEW_GAPS = {1: 300, 2: 150}
#: What kinds that are no plots of their own are drawn as.
_DRAWN_AS: dict[str, PlotKind] = {
    "combo": "column", "waterfall": "column", "histogram": "column", "bullet": "column",
    "range": "bar", "sparkline": "line", "dot": "line", "slope": "line", "treemap": "pie",
}  # fmt: skip
_BARS = ("column", "bar", "waterfall", "histogram", "bullet", "range")


class Plot(NamedTuple):
    """Series drawn together. ``numbers`` count all series of the chart, plot by plot."""

    kind: PlotKind
    series: tuple[Series, ...]
    numbers: tuple[int, ...]
    grouping: Grouping = "clustered"
    is_secondary: bool = False


class Prepared(NamedTuple):
    """A chart with every choice made. ``spec`` is what was asked for."""

    spec: ChartSpec
    plots: tuple[Plot, ...]
    axis: ValueAxis
    second_axis: ValueAxis
    category_axis: CategoryAxis
    labels: Labels
    legend: LegendSide
    gap_width: int
    overlap: int

    @property
    def series(self) -> tuple[Series, ...]:
        """All series in the order of their numbers, which is that of legends."""
        if len(self.plots) == 1:
            return self.plots[0].series
        return tuple(series for plot in self.plots for series in plot.series)

    @property
    def is_round(self) -> bool:
        return self.plots[0].kind in _ROUND

    @property
    def is_flat(self) -> bool:
        """Whether bars lie."""
        return self.plots[0].kind == "bar"

    @property
    def has_second_axis(self) -> bool:
        return any(plot.is_secondary for plot in self.plots)


def prepare(spec: ChartSpec, width: int | None = None) -> Prepared:
    """Return the chart with every choice made; ``width`` (EMU) tells what has room.

    Raises:
        UnsupportedChartError: options do not suit the kind.
    """
    _check_shares(spec)
    labels = _labels(spec, width)
    grouping = spec.grouping
    overlap = 100 if grouping != "clustered" else -8
    gap = _FEW_GAPS.get(len(spec.categories), 60) if spec.kind != "bar" else 60
    if spec.kind == "waterfall":
        series, grouping, gap, overlap = waterfall_series(spec), "stacked", max(gap - 10, 50), 100
    elif spec.kind == "range":
        series, grouping, overlap = _range_series(spec), "stacked", 100
    elif spec.kind == "histogram":
        series, gap, overlap = spec.series, 4, 0
    elif spec.kind == "bullet":
        series, gap, overlap = spec.series, max(gap, 80), 0
    else:
        series = spec.series
    if any(s.role == "open" for s in series) and grouping == "clustered":
        grouping, overlap = "stacked", 100
    series = tuple(_finished(spec, one, labels) for one in series)
    series = _colored(spec, series) + _reference_series(spec)
    plots = _plots(spec, series, grouping)
    legend = _legend(spec, plots, labels)
    has_second = any(plot.is_secondary for plot in plots)
    return Prepared(
        spec, plots, _axis(spec, plots, labels, False),
        _axis(spec, plots, labels, True) if has_second else spec.second_axis,
        spec.category_axis, labels, legend,
        gap if spec.gap_width is None else spec.gap_width,
        overlap if spec.overlap is None else spec.overlap,
    )  # fmt: skip


def _check_shares(spec: ChartSpec) -> None:
    if spec.kind not in ("pie", "doughnut", "treemap"):
        return
    for series in spec.series:
        if any(value is not None and value < 0 for value in series.values):
            raise UnsupportedChartError(
                f'the series "{series.name}" of a {spec.kind} chart has a value below zero', None,
                "shares of a whole are not negative; use columns",
            )  # fmt: skip
    if spec.kind != "doughnut" and len(spec.series) > 1:
        raise UnsupportedChartError(f"a {spec.kind} chart has one series", None,
                                    "make a chart for each, or use a doughnut")  # fmt: skip


# --- labels and legend ---


def _labels(spec: ChartSpec, width: int | None = None) -> Labels:
    labels = spec.labels
    if labels.shows is not None:
        is_free = spec.kind == "range" and labels.place is None  # texts run out of short bars
        return changed(labels, place="base") if is_free else labels
    points = sum([value is not None for series in spec.data for value in series.values])
    shows: tuple[Literal["value", "category", "share", "series"], ...] = ()
    if spec.kind == "pie":
        shows = ("category", "share")
    elif spec.kind == "doughnut":
        shows = ("share",)
    elif spec.kind == "range":
        shows = ()
    elif _prints_values(spec, points) and not _collide(spec, width):
        shows = ("value",)
    place = "base" if spec.kind in ("bullet", "range") and not labels.place else labels.place
    return changed(labels, shows=shows, place=place)


def _prints_values(spec: ChartSpec, points: int) -> bool:
    """Return whether values stand at the points: where that crowds nothing, or texts are given."""
    return _prints(spec, points) or any(series.labels is not None for series in spec.data)


def _collide(spec: ChartSpec, width: int | None) -> bool:
    """Return whether values above standing bars, side by side, would run into each other."""
    if width is None or spec.font_size is None or spec.kind not in ("column", "histogram"):
        return False
    if spec.grouping != "clustered" or any(series.labels is not None for series in spec.data):
        return False
    bars = [series for series in spec.data if series.kind in (None, "column")]
    room = width * 0.94 / len(spec.categories) / (len(bars) + 0.6)
    widest = 0
    for series in bars:
        known = [value for value in series.values if value is not None]
        longest = max(known, key=lambda value: len(str(value)), default=None)
        if longest is not None:  # the one with most digits stands for all
            code = series.number_format or spec.axis.number_format
            text = formatted(longest, code) or f"{longest:f}"
            widest = max(widest, text_width(text, spec.font_size, True))
    is_crowd = len(bars) * len(spec.categories) > 1
    return is_crowd and widest > room * _LABEL_OVERHANG


def _prints(spec: ChartSpec, points: int) -> bool:
    if spec.kind in ("pie", "doughnut"):
        return True
    if spec.kind in ("histogram", "dot", "slope", "treemap"):
        return True
    if spec.kind in _BARS and points <= _MOST_LABELS:
        return True
    return spec.kind == "line" and len(spec.data) == 1 and points <= _MOST_LINE_LABELS


def _legend(spec: ChartSpec, plots: tuple[Plot, ...], labels: Labels) -> LegendSide:
    if spec.legend != "auto":
        return spec.legend
    if spec.kind in ("sparkline", "slope", "treemap"):
        return "none"
    if plots[0].kind in _ROUND:
        return "none" if "category" in (labels.shows or ()) else "right"
    listed = [s for plot in plots for s in plot.series if s.role != "aid"]
    trends = sum(s.trend is not None for s in listed)
    return "bottom" if len(listed) + trends > 1 else "none"


def _finished(spec: ChartSpec, series: Series, labels: Labels) -> Series:
    """Return the series with what follows from the others and from its own data."""
    if series.trend is not None and not series.trend.name:
        zh = spec.locale.startswith("zh")
        word = _TREND_WORDS[series.trend.kind][0 if zh else 1]
        name = f"{series.name}（{word}）" if zh else f"{series.name} ({word})"
        series = changed(series, trend=changed(series.trend, name=name))
    if spec.kind == "sparkline" and not series.point_colors:
        known = [index for index, value in enumerate(series.values) if value is not None]
        series = changed(series, point_colors=tuple((i, "accent2") for i in known[-1:]))
    asked = spec.labels.shows is not None
    if not labels.shows or asked or series.labels is not None:
        return series
    points = sum(value is not None for one in spec.data for value in one.values)
    if not _prints(spec, points):
        series = changed(series, labels=("",) * len(series.values))  # only others have texts
    return series


# --- colours ---


def palette_of(spec: ChartSpec) -> tuple[str, ...]:
    """Return the colours that series take in turn."""
    return spec.palette or _ACCENTS


def _colored(spec: ChartSpec, series: tuple[Series, ...]) -> tuple[Series, ...]:
    """Return the series with a colour each; an open range has that of the series it belongs to."""
    palette = palette_of(spec)
    colored: list[Series] = []
    taken = 0
    for one in series:
        color = one.color
        if color is None and one.role == "open" and colored:
            color = colored[-1].color
        if color is None and one.role == "target":
            color = "accent2"
        if color is None:
            color = palette[taken % len(palette)]
        if one.role == "data":
            taken += 1
        colored.append(one if one.color == color else changed(one, color=color))
    if spec.kind in _ROUND:
        colored = [_with_slices(one, palette, len(spec.categories)) for one in colored]
    return tuple(colored)


def _with_slices(series: Series, palette: tuple[str, ...], count: int) -> Series:
    given = dict(series.point_colors)
    slices = {n: given.get(n, palette[n % len(palette)]) for n in range(count)}
    return changed(series, point_colors=tuple(slices.items()))


# --- derived series ---


def _range_series(spec: ChartSpec) -> tuple[Series, ...]:
    """Return for each series an invisible bar up to its start, and the bar itself."""
    if len(spec.series) > 1:
        return _range_rows(spec)
    (series,) = spec.series
    starts = series.starts or ()
    lengths = tuple(
        None if value is None or start is None else value - start
        for start, value in zip(starts, series.values, strict=True)
    )
    begin = Series("", starts, ("",) * len(starts), "lt1", role="aid", fill="none")
    return (begin, changed(series, values=lengths, labels=_range_labels(spec, series), starts=None))


def _range_labels(spec: ChartSpec, series: Series) -> tuple[str, ...] | None:
    """Return what is said at ranges: begin and end, as their length alone would mislead."""
    if series.labels is not None or "value" not in (spec.labels.shows or ()):
        return series.labels
    code = spec.labels.number_format or series.number_format or spec.axis.number_format
    return tuple(
        "" if start is None or end is None
        else f"{formatted(start, code) or start}–{formatted(end, code) or end}"
        for start, end in zip(series.starts or (), series.values, strict=True)
    )  # fmt: skip


def _range_rows(spec: ChartSpec) -> tuple[Series, ...]:
    """Return several series of ranges: in each category at most one of them has a value.

    Raises:
        UnsupportedChartError: two of them meet in a category, where one bar would hide the other.
    """
    begins: list[Decimal | None] = [None] * len(spec.categories)
    bars = []
    for series in spec.series:
        lengths: list[Decimal | None] = []
        pairs = zip(series.starts or (), series.values, strict=True)
        for index, (start, value) in enumerate(pairs):
            if start is None or value is None:
                lengths.append(None)
                continue
            if begins[index] is not None:
                raise UnsupportedChartError(
                    f'two ranges stand in the category "{spec.names[index]}"', None,
                    "give each range a category of its own",
                )  # fmt: skip
            begins[index] = start
            lengths.append(value - start)
        labels = _range_labels(spec, series)
        bars.append(changed(series, values=tuple(lengths), labels=labels, starts=None))
    hidden = Series("", tuple(begins), ("",) * len(begins), "lt1", role="aid", fill="none")
    return (hidden, *bars)


def _reference_series(spec: ChartSpec) -> tuple[Series, ...]:
    """Return the lines across the plot as series of one value.

    Raises:
        UnsupportedChartError: the kind has no room for them.
    """
    if not spec.references:
        return ()
    if spec.kind == "scatter":
        ends = _ends(spec)
        return tuple(
            Series(line.label, (line.value, line.value), ("", ""), line.color, role="reference",
                   positions=ends, has_markers=False, is_dashed=True)
            for line in spec.references
        )  # fmt: skip
    if spec.kind not in ("column", "line", "area", "combo", "waterfall", "histogram", "bullet"):
        raise UnsupportedChartError(
            f"a {spec.kind} chart takes no reference lines", None, "use a column or a line chart"
        )
    count = len(spec.categories)
    return tuple(
        Series(line.label, (line.value,) * count, ("",) * count, line.color, role="reference",
               kind="line", has_markers=False, is_dashed=True)
        for line in spec.references
    )  # fmt: skip


def _ends(spec: ChartSpec) -> Numbers:
    """Return where the horizontal axis of points begins and ends."""
    found = [p for series in spec.series for p in series.positions or () if p is not None]
    axis = spec.category_axis
    low = axis.minimum if axis.minimum is not None else min(found, default=Decimal(0))
    high = axis.maximum if axis.maximum is not None else max(found, default=Decimal(1))
    return (low, high)


# --- plots ---


def _plots(spec: ChartSpec, series: tuple[Series, ...], grouping: Grouping) -> tuple[Plot, ...]:
    kinds = [_plot_kind(spec, one) for one in series]
    order: list[tuple[PlotKind, bool]] = []
    members: dict[tuple[PlotKind, bool], list[int]] = {}
    for number, (one, kind) in enumerate(zip(series, kinds, strict=True)):
        key = (kind, one.is_secondary)
        if key not in members:
            order.append(key)
        members.setdefault(key, []).append(number)
    rank = {"area": 0, "column": 1, "bar": 1, "line": 2}
    order.sort(key=lambda key: (key[1], rank.get(key[0], 0)))
    plots: list[Plot] = []
    count = 0
    for key in order:
        drawn = tuple(series[n] for n in members[key])
        stacks = key[0] in ("column", "bar", "area") or (key[0] == "line" and spec.kind == "line")
        numbers = tuple(range(count, count + len(drawn)))
        plots.append(Plot(key[0], drawn, numbers, grouping if stacks else "clustered", key[1]))
        count += len(drawn)
    if all(plot.is_secondary for plot in plots):
        raise UnsupportedChartError(
            "all series stand on the second axis", None, "leave one of them on the first"
        )
    return tuple(plots)


def _plot_kind(spec: ChartSpec, series: Series) -> PlotKind:
    if series.role == "target":
        return "line"
    if series.kind is not None and spec.kind not in ("pie", "doughnut", "scatter", "bubble"):
        if spec.kind not in ("combo", "column", "line", "area") and series.is_data:
            raise UnsupportedChartError(
                f'the series "{series.name}" of a {spec.kind} chart has a kind of its own', None,
                'choose the kind "combo" for the chart',
            )  # fmt: skip
        return series.kind
    return _DRAWN_AS.get(spec.kind) or spec.kind  # type: ignore[return-value] # a kind of plot


# --- axes ---


def _axis(spec: ChartSpec, plots: tuple[Plot, ...], labels: Labels, second: bool) -> ValueAxis:
    """Return the value axis with its ends and whether it is shown decided."""
    axis = spec.second_axis if second else spec.axis
    own = [plot for plot in plots if plot.is_secondary == second]
    is_shown = axis.is_shown
    if is_shown is None:
        is_shown = second or spec.kind not in _BARS or not labels.shows or axis.maximum is not None
        is_shown = is_shown and spec.kind not in ("sparkline", "slope")
        is_shown = is_shown or any(plot.is_secondary for plot in plots)
    has_grid = axis.has_gridlines
    if has_grid is None:
        has_grid = is_shown and not second
        has_grid = has_grid and not (spec.kind in _BARS and "value" in (labels.shows or ()))
    minimum = axis.minimum
    starts_at_zero = any(plot.kind in ("column", "bar", "area", "radar") for plot in own)
    if minimum is None and starts_at_zero and not axis.is_log and spec.kind != "range":
        values = [v for plot in own for s in plot.series for v in s.values if v is not None]
        minimum = Decimal(0) if all(value >= 0 for value in values) else None
    if minimum is None and spec.kind == "range":
        minimum = _before(spec)
    if spec.kind == "range" and "yyyy" in axis.number_format and axis.step is None:
        minimum, end, step = _days(spec, axis)
        axis = changed(axis, maximum=end, step=step)
    if spec.kind == "sparkline":
        minimum, maximum = _around(spec, minimum, axis.maximum)
        axis = changed(axis, maximum=maximum)
    beyond = error_ends(own)
    if beyond and not axis.is_log:  # programs leave room for values alone
        begin, end, step = axis_ends(
            extents(own), minimum, axis.maximum, axis.step, axis.number_format, beyond
        )
        minimum, axis = begin, changed(axis, maximum=end, step=step)
    code = "0%" if any(p.grouping == "percent" for p in own) else axis.number_format
    return changed(
        axis, is_shown=is_shown, has_gridlines=has_grid, minimum=minimum, number_format=code
    )


def extents(plots: Sequence[Plot]) -> list[Decimal]:
    """Return the values that a value axis must hold, those of stacks summed."""
    found: list[Decimal] = []
    for plot in plots:
        if plot.grouping == "percent":
            found += [Decimal(0), Decimal(1)]
        elif plot.grouping == "stacked":
            for values in zip(*(series.values for series in plot.series), strict=True):
                found.append(sum((v for v in values if v is not None and v > 0), Decimal(0)))
                found.append(sum((v for v in values if v is not None and v < 0), Decimal(0)))
        else:
            found += [v for s in plot.series for v in s.values if v is not None]
    return found


def error_ends(plots: Sequence[Plot]) -> list[Decimal]:
    """Return where the error bars of plots end."""
    return [end for plot in plots for series in plot.series for end in _error_ends(series)]


def _error_ends(series: Series) -> list[Decimal]:
    errors = series.errors
    if errors is None:
        return []
    found = []
    for index, value in enumerate(series.values):
        if value is None:
            continue
        y = value
        if errors.amount is not None:
            amount = errors.amount * (abs(y) / 100 if errors.is_percent else 1)
            found += [y - amount, y + amount]
        else:
            plus = errors.plus[index] if errors.plus else None
            minus = errors.minus[index] if errors.minus else None
            found += [y + (plus or 0), y - (minus or 0)]
    return found


def _around(
    spec: ChartSpec, minimum: Decimal | None, maximum: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return ends of an axis close around the values, of which only the course is shown."""
    values = [v for one in spec.series for v in one.values if v is not None]
    if not values:
        return minimum, maximum
    margin = (max(values) - min(values)) / 10 or Decimal(1)
    return (min(values) - margin if minimum is None else minimum,
            max(values) + margin if maximum is None else maximum)  # fmt: skip


#: Steps of an axis of days: days, weeks, and what comes near months and years.
_DAY_STEPS = (1, 2, 7, 14, 28, 61, 91, 182, 365, 730, 1826, 3652)


def _days(spec: ChartSpec, axis: ValueAxis) -> tuple[Decimal, Decimal, Decimal]:
    """Return ends and step of an axis of days: few marks, from the first of a month on."""
    known = [v for one in spec.series for v in (*(one.starts or ()), *one.values) if v is not None]
    first, last = min(known, default=Decimal(1)), max(known, default=Decimal(2))
    day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(first))
    if last - first > _DAY_STEPS[3]:
        day = day.replace(day=1)
    begin = serial_day(day) if axis.minimum is None else axis.minimum
    span = (last if axis.maximum is None else axis.maximum) - begin
    step = Decimal(next((n for n in _DAY_STEPS if span <= n * 5), _DAY_STEPS[-1]))
    end = begin + (span / step).to_integral_value(ROUND_CEILING) * step
    return begin, end if axis.maximum is None else axis.maximum, step


def _before(spec: ChartSpec) -> Decimal | None:
    """Return where the axis of ranges begins: zero where that is near, else before the first."""
    starts = [s for one in spec.series for s in one.starts or () if s is not None]
    ends = [v for one in spec.series for v in one.values if v is not None]
    if not starts or not ends:
        return None
    low, high = min(starts), max(ends)
    if 0 <= low <= high / 3:
        return Decimal(0)
    margin = (high - low) / 20
    return (low - margin).quantize(Decimal(1)) if margin >= 1 else low
