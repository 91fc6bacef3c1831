"""The copies of sub-documents in one render: what each slot becomes in the host.

Styles are found by name or copied once; lists, notes, bookmarks, drawings and content controls get
ids of their own in each copy; pictures are stored once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from lxml import etree

from generator.engine.markup import KEPT_END, KEPT_START, Element
from generator.engine.subdocument import Content, SubDocument
from generator.engine.subdocument_fragment import (
    Fragment,
    Slot,
    plain_copy,
    plain_text,
    remove,
    value_of,
)
from generator.engine.subdocument_parts import links
from generator.engine.subdocument_sections import (
    blank_part,
    needed_references,
    reference,
    split_copy,
)
from generator.engine.subdocument_styles import (
    HostStyles,
    StyleList,
    StyleMerger,
    read_host_styles,
    starts_of,
)
from generator.model.insert import NewPart
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES, qname
from generator.office.package import Package
from generator.office.xml import escape_attribute

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_BOOKMARK_CHARACTERS = 40
_ROOT_TAG = re.compile(rb"<(?![?!])[^<>]*>")
_BOOKMARK_NAMES = re.compile(rb'<w:bookmarkStart\b[^>]*?\bw:name="([^"]*)"')
_CONTROL_IDS = re.compile(rb"<w:sdtPr\b.*?</w:sdtPr>", re.DOTALL)
_DIAGRAM_DRAWING = re.compile(rb'(<\w+:dataModelExt\b[^>]*\brelId=")([^"]+)')
_W_ID = re.compile(rb'<w:id w:val="(-?\d+)"')


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What sub-documents must know of a template; read once.

    ``nsmap`` and ``ignorable`` are those of the main part, ``bookmarks`` the names in use,
    ``controls`` the ids of content controls.
    """

    styles: HostStyles
    nsmap: dict[str | None, str]
    ignorable: tuple[str, ...]
    bookmarks: frozenset[str]
    controls: frozenset[str]


def read_host_facts(package: Package) -> HostFacts:
    """Return the facts of a document that sub-documents are put into."""
    blob = package.parts[package.main].blob
    root = _root_tag(blob)
    mc = f"{{{NAMESPACES['mc']}}}Ignorable"
    stories = [part.blob for part in package.parts.values()
               if part.name.startswith("word/") and part.name.endswith(".xml")]  # fmt: skip
    names = {name.decode() for text in stories for name in _BOOKMARK_NAMES.findall(text)}
    controls = {
        number.decode()
        for text in stories if b"<w:sdtPr" in text
        for control in _CONTROL_IDS.findall(text) for number in _W_ID.findall(control)
    }  # fmt: skip
    return HostFacts(
        read_host_styles(package), dict(root.nsmap), tuple((root.get(mc) or "").split()),
        frozenset(names), frozenset(controls),
    )  # fmt: skip


def _root_tag(blob: bytes) -> Element:
    """Return the root of a part without its content."""
    for match in _ROOT_TAG.finditer(blob):
        opening = match.group().rstrip(b">").rstrip(b"/")
        return etree.fromstring(opening + b"/>")
    raise AssertionError("a part without a root was read")


class Sink(Protocol):
    """The render that copies go into."""

    def fresh_id(self) -> int: ...

    def new_note_id(self, kind: str) -> int: ...

    def write_note(self, kind: str, write: Callable[[], str]) -> None:
        """Put a note aside whose links and parts go into the part of the notes."""

    def link_part(self, part: NewPart) -> str:
        """Return the id of a relationship from the current part to a new one."""

    def link_to(self, address: str) -> str: ...

    def add_list(self, write: Callable[[str], str]) -> str: ...

    def add_definition(self, write: Callable[[str], str]) -> str: ...

    def restarted(self, definition: str, starts: Iterable[int]) -> str: ...


