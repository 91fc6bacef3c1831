"""Charts told in words, from their data: kind, what is shown, figures, the highest and lowest."""

from __future__ import annotations

from decimal import Decimal

from generator.charts.numbers import formatted
from generator.model.chart import ChartSpec, Series

#: Names of kinds in Chinese and English.
KIND_WORDS = {
    "bar": ("条形图", "Bar chart"), "column": ("柱形图", "Column chart"),
    "line": ("折线图", "Line chart"), "area": ("面积图", "Area chart"),
    "pie": ("饼图", "Pie chart"), "doughnut": ("圆环图", "Doughnut chart"),
    "scatter": ("散点图", "Scatter chart"), "bubble": ("气泡图", "Bubble chart"),
    "radar": ("雷达图", "Radar chart"), "combo": ("组合图", "Combined chart"),
    "waterfall": ("瀑布图", "Waterfall chart"), "histogram": ("直方图", "Histogram"),
    "bullet": ("子弹图", "Bullet chart"), "range": ("区间图", "Range chart"),
    "sparkline": ("迷你图", "Sparkline"), "dot": ("点图", "Dot plot"),
    "slope": ("坡度图", "Slope chart"), "treemap": ("矩形树图", "Treemap"),
}  # fmt: skip
_MOST_POINTS = 12


def chart_alt_text(spec: ChartSpec, language: str) -> str:
    """Return the alternative text of a chart, made from its data."""
    zh = language == "zh"
    head = KIND_WORDS[spec.kind][0 if zh else 1]
    if spec.title:
        head += ("：" if zh else ": ") + spec.title
    sentences = [head, *(_series(spec, series, zh) for series in spec.data)]
    stop = "。" if zh else ". "
    return (stop.join(sentence for sentence in sentences if sentence) + stop).strip()


def _series(spec: ChartSpec, series: Series, zh: bool) -> str:
    known = [index for index, value in enumerate(series.values) if value is not None]
    if not known:
        return ""
    name = "" if len(spec.data) == 1 and spec.title else series.name
    name += ("：" if zh else ": ") if name else ""
    part = "；" if zh else "; "
    if len(known) <= _MOST_POINTS:
        body = part.join(_point(spec, series, index, zh) for index in known)
    else:
        body = f"{len(known)}个数值" if zh else f"{len(known)} values"
    if len(known) > 2 and spec.kind not in ("scatter", "bubble", "range"):
        top = max(known, key=lambda index: series.values[index] or Decimal(0))
        low = min(known, key=lambda index: series.values[index] or Decimal(0))
        words = ("最高：", "最低：") if zh else ("highest: ", "lowest: ")
        body += part + words[0] + _point(spec, series, top, zh)
        body += part + words[1] + _point(spec, series, low, zh)
    return name + body


def _point(spec: ChartSpec, series: Series, index: int, zh: bool) -> str:
    value = series.values[index]
    assert value is not None
    axis = spec.second_axis if series.is_secondary else spec.axis
    code = series.number_format or axis.number_format
    printed = formatted(value, code) or f"{value:f}"
    own = series.labels[index] if series.labels is not None else ""
    if series.starts is not None and series.starts[index] is not None:
        start = series.starts[index]
        assert start is not None
        printed = f"{formatted(start, code) or start}–{printed}"
    if series.positions is not None:
        where = series.positions[index]
        shown = f"{where}" if where is not None else ""
        return f"({shown}, {own or printed})"
    name = spec.names[index] if index < len(spec.categories) else ""
    return f"{name} {own or printed}".strip()
