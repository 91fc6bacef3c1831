"""The PDF files of a command's results: made, shown, and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import PARTLY, Outcome
from generator.errors import ChoiceError, Location

if TYPE_CHECKING:
    from generator.pdf.converting import PdfResult


def with_pdf(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option to make PDF files of its results."""
    return click.option(
        "--pdf", is_flag=True, help="Make a PDF beside each document, with LibreOffice."
    )(command)


def check_office(wanted: bool) -> None:
    """Refuse to begin what would end without its PDF files.

    Raises:
        ChoiceError: this process starts no other program.
        OutputError: LibreOffice is not installed.
    """
    if wanted:
        from generator.build.isolation import is_worker
        from generator.pdf.program import find_office

        if is_worker():
            raise ChoiceError(
                "a build in a limited process starts no LibreOffice", Location("--pdf"),
                "leave out --isolate if you trust the templates",
            )  # fmt: skip
        find_office()


def and_pdf(outcome: Outcome, paths: Sequence[Path], *, quiet: bool) -> Outcome:
    """Return the outcome of a command together with the PDF files of its results.

    The results stay where they are if a PDF fails; the exit code says so.
    """
    from generator.app.progress import Progress
    from generator.pdf.converting import convert_files
    from generator.pdf.program import usable_offices

    with Progress(silent=quiet) as progress:
        found = convert_files(paths, jobs=usable_offices(),
                              on_file=lambda n, m: progress("make PDF files", n, m))  # fmt: skip
    values: Mapping[str, object] = {**outcome.values, "pdf": [str(path) for path in found.made]}
    problems = (*outcome.problems, *found.failed.values(), *found.problems)

    def show() -> None:
        outcome.show()
        _show(found)

    code = PARTLY if found.failed else outcome.code
    return Outcome(outcome.command, values, show, problems, outcome.draws_problems, code)


def _show(found: PdfResult) -> None:
    for path in found.made:
        click.echo(str(path))
