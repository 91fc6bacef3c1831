"""How facts are printed, in the language of an edition.

Each function picks the language and leaves the words to ``wording_zh`` and ``wording_en``. What
holds for both is here. Arithmetic is exact, all digits are kept, and a bound is in every form that
a figure can take; no form drops it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING

from generator.model import wording_en, wording_zh

if TYPE_CHECKING:
    from generator.model.fact import Fact, Period


def _words(language: str) -> ModuleType:
    return wording_zh if language == "zh" else wording_en


def prose(fact: Fact, language: str) -> str:
    """Return a fact as it stands in a sentence: ``超2000亿元``, ``more than RMB 200 billion``."""
    if fact.entry.text is not None:
        return fact.entry.text.in_language(language)
    if fact.number is None:
        return fact.entry.name.in_language(language)
    return str(_words(language).prose(fact))


def short(fact: Fact, language: str) -> str:
    """Return a fact as it stands in a table or as a label: signs for words, ``> RMB 200 bn``."""
    if fact.number is None:
        return prose(fact, language)
    return str(_words(language).short(fact))


def figure(fact: Fact, language: str) -> str:
    """Return the number with the sign of its bound, for a card that shows the unit apart."""
    if fact.number is None:
        return prose(fact, language)
    return str(_words(language).figure(fact))


def unit_label(fact: Fact, language: str) -> str:
    """Return the unit that belongs beside ``figure``; empty for what is merely counted."""
    if fact.number is None or fact.kind == "rank":
        return ""
    return str(_words(language).unit_label(fact))


def amount(fact: Fact, language: str) -> Decimal | None:
    """Return the number in the unit that ``unit_label`` names: 155.99 for RMB billion."""
    if fact.number is None or language == "zh":
        return fact.number
    return wording_en.amount(fact)


def change(fact: Fact, language: str) -> str:
    """Return a rate of change with its word: ``增长7.3%``, ``down more than 5 percent``.

    Raises:
        ValueError: the fact is a level, a share or a rank; printed so, it would say what is false.
    """
    kind = fact.entry.comparison.kind if fact.entry.comparison else None
    is_rate = fact.unit is not None and fact.unit.kind in ("percent", "points")
    if fact.number is None or kind in ("share", "rank") or not (is_rate or kind):
        raise ValueError(f'"{fact.id}" is no rate of change')
    return str(_words(language).change(fact))


def period(value: Period, language: str) -> str:
    """Return a period: ``2025年上半年``, ``first half of 2025``, ``May 2025``."""
    return str(_words(language).period(value))


def bound_label(fact: Fact, language: str) -> str:
    """Return what kind of value a figure is, for a table of figures; nothing without a number."""
    if not fact.is_figure:
        return ""
    words = _words(language)
    return str(words.BOUND_LABELS[fact.bound] if fact.entry.derived is None else words.DERIVED)


def comparison(fact: Fact, language: str) -> str:
    """Return what a figure is compared with, ``同比``, ``share of Hangzhou``; else nothing."""
    compared = fact.entry.comparison
    if compared is None:
        return ""
    whole = compared.of.in_language(language) if compared.of else ""
    return str(_words(language).comparison(compared.kind, whole))


def place(fact: Fact, at: str, language: str) -> str:
    """Return a place in the source: ``导语第1段``, ``lead, paragraph 1``."""
    name, number = at.split()
    section = fact.source.sections[name]
    counter = section.counter.in_language(language) if section.counter else ""
    return str(_words(language).place(section.in_language(language), number, counter))


def date_text(value: date, language: str) -> str:
    """Return a date as the language writes it: ``2025年8月31日``, ``31 August 2025``."""
    return str(_words(language).date_text(value))
