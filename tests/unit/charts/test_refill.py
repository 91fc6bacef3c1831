"""Drawn charts filled with other data, read back with python-pptx and openpyxl."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from pptx import Presentation
from pptx.chart.data import BubbleChartData, CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from generator.charts.refill import ChartForm, FilledChart, compile_chart
from generator.errors import (
    ChartError,
    ReportError,
    SeriesLengthError,
    UnsupportedChartError,
    ValueTypeError,
)
from generator.model.chart import ChartSpec, Series

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
NS = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
CATEGORY_TYPES = (
    "COLUMN_CLUSTERED", "BAR_STACKED", "LINE_MARKERS", "AREA", "PIE", "DOUGHNUT", "RADAR",
)  # fmt: skip


def drawn(kind: str, data: Any) -> Any:
    """Return a chart on a slide."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    place = (Cm(1), Cm(1), Cm(20), Cm(12))
    return slide.shapes.add_chart(getattr(XL_CHART_TYPE, kind), *place, data).chart


def categories(*names: str, labels: Any = ("a", "b", "c", "d")) -> CategoryChartData:
    data = CategoryChartData()
    data.categories = labels
    for number, name in enumerate(names or ("One", "Two", "Three")):
        data.add_series(name, [number + i for i in range(len(list(data.categories)))])
    return data


def parts_of(chart: Any) -> tuple[bytes, bytes]:
    return chart.part.blob, chart.part.chart_workbook.xlsx_part.blob


def form_of(chart: Any, edit: Callable[[str], str] = lambda xml: xml) -> ChartForm:
    xml, book = parts_of(chart)
    return compile_chart(edit(xml.decode()).encode(), book)


def in_book(chart: Any, edit: Callable[[Any], None], sheet_name: str = "Sheet1") -> ChartForm:
    """Return the form of a chart whose workbook was edited with openpyxl."""
    xml, book = parts_of(chart)
    loaded = openpyxl.load_workbook(BytesIO(book))
    edit(loaded)
    stream = BytesIO()
    loaded.save(stream)
    return compile_chart(xml.decode().replace("Sheet1", sheet_name).encode(), stream.getvalue())


def table(labels: Any, *series: tuple[str, list[Any]]) -> dict[str, Any]:
    return {
        "categories": labels,
        "series": [{"name": name, "values": values} for name, values in series],
    }


def book_of(filled: FilledChart) -> Any:
    assert filled.workbook is not None
    return openpyxl.load_workbook(BytesIO(filled.workbook))


def cells_at(book: Any, reference: str) -> list[list[Any]]:
    """Return the cells behind a reference, as columns."""
    if "!" not in reference:
        reference = book.defined_names[reference].attr_text
    sheet, _, area = reference.rpartition("!")
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    rows = book[sheet.strip("'").replace("''", "'")].iter_rows(top, bottom, left, right)
    return [list(column) for column in zip(*([c.value for c in row] for row in rows), strict=True)]


def plain(value: Any, is_1904: bool = False) -> str | float | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return float(to_excel(value, CALENDAR_MAC_1904) if is_1904 else to_excel(value))
    return float(value) if isinstance(value, int | float) else str(value)


def cached(holder: Any, is_number: bool) -> list[Any]:
    """Return the cached values under an element, None for the gaps."""
    count = int(holder.find(f".//{C}ptCount").get("val"))
    points = {int(p.get("idx")): p.findtext(f"{C}v") for p in holder.iter(f"{C}pt")}
    assert len(points) == len(list(holder.iter(f"{C}pt")))
    assert all(0 <= index < count for index in points)
    return [float(points[i]) if is_number and i in points else points.get(i) for i in range(count)]


def check(filled: FilledChart) -> Any:
    """Check that caches equal cells and that numbers of series are unique; return the root."""
    root = etree.fromstring(filled.chart_xml)
    for tag in ("idx", "order"):
        numbers = [ser.find(f"{C}{tag}").get("val") for ser in root.iter(f"{C}ser")]
        assert len(numbers) == len(set(numbers))
    book = book_of(filled)
    for reference in root.iter(f"{C}numRef", f"{C}strRef"):
        is_number = reference.tag == f"{C}numRef"
        columns = cells_at(book, reference.findtext(f"{C}f"))
        cells = columns[0] if len(columns) == 1 else [column[0] for column in columns]
        assert [plain(v, book.epoch.year == 1904) for v in cells] == cached(reference, is_number)
    for reference in root.iter(f"{C}multiLvlStrRef"):
        columns = cells_at(book, reference.findtext(f"{C}f"))
        levels = reference.findall(f".//{C}lvl")
        assert len(levels) == len(columns)
        for column, level in zip(columns[::-1], levels, strict=True):
            points = {int(p.get("idx")): p.findtext(f"{C}v") for p in level.iter(f"{C}pt")}
            assert [plain(value) for value in column] == [points.get(i) for i in range(len(column))]
    return root


def put_back(chart: Any, filled: FilledChart) -> Any:
    """Return the chart of a saved deck that holds the filled chart."""
    from pptx.oxml import parse_xml

    chart.part._element = parse_xml(filled.chart_xml)
    if filled.workbook is not None:
        chart.part.chart_workbook.xlsx_part._blob = filled.workbook
    stream = BytesIO()
    chart.part.package.save(stream)
    slide = Presentation(BytesIO(stream.getvalue())).slides[0]
    return next(shape.chart for shape in slide.shapes if shape.has_chart)


def series_of(root: Any) -> list[Any]:
    return list(root.iter(f"{C}ser"))


def names_of(root: Any) -> list[str]:
    return [ser.findtext(f"{C}tx//{C}v") for ser in series_of(root)]


