"""Numbers in attributes: a file may hold anything there, and its reader only wants a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.office.xml import whole_number


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_reads_whole_numbers(number: int) -> None:
    assert whole_number(str(number), 7) == number


@given(st.text())
def test_anything_else_is_the_default_or_a_number(text: str) -> None:
    assert isinstance(whole_number(text, 7), int)


@pytest.mark.parametrize("text", [None, "", "x", "../", "1.5", "1e3", "²", "٣", "9" * 5_000, "0x1"])
def test_what_is_no_whole_number_gives_the_default(text: str | None) -> None:
    assert whole_number(text, 7) == 7
