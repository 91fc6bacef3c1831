"""Blocks over slides: which tags stand before and behind each slide of a deck."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.engine.locate import slide_names
from generator.engine.markup import PARAGRAPHS, Element, nearest, new_node, says_something
from generator.engine.stories import FoundTag, TagRegister, pair_blocks
from generator.engine.tags import MIDDLES
from generator.office.names import qname
from generator.office.package import Package, Slide


@dataclass(frozen=True, slots=True)
class Deck:
    """The slides of a deck in order, none for a document; ``is_dynamic``: a block holds some."""

    slides: tuple[Slide, ...] = ()
    is_dynamic: bool = False


@dataclass(slots=True)
class DeckBlocks:
    """Slide tags by slide; ``slides`` are in order, none for a document."""

    slides: tuple[Slide, ...] = ()
    before: dict[str, list[FoundTag]] = field(default_factory=dict)
    after: dict[str, list[FoundTag]] = field(default_factory=dict)

    @property
    def deck(self) -> Deck:
        """What renders need of it."""
        return Deck(self.slides, bool(self.before or self.after))


#: Relationships of a slide to what is not its own; a copy of the slide shares it.
SHARED_KINDS = frozenset(
    ("slideLayout", "slideMaster", "notesMaster", "theme", "image", "media", "video", "audio",
     "hyperlink", "slide", "tableStyles")
)  # fmt: skip


def own_parts(package: Package, slide: str) -> list[str]:
    """Return the parts that are copied with a slide: its notes, comments, SmartArt."""
    rels = package.relationships.get(slide, {}).values()
    found = [rel.target for rel in rels if not rel.is_external and rel.kind not in SHARED_KINDS]
    return list(dict.fromkeys(found))


_SHAPE = frozenset((qname("p:sp"),))


def take_slide_tags(root: Element, register: TagRegister, before: int) -> None:
    """Take slide tags out of the tree; a shape that held nothing else goes with them."""
    for found in register.tags[before:]:
        if found.tag.scope != "slide":
            continue
        node = found.node
        if node is None:
            found.node = new_node(found.index)
            continue
        paragraph = nearest(node, frozenset(PARAGRAPHS))
        shape = nearest(node, _SHAPE)
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
        if paragraph is None or says_something(paragraph):
            continue
        body = paragraph.getparent()
        if body is None:  # it went with another tag of the same paragraph
            continue
        if sum(p.tag in PARAGRAPHS for p in body) > 1:
            body.remove(paragraph)
            continue
        holder = None if shape is None else shape.getparent()
        if shape is not None and holder is not None and shape.find(".//" + qname("p:ph")) is None:
            holder.remove(shape)


def read_slide_blocks(package: Package, register: TagRegister) -> DeckBlocks:
    """Return the slide tags of a deck, paired over all its slides."""
    names = slide_names(package)
    if not names:
        return DeckBlocks()
    deck = DeckBlocks(package.slides)
    by_label = {f"slide {number}": name for number, name in enumerate(names, 1)}
    found = [tag for tag in register.tags if tag.tag.scope == "slide"]
    pair_blocks(found, register)
    for tag in found:
        slide = by_label.get(tag.tag.where.steps[0] if tag.tag.where.steps else "", "")
        if not slide or "notes" in tag.tag.where.steps:
            register.refuse(f'"{tag.tag.written}" does not stand on a slide', tag.tag.where,
                            "write it into a shape of the slide")  # fmt: skip
            continue
        closes = tag.tag.keyword.startswith("end") and tag.tag.keyword not in MIDDLES
        side = deck.after if closes else deck.before
        side.setdefault(slide, []).append(tag)
    return deck
