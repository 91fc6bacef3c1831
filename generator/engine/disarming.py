"""Active content of a template that no output may carry: it is dropped, and each drop is told.

Kept are links to web and mail addresses and the fields that only arrange a document. Dropped are
everything that fetches from outside when the file is opened (linked pictures, objects, templates,
workbooks, frames), fields that run or fetch (DDE, INCLUDETEXT, ...), which become their last text,
actions that start programs, controls, toolbars, macros, embedded files that run something, pieces
of other files that Office would import unchecked, and parts that no list of the package knows.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import unquote

from lxml import etree

from generator.engine.active_content import (
    ACTIVE_KINDS,
    ACTIVE_ROOTS,
    ACTIVE_TYPES,
    DEPENDENT,
    OFFICE,
    OUTSIDE,
    VML,
    R,
    active_kind,
    is_address,
    is_harmless_action,
    leads_to_address,
    may_lead_outside,
)
from generator.engine.disarming_elements import (
    dangling_ids,
    drop_dangling,
    drop_elements,
    has_more_signs,
)
from generator.engine.disarming_fields import drop_fields
from generator.engine.disarming_svg import SVG, drop_from_svg
from generator.engine.embedded_files import judge_embedded
from generator.engine.locate import part_label
from generator.engine.markup import Element
from generator.engine.tags import has_tags
from generator.errors import Location, Problem, UnsoundPackageError
from generator.model.limits import Limits
from generator.office.deflate import crc32, deflate
from generator.office.names import qname
from generator.office.package import (
    CONTENT_TYPES,
    LOST,
    Package,
    Part,
    Relationship,
    read_package,
    relationships_name,
)
from generator.office.part_names import name_key
from generator.office.relationships import DECLARATION, relationships_xml
from generator.office.xml import parse_xml, serialise
from generator.office.zip_reader import AGAIN
from generator.office.zip_writer import entry, pack

#: What a part holds that may have something to be dropped. Each is looked for by itself: many
#: times faster than one expression of them all, and templates hold megabytes of styles.
_SIGNS = (
    b"fldChar", b"fldSimple", b"nstrText", b"action", b"mailMerge", b"ntryMacro", b"xitMacro",
    b"saveThroughXslt", b"invalidUrl", b"cmd",
)  # fmt: skip
_VML_SIGN = b":vml"
#: Characters and instructions that the engine itself marks places with; no file has them.
_MARKS = re.compile(rb"\xef\xb7[\x90-\xaf]|&#|<\?(?!xml\s)")
_MARK_SIGNS = (b"\xef\xb7", b"&#", b"<?")
_NONCHARACTERS = dict.fromkeys(range(0xFDD0, 0xFDF0))
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_MERGE = qname("w:mailMerge")
_FORM_MACROS = (qname("w:entryMacro"), qname("w:exitMacro"))
_XSLT, _CHUNK, _W_P = qname("w:saveThroughXslt"), qname("w:altChunk"), qname("w:p")
_ACTORS = tuple(qname(name) for name in ("a:hlinkClick", "a:hlinkHover", "a:hlinkMouseOver"))
_COMMAND, _TIMING = qname("p:cmd"), qname("p:timing")
#: An instruction that SharePoint writes into the data of a document.
_KIND_OF_DATA = "mso-contentType"
_MAIN_ROOTS = (qname("w:document"), qname("p:presentation"))
_FRAME, _PICTURE, _OLE = qname("p:graphicFrame"), qname("p:pic"), qname("p:oleObj")
_SHAPE_NAME = qname("p:cNvPr")
#: Attributes of VML that name something to be fetched or opened.
_FETCHED = ("src", f"{OFFICE}href", f"{OFFICE}althref", f"{OFFICE}hrefdata")


def disarm(package: Package, limits: Limits) -> tuple[Package, tuple[Problem, ...]]:
    """Return the package without active content, and a warning for all that was dropped.

    Raises:
        UnsoundPackageError: a part is not well-formed, or exceeds a limit.
    """
    return _disarmed(package, limits, 1)


def _disarmed(package: Package, limits: Limits, depth: int) -> tuple[Package, tuple[Problem, ...]]:
    """Return the same for a package that lies in ``depth`` - 1 others."""
    found = _Disarming(package, limits, depth, {})
    found.run()
    if found.active:  # seen by its root only: what leads to it goes, too
        found = _Disarming(package, limits, depth, found.active)
        found.run()
    return found.result(), tuple(found.warnings)


def _clean_embedded(blob: bytes, limits: Limits, depth: int) -> bytes | None:
    package = read_package(blob, "", limits)
    cleaned, warnings = _disarmed(package, limits, depth + 1)
    if not warnings:
        return None
    return pack([entry(name, part.blob) for name, part in cleaned.parts.items()])


class _Disarming:
    """One pass over a package. ``active``: parts that run something, as their roots show, with what
    is said when one is dropped; those given are dropped, those seen are noted."""

    def __init__(
        self, package: Package, limits: Limits, depth: int, active: dict[str, str]
    ) -> None:
        self._package = package
        self._depth = depth
        self._known = active
        self.active: dict[str, str] = {}
        self._limits = limits
        self._changed = False
        self._room = limits.total_bytes
        self._parts = dict(package.parts)
        self._relationships = dict(package.relationships)
        self._dropped: set[str] = set()
        self.lost: dict[str, set[str]] = {}
        self.warnings: list[Problem] = []

    def run(self) -> None:
        self.drop_parts()
        for name in self._package.relationships:
            self.drop_relationships(name)
        for name, part in self._package.parts.items():
            if not name.endswith(".rels") and name != CONTENT_TYPES and _is_markup(part):
                self.clean(name)

    def result(self) -> Package:
        if not self.warnings:
            return self._package
        return replace(self._package, parts=self._parts, relationships=self._relationships)

    # -- parts that are dropped whole ------------------------------------------------------------

    def drop_parts(self) -> None:
        """Drop parts that run something, and those that no list of the package knows."""
        for source, rels in self._package.relationships.items():
            for rel in rels.values():
                message = ACTIVE_KINDS.get(active_kind(rel))
                if not rel.is_external and message is not None:
                    self._drop_part(rel.target, source, message)
        for name, message in self._known.items():
            self._drop_part(name, name, message)
        objects = self._objects()
        for name, part in self._package.parts.items():
            if name == CONTENT_TYPES or name.endswith(".rels") or name in self._dropped:
                continue
            kind = part.content_type.partition(";")[0].strip().lower()
            if not kind:
                self._drop_part(name, name, 'the part "{}" was dropped: it has no content type')
            elif kind in ACTIVE_TYPES:
                self._drop_part(name, name, ACTIVE_TYPES[kind])
            elif not part.is_xml:
                self._judge(name, part, name in objects)
        if self._dropped:
            self._drop_dependents()
            self._forget_types()

    def _objects(self) -> set[str]:
        """Return the names of the files that somebody embedded; those of charts are none."""
        parts = self._package.parts
        return {
            rel.target
            for source, rels in self._package.relationships.items()
            for rel in rels.values()
            if rel.kind in ("oleObject", "package")
            and not rel.is_external
            and (source not in parts or parts[source].content_type != _CHART)
        }

    def _judge(self, name: str, part: Part, is_object: bool) -> None:
        where = Location(self._package.file, (f'embedded file "{name}"',))
        limits = replace(self._limits, total_bytes=max(1, self._room))
        found = judge_embedded(
            part.blob, where, limits, is_object=is_object, clean=_clean_embedded, depth=self._depth
        )
        self._room -= found.size
        if found.error is not None and self._holds_chart_data(name):
            raise found.error
        if found.fault:
            reason = found.fault.replace("{", "(").replace("}", ")")
            self._drop_part(name, name, f'the embedded file "{{}}" was dropped: {reason}')
        elif found.blob is not None:
            self._warn(name, "active content and links to outside of an embedded file were cut")
            self._put(name, found.blob)

    def _holds_chart_data(self, name: str) -> bool:
        """Return whether a chart has its data in a part: such a workbook is read, not only kept."""
        return any(
            rel.target == name and self._package.parts[source].content_type == _CHART
            for source, rels in self._package.relationships.items()
            if source in self._package.parts
            for rel in rels.values()
        )

    def _drop_part(self, target: str, source: str, message: str) -> None:
        """Drop a part; ``message`` says so, with ``{}`` for its name."""
        known = target in self._package.parts and target not in self._dropped
        if known and any(target == slide.name for slide in self._package.slides):
            raise UnsoundPackageError(
                f'the deck lists a slide that is none: "{target[:80]}"',
                Location(self._package.file), "open the file in PowerPoint and save it again",
            )  # fmt: skip
        if known and target != self._package.main:
            self._dropped.add(target)
            self._warn(source, message.format(target[:80]))

    def _drop_dependents(self) -> None:
        """Drop what only dropped parts lead to."""
        waiting = list(self._dropped)
        while waiting:
            for rel in self._package.relationships.get(waiting.pop(), {}).values():
                if rel.is_external or rel.target in self._dropped:
                    continue
                sources = [
                    source
                    for source, rels in self._package.relationships.items()
                    if any(r.target == rel.target and not r.is_external for r in rels.values())
                ]
                if all(source in self._dropped for source in sources):
                    self._dropped.add(rel.target)
                    waiting.append(rel.target)

    def _forget_types(self) -> None:
        """Take dropped parts out of the package and of its list of content types."""
        for name in self._dropped:
            self._parts.pop(name, None)
            self._parts.pop(relationships_name(name), None)
            self._relationships.pop(name, None)
        root = parse_xml(self._parts[CONTENT_TYPES].blob, Location(self._package.file))
        gone = {name_key("/" + name) for name in self._dropped}
        for element in list(root):
            if isinstance(element.tag, str) and name_key(element.get("PartName") or "") in gone:
                root.remove(element)
        self._put(CONTENT_TYPES, (DECLARATION + serialise(root)).encode())

    # -- relationships ---------------------------------------------------------------------------

    def drop_relationships(self, name: str) -> None:
        """Drop the relationships of a part that lead outside or to dropped parts."""
        if name in self._dropped:
            return
        rels = self._package.relationships[name]
        dropped = {r_id: rel for r_id, rel in rels.items() if self._is_dropped(rel)}
        if not dropped:
            return
        for rel in dropped.values():
            if rel.target.startswith(LOST):
                what = rel.target.removeprefix(LOST)[:80]
                self._warn(name, f'a reference to "{what}" was dropped, which is not in the file')
            elif rel.is_external:
                what = OUTSIDE.get(rel.kind, f"an outside {rel.kind[:40]}")
                self._warn(name, f"{what} was dropped: {rel.target[:80]}")
        kept = {r_id: rel for r_id, rel in rels.items() if r_id not in dropped}
        self._relationships[name] = kept
        self.lost[name] = set(dropped)
        folder = name.rpartition("/")[0]
        text = DECLARATION + relationships_xml(kept.values(), folder)
        self._put(relationships_name(name), text.encode())

    def _is_dropped(self, rel: Relationship) -> bool:
        if not rel.is_external:
            return rel.target in self._dropped
        readable = unquote(rel.target) if "%7B" in rel.target else rel.target
        holds_tags = has_tags(readable)
        is_link = leads_to_address(replace(rel, target=readable))
        return not is_link or (not holds_tags and not leads_to_address(rel))

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
        self._check_root(name, root, where)
        if str(root.tag) == SVG:
            self._clean_svg(name, root)
            return
        lost = self.lost.get(name, set())
        missing: set[str] = set()
        if not name.lower().startswith("customxml/"):
            missing = dangling_ids(root, self._relationships.get(name, {}), lost)
        outside = {
            r_id for r_id, rel in self._relationships.get(name, {}).items() if rel.is_external
        }
        has_marks = _has_marks(part.blob)
        has_more = has_more_signs(part.blob)
        has_signs = has_marks or has_more or any(sign in part.blob for sign in _SIGNS)
        has_vml = has_marks or _VML_SIGN in part.blob
        if not (lost or missing or outside or has_signs or has_vml):
            return
        self._changed = bool(lost)
        if missing:
            self._warn(name, "a reference that leads nowhere was dropped")
            drop_dangling(root, missing)
        if has_marks:
            self._drop_marks(root, name)
        self._drop_merge_and_macros(root, name)
        drop_fields(root, lambda message: self._warn(name, message))
        for element in _suspects(root, has_vml):
            self._clean_element(element, name, lost, outside)
        if has_more:
            drop_elements(root, lambda message: self._warn(name, message))
        for timing in [t for t in root.iter(_TIMING) if _starts_object(t)]:
            self._warn(name, "the animations of the slide were dropped: one starts an object")
            _remove(timing)
        if self._changed:
            self._put(name, (DECLARATION + serialise(root)).encode())

    def _check_root(self, name: str, root: Element, where: Location) -> None:
        tag = str(root.tag)
        if name == self._package.main and tag not in _MAIN_ROOTS:
            raise UnsoundPackageError(
                "the main part is neither a document nor a deck", where, AGAIN
            )
        message = ACTIVE_ROOTS.get(tag)
        # data of customers may have a root of any name without a namespace
        if message and (tag.startswith("{") or not name.lower().startswith("customxml/")):
            self.active[name] = message

    def _clean_svg(self, name: str, root: Element) -> None:
        self._changed = False
        if _has_marks(self._parts[name].blob):
            self._drop_marks(root, name)
        drop_from_svg(root, lambda message: self._warn(name, message))
        if self._changed:
            self._put(name, (DECLARATION + serialise(root)).encode())

    def _drop_marks(self, root: Element, name: str) -> None:
        """Drop what looks like marks of the engine, and instructions to other programs."""
        inside = [node for node in root.iter(etree.ProcessingInstruction) if _is_foreign(node)]
        siblings = root.itersiblings(etree.ProcessingInstruction, preceding=True)
        before = [node for node in siblings if _is_foreign(node)]
        if inside or before:
            self._warn(name, "an instruction to another program was dropped")
        for node in inside:
            _remove_keeping_tail(node)
        for element in root.iter("*"):
            for key, value in element.attrib.items():
                if str(value).translate(_NONCHARACTERS) != value:
                    element.set(key, str(value).translate(_NONCHARACTERS))
                    self._warn(name, "characters that no text has were dropped")
            for side in ("text", "tail"):
                text = getattr(element, side)
                if text and text.translate(_NONCHARACTERS) != text:
                    setattr(element, side, text.translate(_NONCHARACTERS))
                    self._warn(name, "characters that no text has were dropped")

    def _drop_merge_and_macros(self, root: Element, name: str) -> None:
        for found, what in (
            (_MERGE, "the data source of a mail merge"), (_XSLT, "a transformation on saving"),
            *((tag, "a macro of a form field") for tag in _FORM_MACROS),
        ):  # fmt: skip
            for element in list(root.iter(found)):
                self._warn(name, f"{what} was dropped")
                _remove(element)

    def _clean_element(
        self, element: Element, name: str, lost: set[str], outside: set[str]
    ) -> None:
        tag = str(element.tag)
        gone = [
            key
            for key, value in element.attrib.items()
            if (str(key).startswith(R) or str(key) == f"{OFFICE}relid")
            and (value in lost or (value in outside and not may_lead_outside(tag)))
        ]
        if gone:
            self._drop_references(element, gone, name, lost)
            return
        if tag in _ACTORS or "action" in element.attrib:
            self._drop_action(element, name)
        if tag.startswith(VML):
            self._drop_fetched(element, name)

    def _drop_references(
        self, element: Element, gone: list[str | bytes], name: str, lost: set[str]
    ) -> None:
        if any(element.get(key) not in lost for key in gone):
            self._warn(name, "a link was dropped that would have been fetched")
        self._changed = True
        if element.tag == _OLE:
            _show_picture(element)
        elif element.tag == _CHUNK:
            element.addprevious(element.makeelement(_W_P))
            _remove(element)
        elif element.tag in DEPENDENT and element.getparent() is not None:
            _remove(element)
        else:
            for key in gone:
                del element.attrib[key]

    def _drop_action(self, element: Element, name: str) -> None:
        action = element.get("action") or ""
        is_program = "program" in action or "macro" in action or element.tag in _ACTORS
        if is_program and not is_harmless_action(action):
            self._warn(name, "an action that starts a program or macro was dropped")
            _remove(element)
        elif element.get("invalidUrl") and not is_address(element.get("invalidUrl") or ""):
            self._warn(name, "a link to a file or program was dropped")
            del element.attrib["invalidUrl"]

    def _drop_fetched(self, element: Element, name: str) -> None:
        for key in _FETCHED:
            if element.get(key) is not None:
                self._warn(name, f"a linked picture was dropped: {element.get(key, '')[:80]}")
                del element.attrib[key]
        href = element.get("href")
        if href is not None and (not is_address(href) or "{" in href):
            self._warn(name, f"a link to a file or program was dropped: {href[:80]}")
            del element.attrib["href"]

    def _warn(self, name: str, message: str) -> None:
        where = Location(self._package.file, part_label(self._package, name))
        self._changed = True
        problem = Problem(message, where, severity="warning", code="active-content")
        if problem not in self.warnings:
            self.warnings.append(problem)

    def _put(self, name: str, blob: bytes) -> None:
        old = self._package.parts.get(name)
        kind = old.content_type if old is not None else ""
        self._parts[name] = Part(name, deflate(blob), len(blob), 8, crc32(blob), kind, blob)


def _is_markup(part: Part) -> bool:
    """Return whether a part is XML, by its name or type or by how it begins."""
    if part.is_xml:
        return True
    return part.blob[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _suspects(root: Element, has_vml: bool) -> list[Element]:
    """Return the elements that may fetch, open or start something, in the order of the part."""
    attributes: Any = _suspect_attributes()(root)
    found: set[Element] = {attribute.getparent() for attribute in attributes}
    found.update(root.iter(*_ACTORS))
    if has_vml:
        found.update(root.iter(f"{VML}*"))
    return [element for element in root.iter("*") if element in found] if found else []


@cache
def _suspect_attributes() -> etree.XPath:
    return etree.XPath(
        "//@r:* | //@o:relid | //@action", namespaces={"r": R[1:-1], "o": OFFICE[1:-1]}
    )


def _has_marks(blob: bytes) -> bool:
    begins = blob.startswith((b"<?xml", b"\xef\xbb\xbf<?xml"))
    if blob.count(b"<?") == begins and not any(sign in blob for sign in _MARK_SIGNS[:2]):
        return False
    return _MARKS.search(blob) is not None


def _is_foreign(node: Element) -> bool:
    """Return whether an instruction is for another program."""
    return not isinstance(node, etree._ProcessingInstruction) or node.target != _KIND_OF_DATA


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _remove_keeping_tail(node: Element) -> None:
    """Remove an instruction; the text behind it stays."""
    before, parent = node.getprevious(), node.getparent()
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail and parent is not None:
        parent.text = (parent.text or "") + node.tail
    node.tail = None
    _remove(node)


def _starts_object(timing: Element) -> bool:
    return any((command.get("type") or "") == "verb" for command in timing.iter(_COMMAND))


def _show_picture(element: Element) -> None:
    """Put the picture of an object on a slide in the object's place; without one it goes away."""
    frame = next(element.iterancestors(_FRAME), None)
    if frame is None:
        _remove(element)
        return
    picture, own = next(frame.iter(_PICTURE), None), next(frame.iter(_SHAPE_NAME), None)
    if picture is not None:
        shown = deepcopy(picture)
        shown.tail = None
        name = next(shown.iter(_SHAPE_NAME), None)
        if name is not None and own is not None:
            name.set("id", own.get("id") or "0")
            name.set("name", own.get("name") or "")
        frame.addprevious(shown)
    _remove(frame)
