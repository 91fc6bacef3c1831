"""What changed between two states of the facts: for templates, terminals and programs.

A state is a plain value that can be kept as JSON: one record for each fact, by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from generator.model import wording
from generator.model.blocks import Block, Blocks, Cell, Column, Paragraph, Table
from generator.model.length import Length
from generator.model.rich_text import RichText

if TYPE_CHECKING:
    from generator.build.uses import Uses
    from generator.model.fact import Fact, FactBook

#: A fact as JSON keeps it; texts are by language.
FactRecord = dict[str, Any]
FactState = dict[str, FactRecord]
#: ``restated``: another value for the same time; ``changed``: a value for another time.
ChangeKind = Literal["restated", "changed", "new", "dropped"]

#: Gives name and facts of the edition to compare with; None if there is none.
FindEarlier = Callable[[], tuple[str, FactState] | None]

_KINDS: tuple[ChangeKind, ...] = ("restated", "changed", "new", "dropped")
_LABELS = {
    "zh": {"restated": "修订", "changed": "更新", "new": "新增", "dropped": "取消"},
    "en": {"restated": "restated", "changed": "changed", "new": "new", "dropped": "dropped"},
}
_HEADS = {
    "zh": ("指标", "上期", "本期", "变动", "来源"),
    "en": ("Figure", "Before", "Now", "Change", "Source"),
}
#: Shares of the columns; the engine brings them to the width of the place.
_SHARES = (26, 17, 17, 13, 27)
_NOTHING = {
    "zh": "自上一期以来没有数据变动。",
    "en": "No figure has changed since the last edition.",
}
_FIRST = {"zh": "这是第一期，没有上一期可比。", "en": "This is the first edition."}
_NONE = "–"


def fact_state(book: FactBook) -> FactState:
    """Return the state of all facts, in order."""
    from generator.build.views import build_views

    views = {language: build_views(book, language) for language in ("zh", "en")}
    return {fact.id: _record(fact, views) for fact in book}


def _record(fact: Fact, views: Mapping[str, Mapping[str, Any]]) -> FactRecord:
    def texts(name: str) -> dict[str, str]:
        return {language: getattr(views[language][fact.id], name) for language in ("zh", "en")}

    published = fact.source.published
    return {
        "number": None if fact.number is None else str(fact.number),
        "unit": fact.entry.unit,
        "bound": fact.bound.value,
        "value": texts("short"),
        "name": texts("name"),
        "period_id": fact.entry.period,
        "period": {name: wording.period(fact.period, name) for name in ("zh", "en")},
        "published": published.isoformat() if published else None,
        "document": fact.source.title.zh,
        "source": texts("source"),
        "source_name": texts("source_short"),
        "file": f"{fact.file}:{fact.line}",
    }


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One fact that differs; ``old`` or ``new`` is None where it is new or dropped."""

    kind: ChangeKind
    id: str
    old: FactRecord | None
    new: FactRecord | None


def compare(old: FactState, new: FactState) -> tuple[FigureChange, ...]:
    """Return the facts whose value differs: restated, changed, new, dropped, each in order."""
    found: list[FigureChange] = []
    for name, record in new.items():
        before = old.get(name)
        if before is None:
            found.append(FigureChange("new", name, None, record))
        elif _value(before) != _value(record):
            kind: ChangeKind = "restated" if _time(before) == _time(record) else "changed"
            found.append(FigureChange(kind, name, before, record))
    found += [
        FigureChange("dropped", name, record, None)
        for name, record in old.items()
        if name not in new
    ]
    return tuple(sorted(found, key=lambda change: _KINDS.index(change.kind)))


def _value(record: FactRecord) -> object:
    if record["number"] is None:
        return record["value"]
    from decimal import Decimal

    return Decimal(record["number"]), record["unit"], record["bound"]


def _time(record: FactRecord) -> object:
    """Return when a value holds; "at publication" is another time in another document."""
    if record["period_id"] == "as_of_publication":
        return record["published"], record["document"]
    return record["period_id"]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change in one language, as templates see it. ``old`` and ``new`` are texts."""

    id: str
    kind: ChangeKind
    label: str
    name: str
    old: str
    new: str
    old_period: str
    period: str
    source: str
    source_name: str
    old_source: str


def in_language(change: FigureChange, language: str) -> ChangeView:
    """Return a change as it is told in a language."""

    def text(record: FactRecord | None, name: str) -> str:
        return "" if record is None else str(record[name][language])

    now = change.new or change.old
    return ChangeView(
        id=change.id,
        kind=change.kind,
        label=_LABELS[language][change.kind],
        name=text(now, "name"),
        old=text(change.old, "value"),
        new=text(change.new, "value"),
        old_period=text(change.old, "period"),
        period=text(now, "period"),
        source=text(now, "source"),
        source_name=text(now, "source_name"),
        old_source=text(change.old, "source"),
    )


@dataclass(frozen=True, slots=True)
class Changes(Blocks):
    """The changes since an edition: printed a table, or a sentence if there are none; iterable.

    ``since`` names the edition; it is empty if there is none before.
    """

    rows: tuple[ChangeView, ...] = ()
    since: str = ""

    def __iter__(self) -> Iterator[ChangeView]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)


def changes_function(
    book: FactBook, find_earlier: FindEarlier | None, language: str, uses: Uses | None = None
) -> dict[str, Callable[..., Changes]]:
    """Return the function ``changes`` of a language.

    ``find_earlier`` gives name and facts of the edition to compare with, or None.
    """

    def changes(*kinds: str) -> Changes:
        """Return the changes since the last edition with other facts, or those of some kinds."""
        if uses is not None:
            uses.has_changes = True
        earlier = find_earlier() if find_earlier else None
        if earlier is None:
            return Changes((_sentence(_FIRST[language]),))
        name, old = earlier
        found = compare(old, fact_state(book))
        rows = tuple(in_language(c, language) for c in found if not kinds or c.kind in kinds)
        item = _table(rows, language) if rows else _sentence(_NOTHING[language])
        return Changes((item,), rows, name)

    return {"changes": changes}


def _sentence(text: str) -> Block:
    return Paragraph(RichText.of(text))


def _table(rows: tuple[ChangeView, ...], language: str) -> Table:
    columns = tuple(
        Column(RichText.of(title), Length.cm(share))
        for title, share in zip(_HEADS[language], _SHARES, strict=True)
    )
    written = (
        (row.name, row.old or _NONE, row.new or _NONE, row.label, row.source_name) for row in rows
    )
    return Table(columns, tuple(tuple(Cell(RichText.of(t)) for t in row) for row in written))
