"""Figures in another scale of their unit, 亿元 as 万元 or RMB billion as million, and rounded.

A number is scaled exactly and rounded afterwards: half up; a lower bound down and an upper bound
up, for "more than 2001" would be false of "more than 2000.6".
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext

from generator.model import wording_en
from generator.model.fact import Fact
from generator.model.record import Unfit
from generator.model.unit import SCALE_WORDS, Unit, find_unit, in_base_units, moved

_ENGLISH = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
#: The powers of ten that each language has a word of its own for, the largest first.
_OWN = {"zh": (12, 8, 4, 0), "en": (12, 9, 6, 0)}
_ALL_ENGLISH = (12, 9, 6, 3, 0)
_UNSCALED = ("percent", "points", "age")


def printed_places(fact: Fact, language: str) -> int:
    """Return the power of ten in which a language prints a figure: 8 for 亿元, 9 for billion."""
    assert fact.number is not None
    assert fact.unit is not None
    if language == "zh" or fact.unit.is_fixed:
        return fact.unit.places
    return wording_en.places(fact.number, fact.unit)


def rounded(fact: Fact, language: str, decimals: int) -> Fact:
    """Return a figure rounded to so many decimals; 9999.96万元 becomes 1.0亿元.

    Raises:
        Unfit: the fact is no figure that is rounded.
    """
    _check(fact, decimals)
    places = printed_places(fact, language)
    return _scaled(fact, language, places, decimals, may_grow=True)


def in_unit(fact: Fact, language: str, unit: str | None, decimals: int | None) -> Fact:
    """Return a figure in another scale of its unit: ``万元``, ``million``; None: the natural one.

    English has no word for 万 or 亿 and takes the nearest one below: thousand, million.

    Raises:
        Unfit: the unit is unknown or measures something else.
    """
    number, own = _check(fact, decimals)
    if unit is not None:
        places = _places_of(unit, own, language)
        return _scaled(fact, language, places, decimals, may_grow=False)
    if own.kind in _UNSCALED:
        return fact if decimals is None else rounded(fact, language, decimals)
    size = abs(in_base_units(number, own))
    places = next((p for p in _OWN[language] if size >= Decimal(10) ** p), 0)
    return _scaled(fact, language, places, decimals, may_grow=True)


def _check(fact: Fact, decimals: int | None) -> tuple[Decimal, Unit]:
    if fact.number is None or fact.unit is None or fact.kind in ("rank", "ordinal"):
        raise Unfit(f'"{fact.id}" is no figure that is scaled or rounded', "print it as it is")
    if fact.entry.text is not None:
        raise Unfit(f'"{fact.id}" is printed by a text of its own', "drop its text, or the filter")
    if decimals is not None and (isinstance(decimals, bool) or not 0 <= decimals <= 12):
        raise Unfit(f"{decimals} decimals cannot be printed", "write 0 to 12")
    return fact.number, fact.unit


def _places_of(name: str, own: Unit, language: str) -> int:
    """Return the power of ten that the name of a unit means."""
    found = find_unit(name)
    if name in _ENGLISH and own.kind not in _UNSCALED:
        places = _ENGLISH[name]
    elif found is None:
        raise Unfit(f'"{name}" is no known unit', f"write one like 万{own.base}, or million")
    elif found.base != own.base:
        raise Unfit(f'"{name}" and "{own.symbol}" do not measure the same',
                    f"write one like 万{own.base}, or million")  # fmt: skip
    else:
        places = found.places
    if language == "zh":
        return places
    return next(place for place in _ALL_ENGLISH if place <= places)


def _scaled(fact: Fact, language: str, places: int, decimals: int | None, may_grow: bool) -> Fact:
    assert fact.number is not None
    assert fact.unit is not None
    own = fact.unit
    result = moved(fact.number, own.places - places)
    if decimals is not None:
        result = _rounded(result, fact, decimals)
        larger = [p for p in _OWN[language] if p > places]
        if may_grow and own.kind not in _UNSCALED and larger and (
            own.kind == "money" or own.places or places
        ) and abs(result) >= Decimal(10) ** (larger[-1] - places):  # fmt: skip
            return _scaled(fact, language, larger[-1], decimals, may_grow)
    unit = replace(own, symbol=f"{SCALE_WORDS[places]}{own.base}", places=places, is_fixed=True)
    if own.kind in _UNSCALED:
        unit = own
    word = fact.bound_word
    if word is not None and word.position == "inside" and result != fact.number:
        word = None  # 2000多亿元 says how many digits are left open
    return replace(fact, number=result, unit=unit, bound_word=word)


def _rounded(number: Decimal, fact: Fact, decimals: int) -> Decimal:
    """Return a number with so many decimals at most: none are added, which nobody measured."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -decimals:
        return number
    bound = fact.bound
    way = ROUND_DOWN if bound.is_lower else ROUND_UP if bound.is_upper else ROUND_HALF_UP
    with localcontext(prec=max(60, number.adjusted() + decimals + 10)):
        result = number.quantize(Decimal(1).scaleb(-decimals), way)
    if number and not result:
        raise Unfit(f'nothing is left of "{fact.id}" with {decimals} decimals',
                    "choose a smaller unit, or more decimals")  # fmt: skip
    return result
