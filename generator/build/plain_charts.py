"""Charts as values of templates: of a definition, or of plain data.

They fill a chart that the template's author drew, or are drawn as a native chart of their own, or
as a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from generator.errors import ChartError
from generator.model.insert import (
    AuthoredChart,
    ChartDrawing,
    Drawing,
    DrawingGrid,
    FilledChart,
    Insert,
    PictureDrawing,
    Place,
)
from generator.model.length import Length

if TYPE_CHECKING:
    from generator.build.pictures import PictureStore
    from generator.model.chart import ChartSpec, Series, ValueAxis

#: So many figures are said one by one in an alternative text; of more, the ends.
_SAID = 12


def fill_authored(
    chart: AuthoredChart, data: ChartSpec | Mapping[str, object], alt_text: str
) -> FilledChart:
    """Return an author's chart with other data; the chart is read once for all renders."""
    from generator.charts.refill import ChartForm, compile_chart

    form = chart.memo.get("form")
    if not isinstance(form, ChartForm):
        form = compile_chart(chart.xml, chart.workbook)
        chart.memo["form"] = form
    filled = form.fill(data)
    return FilledChart(filled.chart_xml, filled.workbook, alt_text)


@dataclass(frozen=True, slots=True)
class ChartInsert(Insert):
    """A chart that waits for its place: native in both formats, or a picture.

    ``on_draw`` is told of each drawing, and whether it is native.
    """

    spec: ChartSpec
    store: PictureStore | None = None
    is_picture: bool = False
    on_draw: Callable[[bool], None] | None = None

    def draw(self, place: Place) -> Drawing:
        from generator.model.chart import PICTURE_KINDS

        if self.on_draw is not None:
            self.on_draw(not self.is_picture and self.spec.kind not in PICTURE_KINDS)
        return draw_spec(self.spec, place, self.store, self.is_picture)

    @property
    def title(self) -> str:  # type: ignore[override] # of the specification
        return self.spec.title

    def fill_chart(self, chart: AuthoredChart) -> FilledChart:
        if self.on_draw is not None:
            self.on_draw(True)
        return fill_authored(chart, filling_of(self.spec, chart.xml), self.spec.alt_text)


def filling_of(spec: ChartSpec, chart_xml: bytes) -> dict[str, object]:
    """Return the data that an author's chart takes of a specification.

    Bounds stand in the names of categories and in the labels of their points; reference lines fill
    series of their labels, where the author drew some.

    Raises:
        UnsupportedChartError: the author's chart has no place for ranges.
    """
    from generator.build.chart_series import bounded_names
    from generator.charts.refill_derived import DERIVED_KINDS, derived_rows, series_names
    from generator.model.chart import POINT_KINDS

    if spec.kind in POINT_KINDS:
        return {"series": [{"name": one.name, "points": _points(one)} for one in spec.data]}
    names = bounded_names(spec)
    rows = derived_rows(chart_xml, spec) if spec.kind in DERIVED_KINDS else None
    if rows is None:
        rows = [_values(item) for item in spec.data]
        drawn = series_names(chart_xml) if spec.references else ()
        rows += [
            {"name": line.label, "values": [line.value] * len(names)}
            for line in spec.references
            if line.label in drawn
        ]
    return {"categories": names, "series": rows}


def _values(series: Series) -> dict[str, object]:
    from generator.model.bound import Bound

    row: dict[str, object] = {"name": series.name, "values": series.values}
    said = [
        (series.labels[index] if series.labels is not None else "") or None
        if bound is not Bound.EXACT else None
        for index, bound in enumerate(series.bounds)
    ]  # fmt: skip
    return {**row, "labels": said} if any(said) else row


def _points(series: Series) -> list[list[Decimal | None]]:
    columns = (series.positions or (), series.values, series.sizes)
    return [list(row) for row in zip(*(c for c in columns if c is not None), strict=True)]


def draw_spec(
    spec: ChartSpec, place: Place, store: PictureStore | None, is_picture: bool
) -> Drawing:
    """Return the drawing of a chart for a place, native or as a picture.

    Raises:
        ChartError: it cannot be drawn so.
    """
    from generator.model.chart import PICTURE_KINDS

    if spec.multiples and len(spec.data) > 1:
        return _draw_multiples(spec, place, store, is_picture)
    height = place.height or Length(round(place.width / spec.aspect))
    if spec.font_size is None:
        spec = replace(spec, font_size=_font_size(place))
    if not is_picture and spec.kind not in PICTURE_KINDS:
        from generator.charts.native import native_chart

        return native_chart(spec, place.width, height, place.theme)
    from generator.build.pictures import picture_of_chart

    return picture_of_chart(spec, place, height, store)


