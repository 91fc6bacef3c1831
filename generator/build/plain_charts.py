"""Charts of plain data: ``{{ chart({"categories": [...], "series": [...]}) }}`` and its like.

Such data fill a chart that the template's author drew, or are drawn as a native chart of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from generator.errors import ChartError
from generator.model.insert import AuthoredChart, Drawing, FilledChart, Insert, Place
from generator.model.length import Length

if TYPE_CHECKING:
    from generator.model.chart import ChartSpec

#: So many figures are said one by one in an alternative text; of more, the ends.
_SAID = 12
#: What Office shows of a chart, and what a cell of its workbook holds.
_MOST_SERIES, _MOST_POINTS, _CELL_CHARACTERS, _LARGEST_EXPONENT = 255, 32_000, 32_767, 307


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
class DataChart(Insert):
    """A chart of plain data that waits for its place."""

    data: Mapping[str, Any]

    @property
    def title(self) -> str:  # type: ignore[override] # of the data
        return str(self.data.get("title") or "")

    def draw(self, place: Place) -> Drawing:
        from generator.charts.native import native_chart

        spec = _spec(self.data, self.alt_text)
        height = place.height or Length(round(place.width / spec.aspect))
        return native_chart(spec, place.width, height)

    def fill_chart(self, chart: AuthoredChart) -> FilledChart:
        return fill_authored(chart, self.data, self.alt_text)

    @property
    def alt_text(self) -> str:
        """What the data give as ``alt``, or else the figures themselves."""
        return str(self.data.get("alt") or _described(self.data))


def chart_of(value: object) -> Insert | None:
    """Return plain chart data as an insert; None for any other value."""
    if isinstance(value, Mapping) and "series" in value:
        return DataChart(value)
    return None


def data_chart(data: object) -> Insert:
    """Return the chart of plain data: a mapping with ``categories`` and ``series``.

    Raises:
        ChartError: the data are no such mapping.
    """
    found = chart_of(data)
    if found is None:
        raise ChartError(
            "these data are no chart", None,
            'give a mapping with "categories" and "series", each with "name" and "values"',
        )  # fmt: skip
    return found


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


def _spec(data: Mapping[str, Any], alt_text: str) -> ChartSpec:
    """Return the specification of plain data for a chart of its own."""
    from generator.model.chart import ChartSpec, Series

    given, labels = data.get("series") or (), data.get("categories") or ()
    for items, what in ((given, "series"), (labels, "categories")):
        if not isinstance(items, (list, tuple)):
            raise ChartError(f'"{what}" of the chart is no list', None, "give a list")
    _check_extent(given, labels)
    rows = [row for row in given if isinstance(row, Mapping)]
    series = tuple(
        Series(
            _cell_text(row.get("name", "")), _numbers(row.get("values"), str(row.get("name", ""))),
            color=f"accent{number % 6 + 1}",
        )
        for number, row in enumerate(rows)
    )  # fmt: skip
    categories = tuple(_cell_text(item) for item in labels)
    if not series or not categories:
        raise ChartError("the data of the chart have no series or no categories", None,
                         'give "categories" and "series"')  # fmt: skip
    title = str(data.get("title") or "")
    return ChartSpec(
        data.get("kind") or "column", categories, series, alt_text, title or "Chart", title,
        has_legend=len(series) > 1,
    )  # fmt: skip


def _check_extent(series: Sequence[object], categories: Sequence[object]) -> None:
    """Refuse more than Office shows."""
    for count, most, what in (
        (len(series), _MOST_SERIES, "series"), (len(categories), _MOST_POINTS, "points"),
    ):  # fmt: skip
        if count > most:
            raise ChartError(
                f"the chart has {count:,} {what}, and Office shows at most {most:,} "
                f"(limit chart_{what})", None, "show fewer of them",
            )  # fmt: skip


def _cell_text(value: object) -> str:
    text = str(value)
    if len(text) > _CELL_CHARACTERS:
        raise ChartError(
            f"a cell holds at most {_CELL_CHARACTERS:,} characters (limit chart_characters)", None,
            f'shorten "{text[:30]}..."',
        )  # fmt: skip
    return text


def _numbers(values: object, name: str) -> tuple[Decimal | None, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise ChartError(f'the series "{name}" has no list of values', None, 'give "values"')
    return tuple(_number(value, name, number) for number, value in enumerate(values, 1))


def _number(value: object, name: str, number: int) -> Decimal | None:
    if value is None:
        return None
    try:
        found = Decimal(str(value)) if not isinstance(value, (bool, str)) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or abs(found.adjusted()) > _LARGEST_EXPONENT:
        raise ChartError(
            f'value {number} of the series "{name}" is no number: {str(value)[:40]!r}', None,
            "give numbers; a gap is none",
        )  # fmt: skip
    return found
