"""A chart as a picture: SVG with its text as outlines, and PNG, in the look of the native chart.

matplotlib is loaded when a picture is drawn and used through its objects alone: no pyplot, and no
setting outlives the call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import StringIO
from math import ceil
from typing import Any

from generator.charts.axis_ends import axis_ends, log_ends
from generator.charts.colors import INK, MUTED, PAPER, RULE, rgb
from generator.charts.fitting import shortened, text_width, wrap, wrap_short
from generator.charts.label_text import label_text
from generator.charts.native import font_size, greatest_height, legend_names
from generator.charts.native_axes import day_format
from generator.charts.native_series import color_at, fill_at
from generator.charts.numbers import formatted, serial_day
from generator.charts.picture import Picture, font_of
from generator.charts.picture_plots import (
    Sketch,
    bars,
    bubbles,
    category_places,
    curves,
    face,
    points,
    series_code,
)
from generator.charts.picture_round import (
    SLOPE_SHARE,
    beside_circle,
    dots,
    radar,
    slices,
    slopes,
    treemap,
)
from generator.charts.png import png
from generator.charts.prepare import Plot, Prepared, error_ends, extents, prepare
from generator.model.chart import CategoryAxis, ChartSpec, Fill, ValueAxis
from generator.model.length import Length
from generator.model.theme import Theme

_DPI = 200
_POINT = 12_700
_LINE = 1.3
_SETTINGS: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "report",
    "path.simplify": False,
    "hatch.linewidth": 1.2,
    "axes.unicode_minus": True,
}
_ROUND = ("pie", "doughnut", "radar", "treemap")
#: Names below columns wrap into so many lines; longer ones stand upright, in a share of the height.
_MOST_NAME_LINES, _NAMES_SHARE = 3, 0.45
_STROKES = {"trend": (0, (1.5, 1.5)), "dashed": (0, (4, 3))}

_Draw = Callable[[Sketch, Plot], None]
_PLOTS: dict[str, _Draw] = {
    "column": bars, "bar": bars, "line": curves, "area": curves, "scatter": points,
    "bubble": bubbles, "pie": slices, "doughnut": slices, "radar": radar,
}  # fmt: skip
_OWN: dict[str, _Draw] = {"dot": dots, "slope": slopes, "treemap": treemap}


def picture_height(spec: ChartSpec, width: Length, height: Length) -> Length:
    """Return the height that the picture takes of the one offered."""
    if spec.kind == "dot":
        rows = len(spec.categories) * 1.0 + 2.2 + bool(spec.title) * 0.8
        return min(height, Length.cm(rows))
    return min(height, greatest_height(spec, width))


def draw_chart(
    spec: ChartSpec, width: Length, height: Length, theme: Theme, font_file: str
) -> Picture:
    """Return the picture of a chart, the same bytes for the same input.

    Raises:
        UnsupportedChartError: options do not suit the kind.
        ChartError: the font has no sign for a character of a text; it is named.
    """
    import matplotlib as mpl
    from matplotlib.backends import backend_agg, backend_svg
    from matplotlib.figure import Figure
    from PIL import Image

    canvases: tuple[Any, Any] = (backend_svg.FigureCanvasSVG, backend_agg.FigureCanvasAgg)
    size = spec.font_size or font_size(width)
    chart = prepare(spec if spec.font_size else replace(spec, font_size=size), width)
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(width / 914_400, height / 914_400))
        figure.patch.set_alpha(0)
        _Page(figure, chart, width / _POINT, height / _POINT, theme, size, font_file).draw()
        svg = StringIO()
        canvases[0](figure).print_svg(svg, metadata={"Date": None, "Creator": None})
        figure.patch.set_alpha(1)
        figure.patch.set_facecolor(rgb(PAPER, theme))
        figure.set_dpi(_DPI)
        raster = canvases[1](figure)
        raster.draw()
        across, down = raster.get_width_height()
        image = Image.frombuffer(
            "RGBA", (across, down), raster.buffer_rgba(), "raw", "RGBA", 0, 1
        ).convert("RGB")
    return Picture(svg.getvalue().encode(), png(image.tobytes(), across, down, _DPI))


@dataclass(slots=True)
class _Margins:
    """Room around the plot in points."""

    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


class _Page:
    """A figure with title, plot, legend and source line; sizes in points, from the lower left."""

    def __init__(
        self, figure: Any, chart: Prepared, width: float, height: float, theme: Theme,
        size: float, font_file: str,
    ) -> None:  # fmt: skip
        self.figure, self.chart, self.theme, self.size = figure, chart, theme, size
        self.width, self.height = width, height
        self.font_file = font_file
        self.kind = chart.spec.kind
        self.is_flat = chart.is_flat or self.kind == "dot"
        self._names: list[str] = []
        self._are_upright = False
        self._steps: dict[str, tuple[Decimal, Decimal]] = {}

    def draw(self) -> None:
        chart = self.chart
        places, unit = category_places(chart)
        margins = self._margins()
        box = (
            margins.left / self.width, margins.bottom / self.height,
            max(0.1, 1 - (margins.left + margins.right) / self.width),
            max(0.1, 1 - (margins.top + margins.bottom) / self.height),
        )  # fmt: skip
        axes = self._axes(box)
        sketch = Sketch(axes, chart, self.theme, self.size, self._write, places, unit)
        first = [plot for plot in chart.plots if not plot.is_secondary]
        second = [plot for plot in chart.plots if plot.is_secondary]
        is_round = self.kind in _ROUND
        if not is_round:
            self._limits(axes, first, chart.axis, places, unit)
        self._plots(sketch, first)
        if not is_round:
            self._ticks(axes, first, chart.axis, is_second=False)
            self._categories(axes, places, margins)
        if second:
            other = self._axes(box)
            self._limits(other, second, chart.second_axis, places, unit)
            self._plots(sketch.on(other), second)
            self._ticks(other, second, chart.second_axis, is_second=True)
        self._frame_texts(margins)

    def _axes(self, box: tuple[float, float, float, float]) -> Any:
        axes = self.figure.add_axes(box)
        axes.patch.set_alpha(0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_xticks([])
        axes.set_yticks([])
        return axes

    def _plots(self, sketch: Sketch, plots: list[Plot]) -> None:
        for plot in plots:
            _OWN.get(self.kind, _PLOTS[plot.kind])(sketch, plot)

    # --- room ---

    def _width_of(self, text: str, size: float | None = None, bold: bool = False) -> float:
        return text_width(text, size or self.size, bold) / _POINT

    def _margins(self) -> _Margins:
        spec, size = self.chart.spec, self.size
        margins = _Margins(size * 0.4, size * 0.8, size * 0.6, size * 0.5)
        if spec.title:
            lines = wrap(spec.title, size * 1.15, round(self.width * _POINT), True)
            margins.top += len(lines) * size * 1.15 * _LINE + size * 0.7
        if spec.source_line:
            margins.bottom += len(self._source_lines()) * size * 0.85 * _LINE + size * 0.4
        names = self._legend_names()
        if self.chart.legend in ("bottom", "top"):
            room = len(self._legend_rows(names)) * size * 1.7
            if self.chart.legend == "bottom":
                margins.bottom += room
            else:
                margins.top += room
        elif self.chart.legend in ("left", "right"):
            aside = max((self._width_of(name) for name in names), default=0) + size * 3
            if self.chart.legend == "right":
                margins.right += aside
            else:
                margins.left += aside
        if self.kind == "sparkline":
            return margins
        if self.kind in _ROUND:
            self._round_margins(margins)
        else:
            self._axis_margins(margins)
        return margins

    def _round_margins(self, margins: _Margins) -> None:
        """Leave room for texts around a circle."""
        chart, size = self.chart, self.size
        if self.kind == "radar" or (self.kind == "pie" and chart.labels.shows):
            lines = max(len(beside_circle(name, size, self.width)) for name in chart.spec.names)
            lines += 0 if self.kind == "radar" else len(chart.labels.shows or ()) - 1
            around = size * (0.3 + lines * _LINE)
            margins.top += around
            margins.bottom += around
            texts = [line for name in chart.spec.names for line in beside_circle(
                name, size, self.width)]  # fmt: skip
            aside = max((self._width_of(text, bold=True) for text in texts), default=0) + size
            margins.left += aside
            margins.right += aside

    def _axis_margins(self, margins: _Margins) -> None:
        chart, size, spec = self.chart, self.size, self.chart.spec
        is_points = chart.plots[0].kind in ("scatter", "bubble")
        ticks = self._tick_width(chart.axis, False)
        label_room = max((self._width_of(text, bold=True) for text in self._labels()), default=0)
        if self.kind == "slope":
            margins.top += size * 1.2
            margins.bottom += size * 1.8
            most = self.width * SLOPE_SHARE
            aside = max(min(most, self._width_of(s.name + "  ", bold=True)) for s in chart.series)
            margins.left += aside + label_room + size
            margins.right += aside + label_room + size
            return
        if self.is_flat:
            longest = max((self._width_of(name) for name in spec.names), default=0)
            margins.left += min(longest, self.width * 0.3) + size * 0.8
            margins.right += label_room + size * 0.6
            if chart.axis.is_shown:
                margins.bottom += size * 1.7
                margins.right = max(margins.right, ticks / 2)
        else:
            if chart.axis.is_shown:
                margins.left += ticks + size * 0.8
            if chart.has_second_axis:
                margins.right += self._tick_width(chart.second_axis, True) + size * 0.8
                margins.right += size * 1.6 if chart.second_axis.title else 0
            margins.top += size * 1.2 if chart.labels.shows else 0
            margins.bottom += size * 1.9 if is_points else self._category_height(margins)
            if all(plot.kind == "area" for plot in chart.plots) and self._names:
                margins.right += self._width_of(self._names[-1]) / 2
        upright = spec.category_axis.title if self.is_flat else chart.axis.title
        flat = chart.axis.title if self.is_flat else spec.category_axis.title
        margins.left += size * 1.6 if upright else 0
        margins.bottom += size * 1.6 if flat else 0

    def _labels(self) -> list[str]:
        chart = self.chart
        return [
            label_text(chart, series, index, series_code(chart, plot, series))
            for plot in chart.plots
            for series in plot.series
            for index in range(len(series.values))
            if series.role != "aid"
        ]

    def _tick_width(self, axis: ValueAxis, second: bool) -> float:
        plots = [plot for plot in self.chart.plots if plot.is_secondary == second]
        values = extents(plots)
        if axis.is_log or not values:
            largest = max((abs(v) for v in values), default=Decimal(1))
            marks = [largest.to_integral_value()]
        else:
            low, high, step = axis_ends(
                values, axis.minimum, axis.maximum, axis.step, axis.number_format,
                error_ends(plots),
            )  # fmt: skip
            marks = [low, high, low + step, high - step]
        texts = [formatted(mark, axis.number_format) or f"{mark:f}" for mark in marks]
        return max(map(self._width_of, texts)) + self.size * 0.6

    def _category_height(self, margins: _Margins) -> float:
        """Wrap the names below the plot and return the height that they take."""
        spec = self.chart.spec
        self._names = self._category_names()
        if spec.has_days:
            return self.size * 1.9
        room = (self.width - margins.left - margins.right) / max(1, len(self._names))
        wrapped = [wrap(name, self.size, round(room * 0.94 * _POINT)) for name in self._names]
        lines = max(map(len, wrapped), default=1)
        if lines <= _MOST_NAME_LINES and not _is_torn(self._names, wrapped):
            self._names = ["\n".join(name) for name in wrapped]
            return (lines * _LINE + 0.7) * self.size
        self._are_upright = True
        longest = (self.height - margins.top - margins.bottom) * _NAMES_SHARE
        self._names = [shortened(name, self.size, round(longest * _POINT)) for name in self._names]
        return max(map(self._width_of, self._names)) + self.size * 0.9

    def _category_names(self) -> list[str]:
        spec = self.chart.spec
        if not spec.has_days:
            return list(spec.names)
        code = day_format(spec)
        return [
            formatted(serial_day(day), code) or str(day)
            for day in spec.categories
            if not isinstance(day, str)
        ]

    # --- axes ---

    def _limits(
        self, axes: Any, plots: list[Plot], axis: ValueAxis, places: tuple[float, ...], unit: float
    ) -> None:
        chart = self.chart
        if chart.plots[0].kind in ("scatter", "bubble"):
            found = [p for s in chart.series for p in s.positions or () if p is not None]
            along = _value_axis(chart.spec.category_axis)
            if along.is_log:
                _set_log(axes, "x")
            axes.set_xlim(*self._scale("x", found, along))
        elif places:
            only_areas = all(plot.kind == "area" for plot in chart.plots)
            half = 0.0 if only_areas else 0.02 if self.kind == "slope" else unit / 2
            low, high = min(places) - half, max(places) + half
            if self.is_flat:
                axes.set_ylim(high, low)
            else:
                axes.set_xlim(low, high if high > low else low + 1)
        which = "x" if self.is_flat else "second" if plots[0].is_secondary else "y"
        low, high = self._scale(which, extents(plots), axis, error_ends(plots))
        if axis.is_log:
            _set_log(axes, "x" if self.is_flat else "y")
        (axes.set_xlim if self.is_flat else axes.set_ylim)(low, high)

    def _scale(
        self, which: str, values: list[Decimal], axis: ValueAxis, beyond: Sequence[Decimal] = ()
    ) -> tuple[float, float]:
        """Return the ends of an axis, and keep its step for the marks."""
        if self.kind in ("sparkline", "slope", "dot"):
            pad = 0.12 if self.kind == "dot" else 0.05
            return _ends([float(v) for v in values], axis.minimum, axis.maximum, pad)
        if axis.is_log:
            return log_ends(values, axis.minimum, axis.maximum)
        if self.kind == "bubble" and values:  # bubbles reach beyond their middle
            room = (max(values) - min(values)) / 8
            values = [
                *values,
                max(values) + room,
                max(min(values) - room, min(Decimal(0), *values)),
            ]
        low, high, step = axis_ends(
            values, axis.minimum, axis.maximum, axis.step, axis.number_format, beyond
        )
        self._steps[which] = (low, step)
        return float(low), float(high)

    def _ticks(self, axes: Any, plots: list[Plot], axis: ValueAxis, is_second: bool) -> None:
        """Write the tick labels and grid lines of a value axis, and the base line."""
        chart = self.chart
        if self.kind == "sparkline":
            return
        if self.is_flat:
            self._value_ticks(axes, "x", axis, "bottom")
            axes.axvline(0 if axes.get_xlim()[0] <= 0 else axes.get_xlim()[0],
                         color=self._color(MUTED), linewidth=0.75, zorder=2.5)  # fmt: skip
            return
        self._value_ticks(axes, "y", axis, "right" if is_second else "left")
        if is_second or self.kind == "slope":
            return
        low = axes.get_ylim()[0]
        at = low if axis.is_log else max(0.0, low) if axes.get_ylim()[1] > 0 else 0.0
        axes.axhline(at, color=self._color(MUTED), linewidth=0.75, zorder=2.5)
        if chart.plots[0].kind in ("scatter", "bubble"):
            self._value_ticks(axes, "x", _value_axis(chart.spec.category_axis), "bottom")

    def _value_ticks(self, axes: Any, which: str, axis: ValueAxis, side: str) -> None:
        from matplotlib.ticker import LogLocator, MaxNLocator

        if not axis.is_shown and not axis.has_gridlines:
            return
        low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
        kept = self._steps.get("second" if side == "right" else which)
        locator: Any = LogLocator() if axis.is_log else MaxNLocator(7, steps=[1, 2, 5, 10])
        ticks = locator.tick_values(low, high) if kept is None or axis.is_log else [
            float(kept[0] + kept[1] * number)
            for number in range(int((Decimal(high) - kept[0]) / kept[1] + Decimal("0.001")) + 1)
        ]  # fmt: skip
        margin = abs(high - low) * 1e-9
        color, away = self._color(MUTED), self.size * 0.5
        for tick in ticks:
            if not low - margin <= tick <= high + margin:
                continue
            value = _decimal(tick)
            text = formatted(value, axis.number_format) or formatted(value, "General") or str(value)
            if axis.is_shown and which == "x":
                edge = axes.get_ylim()[0]
                self._write(axes, tick, edge, text, self.size, color, dx=0, dy=-away,
                            ha="center", va="top", paper=None, bold=False)  # fmt: skip
            elif axis.is_shown:
                edge = axes.get_xlim()[1 if side == "right" else 0]
                shift = away if side == "right" else -away
                self._write(axes, edge, tick, text, self.size, color, dx=shift, dy=0,
                            ha="left" if side == "right" else "right", va="center",
                            paper=None, bold=False)  # fmt: skip
            if axis.has_gridlines:
                line = axes.axvline if which == "x" else axes.axhline
                line(tick, color=self._color(RULE), linewidth=0.6, zorder=0)

    def _categories(self, axes: Any, places: tuple[float, ...], margins: _Margins) -> None:
        if self.chart.plots[0].kind in ("scatter", "bubble") or self.kind == "sparkline":
            return
        color, away = self._color(INK), self.size * 0.5
        if self.is_flat:
            room = round((margins.left - self.size * 0.8) * _POINT)
            band = (self.height - margins.top - margins.bottom) / max(1, len(places))
            lines = max(1, int(band / (self.size * _LINE)))
            every = max(1, ceil(self.size * 1.05 / band))
            for place, name in list(zip(places, self.chart.spec.names, strict=True))[::every]:
                text = "\n".join(wrap_short(name, self.size, room, lines))
                self._write(axes, axes.get_xlim()[0], place, text, self.size, color, dx=-away,
                            dy=0, ha="right", va="center", paper=None, bold=False)  # fmt: skip
            return
        low = axes.get_ylim()[0]
        names = self._names or self._category_names()
        for place, name in self._thinned(places, names, margins):
            self._write(axes, place, low, name, self.size, color, dx=0, dy=-away, ha="center",
                        va="top", paper=None, bold=False,
                        rotation=90 if self._are_upright else 0)  # fmt: skip

    def _thinned(
        self, places: tuple[float, ...], names: list[str], margins: _Margins
    ) -> list[tuple[float, str]]:
        """Return as many of the names as have room; those of days may lie close together."""
        pairs = sorted(zip(places, names, strict=True))
        widest = max((self._width_of(line) for name in names for line in name.split("\n")),
                     default=0)  # fmt: skip
        if self._are_upright:
            widest = self.size * 0.8
        room = self.width - margins.left - margins.right
        most = max(1, int(room / (widest + self.size * 0.6)))
        every = -(-len(pairs) // most)
        thin = self.chart.spec.has_days or self._are_upright or every > 2
        return pairs[::every] if thin else pairs

    # --- texts around the plot ---

    def _frame_texts(self, margins: _Margins) -> None:
        spec, size = self.chart.spec, self.size
        top = self.height - size * 0.3
        if spec.title:
            for line in wrap(spec.title, size * 1.15, round(self.width * _POINT), True):
                self._text(0, top, line, size * 1.15, INK, va="top", bold=True)
                top -= size * 1.15 * _LINE
            top -= size * 0.5
        bottom = 0.0
        if spec.source_line:
            lines = self._source_lines()
            for number, line in enumerate(reversed(lines)):
                self._text(0, (number * _LINE + 0.3) * size * 0.85, line, size * 0.85, MUTED)
            bottom = len(lines) * size * 0.85 * _LINE + size * 0.4
        if self.kind not in _ROUND:
            self._axis_titles(margins)
        self._legend(margins, top, bottom)

    def _axis_titles(self, margins: _Margins) -> None:
        chart, size = self.chart, self.size
        upright, flat = chart.axis.title, chart.spec.category_axis.title
        if self.is_flat:
            upright, flat = flat, upright
        middle = (margins.bottom + self.height - margins.top) / 2
        aside = 0.0
        if self.chart.legend == "left":
            aside = max((self._width_of(n) for n in self._legend_names()), default=0) + size * 3
        if upright:
            self._text(aside + size, middle, upright, size, MUTED, ha="center", va="center",
                       rotation=90)  # fmt: skip
        if chart.second_axis.title and chart.has_second_axis:
            right = self.width - size
            self._text(right, middle, chart.second_axis.title, size, MUTED, ha="center",
                       va="center", rotation=90)  # fmt: skip
        if flat:
            center = (margins.left + self.width - margins.right) / 2
            below = self._below() + size * 0.3
            self._text(center, below, flat, size, MUTED, ha="center")

    def _below(self) -> float:
        """Return the height of what stands below the plot and its axis."""
        spec, size = self.chart.spec, self.size
        below = 0.0
        if spec.source_line:
            below += len(self._source_lines()) * size * 0.85 * _LINE + size * 0.4
        if self.chart.legend == "bottom":
            below += len(self._legend_rows(self._legend_names())) * size * 1.7
        return below

    def _source_lines(self) -> tuple[str, ...]:
        return wrap(self.chart.spec.source_line, self.size * 0.85, round(self.width * _POINT))

    # --- legend ---

    def _legend_names(self) -> list[str]:
        """Return what the legend lists, cut where the picture is too narrow for it."""
        is_beside = self.chart.legend in ("left", "right")
        room = self.width * (0.4 if is_beside else 0.96) - self.size * 3
        return [
            shortened(name, self.size, round(room * _POINT)) for name in legend_names(self.chart)
        ]

    def _legend_rows(self, names: list[str]) -> list[list[int]]:
        """Return the numbers of the names in each row below or above the plot."""
        rows: list[list[int]] = [[]]
        used = 0.0
        for number, name in enumerate(names):
            room = self._width_of(name) + self.size * 3
            if rows[-1] and used + room > self.width * 0.96:
                rows.append([])
                used = 0.0
            rows[-1].append(number)
            used += room
        return rows

    def _legend(self, margins: _Margins, top: float, bottom: float) -> None:
        chart, size = self.chart, self.size
        if chart.legend == "none":
            return
        names = self._legend_names()
        keys = self._keys()
        if chart.legend in ("left", "right"):
            widest = max((self._width_of(name) for name in names), default=0)
            x = size * 0.4 if chart.legend == "left" else self.width - widest - size * 2.4
            y = (margins.bottom + self.height - margins.top) / 2 + len(names) * size * 0.8
            for name, key in zip(names, keys, strict=True):
                self._key(x, y - size * 0.8, key)
                self._text(x + size * 1.7, y - size * 0.8, name, size, INK, va="center")
                y -= size * 1.6
            return
        rows = self._legend_rows(names)
        y = bottom + (len(rows) - 0.5) * size * 1.7
        if chart.legend == "top":
            y = top - size * 0.85
        for row in rows:
            wide = sum(self._width_of(names[n]) + size * 3 for n in row) - size * 1.3
            x = max(0.0, (self.width - wide) / 2)
            for n in row:
                self._key(x, y, keys[n])
                self._text(x + size * 1.7, y, names[n], size, INK, va="center")
                x += self._width_of(names[n]) + size * 3
            y -= size * 1.7

    def _keys(self) -> list[tuple[str, str, Fill]]:
        """Return form, colour and fill of each entry; forms are box, line, dash, dot, trend."""
        chart = self.chart
        if chart.is_round:
            (series, *_) = chart.series
            count = range(len(chart.spec.categories))
            return [("box", color_at(series, n), fill_at(series, n)) for n in count]
        keys: list[tuple[str, str, Fill]] = []
        for plot in chart.plots:
            is_box = plot.kind in ("column", "bar", "area")
            is_dot = plot.kind in ("scatter", "bubble") or self.kind == "dot"
            for series in plot.series:
                if series.role == "aid":
                    continue
                is_dashed = series.is_dashed
                form = "box" if is_box else "dot" if is_dot else "line"
                form = "dash" if series.role == "target" else "dashed" if is_dashed else form
                keys.append((form, series.color or INK, fill_at(series, -1)))
                if series.trend is not None:
                    keys.append(("trend", series.color or INK, "solid"))
        return keys

    def _key(self, x: float, y: float, key: tuple[str, str, Fill]) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        form, color, fill = key
        size = self.size
        if form == "box":
            look: Any = face(
                Sketch(None, self.chart, self.theme, size, self._write, (), 1), color, fill
            )
            box = Rectangle(
                ((x + size * 0.5) / self.width, (y - size * 0.4) / self.height),
                size * 0.85 / self.width, size * 0.85 / self.height,
                transform=self.figure.transFigure, **look,
            )  # fmt: skip
            self.figure.add_artist(box)
            return
        begin = x + (size * 0.35 if form in ("dash", "dot") else 0)
        ends = [begin / self.width, (x + size * 1.35) / self.width]
        line = Line2D(
            ends if form != "dot" else [(x + size * 0.85) / self.width],
            [y / self.height] * (2 if form != "dot" else 1),
            color=self._color(color), linewidth=3 if form == "dash" else 1.75,
            linestyle=_STROKES.get(form, "-"),
            marker="o" if form == "dot" else None, markersize=size * 0.6,
            transform=self.figure.transFigure,
        )  # fmt: skip
        self.figure.add_artist(line)

    # --- writing ---

    def _color(self, name: str) -> str:
        return rgb(name, self.theme)

    def _text(
        self, x: float, y: float, text: str, size: float, color: str, *,
        ha: str = "left", va: str = "bottom", bold: bool = False, rotation: int = 0,
    ) -> None:  # fmt: skip
        """Write a text at a place of the figure in points."""
        self.figure.text(
            x / self.width, y / self.height, text, fontproperties=self._font(text, size), ha=ha,
            va=va, color=self._color(color), rotation=rotation, linespacing=_LINE,
            path_effects=_bold(self._color(color), size) if bold else None,
        )  # fmt: skip

    def _write(
        self, axes: Any, x: float, y: float, text: str, size: float, color: str, *,
        dx: float, dy: float, ha: str, va: str, paper: str | None, bold: bool, rotation: int = 0,
    ) -> None:  # fmt: skip
        box = {"facecolor": paper, "edgecolor": "none", "pad": 1.5} if paper else None
        axes.annotate(
            text, (x, y), (dx, dy), textcoords="offset points", ha=ha, va=va, color=color,
            fontproperties=self._font(text, size), linespacing=_LINE, annotation_clip=False,
            bbox=box, zorder=6, rotation=rotation,
            path_effects=_bold(color, size) if bold else None,
        )  # fmt: skip

    def _font(self, text: str, size: float) -> Any:
        return font_of(self.font_file, text, size)


def _bold(color: str, size: float) -> list[Any]:
    """Return what makes a text bold: the font has one weight, so its outline is drawn as well."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=size * 0.035, foreground=color)]


