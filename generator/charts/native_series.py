"""One series of a native chart: name, look, labels, aids and values, in the order of the schema."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from generator.charts.colors import INK, PAPER, fill_xml, hatch_xml, is_dark
from generator.charts.fitting import text_width
from generator.charts.label_text import label_code, label_text
from generator.charts.numbers import number_text
from generator.charts.prepare import Plot, Prepared
from generator.charts.texts_xml import paragraph_of, rich_text, run, text_properties
from generator.charts.workbook import DAY_FORMAT, MOST_FORMED, Cells, PlacedSeries, Worksheets
from generator.errors import UnsupportedChartError
from generator.model.chart import Fill, Numbers, Series, TrendLine
from generator.model.theme import Theme
from generator.office.xml import escape_attribute, escape_text

NO_LINE = "<a:ln><a:noFill/></a:ln>"
#: Words for places of labels, and what they are called for each kind of plot.
_INSIDE = {"inside": "inEnd", "middle": "ctr", "base": "inBase"}
_AROUND = {"above": "t", "below": "b", "left": "l", "right": "r", "middle": "ctr"}
_PLACES: dict[str, dict[str, str]] = {
    "column": {"outside": "outEnd", **_INSIDE}, "bar": {"outside": "outEnd", **_INSIDE},
    "stacked": _INSIDE, "line": _AROUND, "scatter": _AROUND, "bubble": _AROUND,
    "pie": {"outside": "outEnd", "inside": "inEnd", "middle": "ctr"},
    "doughnut": {}, "area": {}, "radar": {},
}  # fmt: skip
_USUAL = {"column": "outside", "bar": "outside", "stacked": "middle", "line": "above",
          "scatter": "right", "bubble": "middle", "pie": "outside"}  # fmt: skip


class Native(NamedTuple):
    """What the writers of plots need to know of a chart; size in points, width in EMU."""

    chart: Prepared
    sheets: Worksheets
    theme: Theme
    size: float
    width: int | None = None

    @property
    def locale(self) -> str:
        return self.chart.spec.locale


def fill_of(color: str, fill: Fill) -> str:
    """Return the fill of a bar, an area or a slice."""
    if fill == "none":
        return "<a:noFill/>"
    return hatch_xml(color) if fill == "hatched" else fill_xml(color)


def fill_at(series: Series, index: int) -> Fill:
    own = dict(series.point_fills).get(index)
    return own or ("hatched" if series.role == "open" else series.fill)


def color_at(series: Series, index: int) -> str:
    return dict(series.point_colors).get(index) or series.color or INK


def head_xml(number: int, placed: PlacedSeries) -> str:
    """Return index, order and name of a series."""
    name = escape_text(placed.series.name)
    return (
        f'<c:idx val="{number}"/><c:order val="{number}"/>'
        f"<c:tx><c:strRef><c:f>{placed.name_cell}</c:f><c:strCache>"
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{name}</c:v></c:pt>'
        "</c:strCache></c:strRef></c:tx>"
    )


def categories_xml(native: Native) -> str:
    """Return ``c:cat``, the same for all series."""
    sheets = native.sheets
    points = _points(sheets.categories)
    body = f'<c:ptCount val="{len(sheets.categories)}"/>{points}'
    if sheets.has_days:
        return (
            f"<c:cat><c:numRef><c:f>{sheets.category_range}</c:f><c:numCache>"
            f"<c:formatCode>{DAY_FORMAT}</c:formatCode>{body}</c:numCache></c:numRef></c:cat>"
        )
    return (
        f"<c:cat><c:strRef><c:f>{sheets.category_range}</c:f><c:strCache>"
        f"{body}</c:strCache></c:strRef></c:cat>"
    )


def numbers_xml(tag: str, cells: Cells) -> str:
    """Return ``c:val`` and its like: the range and the cached values; a gap has none."""
    return (
        f"<{tag}><c:numRef><c:f>{cells.range}</c:f><c:numCache>"
        f"<c:formatCode>{escape_text(cells.number_format)}</c:formatCode>"
        f'<c:ptCount val="{len(cells.texts)}"/>{_points(cells.texts)}'
        f"</c:numCache></c:numRef></{tag}>"
    )


def _points(texts: tuple[str | None, ...]) -> str:
    """Return the points of a cache; a gap has none."""
    if len(texts) <= MOST_FORMED and None not in texts:
        return _points_form(len(texts)) % texts
    return "".join(
        [
            f'<c:pt idx="{index}"><c:v>{text}</c:v></c:pt>'
            for index, text in enumerate(texts)
            if text is not None
        ]
    )


@lru_cache(maxsize=64)
def _points_form(count: int) -> str:
    """Return points with a ``%s`` for each text."""
    return "".join([f'<c:pt idx="{index}"><c:v>%s</c:v></c:pt>' for index in range(count)])


def points_xml(series: Series, edge: str = NO_LINE, flips: bool = False) -> str:
    """Return the points that look different from their series; ``flips`` is true for bars."""
    special = {index for index, _ in series.point_colors} | {i for i, _ in series.point_fills}
    flip = '<c:invertIfNegative val="0"/>' if flips else ""
    return "".join(
        [
            f'<c:dPt><c:idx val="{index}"/>{flip}<c:bubble3D val="0"/>'
            f"<c:spPr>{fill_of(color_at(series, index), fill_at(series, index))}{edge}</c:spPr>"
            "</c:dPt>"
            for index in sorted(special)
        ]
    )


# --- labels ---


@lru_cache(maxsize=64)
def _shown(value: bool, category: bool, series: bool, share: bool) -> str:
    parts = (
        f'<c:showLegendKey val="0"/><c:showVal val="{int(value)}"/>'
        f'<c:showCatName val="{int(category)}"/><c:showSerName val="{int(series)}"/>'
        f'<c:showPercent val="{int(share)}"/><c:showBubbleSize val="0"/>'
    )
    return parts + (
        "<c:separator>\n</c:separator>" if value + category + series + share > 1 else ""
    )


def label_place(native: Native, plot: Plot) -> str:
    """Return ``c:dLblPos`` of a plot; empty where the kind leaves no choice.

    Raises:
        UnsupportedChartError: the kind has no such place.
    """
    kind = plot.kind
    if kind in ("column", "bar") and plot.grouping != "clustered":
        kind = "stacked"  # type: ignore[assignment] # a key of the table of places
    known = _PLACES[kind]
    wanted = native.chart.labels.place
    if wanted is not None and wanted not in known and plot is native.chart.plots[0]:
        raise UnsupportedChartError(
            f'labels of a {native.chart.spec.kind} chart cannot stand "{wanted}"', None,
            f"known: {', '.join(known)}" if known else "leave the place out",
        )  # fmt: skip
    has_errors = any(series.errors for series in plot.series)
    usual = "right" if kind == "line" and has_errors else _USUAL.get(kind)
    name = wanted if wanted in known else usual
    return f'<c:dLblPos val="{known[name]}"/>' if name else ""


def labels_xml(native: Native, plot: Plot, placed: PlacedSeries) -> str:
    """Return ``c:dLbls``: numbers by their format, given texts where those say more."""
    series, chart = placed.series, native.chart
    shows = chart.labels.shows or ()
    own_texts = series.labels is not None
    if not shows or (not series.is_data and not own_texts):
        if own_texts and any(series.labels or ()):
            shows = ("value",)
        else:
            return f"<c:dLbls>{_shown(False, False, False, False)}</c:dLbls>"
    position = label_place(native, plot)
    place = position + _shown(
        "value" in shows, "category" in shows, "series" in shows, "share" in shows
    )
    inside = any(word in position for word in ("ctr", "inEnd", "inBase")) or (
        not position and plot.kind in ("doughnut", "area")
    )
    usual = _label_color(native, series, None, inside)
    code = escape_attribute(label_code(chart, placed.values.number_format))
    own = _own_labels(native, placed, place, usual, inside)
    is_covering = on_paper(chart, series) and (not inside or chart.spec.kind == "range")
    back = fill_xml(PAPER) if is_covering else "<a:noFill/>"
    return (
        f'<c:dLbls>{own}<c:numFmt formatCode="{code}" sourceLinked="0"/>'
        f"<c:spPr>{back}{NO_LINE}</c:spPr>"
        f"{text_properties(native.locale, native.size, usual, True)}{place}</c:dLbls>"
    )


def on_paper(chart: Prepared, series: Series) -> bool:
    """Return whether labels hide what is behind them: a bar, or a line that crosses them."""
    is_crossed = bool(chart.spec.references) and series.is_data
    return series.role == "target" or is_crossed or (chart.spec.kind == "range" and series.is_data)


def _label_color(native: Native, series: Series, index: int | None, inside: bool) -> str:
    fill = series.fill if index is None else fill_at(series, index)
    if not inside or fill != "solid" or native.chart.spec.kind == "range":
        return INK
    color = (series.color or INK) if index is None else color_at(series, index)
    return PAPER if is_dark(color, native.theme) else INK


def _own_labels(native: Native, placed: PlacedSeries, place: str, usual: str, inside: bool) -> str:
    """Return the labels that differ from those of the series: in text, or in colour."""
    series = placed.series
    if series.labels is None and not series.point_colors and not series.point_fills:
        return ""
    pieces = []
    for index, value in enumerate(series.values):
        if value is None:
            continue
        text = label_text(native.chart, series, index, placed.values.number_format)
        if series.labels is not None and not text:
            pieces.append(f'<c:dLbl><c:idx val="{index}"/><c:delete val="1"/></c:dLbl>')
            continue
        color = _label_color(native, series, index, inside)
        is_short = inside and _is_short(native, series, index, text)
        color = INK if is_short else color
        hatched = inside and fill_at(series, index) == "hatched"
        is_range = native.chart.spec.kind == "range"
        covers = (
            hatched or is_short or (on_paper(native.chart, series) and (is_range or not inside))
        )
        back = fill_xml(PAPER) if covers else "<a:noFill/>"
        if series.labels is not None:
            words = rich_text(paragraph_of(run(text, native.locale, native.size, color, True)))
            words += f"<c:spPr>{back}{NO_LINE}</c:spPr>"
        elif color != usual or covers:
            code = escape_attribute(label_code(native.chart, placed.values.number_format))
            words = (
                f'<c:numFmt formatCode="{code}" sourceLinked="0"/><c:spPr>{back}{NO_LINE}</c:spPr>'
                f"{text_properties(native.locale, native.size, color, True)}"
            )
        else:
            continue
        pieces.append(f'<c:dLbl><c:idx val="{index}"/>{words}{place}</c:dLbl>')
    return "".join(pieces)


#: Share of the width of a chart of lying bars that the plot takes, about.
_PLOT_SHARE = 0.65


def has_room(chart: Prepared, series: Series, index: int, text: str, room: float) -> bool:
    """Return whether a label fits into a lying bar that stands before an open range.

    ``room`` is the length (EMU) of the whole axis.
    """
    value, end = series.values[index], chart.axis.maximum
    if not chart.is_flat or series.is_open or value is None or not end:
        return True
    if not any(one.is_open for one in chart.spec.series):
        return True
    size = chart.spec.font_size or 10.0
    return text_width(text, size, True) * 1.15 <= float(value / end) * room


def _is_short(native: Native, series: Series, index: int, text: str) -> bool:
    """Return whether a label runs out of its bar, so that it needs a paper of its own."""
    room = (native.width or 0) * _PLOT_SHARE
    return bool(room) and not has_room(native.chart, series, index, text, room)


# --- aids ---

_TREND_TYPES = {
    "linear": "linear", "exponential": "exp", "logarithmic": "log", "power": "power",
    "polynomial": "poly", "moving": "movingAvg",
}  # fmt: skip


def aids_xml(series: Series, direction: str = "") -> str:
    """Return trend line and error bars; ``direction`` is ``y`` where points have two values."""
    trend = _trend(series.trend, series.color or INK) if series.trend else ""
    errors = series.errors
    if errors is None:
        return trend
    if errors.amount is not None:
        kind = "percentage" if errors.is_percent else "fixedVal"
        amounts = f'<c:val val="{number_text(errors.amount)}"/>'
    else:
        kind = "cust"
        amounts = _literal("c:plus", errors.plus) + _literal("c:minus", errors.minus)
    along = f'<c:errDir val="{direction}"/>' if direction else ""
    line = f'<c:spPr><a:ln w="12700">{fill_xml(INK)}</a:ln></c:spPr>'
    return (
        f'{trend}<c:errBars>{along}<c:errBarType val="both"/><c:errValType val="{kind}"/>'
        f'<c:noEndCap val="0"/>{amounts}{line}</c:errBars>'
    )


def _literal(tag: str, numbers: Numbers) -> str:
    points = "".join(
        f'<c:pt idx="{index}"><c:v>{number_text(value)}</c:v></c:pt>'
        for index, value in enumerate(numbers)
        if value is not None
    )
    return (
        f"<{tag}><c:numLit><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(numbers)}"/>{points}</c:numLit></{tag}>'
    )


def _trend(trend: TrendLine, color: str) -> str:
    name = f"<c:name>{escape_text(trend.name)}</c:name>" if trend.name else ""
    order = f'<c:order val="{trend.order}"/>' if trend.kind == "polynomial" else ""
    period = f'<c:period val="{trend.order}"/>' if trend.kind == "moving" else ""
    line = f'<a:ln w="15875" cap="rnd">{fill_xml(color)}<a:prstDash val="sysDash"/></a:ln>'
    return (
        f"<c:trendline>{name}<c:spPr>{line}</c:spPr>"
        f'<c:trendlineType val="{_TREND_TYPES[trend.kind]}"/>{order}{period}'
        '<c:dispRSqr val="0"/><c:dispEq val="0"/></c:trendline>'
    )
