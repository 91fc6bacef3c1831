"""From an exception inside a compiled template to an error that names the place and the tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import FrameType, TracebackType
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError
from jinja2.utils import missing

from generator.engine.program import PrintPlace
from generator.errors import (
    ExpressionError,
    LimitError,
    Location,
    Problem,
    ReportError,
    TemplateError,
    near_name_hint,
)

TEMPLATE_FILE = "<template>"
#: Characters of a tag in a message.
_MOST_SHOWN = 120


class LineMap:
    """Maps lines of the generated Python code to tags."""

    def __init__(self, debug_info: str, places: Mapping[int, PrintPlace]) -> None:
        pairs = (item.split("=") for item in debug_info.split("&") if item)
        self._lines = sorted((int(python), int(source)) for source, python in pairs)
        self._places = places

    def place(self, python_line: int) -> PrintPlace | None:
        """Return the tag whose code stands at a line of the generated code."""
        found = None
        for python, source in self._lines:
            if python > python_line:
                break
            found = self._places.get(source) or found
        return found

    def of_traceback(self, traceback: TracebackType | None) -> PrintPlace | None:
        """Return the innermost tag that was at work when an exception was raised."""
        found = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == TEMPLATE_FILE:
                found = self.place(traceback.tb_lineno) or found
            traceback = traceback.tb_next
        return found


_FAULTS = (NameError, AttributeError, AssertionError, ImportError, LookupError)


def is_own_fault(error: Exception) -> bool:
    """Return whether an exception comes from a mistake in this program, not in a template."""
    if not isinstance(error, _FAULTS):
        return False
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    module = traceback.tb_frame.f_globals.get("__name__", "") if traceback is not None else ""
    return str(module).startswith("generator.")


def translate(error: Exception, lines: LineMap, file: str) -> ReportError:
    """Return the error of this family for an exception raised while a template was rendered."""
    return translate_at(error, lines.of_traceback(error.__traceback__), file)


def translate_at(error: Exception, place: PrintPlace | None, file: str) -> ReportError:
    """Return the error of this family for an exception that the tag at ``place`` raised."""
    where = place.where if place and place.where.file else Location(file)
    tag = (place.tag if place else "") or "a tag"
    tag = tag if len(tag) <= _MOST_SHOWN else f"{tag[:_MOST_SHOWN]}..."
    if isinstance(error, ReportError):
        if error.where is not None and error.where.file is not None:
            return error
        problems = [
            Problem(p.message, _within(where, p.where), p.hint, p.severity, p.code)
            for p in error.problems
        ]
        return type(error).of(problems)
    if isinstance(error, SecurityError):
        return ExpressionError(f'"{tag}" is not allowed: {error}', where)
    if isinstance(error, OverflowError) and "range" in str(error).lower():
        return LimitError(f'"{tag}" asks for a range that is too long (limit range_items)', where)
    if isinstance(error, RecursionError):
        return TemplateError(f'"{tag}" calls itself without end', where)
    if isinstance(error, ValueError) and "integer string conversion" in str(error):
        return LimitError(f'"{tag}" makes a number with too many digits (limit integer_digits)',
                          where)  # fmt: skip
    reason = " ".join(str(error).split()) or type(error).__name__
    return ExpressionError(f'"{tag}" fails: {reason}', where, _expression_hint(error))


def _within(where: Location, inner: Location | None) -> Location:
    """Return a place inside the data of a tag as a place of the template."""
    if inner is None:
        return where
    return inner if inner.file is not None else where.inside(*inner.steps)


def _expression_hint(error: Exception) -> str | None:
    if isinstance(error, TypeError):
        return "the value has another type than the tag needs"
    if isinstance(error, ZeroDivisionError):
        return "test the divisor with {% if %} first"
    return None


def undefined_problem(
    value: Undefined, place: PrintPlace | None, known: Mapping[str, Any], file: str
) -> Problem:
    """Return the problem of a name that a template asks for and the data do not have."""
    asked = value._undefined_name
    name = str(asked) if isinstance(asked, str | int) else f"a {type(asked).__name__}"
    where = place.where if place and place.where.file else Location(file)
    owner = value._undefined_obj
    if owner is missing:
        names = [key for key in known if key.isidentifier() and not key.startswith("__")]
        return Problem(f'no name "{name}" in this report', where,
                       near_name_hint(name, names), code="undefined-name")  # fmt: skip
    names = list(owner) if isinstance(owner, Mapping) else _members(owner)
    hint = near_name_hint(name, [n for n in names if isinstance(n, str)])
    tag = f' in "{place.tag}"' if place and place.tag else ""
    return Problem(f'no "{name}"{tag}', where, hint, code="undefined-name")


def _members(owner: object) -> list[str]:
    names = getattr(owner, "template_names", None)
    if callable(names):
        return [str(name) for name in names()]
    return [name for name in dir(owner) if not name.startswith("_")]


def filter_problem(
    name: str, value: object, error: Exception, place: PrintPlace | None, file: str
) -> Problem:
    """Return the problem of a filter that cannot take its value."""
    where = place.where if place and place.where.file else Location(file)
    tag = (place.tag if place else "") or "a tag"
    tag = tag if len(tag) <= _MOST_SHOWN else f"{tag[:_MOST_SHOWN]}..."
    if isinstance(error, ReportError):
        return Problem(error.message, where, error.hint, code=error.code)
    reason = " ".join(str(error).split()) or type(error).__name__
    return Problem(
        f'"{tag}" fails at the filter "{name}", given {_shown(value)}: {reason}', where,
        _expression_hint(error), code=ExpressionError.code,
    )  # fmt: skip


def _shown(value: object) -> str:
    """Return a value of the data as it is told: a plain one itself, another by its kind."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= _MOST_SHOWN // 3 else f'"{value[:40]}..."'
    if isinstance(value, int | float | Decimal):
        return f"{value}" if not isinstance(value, int) or value.bit_length() < 128 else "a number"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"