class Merger:
    """Puts sub-documents into the document of one render."""

    def __init__(self, host: HostFacts, sink: Sink) -> None:
        self.host = host
        self.sink = sink
        self.styles = StyleMerger(host.styles)
        self._names = set(host.bookmarks)
        self._controls = set(host.controls)
        self._guests: dict[str, Guest] = {}
        self._host_definitions: dict[str, str] = {}
        self._after_kept = False

    def insert(self, document: SubDocument, section: str) -> str:
        """Return the markup of one more copy.

        ``section`` is the markup of the host's section at the place, needed for kept sections.
        """
        guest = self._guests.get(document.key)
        if guest is None:
            guest = self._guests[document.key] = Guest(self, document)
        text = Copy(self, guest).write()
        if not document.keep_sections:
            return text
        head, lacking, tail = split_copy(section)
        before = f"{head}{self.close_section(lacking)}{tail}"
        self._after_kept = True
        return f"{KEPT_START}<w:p><w:pPr>{before}</w:pPr></w:p>{KEPT_START}{text}{KEPT_END}"

    def close_section(self, lacking: str) -> str:
        """Return references to the headers that a section of the host would lose to kept pages."""
        if not self._after_kept:
            return ""
        self._after_kept = False
        return self.references(lacking)

    def references(self, lacking: str) -> str:
        """Return references to the headers that a section lacks, empty ones if need be."""
        return "".join(
            reference(kind, when, self.sink.link_part(blank_part(kind)) if r_id == "-" else r_id)
            for kind, when, r_id in needed_references(lacking)
        )

    def host_definition(self, host: StyleList) -> str:
        """Return the id of a copy of a list's definition: the host's own lists count on."""
        known = self._host_definitions.get(host.definition)
        if known is None:
            copy = etree.fromstring(host.markup)
            known = self.sink.add_definition(lambda new: named_definition(copy, new, "host"))
            self._host_definitions[host.definition] = known
        return known

    def free_name(self, wanted: str) -> str:
        """Return a bookmark's name that is not used yet."""
        name = wanted
        while name in self._names:
            ending = f"_{self.sink.fresh_id()}"
            name = wanted[: _BOOKMARK_CHARACTERS - len(ending)] + ending
        self._names.add(name)
        return name

    def free_control(self) -> str:
        """Return an id for a content control that is not used yet."""
        number = str(self.sink.fresh_id())
        while number in self._controls:
            number = str(self.sink.fresh_id())
        self._controls.add(number)
        return number


def named_definition(copy: Element, new: str, key: str) -> str:
    """Return the markup of a list's definition under a new id, and with a sign of its own.

    Lists of the same sign would be one list to Word.
    """
    old = copy.get(qname("w:abstractNumId"))
    copy.set(qname("w:abstractNumId"), new)
    sign = copy.find(qname("w:nsid"))
    if sign is not None:
        sign.set(qname("w:val"), sha256(f"{key} {old}".encode()).hexdigest()[:8].upper())
    return plain_text(copy)