class TestCategoryCharts:
    @pytest.mark.parametrize("kind", CATEGORY_TYPES)
    @pytest.mark.parametrize("count", [1, 2, 4, 9])
    @pytest.mark.parametrize("series", [1, 3, 5])
    def test_grows_and_shrinks(self, kind: str, count: int, series: int) -> None:
        chart = drawn(kind, categories())
        labels = [f"Month {i}" for i in range(count)]
        rows = [(f"N{k}", [i + k / 4 for i in range(count)]) for k in range(series)]

        filled = form_of(chart).fill(table(labels, *rows))

        check(filled)
        again = put_back(chart, filled)
        assert [s.name for s in again.series] == [name for name, _ in rows]
        assert [list(s.values) for s in again.series] == [values for _, values in rows]
        assert list(again.plots[0].categories) == labels
        assert book_of(filled)["Sheet1"].max_row <= max(5, count + 1)

    def test_leaves_gaps_and_clears_stale_cells(self) -> None:
        filled = form_of(drawn("LINE", categories())).fill(table(["x", "y"], ("N", [None, 2])))

        check(filled)
        rows = list(book_of(filled)["Sheet1"].iter_rows(values_only=True))
        used = [[v for v in row if v is not None] for row in rows]
        assert used[:3] == [["N"], ["x"], ["y", 2]]
        assert not any(used[3:])

    def test_keeps_all_digits_of_a_decimal(self) -> None:
        value = Decimal("0.12345678901234567890")

        filled = form_of(drawn("LINE", categories())).fill(table(["x"], ("N", [value])))

        assert b"<c:v>0.12345678901234567890</c:v>" in filled.chart_xml

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "<&>", " a ", "_x0041_"])
    def test_writes_any_text_as_text(self, text: str) -> None:
        filled = form_of(drawn("LINE", categories())).fill(table([text], (text, [1])))

        sheet = book_of(filled)["Sheet1"]
        root = etree.fromstring(filled.chart_xml)
        assert sheet["B1"].data_type == sheet["A2"].data_type == "s"
        assert sheet["A2"].value.replace("_x005F_", "_") == text
        assert names_of(root) == [text]

    def test_numbers_as_categories_are_numbers(self) -> None:
        filled = form_of(drawn("LINE", categories())).fill(table([2023, 2024], ("N", [1, 2])))

        root = check(filled)
        assert root.find(f".//{C}cat/{C}numRef") is not None
        assert book_of(filled)["Sheet1"]["A3"].value == 2024

    def test_takes_a_chart_specification(self) -> None:
        spec = ChartSpec(
            "column", ("x", "y"), (Series("N", (Decimal("1.50"), None)),), alt_text="a"
        )

        root = check(form_of(drawn("COLUMN_CLUSTERED", categories())).fill(spec))

        assert names_of(root) == ["N"]
        assert [v.text for v in root.iterfind(f".//{C}val//{C}v")] == ["1.50"]

    def test_no_categories_at_all_leave_an_empty_chart(self) -> None:
        root = check(form_of(drawn("LINE", categories())).fill(table([], ("N", []))))

        assert not list(root.iterfind(f".//{C}val//{C}pt"))

    def test_series_in_rows_grow_and_shrink(self) -> None:
        def turn(book: Any) -> None:
            sheet = book["Sheet1"]
            rows = list(zip(*sheet.iter_rows(values_only=True), strict=True))
            sheet.delete_rows(1, 10)
            for row in rows:
                sheet.append(row)

        chart = drawn("LINE", categories())
        turned = re.sub(
            r"Sheet1!\$([A-D])\$(\d)(?::\$[A-D]\$(\d))?",
            lambda m: (
                f"Sheet1!${'ABCDE'[int(m[2]) - 1]}${ord(m[1]) - 64}"
                + (f":${'ABCDE'[int(m[3]) - 1]}${ord(m[1]) - 64}" if m[3] else "")
            ),
            chart.part.blob.decode(),
        )
        _, book = parts_of(chart)
        loaded = openpyxl.load_workbook(BytesIO(book))
        turn(loaded)
        stream = BytesIO()
        loaded.save(stream)
        form = compile_chart(turned.encode(), stream.getvalue())

        wide = form.fill(table(list("pqrstu"), *((f"N{i}", [i] * 6) for i in range(4))))
        small = form.fill(table(["p"], ("N", [7])))

        root = check(wide)
        found = [f.text for f in root.iterfind(f".//{C}val//{C}f")]
        assert found == [f"Sheet1!$B${i}:$G${i}" for i in (2, 3, 4, 5)]
        check(small)
        sheet = book_of(small)["Sheet1"]
        values = {c.coordinate: c.value for row in sheet for c in row if c.value is not None}
        assert values == {"B1": "p", "A2": "N", "B2": 7}


