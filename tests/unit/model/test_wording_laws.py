"""Laws of printing over many figures: digits stay, languages agree, bounds are never lost."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from generator.model import wording
from generator.model.bound import Bound
from generator.model.unit import find_unit, in_base_units
from generator.model.written import find_written
from tests.support.facts import make_fact

UNITS = (
    "亿元",
    "万元",
    "元",
    "万亿元",
    "亿美元",
    "万人",
    "人",
    "家",
    "%",
    "个百分点",
    "P",
    "亿千瓦时",
    "吨",
    "倍",
)
SCALES = {"trillion": 12, "tn": 12, "billion": 9, "bn": 9, "million": 6, "m": 6}
BOUNDED = tuple(bound for bound in Bound if bound is not Bound.EXACT)

numbers = st.builds(
    lambda digits, places, sign: Decimal((sign, tuple(map(int, str(digits))), -places)),
    st.integers(0, 10**12),
    st.integers(0, 8),
    st.sampled_from((0, 1)),
)
units = st.sampled_from(UNITS)


def _value(text: str, unit: str) -> Decimal:
    """Return what a printed figure says, in base units; only as much as the forms here need."""
    text = text.replace("\u2212", "-").replace("\u00a0", " ").replace(",", "")
    number = Decimal(re.search(r"-?\d+(?:\.\d+)?", text).group())
    scale = re.search(r"\d (trillion|tn|billion|bn|million|m)\b", text)
    if scale:
        return number.scaleb(SCALES[scale[1]])
    return number.scaleb(find_unit(unit).places) if unit in text and unit != "P" else number


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).strip("0")


@given(numbers, units)
def test_keeps_every_digit_in_every_form(number, unit):
    fact = make_fact(number, unit)
    expected = _digits(f"{number:f}")

    for language in ("zh", "en"):
        for form in (wording.prose, wording.short, wording.figure):
            assert _digits(form(fact, language)) == expected
        assert _digits(f"{wording.amount(fact, language):f}") == expected


@given(numbers, units)
def test_keeps_the_decimals_as_written_in_chinese(number, unit):
    fact = make_fact(number, unit)

    assert wording.figure(fact, "zh") == f"{number:f}"
    assert wording.prose(fact, "zh") == f"{number:f}{unit}"


@given(numbers, units)
def test_says_the_same_value_in_both_languages(number, unit):
    fact = make_fact(number, unit)
    value = in_base_units(number, find_unit(unit))

    for form in (wording.prose, wording.short):
        assert _value(form(fact, "zh"), unit) == value
        assert _value(form(fact, "en"), unit) == value


@given(numbers, units, st.sampled_from(BOUNDED))
def test_never_loses_a_bound(number, unit, bound):
    exact = make_fact(number, unit)
    bounded = make_fact(number, unit, bound=bound)

    for language in ("zh", "en"):
        for form in (wording.prose, wording.short, wording.figure):
            assert form(bounded, language) != form(exact, language)
            assert form(exact, language) in form(bounded, language)
        assert re.match(r"[><≥≤≈]", wording.short(bounded, language))
        assert re.match(r"[><≥≤≈]", wording.figure(bounded, language))


@given(st.integers(-(10**6), 10**6).filter(bool), st.sampled_from(BOUNDED))
def test_never_loses_a_bound_of_a_change(number, bound):
    exact = make_fact(number, "%")
    bounded = make_fact(number, "%", bound=bound)

    for language in ("zh", "en"):
        assert len(wording.change(bounded, language)) > len(wording.change(exact, language))


@given(numbers.filter(lambda number: number >= 0), units, st.sampled_from(tuple(Bound)))
def test_reads_back_what_it_prints(number, unit, bound):
    fact = make_fact(number, unit, bound=bound)

    chinese = find_written(wording.prose(fact, "zh"), number, find_unit(unit))

    assert chinese is not None
    assert chinese.bound is bound
    assert chinese.has_unit(find_unit(unit))
