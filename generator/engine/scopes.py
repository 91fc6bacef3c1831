"""From paired tags to what each block repeats or drops.

Every block tag is a node between runs when this stage begins. It moves the nodes of each block
outward until they are siblings around the smallest unit that holds the block: runs, paragraphs,
rows, a shape. Afterwards any repetition of what stands between them is well-formed.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from generator.engine.markup import (
    CELLS,
    CONTAINERS,
    PARAGRAPHS,
    RANGE_MARKS,
    ROWS,
    RUNS,
    SDT_CONTENT,
    SHAPES,
    SPLITTABLE,
    TABLES,
    Element,
    empty_copy,
    is_node,
    nearest,
    new_node,
    says_something,
)
from generator.engine.stories import Block, FoundTag, TagRegister
from generator.errors import BlockScopeError
from generator.office.names import qname

_FORCED = {
    "p": PARAGRAPHS,
    "tr": ROWS,
    "tc": CELLS,
    "r": RUNS,
}
_CHOICE = qname("mc:Choice")
_DRAWN = frozenset((qname("w:drawing"), qname("w:pict"), qname("w:object")))


def place_blocks(root: Element, blocks: list[Block], register: TagRegister) -> None:
    """Move the nodes of all blocks of a part to their scopes; report those that have none."""
    singles = _single_nodes(root, register)
    _place_forced(blocks, singles)
    _free_tag_rows(root, register)
    if not register.keeps_tag_paragraphs:
        _free_tag_paragraphs(root)
    _free_tag_controls(root)
    for block in blocks:
        if block.opener.tag.scope == "shape":
            _place_around_shapes(block, register)
        elif block.opener.node is not None:
            _place(block, register)
    for found in singles:
        _check_leaver(found, register)


def _check_leaver(found: FoundTag, register: TagRegister) -> None:
    """Refuse a tag that leaves a loop in the middle of what the loop repeats."""
    if found.loop is None or found.node is None:
        return
    opener = found.loop.opener.node
    if opener is None or opener.getparent() is not found.node.getparent():
        register.refuse(
            f'"{found.tag.written}" leaves the loop "{found.loop.opener.tag.written}" in the '
            "middle of a paragraph or row", found.tag.where,
            "write the tag, with the {% if %} around it, in a paragraph or row of its own",
            BlockScopeError.code,
        )  # fmt: skip


def _single_nodes(root: Element, register: TagRegister) -> list[FoundTag]:
    return [
        found
        for found in register.tags
        if found.node is not None and found.block is None
        and found.node.getroottree().getroot() is root
    ]  # fmt: skip


def _place_forced(blocks: list[Block], singles: list[FoundTag]) -> None:
    """Let tags with docxtpl's prefixes take the place of their paragraph, row, cell or run."""
    replaced: list[Element] = []
    for found in [tag for block in blocks for tag in block.tags] + singles:
        kinds = _FORCED.get(found.tag.scope)
        if kinds is None or found.node is None:
            continue
        unit = nearest(found.node, kinds)
        if found.tag.scope == "r" or unit is None:
            continue  # the node stands between runs already
        unit.addprevious(_detach(found.node))
        if unit not in replaced:
            replaced.append(unit)
    for unit in replaced:
        parent = unit.getparent()
        if parent is not None and not _keeps_section(unit):
            parent.remove(unit)


def _keeps_section(unit: Element) -> bool:
    """Empty a paragraph at which a section ends; return whether it is one."""
    properties = unit.find(qname("w:pPr"))
    if properties is None or properties.find(qname("w:sectPr")) is None:
        return False
    for child in list(unit):
        if child is not properties:
            unit.remove(child)
    return True


def _detach(node: Element) -> Element:
    parent = node.getparent()
    if parent is not None:
        node.tail = None
        parent.remove(node)
    return node


def _nodes_in(element: Element) -> list[Element]:
    return [item for item in element.iter(etree.ProcessingInstruction) if is_node(item)]


def _free_tag_rows(root: Element, register: TagRegister) -> None:
    """Put the tags of a row that holds nothing else in the place of that row."""
    for row in list(root.iter(*ROWS)):
        nodes = _nodes_in(row)
        if not nodes or says_something(row):
            continue
        blocks = {register.tags[_index(node)].block for node in nodes} - {None}
        inside = {_index(node) for node in nodes}
        leaves = any(register.tags[index].loop is not None for index in inside)
        if not leaves and all(tag.index in inside for b in blocks if b for tag in b.tags):
            continue
        for node in nodes:
            row.addprevious(_detach(node))
        row.getparent().remove(row)  # type: ignore[union-attr]


def _free_tag_paragraphs(root: Element) -> None:
    """Put the tags of a paragraph that holds nothing else in the place of that paragraph."""
    for paragraph in list(root.iter(*PARAGRAPHS)):
        nodes = _nodes_in(paragraph)
        if not nodes or says_something(paragraph):
            continue
        for item in list(paragraph.iter()):
            if is_node(item):
                paragraph.addprevious(_detach(item))
            elif item.tag in RANGE_MARKS:
                paragraph.addprevious(item)
        paragraph.getparent().remove(paragraph)  # type: ignore[union-attr]


