"""The commands ``schedule ...``: doing what is due, looking at it, letting a machine call it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from generator.app.options import everywhere
from generator.app.outcome import Outcome
from generator.app.schedule_asked import Asked
from generator.app.schedule_entries import (
    entries_folder,
    entry_request,
    installed_record,
    print_installed,
    print_removed,
)
from generator.app.schedule_looking import (
    list_schedules,
    next_times,
    pause_schedules,
    run_history,
)
from generator.app.schedule_running import run_due_schedules, serve_schedules, take_over

Decorator = Callable[[Any], Any]
#: As in ``scheduling.entries``, which is not loaded for the names alone.
_KINDS = ("systemd", "cron", "launchd", "windows-task", "github-actions", "kubernetes")


def add_schedule_commands(group: click.Group, path: click.Path) -> None:
    """Add the group ``schedule``."""

    def of_schedules(command: Any) -> Any:
        for option in (
            click.option("--worker", metavar="NAME", envvar="MAKE_REPORT_SCHEDULE_WORKER",
                         help="The name of this worker in a shared store; default: the host's."),
            click.option("--store", type=path, metavar="DIR", envvar="MAKE_REPORT_SCHEDULE_STORE",
                         help="Where schedules are remembered; default: .cache/schedule."),
            click.option("-f", "--report", type=path, metavar="FILE", multiple=True,
                         help="The definition; default: report.yaml here or above. Repeatable."),
        ):  # fmt: skip
            command = option(command)
        return everywhere(command)

    @group.group("schedule", short_help="Make reports when they are due.")
    def schedule() -> None:
        """Make reports at the times that "schedule:" in report.yaml names."""

    @schedule.command(short_help="Do what is due, until stopped.")
    @of_schedules
    @click.pass_obj
    def serve(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Stay, and make each report when it is due; SIGTERM or Ctrl-C ends after the step."""
        return serve_schedules(Asked(home, **given), silent=quiet or json)

    @schedule.command("run-due", short_help="Do what is due now, and end.")
    @of_schedules
    @click.pass_obj
    def run_due(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Make what is due now, and end; made to be called every few minutes."""
        return run_due_schedules(Asked(home, **given), silent=quiet or json)

    @schedule.command("list", short_help="List schedules with their last and next run.")
    @of_schedules
    @click.pass_obj
    def list_(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """List the schedules of the store with their last and next run."""
        return list_schedules(Asked(home, **given))

    @schedule.command("next", short_help="Show the next planned times.")
    @click.option("-n", "--number", type=click.IntRange(1, 1000), default=5, show_default=True,
                  help="How many.")  # fmt: skip
    @of_schedules
    @click.pass_obj
    def next_(home: Path | None, /, number: int, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Show the next planned times, in the time zone of the schedule and in UTC."""
        return next_times(Asked(home, **given), number)

    @schedule.command(short_help="Let nothing be due for a while.")
    @of_schedules
    @click.pass_obj
    def pause(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Let nothing be due until "resume"; a run that is begun goes on."""
        return pause_schedules(Asked(home, **given), is_pause=True)

    @schedule.command(short_help="End a pause.")
    @of_schedules
    @click.pass_obj
    def resume(home: Path | None, /, quiet: bool, json: bool, **given: Any) -> Outcome:
        """Let times from now on be due again; those of the pause are not made up for."""
        return pause_schedules(Asked(home, **given), is_pause=False)

    @schedule.command(short_help="Show runs and their steps.")
    @click.option("-n", "--number", type=click.IntRange(1, 10_000), default=20, show_default=True,
                  help="How many runs.")  # fmt: skip
    @click.option("--steps", is_flag=True, help="Show each step, too.")
    @click.argument("run", required=False)
    @of_schedules
    @click.pass_obj
    def history(
        home: Path | None, /, number: int, steps: bool, run: str | None, quiet: bool, json: bool,
        **given: Any,
    ) -> Outcome:  # fmt: skip
        """Show what became of the last planned times, or of one RUN with its steps."""
        return run_history(Asked(home, **given), number, run, steps=steps or json)

    @schedule.command(short_help="Go on with the runs of a worker that has ended.")
    @click.argument("name", metavar="[WORKER]", required=False)
    @of_schedules
    @click.pass_obj
    def takeover(
        home: Path | None, /, name: str | None, quiet: bool, json: bool, **given: Any
    ) -> Outcome:
        """Bring the runs to their end that WORKER left unfinished; it must not be at work."""
        return take_over(Asked(home, **given), name, silent=quiet or json)

    def of_entries(command: Any) -> Any:
        for option in (
            click.option("-o", "--output", type=path, metavar="DIR",
                         help="Where files are written; default: schedule/ beside the report."),
        ):  # fmt: skip
            command = option(command)
        return of_schedules(command)

    @schedule.command(short_help="Let this machine call run-due every few minutes.")
    @click.option("--as", "kind", type=click.Choice(_KINDS), required=True,
                  help="What calls it.")  # fmt: skip
    @click.option("--apply", is_flag=True, help="Put it into effect, too.")
    @click.option("--minutes", type=click.IntRange(1, 30), default=5, show_default=True,
                  help="How often.")  # fmt: skip
    @click.option("--image", default="make-report:latest", show_default=True,
                  help="The container image, for kubernetes.")  # fmt: skip
    @of_entries
    @click.pass_obj
    def install(
        home: Path | None, /, kind: str, apply: bool, minutes: int, image: str, output: Path | None,
        quiet: bool, json: bool, **given: Any,
    ) -> Outcome:  # fmt: skip
        """Write an entry that calls "schedule run-due" every few minutes; with --apply install it.

        The schedule itself stays in report.yaml: changing it needs no new entry.
        """
        from generator.scheduling.installing import install as install_entry

        asked = Asked(home, **given)
        request = entry_request(asked, minutes, image)
        done = install_entry(kind, request, output or entries_folder(asked), apply=apply)
        return Outcome("schedule install", installed_record(done), lambda: print_installed(done))

    @schedule.command(short_help="Remove what install wrote.")
    @click.option("--as", "kind", type=click.Choice(_KINDS), help="Only this kind.")
    @of_entries
    @click.pass_obj
    def uninstall(
        home: Path | None, /, kind: str | None, output: Path | None, quiet: bool, json: bool,
        **given: Any,
    ) -> Outcome:  # fmt: skip
        """Remove the entries that "install" wrote, also those in effect."""
        from generator.scheduling.installing import uninstall as remove_entries

        asked = Asked(home, **given)
        request = entry_request(asked, 5, "make-report:latest")
        kinds = (kind,) if kind else _KINDS
        removed = remove_entries(request, output or entries_folder(asked), kinds)
        return Outcome(
            "schedule uninstall", {"entries": [installed_record(done) for done in removed]},
            lambda: print_removed(removed),
        )  # fmt: skip
