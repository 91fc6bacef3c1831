"""The command ``watch``: a line for each build, and its problems."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.app.outcome import Outcome
from generator.errors import ReportError

if TYPE_CHECKING:
    from generator.build.results import BuildResult


def watch_report(report: Path | None, home: Path | None, *, quiet: bool) -> Outcome:
    """Build a report whenever something changes, until Ctrl-C."""
    from generator.app.projects import find_definition
    from generator.editions.current import build_current
    from generator.editions.state import read_state
    from generator.editions.watching import Watch, changed_paths

    definition = find_definition(report, home).resolve()
    count = 0

    def tell(result: BuildResult) -> None:
        nonlocal count
        count += 1
        if not quiet:
            _print_build(result)
        _print_problems(ReportError.of(result.problems) if result.problems else None)

    watch = Watch(definition, lambda: build_current(definition), tell, _print_problems)
    plan = read_state(definition.parent).plans.get(definition.name, {})
    watch.output = definition.parent / plan.get("output", "output")
    if not quiet:
        click.echo(f"watching {definition.parent}; Ctrl-C ends it")
        sys.stdout.flush()
    watch.run(changed_paths(watch.folders, watch.concerns))
    return Outcome("watch", {"builds": count})


def _print_build(result: BuildResult) -> None:
    from datetime import datetime

    from generator.app.printing import shown_path
    from generator.app.terminal import safe

    seconds = sum(step.seconds for step in result.steps)
    written = [file for file in result.files if file.state in ("written", "beside")]
    time = f"{datetime.now():%H:%M:%S}"
    if not written:
        click.echo(f"{time} nothing to write ({seconds:.2f} s)")
    for file in written:
        why = f": {safe('; '.join(file.reasons))}" if file.reasons else ""
        click.echo(f"{time} {shown_path(file.path)}{why}")
    if result.edition:
        click.echo(f"{time} kept as edition {result.edition}")
    sys.stdout.flush()


def _print_problems(error: ReportError | None) -> None:
    from generator.app.printing import print_problems

    if error is not None:
        print_problems(error.problems)
        sys.stderr.flush()
