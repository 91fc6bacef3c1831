"""Queries to databases: exact values, bound parameters, nothing written, no secret told."""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from generator.errors import DataError, Location, ReportError
from generator.model.dataset_definition import DatabaseDefinition
from generator.sources.databases import query_database
from tests.support.postgresql import PASSWORD
from tests.support.servers import ROWS, mariadb, postgresql

__all__ = ["mariadb", "postgresql"]
WHERE = Location("report.yaml", ('dataset "t"',), 4)


@pytest.fixture
def sqlite(tmp_path):
    """A database file with the same table as the servers."""
    with sqlite3.connect(tmp_path / "stats.db") as connection:
        connection.execute("create table gdp (region text, year int, amount numeric, day text)")
        connection.executemany("insert into gdp values (?, ?, ?, ?)", ROWS)
    connection.close()
    return tmp_path


class Asked:
    """A database of one kind, and how it is asked."""

    def __init__(self, folder, definition):
        self.folder = folder
        self.definition = definition

    def rows(self, query, parameters=(), limit=1000, secret=PASSWORD, **changes):
        definition = DatabaseDefinition.model_validate({**self.definition, **changes})
        return query_database(definition, query, dict(parameters), (), limit, lambda _: secret,
                              self.folder, WHERE)  # fmt: skip

    def error(self, query, **options):
        with pytest.raises(ReportError) as caught:
            self.rows(query, **options)
        return caught.value


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def asked(request, tmp_path):
    """Each kind of database in turn."""
    kind = request.param
    if kind == "sqlite":
        return Asked(request.getfixturevalue("sqlite"), {"file": "stats.db", "seconds": 1})
    server = request.getfixturevalue(kind)
    return Asked(tmp_path, {
        "kind": kind, "host": "127.0.0.1", "port": server.port, "database": "stats",
        "user": server.owner, "password_env": "PW", "seconds": 1,
    })  # fmt: skip


class TestEveryDatabase:
    def test_gives_exact_numbers_and_nulls(self, asked):
        table = asked.rows("select region, year, amount from gdp order by region desc, year desc")

        found = {tuple(row[:2]): row[2] for row in table.rows}
        assert str(found[("滨江", 2025)]) == "1559.9"
        assert found[("萧山", 2025)] is None

    def test_binds_parameters_and_never_pastes_them(self, asked):
        wanted = {"region": "滨江", "year": 2025}
        query = "select amount from gdp where region = :region and year = :year"

        assert [row[0] for row in asked.rows(query, wanted).rows] == [Decimal("1559.9")]
        assert asked.rows(query, {**wanted, "region": "' or 1=1 -- "}).rows == []

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("drop table gdp", "the query reads nothing"),
            ("delete from gdp", "the query reads nothing"),
            ("select 1; drop table gdp", "the query holds more than one statement"),
            ("select * into copy from gdp", 'the query would write ("into")'),
            ("select 1 /*! into outfile '/x' */", "the query hides a part in a comment"),
            ("select E'it\\'s'", "texts with escapes (E'...') are not read"),
        ],
    )
    def test_refuses_what_is_no_plain_query(self, asked, query, message):
        error = asked.error(query)

        assert (error.message, error.where) == (message, WHERE)
        assert error.hint

    def test_says_what_is_wrong_with_a_query(self, asked):
        error = asked.error("select amont from gdp")

        assert error.message.startswith("the query fails: ")
        assert "amont" in error.message
        assert error.hint == "correct the query"

    def test_says_which_parameter_is_missing(self, asked):
        error = asked.error("select * from gdp where year = :year")

        assert "year" in error.message
        assert error.hint == "add it under parameters:"

    def test_stops_in_time(self, asked):
        slow = {
            "file": "with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select count(*) from n",
            "postgresql": "select pg_sleep(20)",
            "mariadb": "select sleep(20)",
        }
        error = asked.error(slow[asked.definition.get("kind", "file")])

        assert error.message == "the query takes more than 1 seconds (limit seconds)"
        assert error.hint == "narrow it, or raise seconds: of the database"

    def test_reads_no_more_rows_than_the_limit(self, asked):
        error = asked.error("select a.year from gdp a, gdp b, gdp c", limit=10)

        assert error.message == "the query gives more than 10 rows (limit)"
        assert error.hint == "narrow it, or raise limit:"
        assert len(asked.rows("select year from gdp", limit=4).rows) == 4


