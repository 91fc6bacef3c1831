"""From one part of a package to its draft: marked XML, and what its marks mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.engine import slides
from generator.engine.active_content import link_targets
from generator.engine.cell_tags import apply_cell_tags
from generator.engine.compiled import TemplatePart
from generator.engine.identity import Turns, refresh_ids
from generator.engine.links import Addresses, print_address, write_addresses
from generator.engine.lists import read_sheet, restart_lists
from generator.engine.locate import Places, part_label, slide_names
from generator.engine.markup import (
    A_P,
    A_T,
    PARAGRAPH_PROPERTIES,
    PARAGRAPHS,
    RANGE_MARKS,
    TEXTS,
    Element,
    text_mark,
)
from generator.engine.mending import set_marks
from generator.engine.merging import join_field_codes, merge_paragraphs
from generator.engine.notes import (
    MovedNote,
    NoteShelf,
    capture_notes,
    move_notes,
    without_moved,
)
from generator.engine.owned_links import print_owned_links
from generator.engine.page_headers import RepeatedHeader, repeat_headers
from generator.engine.print_places import print_places
from generator.engine.program import PrintPlace, marked_tags
from generator.engine.scopes import place_blocks
from generator.engine.sites import Site, SiteFinder
from generator.engine.stories import (
    Block,
    FoundTag,
    TagRegister,
    read_part_tags,
    unescape_braces,
)
from generator.engine.subdocument_sections import mark_sections
from generator.engine.tags import has_tags
from generator.engine.text_boxes import print_copies, take_copies
from generator.engine.tracked import drop_deleted_tags
from generator.engine.widths import ShapeBoxes
from generator.errors import Location
from generator.model.limits import Limits
from generator.office.names import qname
from generator.office.package import CONTENT_TYPES, Package
from generator.office.relationships import DECLARATION
from generator.office.xml import parse_xml, serialise

#: A brace and a second sign of a tag behind it, with nothing but markup between.
_MAY_HOLD_TAGS = re.compile(rb"\{(?:<[^<>]*>|\s)*[{%#_]").search


_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A part on its way to the program: its marked XML and what its marks mean."""

    compiled: TemplatePart
    xml: str
    places: dict[int, PrintPlace]


