"""The ledger of a batch: which documents are finished, from what, and with which bytes.

It is an SQLite file that one batch holds at a time; the hold vanishes with its process. It may be
deleted at any time: then every document is made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from time import monotonic

from generator.batch.work import Known
from generator.build.result_names import name_key
from generator.errors import BatchError, Location, OutputError, Problem

_VERSION = 1
#: What says that a file of SQLite is a ledger of ours.
_APPLICATION = 0x6D72_6261
_TABLES = (
    "CREATE TABLE documents (name TEXT PRIMARY KEY, input BLOB NOT NULL, digest BLOB NOT NULL, "
    "size INTEGER NOT NULL, row INTEGER NOT NULL, run INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE pdfs (name TEXT PRIMARY KEY, source BLOB NOT NULL) WITHOUT ROWID",
)
_CLAIMS = "CREATE TABLE temp.claims (key BLOB PRIMARY KEY, row INTEGER) WITHOUT ROWID"
_MOST_ASKED = 500
_BEGINNING = b"SQLite format 3\0"
_COMMIT_SECONDS = 0.5


def is_database(path: Path) -> bool:
    """Return whether a file may be one of SQLite: it begins like one, or is empty or not there."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_BEGINNING)) in (_BEGINNING, b"")
    except FileNotFoundError:
        return True


class Ledger:
    """The ledger in a file; ``notices`` say what was wrong with it. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open a ledger, or begin one.

        Raises:
            BatchError: another batch holds it, or a newer version of this program wrote it.
            OutputError: it cannot be written.
        """
        self.path = path
        self.notices: list[Problem] = []
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            self._db = self._begun_anew(error)
        (most,) = self._db.execute("SELECT coalesce(max(run), 0) FROM documents").fetchone()
        self._run: int = most + 1
        self._is_empty = most == 0
        self._db.execute("BEGIN")
        self._committed = monotonic()

    def _opened(self) -> sqlite3.Connection:
        where = Location(str(self.path))
        db: sqlite3.Connection | None = None
        try:
            db = sqlite3.connect(self.path, timeout=1.0, isolation_level=None)
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("BEGIN IMMEDIATE")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            (application,) = db.execute("PRAGMA application_id").fetchone()
            if version > _VERSION and application == _APPLICATION:
                raise BatchError(
                    "the ledger was written by a newer version of this program", where,
                    "update the program, or name another file with --ledger",
                )  # fmt: skip
            if version == 0 and application == 0:
                for table in _TABLES:
                    db.execute(table)
                db.execute(f"PRAGMA application_id={_APPLICATION}")
                db.execute(f"PRAGMA user_version={_VERSION}")
            elif application != _APPLICATION:
                raise BatchError("this file is no ledger of a batch", where,
                                 "name another file with --ledger")  # fmt: skip
            db.execute("COMMIT")
            if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
            db.execute("SELECT name, input, digest, size, row, run FROM documents LIMIT 1")
            db.execute("SELECT name, source FROM pdfs LIMIT 1")
            db.execute("PRAGMA temp.journal_mode=OFF")
            db.execute(_CLAIMS)
        except sqlite3.OperationalError as error:
            if db is not None:
                db.close()
            if "locked" in str(error):
                raise BatchError(
                    "another batch is at work here", where,
                    "wait until it is done, or name another --ledger",
                ) from error  # fmt: skip
            if "no such" in str(error):
                raise sqlite3.DatabaseError("damaged") from error
            raise OutputError(
                f"the ledger cannot be written: {error}", where,
                "check the permissions and the space of the disk",
            ) from error  # fmt: skip
        except BaseException:
            if db is not None:
                db.close()
            raise
        return db

    def _begun_anew(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """Put a damaged ledger aside and begin another."""
        aside = self.path.with_name(f"{self.path.name}.damaged")
        try:
            self.path.replace(aside)
            for ending in ("-wal", "-shm", "-journal"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        except OSError as failure:
            raise OutputError(f"the ledger is damaged ({error}) and cannot be put aside",
                              Location(str(self.path)), "delete it") from failure  # fmt: skip
        told = f'the ledger was damaged and is kept as "{aside.name}"; a new one was begun'
        where = Location(str(self.path))
        self.notices.append(Problem(told, where, severity="warning", code=BatchError.code))
        return self._opened()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        self._db.close()

    # -- names of this run --

    def claim(self, names: Sequence[tuple[str, int]]) -> dict[int, int]:
        """Claim names for rows; return the rows that come too late, with the row that was first."""
        keys = [(blake2b(name_key(n).encode(), digest_size=12).digest(), row) for n, row in names]
        before = self._db.total_changes
        self._db.executemany("INSERT OR IGNORE INTO temp.claims VALUES (?, ?)", keys)
        if self._db.total_changes - before == len(keys):
            return {}
        late = {}
        for key, row in keys:
            (owner,) = self._db.execute(
                "SELECT row FROM temp.claims WHERE key = ?", (key,)
            ).fetchone()
            if owner != row:
                late[row] = owner
        return late

    # -- finished documents --

    def known(self, wanted: Sequence[tuple[str, bytes]], is_resumed: bool) -> dict[str, Known]:
        """Return what is known of documents by their names, each with the digest of its input."""
        if self._is_empty:
            return {}
        inputs = dict(wanted)
        found: dict[str, Known] = {}
        for names in _pieces(inputs, _MOST_ASKED):
            marks = ",".join("?" * len(names))
            for name, made_of, digest, size in self._db.execute(
                f"SELECT name, input, digest, size FROM documents WHERE name IN ({marks})", names
            ):
                found[name] = Known(digest, size, is_resumed and made_of == inputs[name])
        return found

    def add(self, rows: Iterable[tuple[str, bytes, bytes, int, int]]) -> None:
        """Note finished documents: name, digest of the input, SHA-256, size, number of the row.

        Raises:
            OutputError: the ledger cannot be written.
        """
        run = self._run
        try:
            self._db.executemany(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)",
                [(*row, run) for row in rows],
            )
            if monotonic() - self._committed > _COMMIT_SECONDS:
                self.commit()
        except sqlite3.Error as error:
            raise OutputError(f"the ledger cannot be written: {error}", Location(str(self.path)),
                              "free some space, then go on with --resume") from error  # fmt: skip

    def commit(self) -> None:
        """Make certain that what was noted stays noted."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")
        self._committed = monotonic()

    def documents(self) -> Iterator[tuple[str, bytes, int]]:
        """Yield name, SHA-256 and size of the documents of this run, in the order of the rows."""
        yield from self._db.execute(
            "SELECT name, digest, size FROM documents WHERE run = ? ORDER BY row", (self._run,)
        )

    def count(self) -> int:
        """Return the number of documents of this run."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM documents WHERE run = ?", (self._run,)
        ).fetchone()
        return int(count)

    # -- PDF files --

    def has_pdf(self, name: str, digest: bytes, base: Path) -> bool:
        """Return whether the PDF of a document with these bytes is there."""
        found = self._db.execute("SELECT source FROM pdfs WHERE name = ?", (name,)).fetchone()
        return found == (digest,) and (base / name).with_suffix(".pdf").is_file()

    def add_pdfs(self, names: Sequence[str]) -> None:
        """Note documents whose PDF was made."""
        self._db.executemany(
            "INSERT OR REPLACE INTO pdfs SELECT name, digest FROM documents WHERE name = ?",
            [(name,) for name in names],
        )
        self.commit()


def _pieces(names: Iterable[str], count: int) -> Iterator[list[str]]:
    waiting = iter(names)
    while piece := list(islice(waiting, count)):
        yield piece
