"""A batch that is killed, or loses processes, leaves whole documents; going on completes it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.batches import names, text_of, write_batch
from tests.support.moments import KILLS

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2_000
WORDS = ["batch", "letter.docx", "--over", "rows.csv", "--out", "out/{no}.docx", "--json"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


def start(folder: Path, *words: str, limit: int | None = None) -> subprocess.Popen[str]:
    """Start a batch in a session of its own, with files of at most ``limit`` bytes."""

    def limited() -> None:
        import resource

        assert limit is not None
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, str(ROOT / "make_report.py"), *WORDS, *words], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=limited if limit is not None else None,
    )  # fmt: skip


def finished(running: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = running.communicate(timeout=120)
    assert "Traceback" not in err, err
    record: dict[str, Any] = json.loads(out)
    return record


def documents(folder: Path) -> dict[str, int]:
    """Return the moment of writing of each document, after a look at whether it is whole."""
    found = {}
    for path in (folder / "out").glob("[!.]*"):
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None, path
        found[path.name] = path.stat().st_mtime_ns
    return found


def processes(group: int) -> list[str]:
    """Return the processes of a group that are not gone."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if fields[2] == str(group) and fields[0] != "Z":
                found.append(path.parent.name)
    return found


def is_worker(process: str) -> bool:
    """Return whether a process makes documents, or starts those that do.

    Another one keeps the pool's semaphores.
    """
    with suppress(OSError):
        return b"multiprocessing.forkserver" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def wait_for(is_so: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def wait_for_more(running: subprocess.Popen[str], folder: Path, count: int) -> None:
    """Wait until a batch has written more documents, or ended."""
    wait_for(
        lambda: running.poll() is not None or sum(1 for _ in (folder / "out").glob("[!.]*")) > count
    )


#: Forks a batch again and again and kills it; tells how often, and what it found wrong.
KILLED_AGAIN_AND_AGAIN = """
import json, os, pathlib, random, signal, sys, time, zipfile
from dataclasses import replace
from generator.batch.running import run_batch
from tests.support.batches import names, write_batch
home, kills, rows, turn = pathlib.Path(sys.argv[1]), int(sys.argv[2]), 1500, 0
chance, wrong = random.Random(1), []

def look(out):
    found = {}
    for path in out.glob("[!.]*"):
        with zipfile.ZipFile(path) as package:
            if package.testzip() is not None:
                wrong.append(f"{path.name} is half written")
        found[path.name] = path.stat().st_mtime_ns
    return found

def batch(order):
    child = os.fork()
    if not child:
        code = 1
        try:
            result = run_batch(order)
            code = 0 if not result.problems and result.finished == rows else 1
        finally:
            os._exit(code)
    return child

begun = time.perf_counter()
os.waitpid(batch(write_batch(home / "first", names(rows))), 0)
whole = time.perf_counter() - begun
done = 0
while done < kills:
    turn += 1
    order = replace(write_batch(home / str(turn), names(rows)), resume=True)
    before, code = {}, None
    while code is None and done < kills:
        child = batch(order)
        time.sleep(chance.random() * whole / 3)
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            done += 1
        else:
            code = os.WEXITSTATUS(status)
        after = look(home / str(turn) / "out")
        wrong += [f"{name} was made twice" for name in before if after.get(name) != before[name]]
        before = after
    code = os.WEXITSTATUS(os.waitpid(batch(order), 0)[1]) if code is None else code
    after = look(home / str(turn) / "out")
    wrong += [f"{name} was made twice" for name in before if after.get(name) != before[name]]
    if code or len(after) != rows or list((home / str(turn)).rglob("*.part")):
        wrong.append(f"turn {turn}: code {code}, {len(after)} documents")
print(json.dumps([done, turn, wrong]))
"""


def test_killed_at_many_moments(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED_AGAIN_AND_AGAIN, str(tmp_path), str(KILLS)], cwd=ROOT,
        text=True, capture_output=True, timeout=1800, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert run.returncode == 0, run.stderr
    kills, _, wrong = json.loads(run.stdout)
    assert (kills, wrong) == (KILLS, [])


@pytest.mark.parametrize("seed", range(2))
def test_killed_with_its_pool_at_five_moments(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    write_batch(tmp_path, names(ROWS))
    before: dict[str, int] = {}
    kills = 0
    for _ in range(5):
        running = start(tmp_path, "--resume")
        if chance.random() < 0.3:  # as it begins
            time.sleep(chance.random())
        else:  # as it writes
            wait_for_more(running, tmp_path, len(before))
            time.sleep(chance.random() * 0.1)
        kills += running.poll() is None
        running.kill()
        running.communicate()
        wait_for(lambda running=running: not processes(running.pid), 10)
        after = documents(tmp_path)
        assert {name: after.get(name) for name in before} == before  # nothing was made twice
        before = after

    record = finished(start(tmp_path, "--resume"))

    assert kills >= 2
    assert record["ok"]
    assert record["finished"] == ROWS
    after = documents(tmp_path)
    assert {name: after[name] for name in before} == before
    assert after.keys() == {f"{n}.docx" for n in range(ROWS)}
    assert text_of(tmp_path / "out/77.docx") == "Dear Ms 77, number 77"
    assert not list((tmp_path / "out").rglob("*.part"))


def test_processes_that_are_killed_from_outside_cost_no_document(tmp_path: Path) -> None:
    rows, made = 6_000, 0
    write_batch(tmp_path, names(rows))
    running = start(tmp_path)
    for _ in range(3):
        # far enough behind the last kill: a row that was hit alone a second time is set aside
        wait_for_more(running, tmp_path, made + 200)
        made = sum(1 for _ in (tmp_path / "out").glob("[!.]*"))
        workers = [p for p in processes(running.pid) if is_worker(p)]
        with suppress(ProcessLookupError):
            os.kill(int(random.choice(workers)), signal.SIGKILL)

    record = finished(running)

    assert record["ok"], record["problems"]
    assert record["finished"] == record["rows"] == rows
    assert len(documents(tmp_path)) == rows


def test_files_that_may_not_grow_fail_one_by_one_and_leave_nothing(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(30_000).hex()  # it is not packed to less than its half
    write_batch(tmp_path, ["1,x"], text=f"{{{{ name }}}} {noise}")

    record = finished(start(tmp_path, "--ledger", "ledger", limit=30_000))

    assert record["problems"]
    assert "cannot be written" in record["problems"][0]["message"]
    assert not list((tmp_path / "out").glob("[!.]*"))


def test_an_output_that_is_replaced_while_a_batch_runs_is_not_lost(tmp_path: Path) -> None:
    write_batch(tmp_path, names(ROWS))
    running = start(tmp_path)
    wait_for((tmp_path / "out/0.docx").exists)
    edited = (tmp_path / "letter.docx").read_bytes()
    (tmp_path / "out/aside").write_bytes(edited)
    (tmp_path / "out/aside").replace(tmp_path / "out/0.docx")

    record = finished(running)
    again = finished(start(tmp_path, "--resume"))

    assert record["finished"] == ROWS
    assert again["counts"] == {"edited": 1, "kept": ROWS - 1}
    assert (tmp_path / "out/0.docx").read_bytes() == edited


def test_memory_stays_where_it_is(tmp_path: Path) -> None:
    peaks = []
    for count in (500, 4_000):
        write_batch(tmp_path, names(count))
        running = start(tmp_path)
        peak = 0
        while running.poll() is None:
            with suppress(OSError, IndexError, ValueError):
                text = Path(f"/proc/{running.pid}/status").read_text()
                peak = max(peak, int(text.split("VmHWM:")[1].split()[0]))
            time.sleep(0.05)
        assert finished(running)["finished"] == count
        peaks.append(peak)

    assert peaks[1] < peaks[0] * 1.15 + 2_000, peaks
