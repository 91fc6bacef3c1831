"""docxtpl's tags about the cell they stand in: ``cellbg``, ``colspan``, ``vm`` and ``hm``.

Each becomes a property of the cell whose value is printed, or a condition around its content.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from generator.engine.markup import Element, nearest
from generator.engine.stories import FoundTag, TagRegister
from generator.errors import BlockScopeError
from generator.office.late import Late
from generator.office.names import qname

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Late("lxml.etree")

#: Keywords of the tags of this module.
CELL_KEYWORDS = ("cellbg", "colspan", "vm", "hm")

_CELL = frozenset((qname("w:tc"),))
_PROPERTIES = qname("w:tcPr")
#: Children of ``w:tcPr`` in the order of the schema (ECMA-376 Part 1, 17.4.70).
_ORDER = tuple(
    qname(f"w:{name}")
    for name in ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap",
                 "tcMar", "textDirection", "tcFitText", "vAlign", "hideMark")
)  # fmt: skip


def apply_cell_tags(found: list[FoundTag], register: TagRegister) -> None:
    """Turn the cell tags of a part into properties and conditions of their cells."""
    for item in found:
        if item.tag.keyword not in CELL_KEYWORDS or item.tag.kind != "block":
            continue
        cell = nearest(item.node, _CELL) if item.node is not None else None
        if cell is None:
            register.refuse(f'"{item.tag.written}" does not stand in a table cell', item.tag.where,
                            "write it into the cell it is about", BlockScopeError.code)  # fmt: skip
            continue
        _remove(item)
        _ACTIONS[item.tag.keyword](cell, item, register)


def _remove(item: FoundTag) -> None:
    node = item.node
    assert node is not None
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
    item.node = None


def _argument(item: FoundTag) -> str:
    return item.tag.code.strip().removeprefix(item.tag.keyword).strip()


def _set(cell: Element, name: str, value: str, **others: str) -> None:
    properties = cell.find(_PROPERTIES)
    if properties is None:
        properties = etree.SubElement(cell, _PROPERTIES)
        cell.insert(0, properties)
    tag = qname(f"w:{name}")
    for old in properties.findall(tag):
        properties.remove(old)
    element = properties.makeelement(tag, {qname(f"w:{key}"): text for key, text in others.items()})
    element.set(qname("w:fill") if name == "shd" else qname("w:val"), value)
    rank = _ORDER.index(tag)
    position = sum(
        1 for child in properties if child.tag in _ORDER and _ORDER.index(child.tag) < rank
    )
    properties.insert(position, element)


def _printed(code: str, item: FoundTag, register: TagRegister) -> str:
    mark = register.internal_print(code, "emit_attribute", item.host)
    register.tags[-1].origin = item
    return mark


def _color(cell: Element, item: FoundTag, register: TagRegister) -> None:
    value = _printed(f"({_argument(item)}) | string | replace('#', '')", item, register)
    _set(cell, "shd", value, val="clear", color="auto")


def _span(cell: Element, item: FoundTag, register: TagRegister) -> None:
    _set(cell, "gridSpan", _printed(_argument(item), item, register))


def _merge_down(cell: Element, item: FoundTag, register: TagRegister) -> None:
    """Merge the cell's copies downward; all but the first keep their paragraphs without text."""
    code = "'restart' if loop.first else 'continue'"
    _set(cell, "vMerge", _printed(code, item, register))
    content = [child for child in cell if child.tag != _PROPERTIES]
    if all(child.tag == qname("w:p") for child in content):
        for paragraph in content:
            runs = [child for child in paragraph if child.tag != qname("w:pPr")]
            _only_first(runs, item, register)
    else:
        _only_first(content, item, register)


def _only_first(content: list[Element], item: FoundTag, register: TagRegister) -> None:
    if content:
        content[0].addprevious(register.internal_block("if loop.first", item.host))
        content[-1].addnext(register.internal_block("endif", item.host))


def _merge_across(cell: Element, item: FoundTag, register: TagRegister) -> None:
    span = cell.find(f"{_PROPERTIES}/{qname('w:gridSpan')}")
    own = span.get(qname("w:val"), "1") if span is not None else "1"
    times = f"{own} * loop.length" if own.isdigit() and own != "1" else "loop.length"
    _set(cell, "gridSpan", _printed(times, item, register))
    cell.addprevious(register.internal_block("if loop.first", item.host))
    cell.addnext(register.internal_block("endif", item.host))


_ACTIONS: dict[str, Callable[[Element, FoundTag, TagRegister], None]] = {
    "cellbg": _color,
    "colspan": _span,
    "vm": _merge_down,
    "hm": _merge_across,
}
