"""Plain data as a chart: every option has its effect, every mistake its message."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.build.chart_options import is_picture, read_chart
from generator.charts.prepare import prepare
from generator.charts.waterfall import waterfall_series
from generator.errors import ChartError, SeriesLengthError, UnsupportedChartError
from generator.model.chart import ErrorBars, TrendLine


def data(**changes: Any) -> dict[str, Any]:
    return {
        "categories": ["a", "b", "c"],
        "series": [{"name": "s", "values": [1, None, 3]}],
        **changes,
    }


def one(**changes: Any) -> dict[str, Any]:
    return data(series=[{"name": "s", "values": [1, 2, 3], **changes}])


class TestData:
    def test_values_keep_their_digits_and_gaps(self) -> None:
        spec = read_chart(data(series=[{"name": "s", "values": [Decimal("1.50"), None, 2.25]}]))

        assert [str(v) for v in spec.series[0].values] == ["1.50", "None", "2.25"]

    @pytest.mark.parametrize("kind", ["line", "column", "area", "combo"])
    def test_days_make_an_axis_of_time(self, kind: str) -> None:
        texts = ["2025-01-01", "2025-02-01", "2025-03-01"]

        assert read_chart(data(kind=kind, categories=texts)).has_days
        assert read_chart(
            data(kind=kind, categories=[datetime.date(2025, n, 1) for n in (1, 2, 3)])
        ).has_days

    def test_one_text_among_days_makes_them_all_texts(self) -> None:
        spec = read_chart(data(kind="line", categories=["2025-01-01", "later", "2025-03-01"]))

        assert spec.categories == ("2025-01-01", "later", "2025-03-01")

    def test_a_bar_takes_days_as_texts(self) -> None:
        assert not read_chart(data(kind="bar", categories=["2025-01-01"] * 3)).has_days

    def test_a_unit_is_printed_by_the_number_format(self) -> None:
        spec = read_chart(one(values=[1.5, 2.5, 3.0]) | {"unit": "%"})
        latin = read_chart(one() | {"unit": "bn"})

        assert spec.axis.number_format == '0.0"%"'
        assert latin.axis.number_format == '0"\u00a0bn"'

    def test_an_order_takes_labels_and_colours_along(self) -> None:
        spec = read_chart(
            one(values=[1, 3, 2], labels=["x", "y", "z"], colors=["FF0000", None, None])
            | {"sort": "descending"}
        )

        assert spec.categories == ("b", "c", "a")
        assert spec.series[0].labels == ("y", "z", "x")
        assert spec.series[0].point_colors == ((2, "FF0000"),)

    def test_alt_text_tells_the_data(self) -> None:
        spec = read_chart(one() | {"title": "T", "unit": "%"})

        assert spec.alt_text == ("Column chart: T. a 1%; b 2%; c 3%; highest: c 3%; lowest: a 1%.")


class TestBounds:
    def test_a_single_row_ends_openly(self) -> None:
        spec = read_chart(one(bounds=["over", None, None]) | {"kind": "bar", "unit": "%"})

        solid, open_range = spec.series
        assert solid.labels == (">\u00a01%", "2%", "3%")
        assert open_range.is_open
        assert open_range.values == (Decimal("2.75"), None, None)
        assert prepare(spec).plots[0].grouping == "stacked"

    def test_several_rows_are_hatched(self) -> None:
        rows = [
            {"name": "x", "values": [1, 2, 3], "bounds": [None, "at_most", "about"]},
            {"name": "y", "values": [1, 2, 3]},
        ]
        spec = read_chart(data(series=rows))

        assert spec.series[0].point_fills == ((1, "hatched"),)
        assert spec.series[0].labels == ("1", "≤\u00a02", "≈\u00a03")
        assert len(spec.series) == 2

    def test_a_bound_is_one_of_size(self) -> None:
        spec = read_chart(one(values=[-5, 2, 3], bounds=["over", None, None]))

        assert spec.series[0].labels is not None
        assert spec.series[0].labels[0] == "<\u00a0-5"

    def test_an_unknown_bound_is_named(self) -> None:
        with pytest.raises(ChartError, match='no bound "ovr"') as caught:
            read_chart(one(bounds=["ovr", None, None]))
        assert caught.value.hint == 'did you mean "over"?'


class TestHistogram:
    def test_each_value_is_counted_once(self) -> None:
        spec = read_chart(
            {"kind": "histogram", "series": [{"name": "n", "values": [0, 5, 5, 10, 9.9]}],
             "bins": [0, 5, 10]}
        )  # fmt: skip

        assert spec.categories == ("0–5", "5–10")
        assert spec.series[0].values == (Decimal(1), Decimal(4))

    @given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=60),
           st.none() | st.integers(1, 12))  # fmt: skip
    @settings(deadline=None, max_examples=80)
    def test_bins_hold_all_values(self, values: list[Decimal], bins: int | None) -> None:
        spec = read_chart({"kind": "histogram", "series": [{"name": "n", "values": values}],
                           "bins": bins})  # fmt: skip

        assert sum(count or 0 for count in spec.series[0].values) == len(values)
        assert len(set(spec.categories)) == len(spec.categories)


class TestWaterfall:
    def test_a_total_that_is_no_sum_is_refused(self) -> None:
        spec = read_chart(one(values=[10, 5, 14]) | {"kind": "waterfall", "totals": ["c"]})

        with pytest.raises(UnsupportedChartError, match=r"is 14, and .* add up to 15"):
            prepare(spec)

    @given(st.lists(st.integers(-50, 50), min_size=1, max_size=10), st.booleans())
    @settings(deadline=None, max_examples=100)
    def test_columns_reach_from_level_to_level(self, steps: list[int], begins: bool) -> None:
        values = [*steps, sum(steps)]
        names = [f"c{n}" for n in range(len(values))]
        totals = [len(values)] + ([1] if begins else [])
        spec = read_chart({"kind": "waterfall", "categories": names, "totals": totals,
                           "series": [{"name": "w", "values": values}]})  # fmt: skip

        drawn = waterfall_series(spec)
        base = drawn[0].values
        level = 0
        for index, value in enumerate(values):
            is_total = index + 1 in totals
            begin, end = (0, value) if is_total else (level, level + value)
            level = end
            parts = [s.values[index] for s in drawn[1:] if s.kind is None]
            up = sum(v for v in parts if v is not None and v > 0)
            down = sum(v for v in parts if v is not None and v < 0)
            hidden = base[index] or 0
            assert max(begin, end, 0) == (hidden + up if hidden >= 0 else max(0, up))
            assert min(begin, end, 0) == (hidden + down if hidden <= 0 else min(0, down))


class TestOptions:
    def test_lines_get_what_was_asked(self) -> None:
        spec = read_chart(
            one(errors="5%", trend={"kind": "moving", "order": 3}, smooth=True, dashed=True,
                markers=False)
            | {"kind": "line"}
        )  # fmt: skip
        (series,) = spec.series

        assert series.errors == ErrorBars(Decimal(5), is_percent=True)
        assert series.trend == TrendLine("moving", "", 3)
        assert (series.is_smooth, series.is_dashed, series.has_markers) == (True, True, False)

    def test_own_errors_for_each_point(self) -> None:
        spec = read_chart(one(errors={"plus": [1, 2, 3]}) | {"kind": "line"})

        assert spec.series[0].errors == ErrorBars(
            plus=(Decimal(1), Decimal(2), Decimal(3)), minus=(Decimal(1), Decimal(2), Decimal(3))
        )

    def test_a_second_axis_has_its_own_format(self) -> None:
        rows = [
            {"name": "x", "values": [1, 2, 3]},
            {"name": "y", "values": [1.5, 2.5, 3.5], "kind": "line", "axis": "second"},
        ]
        spec = read_chart(data(kind="combo", series=rows, second_unit="%"))
        chart = prepare(spec)

        assert [plot.kind for plot in chart.plots] == ["column", "line"]
        assert [plot.is_secondary for plot in chart.plots] == [False, True]
        assert chart.second_axis.number_format == '0.0"%"'
        assert chart.second_axis.is_shown

    def test_aids_are_in_no_legend_and_references_are(self) -> None:
        chart = prepare(read_chart(one() | {"references": [{"value": 2, "label": "goal"}]}))

        assert [series.name for series in chart.series] == ["s", "goal"]
        assert chart.legend == "bottom"

    def test_a_palette_is_taken_in_turn(self) -> None:
        rows = [{"name": str(n), "values": [1, 2, 3]} for n in range(3)]
        chart = prepare(read_chart(data(series=rows, palette=["FF0000", "accent3"])))

        assert [series.color for series in chart.series] == ["FF0000", "accent3", "FF0000"]

    def test_what_stands_out_is_named_or_counted(self) -> None:
        for highlight in (["b"], [2], "b"):
            spec = read_chart(one() | {"highlight": highlight})
            assert spec.series[0].point_colors == ((1, "accent2"),)

    def test_how_it_is_drawn(self) -> None:
        assert not is_picture(data())
        assert is_picture(data(), default=True)
        assert is_picture(data() | {"as": "picture"})


WRONG = [
    (data(kind="colum"), 'no chart of the kind "colum"', 'did you mean "column"?'),
    (data(titel="x"), '"titel" is no option of a chart', 'did you mean "title"?'),
    (one(colour="red"), '"colour" is no option of a series', 'did you mean "color"?'),
    (one(color="reddish"), '"color": "reddish" is no colour', None),
    (one(values=[1, 2]), "2 values for 3 categories", "give one for each; a gap is none"),
    (one(values="123"), "not a list", "write it as a list"),
    (one(values=[1, "2", 3]), "value 2 is no number: '2'", "give numbers; a gap is none"),
    (one(values=[1, True, 3]), "value 2 is no number: True", None),
    (one(values=[1, float("inf"), 3]), "value 2 is no number: inf", None),
    (data(series=[]), "no series", "give at least one"),
    (data(series={"a": 1}), "no series", None),
    (data(categories=[], series=[{"name": "s", "values": []}]), "no categories", None),
    (one(errors="much"), '"errors" is \'much\'', None),
    (one(trend="liner"), '"trend" cannot be "liner"', 'did you mean "linear"?'),
    (one(labels=["x"]), "has 1 labels for 3 categories", None),
    (one(bounds=["over"]), "1 bounds for 3 values", None),
    (one() | {"axis": {"minimum": 5, "maximum": 5}}, "ends at 5, before it begins", None),
    (one() | {"axis": {"log": True}, "series": [{"name": "s", "values": [0, 1, 2]}]},
     "no zero", None),
    (one() | {"axis": {"min": 0}}, '"min" is no option of an axis', 'did you mean "minimum"?'),
    (one() | {"highlight": ["d"]}, 'names "d", which is none of the categories', None),
    (one() | {"gap": 1000}, '"gap" is 1000', "give a number from 0 to 500"),
    (one() | {"references": [{"label": "x"}]}, "has no value", None),
    (one() | {"labels": {"show": ["valu"]}}, '"show" cannot be "valu"', 'did you mean "value"?'),
    ({"kind": "scatter", "series": [{"name": "s", "values": [1]}]}, "has no points", None),
    ({"kind": "bubble", "series": [{"name": "s", "points": [[1, 2]]}]}, "has no size", None),
    ({"kind": "range", "categories": ["a"], "series": [{"name": "s", "ranges": [[1]]}]},
     "entry 1 of ranges has 1 numbers", "give 2"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "message", "hint"), WRONG, ids=[m for _, m, _ in WRONG])
def test_what_is_wrong_is_named(wrong: dict[str, Any], message: str, hint: str | None) -> None:
    with pytest.raises(ChartError) as caught:
        read_chart(wrong)
    assert message in str(caught.value)
    if hint is not None:
        assert caught.value.hint == hint


UNSUITED = [
    (one(values=[1, -2, 3]) | {"kind": "pie"}, "a value below zero"),
    (data(kind="pie", series=[{"name": n, "values": [1, 2, 3]} for n in "xy"]), "has one series"),
    (one() | {"kind": "bar", "references": [2]}, "takes no reference lines"),
    (one(axis="second"), "all series stand on the second axis"),
    (one(kind="line") | {"kind": "radar"}, "has a kind of its own"),
    (data(kind="waterfall"), "a waterfall has no gaps"),
    (data(kind="waterfall", series=[{"name": n, "values": [1, 2, 3]} for n in "xy"]),
     "a waterfall has one series"),
]  # fmt: skip


@pytest.mark.parametrize(("unsuited", "message"), UNSUITED, ids=[m for _, m in UNSUITED])
def test_what_does_not_suit_the_kind_is_refused(unsuited: dict[str, Any], message: str) -> None:
    with pytest.raises(UnsupportedChartError, match=message):
        prepare(read_chart(unsuited))


def test_a_series_that_is_too_long_is_named() -> None:
    with pytest.raises(SeriesLengthError) as caught:
        read_chart(one(values=[1, 2, 3, 4]))
    assert str(caught.value.where) == 'series "s"'
