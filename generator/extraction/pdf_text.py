"""The text of a PDF file: pages without their numbers, lines as they stand."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from generator.errors import Location, SourceFormatError
from generator.model.limits import limits_in_force

_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–·]\s*)?(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[-—–·/]\s*\d{0,4})?\s*"
)
_MOST_CHARACTERS = 20_000_000
_KEPT_NAMES = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "TZ")
#: How the system ends a process that has used up its time.
_OUT_OF_TIME = {getattr(signal, "SIGXCPU", 24), getattr(signal, "SIGKILL", 9)}
_SIMPLER = "keep only the pages that are needed, or save the text as .txt"


def pdf_lines(data: bytes, shown: str) -> tuple[list[str], date | None]:
    """Return the lines of a PDF file's text; a process of its own reads it.

    Raises:
        SourceFormatError: it is damaged or locked, or holds more than may be read; or the library
            for PDF files is not installed.
    """
    if find_spec("pypdf") is None:
        raise SourceFormatError(
            "PDF files need a library that is not installed", Location(shown),
            "pip install 'report-generator[pdf]'",
        )  # fmt: skip
    pages = [text.split("\n") for text in _pages(data, Location(shown))]
    repeated = _repeated(pages)
    lines: list[str] = []
    for kept in pages:
        lines += [
            line for line in kept
            if not _PAGE_NUMBER.fullmatch(line) and line.strip() not in repeated
        ]  # fmt: skip
    return lines, None


def _pages(data: bytes, where: Location) -> list[str]:
    """Return the texts of the pages, as the process says them."""
    limits = limits_in_force()
    order = {
        "memory": limits.worker_memory, "cpu_seconds": limits.worker_cpu_seconds,
        "characters": _MOST_CHARACTERS,
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "generator.extraction.pdf_pages"],
            input=json.dumps(order).encode() + b"\n" + data, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=limits.worker_seconds, env=_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise SourceFormatError(
            f"reading it takes longer than {limits.worker_seconds:g} seconds (limit worker_seconds)",
            where, _SIMPLER,
        ) from error  # fmt: skip
    if done.returncode and sys.platform != "win32" and -done.returncode in _OUT_OF_TIME:
        raise SourceFormatError(
            f"reading it takes longer than {limits.worker_cpu_seconds} seconds of the processor "
            "(limit worker_cpu_seconds)", where, _SIMPLER,
        )  # fmt: skip
    try:
        told = json.loads(done.stdout) if not done.returncode else {"problem": "memory"}
    except ValueError:
        told = {"problem": "memory"}
    if "problem" in told:
        raise _problem(told, where)
    return [str(page) for page in told["pages"]]


def _problem(told: dict[str, str], where: Location) -> SourceFormatError:
    problem = told["problem"]
    if problem == "locked":
        return SourceFormatError(
            "the file is locked with a password", where, "save a copy without one"
        )
    if problem == "characters":
        return SourceFormatError(
            f"the file has more than {_MOST_CHARACTERS:,} characters", where, "split it"
        )
    if problem == "memory":
        most = limits_in_force().worker_memory // 10**6
        return SourceFormatError(
            f"reading it takes more than {most:,} MB of memory (limit worker_memory)",
            where, _SIMPLER,
        )  # fmt: skip
    return SourceFormatError(
        f"this cannot be read as a PDF file: {told.get('kind', 'damaged')}", where,
        "open it in a PDF program and save it again",
    )  # fmt: skip


def _environment() -> dict[str, str]:
    """Return what the process knows of the environment: where Python and this program are."""
    root = str(Path(__file__).resolve().parents[2])
    kept = {name: os.environ[name] for name in _KEPT_NAMES if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, (root, kept.get("PYTHONPATH"))))}


def _repeated(pages: list[list[str]]) -> set[str]:
    """Return the lines that stand at the head or foot of most pages."""
    if len(pages) < 3:
        return set()
    counts = Counter(
        line.strip() for page in pages for line in {*page[:2], *page[-2:]} if line.strip()
    )
    return {line for line, count in counts.items() if count * 2 > len(pages)}
