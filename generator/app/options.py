"""Options that several commands share, as decorators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from generator.errors import ChoiceError, Location

Command = Callable[..., Any]


class GivenPath(click.Path):
    """A path; an empty one is wrong use, not the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


PATH = GivenPath(path_type=Path)
#: Where the words of the command line are kept in a context.
WORDS = "make_report.words"
#: Whether a limited process was asked for.
_WANTED = "make_report.isolate"


def _limited(ctx: click.Context, _: click.Parameter, words: tuple[str, ...]) -> None:
    """Put the limits of ``--limit name=value`` in force until the command ends."""
    from generator.model.limits import within_said

    said: dict[str, int | float] = {}
    for word in words:
        name, sign, text = word.partition("=")
        number = text.replace("_", "")
        if not sign or not name:
            raise ChoiceError(f'"{word}" is not name=number', Location("--limit"),
                              "write it like --limit slides=2000")  # fmt: skip
        try:
            said[name.strip()] = int(number) if number.isdecimal() else float(number)
        except ValueError as error:
            raise ChoiceError(f'"{word}" is not name=number', Location("--limit"),
                              "write it like --limit slides=2000") from error  # fmt: skip
    if said:
        ctx.with_resource(within_said(said))


def _isolated(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Run the command again in a process with limits, and end with its exit code."""
    from generator.app.isolated import run_isolated
    from generator.build.isolation import is_worker

    if wanted and not is_worker():
        if ctx.info_name == "build":  # it has more to do than a limited process may
            ctx.meta[_WANTED] = True
        else:
            ctx.exit(run_isolated(ctx))


def isolate_if_asked(definition: Path, between: Callable[[], object] | None = None) -> None:
    """Run this command again in a process with limits if that is asked for, and end there.

    Where the report has PDF files, one process builds the documents, then this one does what comes
    ``between``, and another process does the rest.
    """
    from generator.build.isolation import isolation_asked

    ctx = click.get_current_context()
    limits = isolation_asked(definition)
    if limits is None and not ctx.meta.get(_WANTED):
        return
    from generator.app.isolated import run_isolated
    from generator.model.limits import limits_in_force, within

    with within(limits or limits_in_force()):
        code = 0
        if between is not None and (ctx.params.get("pdf") or _has_pdfs(definition)):
            code = run_isolated(ctx, "--stage", "documents")
            if not code:
                between()
        code = code or run_isolated(ctx)
    ctx.exit(code)


def _has_pdfs(definition: Path) -> bool:
    from generator.build.reading import read_only_definition

    return read_only_definition(definition).entry.has_pdfs


def isolatable(command: Command) -> Command:
    """Give a command the option to run in a process with limits."""
    return click.option(
        "--isolate", is_flag=True, envvar="MAKE_REPORT_ISOLATE", expose_value=False,
        callback=_isolated, help="The templates are not your own: run in a limited process.",
    )(command)  # fmt: skip


def everywhere(command: Command) -> Command:
    for option in (
        click.option(
            "--limit",
            is_eager=True,
            multiple=True,
            metavar="NAME=NUMBER",
            envvar="MAKE_REPORT_LIMITS",
            expose_value=False,
            callback=_limited,
            help="Change a limit (docs/limits.md). Repeatable.",
        ),
        click.option("--debug", is_flag=True, help="Show where in the program an error arose."),
        click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems."),
        click.option("--json", "json", is_flag=True, help="Print one JSON object on stdout."),
    ):
        command = option(command)
    return command


def of_a_report(command: Command) -> Command:
    return click.option(
        "-f", "--report", type=PATH, metavar="FILE",
        help="The definition; default: report.yaml here, above, or beside the script.",
    )(everywhere(command))  # fmt: skip


def of_documents(command: Command) -> Command:
    for option in (
        click.option("--only", multiple=True, metavar="DOCUMENT",
                     help="Only this document: briefing or deck. Repeatable."),
        click.option("--lang", multiple=True, type=click.Choice(["zh", "en"], case_sensitive=False),
                     help="Only this edition. Repeatable."),
    ):  # fmt: skip
        command = option(command)
    return of_a_report(command)


def of_a_template(command: Command) -> Command:
    for option in (
        click.option("--data", multiple=True, type=PATH, metavar="FILE",
                     help="Data: .yaml, .json, .csv, .tsv, or - for standard input. Repeatable."),
        click.option("--format", "format_", type=click.Choice(["yaml", "json", "csv", "tsv"]),
                     help="The format of standard input, and of files of another ending."),
        click.option("--name", multiple=True, metavar="NAME",
                     help="What the list of a .csv file is called; default: rows. Repeatable."),
        click.option("--set", "set_", multiple=True, metavar="NAME=VALUE",
                     help="A single value; replaces what the data say. Repeatable."),
        click.option("--each", metavar="NAME", help="One document for each row of this list."),
        click.option("--files", type=PATH, metavar="DIR",
                     help="The folder of pictures; default: that of the first data file."),
        click.option("--undefined", type=click.Choice(["strict", "blank"]), default="strict",
                     help="Unknown names are errors (default), or print nothing."),
    ):  # fmt: skip
        command = option(command)
    return command
