"""The PDF files of a command's results: made, shown, and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import PARTLY, Outcome

if TYPE_CHECKING:
    from generator.build.results import BuildResult
    from generator.pdf.converting import PdfResult


def with_pdf(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option to make PDF files of its results."""
    return click.option(
        "--pdf", is_flag=True, help="Make a PDF beside each document, with LibreOffice."
    )(command)


def check_office(wanted: bool) -> None:
    """Refuse to begin what would end without its PDF files.

    Raises:
        OutputError: LibreOffice is not installed.
    """
    if wanted:
        from generator.pdf.program import find_office

        find_office()


def built(result: BuildResult) -> Outcome:
    """Return the outcome of a build; if only a PDF is missing, the exit code says so."""
    from generator.app.printing import print_build
    from generator.app.records import build_record

    return Outcome(
        "build", build_record(result), lambda: print_build(result), result.problems,
        code=PARTLY if result.lacks_pdf else None,
    )  # fmt: skip


def pdf_stage(
    definition: Path, languages: Sequence[str], documents: Sequence[str], output: Path | None, *,
    everything: bool, force: bool, quiet: bool,
) -> Callable[[], object]:  # fmt: skip
    """Return what makes the PDF files of a report whose documents a limited process has built."""

    def make() -> None:
        from generator.app.progress import Progress
        from generator.editions.pdfs import make_pdfs

        with Progress(silent=quiet) as progress:
            make_pdfs(
                definition, languages=languages, documents=documents, output=output,
                everything=everything, force=force,
                on_pdf=lambda n, m: progress("make PDF files", n, m),
            )  # fmt: skip

    return make


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
