"""From a definition and the facts it names to what a diagram shows in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.build.views import FactView
from generator.errors import ChartError, Location, near_name_hint
from generator.model.diagram import DiagramItem, DiagramSpec, Figure
from generator.model.drawing import DiagramDefinition, ItemDefinition
from generator.model.record import Words

Views = Mapping[str, FactView]

_LOCALES = {"zh": "zh-CN", "en": "en-GB"}
_DIAGRAM_WORDS = {
    "chain": ("流程图", "Process chain"), "timeline": ("时间轴", "Timeline"),
    "tiers": ("层次图", "Tiers"), "cards": ("数据卡片", "Cards"),
    "cycle": ("循环图", "Cycle"), "tree": ("组织结构图", "Tree"),
}  # fmt: skip


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


def facts_of(items: Sequence[ItemDefinition]) -> list[str]:
    """Return the ids of the facts that items of a diagram show, those below them included."""
    found: list[str] = []
    for item in items:
        found += ([item.fact] if item.fact else []) + list(item.figures) + facts_of(item.items)
    return list(dict.fromkeys(found))


def _words(words: Words | None, language: str) -> str:
    return words.in_language(language) if words is not None else ""


def _fact(views: Views, name: str, where: Location) -> FactView:
    if name not in views:
        raise ChartError(
            f'the data have no fact "{name}"', where, near_name_hint(name, list(views))
        )
    return views[name]


def _diagram_alt_text(kind: str, title: str, items: Sequence[DiagramItem], language: str) -> str:
    comma, colon = ("，", "：") if language == "zh" else (", ", ": ")
    said = []
    for item in items:
        figures = comma.join(f"{f.label} {f.value}".strip() for f in item.figures)
        detail = figures or item.note
        said.append(item.title + (colon + detail if detail else ""))
        if item.children:
            names = comma.join(child.title for child in item.children)
            said[-1] += f"（{names}）" if language == "zh" else f" ({names})"
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
    below = tuple(_item(child, kind, views, language, where) for child in item.items)
    return DiagramItem(_as_heading(title), tuple(figures), _as_heading(note), below)


def _as_heading(text: str) -> str:
    """Return a text with a capital first letter, which facts printed in prose do not have."""
    return text[:1].upper() + text[1:]
