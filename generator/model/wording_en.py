"""Facts in English: RMB billion for 亿元, "percent" in prose and % elsewhere, bounds in words.

No-break spaces keep a sign with its number and an amount with its currency and scale.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from generator.model.bound import Bound, bound_sign
from generator.model.unit import Unit, in_base_units, moved

if TYPE_CHECKING:
    from generator.model.fact import Fact, Period

BOUND_LABELS = {
    Bound.EXACT: "exact", Bound.OVER: "lower bound (over)",
    Bound.AT_LEAST: "lower bound (at least)", Bound.ABOUT: "approximate",
    Bound.NEARLY: "upper bound (nearly)", Bound.UNDER: "upper bound (under)",
    Bound.AT_MOST: "upper bound (at most)",
}  # fmt: skip

DERIVED = "calculated"

_SPACE = "\u00a0"
_MINUS = "\u2212"
_BOUND_WORDS = {
    Bound.OVER: "more than", Bound.AT_LEAST: "at least", Bound.ABOUT: "about",
    Bound.NEARLY: "nearly", Bound.UNDER: "less than", Bound.AT_MOST: "at most",
}  # fmt: skip
#: The same bounds of size, said of a negative number.
_NEGATIVE_WORDS = {
    Bound.OVER: "less than", Bound.AT_LEAST: "at most", Bound.ABOUT: "about",
    Bound.NEARLY: "just above", Bound.UNDER: "more than", Bound.AT_MOST: "at least",
}  # fmt: skip
_AGES = {
    Bound.OVER: "over {}", Bound.AT_LEAST: "{} or over", Bound.ABOUT: "about {}",
    Bound.NEARLY: "nearly {}", Bound.UNDER: "under {}", Bound.AT_MOST: "{} or under",
}  # fmt: skip
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
             "ninth", "tenth")  # fmt: skip
#: Places of the point, word in prose, word in short forms; the largest first.
_SCALES = ((12, "trillion", "tn"), (9, "billion", "bn"), (6, "million", "m"))
_FIXED = {0: ("", ""), 3: ("thousand", "thousand"), **{p: (w, s) for p, w, s in _SCALES}}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_PARTS = {
    "H1": "first half of", "H2": "second half of", "Q1": "first quarter of",
    "Q2": "second quarter of", "Q3": "third quarter of", "Q4": "fourth quarter of",
}  # fmt: skip
_COMPARISONS = {
    "yoy": "year on year", "qoq": "on the previous period", "average": "annual average",
    "contribution": "contribution to growth", "pull": "points of growth contributed",
}  # fmt: skip
#: The same with what is compared with, and without.
_AGAINST = {"change": ("against {}", "change"), "gap": ("compared with {}", "gap")}


class _Scaled(NamedTuple):
    """A number in the scale in which English says it, and the words of that scale."""

    number: Decimal
    word: str
    short_word: str


def _scaled(number: Decimal, unit: Unit) -> _Scaled:
    """Return 155.99 and ``billion`` for 1559.9亿元, 65000 and no word for 6.5万人."""
    if unit.kind in ("percent", "points", "age"):
        return _Scaled(number, "", "")
    power = unit.places if unit.is_fixed else places(number, unit)
    word, short_word = _FIXED[power]
    return _Scaled(moved(number, unit.places - power), word, short_word)


def places(number: Decimal, unit: Unit) -> int:
    """Return the power of ten in which a number of a unit is said: 9 for 1559.9亿元."""
    if unit.kind in ("percent", "points", "age") or not (unit.kind == "money" or unit.places):
        return 0
    size = abs(in_base_units(number, unit))
    return next((power for power, _, _ in _SCALES if size >= 10**power), 0)


def amount(fact: Fact) -> Decimal:
    number, unit = _number_and_unit(fact)
    return _scaled(number, unit).number


def prose(fact: Fact) -> str:
    number, unit = _number_and_unit(fact)
    if fact.kind == "rank":
        whole = fact.entry.comparison.of if fact.entry.comparison else None
        return f"{_ordinal(number)}{f' in {whole.en}' if whole else ''}"
    if fact.kind == "ordinal":
        return _ordinal(number)
    if unit.kind == "age":
        return _AGES.get(fact.bound, "{}").format(_digits(number))
    words = _NEGATIVE_WORDS if number < 0 else _BOUND_WORDS
    return f"{words.get(fact.bound, '')} {_amount_in_words(number, unit)}".strip()


def short(fact: Fact) -> str:
    number, unit = _number_and_unit(fact)
    if fact.kind == "rank":
        whole = fact.entry.comparison.of if fact.entry.comparison else None
        return f"No.{_SPACE}{_digits(number)}{f' in {whole.en}' if whole else ''}"
    if fact.kind == "ordinal":
        return _ordinal(number)
    scaled = _scaled(number, unit)
    before = f"{unit.many}{_SPACE}" if unit.kind == "money" else ""
    parts = [
        f"{before}{_digits(scaled.number)}", scaled.short_word, _noun(scaled, unit, is_short=True)
    ]  # fmt: skip
    text = _SPACE.join(part for part in parts if part)
    if unit.kind == "percent" or unit.base == "P":
        text = f"{before}{_digits(scaled.number)}{unit.many}"
    return _signed(fact, text)


def figure(fact: Fact) -> str:
    number, unit = _number_and_unit(fact)
    if fact.kind == "rank":
        return f"No.{_SPACE}{_digits(number)}"
    return _signed(fact, _digits(_scaled(number, unit).number))


def unit_label(fact: Fact) -> str:
    number, unit = _number_and_unit(fact)
    if fact.kind == "ordinal":
        return ""
    if unit.kind == "percent":
        return "%"
    scaled = _scaled(number, unit)
    if unit.kind == "money":
        return f"{unit.many} {scaled.word}".strip()
    noun = {"points": "pp", "age": "years"}.get(unit.kind) or _noun(scaled, unit) or unit.many
    return f"{scaled.word} {noun}".strip()


def change(fact: Fact) -> str:
    number, unit = _number_and_unit(fact)
    if number == 0 and fact.bound is Bound.EXACT:
        return "unchanged"
    word = _BOUND_WORDS.get(fact.bound, "")
    size = f"{word} {_amount_in_words(abs(number), unit)}".strip()
    return f"{'down' if number < 0 else 'up'} {size}"


def comparison(kind: str, whole: str) -> str:
    if kind == "share":
        return f"share of {whole}"
    if kind in _AGAINST:
        named, alone = _AGAINST[kind]
        return named.format(whole) if whole else alone
    return f"rank in {whole}" if kind == "rank" else _COMPARISONS[kind]


def period(value: Period) -> str:
    if value.year is None:
        return "as of publication"
    if value.to is None:
        return f"since {_point(value)}" if value.is_start else _point(value)
    if not value.part:
        return f"{value.year}\u2013{value.to.year}"
    if value.to.year == value.year and value.part.isdigit() and not (value.day or value.to.day):
        return f"{_month(value)}\u2013{_month(value.to)} {value.year}"
    return f"{_point(value)} to {_point(value.to)}"


def _point(value: Period) -> str:
    if not value.part:
        return str(value.year)
    if not value.part.isdigit():
        return f"{_PARTS[value.part]} {value.year}"
    day = f"{value.day} " if value.day else "end of " if value.is_end else ""
    return f"{day}{_month(value)} {value.year}"


def _month(value: Period) -> str:
    return _MONTHS[int(value.part) - 1]


def place(section: str, number: str, counter: str) -> str:
    return f"{section}, {counter or 'paragraph'} {number}"


def date_text(value: date) -> str:
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def _number_and_unit(fact: Fact) -> tuple[Decimal, Unit]:
    assert fact.number is not None
    assert fact.unit is not None
    return fact.number, fact.unit


def _digits(number: Decimal) -> str:
    return f"{number:,f}".replace("-", _MINUS)


def _ordinal(number: Decimal) -> str:
    if 0 < number < len(_ORDINALS):
        return _ORDINALS[int(number)]
    last_two, last = int(number) % 100, int(number) % 10
    ending = "th" if 10 < last_two < 14 else {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
    return f"{_digits(number)}{ending}"


def _noun(scaled: _Scaled, unit: Unit, is_short: bool = False) -> str:
    """Return the word of what is measured; nothing for people and things, which the text names."""
    if unit.kind == "measure" or (unit.kind == "points" and not is_short):
        return unit.one if abs(scaled.number) == 1 and not scaled.word else unit.many
    if unit.kind == "points":
        return "pp"
    return ""


def _amount_in_words(number: Decimal, unit: Unit) -> str:
    scaled = _scaled(number, unit)
    digits = _digits(scaled.number)
    if unit.kind == "percent":
        return f"{digits} percent"
    if unit.base == "P":
        return f"{digits}{unit.many}"
    before = f"{unit.many}{_SPACE}" if unit.kind == "money" else ""
    parts = (f"{before}{digits}", scaled.word)
    text = _SPACE.join(part for part in parts if part)
    return f"{text} {_noun(scaled, unit)}".strip()


def _signed(fact: Fact, text: str) -> str:
    assert fact.number is not None
    sign = bound_sign(fact.bound, fact.number < 0)
    return f"{sign}{_SPACE}{text}" if sign else text
