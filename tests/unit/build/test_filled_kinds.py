"""What plain data and specifications become in charts that an author drew."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from generator.build.chart_options import read_chart
from generator.build.plain_charts import ChartInsert, data_chart
from generator.charts.agreement import ShownSeries, disagreements, shown_series
from generator.charts.native import chart_parts
from generator.charts.refill import compile_chart
from generator.errors import ChartError, UnsupportedChartError
from generator.model.insert import AuthoredChart
from generator.model.length import Length

WATERFALL = {
    "kind": "waterfall",
    "categories": ["2023", "new", "left", "2024"],
    "totals": [1, 4],
    "series": [{"name": "Revenue", "values": [100, 30, -20, 110]}],
}
RANGES = {
    "kind": "range",
    "categories": ["plan", "build"],
    "series": [
        {"name": "Phase", "ranges": [["2025-01-01", "2025-02-01"], ["2025-02-01", "2025-06-01"]]}
    ],
}


def authored(
    names: Sequence[str], *, hidden: bool = False, kind: str = "COLUMN_STACKED"
) -> AuthoredChart:
    """Return a chart of three categories as python-pptx draws it."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["a", "b", "c"]
    for name in names:
        data.add_series(name, (1, 2, 3))
    chart = slide.shapes.add_chart(
        getattr(XL_CHART_TYPE, kind), 0, 0, Length.cm(20), Length.cm(12), data
    ).chart
    if hidden:
        chart.plots[0].series[0].format.fill.background()
    part = chart.part
    return AuthoredChart(part.blob, part.chart_workbook.xlsx_part.blob, {})


def filled(chart: AuthoredChart, data: dict[str, Any], language: str = "en") -> list[ShownSeries]:
    """Return the series of the filled chart, after its cells were compared with what it shows."""
    result = data_chart(data, language).fill_chart(chart)
    assert result is not None
    assert result.workbook is not None
    assert list(disagreements(result.xml, result.workbook)) == []
    return shown_series(result.xml)


def values(series: Sequence[ShownSeries]) -> dict[str, list[float | None]]:
    return {
        one.name: [None if text is None else float(text) for text in one.values] for one in series
    }


class TestAWaterfallOfTheAuthor:
    @pytest.mark.parametrize("way", ["data", "specification"])
    def test_is_filled_on_its_hidden_series_by_the_words_of_its_names(self, way: str) -> None:
        chart = authored(["Base", "Went down", "Went up", "期末合计"], hidden=True)
        if way == "data":
            shown = filled(chart, WATERFALL)
        else:
            result = ChartInsert(read_chart(WATERFALL, "zh")).fill_chart(chart)
            assert result is not None
            shown = shown_series(result.xml)

        assert values(shown) == {
            "Base": [0, 100, 110, 0],
            "Went down": [None, None, 20, None],
            "Went up": [None, 30, None, None],
            "期末合计": [100, None, None, 110],
        }

    def test_without_such_words_goes_by_order(self) -> None:
        shown = values(filled(authored(["Base", "x", "y", "z"], hidden=True), WATERFALL))

        assert shown["x"] == [100, None, None, 110]
        assert shown["y"] == [None, 30, None, None]
        assert shown["z"] == [None, None, 20, None]

    def test_without_a_hidden_series_shows_the_figures_as_columns(self) -> None:
        assert values(filled(authored(["Old"]), WATERFALL)) == {"Revenue": [100, 30, -20, 110]}

    def test_of_plain_series_is_any_stacked_chart(self) -> None:
        chart = authored(["Base", "Down", "Up"], hidden=True)
        rows = [
            {"name": "Base", "values": [0, 5]},
            {"name": "Down", "values": [None, 1]},
            {"name": "Up", "values": [5, None]},
        ]

        shown = filled(chart, {"categories": ["p", "q"], "series": rows})

        assert values(shown) == {row["name"]: row["values"] for row in rows}

    def test_that_we_drew_keeps_its_connectors(self) -> None:
        spec = read_chart(WATERFALL)
        xml, book = chart_parts(spec, Length.cm(16), Length.cm(8))
        more = {
            **WATERFALL,
            "categories": ["2023", "new", "bought", "left", "2024"],
            "totals": [1, 5],
            "series": [{"name": "Revenue", "values": [100, 30, 5, -20, 115]}],
        }

        shown = filled(AuthoredChart(xml.encode(), book, {}), more)

        by_name = values([one for one in shown if one.name])
        assert by_name["Increase"] == [None, 30, 5, None, None]
        assert by_name["Total"] == [100, None, None, None, 115]
        unnamed = [one for one in shown if not one.name]
        assert len(unnamed) == 1 + 4, "the base, and a line between each two columns"


class TestRangesOfTheAuthor:
    def test_stand_on_the_hidden_series(self) -> None:
        chart = authored(["start", "length"], hidden=True, kind="BAR_STACKED")

        assert values(filled(chart, RANGES)) == {"start": [45658, 45689], "length": [31, 120]}

    def test_need_a_hidden_series(self) -> None:
        with pytest.raises(UnsupportedChartError) as caught:
            filled(authored(["start", "length"], kind="BAR_STACKED"), RANGES)

        (problem,) = caught.value.problems
        assert "no hidden series on which a range chart could stand" in problem.message
        assert problem.where is None
        assert problem.hint == "draw stacked bars and give the first series no fill"


