"""The whole default build in a fresh process, against importing the libraries of the field."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import Cost, cost_of, median_cost

ROOT = Path(__file__).resolve().parents[1]
YARDSTICK = "import docx, pptx, matplotlib.figure"


@dataclass(frozen=True)
class BuildTimes:
    """Medians over ``rounds`` rounds."""

    yardstick: Cost
    cold: Cost
    warm: Cost
    rebuild: Cost
    help: Cost
    rounds: int


def measure(rounds: int) -> BuildTimes:
    """Return the times of fresh processes that take turns.

    cold: no cache at all, no earlier result. warm: caches there, no earlier result.
    rebuild: caches and the same results there already.
    """
    from generator.app.projects import start_project

    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "report"
        start_project(project)
        output = project / "output"
        cache = Path(folder) / "templates"
        os.environ["MAKE_REPORT_CACHE"] = str(cache)
        times: dict[str, list[Cost]] = {
            name: [] for name in ("yardstick", "cold", "warm", "rebuild", "help")
        }
        for number in range(rounds + 1):  # the first round warms the machine and does not count
            taken = {"yardstick": _run("-c", YARDSTICK)}
            shutil.rmtree(project / ".cache", ignore_errors=True)
            shutil.rmtree(output, ignore_errors=True)
            shutil.rmtree(cache, ignore_errors=True)
            taken["cold"] = _build(project)
            _demand_four(output)
            shutil.rmtree(output)
            taken["warm"] = _build(project)
            _demand_four(output)
            taken["rebuild"] = _build(project)
            taken["help"] = _run("make_report.py", "--help")
            if number:
                for name, cost in taken.items():
                    times[name].append(cost)
    return BuildTimes(**{name: median_cost(costs) for name, costs in times.items()}, rounds=rounds)


def _build(project: Path) -> Cost:
    return _run("make_report.py", "--report", str(project), "--quiet")


def _run(*arguments: str) -> Cost:
    return cost_of(
        lambda: subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=os.environ, check=True,
            stdout=subprocess.DEVNULL,
        )
    )  # fmt: skip


def _demand_four(output: Path) -> None:
    found = sorted(path.name for path in output.glob("*.???x"))
    if len(found) != 4:
        raise ValueError(f"the build did not give four files: {found}")
