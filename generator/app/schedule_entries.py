"""What ``schedule install`` and ``uninstall`` ask for and tell."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.app.schedule_asked import Asked

if TYPE_CHECKING:
    from generator.scheduling.entries import EntryRequest
    from generator.scheduling.installing import Installed


def entries_folder(asked: Asked) -> Path:
    return asked.definitions[0].parent / "schedule"


def entry_request(asked: Asked, minutes: int, image: str) -> EntryRequest:
    from generator.scheduling.entries import EntryRequest
    from generator.scheduling.installing import repository_of

    if len(asked.definitions) != 1:
        raise click.UsageError("an entry is for one report")
    schedule = asked.schedules()[0]
    definition = asked.definitions[0]
    words = [*_program(), "schedule", "run-due", "--report", str(definition)]
    if asked.has_own_store:
        words += ["--store", str(asked.store.folder)]
    inside = definition.relative_to(repository_of(definition.parent)).as_posix()
    return EntryRequest(schedule.name, tuple(words), definition.parent, minutes, inside, image)


def _program() -> list[str]:
    """Return how this program is started by somebody who knows nothing of this shell."""
    script = Path(sys.argv[0])
    if script.suffix == ".py" and script.is_file():
        return [sys.executable, str(script.resolve())]
    command = shutil.which(sys.argv[0])
    if command is not None and Path(command).stem == "make-report":
        return [str(Path(command).absolute())]
    started = "import sys; from generator.app.commands import main; sys.exit(main())"
    return [sys.executable, "-P", "-c", started]


def installed_record(done: Installed) -> dict[str, object]:
    return {"kind": done.kind, "files": [str(path) for path in done.files],
            "applied": done.applied, "by_hand": done.by_hand}  # fmt: skip


def print_installed(done: Installed) -> None:
    for path in done.files:
        click.echo(str(path))
    if done.applied:
        click.echo(f"{done.kind} calls run-due from now on" if done.kind != "github-actions"
                   else "commit and push it; it counts on the default branch")  # fmt: skip
    for number, line in enumerate(done.by_hand):
        click.echo(("then: " if number == 0 else "      ") + line)


def print_removed(removed: Sequence[Installed]) -> None:
    if not removed:
        click.echo("there is no entry of this schedule")
    for done in removed:
        for path in done.files:
            click.echo(f"removed {path}")
        if done.applied:
            click.echo(f"{done.kind} calls run-due no more")