#: Filters that are for values that may not be there.
_TAKE_UNDEFINED = frozenset(("default", "d"))


def collecting_filters(
    filters: Mapping[str, Callable[..., object]],
    note: Callable[[str, object, Exception, int | None], None],
) -> dict[str, Callable[..., object]]:
    """Return filters that report what they cannot take and let the render go on."""

    def collecting(name: str, call: Callable[..., object]) -> Callable[..., object]:
        first = 1 if hasattr(call, "jinja_pass_arg") else 0

        def called(*words: object, **named: object) -> object:
            given = words[first] if len(words) > first else None
            if isinstance(given, _Silent) and name not in _TAKE_UNDEFINED:
                str(given)  # it tells itself
                return silent_value()
            try:
                return call(*words, **named)
            except (LimitError, SecurityError):
                raise
            except Exception as error:
                note(name, given, error, _template_line())
                return silent_value()

        if first:
            called.jinja_pass_arg = call.jinja_pass_arg  # type: ignore[attr-defined]
        return called

    return {name: collecting(name, call) for name, call in filters.items()}


def _template_line() -> int | None:
    """Return the line of the generated code that is at work."""
    import sys

    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == TEMPLATE_FILE:
            return frame.f_lineno
        frame = frame.f_back
    return None


class _Silent(Undefined):
    """Stands for what something would have given that failed; nothing of it is told."""

    __slots__ = ()

    def _itself(self, *args: object, **kwargs: object) -> Any:
        return self

    def __str__(self) -> str:
        return ""

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __hash__(self) -> int:
        return id(type(self))

    def __eq__(self, other: object) -> bool:
        return False

    __ne__ = __eq__
    __call__ = __getitem__ = _itself
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _itself
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _itself
    __mod__ = __rmod__ = __pow__ = __rpow__ = __pos__ = __neg__ = _itself
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _itself


def silent_value() -> Undefined:
    """Return a value that takes part in any expression and tells nothing."""
    return _Silent()


def collecting_undefined(note: Callable[[Undefined, int | None], None]) -> type[Undefined]:
    """Return a class of undefined values that tell themselves and let the render go on.

    A loop over one has one turn and a condition on one holds, so that what stands inside is tried.
    """

    class Collecting(_Silent):
        __slots__ = ()

        def _itself(self, *args: object, **kwargs: object) -> Any:
            note(self, _template_line())
            return _Silent()

        def __str__(self) -> str:
            self._itself()
            return ""

        def __iter__(self) -> Any:
            self._itself()
            return iter((_Silent(),))

        def __len__(self) -> int:
            self._itself()
            return 0

        def __bool__(self) -> bool:
            self._itself()
            return True

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            return self._itself()

        def __eq__(self, other: object) -> bool:
            self._itself()
            return False

        __hash__ = _Silent.__hash__
        __ne__ = __eq__
        __call__ = __getitem__ = _itself
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _itself
        __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _itself
        __mod__ = __rmod__ = __pow__ = __rpow__ = __pos__ = __neg__ = _itself
        __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _itself

    return Collecting
