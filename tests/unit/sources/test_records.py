"""Data files become names with exact values; what is wrong is told with line and column."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import DataError, Location, SourceFormatError
from generator.sources.records import format_of, merge_records, plain_value, read_records


def read(text: str | bytes, format: str, name: str = "rows") -> dict[str, object]:
    data = text.encode() if isinstance(text, str) else text
    return dict(read_records(data, f"data.{format}", format, name).values)


def refusal(text: str | bytes, format: str) -> SourceFormatError:
    with pytest.raises(SourceFormatError) as caught:
        read(text, format)
    return caught.value


class TestJson:
    def test_numbers_are_exact(self) -> None:
        got = read('{"a": 1.10, "b": 0.1, "c": 12345678901234567890, "d": 1e2, "e": 3}', "json")

        assert got == {
            "a": Decimal("1.10"), "b": Decimal("0.1"), "c": 12345678901234567890,
            "d": Decimal(100), "e": 3,
        }  # fmt: skip
        assert [str(got[name]) for name in "ad"] == ["1.10", "100"]

    def test_a_list_at_the_top_gets_a_name(self) -> None:
        assert read("[1, 2]", "json", "people") == {"people": [1, 2]}

    @pytest.mark.parametrize(
        ("text", "message", "where"),
        [
            ('{"a": 1,\n "b" 2}', "this is not valid JSON: expecting ':' delimiter",
             "data.json, line 2, column 6"),
            ("", "the file is empty", "data.json, line 1, column 1"),
            ('{"a": 1,\n "x": {"b": 1, "b": 2}}', 'the key "b" stands here a second time',
             "data.json, line 2, column 16"),
            ('{"a": NaN}', '"NaN" is no number that can be printed', "data.json, line 1, column 7"),
            ('{"t": "1e9999",\n"a": 1e9999}', '"1e9999" is no number that can be printed',
             "data.json, line 2, column 6"),
            ("3", "the file holds a single value without a name", "data.json, line 1"),
        ],
    )  # fmt: skip
    def test_tells_line_column_and_reason(self, text: str, message: str, where: str) -> None:
        error = refusal(text, "json")

        assert (error.message, str(error.where)) == (message, where)
        assert error.hint

    def test_endless_nesting_is_refused(self) -> None:
        assert refusal("[" * 100_000, "json").message == "the file is nested too deep"

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_reads_what_json_writes(self, value: object) -> None:
        assert read(json.dumps({"value": value}), "json") == {"value": value}


class TestYaml:
    def test_numbers_are_exact_and_zeros_stay(self) -> None:
        assert read("a: 1.10\nb: 007\nc: no\n", "yaml") == {
            "a": Decimal("1.10"), "b": "007", "c": "no",
        }  # fmt: skip

    def test_tells_line_and_column(self) -> None:
        error = refusal("a: 1\nb: [1\nc: 2\n", "yaml")

        assert str(error.where) == "data.yaml, line 3, column 2"

    def test_an_empty_file_gives_no_name(self) -> None:
        assert read("# nothing yet\n", "yaml") == {}


class TestTables:
    def test_rows_keep_text_and_numbers_apart(self) -> None:
        got = read("id,n,x,y\n007,12,1.10,-0\n1e5,-3, 4,\n", "csv")

        assert got == {"rows": [
            {"id": "007", "n": 12, "x": Decimal("1.10"), "y": "-0"},
            {"id": "1e5", "n": -3, "x": " 4", "y": ""},
        ]}  # fmt: skip

    def test_the_columns_of_a_single_row_are_names(self) -> None:
        got = read("name,amount\nLi,3\n", "csv", "people")

        assert got == {"people": [{"name": "Li", "amount": 3}], "name": "Li", "amount": 3}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_reads_the_encodings_of_sheet_programs(self, encoding: str) -> None:
        assert read("姓名,城市\n王芳,杭州滨江\n李伟,㐂\n".encode(encoding), "csv")["rows"] == [
            {"姓名": "王芳", "城市": "杭州滨江"}, {"姓名": "李伟", "城市": "㐂"},
        ]  # fmt: skip

    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_finds_the_separator(self, sign: str) -> None:
        text = f'a{sign}b{sign}c\n"x, y; z"{sign}2{sign}\n1{sign}2{sign}3\n'

        assert read(text, "csv")["rows"] == [
            {"a": "x, y; z", "b": 2, "c": ""}, {"a": 1, "b": 2, "c": 3},
        ]  # fmt: skip

    def test_takes_the_separator_that_excel_announces(self) -> None:
        assert read("sep=;\r\na,b;c\r\n1;2\r\n3;4\r\n", "csv")["rows"] == [
            {"a,b": 1, "c": 2}, {"a,b": 3, "c": 4},
        ]  # fmt: skip

    def test_one_column_needs_no_separator(self) -> None:
        assert read("name\nLi\n\nWang\n", "csv") == {"rows": [{"name": "Li"}, {"name": "Wang"}]}

    def test_empty_columns_at_the_right_are_left_out(self) -> None:
        assert read("a,b,,\n1,2,,\n3,4,,\n", "csv")["rows"] == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]

    def test_all_problems_are_told_with_line_and_column(self) -> None:
        error = refusal('a,b\n"x\ny",1\n1\n1,2,3\n', "csv")

        assert [(p.message, str(p.where)) for p in error.problems] == [
            ("the line has 1 cell, the first line has 2", 'data.csv, line 4, column "b"'),
            ("the line has 3 cells, the first line has 2", "data.csv, line 5, column 3"),
        ]

    @pytest.mark.parametrize(
        ("text", "message", "where"),
        [
            ("", "the table is empty", "data.csv, line 1"),
            ("a,,c\n1,2,3\n", "the column has no name", "data.csv, line 1, column 2"),
            ("a,a\n1,2\n", 'the column name "a" stands here a second time',
             "data.csv, line 1, column 2"),
            ('a,b\n1,"2\n', "this is not a valid table: unexpected end of data",
             "data.csv, line 2"),
            ("a,b\n1,\x002\n", "a control character stands in the text",
             "data.csv, line 2, column 3"),
            (b"a,b\n1,\xe9,\n", "the file is neither UTF-8 nor GB18030 text", "data.csv, line 2"),
            ("rows,b\n1,2\n", 'the column "rows" is called like the list of rows',
             'data.csv, line 1, column "rows"'),
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_table(self, text: str | bytes, message: str, where: str) -> None:
        error = refusal(text, "csv")

        assert (error.message, str(error.where)) == (message, where)
        assert error.hint

    @given(
        st.lists(
            st.lists(
                st.text(st.characters(exclude_categories=["Cs"], exclude_characters="".join(
                    map(chr, [*range(9), *range(14, 32), 0xFEFF])))),
                min_size=2, max_size=2,
            ).filter(lambda cells: any(cell.strip() for cell in cells)),
            min_size=2,
        )
    )  # fmt: skip
    def test_reads_what_csv_writes(self, lines: list[list[str]]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *lines])

        rows = read(buffer.getvalue(), "csv")["rows"]

        assert [[str(row["a"]), str(row["b"])] for row in rows] == lines  # type: ignore[attr-defined]


@given(st.text(alphabet="0123456789.-+e_ ,") | st.text())
def test_a_value_prints_as_it_was_written(text: str) -> None:
    assert str(plain_value(text)) == text


def test_two_files_must_not_give_one_name() -> None:
    first = read_records(b"x: 1\na: 2\n", "one.yaml", "yaml")
    second = read_records(b'{"b": {"a": 1},\n "a": 3}', "two.json", "json")

    with pytest.raises(DataError) as caught:
        merge_records([first, second])

    assert caught.value.message == (
        'the name "a" is given a second time; the first stands in one.yaml, line 2'
    )
    assert str(caught.value.where) == "two.json, line 2, column 2"
    assert caught.value.hint == "rename one of them"


def test_files_of_different_names_come_together() -> None:
    first = read_records(b"x: 1\n", "one.yaml", "yaml")
    second = read_records(b"n\n1\n2\n", "two.csv", "csv")

    assert merge_records([first, second]) == {"x": 1, "rows": [{"n": 1}, {"n": 2}]}


def test_the_ending_tells_the_format() -> None:
    assert [format_of(name) for name in ("a.YML", "b/c.json", "d.e.tsv")] == ["yaml", "json", "tsv"]
    assert format_of("data.txt", "csv") == "csv"
    with pytest.raises(SourceFormatError) as caught:
        format_of("data.cvs")
    assert caught.value.where == Location("data.cvs")
    assert caught.value.hint == 'did you mean ".csv"?'
