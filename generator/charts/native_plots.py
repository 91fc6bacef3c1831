"""The plots of native charts, one function for each kind of plot."""

from __future__ import annotations

from collections.abc import Callable

from generator.charts.colors import INK, PAPER, fill_xml
from generator.charts.native_series import (
    NO_LINE,
    Native,
    aids_xml,
    categories_xml,
    fill_of,
    head_xml,
    labels_xml,
    numbers_xml,
    points_xml,
)
from generator.charts.prepare import Plot
from generator.charts.workbook import PlacedSeries
from generator.model.chart import Series

_GROUPINGS = {"clustered": "clustered", "stacked": "stacked", "percent": "percentStacked"}
_EDGE = f'<a:ln w="12700">{fill_xml(PAPER)}</a:ln>'
FIRST_AXES, SECOND_AXES = (500_000_001, 500_000_002), (500_000_003, 500_000_004)


def plot_xml(native: Native, plot: Plot) -> str:
    """Return the element of a plot with its series."""
    return _PLOTS[plot.kind](native, plot)


def _each(native: Native, plot: Plot) -> list[tuple[int, PlacedSeries]]:
    return [(number, native.sheets.placed[number]) for number in plot.numbers]


def _axes(plot: Plot) -> str:
    first, second = SECOND_AXES if plot.is_secondary else FIRST_AXES
    return f'<c:axId val="{first}"/><c:axId val="{second}"/>'


def _values(placed: PlacedSeries) -> str:
    return numbers_xml("c:val", placed.values)


def _bars(native: Native, plot: Plot) -> str:
    categories = categories_xml(native)
    series = "".join(
        [
            f"<c:ser>{head_xml(number, placed)}<c:spPr>{_series_fill(placed.series)}{NO_LINE}"
            f'</c:spPr><c:invertIfNegative val="0"/>{points_xml(placed.series, flips=True)}'
            f"{labels_xml(native, plot, placed)}{aids_xml(placed.series)}{categories}"
            f"{_values(placed)}</c:ser>"
            for number, placed in _each(native, plot)
        ]
    )
    direction = "bar" if plot.kind == "bar" else "col"
    return (
        f'<c:barChart><c:barDir val="{direction}"/>'
        f'<c:grouping val="{_GROUPINGS[plot.grouping]}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="{native.chart.gap_width}"/>'
        f'<c:overlap val="{native.chart.overlap}"/>{_axes(plot)}</c:barChart>'
    )


def _series_fill(series: Series) -> str:
    return fill_of(series.color or INK, "hatched" if series.role == "open" else series.fill)


def _line(series: Series, width: int) -> str:
    """Return the line of a series; a target is marked, not connected."""
    if series.role == "target":
        return f'<a:ln w="{width}"><a:noFill/></a:ln>'
    dash = '<a:prstDash val="dash"/>' if series.is_dashed else ""
    return f'<a:ln w="{width}" cap="rnd">{fill_xml(series.color or INK)}{dash}<a:round/></a:ln>'


def _marker(series: Series, size: int) -> str:
    if series.role == "target":
        color = fill_xml(series.color or INK)
        return (
            f'<c:marker><c:symbol val="dash"/><c:size val="{size * 5}"/><c:spPr>{color}'
            f'<a:ln w="9525">{color}</a:ln></c:spPr></c:marker>'
        )
    if not series.has_markers:
        return '<c:marker><c:symbol val="none"/></c:marker>'
    return _dot(series.color or INK, size)


def _dot(color: str, size: int, is_open: bool = False) -> str:
    inside = fill_xml(PAPER if is_open else color)
    return (
        f'<c:marker><c:symbol val="circle"/><c:size val="{size}"/>'
        f'<c:spPr>{inside}<a:ln w="15875">{fill_xml(color)}</a:ln></c:spPr></c:marker>'
    )


def _marked_points(series: Series, size: int, line: str = "") -> str:
    """Return points of lines that differ: open ones are bounds, coloured ones stand out."""
    colors, fills = dict(series.point_colors), dict(series.point_fills)
    return "".join(
        [
            f'<c:dPt><c:idx val="{index}"/>'
            f"{_dot(colors.get(index) or series.color or INK, size + 2, index in fills)}"
            f'<c:bubble3D val="0"/>{line}</c:dPt>'
            for index in sorted({*colors, *fills})
        ]
    )


def _lines(native: Native, plot: Plot) -> str:
    large = native.size > 12
    size, width = (8, 31750) if large else (6, 22225)
    categories = categories_xml(native)
    series = ""
    for number, placed in _each(native, plot):
        one = placed.series
        thin = one.role == "aid"
        line = f"<c:spPr>{_line(one, 9525 if thin else 15875 if one.is_dashed else width)}</c:spPr>"
        series += (
            f"<c:ser>{head_xml(number, placed)}{line}{_marker(one, size)}"
            f"{_marked_points(one, size, line)}{labels_xml(native, plot, placed)}{aids_xml(one)}"
            f'{categories}{_values(placed)}<c:smooth val="{int(one.is_smooth)}"/></c:ser>'
        )
    grouping = "standard" if plot.grouping == "clustered" else _GROUPINGS[plot.grouping]
    return (
        f'<c:lineChart><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f'<c:marker val="1"/>{_axes(plot)}</c:lineChart>'
    )


