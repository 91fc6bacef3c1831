"""Data for a chart that is filled anew, checked and written as the texts of cells and caches.

What comes in may be a ``ChartSpec`` or a plain mapping; what goes out is the same for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from numbers import Integral, Real
from typing import Literal, NamedTuple

from generator.errors import (
    ChartError,
    Location,
    Problem,
    ReportError,
    SeriesLengthError,
    UnsupportedChartError,
    ValueTypeError,
    near_name_hint,
)
from generator.model.chart import KINDS, ChartSpec
from generator.model.limits import limits_in_force
from generator.office.xml import escape_text

#: What a plot wants of a series: values along the categories, points, or points with a size.
PlotKind = Literal["category", "scatter", "bubble"]
Moment = Literal["", "date", "datetime"]

_MAPPING_KINDS = (*KINDS, "bubble")
#: Excel numbers the days from here; days before March 1900 are one less (its 1900 is a leap year).
_DAY_ZERO_1900, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_AFTER_LEAP = datetime(1900, 3, 1)


class Vector(NamedTuple):
    """The texts of one line of cells, ready for XML; None is an empty cell."""

    texts: Sequence[str | None]
    is_text: bool
    is_full: bool
    moment: Moment = ""


class SeriesData(NamedTuple):
    """A series as its plot wants it, its name ready for XML.

    ``along`` are the values along the other axis of a scatter chart; ``labels`` are what is
    printed at the points instead of their values.
    """

    name: str
    values: Vector
    along: Vector | None = None
    sizes: Vector | None = None
    labels: Sequence[str | None] | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """Checked data; ``levels`` are the labels of the categories, the outermost level first."""

    levels: tuple[Vector, ...]
    series: tuple[SeriesData, ...]


class RawSeries(NamedTuple):
    """A series as given: values along categories, or the columns of points."""

    name: str
    values: Sequence[object]
    along: Sequence[object] | None
    sizes: Sequence[object] | None
    has_points: bool
    labels: Sequence[object] | None = None

    def where(self) -> Location:
        return Location(steps=(f'series "{self.name}"',))


@dataclass(frozen=True, slots=True)
class RawData:
    """Data as given, of which only the shape is known."""

    categories: Sequence[object] | None
    series: tuple[RawSeries, ...]


def read_data(data: ChartSpec | Mapping[str, object]) -> RawData:
    """Return the series and categories of ``data``; their values are not looked at yet.

    Raises:
        ChartError: ``data`` is no chart, has no series, or one of them is no series.
        UnsupportedChartError: it names a kind that does not exist.
    """
    if isinstance(data, ChartSpec):
        return RawData(
            data.categories,
            tuple(
                RawSeries(s.name, s.values, s.positions, s.sizes, False, s.labels)
                for s in data.series
            ),
        )
    if not isinstance(data, Mapping):
        raise ChartError(
            f"a chart cannot be filled with {_shown(data)}", None,
            'give a chart, or a mapping with "categories" and "series"',
        )  # fmt: skip
    kind = data.get("kind")
    if kind is not None and kind not in _MAPPING_KINDS:
        raise UnsupportedChartError(
            f'there is no chart of the kind "{kind}"', None,
            near_name_hint(str(kind), _MAPPING_KINDS) or f"known: {', '.join(_MAPPING_KINDS)}",
        )  # fmt: skip
    series = data.get("series")
    if series is None:
        near = next((h for key in data if (h := near_name_hint(str(key), ("series",)))), None)
        raise ChartError("the data of the chart have no series", None, near)
    rows = _listed(series, "the series of the chart", None)
    if not rows:
        raise ChartError("the data of the chart have no series", None, "give at least one")
    limits = limits_in_force()
    if len(rows) > limits.chart_series:
        raise ChartError(
            f"the chart has {len(rows):,} series, at most {limits.chart_series} are drawn "
            "(limit chart_series)", None, "show fewer of them",
        )  # fmt: skip
    categories = data.get("categories")
    return RawData(
        None if categories is None else _listed(categories, "the categories", None),
        tuple(_read_series(row, number) for number, row in enumerate(rows)),
    )


def _read_series(row: object, number: int) -> RawSeries:
    if not isinstance(row, Mapping):
        where = Location(steps=(f"series {number + 1}",))
        raise ChartError(f"{_shown(row)} is no series", where, 'give "name" and "values"')
    name = row.get("name")
    if isinstance(name, bool) or not isinstance(name, str | int | float | Decimal | date):
        where = Location(steps=(f"series {number + 1}",))
        raise ChartError("the series has no name", where, 'give a text as "name"')
    labels = row.get("labels")
    if labels is not None:
        labels = _listed(labels, "the labels", Location(steps=(f'series "{name}"',)))
    if "points" in row:
        where = Location(steps=(f'series "{name}"',))
        points = _listed(row["points"], "the points", where)
        return RawSeries(str(name), *_columns(points, where), True, labels)
    if "values" not in row:
        where = Location(steps=(f'series "{name}"',))
        raise ChartError("the series has no values", where, 'give "values" or "points"')
    values = row["values"]
    if not isinstance(values, list | tuple):
        values = _listed(values, "the values", Location(steps=(f'series "{name}"',)))
    return RawSeries(str(name), values, None, None, False, labels)


_Columns = tuple[Sequence[object], Sequence[object], Sequence[object] | None]


def _columns(points: Sequence[object], where: Location) -> _Columns:
    """Return the values, the positions and, if there are any, the sizes of points."""
    rows: list[Sequence[object]] = []
    for index, point in enumerate(points):
        if isinstance(point, str | Mapping) or not isinstance(point, Iterable):
            raise ValueTypeError(
                f"{_shown(point)} is no point", where.inside(f"point {index + 1}"), "give [x, y]"
            )
        rows.append(tuple(point))
    widths = set(map(len, rows)) or {2}
    if len(widths) > 1 or not widths <= {2, 3}:
        width = min(widths) if widths & {2, 3} else 2
        odd = next((i for i, row in enumerate(rows) if len(row) != max(width, 2)), 0)
        raise SeriesLengthError(
            f"the point has {len(rows[odd])} numbers", where.inside(f"point {odd + 1}"),
            "give [x, y] for all points, or [x, y, size] for all",
        )  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [(), ()]
    return columns[1], columns[0], columns[2] if len(columns) == 3 else None


def _listed(items: object, what: str, where: Location | None) -> Sequence[object]:
    if isinstance(items, list | tuple):
        return items
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
        raise ChartError(f"{what} are no list: {_shown(items)}", where)
    return list(items)


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else f"{value!r}"
    return text if len(text) <= 60 else f"{text[:57]}..."


class Faults:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self._kind: type[ReportError] = ChartError
        self._problems: list[Problem] = []

    def add(self, kind: type[ReportError], message: str, where: Location | None,
            hint: str | None = None) -> None:  # fmt: skip
        if not self._problems:
            self._kind = kind
        self._problems.append(Problem(message, where, hint, code=kind.code))

    def tell(self) -> None:
        """Raise the error of all faults, if there are any."""
        if self._problems:
            raise self._kind.of(self._problems)


def check_data(
    raw: RawData, kinds: Sequence[PlotKind], *, is_1904: bool, depth: int, needs_days: bool
) -> Filling:
    """Return the data with each series as the plot of its kind wants it.

    ``depth`` is the number of levels of categories that the chart has room for; ``needs_days``
    tells that its axis shows days whatever the categories are.

    Raises:
        ValueTypeError: a value is no number, or out of range.
        SeriesLengthError: a series is longer or shorter than the categories.
        ChartError: there are no categories, or they have more levels than the chart.
    """
    faults = Faults()
    zero = _DAY_ZERO_1904 if is_1904 else _DAY_ZERO_1900
    needs_levels = "category" in kinds
    levels: tuple[Vector, ...] = ()
    if needs_levels and raw.categories is None:
        faults.add(ChartError, "the data of the chart have no categories", None,
                   'give a list of labels as "categories"')  # fmt: skip
    elif needs_levels and raw.categories is not None:
        levels = _levels(raw.categories, zero, depth, faults)
        if needs_days:
            _check_days(raw.categories, faults)
    count = len(raw.categories or ())
    most = max([count, *(len(given.values) for given in raw.series)])
    limits = limits_in_force()
    if most > limits.chart_points:
        raise ChartError(
            f"the chart has {most:,} points, at most {limits.chart_points:,} are drawn "
            "(limit chart_points)", None, "show fewer of them",
        )  # fmt: skip
    series = []
    for given, kind in zip(raw.series, kinds, strict=True):
        if len(given.name) > limits.chart_characters:
            faults.add(ValueTypeError, f"a cell holds {limits.chart_characters:,} characters at "
                       "most (limit chart_characters)",
                       Location(steps=(f'name of the series "{given.name[:20]}..."',)))  # fmt: skip
        if kind == "category":
            data = _along_categories(given, count, zero, faults)
        else:
            data = _points(given, kind, raw.categories, zero, faults)
        if data is not None and given.labels is not None:
            data = data._replace(labels=_printed(given, given.labels, faults))
        if data is not None:
            series.append(data)
    faults.tell()
    return Filling(levels, tuple(series))


def _along_categories(
    given: RawSeries, count: int, zero: datetime, faults: Faults
) -> SeriesData | None:
    if given.has_points:
        faults.add(ChartError, "the series has points, but the chart shows categories",
                   given.where(), 'give one number for each category as "values"')  # fmt: skip
        return None
    if len(given.values) != count:
        faults.add(SeriesLengthError,
                   f"the series has {len(given.values)} values for {count} categories",
                   given.where(),
                   "give one for each category, None for a gap")  # fmt: skip
        return None
    values = number_vector(given.values, "value", zero, given.where, faults)
    return SeriesData(clean_text(given.name), values)


def _points(
    given: RawSeries, kind: PlotKind, categories: Sequence[object] | None, zero: datetime,
    faults: Faults,
) -> SeriesData | None:  # fmt: skip
    along = given.along if given.along is not None else categories
    if along is None:
        faults.add(ChartError, "the series has no values along the other axis", given.where(),
                   'give "points": a list of [x, y]')  # fmt: skip
        return None
    if len(along) != len(given.values):
        faults.add(SeriesLengthError,
                   f"the series has {len(given.values)} values for {len(along)} positions",
                   given.where(),
                   "give one for each, None for a gap")  # fmt: skip
        return None
    sizes = given.sizes
    if kind == "bubble" and not along:
        sizes = ()
    if (sizes is not None) != (kind == "bubble"):
        wanted = "[x, y, size]" if kind == "bubble" else "[x, y]"
        faults.add(ChartError, f"the chart shows points as {wanted}", given.where(),
                   f'give "points": a list of {wanted}')  # fmt: skip
        return None
    return SeriesData(
        clean_text(given.name),
        number_vector(given.values, "value", zero, given.where, faults),
        number_vector(along, "position", zero, given.where, faults),
        None if sizes is None else number_vector(sizes, "size", zero, given.where, faults),
    )


def _check_days(categories: Sequence[object], faults: Faults) -> None:
    """Find the labels that an axis of days would not show."""
    for index, item in enumerate(categories):
        if isinstance(item, str | list | tuple):
            faults.add(ValueTypeError, f"the axis shows days, and {_shown(item)} is none",
                       Location(steps=(f"category {index + 1}",)), "give a date")  # fmt: skip


def _printed(given: RawSeries, labels: Sequence[object], faults: Faults) -> Sequence[str | None]:
    """Return what is printed at the points; None for the value itself."""
    if len(labels) != len(given.values):
        faults.add(SeriesLengthError,
                   f"the series has {len(labels)} labels for {len(given.values)} values",
                   given.where(), "give one for each, None for the value itself")  # fmt: skip
    for index, label in enumerate(labels):
        if label is not None and not isinstance(label, str):
            faults.add(ValueTypeError, f"{_shown(label)} is no text",
                       given.where().inside(f"label {index + 1}"))  # fmt: skip
    return [clean_text(label) if isinstance(label, str) else None for label in labels]


def _levels(
    categories: Sequence[object], zero: datetime, depth: int, faults: Faults
) -> tuple[Vector, ...]:
    if not any(issubclass(kind, list | tuple) for kind in set(map(type, categories))):
        return (_labels(categories, zero, faults),)
    depths = {len(item) if isinstance(item, list | tuple) else 1 for item in categories}
    if len(depths) > 1 or 0 in depths:
        odd = next(i for i, item in enumerate(categories)
                   if not isinstance(item, list | tuple) or len(item) != max(depths))  # fmt: skip
        faults.add(SeriesLengthError, "the category has another number of levels than the others",
                   Location(steps=(f"category {odd + 1}",)),
                   "give one label for each level, the outermost first")  # fmt: skip
        return ()
    (given,) = depths
    if given > depth:
        faults.add(ChartError,
                   f"the categories have {given} levels, but the chart shows {depth}", None,
                   "draw the chart with as many columns of categories")  # fmt: skip
        return ()
    paths = [tuple(item) for item in categories if isinstance(item, list | tuple)]
    columns = list(zip(*paths, strict=True))
    if given == 1:
        return (_labels(columns[0], zero, faults),)
    levels = []
    for level, column in enumerate(columns):
        shown: list[object] = list(column)
        for index in range(len(shown) - 1, 0, -1):  # a label holds until the next one
            if level < given - 1 and paths[index][: level + 1] == paths[index - 1][: level + 1]:
                shown[index] = None
        levels.append(_texts(shown, "category", faults))
    return tuple(levels)


def _labels(items: Sequence[object], zero: datetime, faults: Faults) -> Vector:
    """Return labels as numbers or days if all of them are, else as texts."""
    found = set(map(type, items)) - {type(None)}
    if found == {str}:
        return _texts(items, "category", faults)
    if found and not any(issubclass(kind, str | bool) for kind in found) and all(
        issubclass(kind, Real | Decimal | date) for kind in found
    ):  # fmt: skip
        moments = {issubclass(kind, date) for kind in found}
        if len(moments) == 1:
            return number_vector(items, "category", zero, Location, faults)
    return _texts(items, "category", faults)


def _texts(items: Sequence[object], what: str, faults: Faults) -> Vector:
    most = limits_in_force().chart_characters
    if set(map(type, items)) == {str} and max(map(len, items)) <= most:  # type: ignore[arg-type]
        return text_vector(items)  # type: ignore[arg-type]
    texts: list[str | None] = []
    for index, item in enumerate(items):
        if item is None or item == "":
            texts.append(None)
        elif isinstance(item, str) and len(item) > most:
            faults.add(ValueTypeError, f"a cell holds {most:,} characters at most "
                       "(limit chart_characters)",
                       Location(steps=(f"{what} {index + 1}",)))  # fmt: skip
        elif isinstance(item, str):
            texts.append(item)
        elif isinstance(item, Real | Decimal | date) and not isinstance(item, bool):
            texts.append(str(item))
        else:
            faults.add(ValueTypeError, f"{_shown(item)} is no label",
                       Location(steps=(f"{what} {index + 1}",)))  # fmt: skip
    return text_vector(texts)


def text_vector(items: Sequence[str | None]) -> Vector:
    """Return labels escaped for XML; an empty one is an empty cell."""
    joined = "".join(filter(None, items))
    texts = items
    if not joined.isprintable() or "&" in joined or "<" in joined or ">" in joined:
        texts = [item and clean_text(item) for item in items]
    is_full = all(texts)
    return Vector(texts if is_full else [item or None for item in texts], True, is_full)


def clean_text(text: str) -> str:
    """Return a text escaped for XML, with the line breaks that XML keeps."""
    return escape_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def number_vector(
    items: Sequence[object], what: str, zero: datetime, where: Callable[[], Location],
    faults: Faults,
) -> Vector:  # fmt: skip
    """Return numbers and moments with all their digits; ``where`` tells whose they are."""
    kinds = set(map(type, items))
    has_gaps = type(None) in kinds
    if len(kinds) == 1:
        kind = kinds.pop()
        if (write := _FAST.get(kind)) and all(map(_SOUND[kind], items)):
            return Vector(list(map(write, items)), False, True)
    texts: list[str | None] = []
    moment: Moment = ""
    for index, item in enumerate(items):
        if item is None:
            texts.append(None)
            continue
        text = _number_text(item, zero)
        if text is None:
            hint = "give None for a gap" if isinstance(item, float | Decimal) else None
            problem = "no day that a cell can hold" if isinstance(item, date) else "not a number"
            faults.add(ValueTypeError, f"{_shown(item)} is {problem}",
                       where().inside(f"{what} {index + 1}"), hint)  # fmt: skip
        texts.append(text)
        if isinstance(item, datetime):
            has_time = (item.hour, item.minute, item.second) != (0, 0, 0)
            moment = "datetime" if has_time else moment or "date"
        elif isinstance(item, date):
            moment = moment or "date"
    return Vector(texts, False, not has_gaps, moment)


def _number_text(item: object, zero: datetime) -> str | None:
    """Return a number or a moment as a cell holds it; None if it is neither."""
    if isinstance(item, bool | str):
        return None
    if isinstance(item, date):
        return _serial(item, zero)
    value: object = None
    if isinstance(item, Decimal):
        value = item
    elif isinstance(item, Integral):
        value = int(item)
    elif isinstance(item, Real):
        value = float(item)
    if value is None or not _SOUND[type(value)](value):
        return None
    return _FAST[type(value)](value)


def _serial(item: date, zero: datetime) -> str | None:
    if isinstance(item, datetime):
        moment = item.replace(tzinfo=None)
    else:
        moment = datetime(item.year, item.month, item.day)
    passed = moment - zero
    days = passed.days
    if zero == _DAY_ZERO_1900 and moment < _AFTER_LEAP:
        days -= 1
    if days < (1 if zero == _DAY_ZERO_1900 else 0):
        return None
    seconds = passed.seconds + passed.microseconds / 1e6
    return repr(days + seconds / 86_400) if seconds else str(days)


_GREATEST = 10**300
_FAST: dict[type, Callable[[object], str]] = {
    float: float.__repr__,
    int: int.__repr__,
    Decimal: lambda value: f"{value:f}",
}
_SOUND: dict[type, Callable[[object], bool]] = {
    float: isfinite,  # type: ignore[dict-item]
    int: lambda value: -_GREATEST < value < _GREATEST,  # type: ignore[operator]
    Decimal: lambda value: value.is_finite() and value.adjusted() < 300,  # type: ignore[attr-defined]
}
