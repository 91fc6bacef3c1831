"""YAML as the data files of this project are written: short values in one line, texts quoted only
where they must be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

_NUMBER = re.compile(r"[\d.]+")
_PLAIN = re.compile(r"[A-Za-z\d\u3400-\u9fff][\w\u3400-\u9fff ./%+（）“”《》、，。·-]*")
_LOOKS_LIKE_MORE = re.compile(r"(?:true|false|null|yes|no|on|off|~)", re.IGNORECASE)
_WIDTH = 100


def scalar(value: object) -> str:
    """Return a value as YAML reads it back: numbers with all their digits, any text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = str(value)
    if (
        _PLAIN.fullmatch(text)
        and not _NUMBER.fullmatch(text)
        and not _LOOKS_LIKE_MORE.fullmatch(text)
        and not text.endswith(" ")
    ):
        return text
    return json.dumps(text, ensure_ascii=False)


def flow(value: object) -> str:
    """Return a value in one line: ``{zh: ..., en: ...}``, ``[a, b]``."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return _in_flow(scalar(value))


def _in_flow(text: str) -> str:
    if text.startswith('"') or not re.search(r"[,\[\]{}#&*!|>:]", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def block(value: Mapping[str, object], indent: int = 0) -> list[str]:
    """Return the lines of a mapping; what fits into a line stands in one."""
    lines: list[str] = []
    pad = " " * indent
    for key, item in value.items():
        short = f"{pad}{key}: {flow(item) if isinstance(item, (Mapping, list, tuple)) else scalar(item)}"
        if not isinstance(item, (Mapping, list, tuple)) or len(short) <= _WIDTH or not item:
            lines.append(short)
        elif isinstance(item, Mapping):
            lines += [f"{pad}{key}:", *block(item, indent + 2)]
        else:
            lines.append(f"{pad}{key}:")
            lines += list_lines(item, indent + 2)
    return lines


def list_lines(items: Sequence[object], indent: int) -> list[str]:
    """Return the lines of a list, one for each item."""
    return [f"{' ' * indent}- {flow(item)}" for item in items]
