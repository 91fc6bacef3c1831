"""Where sentences of a paragraph begin and end."""

from __future__ import annotations

import itertools
import re

_CHINESE_END = re.compile(r"[。！？!?]+[”’」』)\"]*|\n")
_ENGLISH_END = re.compile(r"[.!?]+[\"”’')]*\s+(?=[A-Z0-9“\"'(])|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:No|Nos|vs|Inc|Ltd|Co|Corp|Mr|Ms|Dr|St|approx|est|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|U\.S|U\.K|i\.e|e\.g|Fig)|\b[A-Z])\.\s*$"
)
_NEAR = 12
#: Rules look around inside of a sentence; this keeps their work linear.
_LONGEST = 3_000


def sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence; together they make up the whole text."""
    result: list[tuple[int, int]] = []
    start = 0
    for match in (_CHINESE_END if language == "zh" else _ENGLISH_END).finditer(text):
        if language == "en" and _ABBREVIATION.search(
            text[max(0, match.end() - _NEAR) : match.end()]
        ):
            continue
        result.append((start, match.end()))
        start = match.end()
    if start < len(text) or not result:
        result.append((start, len(text)))
    return [part for span in result for part in _in_parts(*span)]


def _in_parts(start: int, end: int) -> list[tuple[int, int]]:
    """Return a sentence, or the parts of one that no person would read to its end."""
    if end - start <= _LONGEST:
        return [(start, end)]
    cuts = [*range(start, end, _LONGEST), end]
    return list(itertools.pairwise(cuts))
