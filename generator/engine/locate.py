"""Places as a person sees them: paragraph, table row and column, slide, shape, header, note."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator

from generator.engine.markup import CELLS, PARAGRAPHS, ROWS, SHAPES, TABLES, Element, nearest
from generator.errors import Location
from generator.office.names import qname
from generator.office.package import Package

_NOTES = {qname("w:footnote"): "footnote", qname("w:endnote"): "endnote",
          qname("w:comment"): "comment"}  # fmt: skip
_BOX = qname("w:txbxContent")
_STORIES = CELLS | SHAPES | {qname("w:body"), qname("w:hdr"), qname("w:ftr"), _BOX, *_NOTES}


#: What a person calls the parts of a slide, by their relationship.
_OF_SLIDES = {
    "chart": "chart", "comments": "comments", "comment": "comments",
    "diagramData": "SmartArt", "diagramDrawing": "SmartArt",
}  # fmt: skip


def part_label(package: Package, part_name: str) -> tuple[str, ...]:
    """Return the steps that name a part: ``("slide 4",)``, ``("header 1",)``; none for a body."""
    if part_name == package.main and package.format == "docx":
        return ()
    slides = slide_names(package)
    if part_name in slides:
        return (f"slide {slides.index(part_name) + 1}",)
    for position, slide in enumerate(slides, 1):
        if part_name in package.related(slide, "notesSlide"):
            return (f"slide {position}", "notes")
        for kind, label in _OF_SLIDES.items():
            if part_name in package.related(slide, kind):
                return (f"slide {position}", label)
    stem = posixpath.basename(part_name).rsplit(".", 1)[0]
    name = stem.rstrip("0123456789")
    number = stem[len(name) :]
    known = {
        "header": "header", "footer": "footer", "footnotes": "footnotes", "endnotes": "endnotes",
        "comments": "comments", "slideLayout": "layout", "slideMaster": "slide master",
        "core": "document properties", "app": "document properties",
        "custom": "document properties", "chart": "chart",
    }  # fmt: skip
    if "/diagrams/" in part_name:
        return (f"SmartArt {number}" if number else "SmartArt",)
    label = known.get(name, f'part "{part_name}"')
    return (f"{label} {number}" if number and name in known else label,)


def slide_names(package: Package) -> list[str]:
    """Return the part names of a deck's slides in the order of the deck; empty for a document."""
    return [slide.name for slide in package.slides]


class Places:
    """Says where an element of one part stands. Counts are made once, on first use."""

    def __init__(self, root: Element, where: Location) -> None:
        self._root = root
        self._where = where
        self._counts: dict[Element, int] | None = None

    def count(self) -> dict[Element, int]:
        """Number the paragraphs and tables as they stand now."""
        if self._counts is None:
            self._counts = dict(self._number(self._root))
        return self._counts

    def of(self, element: Element, text: str | None = None) -> Location:
        """Return the place of an element, with the text around it."""
        steps = list(reversed(list(self._steps(element, self.count()))))
        shown = " ".join(text.split()) if text else None
        if shown and len(shown) > 60:
            shown = shown[:57] + "..."
        place = self._where.inside(*steps)
        return Location(place.file, place.steps, place.line, shown)

    @staticmethod
    def _number(root: Element) -> Iterator[tuple[Element, int]]:
        counters: dict[Element | None, Counter[str]] = {}
        for element in root.iter():
            if element.tag in TABLES or element.tag in PARAGRAPHS:
                kind = "table" if element.tag in TABLES else "paragraph"
                story = nearest(element, _STORIES)
                counter = counters.setdefault(story, Counter())
                counter[kind] += 1
                yield element, counter[kind]

    def _steps(self, element: Element, counts: dict[Element, int]) -> Iterator[str]:
        current: Element | None = element
        while current is not None:
            tag = current.tag
            parent = current.getparent()
            if tag in PARAGRAPHS and tag == qname("w:p"):
                in_cell = nearest(current, CELLS) is not None
                if not in_cell:
                    yield f"paragraph {counts.get(current, 1)}"
            elif tag in CELLS and parent is not None:
                yield f"column {[c for c in parent if c.tag in CELLS].index(current) + 1}"
            elif tag in ROWS and parent is not None:
                yield f"row {[r for r in parent if r.tag in ROWS].index(current) + 1}"
            elif tag in TABLES:
                if tag == qname("w:tbl"):
                    yield f"table {counts.get(current, 1)}"
                else:
                    yield "table"
            elif tag == _BOX:
                yield "text box"
            elif tag in _NOTES:
                yield f"{_NOTES[tag]} {current.get(qname('w:id'))}"
            elif tag in SHAPES:
                name = shape_name(current)
                if name:
                    yield f'shape "{name}"'
            current = parent


def shape_name(shape: Element) -> str | None:
    """Return the name a person sees in the selection pane."""
    properties = next(shape.iter(qname("p:cNvPr")), None)
    return properties.get("name") if properties is not None else None
