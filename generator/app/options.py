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


def everywhere(command: Command) -> Command:
    for option in (
        click.option(
            "--limit",
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