class TestServers:
    def test_postgresql_lets_no_function_write(self, tmp_path, postgresql):
        own = Asked(tmp_path, pg(postgresql))

        error = own.error("select writes()")

        assert error.message.startswith("the query would write: ")
        assert error.hint == "write a plain SELECT"
        assert own.rows("select count(*) from gdp").rows == [[4]]

    def test_mariadb_takes_no_locks_for_writing(self, tmp_path, mariadb):
        own = Asked(tmp_path, {**pg(mariadb), "kind": "mariadb"})

        assert own.error("select * from gdp for update").message.startswith("the query would write")

    def test_values_of_postgresql(self, tmp_path, postgresql):
        own = Asked(tmp_path, pg(postgresql))

        (row,) = own.rows(
            "select 12345678901234567890.0123456789::numeric, 0.1::float8, 0.1::real, "
            "date '2025-06-30', timestamptz '2025-06-30 08:00+08', true, "
            "'00000000-0000-0000-0000-000000000001'::uuid"
        ).rows

        assert row == [Decimal("12345678901234567890.0123456789"), Decimal("0.1"), Decimal("0.1"),
                       date(2025, 6, 30), datetime(2025, 6, 30, tzinfo=UTC), True,
                       "00000000-0000-0000-0000-000000000001"]  # fmt: skip

    def test_values_that_are_no_cells(self, tmp_path, postgresql):
        table = Asked(tmp_path, pg(postgresql)).rows("select array[1] as a, interval '1 day' as i")

        assert [str(problem) for problem in table.problems] == [
            'postgresql stats at 127.0.0.1, row 1, column "a": the value is no text, number or day '
            "but a list\nhint: cast it in the query, for example cast(x as text)",
            'postgresql stats at 127.0.0.1, row 1, column "i": the value is no text, number or day '
            "but a span of time\nhint: cast it in the query, for example cast(x as text)",
        ]

    @pytest.mark.parametrize(
        "changes",
        [{"port": 1}, {"database": "nope"}, {"secret": "another-secret"},
         {"host": "no.such.host.invalid"}],
        ids=["port", "database", "password", "host"],
    )  # fmt: skip
    @pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
    def test_that_cannot_be_reached(self, request, tmp_path, kind, changes):
        server = request.getfixturevalue(kind)

        error = Asked(tmp_path, {**pg(server), "kind": kind}).error("select 1", **changes)

        assert error.message.startswith("the database cannot be reached: ")
        assert error.hint == "check host, port, user and the variable of the password"
        assert PASSWORD not in str(error)
        assert "another-secret" not in str(error)

    def test_an_address_in_the_environment(self, tmp_path, postgresql):
        own = Asked(tmp_path, {"url_env": "DB"})
        port, user = postgresql.port, postgresql.owner
        good = f"postgresql://{user}:correct-horse%2Fbattery%40staple@127.0.0.1:{port}/stats"

        assert own.rows("select 1", secret=good).rows == [[1]]

    @pytest.mark.parametrize(
        "address",
        [f"postgresql://reader:{PASSWORD}@127.0.0.1/stats", "oracle://u:hidden@h/x", "hidden"],
    )
    def test_a_wrong_address_is_not_told(self, tmp_path, address):
        error = Asked(tmp_path, {"url_env": "DB"}).error("select 1", secret=address)

        assert error.message == "the environment variable DB holds no address of a database"
        assert error.where == WHERE
        assert "hidden" not in str(error)
        assert "battery" not in str(error)

    def test_without_sqlalchemy_it_says_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "sqlalchemy", None)

        error = Asked(tmp_path, {"url_env": "DB"}).error("select 1")

        assert error.message == "databases on servers need SQLAlchemy"
        assert error.hint == 'install the extra: pip install "report-generator[sql]"'


def pg(server):
    return {"kind": "postgresql", "host": "127.0.0.1", "port": server.port, "database": "stats",
            "user": server.owner, "password_env": "PW", "seconds": 5}  # fmt: skip


class TestSqlite:
    def test_nothing_is_written_not_even_a_journal(self, sqlite):
        before = {path.name: path.read_bytes() for path in sqlite.iterdir()}

        Asked(sqlite, {"file": "stats.db"}).rows("select * from gdp")

        assert {path.name: path.read_bytes() for path in sqlite.iterdir()} == before

    @pytest.mark.parametrize(
        "query",
        ["select load_extension('x')", "with x as (select 1) select * from pragma_user_version"],
    )
    def test_reaches_nothing_else(self, sqlite, query):
        assert (
            Asked(sqlite, {"file": "stats.db"}).error(query).message.startswith("the query fails")
        )

    def test_a_file_that_is_not_there(self, sqlite):
        error = Asked(sqlite, {"file": "stat.db"}).error("select 1")

        assert (error.message, str(error.where), error.hint) == (
            "there is no such database", "stat.db", 'did you mean "stats.db"?',
        )  # fmt: skip

    def test_a_file_that_is_no_database(self, tmp_path):
        (tmp_path / "x.db").write_text("a text" * 500)

        error = Asked(tmp_path, {"file": "x.db"}).error("select * from gdp")

        assert error.message == "the file is no SQLite database, or damaged"
        assert isinstance(error, DataError)
