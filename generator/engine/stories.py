"""From a part's tree to its tags: found over run borders, paired, and set apart from the text.

After this stage every printed value and every block that stays inside one text is a mark in that
text, and every other block tag is a node of its own between runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generator.engine.locate import Places
from generator.engine.markup import (
    CHARACTERS,
    MARK_OPEN,
    PARAGRAPHS,
    RUNS,
    STORIES,
    TEXTS,
    W_T,
    Element,
    empty_copy,
    new_node,
    paragraph_items,
    text_mark,
)
from generator.engine.tags import (
    BLOCKS,
    CLOSERS,
    LEAVERS,
    MIDDLES,
    REFUSED,
    Tag,
    find_tags,
    has_tags,
)
from generator.errors import LimitError, Location, Problem
from generator.office.late import Late
from generator.office.names import qname

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Late("lxml.etree")


@dataclass(slots=True, eq=False)
class FoundTag:
    """A tag with its place in the tree. ``index`` numbers the tags of the template.

    ``attribute`` is None in a paragraph, "" in an element of text only. ``origin`` is the
    author's tag that an internal one serves. ``loop`` is the innermost loop around the tag.
    """

    tag: Tag
    index: int
    host: Element
    attribute: str | None = None
    node: Element | None = None
    block: Block | None = None
    slots: tuple[int, int] = (0, 0)
    prints_with: str = ""
    origin: FoundTag | None = None
    loop: Block | None = None


@dataclass(slots=True, eq=False)
class Block:
    """An opening tag, the tags between (``else``), and the closing one.

    ``leavers`` are tags inside that leave a loop around the block.
    """

    tags: list[FoundTag] = field(default_factory=list)
    leavers: list[FoundTag] = field(default_factory=list)

    @property
    def opener(self) -> FoundTag:
        return self.tags[0]

    @property
    def closer(self) -> FoundTag:
        return self.tags[-1]

    def stays_in_one_text(self) -> bool:
        first = self.opener
        return all(
            found.host is first.host and found.slots[0] == first.slots[0] for found in self.tags
        )


@dataclass(slots=True)
class Slot:
    """One text (or character) of a paragraph and where it lies in the paragraph's text."""

    element: Element
    start: int
    length: int


class TagRegister:
    """Numbers the tags of a template and collects what is wrong with them."""

    def __init__(self, tags_per_story: int = 20_000, keeps_tag_paragraphs: bool = False) -> None:
        #: Whether a paragraph of plain block tags alone stays, empty, as docxtpl leaves it.
        self.keeps_tag_paragraphs = keeps_tag_paragraphs
        self._tags_per_story = tags_per_story
        self.tags: list[FoundTag] = []
        self.problems: list[Problem] = []
        #: Drafts of whole parts that are written in the place of a node, by the node's number.
        self.grafts: dict[int, Any] = {}

    def graft(self, draft: object) -> Element:
        """Return a node in whose place the draft of another part is written."""
        found = self.add(Tag("comment", "", 0, 0, Location()), new_node(0))
        found.node = new_node(found.index)
        self.grafts[found.index] = draft
        return found.node

    def add(self, tag: Tag, host: Element, attribute: str | None = None) -> FoundTag:
        found = FoundTag(tag, len(self.tags), host, attribute)
        self.tags.append(found)
        return found

    def internal_print(self, code: str, prints_with: str, host: Element) -> str:
        """Return the text mark of a value that the engine itself prints."""
        found = self.add(Tag("print", code, 0, 0, Location()), host, "")
        found.prints_with = prints_with
        return text_mark(found.index)

    def internal_block(self, code: str, host: Element, where: Location | None = None) -> Element:
        """Return the node of a tag that the engine itself needs."""
        keyword = code.split()[0]
        tag = Tag("block", code, 0, 0, where or Location(), keyword=keyword)
        found = self.add(tag, host)
        found.node = new_node(found.index)
        return found.node

    def check_count(self, found: list[FoundTag]) -> None:
        """Raise LimitError for a story with too many tags."""
        if len(found) > self._tags_per_story:
            raise LimitError(
                f"{len(found):,} tags stand in one story (limit tags_per_story: "
                f"{self._tags_per_story:,})",
                found[self._tags_per_story].tag.where, "let a loop write what repeats",
            )  # fmt: skip

    def refuse(
        self, message: str, where: Location, hint: str | None = None, code: str = "block-mismatch"
    ) -> None:
        self.problems.append(Problem(message, where, hint, code=code))


