"""The package of a render that changed more than text: new parts, repeated or dropped slides.

Untouched parts are copied as packed bytes here too; only relationships, the list of content types
and the list of slides are written anew.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Set
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from generator.engine.lists import NUMBERING_CONTENT_TYPE, with_lists
from generator.engine.notes import KINDS, new_notes_part, with_notes
from generator.engine.rendering import PartOutput, Rendering
from generator.engine.slides import SHARED_KINDS
from generator.office.deflate import inflate
from generator.office.names import NAMESPACES
from generator.office.package import CONTENT_TYPES, Part, Relationship, relationships_name
from generator.office.relationships import DECLARATION, relationships_xml
from generator.office.xml import escape_attribute
from generator.office.zip_writer import Entry, entry, pack

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate

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
        self._numbers: dict[str, int] = {}
        self._dropped = False
        self._origins: dict[str, str] = {}

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
                   if id(output) in written}  # fmt: skip
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
        copied: list[dict[str, str]] = []
        current: dict[str, str] = {}
        for output in self._rendering.outputs:
            template = self._name(output)
            if template in slides:
                current = {}
                if template in used:
                    self._copy(template, current, output.unused)
                else:
                    current[template] = template
                used.add(template)
                order.append((template, current[template]))
                copied.append(current)
            self._place(output, current.get(template, template), written)
        self._lead_links(order)
        self._drop_links(slides - used)
        self._list_slides(order, copied)

    def _lead_links(self, order: list[tuple[str, str]]) -> None:
        """Let links from slide to slide lead to the copy of the same turn."""
        positions: dict[str, list[int]] = {}
        for position, (template, _) in enumerate(order):
            positions.setdefault(template, []).append(position)
        if len(positions) == len(order):
            return
        ranks = {slide.name: rank for rank, slide in enumerate(self._compiled.deck.slides)}
        for position, (template, name) in enumerate(order):
            own = self._package.relationships.get(template, {})
            leads = {
                r_id: order[_linked(position, positions[rel.target], rel.target == template,
                                    ranks[rel.target] > ranks[template],
                                    len(positions[template]) == 1)][1]
                for r_id, rel in own.items()
                if rel.kind == "slide" and not rel.is_external and rel.target in positions
            }  # fmt: skip
            if leads:
                self._rels[name] = [
                    replace(rel, target=leads.get(rel.r_id, rel.target)) for rel in self._rels[name]
                ]
                self._changed.add(name)

    def _drop_links(self, dropped: Set[str]) -> None:
        """Drop what leads to slides that are not there any more."""
        if not dropped:
            return
        for name, rels in self._rels.items():
            lost = [rel.r_id for rel in rels if not rel.is_external and rel.target in dropped
                    and rel.kind == "slide"]  # fmt: skip
            if not lost or name in dropped or name not in self._items:
                continue
            self._rels[name] = [rel for rel in rels if rel.r_id not in lost]
            self._changed.add(name)
            if name != self._package.main and self._package.parts[self._origin(name)].is_xml:
                text = _inflated(self._items[name]).decode("utf-8-sig")
                text = _LINK.sub(lambda link: "" if link["id"] in lost else link[0], text)  # noqa: B023 - used at once
                self._items[name] = entry(name, text.encode())

    def _origin(self, name: str) -> str:
        return self._origins.get(name, name)

    def _copy(self, name: str, copies: dict[str, str], unused: Set[str] = frozenset()) -> str:
        """Copy a part with all that must be its own; ``copies`` maps old names to new ones.

        What only ``unused`` relationships lead to is left out.
        """
        if name in copies:
            return copies[name]
        part = self._package.parts[name]
        copies[name] = new = self._new_name(name)
        self._origins[new] = name
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
        if rel.kind in SHARED_KINDS and rel.target not in copies:
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

    def _list_slides(self, order: list[tuple[str, str]], copied: list[dict[str, str]]) -> None:
        ids = {slide.name: (slide.r_id, slide.number) for slide in self._compiled.deck.slides}
        next_id = max((number for _, number in ids.values()), default=255) + 1
        listed: list[tuple[str, str, int]] = []
        main = self._package.main
        for (template, name), copies in zip(order, copied, strict=True):
            if template == name:
                listed.append((template, *ids[template]))
                continue
            r_id = f"rIdSlide{next_id}"
            self._rels[main].append(
                Relationship(r_id, NAMESPACES["r"] + "/slide", name, is_external=False)
            )
            listed.append((template, r_id, next_id))
            self._renew_comments(copies, ids[template][1], next_id)
            next_id += 1
        self._changed.add(main)
        text = _inflated(self._items[main]).decode("utf-8-sig")
        text = _with_slide_list(text, listed)
        text = _with_sections(text, listed, {name: number for name, (_, number) in ids.items()})
        text = _with_shows(text, listed, {r_id: name for name, (r_id, _) in ids.items()})
        self._items[main] = entry(main, text.encode())

    def _renew_comments(self, copies: dict[str, str], old: int, number: int) -> None:
        """Let the comments on a copied slide be about that slide, under ids of their own."""
        for part, copy in copies.items():
            if "/comments/" not in f"/{part}" or copy == part:
                continue
            text = _inflated(self._items[copy]).decode("utf-8-sig")
            text = text.replace(f'sldId="{old}"', f'sldId="{number}"')
            text = _COMMENT_ID.sub(lambda found: found[1] + _renewed(found[2], number) + '"', text)
            self._items[copy] = entry(copy, text.encode())

    # -- bookkeeping -----------------------------------------------------------------------------

    def _write_relationships(self) -> None:
        written_before: dict[str, Entry] = {}
        for name in sorted(self._changed):
            rels_name = relationships_name(name)
            xml = DECLARATION + relationships_xml(self._rels[name], name.rpartition("/")[0])
            same = written_before.get(xml)  # copies of a slide point at the same parts
            if same is None:
                same = written_before[xml] = entry(rels_name, xml.encode())
            self._items[rels_name] = same.named(rels_name)

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


#: Links of shapes and texts, and the ids of comments and their answers.
_LINK = re.compile(
    r'<(?P<tag>(?:\w+:)?hlink(?:Click|Hover|MouseOver))\b[^<>]*?\s\w+:id="(?P<id>[^"]*)"[^<>]*?'
    r"(?:/>|>.*?</(?P=tag)>)",
    re.DOTALL,
)
_COMMENT_ID = re.compile(r'(<\w+:(?:cm|reply)\b[^<>]*?\sid=")(\{[0-9A-Fa-f-]{36}\})"')


def _renewed(guid: str, number: int) -> str:
    """Return another id of the same form, always the same for the same slide."""
    digits = blake2b(f"{guid} {number}".encode(), digest_size=16).hexdigest().upper()
    return f"{{{'-'.join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))}}}"


def _linked(
    position: int, targets: list[int], is_self: bool, is_later: bool, is_single: bool
) -> int:
    """Return which of the copies of a slide a link leads to.

    ``position`` is where the linking slide stands, ``targets`` where the copies do. ``is_later``:
    the slide comes behind the linking one in the template. ``is_single``: nothing repeats the
    linking slide.
    """
    if is_self:
        return position
    if is_single:
        return targets[0]
    if is_later:
        return next((t for t in targets if t > position), targets[-1])
    return next((t for t in reversed(targets) if t < position), targets[0])


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


_SHOW_SLIDE = re.compile(r'<(\w+):sld (?:xmlns:\w+="[^"]*" )?(\w+):id="([^"]+)"\s*/>')


def _with_shows(text: str, listed: list[tuple[str, str, int]], templates: dict[str, str]) -> str:
    """Let the custom shows of a deck hold the copies of their slides, and none that is gone."""
    copies: dict[str, list[str]] = {}
    for template, r_id, _ in listed:
        copies.setdefault(template, []).append(r_id)

    def write(match: re.Match[str]) -> str:
        slide = templates.get(match[3])
        if slide is None:
            return match[0]
        return "".join(match[0].replace(f'"{match[3]}"', f'"{r_id}"')
                       for r_id in copies.get(slide, ()))  # fmt: skip

    return _SHOW_SLIDE.sub(write, text)
