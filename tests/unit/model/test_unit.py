"""Units and the moving of decimal points."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model.unit import find_unit, in_base_units, moved, scale_of

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda number: -40 < number.as_tuple().exponent <= 0
)


class TestNames:
    @pytest.mark.parametrize(
        ("symbol", "base", "places", "kind"),
        [
            ("亿元", "元", 8, "money"),
            ("万亿元", "元", 12, "money"),
            ("亿美元", "美元", 8, "money"),
            ("万人", "人", 4, "people"),
            ("家", "家", 0, "count"),
            ("%", "%", 0, "percent"),
            ("个百分点", "个百分点", 0, "points"),
            ("亿千瓦时", "千瓦时", 8, "measure"),
            ("千瓦时", "千瓦时", 0, "measure"),
            ("P", "P", 0, "measure"),
        ],
    )
    def test_knows_base_and_scale_of_a_unit(self, symbol, base, places, kind):
        unit = find_unit(symbol)

        assert (unit.symbol, unit.base, unit.places, unit.kind) == (symbol, base, places, kind)

    @pytest.mark.parametrize("symbol", ["亿圆", "万%", "", "亿", "RMB"])
    def test_knows_no_other_unit(self, symbol):
        assert find_unit(symbol) is None

    @pytest.mark.parametrize(
        ("text", "scale", "places"),
        [("万亿元", "万亿", 12), ("亿元", "亿", 8), ("千瓦时", "", 0), ("百分点", "", 0)],
    )
    def test_takes_a_scale_word_only_where_it_is_one(self, text, scale, places):
        assert scale_of(text) == (scale, places)


class TestDecimalPoint:
    @pytest.mark.parametrize(
        ("number", "places", "result"),
        [
            ("1559.9", -1, "155.99"),
            ("2000", -1, "200"),
            ("2005", -1, "200.5"),
            ("1.10", -1, "0.110"),
            ("6.5", 4, "65000"),
            ("0", -8, "0"),
            ("-20.50", 1, "-205.0"),
        ],
    )
    def test_keeps_written_digits_and_adds_no_zeros(self, number, places, result):
        assert str(moved(Decimal(number), places)) == result

    @given(NUMBERS, st.integers(-12, 12))
    def test_moves_there_and_back_without_loss(self, number, places):
        assert moved(moved(number, places), -places) == number

    @given(NUMBERS, st.integers(-12, 12))
    def test_never_loses_a_significant_digit(self, number, places):
        before = str(number.as_tuple().digits).rstrip("(), 0")
        after = str(moved(number, places).as_tuple().digits).rstrip("(), 0")

        assert before == after or number == 0

    def test_says_how_many_base_units_a_number_holds(self):
        assert in_base_units(Decimal("6.5"), find_unit("万人")) == 65000
