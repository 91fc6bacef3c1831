"""A library that is loaded when something of it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """Stands for a module: a template that is only filled needs no parser, so none is loaded."""

    def __init__(self, name: str) -> None:
        self._module = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self._module), name)
        setattr(self, name, found)
        return found
