"""Where each printed value stands: its run, its paragraph, the room that it has."""

from __future__ import annotations

import re
from copy import deepcopy

from generator.engine.markup import (
    PARAGRAPH_PROPERTIES,
    PARAGRAPHS,
    RANGE_MARKS,
    RUNS,
    TEXTS,
    Element,
    is_node,
    nearest,
    says_something,
    text_mark,
)
from generator.engine.mending import mark_shape
from generator.engine.program import Frame, PrintPlace, marked_tags
from generator.engine.stories import FoundTag, TagRegister
from generator.engine.subdocument_sections import section_copy
from generator.engine.widths import ShapeBoxes, TextColumns
from generator.office.names import qname
from generator.office.package import Package
from generator.office.xml import serialise


def print_places(
    package: Package,
    name: str,
    root: Element,
    register: TagRegister,
    before: int,
    boxes: ShapeBoxes,
) -> dict[int, PrintPlace]:
    """Return the places of the tags of a part that print, by the numbers of the tags.

    Shapes of a slide that a drawing may replace are marked.
    """
    runs = _runs_of_marks(root)
    frames = _frame_shapes(package, name, root, register, boxes)
    columns = TextColumns(root) if package.format == "docx" else None
    is_body = package.format == "docx" and name == package.main
    return {
        found.index: _place_of(
            found.origin or found,
            runs.get(found.index),
            columns,
            frames.get(found.index),
            is_body,
            register,
        )
        for found in register.tags[before:]
        if found.tag.kind == "print"
    }


def _runs_of_marks(root: Element) -> dict[int, Element]:
    runs: dict[int, Element] = {}
    for text in root.iter(*TEXTS):
        if text.text and "\ufdd0" in text.text:
            run = text.getparent()
            if run is not None and run.tag in RUNS:
                runs.update(dict.fromkeys(marked_tags(text.text), run))
    return runs


def _place_of(
    found: FoundTag,
    run: Element | None,
    columns: TextColumns | None,
    frame: Frame | None,
    is_body: bool,
    register: TagRegister,
) -> PrintPlace:
    width = int(columns.width_at(run)) if columns is not None and run is not None else 0
    where = found.tag.where
    opening = _paragraph_open(run) if run is not None else ""
    is_alone = run is not None and _is_alone(run, found.index)
    takes_notes = is_body and run is not None and nearest(run, _NO_NOTES) is None
    section = ""
    if is_alone and takes_notes and columns is not None and run is not None:
        page = columns.section_at(run)
        section = "" if page is None else section_copy(_bare(page), register)
    return PrintPlace(
        where,
        found.tag.written,
        _run_open(run),
        width,
        frame,
        opening,
        takes_notes,
        is_alone,
        section,
    )


#: Where Word allows no footnotes: text boxes, and notes themselves.
_NO_NOTES = frozenset(
    qname(name) for name in ("w:txbxContent", "w:footnote", "w:endnote", "w:comment")
)


def _paragraph_open(run: Element) -> str:
    """Return the start of a run's paragraph with its format; empty for a run that lies deeper."""
    paragraph = run.getparent()
    if paragraph is None or paragraph.tag not in PARAGRAPHS:
        return ""
    properties = ""
    for child in paragraph:
        if child.tag in PARAGRAPH_PROPERTIES and child.tag != qname("a:endParaRPr"):
            copied = deepcopy(child)
            for section in copied.findall(qname("w:sectPr")):
                copied.remove(section)
            properties = _bare(copied)
    name = _bare(paragraph).split(">", 1)[0].split(" ", 1)[0].rstrip("/")
    return f"{name}>{properties}"


def _is_alone(run: Element, index: int) -> bool:
    """Return whether the tag with this number stands in its paragraph alone."""
    paragraph = run.getparent()
    if paragraph is None or paragraph.tag not in PARAGRAPHS:
        return False
    text = "".join(t.text or "" for t in paragraph.iter(*TEXTS)).strip()
    if text != text_mark(index):
        return False
    for child in paragraph:
        if child.tag in PARAGRAPH_PROPERTIES:
            if child.find(qname("w:sectPr")) is not None:
                return False
        elif child.tag in RUNS:
            if child is not run and says_something(child):
                return False
        elif child.tag not in RANGE_MARKS and child.tag != _PROOF:
            return False
    return True


_PROOF = qname("w:proofErr")


def _bare(element: Element) -> str:
    """Return an element's markup without the namespaces that its part declares."""
    text = serialise(element)
    for prefix, uri in element.nsmap.items():
        declaration = f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"'
        text = text.replace(declaration, "", 1)
    return text


_RUN_HEAD = re.compile(r"<[^<>]+?>(?:<([wa]:rPr)\b(?:[^<>]*/>|.*?</\1>))?", re.DOTALL)


#: What is written once for a link of a run: its address, and its tip if that holds tags.
_OF_LINK = re.compile(r"<\?jt \d+\?>[^<]*|" + ' tooltip="[^"]*\ufdd0[^"]*"')


def _run_open(run: Element | None) -> str:
    """Return the markup that begins a run of the same formatting, in the part's own prefixes."""
    if run is None:
        return ""
    head = _RUN_HEAD.match(_bare(run))
    return _OF_LINK.sub("", head.group()) if head else ""


def _frame_shapes(
    package: Package, name: str, root: Element, register: TagRegister, boxes: ShapeBoxes
) -> dict[int, Frame]:
    """Let each slide shape whose whole text is one printed value be replaced by a drawing."""
    frames: dict[int, Frame] = {}
    if package.format != "pptx" or not name.startswith("ppt/slides/"):
        return frames
    for shape in list(root.iter(qname("p:sp"))):
        text = "".join(t.text or "" for t in shape.iter(*TEXTS)).strip()
        marks = marked_tags(text)
        if len(marks) != 1 or text != text_mark(marks[0]) or _has_nodes(shape):
            continue
        found = register.tags[marks[0]]
        box = boxes.of(shape, name)
        if box is None or found.prints_with != "emit_text":
            continue
        frames[found.index] = _frame_of(shape, box)
        found.prints_with = "emit_shape"
        mark_shape(shape)
    return frames


def _has_nodes(shape: Element) -> bool:
    return any(is_node(item) for item in shape.iter())


def _frame_of(shape: Element, box: tuple[int, int, int, int]) -> Frame:
    properties = next(shape.iter(qname("p:cNvPr")))
    alt_text = properties.get("descr") or ""
    if marked_tags(alt_text):
        alt_text = ""
    number = properties.get("id") or "2"
    return Frame(box, int(number) if number.isdecimal() else 2, properties.get("name") or "",
                 alt_text)  # fmt: skip
