"""Names that compiled templates import in place of Jinja2's own: markup stays apart from text.

Jinja2 marks the result of macros and set blocks as ``Markup``. Here that result is Office XML, so
it gets a type of its own, which no filter and no data value can produce.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import runtime as jinja_runtime
from markupsafe import Markup as HtmlMarkup

from generator.engine.values import Xml, text_of
from generator.office.xml import escape_text

Markup = Xml


class Macro(jinja_runtime.Macro):
    """A macro whose result is markup of the part it was written in."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:
        return Xml(self._func(*arguments))


def markup_join(parts: Iterable[object]) -> str:
    """Return the result of ``a ~ b``: markup if one of them is markup, else text."""
    items = list(parts)
    if any(isinstance(item, Xml) for item in items):
        return Xml("".join(i if isinstance(i, Xml) else escape_text(text_of(i)) for i in items))
    return "".join(text_of(item) for item in items)


__all__ = ["HtmlMarkup", "Macro", "Markup", "markup_join"]
