"""What a batch costs: letters and decks on all cores, against one process, docxtpl and Dask.

Rates are rows a second by the clock, the start of all processes included, and beside them what each
further row takes once all have started. Where the machine is busy with other things only the
processor time is to be trusted.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from docx import Document
from pptx import Presentation

from benchmarks import samples

ROOT = Path(__file__).resolve().parents[1]
#: Letters that docxtpl makes: enough to know its rate.
_RIVAL_LETTERS = 200
#: About the size of a letter.
_LETTER_BYTES = 40_000


@dataclass(frozen=True)
class Run:
    """Documents, seconds by the clock and of processors, peak memory in MiB.

    ``memory`` is that of the parent, ``largest`` that of the largest process it started.
    """

    documents: int
    wall: float
    cpu: float
    memory: float
    largest: float = 0.0

    @property
    def rate(self) -> float:
        return self.documents / self.wall

    def further_rate(self, fewer: Run) -> float:
        """Return how many documents a second were made beyond those of a smaller run."""
        return (self.documents - fewer.documents) / (self.wall - fewer.wall)


@dataclass(frozen=True)
class BatchCosts:
    """What was measured, and how busy the machine was before."""

    letters: Run
    letters_alone: Run
    more_letters_alone: Run
    many_letters: Run
    decks: Run
    more_decks: Run
    decks_alone: Run
    more_decks_alone: Run
    dask: Run
    more_dask: Run
    rival: Run
    jobs: int
    load: float


def measure(letters: int = 10_000, decks: int = 2_000) -> BatchCosts:
    """Return what batches of letters and decks cost."""
    load = os.getloadavg()[0]
    jobs = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as name:
        folder = Path(name)
        _write_letters(folder, letters)
        for times in (3, 10):
            _write_letters(folder, letters * times)
        for times in (1, 2):
            _write_decks(folder, decks * times)
        both = ("--jobs", str(jobs))
        _touch_memory(folder, letters * 10 * _LETTER_BYTES)
        return BatchCosts(
            _batch(folder, "letter.docx", letters, *both),
            _batch(folder, "letter.docx", letters, "--jobs", "0"),
            _batch(folder, "letter.docx", letters * 3, "--jobs", "0"),
            _batch(folder, "letter.docx", letters * 10, *both),
            _batch(folder, "deck.pptx", decks, *both),
            _batch(folder, "deck.pptx", decks * 2, *both),
            _batch(folder, "deck.pptx", decks, "--jobs", "0"),
            _batch(folder, "deck.pptx", decks * 2, "--jobs", "0"),
            _batch(folder, "letter.docx", letters, *both, "--engine", "dask"),
            _batch(folder, "letter.docx", letters * 3, *both, "--engine", "dask"),
            _rival(folder, jobs),
            jobs, load,
        )  # fmt: skip


def _fast_folder() -> str | None:
    """Return a folder in memory where there is one: disks are not what is measured."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _touch_memory(folder: Path, size: int) -> None:
    """Use the memory once that results will take: a virtual machine gets it only when it is used.

    That costs four times as much as all else about writing a file, once after its start.
    """
    block = bytes(1 << 20)
    with (folder / "touched").open("wb") as stream:
        for _ in range(size >> 20):
            stream.write(block)
    (folder / "touched").unlink()


def _letter_rows(count: int) -> list[dict[str, Any]]:
    _, context = samples.letter()
    return [
        {"no": n, **context, "name": f"Ms <Li> & {n}", "order": f"A-{n}", "count": n,
         "street": f"路 {n}"}
        for n in range(count)
    ]  # fmt: skip


def _write_letters(folder: Path, count: int) -> None:
    template, _ = samples.letter()
    (folder / "letter.docx").write_bytes(template)
    rows = _letter_rows(count)
    with (folder / f"letter.docx.{count}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _write_decks(folder: Path, count: int) -> None:
    template, context = samples.charted_deck(4, 2)
    (folder / "deck.pptx").write_bytes(template)
    with (folder / f"deck.pptx.{count}.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(count):
            chart = {**context["charts"][0]}
            chart["series"] = [
                {**series, "values": [value + number for value in series["values"]]}
                for series in chart["series"]
            ]
            row = {"no": number, "slides": context["slides"], "charts": [chart, chart]}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


_RUN = """
import json, os, resource, sys, time
sys.path.insert(0, sys.argv[1])
from generator.app.commands import main
begun = time.perf_counter()
code = main(sys.argv[2:])
wall = time.perf_counter() - begun
if (starter := sys.modules.get("multiprocessing.forkserver")) is not None:
    starter._forkserver._stop()  # what its processes used counts when it has ended
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps([code, wall, sum(u.ru_utime + u.ru_stime for u in used), peak,
                  used[1].ru_maxrss / 1024]))
"""


def _batch(folder: Path, template: str, count: int, *words: str) -> Run:
    """Run a batch in a fresh process and look at its first and last document."""
    ending = template.rpartition(".")[2]
    data = next(folder.glob(f"{template}.{count}.*"))
    with tempfile.TemporaryDirectory(dir=folder) as out:
        command = ["batch", template, "--over", str(data), "--out", f"{out}/{{no}}.{ending}",
                   "--quiet", *words]  # fmt: skip
        begun = perf_counter()
        run = subprocess.run(
            [sys.executable, "-c", _RUN, str(ROOT), *command], cwd=folder, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        wall = perf_counter() - begun
        code, _, cpu, peak, largest = json.loads(run.stdout.splitlines()[-1])
        made = sum(1 for entry in os.scandir(out) if not entry.name.startswith("."))
        if code or made != count:
            raise ValueError(f"{made} of {count} documents of {template}, exit code {code}")
        for number in (0, count - 1):
            _check(Path(out) / f"{number}.{ending}", number)
    return Run(count, wall, cpu, peak, largest)


def _check(path: Path, number: int) -> None:
    if path.suffix == ".docx":
        texts = [paragraph.text for paragraph in Document(str(path)).paragraphs]
        if f"Dear Ms <Li> & {number}," not in texts:
            raise ValueError(f"letter {number} is wrong: {texts}")
        return
    charts = [s.chart for slide in Presentation(str(path)).slides for s in slide.shapes
              if s.has_chart]  # fmt: skip
    values = [tuple(chart.plots[0].series[0].values) for chart in charts]
    if values != [tuple(step * 10 + number for step in range(12))] * 2:
        raise ValueError(f"deck {number} is wrong: {values}")


def _rival(folder: Path, jobs: int) -> Run:
    """Return what docxtpl costs with as many processes, once they have started."""
    rows = _letter_rows(_RIVAL_LETTERS + jobs)
    out = folder / "rival"
    out.mkdir()
    template = str(folder / "letter.docx")
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        list(pool.map(_rival_letter, [(template, row, str(out)) for row in rows[:jobs]]))
        begun = perf_counter()
        tasks = [(template, row, str(out)) for row in rows[jobs:]]
        used = sum(pool.map(_rival_letter, tasks, chunksize=10))
        wall = perf_counter() - begun
    _check(out / f"{_RIVAL_LETTERS}.docx", _RIVAL_LETTERS)
    return Run(_RIVAL_LETTERS, wall, used, 0.0)


def _rival_letter(task: tuple[str, dict[str, Any], str]) -> float:
    from time import process_time

    from docxtpl import DocxTemplate

    template, row, out = task
    begun = process_time()
    document = DocxTemplate(template)
    document.render(row, autoescape=True)
    document.save(f"{out}/{row['no']}.docx")
    return process_time() - begun
