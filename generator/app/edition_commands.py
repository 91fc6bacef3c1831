"""The commands about editions and about watching: ``history``, ``rebuild``, ``diff``, ``watch``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import Outcome

if TYPE_CHECKING:
    from generator.build.changes import FactRecord, FigureChange
    from generator.editions.comparing import EditionDifference
    from generator.editions.store import Edition

Decorator = Callable[[Any], Any]


def add_edition_commands(group: click.Group, of_a_report: Decorator, path: click.Path) -> None:
    """Add the commands; ``of_a_report`` gives each the options that all about a report have."""

    @group.command(short_help="List the editions that are kept.")
    @of_a_report
    @click.pass_obj
    def history(
        home: Path | None, report: Path | None, json: bool, quiet: bool, debug: bool
    ) -> Outcome:
        """List the editions that are kept, the newest last."""
        return _history(report, home)

    @group.command(short_help="Build an edition again from its snapshot.")
    @click.argument("edition")
    @click.option("-o", "--output", type=path, metavar="DIR",
                  help="Write the files here; default: mend the edition's own.")  # fmt: skip
    @of_a_report
    @click.pass_obj
    def rebuild(
        home: Path | None, edition: str, output: Path | None, report: Path | None, json: bool,
        quiet: bool, debug: bool,
    ) -> Outcome:  # fmt: skip
        """Build EDITION (a name of "history", or "last") again and compare the bytes."""
        return _rebuild(report, home, edition, output, quiet)

    @group.command(short_help="Show which figures differ between two editions.")
    @click.argument("old", required=False)
    @click.argument("new", required=False)
    @click.option("--lang", type=click.Choice(["zh", "en"], case_sensitive=False), default="en",
                  show_default=True, help="The language of the table.")  # fmt: skip
    @of_a_report
    @click.pass_obj
    def diff(
        home: Path | None, old: str | None, new: str | None, lang: str, report: Path | None,
        json: bool, quiet: bool, debug: bool,
    ) -> Outcome:  # fmt: skip
        """Show which figures differ from OLD to NEW; default: the last two editions.

        Names are those of "history"; "last" is the newest edition, "now" the data as they are.
        """
        return _diff(report, home, old, new, lang)

    @group.command(short_help="Build again whenever something changes.")
    @of_a_report
    @click.pass_obj
    def watch(
        home: Path | None, report: Path | None, json: bool, quiet: bool, debug: bool
    ) -> Outcome:
        """Build, then build again whenever data, templates or definition change; Ctrl-C ends it."""
        from generator.app.watching import watch_report

        return watch_report(report, home, quiet=quiet or json)


def _history(report: Path | None, home: Path | None) -> Outcome:
    from generator.app.projects import find_definition
    from generator.editions.comparing import report_output
    from generator.editions.store import read_editions

    editions = read_editions(report_output(find_definition(report, home)))
    return Outcome(
        "history",
        {"editions": [_edition_record(edition) for edition in editions]},
        lambda: _print_history(editions),
    )


def _edition_record(edition: Edition) -> dict[str, object]:
    return {
        "name": edition.name,
        "number": edition.number,
        "built": edition.built,
        "title": edition.title,
        "folder": str(edition.folder),
        "earlier": edition.earlier,
        "files": [
            {"name": f.name, "document": f.document, "language": f.language, "bytes": f.bytes,
             "digest": f.digest, "source": f.source, "source_digest": f.source_digest}
            for f in edition.files
        ],
    }  # fmt: skip


def _print_history(editions: list[Edition]) -> None:
    from generator.app.printing import print_table

    if not editions:
        click.echo("no edition is kept yet; keep one with: build --edition")
        return
    print_table(
        ("edition", "built (UTC)", "files", "size", "compared with", "title"),
        [
            (e.name, e.built[:16].replace("T", " "), str(len(e.files)),
             f"{sum(f.bytes for f in e.files) / 1024:.0f} KB", e.earlier or "",
             e.title.get("en", ""))
            for e in editions
        ],
        numeric=(2, 3),
    )  # fmt: skip


def _rebuild(
    report: Path | None, home: Path | None, name: str, output: Path | None, quiet: bool
) -> Outcome:
    from generator.app.printing import print_build
    from generator.app.progress import Progress
    from generator.app.projects import find_definition
    from generator.app.records import build_record
    from generator.editions.comparing import report_output
    from generator.editions.rebuilding import rebuild_edition
    from generator.editions.store import find_edition

    edition = find_edition(report_output(find_definition(report, home)), name)
    with Progress(silent=quiet) as progress:
        result = rebuild_edition(edition, output, on_step=progress)
    return Outcome(
        "rebuild", build_record(result), lambda: print_build(result), tuple(result.problems)
    )


def _diff(
    report: Path | None, home: Path | None, old: str | None, new: str | None, language: str
) -> Outcome:
    from generator.app.projects import find_definition
    from generator.editions.comparing import diff_editions

    found = diff_editions(find_definition(report, home), old, new)
    values = {
        "old": found.old,
        "new": found.new,
        "figures": [_change_record(change) for change in found.figures],
        "files": {
            "changed": list(found.changed_files),
            "new": list(found.new_files),
            "dropped": list(found.dropped_files),
        },
    }
    return Outcome("diff", values, lambda: _print_difference(found, language))


def _change_record(change: FigureChange) -> dict[str, object]:
    return {
        "id": change.id,
        "kind": change.kind,
        "old": _kept(change.old),
        "new": _kept(change.new),
    }


def _kept(record: FactRecord | None) -> FactRecord | None:
    if record is None:
        return None
    names = ("number", "unit", "bound", "value", "name", "period", "source", "file")
    return {name: record[name] for name in names}


def _print_difference(found: EditionDifference, language: str) -> None:
    from generator.app.printing import print_table
    from generator.build.changes import in_language

    click.echo(f"from {found.old} to {found.new}")
    if not found.figures:
        click.echo("no figure differs")
    else:
        views = [in_language(change, language) for change in found.figures]
        print_table(
            ("figure", "what", "before", "now", "period", "source"),
            [(v.id, v.label, v.old, v.new, _periods(v.old_period, v.period), v.source)
             for v in views],
        )  # fmt: skip
        count = len(views)
        click.echo(f"{count} figure{'' if count == 1 else 's'}")
    for word, names in (
        ("changed", found.changed_files), ("new", found.new_files),
        ("dropped", found.dropped_files),
    ):  # fmt: skip
        if names:
            click.echo(f"{word} files: {', '.join(names)}")


def _periods(old: str, new: str) -> str:
    return f"{old} -> {new}" if old and old != new else new
