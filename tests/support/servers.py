"""Database servers for tests, each started once for a run; without their programs tests skip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.mariadb import find_mariadb, running_mariadb
from tests.support.postgresql import PASSWORD, Server, find_programs, running_server

ROWS = (
    ("滨江", 2024, "1453.7", "2024-06-30"),
    ("滨江", 2025, "1559.9", "2025-06-30"),
    ("萧山", 2024, "1012.3", "2024-06-30"),
    ("萧山", 2025, None, None),
)
_TABLE = "create table gdp (region varchar(20), year int, amount numeric(38,10), day date)"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server with a database ``stats`` and a table ``gdp`` of ``ROWS``."""
    import psycopg

    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs) as server:
        asked = {"host": "127.0.0.1", "port": server.port, "user": server.owner,
                 "password": PASSWORD, "autocommit": True}  # fmt: skip
        with psycopg.connect(dbname="postgres", **asked) as connection:
            connection.execute("create database stats")
        with psycopg.connect(dbname="stats", **asked) as connection:
            connection.execute(_TABLE)
            with connection.cursor() as cursor:
                cursor.executemany("insert into gdp values (%s, %s, %s, %s)", ROWS)
            connection.execute(
                "create function writes() returns int language plpgsql as "
                "$$ begin insert into gdp(region) values ('x'); return 1; end $$"
            )
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    """A MariaDB server with a database ``stats`` and a table ``gdp`` of ``ROWS``."""
    import pymysql

    programs = find_mariadb()
    if programs is None:
        pytest.skip("MariaDB is not installed")
    with running_mariadb(programs) as server:
        with (
            pymysql.connect(
                host="127.0.0.1", port=server.port, user=server.owner, password=PASSWORD,
                database="stats", autocommit=True,
            ) as connection,
            connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(_TABLE)
            cursor.executemany("insert into gdp values (%s, %s, %s, %s)", ROWS)
        yield server