class Guest:
    """What all copies of one sub-document share in a render: styles and definitions of lists."""

    def __init__(self, merger: Merger, document: SubDocument) -> None:
        self._merger = merger
        self.key = document.key
        self.content: Content = document.content
        self.prepared = document.prepared(merger.host.nsmap, merger.host.ignorable)
        self.keep_sections = document.keep_sections
        self.copies = 0
        self._definitions: dict[str, str] = {}
        self._lists_of_styles: dict[str, str] = {}
        self.style_owners: dict[str, int] = {}

    def style(self, style_id: str) -> str:
        """Return the id of a style in the host."""
        new = self._merger.styles.of(self.key, self.content.styles, style_id, self._list_of_style)
        self.style_owners.setdefault(style_id, self.copies)
        return new

    def is_copied(self, style_id: str) -> bool:
        self.style(style_id)
        return self._merger.styles.is_copied(self.key, style_id)

    def _list_of_style(self, list_id: str) -> str:
        """Return the id of the list that copied styles of the sub-document belong to."""
        known = self._lists_of_styles.get(list_id)
        if known is None:
            if not self.content.list_exists(list_id):
                return "0"
            known = self.new_list(list_id, is_restarted=False)
            self._lists_of_styles[list_id] = known
        return known

    def definition_of(self, list_id: str) -> str:
        """Return the id, in the sub-document, of the definition that a list follows."""
        return value_of(self.content.lists[list_id].find(qname("w:abstractNumId")))

    def definition(self, old: str) -> str:
        """Return the id of a list's definition in the host; copied when first asked for."""
        known = self._definitions.get(old)
        if known is None:
            self._definitions[old] = ""  # a style of the definition may ask for it again
            copy = plain_copy(self.content.definitions[old])
            self._clean(copy)
            known = self._merger.sink.add_definition(
                lambda new: named_definition(copy, new, self.key)
            )
            self._definitions[old] = known
        return known

    def _clean(self, copy: Element) -> None:
        """Let a list speak of copied styles only, and of no picture bullets."""
        for element in list(copy.iter(qname("w:lvlPicBulletId"))):
            remove(element)
        for tag in ("w:pStyle", "w:rStyle", "w:styleLink", "w:numStyleLink"):
            for element in list(copy.iter(qname(tag))):
                style_id = value_of(element)
                is_bound = tag in ("w:pStyle", "w:styleLink")
                known = style_id in self.content.styles.by_id
                if not known or (is_bound and not self._is_used_copy(style_id)):
                    remove(element)
                else:
                    element.set(qname("w:val"), self.style(style_id))

    def _is_used_copy(self, style_id: str) -> bool:
        """Return whether a style is a copy that the text asked for."""
        return self._merger.styles.is_copied(self.key, style_id)

    def new_list(self, list_id: str, is_restarted: bool) -> str:
        """Return the id of a new list like one of the sub-document."""
        number = plain_copy(self.content.lists[list_id])
        old = self.definition_of(list_id)
        for element in list(number.iter(qname("w:pStyle"))):
            remove(element)
        for element in list(number.iter(qname("w:lvlPicBulletId"))):
            remove(element)
        target = number.find(qname("w:abstractNumId"))
        assert target is not None
        target.set(qname("w:val"), self.definition(old))
        if is_restarted:
            _restart(number, starts_of(self.content.definitions[old]))

        def write(new: str) -> str:
            number.set(qname("w:numId"), new)
            return plain_text(number)

        return self._merger.sink.add_list(write)


def _restart(number: Element, starts: tuple[int, ...]) -> None:
    """Let a list begin at its starts although it follows a definition that is in use."""
    given = {item.get(qname("w:ilvl")): item for item in number.iterfind(qname("w:lvlOverride"))}
    for known in given.values():
        number.remove(known)
    for level, start in enumerate(starts):
        item = given.get(str(level))
        if item is None:
            item = number.makeelement(qname("w:lvlOverride"), {qname("w:ilvl"): str(level)})
        if item.find(qname("w:startOverride")) is None:
            own = value_of(item.find(f"{qname('w:lvl')}/{qname('w:start')}"))
            attributes = {qname("w:val"): own or str(start)}
            item.insert(0, item.makeelement(qname("w:startOverride"), attributes))
        number.append(item)