class TestTheLookOfSeries:
    @staticmethod
    def colored(chart: Any, *colors: str) -> str:
        xml = chart.part.blob.decode()
        for color in colors:
            look = f"<c:spPr><a:solidFill>{color}</a:solidFill></c:spPr>"
            xml = xml.replace("</c:tx><c:cat", f"</c:tx>{look}<c:cat", 1)
        return xml

    def test_follows_the_name_of_a_series(self) -> None:
        chart = drawn("COLUMN_CLUSTERED", categories())
        xml = self.colored(chart, '<a:srgbClr val="FF0000"/>', '<a:srgbClr val="00FF00"/>')
        form = compile_chart(xml.encode(), parts_of(chart)[1])

        root = check(form.fill(table(["x"], ("Two", [1]), ("Other", [2]))))

        colors = [ser.find(f".//{A}srgbClr").get("val") for ser in series_of(root)]
        assert names_of(root) == ["Two", "Other"]
        assert colors == ["00FF00", "FF0000"]

    def test_new_series_take_the_next_accents(self) -> None:
        chart = drawn("COLUMN_CLUSTERED", categories())
        accents = [f'<a:schemeClr val="accent{i}"/>' for i in (1, 2, 3)]
        form = compile_chart(self.colored(chart, *accents).encode(), parts_of(chart)[1])

        root = check(form.fill(table(["x"], *((f"N{i}", [i]) for i in range(8)))))

        colors = [ser.find(f"{C}spPr//{A}schemeClr") for ser in series_of(root)]
        assert [c.get("val")[-1] for c in colors] == ["1", "2", "3", "4", "5", "6", "1", "2"]
        assert [len(c) for c in colors] == [0] * 6 + [1, 1]

    def test_a_fixed_colour_is_not_copied_to_new_series(self) -> None:
        chart = drawn("COLUMN_CLUSTERED", categories("One"))
        xml = self.colored(chart, '<a:srgbClr val="FF0000"/>')
        form = compile_chart(xml.encode(), parts_of(chart)[1])

        root = check(form.fill(table(["x"], ("One", [1]), ("Two", [2]))))

        old, new = series_of(root)
        assert old.find(f".//{A}srgbClr").get("val") == "FF0000"
        assert new.find(f".//{A}srgbClr") is None
        assert new.find(f".//{A}schemeClr").get("val") == "accent2"

    def test_points_past_the_end_lose_their_colours_and_labels(self) -> None:
        points = "".join(
            f'<c:dPt><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>'
            f'<a:solidFill><a:srgbClr val="00000{i}"/></a:solidFill></c:spPr></c:dPt>'
            for i in (0, 3)
        )
        labels = "".join(f'<c:dLbl><c:idx val="{i}"/><c:delete val="1"/></c:dLbl>' for i in (1, 2))
        shown = "".join(
            f'<c:show{what} val="1"/>'
            for what in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
        )
        chart = drawn("COLUMN_CLUSTERED", categories("One"))
        xml = chart.part.blob.decode().replace(
            "<c:cat>", f"{points}<c:dLbls>{labels}{shown}</c:dLbls><c:cat>", 1
        )
        form = compile_chart(xml.encode(), parts_of(chart)[1])

        small = check(form.fill(table(["x", "y"], ("One", [1, 2]), ("New", [3, 4]))))
        large = check(form.fill(table(list("uvwxyz"), ("One", [1] * 6))))

        kept, new = series_of(small)
        assert [e.find(f"{C}idx").get("val") for e in kept.iter(f"{C}dPt", f"{C}dLbl")] == [
            "0", "1"]  # fmt: skip
        assert not list(new.iter(f"{C}dPt", f"{C}dLbl"))
        assert new.find(f"{C}dLbls/{C}showVal") is not None
        assert len(list(large.iter(f"{C}dPt"))) == len(list(large.iter(f"{C}dLbl"))) == 2

    def test_more_slices_of_a_pie_look_like_those_that_are_there(self) -> None:
        points = "".join(
            f'<c:dPt><c:idx val="{i}"/><c:bubble3D val="0"/><c:spPr><a:solidFill><a:schemeClr '
            f'val="accent{i + 1}"/></a:solidFill><a:ln w="19050"><a:solidFill><a:schemeClr '
            'val="bg1"/></a:solidFill></a:ln></c:spPr></c:dPt>'
            for i in range(4)
        )
        chart = drawn("PIE", categories("One"))
        xml = chart.part.blob.decode().replace("<c:cat>", f"{points}<c:cat>", 1)
        form = compile_chart(xml.encode(), parts_of(chart)[1])

        root = check(form.fill(table(list("abcdefg"), ("One", [1] * 7))))

        found = root.findall(f".//{C}dPt")
        fills = [p.find(f"{C}spPr/{A}solidFill/{A}schemeClr").get("val") for p in found]
        assert fills == [f"accent{i}" for i in (1, 2, 3, 4, 5, 6, 1)]
        assert [p.find(f"{C}idx").get("val") for p in found] == [str(i) for i in range(7)]
        assert all(p.find(f".//{A}ln") is not None for p in found)

    def test_formats_trend_lines_error_bars_and_axes_stay(self) -> None:
        extra = (
            '<c:trendline><c:name>T</c:name><c:trendlineType val="linear"/><c:dispRSqr val="0"/>'
            '<c:dispEq val="0"/></c:trendline><c:errBars><c:errBarType val="both"/>'
            '<c:errValType val="percentage"/><c:noEndCap val="0"/><c:val val="5"/></c:errBars>'
        )
        chart = drawn("COLUMN_CLUSTERED", categories("One"))
        xml = chart.part.blob.decode().replace("<c:cat>", f"{extra}<c:cat>")
        xml = xml.replace("General", '0.0"%"').replace("<c:scaling/>",
            '<c:scaling><c:orientation val="minMax"/><c:max val="9"/></c:scaling>')  # fmt: skip
        form = compile_chart(xml.encode(), parts_of(chart)[1])

        root = check(form.fill(table(["x"], ("A", [1]), ("B", [2]))))

        codes = [e.text for e in root.iterfind(f".//{C}val//{C}formatCode")]
        assert codes == ['0.0"%"'] * 2
        assert len(list(root.iter(f"{C}trendline"))) == len(list(root.iter(f"{C}errBars"))) == 2
        assert [e.text for e in root.iter(f"{C}name")] == ["T"]
        assert root.find(f".//{C}max").get("val") == "9"

    def test_legend_entries_follow_the_series(self) -> None:
        chart = drawn("COLUMN_CLUSTERED", categories())
        entries = "".join(
            f'<c:legendEntry><c:idx val="{i}"/><c:delete val="1"/></c:legendEntry>' for i in (1, 2)
        )
        legend = f'<c:legend><c:legendPos val="b"/>{entries}</c:legend></c:chart>'
        xml = re.sub(r"(<c:dispBlanksAs[^>]*>)?</c:chart>", legend, chart.part.blob.decode())

        root = check(
            compile_chart(xml.encode(), parts_of(chart)[1]).fill(
                table(["x"], ("A", [1]), ("B", [2]))
            )
        )

        found = root.findall(f".//{C}legendEntry/{C}idx")
        assert [e.get("val") for e in found] == ["1"]

    def test_a_title_that_shows_the_name_of_a_series_follows_it(self) -> None:
        title = (
            "<c:title><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f><c:strCache><c:ptCount "
            'val="1"/><c:pt idx="0"><c:v>One</c:v></c:pt></c:strCache></c:strRef></c:tx>'
            '<c:overlay val="0"/></c:title>'
        )
        chart = drawn("LINE", categories("One"))
        xml = chart.part.blob.decode().replace("<c:autoT", f"{title}<c:autoT", 1)

        root = check(
            compile_chart(xml.encode(), parts_of(chart)[1]).fill(table(["x"], ("New", [1])))
        )

        assert root.findtext(f".//{C}title//{C}v") == "New"


