"""What the two output streams can show: colour, width, encoding, and safe text."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path
from typing import TextIO

#: Controls, separators of lines, and turns of the writing direction, which hide what is said.
_UNSHOWN = (
    *range(32), *range(127, 160), 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)
)  # fmt: skip
_CONTROLS = dict.fromkeys(_UNSHOWN, "\N{REPLACEMENT CHARACTER}") | {
    ord("\n"): "\n",
    ord("\t"): " ",
}


def is_rich(stream: TextIO) -> bool:
    """Return whether a stream may receive drawn tables: a terminal, or ``FORCE_COLOR`` is set."""
    if os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def has_colour(stream: TextIO) -> bool:
    """Return whether a stream may receive colour; ``NO_COLOR`` has the last word."""
    return is_rich(stream) and not os.environ.get("NO_COLOR")


def painted(text: str, colour: str, stream: TextIO) -> str:
    """Return ``text`` in a colour if the stream shows colours."""
    if not has_colour(stream):
        return text
    import click

    return click.style(text, fg=colour, bold=True)


def safe(text: str) -> str:
    """Return text without control characters, which could steer the reader's terminal."""
    return text.translate(_CONTROLS)


def width(text: str) -> int:
    """Return the number of terminal columns that a text takes; Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def prepare_streams() -> None:
    """Let no stream stop the program: a closed one swallows what it is given.

    A character that an old code page lacks is shown as ``?``.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
