"""Ends and steps of axes, and labels that have room."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.build.chart_options import read_chart
from generator.charts.axis_ends import axis_ends, finest_step, log_ends
from generator.charts.fitting import shortened, text_width, wrap_short
from generator.charts.native import chart_parts
from generator.charts.numbers import formatted
from generator.charts.prepare import prepare
from generator.model.length import Length

NUMBERS = st.lists(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**7), max_value=10**7
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(
    ("values", "code", "ends"),
    [
        (["3", "20", "9.5"], "General", ("0", "22", "5")),
        (["95.1", "97.3"], "0.0", ("94.0", "97.5", "0.5")),
        (["0", "0"], "0", ("0", "1", "1")),
        (["13"], "0", ("0", "14", "2")),
        (["-40", "60"], "0", ("-60", "80", "20")),
        (["0.2", "0.9"], "0%", ("0", "1.0", "0.2")),
    ],
)
def test_ends_are_those_of_office(values: list[str], code: str, ends: tuple[str, str, str]) -> None:
    begin, end, step = axis_ends([Decimal(value) for value in values], None, None, None, code)

    assert begin <= min(map(Decimal, values))
    assert end >= max(map(Decimal, values))
    assert (begin == 0) == (Decimal(ends[0]) == 0)
    assert step == Decimal(ends[2])


@given(NUMBERS, st.sampled_from(["0", "0.0", "#,##0", "0%", "General", '0"亿元"']))
def test_marks_hold_the_values_and_are_printed_differently(
    values: list[Decimal], code: str
) -> None:
    begin, end, step = axis_ends(values, None, None, None, code)

    assert begin <= min(values) <= max(values) <= end
    count = int((end - begin) / step)
    assert 1 <= count <= 10
    printed = [formatted(begin + step * number, code) for number in range(count + 1)]
    assert len(set(printed)) == len(printed)


def test_given_ends_stay() -> None:
    ends = axis_ends([Decimal(3), Decimal(8)], Decimal(1), Decimal(9), Decimal(4))

    assert ends == (Decimal(1), Decimal(9), Decimal(4))


def test_a_logarithmic_axis_ends_at_powers_of_ten() -> None:
    assert log_ends([Decimal(30), Decimal(950)], None, None) == (10, 1000)
    assert log_ends([Decimal(10)], None, None) == (10, 100)


@pytest.mark.parametrize(
    ("code", "step"), [("0", "1"), ("0.00", "0.01"), ("0%", "0.01"), ("#,##0,", "1000")]
)
def test_the_finest_step_of_a_format(code: str, step: str) -> None:
    assert finest_step(code) == Decimal(step)


class TestNames:
    def test_a_long_one_ends_in_dots(self) -> None:
        text = shortened("人工智能芯片与智能传感器研发制造", 10, 600_000)

        assert text.endswith("…")
        assert text_width(text, 10) <= 600_000

    def test_lines_beyond_the_last_are_left_out(self) -> None:
        lines = wrap_short("one two three four five six seven", 10, 400_000, 2)

        assert len(lines) == 2
        assert lines[1].endswith("…")

    def test_a_short_one_stays(self) -> None:
        assert shortened("芯片", 10, 600_000) == "芯片"
        assert wrap_short("芯片", 10, 600_000, 1) == ("芯片",)


def _labels(xml: str) -> bool:
    return '<c:showVal val="1"/>' in xml


class TestValuesAtColumns:
    DATA: ClassVar[dict[str, Any]] = {
        "unit": "亿元",
        "categories": ["一季度", "二季度", "三季度", "四季度"],
        "series": [
            {"name": "2024", "values": [1200, 1320, 1010, 1340]},
            {"name": "2025", "values": [1500, 1400, 1610, 1740]},
        ],
    }

    def test_stand_where_they_have_room(self) -> None:
        xml, _ = chart_parts(read_chart(self.DATA, "zh"), Length.cm(25), Length.cm(12))

        assert _labels(xml)

    def test_give_way_to_an_axis_where_they_would_collide(self) -> None:
        xml, _ = chart_parts(read_chart(self.DATA, "zh"), Length.cm(8), Length.cm(5))

        assert not _labels(xml)
        assert '<c:delete val="1"/><c:axPos val="l"/>' not in xml

    def test_are_printed_where_they_are_asked(self) -> None:
        spec = read_chart({**self.DATA, "labels": "value"}, "zh")

        assert _labels(chart_parts(spec, Length.cm(8), Length.cm(5))[0])


class TestLabelsOfShares:
    DATA: ClassVar[dict[str, Any]] = {
        "kind": "pie",
        "unit": "%",
        "categories": ["a", "b"],
        "series": [{"name": "n", "values": [40, 60]}],
    }

    @pytest.mark.parametrize(
        ("labels", "code"),
        [
            ({"show": ["value", "share"]}, "0&quot;%&quot;"),
            ({"show": ["share", "category"]}, "0%"),
            ({"show": ["share"], "format": "0.00%"}, "0.00%"),
        ],
    )
    def test_a_value_is_never_printed_as_a_share(self, labels: dict[str, Any], code: str) -> None:
        spec = read_chart({**self.DATA, "labels": labels})

        xml, _ = chart_parts(spec, Length.cm(12), Length.cm(8))

        assert f'<c:dLbls><c:numFmt formatCode="{code}"' in xml.replace("</c:dLbl>", "<c:dLbls>")


def test_ranges_are_labelled_by_begin_and_end_not_by_their_length() -> None:
    spec = read_chart({
        "kind": "range", "labels": "value", "categories": ["a"],
        "series": [{"name": "n", "ranges": [["2025-01-01", "2025-03-01"]]}],
    })  # fmt: skip

    bar = prepare(spec).series[1]

    assert bar.labels == ("2025-01-01–2025-03-01",)


def test_marks_of_days_are_few_and_begin_with_a_month() -> None:
    spec = read_chart({
        "kind": "range", "categories": ["a", "b"],
        "series": [{"name": "n", "ranges": [["2025-01-05", "2025-03-01"],
                                            ["2025-02-15", "2025-08-01"]]}],
    })  # fmt: skip

    axis = prepare(spec).axis

    assert axis.minimum is not None
    assert axis.maximum is not None
    assert axis.step is not None
    assert formatted(axis.minimum, "yyyy-mm-dd") == "2025-01-01"
    assert (axis.maximum - axis.minimum) / axis.step <= 5


def test_bounds_are_printed_by_the_format_of_the_axis() -> None:
    spec = read_chart({
        "kind": "bar", "axis": {"format": '0.0"%"'}, "categories": ["a", "b"],
        "series": [{"name": "n", "values": [40, 2], "bounds": ["over", None]}],
    })  # fmt: skip

    assert spec.series[0].labels == (">\u00a040.0%", "2.0%")


def test_months_have_marks_so_far_apart_that_their_names_have_room() -> None:
    spec = read_chart({
        "kind": "line", "categories": [f"2025-{month:02}-01" for month in range(1, 13)],
        "series": [{"name": "n", "values": list(range(12))}],
    }, "zh")  # fmt: skip

    narrow, _ = chart_parts(spec, Length.cm(8), Length.cm(5))
    wide, _ = chart_parts(spec, Length.cm(60), Length.cm(12))

    assert '<c:majorUnit val="6"/><c:majorTimeUnit val="months"/>' in narrow
    assert '<c:majorUnit val="1"/><c:majorTimeUnit val="months"/>' in wide