class TestLabels:
    SHOWN = "".join(
        f'<c:show{what} val="{int(what == "Val")}"/>'
        for what in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    LOOK = (
        '<c:numFmt formatCode="0.0" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr><c:txPr>'
        '<a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1400" b="1"/></a:pPr>'
        '<a:endParaRPr lang="en-US"/></a:p></c:txPr><c:dLblPos val="outEnd"/>'
    )
    OWN = '<c:dLbl><c:idx val="1"/><c:delete val="1"/></c:dLbl>'

    def form(self, *, of_group: bool) -> ChartForm:
        chart = drawn("COLUMN_CLUSTERED", categories("One"))
        own = "" if of_group else self.OWN
        labels = f"<c:dLbls>{own}{self.LOOK}{self.SHOWN}</c:dLbls>"
        place = ("</c:ser>", f"</c:ser>{labels}") if of_group else ("<c:cat>", f"{labels}<c:cat>")
        xml = chart.part.blob.decode().replace(*place, 1)
        return compile_chart(xml.encode(), parts_of(chart)[1])

    def data(self) -> dict[str, Any]:
        data = table(list("abcd"), ("One", [1, 2, 3, None]), ("Two", [1, 2, 3, 4]))
        data["series"][0]["labels"] = ["> 1 & <b>", "two", None, "four"]
        return data

    @pytest.mark.parametrize("of_group", [False, True])
    def test_texts_are_printed_in_the_look_of_the_labels(self, of_group: bool) -> None:
        root = check(self.form(of_group=of_group).fill(self.data()))

        first, second = (series.findall(f"{C}dLbls/{C}dLbl") for series in series_of(root))
        texts = {e.find(f"{C}idx").get("val"): e.findtext(f".//{A}t") for e in first}
        assert texts == {"0": "> 1 & <b>", "1": "two" if of_group else None}
        assert first[0].find(f"{C}tx//{A}rPr").get("sz") == "1400"
        assert first[0].find(f"{C}dLblPos").get("val") == "outEnd"
        assert second == []

    @pytest.mark.parametrize("of_group", [False, True])
    def test_without_texts_the_values_are_printed(self, of_group: bool) -> None:
        root = check(self.form(of_group=of_group).fill(table(list("ab"), ("One", [1, 2]))))

        labels = list(root.iter(f"{C}dLbl"))
        assert [e.find(f"{C}delete") is not None for e in labels] == ([] if of_group else [True])
        assert len(list(root.iter(f"{C}dLbls"))) == 1

    def test_texts_of_a_chart_specification(self) -> None:
        series = Series("One", (Decimal(40),), ("> 40%",))
        spec = ChartSpec("column", ("x",), (series,), alt_text="a")

        root = check(self.form(of_group=False).fill(spec))

        assert [e.text for e in root.iter(f"{A}t")] == ["> 40%"]

    def test_are_not_shown_where_the_author_shows_none(self) -> None:
        form = form_of(drawn("COLUMN_CLUSTERED", categories("One")))

        assert b"dLbl" not in form.fill(self.data()).chart_xml

    @pytest.mark.parametrize(
        ("labels", "error", "place"),
        [(["a"], SeriesLengthError, 'series "One"'),
         (["a", 2], ValueTypeError, 'series "One", label 2')],
    )  # fmt: skip
    def test_wrong_ones_are_refused(
        self, labels: list[Any], error: type[ReportError], place: str
    ) -> None:
        data = table(list("ab"), ("One", [1, 2]))
        data["series"][0]["labels"] = labels

        with pytest.raises(error) as caught:
            self.form(of_group=False).fill(data)

        assert str(caught.value.where) == place


def combo() -> tuple[bytes, bytes]:
    """Return columns "Sales" and "Cost" with a line "Margin" on a second axis."""
    chart = drawn("COLUMN_CLUSTERED", categories("Sales", "Cost", "Margin"))
    root = etree.fromstring(chart.part.blob)
    plot = root.find(f".//{C}plotArea")
    bars = plot.find(f"{C}barChart")
    third = bars.findall(f"{C}ser")[2]
    bars.remove(third)
    for odd in third.findall(f"{C}invertIfNegative"):
        third.remove(odd)
    line = etree.fromstring(
        f'<c:lineChart {NS}><c:grouping val="standard"/><c:varyColors val="0"/><c:axId val="7"/>'
        '<c:axId val="8"/></c:lineChart>'
    )
    line.insert(2, third)
    bars.addnext(line)
    axes = etree.fromstring(
        f'<c:x {NS}><c:valAx><c:axId val="8"/><c:scaling><c:orientation val="minMax"/>'
        '</c:scaling><c:delete val="0"/><c:axPos val="r"/><c:numFmt formatCode="0%" '
        'sourceLinked="0"/><c:crossAx val="7"/><c:crosses val="max"/></c:valAx><c:catAx>'
        '<c:axId val="7"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="1"/>'
        '<c:axPos val="b"/><c:crossAx val="8"/><c:crosses val="autoZero"/></c:catAx></c:x>'
    )
    for axis in list(axes):
        plot.append(axis)
    etree.cleanup_namespaces(root)
    return etree.tostring(root), parts_of(chart)[1]


class TestCombinedCharts:
    def groups(self, filled: FilledChart) -> dict[str, list[str]]:
        root = check(filled)
        return {
            str(g.tag).removeprefix(C): [s.findtext(f"{C}tx//{C}v") for s in g.iter(f"{C}ser")]
            for g in root.find(f".//{C}plotArea")
            if str(g.tag).endswith("Chart")
        }

    def test_series_find_their_group_by_name(self) -> None:
        data = table(["x"], ("Margin", [1]), ("Sales", [2]), ("Cost", [3]))

        assert self.groups(compile_chart(*combo()).fill(data)) == {
            "barChart": ["Sales", "Cost"], "lineChart": ["Margin"]}  # fmt: skip

    def test_else_by_their_order(self) -> None:
        data = table(["x"], ("P", [1]), ("Q", [2]), ("R", [3]), ("S", [4]))

        assert self.groups(compile_chart(*combo()).fill(data)) == {
            "barChart": ["P", "Q"], "lineChart": ["R", "S"]}  # fmt: skip

    def test_a_new_series_stays_in_the_group_of_the_one_before(self) -> None:
        data = table(["x"], ("Sales", [1]), ("Cost", [2]), ("Tax", [3]), ("Margin", [4]))

        assert self.groups(compile_chart(*combo()).fill(data)) == {
            "barChart": ["Sales", "Cost", "Tax"], "lineChart": ["Margin"]}  # fmt: skip

    def test_a_group_without_series_goes_with_its_axes(self) -> None:
        filled = compile_chart(*combo()).fill(table(["x"], ("Sales", [1]), ("Cost", [2])))

        root = check(filled)
        assert root.find(f".//{C}lineChart") is None
        assert [e.find(f"{C}axId").get("val") for e in root.iter(f"{C}catAx", f"{C}valAx")] == [
            e.get("val") for e in root.find(f".//{C}barChart").iter(f"{C}axId")
        ]


class TestScatterAndBubble:
    def shared(self) -> ChartForm:
        """Return a scatter as Office draws it: one column of positions for all series."""
        chart = drawn("LINE", categories("One", "Two", labels=[1, 2, 3]))
        xml = chart.part.blob.decode()
        for old, new in (("c:cat>", "c:xVal>"), ("c:val>", "c:yVal>")):
            xml = xml.replace(old, new)
        xml = re.sub(r"<c:grouping[^>]*>", '<c:scatterStyle val="lineMarker"/>', xml)
        xml = re.sub(r"(</?c:)catAx", r"\1valAx", xml)
        xml = re.sub(r"<c:(auto|lblAlgn|lblOffset|noMultiLvlLbl) [^>]*>", "", xml)
        return compile_chart(xml.replace("lineChart", "scatterChart").encode(), parts_of(chart)[1])

    def test_positions_that_are_alike_stay_one_column(self) -> None:
        points = [[1, 5], [2.5, 6], [3, 7], [4, 8]]
        data = {"series": [{"name": f"N{i}", "points": points} for i in range(3)]}

        root = check(self.shared().fill(data))

        assert {f.text for f in root.iterfind(f".//{C}xVal//{C}f")} == {"Sheet1!$A$2:$A$5"}
        assert len({f.text for f in root.iterfind(f".//{C}yVal//{C}f")}) == 3

    def test_positions_that_differ_get_columns_of_their_own(self) -> None:
        data = {
            "series": [
                {"name": "One", "points": [[1, 5], [2, 6]]},
                {"name": "Two", "points": [[7, 5], [8, 6], [9, None]]},
            ]
        }

        filled = self.shared().fill(data)

        root = check(filled)
        positions = [cached(e, True) for e in root.iter(f"{C}xVal")]
        assert positions == [[1, 2], [7, 8, 9]]

    def test_categories_can_be_positions(self) -> None:
        root = check(self.shared().fill(table([10, 20], ("N", [1, 2]))))

        assert cached(root.find(f".//{C}xVal"), True) == [10, 20]

    @pytest.mark.parametrize("counts", [(1, 1), (3, 3), (6, 2), (2, 6, 4), (9,)])
    def test_series_below_each_other_make_room(self, counts: tuple[int, ...]) -> None:
        data = XyChartData()
        for name in ("One", "Two"):
            series = data.add_series(name)
            for i in range(3):
                series.add_data_point(i, i + 0.5)
        chart = drawn("XY_SCATTER", data)
        given = [
            {"name": f"N{k}", "points": [[i * 1.5 + k, i] for i in range(n)]}
            for k, n in enumerate(counts)
        ]

        filled = form_of(chart).fill({"series": given})

        root = check(filled)
        again = put_back(chart, filled)
        assert [s.name for s in again.series] == [s["name"] for s in given]
        for element, series in zip(series_of(root), given, strict=True):
            xs, ys = cached(element.find(f"{C}xVal"), True), cached(element.find(f"{C}yVal"), True)
            assert [[x, y] for x, y in zip(xs, ys, strict=True)] == series["points"]

    @pytest.mark.parametrize("counts", [(1,), (5, 2), (2, 2, 2)])
    def test_bubbles(self, counts: tuple[int, ...]) -> None:
        data = BubbleChartData()
        for name in ("One", "Two"):
            series = data.add_series(name)
            for i in range(3):
                series.add_data_point(i, i + 0.5, i + 1)
        chart = drawn("BUBBLE", data)
        given = [
            {"name": f"N{k}", "points": [[i, i * 2 + k, i + 1] for i in range(n)]}
            for k, n in enumerate(counts)
        ]

        filled = form_of(chart).fill({"series": given})

        root = check(filled)
        for element, series in zip(series_of(root), given, strict=True):
            columns = [
                cached(element.find(f"{C}{t}"), True) for t in ("xVal", "yVal", "bubbleSize")
            ]
            assert [list(point) for point in zip(*columns, strict=True)] == series["points"]
        assert put_back(chart, filled).chart_type == XL_CHART_TYPE.BUBBLE


class TestDaysAndLevels:
    def test_days_on_a_date_axis(self) -> None:
        chart = drawn("LINE", categories("One", labels=[date(2024, 1, i) for i in range(1, 5)]))
        days = [date(2025, 3, 1), date(2025, 4, 1)]

        filled = form_of(chart).fill(table(days, ("One", [1, 2])))

        root = check(filled)
        assert cached(root.find(f".//{C}cat"), True) == [45717.0, 45748.0]
        assert root.find(f".//{C}dateAx") is not None
        sheet = book_of(filled)["Sheet1"]
        assert [sheet["A2"].value, sheet["A3"].value] == [
            datetime(2025, 3, 1), datetime(2025, 4, 1)]  # fmt: skip

    def test_texts_on_an_axis_that_is_fixed_to_days_are_refused(self) -> None:
        chart = drawn("LINE", categories("One", labels=[date(2024, 1, i) for i in range(1, 5)]))
        form = form_of(chart, lambda xml: re.sub('<c:auto val="."/>', '<c:auto val="0"/>', xml))

        with pytest.raises(ValueTypeError) as caught:
            form.fill(table([date(2025, 1, 1), "May"], ("One", [1, 2])))

        assert caught.value.message == 'the axis shows days, and "May" is none'
        assert str(caught.value.where) == "category 2"

    def test_days_where_the_template_had_texts(self) -> None:
        chart = drawn("LINE", categories("One"))

        filled = form_of(chart).fill(table([date(2025, 3, 1)], ("One", [1])))

        root = check(filled)
        assert root.findtext(f".//{C}cat//{C}formatCode") == "m/d/yyyy"
        assert book_of(filled)["Sheet1"]["A2"].value == datetime(2025, 3, 1)

    def test_days_counted_from_1904(self) -> None:
        def count(book: Any) -> None:
            book.epoch = CALENDAR_MAC_1904

        form = in_book(drawn("LINE", categories("One")), count)

        filled = form.fill(table([date(2025, 3, 1)], ("One", [datetime(1904, 1, 2, 12)])))

        root = check(filled)
        assert cached(root.find(f".//{C}cat"), True) == [44255.0]
        assert cached(root.find(f".//{C}val"), True) == [1.5]
        assert root.find(f"{C}date1904").get("val") == "1"

    @pytest.mark.parametrize(
        ("day", "serial"),
        [(date(1900, 1, 1), 1), (date(1900, 2, 28), 59), (date(1900, 3, 1), 61)],
    )
    def test_the_leap_year_that_was_none(self, day: date, serial: int) -> None:
        filled = form_of(drawn("LINE", categories("One"))).fill(table([day], ("One", [1])))

        root = etree.fromstring(filled.chart_xml)
        assert cached(root.find(f".//{C}cat"), True) == [float(serial)]

    def levels(self) -> Any:
        data = CategoryChartData()
        for year in ("2023", "2024"):
            top = data.add_category(year)
            for quarter in ("Q1", "Q2"):
                top.add_sub_category(quarter)
        data.add_series("One", [1, 2, 3, 4])
        data.add_series("Two", [5, 6, 7, 8])
        return drawn("COLUMN_CLUSTERED", data)

    def test_levels_of_categories(self) -> None:
        chart = self.levels()
        labels = [("2025", "Q1"), ("2025", "Q2"), ("2025", "Q3"), ("2026", "Q1"), ("2026", "Q2")]

        filled = form_of(chart).fill(table(labels, ("One", [1, 2, 3, 4, 5])))

        check(filled)
        again = put_back(chart, filled)
        assert list(again.plots[0].categories.flattened_labels) == labels
        column = [c.value for c in book_of(filled)["Sheet1"]["A"]]
        assert column[:6] == [None, "2025", None, None, "2026", None]

    def test_one_level_where_there_were_two(self) -> None:
        filled = form_of(self.levels()).fill(table(["x", "y"], ("One", [1, 2])))

        root = check(filled)
        assert root.findtext(f".//{C}cat//{C}f") == "Sheet1!$B$2:$B$3"
        assert book_of(filled)["Sheet1"]["A2"].value is None

    def test_more_levels_than_the_chart_has_are_refused(self) -> None:
        with pytest.raises(ChartError, match="2 levels, but the chart shows 1"):
            form_of(drawn("LINE", categories())).fill(table([("a", "b")], ("N", [1])))


NUMBERS = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=3),
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=12
).filter(lambda text: "_x" not in text)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    labels = draw(st.lists(TEXTS, max_size=9))
    names = draw(st.lists(TEXTS, min_size=1, max_size=6))
    size = len(labels)
    rows = [(name, draw(st.lists(NUMBERS, min_size=size, max_size=size))) for name in names]
    return table(labels, *rows)


