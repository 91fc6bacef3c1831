"""The package of a render that changed more than text: new parts, repeated or dropped slides.

Untouched parts are copied as packed bytes here too; only relationships, the list of content types
and the list of slides are written anew.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Set
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.engine.lists import NUMBERING_CONTENT_TYPE, with_lists
from generator.engine.notes import KINDS, new_notes_part, with_notes
from generator.engine.rendering import PartOutput, Rendering
from generator.office.deflate import inflate
from generator.office.names import NAMESPACES
from generator.office.package import CONTENT_TYPES, Part, Relationship, relationships_name
from generator.office.relationships import DECLARATION, append_relationships, relationships_xml
from generator.office.xml import escape_attribute
from generator.office.zip_writer import Entry, entry, pack

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate

#: Relationships of a slide that a copy of the slide shares; all others lead to copies.
_SHARED_KINDS = frozenset(
    ("slideLayout", "slideMaster", "notesMaster", "theme", "image", "media", "video", "audio",
     "hyperlink", "slide", "tableStyles")
)  # fmt: skip

Outputs = list[tuple[PartOutput, Entry]]


def assemble(compiled: CompiledTemplate, rendering: Rendering, entries: Outputs) -> bytes:
    """Return the finished package."""
    return _Assembly(compiled, rendering).build(entries)


class _Assembly:
    def __init__(self, compiled: CompiledTemplate, rendering: Rendering) -> None:
        self._compiled = compiled
        self._package = compiled.package
        self._rendering = rendering
        self._types: dict[str, str] = {}
        self._items: dict[str, Entry] = {}
        self._rels: dict[str, list[Relationship]] = {
            name: list(rels.values()) for name, rels in self._package.relationships.items()
        }
        self._changed: set[str] = set()
        self._written_rels: dict[str, Entry] = {}
        self._numbers: dict[str, int] = {}
        self._dropped = False

    def build(self, entries: Outputs) -> bytes:
        written = {id(output): item for output, item in entries}
        for part in self._package.parts.values():
            self._items[part.name] = _copied(part, part.name)
        if self._compiled.deck.is_dynamic:
            self._place_slides(written)
        else:
            for output in self._rendering.outputs:
                self._place(output, self._name(output), written)
        for added in self._rendering.added.values():
            self._items[added.name] = entry(added.name, added.blob)
            self._types[added.name] = added.content_type
            if added.relationships:
                self._rels[added.name] = list(added.relationships)
                self._changed.add(added.name)
        for name, blob in self._rendering.fillings.overrides.items():
            if name in self._items:
                self._items[name] = entry(name, blob)
        self._add_notes(written)
        self._add_lists()
        self._add_styles()
        self._write_relationships()
        if self._compiled.deck.is_dynamic or self._dropped:
            self._drop_unreachable()
        self._items[CONTENT_TYPES] = entry(CONTENT_TYPES, self._content_types().encode())
        return pack(self._items.values())

    def _name(self, output: PartOutput) -> str:
        return self._compiled.parts[output.number].name

    def _place(self, output: PartOutput, name: str, written: dict[int, Entry]) -> None:
        item = written.get(id(output))
        if output.is_relationships:
            if item is not None:
                self._written_rels[name] = item
            return
        if item is not None:
            self._items[name] = item.named(name)
        if output.added or output.unused:
            kept = [rel for rel in self._rels.get(name, []) if rel.r_id not in output.unused]
            self._rels[name] = kept + output.added
            self._changed.add(name)
            self._dropped = self._dropped or bool(output.unused)

    # -- notes -----------------------------------------------------------------------------------

    def _add_notes(self, written: dict[int, Entry]) -> None:
        """Add the notes of this render to their parts; a part that is not there is made."""
        shelf = self._compiled.shelf
        changed = {self._name(output): written[id(output)] for output in self._rendering.outputs
                   if id(output) in written and not output.is_relationships}  # fmt: skip
        for kind, notes in self._rendering.notes.items():
            name = shelf.parts.get(kind) or self._new_notes(kind)
            if name in changed:
                text = inflate(changed[name].packed).decode()
            elif name in self._package.parts:
                text = self._package.parts[name].blob.decode("utf-8-sig")
            else:
                text = DECLARATION + new_notes_part(kind)
            text = with_notes(text, notes, kind, shelf.declarations.get(kind, ""))
            self._items[name] = entry(name, text.encode())
            output = self._rendering.note_outputs.get(kind)
            if output is not None and output.added:
                self._rels[name] = self._rels.get(name, []) + output.added
                self._changed.add(name)

    def _new_notes(self, kind: str) -> str:
        """Return the name of a new part of notes, with the main part's relationship to it."""
        names, main = KINDS[kind], self._package.main
        name = posixpath.join(posixpath.dirname(main), names.file)
        self._types[name] = names.content_type
        rel = Relationship(f"rId{kind.title()}", names.relationship_type, name, False)
        self._rels[main] = [*self._rels.get(main, []), rel]
        self._changed.add(main)
        return name

    def _add_lists(self) -> None:
        """Add the lists of this render to the numbering; a document without one gets one."""
        lists, main = self._rendering.lists, self._package.main
        if not lists.lists:
            return
        name = self._compiled.sheet().part
        if name is None:
            name = posixpath.join(posixpath.dirname(main), "numbering.xml")
            self._types[name] = NUMBERING_CONTENT_TYPE
            rel = Relationship("rIdNumbering", NAMESPACES["r"] + "/numbering", name, False)
            self._rels[main] = [*self._rels.get(main, []), rel]
            self._changed.add(main)
            text = f'{DECLARATION}<w:numbering xmlns:w="{NAMESPACES["w"]}"/>'
        else:
            text = self._package.parts[name].blob.decode("utf-8-sig")
        self._items[name] = entry(name, with_lists(text, lists.definitions, lists.lists).encode())

    def _add_styles(self) -> None:
        """Add the styles that came with sub-documents."""
        from generator.engine.subdocument_styles import STYLES_CONTENT_TYPE, with_styles

        added, main = self._rendering.styles, self._package.main
        if not added:
            return
        name = self._compiled.host_facts().styles.part
        if name is None:
            name = posixpath.join(posixpath.dirname(main), "styles.xml")
            self._types[name] = STYLES_CONTENT_TYPE
            rel = Relationship("rIdStyles", NAMESPACES["r"] + "/styles", name, False)
            self._rels[main] = [*self._rels.get(main, []), rel]
            self._changed.add(main)
            text = f'{DECLARATION}<w:styles xmlns:w="{NAMESPACES["w"]}"/>'
        else:
            text = _inflated(self._items[name]).decode("utf-8-sig")
        self._items[name] = entry(name, with_styles(text, added).encode())

    # -- slides ----------------------------------------------------------------------------------

    def _place_slides(self, written: dict[int, Entry]) -> None:
        slides = {slide.name for slide in self._compiled.deck.slides}
        used: set[str] = set()
        order: list[tuple[str, str]] = []
        current: dict[str, str] = {}
        for output in self._rendering.outputs:
            template = self._name(output)
            if template in slides and not output.is_relationships:
                current = {}
                if template in used:
                    self._copy(template, current, output.unused)
                else:
                    current[template] = template
                used.add(template)
                order.append((template, current[template]))
            self._place(output, current.get(template, template), written)
        for name in slides - used:
            self._rels[self._package.main] = [
                rel for rel in self._rels[self._package.main] if rel.target != name
            ]
        self._list_slides(order)

    def _copy(self, name: str, copies: dict[str, str], unused: Set[str] = frozenset()) -> str:
        """Copy a part with all that must be its own; ``copies`` maps old names to new ones.

        What only ``unused`` relationships lead to is left out.
        """
        if name in copies:
            return copies[name]
        part = self._package.parts[name]
        copies[name] = new = self._new_name(name)
        self._items[new] = _copied(part, new)
        self._types[new] = part.content_type
        rels = self._package.relationships.get(name)
        if rels is not None:
            self._rels[new] = [self._copied_rel(rel, copies) for rel in rels.values()
                               if rel.r_id not in unused]  # fmt: skip
            self._changed.add(new)
        return new

    def _copied_rel(self, rel: Relationship, copies: dict[str, str]) -> Relationship:
        if rel.is_external or rel.target not in self._package.parts:
            return rel
        if rel.kind in _SHARED_KINDS and rel.target not in copies:
            return rel
        return replace(rel, target=self._copy(rel.target, copies))

    def _new_name(self, name: str) -> str:
        """Return the next free name of the kind of a part: slide3.xml after slide2.xml."""
        base, _, extension = name.rpartition(".")
        stem = base.rstrip("0123456789")
        number = self._numbers.get(stem)
        if number is None:
            taken = (n for n in (*self._items, *self._rendering.added) if n.startswith(stem))
            pattern = re.compile(re.escape(stem) + r"(\d{1,18})\.\w+")
            matches = (pattern.fullmatch(n) for n in taken)
            number = max((int(m[1]) for m in matches if m), default=0)
        self._numbers[stem] = number + 1
        return f"{stem}{number + 1}.{extension}"

    def _list_slides(self, order: list[tuple[str, str]]) -> None:
        ids = {slide.name: (slide.r_id, slide.number) for slide in self._compiled.deck.slides}
        next_id = max((number for _, number in ids.values()), default=255) + 1
        listed: list[tuple[str, str, int]] = []
        main = self._package.main
        for template, name in order:
            if template == name:
                listed.append((template, *ids[template]))
                continue
            r_id = f"rIdSlide{next_id}"
            self._rels[main].append(
                Relationship(r_id, NAMESPACES["r"] + "/slide", name, is_external=False)
            )
            listed.append((template, r_id, next_id))
            next_id += 1
        self._changed.add(main)
        text = self._package.parts[main].blob.decode()
        text = _with_slide_list(text, listed)
        text = _with_sections(text, listed, {name: number for name, (_, number) in ids.items()})
        self._items[main] = entry(main, text.encode())

    # -- bookkeeping -----------------------------------------------------------------------------

    def _write_relationships(self) -> None:
        written_before: dict[str, Entry] = {}
        for name in sorted(self._changed | set(self._written_rels)):
            rels_name = relationships_name(name)
            folder = name.rpartition("/")[0]
            written = self._written_rels.get(name)
            if written is None:
                xml = DECLARATION + relationships_xml(self._rels[name], folder)
                same = written_before.get(xml)  # copies of a slide point at the same parts
                if same is None:
                    same = written_before[xml] = entry(rels_name, xml.encode())
                self._items[rels_name] = same.named(rels_name)
                continue
            xml = append_relationships(inflate(written.packed).decode(), [
                rel for rel in self._rels[name]
                if rel.r_id not in self._package.relationships.get(name, {})
            ], folder)  # fmt: skip
            self._items[rels_name] = entry(rels_name, xml.encode())

    def _drop_unreachable(self) -> None:
        seen: set[str] = set()
        waiting = [rel.target for rel in self._rels.get("", []) if not rel.is_external]
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self._items:
                continue
            seen.add(name)
            waiting += [r.target for r in self._rels.get(name, []) if not r.is_external]
        keep = seen | {relationships_name(name) for name in seen | {""}} | {CONTENT_TYPES}
        self._items = {name: item for name, item in self._items.items() if name in keep}

    def _content_types(self) -> str:
        text = self._package.parts[CONTENT_TYPES].blob.decode("utf-8-sig")
        for match in re.findall(r'<Override\b[^>]*?PartName="/([^"]+)"[^>]*?/>', text):
            if match not in self._items:
                text = re.sub(rf'<Override\b[^>]*?PartName="/{re.escape(match)}"[^>]*?/>', "", text)
        overrides = "".join(_override(name, kind) for name, kind in self._types.items()
                            if name in self._items)  # fmt: skip
        return text.replace("</Types>", overrides + "</Types>")


