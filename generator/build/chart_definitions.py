"""From a chart of ``report.yaml`` and the facts it names to what it shows in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from generator.build.chart_options import read_chart
from generator.build.chart_series import sorted_order
from generator.build.chart_words import KIND_WORDS
from generator.build.views import FactView
from generator.errors import ChartError, Location, near_name_hint
from generator.model.drawing import (
    AxisDefinition,
    ChartDefinition,
    LabelsDefinition,
    ReferenceDefinition,
    SeriesDefinition,
    TrendDefinition,
)
from generator.model.record import Words, wording_in

if TYPE_CHECKING:
    from generator.model.chart import ChartSpec

Views = Mapping[str, FactView]


@dataclass(frozen=True, slots=True)
class DefinedChart:
    """A chart with the facts that it shows: for each series and category one, None for none."""

    spec: ChartSpec
    facts: tuple[tuple[FactView | None, ...], ...]


def chart_spec(
    name: str, definition: ChartDefinition, views: Views, language: str, file: str
) -> ChartSpec:
    """Return the chart ``name`` of the definition in ``file``; see ``defined_chart``."""
    return defined_chart(name, definition, views, language, Location(file)).spec


def defined_chart(
    name: str, definition: ChartDefinition, views: Views, language: str, where: Location
) -> DefinedChart:
    """Return the chart ``name`` that is defined at ``where``.

    Raises:
        ChartError: a fact is unknown or has no number, units are mixed on an axis, a number is
            beyond its end, or an option is wrong.
    """
    place = where.inside(f'chart "{name}"')
    return _Defined(name, definition, views, language, place).chart()


class _Defined:
    def __init__(
        self, name: str, definition: ChartDefinition, views: Views, language: str, where: Location
    ) -> None:
        self.name = name
        self.definition = definition
        self.views = views
        self.language = language
        self.where = where

    def chart(self) -> DefinedChart:
        definition = self.definition
        rows = definition.series if isinstance(definition.series, tuple) else ()
        if definition.facts and rows:
            raise ChartError("the chart has facts and a list of series", self.where,
                             "put the facts into a series")  # fmt: skip
        facts = [self._facts(row.facts) for row in rows] or [self._facts(definition.facts)]
        data = self._options()
        if rows:
            data |= self._rows(rows, facts)
        else:
            shown = [view for view in facts[0] if view is not None]
            data |= self._one_series(shown)
        try:
            spec = read_chart(data, self.language)
        except ChartError as error:
            steps = error.where.steps if error.where else ()
            raise type(error)(error.message, self.where.inside(*steps), error.hint) from error
        return DefinedChart(self._named(spec, facts, bool(rows)), self._in_order(spec, facts))

    def _in_order(
        self, spec: ChartSpec, facts: list[tuple[FactView | None, ...]]
    ) -> tuple[tuple[FactView | None, ...], ...]:
        """Return the facts as the chart shows them; none where it counts them."""
        if self.definition.kind == "histogram" or not facts:
            return ()
        if not self.definition.sort:
            return tuple(facts)
        first = tuple(None if view is None else view.amount for view in facts[0])
        if any(len(own) not in (0, len(first)) for own in facts) or not first:
            return ()
        order = sorted_order(first, self.definition.sort == "descending")
        return tuple(tuple(own[index] for index in order) if own else () for own in facts)

    # --- figures ---

    def _facts(self, names: Iterable[str | None]) -> tuple[FactView | None, ...]:
        return tuple(None if name is None else self._fact(name) for name in names)

    def _fact(self, name: str) -> FactView:
        if name not in self.views:
            raise ChartError(f'the data have no fact "{name}"', self.where,
                             near_name_hint(name, list(self.views)))  # fmt: skip
        view = self.views[name]
        if view.number is None:
            raise ChartError(f'"{view.id}" has no number to be drawn', self.where,
                             "chart figures only")  # fmt: skip
        return view

    def _one_unit(self, facts: Sequence[FactView]) -> str:
        """Return the unit of the facts of an axis."""
        if not facts:
            return ""
        first = facts[0]
        for view in facts[1:]:
            if view.unit != first.unit:
                raise ChartError(
                    f'units are mixed on one axis: "{first.id}" is in {first.unit or "numbers"}, '
                    f'"{view.id}" in {view.unit or "numbers"}',
                    self.where, "make a chart for each unit, or use the second axis",
                )  # fmt: skip
        return first.unit

    def _one_series(self, facts: Sequence[FactView]) -> dict[str, Any]:
        """Return the data of a chart of facts: a category for each."""
        definition, zh = self.definition, self.language == "zh"
        unit = self._one_unit(facts)
        self._check_end(facts, definition.maximum or (definition.axis or AxisDefinition()).maximum)
        words = definition.series if isinstance(definition.series, Words) else None
        series = {
            "name": wording_in(words, self.language) or ("数值" if zh else "Value"),
            "values": [view.amount or Decimal(0) for view in facts],
            "labels": [view.short for view in facts],
            "bounds": [view.bound for view in facts],
        }
        places = []
        for name in definition.highlight:
            if name not in definition.facts:
                raise ChartError(f'"{name}" is to stand out but is not among the facts', self.where,
                                 near_name_hint(str(name), list(definition.facts)))  # fmt: skip
            places.append(definition.facts.index(str(name)) + 1)
        return {
            "categories": [view.name_short for view in facts],
            "series": [series],
            "highlight": places,
            "unit": "%" if unit == "%" else "",
        }

    def _rows(
        self, rows: Sequence[SeriesDefinition], facts: list[tuple[FactView | None, ...]]
    ) -> dict[str, Any]:
        """Return the data of a chart of several series."""
        definition = self.definition
        series = [self._row(row, own) for row, own in zip(rows, facts, strict=True)]
        data: dict[str, Any] = {"series": series}
        for axis, key in (("first", "unit"), ("second", "second_unit")):
            own = [
                view
                for row, views in zip(rows, facts, strict=True)
                if (row.axis or "first") == axis
                for view in views
                if view is not None
            ]
            self._one_unit(own)
            given = wording_in(getattr(definition, key), self.language)
            label = own[0].unit_label if own else ""
            if given or label == "%":
                data[key] = given or label
            elif label:
                name = "axis" if axis == "first" else "second_axis"
                data[name] = {"title": label, **self._axis(getattr(definition, name), own)}
        if definition.categories:
            data["categories"] = [self._said(item) for item in definition.categories]
        elif definition.kind not in ("scatter", "bubble", "histogram"):
            data["categories"] = self._named_by(facts)
        if definition.highlight:
            data["highlight"] = list(definition.highlight)
        return data

    def _named_by(self, facts: list[tuple[FactView | None, ...]]) -> list[str]:
        """Return what tells the facts of a series apart: periods where all have one name."""
        longest = max(facts, key=len)
        if any(view is None for view in longest) or not longest:
            raise ChartError("the chart has no categories", self.where,
                             "name them: gaps and plain values have no names")  # fmt: skip
        shown = [view for view in longest if view is not None]
        if len({view.name_short for view in shown}) == 1:
            return [view.period for view in shown]
        return [view.name_short for view in shown]

    def _row(self, row: SeriesDefinition, facts: tuple[FactView | None, ...]) -> dict[str, Any]:
        data = row.model_dump(
            exclude_none=True, exclude={"name", "facts", "labels", "trend", "column", "columns"}
        )
        data = {key: value for key, value in data.items() if value != ()}
        data["name"] = wording_in(row.name, self.language)
        if facts:
            data["values"] = [None if view is None else view.amount for view in facts]
            bounds = [None if view is None else view.bound for view in facts]
            if any(bound not in (None, "exact") for bound in bounds):
                data["bounds"] = bounds
        for key in ("points", "ranges"):
            if key in data:
                data[key] = [
                    None if item is None else [self._number(part) for part in item]
                    for item in data[key]
                ]
        if row.labels is not None:
            data["labels"] = [
                None if item is None else wording_in(item, self.language) for item in row.labels
            ]
        if isinstance(row.trend, TrendDefinition):
            trend = row.trend.model_dump(exclude_none=True)
            data["trend"] = trend | {"name": wording_in(row.trend.name, self.language)}
        elif row.trend is not None:
            data["trend"] = row.trend
        return data

    def _number(self, part: object) -> object:
        return self._fact(part).amount if isinstance(part, str) else part

    def _said(self, item: object) -> object:
        return wording_in(item, self.language) if isinstance(item, (Words, str)) else item

    def _check_end(self, facts: Sequence[FactView], maximum: Decimal | None) -> None:
        for view in facts:
            if maximum is not None and view.number is not None and view.number > maximum:
                raise ChartError(
                    f'"{view.id}" ({view.number}) is beyond the end of the axis ({maximum})',
                    self.where, "set a larger maximum, or leave it out",
                )  # fmt: skip

    # --- options ---

    def _options(self) -> dict[str, Any]:
        """Return the options of the chart that are the same for all forms of data."""
        definition = self.definition
        facts = [view for view in self._facts(definition.facts) if view is not None]
        data: dict[str, Any] = definition.model_dump(
            exclude_none=True,
            include={"kind", "legend", "grouping", "palette", "totals", "bins", "sort", "gap",
                     "multiples",
                     "overlap", "aspect", "font_size"},
        )  # fmt: skip
        data = {key: value for key, value in data.items() if value != ()}
        for key in ("title", "source", "alt", "unit", "second_unit"):
            data[key] = wording_in(getattr(definition, key), self.language)
        for key in ("axis", "second_axis", "category_axis"):
            data[key] = self._axis(getattr(definition, key), facts if key == "axis" else ())
        if definition.maximum is not None:
            maximum = _in_printed_unit(definition.maximum, facts)
            data["axis"] |= {"maximum": maximum, "step": maximum / 5} | {
                key: value for key, value in data["axis"].items() if key == "step"}  # fmt: skip
        if isinstance(definition.labels, LabelsDefinition):
            data["labels"] = definition.labels.model_dump(exclude_none=True)
        else:
            data["labels"] = definition.labels
        data["references"] = [self._reference(item) for item in definition.references]
        return {key: value for key, value in data.items() if value not in (None, "", [], {})}

    def _axis(self, axis: AxisDefinition | None, facts: Sequence[FactView]) -> dict[str, Any]:
        if axis is None:
            return {}
        data = axis.model_dump(exclude_none=True, exclude={"title"})
        for key in ("minimum", "maximum", "step"):
            if key in data:
                data[key] = _in_printed_unit(data[key], facts)
        title = wording_in(axis.title, self.language)
        return data | ({"title": title} if title else {})

    def _reference(self, item: ReferenceDefinition) -> dict[str, Any]:
        data: dict[str, Any] = {"value": item.value}
        if item.fact is not None:
            view = self._fact(item.fact)
            data = {"value": view.amount, "label": f"{view.name_short} {view.short}"}
        label = wording_in(item.label, self.language)
        if label:
            data["label"] = label
        return data | ({"color": item.color} if item.color else {})

    # --- words ---

    def _named(
        self, spec: ChartSpec, facts: list[tuple[FactView | None, ...]], is_rows: bool
    ) -> ChartSpec:
        """Return the chart with its name, and told in words by its facts."""
        definition = self.definition
        words = definition.series if isinstance(definition.series, Words) else None
        measured = spec.title or wording_in(words, self.language)
        alt = spec.alt_text
        if not is_rows and definition.alt is None:
            shown = [view for view in facts[0] if view is not None]
            alt = _alt_text(definition.kind, measured, shown, self.language)
        return replace(spec, name=measured or self.name, alt_text=alt)


def _in_printed_unit(number: Decimal, facts: Sequence[FactView]) -> Decimal:
    """Return an end of the axis in the unit that the language prints: 2000亿元 as 200 billion."""
    for view in facts:
        if view.number and view.amount is not None:
            return number * view.amount / view.number
    return number


def _alt_text(kind: str, measured: str, facts: Sequence[FactView], language: str) -> str:
    """Return what is measured and when, then each figure with its bound in words."""
    zh = language == "zh"
    about = ("，" if zh else ", ").join(
        text for text in (measured, _common_period(facts, language)) if text
    )
    words = KIND_WORDS[kind][0 if zh else 1]
    said = [f"{view.name_short} {view}" for view in facts]
    if zh:
        return f"{words}{'：' + about if about else ''}。{'；'.join(said)}。"
    return f"{words}{': ' + about if about else ''}. {'; '.join(said)}."


def _common_period(facts: Sequence[FactView], language: str) -> str:
    """Return the period that all figures share, and whether its year is inferred; else nothing."""
    periods = {view.period for view in facts}
    if len(periods) != 1:
        return ""
    (period,) = periods
    if not any(view.period_is_assumed for view in facts):
        return period
    return f"{period}（年份为推断）" if language == "zh" else f"{period} (year inferred)"
