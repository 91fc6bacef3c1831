"""The worker of ``isolation``: limits itself, then renders what it is told, one by one."""

from __future__ import annotations

import json
import pickle
import sys
from typing import TYPE_CHECKING

from generator.build.isolation import HEAD, told
from generator.build.reach import restrict_reach
from generator.errors import Problem, ReportError
from generator.model.limits import Limits, within

if TYPE_CHECKING:
    from generator.build.isolation import Job


def main() -> None:
    """Read a job from standard input and write its documents to standard output."""
    job: Job = pickle.load(sys.stdin.buffer)  # from the process that started this one
    _limit(job.limits)

    try:
        with within(job.limits):
            _work(job)
    except ReportError as error:
        _say_failure(error)
    except (MemoryError, RecursionError):
        _say({"memory": True})


def _limit(limits: Limits) -> None:
    if sys.platform != "win32":
        import resource

        for kind, size in (
            (resource.RLIMIT_AS, limits.worker_memory), (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):  # fmt: skip
            resource.setrlimit(kind, (size, size))
    restrict_reach()


def _allow_more_time(limits: Limits) -> None:
    """Give the next document its seconds of computing."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + int(limits.worker_cpu_seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _work(job: Job) -> None:
    from pathlib import Path

    from generator.build.single import compile_single, compile_with, rows_of

    _allow_more_time(job.limits)
    compiled = compile_with(
        lambda: compile_single(Path(job.template), job.undefined, job.limits),
        rows_of(job.context, job.each, Path(job.files)),
    )
    _say({"format": compiled.format, "warnings": list(told(compiled.warnings))})
    for row in rows_of(job.context, job.each, Path(job.files)):
        _allow_more_time(job.limits)
        try:
            warnings: list[Problem] = []
            data = compiled.render(row, warnings)
        except ReportError as error:
            _say_failure(error)
        except (MemoryError, RecursionError):
            _say({"memory": True})
        else:
            _say({"warnings": list(told(tuple(warnings)))}, data)


def _say_failure(error: ReportError) -> None:
    _say({"kind": type(error).__name__, "problems": list(told(error.problems))})


def _say(words: dict[str, object], data: bytes = b"") -> None:
    text = json.dumps(words).encode()
    out = sys.stdout.buffer
    out.write(HEAD.pack(len(text), len(data)) + text)
    out.write(data)
    out.flush()


if __name__ == "__main__":
    main()
