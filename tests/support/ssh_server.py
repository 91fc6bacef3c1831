"""A server of OpenSSH on this machine that gives SFTP and nothing else."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd", path=os.pathsep.join(["/usr/sbin", "/sbin", os.environ["PATH"]]))


@dataclass(frozen=True)
class SshServer:
    """Where the server listens, who may enter with which key, and how it is known."""

    port: int
    user: str
    key: Path
    known_hosts: Path


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Run a server on a free port until the block ends."""
    assert SSHD is not None
    folder.chmod(0o700)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True
        )
    (folder / "allowed").write_bytes((folder / "user.pub").read_bytes())
    (folder / "allowed").chmod(0o600)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/allowed\nStrictModes no\nPasswordAuthentication no\n"
        "PermitRootLogin yes\nForceCommand internal-sftp\nSubsystem sftp internal-sftp\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd separates its rights there
    process = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", folder / "sshd_config"], stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        known = folder / "known_hosts"
        host = (folder / "host.pub").read_text().split()[:2]
        known.write_text(f"[127.0.0.1]:{port} {' '.join(host)}\n")
        yield SshServer(port, getpass.getuser(), folder / "user", known)
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
