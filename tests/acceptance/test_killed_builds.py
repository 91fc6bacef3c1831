"""A build that is killed at any moment leaves whole files, and the next one is right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.build.steps import build_report
from generator.editions.current import build_current
from generator.editions.store import read_editions
from tests.support.projects import DEFINITION, FACTS, write_project

ROOT = Path(__file__).resolve().parents[2]
KILLED_AT_A_RENAME = """
import os, pathlib, signal, sys
left = int(sys.argv[2])
replace = pathlib.Path.replace
def killing(self, target):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return replace(self, target)
pathlib.Path.replace = pathlib.Path.rename = killing
from generator.editions.current import build_current
build_current(pathlib.Path(sys.argv[1]))
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


def outputs(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (folder / "output").iterdir() if p.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that keeps editions, built, and whose data have changed since."""
    definition = write_project(tmp_path, definition=DEFINITION + "history: {}\n")
    build_current(definition)
    changed = FACTS.replace("2000", "2100").replace("7.3", "6.1")
    (tmp_path / "data/facts.yaml").write_text(changed, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("renames", [0, 2, 4, 9, 14])
def test_killed_at_a_rename(project: Path, tmp_path: Path, renames: int) -> None:
    old = outputs(project)
    definition = project / "report.yaml"
    build_report(definition, output=tmp_path / "clean")
    new = {p.name: p.read_bytes() for p in (tmp_path / "clean").iterdir()}

    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_A_RENAME, str(definition), str(renames)], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60,
    )  # fmt: skip

    assert killed.returncode == -signal.SIGKILL
    for name, data in outputs(project).items():
        assert name.endswith(".part") or data in (old[name], new[name])
    assert len(read_editions(project / "output")) in (1, 2)
    result = build_current(definition)
    assert outputs(project) == new
    assert result.problems == ()
    first, second = read_editions(project / "output")
    assert first.digests != second.digests
    assert {f.path.name: f.digest for f in result.files} == second.digests
    assert {p.name for p in (project / "output/editions").iterdir()} == {first.name, second.name}


@pytest.mark.parametrize("delay", [0.1, 0.3, 0.5])
def test_killed_at_a_moment(project: Path, delay: float) -> None:
    old = outputs(project)
    running = subprocess.Popen(
        [sys.executable, str(ROOT / "make_report.py"), "-q"], cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        running.wait(delay)
    except subprocess.TimeoutExpired:
        running.kill()
    running.wait()

    left = outputs(project)
    assert {name for name in left if not name.startswith(".")} == set(old)
    result = build_current(project / "report.yaml")
    build_report(project / "report.yaml", output=project / "clean")
    assert outputs(project) == {p.name: p.read_bytes() for p in (project / "clean").iterdir()}
    assert result.problems == ()


def test_a_write_that_fails_leaves_old_files_and_an_honest_state(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = outputs(project)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("generator.build.files.os.fsync", full)
        with pytest.raises(Exception, match="No space left"):
            build_current(project / "report.yaml")

    assert outputs(project) == old
    result = build_current(project / "report.yaml")
    assert {file.state for file in result.files} == {"written"}
    assert result.problems == ()
