"""A PostgreSQL server of its own for tests, in a folder that goes with them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Where Debian and others keep the programs of the server, which are not on the path.
_PLACES = ("/usr/lib/postgresql", "/usr/pgsql")
PASSWORD = "correct-horse/battery@staple"


@dataclass(frozen=True)
class Server:
    """A running server, and the user of it who knows the password."""

    port: int
    owner: str


def find_programs() -> Path | None:
    """Return the folder of ``initdb``; None if there is no server on this machine."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = [path for place in _PLACES for path in Path(place).glob("*/bin/initdb")]
    return max(folders).parent if folders else None


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Run a server as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    own = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if own:
        shutil.chown(folder, "postgres")
    port = free_port()
    data, secret = folder / "data", folder / "password"
    secret.write_text(PASSWORD)
    if own:
        shutil.chown(secret, "postgres")

    def call(*words: str) -> None:
        subprocess.run([*own, *words], check=True, capture_output=True, cwd=folder, timeout=60)

    try:
        call(str(programs / "initdb"), "-D", str(data), "-U", "reader", "-A", "scram-sha-256",
             f"--pwfile={secret}", "-N", "-E", "UTF8", "--locale=C")  # fmt: skip
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        call(str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-w", "-l",
             str(folder / "log"), "start")  # fmt: skip
        try:
            yield Server(port, "reader")
        finally:
            call(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
