"""A Word document whose text is put into another one: ``{{ document("annex.docx") }}``.

This module reads it and cuts its text into fragments whose slots each copy fills anew; what the
slots become in a host is decided in ``subdocument_merge``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar

from generator.engine.disarming import disarm
from generator.engine.markup import Element
from generator.engine.notes import KINDS
from generator.engine.subdocument_fragment import (
    Fragment,
    Slots,
    remove,
    texts_of,
    value_of,
    without_marks,
)
from generator.engine.subdocument_parts import PartShelf
from generator.engine.subdocument_sections import lacking_of, references_of
from generator.engine.subdocument_styles import (
    GuestStyles,
    StyleList,
    numbering_root,
    read_guest_styles,
    style_lists,
    style_root,
)
from generator.errors import Location, Problem, TemplateError
from generator.model.limits import Limits, limits_in_force
from generator.office.names import NAMESPACES, qname
from generator.office.package import Package, read_package
from generator.office.relationships import DECLARATION
from generator.office.xml import parse_xml, serialise

_W, _R = f"{{{NAMESPACES['w']}}}", f"{{{NAMESPACES['r']}}}"
_VML = "{urn:schemas-microsoft-com:vml}"
_SHAPE_TYPE = _VML + "shapetype"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_ID, _VAL, _NAME = qname("w:id"), qname("w:val"), qname("w:name")
_R_ID = qname("r:id")
_STYLED = {
    qname("w:pStyle"): "paragraph", qname("w:rStyle"): "character", qname("w:tblStyle"): "table",
}  # fmt: skip
_DROPPED = frozenset(
    qname(f"w:{name}")
    for name in ("altChunk", "subDoc", "control", "dataBinding", "proofErr",
                 "lastRenderedPageBreak")
) | {"{http://schemas.microsoft.com/office/word/2012/wordml}dataBinding"}  # fmt: skip
_VOLATILE = (qname("w14:paraId"), qname("w14:textId"))
#: Elements whose ``w:id`` counts in one row with bookmarks; both ends of a range bear the same.
_RANGES = {
    qname(f"w:{name}{end}"): name
    for name in ("bookmark", "perm", "moveFromRange", "moveToRange", "customXmlInsRange",
                 "customXmlDelRange", "customXmlMoveFromRange", "customXmlMoveToRange")
    for end in ("Start", "End")
}  # fmt: skip
_NOTED = {
    **{qname(f"w:{kind.reference}"): kind.name for kind in KINDS.values()},
    qname("w:commentRangeStart"): "comments",
    qname("w:commentRangeEnd"): "comments",
}
_CHANGES = frozenset(
    qname(f"w:{name}")
    for name in ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange",
                 "tblPrChange", "trPrChange", "tcPrChange", "tblGridChange", "tblPrExChange",
                 "numberingChange", "cellIns", "cellDel", "cellMerge")
)  # fmt: skip
_DRAWING_IDS = frozenset((qname("wp:docPr"),))
_SECTION, _SECTION_REFERENCES = qname("w:sectPr"), (
    qname("w:headerReference"), qname("w:footerReference"),
)  # fmt: skip
_FIELD_NAME = re.compile(
    r"""(\b(?:PAGE|NOTE)?REF\s+"?|\\l\s+"?|\\b\s+"?|\bGOTOBUTTON\s+"?)([^\s"\\]+)"""
)
_BEFORE_NUMBERING = frozenset(
    qname(f"w:{name}")
    for name in ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The fragments of a sub-document for hosts with certain namespaces.

    ``notes`` by (kind, id), ``stories`` (headers and footers) by the part's name.
    """

    body: Fragment
    last_section: Fragment | None
    notes: dict[tuple[str, str], Fragment]
    stories: dict[str, Fragment]


@dataclass(eq=False)
class SubDocument:
    """The text of a Word document as a value of a template; one object serves many renders.

    ``keep_sections``: its pages keep their size, margins, headers and footers; else they become
    the host's. ``warnings`` say what was harmful in it and is not carried along.
    """

    #: Tells the class apart without importing it.
    is_sub_document: ClassVar[bool] = True

    name: str
    package: Package
    keep_sections: bool
    key: str
    warnings: tuple[Problem, ...] = ()
    _content: Content | None = field(default=None, repr=False)
    _prepared: dict[tuple[object, ...], Prepared] = field(default_factory=dict, repr=False)

    @classmethod
    def read(
        cls,
        data: bytes,
        name: str,
        *,
        keep_sections: bool = False,
        limits: Limits | None = None,
    ) -> SubDocument:
        """Return the sub-document in the bytes of a .docx; ``name`` is its name in messages.

        Raises:
            PackageError: the file is no sound package.
            TemplateError: it is no Word document.
        """
        limits = limits or limits_in_force()
        package, warnings = disarm(read_package(data, name, limits), limits)
        if package.format != "docx":
            raise TemplateError("only a Word document can be put into a document", Location(name),
                                "save it as .docx")  # fmt: skip
        key = sha256(data).hexdigest() + ("s" if keep_sections else "")
        document = cls(name, package, keep_sections, key, warnings)
        document._content = Content(package, keep_sections, limits)
        return document

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_content": None, "_prepared": {}}

    @property
    def content(self) -> Content:
        """The trees of the document, read again in another process."""
        if self._content is None:
            self._content = Content(self.package, self.keep_sections, limits_in_force())
        return self._content

    def prepared(self, nsmap: Mapping[str | None, str], ignorable: tuple[str, ...]) -> Prepared:
        """Return the fragments for a host whose main part has these namespaces."""
        key = (*sorted((p or "", u) for p, u in nsmap.items()), ignorable)
        known = self._prepared.get(key)
        if known is None:
            known = self._prepared[key] = self.content.prepare(nsmap, ignorable)
        return known


class Content:
    """The trees of a sub-document: text, notes, styles, lists."""

    def __init__(self, package: Package, keep_sections: bool, limits: Limits) -> None:
        where = Location(package.file)
        self._package = package
        self._keep_sections = keep_sections
        self._limits = limits
        self.main = package.main
        self.shelf = PartShelf(package)
        root = parse_xml(package.parts[package.main].blob, where, limits)
        body = root.find(qname("w:body"))
        if body is None:
            raise TemplateError("the document has no text that can be read", where,
                                "open it in Word and save it again as .docx")  # fmt: skip
        self._body = body
        self.styles: GuestStyles = read_guest_styles(style_root(package)[1])
        _, self._numbering = numbering_root(package)
        self.lists = self._children("w:num", "w:numId")
        self.definitions = self._children("w:abstractNum", "w:abstractNumId")
        self.style_lists: dict[str, StyleList] = dict(
            style_lists(self.styles.by_id, self._numbering)
        )
        self._bookmarks = {
            mark.get(_NAME) or "" for mark in root.iter(qname("w:bookmarkStart"))
        } - {""}
        self.note_parts: dict[str, str] = {}
        self._notes: dict[tuple[str, str], Element] = {}
        for kind in KINDS.values():
            for part in package.related(package.main, kind.name):
                if part in package.parts:
                    self.note_parts[kind.name] = part
                    notes = parse_xml(package.parts[part].blob, where, limits)
                    for note in notes.iterfind(qname(f"w:{kind.note}")):
                        if note.get(qname("w:type")) in (None, "normal"):
                            self._notes[kind.name, note.get(_ID) or ""] = note
        self.has_section_end = any(True for _ in body.iter(_SECTION))

    def _children(self, tag: str, key: str) -> dict[str, Element]:
        if self._numbering is None:
            return {}
        return {item.get(qname(key)) or "": item for item in self._numbering.iterfind(qname(tag))}

    def list_exists(self, list_id: str) -> bool:
        number = self.lists.get(list_id)
        if number is None:
            return False
        return value_of(number.find(qname("w:abstractNumId"))) in self.definitions

    def prepare(self, nsmap: Mapping[str | None, str], ignorable: tuple[str, ...]) -> Prepared:
        """Return the fragments of all stories."""
        root = deepcopy(self._body.getroottree().getroot())
        body = root.find(qname("w:body"))
        assert body is not None
        slots = Slots()
        self._prepare(body, self.main, slots)
        first = next(body.iter(_SECTION), None)
        if first is not None:
            first.text = slots.mark("blank", lacking_of(references_of(first), {}))
        last = body.find(_SECTION)
        if last is not None:
            body.remove(last)
        children = [child for child in body if isinstance(child.tag, str)]
        last_texts = texts_of([last], nsmap, ignorable) if last is not None else []
        return Prepared(
            slots.fragment("".join(texts_of(children, nsmap, ignorable))),
            slots.fragment(last_texts[0]) if last_texts and self._keep_sections else None,
            {key: self._note(key, note) for key, note in self._notes.items()},
            dict(self._stories()) if self._keep_sections else {},
        )

    def _note(self, key: tuple[str, str], note: Element) -> Fragment:
        root = deepcopy(note.getroottree().getroot())
        copy = next(n for n in root.iterfind(note.tag) if n.get(_ID) == note.get(_ID))
        slots = Slots()
        self._prepare(copy, self.note_parts[key[0]], slots)
        copy.set(_ID, slots.mark("note", f"{key[0]} {key[1]}"))
        return slots.fragment(texts_of([copy], {"w": NAMESPACES["w"]})[0])

    def _stories(self) -> list[tuple[str, Fragment]]:
        found = []
        for kind in ("header", "footer"):
            for name in self._package.related(self.main, kind):
                if name in self._package.parts:
                    root = parse_xml(self._package.parts[name].blob,
                                     Location(self._package.file), self._limits)  # fmt: skip
                    slots = Slots()
                    self._prepare(root, name, slots, keeps_relationships=True)
                    found.append((name, slots.fragment(DECLARATION + serialise(root))))
        return found

    # -- preparing a tree ------------------------------------------------------------------------

    def _prepare(
        self, root: Element, part: str, slots: Slots, keeps_relationships: bool = False
    ) -> None:
        """Turn all of a story that may clash with a host into slots."""
        without_marks(root)
        carried = self.shelf.carried(part)
        slots.types = {str(shape.get("id")) for shape in root.iter(_SHAPE_TYPE)}
        _pair_ranges(root, part, slots)
        for element in list(root.iter()):
            tag = element.tag
            is_section = tag == _SECTION and not self._keep_sections
            if not isinstance(tag, str) or tag in _DROPPED or is_section:
                remove(element)
            else:
                self._clean_attributes(element)
                self._relate(element, carried, slots, keeps_relationships)
                self._name(element, slots)
        for paragraph in root.iter(qname("w:p")):
            self._number(paragraph, slots)

    @staticmethod
    def _clean_attributes(element: Element) -> None:
        for name in _VOLATILE:
            element.attrib.pop(name, "")
        if element.tag.startswith(_W):
            for rsid in [n for n in element.attrib if str(n).startswith(_W + "rsid")]:
                del element.attrib[rsid]

    def _relate(
        self,
        element: Element,
        carried: Mapping[str, object],
        slots: Slots,
        keeps_relationships: bool,
    ) -> None:
        if element.tag in _SECTION_REFERENCES:
            target = carried.get(element.get(_R_ID) or "")
            if target is None:
                remove(element)
            else:
                element.set(_R_ID, slots.mark("story", element.get(_R_ID) or ""))
            return
        for name, r_id in list(element.attrib.items()):
            if not str(name).startswith(_R) or not r_id:
                continue
            if r_id not in carried:
                if element.tag == _OFFICE + "OLEObject":
                    remove(element)
                    return
                del element.attrib[name]
            elif not keeps_relationships:
                element.set(name, slots.mark("rel", str(r_id)))

    def _name(self, element: Element, slots: Slots) -> None:
        """Make slots of ids and names."""
        tag = element.tag
        if tag in _STYLED:
            self._style(element, slots)
        elif tag == qname("w:bookmarkStart"):
            name = element.get(_NAME) or ""
            kind = "another-name" if name in slots.names else "name"
            slots.names.add(name)
            element.set(_NAME, slots.mark(kind, name))
        elif tag in _NOTED:
            key = (_NOTED[tag], element.get(_ID) or "")
            if key in self._notes:
                element.set(_ID, slots.mark("note", " ".join(key)))
            else:
                remove(element)
        elif tag in _CHANGES and element.get(_ID) is not None:
            element.set(_ID, slots.mark("fresh"))
        elif tag in _DRAWING_IDS:
            element.set("id", slots.mark("fresh"))
        elif tag == _ID:
            parent = element.getparent()
            if parent is not None and parent.tag == qname("w:sdtPr"):
                element.set(_VAL, slots.mark("control"))
        elif tag == qname("w:hyperlink") and element.get(qname("w:anchor")) in self._bookmarks:
            anchor = element.get(qname("w:anchor")) or ""
            element.set(qname("w:anchor"), slots.mark("name", anchor))
        elif tag == qname("w:instrText"):
            element.text = self._field(element.text or "", slots)
        elif tag == qname("w:fldSimple"):
            code = self._field(element.get(qname("w:instr")) or "", slots)
            element.set(qname("w:instr"), code)
        elif tag.startswith(_VML):
            self._shape(element, slots)
        elif tag == _OFFICE + "OLEObject" and element.get("ShapeID"):
            element.set("ShapeID", slots.mark("shape", element.get("ShapeID") or ""))
        elif tag == qname("w:numId"):
            self._list(element, slots)

    @staticmethod
    def _shape(element: Element, slots: Slots) -> None:
        if element.get("id"):
            element.set("id", slots.mark("shape", element.get("id") or ""))
        kind = (element.get("type") or "").removeprefix("#")
        if kind in slots.types:
            element.set("type", "#" + slots.mark("shape", kind))

    def _style(self, element: Element, slots: Slots) -> None:
        style_id = value_of(element)
        if style_id in self.styles.by_id:
            element.set(_VAL, slots.mark("style", style_id))
        else:
            remove(element)

    def _list(self, element: Element, slots: Slots) -> None:
        if value_of(element) == "0":
            return
        if self.list_exists(value_of(element)):
            element.set(_VAL, slots.mark("list", value_of(element)))
        else:
            element.set(_VAL, "0")

    def _field(self, code: str, slots: Slots) -> str:
        if code.strip() in self._bookmarks:
            return code.replace(code.strip(), slots.mark("name", code.strip()))

        def renamed(match: re.Match[str]) -> str:
            known = match[2] in self._bookmarks
            return match[1] + (slots.mark("name", match[2]) if known else match[2])

        return _FIELD_NAME.sub(renamed, code)

    def _number(self, paragraph: Element, slots: Slots) -> None:
        """Leave a slot where a paragraph that its style numbers may need a list of its own."""
        properties = paragraph.find(qname("w:pPr"))
        if properties is None:
            return
        numbering = properties.find(qname("w:numPr"))
        if numbering is not None and numbering.find(qname("w:numId")) is not None:
            return
        style = properties.find(qname("w:pStyle"))
        if style is None:
            return
        known = slots.key_of(value_of(style))
        if numbering is not None:
            numbering.tail = None
            level = numbering.find(qname("w:ilvl"))
            mark = slots.mark("restart-id", known)
            if level is not None:
                level.tail = mark
            else:
                numbering.text = mark
            return
        before = [child for child in properties if child.tag in _BEFORE_NUMBERING]
        before[-1].tail = slots.mark("restart", known)
        if properties.find(qname("w:ind")) is None:
            indented = [child for child in properties if child.tag in _BEFORE_INDENT]
            mark = slots.mark("indent", known)
            indented[-1].tail = (indented[-1].tail or "") + mark


def _pair_ranges(root: Element, part: str, slots: Slots) -> None:
    """Let both ends of each range share an id of their own; an end without the other is dropped."""
    open_: dict[tuple[str, str | None], list[Element]] = {}
    pairs = 0
    for mark in list(root.iter(*_RANGES)):
        key = (_RANGES[str(mark.tag)], mark.get(_ID))
        if str(mark.tag).endswith("Start"):
            open_.setdefault(key, []).append(mark)
        elif open_.get(key):
            pairs += 1
            for end in (open_[key].pop(0), mark):
                end.set(_ID, slots.mark("id", f"{part} {pairs}"))
        else:
            remove(mark)
    for mark in (mark for marks in open_.values() for mark in marks):
        remove(mark)


#: Children of ``w:pPr`` before ``w:ind``.
_BEFORE_INDENT = _BEFORE_NUMBERING | {
    qname(f"w:{name}")
    for name in ("numPr", "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens",
                 "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE",
                 "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing")
}  # fmt: skip
