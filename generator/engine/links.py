"""Links whose addresses hold tags: each is written where it stands, so that it sees its loop.

The address of a link is kept apart from the text, in the relationships of its part. It is written
right before the link, captured, and becomes a relationship of the part that is being rendered.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote
from zlib import crc32

from generator.engine.active_content import has_scheme
from generator.engine.locate import Places
from generator.engine.markup import Element, text_mark
from generator.engine.program import marked_tags
from generator.engine.stories import TagRegister, pair_blocks
from generator.engine.tags import find_tags, has_tags
from generator.office.deflate import deflate
from generator.office.names import qname
from generator.office.package import Package, Part, relationships_name
from generator.office.relationships import DECLARATION, relationships_xml

#: Addresses with tags by the id of their relationship.
Addresses = dict[str, str]

_R_ID = qname("r:id")


def take_addresses(package: Package) -> tuple[Package, dict[str, Addresses]]:
    """Return a package without the relationships whose addresses hold tags, and these by part."""
    parts, relationships = dict(package.parts), dict(package.relationships)
    taken: dict[str, Addresses] = {}
    for name, rels in package.relationships.items():
        addresses = {rel.r_id: _readable(rel.target) for rel in rels.values() if rel.is_external}
        addresses = {r_id: text for r_id, text in addresses.items() if has_tags(text)}
        if not addresses:
            continue
        taken[name] = addresses
        kept = {r_id: rel for r_id, rel in rels.items() if r_id not in addresses}
        relationships[name] = kept
        folder = name.rpartition("/")[0]
        blob = (DECLARATION + relationships_xml(kept.values(), folder)).encode()
        rels_name = relationships_name(name)
        kind = parts[rels_name].content_type
        parts[rels_name] = Part(rels_name, deflate(blob), len(blob), 8, crc32(blob), kind, blob)
    if not taken:
        return package, taken
    return replace(package, parts=parts, relationships=relationships), taken


def _readable(address: str) -> str:
    """Return an address with the tags that Office percent-encoded readable again."""
    return unquote(address) if "%7B" in address else address


def write_addresses(
    root: Element, addresses: Addresses, places: Places, register: TagRegister
) -> None:
    """Let each link of a tree with one of these addresses be written with it."""
    for link in [element for element in root.iter() if isinstance(element.tag, str)]:
        address = addresses.get(link.get(_R_ID) or "")
        if address is None:
            continue
        variable = f"__address{len(register.tags)}"
        begin = register.internal_block(f"set {variable}", link)
        end = register.internal_block("endset", link)
        link.addprevious(begin)
        link.addprevious(end)
        begin.tail = _marked(address, link, places, register)
        link.set(_R_ID, register.internal_print(f"__link__({variable})", "emit_attribute", link))


def _marked(address: str, link: Element, places: Places, register: TagRegister) -> str:
    tags, problems = find_tags(address, places.of(link, address).inside("link"))
    register.problems += problems
    found = [register.add(tag, link, "") for tag in tags]
    pair_blocks(found, register)
    marked = address
    for item in reversed(found):
        mark = "" if item.tag.kind == "comment" else text_mark(item.index)
        marked = marked[: item.tag.start] + mark + marked[item.tag.end :]
    print_address(marked, register)
    return marked


def print_address(written: str, register: TagRegister) -> None:
    """Let the tags of an address print so that the whole can only be one.

    Behind a fixed beginning they go on with it. Without one the first is the beginning, which
    must not be empty if something follows; where blocks choose between prints, each is whole.
    """
    marks = marked_tags(written)
    found = [register.tags[index] for index in marks]
    is_begun = has_scheme(written)
    has_blocks = any(item.tag.kind != "print" for item in found)
    is_alone = len(marks) == 1 and written.strip() == text_mark(marks[0])
    for number, item in enumerate(found):
        if item.tag.kind != "print":
            continue
        if is_begun or (number and not has_blocks):
            item.prints_with = "emit_address_part"
        else:
            item.prints_with = "emit_address" if has_blocks or is_alone else "emit_address_start"
