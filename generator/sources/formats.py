"""SQL's ``printf`` with bounded widths: SQLite counts them out where no limit of time holds."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

#: What gives a width of its own: a star, or more digits than a line has signs.
_WIDE = re.compile(r"\*|[0-9]{4,}")
_RAISED = "user-defined function raised"


def bound_formats(connection: sqlite3.Connection) -> None:
    """Let ``printf`` and ``format`` of a connection refuse widths of more than three digits."""
    plain = sqlite3.connect(":memory:", check_same_thread=False)

    def formatted(form: object, *values: object) -> Any:
        if form is not None and _WIDE.search(str(form)):
            raise ValueError("a width of more than three digits")
        marks = ", ".join("?" * (1 + len(values)))
        (text,) = plain.execute(f"select printf({marks})", (form, *values)).fetchone()
        return text

    for name in ("printf", "format"):
        connection.create_function(name, -1, formatted, deterministic=True)


def is_too_wide(told: str) -> bool:
    """Return whether an error of SQLite is that of a width."""
    return _RAISED in told
