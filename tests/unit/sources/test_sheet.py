"""Cells of workbooks as tables: places, headers, days, numbers, and cells that hold no value."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from generator.errors import DataError, Location, ReportError, SourceFormatError
from generator.model.dataset_definition import DatasetDefinition
from generator.sources.datasets import table_of
from generator.sources.typed import typed_dataset
from tests.support.workbooks import FIGURES, with_cell, workbook_bytes

WHERE = Location("report.yaml", ('dataset "t"',), 3)


def read(data, **definition):
    entry = DatasetDefinition.model_validate({"file": "t.xlsx", **definition})
    raw = table_of(data, "t.xlsx", "xlsx", entry, WHERE)
    return typed_dataset("t", raw, entry, "report.yaml", 3)


def problems(data, **definition):
    with pytest.raises(ReportError) as caught:
        read(data, **definition)
    return [str(problem) for problem in caught.value.problems]


def with_names(book):
    page = book.active
    page.insert_rows(1, 2)
    page.insert_cols(1)
    book.defined_names["figures"] = DefinedName("figures", attr_text="Sheet1!$B$3:$D$5")
    book.defined_names["five"] = DefinedName("five", attr_text="5")
    page.add_table(Table(displayName="Regions", ref="B3:E7"))
    book.create_sheet("It's 2").append(["a"])


NAMED = workbook_bytes(edit=with_names)
MERGED = (
    ("地区", "2024年", None, "2025年", None),
    (None, "产值", "增速", "产值", "增速"),
    ("滨江", 1.5, 2, 3, 4),
)


def merged_header(book):
    for area in ("A1:A2", "B1:C1", "D1:E1"):
        book.active.merge_cells(area)


class TestPlaces:
    @pytest.mark.parametrize(
        ("definition", "told", "names"),
        [
            ({}, "t.xlsx, Sheet1!B3:E7", ("year", "region", "gdp", "growth")),
            ({"sheet": "Sheet1", "range": "B3:C5"}, "t.xlsx, Sheet1!B3:C5", ("year", "region")),
            ({"range": "Sheet1!$D$3:$E"}, "t.xlsx, Sheet1!D3:E7", ("gdp", "growth")),
            ({"name": "Figures"}, "t.xlsx, Sheet1!B3:D5", ("year", "region", "gdp")),
            ({"table": "regions"}, "t.xlsx, Sheet1!B3:E7", ("year", "region", "gdp", "growth")),
            ({"range": "'It''s 2'!A1:A9"}, "t.xlsx, 'It''s 2'!A1:A1", ("a",)),
        ],
    )  # fmt: skip
    def test_are_found(self, definition, told, names):
        dataset = read(NAMED, **definition)

        assert dataset.origin.told == told
        assert dataset.names == names

    def test_each_cell_knows_where_it_stands(self):
        dataset = read(NAMED)

        assert dataset.place(2, 2) == "t.xlsx, Sheet1!D6"
        assert dataset.rows[2][2] == Decimal("2143.7")

    @pytest.mark.parametrize(
        ("definition", "message", "hint"),
        [
            ({"sheet": "Shet1"}, 't.xlsx has no sheet "Shet1"', 'did you mean "Sheet1"?'),
            ({"range": "foo"}, '"foo" is no range of cells', "write it like B3:F20"),
            ({"name": "figure"}, 't.xlsx has no name "figure"', 'did you mean "figures"?'),
            ({"name": "five"}, 'the name "five" in t.xlsx is no range of cells',
             "give it one plain range of one sheet"),
            ({"table": "x"}, 't.xlsx has no table "x"', "it has: Regions"),
        ],
    )  # fmt: skip
    def test_that_are_not_there(self, definition, message, hint):
        with pytest.raises(DataError) as caught:
            read(NAMED, **definition)

        assert (caught.value.message, caught.value.where, caught.value.hint) == (
            message, WHERE, hint,
        )  # fmt: skip

    def test_an_empty_range(self):
        assert problems(NAMED, range="X1:Z9") == [
            't.xlsx, sheet "Sheet1": there are no values\nhint: choose another sheet or range'
        ]


class TestHeaders:
    def test_a_merged_name_belongs_to_all_columns_that_it_spans(self):
        dataset = read(workbook_bytes(MERGED, edit=merged_header), header=2)

        assert dataset.names == ("地区", "2024年 产值", "2024年 增速", "2025年 产值", "2025年 增速")
        assert dataset.rows == (("滨江", Decimal("1.5"), 2, 3, 4),)

    def test_it_says_when_there_are_more_rows_of_names(self):
        found = problems(workbook_bytes(MERGED, edit=merged_header))

        assert found[0] == (
            't.xlsx, sheet "Sheet1", cell C1: the column name "2024年" stands here a second time\n'
            "hint: B1:C1 is merged: if it is a title, write the range: below it; if names stand "
            "below it, write header: 2"
        )
        assert found[-1].endswith("hint: write header: 2, if the names take 2 rows")

    @pytest.mark.parametrize(("merged", "second"), [("fill", "x"), ("blank", None)])
    def test_merged_data_are_filled_or_left(self, merged, second):
        data = workbook_bytes(
            [("a", "b"), ("x", 1), (None, 2), ("y", 3)],
            edit=lambda book: book.active.merge_cells("A2:A3"),
        )

        assert [row[0] for row in read(data, merged=merged).rows] == ["x", second, "y"]
        assert problems(data) == [
            't.xlsx, sheet "Sheet1", cell A2: cells of the data are merged: A2:A3\n'
            "hint: write merged: fill (each gets the value) or merged: blank (the first)"
        ]


class TestValues:
    def test_of_every_kind(self):
        row = (1, 1.25, "滨江", True, date(2025, 6, 30), datetime(2025, 6, 30, 8, 30), time(12, 30))
        data = workbook_bytes([tuple("abcdefg"), row])

        (found,) = read(data).rows

        assert found == (1, Decimal("1.25"), "滨江", True, date(2025, 6, 30),
                         datetime(2025, 6, 30, 8, 30), "12:30:00")  # fmt: skip

    @pytest.mark.parametrize(
        ("stored", "number"),
        [
            ("0.30000000000000004", Decimal("0.3")),
            ("7.3000000000000007", Decimal("7.3")),
            ("1.0999999999999999E-2", Decimal("0.011")),
            ("1559.9", Decimal("1559.9")),
            ("9007199254740991", 9007199254740991),
            ("-5.0", -5),
        ],
    )
    def test_numbers_are_those_that_excel_shows(self, stored, number):
        data = with_cell(workbook_bytes([("a",), (1,)]), "A2", f'<c r="A2"><v>{stored}</v></c>')

        assert read(data).rows == ((number,),)

    @pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
    def test_days_of_both_epochs(self, epoch):
        def edit(book):
            if epoch is not None:
                book.epoch = epoch
            for row in (["d"], [date(2025, 3, 1)], [date(1904, 1, 2)]):
                book.active.append(row)

        assert read(workbook_bytes([], edit=edit)).rows == (
            (date(2025, 3, 1),),
            (date(1904, 1, 2),),
        )

    @pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
    def test_of_a_workbook_that_libreoffice_calculated_and_saved(self, tmp_path):
        rows = [
            ("地区", "2024年", None, "日期"), (None, "产值", "增速", None),
            ("滨江", 2000.5, "=B3*1.073/B3-1", date(2025, 6, 30)), ("坏", "=1/0", None, None),
        ]  # fmt: skip

        def edit(book):
            for area in ("A1:A2", "B1:C1", "D1:D2"):
                book.active.merge_cells(area)

        (tmp_path / "own.xlsx").write_bytes(workbook_bytes(rows, edit=edit))
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
             "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"),
             str(tmp_path / "own.xlsx")],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        data = (tmp_path / "out" / "own.xlsx").read_bytes()

        dataset = read(data, header=2, range="A1:D3")

        assert dataset.names == ("地区", "2024年 产值", "2024年 增速", "日期")
        assert dataset.rows == (
            ("滨江", Decimal("2000.5"), Decimal("0.073"), date(2025, 6, 30)),
        )  # fmt: skip
        assert problems(data, header=2) == [
            't.xlsx, sheet "Sheet1", cell B4, column "2024年 产值": the cell holds the error '
            '"#DIV/0!"\nhint: a formula divides by zero or by an empty cell; mend it'
        ]


class TestFaults:
    def test_formulas_without_values_and_errors_are_told_all_at_once(self):
        data = workbook_bytes([("a", "b"), ("=A9*2", 1), (3, 1), (4, "soon")])
        data = with_cell(data, "B3", '<c r="B3" t="e"><v>#REF!</v></c>')

        assert problems(data) == [
            't.xlsx, sheet "Sheet1", cell A2, column "a": the formula "=A9*2" has no stored value\n'
            "hint: open it in Excel, let it calculate, and save it",
            't.xlsx, sheet "Sheet1", cell B3, column "b": the cell holds the error "#REF!"\n'
            "hint: a formula points at cells that are gone; mend it",
            't.xlsx, sheet "Sheet1", cell B4, column "b": "soon" is not a whole number, like the '
            'others of its column\nhint: list "soon" under missing:, or say what the column holds: '
            "columns: {b: text}",
        ]

    def test_a_day_that_never_was(self):
        data = workbook_bytes([("d",), (date(2025, 3, 1),)])
        data = with_cell(data, "A2", '<c r="A2" s="1"><v>-5</v></c>')

        assert problems(data) == [
            't.xlsx, sheet "Sheet1", cell A2, column "d": -5 is no day of the calendar\n'
            "hint: write a day from 1900 to 9999"
        ]

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"a,b\n", "the file is no .xlsx workbook"),
            (b"\xd0\xcf\x11\xe0" + bytes(600),
             "the workbook is protected by a password, or an old .xls file"),
            (b"PK\x03\x04xxxx", "the file is damaged: its zip directory cannot be read"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_no_workbook(self, data, message):
        with pytest.raises(SourceFormatError) as caught:
            read(data)

        assert caught.value.message == message
        assert str(caught.value.where) == "t.xlsx"


def test_the_hash_is_of_content_not_of_its_file():
    assert read(workbook_bytes()).sha256 == read(NAMED).sha256
    assert read(workbook_bytes()).sha256 != read(workbook_bytes(FIGURES[:-1])).sha256
