"""Plots of chart pictures without axes: pie, doughnut, radar, treemap; and dot and slope plots."""

from __future__ import annotations

from decimal import Decimal
from math import cos, pi, sin

from generator.charts.colors import INK, MUTED, PAPER, RULE, is_dark
from generator.charts.fitting import shortened, text_width, wrap, wrap_short
from generator.charts.label_text import label_text
from generator.charts.native_series import color_at, fill_at
from generator.charts.numbers import formatted
from generator.charts.picture_plots import Sketch, face, number, series_code
from generator.charts.prepare import Plot, palette_of

_POINT = 12_700
#: Shares of the width that a name may take beside a circle, and at the ends of slopes.
_BESIDE_SHARE, SLOPE_SHARE = 0.24, 0.24
#: So many names stand around a web;
#: from so many slices on, those of a small share bear no label.
_MOST_SPOKES = 16
_MANY_SLICES, _SMALL_SHARE = 12, 0.025


def beside_circle(name: str, size: float, width: float) -> tuple[str, ...]:
    """Return the lines of a name beside a circle in a picture so wide (points)."""
    return wrap_short(name, size, round(width * _BESIDE_SHARE * _POINT), 3, True)


def _tall(sketch: Sketch) -> float:
    """Return the height of the plot in points, or its width where that is less."""
    box, figure = sketch.axes.get_position(), sketch.axes.figure
    return float(min(box.height * figure.get_figheight(), box.width * figure.get_figwidth()) * 72)


def _wide(sketch: Sketch) -> float:
    return float(sketch.axes.figure.get_figwidth()) * 72


def slices(sketch: Sketch, plot: Plot) -> None:
    """Draw a pie, or rings from the inside out, from twelve o'clock clockwise."""
    from matplotlib.patches import Wedge

    is_pie = plot.kind == "pie"
    rings = plot.series[:1] if is_pie else plot.series
    width = 1.0 if is_pie else 0.42 / len(rings)
    chart, axes = sketch.chart, sketch.axes
    for order, series in enumerate(rings):
        outside = 1.0 if is_pie else 0.58 + width * (order + 1)
        total = sum((abs(value) for value in series.values if value is not None), Decimal(0))
        begin = 0.0
        last: dict[bool, float] = {}  # where the last label of each side stands
        for index, value in enumerate(series.values):
            if value is None or not total:
                continue
            share = float(abs(value) / total)
            color, fill = color_at(series, index), fill_at(series, index)
            look = face(sketch, color, fill)
            if fill == "solid":
                look |= {"edgecolor": sketch.color(PAPER), "linewidth": 1.2}
            axes.add_patch(Wedge((0, 0), outside, 90 - 360 * (begin + share), 90 - 360 * begin,
                                 width=width, **look))  # fmt: skip
            text = label_text(chart, series, index, series_code(chart, plot, series), total)
            angle = pi / 2 - 2 * pi * (begin + share / 2)
            x, y = cos(angle), sin(angle)
            outer = is_pie and chart.labels.place in (None, "outside")
            if share < _SMALL_SHARE and len(series.values) > _MANY_SLICES:
                text = ""
            if text and outer:
                lines = (
                    beside_circle(line, sketch.size, _wide(sketch)) for line in text.split("\n")
                )
                text = "\n".join(line for part in lines for line in part)
                tall = (text.count("\n") + 1) * sketch.size * 1.3 * 2.04 / _tall(sketch)
                sides = (True, False) if abs(x) < 0.3 else (x > 0,)
                if any(abs(y * 1.06 - last.get(one, 9.0)) < tall for one in sides):
                    begin += share
                    continue
                last.update(dict.fromkeys(sides, y * 1.06))
                side = "left" if x > 0.15 else "right" if x < -0.15 else "center"
                up = "bottom" if y > 0.6 else "top" if y < -0.6 else "center"
                sketch.label(x * 1.06, y * 1.06, text, INK, 0, 0, side, up)
            elif text and share > 0.03:
                middle = outside - width / 2 if not is_pie else 0.65
                dark = fill == "solid" and is_dark(color, sketch.theme)
                sketch.label(x * middle, y * middle, text, PAPER if dark else INK, 0, 0,
                             "center", "center", fill == "hatched")  # fmt: skip
            begin += share
    axes.set_xlim(-1.02, 1.02)
    axes.set_ylim(-1.02, 1.02)
    axes.set_aspect("equal")


