"""A frozen value with some of its fields changed, at a fraction of the cost of ``replace``."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Value = TypeVar("Value")


def changed(value: Value, **changes: object) -> Value:
    """Return a dataclass with other fields: of several fields, all of which its constructor takes.

    The constructor checks the new value as it does any other.
    """
    kind = type(value)
    read, places = _fields_of(kind)
    given = list(read(value))
    for name, new in changes.items():
        given[places[name]] = new
    return kind(*given)


@cache
def _fields_of(kind: Any) -> tuple[attrgetter[Any], dict[str, int]]:
    names = [field.name for field in fields(kind)]
    return attrgetter(*names), {name: place for place, name in enumerate(names)}
