"""Builds and scheduled runs that are killed at many random moments each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from generator.build.steps import build_report
from generator.editions.store import read_editions
from generator.scheduling.ledger import Ledger
from generator.scheduling.store import Store
from tests.support.killing import BEGAN
from tests.support.moments import KILLS
from tests.support.offices import Office
from tests.support.projects import DEFINITION, write_project

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills by signal")


def killed(kind: str, project: Path, times: int, **variables: str) -> dict:
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.killing", kind, str(project), str(times), "7"],
        cwd=ROOT, env={**os.environ, "MAKE_REPORT_CACHE": str(project / "compiled"), **variables},
        capture_output=True, text=True, timeout=1800,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def is_as_built_clean(project: Path, tmp_path: Path) -> bool:
    build_report(project / "report.yaml", output=tmp_path / "clean")
    return all(
        (project / "output" / path.name).read_bytes() == path.read_bytes()
        for path in (tmp_path / "clean").glob("*.*x")
    )


def test_killed_builds_leave_whole_files_and_the_next_is_right(tmp_path: Path) -> None:
    project = write_project(tmp_path / "p", definition=DEFINITION + "history: {}\n").parent

    told = killed("build", project, KILLS)

    assert told == {"killed": KILLS, "turns": told["turns"], "wrong": []}
    assert is_as_built_clean(project, tmp_path)
    left = [path.name for path in (project / "output").rglob(".*")]
    assert left == []


def test_killed_builds_leave_whole_pdf_files_of_what_was_built(tmp_path: Path) -> None:
    text = DEFINITION + "history: {}\npdf: true\n"
    project = write_project(tmp_path / "p", definition=text).parent
    office = Office(tmp_path)
    (tmp_path / "tmp").mkdir()

    told = killed("build", project, KILLS, MAKE_REPORT_SOFFICE=str(office.file),
                  TMPDIR=str(tmp_path / "tmp"))  # fmt: skip

    assert told == {"killed": KILLS, "turns": told["turns"], "wrong": []}
    assert is_as_built_clean(project, tmp_path)
    edition = read_editions(project / "output")[-1]
    for file in edition.files:
        assert file.source is None or file.source_digest == edition.digests[file.source]
    for path in (project / "output").glob("*.pdf"):
        source = edition.digests[next(f.source for f in edition.files if f.name == path.name)]
        assert source.encode() in path.read_bytes()
    assert [path.name for path in (project / "output").rglob(".*")] == []


def test_killed_runs_are_brought_to_their_end_and_nothing_is_sent_twice(
    tmp_path: Path,
) -> None:
    text = DEFINITION + "schedule: {every: 1 hour, missed: all, missed_limit: {number: 1000}}\n"
    project = write_project(tmp_path / "p", definition=text).parent

    told = killed("run", project, KILLS)

    assert told == {"killed": KILLS, "turns": told["turns"], "wrong": []}
    ledger = Ledger(Store(project / ".cache/schedule"), BEGAN)
    runs = ledger.runs([project.name], 1000)
    ledger.close()
    hours = range(1, told["turns"] + 2)
    assert [run.planned for run in runs] == [BEGAN + timedelta(hours=n) for n in hours]
    assert {run.state for run in runs} == {"done"}
    editions = {edition.name for edition in read_editions(project / "output")}
    assert {run.edition for run in runs} == editions
    assert is_as_built_clean(project, tmp_path)
    sent = Counter((project / "sent/sendings").read_text().splitlines())
    assert set(sent) == {f"{name} {target}" for name in editions for target in ("folder", "mail")}
    assert set(sent.values()) == {1}
