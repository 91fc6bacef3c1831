"""The command about articles: ``extract`` proposes facts, reviews them, updates a data file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.app.outcome import Outcome
from generator.errors import (
    ChoiceError,
    Location,
    OutputError,
    Problem,
    ReportError,
    SourceNotFoundError,
)

if TYPE_CHECKING:
    from generator.extraction.drafting import Draft
    from generator.extraction.review import Pending, Session
    from generator.extraction.updating import Pair

#: Files that facts of cells are updated from.
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".parquet", ".json")
Decorator = Callable[[Any], Any]
_QUESTION = "accept (a), edit (e FIELD=VALUE), skip (s), back (b), quit (q), help (?): "


def add_extract_commands(group: click.Group, of_a_report: Decorator, path: click.Path) -> None:
    """Add the command; ``of_a_report`` gives it the options that all about a report have."""

    @group.command(short_help="Propose facts from an article.")
    @click.argument("article", type=path)
    @click.option("-o", "--output", type=path, metavar="FILE",
                  help="Write the draft, or the updated data file, here.")  # fmt: skip
    @click.option("--review", is_flag=True,
                  help="Walk through the facts that wait; ARTICLE may be a draft.")  # fmt: skip
    @click.option("--update", type=path, metavar="DATA.yaml",
                  help="Compare with the facts of this file; take over new values.")  # fmt: skip
    @click.option("--dataset", metavar="NAME",
                  help="With --update and a table: the dataset that it renews.")  # fmt: skip
    @click.option("--date", "published", metavar="YYYY-MM-DD",
                  help="When the article was published: what \"this year\" is.")  # fmt: skip
    @click.option("--label", default="", metavar="TEXT",
                  help="What source lines call the article; default: its title.")  # fmt: skip
    @click.option("--indicators", type=path, multiple=True, metavar="FILE",
                  help="A table of indicators of your own. Repeatable.")  # fmt: skip
    @click.option("--force", is_flag=True, help="Replace a file that is there already.")
    @of_a_report
    @click.pass_obj
    def extract(
        home: Path | None, article: Path, output: Path | None, review: bool, update: Path | None,
        dataset: str | None, published: str | None, label: str, indicators: tuple[Path, ...],
        force: bool, report: Path | None, json: bool, quiet: bool, debug: bool,
    ) -> Outcome:  # fmt: skip
        """Propose facts from ARTICLE (.txt, .md, .docx, .html, .pdf), each with its phrase.

        \b
          make_report.py extract article.docx -o data/draft.yaml
          make_report.py extract --review data/draft.yaml
          make_report.py extract next.html --update data/binjiang.yaml -o data/next.yaml
          make_report.py extract next.xlsx --update report.yaml

        A report stops at facts that nobody has reviewed.
        """
        from generator.extraction.work import stands_in_cells, tools_of

        if review and article.suffix.lower() in (".yaml", ".yml"):
            if update is not None:
                raise click.UsageError("--update needs an article, not a data file")
            return _review(article, output, json)
        if update is not None and article.suffix.lower() in _TABLES and stands_in_cells(update):
            return _update_cells(article, update, output, report, dataset, review, force, json)
        if dataset is not None:
            raise click.UsageError("--dataset goes with --update and a table")
        files, warnings = _indicator_files(indicators, report)
        tools = tools_of(files, _day(published), label)
        if update is not None:
            outcome = _update(article, update, output, tools, review, force, json)
        else:
            outcome = _draft(article, output, tools, review, force, json)
        return replace(outcome, problems=(*outcome.problems, *warnings))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ChoiceError(
            f'"{text}" is no date', Location("--date"), "write it like 2025-08-31"
        ) from error


def _indicator_files(
    given: Sequence[Path], report: Path | None
) -> tuple[list[Path], tuple[Problem, ...]]:
    """Return the tables of the report around, and those of the command line behind them.

    A report that was not asked for may be wrong; that is told, and its tables are not used.
    """
    from generator.app.projects import find_definition
    from generator.build.reading import indicator_files

    try:
        return [*indicator_files(find_definition(report)), *given], ()
    except SourceNotFoundError:
        if report is not None:
            raise
        return list(given), ()
    except ReportError as error:
        if report is not None:
            raise
        told = replace(
            error.problems[0], severity="warning", hint="its own indicators are not used"
        )
        return list(given), (told,)


def _free(path: Path, force: bool) -> Path:
    """Return a path to write to.

    Raises:
        OutputError: there is a file already, and it is not to be replaced.
    """
    if path.exists() and not force:
        raise OutputError(
            "this file is there already", Location(str(path)),
            "name another with -o, compare with it by --update, or replace it with --force",
        )  # fmt: skip
    return path


def _draft(
    article: Path, output: Path | None, tools: Any, review: bool, force: bool, json: bool
) -> Outcome:
    from generator.build.files import write_files
    from generator.extraction.work import draft_article

    if review and output is None:
        raise click.UsageError("--review needs a place for the draft: add -o FILE")
    if output is not None:
        _free(output, force)
    draft = draft_article(article, tools)
    if output is not None:
        write_files({output: draft.text.encode("utf-8")})
    if review and output is not None:
        return _review(output, output, json)
    values = {**_record(draft), "output": str(output) if output else None}
    return Outcome("extract", values, lambda: _print_draft(draft, output))


def _record(draft: Draft) -> dict[str, object]:
    """Return the proposals, what was not read, and the paragraphs that positions count in."""
    article = draft.extraction.article
    return {
        "language": article.language, "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "this_year": draft.extraction.calendar.this_year,
        "this_year_inferred": draft.extraction.calendar.is_inferred,
        "notes": list(article.notes),
        "facts": [
            {
                "id": entry.id, **_plain(entry.fields), "start": entry.proposal.start,
                "end": entry.proposal.end, "paragraph": entry.proposal.paragraph.number,
            }
            for entry in draft.entries
        ],
        "unread": [
            {"at": left.paragraph.place, "paragraph": left.paragraph.number, "start": left.start,
             "end": left.end, "phrase": left.phrase, "why": left.why}
            for left in draft.extraction.unread
        ],
        "paragraphs": [
            {"number": p.number, "place": p.place, "kind": p.kind, "text": p.text}
            for p in article.paragraphs
        ],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """Return a value for JSON; decimals as text, so that no digit is lost."""
    from decimal import Decimal

    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _print_draft(draft: Draft, output: Path | None) -> None:
    from generator.app.printing import print_table, shown_path
    from generator.app.terminal import safe

    for note in draft.extraction.article.notes:
        click.echo(safe(f"mended: {note}"))
    print_table(
        ("fact", "value", "period", "name", "at", "sure"),
        [
            (e.id, str(e.fields["written"]), str(e.fields["period"]), e.fields["name"]["zh"],
             e.proposal.paragraph.place, f"{e.proposal.confidence} %")
            for e in draft.entries
        ],
        numeric=(5,),
    )  # fmt: skip
    calendar = draft.extraction.calendar
    if calendar.is_inferred and any("inferred" in e.fields for e in draft.entries):
        click.echo(
            f'"this year" is taken as {calendar.this_year or "unknown"}; give --date if it is not'
        )
    if draft.unread:
        click.echo(f"{len(draft.unread)} not understood:")
        for item in draft.unread[:40]:
            click.echo(
                safe(f"  {item['at']}: {item['phrase']}  ({item['why']})  {item['sentence']}")
            )
        if len(draft.unread) > 40:
            click.echo(f"  ... and {len(draft.unread) - 40} more in the draft")
    count = len(draft.entries)
    click.echo(f"{count} fact{'' if count == 1 else 's'} proposed")
    if output is not None:
        click.echo(
            f"written to {shown_path(output)}; look at them with: "
            f"extract --review {shown_path(output)}"
        )


def _update(
    article: Path, facts: Path, output: Path | None, tools: Any, review: bool, force: bool,
    json: bool,
) -> Outcome:  # fmt: skip
    from generator.build.files import write_files
    from generator.extraction.work import draft_article, update_facts

    target = facts if output is None else output
    if output is not None and output.resolve() != facts.resolve():
        _free(output, force)
    draft = draft_article(article, tools, tables=True)
    done, before = update_facts(facts, draft, tools)
    files = {target: done.text.encode("utf-8")}
    backup = None
    if target.resolve() == facts.resolve():
        backup = _backup_of(facts)
        write_files({backup: before})
    write_files(files)
    if review:
        return _review(target, target, json)
    values = {
        "output": str(target), "backup": str(backup) if backup else None,
        "pairs": [
            {name: getattr(pair, name) for name in (
                "id", "name", "state", "old", "old_period", "new", "new_period", "confidence",
            )}
            for pair in done.pairs
        ],
        "unread": list(draft.unread),
    }  # fmt: skip
    return Outcome("extract", values, lambda: _print_update(done.pairs, target, backup))


def _update_cells(
    table: Path, facts: Path, output: Path | None, report: Path | None, dataset: str | None,
    review: bool, force: bool, json: bool,
) -> Outcome:  # fmt: skip
    from generator.app.projects import find_definition
    from generator.build.files import write_files
    from generator.extraction.work import is_definition, update_from_table

    target = facts if output is None else output
    if output is not None and output.resolve() != facts.resolve():
        _free(output, force)
    definition = facts if report is None and is_definition(facts) else find_definition(report)
    done = update_from_table(table, facts, definition, dataset)
    backup = None
    if target.resolve() == facts.resolve():
        backup = _backup_of(facts)
        write_files({backup: done.before})
    write_files({target: done.text.encode("utf-8")})
    if review:
        return _review(target, target, json)
    values = {
        "output": str(target), "backup": str(backup) if backup else None, "dataset": done.dataset,
        "to_change": done.report,
        "pairs": [
            {name: getattr(pair, name) for name in (
                "id", "name", "state", "old", "old_period", "new", "new_period", "confidence",
            )}
            for pair in done.pairs
        ],
    }  # fmt: skip

    def show() -> None:
        _print_update(done.pairs, target, backup)
        if done.report is not None:
            click.echo(
                f"name the new table in {done.report} under datasets, {done.dataset}, file: {table}"
            )

    return Outcome("extract", values, show)


def _backup_of(path: Path) -> Path:
    """Return a name beside a file that nothing has yet."""
    backup, number = path.with_name(f"{path.name}.bak"), 1
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.name}.bak{number}")
    return backup


def _print_update(pairs: Sequence[Pair], target: Path, backup: Path | None) -> None:
    from collections import Counter

    from generator.app.printing import print_table, shown_path
    from generator.extraction.updating import in_order

    print_table(
        ("fact", "name", "old", "period", "new", "period", "state"),
        [
            (p.id, p.name, p.old, p.old_period, p.new, p.new_period, p.state)
            for p in in_order(pairs) if p.state != "same" or p.new
        ],
    )  # fmt: skip
    counts = Counter(pair.state for pair in pairs)
    click.echo(
        ", ".join(
            f"{counts[state]} {state}" for state in ("changed", "same", "found", "missing", "new")
        )
    )
    if backup is not None:
        click.echo(f"the file as it was: {shown_path(backup)}")
    click.echo(
        f"written to {shown_path(target)}; look at the facts with: "
        f"extract --review {shown_path(target)}"
    )


def _review(path: Path, output: Path | None, json: bool) -> Outcome:
    """Walk through the facts that wait; each answer is saved at once."""
    from generator.build.files import write_files
    from generator.extraction.work import open_review

    session = open_review(path)
    target = output or path
    if target.resolve() != path.resolve():
        _free(target, False)

    def save() -> None:
        write_files({target: session.text.text.encode("utf-8")})

    if session.pending:
        _walk(session, save, quiet=json)
    tally = session.tally
    values = {
        "output": str(target), "accepted": tally.accepted, "edited": tally.edited,
        "skipped": tally.skipped, "left": tally.left,
    }  # fmt: skip
    told = (
        f"{tally.accepted} accepted ({tally.edited} with changes), {tally.skipped} skipped, "
        f"{tally.left} left"
    )
    return Outcome("extract", values, lambda: click.echo(told))


def _walk(session: Session, save: Callable[[], None], *, quiet: bool) -> None:
    stream = sys.stderr if quiet else sys.stdout
    changes: dict[str, str] = {}
    shown: Pending | None = None
    while session.pending:
        fact = session.pending[0]
        if fact is not shown:
            changes, shown = {}, fact
            _show(session, fact, changes, stream)
        stream.write(_QUESTION)
        stream.flush()
        line = sys.stdin.readline()
        if not line:
            stream.write("\n")
            return
        answer = line.strip()
        if answer == "q":
            return
        if answer == "a":
            problem = session.accept(fact, changes)
            if problem is None:
                save()
            else:
                _say(stream, f"  not accepted: {problem}")
        elif answer == "s":
            session.skip(fact)
            save()
        elif answer == "b":
            if session.back():
                save()
                shown = None
            else:
                _say(stream, "  this is the first")
        elif answer.startswith("e ") and "=" in answer:
            _edit(session, fact, changes, answer[2:], stream)
        else:
            from generator.extraction.review import HELP

            stream.write(HELP + "\n")


def _edit(session: Session, fact: Pending, changes: dict[str, str], text: str, stream: Any) -> None:
    from generator.errors import near_name_hint
    from generator.extraction.review import FIELDS

    key, _, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if key not in FIELDS:
        near = near_name_hint(key, list(FIELDS)) or f"known: {', '.join(FIELDS)}"
        _say(stream, f'  no field "{key}"; {near}')
        return
    changes[key] = value
    _show(session, fact, changes, stream)
    _, problem = session.changed(fact, changes)
    if problem is not None:
        _say(stream, f"  still to be mended: {problem}")


def _say(stream: Any, text: str) -> None:
    from generator.app.terminal import safe

    stream.write(f"{safe(text)}\n")


def _show(session: Session, fact: Pending, changes: dict[str, str], stream: Any) -> None:
    from generator.app.terminal import has_colour, painted
    from generator.extraction.review import told

    def mark(text: str) -> str:
        return text if has_colour(stream) else f"[{text}]"

    fields, _ = session.changed(fact, changes)
    number = session.total - len(session.pending) + 1
    lines = told(fact, changes, fields, number, session.total, mark)
    _say(stream, "")
    written = str(fact.fields.get("written") or "")
    for line_number, line in enumerate(lines):
        if line_number == 1 and written and has_colour(stream):
            before, found, after = line.partition(written)
            stream.write(
                f"{_clean(before)}{painted(_clean(found), 'yellow', stream)}{_clean(after)}\n"
            )
        else:
            _say(stream, line)


def _clean(text: str) -> str:
    from generator.app.terminal import safe

    return safe(text)
