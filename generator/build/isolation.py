"""Rendering in a process of its own, with limits that the operating system keeps.

For templates that are not the operator's own. The worker gets the data, no secrets of the
environment, and a bounded amount of memory and time; what it says is read as JSON and bytes, never
as a pickle. ``isolated`` is the other side.
"""

from __future__ import annotations

import json
import os
import pickle
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Any

from generator import errors
from generator.build.reach import KEPT_NAMES, restrict_reach
from generator.errors import LimitError, Location, Problem, ReportError, TemplateError
from generator.model.limits import DEFAULT_LIMITS, Limits, limits_of_report

HEAD = struct.Struct(">IQ")
#: Bytes of what a worker says about a document, beside the document.
_MOST_WORDS = 4_000_000
_STRIDE = 1 << 20
SIGN = "MAKE_REPORT_WORKER"
#: Folders that a worker may write to.
WRITABLE = "MAKE_REPORT_WRITABLE"
#: Seconds for the start of Python and what the engine imports.
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do: a template, and the data of its documents."""

    template: str
    context: Mapping[str, object]
    files: str
    each: str | None
    undefined: str
    limits: Limits = DEFAULT_LIMITS


class Worker:
    """A process that compiles one template and renders its documents one after the other.

    ``format`` and ``warnings`` are those of the template.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._where = Location(job.template)
        self._waiting = bytearray()
        self._failure: ReportError | None = None
        self._process = _start(job)
        assert self._process.stdout is not None
        self._pipe: IO[bytes] = self._process.stdout
        os.set_blocking(self._pipe.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe, selectors.EVENT_READ)
        try:
            words, _ = self._read(_START_SECONDS + job.limits.worker_seconds)
            self.format = str(words["format"])
            self.warnings = tuple(_problems(words["warnings"]))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def render(self, row: Mapping[str, object], warnings: list[Problem] | None = None) -> bytes:
        """Return the next document; the worker has its data already.

        ``warnings`` takes what was dropped from documents that it prints.

        Raises:
            ReportError: what the engine says of it.
            LimitError: it needs more memory or time than a worker may have.
        """
        if self._failure is not None:
            raise self._failure
        words, data = self._read(self._job.limits.worker_seconds)
        if warnings is not None:
            warnings += _problems(words.get("warnings", ()))
        return data

    def close(self) -> None:
        """End the process."""
        self._selector.close()
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._pipe.close()

    # -- what it says ----------------------------------------------------------------------------

    def _read(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        deadline = monotonic() + seconds
        words_size, data_size = HEAD.unpack(self._take(HEAD.size, deadline, seconds))
        if words_size > _MOST_WORDS or data_size > self._job.limits.output_characters:
            raise LimitError("the result is too long (limit output_characters)", self._where)
        words = json.loads(self._take(words_size, deadline, seconds))
        data = self._take(data_size, deadline, seconds)
        if "problems" in words:
            problems = _problems(words["problems"]) or [Problem("rendering failed", self._where)]
            raise _kind(str(words["kind"])).of(problems)
        if words.get("memory"):
            raise self._too_much("memory", f"{self._job.limits.worker_memory // 10**6:,} MB of")
        return words, data

    def _take(self, size: int, deadline: float, seconds: float) -> bytes:
        while len(self._waiting) < size:
            if not self._selector.select(max(0.0, deadline - monotonic())):
                raise self._stopped(self._too_long("worker_seconds", seconds))
            piece = self._pipe.read(_STRIDE)
            if piece == b"":
                raise self._stopped(self._ended())
            self._waiting += piece or b""
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken

    def _stopped(self, error: ReportError) -> ReportError:
        """End the process: whatever is asked of it from now on fails in the same way."""
        self._failure = error
        with suppress(OSError):
            self._process.kill()
        return error

    def _ended(self) -> ReportError:
        code = self._process.wait()
        limits = self._job.limits
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return self._too_long("worker_cpu_seconds", limits.worker_cpu_seconds)
        if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
            return self._too_much("memory", f"{limits.worker_memory // 10**6:,} MB of")
        return TemplateError(
            "rendering ended before its time", self._where,
            "run it without --isolate if you trust the template",
        )  # fmt: skip

    def _too_much(self, what: str, shown: str) -> LimitError:
        return LimitError(f"rendering needs more than {shown} {what} (limit worker_{what})",
                          self._where, "use fewer data, or raise the limit")  # fmt: skip

    def _too_long(self, name: str, seconds: float) -> LimitError:
        return LimitError(f"rendering takes longer than {seconds:g} seconds (limit {name})",
                          self._where, "use fewer data, or raise the limit")  # fmt: skip


def is_worker() -> bool:
    """Return whether this process is a worker, which starts no others."""
    return os.environ.get(SIGN) == "1"


def isolation_asked(definition: Path, *, is_wanted: bool = False) -> Limits | None:
    """Return the limits of a report that asks for a process of its own; else None.

    ``is_wanted``: the user asks for it, whatever the report says.

    Raises:
        ReportError: the definition is wrong.
    """
    from generator.sources.files import read_source

    if is_worker() or not (is_wanted or b"isolate" in read_source(definition)[0]):
        return None
    from generator.sources.definition import read_definition

    entry = read_definition(definition).entry
    return limits_of_report(entry.limits) if is_wanted or entry.isolate else None


def restrict_worker(folders: Sequence[Path] = ()) -> None:
    """Take from this worker what it does not need once its data are read; for good.

    It may write to ``folders``, and to those that whoever started it named.
    """
    named = os.environ.get(WRITABLE, "")
    restrict_reach([*folders, *(Path(name) for name in named.split(os.pathsep) if name)])


def worker_environment() -> dict[str, str]:
    """Return what a worker knows of the environment: where Python and this program are."""
    root = str(Path(__file__).resolve().parents[2])
    kept = {name: os.environ[name] for name in KEPT_NAMES if name in os.environ}
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (root, kept.get("PYTHONPATH"))))
    return {**kept, "MAKE_REPORT_CACHE": "off"}


def _start(job: Job) -> subprocess.Popen[bytes]:
    with tempfile.TemporaryFile() as orders:
        pickle.dump(job, orders, protocol=5)
        orders.seek(0)
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "generator.build.isolated"],
            stdin=orders, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**worker_environment(), SIGN: "1"}, bufsize=0, close_fds=True,
        )  # fmt: skip


def _problems(items: Any) -> list[Problem]:
    return [
        Problem(
            str(item["message"]),
            Location(item["file"], tuple(map(str, item["steps"])), item["line"], item["text"]),
            item["hint"], item["severity"], str(item["code"]),
        )
        for item in items
    ]  # fmt: skip


def told(problems: tuple[Problem, ...]) -> Iterator[dict[str, object]]:
    """Yield problems as plain values; ``_problems`` reads them."""
    for problem in problems:
        where = problem.where or Location()
        yield {
            "message": problem.message, "hint": problem.hint, "severity": problem.severity,
            "code": problem.code, "file": where.file, "steps": where.steps, "line": where.line,
            "text": where.text,
        }  # fmt: skip


def _kind(name: str) -> type[ReportError]:
    found = getattr(errors, name, ReportError)
    return found if isinstance(found, type) and issubclass(found, ReportError) else ReportError