def _draw_multiples(
    spec: ChartSpec, place: Place, store: PictureStore | None, is_picture: bool
) -> Drawing:
    """Return a small chart for each series, all with the same axes."""
    from generator.charts.prepare import palette_of

    columns = min(spec.multiples, len(spec.data))
    rows = -(-len(spec.data) // columns)
    gap = Length.cm(0.3)
    width = Length((place.width - gap * (columns - 1)) // columns)
    if place.format == "docx":  # drawings in a line stand without a gap, and must not wrap
        width = Length(place.width // columns - 1)
    height = None
    if place.height is not None:
        height = Length((place.height - gap * (rows - 1)) // rows)
    values = [value for one in spec.data for value in one.values if value is not None]
    axis = _common_axis(spec.axis, values)
    drawings = []
    for number, series in enumerate(spec.data):
        color = series.color or palette_of(spec)[0]
        one = replace(
            spec, series=(replace(series, color=color),), multiples=0, axis=axis,
            title=series.name, name=f"{spec.name}, {series.name}", legend="none",
            source_line=spec.source_line if number == len(spec.data) - 1 else "",
            alt_text=f"{spec.title or spec.name}: {series.name}. {spec.alt_text}",
        )  # fmt: skip
        drawn = draw_spec(one, replace(place, width=width, height=height), store, is_picture)
        assert isinstance(drawn, (ChartDrawing, PictureDrawing))
        drawings.append(drawn)
    return DrawingGrid(
        tuple(drawings), columns, gap,
        Length(sum(d.width for d in drawings[:columns]) + gap * (columns - 1)),
        Length(drawings[0].height * rows + gap * (rows - 1)), spec.alt_text, spec.name,
    )  # fmt: skip


def _common_axis(axis: ValueAxis, values: list[Decimal]) -> ValueAxis:
    """Return the value axis with ends that all of the series have in common."""
    from generator.build.chart_series import nice_step

    if not values or axis.is_log:
        return axis
    low, high = min(values), max(values)
    step = nice_step((high - min(low, Decimal(0)) or Decimal(1)) / 4)
    top = (high / step).to_integral_value(ROUND_CEILING) * step
    bottom = (min(low, Decimal(0)) / step).to_integral_value(ROUND_FLOOR) * step
    return replace(
        axis,
        minimum=bottom if axis.minimum is None else axis.minimum,
        maximum=top if axis.maximum is None else axis.maximum,
        step=axis.step or step,
    )


def _font_size(place: Place) -> float:
    """Return the size (points) of texts that suits a place: a slide is read from afar."""
    sizes = (14.0, 12.0, 10.5) if place.format == "pptx" else (14.0, 10.0, 8.5)
    wide = place.width > Length.cm(17), place.width > Length.cm(9)
    return sizes[0] if wide[0] else sizes[1] if wide[1] else sizes[2]


@dataclass(frozen=True, slots=True)
class DataChart(Insert):
    """A chart of plain data that waits for its place."""

    data: Mapping[str, Any]
    language: str = "en"
    store: PictureStore | None = None
    is_picture: bool = False

    @property
    def title(self) -> str:  # type: ignore[override] # of the data
        return str(self.data.get("title") or "")

    def draw(self, place: Place) -> Drawing:
        from generator.build.chart_options import is_picture, read_chart

        spec = read_chart(self.data, self.language)
        return draw_spec(spec, place, self.store, is_picture(self.data, self.is_picture))

    def fill_chart(self, chart: AuthoredChart) -> FilledChart:
        if _is_worked_over(self.data):
            from generator.build.chart_options import read_chart

            return ChartInsert(read_chart(self.data, self.language)).fill_chart(chart)
        alt_text = str(self.data.get("alt") or _described(self.data))
        return fill_authored(chart, self.data, alt_text)


def _is_worked_over(data: Mapping[str, Any]) -> bool:
    """Return whether the data are not shown as they are: sorted, counted, bounds, ranges."""
    rows = data.get("series")
    given = (
        [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    )
    names = data.get("categories")
    if isinstance(names, list | tuple) and any(isinstance(n, list | tuple) for n in names):
        return False  # names of several levels, which only an author's chart has
    if data.get("kind") == "waterfall":
        return len(given) == 1
    return (
        data.get("kind") in ("range", "histogram")
        or bool(data.get("sort") or data.get("references"))
        or any(row.get("bounds") or row.get("ranges") for row in given)
    )


def chart_of(value: object) -> Insert | None:
    """Return plain chart data as an insert; None for any other value."""
    if isinstance(value, Mapping) and "series" in value:
        return DataChart(value)
    return None


def data_chart(
    data: object, language: str = "en", store: PictureStore | None = None, is_picture: bool = False
) -> Insert:
    """Return the chart of plain data: a mapping with ``categories`` and ``series``.

    Raises:
        ChartError: the data are no such mapping.
    """
    if not isinstance(data, Mapping) or "series" not in data:
        raise ChartError(
            "these data are no chart", None,
            'give a mapping with "categories" and "series", each with "name" and "values"',
        )  # fmt: skip
    return DataChart(data, language, store, is_picture)


def _described(data: Mapping[str, Any]) -> str:
    """Return the figures of a chart in words."""
    labels, rows = data.get("categories"), data.get("series")
    categories = [str(item) for item in labels] if isinstance(labels, (list, tuple)) else []
    parts = [str(data["title"])] if data.get("title") else []
    for series in rows if isinstance(rows, (list, tuple)) else ():
        if not isinstance(series, Mapping) or not isinstance(series.get("values"), (list, tuple)):
            continue
        values = list(series.get("values") or ())
        pairs = [(c, v) for c, v in zip(categories, values, strict=False) if v is not None]
        said = [f"{category} {value}" for category, value in pairs]
        if len(said) > _SAID:
            said = [said[0], "...", said[-1]]
        parts.append(f"{series.get('name', '')}: {', '.join(said)}".strip(": "))
    return "; ".join(part for part in parts if part)
