"""Axes of native charts. Their ids are positive: the Open XML SDK rejects others."""

from __future__ import annotations

import datetime
from math import ceil

from generator.charts.colors import INK, MUTED, RULE, fill_xml
from generator.charts.fitting import text_width
from generator.charts.native_plots import FIRST_AXES, SECOND_AXES
from generator.charts.native_series import Native
from generator.charts.numbers import formatted, number_text, serial_day
from generator.charts.texts_xml import paragraph_of, rich_text, run, text_properties
from generator.model.chart import CategoryAxis, ChartSpec, ValueAxis
from generator.office.xml import escape_attribute

_BASE_LINE = f'<c:spPr><a:ln w="9525">{fill_xml(MUTED)}</a:ln></c:spPr>'
_NO_LINE = "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
_GRID = (
    f'<c:majorGridlines><c:spPr><a:ln w="6350">{fill_xml(RULE)}</a:ln></c:spPr></c:majorGridlines>'
)
_NO_TICKS = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
#: Units of time axes: days that all begin a year, a month, or neither.
_DAY_FORMATS = {
    "zh": {"years": 'yyyy"年"', "months": 'yyyy"年"m"月"', "days": "yyyy-mm-dd"},
    "en": {"years": "yyyy", "months": "mm/yyyy", "days": "dd/mm/yyyy"},
}


def axes_xml(native: Native) -> str:
    """Return the axes of all plots of a chart; none for pies."""
    chart = native.chart
    kind = chart.plots[0].kind
    if chart.is_round:
        return ""
    if kind in ("scatter", "bubble"):
        along = _as_value_axis(chart.category_axis)
        return _value_axis(native, along, FIRST_AXES, "b", "autoZero", "midCat") + _value_axis(
            native, chart.axis, FIRST_AXES[::-1], "l", "autoZero", "midCat"
        )
    side, value_side = ("l", "b") if chart.is_flat else ("b", "l")
    # the axis stands below lying bars, which run from the top down
    crosses = "max" if chart.is_flat else "autoZero"
    only_areas = all(plot.kind == "area" for plot in chart.plots)
    between = "midCat" if only_areas else "between"
    axes = _category_axis(native, FIRST_AXES, side, False)
    axes += _value_axis(native, chart.axis, FIRST_AXES[::-1], value_side, crosses, between)
    if chart.has_second_axis:
        axes += _value_axis(native, chart.second_axis, SECOND_AXES[::-1], "r", "max", "between")
        axes += _category_axis(native, SECOND_AXES, "b", True)
    return axes


def time_unit(spec: ChartSpec) -> str:
    """Return ``years``, ``months`` or ``days``: what the days of an axis of time are ends of."""
    days = [day for day in spec.categories if isinstance(day, datetime.date)]
    if len({(day.month, day.day) for day in days}) == 1:
        return "years" if len({day.year for day in days}) == len(days) > 1 else "days"
    if len({(day.year, day.month) for day in days}) == len(days) and all(
        day.day == 1 or (day + datetime.timedelta(1)).day == 1 for day in days
    ):
        return "months"
    return "days"


def day_format(spec: ChartSpec) -> str:
    """Return the number format of an axis of time."""
    words = _DAY_FORMATS["zh" if spec.locale.startswith("zh") else "en"]
    return spec.category_axis.number_format or words[time_unit(spec)]


