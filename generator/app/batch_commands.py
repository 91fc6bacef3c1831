"""The command ``batch``: one document for each row of a file."""

from __future__ import annotations

import json as json_text
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import FAILED, INTERRUPTED, PARTLY, Outcome
from generator.errors import ChoiceError, Location, Problem

if TYPE_CHECKING:
    from generator.batch.orders import BatchResult, Order, ToPdf
    from generator.batch.work import Made, Task

Decorator = Callable[[Any], Any]


def add_batch_commands(group: click.Group, everywhere: Decorator, path: click.Path) -> None:
    """Add the command; ``everywhere`` gives it the options that all commands have."""

    @group.command(short_help="Make one document, or one report, for each row of a file.")
    @click.argument("template", type=path, required=False)
    @click.option("-f", "--report", type=path, metavar="FILE",
                  help="The definition of a report; each row gives all of its files.")  # fmt: skip
    @click.option("--only", multiple=True, metavar="DOCUMENT",
                  help="Of a report only this document. Repeatable.")  # fmt: skip
    @click.option("--lang", multiple=True, type=click.Choice(["zh", "en"], case_sensitive=False),
                  help="Of a report only this edition. Repeatable.")  # fmt: skip
    @click.option("--over", required=True, type=path, metavar="FILE",
                  help="The rows: .csv, .tsv, .json, .jsonl, .yaml or .xlsx.")  # fmt: skip
    @click.option("-o", "--out", "--output", "out", metavar="NAME",
                  help="The results, as in 'output/{region}.docx' or s3://...; of a report their "
                  "folder.")  # fmt: skip
    @click.option("--format", "format_", type=click.Choice(
        ["csv", "tsv", "json", "jsonl", "yaml", "xlsx"]),
        help="The format of rows in a file of another ending.")  # fmt: skip
    @click.option("--data", multiple=True, type=path, metavar="FILE",
                  help="Data that all documents share. Repeatable.")  # fmt: skip
    @click.option("--set", "set_", multiple=True, metavar="NAME=VALUE",
                  help="A single value that all documents share. Repeatable.")  # fmt: skip
    @click.option("--files", type=path, metavar="DIR",
                  help="The folder of pictures; default: that of the rows.")  # fmt: skip
    @click.option("--undefined", type=click.Choice(["strict", "blank"]), default="strict",
                  help="Unknown names are errors (default), or print nothing.")  # fmt: skip
    @click.option("-j", "--jobs", type=click.IntRange(0, 1024), metavar="N",
                  help="Processes; default: one for each core; 0: none but this one.")  # fmt: skip
    @click.option("--engine", type=click.Choice(["local", "dask"]), default="local",
                  help="Where documents are made: on this machine, or by Dask.")  # fmt: skip
    @click.option("--scheduler", metavar="ADDRESS",
                  help="The scheduler of Dask: tcp://host:8786; default: our own.")  # fmt: skip
    @click.option("--resume", is_flag=True, help="Make only what is missing or has changed.")
    @click.option("--force", is_flag=True,
                  help="Replace documents that were edited by hand, and keep those.")  # fmt: skip
    @click.option("--zip", "zip_", type=path, metavar="FILE",
                  help="Put the documents into this zip.")  # fmt: skip
    @click.option("--failures", type=path, metavar="FILE",
                  help="Write the rows that fail to this .csv or .jsonl.")  # fmt: skip
    @click.option("--ledger", type=path, metavar="FILE",
                  help="Where is noted what is finished; default: beside the results.")  # fmt: skip
    @click.option("--pdf", is_flag=True, help="Make a PDF beside each document.")
    @click.option("--isolate", is_flag=True, envvar="MAKE_REPORT_ISOLATE",
                  help="The template is not your own: use limited processes only.")  # fmt: skip
    @click.option("--json-lines", is_flag=True,
                  help="Print a JSON object for each document as it is made.")  # fmt: skip
    @everywhere
    def batch(
        template: Path | None, report: Path | None, only: tuple[str, ...], lang: tuple[str, ...],
        over: Path, out: str | None, format_: str | None, data: tuple[Path, ...],
        set_: tuple[str, ...], files: Path | None, undefined: str, jobs: int | None, engine: str,
        scheduler: str | None, resume: bool, force: bool, zip_: Path | None,
        failures: Path | None, ledger: Path | None, pdf: bool, isolate: bool, json_lines: bool,
        json: bool, quiet: bool, debug: bool,
    ) -> Outcome:  # fmt: skip
        """Fill TEMPLATE for each row of a file: in parallel, to be resumed, with flat memory.

        With --report each row gives all files of a report, with its columns as parameters.

        \b
          make_report.py batch county.docx --over counties.csv --out 'output/{county}.docx'
          make_report.py batch --report report.yaml --over counties.csv --out 'output/{county}'

        A row that fails does not stop the others; the exit code is 3 then.
        """
        from generator.app.inputs import read_inputs
        from generator.batch.orders import Order, ReportChoice

        if scheduler is not None and engine != "dask":
            raise click.UsageError("--scheduler needs --engine dask")
        if (template is None) == (report is None):
            raise click.UsageError("name a template, or --report with a definition")
        if report is not None:
            refused = {"--data": data, "--set": set_, "--files": files,
                       "--undefined": undefined != "strict"}  # fmt: skip
            for option, value in refused.items():
                if value:
                    raise click.UsageError(f"{option} is about a single template; what a report "
                                           "is made from stands in its definition")  # fmt: skip
            order = Order(
                report, over, out or "", format_, jobs=jobs, engine=engine, scheduler=scheduler,
                resume=resume, force=force, zip=zip_, failures=failures, ledger=ledger,
                isolate=isolate, report=ReportChoice(only, lang),
            )  # fmt: skip
            return _run(order, pdf=pdf, lines=json_lines, quiet=quiet)
        assert template is not None
        if only or lang:
            raise click.UsageError("--only and --lang are about a report: --report FILE")
        if out is None:
            raise click.UsageError("missing option '--out': the names of the results")
        given = read_inputs(template, data, None, (), set_, files)
        order = Order(
            template, over, out, format_, given.context, given.paths, files or over.parent,
            undefined, jobs, engine, scheduler, resume, force, zip_, failures, ledger, isolate,
        )  # fmt: skip
        return _run(order, pdf=pdf, lines=json_lines, quiet=quiet)


