"""Compiled templates for other processes, which import no more than the template uses."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate


class Later:
    """A function of a module that is imported when it is first called.

    Most templates use few of the functions that they could; their modules take time to import.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self._home = (function.__module__, function.__qualname__)
        self._found: Callable[..., object] | None = None

    def __call__(self, *arguments: object, **named: object) -> object:
        """Call the function."""
        if self._found is None:
            from importlib import import_module

            self._found = getattr(import_module(self._home[0]), self._home[1])
        assert self._found is not None
        return self._found(*arguments, **named)

    def __reduce__(self) -> tuple[object, ...]:
        return (_later, self._home)


def _later(module: str, name: str) -> Later:
    made = Later.__new__(Later)
    made._home, made._found = (module, name), None
    return made


def packed_template(compiled: CompiledTemplate) -> bytes:
    """Return a compiled template for another process, which imports its filters when it must."""
    filters = {
        name: Later(function) if getattr(function, "__qualname__", "").isidentifier() else function
        for name, function in compiled.filters.items()
    }
    return pickle.dumps(replace(compiled, filters=filters, _loaded=None), protocol=5)
