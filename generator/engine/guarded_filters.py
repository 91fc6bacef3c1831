"""Jinja2's filters whose result can be much larger than their value, with a check before each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any

from jinja2 import pass_context
from jinja2.filters import FILTERS
from jinja2.runtime import Context

from generator.engine.guards import RENDERING, Guard, replaced_size

Check = Callable[[Guard, Any, tuple[Any, ...], dict[str, Any]], None]


def _argument(args: tuple[Any, ...], named: dict[str, Any], index: int, name: str) -> Any:
    return args[index] if len(args) > index else named.get(name)


def _center(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    width = _argument(args, named, 0, "width")
    if isinstance(width, int):
        guard.check_size(width)


def _indent(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    width = _argument(args, named, 0, "width")
    size = width if isinstance(width, int) else len(width) if isinstance(width, str) else 4
    text = str(value)
    guard.check_size(len(text) + (text.count("\n") + 1) * size)


def _count(name: str) -> Check:
    def check(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        count = _argument(args, named, 0, name)
        if isinstance(count, int):
            guard.check_size(count)

    return check


def _replace(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    old, new = _argument(args, named, 0, "old"), _argument(args, named, 1, "new")
    guard.check_size(replaced_size(str(value), str(old), str(new)))


def _format(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    guard.check_format(str(value), (*args, *named.values()))


def _number(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    guard.check_number(value)


def _round(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    guard.check_number(value)
    places = _argument(args, named, 0, "precision")
    if isinstance(places, int) and abs(places) > 300:
        guard.check_number(10 ** min(abs(places), 100_000))


def _wordwrap(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    width = _argument(args, named, 0, "width")
    sign = _argument(args, named, 2, "wrapstring")
    text = str(value)
    lines = len(text) // max(1, width if isinstance(width, int) else 79) + text.count("\n") + 1
    guard.check_size(len(text) + lines * len(str(sign or "\n")))


def _urlize(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    extra = sum(len(str(item)) for item in (*args, *named.values()))
    text = str(value)
    guard.check_size(len(text) * 3 + (text.count(" ") + 1) * (extra + 40))


def _join(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    if isinstance(value, (list, tuple)):  # iterators were made lists before
        sign = str(_argument(args, named, 0, "d") or "")
        size = sum(len(item) if isinstance(item, str) else 1 for item in value)
        guard.check_size(size + len(sign) * len(value))


def _sum(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    start = _argument(args, named, 1, "start")
    if isinstance(start, (list, tuple)) and isinstance(value, (list, tuple)):
        guard.check_size(sum(len(item) for item in value if isinstance(item, Sized)) * 10)


def _json(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    indent = _argument(args, named, 0, "indent")
    if isinstance(indent, int) and indent > 100:
        guard.check_size(float("inf"))


def _nothing(guard: Guard, value: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    pass


_CHECKS: dict[str, Check] = {
    "batch": _count("linecount"),
    "center": _center,
    "filesizeformat": _number,
    "float": _nothing,
    "format": _format,
    "indent": _indent,
    "int": _number,
    "join": _join,
    "replace": _replace,
    "round": _round,
    "slice": _count("slices"),
    "sum": _sum,
    "tojson": _json,
    "urlize": _urlize,
    "wordwrap": _wordwrap,
}
#: Filters that go through all that an iterator yields.
_CONSUMERS = (
    "batch", "first", "groupby", "join", "last", "length", "count", "list", "map", "max", "min",
    "reject", "rejectattr", "select", "selectattr", "slice", "sort", "sum", "unique",
)  # fmt: skip
#: Filters that make a text of whatever they get.
_TEXT_MAKERS = frozenset(
    ("center", "format", "indent", "join", "replace", "tojson", "urlize", "wordwrap")
)
#: Characters from which it counts what they make.
_LONG = 10_000
#: More of them, whose text is about as long as the value's.
_PLAIN_TEXT_MAKERS = (
    "capitalize", "e", "escape", "forceescape", "lower", "pprint", "safe", "string", "striptags",
    "title", "trim", "truncate", "upper", "urlencode", "wordcount", "xmlattr",
)  # fmt: skip
#: Left out: ``random`` would make two builds differ, the rest fetch or show what is not data.
REMOVED_FILTERS = ("random",)


def guarded_filters() -> dict[str, Callable[..., object]]:
    """Return Jinja2's filters that need a check, wrapped."""
    names = sorted({*_CHECKS, *_CONSUMERS})
    found = {name: _wrapped(name, FILTERS[name]) for name in names}
    return found | {name: checked_text(FILTERS[name]) for name in _PLAIN_TEXT_MAKERS}


def checked_text(function: Callable[..., Any]) -> Callable[..., object]:
    """Return a filter that makes a text, with a check of what it gets."""
    passed = str(getattr(function, "jinja_pass_arg", None) or "").rpartition(".")[2]

    @pass_context
    def checked(context: Context, value: Any, *args: Any, **named: Any) -> object:
        guard: Guard = context.parent[RENDERING].guard
        if isinstance(value, str):
            if len(value) > _LONG:
                guard.check_size(len(value))
        else:
            guard.check_text(value)
        for item in (*args, *named.values()):
            guard.check_text(item)
        return _called(function, passed, context, value, args, named)

    return checked


def _wrapped(name: str, function: Callable[..., Any]) -> Callable[..., object]:
    passed = str(getattr(function, "jinja_pass_arg", None) or "").rpartition(".")[2]
    check = _CHECKS.get(name, _nothing)
    consumes = name in _CONSUMERS

    @pass_context
    def guarded(context: Context, value: Any, *args: Any, **named: Any) -> object:
        guard: Guard = context.parent[RENDERING].guard
        if consumes and hasattr(value, "__next__"):
            value = _bounded(value, guard)
            value = list(value) if name == "join" else value
        elif consumes and isinstance(value, Sized):
            guard.check_items(len(value))
        if name in _TEXT_MAKERS:
            for item in (value, *args, *named.values()):
                guard.check_text(item)
        check(guard, value, args, named)
        return _called(function, passed, context, value, args, named)

    return guarded


def _called(
    function: Callable[..., Any], passed: str, context: Context, value: Any, args: tuple[Any, ...],
    named: dict[str, Any],
) -> object:  # fmt: skip
    """Return what a filter gives, called with what it asks for: ``passed``."""
    if passed == "context":
        return function(context, value, *args, **named)
    if passed == "eval_context":
        return function(context.eval_ctx, value, *args, **named)
    if passed == "environment":
        return function(context.environment, value, *args, **named)
    return function(value, *args, **named)


def _bounded(items: Iterable[Any], guard: Guard) -> Iterator[Any]:
    for item in items:
        guard.add_turns(1)
        yield item