class TestPlainData:
    def test_of_a_histogram_are_counted(self) -> None:
        data = {
            "kind": "histogram",
            "bins": 3,
            "series": [{"name": "n", "values": [1, 2, 3, 4, 9]}],
        }

        (shown,) = filled(authored(["Old"]), data)

        assert shown.categories == ("0–3", "3–6", "6–9")
        assert values([shown]) == {"n": [2, 2, 1]}

    def test_keep_their_bounds(self) -> None:
        data = {
            "kind": "bar",
            "unit": "%",
            "categories": ["p", "q"],
            "series": [{"name": "A", "values": [40, 2], "bounds": ["over", None]}],
        }

        (shown,) = filled(authored(["Old"]), data)

        assert shown.categories == ("p >\u00a040%", "q")

    def test_keep_the_bounds_of_several_series(self) -> None:
        data = {
            "categories": ["p", "q"],
            "series": [
                {"name": "A", "values": [40, 2], "bounds": ["over", None]},
                {"name": "B", "values": [4, 5]},
            ],
        }

        shown = filled(authored(["Old"]), data)

        assert shown[0].categories == ("p (A >\u00a040)", "q")

    def test_are_sorted_where_that_is_asked(self) -> None:
        data = {
            "sort": "descending",
            "categories": ["p", "q", "r"],
            "series": [{"name": "A", "values": [4, 2, 9]}],
        }

        (shown,) = filled(authored(["Old"]), data)

        assert shown.categories == ("r", "p", "q")

    def test_fill_a_line_of_the_author_with_their_reference(self) -> None:
        data = {
            "categories": ["p", "q"],
            "references": [{"value": 3, "label": "Target"}],
            "series": [{"name": "A", "values": [4, 2]}],
        }

        assert values(filled(authored(["Old", "Target"]), data))["Target"] == [3, 3]
        assert values(filled(authored(["Old", "Other"]), data)) == {"A": [4, 2]}


def test_names_of_several_levels_are_left_as_they_are() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    given = CategoryChartData()
    for name in ("A", "B"):
        given.add_category(name).add_sub_category("x")
    given.add_series("Old", (1, 2))
    part = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Length.cm(20), Length.cm(12), given
    ).chart.part
    data = {
        "categories": [("C", "y"), ("C", "z")],
        "references": [2],
        "series": [{"name": "n", "values": [3, 4]}],
    }

    shown = filled(AuthoredChart(part.blob, part.chart_workbook.xlsx_part.blob, {}), data)

    assert values(shown) == {"n": [3, 4]}


def test_sizes_of_a_specification_are_not_lost() -> None:
    data = {"kind": "bubble", "series": [{"name": "A", "points": [[1, 2, 3], [4, 5, 6]]}]}
    xml, book = chart_parts(read_chart(data), Length.cm(16), Length.cm(8))
    data["series"] = [{"name": "A", "points": [[1, 2, 30], [4, 5, 60]]}]

    result = compile_chart(xml.encode(), book).fill(read_chart(data))

    assert b"<c:v>60</c:v>" in result.chart_xml


def test_errors_follow_their_points_when_a_chart_is_sorted() -> None:
    data = {
        "categories": ["p", "q", "r"],
        "sort": "descending",
        "series": [{"name": "A", "values": [4, 2, 9], "errors": {"plus": [1, 2, 3]}}],
    }

    errors = read_chart(data).series[0].errors

    assert errors is not None
    assert errors.plus == (Decimal(3), Decimal(1), Decimal(2))


@pytest.mark.parametrize("kind", ["scatter", "waterfall", "histogram"])
def test_kinds_whose_order_says_something_are_not_sorted(kind: str) -> None:
    series = (
        {"name": "A", "points": [[1, 2]]} if kind == "scatter" else {"name": "A", "values": [1]}
    )
    data = {"kind": kind, "sort": "descending", "categories": ["p"], "series": [series]}

    with pytest.raises(UnsupportedChartError) as caught:
        read_chart(data)

    (problem,) = caught.value.problems
    assert problem.message == f"a {kind} chart is not sorted"
    assert problem.hint == "leave sort out, and give the data in the order that they are to have"


@pytest.mark.parametrize(
    ("numbers", "count", "edges"),
    [
        ([1, 2, 3, 4, 9], 3, ["0–3", "3–6", "6–9"]),
        ([1, 31], 6, ["0–6", "6–12", "12–18", "18–24", "24–30", "30–36"]),
        ([0, 10], 1, ["0–10"]),
    ],
)
def test_a_histogram_has_as_many_bins_as_asked(
    numbers: list[int], count: int, edges: list[str]
) -> None:
    data = {"kind": "histogram", "bins": count, "series": [{"name": "n", "values": numbers}]}

    spec = read_chart(data)

    assert list(spec.categories) == edges
    assert sum(v or 0 for v in spec.series[0].values) == len(numbers)


@pytest.mark.parametrize(
    ("axis", "message", "hint"),
    [
        ({"maximum": 8}, "9 is beyond the end of the axis (8)",
         "set a larger maximum, or leave it out"),
        ({"minimum": 3}, "2 lies before the begin of the axis (3)",
         "set a smaller minimum, or leave it out"),
    ],
)  # fmt: skip
def test_a_value_that_an_end_of_the_axis_would_cut_off_is_refused(
    axis: dict[str, int], message: str, hint: str
) -> None:
    data = {
        "kind": "line",
        "axis": axis,
        "categories": ["p", "q", "r"],
        "series": [{"name": "A", "values": [4, 2, 9] if "minimum" in axis else [4, 9, 2]}],
    }

    with pytest.raises(ChartError) as caught:
        read_chart(data)

    (problem,) = caught.value.problems
    assert problem.message == message
    assert str(problem.where) == 'series "A"'
    assert problem.hint == hint
