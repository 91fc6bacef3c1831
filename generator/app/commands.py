"""The commands. Each one collects its arguments, calls the build and gives an outcome back."""

from __future__ import annotations

import gc
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.app.batch_commands import add_batch_commands
from generator.app.delivery_commands import (
    add_delivery_commands,
    deliver_after_build,
    refuse_isolated,
)
from generator.app.edition_commands import add_edition_commands
from generator.app.extract_commands import add_extract_commands
from generator.app.options import (
    PATH,
    WORDS,
    everywhere,
    isolatable,
    isolate_if_asked,
    of_a_report,
    of_a_template,
    of_documents,
)
from generator.app.outcome import Outcome, finish
from generator.app.pdf_files import and_pdf, built, check_office, with_pdf
from generator.app.schedule_commands import add_schedule_commands
from generator.errors import near_name_hint

if TYPE_CHECKING:
    from generator.editions.current import Stage

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_EPILOG = """\b
Without a command, "build" is run, with its options:
  make_report.py --lang zh --only deck

\b
Exit codes:
  0  done
  1  the report failed: data, template, definition or output are wrong
  2  wrong use: an unknown command, option, document or language
  3  some documents of a batch are there, others failed
"""


class _Commands(click.Group):
    """A group whose default command is ``build``, and which knows near names."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = with_command(args, list(self.commands), value_options(self))
        ctx.meta[WORDS] = tuple(words)
        return super().parse_args(ctx, words)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            near = near_name_hint(args[0], list(self.commands))
            ctx.fail(f'no command "{args[0]}"' + (f"; {near}" if near else ""))
        return super().resolve_command(ctx, args)


def with_command(
    arguments: Sequence[str], commands: Sequence[str], with_value: Collection[str]
) -> list[str]:
    """Return the arguments with the command in front; ``build`` if none is named.

    ``with_value`` are the options that take the next word as their value.
    """
    rest = list(arguments)
    if rest and rest[0] in ("-h", "--help", "--version"):
        return rest
    number = 0
    while number < len(rest) and rest[number].startswith("-"):
        number += 2 if rest[number] in with_value else 1
    if number >= len(rest):
        return ["build", *rest]
    if rest[number] not in commands and number:
        return ["build", *rest]
    return [rest[number], *rest[:number], *rest[number + 1 :]]


def value_options(group: click.Group) -> set[str]:
    """Return the options of all commands that take the next word as their value."""
    return {
        name
        for command in group.commands.values()
        for option in command.params
        if isinstance(option, click.Option) and not (option.is_flag or option.count)
        for name in option.opts
    }


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"make-report {version('report-generator')}")
        except PackageNotFoundError:
            click.echo("make-report (not installed)")
        ctx.exit()


@click.group(cls=_Commands, context_settings=_CONTEXT, epilog=_EPILOG)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False,
              callback=_show_version, help="Show the version and exit.")  # fmt: skip
def commands() -> None:
    """Make Word briefings and PowerPoint decks from data whose figures know their source."""


@commands.command(short_help="Build the report.")
@isolatable
@of_documents
@click.option("-o", "--output", type=PATH, metavar="DIR",
              help="Write here instead of the output folder of the report.")  # fmt: skip
@click.option("--edition", is_flag=True, help="Keep what is built as an edition.")
@click.option("--deliver", is_flag=True,
              help="Keep an edition and deliver it to the targets of the report.")  # fmt: skip
@click.option("--force", is_flag=True,
              help="Replace files that were edited by hand, and keep those.")  # fmt: skip
@click.option("--stage", type=click.Choice(["documents", "files", "edition"]), default="edition",
              hidden=True)  # fmt: skip
@with_pdf
@click.pass_obj
def build(
    home: Path | None, report: Path | None, lang: tuple[str, ...], only: tuple[str, ...],
    output: Path | None, edition: bool, deliver: bool, force: bool, stage: Stage, pdf: bool,
    json: bool, quiet: bool, debug: bool,
) -> Outcome:  # fmt: skip
    """Build the report: all documents in all languages, unless told otherwise.

    Only what has changed is built. A file that was edited by hand stays as it is, and the new one
    is written beside it.
    """
    from generator.app.pdf_files import pdf_stage
    from generator.app.progress import Progress
    from generator.app.projects import find_definition
    from generator.editions.current import build_current

    definition = find_definition(report, home)
    if deliver:
        refuse_isolated(definition)
    between = pdf_stage(definition, lang, only, output, everything=pdf, force=force, quiet=quiet)
    isolate_if_asked(definition, None if stage == "documents" else between)
    check_office(pdf)
    with Progress(silent=quiet) as progress:
        result = build_current(
            definition, languages=lang, documents=only, output=output,
            on_step=progress, force=force, edition=edition or deliver, pdf=pdf, stage=stage,
        )  # fmt: skip
    return deliver_after_build(definition, result, quiet=quiet) if deliver else built(result)


@commands.command(short_help="Fill one template, without a report.")
@click.argument("template", type=PATH)
@click.option("-o", "--out", "--output", "out", required=True, metavar="FILE",
              help="The result; tags in its name are filled in.")  # fmt: skip
@click.option("--isolate", is_flag=True, envvar="MAKE_REPORT_ISOLATE",
              help="The template is not your own: fill it in a limited process.")  # fmt: skip
@with_pdf
@of_a_template
@everywhere
def render(
    template: Path, out: str, isolate: bool, pdf: bool, data: tuple[Path, ...],
    format_: str | None, name: tuple[str, ...], set_: tuple[str, ...], each: str | None,
    files: Path | None, undefined: str, json: bool, quiet: bool, debug: bool,
) -> Outcome:  # fmt: skip
    """Fill TEMPLATE with data and write the result, or one document for each row of a list.

    \b
      make_report.py render offer.docx --data offer.yaml --out offer-17.docx
      make_report.py render letter.docx --data people.csv --each rows \\
          --out 'letters/{{ name }}.docx'
    """
    from generator.app.inputs import read_inputs
    from generator.app.printing import print_render
    from generator.app.progress import Progress
    from generator.app.records import render_record
    from generator.build.single import render_single

    if not out:
        raise click.BadParameter("the path is empty", param_hint="--out")
    check_office(pdf)
    given = read_inputs(template, data, format_, name, set_, files)
    with Progress(silent=quiet) as progress:
        result = render_single(
            template, given.context, out, files=given.folder, inputs=given.paths, each=each,
            undefined=undefined, isolate=isolate,
            on_document=lambda n, m: progress("fill the template", n, m),
        )  # fmt: skip
    outcome = Outcome(
        "render", render_record(result), lambda: print_render(result), tuple(result.problems)
    )
    return and_pdf(outcome, [f.path for f in result.files], quiet=quiet) if pdf else outcome


@commands.command(short_help="Try templates against data; write nothing.")
@isolatable
@click.argument("template", required=False, type=PATH)
@click.option("--sarif", type=PATH, metavar="FILE",
              help="Write the problems as SARIF 2.1.0, too.")  # fmt: skip
@click.option("--comments", type=PATH, metavar="FILE",
              help="Write a copy of TEMPLATE with the problems as comments.")  # fmt: skip
@of_a_template
@of_documents
@click.pass_obj
def check(
    home: Path | None, template: Path | None, sarif: Path | None, comments: Path | None,
    data: tuple[Path, ...], format_: str | None, name: tuple[str, ...], set_: tuple[str, ...],
    each: str | None, files: Path | None, undefined: str,
    report: Path | None, lang: tuple[str, ...], only: tuple[str, ...],
    json: bool, quiet: bool, debug: bool,
) -> Outcome:  # fmt: skip
    """Try the templates of a report against its data, or one TEMPLATE with or without data.

    No document is made. Without data a TEMPLATE is read and its tags are checked.
    """
    from generator.app.checks import check_report_files, check_template

    if template is None:
        of_a_template = {
            "--data": data, "--format": format_, "--name": name, "--set": set_, "--each": each,
            "--files": files, "--comments": comments,
        }  # fmt: skip
        for option, value in of_a_template.items():
            if value:
                raise click.UsageError(f"{option} is about a single template: check TEMPLATE")
        return check_report_files(report, home, lang, only, sarif)
    for option, value in {"--report": report, "--lang": lang, "--only": only}.items():
        if value:
            raise click.UsageError(f"{option} is about a report, not about a single template")
    return check_template(
        template, data, format_, name, set_, files, each=each, undefined=undefined, sarif=sarif,
        comments=comments,
    )  # fmt: skip


@commands.command(short_help="List what templates can use.")
@click.argument("text", required=False, default="")
@of_a_report
@click.pass_obj
def facts(
    home: Path | None, text: str, report: Path | None, json: bool, quiet: bool, debug: bool
) -> Outcome:
    """List the facts that templates can use, or those that contain TEXT."""
    from generator.app.printing import print_facts
    from generator.app.projects import find_definition
    from generator.app.records import fact_records
    from generator.build.context import list_facts

    wanted = text.casefold()
    rows = [
        row
        for row in list_facts(find_definition(report, home))
        if wanted in "\n".join((row.id, row.name_zh, row.name_en, row.zh, row.en)).casefold()
    ]
    return Outcome("facts", {"facts": fact_records(rows)}, lambda: print_facts(rows))


@commands.command(short_help="Say where the figures of a built document come from.")
@click.argument("document", type=PATH)
@click.argument("number", required=False)
@everywhere
def trace(document: Path, number: str | None, json: bool, quiet: bool, debug: bool) -> Outcome:
    """List the figures of DOCUMENT with their places and sources, or those that print NUMBER.

    \b
      make_report.py trace output/briefing.docx 15.4
    """
    from generator.app.printing import print_trace
    from generator.app.records import trace_records
    from generator.build.manifest import trace_file

    found = trace_file(document, number)
    return Outcome(
        "trace", {"figures": trace_records(found)}, lambda: print_trace(found, number),
        tuple(found.problems),
    )  # fmt: skip


@commands.command(short_help="Start a report of your own.")
@click.argument("folder", metavar="DIR", type=PATH)
@everywhere
def new(folder: Path, json: bool, quiet: bool, debug: bool) -> Outcome:
    """Start a report of your own in DIR, a copy of the shipped one that builds at once."""
    from generator.app.projects import DEFINITION, start_project

    files = start_project(folder)
    return Outcome(
        "new",
        {"folder": str(folder), "files": [str(file) for file in files]},
        lambda: click.echo(
            f"{len(files)} files in {folder}; build them with: "
            f'{_typed()} --report "{folder / DEFINITION}"'
        ),
    )


@commands.command(short_help="Build a gallery of all kinds of charts.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    default=Path("output"),
    help="The folder for gallery.docx and gallery.pptx; default: output.",
)
@everywhere
def gallery(output: Path, json: bool, quiet: bool, debug: bool) -> Outcome:
    """Build a document and a deck with one chart of each kind, native beside picture."""
    from generator.build.files import write_files
    from generator.build.gallery import build_gallery

    files = {output / file.name: file.data for file in build_gallery()}
    write_files(files)
    return Outcome(
        "gallery",
        {"files": [str(path) for path in files]},
        lambda: click.echo("\n".join(str(path) for path in files)),
    )


add_edition_commands(commands, of_a_report, PATH)
add_delivery_commands(commands, of_a_report)
add_batch_commands(commands, everywhere, PATH)
add_schedule_commands(commands, PATH)
add_extract_commands(commands, of_a_report, PATH)


def main(arguments: Sequence[str] | None = None, *, home: Path | None = None) -> int:
    """Run the command line and return its exit code.

    ``home`` is the folder whose report is meant when no other is found.
    """
    from generator.app.terminal import prepare_streams

    prepare_streams()
    gc.set_threshold(100_000, 50, 100)  # a run is short: looking for cycles costs 3 % of a build
    words = with_command(
        sys.argv[1:] if arguments is None else arguments,
        list(commands.commands),
        value_options(commands),
    )
    return finish(
        lambda: commands.main(words, _program_name(), standalone_mode=False, obj=home), words
    )


def _program_name() -> str:
    name = Path(sys.argv[0]).name
    return name if name.endswith(".py") else "make-report"


def _typed() -> str:
    """Return how the user called this program."""
    return f"python {sys.argv[0]}" if sys.argv[0].endswith(".py") else "make-report"
