"""What a value becomes as it is printed: text that XML and Office accept, or a drawing.

The functions here run once for each printed value; the first lines of each are the fast path.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from html import unescape
from numbers import Number
from types import ModuleType

from jinja2 import Undefined
from markupsafe import Markup

from generator.office.xml import escape_text


class Xml(str):
    """Markup made by the engine itself; printed as it stands. Its string methods give plain text,
    which is escaped again."""

    __slots__ = ()


class NotPrintableError(Exception):
    """A value that has no text: a function, a list, an object of an unknown class."""


def text_of(value: object) -> str:
    """Return the text of a value that is neither a string nor an insert.

    None prints nothing. Values of Jinja's ``safe`` and ``escape`` filters are text like any other.

    Raises:
        NotPrintableError: the value is a function, a collection, or has no text of its own.
    """
    if isinstance(value, Xml):
        return unescape(_ELEMENTS.sub("", value))
    if isinstance(value, Markup):
        return value.unescape()
    if value is None:
        return ""
    if isinstance(value, (str, Number, Decimal, date, datetime, time)):
        return str(value)
    if isinstance(value, Undefined):
        return str(value)
    if getattr(type(value), "prints", False) or type(value).__str__ is not object.__str__:
        if callable(value) or isinstance(
            value, (list, tuple, dict, set, frozenset, bytes, bytearray, type)
        ):
            raise NotPrintableError(type(value).__name__)
        return str(value)
    raise NotPrintableError(type(value).__name__)


def has_no_text(value: object) -> bool:
    """Return whether what Python would print of a value is about the program: a function, an
    iterator, an object without a text of its own."""
    kind = type(value)
    if isinstance(value, Undefined):
        return False  # it says so itself
    if callable(value) or hasattr(value, "__next__") or isinstance(value, ModuleType):
        return True
    return (
        not getattr(kind, "prints", False)
        and kind.__str__ is object.__str__
        and kind.__repr__ is object.__repr__
    )


_ELEMENTS = re.compile(r"<[^>]*>")
_BREAKS = re.compile(r"[\t\n\r\v\x85\u2028\u2029]")
_BREAK_KINDS = str.maketrans({"\r": "\n", "\v": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})


def escape_run_text(text: str, tab: str, line_break: str) -> str:
    """Return text for a run; tabs and line breaks become the markup given for them."""
    if text.isprintable():
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if _BREAKS.search(text) is None:
        return escape_text(text)
    text = escape_text(text.replace("\r\n", "\n").translate(_BREAK_KINDS))
    return text.replace("\n", line_break).replace("\t", tab)