class PartReader:
    """Reads the parts of one package; their tags come into one register."""

    def __init__(
        self,
        package: Package,
        register: TagRegister,
        shelf: NoteShelf,
        bindings: Mapping[str, str],
        limits: Limits,
        addresses: Mapping[str, Addresses],
    ) -> None:
        self._addresses = addresses
        self._package = package
        self._register = register
        self._shelf = shelf
        self._limits = limits
        self._boxes = ShapeBoxes(package)
        self._slides = frozenset(slide_names(package))
        self._moved: list[MovedNote] = []
        self._note_parts = {part: kind for kind, part in shelf.parts.items()}
        self._grafted: dict[str, PartDraft | None] = {}
        #: Headers and footers that are written in each turn of a loop.
        self.headers: tuple[RepeatedHeader, ...] = ()
        #: Relationships that go with what blocks drop, by part.
        self.dropped: dict[str, frozenset[str]] = {}
        self._in_turn = False
        self._finder = SiteFinder(package, register, self._boxes, self._graft, bindings)

    @property
    def sites(self) -> tuple[Site, ...]:
        """The drawings that a render may fill, of all parts read so far."""
        return tuple(self._finder.sites)

    def read_all(self) -> list[PartDraft]:
        """Return the drafts of all parts that a render writes, the main story or slides first.

        Charts and headers that are written where they are shown are not among them.
        """
        drafts = [draft for name in _order(self._package) if (draft := self.read(name))]
        self._register.problems += self._finder.unused_bindings()
        return [draft for draft in drafts if draft.compiled.name not in self._grafted]

    def read(self, name: str) -> PartDraft | None:
        """Return the draft of a part; None for one that a render leaves as it is."""
        if name in self._grafted:
            return self._grafted[name]
        register = self._register
        before = len(register.tags)
        xml, mended = "", False
        places: dict[int, PrintPlace] = {}
        root = self._parse(name)
        if root is not None:
            xml, mended, places = self._mark(name, root, before)
        if not xml and name not in self._slides:
            return None
        return PartDraft(TemplatePart(name, mended, bool(xml)), xml, places)

    def _parse(self, name: str) -> Element | None:
        """Return the tree of a part that may hold tags or has lost notes; else None."""
        part = self._package.parts[name]
        lost_notes = any(note.kind.name == self._note_parts.get(name) for note in self._moved)
        if not (
            lost_notes
            or name in self._addresses
            or _MAY_HOLD_TAGS(part.blob)
            or (self._holds_drawings(name) and self._finder.may_have_sites(part.blob))
        ):
            return None
        return parse_xml(part.blob, self._where(name), self._limits)

    def _holds_drawings(self, name: str) -> bool:
        return name in self._package.relationships and not self._is_chart(name)

    def _is_chart(self, name: str) -> bool:
        return self._package.parts[name].content_type == _CHART_TYPE

    def _graft(self, name: str) -> Element | None:
        """Return a node that stands for a part with tags; None for one without."""
        if name not in self._grafted:
            draft = self.read(name)
            if draft is None:
                return None
            self._grafted[name] = draft
        draft = self._grafted[name]
        assert draft is not None
        return self._register.graft(draft)

    def _graft_in_turn(self, name: str) -> Element | None:
        """Return what ``_graft`` gives; ids and bookmarks of the part are those of a turn."""
        self._in_turn = True
        node = self._graft(name)
        self._in_turn = False
        return node

    def _begin_turn(self, root: Element) -> tuple[int, ...]:
        begin = self._register.internal_block("set __turn = none", root)
        root.insert(0, begin)
        return (int(begin.text or "0"),)

    def _codes_of(self, name: str) -> list[str]:
        """Return what the tags of a part say, as far as can be told before it is read."""
        root = self._parse(name)
        if root is None:
            return []
        texts = ["".join(map(str, paragraph.itertext())) for paragraph in root.iter(*PARAGRAPHS)]
        texts += [str(value) for element in root.iter() for value in element.attrib.values()]
        texts += self._addresses.get(name, {}).values()
        return [text for text in texts if has_tags(text)]

    def _where(self, name: str) -> Location:
        return Location(self._package.file, part_label(self._package, name))

    def _mark(
        self, name: str, root: Element, before: int
    ) -> tuple[str, bool, dict[int, PrintPlace]]:
        """Return a part's XML with marks (empty if it has no tags), and what they mean."""
        package, register = self._package, self._register
        moved: list[MovedNote] = []
        lost_notes = False
        if name == package.main:
            moved = self._moved = move_notes(root, package, self._shelf, self._limits)
        elif name in self._note_parts:
            lost_notes = without_moved(root, self._moved, self._note_parts[name])
        blob = package.parts[name].blob
        if b"<w:del " in blob or b"<w:moveFrom " in blob:
            drop_deleted_tags(root)
        boxes = take_copies(root) if b"Fallback" in blob else []
        locator = Places(root, self._where(name))
        if b"%-" in blob or b"-%" in blob:
            locator.count()  # places are those of the template as its author sees it
            merge_paragraphs(root)
        if b"instrText" in blob:
            join_field_codes(root)
        blocks = read_part_tags(root, locator, register)
        is_unescaped = unescape_braces(root)
        turns = self._place(root, blocks, moved, before)
        print_copies(boxes, register)
        self._write_addresses(name, root, moved, locator)
        if self._holds_drawings(name):
            self._finder.find(name, root)
        if len(register.tags) == before and not (is_unescaped or lost_notes):
            return "", False, {}
        if name == package.main and package.format == "docx":
            self.headers = tuple(
                repeat_headers(root, package, turns, register, self._codes_of, self._graft_in_turn)
            )
            mark_sections(root, register)
        filled = [site.r_id for site in self._finder.sites]
        self.dropped[name] = print_owned_links(name, root, package, filled, register)
        places = print_places(package, name, root, register, before, self._boxes)
        mended = set_marks(root, register) or any(place.frame for place in places.values())
        return DECLARATION + serialise(root), mended, places

    def _write_addresses(
        self, name: str, root: Element, moved: list[MovedNote], locator: Places
    ) -> None:
        """Write the addresses of links; a note that stands in the text has those of its part."""
        for note in moved:
            part = self._shelf.parts[note.kind.name]
            if part in self._addresses:
                write_addresses(note.element, self._addresses[part], locator, self._register)
        if name in self._addresses:
            write_addresses(root, self._addresses[name], locator, self._register)

    def _place(
        self, root: Element, blocks: list[Block], moved: list[MovedNote], before: int
    ) -> Turns:
        register = self._register
        _choose_printers(register.tags[before:])
        _clear_paragraphs(register.tags[before:])
        _bind_titles(root, register)
        _guard_links(root, register)
        slides.take_slide_tags(root, register, before)
        apply_cell_tags(register.tags[before:], register)
        place_blocks(root, blocks, register)
        restart_lists(root, blocks, lambda: read_sheet(self._package), register)
        turns = Turns.of(root, register, self._begin_turn(root) if self._in_turn else ())
        refresh_ids(root, turns, register)
        capture_notes(root, moved, turns, register)
        return turns


