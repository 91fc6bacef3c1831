"""Fixtures that more than one folder of tests needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

#: On a busy machine any example may take its second.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
#: Tests leave the cache of the user who runs them alone; those about it name a folder.
os.environ["MAKE_REPORT_CACHE"] = "off"

ROOT = Path(__file__).resolve().parents[1]
#: On a busy machine any step may take its second and be told.
_PROGRESS = re.compile(r"^step \d of \d: .* \.\.\.\n", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """What a run of the command line gave back."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository, which is the shipped report."""
    return ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A report of one's own: a fresh copy of the shipped one."""
    from generator.app.projects import start_project

    folder = tmp_path / "report"
    start_project(folder)
    return folder


@pytest.fixture
def cli() -> Callable[..., Run]:
    """Run ``make_report.py`` in a process of its own, as a user does."""

    def run(*arguments: object, cwd: Path = ROOT, **variables: str) -> Run:
        quiet = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        done = subprocess.run(
            [sys.executable, str(ROOT / "make_report.py"), *map(str, arguments)],
            cwd=cwd,
            env={**quiet, "PYTHONIOENCODING": "utf-8", **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        return Run(done.returncode, done.stdout, _PROGRESS.sub("", done.stderr))

    return run
