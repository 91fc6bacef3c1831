"""Headers and footers of sections that repeat: each turn of the loop gets its own.

A header is a part of its own, so it does not stand in the loop that its section stands in. One that
asks for what the loop gives is written right before the end of its section, captured, and becomes a
new part; the part that its author wrote is then used by nobody and leaves the package.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from generator.engine.identity import Turns
from generator.engine.markup import PARAGRAPHS, Element, nearest
from generator.engine.program import marked_tags
from generator.engine.stories import TagRegister
from generator.office.names import qname
from generator.office.package import Package

_REFERENCES = (qname("w:headerReference"), qname("w:footerReference"))
_SECTION, _R_ID = qname("w:sectPr"), qname("r:id")
_NAME = re.compile(r"[^\W\d]\w*")
_LOOP = re.compile(r"\s*for\s+(.+?)\s+in\s", re.DOTALL)
_GIVERS = ("for", "set", "macro", "call", "with")


@dataclass(frozen=True, slots=True)
class RepeatedHeader:
    """A header or footer of a repeated section: its part, and the main part's relationship."""

    part: str
    r_id: str


def repeat_headers(
    root: Element,
    package: Package,
    turns: Turns,
    register: TagRegister,
    texts: Callable[[str], list[str]],
    graft: Callable[[str], Element | None],
) -> list[RepeatedHeader]:
    """Let the headers of repeated sections be written in each turn, if they need it.

    ``texts`` gives the codes of the tags of a part; ``graft`` the node that stands for the part.
    """
    uses: dict[str, list[Element]] = {}
    for reference in root.iter(*_REFERENCES):
        uses.setdefault(reference.get(_R_ID) or "", []).append(reference)
    given = _names_given(turns, register)
    found: list[RepeatedHeader] = []
    for r_id, references in uses.items():
        rel = package.relationships.get(package.main, {}).get(r_id)
        if rel is None or rel.is_external or rel.target not in package.parts:
            continue
        if not all(turns.path(reference) for reference in references):
            continue  # another section, outside of the loop, shows it as well
        words = {word for code in texts(rel.target) for word in _NAME.findall(code)}
        if not words & given:
            continue
        for reference in references:
            _write_in_turn(reference, len(found), rel.target, register, graft)
            found.append(RepeatedHeader(rel.target, r_id))
    return found


def _names_given(turns: Turns, register: TagRegister) -> set[str]:
    """Return the names that the loops of a part and the tags inside give."""
    openers = {index for path in turns.paths.values() for index in path}
    names = {"loop"} if openers else set()
    for found in register.tags:
        tag = found.tag
        if tag.keyword in _GIVERS and (found.index in openers or found.index in turns.inside):
            loop = _LOOP.match(tag.code)
            names |= set(_NAME.findall(loop[1] if loop else tag.code))
    return names - set(_GIVERS)


def _write_in_turn(
    reference: Element, number: int, part: str, register: TagRegister,
    graft: Callable[[str], Element | None],
) -> None:  # fmt: skip
    paragraph = nearest(reference, frozenset(PARAGRAPHS))
    node = graft(part)
    assert paragraph is not None  # a section that repeats ends with a paragraph
    assert node is not None  # it has tags
    captured = f"__header{number}"
    begin = register.internal_block(f"set {captured}", paragraph)
    enter = register.internal_print(f"__enter_header__({number})", "emit_plain", paragraph)
    begin.tail = enter
    for item in (begin, node, register.internal_block("endset", paragraph)):
        paragraph.addprevious(item)
    code = f"__header__({number}, {captured})"
    r_id = f"__header_id{number}"
    paragraph.addprevious(register.internal_block(f"set {r_id} = {code}", paragraph))
    reference.set(_R_ID, register.internal_print(r_id, "emit_attribute", paragraph))


def is_written_anew(section: str, register: TagRegister) -> bool:
    """Return whether the markup of a section refers to headers that each turn writes anew."""
    return any(
        register.tags[index].tag.code.startswith("__header_id") for index in marked_tags(section)
    )
