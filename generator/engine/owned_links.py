"""Relationships of what a block may drop or print elsewhere: pictures, links, charts, headers.

A relationship that only dropped elements used goes with them, and with it the part that it led to.
What a macro prints in another part gets a relationship of that part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.engine.markup import Element, is_node, nearest
from generator.engine.notes import KINDS
from generator.engine.program import marked_tags
from generator.engine.stories import TagRegister
from generator.engine.tags import CLOSERS
from generator.office.names import NAMESPACES, qname
from generator.office.package import Package

_R = f"{{{NAMESPACES['r']}}}"
#: What is in here is written as it stands: notes have relationships of their own, and the markup of
#: sections and of the formats of runs is copied.
_FIXED = frozenset(
    qname(name)
    for name in (*(f"w:{kind.note}" for kind in KINDS.values()), "w:sectPr", "w:rPr", "a:rPr")
)
_PREFIXES = {prefix: NAMESPACES[prefix] for prefix in ("r", "w")}
_FREE_LINKS = "boolean(//*[@r:*][not(parent::w:sectPr)])"
_FILLED = re.compile(r"__fill(\d+)\.r_id")


def print_owned_links(
    name: str, root: Element, package: Package, filled: Sequence[str], register: TagRegister
) -> frozenset[str]:
    """Let the relationships inside the blocks of a part say when they are used.

    Returned are those that nothing outside of blocks uses. ``filled`` are the relationships of the
    drawings that renders fill, by their numbers; those say themselves when they are used.
    """
    own = package.relationships.get(name)
    if not own or not root.xpath(_FREE_LINKS, namespaces=_PREFIXES):
        return frozenset()
    inside: list[tuple[Element, str, str]] = []
    outside: set[str] = set()
    going: set[str] = set()
    for element, depth in _with_depth(root, register):
        for attribute, value in element.attrib.items():
            key, r_id = str(attribute), str(value)
            if not key.startswith(_R):
                continue
            if r_id not in own:
                site = _site_of(r_id, register)
                (going if depth else outside).update(filled[site : site + 1] if site >= 0 else ())
            elif depth and nearest(element, _FIXED) is None:
                inside.append((element, key, r_id))
            else:
                outside.add(r_id)
    for element, key, r_id in inside:
        code = f"__used__({r_id!r}, {name!r})"
        element.set(key, register.internal_print(code, "emit_attribute", element))
        going.add(r_id)
    return frozenset(going & own.keys()) - outside


def _site_of(value: str, register: TagRegister) -> int:
    """Return the number of the drawing whose relationship a render prints; -1 for none."""
    marks = marked_tags(value)
    code = _FILLED.fullmatch(register.tags[marks[0]].tag.code) if marks else None
    return int(code[1]) if code else -1


def _with_depth(root: Element, register: TagRegister) -> Iterator[tuple[Element, int]]:
    """Yield each element of a tree with the number of blocks around it."""
    depth = 0
    for element in root.iter():
        if is_node(element):
            tag = register.tags[int(element.text or "0")].tag
            depth += 1 if tag.opens else -1 if tag.keyword in CLOSERS else 0
        elif isinstance(element.tag, str):
            yield element, depth
