"""The command ``check`` for a report and for a single template."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from generator.app.options import isolate_if_asked
from generator.app.outcome import Outcome
from generator.errors import ChoiceError, Problem, ReportError


def check_report_files(
    report: Path | None, home: Path | None, languages: Sequence[str], documents: Sequence[str],
    sarif: Path | None,
) -> Outcome:  # fmt: skip
    """Check the templates of a report against its data."""
    from generator.app.projects import find_definition
    from generator.build.annotations import refuse_targets, write_annotations
    from generator.build.steps import check_report

    definition = find_definition(report, home)
    isolate_if_asked(definition)
    refuse_targets([definition], None, sarif, None)
    problems = check_report(definition, languages=languages, documents=documents)
    folder = definition.resolve().parent
    written = write_annotations(problems, folder=folder, sarif=sarif) if sarif else []
    return Outcome(
        "check", _values(written), lambda: _show_report_verdict(problems), problems, True
    )


def check_template(
    template: Path,
    data: Sequence[Path],
    format: str | None,
    names: Sequence[str],
    settings: Sequence[str],
    files: Path | None,
    *,
    each: str | None,
    undefined: str,
    sarif: Path | None,
    comments: Path | None,
) -> Outcome:
    """Check one template, against data if there are any."""
    from generator.app.inputs import read_inputs
    from generator.app.printing import print_verdict
    from generator.build.annotations import refuse_targets, write_annotations
    from generator.build.single import check_single

    isolate_if_asked(None)
    has_data = bool(data or settings or each)
    refuse_targets([template, *data], template, sarif, comments)
    problems: tuple[Problem, ...] = ()
    context: dict[str, object] | None = None
    folder = files or template.parent
    if has_data:
        try:
            given = read_inputs(template, data, format, names, settings, files)
            context, folder = given.context, given.folder
        except ChoiceError:
            raise
        except ReportError as error:
            problems = error.problems
    found, expected = check_single(template, context, files=folder, each=each, undefined=undefined)
    problems = (*problems, *found)
    written = write_annotations(problems, sarif=sarif, template=template, comments=comments)
    values = {**_values(written), "names": list(expected)}
    return Outcome(
        "check", values, lambda: print_verdict(problems, expected, has_data=has_data), problems,
        True,
    )  # fmt: skip


def _values(written: Sequence[Path]) -> dict[str, object]:
    return {"files": [str(path) for path in written]} if written else {}


def _show_report_verdict(problems: Sequence[Problem]) -> None:
    if not problems:
        click.echo("templates and data agree: no problem found")
