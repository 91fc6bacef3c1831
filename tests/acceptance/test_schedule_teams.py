"""Several workers that share a PostgreSQL database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from generator.scheduling.ledger import Ledger, RunRecord
from generator.scheduling.owner import owned
from generator.scheduling.store import URL_VARIABLE, Store
from tests.support.postgresql import PASSWORD, find_programs, running_server
from tests.support.projects import DEFINITION, write_project

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = find_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed")

#: Seconds that a test waits for what must come; a busy machine takes long.
PATIENCE = 240
#: Makes the step "build edition" of a worker so slow that it can be killed in it.
SLOW = """
import sys, time
from pathlib import Path
from generator.scheduling import work
build = work.ReportWork.build
def slow(self, run, fetched):
    Path("at-work").write_text(run)
    while Path("slow").exists():
        time.sleep(0.05)
    return build(self, run, fetched)
work.ReportWork.build = slow
from generator.app.commands import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    assert PROGRAMS is not None
    with running_server(PROGRAMS) as server:
        secret = PASSWORD.replace("/", "%2F").replace("@", "%40")
        yield f"postgresql://{server.owner}:{secret}@127.0.0.1:{server.port}/postgres"


class Team:
    """A project that several workers serve."""

    def __init__(self, folder: Path, address: str, name: str, rule: str) -> None:
        self.folder = folder
        self.name = name
        self.store = Store(folder, address)
        self.environment = {**os.environ, URL_VARIABLE: address, "PYTHONPATH": str(ROOT)}
        text = f"{DEFINITION}schedule: {{name: {name}, missed: all, {rule}}}\n"
        write_project(folder, definition=text)

    def worker(self, name: str, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", SLOW, "schedule", *words, "--worker", name], cwd=self.folder,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def done(self, name: str, *words: str) -> tuple[int | None, str, str]:
        running = self.worker(name, *words)
        out, err = running.communicate(timeout=PATIENCE)
        return running.returncode, out, err

    def runs(self) -> list[RunRecord]:
        with closing(Ledger(self.store, datetime.now(UTC))) as ledger:
            return ledger.runs([self.name], 1000)


def test_workers_that_begin_at_once_create_what_they_share_once(tmp_path: Path) -> None:
    assert PROGRAMS is not None
    with running_server(PROGRAMS) as server:
        secret = PASSWORD.replace("/", "%2F").replace("@", "%40")
        address = f"postgresql://{server.owner}:{secret}@127.0.0.1:{server.port}/postgres"
        store = Store(tmp_path, address)
        start = threading.Barrier(8)
        failed: list[BaseException] = []

        def begin(number: int) -> None:
            try:
                start.wait(PATIENCE)
                with owned(store, f"worker {number}", "a trial", datetime.now(UTC)):
                    Ledger(store, datetime.now(UTC)).close()
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert failed == []


def test_two_workers_make_each_time_once(tmp_path: Path, address: str) -> None:
    team = Team(tmp_path, address, "pair", "every: 2 seconds, missed_limit: {number: 100}")
    both = [team.worker(name, "serve") for name in ("a", "b")]
    try:
        until = time.monotonic() + PATIENCE
        while len([run for run in team.runs() if run.state == "done"]) < 5:
            assert time.monotonic() < until
            ended = [running for running in both if running.poll() is not None]
            assert not ended, [running.communicate() for running in ended]
            time.sleep(0.5)
        for running in both:
            running.send_signal(signal.SIGTERM)
        told = [running.communicate(timeout=PATIENCE) for running in both]
    finally:
        for running in both:
            running.kill()
            running.communicate()

    assert [running.returncode for running in both] == [0, 0], told
    runs = team.runs()
    gaps = {b.planned - a.planned for a, b in pairwise(runs)}
    assert {gap.total_seconds() for gap in gaps} == {2.0}
    assert {run.state for run in runs} <= {"done", "due"}


def test_a_dead_workers_run_is_told_of_and_taken_over(tmp_path: Path, address: str) -> None:
    team = Team(tmp_path, address, "heirs", "every: 1 hour")
    assert team.done("a", "run-due")[0] == 0
    with closing(Ledger(team.store, datetime.now(UTC))) as ledger:  # as if an hour had gone by
        ledger._shared.execute(
            "UPDATE make_report_schedules SET mark = '2026-11-01T00:00:00Z' WHERE name = 'heirs'"
        )
        ledger._shared.commit()
    text = (tmp_path / "report.yaml").read_text("utf-8")
    (tmp_path / "report.yaml").write_text(text.replace("missed: all", "missed: latest"), "utf-8")
    (tmp_path / "slow").touch()
    first = team.worker("a", "run-due")
    try:
        until = time.monotonic() + PATIENCE
        while not (tmp_path / "at-work").exists():
            assert time.monotonic() < until
            assert first.poll() is None
            time.sleep(0.1)
        same_name = team.done("a", "run-due")
        too_early = team.done("b", "takeover", "a")
    finally:
        first.kill()
        first.communicate()
    (tmp_path / "slow").unlink()
    other = team.done("b", "run-due")
    taken = team.done("b", "takeover", "a", "--json")

    assert same_name[0] == 0
    assert f"process {first.pid} on" in same_name[2]
    assert 'works under the name "a"' in same_name[2]
    assert too_early[0] == 1
    assert 'works under the name "a"' in too_early[2]
    assert other[0] == 0, other
    assert 'the worker "a" has ended and left heirs@' in other[2]
    assert "hint: go on with it: schedule takeover a" in other[2]
    assert taken[0] == 0, taken
    assert [run["state"] for run in json.loads(taken[1])["runs"]] == ["done"]
    assert [run.state for run in team.runs() if run.count is None] == ["done"]


def test_a_stop_comes_to_its_end_though_the_server_is_gone(tmp_path: Path) -> None:
    assert PROGRAMS is not None
    with running_server(PROGRAMS) as server:
        secret = PASSWORD.replace("/", "%2F").replace("@", "%40")
        url = f"postgresql://{server.owner}:{secret}@127.0.0.1:{server.port}/postgres"
        team = Team(tmp_path, url, "lost", "every: 2 seconds")
        (tmp_path / "slow").touch()
        running = team.worker("a", "serve")
        until = time.monotonic() + PATIENCE
        while not (tmp_path / "at-work").exists():
            assert time.monotonic() < until
            time.sleep(0.1)
    try:
        (tmp_path / "slow").unlink()
        running.send_signal(signal.SIGTERM)
        _, told = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
        running.communicate()

    assert running.returncode == 1
    assert "the shared store cannot be" in told or "does not answer" in told
    assert "Traceback" not in told


def test_a_schedule_of_a_team_needs_a_name(tmp_path: Path, address: str) -> None:
    team = Team(tmp_path, address, "x", "every: 1 hour")
    text = (tmp_path / "report.yaml").read_text("utf-8")
    (tmp_path / "report.yaml").write_text(text.replace("name: x, ", ""), "utf-8")

    code, _, told = team.done("a", "run-due")

    assert code == 1
    assert "in a store that several workers share a schedule needs a name" in told


def test_a_server_that_is_away_is_told_without_the_password(tmp_path: Path) -> None:
    team = Team(tmp_path, "postgresql://u:geheim@127.0.0.1:9/x", "x", "every: 1 hour")

    code, out, told = team.done("a", "run-due")

    assert code == 1
    assert "error: MAKE_REPORT_SCHEDULE_URL: the shared store cannot be reached" in told
    assert "geheim" not in out + told