def _choose_printers(found: list[FoundTag]) -> None:
    for item in found:
        if item.prints_with or item.tag.kind != "print":
            continue
        if item.attribute:
            item.prints_with = "emit_attribute"
        elif item.attribute == "":
            item.prints_with = "emit_plain"
        else:
            is_drawingml = item.host.tag == A_P
            item.prints_with = "emit_text" if is_drawingml else "emit_run"


def _bind_titles(root: Element, register: TagRegister) -> None:
    """Let a tag that is the whole title of a chart fill the chart, if its value is one."""
    for title in root.iterfind(f"{qname('c:chart')}/{qname('c:title')}"):
        text = "".join(item.text or "" for item in title.iter(A_T)).strip()
        marks = marked_tags(text)
        if len(marks) == 1 and text == text_mark(marks[0]):
            found = register.tags[marks[0]]
            if found.prints_with == "emit_text":
                found.prints_with = "emit_title"


def _clear_paragraphs(found: list[FoundTag]) -> None:
    """Drop what stands beside a tag ``{{p x }}``: its value takes the place of the paragraph."""
    for item in found:
        if item.tag.kind != "print" or item.tag.scope != "p" or item.host.tag not in PARAGRAPHS:
            continue
        mark = text_mark(item.index)
        for child in list(item.host):
            texts = [text for text in child.iter(*TEXTS) if text.text and mark in text.text]
            if texts:
                texts[0].text = mark
            elif child.tag not in PARAGRAPH_PROPERTIES and child.tag not in RANGE_MARKS:
                item.host.remove(child)


def _guard_links(root: Element, register: TagRegister) -> None:
    """Let values in the code of a HYPERLINK field be addresses that a link may lead to."""
    codes = [text.text or "" for text in root.iter(qname("w:instrText"))]
    codes += [field.get(qname("w:instr")) or "" for field in root.iter(qname("w:fldSimple"))]
    for code in codes:
        if code.strip().upper().startswith("HYPERLINK"):
            for index in marked_tags(code):
                if register.tags[index].tag.kind == "print":
                    register.tags[index].prints_with = "emit_address_part"
            for address in link_targets(code):
                print_address(address, register)


def _order(package: Package) -> list[str]:
    """Return the parts that may hold tags: the main story or the slides with notes come first."""
    first = [package.main] if package.format == "docx" else []
    for slide in slide_names(package):
        first += [slide, *package.related(slide, "notesSlide")]
    rest = [
        name
        for name in package.parts
        if package.parts[name].is_xml
        and not name.endswith(".rels")
        and name != CONTENT_TYPES
        and name not in first
    ]
    return first + sorted(rest)