def _run(order: Order, *, pdf: bool, lines: bool, quiet: bool) -> Outcome:
    from generator.app.batch_progress import BatchProgress
    from generator.batch.running import run_batch

    to_pdf = _converter(order) if pdf else None
    with BatchProgress(silent=quiet) as progress:
        result = run_batch(
            order, on_document=_print_line if lines else None, on_progress=progress, to_pdf=to_pdf
        )
    values = _record(result)
    problems = list(result.problems)
    code = None
    if result.is_stopped:
        problems.append(Problem(
            f"stopped: {result.finished:,} documents are finished, none is half written",
            hint="go on with --resume", code="stopped",
        ))  # fmt: skip
        code = INTERRUPTED
    elif any(problem.severity == "error" for problem in problems):
        code = PARTLY if result.finished else FAILED
    show = (lambda: _print_end(values, problems)) if lines else (lambda: _print_result(result))
    return Outcome("batch", values, show, tuple(problems), code=code)


def _converter(order: Order) -> ToPdf:
    """Return what turns the documents of a batch into PDF files beside them."""
    from generator.batch.pool import usable_cores
    from generator.pdf.converting import convert_files
    from generator.pdf.program import find_office

    if "://" in order.out:
        raise ChoiceError("PDF files are made in a folder of this machine", Location("--pdf"),
                          "name a folder in --out, or use --zip")  # fmt: skip
    find_office()
    jobs = usable_cores() if order.jobs is None else max(order.jobs, 1)

    def convert(folder: Path, names: Sequence[str]) -> dict[str, Problem]:
        result = convert_files([folder / name for name in names], jobs=jobs)
        return {name: result.failed[folder / name] for name in names
                if folder / name in result.failed}  # fmt: skip

    return convert


def _print_line(task: Task, made: Made) -> None:
    from generator.app.records import problem_record

    record: dict[str, object] = {
        "event": "document", "row": made.number, "line": task.line, "name": task.name,
        "state": made.state,
    }  # fmt: skip
    if made.problems:
        record["problems"] = [problem_record(problem) for problem in made.problems]
    elif made.files:
        record["files"] = [
            {"name": name, "digest": digest.hex(), "bytes": size}
            for name, digest, size in made.files
        ]  # fmt: skip
    else:
        record |= {"digest": made.digest.hex(), "bytes": made.size}
    print(json_text.dumps(record))


def _print_end(values: Mapping[str, object], problems: Sequence[Problem]) -> None:
    ok = not any(problem.severity == "error" for problem in problems)
    print(json_text.dumps({"event": "end", "ok": ok, **values}))


def _record(result: BatchResult) -> dict[str, object]:
    return {
        "rows": result.rows,
        "finished": result.finished,
        "counts": dict(sorted(result.counts.items())),
        "stopped": result.is_stopped,
        "seconds": round(result.seconds, 3),
        "ledger": str(result.ledger),
        "zip": str(result.zip) if result.zip else None,
        "failures": str(result.failures) if result.failures else None,
    }


_WORDS = {
    "made": "made", "unchanged": "found as they are", "kept": "finished before",
    "edited": "edited by hand and left alone", "pdf": "PDF files made",
    "failed": "failed", "pdf failed": "PDF files failed",
}  # fmt: skip


def _print_result(result: BatchResult) -> None:
    from generator.app.batch_progress import duration

    told = [f"{result.counts[state]:,} {words}" for state, words in _WORDS.items()
            if result.counts.get(state)]  # fmt: skip
    rate = result.rows / max(result.seconds, 1e-3)
    click.echo(f"{result.rows:,} rows: {', '.join(told) or 'nothing to do'}")
    click.echo(f"{duration(result.seconds)}, {rate:,.0f} rows a second")
    for path in (result.zip, result.failures):
        if path is not None:
            click.echo(str(path))
