"""Word briefings and PowerPoint decks from data whose figures know their source.

The public names; each is imported when it is first used, so that the command line starts fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.build.steps import build_report, check_report
    from generator.build.templates import compile_template, render_template
    from generator.engine.compiled import CompiledTemplate
    from generator.engine.subdocument import SubDocument
    from generator.errors import ReportError

_HOMES = {
    "CompiledTemplate": "generator.engine.compiled",
    "ReportError": "generator.errors",
    "SubDocument": "generator.engine.subdocument",
    "build_report": "generator.build.steps",
    "check_report": "generator.build.steps",
    "compile_template": "generator.build.templates",
    "render_template": "generator.build.templates",
}

__all__ = [
    "CompiledTemplate",
    "ReportError",
    "SubDocument",
    "build_report",
    "check_report",
    "compile_template",
    "render_template",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
