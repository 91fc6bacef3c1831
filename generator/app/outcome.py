"""From a command's result or failure to streams and an exit code; no traceback unless asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import click

from generator.errors import ChoiceError, Location, Problem, ReportError, near_name_hint

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
#: Some documents of a batch are there, others are not.
PARTLY = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command gives back: values for programs, and how to show them to a person.

    ``draws_problems``: they are its result, so a terminal gets them as a table. ``code`` is the
    exit code where the problems alone do not tell it.
    """

    command: str
    values: Mapping[str, object] = field(default_factory=dict)
    show: Callable[[], None] = lambda: None
    problems: tuple[Problem, ...] = ()
    draws_problems: bool = False
    code: int | None = None


def finish(work: Callable[[], object], arguments: Sequence[str]) -> int:
    """Run a command, tell its outcome, and return the exit code."""
    try:
        result, code = _attempt(work, arguments)
        return _told(result, code, arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def _told(result: object, code: int, arguments: Sequence[str]) -> int:
    """Tell a result and return the exit code, which says also whether it could be told."""
    try:
        _tell(result, arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        _drop_what_is_left()
    except OSError as error:
        _drop_what_is_left()
        told = Problem(f"cannot be written: {error.strerror}", Location("standard output"))
        with suppress(OSError):
            _print_problems((told,))
        return code or FAILED
    return code


def _drop_what_is_left() -> None:
    """Send what is still to be written nowhere: Python would complain about it as it ends."""
    with suppress(OSError, ValueError):  # no real stream: nothing is written at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _attempt(work: Callable[[], object], arguments: Sequence[str]) -> tuple[object, int]:
    """Return what a command gave, or its failure as an outcome, and the exit code."""
    command = next((word for word in arguments[:1] if not word.startswith("-")), "")
    try:
        result = work()
    except click.UsageError as error:
        return Outcome(command, problems=(_misuse(error),)), MISUSED
    except (click.Abort, KeyboardInterrupt):
        stopped = Problem("stopped before the end; no file was left half written", code="stopped")
        return Outcome(command, problems=(stopped,)), INTERRUPTED
    except ReportError as error:
        _trace(arguments)
        code = MISUSED if isinstance(error, ChoiceError) else FAILED
        return Outcome(command, problems=error.problems), code
    except MemoryError:
        _trace(arguments)
        needed = Problem("the run needs more memory than there is",
                         hint="use smaller files, or fewer rows at once", code="limit")  # fmt: skip
        return Outcome(command, problems=(needed,)), FAILED
    except Exception as error:
        _trace(arguments)
        return Outcome(command, problems=(_unexpected(error),)), FAILED
    if isinstance(result, Outcome):
        failed = any(problem.severity == "error" for problem in result.problems)
        code = FAILED if failed else DONE
        return result, code if result.code is None else result.code
    return None, result if isinstance(result, int) else DONE


def _tell(outcome: object, arguments: Sequence[str]) -> None:
    if not isinstance(outcome, Outcome):  # --help and --version have spoken already
        return
    if "--json" in arguments:
        from generator.app.records import print_record

        print_record(outcome.command, outcome.problems, outcome.values)
        return
    if not {"-q", "--quiet"} & set(arguments):
        outcome.show()
        sys.stdout.flush()
    _print_problems(outcome.problems, drawn=outcome.draws_problems)


def _print_problems(problems: Sequence[Problem], *, drawn: bool = False) -> None:
    if problems:
        from generator.app.printing import draw_problems, print_problems

        (draw_problems if drawn else print_problems)(problems)


def _misuse(error: click.UsageError) -> Problem:
    hint = "see: make_report.py --help"
    if error.ctx is not None and error.ctx.command_path:
        hint = f"see: {error.ctx.command_path} --help"
    if isinstance(error, click.NoSuchOption):
        known = [name for p in (error.ctx.command.params if error.ctx else ()) for name in p.opts]
        near = near_name_hint(error.option_name, [*known, "--help", "--version"])
        return Problem(f'no option "{error.option_name}"', hint=near or hint, code="usage")
    message = error.format_message().rstrip(".")
    return Problem(message[:1].lower() + message[1:], hint=hint, code="usage")


def _unexpected(error: Exception) -> Problem:
    told = " ".join(str(error).split())
    return Problem(
        f"a fault of this program, not of your report: {type(error).__name__}: {told}",
        hint="run the command again with --debug and send us what it prints",
        code="fault",
    )


def _trace(arguments: Sequence[str]) -> None:
    if "--debug" in arguments:
        import traceback

        traceback.print_exc()
