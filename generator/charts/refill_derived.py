"""Charts that are worked out of their data, put into the series that an author drew for them.

A waterfall and a range stand on a series that is not seen. What is drawn above it is found in the
author's chart by name, by the words that such series usually have, or by order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from generator.charts.prepare import prepare
from generator.errors import Location, UnsupportedChartError
from generator.model.chart import ChartSpec, Series
from generator.office.names import NAMESPACES
from generator.office.xml import parse_xml, whole_number

DERIVED_KINDS = ("waterfall", "range")
_C = f"{{{NAMESPACES['c']}}}"
_A = f"{{{NAMESPACES['a']}}}"
#: Words in the names of the series of waterfalls, by the names that ours have.
_WORDS = {
    "Increase": ("increase", "rise", "up", "gain", "plus", "positive", "增", "升", "正"),
    "Decrease": ("decrease", "fall", "down", "loss", "minus", "negative", "减", "降", "负"),
    "Total": ("total", "end", "level", "sum", "start", "合计", "总", "期"),
}
_OURS = {"增加": "Increase", "减少": "Decrease", "合计": "Total"}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A series of the author's chart: its order, and whether it is a line, or not seen."""

    order: int
    name: str
    is_line: bool
    is_hidden: bool


def derived_rows(chart_xml: bytes, spec: ChartSpec) -> list[dict[str, object]] | None:
    """Return the series that fill an author's chart, in the order of that chart.

    None where no series of the chart is hidden, and a waterfall is shown as plain columns.

    Raises:
        UnsupportedChartError: ranges are to be shown by a chart that has no place for their begin.
    """
    drawn = _drawn(parse_xml(chart_xml, Location()))
    base = next((one for one in drawn if one.is_hidden and not one.is_line), None)
    if base is None:
        if spec.kind == "waterfall":
            return None
        raise UnsupportedChartError(
            f"the chart has no hidden series on which a {spec.kind} chart could stand", None,
            "draw stacked bars and give the first series no fill",
        )  # fmt: skip
    hidden, *shown = (s for s in prepare(spec).series if s.kind != "line")
    lines = [s for s in prepare(spec).series if s.kind == "line"]
    rows = [(base.order, _row(replace(hidden, name=base.name)))]
    free = [one for one in drawn if one is not base and not one.is_line]
    for order, series in _matched(shown, free, len(drawn)):
        rows.append((order, _row(series, with_labels=spec.kind == "waterfall")))
    connectors = [one for one in drawn if one.is_line and not one.name]
    if connectors:
        first = connectors[0].order
        rows += [(first + number, _row(series)) for number, series in enumerate(lines)]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def series_names(chart_xml: bytes) -> tuple[str, ...]:
    """Return the names of the series of a chart."""
    return tuple(one.name for one in _drawn(parse_xml(chart_xml, Location())))


def _row(series: Series, *, with_labels: bool = False) -> dict[str, object]:
    row: dict[str, object] = {"name": series.name, "values": series.values}
    if with_labels and series.labels is not None:
        row["labels"] = [text or None for text in series.labels]
    return row


def _drawn(root: etree._Element) -> list[_Drawn]:
    found: list[_Drawn] = []
    for series in root.iter(f"{_C}ser"):
        order = series.find(f"{_C}order")
        plot = series.getparent()
        fill = series.find(f"{_C}spPr")
        head = series.find(f"{_C}tx")
        name = "" if head is None else "".join(v.text or "" for v in head.iter(f"{_C}v"))
        found.append(_Drawn(
            whole_number(order.get("val")) if order is not None else len(found), name.strip(),
            plot is not None and plot.tag != f"{_C}barChart",
            fill is not None and fill.find(f"{_A}noFill") is not None,
        ))  # fmt: skip
    return sorted(found, key=lambda one: one.order)


def _matched(
    shown: Sequence[Series], free: list[_Drawn], following: int
) -> list[tuple[int, Series]]:
    """Return each series with its order; one that the author drew keeps the author's name."""
    places: dict[int, _Drawn] = {}
    for matches in (_has_name, _has_word):
        for index, series in enumerate(shown):
            if index in places:
                continue
            one = next((one for one in free if matches(one, series.name)), None)
            if one is not None:
                places[index] = one
                free.remove(one)
    rows = []
    for index, series in enumerate(shown):
        if index not in places and free:
            places[index] = free.pop(0)
        if index in places:
            place = places[index]
            rows.append((place.order, replace(series, name=place.name or series.name)))
        else:
            rows.append((following + index, series))
    return rows


def _has_name(one: _Drawn, name: str) -> bool:
    return one.name == name


def _has_word(one: _Drawn, name: str) -> bool:
    words = _WORDS.get(_OURS.get(name, name), ())
    return any(word in one.name.lower() for word in words)
