"""A MariaDB server of its own for tests, in a folder that goes with them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from tests.support.postgresql import PASSWORD, Server, free_port


def find_mariadb() -> tuple[str, str] | None:
    """Return the programs that make and run a server; None if there is none on this machine."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    programs = (shutil.which("mariadb-install-db", path=path), shutil.which("mariadbd", path=path))
    return (programs[0], programs[1]) if programs[0] and programs[1] else None


@contextmanager
def running_mariadb(programs: tuple[str, str]) -> Iterator[Server]:
    """Run a server with a database ``stats`` and a user with a password as long as the block."""
    import pymysql

    install, serve = programs
    folder = Path(tempfile.mkdtemp(prefix="maria-"))
    data, socket = folder / "data", folder / "socket"
    own = [f"--user={'root' if os.geteuid() == 0 else os.environ.get('USER', '')}"]
    subprocess.run([install, "--no-defaults", f"--datadir={data}", "--skip-test-db",
                    "--auth-root-authentication-method=normal", *own],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    port = free_port()
    process = subprocess.Popen(
        [serve, "--no-defaults", f"--datadir={data}", f"--socket={socket}", f"--port={port}",
         "--bind-address=127.0.0.1", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0",
         "--innodb-buffer-pool-size=32M", *own],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = monotonic() + 60
        while True:
            try:
                if not socket.exists():
                    raise pymysql.err.OperationalError(2002, "not yet")
                root = pymysql.connect(unix_socket=str(socket), user="root", autocommit=True)
                break
            except pymysql.err.OperationalError:
                if monotonic() > until or process.poll() is not None:
                    raise
                sleep(0.2)
        with root, root.cursor() as cursor:
            cursor.execute("create database stats character set utf8mb4")
            cursor.execute(f"create user reader@'127.0.0.1' identified by '{PASSWORD}'")
            cursor.execute("grant all on stats.* to reader@'127.0.0.1'")
        yield Server(port, "reader")
    finally:
        process.terminate()
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
