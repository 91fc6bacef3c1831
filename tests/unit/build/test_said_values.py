"""What printed figures say: the same value in any scale, another one after rounding."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator.build.printed_figures import PrintedFigure
from generator.build.said_values import said_value
from generator.errors import Location
from generator.model.fact import FactBook, FactGroup
from generator.model.record import Words
from tests.support.facts import make_fact


def value(
    text, language="zh", form="prose", unit="亿元", number="1559.9", fact="group.fact", cell=""
):
    made = make_fact(number, unit)
    book = FactBook((FactGroup("group", Words(zh="组", en="group"), None, (made,)),))
    figure = PrintedFigure(fact, form, text, Location("a.docx"), cell=cell)
    said = said_value(figure, language, book)
    return None if said is None else said.value


@pytest.mark.parametrize(
    ("text", "language", "form"),
    [
        ("1559.9亿元", "zh", "prose"), ("15599000万元", "zh", "scaled"),
        ("超1559.9亿元", "zh", "prose"), ("1559.9", "zh", "figure"),
        ("RMB\u00a0155.99\u00a0billion", "en", "prose"), ("RMB 155,990 million", "en", "scaled"),
        ("> RMB 155.99 bn", "en", "short"), ("155.99", "en", "number"),
    ],
)  # fmt: skip
def test_one_value_in_all_scales(text, language, form):
    assert value(text, language, form) == Decimal("155990000000")


@pytest.mark.parametrize(
    ("text", "language", "form"),
    [("1560亿元", "zh", "scaled"), ("RMB 156 billion", "en", "scaled"), ("1559.9", "en", "number")],
)
def test_another_one_after_rounding_or_in_another_unit(text, language, form):
    assert value(text, language, form) != Decimal("155990000000")


def test_the_first_letters_of_a_unit_are_no_scale():
    assert value("350千瓦时", unit="千瓦时", number="350") == 350
    assert value("35万千瓦时", unit="千瓦时", number="350000") == 350000


def test_cells_are_compared_by_their_digits_and_days_not_at_all():
    cell = {"fact": "datasets.t.v", "cell": "t.csv, line 2"}

    assert value("1559.9亿元", **cell) == value("155.99", "en", "number", **cell)
    assert value("1560", **cell) != value("1559.9", **cell)
    assert value("30 June 2025", "en", "day", **cell) is None


def test_what_has_no_digits_or_is_no_figure_says_nothing():
    assert value("全省第一") is None
    assert value("2025年上半年", form="period") is None