def read_part_tags(root: Element, places: Places, register: TagRegister) -> list[Block]:
    """Find all tags of a part, replace them by marks and nodes, and return the part's blocks.

    Slide and shape tags pair on their own; see ``engine.slides`` and ``engine.scopes``.
    """
    paragraphs = _find_in_paragraphs(root, places, register)
    stories: dict[Element | None, list[FoundTag]] = {}
    for paragraph, found, _ in paragraphs:
        for item in found:
            key = _story_of(paragraph)
            stories.setdefault(key, []).append(item)
    blocks: list[Block] = []
    shape_tags: list[FoundTag] = []
    for members in stories.values():
        register.check_count(members)
        shape_tags += [f for f in members if f.tag.scope == "shape"]
        plain = [f for f in members if f.tag.scope not in ("slide", "shape")]
        blocks += pair_blocks(plain, register)
    for paragraph, found, slots in paragraphs:
        _set_apart(paragraph, found, slots)
    attribute_shapes = _read_attributes(root, places, register)
    _read_plain_texts(root, places, register)
    blocks += pair_blocks(_in_document_order(root, shape_tags + attribute_shapes), register)
    return blocks


#: How an author writes braces that are no tag (docxtpl's spelling).
_ESCAPES = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}
_ESCAPED = re.compile(r"\{_\{|\}_\}|\{_%|%_\}")


def unescape_braces(root: Element) -> bool:
    """Turn ``{_{`` into ``{{`` and so on in a part's texts; return whether there were any."""
    changed = False
    for text in root.iter(*TEXTS):
        if text.text and "_" in text.text:
            plain = _ESCAPED.sub(lambda match: _ESCAPES[match.group()], text.text)
            changed = changed or plain != text.text
            text.text = plain
    return changed


def _in_document_order(root: Element, found: list[FoundTag]) -> list[FoundTag]:
    if len(found) < 2:
        return found
    order = {element: number for number, element in enumerate(root.iter())}
    return sorted(found, key=lambda f: (order.get(f.host, 0), f.tag.start))


_ParagraphTags = tuple[Element, list[FoundTag], list[Slot]]


def _find_in_paragraphs(
    root: Element, places: Places, register: TagRegister
) -> list[_ParagraphTags]:
    result: list[_ParagraphTags] = []
    for paragraph in root.iter(*PARAGRAPHS):
        text, slots = read_slots(paragraph)
        if not has_tags(text):
            continue
        where = places.of(paragraph, text)
        tags, problems = find_tags(text, where)
        register.problems += problems
        found = []
        for tag in tags:
            first, last = _slots_of(tag, slots)
            item = register.add(tag, paragraph)
            item.slots = (first, last)
            found.append(item)
        if found:
            result.append((paragraph, found, slots))
    return result


def read_slots(paragraph: Element) -> tuple[str, list[Slot]]:
    """Return the text of a paragraph and the elements it comes from."""
    slots: list[Slot] = []
    texts: list[str] = []
    at = 0
    for element in paragraph_items(paragraph):
        text = (element.text or "") if element.tag in TEXTS else CHARACTERS[element.tag]
        slots.append(Slot(element, at, len(text)))
        texts.append(text)
        at += len(text)
    return "".join(texts), slots


def _slots_of(tag: Tag, slots: list[Slot]) -> tuple[int, int]:
    first = next(i for i, s in enumerate(slots) if s.start <= tag.start < s.start + s.length)
    last = next(i for i in range(first, len(slots)) if tag.end <= slots[i].start + slots[i].length)
    return first, last


def _story_of(paragraph: Element) -> Element | None:
    parent = paragraph.getparent()
    while parent is not None and parent.tag not in STORIES:
        parent = parent.getparent()
    return parent


