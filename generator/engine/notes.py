"""Footnotes, endnotes and comments that are printed where they are referred to.

In a template with loops a note must be written once for each turn, with the values of that turn.
The compiler therefore moves each note from its part to its reference, so that its tags see what
the reference sees; a render puts the finished notes back into their part, under new ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass

from generator.engine.identity import Turns
from generator.engine.markup import Element
from generator.engine.stories import TagRegister
from generator.errors import Location
from generator.model.limits import Limits
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES, qname
from generator.office.package import Package
from generator.office.xml import escape_attribute, parse_xml

_ID = qname("w:id")
_LOOPS = re.compile(r"\{%\W*(?:p|tr|tc|r)?\s*(?:for|macro|call)\b")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."


@dataclass(frozen=True, slots=True)
class NoteKind:
    """What the three kinds of notes differ in; ``name`` is the last word of the relationship."""

    name: str
    note: str
    reference: str
    file: str

    @property
    def content_type(self) -> str:
        return f"{_WORD}{self.name}+xml"

    @property
    def relationship_type(self) -> str:
        return RELATIONSHIP_TYPES[self.name]


KINDS = {
    kind.name: kind
    for kind in (
        NoteKind("footnotes", "footnote", "footnoteReference", "footnotes.xml"),
        NoteKind("endnotes", "endnote", "endnoteReference", "endnotes.xml"),
        NoteKind("comments", "comment", "commentReference", "comments.xml"),
    )
}


@dataclass(frozen=True, slots=True)
class NoteStyles:
    """Ids of the template's styles for notes, by the kind of note; empty where it has none."""

    text: dict[str, str]
    reference: dict[str, str]


@dataclass(frozen=True, slots=True)
class NoteShelf:
    """What a template knows of its notes before a render.

    ``parts`` are the names of the parts by kind, ``highest`` the highest ids in them.
    ``declarations`` are namespaces that moved notes need beyond those of their part.
    """

    parts: dict[str, str]
    highest: dict[str, int]
    declarations: dict[str, str]


@dataclass(slots=True)
class MovedNote:
    """A note at its reference in the main story."""

    kind: NoteKind
    element: Element
    reference: Element
    old_id: str


def read_shelf(package: Package, limits: Limits) -> NoteShelf:
    """Return the shelf of a document; an empty one for a deck."""
    parts: dict[str, str] = {}
    highest: dict[str, int] = {}
    for kind in KINDS.values():
        found = package.related(package.main, kind.name) if package.format == "docx" else []
        if found and found[0] in package.parts:
            parts[kind.name] = found[0]
            pattern = rf'<w:{kind.note}\b[^>]*\bw:id="(\d{{1,18}})"'.encode()
            ids = [int(number) for number in re.findall(pattern, package.parts[found[0]].blob)]
            highest[kind.name] = max(ids, default=0)
    return NoteShelf(parts, highest, {})


def read_note_styles(package: Package) -> NoteStyles:
    """Return the ids of a document's styles for notes."""
    names: dict[str, str] = {}
    for part in package.related(package.main, "styles"):
        if part in package.parts:
            root = parse_xml(package.parts[part].blob, Location(package.file))
            for style in root.iterfind(qname("w:style")):
                name = style.find(qname("w:name"))
                if name is not None:
                    names[(name.get(qname("w:val")) or "").lower()] = (
                        style.get(qname("w:styleId")) or ""
                    )
    return NoteStyles(
        {kind: names.get(f"{kind[:-1]} text", "") for kind in KINDS},
        {kind: names.get(f"{kind[:-1]} reference", "") for kind in KINDS},
    )


def move_notes(root: Element, package: Package, shelf: NoteShelf, limits: Limits
               ) -> list[MovedNote]:  # fmt: skip
    """Copy the notes of the main story to their references, if the story has loops."""
    if not shelf.parts or not _has_loops(root):
        return []
    moved: list[MovedNote] = []
    for name, part in shelf.parts.items():
        kind = KINDS[name]
        references = list(root.iter(qname(f"w:{kind.reference}")))
        if not references:
            continue
        notes = parse_xml(package.parts[part].blob, Location(package.file), limits)
        by_id = {note.get(_ID): note for note in notes.iterfind(qname(f"w:{kind.note}"))}
        known = set(notes.nsmap.items())
        shelf.declarations[name] = "".join(
            f' xmlns:{prefix}="{escape_attribute(uri)}"'
            for prefix, uri in root.nsmap.items()
            if prefix and (prefix, uri) not in known and prefix not in notes.nsmap
        )
        for reference in references:
            old_id = reference.get(_ID) or ""
            if old_id in by_id:
                element = deepcopy(by_id[old_id])
                reference.addprevious(element)
                moved.append(MovedNote(kind, element, reference, old_id))
    return moved