def _areas(native: Native, plot: Plot) -> str:
    categories = categories_xml(native)
    series = "".join(
        [
            f"<c:ser>{head_xml(number, placed)}<c:spPr>{_series_fill(placed.series)}{NO_LINE}"
            f"</c:spPr>{labels_xml(native, plot, placed)}{aids_xml(placed.series)}{categories}"
            f"{_values(placed)}</c:ser>"
            for number, placed in _each(native, plot)
        ]
    )
    grouping = "standard" if plot.grouping == "clustered" else _GROUPINGS[plot.grouping]
    return (
        f'<c:areaChart><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f"{_axes(plot)}</c:areaChart>"
    )


def _slices(native: Native, plot: Plot, rings: list[tuple[int, PlacedSeries]]) -> str:
    categories = categories_xml(native)
    return "".join(
        [
            f"<c:ser>{head_xml(number, placed)}{points_xml(placed.series, _EDGE)}"
            f"{labels_xml(native, plot, placed)}{categories}{_values(placed)}</c:ser>"
            for number, placed in rings
        ]
    )


def _pie(native: Native, plot: Plot) -> str:
    series = _slices(native, plot, _each(native, plot)[:1])
    return f'<c:pieChart><c:varyColors val="1"/>{series}<c:firstSliceAng val="0"/></c:pieChart>'


def _doughnut(native: Native, plot: Plot) -> str:
    series = _slices(native, plot, _each(native, plot))
    return (
        f'<c:doughnutChart><c:varyColors val="1"/>{series}<c:firstSliceAng val="0"/>'
        '<c:holeSize val="58"/></c:doughnutChart>'
    )


def _along(placed: PlacedSeries) -> str:
    assert placed.positions is not None
    return numbers_xml("c:xVal", placed.positions) + numbers_xml("c:yVal", placed.values)


def _scatter(native: Native, plot: Plot) -> str:
    size = 9 if native.size > 12 else 7
    series = ""
    for number, placed in _each(native, plot):
        one = placed.series
        line = _line(one, 15875) if one.is_dashed or one.is_smooth else NO_LINE
        series += (
            f"<c:ser>{head_xml(number, placed)}<c:spPr>{line}</c:spPr>{_marker(one, size)}"
            f"{_marked_points(one, size)}{labels_xml(native, plot, placed)}{aids_xml(one, 'y')}"
            f'{_along(placed)}<c:smooth val="{int(one.is_smooth)}"/></c:ser>'
        )
    return (
        '<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>'
        f"{series}{_axes(plot)}</c:scatterChart>"
    )


def _bubbles(native: Native, plot: Plot) -> str:
    series = ""
    for number, placed in _each(native, plot):
        one = placed.series
        assert placed.sizes is not None
        sizes = numbers_xml("c:bubbleSize", placed.sizes)
        see_through = fill_xml(one.color or INK, 75)
        series += (
            f"<c:ser>{head_xml(number, placed)}<c:spPr>{see_through}{_EDGE}</c:spPr>"
            f'<c:invertIfNegative val="0"/>{points_xml(one, _EDGE, flips=True)}'
            f"{labels_xml(native, plot, placed)}{aids_xml(one, 'y')}{_along(placed)}{sizes}"
            '<c:bubble3D val="0"/></c:ser>'
        )
    return (
        f'<c:bubbleChart><c:varyColors val="0"/>{series}<c:bubbleScale val="60"/>'
        f'<c:showNegBubbles val="0"/><c:sizeRepresents val="area"/>{_axes(plot)}</c:bubbleChart>'
    )


def _radar(native: Native, plot: Plot) -> str:
    categories = categories_xml(native)
    series = "".join(
        [
            f"<c:ser>{head_xml(number, placed)}<c:spPr>{_line(placed.series, 22225)}</c:spPr>"
            f"{_marker(placed.series, 6)}{_marked_points(placed.series, 6)}"
            f"{labels_xml(native, plot, placed)}{categories}{_values(placed)}</c:ser>"
            for number, placed in _each(native, plot)
        ]
    )
    return (
        f'<c:radarChart><c:radarStyle val="marker"/><c:varyColors val="0"/>{series}'
        f"{_axes(plot)}</c:radarChart>"
    )


_PLOTS: dict[str, Callable[[Native, Plot], str]] = {
    "column": _bars, "bar": _bars, "line": _lines, "area": _areas, "pie": _pie,
    "doughnut": _doughnut, "scatter": _scatter, "bubble": _bubbles, "radar": _radar,
}  # fmt: skip
