"""Parquet files, written by DuckDB itself: every kind of value, exactly; what is no such file."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest

from generator.errors import DataError, Location, SourceFormatError
from generator.model.limits import Limits, within
from generator.sources.parquet import read_parquet

WHERE = Location("report.yaml", ('dataset "t"',), 3)


@pytest.fixture
def parquet(tmp_path):
    """Return a function that writes what a query gives and returns the bytes of the file."""

    def write(query: str) -> bytes:
        path = tmp_path / "own.parquet"
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"copy ({query}) to '{path}' (format parquet)")
        return path.read_bytes()

    return write


def value_of(data: bytes):
    return read_parquet(data, "t.parquet", WHERE).rows[0][0]


class TestValues:
    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            ("1234567890123456789012345678.0123456789::decimal(38,10)",
             Decimal("1234567890123456789012345678.0123456789")),
            ("1.10::decimal(9,2)", Decimal("1.10")),
            ("0.1::double", Decimal("0.1")),
            ("0.1::float", Decimal("0.1")),
            ("9223372036854775807::bigint", 9223372036854775807),
            ("18446744073709551615::ubigint", 18446744073709551615),
            ("date '2025-02-28'", date(2025, 2, 28)),
            ("timestamp '2025-02-28 23:59:59.123456'",
             datetime(2025, 2, 28, 23, 59, 59, 123456)),
            ("timestamptz '2025-03-01 08:00:00+08'", datetime(2025, 3, 1, tzinfo=UTC)),
            ("time '12:30:00'", "12:30:00"),
            ("true", True),
            ("'滨江'", "滨江"),
            ("null::integer", None),
            ("null::decimal(9,2)", None),
            ("[1.10::decimal(4,2), null]", "[1.1, null]"),
            ("['a', '滨']", '["a", "滨"]'),
        ],
    )  # fmt: skip
    def test_come_out_as_they_went_in(self, parquet, sql, expected):
        found = value_of(parquet(f"select {sql} as v"))

        assert found == expected
        assert type(found) is type(expected)

    def test_a_decimal_has_no_zeros_that_only_its_column_adds(self, parquet):
        assert str(value_of(parquet("select 1.10::decimal(38,20) as v"))) == "1.1"
        assert str(value_of(parquet("select 1500::decimal(38,20) as v"))) == "1500"

    def test_a_structure_becomes_a_column_for_each_of_its_fields(self, parquet):
        table = read_parquet(
            parquet("select {'id': 1, 'name': '滨江'} as area union all select null"), "t", WHERE
        )

        assert table.names == ["area.id", "area.name"]
        assert sorted(table.rows, key=str) == [[1, "滨江"], [None, None]]

    def test_rows_are_counted_as_they_stand(self, parquet):
        table = read_parquet(parquet("select range as n from range(30000)"), "t.parquet", WHERE)

        assert [row[0] for row in table.rows] == list(range(30_000))
        assert table.numbers[-1] == 30_000
        assert str(table.origin.where(30_000)) == "t.parquet, row 30000"


class TestFaults:
    def test_values_that_are_none_are_told_with_row_and_column(self, parquet):
        table = read_parquet(
            parquet("select 'nan'::double as a, 'x'::blob as b union all select 1, null"),
            "t.parquet", WHERE,
        )  # fmt: skip

        assert sorted(str(problem).splitlines()[0] for problem in table.problems) == [
            't.parquet, row 1, column "a": "NaN" is not a number',
            't.parquet, row 1, column "b": the value is bytes, not a text or number',
        ]

    def test_a_file_that_is_none(self):
        with pytest.raises(SourceFormatError) as caught:
            read_parquet(b"a,b\n1,2\n", "t.parquet", WHERE)

        assert caught.value.message == "the file is no Parquet file, or encrypted"
        assert str(caught.value.where) == "t.parquet"
        assert caught.value.hint == "check the name and the format"

    @pytest.mark.parametrize("change", ["cut", "zeros"])
    def test_a_damaged_file(self, parquet, change):
        data = parquet("select range as n from range(1000)")
        data = data[:-20] if change == "cut" else data[:40] + bytes(60) + data[100:]

        with pytest.raises(SourceFormatError) as caught:
            read_parquet(data, "t.parquet", WHERE)

        assert caught.value.message.startswith("the Parquet file cannot be read: ")
        assert "table.parquet" not in caught.value.message
        assert caught.value.hint == "write it again"

    def test_more_rows_than_the_limit(self, parquet):
        data = parquet("select range as n from range(20)")

        with within(Limits(data_rows=10)), pytest.raises(SourceFormatError) as caught:
            read_parquet(data, "t.parquet", WHERE)

        assert caught.value.message == "the table has more than 10 rows (limit data_rows)"

    def test_without_duckdb_it_says_what_to_install(self, parquet, monkeypatch):
        data = parquet("select 1 as n")
        monkeypatch.setitem(sys.modules, "duckdb", None)

        with pytest.raises(DataError) as caught:
            read_parquet(data, "t.parquet", WHERE)

        assert caught.value.message == "this needs DuckDB"
        assert caught.value.where == WHERE
        assert caught.value.hint == 'install the extra: pip install "report-generator[parquet]"'
