"""Tables of text as programs save them: encodings, separators, lines, and what is wrong."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SourceFormatError
from generator.sources.delimited import read_delimited

CHINESE = "地区,年份,产值\n滨江,2024,2000.5\n萧山,2024,1800.25\n"


class TestEncodings:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
    )
    def test_are_found_out(self, encoding):
        table = read_delimited(CHINESE.encode(encoding), "t.csv")

        assert table.names == ["地区", "年份", "产值"]
        assert table.rows[1] == ["萧山", "2024", "1800.25"]

    def test_rare_names_in_gb18030_are_read(self):
        text = "姓名,籍贯\n镕喆,浙江杭州\n"

        assert read_delimited(text.encode("gb18030"), "t.csv").rows == [["镕喆", "浙江杭州"]]

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("地區,產值\n臺北,5\n", "big5"),
            ("Région,v\nÎle,5\n", "cp1252"),
            ("Größe,v\nä,5\n", "cp1252"),
        ],
    )
    def test_others_are_not_taken_for_chinese_but_read_when_named(self, text, encoding):
        data = text.encode(encoding)

        with pytest.raises(SourceFormatError) as caught:
            read_delimited(data, "t.csv")

        assert caught.value.message == "the file is neither UTF-8 nor GB18030 text"
        assert str(caught.value.where).startswith("t.csv, line ")
        assert caught.value.hint == (
            'save it as "CSV UTF-8", or say what it is, as in encoding: big5 or cp1252'
        )
        assert read_delimited(data, "t.csv", encoding).names == text.split("\n")[0].split(",")

    def test_an_unknown_one_is_refused(self):
        with pytest.raises(SourceFormatError) as caught:
            read_delimited(b"a\n1\n", "t.csv", "utf-99")

        assert caught.value.message == 'the encoding "utf-99" is not known'


class TestSeparators:
    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_are_found_out(self, sign):
        text = f"a{sign}b{sign}c\n1{sign}x, y; z{sign}3\n".replace("x, y; z", '"x, y; z"')

        assert read_delimited(text.encode(), "t.csv").rows == [["1", "x, y; z", "3"]]

    def test_are_taken_from_a_first_line(self):
        table = read_delimited(b"sep=;\r\na;b\r\n1;2\r\n", "t.csv")

        assert (table.names, table.rows, table.numbers) == (["a", "b"], [["1", "2"]], [3])

    def test_can_be_named(self):
        assert read_delimited(b"a:b\n1:2\n", "t.csv", None, ":").rows == [["1", "2"]]


class TestLines:
    def test_know_their_numbers_across_line_breaks_in_cells(self):
        table = read_delimited(b'a,b\n"x\ny",1\n\nz,2\n', "t.csv")

        assert table.rows == [["x\ny", "1"], ["z", "2"]]
        assert table.numbers == [2, 5]

    def test_above_the_table_are_skipped(self):
        text = "某区统计表,,\n单位：亿元,,\n地区,产值\n滨江,5\n"

        table = read_delimited(text.encode(), "t.csv", skip=2)

        assert (table.names, table.rows, table.numbers) == (["地区", "产值"], [["滨江", "5"]], [4])

    def test_empty_cells_are_none(self):
        assert read_delimited(b"a,b\n1,\n, \n", "t.csv").rows == [["1", None]]

    def test_ragged_ones_are_told_all_at_once(self):
        table = read_delimited(b"a,b,c\n1,2\n1,2,3\n1,2,3,4\n", "t.csv")

        assert [str(problem) for problem in table.problems] == [
            't.csv, line 2, column "c": the line has 2 cells, the first line has 3\n'
            "hint: add the missing cells; an empty one is allowed",
            "t.csv, line 4, column 4: the line has 4 cells, the first line has 3\n"
            "hint: put a cell that holds the separator into quotes",
        ]
        assert table.rows == [["1", "2", "3"]]

    @given(
        st.lists(
            st.lists(
                st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8).filter(
                    lambda text: not text or text.strip()
                ),
                min_size=3, max_size=3,
            ).filter(any),
            min_size=1, max_size=8,
        )
    )  # fmt: skip
    def test_come_out_as_they_went_in(self, rows):
        buffer = io.StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([["甲", "b", "c"], *rows])

        table = read_delimited(buffer.getvalue().encode(), "t.csv")

        assert table.rows == [[cell or None for cell in row] for row in rows]


class TestFaults:
    @pytest.mark.parametrize(
        ("data", "message", "line"),
        [
            (b"", "the table is empty", "line 1"),
            (b'a,b\n"x,1\n', "this is not a valid table: unexpected end of data", "line 2"),
            (b"a,b\n1,\x00\n", "a control character stands in the text", "line 2"),
        ],
    )
    def test_a_file_that_is_no_table(self, data, message, line):
        with pytest.raises(SourceFormatError) as caught:
            read_delimited(data, "t.csv")

        assert caught.value.message == message
        assert line in str(caught.value.where)
        assert caught.value.hint

    def test_names_that_are_missing_or_repeated(self):
        table = read_delimited(b"a,a,\n1,2,3\n", "t.csv")

        assert [str(problem).splitlines()[0] for problem in table.problems] == [
            't.csv, line 1, column 2: the column name "a" stands here a second time',
            "t.csv, line 1, column 3: the column has no name",
        ]
