"""Where figures stand in a filled document: found by the marks around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.build.marked_views import BEGIN, FIGURE_FORMS, Mark, Marks, read_marks
from generator.engine.locate import Places, part_label
from generator.engine.markup import PARAGRAPHS, Element, nearest
from generator.errors import Location
from generator.office.names import qname
from generator.office.package import Package
from generator.office.xml import parse_xml

_TEXTS = frozenset((qname("w:t"), qname("a:t")))
_PARAGRAPHS = frozenset(PARAGRAPHS)
_CHART_PART = re.compile(r"(?:word|ppt)/charts/")
_FIELD_ENDS = {"begin": 1, "end": -1}


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A fact that is printed somewhere: the text that stands there, and what is around it."""

    fact: str
    form: str
    text: str
    place: Location
    before: str = ""
    after: str = ""
    cell: str = ""

    @property
    def is_figure(self) -> bool:
        """Whether the figure itself stands there, not its name, period or source."""
        return self.form in FIGURE_FORMS


@dataclass(frozen=True, slots=True)
class PlainText:
    """What a paragraph holds beside facts; ``is_heading`` by its style or place."""

    text: str
    place: Location
    is_heading: bool


def printed_figures(package: Package, marks: Marks) -> tuple[list[PrintedFigure], list[PlainText]]:
    """Return all facts that are printed in a package, and the rest of its texts.
    A fact inside of the text of another (the short name of an input in the source of a derived
    figure) counts for the outer one.
    """
    figures: list[PrintedFigure] = []
    texts: list[PlainText] = []
    for name, part in package.parts.items():
        if not name.endswith(".xml") or _CHART_PART.match(name):
            continue
        if name.startswith(("word/", "ppt/")) and not _says_something(part.blob):
            continue
        root = parse_xml(part.blob, Location(package.file))
        places = Places(root, Location(package.file, part_label(package, name)))
        is_page = name.startswith(("word/document", "ppt/slides/", "word/foot", "word/end",
                                   "ppt/notesSlides/", "word/header"))  # fmt: skip
        for paragraph in root.iter(*_PARAGRAPHS):
            text = _text_of(paragraph)
            if not text.strip():
                continue
            found, rest = _read(text, marks)
            is_told = is_page and any(sign.isdigit() for sign in rest)
            if not found and not is_told:
                continue
            place = places.of(paragraph, _plain(text))
            figures += (
                PrintedFigure(
                    f.mark.fact, f.mark.form, f.text, place, f.before, f.after, f.mark.cell
                )
                for f in found
            )
            if is_told:
                texts.append(PlainText(rest, place, _is_heading(paragraph)))
        figures += _in_attributes(root, places, marks)
    return figures, texts


def _plain(text: str) -> str:
    return "".join(piece for piece, _ in read_marks(text))


def _says_something(blob: bytes) -> bool:
    return b":t" in blob or BEGIN.encode() in blob


def _text_of(paragraph: Element) -> str:
    """Return the text of a paragraph itself, without the results of its fields."""
    depth = 0
    pieces: list[str] = []
    for element in paragraph.iter():
        tag = element.tag
        if tag == _FIELD:
            depth = max(0, depth + _FIELD_ENDS.get(element.get(_FIELD_TYPE) or "", 0))
        elif tag in _TEXTS and nearest(element, _PARAGRAPHS) is paragraph:
            in_field = depth or nearest(element, _FIELDS) is not None
            if _is_note_number(element):
                continue
            if not in_field or BEGIN in (element.text or ""):
                pieces.append(element.text or "")
        elif tag in _GAPS:
            pieces.append(" ")
    return "".join(pieces)


def _is_note_number(text: Element) -> bool:
    """Return whether this is a raised number on a slide, which stands for a source."""
    properties = text.getprevious()
    return (
        properties is not None
        and properties.tag == _SLIDE_RUN
        and (properties.get("baseline") or "0").lstrip("+") not in ("0", "0%")
        and not (properties.get("baseline") or "").startswith("-")
        and (text.text or "").isdecimal()
    )


_SLIDE_RUN = qname("a:rPr")
_FIELDS = frozenset((qname("w:fldSimple"), qname("a:fld")))
_FIELD, _FIELD_TYPE = qname("w:fldChar"), qname("w:fldCharType")
_GAPS = frozenset((qname("w:tab"), qname("w:br"), qname("a:br")))


def _read(text: str, marks: Marks) -> tuple[list[_Found], str]:
    """Return the facts of a text, each with what it printed, and the text without them."""
    pieces: list[tuple[str, int | None]] = []
    for piece, around in read_marks(text):
        outer = around[0] if around and around[0] < len(marks.known) else None
        if pieces and pieces[-1][1] == outer:
            pieces[-1] = (pieces[-1][0] + piece, outer)
        else:
            pieces.append((piece, outer))
    found = []
    for place, (piece, outer) in enumerate(pieces):
        if outer is not None:
            before = "".join(said for said, _ in pieces[max(0, place - 3) : place])
            after = "".join(said for said, _ in pieces[place + 1 : place + 4])
            found.append(_Found(piece, marks.known[outer], before[-_NEAR:], after[:_NEAR]))
    return found, "".join(" " if outer is not None else piece for piece, outer in pieces)


#: How much of the text around a figure is looked at.
_NEAR = 24


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    mark: Mark
    before: str
    after: str


def _is_heading(paragraph: Element) -> bool:
    style = paragraph.find(f"{qname('w:pPr')}/{qname('w:pStyle')}")
    value = "" if style is None else (style.get(qname("w:val")) or "")
    return value.lower().startswith(("heading", "title", "toc"))


def _in_attributes(root: Element, places: Places, marks: Marks) -> Iterator[PrintedFigure]:
    for element in root.iter():
        for name, value in element.attrib.items():
            if BEGIN not in value:
                continue
            found, _ = _read(str(value), marks)
            words = "alternative text" if str(name) == "descr" else str(name).rpartition("}")[2]
            place = places.of(element).inside(words)
            for one in found:
                yield PrintedFigure(one.mark.fact, one.mark.form, one.text, place,
                                    cell=one.mark.cell)  # fmt: skip


def drawing_places(package: Package) -> dict[str, Location]:
    """Return where drawings stand, by their alternative texts; the first of equal ones."""
    found: dict[str, Location] = {}
    for name, part in package.parts.items():
        if not name.endswith(".xml") or b"descr=" not in part.blob:
            continue
        root = parse_xml(part.blob, Location(package.file))
        places = Places(root, Location(package.file, part_label(package, name)))
        for element in root.iter(qname("wp:docPr"), qname("p:cNvPr")):
            told = element.get("descr")
            if told and told not in found:
                found[told] = places.of(element)
    return found