def pair_blocks(found: list[FoundTag], register: TagRegister) -> list[Block]:
    """Return the blocks of one story in the order of their openers; report what does not pair."""
    blocks: list[Block] = []
    stack: list[Block] = []
    refused: set[str] = set()
    for item in found:
        tag = item.tag
        if tag.kind != "block":
            continue
        if tag.keyword in REFUSED:
            if tag.keyword.startswith("end") and tag.keyword[3:] in refused:
                continue  # told at its opening tag
            refused.add(tag.keyword)
            register.refuse(
                f'"{tag.written}" is not allowed in a template',
                tag.where,
                REFUSED[tag.keyword],
                "tag-syntax",
            )
        elif tag.opens:
            block = Block([item])
            item.block = block
            stack.append(block)
            blocks.append(block)
        elif tag.keyword in MIDDLES:
            _add_middle(item, stack, register)
        elif tag.keyword in CLOSERS:
            _close(item, stack, register)
        elif tag.keyword in LEAVERS:
            loops = [block for block in stack if block.opener.tag.keyword == "for"]
            if loops:
                item.loop = loops[-1]
                for block in stack[stack.index(loops[-1]) + 1 :]:
                    block.leavers.append(item)
            else:
                register.refuse(f'"{tag.written}" stands outside of a loop', tag.where,
                                "it belongs between {% for ... %} and {% endfor %}")  # fmt: skip
    for block in stack:
        tag = block.opener.tag
        hint = f"write {{%{tag.scope} {BLOCKS[tag.keyword][1]} %}} where the block ends"
        if not tag.scope and tag.where.steps and tag.where.steps[0].startswith("slide "):
            hint += f"; a block over whole slides begins with {{%slide {tag.keyword} ... %}}"
        register.refuse(f'"{tag.written}" is not closed', tag.where, hint)
    open_blocks = set(map(id, stack))
    return [block for block in blocks if id(block) not in open_blocks]


def _add_middle(item: FoundTag, stack: list[Block], register: TagRegister) -> None:
    tag = item.tag
    if not stack or tag.keyword not in BLOCKS[stack[-1].opener.tag.keyword][0]:
        register.refuse(f'"{tag.written}" stands outside of a block', tag.where,
                        "it belongs between an opening tag and its end")  # fmt: skip
        return
    item.block = stack[-1]
    stack[-1].tags.append(item)


def _close(item: FoundTag, stack: list[Block], register: TagRegister) -> None:
    tag = item.tag
    opener = CLOSERS[tag.keyword]
    if not stack:
        register.refuse(
            f'"{tag.written}" closes a block that was not opened', tag.where,
            f"add {{% {opener} ... %}} before it in the same story, or drop it",
        )  # fmt: skip
        return
    block = stack[-1]
    if block.opener.tag.keyword != opener:
        wrong = block.opener.tag
        register.refuse(
            f'"{tag.written}" stands where "{wrong.written}" is still open',
            tag.where,
            f'"{wrong.written}" was opened at {wrong.where}',
        )
        matching = [b for b in stack if b.opener.tag.keyword == opener]
        if not matching:
            return
        while stack[-1] is not matching[-1]:
            stack.pop()
        block = stack[-1]
    item.block = block
    block.tags.append(item)
    stack.pop()


def _set_apart(paragraph: Element, found: list[FoundTag], slots: list[Slot]) -> None:
    for item in reversed(found):
        first, last = item.slots
        tag = item.tag
        head, tail = slots[first], slots[last]
        after = (tail.element.text or "")[tag.end - tail.start :] if tail is not head else ""
        for slot in slots[first + 1 : last]:
            _drop_text(slot.element)
        if tail is not head:
            _set_text(tail.element, after) if after else _drop_text(tail.element)
        text = head.element.text or ""
        before = text[: tag.start - head.start]
        rest = text[tag.end - head.start :] if tail is head else ""
        if _is_textual(item):
            _set_text(head.element, before + text_mark(item.index) + rest)
        else:
            _cut_at(item, head.element, before, rest)
    touched = {number for item in found for number in range(item.slots[0], item.slots[1] + 1)}
    for number in sorted(touched):
        _tidy(slots[number].element)


def _is_textual(item: FoundTag) -> bool:
    tag = item.tag
    if tag.kind == "print":
        return True
    if tag.scope:
        return False
    if item.loop is not None:
        return item.loop.stays_in_one_text() and item.loop.opener.slots[0] == item.slots[0]
    block = item.block
    return block is not None and block.stays_in_one_text() and all(map(_is_textual, block.leavers))


