"""Facts as templates see them: in one language, printed by being named, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.model import wording

if TYPE_CHECKING:
    from generator.build.uses import Uses
    from generator.model.fact import Fact, FactBook


class FactView:
    """A fact in one language. Printing it gives its text with unit and bound."""

    __slots__ = ("_held", "_language", "_uses", "_views")

    def __init__(
        self, fact: Fact, language: str, views: Mapping[str, FactView], uses: Uses | None = None
    ) -> None:
        self._held = fact
        self._uses = uses
        self._language = language
        self._views = views

    @property
    def _fact(self) -> Fact:
        """The fact; whatever is asked of it is noted as a use."""
        if self._uses is not None:
            self._uses.facts.add(self._held.id)
        return self._held

    def __str__(self) -> str:
        return wording.prose(self._fact, self._language)

    def __repr__(self) -> str:
        return f"<fact {self._fact.id}: {self}>"

    @property
    def id(self) -> str:
        return self._fact.id

    @property
    def kind(self) -> str:
        """``figure``, ``rank``, ``ordinal``, ``name`` or ``target``."""
        return self._fact.kind

    # --- what it is called ---

    @property
    def name(self) -> str:
        return self._fact.entry.name.in_language(self._language)

    @property
    def name_short(self) -> str:
        return (self._fact.entry.short or self._fact.entry.name).in_language(self._language)

    # --- how it is printed ---

    @property
    def text(self) -> str:
        """As in a sentence: ``超2000亿元``, ``more than RMB 200 billion``."""
        return str(self)

    @property
    def short(self) -> str:
        """As in a table, on a card, as a label: ``>2000亿元``, ``> RMB 200 bn``."""
        return wording.short(self._fact, self._language)

    @property
    def figure(self) -> str:
        """The number with the sign of its bound: ``>2000``, ``> 200``."""
        return wording.figure(self._fact, self._language)

    @property
    def unit_label(self) -> str:
        """The unit beside ``figure``: ``亿元``, ``RMB billion``; empty for what is counted."""
        return wording.unit_label(self._fact, self._language)

    @property
    def change(self) -> str:
        """A rate of change with its word: ``增长7.3%``, ``up 7.3 percent``."""
        return wording.change(self._fact, self._language)

    def in_unit(self, unit: str | None = None, decimals: int | None = None) -> str:
        """As in a sentence, in another scale of its unit: ``15599000万元``; without one, the
        largest that fits.
        """
        from generator.model import scaling

        made = scaling.in_unit(self._fact, self._language, unit, decimals)
        return wording.prose(made, self._language)

    def rounded(self, decimals: int = 0) -> str:
        """As in a sentence, with so many decimals at most: ``1560亿元``; a bound stays true."""
        from generator.model import scaling

        made = scaling.rounded(self._fact, self._language, decimals)
        return wording.prose(made, self._language)

    # --- the number ---

    @property
    def value(self) -> Decimal | None:
        """The number in the unit in which the language prints it, the same as ``amount``."""
        return self.amount

    @property
    def number(self) -> Decimal | None:
        """The number in ``unit``; None for a named fact. For a bound it is not the value itself."""
        return self._fact.number

    @property
    def amount(self) -> Decimal | None:
        """The number in the unit of ``unit_label``: 155.99 for RMB billion; None as ``number``."""
        return wording.amount(self._fact, self._language)

    @property
    def unit(self) -> str:
        """The unit as the data file has it, the same in all languages."""
        return self._fact.entry.unit or ""

    @property
    def is_figure(self) -> bool:
        return self._fact.is_figure

    @property
    def bound(self) -> str:
        """``exact``, ``over``, ``at_least``, ``about``, ``nearly``, ``under`` or ``at_most``."""
        return self._fact.bound.value

    @property
    def bound_label(self) -> str:
        """``准确值``, ``lower bound (over)``, ``calculated``; empty for a named fact."""
        return wording.bound_label(self._fact, self._language)

    @property
    def is_lower_bound(self) -> bool:
        return self._fact.bound.is_lower

    @property
    def is_derived(self) -> bool:
        return self._fact.entry.derived is not None

    # --- when, and against what ---

    @property
    def period(self) -> str:
        return wording.period(self._fact.period, self._language)

    @property
    def year(self) -> int | None:
        """The year in which the fact holds; None for the time of publication."""
        return self._fact.period.year

    @property
    def comparison(self) -> str:
        """``同比``, ``share of Hangzhou``; empty for a plain level."""
        return wording.comparison(self._fact, self._language)

    @property
    def of(self) -> str:
        """The whole of a share, the field of a rank: ``杭州市``, ``Hangzhou``; else empty."""
        compared = self._fact.entry.comparison
        return compared.of.in_language(self._language) if compared and compared.of else ""

    # --- where it comes from ---

    @property
    def written(self) -> str:
        """The value as the source prints it; empty for a derived figure."""
        if self._fact.cell is not None:
            return self._fact.cell.written
        return self._fact.entry.written or ""

    @property
    def phrase(self) -> str:
        """The phrase of the source that holds the fact; empty for a derived figure."""
        if self._fact.cell is not None:
            return self._fact.cell.written
        return self._fact.entry.source.phrase if self._fact.entry.source else ""

    @property
    def section(self) -> str:
        """Where the fact stands in the source: ``导语第1段``, ``lead, paragraph 1``, or its cell:
        ``figures.xlsx, Sheet1!C7``.
        """
        if self._fact.cell is not None:
            return self._fact.cell.place
        if self._fact.entry.source is None:
            return ""
        return wording.place(self._fact, self._fact.entry.source.at, self._language)

    @property
    def source(self) -> str:
        """Where the fact stands and the phrase there, or how it was derived."""
        cell = self._fact.cell
        if cell is not None and cell.queried:
            zh = self._language == "zh"
            return (
                f"据{'；'.join(cell.queried)}查询" if zh else f"query of {'; '.join(cell.queried)}"
            )
        if cell is not None:
            return cell.place
        zh = self._language == "zh"
        derived = self._fact.entry.derived
        if derived is None:
            return f"{self.section}：{self.phrase}" if zh else f"{self.section}: {self.phrase}"
        sign = {"share": "÷", "difference": "−"}[derived.rule]
        formula = f" {sign} ".join(self._views[name].name_short for name in derived.inputs)
        return f"计算：{formula}" if zh else f"calculated: {formula}"

    @property
    def source_name(self) -> str:
        """Who is credited with the data of the source."""
        source = self._fact.source
        return (source.credit or source.label).in_language(self._language)

    @property
    def source_short(self) -> str:
        """What source lines call the source."""
        return self._fact.source.label.in_language(self._language)

    # --- what to know about it ---

    @property
    def inferred(self) -> bool:
        """Whether something about the fact is concluded, not stated."""
        return self._fact.inferred is not None

    @property
    def inferred_note(self) -> str:
        return self._fact.inferred.in_language(self._language) if self._fact.inferred else ""

    @property
    def period_is_assumed(self) -> bool:
        """Whether an assumption of the data file gives the fact its year."""
        return self._fact.has_assumed_year

    @property
    def note(self) -> str:
        return self._fact.entry.note.in_language(self._language) if self._fact.entry.note else ""

    @property
    def related(self) -> tuple[FactView, ...]:
        """The facts to be shown beside this one."""
        return tuple(self._views[i] for i in self._fact.entry.related)

    def template_names(self) -> list[str]:
        """Return the names that a message may propose for a wrong one."""
        return [name for name in dir(type(self)) if not name.startswith("_")]

    template_names.unsafe_callable = True  # type: ignore[attr-defined]


class GroupView:
    """A group of facts in one language: iterable, and each fact by its name."""

    __slots__ = ("_facts", "id", "note", "title")

    def __init__(self, id: str, title: str, note: str, facts: Mapping[str, FactView]) -> None:
        self.id = id
        self.title = title
        self.note = note
        self._facts = facts

    def __iter__(self) -> Iterator[FactView]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def __str__(self) -> str:
        return self.title

    def __getattr__(self, name: str) -> FactView:
        if name.startswith("_") or name not in self._facts:
            raise AttributeError(name)
        return self._facts[name]

    @property
    def figures(self) -> tuple[FactView, ...]:
        """The facts of the group that have a number."""
        return tuple(view for view in self._facts.values() if view.is_figure)

    def template_names(self) -> list[str]:
        """Return the names that a message may propose for a wrong one."""
        return [*self._facts, "id", "title", "note", "figures"]

    template_names.unsafe_callable = True  # type: ignore[attr-defined]


def build_views(book: FactBook, language: str, uses: Uses | None = None) -> dict[str, FactView]:
    """Return all facts in one language, by id; ``uses`` collects which of them are used."""
    views: dict[str, FactView] = {}
    for fact in book:
        views[fact.id] = FactView(fact, language, views, uses)
    return views


def build_groups(book: FactBook, views: Mapping[str, FactView], language: str) -> list[GroupView]:
    """Return the groups of a book in one language."""
    return [
        GroupView(
            group.id,
            group.title.in_language(language),
            group.note.in_language(language) if group.note else "",
            {fact.id.split(".")[1]: views[fact.id] for fact in group.facts},
        )
        for group in book.groups
    ]
