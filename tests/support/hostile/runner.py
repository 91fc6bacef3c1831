"""Runs of the command line in forked processes with limits of memory and time."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[3]
MEMORY, SECONDS = 1_500_000_000, 20
#: Stands in the environment and in a file beside the project; no message may show it.
SECRET = "CANARY-5f0e8a-do-not-tell"


@dataclass(frozen=True)
class Run:
    """What one run of the command line left: exit code (negative: killed by a signal)."""

    code: int
    out: str
    err: str
    seconds: float
    peak: int


class Runner:
    """A process that has the program loaded and forks for each run."""

    def __init__(self) -> None:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "SECRET_KEY": SECRET,
               "MAKE_REPORT_CACHE": "off", "NO_COLOR": "1"}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.hostile.runner"], cwd=ROOT, env=env,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def run(self, arguments: list[str], folder: Path, logs: Path) -> Run:
        """Run the command line in a folder; what it prints goes into files in ``logs``."""
        out, err = logs / "stdout.txt", logs / "stderr.txt"
        order = {"argv": arguments, "cwd": str(folder), "out": str(out), "err": str(err)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Run(
            answer["code"], out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace"),
            answer["seconds"], answer["peak"],
        )  # fmt: skip


def _child(order: dict[str, str | list[str]]) -> None:
    """Do one run; never returns."""
    code = 70
    try:
        for name, number in (("out", 1), ("err", 2)):
            handle = os.open(str(order[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(handle, number)
        os.chdir(str(order["cwd"]))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        from generator.app.commands import main

        code = main(list(order["argv"]))
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _serve() -> None:

    from generator.extraction.indicators import shipped_indicators
    from generator.sources.definition import read_definition

    read_definition(ROOT / "report.yaml")  # what is made on first use is made once
    shipped_indicators()
    for line in sys.stdin:
        start = time.monotonic()
        child = os.fork()
        if child == 0:
            _child(json.loads(line))
        _, status, usage = os.wait4(child, 0)
        print(json.dumps({
            "code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - start,
            "peak": usage.ru_maxrss * 1024,
        }), flush=True)  # fmt: skip


if __name__ == "__main__":
    _serve()
