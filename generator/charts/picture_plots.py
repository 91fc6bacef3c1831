"""Plots of chart pictures along two axes: bars, lines, areas, points, with their aids.

They draw on axes of matplotlib that are handed in; ``chart_picture`` makes those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import nan
from typing import Any

from generator.charts.colors import INK, MUTED, PAPER, is_dark, rgb
from generator.charts.label_text import label_text
from generator.charts.native_series import color_at, fill_at, has_room, on_paper
from generator.charts.numbers import serial_day
from generator.charts.prepare import Plot, Prepared
from generator.model.chart import Fill, Series
from generator.model.theme import Theme

_HATCH = "////"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What plots are drawn on.

    ``write(axes, x, y, text, size, color, dx=, dy=, ha=, va=, paper=)`` takes data coordinates and
    an offset in points. ``size`` is that of labels in points; ``places`` are the categories along
    their axis, ``unit`` the width that a category has there.
    """

    axes: Any
    chart: Prepared
    theme: Theme
    size: float
    write: Callable[..., None]
    places: tuple[float, ...]
    unit: float

    def color(self, name: str) -> str:
        return rgb(name, self.theme)

    def on(self, axes: Any) -> Sketch:
        return Sketch(axes, self.chart, self.theme, self.size, self.write, self.places, self.unit)

    def label(
        self, x: float, y: float, text: str, color: str, dx: float, dy: float, ha: str, va: str,
        on_paper: bool = False,
    ) -> None:  # fmt: skip
        """Write a label at a point, moved by so many points."""
        paper = self.color(PAPER) if on_paper else None
        self.write(self.axes, x, y, text, self.size, self.color(color),
                   dx=dx, dy=dy, ha=ha, va=va, paper=paper, bold=True)  # fmt: skip


def number(value: Decimal | None) -> float:
    return nan if value is None else float(value)


def category_places(chart: Prepared) -> tuple[tuple[float, ...], float]:
    """Return where categories stand along their axis, and the room that each has."""
    spec = chart.spec
    if not spec.has_days:
        return tuple(float(index) for index in range(len(spec.categories))), 1.0
    days = [float(serial_day(c)) for c in spec.categories if not isinstance(c, str)]
    ordered = sorted(set(days))
    steps = [b - a for a, b in pairwise(ordered)]
    return tuple(days), min(steps, default=1.0)


def face(sketch: Sketch, color: str, fill: Fill) -> dict[str, object]:
    """Return the colours of a bar, an area or a slice."""
    if fill == "none":
        return {"facecolor": "none", "edgecolor": "none"}
    if fill == "hatched":
        return {"facecolor": sketch.color(PAPER), "edgecolor": sketch.color(color),
                "hatch": _HATCH, "linewidth": 0}  # fmt: skip
    return {"facecolor": sketch.color(color), "edgecolor": "none", "linewidth": 0}


def series_code(chart: Prepared, plot: Plot, series: Series) -> str:
    """Return the number format of a series' labels."""
    axis = chart.second_axis if plot.is_secondary else chart.axis
    code = series.number_format or axis.number_format
    return "General" if code == "0%" and plot.grouping == "percent" else code


# --- bars ---


