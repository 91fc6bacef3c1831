"""What templates can use: facts in the language of an edition, the report's own texts, filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import DataError, near_name_hint
from generator.model import wording
from generator.model.fact import Fact, FactBook

if TYPE_CHECKING:
    from generator.model.report import ReportDefinition


class FactView:
    """A fact in one language. Printing it gives its text with unit and bound."""

    __slots__ = ("_fact", "_language", "_views")

    def __init__(self, fact: Fact, language: str, views: dict[str, FactView]) -> None:
        self._fact = fact
        self._language = language
        self._views = views

    def __str__(self) -> str:
        return wording.prose(self._fact, self._language)

    def __repr__(self) -> str:
        return f"<fact {self._fact.id}: {self}>"

    @property
    def text(self) -> str:
        return str(self)

    @property
    def id(self) -> str:
        return self._fact.id

    @property
    def name(self) -> str:
        return self._fact.entry.name.in_language(self._language)

    @property
    def name_short(self) -> str:
        return (self._fact.entry.short or self._fact.entry.name).in_language(self._language)

    @property
    def short(self) -> str:
        return wording.short(self._fact, self._language)

    @property
    def figure(self) -> str:
        return wording.signed_figure(self._fact, self._language)

    @property
    def unit_label(self) -> str:
        return wording.unit_label(self._fact, self._language)

    @property
    def unit(self) -> str:
        """The unit as the data file has it, the same in all languages."""
        return self._fact.entry.unit or ""

    @property
    def number(self) -> Decimal | None:
        """The number in ``unit``; None for a named fact. For a bound it is not the value itself."""
        return self._fact.number

    @property
    def period(self) -> str:
        return wording.period(self._fact.period, self._language)

    @property
    def of(self) -> str:
        """The whole of a share: ``杭州市``, ``Hangzhou``; empty where there is none."""
        compared = self._fact.entry.comparison
        return compared.of.in_language(self._language) if compared and compared.of else ""

    @property
    def comparison(self) -> str:
        return wording.comparison(self._fact, self._language)

    @property
    def bound(self) -> str:
        return self._fact.bound.value

    @property
    def bound_label(self) -> str:
        return wording.bound_label(self._fact.bound, self._language) if self.is_figure else ""

    @property
    def is_lower_bound(self) -> bool:
        return self._fact.bound.is_lower

    @property
    def is_figure(self) -> bool:
        return self._fact.is_figure

    @property
    def is_derived(self) -> bool:
        return self._fact.entry.derived is not None

    @property
    def inferred(self) -> bool:
        return self._fact.inferred is not None

    @property
    def period_is_assumed(self) -> bool:
        """Whether an assumption of the data file gives the fact its year."""
        return self.inferred and isinstance(self._fact.entry.inferred, str)

    @property
    def inferred_note(self) -> str:
        return self._fact.inferred.in_language(self._language) if self._fact.inferred else ""

    @property
    def note(self) -> str:
        return self._fact.entry.note.in_language(self._language) if self._fact.entry.note else ""

    @property
    def written(self) -> str:
        """The phrase as it stands in the source; empty for a derived figure."""
        return self._fact.entry.written or ""

    @property
    def phrase(self) -> str:
        """The phrase of the source that holds the fact; empty for a derived figure."""
        return self._fact.entry.source.phrase if self._fact.entry.source else ""

    @property
    def section(self) -> str:
        """Where the fact stands in the source: section and paragraph."""
        if self._fact.entry.source is None:
            return ""
        return wording.place(self._fact, self._fact.entry.source.at, self._language)

    @property
    def source(self) -> str:
        """Where the fact stands and the phrase there, or how it was derived."""
        zh = self._language == "zh"
        if self._fact.entry.derived is not None:
            names = [self._views[i].name_short for i in self._fact.entry.derived.inputs]
            return "计算：" + " ÷ ".join(names) if zh else "calculated: " + " / ".join(names)
        return f"{self.section}：{self.phrase}" if zh else f"{self.section}: {self.phrase}"

    @property
    def source_name(self) -> str:
        """Who is credited with the data of the source."""
        return self._fact.source.credit.in_language(self._language)

    @property
    def source_short(self) -> str:
        """What the source is called in short."""
        return self._fact.source.label.in_language(self._language)

    @property
    def related(self) -> tuple[FactView, ...]:
        return tuple(self._views[i] for i in self._fact.entry.related)

    def template_names(self) -> list[str]:
        return [name for name in dir(type(self)) if not name.startswith("_")]

    template_names.unsafe_callable = True  # type: ignore[attr-defined]


class GroupView:
    """A group of facts in one language: iterable, and each fact by its name."""

    __slots__ = ("_facts", "id", "note", "title")

    def __init__(self, id: str, title: str, note: str, facts: dict[str, FactView]) -> None:
        self.id = id
        self.title = title
        self.note = note
        self._facts = facts

    def __iter__(self) -> Iterator[FactView]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def __getattr__(self, name: str) -> FactView:
        if name.startswith("_") or name not in self._facts:
            raise AttributeError(name)
        return self._facts[name]

    @property
    def figures(self) -> tuple[FactView, ...]:
        """The facts of the group that have a number."""
        return tuple(view for view in self._facts.values() if view.is_figure)

    def template_names(self) -> list[str]:
        return [*self._facts, "id", "title", "note", "figures"]

    template_names.unsafe_callable = True  # type: ignore[attr-defined]


def _shown(value: object, name: str) -> FactView:
    if not isinstance(value, FactView):
        raise TypeError(f'"{name}" works on a fact, such as growth.gdp_growth')
    return value


def change(value: object) -> str:
    """Filter: a rate of change with its word, ``增长7.3%`` or ``up 7.3 percent``."""
    view = _shown(value, "change")
    return wording.change(view._fact, view._language)


def short(value: object) -> str:
    """Filter: a fact as in a table or on a card, with signs for words."""
    return _shown(value, "short").short


def bare(value: object) -> str:
    """Filter: the number of a fact with the sign of its bound, without its unit."""
    return _shown(value, "bare").figure


def listing(values: Iterable[object]) -> str:
    """Filter: a list as prose, ``电力、金融、传媒`` or ``power, finance and media``.

    The language is that of the facts in the list; a list of plain texts is English unless one of
    them holds Chinese characters.
    """
    items = list(values)
    words = [str(item) for item in items]
    languages = {item._language for item in items if isinstance(item, FactView)}
    if "zh" in languages or any("\u4e00" <= sign <= "\u9fff" for word in words for sign in word):
        return "、".join(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


FILTERS: dict[str, Callable[..., object]] = {
    "change": change,
    "short": short,
    "bare": bare,
    "listing": listing,
}


def build_views(book: FactBook, language: str) -> dict[str, FactView]:
    """Return all facts in one language, by id."""
    views: dict[str, FactView] = {}
    for fact in book:
        views[fact.id] = FactView(fact, language, views)
    return views


def build_context(
    book: FactBook, definition: ReportDefinition, language: str, views: dict[str, FactView]
) -> dict[str, Any]:
    """Return the names that templates of one language can use, without drawings."""
    groups = [
        GroupView(
            group.id,
            group.title.in_language(language),
            group.note.in_language(language) if group.note else "",
            {fact.id.split(".")[1]: views[fact.id] for fact in group.facts},
        )
        for group in book.groups
    ]
    context: dict[str, Any] = {group.id: group for group in groups}
    context |= {
        "facts": tuple(views.values()),
        "figures": tuple(view for view in views.values() if view.is_figure),
        "fact_groups": tuple(groups),
        "report": _report_texts(definition, language, views),
        "lang": language,
        "source_line": _source_line(views, {g.id: g for g in groups}, language),
    }
    return context


def _report_texts(
    definition: ReportDefinition, language: str, views: dict[str, FactView]
) -> dict[str, str]:
    first = next(iter(views.values()), None)
    return {
        "title": definition.title.in_language(language),
        "subtitle": definition.subtitle.in_language(language) if definition.subtitle else "",
        "issuer": definition.issuer.in_language(language) if definition.issuer else "",
        "author": definition.author.in_language(language) if definition.author else "",
        "issue": definition.issue.in_language(language) if definition.issue else "",
        "date": wording.date_text(definition.date, language),
        "date_iso": definition.date.isoformat(),
        "source": first.source_name if first else "",
        "source_short": first.source_short if first else "",
        "inferred_note": next((v.inferred_note for v in views.values() if v.inferred), ""),
    }


def _source_line(
    views: dict[str, FactView], groups: dict[str, GroupView], language: str
) -> Callable[..., str]:
    zh = language == "zh"

    def source_line(*names: object) -> str:
        """Return where figures come from, of which period, and what about it is inferred."""
        used = [view for name in names for view in _named(name, views, groups)]
        sources = list(dict.fromkeys(view.source_short for view in used))
        periods = list(dict.fromkeys(view.period for view in used))
        text = ("来源：" if zh else "Source: ") + ("；" if zh else "; ").join(sources)
        if periods:
            text += ("。时间：" if zh else ". Period: ") + ("、" if zh else ", ").join(periods)
        if any(view.inferred for view in used):
            only_year = all(view.period_is_assumed for view in used if view.inferred)
            word = ("年份为推断", "year inferred") if only_year else ("含推断", "partly inferred")
            text += f"（{word[0]}）" if zh else f" ({word[1]})"
        if any(view.is_derived for view in used):
            text += "；占比为本报告计算" if zh else "; share calculated for this report"
        return text + ("。" if zh else ".")

    return source_line


def _named(
    name: object, views: dict[str, FactView], groups: dict[str, GroupView]
) -> tuple[FactView, ...]:
    if isinstance(name, FactView):
        return (name,)
    if isinstance(name, GroupView):
        return tuple(name)
    if isinstance(name, str) and name in views:
        return (views[name],)
    if isinstance(name, str) and name in groups:
        return tuple(groups[name])
    raise DataError(
        f'there is no fact "{name}"', None, near_name_hint(str(name), [*views, *groups])
    )


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line of the list of what templates can use."""

    id: str
    name_zh: str
    name_en: str
    zh: str
    en: str
    period: str
    source: str


def list_facts(definition: Path) -> list[FactRow]:
    """Return all facts that the templates of a report can use, in order.

    Raises:
        ReportError: the definition or its data are wrong.
    """
    from generator.sources.definition import read_definition
    from generator.sources.facts import read_facts

    report = read_definition(definition)
    book = read_facts(report.data, report.folder)
    zh, en = build_views(book, "zh"), build_views(book, "en")
    return [
        FactRow(i, zh[i].name, en[i].name, str(zh[i]), str(en[i]), zh[i].period,
                f"{book_fact.file}:{book_fact.line}")
        for i, book_fact in book.by_id().items()
    ]  # fmt: skip
