"""Numbers of charts as Office prints them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.numbers import formatted


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("1234.5", "#,##0.0", "1,234.5"),
        ("-1234.5", "#,##0;(#,##0)", "(1,235)"),
        ("-5", "#,##0_);(#,##0)", "(5)"),
        ("0.256", "+0.0%;-0.0%;0%", "+25.6%"),
        ("-0.256", "+0.0%;-0.0%;0%", "-25.6%"),
        ("0", "+0;-0;持平", "持平"),
        ("12345678", '#,##0.0,,"M"', "12.3M"),
        ("1234567", "#,##0.0,", "1,234.6"),
        ("12345", "0.00E+00", "1.23E+04"),
        ("1.5", "0.##", "1.5"),
        ("1", "0.##", "1"),
        ("0.5", "#.00", ".50"),
        ("5", "000", "005"),
        ("5", "[$¥-804]#,##0", "¥5"),
        ("-3", "[Red]-0.0", "--3.0"),
        ("-3", "0;[Red]-0.0", "-3.0"),
        ("5", "¥#,##0.00", "¥5.00"),
        ("-0.4", "0", "0"),
        ("-0.4", "#,##0.#", "-0.4"),
        ("7", '0\\ "人"', "7 人"),
        ("5", '"约 "0"%"', "约 5%"),
        ("5", "0%", "500%"),
        ("12", 'General" bn"', "12 bn"),
        ("45658", "yyyy-mm", "2025-01"),
    ],
)
def test_a_number_is_printed_by_its_format(value: str, code: str, text: str) -> None:
    assert formatted(Decimal(value), code) == text


@pytest.mark.parametrize("code", ["[>2]0;0.0", "@", "# ?/?", "0;0;0;@;0"])
def test_formats_beyond_us_are_left_to_office(code: str) -> None:
    assert formatted(Decimal(3), code) is None


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    )
)
def test_sections_and_plain_formats_agree(value: Decimal) -> None:
    assert formatted(value, "#,##0.0;-#,##0.0") in (
        formatted(value, "#,##0.0"),
        "-" + str(formatted(value, "#,##0.0")),  # a section says its sign even of what rounds to 0
    )