FORM = compile_chart(*parts_of(drawn("LINE", categories())))


@settings(deadline=None)
@given(tables())
def test_caches_cells_and_data_are_one(data: dict[str, Any]) -> None:
    root = check(FORM.fill(data))

    assert names_of(root) == [series["name"] for series in data["series"]]
    for element, series in zip(series_of(root), data["series"], strict=True):
        values = [None if v is None else float(v) for v in series["values"]]
        assert cached(element.find(f"{C}val"), True) == (values or [None])
        labels = cached(element.find(f"{C}cat"), False)
        assert labels == (data["categories"] or [None])


@settings(deadline=None, max_examples=40)
@given(tables(), tables())
def test_what_is_filled_is_a_template_again(first: dict[str, Any], second: dict[str, Any]) -> None:
    once = FORM.fill(first)
    assert once.workbook is not None

    form = compile_chart(once.chart_xml, once.workbook)

    check(form.fill(second))
    root = check(form.fill(first))
    assert names_of(root) == [series["name"] for series in first["series"]]


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(["XY_SCATTER", "BUBBLE"]))
def test_points_cells_and_data_are_one(data: st.DataObject, kind: str) -> None:
    size = 3 if kind == "BUBBLE" else 2
    number = st.integers(-9, 9)
    points = st.lists(st.lists(number, min_size=size, max_size=size), max_size=6)
    given_series = data.draw(st.lists(st.tuples(TEXTS, points), min_size=1, max_size=5))
    rows = [{"name": name, "points": found} for name, found in given_series]

    root = check(POINTS[kind].fill({"series": rows}))

    assert names_of(root) == [row["name"] for row in rows]
    for element, row in zip(series_of(root), rows, strict=True):
        tags = ("xVal", "yVal", "bubbleSize")[:size]
        columns = [cached(element.find(f"{C}{tag}"), True) for tag in tags]
        found = [list(point) for point in zip(*columns, strict=True)]
        assert found == (row["points"] or [[None] * size])


