"""Streams that are closed, full or left by their reader, and folders that went away."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROGRAM = f'"{sys.executable}" "{ROOT / "make_report.py"}"'


def shell(script: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which ``make_report`` stands for the program."""
    line = script.replace("make_report", PROGRAM)
    return subprocess.run(["bash", "-c", line], cwd=cwd, capture_output=True, text=True)


class TestStandardOutput:
    def test_a_reader_who_has_seen_enough_is_no_failure(self) -> None:
        run = shell("make_report facts | head -1 >/dev/null; echo ${PIPESTATUS[0]}")

        assert (run.stdout, run.stderr) == ("0\n", "")

    def test_a_reader_who_leaves_does_not_hide_a_failure(self) -> None:
        run = shell("make_report nonsense --json | true; echo ${PIPESTATUS[0]}")

        assert (run.stdout, run.stderr) == ("2\n", "")

    @pytest.mark.parametrize("words", ["facts", "facts --json"])
    def test_a_full_disk_is_one_line_and_a_failure(self, words: str) -> None:
        run = shell(f"make_report {words} >/dev/full")

        assert run.returncode == 1
        assert run.stderr == "error: standard output: cannot be written: No space left on device\n"

    @pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
    def test_a_closed_stream_stops_nothing(self, closed: str) -> None:
        run = shell(f"make_report facts {closed}")

        assert (run.returncode, run.stderr) == (0, "")


class TestFolders:
    def test_a_current_folder_that_was_deleted(self, tmp_path: Path) -> None:
        (tmp_path / "gone").mkdir()

        run = shell('rmdir "$PWD"; make_report', tmp_path / "gone")

        assert run.returncode == 1
        assert run.stderr == (
            "error: the current folder no longer exists\nhint: change into another folder\n"
        )

    def test_a_name_that_no_disk_can_hold(self) -> None:
        run = shell(f"make_report --json -f {'a' * 300}")

        problem = json.loads(run.stdout)["problems"][0]
        assert run.returncode == 1
        assert problem["message"] == "it cannot be reached: File name too long"
        assert problem["where"]["file"] == "a" * 300
