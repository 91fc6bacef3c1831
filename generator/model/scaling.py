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
#: The powers of ten in which Chinese says amounts, the largest first.
_NATURAL = (12, 8, 4, 0)
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
    """Return a figure with so many decimals in its own unit, of the same value in all languages.

    9999.96万元 becomes 1.0亿元.

    Raises:
        Unfit: the fact is no figure that is rounded.
    """
    _, own = _check(fact, decimals)
    return _scaled(fact, language, own.places, decimals, is_fixed=False)


def in_unit(fact: Fact, language: str, unit: str | None, decimals: int | None) -> Fact:
    """Return a figure in another scale of its unit: ``万元``, ``million``; None: the natural one.

    English has no word for 万 or 亿 and takes the nearest one below: thousand, million. Decimals
    are those of the unit that is named, so that the value is the same in all languages.

    Raises:
        Unfit: the unit is unknown or measures something else.
    """
    number, own = _check(fact, decimals)
    if unit is not None:
        return _scaled(fact, language, _places_of(unit, own), decimals, is_fixed=True)
    if own.kind in _UNSCALED:
        return fact if decimals is None else rounded(fact, language, decimals)
    size = abs(in_base_units(number, own))
    places = next((p for p in _NATURAL if size >= Decimal(10) ** p), 0)
    return _scaled(fact, language, places, decimals, is_fixed=False)


def _check(fact: Fact, decimals: int | None) -> tuple[Decimal, Unit]:
    if fact.number is None or fact.unit is None or fact.kind in ("rank", "ordinal"):
        raise Unfit(f'"{fact.id}" is no figure that is scaled or rounded', "print it as it is")
    if fact.entry.text is not None:
        raise Unfit(f'"{fact.id}" is printed by a text of its own', "drop its text, or the filter")
    if decimals is not None and (isinstance(decimals, bool) or not 0 <= decimals <= 12):
        raise Unfit(f"{decimals} decimals cannot be printed", "write 0 to 12")
    return fact.number, fact.unit


def _places_of(name: str, own: Unit) -> int:
    """Return the power of ten that the name of a unit means."""
    found = find_unit(name)
    if name in _ENGLISH and own.kind not in _UNSCALED:
        return _ENGLISH[name]
    if found is None:
        raise Unfit(f'"{name}" is no known unit', f"write one like 万{own.base}, or million")
    if found.base != own.base:
        raise Unfit(f'"{name}" and "{own.symbol}" do not measure the same',
                    f"write one like 万{own.base}, or million")  # fmt: skip
    return found.places


def _scaled(fact: Fact, language: str, places: int, decimals: int | None, is_fixed: bool) -> Fact:
    """Return a figure rounded where ``places`` say, in that scale; not fixed, in a fitting one."""
    assert fact.number is not None
    assert fact.unit is not None
    own = fact.unit
    exact = moved(fact.number, own.places - places)
    result = exact if decimals is None else _rounded(exact, fact, decimals)
    if own.kind in _UNSCALED:
        return replace(fact, number=result)
    larger = [p for p in _NATURAL if p > places]
    if not is_fixed and larger and places + own.places:
        full = Decimal(10) ** (larger[-1] - places)
        if abs(exact) < full <= abs(result):  # rounding fills the next scale
            return _scaled(fact, language, larger[-1], decimals, is_fixed)
    if language == "en":
        said = next(p for p in _ALL_ENGLISH if p <= places) if is_fixed else places
        result = moved(result, places - said)
        if result != exact and said != places:
            result = _without_zeros(result)
        places = said
    elif result != fact.number and fact.bound_word and fact.bound_word.position == "inside":
        fact = replace(fact, bound_word=None)  # 2000多亿元 says how many digits are left open
    word = SCALE_WORDS.get(places, "千")
    unit = replace(
        own, symbol=f"{word}{own.base}", places=places, is_fixed=is_fixed and language == "en"
    )
    return replace(fact, number=result, unit=unit)


def _without_zeros(number: Decimal) -> Decimal:
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else number


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
