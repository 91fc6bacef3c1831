"""The ledger: up to when each schedule is handled, and what became of each planned time.

Light: neither the engine nor SQLAlchemy is loaded for it. What is decided is written here first,
in one transaction; the engine is told afterwards, as often as needed.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from generator.errors import Location, OutputError, Problem
from generator.scheduling.due import Due
from generator.scheduling.store import CREATION_LOCK, Store

_VERSION = 1
_TABLES = (
    "CREATE TABLE IF NOT EXISTS make_report_version (version INTEGER NOT NULL)",
    """CREATE TABLE IF NOT EXISTS make_report_schedules (
        name TEXT PRIMARY KEY, rule TEXT NOT NULL, mark TEXT NOT NULL, paused TEXT,
        definition TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS make_report_runs (
        schedule TEXT NOT NULL, planned TEXT NOT NULL, state TEXT NOT NULL, decided TEXT NOT NULL,
        began TEXT, ended TEXT, reason TEXT, edition TEXT, first TEXT, count INTEGER,
        PRIMARY KEY (schedule, planned))""",
)
#: Where a value goes in a statement, as SQLite writes it.
_PLACE = re.compile(r":([a-z]+)\b")
#: States of a run. ``passed over`` stands for planned times that nothing is made for.
DUE, DONE, FAILED, PASSED_OVER = "due", "done", "failed", "passed over"


@dataclass(frozen=True, slots=True)
class Entry:
    """A schedule as the ledger knows it."""

    name: str
    rule: str
    mark: datetime
    paused: datetime | None
    definition: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What became of a planned time; of ``count`` times from ``first`` on where passed over."""

    schedule: str
    planned: datetime
    state: str
    decided: datetime
    began: datetime | None = None
    ended: datetime | None = None
    reason: str | None = None
    edition: str | None = None
    first: datetime | None = None
    count: int | None = None

    @property
    def id(self) -> str:
        """The key of the run: schedule and planned time."""
        return run_id(self.schedule, self.planned)


def run_id(schedule: str, planned: datetime) -> str:
    """Return the key of a run."""
    return f"{schedule}@{written(planned)}"


def written(moment: datetime) -> str:
    """Return a moment as it is kept: UTC, whole seconds, in a form that sorts."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class Ledger:
    """An open ledger. ``problems`` tells of what was set aside as it was opened."""

    def __init__(self, store: Store, now: datetime) -> None:
        """Open the ledger of a store, a new one where there is none.

        Raises:
            OutputError: it cannot be reached, or is of a newer version.
        """
        self.problems: list[Problem] = []
        self._store = store
        self._shared: Any = None
        self._file: sqlite3.Connection | None = None
        self._one = threading.RLock()  # runs end in threads of the engine
        if store.is_shared:
            self._connect_shared()
        else:
            self._open_file(now)

    def close(self) -> None:
        """Close the ledger."""
        for connection in (self._shared, self._file):
            if connection is not None:
                with suppress(Exception):  # a connection that broke is closed already
                    connection.close()

    # -- schedules --

    def register(self, name: str, rule: str, definition: str, now: datetime) -> Entry:
        """Return the entry of a schedule; a new one, or one of another rule, counts from now."""
        with self._transaction():
            found = self._entry(name, lock=True)
            if found is None:
                self._run(
                    "INSERT INTO make_report_schedules VALUES (:name, :rule, :mark, NULL, :file) "
                    "ON CONFLICT DO NOTHING",
                    {"name": name, "rule": rule, "mark": written(now), "file": definition},
                )
            elif found.rule != rule:
                self._run(
                    "UPDATE make_report_schedules SET rule = :rule, mark = :mark "
                    "WHERE name = :name",
                    {"name": name, "rule": rule, "mark": written(now)},
                )
            if found is not None and found.definition != definition:
                self._run(
                    "UPDATE make_report_schedules SET definition = :file WHERE name = :name",
                    {"name": name, "file": definition},
                )
            entry = self._entry(name)
        assert entry is not None
        return entry

    def entries(self) -> list[Entry]:
        """Return all schedules that were ever served from this store, by name."""
        with self._transaction():
            rows = self._all(f"SELECT {_ENTRY} FROM make_report_schedules ORDER BY name", {})
        return [_entry_of(row) for row in rows]

    def pause(self, name: str, now: datetime) -> None:
        """Let nothing be due until ``resume``."""
        with self._transaction():
            self._run(
                "UPDATE make_report_schedules SET paused = :now "
                "WHERE name = :name AND paused IS NULL",
                {"name": name, "now": written(now)},
            )

    def resume(self, name: str, now: datetime) -> None:
        """Let times from now on be due; those of the pause are not made up for."""
        with self._transaction():
            self._run(
                "UPDATE make_report_schedules SET paused = NULL, mark = :now "
                "WHERE name = :name AND paused IS NOT NULL",
                {"name": name, "now": written(now)},
            )

    # -- runs --

    def started(self, name: str, after: datetime) -> set[datetime]:
        """Return the planned times after a moment for which a run was begun."""
        with self._transaction():
            rows = self._all(
                "SELECT planned FROM make_report_runs WHERE schedule = :name AND planned > :after "
                "AND state <> :over",
                {"name": name, "after": written(after), "over": PASSED_OVER},
            )
        return {datetime.fromisoformat(row[0]) for row in rows}

    def decide(self, entry: Entry, due: Due, now: datetime) -> bool:
        """Write down what is due; False if somebody else was faster, or nothing is new."""
        if due.mark == entry.mark and not due.runs and due.passed_over is None:
            return False
        with self._transaction():
            changed = self._run(
                "UPDATE make_report_schedules SET mark = :new WHERE name = :name AND mark = :old "
                "AND paused IS NULL",
                {"name": entry.name, "new": written(due.mark), "old": written(entry.mark)},
            )
            if not changed:
                return False
            for planned in due.runs:
                self._run(
                    "INSERT INTO make_report_runs (schedule, planned, state, decided) "
                    "VALUES (:name, :planned, :state, :now) ON CONFLICT (schedule, planned) "
                    "DO UPDATE SET state = :state, decided = :now, reason = NULL, first = NULL, "
                    "count = NULL WHERE make_report_runs.state = :over",
                    {"name": entry.name, "planned": written(planned), "state": DUE,
                     "now": written(now), "over": PASSED_OVER},
                )  # fmt: skip
            if due.passed_over is not None:
                over = due.passed_over
                self._run(
                    "INSERT INTO make_report_runs (schedule, planned, state, decided, ended, "
                    "reason, first, count) VALUES (:name, :planned, :state, :now, :now, :reason, "
                    ":first, :count) ON CONFLICT DO NOTHING",
                    {"name": entry.name, "planned": written(over.last), "state": PASSED_OVER,
                     "now": written(now), "reason": over.reason, "first": written(over.first),
                     "count": over.count},
                )  # fmt: skip
        return True

    def begin(self, schedule: str, planned: str, now: datetime) -> None:
        """Write down when a run was begun; a run that goes on keeps its beginning."""
        with self._transaction():
            self._run(
                "UPDATE make_report_runs SET began = :now "
                "WHERE schedule = :name AND planned = :planned AND began IS NULL",
                {"name": schedule, "planned": planned, "now": written(now)},
            )

    def finish(
        self, schedule: str, planned: str, state: str, reason: str | None, edition: str | None,
        now: datetime,
    ) -> None:  # fmt: skip
        """Write down how a run ended; a run that has ended stays as it ended."""
        with self._transaction():
            self._run(
                "UPDATE make_report_runs SET state = :state, reason = :reason, edition = :edition, "
                "ended = :now WHERE schedule = :name AND planned = :planned AND state = :due",
                {"name": schedule, "planned": planned, "state": state, "reason": reason,
                 "edition": edition, "now": written(now), "due": DUE},
            )  # fmt: skip

    def unfinished(self, names: Collection[str]) -> list[RunRecord]:
        """Return the runs of schedules that were decided and have not ended, oldest first."""
        with self._transaction():
            rows = self._all(
                f"SELECT {_RUN} FROM make_report_runs WHERE state = :due ORDER BY planned",
                {"due": DUE},
            )
        return [record for record in map(_record_of, rows) if record.schedule in names]

    def ended(self, runs: Collection[RunRecord]) -> list[RunRecord]:
        """Return those of some runs that have ended, as they ended."""
        found = []
        with self._transaction():
            for run in runs:
                rows = self._all(
                    f"SELECT {_RUN} FROM make_report_runs "
                    "WHERE schedule = :name AND planned = :planned AND ended IS NOT NULL",
                    {"name": run.schedule, "planned": written(run.planned)},
                )
                found += [_record_of(row) for row in rows]
        return found

    def forget(self, names: Collection[str], before: datetime) -> list[str]:
        """Remove what ended before a moment, and return the keys of the runs."""
        gone = []
        with self._transaction():
            for name in names:
                values = {"name": name, "before": written(before)}
                condition = "schedule = :name AND planned < :before AND ended < :before"
                rows = self._all(f"SELECT planned FROM make_report_runs WHERE {condition}", values)
                gone += [f"{name}@{row[0]}" for row in rows]
                self._run(f"DELETE FROM make_report_runs WHERE {condition}", values)
        return gone

    def runs(self, names: Collection[str], most: int) -> list[RunRecord]:
        """Return the last planned times of schedules and what became of them, oldest first."""
        found = []
        with self._transaction():
            for name in names:
                rows = self._all(
                    f"SELECT {_RUN} FROM make_report_runs WHERE schedule = :name "
                    "ORDER BY planned DESC LIMIT :most",
                    {"name": name, "most": most},
                )
                found += [_record_of(row) for row in rows]
        return sorted(found, key=lambda run: (run.planned, run.schedule))[-most:]

    # -- underneath --

    def _open_file(self, now: datetime) -> None:
        path = self._store.ledger_file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._file = self._opened()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self.problems.append(set_aside(path, now))
                self._file = self._opened()
        except (OSError, sqlite3.Error) as error:
            told = error.strerror if isinstance(error, OSError) else str(error)
            raise OutputError(
                f"the ledger of schedules cannot be opened: {told}", Location(str(path)),
                "choose a folder of this machine where you may write: --store DIR",
            ) from error  # fmt: skip

    def _opened(self) -> sqlite3.Connection:
        path = self._store.ledger_file
        file = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            if file.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
            file.execute("PRAGMA synchronous = FULL")
            self._file = file
            self._prepare()
        except BaseException:
            file.close()
            raise
        return file

    def _prepare(self) -> None:
        with self._begun():
            if self._shared is not None:  # one worker creates the tables, others wait
                self._run("SELECT pg_advisory_xact_lock(:key)", {"key": CREATION_LOCK})
            for table in _TABLES:
                self._run(table, {})
            rows = self._all("SELECT version FROM make_report_version", {})
            if not rows:
                self._run("INSERT INTO make_report_version VALUES (:version)",
                          {"version": _VERSION})  # fmt: skip
        if rows and rows[0][0] > _VERSION:
            raise newer(self._store)

    def _connect_shared(self) -> None:
        try:
            import psycopg

            self._shared = psycopg.connect(str(self._store.url), connect_timeout=15)
            self._prepare()
        except ImportError as error:
            raise OutputError(
                "a shared store needs psycopg", self._store.where,
                "pip install 'report-generator[schedule]'",
            ) from error  # fmt: skip
        except psycopg.Error as error:
            raise OutputError(
                f"the shared store cannot be reached: {_first_line(error)}", self._store.where,
                "check address, user and password, and whether the server runs",
            ) from error  # fmt: skip

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._one:
            try:
                with self._begun():
                    yield
            except sqlite3.Error as error:  # a full disk, a drive that is gone
                raise OutputError(
                    f"the ledger of schedules cannot be used: {error}", self._store.where,
                    "look whether the disk is full, and the folder can be written",
                ) from error  # fmt: skip
            except Exception as error:
                if self._shared is None or not type(error).__module__.startswith("psycopg"):
                    raise
                raise OutputError(
                    f"the shared store cannot be used: {_first_line(error)}", self._store.where,
                    "look whether the server runs and can be reached",
                ) from error  # fmt: skip

    @contextmanager
    def _begun(self) -> Iterator[None]:
        if self._shared is not None:
            with self._shared.transaction():
                yield
            return
        assert self._file is not None
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    def _cursor(self, statement: str, values: Mapping[str, object]) -> Any:
        if self._shared is not None:
            return self._shared.execute(_PLACE.sub(r"%(\1)s", statement), values)
        assert self._file is not None
        return self._file.execute(statement, values)

    def _run(self, statement: str, values: Mapping[str, object]) -> int:
        return int(self._cursor(statement, values).rowcount)

    def _all(self, statement: str, values: Mapping[str, object]) -> list[Sequence[Any]]:
        return list(self._cursor(statement, values).fetchall())

    def _entry(self, name: str, *, lock: bool = False) -> Entry | None:
        end = " FOR UPDATE" if lock and self._shared is not None else ""
        rows = self._all(
            f"SELECT {_ENTRY} FROM make_report_schedules WHERE name = :name{end}", {"name": name}
        )
        return _entry_of(rows[0]) if rows else None


_ENTRY = "name, rule, mark, paused, definition"
_RUN = "schedule, planned, state, decided, began, ended, reason, edition, first, count"


def _entry_of(row: Sequence[Any]) -> Entry:
    mark = _read(row[2])
    assert mark is not None
    return Entry(row[0], row[1], mark, _read(row[3]), row[4])


def _record_of(row: Sequence[Any]) -> RunRecord:
    planned, decided = _read(row[1]), _read(row[3])
    assert planned is not None
    assert decided is not None
    return RunRecord(row[0], planned, row[2], decided, _read(row[4]), _read(row[5]),
                     row[6], row[7], _read(row[8]), row[9])  # fmt: skip


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def newer(store: Store) -> OutputError:
    """Return the error of a store that a newer program wrote."""
    return OutputError(
        "the store of schedules was written by a newer version of this program", store.where,
        "upgrade this program, or let it use another store",
    )  # fmt: skip


def set_aside(path: os.PathLike[str], now: datetime) -> Problem:
    """Rename a damaged file of a store and return what is told of it."""
    from pathlib import Path

    old = Path(path)
    aside = old.with_name(f"{old.stem}.damaged-{now.astimezone(UTC):%Y%m%d-%H%M%S}{old.suffix}")
    old.replace(aside)
    for end in ("-journal", "-wal", "-shm"):
        old.with_name(old.name + end).unlink(missing_ok=True)
    return Problem(
        "the file was damaged and is begun anew: times missed before now are not made up for, and "
        "no run is repeated",
        Location(str(old)), f'the damaged one is kept as "{aside.name}"', "warning", "store",
    )  # fmt: skip
