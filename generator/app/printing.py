"""Results in words and tables for people. Values for programs are in ``records``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.app.terminal import has_colour, is_rich, painted, safe, width

if TYPE_CHECKING:
    from generator.build.context import FactRow
    from generator.build.manifest import Trace
    from generator.build.results import BuildResult, BuiltFile, Step
    from generator.build.single import RenderResult
    from generator.errors import Problem

_MOST_FILES = 12
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def print_problems(problems: Sequence[Problem]) -> None:
    """Write all problems to standard error: ``error: place: message``, then ``hint: ...``."""
    for problem in problems:
        head = painted(f"{problem.severity}:", _COLOURS[problem.severity], sys.stderr)
        place = f"{problem.where}: " if problem.where and str(problem.where) else ""
        sys.stderr.write(f"{head} {safe(place + problem.message)}\n")
        around = text_around(problem)
        if around:
            sys.stderr.write(f"{painted('text:', 'cyan', sys.stderr)} {safe(around)}\n")
        if problem.hint:
            sys.stderr.write(f"{painted('hint:', 'cyan', sys.stderr)} {safe(problem.hint)}\n")


def text_around(problem: Problem) -> str | None:
    """Return the text around a place, if the message does not tell it already."""
    text = problem.where.text if problem.where else None
    return None if not text or text in problem.message else text


def print_build(result: BuildResult) -> None:
    """Write the closing table of files and the line of step times to standard output."""
    print_table(
        ("file", "slides", "size", "state"),
        [(shown_path(f.path), str(f.pages or ""), _size(f.bytes), f.state) for f in result.files],
        numeric=(1, 2),
    )
    for reasons, files in _by_reasons(result.files).items():
        print(f"built {', '.join(files)}: {'; '.join(reasons)}")
    print(_times(result.files, result.steps))
    if result.edition:
        print(f"kept as edition {result.edition}")


def _by_reasons(files: Sequence[BuiltFile]) -> dict[tuple[str, ...], list[str]]:
    """Return files by why they were built; the first build of a file needs no reason."""
    found: dict[tuple[str, ...], list[str]] = {}
    for file in files:
        if file.reasons and file.reasons != ("not built before",):
            found.setdefault(tuple(map(safe, file.reasons)), []).append(file.path.name)
    return found


def print_render(result: RenderResult) -> None:
    """Write what a render wrote to standard output: all files, or of many the first and a count."""
    shown = result.files if len(result.files) <= _MOST_FILES else result.files[: _MOST_FILES - 1]
    print_table(
        ("file", "size", "state"),
        [(shown_path(f.path), _size(f.bytes), f.state) for f in shown],
        numeric=(1,),
    )
    if len(shown) < len(result.files):
        print(f"... and {len(result.files) - len(shown)} more")
    if len(result.files) > 1:
        print(f"{len(result.files)} files")


def print_verdict(problems: Sequence[Problem], names: Sequence[str], *, has_data: bool) -> None:
    """Write what a check found about a single template to standard output."""
    if not any(problem.severity == "error" for problem in problems):
        print(
            "template and data agree: no problem found"
            if has_data
            else "the template is sound; try it with data: --data FILE"
        )
        if names and not has_data:
            print(f"it expects: {', '.join(names)}")


def draw_problems(problems: Sequence[Problem]) -> None:
    """Write all problems to standard error: a drawn table on a terminal, else plain lines."""
    if not is_rich(sys.stderr) or not problems:
        print_problems(problems)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, header_style="bold", show_lines=False)
    for title in ("", "where", "what is wrong, and what to do"):
        table.add_column(title, overflow="fold")
    for problem in problems:
        what = Text(safe(problem.message))
        around = text_around(problem)
        if around:
            what.append(f"\n{safe(around)}", style="dim")
        if problem.hint:
            what.append(f"\n{safe(problem.hint)}", style="cyan")
        table.add_row(
            Text(problem.severity, style=f"bold {_COLOURS[problem.severity]}"),
            Text(safe(str(problem.where or ""))), what,
        )  # fmt: skip
    Console(file=sys.stderr, highlight=False, no_color=not has_colour(sys.stderr)).print(table)
    count = len(problems)
    sys.stderr.write(f"{count} problem{'' if count == 1 else 's'}\n")


def print_facts(rows: Sequence[FactRow]) -> None:
    """Write what templates can use as a table to standard output."""
    print_table(
        ("write in a template", "name", "in Chinese", "in English", "defined in"),
        [(f"{{{{ {r.id} }}}}", r.name_zh, r.zh, r.en, r.source) for r in rows],
    )
    print(f"{len(rows)} fact{'' if len(rows) == 1 else 's'}")


def print_trace(trace: Trace, number: str | None) -> None:
    """Write where the figures of a document stand and come from."""
    if not trace.rows:
        print(f'no figure prints "{number}"' if number else "the document prints no figures")
        return
    print_table(
        ("figure", "place", "fact", "source", "defined in"),
        [(r.text, r.place, r.fact, r.source, r.defined) for r in trace.rows],
    )
    print(f"{len(trace.rows)} figure{'' if len(trace.rows) == 1 else 's'}")


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = ()
) -> None:
    """Write a table to standard output: drawn for a terminal, aligned columns for anything else."""
    if is_rich(sys.stdout):
        _draw_table(head, rows, numeric)
    else:
        _align_table(head, rows, numeric)


def shown_path(path: Path) -> str:
    """Return a path relative to the current folder if it lies inside."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _times(files: Sequence[BuiltFile], steps: Sequence[Step]) -> str:
    total = sum(step.seconds for step in steps)
    each = ", ".join(f"{step.name} {step.seconds:.2f} s" for step in steps)
    return f"{len(files)} file{'' if len(files) == 1 else 's'} in {total:.2f} s ({each})"


def _size(count: int) -> str:
    return f"{count / 1024:.0f} KB" if count >= 1024 else f"{count} B"


def _draw_table(head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, header_style="bold")
    for number, title in enumerate(head):
        table.add_column(
            title,
            justify="right" if number in numeric else "left",
            overflow="fold",
            no_wrap=number == 0,  # names and paths are copied from here
        )
    for row in rows:
        table.add_row(*(Text(safe(cell)) for cell in row))
    Console(file=sys.stdout, highlight=False).print(table)


def _align_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int]
) -> None:
    cells = [tuple(head), *(tuple(safe(cell) for cell in row) for row in rows)]
    widths = [max(width(row[number]) for row in cells) for number in range(len(head))]
    for row in cells:
        line = []
        for number, cell in enumerate(row):
            gap = " " * (widths[number] - width(cell))
            line.append(gap + cell if number in numeric else cell + gap)
        print("  ".join(line).rstrip())
