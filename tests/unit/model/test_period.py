"""Periods as data files write them and as both languages print them."""

from __future__ import annotations

import pytest

from generator.model import wording
from generator.model.period import Period
from generator.model.record import Unfit


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("as_of_publication", "截至报道时", "as of publication"),
        ("1990", "1990年", "1990"),
        ("2025-H1", "2025年上半年", "first half of 2025"),
        ("2025-H2", "2025年下半年", "second half of 2025"),
        ("2024-Q3", "2024年三季度", "third quarter of 2024"),
        ("2025-05", "2025年5月", "May 2025"),
        ("2025-05-end", "2025年5月底", "end of May 2025"),
        ("2025-05-31", "2025年5月31日", "31 May 2025"),
        ("since 2022", "2022年以来", "since 2022"),
        ("2021 to 2024", "2021—2024年", "2021\u20132024"),
        ("2025-01 to 2025-11", "2025年1—11月", "January\u2013November 2025"),
        ("2024-11 to 2025-02", "2024年11月至2025年2月", "November 2024 to February 2025"),
        ("2024-Q1 to 2024-Q3", "2024年一季度至2024年三季度",
         "first quarter of 2024 to third quarter of 2024"),
    ],
)  # fmt: skip
def test_prints_a_period_in_both_languages(text, zh, en):
    period = Period.parse(text)

    assert wording.period(period, "zh") == zh
    assert wording.period(period, "en") == en


@pytest.mark.parametrize(
    "text",
    ["", "今年", "2025-H3", "2025-13", "2025-Q1-end", "2025-H1-05", "20250", "99", "2025 to",
     "since", "2025-5", "1024"],
)  # fmt: skip
def test_refuses_what_is_no_period_and_shows_the_forms(text):
    with pytest.raises(Unfit, match="is no period") as caught:
        Period.parse(text)

    assert "2025-H1" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2025-02-30", "a day that does not exist"),
        ("2024 to 2021", "is no stretch of time"),
        ("2024 to 2025-05", "is no stretch of time"),
    ],
)
def test_refuses_days_and_stretches_that_cannot_be(text, reason):
    with pytest.raises(Unfit, match=reason) as caught:
        Period.parse(text)

    assert caught.value.hint


def test_sorts_by_time_with_publication_last():
    texts = ["1990", "2024", "2025-H1", "2025-05", "2025-05-end", "2025-H2", "as_of_publication"]

    assert sorted(texts, key=lambda text: Period.parse(text).order) == texts
