"""How much room a layout offers to a drawing: a column of text in Word, a shape on a slide."""

from __future__ import annotations

from bisect import bisect_left

from generator.engine.markup import Element, nearest
from generator.errors import Location
from generator.model.length import Length
from generator.office.names import qname
from generator.office.package import Package
from generator.office.xml import parse_xml, whole_number

_A4_TEXT = Length.cm(16)
_CELL = frozenset((qname("w:tc"),))


def _twips(element: Element | None, name: str, default: int = 0) -> int:
    if element is None:
        return default
    try:
        return int(float(element.get(qname(name)) or default))
    except (ValueError, OverflowError):
        return default


class TextColumns:
    """Widths of the text columns of a Word part, from its sections and table cells."""

    def __init__(self, root: Element) -> None:
        body = root.find(qname("w:body"))
        self._order: dict[Element, int] = {}
        self._ends: list[int] = []
        self._sections: list[Element] = []
        if body is not None:
            for number, child in enumerate(body):
                self._order[child] = number
                for section in child.iter(qname("w:sectPr")):
                    self._ends.append(number)
                    self._sections.append(section)

    def width_at(self, element: Element) -> Length:
        """Return the width (EMU) that a paragraph at ``element`` has for its content."""
        cell = nearest(element, _CELL)
        indent = _indents(element)
        if cell is not None:
            width = _twips(cell.find(f"{qname('w:tcPr')}/{qname('w:tcW')}"), "w:w")
            if width > 0:
                return Length.twips(max(width - 216 - indent, 200))
        section = self._section_of(element)
        if section is None:
            return _A4_TEXT
        return Length.twips(max(_text_width(section) - indent, 200))

    def _section_of(self, element: Element) -> Element | None:
        top = element
        while (parent := top.getparent()) is not None and top not in self._order:
            top = parent
        if not self._sections:
            return None
        number = self._order.get(top, 0)
        position = min(bisect_left(self._ends, number), len(self._sections) - 1)
        return self._sections[position]

    def section_at(self, element: Element) -> Element | None:
        """Return the section of a paragraph of the text itself; None inside of tables."""
        paragraph = nearest(element, frozenset((qname("w:p"),)))
        if paragraph is None or paragraph not in self._order:
            return None
        return self._section_of(element)


def _indents(element: Element) -> int:
    paragraph = nearest(element, frozenset((qname("w:p"),)))
    if paragraph is None:
        return 0
    indent = paragraph.find(f"{qname('w:pPr')}/{qname('w:ind')}")
    return max(0, _twips(indent, "w:left")) + max(0, _twips(indent, "w:right"))


def _text_width(section: Element) -> int:
    size = section.find(qname("w:pgSz"))
    margins = section.find(qname("w:pgMar"))
    columns = section.find(qname("w:cols"))
    width = _twips(size, "w:w", 11906) - _twips(margins, "w:left", 1440)
    width -= _twips(margins, "w:right", 1440) + _twips(margins, "w:gutter")
    count = max(1, _twips(columns, "w:num", 1))
    return (width - (count - 1) * _twips(columns, "w:space", 720)) // count


Box = tuple[int, int, int, int]


class ShapeBoxes:
    """Places of a deck's shapes: their own, or those of the placeholders they fill."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._roots: dict[str, Element] = {}

    def of(self, shape: Element, part_name: str) -> Box | None:
        """Return (x, y, width, height) in EMU of a shape; None if no layout says."""
        own = _box_of(shape)
        if own is not None:
            return own
        placeholder = next(shape.iter(qname("p:ph")), None)
        if placeholder is None:
            return None
        wanted = (placeholder.get("type", "obj"), placeholder.get("idx", "0"))
        layouts = self._package.related(part_name, "slideLayout")
        masters = [m for layout in layouts for m in self._package.related(layout, "slideMaster")]
        boxes = (_placeholder_box(self._root(name), wanted) for name in (*layouts, *masters))
        return next((box for box in boxes if box is not None), None)

    def _root(self, name: str) -> Element:
        if name not in self._roots:
            blob = self._package.parts[name].blob
            self._roots[name] = parse_xml(blob, Location(self._package.file))
        return self._roots[name]


def _placeholder_box(root: Element, wanted: tuple[str, str]) -> Box | None:
    by_type = None
    for shape in root.iter(qname("p:sp")):
        placeholder = next(shape.iter(qname("p:ph")), None)
        if placeholder is None:
            continue
        if placeholder.get("idx", "0") == wanted[1] and (box := _box_of(shape)) is not None:
            return box
        if placeholder.get("type", "obj") == wanted[0]:
            by_type = by_type or _box_of(shape)
    return by_type


def _box_of(shape: Element) -> Box | None:
    transform = shape.find(f"{qname('p:spPr')}/{qname('a:xfrm')}")
    if transform is None:
        return None
    offset, extent = transform.find(qname("a:off")), transform.find(qname("a:ext"))
    if offset is None or extent is None:
        return None
    return (
        whole_number(offset.get("x")),
        whole_number(offset.get("y")),
        whole_number(extent.get("cx")),
        whole_number(extent.get("cy")),
    )