def radar(sketch: Sketch, plot: Plot) -> None:
    """Draw a web with a line for each series."""
    chart, axes = sketch.chart, sketch.axes
    names = chart.spec.names
    count = len(names)
    values = [float(v) for series in plot.series for v in series.values if v is not None]
    low = float(chart.axis.minimum) if chart.axis.minimum is not None else min(0.0, *values)
    from matplotlib.ticker import MaxNLocator

    high = float(chart.axis.maximum) if chart.axis.maximum is not None else max(values)
    ticks = [float(t) for t in MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)]
    ticks = [tick for tick in ticks if tick > low]
    if chart.axis.maximum is None:
        high = ticks[-1] if ticks else high
    span = (high - low) or 1.0
    angles = [pi / 2 - 2 * pi * index / count for index in range(count)]
    for tick in (tick for tick in ticks if tick <= high):
        step = (tick - low) / span
        xs = [cos(a) * step for a in (*angles, angles[0])]
        ys = [sin(a) * step for a in (*angles, angles[0])]
        axes.plot(xs, ys, color=sketch.color(RULE), linewidth=0.6, zorder=1)
        if chart.axis.is_shown:
            value = Decimal(f"{tick:.10g}") + 0
            text = formatted(value, chart.axis.number_format) or f"{value:f}"
            sketch.write(axes, 0, step, text, sketch.size * 0.85, sketch.color(MUTED), dx=-2, dy=0,
                         ha="right", va="center", paper=None, bold=False)  # fmt: skip
    every = -(-count // _MOST_SPOKES)
    for spoke, (angle, name) in enumerate(zip(angles, names, strict=True)):
        x, y = cos(angle), sin(angle)
        axes.plot([0, x], [0, y], color=sketch.color(RULE), linewidth=0.6, zorder=1)
        side = "left" if x > 0.1 else "right" if x < -0.1 else "center"
        up = "bottom" if y > 0.5 else "top" if y < -0.5 else "center"
        if spoke % every:
            continue
        lines = beside_circle(name, sketch.size, _wide(sketch))
        name = "\n".join(lines) if count <= _MOST_SPOKES // 2 else lines[0]
        sketch.write(axes, x * 1.07, y * 1.07, name, sketch.size, sketch.color(INK), dx=0, dy=0,
                     ha=side, va=up, paper=None, bold=False)  # fmt: skip
    for series in plot.series:
        spokes = [(number(v) - low) / span for v in series.values]
        xs = [cos(a) * r for a, r in zip(angles, spokes, strict=True)]
        ys = [sin(a) * r for a, r in zip(angles, spokes, strict=True)]
        color = sketch.color(series.color or INK)
        axes.plot([*xs, xs[0]], [*ys, ys[0]], color=color, linewidth=1.75, marker="o",
                  markersize=5, zorder=3)  # fmt: skip
    axes.set_xlim(-1.02, 1.02)
    axes.set_ylim(-1.02, 1.02)
    axes.set_aspect("equal")


def dots(sketch: Sketch, plot: Plot) -> None:
    """Draw a line for each category with a dot for each series."""
    chart, axes = sketch.chart, sketch.axes
    for index, place in enumerate(sketch.places):
        found = [float(s.values[index] or 0) for s in plot.series if s.values[index] is not None]
        if found:
            axes.plot([min(found), max(found)], [place, place], color=sketch.color(RULE),
                      linewidth=3, zorder=1, solid_capstyle="round")  # fmt: skip
        last = max(found, default=0.0)
        for series in plot.series:
            value = series.values[index]
            if value is None:
                continue
            color = sketch.color(color_at(series, index))
            axes.plot([float(value)], [place], "o", markersize=sketch.size * 0.8, color=color,
                      zorder=3)  # fmt: skip
            text = label_text(chart, series, index, series_code(chart, plot, series))
            if text:
                right = len(plot.series) == 1 or float(value) == last
                away = sketch.size * 0.75
                sketch.label(float(value), place, text, INK, away if right else -away, 0,
                             "left" if right else "right", "center")  # fmt: skip


def slopes(sketch: Sketch, plot: Plot) -> None:
    """Draw a line for each series between the categories, named and labelled at its ends."""
    chart = sketch.chart
    for place in sketch.places:
        sketch.axes.axvline(place, color=sketch.color(RULE), linewidth=0.8, zorder=1)
    last = len(sketch.places) - 1
    for series in plot.series:
        color = series.color or INK
        values = [number(value) for value in series.values]
        sketch.axes.plot(sketch.places, values, color=sketch.color(color), linewidth=2, marker="o",
                         markersize=6, zorder=3)  # fmt: skip
    for index in (0, last):
        for series, nudge in _apart(sketch, plot, index):
            text = label_text(chart, series, index, series_code(chart, plot, series))
            name = shortened(
                series.name, sketch.size, round(_wide(sketch) * SLOPE_SHARE * _POINT), True
            )
            words = f"{name}  {text}" if index == 0 else f"{text}  {name}"
            value = series.values[index]
            if value is None:
                continue
            away = sketch.size * 0.8
            sketch.label(sketch.places[index], float(value), words, series.color or INK,
                         -away if index == 0 else away, nudge,
                         "right" if index == 0 else "left", "center")  # fmt: skip


def _apart(sketch: Sketch, plot: Plot, index: int) -> list[tuple]:  # type: ignore[type-arg] # (series, points up)
    """Return the series with how far (points) their labels move so that they do not overlap."""
    axes = sketch.axes
    low, high = axes.get_ylim()
    box = axes.get_position()
    height = box.height * axes.figure.get_figheight() * 72
    shown = [s for s in plot.series if s.values[index] is not None]
    shown.sort(key=lambda s: float(s.values[index] or 0))
    placed, result = -1e9, []
    for series in shown:
        y = (float(series.values[index] or 0) - low) / ((high - low) or 1) * height
        at = max(y, placed + sketch.size * 1.25)
        result.append((series, at - y))
        placed = at
    return result


def treemap(sketch: Sketch, plot: Plot) -> None:
    """Draw rectangles whose areas are the values, the largest first (squarified)."""
    from matplotlib.patches import Rectangle

    chart, axes = sketch.chart, sketch.axes
    (series, *_) = plot.series
    box = axes.get_position()
    width = box.width * axes.figure.get_figwidth() * 72
    height = box.height * axes.figure.get_figheight() * 72
    order = sorted(
        (i for i, v in enumerate(series.values) if v is not None and v > 0),
        key=lambda i: -(series.values[i] or 0),
    )
    values = [float(series.values[i] or 0) for i in order]
    palette = palette_of(chart.spec)
    given = dict(series.point_colors)
    total = sum((v for v in series.values if v is not None), Decimal(0))
    for rank, (index, (x, y, w, h)) in enumerate(
        zip(order, _squarified(values, width, height), strict=True)
    ):
        color = given.get(index) or palette[rank % len(palette)]
        axes.add_patch(Rectangle((x, y), w, h, facecolor=sketch.color(color),
                                 edgecolor=sketch.color(PAPER), linewidth=2))  # fmt: skip
        value = label_text(chart, series, index, series_code(chart, plot, series), total)
        size, lines = _in_box(chart.spec.names[index], value, w - 8, h - 6, sketch.size)
        ink = PAPER if is_dark(color, sketch.theme) else INK
        if lines:
            sketch.write(axes, x, y + h, "\n".join(lines), size, sketch.color(ink), dx=5, dy=-4,
                         ha="left", va="top", paper=None, bold=True)  # fmt: skip
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)