def _category_axis(native: Native, ids: tuple[int, int], side: str, is_hidden: bool) -> str:
    spec = native.chart.spec
    tag = "dateAx" if spec.has_days else "catAx"
    order = "maxMin" if native.chart.is_flat else "minMax"
    is_radar = native.chart.plots[0].kind == "radar"
    is_spark = spec.kind == "sparkline"
    code = escape_attribute(day_format(spec)) if spec.has_days else "General"
    rest = '<c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/>'
    if spec.has_days:
        unit = time_unit(spec)
        rest = f'<c:lblOffset val="100"/><c:baseTimeUnit val="{unit}"/>'
        if every := _every(native, unit):
            rest += f'<c:majorUnit val="{every}"/><c:majorTimeUnit val="{unit}"/>'
    title = "" if is_hidden else _title(native, spec.category_axis.title, native.chart.is_flat)
    return (
        f'<c:{tag}><c:axId val="{ids[0]}"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
        f'<c:delete val="{int(is_hidden or is_spark)}"/><c:axPos val="{side}"/>'
        f"{_GRID if is_radar else ''}{title}"
        f'<c:numFmt formatCode="{code}" sourceLinked="0"/>{_NO_TICKS}<c:tickLblPos val="low"/>'
        f"{_BASE_LINE}{text_properties(native.locale, native.size, INK)}"
        f'<c:crossAx val="{ids[1]}"/><c:crosses val="autoZero"/><c:auto val="1"/>{rest}</c:{tag}>'
    )


def _every(native: Native, unit: str) -> int:
    """Return how many months or years apart the marks of an axis of time have room; 0 for days."""
    days = [day for day in native.chart.spec.categories if isinstance(day, datetime.date)]
    if unit == "days" or native.width is None or not days:
        return 0
    span = max(days).year - min(days).year
    if unit == "months":
        span = span * 12 + max(days).month - min(days).month
    text = formatted(serial_day(max(days)), day_format(native.chart.spec)) or "0000-00-00"
    most = max(1.0, native.width * 0.85 // (text_width(text, native.size) * 1.25))
    wanted = ceil((span + 1) / most)
    steps = (1, 2, 3, 6, 12, 24, 60, 120) if unit == "months" else (1, 2, 5, 10, 20, 50)
    return next((step for step in steps if step >= wanted), steps[-1])


def _as_value_axis(axis: CategoryAxis) -> ValueAxis:
    return ValueAxis(
        axis.minimum, axis.maximum, axis.number_format or "General", True, axis.has_gridlines,
        axis.step, axis.title, axis.is_log,
    )  # fmt: skip


def _value_axis(
    native: Native, axis: ValueAxis, ids: tuple[int, int], side: str, crosses: str, between: str
) -> str:
    ends = '<c:logBase val="10"/>' if axis.is_log else ""
    ends += '<c:orientation val="minMax"/>'
    if axis.maximum is not None:
        ends += f'<c:max val="{number_text(axis.maximum)}"/>'
    if axis.minimum is not None:
        ends += f'<c:min val="{number_text(axis.minimum)}"/>'
    step = "" if axis.step is None else f'<c:majorUnit val="{number_text(axis.step)}"/>'
    line = _BASE_LINE if side == "b" and between == "midCat" else _NO_LINE
    return (
        f'<c:valAx><c:axId val="{ids[0]}"/><c:scaling>{ends}</c:scaling>'
        f'<c:delete val="{int(not axis.is_shown)}"/><c:axPos val="{side}"/>'
        f"{_GRID if axis.has_gridlines else ''}"
        f"{_title(native, axis.title, side in 'lr')}"
        f'<c:numFmt formatCode="{escape_attribute(axis.number_format)}" sourceLinked="0"/>'
        f'{_NO_TICKS}<c:tickLblPos val="{"low" if between == "midCat" else "nextTo"}"/>'
        f"{line}{text_properties(native.locale, native.size, MUTED)}"
        f'<c:crossAx val="{ids[1]}"/><c:crosses val="{crosses}"/>'
        f'<c:crossBetween val="{between}"/>{step}</c:valAx>'
    )


def _title(native: Native, title: str, is_upright: bool) -> str:
    if not title:
        return ""
    rich = rich_text(paragraph_of(run(title, native.locale, native.size, MUTED)))
    if is_upright:
        rich = rich.replace("<a:bodyPr/>", '<a:bodyPr rot="-5400000" vert="horz"/>', 1)
    return f'<c:title>{rich}<c:overlay val="0"/></c:title>'
