"""Plain data as a chart specification: what ``chart({...})`` takes, and what definitions become.

Every option has one name and one meaning, in templates, data files and ``report.yaml``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from generator.build.chart_series import (
    binned,
    bound_labels,
    opened,
    sorted_by,
)
from generator.build.chart_words import chart_alt_text
from generator.charts.colors import check_color
from generator.charts.numbers import format_of, serial_day
from generator.errors import (
    ChartError,
    Location,
    SeriesLengthError,
    UnsupportedChartError,
    near_name_hint,
)
from generator.model.bound import Bound
from generator.model.chart import (
    KINDS,
    POINT_KINDS,
    TREND_KINDS,
    Category,
    CategoryAxis,
    ChartSpec,
    ErrorBars,
    Labels,
    Numbers,
    ReferenceLine,
    Series,
    TrendLine,
    ValueAxis,
)
from generator.model.limits import limits_in_force

_CHART = (
    "kind", "categories", "series", "title", "source", "alt", "name", "grouping", "axis",
    "second_axis", "category_axis", "labels", "legend", "references", "palette", "highlight",
    "totals", "gap", "overlap", "aspect", "unit", "second_unit", "bins", "sort", "font_size", "as",
    "multiples",
)  # fmt: skip
_SERIES = (
    "name", "values", "points", "ranges", "labels", "bounds", "color", "colors", "kind", "axis",
    "format", "smooth", "markers", "dashed", "target", "errors", "trend",
)  # fmt: skip
_AXIS = ("minimum", "maximum", "step", "format", "title", "log", "shown", "gridlines")
_PLACES = ("outside", "inside", "middle", "base", "above", "below", "left", "right")
_SHOWN = ("value", "category", "share", "series")
_LEGENDS = ("auto", "none", "bottom", "top", "right", "left")
_GROUPINGS = ("clustered", "stacked", "percent")
#: What Office shows of a chart, and what a cell of its workbook holds.
_LARGEST_EXPONENT = 307
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Kinds whose categories may be days along an axis of time.
_TIMED = ("column", "line", "area", "combo", "sparkline")
#: Kinds whose single values stand along an axis.
_ALONG_AXES = ("column", "bar", "line", "area", "combo", "scatter", "bubble", "radar", "bullet",
               "dot")  # fmt: skip
#: Kinds in which the order of the data says something.
_UNSORTED = ("scatter", "bubble", "waterfall", "histogram")
#: Width over height where neither place nor data say it.
_ASPECTS = {"pie": 1.8, "doughnut": 1.8, "radar": 1.6, "treemap": 1.9, "scatter": 1.8,
            "bubble": 1.8, "sparkline": 5.0}  # fmt: skip
_LOCALES = {"zh": "zh-CN", "en": "en-GB"}


def is_picture(data: Mapping[str, Any], default: bool = False) -> bool:
    """Return whether the data ask for a picture instead of a native chart.

    Raises:
        ChartError: ``as`` is neither.
    """
    usual = "picture" if default else "native"
    return _choice(data, "as", ("native", "picture"), usual) == "picture"


def read_chart(data: Mapping[str, Any], language: str = "en") -> ChartSpec:
    """Return the chart of plain data.

    ``categories`` are texts, numbers or days; each of ``series`` has a ``name`` and ``values``,
    ``points`` (``[x, y]`` or ``[x, y, size]``) or ``ranges`` (``[begin, end]``). None is a gap.

    Raises:
        ChartError: the data are no chart, or an option is unknown or wrong.
        SeriesLengthError: a series is longer or shorter than the categories.
        UnsupportedChartError: there is no such kind, or an option does not suit it.
    """
    return _Reader(data, language).chart()


class _Reader:
    """One reading; what is wrong is told with the name of the series or option."""

    def __init__(self, data: Mapping[str, Any], language: str) -> None:
        self.data = data
        self.language = language
        _known(data, _CHART, None, "a chart")
        self.kind = _choice(data, "kind", KINDS, "column")
        self.is_points = self.kind in POINT_KINDS

    def chart(self) -> ChartSpec:
        data = self.data
        categories = self._categories()
        rows = data.get("series")
        if isinstance(rows, Mapping) or not isinstance(rows, Iterable) or isinstance(rows, str):
            raise ChartError("the data of the chart have no series", None, 'give "series"')
        given = list(rows)
        _check_extent(len(given), len(categories))
        if not given:
            raise ChartError("the data of the chart have no series", None, "give at least one")
        series = [self._series(row, number, categories) for number, row in enumerate(given, 1)]
        if self.kind == "histogram":
            categories, series = binned(series, data.get("bins"))
        highlight = self._indices("highlight", categories, data.get("highlight"))
        series = [_highlighted(one, highlight) for one in series]
        if data.get("sort"):
            order = _choice(data, "sort", ("ascending", "descending"), "")
            if self.kind in _UNSORTED:
                raise UnsupportedChartError(
                    f"a {self.kind} chart is not sorted", None,
                    "leave sort out, and give the data in the order that they are to have",
                )  # fmt: skip
            categories, series = sorted_by(categories, series, order == "descending")
        if not categories and not self.is_points:
            raise ChartError("the data of the chart have no categories", None, 'give "categories"')
        axis, second = (self._axis(name, series, unit) for name, unit in (
            ("axis", "unit"), ("second_axis", "second_unit")))  # fmt: skip
        title = _text(data, "title")
        grouping = _choice(data, "grouping", _GROUPINGS, "clustered")
        if self.kind in _ALONG_AXES and grouping == "clustered":
            _check_ends(series, axis, second)
        series = opened(self.kind, grouping, series, axis, self.language)
        spec = ChartSpec(
            kind=cast("Any", self.kind),
            categories=categories,
            series=tuple(series),
            alt_text=_text(data, "alt"),
            name=_text(data, "name") or title or "Chart",
            title=title,
            source_line=_text(data, "source"),
            grouping=cast("Any", grouping),
            axis=axis,
            second_axis=second,
            category_axis=self._category_axis(),
            labels=self._labels(),
            legend=cast("Any", _choice(data, "legend", _LEGENDS, "auto")),
            references=self._references(),
            palette=tuple(_color(c, "palette") for c in _items(data, "palette")),
            totals=self._indices("totals", categories, data.get("totals")),
            multiples=_whole(data, "multiples", 0, 12) or 0,
            gap_width=_whole(data, "gap", 0, 500),
            overlap=_whole(data, "overlap", -100, 100),
            aspect=self._aspect(),
            font_size=_size(data),
            locale=_LOCALES.get(self.language, "en-GB"),
        )
        if spec.alt_text:
            return spec
        return _with_alt(spec, self.language)

    def _aspect(self) -> float:
        given = _number(self.data.get("aspect"), "aspect")
        if given is None:
            return _ASPECTS.get(self.kind, 2.2)
        if not Decimal("0.3") <= given <= 20:
            raise ChartError(f'"aspect" is {given}', None, "give width over height, 0.3 to 20")
        return float(given)

    # --- categories and series ---

    def _categories(self) -> tuple[Category, ...]:
        found: list[Category] = []
        for item in _items(self.data, "categories"):
            if isinstance(item, datetime.datetime):
                found.append(item.date())
            elif isinstance(item, datetime.date):
                found.append(item)
            elif self.kind in _TIMED and (day := _day(item)) is not None:
                found.append(day)
            elif item is None:
                found.append("")
            else:
                found.append(_cell_text(item))
        if any(isinstance(c, str) for c in found):  # then none of them is taken as a day
            return tuple("" if c is None else str(c) for c in _items(self.data, "categories"))
        return tuple(found)

    def _series(self, row: object, number: int, categories: tuple[Category, ...]) -> Series:
        if not isinstance(row, Mapping):
            raise ChartError(f"series {number} of the chart is {row!r}", None,
                             'give "name" and "values" of each series')  # fmt: skip
        name = _cell_text(row.get("name", "") or "")
        where = Location(steps=(f'series "{name}"' if name else f"series {number}",))
        _known(row, _SERIES, where, "a series")
        values, extra = self._columns(row, where)
        is_raw = self.kind == "histogram"
        if not self.is_points and not is_raw and len(values) != len(categories):
            raise SeriesLengthError(
                f"the series has {len(values)} values for {len(categories)} categories",
                where, "give one for each; a gap is none",
            )  # fmt: skip
        axis = _choice(row, "axis", ("first", "second"), "first", where)
        labels = row.get("labels")
        series = Series(
            name,
            values,
            None if labels is None else tuple(
                "" if item is None else str(item) for item in _listed(labels, "labels", where)
            ),
            None if row.get("color") is None else _color(row["color"], "color", where),
            tuple(
                (index, _color(color, "colors", where))
                for index, color in enumerate(_listed(row.get("colors") or (), "colors", where))
                if color is not None
            ),
            "target" if row.get("target") else "data",
            kind=cast("Any", _choice(row, "kind", ("column", "line", "area"), "", where) or None),
            is_secondary=axis == "second",
            number_format=None if row.get("format") is None else str(row["format"]),
            has_markers=bool(row.get("markers", self.kind != "sparkline")),
            is_smooth=bool(row.get("smooth", False)),
            is_dashed=bool(row.get("dashed", False)),
            errors=_errors(row.get("errors"), where),
            trend=_trend(row.get("trend"), where),
            positions=extra.get("positions"),
            sizes=extra.get("sizes"),
            starts=extra.get("starts"),
        )  # fmt: skip
        bounds = [_bound(b, where) for b in _listed(row.get("bounds") or (), "bounds", where)]
        if not bounds:
            return series
        if len(bounds) != len(values):
            raise SeriesLengthError(
                f"the series has {len(bounds)} bounds for {len(values)} values", where,
                "give one for each, none for an exact value",
            )  # fmt: skip
        unit = str(self.data.get("second_unit" if axis == "second" else "unit") or "")
        return bound_labels(series, bounds, _suffix(unit), self._label_format(axis))

    def _label_format(self, axis: str) -> str | None:
        """Return the number format that is given for labels, or for the axis they belong to."""
        for option in ("labels", "second_axis" if axis == "second" else "axis"):
            given = self.data.get(option)
            if isinstance(given, Mapping) and given.get("format") is not None:
                return str(given["format"])
        return None

    def _columns(
        self, row: Mapping[str, Any], where: Location
    ) -> tuple[Numbers, dict[str, Numbers]]:
        """Return the values of a series, and its positions, sizes or starts."""
        if self.is_points:
            rows = _tuples(row, "points", (2, 3), where)
            columns = {"positions": tuple(one[0] for one in rows)}
            if self.kind == "bubble":
                if any(len(one) < 3 for one in rows):
                    raise ChartError("a point of a bubble chart has no size", where,
                                     "give each point as [x, y, size]")  # fmt: skip
                columns["sizes"] = tuple(one[2] for one in rows)
            return tuple(one[1] for one in rows), columns
        if self.kind == "range":
            rows = _tuples(row, "ranges", (2,), where)
            return tuple(one[1] for one in rows), {"starts": tuple(one[0] for one in rows)}
        if row.get("values") is None:
            raise ChartError("the series has no values", where, 'give a list as "values"')
        listed = _listed(row["values"], "values", where)
        return tuple(_value(v, number, where) for number, v in enumerate(listed, 1)), {}

    def _indices(
        self, option: str, categories: tuple[Category, ...], given: object
    ) -> tuple[int, ...]:
        """Return the numbers of categories that are named, or counted from 1."""
        if given is None:
            return ()
        names = [str(category) for category in categories]
        listed = [given] if isinstance(given, (str, int)) else _listed(given, option, None)
        found = []
        for item in listed:
            if isinstance(item, int) and not isinstance(item, bool) and 1 <= item <= len(names):
                found.append(item - 1)
            elif str(item) in names:
                found.append(names.index(str(item)))
            else:
                raise ChartError(
                    f'"{option}" names "{item}", which is none of the categories', None,
                    near_name_hint(str(item), names) or f"known: {', '.join(names[:12])}",
                )  # fmt: skip
        return tuple(found)

    # --- axes, labels, lines ---

    def _axis(self, name: str, series: Sequence[Series], unit_key: str) -> ValueAxis:
        given = self.data.get(name)
        options = {} if given is None else given
        where = Location(steps=(name,))
        if not isinstance(options, Mapping):
            raise ChartError(f'"{name}" is {options!r}', None, "give its options by name")
        _known(options, _AXIS, where, "an axis")
        unit = str(self.data.get(unit_key) or "")
        own = [s for s in series if s.is_secondary == (name == "second_axis")]
        code = options.get("format")
        if code is None:
            code = "yyyy-mm-dd" if self._has_days(own) else format_of(
                tuple(value for s in own for value in s.values if s.is_data), "", _suffix(unit)
            )  # fmt: skip
        low, high = _number(options.get("minimum"), "minimum", where), _number(
            options.get("maximum"), "maximum", where)  # fmt: skip
        if low is not None and high is not None and low >= high:
            raise ChartError(f"the axis ends at {high}, before it begins at {low}", where,
                             "set a larger maximum")  # fmt: skip
        step = _number(options.get("step"), "step", where)
        if step is not None and step <= 0:
            raise ChartError(f"the step of the axis is {step}", where, "give one above 0")
        is_log = bool(options.get("log", False))
        if is_log and any(v is not None and v <= 0 for s in own for v in s.values):
            raise UnsupportedChartError(
                "a logarithmic axis shows no zero and no negative values", where,
                "leave them out, or drop log",
            )  # fmt: skip
        return ValueAxis(
            low, high, str(code), _flag(options, "shown"), _flag(options, "gridlines"), step,
            _text(options, "title"), is_log,
        )  # fmt: skip

    def _has_days(self, series: Sequence[Series]) -> bool:
        rows = self.data.get("series") or ()
        return self.kind == "range" and any(
            isinstance(end, datetime.date) or _day(end)
            for row in rows if isinstance(row, Mapping)
            for pair in row.get("ranges") or () if isinstance(pair, Sequence)
            for end in pair
        )  # fmt: skip

    def _category_axis(self) -> CategoryAxis:
        options = self.data.get("category_axis") or {}
        where = Location(steps=("category_axis",))
        if not isinstance(options, Mapping):
            raise ChartError('"category_axis" is no set of options', None, "give them by name")
        _known(options, _AXIS, where, "an axis")
        low, high, step = (
            _number(options.get(key), key, where) for key in ("minimum", "maximum", "step")
        )
        code = options.get("format")
        return CategoryAxis(
            _text(options, "title"), None if code is None else str(code), low, high, step,
            bool(options.get("gridlines", False)), bool(options.get("log", False)),
        )  # fmt: skip

    def _labels(self) -> Labels:
        given = self.data.get("labels")
        if given is None:
            return Labels()
        if given is False or given == "none":
            return Labels(())
        if given is True:
            return Labels(("value",))
        options = given if isinstance(given, Mapping) else {"show": given}
        where = Location(steps=("labels",))
        _known(options, ("show", "place", "format"), where, "labels")
        show = options.get("show")
        shows = None
        if show is not None:
            words = [show] if isinstance(show, str) else _listed(show, "show", where)
            shows = tuple(_choice({"show": word}, "show", _SHOWN, "", where) for word in words)
        place = _choice(options, "place", _PLACES, "", where) or None
        code = options.get("format")
        return Labels(cast("Any", shows), place, None if code is None else str(code))

    def _references(self) -> tuple[ReferenceLine, ...]:
        lines = []
        for item in _items(self.data, "references"):
            options = item if isinstance(item, Mapping) else {"value": item}
            where = Location(steps=("references",))
            _known(options, ("value", "label", "color"), where, "a reference line")
            value = _number(options.get("value"), "value", where)
            if value is None:
                raise ChartError("a reference line has no value", where, 'give "value"')
            color = _color(options.get("color") or "dk2", "color", where)
            label = options.get("label")
            lines.append(ReferenceLine(value, f"{value:f}" if label is None else str(label), color))
        return tuple(lines)


def _check_ends(series: Sequence[Series], first: ValueAxis, second: ValueAxis) -> None:
    """Refuse values that the ends given for their axis would cut off."""
    for one in series:
        axis = second if one.is_secondary else first
        for value in one.values:
            if value is None:
                continue
            where = Location(steps=(f'series "{one.name}"',))
            if axis.maximum is not None and value > axis.maximum:
                raise ChartError(f"{value:f} is beyond the end of the axis ({axis.maximum:f})",
                                 where, "set a larger maximum, or leave it out")  # fmt: skip
            if axis.minimum is not None and value < axis.minimum:
                raise ChartError(f"{value:f} lies before the begin of the axis ({axis.minimum:f})",
                                 where, "set a smaller minimum, or leave it out")  # fmt: skip


def _with_alt(spec: ChartSpec, language: str) -> ChartSpec:
    from dataclasses import replace

    return replace(spec, alt_text=chart_alt_text(spec, language))


def _highlighted(series: Series, indices: tuple[int, ...]) -> Series:
    from dataclasses import replace

    if not indices:
        return series
    own = dict(series.point_colors)
    colors = {**dict.fromkeys(indices, "accent2"), **own}
    return replace(series, point_colors=tuple(sorted(colors.items())))


def _suffix(unit: str) -> str:
    """Return what a unit adds behind a number: a space before Latin words, none before signs."""
    if not unit or unit[0] in "%‰°" or ord(unit[0]) > 0x2E80:
        return unit
    return "\u00a0" + unit


# --- values of options ---


def _known(
    given: Mapping[Any, Any], names: Sequence[str], where: Location | None, what: str
) -> None:
    for name in given:
        if name not in names:
            hint = near_name_hint(str(name), names) or f"known: {', '.join(names)}"
            raise ChartError(f'"{name}" is no option of {what}', where, hint)


def _choice(
    given: Mapping[str, Any], name: str, choices: Sequence[str], default: str,
    where: Location | None = None,
) -> str:  # fmt: skip
    value = given.get(name)
    if value is None or value == "":
        return default
    if value not in choices:
        error = UnsupportedChartError if name == "kind" else ChartError
        what = "there is no chart of the kind" if name == "kind" and where is None else (
            f'"{name}" cannot be')  # fmt: skip
        hint = near_name_hint(str(value), choices) or f"known: {', '.join(choices)}"
        raise error(f'{what} "{value}"', where, hint)
    return str(value)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return "" if value is None else str(value)


def _flag(given: Mapping[str, Any], name: str) -> bool | None:
    value = given.get(name)
    return None if value is None else bool(value)


def _items(data: Mapping[str, Any], name: str) -> list[Any]:
    return _listed(data.get(name) or (), name, None)


def _listed(value: object, name: str, where: Location | None) -> list[Any]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise ChartError(f'"{name}" is {value!r}, not a list', where, "write it as a list")
    return list(value)


def _color(value: object, name: str, where: Location | None = None) -> str:
    text = str(value)
    try:
        return check_color(text)
    except ValueError as error:
        raise ChartError(f'"{name}": {error}', where, "choose such a colour") from error


def _number(value: object, name: str, where: Location | None = None) -> Decimal | None:
    if value is None:
        return None
    found = _decimal(value)
    if found is None:
        raise ChartError(f'"{name}" is no number: {value!r}', where, "give a number")
    return found


def _decimal(value: object) -> Decimal | None:
    if value is None or isinstance(value, (bool, str)):
        return None
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return serial_day(value)
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found.adjusted()) > _LARGEST_EXPONENT:
        return None
    return found


def _check_extent(series: int, points: int) -> None:
    """Refuse more than Office shows."""
    limits = limits_in_force()
    for count, most, what in (
        (series, limits.chart_series, "series"), (points, limits.chart_points, "points"),
    ):  # fmt: skip
        if count > most:
            raise ChartError(
                f"the chart has {count:,} {what}, at most {most:,} are drawn "
                f"(limit chart_{what})", None, "show fewer of them",
            )  # fmt: skip


def _cell_text(value: object) -> str:
    text = str(value)
    most = limits_in_force().chart_characters
    if len(text) > most:
        raise ChartError(
            f"a cell holds at most {most:,} characters (limit chart_characters)", None,
            f'shorten "{text[:30]}..."',
        )  # fmt: skip
    return text


def _day(value: object) -> datetime.date | None:
    """Return the day that a text like ``2025-08-31`` names; None for other texts."""
    if not isinstance(value, str) or not _ISO_DAY.fullmatch(value):
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None


def _value(value: object, number: int, where: Location) -> Decimal | None:
    if value is None:
        return None
    found = _decimal(value)
    if found is None:
        raise ChartError(f"value {number} is no number: {repr(value)[:40]}", where,
                         "give numbers; a gap is none")  # fmt: skip
    return found


def _tuples(
    row: Mapping[str, Any], name: str, sizes: tuple[int, ...], where: Location
) -> list[tuple[Decimal | None, ...]]:
    if row.get(name) is None:
        raise ChartError(f"the series has no {name}", where, f'give a list as "{name}"')
    found: list[tuple[Decimal | None, ...]] = []
    for number, item in enumerate(_listed(row[name], name, where), 1):
        if item is None:
            found.append((None,) * max(sizes))
            continue
        pieces = _listed(item, f"{name}, entry {number}", where)
        if len(pieces) not in sizes:
            wanted = " or ".join(str(size) for size in sizes)
            raise ChartError(f"entry {number} of {name} has {len(pieces)} numbers", where,
                             f"give {wanted}")  # fmt: skip
        if name == "ranges":
            pieces = [_day(piece) or piece for piece in pieces]
        found.append(tuple(_value(piece, number, where) for piece in pieces))
    return found


def _whole(data: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ChartError(f'"{name}" is {value!r}', None, f"give a number from {low} to {high}")
    return value


def _size(data: Mapping[str, Any]) -> float | None:
    size = _number(data.get("font_size"), "font_size")
    if size is not None and not 4 <= size <= 100:
        raise ChartError(f"the font size is {size}", None, "give points from 4 to 100")
    return None if size is None else float(size)


def _bound(value: object, where: Location) -> Bound:
    if value is None or isinstance(value, Bound):
        return value or Bound.EXACT
    names = [bound.value for bound in Bound]
    if value not in names:
        hint = near_name_hint(str(value), names) or f"known: {', '.join(names)}"
        raise ChartError(f'there is no bound "{value}"', where, hint)
    return Bound(str(value))


def _errors(given: object, where: Location) -> ErrorBars | None:
    if given is None:
        return None
    if isinstance(given, str) and given.strip().endswith("%"):
        try:
            share = Decimal(given.strip()[:-1])
        except InvalidOperation:
            share = Decimal(-1)
        if share.is_finite() and share >= 0:
            return ErrorBars(share, is_percent=True)
    elif isinstance(given, Mapping):
        _known(given, ("plus", "minus"), where, "errors")
        sides = {
            side: tuple(
                _value(v, n, where)
                for n, v in enumerate(_listed(given.get(side) or (), side, where), 1)
            )
            for side in ("plus", "minus")
        }
        return ErrorBars(
            plus=sides["plus"] or sides["minus"], minus=sides["minus"] or sides["plus"]
        )
    else:
        amount = _decimal(given)
        if amount is not None and amount >= 0:
            return ErrorBars(amount)
    raise ChartError(f'"errors" is {given!r}', where,
                     'give an amount, a share like "5%", or lists "plus" and "minus"')  # fmt: skip


def _trend(given: object, where: Location) -> TrendLine | None:
    if given is None or given is False:
        return None
    options: Mapping[str, Any] = given if isinstance(given, Mapping) else {
        "kind": "linear" if given is True else given}  # fmt: skip
    _known(options, ("kind", "name", "order"), where, "a trend line")
    kind = _choice({"trend": options.get("kind")}, "trend", TREND_KINDS, "linear", where)
    order = _whole(options, "order", 2, 6 if kind == "polynomial" else 255)
    return TrendLine(cast("Any", kind), _text(options, "name"), order or 2)