def _is_torn(names: list[str], wrapped: list[tuple[str, ...]]) -> bool:
    """Return whether a word was cut to make a name fit."""
    return any(
        name.isascii() and " ".join(lines) != " ".join(name.split())
        for name, lines in zip(names, wrapped, strict=True)
    )


def _value_axis(axis: CategoryAxis) -> ValueAxis:
    return ValueAxis(
        axis.minimum, axis.maximum, axis.number_format or "General", True, axis.has_gridlines,
        axis.step, axis.title, axis.is_log,
    )  # fmt: skip


def _set_log(axes: Any, which: str) -> None:
    """Make an axis logarithmic, whose marks are written like those of others."""
    from matplotlib.ticker import NullFormatter, NullLocator

    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    for set_locator in (axis.set_major_locator, axis.set_minor_locator):
        set_locator(NullLocator())
    for set_formatter in (axis.set_major_formatter, axis.set_minor_formatter):
        set_formatter(NullFormatter())


def _decimal(tick: float) -> Any:
    return Decimal(f"{tick:.10g}") + 0


def _ends(values: list[float], minimum: Any, maximum: Any, pad: float) -> tuple[float, float]:
    """Return the ends of an axis: those given, else close around the values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * pad or abs(high) * pad or 1.0
    begin = float(minimum) if minimum is not None else low - room
    end = float(maximum) if maximum is not None else high + room
    return (begin, end if end > begin else begin + 1)