def _in_box(
    name: str, value: str, width: float, height: float, size: float
) -> tuple[float, list[str]]:
    """Return size and lines of the texts in a box (points): whole words, or fewer of them."""
    for factor in (1.0, 0.9, 0.8, 0.7):
        own = size * factor
        lines = [*wrap(name, own, round(width * _POINT), True), value]
        whole = " ".join(lines[:-1]) == name or not name.isascii()
        widest = max(text_width(text, own, True) for text in lines) / _POINT
        if whole and widest <= width and len(lines) * own * 1.3 <= height:
            return own, lines
    short = [name] if text_width(name, own, True) / _POINT <= width else []
    return own, short if own * 1.3 <= height else []


def _squarified(
    values: list[float], width: float, height: float
) -> list[tuple[float, float, float, float]]:
    """Return rectangles (x, y from below, width, height) for values from the largest down.

    Rows are laid along the shorter side as long as that makes their pieces more square (Bruls,
    Huizing, van Wijk: Squarified Treemaps, 2000).
    """
    scale = width * height / (sum(values) or 1)
    areas = [value * scale for value in values]
    x, y, w, h = 0.0, 0.0, width, height
    placed: list[tuple[float, float, float, float]] = []
    begin = 0
    while begin < len(areas):
        side = min(w, h)
        end = begin + 1
        while end < len(areas) and _worst(areas[begin : end + 1], side) <= _worst(
            areas[begin:end], side
        ):
            end += 1
        row = areas[begin:end]
        depth = sum(row) / side if side else 0.0
        at = 0.0
        for area in row:
            length = area / depth if depth else 0.0
            if w >= h:  # a column at the left, from the top down
                placed.append((x, y + h - at - length, depth, length))
            else:
                placed.append((x + at, y + h - depth, length, depth))
            at += length
        if w >= h:
            x, w = x + depth, w - depth
        else:
            h -= depth
        begin = end
    return placed


def _worst(row: list[float], side: float) -> float:
    total = sum(row)
    if not total or not side:
        return float("inf")
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))