def bars(sketch: Sketch, plot: Plot) -> None:
    """Draw columns, or lying bars from the top down."""
    chart, is_flat = sketch.chart, plot.kind == "bar"
    count = len(sketch.places)
    is_stacked = plot.grouping != "clustered"
    totals = [sum(abs(number(s.values[i]) if s.values[i] is not None else 0.0) for s in plot.series)
              or 1.0 for i in range(count)]  # fmt: skip
    abreast = 1 if is_stacked or chart.overlap >= 100 else len(plot.series)
    step = 1 - chart.overlap / 100
    thickness = sketch.unit / (1 + (abreast - 1) * step + chart.gap_width / 100)
    above, below = [0.0] * count, [0.0] * count
    for order, series in enumerate(plot.series):
        shift = (order - (abreast - 1) / 2) * step * thickness if abreast > 1 else 0.0
        for index, value in enumerate(series.values):
            if value is None:
                continue
            length = float(value) / (totals[index] if plot.grouping == "percent" else 1)
            ends = above if length >= 0 else below
            start = ends[index] if is_stacked else 0.0
            if is_stacked:
                ends[index] += length
            color, fill = color_at(series, index), fill_at(series, index)
            place = sketch.places[index] + shift
            if is_flat:
                sketch.axes.barh(place, length, thickness, left=start, zorder=2,
                                 **face(sketch, color, fill))  # fmt: skip
            else:
                sketch.axes.bar(place, length, thickness, bottom=start, zorder=2,
                                **face(sketch, color, fill))  # fmt: skip
            _bar_label(sketch, plot, series, index, (place, start, length))
            if series.errors and not is_flat:
                _errors(sketch, series, index, place, start + length)
    _trends(sketch, plot)


def _bar_label(
    sketch: Sketch, plot: Plot, series: Series, index: int, where: tuple[float, float, float]
) -> None:
    place, start, length = where
    chart, is_flat = sketch.chart, plot.kind == "bar"
    text = label_text(chart, series, index, series_code(chart, plot, series))
    if not text:
        return
    wanted = chart.labels.place or ("outside" if plot.grouping == "clustered" else "middle")
    fill = fill_at(series, index)
    away = sketch.size * 0.45
    box = sketch.axes.get_window_extent()
    room = box.width / sketch.axes.figure.dpi * 914_400
    if not has_room(chart, series, index, text, room):
        wanted = "outside"
    if wanted == "outside":
        sign = 1 if length >= 0 else -1
        end, color, covers = start + length, INK, on_paper(chart, series)
        if is_flat:
            sketch.label(end, place, text, color, away * sign, 0,
                         "left" if sign > 0 else "right", "center", covers)  # fmt: skip
        else:
            sketch.label(place, end, text, color, 0, away * sign, "center",
                         "bottom" if sign > 0 else "top", covers)  # fmt: skip
        return
    at = {"middle": 0.5, "inside": 0.97, "base": 0.03}.get(wanted, 0.5)
    middle = start + length * at
    dark = fill == "solid" and is_dark(color_at(series, index), sketch.theme)
    is_range = chart.spec.kind == "range"
    color, covers = (PAPER if dark and not is_range else INK), is_range or fill == "hatched"
    along = {"middle": "center", "inside": "right", "base": "left"}.get(wanted, "center")
    up = {"middle": "center", "inside": "top", "base": "bottom"}.get(wanted, "center")
    if is_flat:
        sketch.label(middle, place, text, color, 0, 0, along, "center", covers)
    else:
        sketch.label(place, middle, text, color, 0, 0, "center", up, covers)


# --- lines and areas ---


def curves(sketch: Sketch, plot: Plot) -> None:
    """Draw lines or areas over the categories."""
    count = len(sketch.places)
    base = [0.0] * count
    totals = [sum(float(s.values[i] or 0) for s in plot.series) or 1.0 for i in range(count)]
    order = sorted(range(count), key=lambda index: sketch.places[index])
    places = [sketch.places[index] for index in order]
    for series in plot.series:
        values = [number(value) for value in series.values]
        if plot.grouping == "percent":
            values = [value / total for value, total in zip(values, totals, strict=True)]
        if plot.grouping != "clustered":
            values = [b + (0 if v != v else v) for b, v in zip(base, values, strict=True)]
        ordered = [values[index] for index in order]
        if plot.kind == "area":
            bottom = [base[index] for index in order]
            drawn = face(sketch, series.color or INK, fill_at(series, -1))
            sketch.axes.fill_between(places, bottom, ordered, zorder=2, **drawn)
        else:
            _curve(sketch, series, places, ordered)
        _marks(sketch, plot, series, list(sketch.places), values)
        if plot.grouping != "clustered":
            base = values
    _trends(sketch, plot)


