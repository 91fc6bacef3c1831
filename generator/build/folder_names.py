"""The functions of templates that read a folder, loaded when one is called."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any


def template_names(folder: Path) -> dict[str, Callable[..., Any]]:
    """Return the functions that read a folder: ``picture`` and ``document``."""

    @cache
    def found() -> dict[str, Callable[..., Any]]:
        from generator.build.inserts import folder_functions

        return folder_functions(folder)

    return {
        name: lambda *words, _name=name, **named: found()[_name](*words, **named)
        for name in ("document", "picture")
    }