def _copied(part: Part, name: str) -> Entry:
    return Entry(name, part.packed, part.size, part.crc, part.method)


def _inflated(item: Entry) -> bytes:
    return inflate(item.packed) if item.method else item.packed


def _override(name: str, content_type: str) -> str:
    part_name = escape_attribute("/" + name)
    return f'<Override PartName="{part_name}" ContentType="{escape_attribute(content_type)}"/>'


_SLIDE_LIST = re.compile(r"(<(\w+:)?sldIdLst\b[^>]*>)(.*?)(</(?:\w+:)?sldIdLst>)", re.DOTALL)


def _with_slide_list(text: str, listed: list[tuple[str, str, int]]) -> str:
    def write(match: re.Match[str]) -> str:
        prefix = match[2] or ""
        items = "".join(
            f'<{prefix}sldId xmlns:r="{NAMESPACES["r"]}" id="{number}" r:id="{r_id}"/>'
            for _, r_id, number in listed
        )
        return match[1] + items + match[4]

    return _SLIDE_LIST.sub(
        lambda m: m.group() if (m[2] or "").startswith("p14") else write(m), text
    )


def _with_sections(text: str, listed: list[tuple[str, str, int]], old_ids: dict[str, int]) -> str:
    """Let each section of the deck hold the copies of its slides as well."""
    copies: dict[int, list[int]] = {}
    for template, _, number in listed:
        copies.setdefault(old_ids[template], []).append(number)

    def write(match: re.Match[str]) -> str:
        return "".join(f'<p14:sldId id="{number}"/>' for number in copies.get(int(match[1]), ()))

    return re.sub(r'<p14:sldId id="(\d+)"\s*/>', write, text)