def _has_loops(root: Element) -> bool:
    text = "".join(text.text or "" for text in root.iter(qname("w:t")))
    return _LOOPS.search(text) is not None


def without_moved(root: Element, moved: Iterable[MovedNote], part_kind: str) -> bool:
    """Drop from a part of notes those that stand at their references now; say if there were any."""
    gone = {note.old_id for note in moved if note.kind.name == part_kind}
    for note in list(root.iterfind(qname(f"w:{KINDS[part_kind].note}"))):
        if note.get(_ID) in gone:
            root.remove(note)
    return bool(gone)


def capture_notes(
    root: Element, moved: list[MovedNote], turns: Turns, register: TagRegister
) -> None:
    """Let each moved note be written aside when its reference is printed."""
    for number, item in enumerate(moved):
        kind, note = item.kind.name, item.element
        variable, captured = f"__note_id{number}", f"__note{number}"
        marks = _range_marks(root, item, turns)
        first = min([note, *marks], key=lambda e: turns.order.get(e, 0))
        first.addprevious(register.internal_block(f"set {variable} = __note_id__('{kind}')", note))
        note.addprevious(register.internal_block(f"set {captured}", note))
        note.addnext(register.internal_block("endset", note))
        note.set(_ID, register.internal_print(variable, "emit_plain", note))
        enter = register.internal_print(f"__enter_note__('{kind}')", "emit_plain", note)
        note.text = enter + (note.text or "")
        code = f"__note__('{kind}', {variable}, {captured})"
        item.reference.set(_ID, register.internal_print(code, "emit_plain", note))
        for mark in marks:
            mark.set(_ID, register.internal_print(variable, "emit_plain", note))


def _range_marks(root: Element, item: MovedNote, turns: Turns) -> list[Element]:
    """Return the two marks of a commented range; marks that leave its block are dropped."""
    if item.kind.name != "comments":
        return []
    found = [
        mark
        for mark in root.iter(qname("w:commentRangeStart"), qname("w:commentRangeEnd"))
        if mark.get(_ID) == item.old_id
    ]
    path = turns.path(item.reference)
    if len(found) == 2 and all(turns.path(mark) == path for mark in found):
        return found
    for mark in found:
        parent = mark.getparent()
        if parent is not None:
            parent.remove(mark)
    return []


def with_notes(text: str, notes: Iterable[str], kind: str, declarations: str) -> str:
    """Return the XML of a part of notes with more of them at its end."""
    root = KINDS[kind].name
    text = re.sub(rf"(<w:{root}\b[^>]*?)/>\s*$", rf"\1></w:{root}>", text)
    if declarations:
        text = text.replace(f"<w:{root}", f"<w:{root}{declarations}", 1)
    head, closing, rest = text.rpartition(f"</w:{root}>")
    return "".join((head, *notes, closing, rest))


def new_notes_part(kind: str) -> str:
    """Return the XML of a part of notes without any, for a document that has none yet."""
    names = KINDS[kind]
    declared = f'xmlns:w="{NAMESPACES["w"]}" xmlns:r="{NAMESPACES["r"]}"'
    marks = "".join(
        f'<w:{names.note} w:type="{sign}" w:id="{number}"><w:p><w:r><w:{sign}/></w:r></w:p>'
        f"</w:{names.note}>"
        for sign, number in (("separator", -1), ("continuationSeparator", 0))
    )
    return f"<w:{kind} {declared}>{marks if kind != 'comments' else ''}</w:{kind}>"


def note_xml(kind: str, number: int, runs: str, styles: NoteStyles) -> str:
    """Return a note of one paragraph: its sign, a space, and its runs."""
    names = KINDS[kind]
    style = styles.text.get(kind)
    paragraph = f'<w:pPr><w:pStyle w:val="{escape_attribute(style)}"/></w:pPr>' if style else ""
    sign = f"<w:r>{_sign_format(kind, styles)}<w:{names.note}Ref/></w:r>"
    return (
        f'<w:{names.note} w:id="{number}"><w:p>{paragraph}{sign}'
        f'<w:r><w:t xml:space="preserve"> </w:t></w:r>{runs}</w:p></w:{names.note}>'
    )


def reference_run(kind: str, number: int, styles: NoteStyles) -> str:
    """Return the run that refers to a note."""
    return f'<w:r>{_sign_format(kind, styles)}<w:{KINDS[kind].reference} w:id="{number}"/></w:r>'


def _sign_format(kind: str, styles: NoteStyles) -> str:
    style = styles.reference.get(kind)
    if style:
        return f'<w:rPr><w:rStyle w:val="{escape_attribute(style)}"/></w:rPr>'
    return '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'


__all__ = [
    "KINDS",
    "MovedNote",
    "NoteShelf",
    "capture_notes",
    "move_notes",
    "new_notes_part",
    "note_xml",
    "read_note_styles",
    "read_shelf",
    "reference_run",
    "with_notes",
    "without_moved",
]
