"""A frozen value with some of its fields changed, at a fraction of the cost of ``replace``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Value = TypeVar("Value")


def changed(value: Value, **changes: object) -> Value:
    """Return a dataclass with other fields; it has slots, and several fields.

    The value is not checked again as a new one is: change what no check looks at.
    """
    kind: Any = type(value)
    read, writers = _fields_of(kind)
    new: Value = object.__new__(kind)
    for write, old in zip(writers.values(), read(value), strict=True):
        write(new, old)
    for name, given in changes.items():
        writers[name](new, given)
    return new


@cache
def _fields_of(kind: Any) -> tuple[attrgetter[Any], dict[str, Callable[[Any, object], None]]]:
    names = [field.name for field in fields(kind)]
    return attrgetter(*names), {name: getattr(kind, name).__set__ for name in names}
