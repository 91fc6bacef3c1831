"""A waterfall made of stacked columns: an invisible base, a rise or a fall, levels, connectors."""

from __future__ import annotations

from decimal import Decimal

from generator.charts.numbers import formatted
from generator.errors import UnsupportedChartError
from generator.model.chart import ChartSpec, Numbers, Series

_WORDS = {"zh": ("增加", "减少", "合计"), "en": ("Increase", "Decrease", "Total")}
_COLORS = ("accent4", "accent2", "accent1")


def waterfall_series(spec: ChartSpec) -> tuple[Series, ...]:
    """Return the series that draw a waterfall, aids among them.

    The one series of ``spec`` holds changes, and levels at the places that ``totals`` names.

    Raises:
        UnsupportedChartError: there are several series, a gap, or a total that is not the sum of
            the changes before it.
    """
    if len(spec.series) != 1:
        raise UnsupportedChartError("a waterfall has one series", None, "make a chart for each")
    (series,) = spec.series
    if any(value is None for value in series.values):
        raise UnsupportedChartError("a waterfall has no gaps", None, "write 0, or leave it out")
    values = [value for value in series.values if value is not None]
    spans = _spans(spec, values)
    groups = [_group(spec, index, *spans[index]) for index in range(len(values))]
    shown = {one: tuple(index for index, g in enumerate(groups) if g == one) for one in range(3)}
    names = _WORDS["zh" if spec.locale.startswith("zh") else "en"]
    colors = spec.palette if len(spec.palette) >= 3 else _COLORS
    drawn = [_base(spans)]
    for one in (2, 0, 1):
        if shown[one]:
            drawn += _parts(names[one], colors[one], spans, shown[one], spec)
    return (*drawn, *_connectors(spans))


def _spans(spec: ChartSpec, values: list[Decimal]) -> list[tuple[Decimal, Decimal]]:
    """Return where each column begins and ends."""
    level = Decimal(0)
    spans = []
    for index, value in enumerate(values):
        if index not in spec.totals:
            spans.append((level, level + value))
            level += value
            continue
        if index and value != level:
            raise UnsupportedChartError(
                f'the total "{spec.names[index]}" is {value}, and the changes before it add up to '
                f"{level}", None, "correct the figures, or add what is missing as a change",
            )  # fmt: skip
        spans.append((Decimal(0), value))
        level = value
    return spans


def _group(spec: ChartSpec, index: int, begin: Decimal, end: Decimal) -> int:
    return 2 if index in spec.totals else 0 if end >= begin else 1


def _base(spans: list[tuple[Decimal, Decimal]]) -> Series:
    """Return the invisible part between zero and a column that does not touch it."""
    values = tuple(
        min(a, b) if a > 0 and b > 0 else max(a, b) if a < 0 and b < 0 else Decimal(0)
        for a, b in spans
    )
    return Series("", values, ("",) * len(values), "lt1", role="aid", fill="none")


def _parts(
    name: str, color: str, spans: list[tuple[Decimal, Decimal]], shown: tuple[int, ...],
    spec: ChartSpec,
) -> list[Series]:  # fmt: skip
    """Return the columns of one colour; those below zero in a series of their own if needed."""
    (series,) = spec.series
    above: list[Decimal | None] = [None] * len(spans)
    below: list[Decimal | None] = [None] * len(spans)
    labels_above, labels_below = [""] * len(spans), [""] * len(spans)
    for index in shown:
        begin, end = spans[index]
        text = series.labels[index] if series.labels is not None else _signed(spec, series, index)
        high, low = max(begin, end, Decimal(0)), min(begin, end, Decimal(0))
        base_high = min(begin, end) if begin > 0 and end > 0 else Decimal(0)
        base_low = max(begin, end) if begin < 0 and end < 0 else Decimal(0)
        if high > base_high or low == base_low:
            above[index], labels_above[index] = high - base_high, text
        if low < base_low:
            below[index] = low - base_low
            if above[index] is None:
                labels_below[index] = text
    parts = []
    if any(value is not None for value in above):
        parts.append(_part(name, above, labels_above, color, series))
    if any(value is not None for value in below):
        rest = "aid" if parts else "data"
        part = _part(name, below, labels_below, color, series)
        parts.append(Series(part.name, part.values, part.labels, color, role=rest))  # type: ignore[arg-type] # one of the two roles
    return parts


def _part(
    name: str, values: list[Decimal | None], labels: list[str], color: str, series: Series
) -> Series:
    return Series(name, tuple(values), tuple(labels), color, number_format=series.number_format)


def _signed(spec: ChartSpec, series: Series, index: int) -> str:
    """Return the label of a column: a level as it is, a change with its sign."""
    value = series.values[index]
    assert value is not None
    code = spec.labels.number_format or series.number_format or spec.axis.number_format
    text = formatted(abs(value), code) or f"{abs(value):f}"
    sign = "−" if value < 0 else "" if index in spec.totals or not value else "+"
    return sign + text


def _connectors(spans: list[tuple[Decimal, Decimal]]) -> list[Series]:
    """Return a thin line from the end of each column to the next."""
    lines = []
    for index in range(len(spans) - 1):
        level = spans[index][1]
        values: Numbers = tuple(
            level if n in (index, index + 1) else None for n in range(len(spans))
        )
        lines.append(
            Series("", values, ("",) * len(spans), "dk2", role="aid", kind="line",
                   has_markers=False)
        )  # fmt: skip
    return lines