class Copy:
    """One copy of a sub-document: remembers what its slots have become."""

    def __init__(self, merger: Merger, guest: Guest) -> None:
        self._merger = merger
        self._sink = merger.sink
        self._guest = guest
        self._content = guest.content
        self._filled: dict[tuple[str, str, str], str] = {}
        self._begun: set[str] = set()
        self._story = self._content.main
        guest.copies += 1

    def write(self) -> str:
        prepared = self._guest.prepared
        text = prepared.body.filled(self._fill)
        if not self._guest.keep_sections or prepared.last_section is None:
            return text
        last = prepared.last_section.filled(self._fill)
        return f"{text}<w:p><w:pPr>{last}</w:pPr></w:p>"

    def _fill(self, slot: Slot) -> str:
        kind, key = slot
        if kind == "fresh":
            return str(self._sink.fresh_id())
        if kind == "control":
            return self._merger.free_control()
        if kind == "another-name":
            return escape_attribute(self._merger.free_name(key))
        memo = (kind, key, self._story if kind == "rel" else "")
        known = self._filled.get(memo)
        if known is None:
            known = escape_attribute(self._value(kind, key)) if kind in _VALUES else (
                self._markup(kind, key)
            )  # fmt: skip
            self._filled[memo] = known
        return known

    def _value(self, kind: str, key: str) -> str:
        """Return what an attribute says in this copy."""
        if kind == "style":
            return self._guest.style(key)
        if kind == "list":
            return self._list(key)
        if kind == "id":
            return str(self._sink.fresh_id())
        if kind == "name":
            return self._merger.free_name(key)
        if kind == "shape":
            return f"_s{self._sink.fresh_id()}"
        if kind == "note":
            return self._note(key)
        if kind == "rel":
            return self._relationship(key)
        if kind == "story":
            return self._story_part(key)
        raise AssertionError(kind)

    def _markup(self, kind: str, style_id: str) -> str:
        """Return the elements that let a paragraph numbered by its style begin a new list.

        For ``blank`` the key is what a section lacks.
        """
        if kind == "blank":
            return self._merger.references(style_id)
        found = self._list_of_style(style_id)
        if found is None:
            return ""
        number, level, indent = found
        if kind == "indent":
            return indent
        list_id = f'<w:numId w:val="{number}"/>'
        if kind == "restart-id":
            return list_id
        return f'<w:numPr><w:ilvl w:val="{level}"/>{list_id}</w:numPr>'

    # -- lists -----------------------------------------------------------------------------------

    def _list(self, list_id: str) -> str:
        old = self._guest.definition_of(list_id)
        is_restarted = self._guest.copies > 1 and old not in self._begun
        self._begun.add(old)
        return self._guest.new_list(list_id, is_restarted)

    def _list_of_style(self, style_id: str) -> tuple[str, str, str] | None:
        """Return list id, level and indent for a paragraph that its style numbers.

        None: the style numbers nothing, or may simply count: it came with this copy.
        """
        new = self._guest.style(style_id)
        if not self._guest.is_copied(style_id):
            host = self._merger.host.styles.lists.get(new)
            if host is None:
                return None
            number = self._restarted(f"host {host.list_id}", host)
            return number, host.level, host.indent
        own = self._content.style_lists.get(style_id)
        if own is None or self._guest.style_owners[style_id] == self._guest.copies:
            return None
        memo = ("style-list", own.list_id, "")
        if memo not in self._filled:
            self._filled[memo] = self._guest.new_list(own.list_id, is_restarted=True)
        return self._filled[memo], own.level, own.indent

    def _restarted(self, key: str, host: StyleList) -> str:
        memo = ("restarted", key, "")
        if memo not in self._filled:
            definition = self._merger.host_definition(host)
            self._filled[memo] = self._sink.restarted(definition, host.starts)
        return self._filled[memo]

    # -- notes and parts -------------------------------------------------------------------------

    def _note(self, key: str) -> str:
        kind, _, old = key.partition(" ")
        number = str(self._sink.new_note_id(kind))
        self._filled["note", key, ""] = number
        fragment: Fragment = self._guest.prepared.notes[kind, old]

        def write() -> str:
            outside, self._story = self._story, self._content.note_parts[kind]
            text = fragment.filled(self._fill)
            self._story = outside
            return text

        self._sink.write_note(kind, write)
        return number

    def _relationship(self, r_id: str) -> str:
        rel = self._content.shelf.carried(self._story)[r_id]
        if rel.is_external:
            return self._sink.link_to(rel.target)
        part = self._content.shelf.part(rel)
        return self._sink.link_part(self._with_drawing(part) if rel.kind == "diagramData" else part)

    def _with_drawing(self, part: NewPart) -> NewPart:
        """Return the data of a diagram with the picture of it that programs show first.

        The data name the picture by a relationship of the part that shows the diagram.
        """
        named = _DIAGRAM_DRAWING.search(part.blob)
        rel = self._content.shelf.carried(self._story).get(named[2].decode()) if named else None
        if named is None or rel is None:
            return part
        new = self._sink.link_part(self._content.shelf.part(rel))
        blob = part.blob[: named.start(2)] + new.encode() + part.blob[named.end(2) :]
        return replace(part, blob=blob)

    def _story_part(self, r_id: str) -> str:
        """Return the relationship to a new header or footer."""
        shelf = self._content.shelf
        rel = shelf.carried(self._content.main)[r_id]
        carried = shelf.carried(rel.target)
        blob = self._guest.prepared.stories[rel.target].filled(self._fill).encode()
        part = NewPart(
            "", rel.kind, "xml", f"{_WORD}{rel.kind}+xml", RELATIONSHIP_TYPES[rel.kind], blob,
            related=shelf.related(carried), links=links(carried),
        )  # fmt: skip
        return self._sink.link_part(part)


_VALUES = frozenset(("style", "list", "id", "name", "shape", "note", "rel", "story"))


__all__ = ["HostFacts", "Merger", "read_host_facts"]
