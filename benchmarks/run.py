"""Measure the whole build and the engine; print the tables, or write them into the documentation.

pip install -e '.[bench]'
python benchmarks/run.py --write docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LIMIT = 2.5  # the cold build may take this many times the yardstick


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page to this file")
    parser.add_argument("--rounds", type=int, default=11, help="fresh processes of each kind")
    parser.add_argument("--seconds", type=float, default=4.0, help="time for each engine case")
    parser.add_argument(
        "--only",
        choices=("build", "engine", "limits", "charts", "growth", "batch"),
        help="measure one part only",
    )
    parser.add_argument("--letters", type=int, default=10_000, help="letters of a batch")
    parser.add_argument("--decks", type=int, default=2_000, help="decks of a batch")
    wanted = parser.parse_args()

    parts = [_introduction()]
    good = True
    if wanted.only in (None, "build"):
        text, good = _whole_build(wanted.rounds)
        parts.append(text)
    if wanted.only in (None, "engine"):
        parts.append(_engine(wanted.seconds))
    if wanted.only in (None, "limits"):
        parts.append(_limits(wanted.seconds))
    if wanted.only in (None, "charts"):
        parts.append(_charts(wanted.seconds))
    if wanted.only in (None, "growth"):
        parts.append(_growth(wanted.rounds))
    if wanted.only in (None, "batch"):
        parts.append(_batch(wanted.letters, wanted.decks))
    page = "\n\n".join(parts) + "\n"
    if wanted.write:
        wanted.write.write_text(page, encoding="utf-8")
    print(page, end="")
    return 0 if good else 1


def _introduction() -> str:
    versions = ", ".join(
        f"{name} {version(name)}"
        for name in ("jinja2", "lxml", "python-docx", "python-pptx", "matplotlib", "docxtpl")
    )
    return (
        "# Benchmarks\n\n"
        "Written by `python benchmarks/run.py --write docs/benchmarks.md`. Runs take turns, and "
        "medians are shown; every result\nwas read back and found right before times count. "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()};\n{versions}."
    )


def _whole_build(rounds: int) -> tuple[str, bool]:
    from benchmarks.whole_build import YARDSTICK, measure

    times = measure(rounds)
    base = times.yardstick
    ratio = times.cold.wall / base.wall
    rows = [
        ("yardstick: the imports alone", base),
        ("cold: no caches, four files written", times.cold),
        ("warm: caches there, four files written", times.warm),
        ("again: nothing has changed", times.rebuild),
        ("`make_report.py --help`", times.help),
    ]
    lines = [
        "## The whole build",
        "",
        f'`python make_report.py` in a fresh process, against `python -c "{YARDSTICK}"`; '
        f"{times.rounds} rounds. The cold build may\ntake {LIMIT} times the yardstick; "
        f"here it takes **{ratio:.2f}** times.",
        "",
        "| process | seconds | of the yardstick | seconds of CPU | of the yardstick |",
        "| --- | --: | --: | --: | --: |",
        *(
            f"| {name} | {cost.wall:.3f} | {cost.wall / base.wall:.2f} "
            f"| {cost.cpu:.3f} | {cost.cpu / base.cpu:.2f} |"
            for name, cost in rows
        ),
    ]
    return "\n".join(lines), ratio <= LIMIT


def _engine(seconds: float) -> str:
    from benchmarks.engine_cases import CASES, measure

    os.environ["MAKE_REPORT_CACHE"] = "off"
    lines = [
        "## The engine",
        "",
        "The same template and data, values escaped, from bytes to bytes, in milliseconds of CPU. "
        "The other side reads its template for each\nresult because it changes it; ours is "
        "compiled once. *First result* is the ratio of compiling and rendering together.",
        "",
        "| case | compared with | theirs | ours | ratio | by the clock | compile | first result |",
        "| --- | --- | --: | --: | --: | --: | --: | --: |",
    ]
    for case in CASES:
        result = measure(case, seconds)
        rival, render, first = result.rival.cpu, result.render.cpu, result.compile.cpu
        lines.append(
            f"| {result.name} | {result.rival_name} | {rival * 1e3:.1f} "
            f"| {render * 1e3:.2f} | {rival / render:.0f}x "
            f"| {result.rival.wall / result.render.wall:.0f}x "
            f"| {first * 1e3:.1f} | {rival / (first + render):.1f}x |"
        )
    return "\n".join(lines)


def _limits(seconds: float) -> str:
    from benchmarks.limits import MOST, measure

    os.environ["MAKE_REPORT_CACHE"] = "off"
    lines = [
        "## Limits",
        "",
        "The same renders with a guard that counts nothing, in milliseconds of CPU: what the "
        f"limits inside of a render cost; at most {MOST:.0%} is wanted.",
        "",
        "| case | with limits | without | cost |",
        "| --- | --: | --: | --: |",
    ]
    lines += [
        f"| {one.name} | {one.guarded.cpu * 1e3:.3f} | {one.idle.cpu * 1e3:.3f} "
        f"| {one.share:+.1%} |"
        for one in measure(seconds)
    ]
    return "\n".join(lines)


def _charts(seconds: float) -> str:
    from benchmarks.charts import measure

    lines = [
        "## Charts",
        "",
        "One chart with its workbook, values checked in both; a picture is drawn as SVG and as PNG "
        "on both sides. In milliseconds of CPU.",
        "",
        "| work | compared with | theirs | ours | ratio | at least |",
        "| --- | --- | --: | --: | --: | --: |",
    ]
    lines += [
        f"| {one.name} | {one.rival_name} | {one.rival.cpu * 1e3:.2f} "
        f"| {one.ours.cpu * 1e3:.3f} | {one.ratio:.2f}x | {one.least:.2g}x |"
        for one in measure(seconds)
    ]
    return "\n".join(lines)


def _growth(rounds: int) -> str:
    from benchmarks.scale import LETTERS, measure_cold_letter, measure_growth

    growth = measure_growth()
    cold = measure_cold_letter(rounds)
    own = cold.render - cold.imports
    return "\n".join(
        (
            "## Growth",
            "",
            "| what | measured |",
            "| --- | --: |",
            f"| table of 100,000 rows, in times of 10,000 | "
            f"{growth.many_rows / growth.few_rows:.1f} |",
            f"| {LETTERS:,} different letters from one process, letters a second of CPU | "
            f"{growth.letters_per_second:,.0f} |",
            f"| peak memory of a process that renders 10,000 rows, MiB | {growth.memory:.0f} |",
            f"| of which before the render, its data included, MiB | {growth.memory_before:.0f} |",
            f"| one letter in a fresh process, compiled template kept, ms | {cold.render:.0f} |",
            f"| of which the interpreter's start / with `import jinja2`, ms | "
            f"{cold.interpreter:.0f} / {cold.imports:.0f} |",
            f"| what is left: our own imports, cache, render, file, ms | {own:.0f} |",
            f"| the same letter without the cache, ms | {cold.compile:.0f} |",
        )
    )


def _batch(letters: int, decks: int) -> str:
    from benchmarks.batch import Run, measure

    found = measure(letters, decks)
    jobs = found.jobs

    def row(name: str, run: Run, fewer: Run | None = None) -> str:
        further = f"{run.further_rate(fewer):,.0f}" if fewer else ""
        parent, largest = (f"{peak:.0f}" if peak else "" for peak in (run.memory, run.largest))
        return (f"| {name} | {run.documents:,} | {run.wall:.2f} | {run.rate:,.0f} | {further} "
                f"| {run.cpu / run.documents * 1e3:.3f} | {parent} | {largest} |")  # fmt: skip

    def ratio(what: str, wanted: str, whole: str, further: str = "") -> str:
        return f"| {what} | {wanted} | {whole} | {further} |"

    letters_rate = found.many_letters.further_rate(found.letters)
    alone_rate = found.more_letters_alone.further_rate(found.letters_alone)
    decks_rate = found.more_decks.further_rate(found.decks)
    decks_alone_rate = found.more_decks_alone.further_rate(found.decks_alone)
    dask_rate = found.more_dask.further_rate(found.dask)
    many = found.many_letters.wall / found.letters.wall / 10
    rival_cpu = found.rival.cpu / found.rival.documents
    own_cpu = found.letters.cpu / found.letters.documents
    further_cpu = (found.many_letters.cpu - found.letters.cpu) / (
        found.many_letters.documents - found.letters.documents
    )
    return "\n".join(
        (
            "## Batches",
            "",
            f"`batch` in a fresh process, its start and that of its {jobs} processes included, "
            "files in memory that was used before; docxtpl after its start.\n*Further* is what is "
            "made once all have started: the difference to a smaller run. The load of the machine "
            f"was {found.load:.1f} when this\nbegan: at more than 0.2 the ratios by the clock are "
            "those of a busy machine. Memory is that of the parent and of the largest process.",
            "",
            "| work | documents | seconds | a second | further, a second | ms of CPU each "
            "| parent, MiB | largest, MiB |",
            "| --- | --: | --: | --: | --: | --: | --: | --: |",
            row(f"letters, {jobs} processes", found.letters),
            row(f"letters, {jobs} processes", found.many_letters, found.letters),
            row("letters, one process", found.letters_alone),
            row("letters, one process", found.more_letters_alone, found.letters_alone),
            row(f"decks with 2 charts, {jobs} processes", found.decks),
            row(f"decks with 2 charts, {jobs} processes", found.more_decks, found.decks),
            row("decks with 2 charts, one process", found.decks_alone),
            row("decks with 2 charts, one process", found.more_decks_alone, found.decks_alone),
            row(f"letters, Dask with {jobs} workers of its own", found.dask),
            row(f"letters, Dask with {jobs} workers of its own", found.more_dask, found.dask),
            row(f"letters, docxtpl, {jobs} processes", found.rival),
            "",
            "| ratio | wanted | starts included | further |",
            "| --- | --: | --: | --: |",
            ratio(f"letters: rate of {jobs} processes, of {jobs} times the rate of one", "85 %",
                  f"{found.letters.rate / found.letters_alone.rate / jobs:.0%}",
                  f"{letters_rate / alone_rate / jobs:.0%}"),
            ratio("decks: the same", "85 %",
                  f"{found.decks.rate / found.decks_alone.rate / jobs:.0%}",
                  f"{decks_rate / decks_alone_rate / jobs:.0%}"),
            ratio("letters: times faster than docxtpl, by the clock", "100x",
                  f"{found.letters.rate / found.rival.rate:.0f}x",
                  f"{letters_rate / found.rival.rate:.0f}x"),
            ratio("the same by CPU", "100x", f"{rival_cpu / own_cpu:.0f}x",
                  f"{rival_cpu / further_cpu:.0f}x"),
            ratio("ten times the letters, in ten times the seconds", "105 %", f"{many:.0%}"),
            ratio("ten times the letters, in peak memory of the parent", "100 %",
                  f"{found.many_letters.memory / found.letters.memory:.0%}"),
            ratio("the same of the largest process", "100 %",
                  f"{found.many_letters.largest / found.letters.largest:.0%}"),
            ratio("Dask, of the local rate", "70 %", f"{found.dask.rate / found.letters.rate:.0%}",
                  f"{dask_rate / letters_rate:.0%}"),
        )
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