def _curve(sketch: Sketch, series: Series, xs: list[float], ys: list[float]) -> None:
    if series.role == "target":
        return
    thin = series.role == "aid"
    width = 1.2 if series.is_dashed else 0.75 if thin else 2.5 if sketch.size > 12 else 1.75
    if series.is_smooth:
        xs, ys = _smooth(xs, ys)
    sketch.axes.plot(xs, ys, color=sketch.color(series.color or INK), linewidth=width,
                     linestyle=(0, (4, 3)) if series.is_dashed else "-",
                     solid_capstyle="round", solid_joinstyle="round", zorder=3)  # fmt: skip


def _smooth(xs: list[float], ys: list[float]) -> tuple[list[float], list[float]]:
    """Return points of a curve through the points (Catmull-Rom, as Office rounds lines)."""
    if len(xs) < 3 or any(y != y for y in ys):
        return xs, ys
    out_x, out_y = [], []
    for i in range(len(xs) - 1):
        p = [max(0, i - 1), i, i + 1, min(len(xs) - 1, i + 2)]
        for step in range(12):
            t = step / 12
            weights = (
                (-t + 2 * t**2 - t**3) / 2, (2 - 5 * t**2 + 3 * t**3) / 2,
                (t + 4 * t**2 - 3 * t**3) / 2, (t**3 - t**2) / 2,
            )  # fmt: skip
            out_x.append(sum(w * xs[k] for w, k in zip(weights, p, strict=True)))
            out_y.append(sum(w * ys[k] for w, k in zip(weights, p, strict=True)))
    return [*out_x, xs[-1]], [*out_y, ys[-1]]


def _marks(sketch: Sketch, plot: Plot, series: Series, xs: list[float], ys: list[float]) -> None:
    """Draw the markers, labels and error bars of points."""
    chart = sketch.chart
    size = 7.5 if sketch.size > 12 else 5.5
    aside = plot.kind == "scatter" or any(one.errors for one in plot.series)
    place = chart.labels.place or ("right" if aside else "above")
    away = sketch.size * 0.6
    offsets = {"above": (0, away, "center", "bottom"), "below": (0, -away, "center", "top"),
               "left": (-away, 0, "right", "center"), "middle": (0, 0, "center", "center"),
               "right": (away, 0, "left", "center")}  # fmt: skip
    fills, colors = dict(series.point_fills), dict(series.point_colors)
    for index, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if y != y or x != x:
            continue
        color = sketch.color(color_at(series, index))
        if series.role == "target":
            wide = sketch.unit * 0.35
            sketch.axes.plot([x - wide, x + wide], [y, y], color=color, linewidth=3, zorder=4)
        elif (series.has_markers or index in colors) and plot.kind != "area":
            sketch.axes.plot([x], [y], "o", markersize=size, markeredgewidth=1.4, zorder=4,
                             markerfacecolor=sketch.color(PAPER) if index in fills else color,
                             markeredgecolor=color, clip_on=False)  # fmt: skip
        if series.errors:
            _errors(sketch, series, index, x, y)
        text = label_text(chart, series, index, series_code(chart, plot, series))
        if text:
            dx, dy, ha, va = offsets.get(place, offsets["above"])
            covers = on_paper(chart, series) and place != "middle"
            sketch.label(x, y, text, INK, dx, dy, ha, va, covers)


# --- points ---


def points(sketch: Sketch, plot: Plot) -> None:
    """Draw points by two values each."""
    for series in plot.series:
        xs = [number(value) for value in series.positions or ()]
        ys = [number(value) for value in series.values]
        if series.is_dashed or series.is_smooth:
            _curve(sketch, series, xs, ys)
        _marks(sketch, plot, series, xs, ys)
    _trends(sketch, plot)


