"""Where schedules are remembered: SQLite files in a folder, or a PostgreSQL database of a team."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from generator.errors import DefinitionError, Location

#: The environment variable with the address of a database that several workers share.
URL_VARIABLE = "MAKE_REPORT_SCHEDULE_URL"
#: The lock of PostgreSQL that is had by who creates what all workers share: two that do so at once
#: can fail, IF NOT EXISTS or not.
CREATION_LOCK = 7391182640
#: The same for the tables of the engine, and how long one waits for the others, in seconds.
_ENGINE_LOCK, _PATIENCE, _PAUSE = 7391182641, 120.0, 0.1


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of this machine, or the address of a shared database (``url``).

    ``folder`` is in any case where files may lie that concern this machine alone.
    """

    folder: Path
    url: str | None = None

    @property
    def is_shared(self) -> bool:
        return self.url is not None

    @property
    def ledger_file(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def runs_file(self) -> Path:
        return self.folder / "runs.sqlite"

    @property
    def runs_url(self) -> str:
        """The address of the database of the engine."""
        return self.url or f"sqlite:///{self.runs_file.absolute().as_posix()}"

    @property
    def where(self) -> Location:
        """The place for messages; an address may hold a password."""
        return Location(URL_VARIABLE if self.is_shared else str(self.folder))


def store_of(folder: Path, environment: Mapping[str, str]) -> Store:
    """Return the store: the database that the environment names, else the folder.

    Raises:
        DefinitionError: the variable holds no address of a PostgreSQL database.
    """
    url = environment.get(URL_VARIABLE, "").strip()
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise DefinitionError(
            "it holds no address of a PostgreSQL database", Location(URL_VARIABLE),
            "write postgresql://user:password@host/database, or unset it for SQLite",
        )  # fmt: skip
    return Store(folder, url.replace("postgres://", "postgresql://", 1) or None)


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Let the workers of a shared store do something one after the other.

    Who waits asks again and again: a statement that waits is one that the others' CREATE INDEX
    CONCURRENTLY would wait for in turn.

    Raises:
        psycopg.Error: the server cannot be reached.
        TimeoutError: another worker does not come to its end.
    """
    if not store.is_shared:
        yield
        return
    import psycopg

    with psycopg.connect(str(store.url), autocommit=True, connect_timeout=15) as server:
        until = monotonic() + _PATIENCE
        while True:
            found = server.execute("SELECT pg_try_advisory_lock(%s)", (_ENGINE_LOCK,)).fetchone()
            if found is not None and found[0]:
                break
            if monotonic() > until:
                raise TimeoutError("another worker does not come to the end of its start")
            sleep(_PAUSE)
        yield  # the lock goes with the connection
