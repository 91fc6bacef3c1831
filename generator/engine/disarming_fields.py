"""Fields of a part: which of them are dropped, and what goes with them.

A field is joined over runs and paragraphs as Office joins it: within one story. What stands in a
text box, or in one of several alternatives, is a story of its own. A code that belongs to no field
is dropped, as a reader that counts otherwise could take it for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.engine.active_content import COMPUTED, first_word, is_dangerous, leads_astray
from generator.engine.markup import Element
from generator.office.names import qname

_MARK, _CODE, _TEXT = qname("w:fldChar"), qname("w:instrText"), qname("w:t")
_DELETED_CODE, _MARK_TYPE = qname("w:delInstrText"), qname("w:fldCharType")
_SIMPLE, _SIMPLE_CODE = qname("w:fldSimple"), qname("w:instr")
_STORIES = (
    qname("w:txbxContent"), qname("w:footnote"), qname("w:endnote"), qname("w:comment"),
    qname("mc:Choice"), qname("mc:Fallback"),
)  # fmt: skip
_TAG_START = re.compile(r"\{[{%#]")
_WHOLE_WORD = re.compile(r"\s*\S+\s")


def drop_fields(root: Element, warn: Callable[[str], None]) -> None:
    """Turn the dangerous fields of a part into their last text; ``warn`` is told of each."""
    for field in list(root.iter(_SIMPLE)):
        code = field.get(_SIMPLE_CODE) or ""
        word = _computed_by_tags(code) or first_word(code)
        if is_dangerous(word) or leads_astray(code):
            warn(f"a field {word[:40]} was turned into its last text")
            _unwrap(field)
    for found in list(_complex_fields(root)):
        word = found.word
        if found.is_stray:
            warn("a code that belongs to no field was dropped")
        elif is_dangerous(word) or leads_astray(found.code):
            warn(f"a field {word[:40]} was turned into its last text")
        else:
            continue
        for element in found.elements:
            _remove(element)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(field: Element) -> None:
    parent = field.getparent()
    if parent is None:
        return
    for child in list(field):
        field.addprevious(child)
    parent.remove(field)


def _computed_by_tags(code: str) -> str:
    """Return the first word of a code if tags make a part of it; else ""."""
    words = code.split()
    if not words or _TAG_START.search(words[0]) is None:
        return ""
    return words[0].upper() if words[0].startswith(("{{", "{%")) else COMPUTED


@dataclass(slots=True)
class _Field:
    """A field under way. ``elements`` are its marks, its code, and all that stands in its code.

    ``is_computed``: a field or a tag stands where the word should be that says what kind it is.
    """

    elements: list[Element]
    code: str = ""
    texts: str = ""
    in_code: bool = True
    is_computed: bool = False
    is_stray: bool = False

    @property
    def word(self) -> str:
        if self.is_computed:
            return COMPUTED
        return _computed_by_tags(self.code) or first_word(self.code)


def _complex_fields(root: Element) -> Iterator[_Field]:
    """Yield the fields, inner ones first, and codes that belong to none.

    What stands between separator and end is the field's last text and not among the elements; a
    field that is never closed is yielded at the end of the part.
    """
    stacks: dict[Element | None, list[_Field]] = {}
    for element in root.iter(_MARK, _CODE, _DELETED_CODE, _TEXT):
        stack = stacks.setdefault(next(element.iterancestors(*_STORIES), None), [])
        kind = element.get(_MARK_TYPE) if element.tag == _MARK else None
        for field in stack:
            if field.in_code:
                field.elements.append(element)
        if element.tag in (_CODE, _DELETED_CODE):
            if not stack or not stack[-1].in_code:
                yield _Field([element], is_stray=True)
            else:
                stack[-1].code += element.text or ""
        elif element.tag == _TEXT:
            if stack and stack[-1].in_code:
                stack[-1].texts += element.text or ""
                if _TAG_START.search(stack[-1].texts):
                    stack[-1].is_computed = True  # a block could leave out what stands before it
        elif kind == "begin":
            if stack and stack[-1].in_code and not _WHOLE_WORD.match(stack[-1].code):
                stack[-1].is_computed = True
            stack.append(_Field([element]))
        elif kind == "separate" and stack:
            stack[-1].in_code = False
        elif kind == "end" and stack:
            field = stack.pop()
            field.elements.append(element)
            yield field
    for stack in stacks.values():
        yield from reversed(stack)
