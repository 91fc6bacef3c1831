"""What stays and what moves in the workbook of a chart that is filled anew."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from generator.charts.refill import compile_chart
from generator.errors import ChartError
from tests.unit.charts.test_refill import (
    C,
    book_of,
    categories,
    check,
    drawn,
    form_of,
    in_book,
    names_of,
    parts_of,
    table,
)

LARGE = table([f"M{i}" for i in range(7)], *((f"N{k}", [k] * 7) for k in range(4)))
SMALL = table(["x", "y"], ("N", [1, 2]))


def raw_part(workbook: bytes | None, name: str) -> str:
    assert workbook is not None
    return zipfile.ZipFile(BytesIO(workbook)).read(name).decode()


class TestWhatStays:
    def test_other_sheets_formats_and_formulas(self) -> None:
        def furnish(book: Any) -> None:
            sheet = book["Sheet1"]
            sheet["H1"] = "=SUM(B2:B5)"
            sheet["H2"] = "beside"
            sheet["B1"].font = Font(bold=True)
            sheet["C5"].number_format = "0.000"
            sheet["C5"].fill = PatternFill("solid", fgColor="FFFF00")
            other = book.create_sheet("Other")
            other["A1"] = "=Sheet1!B2"
            other["B2"] = "text"

        form = in_book(drawn("LINE", categories()), furnish)

        for data in (LARGE, SMALL):
            filled = form.fill(data)
            check(filled)
            book = book_of(filled)
            sheet = book["Sheet1"]
            assert sheet["H1"].value == "=SUM(B2:B5)"
            assert sheet["H2"].value == "beside"
            assert sheet["B1"].font.bold
            assert sheet["C5"].number_format == "0.000"
            assert book["Other"]["A1"].value == "=Sheet1!B2"
            assert book["Other"]["B2"].value == "text"
        assert book_of(form.fill(LARGE))["Sheet1"]["C8"].number_format == "0.000"
        assert book_of(form.fill(LARGE))["Sheet1"]["C8"].value == 1
        assert 'fullCalcOnLoad="1"' in raw_part(form.fill(LARGE).workbook, "xl/workbook.xml")

    def test_untouched_parts_are_the_same_bytes(self) -> None:
        xml, book = parts_of(drawn("LINE", categories()))
        before = zipfile.ZipFile(BytesIO(book))

        filled = compile_chart(xml, book).fill(LARGE)

        assert filled.workbook is not None
        after = zipfile.ZipFile(BytesIO(filled.workbook))
        assert sorted(after.namelist()) == sorted(before.namelist())
        changed = {n for n in before.namelist() if before.read(n) != after.read(n)}
        assert changed == {"xl/worksheets/sheet1.xml"}

    def test_names_with_spaces_and_quotes(self) -> None:
        def rename(book: Any) -> None:
            book["Sheet1"].title = "It's my data"

        form = in_book(drawn("LINE", categories()), rename, "'It''s my data'")

        root = check(form.fill(LARGE))
        assert root.findtext(f".//{C}val//{C}f") == "'It''s my data'!$B$2:$B$8"

    def test_new_series_leave_other_columns_alone(self) -> None:
        def furnish(book: Any) -> None:
            book["Sheet1"]["E3"] = "mine"

        filled = in_book(drawn("LINE", categories()), furnish).fill(LARGE)

        root = check(filled)
        assert book_of(filled)["Sheet1"]["E3"].value == "mine"
        assert [f.text for f in root.iterfind(f".//{C}val//{C}f")][-1] == "Sheet1!$F$2:$F$8"

    def test_a_note_below_the_data_steps_aside(self) -> None:
        def furnish(book: Any) -> None:
            book["Sheet1"]["D7"] = "To resize, drag the corner"

        form = in_book(drawn("LINE", categories()), furnish)

        check(form.fill(LARGE))
        values = [c.value for c in book_of(form.fill(LARGE))["Sheet1"]["D"]]
        assert values == ["N2", 2, 2, 2, 2, 2, 2, 2, None, "To resize, drag the corner"]
        assert book_of(form.fill(SMALL))["Sheet1"]["D7"].value == "To resize, drag the corner"

    def test_a_formula_below_the_data_is_never_written_over(self) -> None:
        def furnish(book: Any) -> None:
            book["Sheet1"]["B6"] = "=SUM(B2:B5)"

        form = in_book(drawn("LINE", categories()), furnish)

        assert book_of(form.fill(SMALL))["Sheet1"]["B6"].value == "=SUM(B2:B5)"
        with pytest.raises(ChartError) as caught:
            form.fill(LARGE)
        assert "cell B6 holds something" in caught.value.message
        assert "sheet Sheet1" in str(caught.value.where)
        assert caught.value.hint is not None

    def test_merged_cells_over_the_data_are_undone(self) -> None:
        def furnish(book: Any) -> None:
            book["Sheet1"].merge_cells("A2:A3")
            book["Sheet1"].merge_cells("H1:I1")

        filled = in_book(drawn("LINE", categories()), furnish).fill(LARGE)

        ranges = [str(r) for r in book_of(filled)["Sheet1"].merged_cells.ranges]
        assert ranges == ["H1:I1"]


class TestTables:
    def form(self, ref: str = "A1:D5", extra: tuple[str, ...] = ()) -> Any:
        def furnish(book: Any) -> None:
            sheet = book["Sheet1"]
            sheet["A1"] = "Month"
            for column, text in zip("EF", extra, strict=False):
                sheet[f"{column}1"] = text
            sheet.add_table(Table(displayName="Data", ref=ref))

        return in_book(drawn("COLUMN_CLUSTERED", categories()), furnish)

    @pytest.mark.parametrize(
        ("data", "ref", "names"),
        [
            (LARGE, "A1:E8", ["Month", "N0", "N1", "N2", "N3"]),
            (SMALL, "A1:B3", ["Month", "N"]),
        ],
    )
    def test_follow_the_data(self, data: Any, ref: str, names: list[str]) -> None:
        filled = self.form().fill(data)

        check(filled)
        sheet = book_of(filled)["Sheet1"]
        found = sheet.tables["Data"]
        assert found.ref == found.autoFilter.ref == ref
        assert [column.name for column in found.tableColumns] == names
        assert [cell.value for cell in sheet[ref][0]] == names
        ids = [column.id for column in found.tableColumns]
        assert len(ids) == len(set(ids))

    def test_columns_of_the_author_stay(self) -> None:
        filled = self.form("A1:E5", ("Remark",)).fill(SMALL)

        check(filled)
        sheet = book_of(filled)["Sheet1"]
        found = sheet.tables["Data"]
        assert found.ref == "A1:E3"
        names = [column.name for column in found.tableColumns]
        assert names == [cell.value for cell in sheet["A1:E1"][0]]
        assert (names[0], names[1], names[4]) == ("Month", "N", "Remark")
        assert len(set(names)) == 5

    def test_series_of_one_name_are_told_apart_in_the_cells_only(self) -> None:
        filled = self.form().fill(table(["x"], ("Same", [1]), ("same", [2]), ("", [3])))

        root = check(filled)
        sheet = book_of(filled)["Sheet1"]
        names = [column.name for column in sheet.tables["Data"].tableColumns]
        assert names == [cell.value for cell in sheet["A1:D1"][0]]
        assert names == ["Month", "Same", "same2", "Column"]
        assert names_of(root)[:2] == ["Same", "same"]

    @pytest.mark.parametrize("name", ["a<b>&c", 'with "quotes"', "two\nlines", "_x0041_"])
    def test_any_name_is_one_in_head_and_column(self, name: str) -> None:
        filled = self.form().fill(table(["x"], (name, [1])))

        assert filled.workbook is not None
        root = etree.fromstring(raw_part(filled.workbook, "xl/tables/table1.xml").encode())
        column = root.findall(".//{*}tableColumn")[1].get("name")
        shown = book_of(filled)["Sheet1"]["B1"].value
        assert column.replace("_x000a_", "\n") == shown


class TestDefinedNames:
    def form(self) -> Any:
        chart = drawn("LINE", categories())
        xml, book = parts_of(chart)
        loaded = openpyxl.load_workbook(BytesIO(book))
        loaded.create_sheet("Other")
        for name, area in (
            ("Values", "Sheet1!$B$2:$B$5"), ("Labels", "Sheet1!$A$2:$A$5"),
            ("Whole", "Sheet1!$A$1:$D$5"), ("Body", "Sheet1!$B$2:$D$5"),
            ("Elsewhere", "Other!$A$1:$D$5"), ("Beside", "Sheet1!$H$1"),
        ):  # fmt: skip
            loaded.defined_names[name] = DefinedName(name, attr_text=area)
        stream = BytesIO()
        loaded.save(stream)
        return compile_chart(xml.replace(b"Sheet1!$B$2:$B$5", b"Values"), stream.getvalue())

    @pytest.mark.parametrize(
        ("data", "last", "end"), [(LARGE, 8, "E"), (SMALL, 3, "B")], ids=["large", "small"]
    )
    def test_follow_the_data(self, data: Any, last: int, end: str) -> None:
        filled = self.form().fill(data)

        root = check(filled)
        names = {name: d.attr_text for name, d in book_of(filled).defined_names.items()}
        one = f"Sheet1!$B$2:$B${last}"
        assert names == {
            "Values": one, "Labels": f"Sheet1!$A$2:$A${last}",
            "Whole": f"Sheet1!$A$1:${end}${last}", "Body": f"Sheet1!$B$2:${end}${last}",
            "Elsewhere": "Other!$A$1:$D$5", "Beside": "Sheet1!$H$1",
        }  # fmt: skip
        assert root.findtext(f".//{C}val//{C}f") == "Values"


def with_chain(book: bytes, chain: str) -> bytes:
    """Return a workbook with formulas in B2 and H1, and their calculation chain."""
    loaded = openpyxl.load_workbook(BytesIO(book))
    loaded["Sheet1"]["B2"] = "=1+1"
    loaded["Sheet1"]["H1"] = "=1+2"
    stream = BytesIO()
    loaded.save(stream)
    out = BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "[Content_Types].xml":
                text = text.replace(b"</Types>", b'<Override PartName="/xl/calcChain.xml" '
                    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
                    b'calcChain+xml"/></Types>')  # fmt: skip
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace(b"</Relationships>", b'<Relationship Id="rId99" Type="http://'
                    b'schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" '
                    b'Target="calcChain.xml"/></Relationships>')  # fmt: skip
            new.writestr(name, text)
        new.writestr(
            "xl/calcChain.xml",
            '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"{chain}</calcChain>",
        )
    return out.getvalue()


class TestCalculationChain:
    def test_loses_the_cells_of_the_data(self) -> None:
        xml, book = parts_of(drawn("LINE", categories()))
        book = with_chain(book, '<c r="B2" i="1"/><c r="H1"/>')

        filled = compile_chart(xml, book).fill(LARGE)

        check(filled)
        root = etree.fromstring(raw_part(filled.workbook, "xl/calcChain.xml").encode())
        assert [(c.get("r"), c.get("i")) for c in root] == [("H1", "1")]
        assert book_of(filled)["Sheet1"]["B2"].value == 0

    def test_goes_when_nothing_is_left(self) -> None:
        xml, book = parts_of(drawn("LINE", categories()))

        filled = compile_chart(xml, with_chain(book, '<c r="B2" i="1"/>')).fill(LARGE)

        check(filled)
        assert filled.workbook is not None
        names = zipfile.ZipFile(BytesIO(filled.workbook)).namelist()
        assert "xl/calcChain.xml" not in names
        assert "calcChain" not in raw_part(filled.workbook, "[Content_Types].xml")
        assert "calcChain" not in raw_part(filled.workbook, "xl/_rels/workbook.xml.rels")


def test_a_thousand_rows_come_back_whole() -> None:
    rows = [(f"N{k}", [i + k / 8 for i in range(1000)]) for k in range(3)]
    form = form_of(drawn("LINE", categories(labels=[f"L{i}" for i in range(300)])))

    filled = form.fill(table([f"Row {i}" for i in range(1000)], *rows))

    check(filled)
    assert book_of(filled)["Sheet1"]["D1001"].value == 999.25


class TestUnusualPlaces:
    """Charts whose data do not stand in one neat block."""

    @staticmethod
    def form(edit: Any, furnish: Any = None) -> Any:
        xml, book = parts_of(drawn("LINE", categories()))
        if furnish is not None:
            loaded = openpyxl.load_workbook(BytesIO(book))
            furnish(loaded)
            stream = BytesIO()
            loaded.save(stream)
            book = stream.getvalue()
        return compile_chart(edit(xml.decode()).encode(), book)

    @staticmethod
    def check_all(form: Any) -> None:
        for data in (LARGE, SMALL, table([], ("N", []))):
            root = check(form.fill(data))
            assert names_of(root) == [series["name"] for series in data["series"]]
            for element in root.iter(f"{C}ser"):
                assert element.find(f"{C}cat") is not None

    def test_a_chart_without_categories_gets_a_column_for_them(self) -> None:
        self.check_all(self.form(lambda xml: re.sub("<c:cat>.*?</c:cat>", "", xml)))

    def test_a_series_without_a_name_gets_one(self) -> None:
        self.check_all(self.form(lambda xml: re.sub("<c:tx>.*?</c:tx>", "", xml)))

    def test_two_series_that_showed_the_same_cells(self) -> None:
        self.check_all(self.form(lambda xml: xml.replace("$C$", "$B$")))

    def test_series_with_categories_of_their_own(self) -> None:
        def furnish(book: Any) -> None:
            for row in range(2, 6):
                book["Sheet1"][f"H{row}"] = f"own {row}"

        form = self.form(
            lambda xml: xml[::-1].replace("$A$2:$A$5"[::-1], "$H$2:$H$5"[::-1], 1)[::-1], furnish
        )

        self.check_all(form)
        assert book_of(form.fill(SMALL))["Sheet1"]["H2"].value is None

    def test_categories_on_another_sheet(self) -> None:
        def furnish(book: Any) -> None:
            sheet = book.create_sheet("Labels & more")
            for row in range(2, 6):
                sheet[f"A{row}"] = f"own {row}"
            sheet["A9"] = "mine"

        form = self.form(
            lambda xml: xml.replace("Sheet1!$A$2:$A$5", "'Labels &amp; more'!$A$2:$A$5"), furnish
        )

        self.check_all(form)
        assert book_of(form.fill(SMALL))["Labels & more"]["A9"].value == "mine"

    def test_series_below_each_other(self) -> None:
        def furnish(book: Any) -> None:
            sheet = book["Sheet1"]
            sheet["B7"] = "Second"
            for row in range(8, 12):
                sheet[f"B{row}"] = row

        def edit(xml: str) -> str:
            return xml.replace("$C$2:$C$5", "$B$8:$B$11").replace("$C$1", "$B$7")

        form = self.form(edit, furnish)

        self.check_all(form)
        for count in range(9):
            rows = [(f"N{k}", [k] * count) for k in range(3)]
            check(form.fill(table([f"M{i}" for i in range(count)], *rows)))

    def test_series_that_share_the_cell_of_their_name(self) -> None:
        self.check_all(self.form(lambda xml: re.sub(r"\$[CD]\$1", "$B$1", xml)))

    def test_one_point(self) -> None:
        def furnish(book: Any) -> None:
            book["Sheet1"].delete_rows(3, 3)

        self.check_all(self.form(lambda xml: re.sub(r":\$([A-D])\$5", "", xml), furnish))
