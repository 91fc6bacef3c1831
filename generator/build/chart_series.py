"""Series worked over before they are drawn: bounds, bins, order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from math import ceil, log2

from generator.charts.numbers import format_of, formatted
from generator.errors import ChartError
from generator.model.bound import Bound, bound_sign
from generator.model.chart import Category, ChartSpec, ErrorBars, Numbers, Series, ValueAxis

_OPEN = {
    "zh": ("斜纹：实际值在此区间内", "斜纹：实际值高于下限，上端未知"),
    "en": (
        "hatched: the true value lies in this range",
        "hatched: the true value is higher by an unknown amount",
    ),
}
#: Kinds whose bars can end openly.
_OPEN_KINDS = ("bar", "column")
_MOST_BINS = 100
_GAP = "\u00a0"


def bound_labels(
    series: Series, bounds: Sequence[Bound], unit: str, code: str | None = None
) -> Series:
    """Return a series whose bounded values say so: signs in labels, hatched points."""
    code = series.number_format or code or format_of(series.values, "", unit)
    labels = []
    for index, (value, bound) in enumerate(zip(series.values, bounds, strict=True)):
        own = series.labels[index] if series.labels is not None else None
        if own is not None or value is None:
            labels.append(own or "")
            continue
        sign = bound_sign(bound, value < 0)
        labels.append((sign + _GAP if sign else "") + (formatted(value, code) or f"{value:f}"))
    fills = tuple((i, "hatched") for i, b in enumerate(bounds) if b is not Bound.EXACT
                  and b is not Bound.ABOUT)  # fmt: skip
    return replace(
        series, labels=tuple(labels), bounds=tuple(bounds),
        point_fills=fills,  # type: ignore[arg-type] # of Fill
    )  # fmt: skip


def opened(
    kind: str, grouping: str, series: Sequence[Series], axis: ValueAxis, language: str
) -> list[Series]:
    """Return the series with an open range above a lower bound, where one stands alone.

    A single row of bars ends openly: solid up to the bound, hatched beyond it. Elsewhere the whole
    bar is hatched, which says that its end is not the value.
    """
    shown = list(series)
    if kind not in _OPEN_KINDS or grouping != "clustered" or len(shown) != 1:
        return shown
    (one,) = shown
    flags = [bound.is_lower for bound in one.bounds]
    if not any(flags):
        return shown
    known = [value for value in one.values if value is not None]
    if any(value < 0 for value in known):
        return shown
    top = axis.maximum if axis.maximum is not None else max(known) * Decimal("1.25")
    label = _OPEN[language][0 if axis.maximum is not None else 1]
    ranges = tuple(
        max(top - value, Decimal(0)) if flag and value is not None else None
        for value, flag in zip(one.values, flags, strict=True)
    )
    fills = tuple((i, f) for i, f in one.point_fills if not flags[i])
    solid = replace(one, point_fills=fills)
    return [solid, Series(label, ranges, ("",) * len(ranges), one.color, role="open")]


def sorted_by(
    categories: Sequence[Category], series: Sequence[Series], is_descending: bool
) -> tuple[tuple[Category, ...], list[Series]]:
    """Return categories and series in the order of the first series; gaps stand last."""
    order = sorted_order(series[0].values, is_descending)
    places = {old: new for new, old in enumerate(order)}

    def errors_of(one: Series) -> ErrorBars | None:
        if one.errors is None or one.errors.amount is not None:
            return one.errors
        sides = (one.errors.plus, one.errors.minus)
        if any(side and len(side) != len(order) for side in sides):
            return one.errors  # told with the other lengths
        plus, minus = (tuple(side[index] for index in order) if side else () for side in sides)
        return replace(one.errors, plus=plus, minus=minus)

    def moved(one: Series) -> Series:
        return replace(
            one,
            values=tuple(one.values[index] for index in order),
            labels=None if one.labels is None else tuple(one.labels[index] for index in order),
            point_colors=tuple(sorted((places[i], color) for i, color in one.point_colors)),
            point_fills=tuple(sorted((places[i], fill) for i, fill in one.point_fills)),
            bounds=tuple(one.bounds[index] for index in order) if one.bounds else (),
            starts=None if one.starts is None else tuple(one.starts[index] for index in order),
            errors=errors_of(one),
        )

    return tuple(categories[index] for index in order), [moved(one) for one in series]


def sorted_order(values: Numbers, is_descending: bool) -> list[int]:
    """Return the places of values from the least or the greatest on; those of gaps come last."""
    known = [index for index, value in enumerate(values) if value is not None]
    known.sort(key=lambda index: values[index] or Decimal(0), reverse=is_descending)
    return known + [index for index, value in enumerate(values) if value is None]


def bounded_names(spec: ChartSpec) -> list[Category]:
    """Return the categories, with the labels of figures that are no exact ones beside them.

    They stand where an author's chart is filled, whose labels print numbers alone.
    """
    names: list[Category] = list(spec.categories)
    for series in spec.data:
        for index, bound in enumerate(series.bounds):
            label = series.labels[index] if series.labels is not None else ""
            if bound is Bound.EXACT or not label or index >= len(names):
                continue
            said = label if len(spec.data) == 1 else f"({series.name} {label})"
            names[index] = f"{names[index]} {said}"
    return names


def binned(series: Sequence[Series], bins: object) -> tuple[tuple[Category, ...], list[Series]]:
    """Return how many values of each series lie in each bin: from its begin up to below its end.

    ``bins`` is a number of equal bins, or their edges; None takes Sturges' number. The last bin
    holds its end as well.

    Raises:
        ChartError: there are no values, or ``bins`` is neither.
    """
    known = [value for one in series for value in one.values if value is not None]
    if not known:
        raise ChartError("a histogram needs values", None, 'give them as "values"')
    edges = _edges(known, bins)
    code = format_of(tuple(edges))
    names: list[Category] = []
    for begin, end in pairwise(edges):
        names.append(f"{formatted(begin, code) or begin}–{formatted(end, code) or end}")
    counted = []
    for one in series:
        counts = [0] * len(names)
        for value in one.values:
            if value is None or not edges[0] <= value <= edges[-1]:
                continue
            place = sum(value >= edge for edge in edges[1:-1])
            counts[place] += 1
        counted.append(replace(one, values=tuple(Decimal(count) for count in counts), labels=None))
    return tuple(names), counted


def _edges(known: Sequence[Decimal], bins: object) -> list[Decimal]:
    if isinstance(bins, (list, tuple)):
        edges = [Decimal(str(edge)) for edge in bins if isinstance(edge, (int, float, Decimal))]
        if len(edges) == len(bins) >= 2 and edges == sorted(set(edges)):
            return edges
        raise ChartError(f'"bins" is {bins!r}', None, "give at least two edges, the least first")
    count = ceil(log2(len(known)) + 1) if bins is None else bins
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST_BINS:
        raise ChartError(f'"bins" is {bins!r}', None,
                         f"give their number from 1 to {_MOST_BINS}, or their edges")  # fmt: skip
    low, high = min(known), max(known)
    if bins is not None and high > low:
        return _equal_edges(low, high, count)
    width = nice_step((high - low) / count) if high > low else Decimal(1)
    begin = (low / width).to_integral_value(rounding="ROUND_FLOOR") * width
    edges = [begin]
    while edges[-1] < high or len(edges) < 2:
        edges.append(edges[-1] + width)
    return edges


_ROUND_WIDTHS = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "7.5", "8", "10")


def _equal_edges(low: Decimal, high: Decimal, count: int) -> list[Decimal]:
    """Return the edges of just so many bins: of a round width where one suits, else exact."""
    power = Decimal(1).scaleb(((high - low) / count).adjusted())
    for factor in _ROUND_WIDTHS:
        width = power * Decimal(factor)
        begin = (low / width).to_integral_value(rounding="ROUND_FLOOR") * width
        if begin + width * (count - 1) < high <= begin + width * count:
            return [begin + width * number for number in range(count + 1)]
    return [low + (high - low) * number / count for number in range(count)] + [high]


def nice_step(width: Decimal) -> Decimal:
    """Return the next larger of 1, 2, 2.5, 5 and 10 times a power of ten."""
    power = Decimal(1).scaleb(width.adjusted())
    for factor in ("1", "2", "2.5", "5"):
        if power * Decimal(factor) >= width:
            return power * Decimal(factor)
    return power * 10
