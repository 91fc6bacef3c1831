"""What templates can use: facts in the language of an edition, the report's own texts, filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.build.annex import Annexed, citation, make_annex
from generator.build.dataset_views import dataset_views, digits
from generator.build.source_line import make_source_line
from generator.build.views import FactView, GroupView, build_groups, build_views
from generator.engine.values import NotPrintableError, text_of
from generator.errors import ExpressionError
from generator.model import wording

if TYPE_CHECKING:
    from generator.model.fact import FactBook
    from generator.model.note import Note
    from generator.model.record import Words
    from generator.model.report import ReportDefinition

__all__ = [
    "FILTERS",
    "FactRow",
    "FactView",
    "GroupView",
    "build_context",
    "build_views",
    "list_facts",
]


def _fact(value: object, name: str) -> FactView:
    if not isinstance(value, FactView):
        raise TypeError(f'"{name}" works on a fact, such as growth.gdp_growth')
    return value


def change(value: object) -> str:
    """Filter: a rate of change with its word, ``增长7.3%`` or ``up 7.3 percent``."""
    return _fact(value, "change").change


def short(value: object) -> str:
    """Filter: a fact as in a table or on a card, with signs for words."""
    return _fact(value, "short").short


def bare(value: object) -> str:
    """Filter: the number of a fact with the sign of its bound, without its unit."""
    return _fact(value, "bare").figure


def in_unit(value: object, unit: str | None = None, decimals: int | None = None) -> str:
    """Filter: a figure in another scale of its unit, ``15599000万元``; None: the one that fits."""
    return _fact(value, "in_unit").in_unit(unit, decimals)


def rounded(value: object, decimals: int = 0) -> str:
    """Filter: a figure with so many decimals at most, rounded half up; a bound stays true."""
    return _fact(value, "rounded").rounded(decimals)


def listing(values: Iterable[object]) -> str:
    """Filter: a list as prose, ``电力、金融、传媒`` or ``power, finance and media``.

    The language is that of the facts in the list; a list of plain texts is English unless one of
    them holds Chinese characters.
    """
    items = list(values)
    try:
        words = [text_of(item) for item in items]
    except NotPrintableError as error:
        raise ExpressionError(
            f"a value of type {error} has no text", None,
            "print one of its members, or loop over it",
        ) from error  # fmt: skip
    languages = {item._language for item in items if isinstance(item, FactView)}
    if "zh" in languages or (not languages and any(_is_chinese(word) for word in words)):
        return "、".join(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def cite(value: object, kind: str = "footnote") -> Note:
    """Filter: the note that says where a fact comes from: a footnote, or a number on a slide.

    In Word ``"endnote"`` puts it at the end of the document.
    """
    if kind not in ("footnote", "endnote"):
        raise ValueError(f'"{kind}" is no kind of note; write "footnote" or "endnote"')
    return citation(_fact(value, "cite"), is_endnote=kind == "endnote")


FILTERS: dict[str, Callable[..., object]] = {
    "cite": cite,
    "digits": digits,
    "change": change,
    "short": short,
    "bare": bare,
    "listing": listing,
    "in_unit": in_unit,
    "rounded": rounded,
}


def build_context(
    book: FactBook,
    definition: ReportDefinition,
    language: str,
    views: Mapping[str, FactView] | None = None,
    annexed: Annexed | None = None,
) -> dict[str, object]:
    """Return the names that templates of one language can use, without drawings.

    ``views`` are those of ``build_views`` for the language, if they are at hand; ``annexed`` says
    what an annex lists.
    """
    from generator.build.quantities import quantity_functions

    views = build_views(book, language) if views is None else views
    groups = {group.id: group for group in build_groups(book, views, language)}
    return {
        **quantity_functions(language),
        **groups,
        "facts": tuple(views.values()),
        "figures": tuple(view for view in views.values() if view.is_figure),
        "fact_groups": tuple(groups.values()),
        "report": _report_texts(definition, language, views),
        "lang": language,
        "source_line": make_source_line(views, groups, language),
        "annex": make_annex(views, groups, language, annexed or Annexed()),
        "datasets": dataset_views(book.datasets, language),
        **({"parameters": dict(definition.parameters)} if definition.parameters else {}),
    }


def _report_texts(
    definition: ReportDefinition, language: str, views: Mapping[str, FactView]
) -> dict[str, str]:
    def text(words: Words | None) -> str:
        return words.in_language(language) if words else ""

    sources = dict.fromkeys(view.source_name for view in views.values())
    labels = dict.fromkeys(view.source_short for view in views.values())
    separator = "；" if language == "zh" else "; "
    return {
        "title": text(definition.title),
        "subtitle": text(definition.subtitle),
        "issuer": text(definition.issuer),
        "author": text(definition.author),
        "issue": text(definition.issue),
        "date": wording.date_text(definition.date, language),
        "date_iso": definition.date.isoformat(),
        "source": separator.join(sources),
        "source_short": separator.join(labels),
        "inferred_note": next(
            (view.inferred_note for view in views.values() if view.period_is_assumed), ""
        ),
    }


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line of the list of what templates can use; ``source`` is file and line of the entry."""

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
    from generator.build.reading import read_report

    _, book = read_report(definition)
    zh, en = build_views(book, "zh"), build_views(book, "en")
    return [
        FactRow(
            id=fact.id,
            name_zh=zh[fact.id].name,
            name_en=en[fact.id].name,
            zh=str(zh[fact.id]),
            en=str(en[fact.id]),
            period=zh[fact.id].period,
            source=f"{fact.file}:{fact.line}",
        )
        for fact in book
    ]