def stacked(kind: str) -> ChartForm:
    """Return a chart whose series stand below each other, as python-pptx writes them."""
    data = BubbleChartData() if kind == "BUBBLE" else XyChartData()
    for name in ("One", "Two"):
        series = data.add_series(name)
        for i in range(3):
            series.add_data_point(*([i, i + 0.5, i + 1] if kind == "BUBBLE" else [i, i + 0.5]))
    return form_of(drawn(kind, data))


POINTS = {kind: stacked(kind) for kind in ("XY_SCATTER", "BUBBLE")}


class TestBadData:
    form = FORM

    @pytest.mark.parametrize(
        ("data", "error", "message", "place"),
        [
            (table(["a", "b"], ("N", [1])), SeriesLengthError, "1 values for 2 categories",
             'series "N"'),
            (table(["a", "b"], ("N", [1, "n/a"])), ValueTypeError, '"n/a" is not a number',
             'series "N", value 2'),
            (table(["a"], ("N", [True])), ValueTypeError, "True is not a number",
             'series "N", value 1'),
            (table(["a"], ("N", [float("nan")])), ValueTypeError, "nan is not a number",
             'series "N", value 1'),
            (table(["a"], ("N", [Decimal("Infinity")])), ValueTypeError, "not a number",
             'series "N", value 1'),
            (table(["a", {}], ("N", [1, 2])), ValueTypeError, "{} is no label", "category 2"),
            ({"kind": "colum", **table(["a"], ("N", [1]))}, UnsupportedChartError,
             'no chart of the kind "colum"', ""),
            ({"categories": ["a"]}, ChartError, "have no series", ""),
            ({"categories": ["a"], "series": []}, ChartError, "have no series", ""),
            ({"series": [{"name": "N", "values": [1]}]}, ChartError, "have no categories", ""),
            ({"categories": ["a"], "series": [{"values": [1]}]}, ChartError, "has no name",
             "series 1"),
            ({"categories": ["a"], "series": [{"name": "N"}]}, ChartError, "has no values",
             'series "N"'),
            ({"categories": ["a"], "series": [{"name": "N", "points": [[1, 2]]}]}, ChartError,
             "has points", 'series "N"'),
            (table([("a", "b"), ("a",)], ("N", [1, 2])), SeriesLengthError,
             "another number of levels", "category 2"),
            (7, ChartError, "cannot be filled with 7", ""),
            (table(["a", "b" * 32_768], ("N", [1, 2])), ValueTypeError, "a cell holds 32,767",
             "category 2"),
        ],
    )  # fmt: skip
    def test_is_told_in_one_error(
        self, data: Any, error: type[ReportError], message: str, place: str
    ) -> None:
        with pytest.raises(error) as caught:
            self.form.fill(data)

        assert message in caught.value.message
        assert str(caught.value.where or "") == place

    def test_all_faults_at_once(self) -> None:
        with pytest.raises(ReportError) as caught:
            self.form.fill(table(["a", "b"], ("N", ["x", 1]), ("M", [1]), ("O", [1, "y"])))

        assert [str(p.where) for p in caught.value.problems] == [
            'series "N", value 1', 'series "M"', 'series "O", value 2']  # fmt: skip

    def test_an_unknown_kind_has_a_hint(self) -> None:
        with pytest.raises(UnsupportedChartError) as caught:
            self.form.fill({"kind": "colum", "series": []})

        assert caught.value.hint == 'did you mean "column"?'

    def test_points_of_the_wrong_size(self) -> None:
        form = TestScatterAndBubble().shared()

        with pytest.raises(SeriesLengthError) as caught:
            form.fill({"series": [{"name": "N", "points": [[1, 2], [3]]}]})
        with pytest.raises(ChartError, match=r"shows points as \[x, y\]"):
            form.fill({"series": [{"name": "N", "points": [[1, 2, 3]]}]})
        with pytest.raises(ValueTypeError) as text:
            form.fill({"series": [{"name": "N", "points": [["a", 2]]}]})

        assert str(caught.value.where) == 'series "N", point 2'
        assert str(text.value.where) == 'series "N", position 1'


