"""Work that is killed at random moments, many times: forked from a process that has all loaded.

As a program: ``killing.py build|run PROJECT TIMES SEED`` kills so many builds, or scheduled runs,
each with other data than the one before; what lies there after each kill is looked at. It prints a
JSON object: how many were killed, and what was wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from generator.build.steps import build_report
from generator.editions.current import build_current
from generator.editions.store import read_editions
from generator.pdf.converting import is_pdf
from generator.scheduling import delivering
from generator.scheduling.schedules import read_schedules
from generator.scheduling.service import Service
from generator.scheduling.store import Store
from tests.support.projects import FACTS

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
VARIANTS = (FACTS, FACTS.replace("2000", "2100").replace("7.3", "6.1"))


class FakeDelivery:
    """One edition for a folder; idempotent, as deliveries are: a file that is there is sent."""

    def __init__(self, edition: str, target: str) -> None:
        self.key = f"{edition} {target}"
        self.target = target


def deliver_to(folder: Path) -> None:
    """Let each edition go to two targets, each sending leaving one line."""
    folder.mkdir(exist_ok=True)

    def planned(report: object, edition: object) -> list[FakeDelivery]:
        return [FakeDelivery(edition.name, target) for target in ("folder", "mail")]

    def deliver(
        report: object, edition: object, delivery: FakeDelivery, environment: object
    ) -> str:
        receipt = folder / delivery.key
        if receipt.exists():
            return "already sent"
        with (folder / "sendings").open("a") as log:
            log.write(f"{delivery.key}\n")
            receipt.touch()
        return "sent"

    delivering.planned, delivering.deliver = planned, deliver


def service(project: Path, now: datetime) -> Service:
    """Return the service of a project at a moment."""
    store = Store(project / ".cache/schedule")
    schedules = read_schedules([project / "report.yaml"], store)
    return Service(store, "local", schedules, now=lambda: now)


def work(kind: str, project: Path, turn: int) -> None:
    if kind == "build":
        build_current(project / "report.yaml")
    else:
        service(project, BEGAN + timedelta(hours=turn)).run_due()


def forked(kind: str, project: Path, turn: int, kill_after: float | None) -> tuple[bool, float]:
    """Do the work in a process of its own; return whether it was killed, and how long it took."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(kind, project, turn)
            code = 0
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    took = time.perf_counter() - start
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"turn {turn} failed by itself")
    return os.WIFSIGNALED(status), took


def clean_digests(project: Path) -> set[str]:
    """Return the digests of all outputs that clean builds of the variants give."""
    found = set()
    for number, facts in enumerate(VARIANTS):
        (project / "data/facts.yaml").write_text(facts, encoding="utf-8")
        result = build_report(project / "report.yaml", output=project.parent / f"clean-{number}")
        found |= {file.digest for file in result.files}
    return found


def wrongs(project: Path, good: set[str]) -> list[str]:
    """Return what is not as it must be after a kill, whatever its moment."""
    found = []
    for path in (project / "output").glob("[!.]*.*x"):
        if hashlib.sha256(path.read_bytes()).hexdigest() not in good:
            found.append(f"{path.name} is neither the old nor the new one")
    for path in (project / "output").glob("[!.]*.pdf"):  # a stand-in printed its source's digest
        data = path.read_bytes()
        if not is_pdf(path) or not any(digest.encode() in data for digest in good):
            found.append(f"{path.name} is half written, or of no document that was built")
    for edition in read_editions(project / "output"):
        for name, digest in edition.digests.items():
            if hashlib.sha256((edition.folder / name).read_bytes()).hexdigest() != digest:
                found.append(f"{edition.name}/{name} is not what its manifest says")
            if name.endswith(".pdf"):
                continue
            if zipfile.ZipFile(edition.folder / name).testzip() is not None:
                found.append(f"{edition.name}/{name} is damaged")
    return found


def main() -> None:
    kind, project, times, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    moments = random.Random(seed)
    deliver_to(project / "sent")
    good = clean_digests(project)
    forked(kind, project, 0, None)  # makes the outputs; a schedule counts from here
    if kind == "run":
        import dbos  # noqa: F401 - so that it need not be loaded in each of the forks
    _, longest = forked(kind, project, 1, None)
    found: list[str] = []
    killed, turn = 0, 1
    while killed < times:
        turn += 1
        facts = VARIANTS[turn % 2]
        (project / "data/facts.yaml").write_text(facts, encoding="utf-8")
        was, _ = forked(kind, project, turn, moments.uniform(0, longest * 1.05))
        killed += was
        found += [f"after kill {killed}: {text}" for text in wrongs(project, good)]
    forked(kind, project, turn + 1, None)
    print(json.dumps({"killed": killed, "turns": turn, "wrong": found}))


if __name__ == "__main__":
    main()
