"""From a definition and the facts it names to what a chart or diagram shows in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from generator.build.views import FactView
from generator.errors import ChartError, Location, near_name_hint
from generator.model.chart import ChartSpec, Series, ValueAxis
from generator.model.diagram import DiagramItem, DiagramSpec, Figure
from generator.model.drawing import ChartDefinition, DiagramDefinition, ItemDefinition
from generator.model.record import Words

Views = Mapping[str, FactView]

_LOCALES = {"zh": "zh-CN", "en": "en-GB"}
_CHART_WORDS = {
    "bar": ("条形图", "Bar chart"), "column": ("柱形图", "Column chart"),
    "line": ("折线图", "Line chart"), "area": ("面积图", "Area chart"),
    "pie": ("饼图", "Pie chart"), "doughnut": ("圆环图", "Doughnut chart"),
}  # fmt: skip
_DIAGRAM_WORDS = {
    "chain": ("流程图", "Process chain"), "timeline": ("时间轴", "Timeline"),
    "tiers": ("层次图", "Tiers"), "cards": ("数据卡片", "Cards"),
}  # fmt: skip
#: Kinds that can show the open end of a lower bound.
_OPEN_KINDS = ("bar", "column")


def chart_spec(
    name: str, definition: ChartDefinition, views: Views, language: str, file: str
) -> ChartSpec:
    """Return the chart ``name`` of the definition in ``file``.

    Raises:
        ChartError: a fact is unknown or has no number, units are mixed, or a number is beyond the
            end of the axis.
    """
    where = Location(file, (f'chart "{name}"',))
    facts = [_fact(views, fact, where) for fact in definition.facts]
    _check_facts(facts, definition, where)
    maximum = _in_printed_unit(definition.maximum, facts)
    series = _series(facts, definition, language, maximum)
    title = _words(definition.title, language)
    measured = title or _words(definition.series, language)
    return ChartSpec(
        kind=definition.kind,
        categories=tuple(view.name_short for view in facts),
        series=series,
        alt_text=_words(definition.alt, language)
        or _chart_alt_text(definition.kind, measured, facts, language),
        name=measured or name,
        title=title,
        grouping="stacked" if len(series) > 1 else "clustered",
        axis=ValueAxis(
            Decimal(0),
            maximum,
            _number_format(facts),
            is_shown=maximum is not None,
            step=None if maximum is None else maximum / 5,
        ),
        has_legend=len(series) > 1,
        gap_width=definition.gap,
        aspect=definition.aspect,
        locale=_LOCALES[language],
    )


def diagram_spec(
    name: str, definition: DiagramDefinition, views: Views, language: str, file: str
) -> DiagramSpec:
    """Return the diagram ``name`` of the definition in ``file``.

    Raises:
        ChartError: a fact is unknown.
    """
    where = Location(file, (f'diagram "{name}"',))
    items = tuple(_item(item, definition.kind, views, language, where) for item in definition.items)
    title = _words(definition.title, language)
    alt_text = _diagram_alt_text(definition.kind, title, items, language)
    return DiagramSpec(definition.kind, items, alt_text, title or name, _LOCALES[language])


def _words(words: Words | None, language: str) -> str:
    return words.in_language(language) if words is not None else ""


def _fact(views: Views, name: str, where: Location) -> FactView:
    if name not in views:
        raise ChartError(
            f'the data have no fact "{name}"', where, near_name_hint(name, list(views))
        )
    return views[name]


def _check_facts(facts: Sequence[FactView], definition: ChartDefinition, where: Location) -> None:
    for view in facts:
        if view.number is None:
            raise ChartError(f'"{view.id}" has no number to be drawn', where, "chart figures only")
        if definition.maximum is not None and view.number > definition.maximum:
            raise ChartError(
                f'"{view.id}" ({view.number}) is beyond the end of the axis ({definition.maximum})',
                where, "set a larger maximum, or leave it out",
            )  # fmt: skip
    first = facts[0]
    for view in facts[1:]:
        if view.unit != first.unit:
            raise ChartError(
                f'units are mixed on one axis: "{first.id}" is in {first.unit or "numbers"}, '
                f'"{view.id}" in {view.unit or "numbers"}',
                where, "make a chart for each unit, or use cards",
            )  # fmt: skip
    for name in definition.highlight:
        if name not in definition.facts:
            raise ChartError(f'"{name}" is to stand out but is not among the facts', where,
                             near_name_hint(name, list(definition.facts)))  # fmt: skip


def _in_printed_unit(maximum: Decimal | None, facts: Sequence[FactView]) -> Decimal | None:
    """Return the end of the axis in the unit that the language prints: 2000亿元 as 200 billion."""
    for view in facts:
        if maximum is not None and view.number and view.amount is not None:
            return maximum * view.amount / view.number
    return maximum


def _series(
    facts: Sequence[FactView],
    definition: ChartDefinition,
    language: str,
    maximum: Decimal | None,
) -> tuple[Series, ...]:
    """Return the figures, and where one of them is a lower bound, the open range above it.

    Values are in the unit that the labels print, so that an edited chart goes on in that unit.
    """
    zh = language == "zh"
    colors = tuple(
        (number, "accent2") for number, v in enumerate(facts) if v.id in definition.highlight
    )
    name = _words(definition.series, language) or ("数值" if zh else "Value")
    numbers = tuple(view.amount or Decimal(0) for view in facts)
    main = Series(name, numbers, tuple(view.short for view in facts), "accent1", colors)
    is_open = [view.is_lower_bound for view in facts]
    if definition.kind not in _OPEN_KINDS or not any(is_open):
        return (main,)
    if maximum is not None:
        top = maximum
        label = "斜纹：实际值在此区间内" if zh else "hatched: the true value lies in this range"
    else:
        top = max(numbers) * Decimal("1.25")
        label = (
            "斜纹：实际值高于下限，上端未知"
            if zh
            else "hatched: the true value is higher by an unknown amount"
        )
    ranges = tuple(
        top - number if open_ else None for number, open_ in zip(numbers, is_open, strict=True)
    )
    return (main, Series(label, ranges, ("",) * len(facts), "accent1", is_open=True))


def _number_format(facts: Sequence[FactView]) -> str:
    exponents = [view.amount.as_tuple().exponent for view in facts if view.amount is not None]
    places = max(max(0, -int(exponent)) for exponent in exponents)
    code = "0" + ("." + "0" * places if places else "")
    return f'{code}"%"' if facts[0].unit == "%" else code


def _chart_alt_text(kind: str, measured: str, facts: Sequence[FactView], language: str) -> str:
    """Return what is measured and when, then each figure with its bound in words."""
    about = ("，" if language == "zh" else ", ").join(
        text for text in (measured, _common_period(facts, language)) if text
    )
    return _alt_text(
        _CHART_WORDS[kind], about, [f"{view.name_short} {view}" for view in facts], language
    )


def _common_period(facts: Sequence[FactView], language: str) -> str:
    """Return the period that all figures share, and whether its year is inferred; else nothing."""
    periods = {view.period for view in facts}
    if len(periods) != 1:
        return ""
    (period,) = periods
    if not any(view.period_is_assumed for view in facts):
        return period
    return f"{period}（年份为推断）" if language == "zh" else f"{period} (year inferred)"


def _diagram_alt_text(kind: str, title: str, items: Sequence[DiagramItem], language: str) -> str:
    comma, colon = ("，", "：") if language == "zh" else (", ", ": ")
    said = []
    for item in items:
        figures = comma.join(f"{f.label} {f.value}".strip() for f in item.figures)
        detail = figures or item.note
        said.append(item.title + (colon + detail if detail else ""))
    return _alt_text(_DIAGRAM_WORDS[kind], title, said, language)


def _alt_text(words: tuple[str, str], title: str, said: Sequence[str], language: str) -> str:
    if language == "zh":
        return f"{words[0]}{'：' + title if title else ''}。{'；'.join(said)}。"
    return f"{words[1]}{': ' + title if title else ''}. {'; '.join(said)}."


def _item(
    item: ItemDefinition, kind: str, views: Views, language: str, where: Location
) -> DiagramItem:
    shown = [_fact(views, fact, where) for fact in item.figures]
    figures = [Figure(view.short, view.name_short) for view in shown]
    title, note = _words(item.title, language), _words(item.note, language)
    if item.fact is None and not title:  # the figure names the item: said once is enough
        title, figures[0] = shown[0].name_short, Figure(shown[0].short, "")
    if kind == "cards" and shown:
        note = note or shown[0].period
    if item.fact is not None:
        view = _fact(views, item.fact, where)
        if kind == "timeline":
            title, note = title or view.period, note or str(view)
            if view.period_is_assumed:
                note += "（年份为推断）" if language == "zh" else " (year inferred)"
        else:
            note = note or (str(view) if title else "")
            title = title or str(view)
    return DiagramItem(_as_heading(title), tuple(figures), _as_heading(note))


def _as_heading(text: str) -> str:
    """Return a text with a capital first letter, which facts printed in prose do not have."""
    return text[:1].upper() + text[1:]