class TestTheForm:
    def test_can_be_pickled(self) -> None:
        data = table(["x"], ("N", [1]))

        assert pickle.loads(pickle.dumps(FORM)).fill(data) == FORM.fill(data)

    def test_can_be_used_from_many_threads(self) -> None:
        datas = [table([str(i)] * (i % 7), ("N", [i] * (i % 7))) for i in range(60)]
        alone = [FORM.fill(data) for data in datas]

        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(FORM.fill, datas))

        assert together == alone

    def test_a_chart_without_a_workbook_is_filled_alone(self) -> None:
        xml, _ = parts_of(drawn("LINE", categories()))

        filled = compile_chart(xml, None).fill(table(["x"], ("N", [1])))

        root = etree.fromstring(filled.chart_xml)
        assert filled.workbook is None
        assert root.find(f"{C}externalData") is None
        assert root.findtext(f".//{C}val//{C}f") == "Sheet1!$B$2"

    def test_values_without_cells_stay_without(self) -> None:
        pattern = rb"<c:numRef><c:f>[^<]*</c:f><c:numCache>(.*?)</c:numCache></c:numRef>"
        drawn_xml, _ = parts_of(drawn("LINE", categories()))
        xml = re.sub(pattern, rb"<c:numLit>\1</c:numLit>", drawn_xml)

        filled = compile_chart(xml, None).fill(table(["x"], ("N", [5])))

        root = etree.fromstring(filled.chart_xml)
        assert root.findtext(f".//{C}val/{C}numLit//{C}v") == "5"

    def test_values_without_cells_leave_the_workbook_alone(self) -> None:
        xml, book = parts_of(drawn("LINE", categories()))
        for kind in (b"num", b"str"):
            pattern = b"<c:%sRef><c:f>[^<]*</c:f><c:%sCache>(.*?)</c:%sCache></c:%sRef>"
            xml = re.sub(pattern % ((kind,) * 4), rb"<c:%sLit>\1</c:%sLit>" % (kind, kind), xml)
        xml = re.sub(b"<c:tx><c:strLit>.*?</c:tx>", b"<c:tx><c:v>One</c:v></c:tx>", xml)

        filled = compile_chart(xml, book).fill(table(["x"], ("N", [5])))

        assert b"<c:f>" not in filled.chart_xml
        assert book_of(filled)["Sheet1"]["B1"].value == "One"

    def test_a_chart_of_a_newer_kind_is_refused(self) -> None:
        xml = (
            b'<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"/>'
        )

        with pytest.raises(UnsupportedChartError, match="draws in another way"):
            compile_chart(xml, None)

    def test_data_that_are_no_range_are_refused(self) -> None:
        xml, book = parts_of(drawn("LINE", categories()))

        with pytest.raises(UnsupportedChartError, match="no range of cells"):
            compile_chart(xml.replace(b"Sheet1!$B$2:$B$5", b"(Sheet1!$B$2,Sheet1!$B$4)"), book)

    @pytest.mark.parametrize("area", ["$B$2:$C$5", "$B$1:$B$1048576"])
    def test_ranges_of_a_strange_shape_are_refused(self, area: str) -> None:
        xml, book = parts_of(drawn("LINE", categories()))

        with pytest.raises(UnsupportedChartError, match="takes"):
            compile_chart(re.sub(rb"\$[BCD]\$2:\$[BCD]\$5", area.encode(), xml), book)

    @pytest.mark.parametrize("book", [b"", b"PK", b"\xd0\xcf\x11\xe0 old", b"nothing"])
    def test_a_file_that_is_no_workbook_is_refused(self, book: bytes) -> None:
        with pytest.raises(ReportError):
            compile_chart(parts_of(drawn("LINE", categories()))[0], book)


