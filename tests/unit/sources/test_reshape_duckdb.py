"""Queries in DuckDB: what is exact, what is rounded, what is refused."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from generator.errors import DataError, Location
from generator.sources import reshape_duckdb
from generator.sources.reshape_duckdb import run_duckdb_query
from tests.support.tables import make_dataset

WHERE = Location("report.yaml", ('dataset "q"',), 9)
SALES = make_dataset(
    "sales", ("region", "year", "amount", "day"),
    ("north", 2024, Decimal("1.10"), date(2024, 12, 31)),
    ("south", 2024, Decimal("2.25"), date(2024, 6, 30)),
    ("north", 2025, Decimal("1.21"), date(2025, 12, 31)),
    ("south", 2025, None, None),
)  # fmt: skip


def run(query, parameters=(), limit=100, datasets=(SALES,)):
    return run_duckdb_query(query, dict(parameters), (), {d.name: d for d in datasets}, limit,
                            WHERE)  # fmt: skip


def refused(query, **options):
    with pytest.raises(DataError) as caught:
        run(query, **options)
    return caught.value


class TestNumbers:
    def test_sums_differences_and_products_are_exact(self):
        table = run("select sum(amount), sum(amount) - 0.01, sum(amount * amount) from sales")

        assert table.rows == [[Decimal("4.56"), Decimal("4.55"), Decimal("7.7366")]]

    def test_numbers_of_38_digits_pass(self):
        long = Decimal("12345678901234567890123456789012345.678")
        wide = make_dataset("wide", ("n",), (long,))

        assert run("select n from wide", datasets=(wide,)).rows == [[long]]

    def test_longer_ones_are_refused_with_their_cell(self):
        wide = make_dataset("wide", ("n",), (Decimal(1),), (Decimal("1" * 35 + ".12345"),))

        error = refused("select n from wide", datasets=(wide,))

        assert error.message == "the numbers of the column need 40 digits, and DuckDB holds 38"
        assert str(error.where) == 'wide.csv, line 3, column "n"'

    def test_quotients_and_means_have_15_digits(self):
        table = run(
            "select avg(amount), share(1, 3), growth(1.21, 1.10) from sales where year = 2024"
        )

        assert table.rows[0][0] == Decimal("1.675")
        assert table.rows[0][1:] == [Decimal("33.3333333333333"), 10]

    def test_no_share_of_nothing(self):
        assert run("select share(1, 0), growth(1, null)").rows == [[None, None]]

    def test_a_number_without_end_is_refused(self):
        assert refused("select 1 / 0").message == "the query gives a number without end"


class TestQueries:
    def test_pivots(self):
        table = run(
            "with p as (pivot sales on year using sum(amount) group by region) "
            "select * from p order by region"
        )

        assert table.names == ["region", "2024", "2025"]
        assert table.rows == [
            ["north", Decimal("1.1"), Decimal("1.21")], ["south", Decimal("2.25"), None],
        ]  # fmt: skip

    def test_binds_parameters(self):
        table = run("select day from sales where region = :r and year = :y",
                    {"r": "north", "y": 2025, "unused": 1})  # fmt: skip

        assert table.rows == [[date(2025, 12, 31)]]

    def test_a_parameter_is_never_pasted(self):
        table = run("select count(*) from sales where region = :r", {"r": "' or 1=1 --"})

        assert table.rows == [[0]]


class TestFaults:
    @pytest.mark.parametrize(
        ("query", "message", "hint"),
        [
            ("drop table sales", "the query reads nothing", "a query begins with SELECT or WITH"),
            ("select 1; select 2", "the query holds more than one statement", "write one SELECT"),
            ("select * from sale", 'there is no dataset "sale" above this one',
             'did you mean "sales"?'),
            ("select amont from sales", 'no dataset of the query has a column "amont"',
             'did you mean "amount"?'),
            ("select :y", 'the parameter "y" has no value', "add it under parameters:"),
            ("select random()", '"random" gives another result each time, or tells of the machine',
             "bind a value as a parameter"),
            ("select * from duckdb_settings()",
             '"duckdb_settings" gives another result each time, or tells of the machine',
             "bind a value as a parameter"),
            ("select 'x'::blob", "the query gives bytes", "give texts and numbers"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong(self, query, message, hint):
        error = refused(query)

        assert (error.message, error.where, error.hint) == (message, WHERE, hint)

    @pytest.mark.parametrize(
        "query",
        [
            "select * from read_csv('/etc/passwd')",
            "select * from read_text('/etc/passwd')",
            "select * from '/etc/passwd.parquet'",
            "select * from read_parquet('https://127.0.0.1/x.parquet')",
            "select * from glob('/*')",
        ],
    )
    def test_nothing_else_is_within_reach(self, query):
        error = refused(query)

        assert "Permission Error" in error.message or "read_parquet" in error.message

    def test_names_of_this_program_are_no_tables(self):
        frame = [1]
        assert frame
        assert (
            refused("select * from frame").message == 'there is no dataset "frame" above this one'
        )

    def test_more_rows_than_the_limit(self):
        error = refused("select * from range(20)", limit=10)

        assert error.message == "the query gives more than 10 rows (limit)"

    def test_a_query_that_takes_too_long_is_stopped(self, monkeypatch):
        monkeypatch.setattr(reshape_duckdb, "SECONDS", 0.5)
        start = time.monotonic()

        error = refused("select sum(a.range) from range(100000000) a, range(1000) b")

        assert error.message == "the query takes more than 0 seconds"
        assert time.monotonic() - start < 60
