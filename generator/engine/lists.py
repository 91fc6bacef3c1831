"""Numbered lists that begin anew: ``{% for item in section.items | restart_list %}``.

A repeated list paragraph counts on, as Word does. With the filter, each run of the loop begins the
numbered lists inside it at their start: their paragraphs get a list of their own (``w:num``) over
the same definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from generator.engine.markup import Element, is_node
from generator.engine.stories import Block, TagRegister
from generator.errors import Location
from generator.office.names import qname
from generator.office.package import Package
from generator.office.xml import parse_xml, whole_number

#: Name of the filter; the engine finds it in the opening tag of a loop.
RESTART_FILTER = "restart_list"
_RESTARTS = re.compile(rf"\|\s*{RESTART_FILTER}\b")
_VAL = qname("w:val")
_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"


@dataclass(frozen=True, slots=True)
class ListSheet:
    """The lists of a document: which definition each follows and where its levels start.

    ``part`` is the part of the numbering (None without one), ``highest`` the highest list id.
    ``definitions`` maps list ids to definition ids, ``starts`` definition ids to the starts of
    their levels, ``styles`` paragraph styles to (list id, level).
    """

    part: str | None
    highest: int
    definitions: dict[str, str]
    starts: dict[str, tuple[int, ...]]
    styles: dict[str, tuple[str, str]]


EMPTY_SHEET = ListSheet(None, 0, {}, {}, {})


def restart_list(value: object) -> object:
    """Return the items of a loop unchanged; the loop begins its numbered lists anew."""
    return value


def read_sheet(package: Package) -> ListSheet:
    """Return the lists of a document; none for a deck."""
    names = package.related(package.main, "numbering") if package.format == "docx" else []
    if not names or names[0] not in package.parts:
        return EMPTY_SHEET
    root = parse_xml(package.parts[names[0]].blob, Location(package.file))
    definitions = {
        num.get(qname("w:numId")) or "": _value(num.find(qname("w:abstractNumId")))
        for num in root.iterfind(qname("w:num"))
    }
    starts = {
        item.get(qname("w:abstractNumId")) or "": tuple(
            whole_number(_value(level.find(qname("w:start"))), 1)
            for level in item.iterfind(qname("w:lvl"))
        )
        for item in root.iterfind(qname("w:abstractNum"))
    }
    highest = max((whole_number(n) for n in definitions), default=0)
    return ListSheet(names[0], highest, definitions, starts, dict(_style_lists(package)))


def _style_lists(package: Package) -> Iterator[tuple[str, tuple[str, str]]]:
    for name in package.related(package.main, "styles"):
        if name not in package.parts:
            continue
        root = parse_xml(package.parts[name].blob, Location(package.file))
        for style in root.iterfind(qname("w:style")):
            numbering = style.find(f"{qname('w:pPr')}/{qname('w:numPr')}")
            if numbering is not None and numbering.find(qname("w:numId")) is not None:
                level = _value(numbering.find(qname("w:ilvl"))) or "0"
                list_id = _value(numbering.find(qname("w:numId")))
                yield style.get(qname("w:styleId")) or "", (list_id, level)


def _value(element: Element | None) -> str:
    return "" if element is None else element.get(_VAL) or ""


def restart_lists(
    root: Element,
    blocks: Iterable[Block],
    read: Callable[[], ListSheet],
    register: TagRegister,
) -> None:
    """Let the loops of a part that ask for it begin their lists anew; ``read`` gives the lists."""
    asking = [
        block
        for block in blocks
        if block.opener.tag.keyword == "for" and _RESTARTS.search(block.opener.tag.code)
    ]
    sheet = read() if asking else EMPTY_SHEET
    restarted: set[str] = set()
    for block in asking:
        node = block.opener.node
        if node is None or node.getparent() is None:
            continue
        inside = {_list_of(paragraph, sheet)[0] for paragraph in _paragraphs_of(block)} - {""}
        if inside:
            names = ", ".join(f"'{list_id}'" for list_id in sorted(inside))
            node.addprevious(
                register.internal_block(f"set __restarted = __restart_lists__({names})", root)
            )
            restarted |= inside
    for paragraph in root.iter(qname("w:p")) if restarted else ():
        list_id, level = _list_of(paragraph, sheet)
        if list_id in restarted:
            _print_list(paragraph, list_id, level, register)


def _paragraphs_of(block: Block) -> Iterator[Element]:
    """Yield the paragraphs between the tags of a block."""
    start, end = block.opener.node, block.closer.node
    current = start.getnext() if start is not None else None
    while current is not None and current is not end:
        if not is_node(current) and isinstance(current.tag, str):
            yield from current.iter(qname("w:p"))
        current = current.getnext()


def _list_of(paragraph: Element, sheet: ListSheet) -> tuple[str, str]:
    """Return (list id, level) of a paragraph, by itself or its style; empty without a list."""
    properties = paragraph.find(qname("w:pPr"))
    if properties is None:
        return "", ""
    numbering = properties.find(qname("w:numPr"))
    if numbering is not None and numbering.find(qname("w:numId")) is not None:
        list_id = _value(numbering.find(qname("w:numId")))
        return list_id if list_id in sheet.definitions else "", _value(
            numbering.find(qname("w:ilvl"))
        ) or "0"
    list_id, level = sheet.styles.get(_value(properties.find(qname("w:pStyle"))), ("", ""))
    return list_id if list_id in sheet.definitions else "", level


#: Children of ``w:pPr`` before ``w:numPr`` (ECMA-376 Part 1, 17.3.1.26).
_BEFORE_NUMBERING = tuple(
    qname(f"w:{name}")
    for name in ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")
)


def _print_list(paragraph: Element, list_id: str, level: str, register: TagRegister) -> None:
    properties = paragraph.find(qname("w:pPr"))
    assert properties is not None
    numbering = properties.find(qname("w:numPr"))
    if numbering is None:
        numbering = properties.makeelement(qname("w:numPr"))
        position = sum(1 for child in properties if child.tag in _BEFORE_NUMBERING)
        properties.insert(position, numbering)
    for child in list(numbering):
        numbering.remove(child)
    mark = register.internal_print(f"__list__('{list_id}')", "emit_plain", paragraph)
    numbering.append(numbering.makeelement(qname("w:ilvl"), {_VAL: level}))
    numbering.append(numbering.makeelement(qname("w:numId"), {_VAL: mark}))


class ListCounter:
    """Gives each restarted list an id of its own; one for each render.

    ``read`` gives the lists of the template.
    """

    def __init__(self, read: Callable[[], ListSheet]) -> None:
        self._read = read
        self._current: dict[str, str] = {}
        self._pending: set[str] = set()
        #: ``w:abstractNum`` and ``w:num`` elements that the render adds.
        self.definitions: list[str] = []
        self.lists: list[str] = []
        self._of_blocks: dict[tuple[object, str, bool], str] = {}
        self._own: dict[bool, str] = {}
        self._bulleted: str | None = None
        self._highest_definition: int | None = None

    def restart(self, *list_ids: str) -> str:
        self._pending.update(list_ids)
        return ""

    def current(self, list_id: str) -> str:
        """Return the id of the list that takes the place of one of the template now."""
        if list_id in self._pending:
            self._pending.discard(list_id)
            sheet = self._read()
            definition = sheet.definitions[list_id]
            self._current[list_id] = self.add(definition, sheet.starts.get(definition, (1,)))
        return self._current.get(list_id, list_id)

    def of_blocks(self, key: object, is_ordered: bool, start: int, style: str) -> str:
        """Return the id of the list that blocks with this key make; it begins anew with the key.

        ``style`` is a list style whose definition it follows; without one it gets our own.
        """
        known = self._of_blocks.get((key, style, is_ordered))
        if known is None:
            if style:
                definition = self._read().definitions[self._read().styles[style][0]]
            else:
                definition = self._own_definition(is_ordered)
            known = self.add(definition, (start,)) if is_ordered else self._bullets(definition)
            self._of_blocks[key, style, is_ordered] = known
        return known

    def _own_definition(self, is_ordered: bool) -> str:
        number = self._own.get(is_ordered)
        if number is None:
            from generator.engine.word_blocks import list_definition

            number = self.add_definition(lambda new: list_definition(int(new), is_ordered))
            self._own[is_ordered] = number
        return number

    def add_definition(self, write: Callable[[str], str]) -> str:
        """Add a definition of lists; ``write`` gives the markup for its id, which is returned."""
        if self._highest_definition is None:
            known = self._read().starts
            self._highest_definition = max((whole_number(n, -1) for n in known), default=-1)
        self._highest_definition += 1
        number = str(self._highest_definition)
        self.definitions.append(write(number))
        return number

    def add_list(self, write: Callable[[str], str]) -> str:
        """Add a list; ``write`` gives the markup for its id, which is returned."""
        number = str(self._read().highest + len(self.lists) + 1)
        self.lists.append(write(number))
        return number

    def _bullets(self, definition: str) -> str:
        """Return the one list that all bulleted items of a render share."""
        if self._bulleted is None:
            self._bulleted = self.add(definition, ())
        return self._bulleted

    def add(self, definition: str, starts: Iterable[int]) -> str:
        """Return the id of a new list over a definition that begins at its starts."""
        overrides = "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            for level, start in enumerate(starts)
        )
        return self.add_list(
            lambda number: (
                f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/>'
                f"{overrides}</w:num>"
            )
        )


def with_lists(xml: str, definitions: Iterable[str], lists: Iterable[str]) -> str:
    """Return the XML of a numbering part with more definitions and lists in their places."""
    added, numbered = "".join(definitions), "".join(lists)
    xml = re.sub(r"<w:numbering\b([^>]*?)/>\s*$", r"<w:numbering\1></w:numbering>", xml)
    first = re.search(r"<w:num[ >]|<w:numIdMacAtCleanup|</w:numbering>", xml)
    if first is None:
        return xml
    xml = xml[: first.start()] + added + xml[first.start() :]
    last = re.search(r"<w:numIdMacAtCleanup|</w:numbering>", xml)
    assert last is not None
    return xml[: last.start()] + numbered + xml[last.start() :]


NUMBERING_CONTENT_TYPE = _NUMBERING
