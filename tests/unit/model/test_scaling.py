"""Figures in another scale and rounded: what is printed stays true."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model import wording
from generator.model.record import Unfit
from generator.model.scaling import in_unit, rounded
from tests.support.facts import make_fact


def text(fact, language):
    return wording.prose(fact, language).replace("\u00a0", " ")


class TestInUnit:
    @pytest.mark.parametrize(
        ("number", "own", "unit", "decimals", "zh", "en"),
        [
            ("1559.9", "亿元", "万元", None, "15599000万元", "RMB 155,990,000 thousand"),
            ("1559.9", "亿元", "million", None, "155990百万元", "RMB 155,990 million"),
            ("155990000000", "元", None, None, "1559.9亿元", "RMB 155.99 billion"),
            ("155990000000", "元", None, 0, "1560亿元", "RMB 156 billion"),
            ("65000", "人", "万人", None, "6.5万人", "65 thousand"),
            ("3.5", "亿千瓦时", "万千瓦时", None, "35000万千瓦时", "350,000 thousand kWh"),
            ("-3.25", "亿元", "万元", None, "-32500万元", "RMB −325,000 thousand"),
            ("2.345", "亿元", "亿元", 2, "2.35亿元", "RMB 235 million"),
            ("7.34", "%", None, 1, "7.3%", "7.3 percent"),
        ],
    )
    def test_scales_exactly_and_rounds_afterwards(self, number, own, unit, decimals, zh, en):
        fact = make_fact(number, own)

        assert text(in_unit(fact, "zh", unit, decimals), "zh") == zh
        assert text(in_unit(fact, "en", unit, decimals), "en") == en

    def test_goes_to_the_next_scale_where_rounding_fills_one(self):
        fact = make_fact("99999999", "元")

        assert text(in_unit(fact, "zh", None, 1), "zh") == "1.0亿元"
        assert text(in_unit(make_fact("999999999", "元"), "en", None, 0), "en") == "RMB 1 billion"

    @pytest.mark.parametrize("language", ["zh", "en"])
    @given(number=st.decimals(min_value=1, max_value=10**9, places=2))
    def test_without_rounding_the_value_is_the_same(self, language, number):
        fact = make_fact(number, "万元")
        made = in_unit(fact, language, None, None)

        assert made.number is not None
        assert made.unit is not None
        assert made.number.scaleb(made.unit.places) == number.scaleb(4)

    @pytest.mark.parametrize(
        ("unit", "message"),
        [
            ("万人", '"万人" and "亿元" do not measure the same'),
            ("furlong", '"furlong" is no known unit'),
        ],
    )
    def test_refuses_what_measures_something_else(self, unit, message):
        with pytest.raises(Unfit) as caught:
            in_unit(make_fact("5", "亿元"), "zh", unit, None)

        assert str(caught.value) == message
        assert caught.value.hint == "write one like 万元, or million"


@given(
    number=st.decimals(min_value=-(10**6), max_value=10**6, places=4),
    unit=st.sampled_from(["元", "万元", "亿元"]),
    asked=st.sampled_from([None, "万元", "亿元", "million"]),
    decimals=st.integers(0, 3),
)
def test_all_languages_say_the_same_value(number, unit, asked, decimals):
    fact = make_fact(number, unit)

    def values(make):
        made = [make(language) for language in ("zh", "en")]
        return {one.number.scaleb(one.unit.places).normalize() for one in made}

    for make in (
        lambda language: in_unit(fact, language, asked, decimals),
        lambda language: rounded(fact, language, decimals),
    ):
        with suppress(Unfit):  # nothing is left of it
            assert len(values(make)) == 1


class TestRounded:
    @pytest.mark.parametrize(
        ("written", "number", "bound", "zh", "en"),
        [
            ("1559.95亿元", "1559.95", "exact", "1560.0亿元", "RMB 156.00 billion"),
            ("超2000.69亿元", "2000.69", "over", "超2000.6亿元", "more than RMB 200.06 billion"),
            ("近2000.61亿元", "2000.61", "nearly", "近2000.7亿元", "nearly RMB 200.07 billion"),
            ("约2000.65亿元", "2000.65", "about", "约2000.7亿元", "about RMB 200.07 billion"),
            ("9999.96亿元", "9999.96", "exact", "1.0万亿元", "RMB 1.0 trillion"),
            ("2000多亿元", "2000", "over", "2000多亿元", "more than RMB 200 billion"),
        ],
    )
    def test_keeps_bounds_true(self, written, number, bound, zh, en):
        fact = make_fact(number, "亿元", written, bound=bound)

        assert text(rounded(fact, "zh", 1), "zh") == zh
        assert text(rounded(fact, "en", 1), "en") == en

    def test_adds_no_decimals_that_nobody_measured(self):
        assert text(rounded(make_fact("190", "家"), "zh", 2), "zh") == "190家"

    @given(st.decimals(min_value=-1000, max_value=1000, places=4))
    def test_is_half_a_unit_off_at_most(self, number):
        try:
            made = rounded(make_fact(number, "%"), "zh", 1)
        except Unfit:
            assert 0 < abs(number) < Decimal("0.05")
            return
        assert made.number is not None
        assert abs(made.number - number) <= Decimal("0.05")

    @pytest.mark.parametrize(
        ("fact", "message"),
        [
            (make_fact("0.04", "%"), 'nothing is left of "group.fact" with 1 decimals'),
            (make_fact("1", "位", kind="rank"),
             '"group.fact" is no figure that is scaled or rounded'),
        ],
    )  # fmt: skip
    def test_refuses_what_would_say_something_else(self, fact, message):
        with pytest.raises(Unfit) as caught:
            rounded(fact, "zh", 1)

        assert str(caught.value) == message
        assert caught.value.hint