def _free_tag_controls(root: Element) -> None:
    """Put the tags of a content control that held only their paragraphs in its place."""
    for content in list(root.iter(SDT_CONTENT)):
        control, nodes = content.getparent(), list(content)
        if control is None or not nodes or not all(is_node(node) for node in nodes):
            continue
        if nearest(control, PARAGRAPHS) is not None:
            continue
        for node in nodes:
            control.addprevious(_detach(node))
        control.getparent().remove(control)  # type: ignore[union-attr]


def _index(node: Element) -> int:
    return int(node.text or "0")


def _ancestors(node: Element) -> list[Element]:
    chain = []
    parent = node.getparent()
    while parent is not None:
        chain.append(parent)
        parent = parent.getparent()
    return chain


def _common_ancestor(nodes: list[Element]) -> Element | None:
    shared = _ancestors(nodes[0])
    for node in nodes[1:]:
        others = set(_ancestors(node))
        shared = [element for element in shared if element in others]
    return shared[0] if shared else None


def _place(block: Block, register: TagRegister) -> None:
    nodes = [found.node for found in block.tags if found.node is not None]
    if len(nodes) != len(block.tags):
        _refuse(block, register, "the block begins in a text and ends elsewhere")
        return
    home = _common_ancestor(nodes)
    if home is None:
        _refuse(block, register, "another tag takes the place that a tag of the block stands in")
        return
    if all(node.getparent() is home for node in nodes):
        return
    try:
        if home.tag in ROWS or home.tag in TABLES:
            _lift_to_rows(block, home)
        elif home.tag in PARAGRAPHS or nearest_is_inline(home):
            for node in nodes:
                _lift_inline(node, home)
        elif home.tag in CONTAINERS:
            _lift_to_paragraphs(nodes, home, register.keeps_tag_paragraphs)
        else:
            raise _NoScopeError("the block begins in one shape or story and ends in another")
    except _NoScopeError as reason:
        _refuse(block, register, str(reason))


class _NoScopeError(Exception):
    """A block that no unit of the document holds."""


def nearest_is_inline(element: Element) -> bool:
    """Return whether an element lies inside a paragraph (a hyperlink, say)."""
    return nearest(element, PARAGRAPHS) is not None and element.tag not in CONTAINERS


def _refuse(block: Block, register: TagRegister, reason: str) -> None:
    opener, closer = block.opener.tag, block.closer.tag
    register.refuse(
        f'"{opener.written}" and "{closer.written}" do not enclose a whole part of the document: '
        f"{reason}",
        opener.where,
        f"the end stands at {closer.where}; put both tags in paragraphs or rows of their own",
        BlockScopeError.code,
    )


def _lift_inline(node: Element, home: Element) -> None:
    while (parent := node.getparent()) is not home:
        assert parent is not None
        if not _says_before(node, parent):
            parent.addprevious(_detach(node))
        elif not _says_after(node, parent):
            parent.addnext(_detach(node))
        elif parent.tag in SPLITTABLE:
            _split(parent, node)
        else:
            raise _NoScopeError("it begins or ends inside a field or content control")


def _split(parent: Element, node: Element) -> None:
    """Cut ``parent`` in two at the node and set the node between the halves."""
    second = empty_copy(parent, _PARAGRAPH_FORMATS)
    siblings = list(parent)
    for sibling in siblings[siblings.index(node) + 1 :]:
        second.append(sibling)
    parent.addnext(_detach(node))
    node.addnext(second)


_PARAGRAPH_FORMATS = frozenset((qname("w:pPr"), qname("a:pPr")))


def _says_before(node: Element, unit: Element) -> bool:
    current: Element = node
    while current is not unit:
        for sibling in current.itersiblings(preceding=True):
            if _counts(sibling):
                return True
        current = current.getparent()  # type: ignore[assignment]
    return False


def _says_after(node: Element, unit: Element) -> bool:
    current: Element = node
    while current is not unit:
        for sibling in current.itersiblings():
            if _counts(sibling):
                return True
        current = current.getparent()  # type: ignore[assignment]
    return False


def _counts(sibling: Element) -> bool:
    if not isinstance(sibling.tag, str) or sibling.tag in _PARAGRAPH_FORMATS:
        return False
    if sibling.tag in RUNS:
        shell = sibling.makeelement("shell")
        shell.append(deepcopy(sibling))
        return says_something(shell)
    return says_something(sibling)