class TestTypedLabels:
    @pytest.mark.parametrize(
        ("typed", "stays"),
        [("2", False), ("2.0 bn", False), ("Peak: 2", False), ("Peak", True), ("2024", True)],
    )
    def test_a_typed_value_gives_way_to_the_new_one(self, typed: str, stays: bool) -> None:
        deck = Presentation()
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        data = CategoryChartData()
        data.categories = ["a", "b"]
        data.add_series("S", (1, 2))
        chart = slide.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 0, 5_000_000, 3_000_000, data).chart
        frame = chart.plots[0].series[0].points[1].data_label.text_frame
        frame.text = typed
        frame.paragraphs[0].runs[0].font.bold = True
        part = chart.part
        form = compile_chart(part.blob, part.chart_workbook.xlsx_part.blob)

        filled = form.fill({"categories": ["a", "b"], "series": [{"name": "S", "values": [1, 9]}]})

        label = etree.fromstring(filled.chart_xml).find(f".//{C}dLbl")
        assert label is not None
        texts = [text.text for text in label.iter(f"{A}t")]
        assert texts == ([typed] if stays else [])
        bold = [e.get("b") for e in label.iter(f"{A}rPr", f"{A}defRPr") if e.get("b")]
        assert bold == ["1"], "the look of the typed text stays"
