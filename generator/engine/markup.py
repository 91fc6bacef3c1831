"""The words of WordprocessingML and DrawingML that tags and blocks care about.

Paragraphs, runs, rows and cells are the same idea in both formats under two names.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from generator.office.late import Late
from generator.office.names import qname

if TYPE_CHECKING:
    from lxml import etree

    Element = etree._Element
else:
    etree = Late("lxml.etree")
    Element = Any


W_P, W_R, W_T = qname("w:p"), qname("w:r"), qname("w:t")
A_P, A_R, A_T = qname("a:p"), qname("a:r"), qname("a:t")
SDT_CONTENT = qname("w:sdtContent")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

PARAGRAPHS = frozenset((W_P, A_P))
RUNS = frozenset((W_R, A_R, qname("a:fld"), _MATH + "r"))
TEXTS = frozenset((W_T, A_T, _MATH + "t"))
ROWS = frozenset((qname("w:tr"), qname("a:tr")))
CELLS = frozenset((qname("w:tc"), qname("a:tc")))
TABLES = frozenset((qname("w:tbl"), qname("a:tbl")))

#: Elements that count as one character of a paragraph's text.
CHARACTERS = {
    qname("w:tab"): "\t",
    qname("w:br"): "\n",
    qname("w:cr"): "\n",
    qname("w:noBreakHyphen"): "-",
    qname("a:br"): "\n",
}
#: Elements inside a paragraph that hold formatting, never text.
PROPERTIES = frozenset(
    qname(name)
    for name in ("w:pPr", "w:rPr", "w:sectPr", "a:pPr", "a:rPr", "a:endParaRPr", "w:tcPr", "w:trPr",
                 "a:tcPr", "w:tblPr", "a:tblPr", "w:tblGrid", "a:tblGrid")
)  # fmt: skip

#: The child of a paragraph that holds its format.
PARAGRAPH_PROPERTIES = frozenset((qname("w:pPr"), qname("a:pPr"), qname("a:endParaRPr")))

#: Stretches of paragraphs that a block must not leave: each is a story of its own.
STORIES = frozenset(
    qname(name)
    for name in (
        "w:body", "w:hdr", "w:ftr", "w:footnote", "w:endnote", "w:comment", "w:txbxContent",
        "p:txBody", "c:rich",
    )
)  # fmt: skip
#: Elements whose children are paragraphs (and tables).
CONTAINERS = STORIES | CELLS | {qname("w:sdtContent"), qname("a:txBody"), qname("p:txBody")}
#: Containers that are not legal without a paragraph at their end, with the mark that keeps one.
NEEDS_PARAGRAPH = {
    **dict.fromkeys(
        (qname(n) for n in ("w:tc", "w:hdr", "w:ftr", "w:footnote", "w:endnote", "w:comment",
                            "w:txbxContent")),
        "\ufdd2",
    ),
    **dict.fromkeys((qname(n) for n in ("p:txBody", "a:txBody", "c:rich")), "\ufdd3"),
}  # fmt: skip

#: Around text that tracked changes have deleted or moved elsewhere.
DELETED = frozenset((qname("w:del"), qname("w:moveFrom")))
#: Inline wrappers that may be cut in two where a block begins or ends inside them.
SPLITTABLE = frozenset(
    qname(name) for name in ("w:hyperlink", "w:ins", "w:smartTag", "w:moveTo", "w:bdo", "w:dir")
)
#: Children of a tag's paragraph that are kept when the paragraph goes: they mark ranges.
RANGE_MARKS = frozenset(
    qname(name)
    for name in ("w:bookmarkStart", "w:bookmarkEnd", "w:commentRangeStart", "w:commentRangeEnd",
                 "w:permStart", "w:permEnd", "w:moveFromRangeStart", "w:moveFromRangeEnd",
                 "w:moveToRangeStart", "w:moveToRangeEnd")
)  # fmt: skip
#: What a run may hold without saying anything.
_SILENT = frozenset(
    qname(name)
    for name in ("w:rPr", "a:rPr", "w:lastRenderedPageBreak", "w:proofErr", "a:endParaRPr")
)

SHAPES = frozenset(
    qname(name) for name in ("p:sp", "p:pic", "p:graphicFrame", "p:cxnSp", "p:grpSp")
)

#: In-text marks; noncharacters of Unicode, which never stand in a document.
MARK_OPEN, MARK_CLOSE = "\ufdd0", "\ufdd1"
#: Marks that are resolved after a part was rendered, see ``engine.mending``.
KEEP_W_PARAGRAPH, KEEP_A_PARAGRAPH, TABLE_START, TABLE_END = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5"
SHAPE_START, SHAPE_END, DRAWN = "\ufdd6", "\ufdd7", "\ufdd8"
#: Around paragraphs and tables that take the place of the paragraph they are printed in.
BLOCKS_START, BLOCKS_END = "\ufdd9", "\ufdda"
#: Around the end of the host's page before kept pages of another document, and behind these.
KEPT_START, KEPT_END = "\ufddd", "\ufdde"
#: Around the number of a list of sources that is not complete yet.
CITED = "\ufde0"
#: Around tables whose columns repeat.
GRID_START, GRID_END = "\ufddb", "\ufddc"
#: Behind the number of columns of a merged cell that reaches over columns that repeat.
ELASTIC = "\ufde2"
#: Behind a table with a tag that vanished: another table may follow.
TABLE_GAP = "\ufde1"
NODE_TARGET = "jt"


def new_node(index: int) -> Element:
    """Return a marker for the tag with this number, to stand between elements."""
    return etree.ProcessingInstruction(NODE_TARGET, str(index))


def is_node(element: Element) -> bool:
    return isinstance(element, etree._ProcessingInstruction) and element.target == NODE_TARGET


def text_mark(index: int) -> str:
    """Return the marker for the tag with this number, to stand in text."""
    return f"{MARK_OPEN}{index}{MARK_CLOSE}"


def nearest(element: Element, tags: frozenset[str] | dict[str, str]) -> Element | None:
    """Return the nearest ancestor with one of these tags."""
    parent = element.getparent()
    while parent is not None and parent.tag not in tags:
        parent = parent.getparent()
    return parent


def empty_copy(element: Element, kept: frozenset[str]) -> Element:
    """Return a copy of an element with its attributes and only those children that are ``kept``."""
    copy = etree.fromstring(f"<copy {_declarations(element)}/>")
    copy.tag = element.tag
    copy.attrib.update(element.attrib)
    copy.extend(deepcopy(child) for child in element if child.tag in kept)
    return copy


def _declarations(element: Element) -> str:
    return " ".join(
        f'xmlns:{prefix}="{uri}"' if prefix else f'xmlns="{uri}"'
        for prefix, uri in element.nsmap.items()
    )


def paragraph_items(paragraph: Element) -> Iterator[Element]:
    """Yield the texts and characters of a paragraph in order, without nested stories."""
    for child in paragraph:
        tag = child.tag
        if tag in TEXTS or tag in CHARACTERS:
            yield child
        elif (
            isinstance(tag, str)
            and len(child)
            and tag not in PARAGRAPHS
            and tag not in PROPERTIES
            and tag not in DELETED
        ):
            yield from paragraph_items(child)


def _shown(element: Element) -> Iterator[Element]:
    """Yield an element and all in it that is not deleted."""
    yield element
    for child in element:
        if child.tag not in DELETED:
            yield from _shown(child)


def says_something(element: Element) -> bool:
    """Return whether an element shows anything but tags: text, a drawing, a field, a page break."""
    has_deleted = next(element.iter(*DELETED), None) is not None
    for item in _shown(element) if has_deleted else element.iter():
        tag = item.tag
        if not isinstance(tag, str) or tag in _SILENT:
            continue
        if tag in TEXTS:
            if item.text and item.text.strip():
                return True
        elif tag == qname("w:br"):
            if item.get(qname("w:type")) in ("page", "column"):
                return True
        elif tag == qname("w:sectPr"):
            holder = item.getparent()
            if holder is not None and holder.tag == qname("w:pPr"):
                return True
        elif tag not in CHARACTERS and tag not in PROPERTIES:
            parent = item.getparent()
            if parent is not None and parent.tag in RUNS and item is not element:
                return True
    return False
