"""A command in a process of its own, with limits that the operating system keeps.

The process reads the definition and its data as any other, and then gives up what templates do not
need: the network, other programs, its environment, and writing outside of the report's folders.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from typing import IO

import click

from generator.app.options import WORDS
from generator.build.isolation import SIGN, WRITABLE
from generator.errors import LimitError, Location
from generator.model.limits import Limits, limits_in_force

#: Options whose values are files or folders that the command writes.
_TARGETS = ("-o", "--output", "--sarif", "--comments")
_MEMORY, _SECONDS = "MAKE_REPORT_WORKER_MEMORY", "MAKE_REPORT_WORKER_CPU"


def run_isolated(ctx: click.Context, *before: str) -> int:
    """Run the command of a context again in a limited process and return its exit code.

    ``before`` are options of a process that goes before the real one: what it says is told only if
    it fails.

    Raises:
        LimitError: the process needed more memory or time than it may have.
    """
    words = [word for word in ctx.meta[WORDS] if word != "--isolate"] + [*before]
    home = ctx.find_root().obj
    limits = limits_in_force()
    with tempfile.TemporaryDirectory(prefix="make-report-") as scratch, ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(2)] if before else []
        out, err = said or (None, None)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "generator.app.isolated", str(home or ""), *words],
            env=_environment(words, Path(scratch), limits), stdout=out, stderr=err,
            start_new_session=sys.platform != "win32",
        )  # fmt: skip
        try:
            code = process.wait(limits.worker_seconds)
        except subprocess.TimeoutExpired as error:
            raise LimitError(
                f"the run takes longer than {limits.worker_seconds:g} seconds "
                "(limit worker_seconds)", Location(), "use fewer data, or raise the limit",
            ) from error  # fmt: skip
        finally:
            _end(process)
        if code and said:
            _repeat(*said)
    if code < 0:
        raise _killed(code, limits)
    return code


def _repeat(out: IO[bytes], err: IO[bytes]) -> None:
    """Tell what a process said."""
    for said, stream in ((out, sys.stdout), (err, sys.stderr)):
        said.seek(0)
        stream.write(said.read().decode(stream.encoding or "utf-8", "replace"))
        stream.flush()


def _environment(words: list[str], scratch: Path, limits: Limits) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    targets = [
        str(Path(value).absolute().parent)
        if "." in Path(value).name
        else str(Path(value).absolute())
        for option, value in pairwise(words)
        if option in _TARGETS
    ]
    known = {key: value for key, value in os.environ.items() if key != "MAKE_REPORT_ISOLATE"}
    return {
        **known,
        "PYTHONPATH": os.pathsep.join(filter(None, (root, known.get("PYTHONPATH")))),
        SIGN: "1",
        WRITABLE: os.pathsep.join([str(scratch), *targets]),
        _MEMORY: str(limits.worker_memory),
        _SECONDS: str(math.ceil(limits.worker_cpu_seconds)),
        "MAKE_REPORT_CACHE": "off",
        "MPLCONFIGDIR": str(scratch), "TMPDIR": str(scratch), "TEMP": str(scratch),
        "TMP": str(scratch),
        "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started."""
    if process.poll() is None:
        with suppress(OSError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _killed(code: int, limits: Limits) -> LimitError:
    if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
        return LimitError(
            f"the run needs more than {limits.worker_memory // 10**6:,} MB of memory "
            "(limit worker_memory)", Location(), "use fewer data, or raise the limit",
        )  # fmt: skip
    return LimitError(
        f"the run computes for more than {limits.worker_cpu_seconds:g} seconds "
        "(limit worker_cpu_seconds)", Location(), "use fewer data, or raise the limit",
    )  # fmt: skip


def main() -> int:
    """Limit this process and run the command line that its arguments are."""
    memory, seconds = int(os.environ.pop(_MEMORY)), int(os.environ.pop(_SECONDS))
    if sys.platform != "win32":
        import resource

        for kind, most in (
            (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0),
        ):  # fmt: skip
            resource.setrlimit(kind, (most, most))
    from generator.app import commands

    home, words = sys.argv[1], sys.argv[2:]
    sys.argv = [str(Path(home) / "make_report.py") if home else "make-report"]
    return commands.main(words, home=Path(home) if home else None)


if __name__ == "__main__":
    sys.exit(main())
