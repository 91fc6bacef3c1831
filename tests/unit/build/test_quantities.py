"""Numbers, days and periods of datasets in the language of an edition, with the marks they had."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from generator.build.context import FILTERS
from generator.build.dataset_views import DatasetView
from generator.build.marked_views import Marks, read_marks
from generator.build.quantities import quantity_functions
from tests.support.tables import make_dataset

ZH, EN = quantity_functions("zh"), quantity_functions("en")


def plain(value):
    return str(value).replace("\u00a0", " ")


class TestQuantity:
    @pytest.mark.parametrize(
        ("arguments", "zh", "en"),
        [
            ((Decimal("1559.9"), "亿元"), "1559.9亿元", "RMB 155.99 billion"),
            ((65000, "人"), "65000人", "65,000"),
            ((Decimal("7.3"), "%"), "7.3%", "7.3 percent"),
            ((Decimal("0.5"), "个百分点"), "0.5个百分点", "0.5 percentage points"),
            ((2000, "亿元", "over"), "超2000亿元", "more than RMB 200 billion"),
            ((None, "亿元"), "", ""),
        ],
    )
    def test_prints_as_a_fact_does(self, arguments, zh, en):
        assert plain(ZH["quantity"](*arguments)) == zh
        assert plain(EN["quantity"](*arguments)) == en

    def test_takes_the_filters_of_facts(self):
        made = ZH["quantity"](Decimal("-7.34"), "%")

        assert FILTERS["change"](made) == "下降7.34%"
        assert FILTERS["rounded"](made, 1) == "-7.3%"
        assert FILTERS["in_unit"](ZH["quantity"](15599, "万元"), "亿元", 1) == "1.6亿元"
        assert plain(FILTERS["short"](EN["quantity"](2000, "亿元", "over"))) == "> RMB 200 bn"

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            (("5", "元"), TypeError, '"quantity" takes a number, such as row.amount'),
            ((True, "元"), TypeError, '"quantity" takes a number, such as row.amount'),
            ((5, "furlong"), ValueError, '"furlong" is no known unit; known: '),
            ((5, "元", "some"), ValueError, '"some" is no bound; known: exact over'),
        ],
    )
    def test_refuses_what_is_none(self, arguments, error, message):
        with pytest.raises(error) as caught:
            ZH["quantity"](*arguments)

        assert str(caught.value).startswith(message)


class TestDaysAndPeriods:
    @pytest.mark.parametrize(
        ("arguments", "zh", "en"),
        [
            ((date(2025, 6, 30),), "2025年6月30日", "30 June 2025"),
            ((datetime(2025, 6, 30, 8, 5),), "2025年6月30日", "30 June 2025"),
            ((date(2024, 12, 30), "y"), "2024", "2024"),
            ((date(2025, 6, 30), "EEEE"), "星期一", "Monday"),
            ((datetime(2025, 6, 30, 8, 5), "HH:mm"), "08:05", "08:05"),
            ((None,), "", ""),
        ],
    )
    def test_days(self, arguments, zh, en):
        assert (ZH["day"](*arguments), EN["day"](*arguments)) == (zh, en)

    @pytest.mark.parametrize(
        ("value", "zh", "en"),
        [
            ("2025-H1", "2025年上半年", "first half of 2025"),
            (2024, "2024年", "2024"),
            ("2025-01 to 2025-11", "2025年1—11月", "January–November 2025"),
            (date(2025, 6, 30), "2025年6月30日", "30 June 2025"),
            (None, "", ""),
        ],
    )
    def test_periods(self, value, zh, en):
        assert (ZH["period"](value), EN["period"](value)) == (zh, en)


def test_what_is_printed_carries_the_mark_of_its_cell():
    marks = Marks()
    dataset = make_dataset("t", ("amount", "day", "part"),
                           (Decimal("1559.9"), date(2025, 6, 30), "2025-H1"))  # fmt: skip
    (row,) = DatasetView(dataset, "zh", None, marks).rows

    printed = [
        ZH["quantity"](row["amount"], "亿元"), ZH["quantity"](row["amount"], "亿元").short,
        ZH["quantity"](row["amount"], "亿元").in_unit("万元"), ZH["day"](row["day"]),
        ZH["period"](row["part"]),
    ]  # fmt: skip

    found = [list(read_marks("".join([str(text)]))) for text in printed]
    texts = [[piece for piece, _ in pieces] for pieces in found]
    cells = [[marks.known[numbers[0]].cell for _, numbers in pieces] for pieces in found]
    assert texts == [["1559.9亿元"], ["1559.9亿元"], ["15599000万元"], ["2025年6月30日"],
                     ["2025年上半年"]]  # fmt: skip
    assert cells[0] == ['t.csv, line 2, column "amount"']
    assert cells[3] == ['t.csv, line 2, column "day"']
    assert cells[4] == ['t.csv, line 2, column "part"']
