"""Headers and footers around the kept pages of a sub-document.

In Word a section without a header shows that of the section before. Kept pages therefore get empty
headers where they have none, and the host's next section says what it showed before.
"""

from __future__ import annotations

import re

from generator.engine.markup import Element
from generator.engine.page_headers import is_written_anew
from generator.engine.program import marked_tags
from generator.engine.stories import TagRegister
from generator.model.insert import NewPart
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES, qname
from generator.office.relationships import DECLARATION

_SECTION, _R_ID, _TYPE = qname("w:sectPr"), qname("r:id"), qname("w:type")
_ALL = tuple((kind, when) for kind in ("header", "footer") for when in ("default", "first", "even"))
_PLAIN_ID = re.compile(r"[\w.-]+")
_ROOTS = {"header": "hdr", "footer": "ftr"}
#: Stands around what a copy of a section lacks.
_LACKING = "\ufdef"


def references_of(section: Element) -> dict[tuple[str, str], str]:
    """Return the relationships of a section's own headers and footers by (kind, pages)."""
    return {
        (kind, child.get(_TYPE) or "default"): child.get(_R_ID) or ""
        for kind in _ROOTS
        for child in section.iterfind(qname(f"w:{kind}Reference"))
    }


def mark_sections(root: Element, register: TagRegister) -> None:
    """Let each section of a host say what it showed before, if a kept page comes before it."""
    inherited: dict[tuple[str, str], str] = {}
    for section in root.iter(_SECTION):
        own = references_of(section)
        lacking = lacking_of(own, inherited)
        inherited.update(own)
        if lacking:
            mark = register.internal_print(f"__sections__('{lacking}')", "emit_markup", section)
            section.text = mark


def lacking_of(own: dict[tuple[str, str], str], inherited: dict[tuple[str, str], str]) -> str:
    """Return what a section lacks, with what it shows instead: ``header first rId3,...``."""
    items = []
    for key in _ALL:
        r_id = inherited.get(key, "")
        if key not in own:
            items.append(" ".join((*key, r_id if _PLAIN_ID.fullmatch(r_id) else "-")))
    return ",".join(items)


def section_copy(text: str, register: TagRegister) -> str:
    """Return the markup of a marked section for a copy of it; see ``completed``."""
    if is_written_anew(text, register):
        return ""  # the copy would have to show what the turn has not written yet
    for index in marked_tags(text):
        code = register.tags[index].tag.code
        spec = code.split("'")[1] if code.startswith("__sections__") else ""
        text = re.sub(f"\ufdd0{index}\ufdd1", _LACKING + spec + _LACKING, text)
    return text


def split_copy(section: str) -> tuple[str, str, str]:
    """Return a section's markup before what it lacks, what it lacks, and the markup behind."""
    pieces = section.split(_LACKING)
    return (pieces[0], pieces[1], pieces[2]) if len(pieces) == 3 else (section, "", "")


def needed_references(lacking: str) -> list[tuple[str, str, str]]:
    """Return (kind, pages, relationship id or "-") of what a section lacks."""
    found = (item.split(" ") for item in lacking.split(",") if item)
    return [(kind, when, r_id) for kind, when, r_id in found]


def reference(kind: str, when: str, r_id: str) -> str:
    return f'<w:{kind}Reference xmlns:r="{NAMESPACES["r"]}" w:type="{when}" r:id="{r_id}"/>'


def blank_part(kind: str) -> NewPart:
    """Return an empty header or footer."""
    root = _ROOTS[kind]
    blob = f'{DECLARATION}<w:{root} xmlns:w="{NAMESPACES["w"]}"><w:p/></w:{root}>'
    content_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    return NewPart("", kind, "xml", content_type, RELATIONSHIP_TYPES[kind], blob.encode(),
                   shared=True)  # fmt: skip
