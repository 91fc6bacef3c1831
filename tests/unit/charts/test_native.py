"""A chart part and its workbook, read by other eyes: lxml, python-pptx, openpyxl."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from generator.charts.native import chart_parts, native_chart
from generator.charts.numbers import number_text
from generator.errors import SeriesLengthError, UnsupportedChartError
from generator.model.chart import ChartSpec, Series
from generator.model.length import Length
from tests.unit.charts.specs import growth, scatter, share

CATEGORY_KINDS = ("column", "bar", "line", "area", "pie", "doughnut", "radar", "combo")

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def chart_xml(spec: ChartSpec) -> str:
    return chart_parts(spec, Length.cm(16), Length.cm(8))[0]


def root_of(spec: ChartSpec) -> etree._Element:
    return etree.fromstring(chart_xml(spec).encode())


def sheet_of(spec: ChartSpec) -> openpyxl.worksheet.worksheet.Worksheet:
    drawing = native_chart(spec, Length.cm(16), Length.cm(8))
    (_, book), = drawing.part.related  # fmt: skip
    sheet = openpyxl.load_workbook(BytesIO(book.blob)).active
    assert sheet is not None
    return sheet


def cached(root: etree._Element, place: str) -> list[str]:
    return [point.findtext(f"{C}v") or "" for point in root.iterfind(f".//{C}{place}//{C}pt")]


class TestTheChartPart:
    def test_holds_the_values_with_their_digits(self) -> None:
        assert cached(root_of(growth()), "val") == ["7.3", "15.40"]

    def test_leaves_a_gap_where_there_is_no_value(self) -> None:
        spec = growth(series=(Series("a", (None, Decimal(2))),))

        root = root_of(spec)

        points = list(root.iterfind(f".//{C}val//{C}pt"))
        assert [point.get("idx") for point in points] == ["1"]
        blanks = root.find(f".//{C}dispBlanksAs")
        assert blanks is not None
        assert blanks.get("val") == "gap"

    def test_names_the_cells_that_the_workbook_fills(self) -> None:
        root = root_of(growth())

        places = [element.text for element in root.iter(f"{C}f")]
        assert places == ["Sheet1!$B$1", "Sheet1!$A$2:$A$3", "Sheet1!$B$2:$B$3"]

    def test_gives_every_text_both_fonts_of_the_theme(self) -> None:
        root = root_of(growth(title="标题", legend="bottom"))

        for properties in (*root.iter(f"{A}rPr"), *root.iter(f"{C}txPr")):
            fonts = {
                font.tag: font.get("typeface") for font in properties.iter(f"{A}latin", f"{A}ea")
            }
            assert fonts == {f"{A}latin": "+mn-lt", f"{A}ea": "+mn-ea"}

    def test_takes_its_colours_from_the_theme(self) -> None:
        root = root_of(share())

        assert not list(root.iter(f"{A}srgbClr"))
        assert {color.get("val") for color in root.iter(f"{A}schemeClr")} >= {"accent1", "tx1"}

    def test_has_positive_axis_ids_that_cross_each_other(self) -> None:
        root = root_of(growth())

        ids = [axis.find(f"{C}axId").get("val") for axis in root.iter(f"{C}catAx", f"{C}valAx")]  # type: ignore[union-attr]
        crossed = [
            axis.find(f"{C}crossAx").get("val") for axis in root.iter(f"{C}catAx", f"{C}valAx")
        ]  # type: ignore[union-attr]
        assert all(int(number or 0) > 0 for number in ids)
        assert crossed == ids[::-1]

    def test_writes_no_text_under_ten_points(self) -> None:
        root = root_of(growth(title="标题", legend="bottom"))

        assert min(int(e.get("sz", "9999")) for e in root.iter(f"{A}defRPr", f"{A}rPr")) >= 1000

    def test_a_bound_ends_in_a_hatched_range_and_keeps_its_sign(self) -> None:
        root = root_of(share())

        solid, hatched = root.iter(f"{C}ser")
        assert solid.find(f"{C}spPr/{A}solidFill") is not None
        assert hatched.find(f"{C}spPr/{A}pattFill") is not None
        assert [text.text for text in solid.iter(f"{A}t")] == ["> 40%"]

    @pytest.mark.parametrize("kind", CATEGORY_KINDS)
    def test_every_kind_is_read_by_python_pptx(self, kind: str) -> None:
        from pptx import Presentation
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE

        spec = growth(kind=kind)
        slide = Presentation().slides.add_slide(Presentation().slide_layouts[6])
        data = CategoryChartData()
        data.categories = ["x"]
        data.add_series("y", [1])
        chart = slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, 1, 1, data).chart  # type: ignore[arg-type]
        loaded = (
            type(chart.part)
            .load(
                chart.part.partname,
                chart.part.content_type,
                chart.part.package,
                chart_xml(spec).encode(),
            )
            .chart
        )

        (plot,) = loaded.plots
        assert tuple(plot.categories) == spec.categories
        assert [tuple(series.values) for series in plot.series] == [(7.3, 15.4)]


class TestScatter:
    def test_keeps_positions_and_values_of_each_series_beside_each_other(self) -> None:
        rows = list(sheet_of(scatter()).values)

        assert rows == [
            (None, None, "first", None, "second"),
            ("a", 10, 1.5, None, None),
            ("b", 20, -2, 30, 1.5),
        ]

    def test_points_at_those_columns_and_caches_their_values(self) -> None:
        root = root_of(scatter())

        places = [element.text for element in root.iter(f"{C}f")]
        assert places == [
            "Sheet1!$C$1", "Sheet1!$B$2:$B$3", "Sheet1!$C$2:$C$3",
            "Sheet1!$E$1", "Sheet1!$D$2:$D$3", "Sheet1!$E$2:$E$3",
        ]  # fmt: skip
        assert cached(root, "xVal") == ["10", "20", "30"]
        assert cached(root, "yVal") == ["1.50", "-2", "1.50"]

    def test_needs_positions(self) -> None:
        with pytest.raises(UnsupportedChartError, match="has no positions"):
            growth(kind="scatter")


class TestItsSize:
    def test_few_bars_are_not_blown_up_to_blocks(self) -> None:
        drawing = native_chart(growth(), Length.cm(20), Length.cm(13))

        assert drawing.width == Length.cm(20)
        assert Length.cm(6) < drawing.height < Length.cm(9)

    def test_columns_fill_their_place(self) -> None:
        assert native_chart(growth(kind="column"), Length.cm(20), Length.cm(13)).height == (
            Length.cm(13)
        )


class TestTheWorkbook:
    def test_equals_the_cached_values(self) -> None:
        spec = growth()

        rows = list(sheet_of(spec).values)

        assert rows == [
            (None, "同比增速"), ("地区生产总值", 7.3), ("规上工业增加值", 15.4),
        ]  # fmt: skip

    def test_keeps_a_text_that_looks_like_a_formula_as_text(self) -> None:
        spec = growth(categories=("=1+1", "@SUM(A1)"))

        cells = [row[0] for row in sheet_of(spec).iter_rows(min_row=2)]

        assert [cell.value for cell in cells] == ["=1+1", "@SUM(A1)"]
        assert not list(etree.fromstring(b"<a/>"))
        assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}

    def test_leaves_the_cell_of_a_gap_empty(self) -> None:
        spec = growth(series=(Series("a", (None, Decimal(2))),))

        assert [row[1] for row in sheet_of(spec).values] == ["a", None, 2]

    def test_goes_on_past_column_z(self) -> None:
        series = tuple(Series(f"s{n}", (Decimal(n), Decimal(n))) for n in range(30))

        sheet = sheet_of(growth(series=series))

        assert sheet["AE1"].value == "s29"
        assert "Sheet1!$AE$2:$AE$3" in chart_xml(growth(series=series))


class TestWrongCharts:
    def test_names_the_kind_that_was_meant(self) -> None:
        with pytest.raises(UnsupportedChartError) as caught:
            growth(kind="barr")

        assert caught.value.message == 'there is no chart of the kind "barr"'
        assert caught.value.hint == 'did you mean "bar"?'

    @pytest.mark.parametrize(
        "series",
        [Series("a", (Decimal(1),)), Series("a", (Decimal(1), Decimal(2)), labels=("1",))],
        ids=["values", "labels"],
    )
    def test_counts_values_and_labels(self, series: Series) -> None:
        with pytest.raises(SeriesLengthError) as caught:
            growth(series=(series,))

        assert 'series "a" has 1' in caught.value.message
        assert caught.value.hint == "give one for each; a gap is none"


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=20)
numbers = st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
)


@st.composite
def charts(draw: Callable[..., object]) -> ChartSpec:
    kind = draw(st.sampled_from(CATEGORY_KINDS))
    categories: tuple[str, ...] = tuple(draw(st.lists(texts, min_size=1, max_size=6)))  # type: ignore[arg-type]
    values = st.lists(st.none() | numbers, min_size=len(categories), max_size=len(categories))
    single = kind in ("pie", "doughnut")
    if single:
        values = values.map(lambda row: [None if value is None else abs(value) for value in row])
    count = 1 if single else draw(st.integers(1, 3))
    series = tuple(Series(draw(texts), tuple(draw(values))) for _ in range(count))  # type: ignore[arg-type, call-overload]
    return growth(kind=kind, categories=categories, series=series, title=draw(texts))


class TestLaws:
    @given(charts())
    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    def test_chart_and_workbook_say_what_was_put_in(self, spec: ChartSpec) -> None:
        root = root_of(spec)
        rows = list(sheet_of(spec).values)

        names = [series.findtext(f"{C}tx//{C}v") for series in root.iter(f"{C}ser")]
        assert names == [series.name for series in spec.series]
        assert list(rows[0][1:]) == names
        assert [row[0] for row in rows[1:]] == list(spec.categories)
        for number, series in enumerate(root.iter(f"{C}ser")):
            points = {
                int(point.get("idx", "")): point.findtext(f"{C}v")
                for point in series.iterfind(f"{C}val//{C}pt")
            }
            for place, value in enumerate(spec.series[number].values):
                cell = rows[place + 1][number + 1]
                assert (cell is None) is (value is None)
                assert points.get(place) == (None if value is None else number_text(value))
                if value is not None:
                    assert cell == pytest.approx(float(value))

    @given(charts())
    @settings(deadline=None, max_examples=20)
    def test_the_same_chart_is_the_same_bytes(self, spec: ChartSpec) -> None:
        size = Length.cm(16), Length.cm(8)

        assert native_chart(spec, *size) == native_chart(replace(spec), *size)
