"""Names of parts: which no Office file has, and which mean the same part to Office.

Office compares names without regard to case and reads ``%41`` as ``A`` (ECMA-376 Part 2). Whoever
compares bytes alone would overlook relationships that Office follows.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

_BAD = re.compile(
    r"^/|^[A-Za-z]:|\\|[\x00-\x1f\x7f-\x9f]"  # roots, drives, controls
    r"|//|(?:^|/)\.\.?(?:/|$)|[. ](?:/|$)"  # empty steps, steps of dots, ends that Windows drops
    r"|%(?:[01][0-9a-f]|2[def]|3[0-9]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef])"  # plain signs
    r"|\[\d+\](?:\.last)?\.piece$",  # a part in pieces
    re.IGNORECASE,
)
_RELATIONSHIPS = re.compile(r"(?:.*/)?_rels/[^/]*\.rels", re.DOTALL)


def is_bad_name(name: str) -> bool:
    """Return whether no Office file has a part of this name."""
    if _BAD.search(name):
        return True
    lower = name.lower()
    of_relationships = lower.endswith(".rels") or lower.startswith("_rels/") or "/_rels/" in lower
    return of_relationships and _RELATIONSHIPS.fullmatch(name) is None


def name_key(name: str) -> str:
    """Return what is the same for all spellings of a part's name."""
    if name.isascii() and "%" not in name:
        return name.lower()
    return unicodedata.normalize("NFC", unquote(name)).casefold()