def _set_text(element: Element, text: str) -> None:
    element.text = text
    if element.tag == W_T and (MARK_OPEN in text or text != text.strip()):
        element.set(qname("xml:space"), "preserve")


def _drop_text(element: Element) -> None:
    if element.tag in TEXTS:
        element.text = ""
    else:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _tidy(element: Element) -> None:
    """Drop a text that a tag left empty, and its run if that holds nothing else."""
    run = element.getparent()
    if run is None or element.tag not in TEXTS or element.text:
        return
    if run.tag in RUNS:
        others = [child for child in run if child is not element and child.tag not in _FORMATS]
        if others:
            if element.tag == W_T:
                run.remove(element)
        elif (holder := run.getparent()) is not None:
            holder.remove(run)


_FORMATS = frozenset((qname("w:rPr"), qname("a:rPr")))


def _cut_at(item: FoundTag, text: Element, before: str, after: str) -> None:
    """Cut the run of a text in two and set the tag's node between."""
    item.node = new_node(item.index)
    run = text.getparent()
    assert run is not None
    if run.tag not in RUNS:
        _set_text(text, before + after)
        text.addnext(item.node)
        return
    second = _shell_of(run)
    siblings = list(run)
    for sibling in siblings[siblings.index(text) + 1 :]:
        second.append(sibling)
    if after:
        rest = deepcopy(text)
        _set_text(rest, after)
        position = sum(1 for child in second if child.tag in _FORMATS)
        second.insert(position, rest)
    _set_text(text, before)
    run.addnext(item.node)
    if any(child.tag not in _FORMATS for child in second):
        item.node.addnext(second)


def _shell_of(run: Element) -> Element:
    return empty_copy(run, _FORMATS)


#: Attributes that a person can fill in Office and may therefore hold tags.
_ATTRIBUTES = (
    "descr", "title", "name", "tooltip", "Target",
    *(qname(f"w:{name}") for name in ("instr", "val", "tooltip", "docLocation", "anchor")),
)  # fmt: skip


_TAG_IN_ATTRIBUTE = re.compile(rb"""=["'][^"'<>]*\{[{%#]""").search


def _read_attributes(root: Element, places: Places, register: TagRegister) -> list[FoundTag]:
    """Replace the tags in attributes; return the tags of shapes among them."""
    shapes: list[FoundTag] = []
    xml = etree.tostring(root)
    if _TAG_IN_ATTRIBUTE(xml) is None and b"%7B" not in xml:
        return shapes
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name in _ATTRIBUTES:
            value = element.get(name)
            if value is None or "{" not in value:
                if not (name == "Target" and value and "%7B" in value):
                    continue
                value = _unquote_tags(value)
            if has_tags(value):
                shapes += _mark_text(
                    value, element, name, places, register,
                    lambda marked, e=element, n=name: e.set(n, marked),  # type: ignore[misc]
                )  # fmt: skip
    return shapes


def _unquote_tags(address: str) -> str:
    """Return an address with the tags that Office percent-encoded readable again."""
    from urllib.parse import unquote

    return unquote(address)


def _read_plain_texts(root: Element, places: Places, register: TagRegister) -> None:
    """Replace the tags in elements that are text only: properties, field codes, cached values."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in TEXTS and element.text:
            text = element.text
            if has_tags(text):
                _mark_text(
                    text, element, None, places, register,
                    lambda marked, e=element: setattr(e, "text", marked),  # type: ignore[misc]
                )  # fmt: skip


def _mark_text(
    text: str,
    host: Element,
    attribute: str | None,
    places: Places,
    register: TagRegister,
    put: Callable[[str], None],
) -> list[FoundTag]:
    tags, problems = find_tags(text, places.of(host, text))
    register.problems += problems
    found = [register.add(tag, host, attribute or "") for tag in tags]
    pair_blocks([f for f in found if f.tag.scope not in ("slide", "shape")], register)
    marked = text
    for item in reversed(found):
        keep = item.tag.kind != "comment" and item.tag.scope not in ("slide", "shape")
        mark = text_mark(item.index) if keep else ""
        marked = marked[: item.tag.start] + mark + marked[item.tag.end :]
    put(marked)
    return [item for item in found if item.tag.scope in ("slide", "shape")]