def _lift_to_paragraphs(nodes: list[Element], home: Element, is_spliced: bool) -> None:
    """Set the nodes between paragraphs, or leave them inside where text is cut and joined there."""
    for node in nodes:
        _lift_inline_to_paragraph(node, home)
    inside = [node for node in nodes if node.getparent() is not home]
    for node in nodes:
        paragraph = node.getparent()
        if paragraph is None or paragraph is home:
            continue
        if paragraph.getparent() is not home:
            raise _NoScopeError("it begins in a table, text box or control and ends outside of it")
    opener, closer = nodes[0], nodes[-1]
    spliced = len(inside) == len(nodes) and (
        is_spliced
        or (_says_before(opener, _paragraph(opener)) and _says_after(closer, _paragraph(closer)))
    )
    if spliced:
        return
    for node in inside:
        paragraph = _paragraph(node)
        before, after = _says_before(node, paragraph), _says_after(node, paragraph)
        if not before:
            paragraph.addprevious(_detach(node))
        elif not after:
            paragraph.addnext(_detach(node))
        else:
            _split(paragraph, node)


def _paragraph(node: Element) -> Element:
    parent = node.getparent()
    assert parent is not None
    return parent


def _lift_inline_to_paragraph(node: Element, home: Element) -> None:
    parent = node.getparent()
    if parent is home:
        return
    paragraph = nearest(node, PARAGRAPHS)
    if paragraph is None or home not in _ancestors(paragraph):
        raise _NoScopeError("it begins in one part of the page and ends in another")
    if parent is not paragraph:
        _lift_inline(node, paragraph)


def _lift_to_rows(block: Block, home: Element) -> None:
    nodes = [found.node for found in block.tags if found.node is not None]
    rows = [_row_under(node, home) for node in nodes]
    for position, (node, row) in enumerate(zip(nodes, rows, strict=True)):
        if row is None:
            continue
        if position == 0 and _says_before(node, row):
            raise _NoScopeError("text stands before its first tag in the row")
        if position == len(nodes) - 1 and _says_after(node, row):
            raise _NoScopeError("text stands behind its last tag in the row")
    for position, (node, row) in enumerate(zip(nodes, rows, strict=True)):
        if row is None:
            continue
        if position == 0 or (position < len(nodes) - 1 and not _says_before(node, row)):
            row.addprevious(_detach(node))
        elif position == len(nodes) - 1 or not _says_after(node, row):
            row.addnext(_detach(node))
        else:
            raise _NoScopeError(
                f'"{block.tags[position].tag.written}" stands in the middle of a row'
            )
    _drop_emptied_paragraph_guard(rows)


def _drop_emptied_paragraph_guard(rows: list[Element | None]) -> None:
    """Give cells that lost their only paragraph to a tag an empty one."""
    for row in rows:
        if row is None:
            continue
        for cell in row.iter(*CELLS):
            body = next(iter(cell.iter(qname("a:txBody"))), None) if cell.tag == _A_TC else cell
            if body is not None and not any(child.tag in PARAGRAPHS for child in body):
                body.append(body.makeelement(qname("a:p") if cell.tag == _A_TC else qname("w:p")))


_A_TC = qname("a:tc")


def _row_under(node: Element, home: Element) -> Element | None:
    """Return the row around a node below ``home``; None for a node that took a row's place.

    Raises:
        _NoScopeError: the node lies in a table inside a cell of this one.
    """
    if node.getparent() is home and home.tag in TABLES:
        return None
    if home.tag in ROWS:
        cell = next(a for a in _ancestors(node) if a.getparent() is home)
        _demand_plain_path(node, cell)
        return home
    chain = _ancestors(node)
    row = next((a for a in chain if a.getparent() is home), None)
    if row is None or row.tag not in ROWS:
        raise _NoScopeError("it begins in one table and ends in another")
    _demand_plain_path(node, row)
    return row


def _demand_plain_path(node: Element, unit: Element) -> None:
    for element in _ancestors(node):
        if element is unit:
            return
        if element.tag in TABLES or element.tag in _DRAWN:
            raise _NoScopeError("it begins in a table inside a cell and ends outside of it")


def _place_around_shapes(block: Block, register: TagRegister) -> None:
    """Set shape tags before the first and behind the last shape that holds one."""
    for position, found in enumerate(block.tags):
        anchor = found.node if found.node is not None else found.host
        shape = anchor if anchor.tag in SHAPES else nearest(anchor, SHAPES)
        if shape is None:
            drawn = anchor if anchor.tag in _DRAWN else nearest(anchor, _DRAWN)
            shape = nearest(drawn, RUNS) if drawn is not None else None
        if shape is None:
            register.refuse(
                f'"{found.tag.written}" does not stand in a shape', found.tag.where,
                "write it into a text of the shape or into its alternative text",
                BlockScopeError.code,
            )  # fmt: skip
            return
        choice = shape.getparent()
        if choice is not None and choice.tag == _CHOICE and choice.getparent() is not None:
            shape = choice.getparent()  # with the form of the shape for old programs
        assert shape is not None
        node = _detach(found.node) if found.node is not None else _new_node_for(found)
        if position == 0:
            shape.addprevious(node)
        elif position == len(block.tags) - 1:
            shape.addnext(node)
        else:
            shape.addprevious(node)
    parents = {found.node.getparent() for found in block.tags if found.node is not None}
    if len(parents) > 1:
        _refuse(block, register, "its shapes lie in different groups")


def _new_node_for(found: FoundTag) -> Element:
    found.node = new_node(found.index)
    return found.node
