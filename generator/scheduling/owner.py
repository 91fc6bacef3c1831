"""Who may work on a store: one process a folder, or one process for each name of a worker.

Both are locks of the operating system or the server, which vanish with their process whatever
happens to it.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from generator.editions.state import try_lock, write_whole
from generator.errors import Location, OutputError
from generator.scheduling.ledger import written
from generator.scheduling.store import CREATION_LOCK, Store
from generator.sources.files import kept_bytes, kept_json

#: The name of the one worker of a folder.
LOCAL = "local"
_LOCK_SPACE = 73911826


class BusyError(OutputError):
    """Another process works on the store, or has the name of this worker."""

    code = "busy"


def worker_name(store: Store, asked: str | None) -> str:
    """Return the name of this worker, which stays the same from start to start."""
    return (asked or socket.gethostname() or LOCAL) if store.is_shared else LOCAL


@contextmanager
def owned(store: Store, worker: str, doing: str, now: datetime) -> Iterator[Callable[[], None]]:
    """Be the one process that works on a store, or under the name of a worker.

    What is given makes sure that it still is: a lock on a server goes with its connection.

    Raises:
        BusyError: another one is; the message says who.
    """
    if store.is_shared:
        with _owned_shared(store, worker, doing, now) as still:
            yield still
        return
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(store.folder / "owner.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise OutputError(
            f"the store of schedules cannot be written: {error.strerror}", store.where,
            "choose a folder of this machine where you may write: --store DIR",
        ) from error  # fmt: skip
    try:
        if not try_lock(handle):
            raise _busy(store, _told(_read_owner(store)))
        with suppress(OSError):  # it is only for messages
            write_whole(_owner_file(store), json.dumps(_self(doing, now)).encode())
        yield lambda: None
    finally:
        os.close(handle)


def _owner_file(store: Store) -> Path:
    return store.folder / "owner.json"


def _self(doing: str, now: datetime) -> dict[str, object]:
    return {"host": socket.gethostname(), "process": os.getpid(), "since": written(now),
            "doing": doing}  # fmt: skip


def _read_owner(store: Store) -> dict[str, Any]:
    try:
        found = kept_json(kept_bytes(_owner_file(store)))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(owner: dict[str, Any]) -> str:
    if not owner:
        return "another process"
    return (
        f'process {owner.get("process")} on {owner.get("host")} ("{owner.get("doing")}", '
        f"since {owner.get('since')})"
    )


def _busy(store: Store, told: str) -> BusyError:
    return BusyError(
        f"{told} is at work on these schedules", store.where,
        "there is nothing to do: it makes what is due; stop it first to work here",
    )  # fmt: skip


# -- a shared store --------------------------------------------------------------------------

_WORKERS = """CREATE TABLE IF NOT EXISTS make_report_workers (
    name TEXT PRIMARY KEY, host TEXT, process INTEGER, since TEXT, doing TEXT)"""


@contextmanager
def _owned_shared(
    store: Store, worker: str, doing: str, now: datetime
) -> Iterator[Callable[[], None]]:
    with _connected(store) as server:
        if not _had(server, worker):
            row = server.execute(
                "SELECT host, process, doing, since FROM make_report_workers WHERE name = %s",
                (worker,),
            ).fetchone()
            names = ("host", "process", "doing", "since")
            told = _told(dict(zip(names, row, strict=True)) if row else {})
            raise BusyError(
                f'{told} works under the name "{worker}"', store.where,
                "give this one a name of its own: --worker NAME",
            )  # fmt: skip
        me = _self(doing, now)
        server.execute(
            "INSERT INTO make_report_workers VALUES (%(name)s, %(host)s, %(process)s, %(since)s, "
            "%(doing)s) ON CONFLICT (name) DO UPDATE SET host = %(host)s, process = %(process)s, "
            "since = %(since)s, doing = %(doing)s",
            {"name": worker, **me},
        )

        def still() -> None:
            with _reached(store):
                server.execute("SELECT 1")

        yield still


@contextmanager
def _connected(store: Store) -> Iterator[Any]:
    import psycopg

    with _reached(store):
        server = psycopg.connect(str(store.url), autocommit=True, connect_timeout=15)
        with server.transaction():
            server.execute("SELECT pg_advisory_xact_lock(%s)", (CREATION_LOCK,))
            server.execute(_WORKERS)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def _reached(store: Store) -> Iterator[None]:
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        told = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise OutputError(
            f"the shared store cannot be reached: {told}", store.where,
            "check address, user and password, and whether the server runs",
        ) from error  # fmt: skip


def _had(server: Any, worker: str) -> bool:
    """Return whether the lock of a worker's name was had; it goes with the connection."""
    row = server.execute(
        "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK_SPACE, worker)
    ).fetchone()
    return bool(row[0])


def dead_workers(store: Store, names: Sequence[str], worker: str) -> list[str]:
    """Return those of some workers of a shared store that no process works as."""
    if not store.is_shared:
        return []
    found = []
    with _connected(store) as server:
        for name in names:
            if name != worker and _had(server, name):
                found.append(name)
                server.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", (_LOCK_SPACE, name))
    return found


def check_dead(store: Store, name: str, worker: str) -> None:
    """Make sure that nobody works under a name.

    Raises:
        BusyError: somebody does, so its runs are not taken over.
    """
    if name not in dead_workers(store, [name], worker):
        raise BusyError(
            f'the worker "{name}" lives, so its runs stay its own', Location(store.where.file),
            "stop it first, or wait until it is done",
        )  # fmt: skip
