"""The command ``deliver``, and delivering right after a build."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import Outcome
from generator.errors import Problem, ReportError

if TYPE_CHECKING:
    from generator.build.results import BuildResult
    from generator.delivery.deliveries import Delivery, DeliveryOutcome

Decorator = Callable[[Any], Any]


def add_delivery_commands(group: click.Group, of_a_report: Decorator) -> None:
    """Add the command; ``of_a_report`` gives it the options that all about a report have."""

    @group.command(short_help="Deliver an edition to the targets of the report.")
    @click.argument("edition", default="last")
    @click.option("--target", multiple=True, metavar="NAME",
                  help="Only to this target. Repeatable.")  # fmt: skip
    @click.option("--dry-run", is_flag=True, help="Show what would go where; send nothing.")
    @click.option("--again", is_flag=True, help="Deliver also what was delivered already.")
    @of_a_report
    @click.pass_obj
    def deliver(
        home: Path | None, edition: str, target: tuple[str, ...], dry_run: bool, again: bool,
        report: Path | None, json: bool, quiet: bool, debug: bool,
    ) -> Outcome:  # fmt: skip
        """Deliver EDITION (a name of "history"; default: the last) to the targets of the report.

        What was delivered is recorded and not delivered twice. A target that fails does not stop
        the others; run the command again to deliver what failed.
        """
        from generator.app.projects import find_definition

        done = _deliver(
            find_definition(report, home), edition, target, dry_run=dry_run, again=again,
            silent=quiet,
        )  # fmt: skip
        return Outcome("deliver", done.values, done.show, done.problems)


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of all deliveries of an edition; a failed one has no outcome."""

    edition: str
    rows: tuple[tuple[Delivery, DeliveryOutcome | None], ...]
    problems: tuple[Problem, ...]

    @property
    def values(self) -> dict[str, object]:
        return {
            "edition": self.edition,
            "deliveries": [_record(delivery, outcome) for delivery, outcome in self.rows],
        }

    def show(self) -> None:
        """Write the table of deliveries to standard output."""
        from generator.app.printing import print_table

        click.echo(f"edition {self.edition}")
        print_table(
            ("target", "kind", "where", "what", "state"),
            [
                (d.target, d.kind, o.place if o else "", _what(d, o), _state(o))
                for d, o in self.rows
            ],
        )


def _deliver(
    definition: Path, name: str, targets: Sequence[str], *, dry_run: bool = False,
    again: bool = False, silent: bool,
) -> _Done:  # fmt: skip
    """Deliver an edition to all targets, or some; one that fails does not stop the others."""
    from generator.app.progress import Progress
    from generator.delivery.deliveries import deliver, find_what_to_deliver, planned_deliveries

    report, edition = find_what_to_deliver(definition, name)
    planned = planned_deliveries(report, edition, targets)
    rows: list[tuple[Delivery, DeliveryOutcome | None]] = []
    problems: list[Problem] = []
    with Progress(silent=silent) as progress:
        for number, delivery in enumerate(planned, 1):
            progress(f"deliver to {delivery.target}", number, len(planned))
            try:
                outcome = deliver(
                    report, edition, delivery, environment=os.environ, dry_run=dry_run, again=again
                )
            except ReportError as error:
                problems += error.problems
                rows.append((delivery, None))
            else:
                rows.append((delivery, outcome))
    return _Done(edition.name, tuple(rows), tuple(problems))


def _record(delivery: Delivery, outcome: DeliveryOutcome | None) -> dict[str, object]:
    return {
        "target": delivery.target,
        "kind": delivery.kind,
        "key": delivery.key,
        "state": _state(outcome),
        "where": outcome.place if outcome else None,
        "files": [file.name for file in outcome.files] if outcome else [],
        "sent": outcome.sent if outcome else None,
        "note": outcome.note if outcome else None,
        "tries": outcome.tries if outcome else None,
    }


def _state(outcome: DeliveryOutcome | None) -> str:
    return outcome.state if outcome else "failed"


def _what(delivery: Delivery, outcome: DeliveryOutcome | None) -> str:
    """Return what goes to a target: files, or a message that only tells of them."""
    if outcome is None:
        return ""
    mail = delivery.definition.mail
    if delivery.kind in ("webhook", "chat") or (mail is not None and not mail.attach):
        return "a message"
    size = sum(file.bytes for file in outcome.files) / 1024
    return f"{', '.join(file.name for file in outcome.files)} ({size:.0f} KB)"


def deliver_after_build(definition: Path, result: BuildResult, *, quiet: bool) -> Outcome:
    """Deliver the edition that a build kept, or the last one if nothing has changed since."""
    from generator.app.pdf_files import built
    from generator.app.printing import print_build
    from generator.app.records import build_record

    if any(problem.severity == "error" for problem in result.problems):
        return built(result)
    try:
        done = _deliver(definition, result.edition or "last", (), silent=quiet)
    except ReportError as error:  # the files are written all the same
        return Outcome(
            "build", build_record(result), lambda: print_build(result),
            (*result.problems, *error.problems),
        )  # fmt: skip

    def show() -> None:
        print_build(result)
        done.show()

    values = {**build_record(result), "delivered": done.values}
    return Outcome("build", values, show, (*result.problems, *done.problems))


def refuse_isolated(definition: Path) -> None:
    """Tell that an isolated run, which has no network, cannot deliver.

    Raises:
        UsageError: this run is isolated, or the report asks for that.
    """
    from generator.build.isolation import is_worker, isolation_asked

    if is_worker() or isolation_asked(definition) is not None:
        raise click.UsageError(
            "an isolated build has no network and cannot deliver; build with --edition, "
            'then run "deliver"'
        )
