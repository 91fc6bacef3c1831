"""What growth costs: rows, letters, memory, and a single letter in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from time import process_time

from docx import Document

from benchmarks import samples
from generator import compile_template

ROOT = Path(__file__).resolve().parents[1]
LETTERS = 1_000


@dataclass(frozen=True)
class Growth:
    """Seconds of CPU for both tables, letters a second, and peak memory in MiB."""

    few_rows: float
    many_rows: float
    letters_per_second: float
    memory: float
    memory_before: float


def measure_growth(rounds: int = 5) -> Growth:
    """Return what many rows and many letters cost."""
    peak, before = _memory_of_10_000_rows()
    return Growth(
        _table_seconds(10_000, rounds), _table_seconds(100_000, max(2, rounds // 2)),
        LETTERS / _letters_seconds(rounds), peak, before,
    )  # fmt: skip


def _table_seconds(rows: int, rounds: int) -> float:
    template, context = samples.table(rows)
    compiled = compile_template(template)
    compiled.render(context)
    return median(_seconds(lambda: compiled.render(context)) for _ in range(rounds))


def _letters_seconds(rounds: int) -> float:
    """Return the seconds for 1,000 letters that differ in every field."""
    template, context = samples.letter()
    compiled = compile_template(template)
    contexts = [
        {**context, "name": f"Ms <Li> & {n}", "order": f"A-{n}", "count": n, "street": f"路 {n}"}
        for n in range(LETTERS)
    ]

    def write() -> list[bytes]:
        return [compiled.render(one) for one in contexts]

    results = write()
    for number in (0, LETTERS - 1):
        texts = [p.text for p in Document(BytesIO(results[number])).paragraphs]
        if f"Dear Ms <Li> & {number}," not in texts:
            raise ValueError(f"letter {number} is wrong: {texts}")
    return median(_seconds(write) for _ in range(rounds))


def _seconds(work: object) -> float:
    start = process_time()
    work()  # type: ignore[operator]
    return process_time() - start


_MEMORY = """
import json, sys
def used(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return int(line.split()[1]) / 1024
from generator import compile_template
from benchmarks.scale import rows_of
template = compile_template(open(sys.argv[1], "rb").read())
rows = rows_of(10_000)
before = used("VmRSS")
size = len(template.render({"title": "x", "rows": rows}))
print(json.dumps([used("VmHWM"), before, size]))
"""


def rows_of(count: int) -> list[dict[str, object]]:
    """Return the rows of the table, made without python-docx."""
    return [
        {"number": n, "name": f"Item {n} <x>", "town": "杭州", "count": n % 7, "total": n * 3}
        for n in range(count)
    ]


def _memory_of_10_000_rows() -> tuple[float, float]:
    """Return peak memory of a process that renders 10,000 rows, and what it had before, in MiB.

    The process imports nothing but the product. Read from /proc (Linux): the peak that the system
    tells of a child includes what its parent had.
    """
    template, _ = samples.table(1)
    with tempfile.NamedTemporaryFile(suffix=".docx") as file:
        file.write(template)
        file.flush()
        code = _MEMORY.replace("from benchmarks.scale import rows_of", _source_of_rows())
        run = subprocess.run(
            [sys.executable, "-c", code, file.name], cwd=ROOT, check=True,
            stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    peak, before, _ = json.loads(run.stdout)
    return peak, before


def _source_of_rows() -> str:
    import inspect

    return inspect.getsource(rows_of)


@dataclass(frozen=True)
class ColdLetter:
    """Median milliseconds by the clock of fresh processes."""

    interpreter: float
    imports: float
    render: float
    compile: float


_IMPORTS = "import jinja2"
_RENDER = (
    "import sys; from generator import render_template; "
    "from benchmark_letter import context; render_template(sys.argv[1], context, sys.argv[2])"
)


def measure_cold_letter(rounds: int) -> ColdLetter:
    """Return what one letter costs in a fresh process, its compiled template kept or not."""
    template, context = samples.letter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "letter.docx").write_bytes(template)
        (folder / "benchmark_letter.py").write_text(f"context = {context!r}\n", encoding="utf-8")
        env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
        kept = {**env, "MAKE_REPORT_CACHE": str(folder / "cache")}
        off = {**env, "MAKE_REPORT_CACHE": "off"}
        files = [str(folder / "letter.docx"), str(folder / "out.docx")]
        times: dict[str, list[float]] = {"start": [], "imports": [], "kept": [], "off": []}
        for number in range(rounds + 1):
            taken = {
                "start": _clock(["-c", "pass"], env),
                "imports": _clock(["-c", _IMPORTS], env),
                "kept": _clock(["-c", _RENDER, *files], kept),
                "off": _clock(["-c", _RENDER, *files], off),
            }
            if number:
                for key, value in taken.items():
                    times[key].append(value)
        if "Dear Ms <Li>," not in [p.text for p in Document(files[1]).paragraphs]:
            raise ValueError("the letter is wrong")
    return ColdLetter(*(median(values) * 1e3 for values in times.values()))


def _clock(arguments: list[str], env: dict[str, str]) -> float:
    from time import perf_counter

    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, env=env)
    return perf_counter() - start
