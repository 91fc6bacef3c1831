"""A run that goes on behind everything that fails, to tell all that is wrong at once.

It is made only after a render or a compile has failed, from the tags of the program: literal markup
is shortened to what tells its kind, and what the run writes is thrown away.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from types import CodeType
from typing import TYPE_CHECKING, Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.utils import missing

from generator.engine.diagnosis import (
    TEMPLATE_FILE,
    LineMap,
    collecting_filters,
    collecting_undefined,
    filter_problem,
    is_own_fault,
    silent_value,
    translate_at,
    undefined_problem,
)
from generator.engine.environment import (
    BLOCK_START,
    PRINT_START,
    LineKinds,
    OfficeEnvironment,
)
from generator.engine.guards import RENDERING
from generator.engine.program import PrintPlace, Program
from generator.engine.rendering import Rendering
from generator.errors import LimitError, Problem
from generator.office.deflate import deflate, inflate

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate

_TAGS = (BLOCK_START, PRINT_START)
_FIRST_ELEMENT = re.compile("[\\s\ufdd0-\ufdef]*<([wa]:\\w+)")
_WORD = re.compile(r"[^\W\d]\w*")
#: A tag that gives a name to what comes behind it.
_GIVEN = re.compile(r"\{%[-+]?(?:\s*\w+)??\s*(?:macro|set)\s+(\w+)")
_EMITTERS = (
    "emit_run", "emit_text", "emit_title", "emit_markup", "emit_plain", "emit_attribute",
    "emit_address", "emit_address_start", "emit_address_part", "emit_shape", "emit_fresh",
)  # fmt: skip

Note = Callable[[Exception, PrintPlace | None], None]


def packed_program(program: Program) -> bytes:
    """Return what a trial needs of a program, small enough to be kept with each template."""
    pieces = [piece if piece.startswith(_TAGS) else _kind_of(piece) for piece in program.pieces]
    return deflate(pickle.dumps(("".join(pieces), dict(program.kinds)), protocol=5))


def _kind_of(markup: str) -> str:
    """Return the beginning of literal markup: the first element in it, or that it is text."""
    first = _FIRST_ELEMENT.match(markup)
    shown = f"<{first[1]}>" if first else "x" if markup.strip() else ""
    return shown + "\n" * markup.count("\n")  # lines name tags


def find_problems(
    compiled: CompiledTemplate, context: Mapping[str, object], unsure: Collection[str] = ()
) -> list[Problem]:
    """Return what a render of this template with these data would be told, in the tags' order.

    ``unsure`` are names that tags give which could not be read; nothing is told of them.
    """
    problems: dict[tuple[str, str], Problem] = {}
    lines: LineMap | None = None

    def keep(key: str, problem: Problem, place: PrintPlace | None) -> None:
        words = _WORD.findall(place.tag) if place and unsure else ()
        if not any(word in unsure for word in words):
            problems.setdefault((key, str(problem.where)), problem)

    def place_of(python_line: int | None) -> PrintPlace | None:
        return lines.place(python_line) if lines and python_line else None

    def note_name(value: Undefined, python_line: int | None) -> None:
        if isinstance(value._undefined_obj, Undefined):
            return  # it has been told what is wrong with that
        place = place_of(python_line)
        if issubclass(value._undefined_exception, SecurityError):
            note(SecurityError(value._undefined_message), place)
            return
        problem = undefined_problem(value, place, context, compiled.file)
        given = places_of_names.get(str(value._undefined_name))
        if given is not None and value._undefined_obj is missing:
            problem = replace(
                problem, hint=f"it is given at {given}, inside of a block or later in the order: "
                "the text or the slides first, then headers, notes and properties",
            )  # fmt: skip
        if value._undefined_name not in unsure:
            keep(problem.message, problem, place)

    def note_filter(name: str, value: object, error: Exception, python_line: int | None) -> None:
        place = place_of(python_line)
        # in a loop, the first
        keep(name, filter_problem(name, value, error, place, compiled.file), place)

    def note(error: Exception, place: PrintPlace | None) -> None:
        if place is None and lines is not None:
            place = lines.of_traceback(error.__traceback__)
        told = translate_at(error, place, compiled.file)
        for problem in told.problems:
            keep(place.tag if place else problem.message, problem, place)

    places_of_names = {
        given[1]: place.where
        for place in compiled.places.values()
        if (given := _GIVEN.match(place.tag)) and place.where.file
    }
    undefined = collecting_undefined(note_name) if compiled.undefined == "strict" else Undefined
    environment = OfficeEnvironment(
        undefined, compiled.filters, compiled.functions, compiled.tests, is_trial=True
    )
    environment.filters = collecting_filters(environment.filters, note_filter)
    with suppress(Exception):  # the first error is told anyhow; this run only adds to it
        namespace: dict[str, Any] = {"environment": environment}
        exec(compiled.trial_code(lambda: _code_of(compiled.trial, environment)), namespace)
        lines = LineMap(namespace["debug_info"], compiled.places)
        trial = Trial(compiled, note)
        parent = {**environment.globals, **context, RENDERING: trial, **trial.internal_names()}
        for _ in namespace["root"](Context(environment, parent, None, {})):
            pass
    return list(problems.values())


def _code_of(packed: bytes, environment: OfficeEnvironment) -> CodeType:
    source, kinds = pickle.loads(inflate(packed))
    environment.line_kinds = LineKinds(kinds)
    return compile(environment.compile(source, raw=True), TEMPLATE_FILE, "exec")


class Trial(Rendering):
    """A rendering that notes what fails and goes on."""

    def __init__(self, compiled: CompiledTemplate, note: Note) -> None:
        super().__init__(compiled)
        self._note_failure = note
        self._silent = silent_value()
        for name in _EMITTERS:
            setattr(self, name, self._noting(getattr(self, name)))

    def internal_names(self) -> dict[str, object]:
        names = super().internal_names()
        fill = self.fillings.fill
        # the text of a chart's own part is none here
        return {
            **names,
            "__fill__": lambda number, value, _: fill(number, value, None),
            "__header__": lambda number, _: self.add_header(number, None),
        }

    def tried(self, call: Callable[[], object]) -> object:
        """Return what an expression gives; a value that says nothing where it fails."""
        try:
            return call()
        except (LimitError, RecursionError, MemoryError):
            raise
        except Exception as error:
            if is_own_fault(error):
                raise
            self._note_failure(error, None)
            return self._silent

    def _noting(self, emit: Callable[[object, int], str]) -> Callable[[object, int], str]:
        def emitted(value: object, line: int) -> str:
            try:
                return emit(value, line)
            except (LimitError, RecursionError, MemoryError):
                raise
            except Exception as error:
                if is_own_fault(error):
                    raise
                self._note_failure(error, self._places.get(line))
                return ""

        return emitted

    def add_note(self, kind: str, number: int, xml: object) -> int:
        return super().add_note(kind, number, None)

    def _in_place_of_paragraph(self, markup: str, place: PrintPlace) -> str:
        super()._in_place_of_paragraph(markup, place)
        return ""
