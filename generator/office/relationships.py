"""Relationships as XML text, in one canonical form."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from functools import lru_cache

from generator.office.names import NAMESPACES
from generator.office.package import Relationship
from generator.office.xml import escape_attribute

_OPEN = f'<Relationships xmlns="{NAMESPACES["pr"]}">'
_CLOSE = "</Relationships>"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@lru_cache(maxsize=4096)
def relationship_xml(rel: Relationship, folder: str) -> str:
    """Return one element; inner targets are written relative to the part's ``folder``."""
    if rel.is_external:
        target, mode = rel.target, ' TargetMode="External"'
    else:
        target, mode = posixpath.relpath("/" + rel.target, "/" + folder), ""
    return (
        f'<Relationship Id="{escape_attribute(rel.r_id)}" Type="{escape_attribute(rel.type)}" '
        f'Target="{escape_attribute(target)}"{mode}/>'
    )


def relationships_xml(rels: Iterable[Relationship], folder: str) -> str:
    """Return the relationships of a part that lies in ``folder``, without a declaration."""
    return _OPEN + "".join(relationship_xml(rel, folder) for rel in rels) + _CLOSE