def bubbles(sketch: Sketch, plot: Plot) -> None:
    """Draw bubbles whose areas are the sizes."""
    from matplotlib.colors import to_rgba

    sizes = [float(s) for series in plot.series for s in series.sizes or () if s is not None]
    largest = max(sizes, default=1.0) or 1.0
    box = sketch.axes.get_window_extent()
    diameter = min(box.width, box.height) * 72 / sketch.axes.figure.dpi * 0.25 * 0.6**0.5
    chart = sketch.chart
    for series in plot.series:
        for index, size in enumerate(series.sizes or ()):
            x = number((series.positions or ())[index])
            y = number(series.values[index])
            if size is None or size <= 0 or x != x or y != y:
                continue
            shown = diameter * (float(size) / largest) ** 0.5
            color = to_rgba(sketch.color(color_at(series, index)), 0.75)
            sketch.axes.plot([x], [y], "o", markersize=shown, markerfacecolor=color,
                             markeredgecolor=sketch.color(PAPER), zorder=3)  # fmt: skip
            text = label_text(chart, series, index, series_code(chart, plot, series))
            if text:
                sketch.label(x, y, text, INK, 0, 0, "center", "center")


# --- aids ---


def _errors(sketch: Sketch, series: Series, index: int, x: float, y: float) -> None:
    errors = series.errors
    assert errors is not None
    if errors.amount is not None:
        amount = float(errors.amount) * (abs(y) / 100 if errors.is_percent else 1)
        up = down = amount
    else:
        up = number(errors.plus[index] if errors.plus else None)
        down = number(errors.minus[index] if errors.minus else None)
    if up != up and down != down:
        return
    low, high = y - (0 if down != down else down), y + (0 if up != up else up)
    sketch.axes.plot([x, x], [low, high], color=sketch.color(INK), linewidth=1, zorder=5,
                     marker="_", markersize=sketch.size * 0.7)  # fmt: skip


def _trends(sketch: Sketch, plot: Plot) -> None:
    for series in plot.series:
        if series.trend is None:
            continue
        if series.positions is not None:
            raw = [number(p) for p in series.positions]
        else:  # Office fits over 1, 2, 3 ... along categories
            raw = [float(index + 1) for index in range(len(series.values))]
        pairs = [(x, number(v)) for x, v in zip(raw, series.values, strict=True)]
        known = [(x, y) for x, y in pairs if x == x and y == y]
        fitted = _fit(series, known)
        along = list(sketch.places) if series.positions is None else None
        xs = [x if along is None else _between(along, x) for x, _ in fitted]
        sketch.axes.plot(xs, [y for _, y in fitted], color=sketch.color(series.color or MUTED),
                         linewidth=1.25, linestyle=(0, (1.5, 1.5)), zorder=4)  # fmt: skip


def _between(places: list[float], x: float) -> float:
    low = min(int(x) - 1, len(places) - 1)
    high = min(low + 1, len(places) - 1)
    return places[low] + (places[high] - places[low]) * (x - 1 - low)


def _fit(series: Series, known: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points of the fitted line; none where the data cannot be fitted so."""
    import numpy as np

    trend = series.trend
    assert trend is not None
    if trend.kind == "moving":
        n = trend.order
        return [(known[i][0], sum(y for _, y in known[i - n + 1 : i + 1]) / n)
                for i in range(n - 1, len(known))]  # fmt: skip
    if trend.kind in ("logarithmic", "power"):
        known = [(x, y) for x, y in known if x > 0]
    if trend.kind in ("exponential", "power"):
        known = [(x, y) for x, y in known if y > 0]
    degree = trend.order if trend.kind == "polynomial" else 1
    if len(known) <= degree:
        return []
    xs = np.array([x for x, _ in known])
    ys = np.array([y for _, y in known])
    along = np.log(xs) if trend.kind in ("logarithmic", "power") else xs
    up = np.log(ys) if trend.kind in ("exponential", "power") else ys
    factors = np.polyfit(along, up, degree)
    dense = np.linspace(xs.min(), xs.max(), 40)
    fitted = np.polyval(factors, np.log(dense) if trend.kind in ("logarithmic", "power") else dense)
    if trend.kind in ("exponential", "power"):
        fitted = np.exp(fitted)
    return [(float(x), float(y)) for x, y in zip(dense, fitted, strict=True)]
