"""A delivery that is killed at any moment leaves no half file, and nothing arrives twice."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from generator.delivery.ledger import Ledger
from tests.support.deliveries import delivered, planned, project_with
from tests.support.mail_server import mail_server
from tests.support.moments import KILLS
from tests.support.web_server import web_server

ROOT = Path(__file__).resolve().parents[2]
SECRET = {"HOOK_SECRET": "a secret of more than 16 bytes"}
TARGETS = ("shelf", "board", "hook")
#: Delivers once to load what is needed, thrice to see how long that takes; then it is killed.
KILLED = """
import os, pathlib, random, signal, sys, time
from generator.delivery.deliveries import deliver, find_what_to_deliver, planned_deliveries

def run(definition):
    report, edition = find_what_to_deliver(pathlib.Path(definition), "last")
    for delivery in planned_deliveries(report, edition):
        deliver(report, edition, delivery, environment=os.environ, sleep=lambda seconds: None)

def forked(definition):
    pid = os.fork()
    if pid == 0:
        run(definition)
        os._exit(0)
    return pid

def timed(definition):
    begin = time.perf_counter()
    os.waitpid(forked(definition), 0)
    return time.perf_counter() - begin

seed, first, *rest = sys.argv[1:]
run(first)
whole = min(timed(rest.pop()) for _ in range(3))
chance = random.Random(int(seed))
for definition in rest:
    pid = forked(definition)
    time.sleep(chance.uniform(0, whole))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


def targets(mail_port: int, web_port: int, number: int) -> str:
    return (
        "  shelf: {folder: shelf}\n"
        f"  board: {{mail: {{host: 127.0.0.1, port: {mail_port}, security: none, "
        f"from: a@example.org, to: r{number}@example.org}}}}\n"
        f"  hook: {{webhook: {{url: 'http://127.0.0.1:{web_port}/{number}', "
        "secret_env: HOOK_SECRET, http: true, private: true}}"
    )


class Reader(threading.Thread):
    """Looks into folders all the time, as readers do, and notes what is not whole."""

    def __init__(self, folders: list[Path], whole: set[str]) -> None:
        super().__init__(daemon=True)
        self.folders = folders
        self.whole = whole
        self.ends = False
        self.wrong: list[str] = []
        self.looks = 0

    def run(self) -> None:
        while not self.ends:
            for folder in self.folders:
                self.wrong += half_files(folder, self.whole)
                self.looks += 1
            time.sleep(0.005)


def half_files(folder: Path, whole: set[str]) -> list[str]:
    """Return the files of a folder, as its readers see it, that are not as they were built."""
    wrong = []
    for path in folder.glob("[!.]*"):
        data = path.read_bytes()
        if path.name == "edition.json":
            names = [file["name"] for file in json.loads(data)["files"]]
            wrong += [name for name in names if not (folder / name).is_file()]
        elif hashlib.sha256(data).hexdigest() not in whole:
            wrong.append(str(path))
    return wrong


def test_killed_at_many_moments(tmp_path: Path) -> None:
    with (
        mail_server(security="none") as mail,
        web_server(secret=SECRET["HOOK_SECRET"].encode()) as web,
    ):
        definitions = [
            project_with(tmp_path / str(number), targets(mail.port, web.port, number))
            for number in range(KILLS + 4)
        ]
        folders = [definition.parent / "shelf" for definition in definitions]
        manifest = tmp_path / "0/output/editions/2026-11-23-1/manifest.json"
        whole = {file["digest"] for file in json.loads(manifest.read_bytes())["files"]}
        reader = Reader(folders, whole)
        reader.start()

        subprocess.run(
            [sys.executable, "-c", KILLED, "20261123", *map(str, definitions)], cwd=ROOT,
            env={**os.environ, **SECRET, "PYTHONPATH": str(ROOT)}, timeout=300, check=True,
        )  # fmt: skip

        assert [half_files(folder, whole) for folder in folders] == [[]] * (KILLS + 4)
        unfinished = 0
        for definition in definitions[1:-3]:
            ledger = Ledger.of(definition.parent / "output")
            records = [ledger.read(planned(definition, name).key) for name in TARGETS]
            unfinished += any(record is None or record.sent is None for record in records)
            for name in TARGETS:
                delivered(definition, name, SECRET)
        count = len(mail.mails), len(web.requests)
        again = [delivered(d, name, SECRET).state for d in definitions for name in TARGETS]
        reader.ends = True
        reader.join()

        assert unfinished >= KILLS // 10  # else the moments were none
        assert set(again) == {"already sent"}
        assert count == (len(mail.mails), len(web.requests))
        assert (reader.wrong, reader.looks > KILLS) == ([], True)
        for number, folder in enumerate(folders):
            assert len(list(folder.glob("*"))) == 4  # no temporary file stayed either
            assert half_files(folder, whole) == []
            mails = [m for m in mail.mails if m.recipients == (f"r{number}@example.org",)]
            assert len(mails) in (1, 2)
            assert len({m.message["Message-ID"] for m in mails}) == 1
            sent = [request for request in web.requests if request[0] == f"/{number}"]
            assert len({(headers["idempotency-key"], body) for _, headers, body in sent}) == 1
        once = {m.recipients for m in mail.mails}
        assert len(once) == KILLS + 4


@pytest.mark.parametrize("moment", range(9))
def test_killed_at_a_write(tmp_path: Path, moment: int) -> None:
    """Each write is a moment of its own: three of the ledger and the files, then the manifest."""
    definition = project_with(tmp_path, "  shelf: {folder: shelf}")
    killed = """
import os, pathlib, signal, sys
left = int(sys.argv[2])
fsync, replace = os.fsync, pathlib.Path.replace
def counted(work):
    def done(*arguments):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*arguments)
    return done
os.fsync, pathlib.Path.replace = counted(fsync), counted(replace)
from generator.delivery.deliveries import deliver, find_what_to_deliver, planned_deliveries
report, edition = find_what_to_deliver(pathlib.Path(sys.argv[1]), "last")
for delivery in planned_deliveries(report, edition):
    deliver(report, edition, delivery, environment={})
"""

    run = subprocess.run(
        [sys.executable, "-c", killed, str(definition), str(moment)], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60,
    )  # fmt: skip

    manifest = tmp_path / "output/editions/2026-11-23-1/manifest.json"
    whole = {file["digest"] for file in json.loads(manifest.read_bytes())["files"]}
    assert run.returncode == -9
    assert half_files(tmp_path / "shelf", whole) == []
    assert delivered(definition).state == "sent"
    assert len(list((tmp_path / "shelf").iterdir())) == 4
    left = {path.suffix for path in (tmp_path / "output/editions/deliveries").iterdir()}
    assert left == {".json", ".lock"}
