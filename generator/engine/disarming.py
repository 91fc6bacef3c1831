"""Active content of a template that no output may carry: it is dropped, and each drop is told.

Kept are links to web and mail addresses and the fields that only arrange a document. Dropped are
everything that fetches from outside when the file is opened (linked pictures, objects, templates,
workbooks, frames), fields that run or fetch (DDE, INCLUDETEXT, ...), which become their last text,
actions that start programs, and macros.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from generator.engine.locate import part_label
from generator.engine.markup import Element
from generator.errors import Location, Problem
from generator.model.limits import Limits
from generator.office.deflate import crc32, deflate
from generator.office.names import NAMESPACES, qname
from generator.office.package import (
    CONTENT_TYPES,
    LOST,
    Package,
    Part,
    Relationship,
    relationships_name,
)
from generator.office.relationships import DECLARATION, relationships_xml
from generator.office.xml import parse_xml, serialise

#: Fields that are dropped; each stays as the text it showed last.
DANGEROUS_FIELDS = frozenset(
    ("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "LINK", "DATABASE",
     "MACROBUTTON", "EMBED", "AUTOTEXT", "AUTOTEXTLIST", "GLOSSARY", "HTMLACTIVEX", "ADDIN", "RD",
     "PRINT")
)  # fmt: skip
_SCHEMES = ("http:", "https:", "mailto:", "#")
_MACROS = frozenset(
    ("vbaProject", "wordVbaData", "activeXControlBinary", "webextension", "webextensiontaskpanes")
)
_MACRO_TYPE = "application/vnd.ms-office.vbaProject"
#: What a drop is called, by the last word of the relationship's type.
_NAMES = {
    "attachedTemplate": "the path of the template it was attached to",
    "image": "a linked picture",
    "oleObject": "a linked object",
    "aFChunk": "a linked piece of text",
    "subDocument": "a linked sub-document",
    "package": "a linked workbook",
    "frame": "a linked frame",
    "hyperlink": "a link to a file or program",
    "video": "a linked video",
    "audio": "a linked sound",
    "media": "a linked sound or video",
}
#: Elements that are nothing without their relationship.
_ELEMENTS = frozenset(
    qname(name)
    for name in (
        "w:attachedTemplate", "w:altChunk", "w:subDoc", "c:externalData", "w:sourceFileName",
        "a:hlinkClick", "a:hlinkHover", "a:hlinkMouseOver", "a:videoFile", "a:audioFile",
        "a:quickTimeFile", "w:control", "w:src", "w:dataSource", "w:headerSource",
        "w:saveThroughXslt",
    )
) | {"{urn:schemas-microsoft-com:office:office}OLEObject"}  # fmt: skip
_ACTION = re.compile(r"ppaction://(program|macro|ole)", re.IGNORECASE)
_TAG_START = re.compile(r"\{[{%#]")
#: What stands before the address in the code of a HYPERLINK field.
_BEFORE_ADDRESS = re.compile(r"\s*HYPERLINK\s*", re.IGNORECASE)
_SWITCH = re.compile(r"\\[A-Za-z](?![A-Za-z\\])")
#: A tag of a part that may hold something to be dropped.
_SIGNS = (b"fldChar", b"fldSimple", b"action", b"mailMerge")
_R = f"{{{NAMESPACES['r']}}}"
_FIELD_MARK, _FIELD_CODE, _TEXT = qname("w:fldChar"), qname("w:instrText"), qname("w:t")
_DELETED_CODE, _MAIL_MERGE = qname("w:delInstrText"), qname("w:mailMerge")
_SIMPLE_FIELD, _MARK_TYPE = qname("w:fldSimple"), qname("w:fldCharType")


#: Stands for the first word of a field that another field would compute.
COMPUTED = "(computed)"
_WHOLE_WORD = re.compile(r"\s*\S+\s")


def disarm(package: Package, limits: Limits) -> tuple[Package, tuple[Problem, ...]]:
    """Return the package without active content, and a warning for all that was dropped.

    Raises:
        UnsoundPackageError: a part is not well-formed, or exceeds a limit.
    """
    found = _Disarming(package, limits)
    for name in package.relationships:
        found.drop_relationships(name)
    for name, part in package.parts.items():
        if part.content_type == _MACRO_TYPE and found.has(name):
            found.drop_part(name, name)
        elif part.is_xml and not name.endswith(".rels") and name != CONTENT_TYPES:
            found.clean(name)
    return found.result(), tuple(found.warnings)


class _Disarming:
    def __init__(self, package: Package, limits: Limits) -> None:
        self._package = package
        self._limits = limits
        self._changed = False
        self._parts = dict(package.parts)
        self._relationships = dict(package.relationships)
        self.lost: dict[str, set[str]] = {}
        self.warnings: list[Problem] = []

    def result(self) -> Package:
        if not self.warnings:
            return self._package
        return replace(self._package, parts=self._parts, relationships=self._relationships)

    # -- relationships ---------------------------------------------------------------------------

    def drop_relationships(self, name: str) -> None:
        rels = self._package.relationships[name]
        dropped = {r_id: rel for r_id, rel in rels.items() if self._is_dropped(rel)}
        if not dropped:
            return
        for rel in dropped.values():
            if rel.target.startswith(LOST):
                what = rel.target.removeprefix(LOST)[:80]
                self._warn(name, f'a reference to "{what}" was dropped, which is not in the file')
            elif rel.is_external:
                what = _NAMES.get(rel.kind, f"an outside {rel.kind}")
                self._warn(name, f"{what} was dropped: {rel.target[:80]}")
            else:
                self.drop_part(rel.target, name)
        kept = {r_id: rel for r_id, rel in rels.items() if r_id not in dropped}
        self._relationships[name] = kept
        self.lost[name] = set(dropped)
        folder = name.rpartition("/")[0]
        self._write(
            relationships_name(name), DECLARATION + relationships_xml(kept.values(), folder)
        )

    @staticmethod
    def _is_dropped(rel: Relationship) -> bool:
        if not rel.is_external:
            return rel.kind in _MACROS
        if rel.kind != "hyperlink":
            return True
        return not _is_address(unquote(rel.target) if "%7" in rel.target else rel.target)

    def has(self, name: str) -> bool:
        """Return whether a part is still there."""
        return name in self._parts

    def drop_part(self, target: str, source: str) -> None:
        """Drop a part that holds programs, and what the package says of it."""
        if target not in self._parts:
            return
        self._warn(source, f'the macros in "{target}" were dropped')
        self._parts.pop(target, None)
        self._parts.pop(relationships_name(target), None)
        self._relationships.pop(target, None)
        types = self._parts[CONTENT_TYPES].blob.decode("utf-8-sig")
        pattern = rf'<Override\b[^>]*?PartName="/{re.escape(target)}"[^>]*?/>'
        self._write(CONTENT_TYPES, re.sub(pattern, "", types))

    # -- parts -----------------------------------------------------------------------------------

    def clean(self, name: str) -> None:
        """Drop fields, actions and what hangs on lost relationships from one part.

        Every part is parsed, also one without any of it: a malformed one must not be passed on.
        """
        part = self._parts.get(name)
        if part is None:
            return
        where = Location(self._package.file, part_label(self._package, name))
        root = parse_xml(part.blob, where, self._limits)
        if name not in self.lost and not any(sign in part.blob for sign in _SIGNS):
            return
        before = len(self.warnings)
        self._changed = False
        for merge in list(root.iter(_MAIL_MERGE)):
            self._warn(name, "the data source of a mail merge was dropped")
            _remove(merge)
        self._drop_fields(root, name)
        self._drop_actions(root, name)
        lost = self.lost.get(name, set())
        for element in list(root.iter()) if lost else ():
            self._drop_references(element, lost)
        if lost or self._changed or len(self.warnings) > before:
            self._write(name, DECLARATION + serialise(root))

    def _drop_references(self, element: Element, lost: set[str]) -> None:
        gone = [key for key, value in element.attrib.items()
                if str(key).startswith(_R) and value in lost]  # fmt: skip
        if not gone:
            return
        parent = element.getparent()
        if element.tag in _ELEMENTS and parent is not None:
            parent.remove(element)
            return
        for key in gone:
            del element.attrib[key]

    def _drop_actions(self, root: Element, name: str) -> None:
        for element in list(root.iter()):
            action = element.get("action") if isinstance(element.tag, str) else None
            parent = element.getparent()
            if action and _ACTION.match(action.strip()) and parent is not None:
                parent.remove(element)
                self._warn(name, "an action that starts a program or macro was dropped")

    def _drop_fields(self, root: Element, name: str) -> None:
        for field in list(root.iter(_SIMPLE_FIELD)):
            code = field.get(qname("w:instr")) or ""
            word = _first_word(code)
            if _is_dangerous(word) or _leads_astray(code):
                self._warn(name, f"a field {word} was turned into its last text")
                _unwrap(field)
        for word, code, elements in list(_complex_fields(root)):
            if _is_dangerous(word) or _leads_astray(code):
                self._warn(name, f"a field {word} was turned into its last text")
                for element in elements:
                    _remove(element)

    def _warn(self, name: str, message: str) -> None:
        where = Location(self._package.file, part_label(self._package, name))
        self._changed = True
        problem = Problem(message, where, severity="warning", code="active-content")
        if problem not in self.warnings:
            self.warnings.append(problem)

    def _write(self, name: str, text: str) -> None:
        blob = text.encode()
        old = self._parts.get(name)
        kind = old.content_type if old is not None else ""
        self._parts[name] = Part(name, deflate(blob), len(blob), 8, crc32(blob), kind, blob)


def _is_address(target: str) -> bool:
    """Return whether a link may lead to an address, of which tags may fill in a part."""
    fixed = target.strip().lower()
    tag = _TAG_START.search(fixed)
    if tag is not None:
        fixed = fixed[: tag.start()]
        return not fixed or fixed.startswith(_SCHEMES)
    return fixed.startswith(_SCHEMES)


def _leads_astray(code: str) -> bool:
    """Return whether a field is a link to something else than a web or mail address."""
    before = _BEFORE_ADDRESS.match(code)
    if before is None:
        return False
    rest = code[before.end() :].lstrip('"\u201c\u201d\u201e ')
    return bool(rest) and not _SWITCH.match(rest) and not _is_address(rest)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _is_dangerous(word: str) -> bool:
    return word in DANGEROUS_FIELDS or word == COMPUTED or word.startswith(("{{", "{%"))


def _first_word(code: str) -> str:
    words = code.replace("\\", " ").split()
    return words[0].upper() if words else ""


def _unwrap(field: Element) -> None:
    parent = field.getparent()
    if parent is None:
        return
    for child in list(field):
        field.addprevious(child)
    parent.remove(field)


@dataclass(slots=True)
class _Field:
    """A field under way. ``elements`` are its marks, its code, and all that stands in its code.

    ``is_computed``: another field stands where the word should be that says what kind it is.
    """

    elements: list[Element]
    code: str = ""
    in_code: bool = True
    is_computed: bool = False

    @property
    def word(self) -> str:
        return COMPUTED if self.is_computed else _first_word(self.code)


def _complex_fields(root: Element) -> Iterator[tuple[str, str, list[Element]]]:
    """Yield each field's first word and its code with what is dropped with it, inner fields first.

    What stands between separator and end is the field's last text and not among the elements; a
    field that is never closed is yielded at the end.
    """
    stack: list[_Field] = []
    for element in root.iter(_FIELD_MARK, _FIELD_CODE, _DELETED_CODE, _TEXT):
        kind = element.get(_MARK_TYPE) if element.tag == _FIELD_MARK else None
        for field in stack:
            if field.in_code:
                field.elements.append(element)
        if element.tag in (_FIELD_CODE, _DELETED_CODE) and stack and stack[-1].in_code:
            stack[-1].code += element.text or ""
        elif kind == "begin":
            if stack and stack[-1].in_code and not _WHOLE_WORD.match(stack[-1].code):
                stack[-1].is_computed = True
            stack.append(_Field([element]))
        elif kind == "separate" and stack:
            stack[-1].in_code = False
        elif kind == "end" and stack:
            field = stack.pop()
            yield field.word, field.code, [*field.elements, element]
    for field in reversed(stack):
        yield field.word, field.code, field.elements
