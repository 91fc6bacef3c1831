"""What is known only after a render: cells left empty, tables left without rows, drawn shapes.

The compiler leaves marks at the places where that can happen; ``mend`` resolves them in the text of
a rendered part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from generator.engine.markup import (
    BLOCKS_END,
    BLOCKS_START,
    CELLS,
    DRAWN,
    ELASTIC,
    GRID_END,
    GRID_START,
    KEEP_A_PARAGRAPH,
    KEEP_W_PARAGRAPH,
    KEPT_END,
    KEPT_START,
    MARK_OPEN,
    NEEDS_PARAGRAPH,
    PARAGRAPHS,
    ROWS,
    SDT_CONTENT,
    SHAPE_END,
    SHAPE_START,
    STORIES,
    TABLE_END,
    TABLE_GAP,
    TABLE_START,
    TABLES,
    Element,
    is_node,
    nearest,
)
from generator.engine.shape_targets import may_point_at_shapes, without_lost_targets
from generator.engine.stories import TagRegister
from generator.engine.table_grid import with_elastic_spans, with_fitting_grid, with_fitting_merges
from generator.office.late import Late
from generator.office.names import qname

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Late("lxml.etree")

_SHAPE = re.compile(f"{SHAPE_START}([^{SHAPE_START}{SHAPE_END}]*){SHAPE_END}")
_INNERMOST_TABLE = re.compile(f"{TABLE_START}([^{TABLE_START}{TABLE_END}]*){TABLE_END}")
_INNERMOST_GRID = re.compile(f"{GRID_START}([^{GRID_START}{GRID_END}]*){GRID_END}")
_TABLES_TOUCH = re.compile(
    f"{TABLE_GAP}([{TABLE_START}{TABLE_END}{GRID_START}{GRID_END}]*<w:tbl[ >])"
)
_ANY_CELL = re.compile(r"<[wa]:tc[ >/]")
_MARKS = re.compile(f"[{KEEP_W_PARAGRAPH}{KEEP_A_PARAGRAPH}]")
_LAST_PARAGRAPH = re.compile(r"(?:</[wa]:p>|<[wa]:p(?: [^<>]*)?/>)\s*$")
_EMPTY = {KEEP_W_PARAGRAPH: "<w:p/>", KEEP_A_PARAGRAPH: "<a:p/>"}


def set_marks(root: Element, register: TagRegister) -> bool:
    """Leave marks where a block may empty a container or a table; return whether there are any."""
    marked = False
    for container in root.iter(*NEEDS_PARAGRAPH, SDT_CONTENT):
        children = list(container)
        if any(is_node(child) for child in children) and not _is_inner_control(container):
            mark = NEEDS_PARAGRAPH.get(container.tag, KEEP_W_PARAGRAPH)
            children[-1].tail = (children[-1].tail or "") + mark
            marked = True
    marked = _mark_tables_beside_tags(root) or marked
    for table in root.iter(*TABLES):
        rows = [child for child in table if child.tag in ROWS]
        has_tag_cells = any(is_node(cell) for row in rows for cell in row)
        if has_tag_cells:
            _mark_elastic(rows)
        if has_tag_cells or _spans_by_tag(rows) or _is_merge_open(table):
            _mark_before(table, GRID_START)
            table.tail = GRID_END + (table.tail or "")
            marked = True
    for table in root.iter(*TABLES):
        if not _has_lasting_row(table, register):
            frame = nearest(table, frozenset((qname("p:graphicFrame"),)))
            unit = table if frame is None else frame
            _mark_before(unit, TABLE_START)
            unit.tail = TABLE_END + (unit.tail or "")
            marked = True
    return marked or may_point_at_shapes(root)


def _is_inner_control(container: Element) -> bool:
    """Return whether an element is the content of a control within a line, a row or a table."""
    if container.tag != SDT_CONTENT:
        return False
    around = nearest(container, _AROUND_CONTROLS)
    return around is None or around.tag in PARAGRAPHS or around.tag in ROWS or around.tag in TABLES


def _mark_tables_beside_tags(root: Element) -> bool:
    """Leave marks behind tables that may touch another where a tag's paragraph vanished."""
    marked = False
    for table in root.iter(qname("w:tbl")):
        following = table.getnext()
        if following is not None and is_node(following):
            table.tail = TABLE_GAP + (table.tail or "")
            marked = True
    return marked


def _fitted_table(match: re.Match[str]) -> str:
    return with_fitting_merges(with_fitting_grid(with_elastic_spans(match[1])))


def _mark_elastic(rows: list[Element]) -> None:
    """Mark the cells that are merged over columns that another row repeats."""
    starts = {start for row in rows if (start := _first_tag_column(row)) is not None}
    for row in rows:
        if _first_tag_column(row) is not None:
            continue
        column = 0
        for cell in (child for child in row if child.tag in CELLS):
            span = _span_of(cell)
            if span > 1 and any(column <= start < column + span for start in starts):
                _set_span(cell, f"{span}{ELASTIC}")
                break
            column += 1 if cell.tag == qname("a:tc") else span


def _first_tag_column(row: Element) -> int | None:
    column = 0
    for child in row:
        if is_node(child):
            return column
        if child.tag in CELLS:
            column += 1 if child.tag == qname("a:tc") else _span_of(child)
    return None


def _span_of(cell: Element) -> int:
    span = cell.find(f"{_CELL}Pr/{_SPAN}")
    said = cell.get("gridSpan") if span is None else span.get(qname("w:val"))
    return int(said) if said and said.isdecimal() else 1


def _set_span(cell: Element, said: str) -> None:
    span = cell.find(f"{_CELL}Pr/{_SPAN}")
    if span is None:
        cell.set("gridSpan", said)
    else:
        span.set(qname("w:val"), said)


def _is_merge_open(table: Element) -> bool:
    """Return whether a block begins or ends between the rows of merged cells."""
    tag_since_row = False
    for item in table.iter(*ROWS, etree.ProcessingInstruction):
        if is_node(item):
            tag_since_row = tag_since_row or item.getparent() is table
        elif tag_since_row and _continues_merge(item):
            return True
        elif not _continues_merge(item):
            tag_since_row = False
    return False


def _continues_merge(row: Element) -> bool:
    return any(
        mark.get(qname("w:val"), "continue") == "continue"
        for mark in row.iterfind(f"{_CELL}/{_CELL}Pr/{qname('w:vMerge')}")
    ) or any(cell.get("vMerge") in ("1", "true") for cell in row.iterfind(qname("a:tc")))


def _spans_by_tag(rows: list[Element]) -> bool:
    """Return whether a tag says how many columns a cell of these rows spans."""
    spans = (span for row in rows for span in row.iterfind(f"{_CELL}/{_CELL}Pr/{_SPAN}"))
    return any(MARK_OPEN in (span.get(qname("w:val")) or "") for span in spans)


_AROUND_CONTROLS = PARAGRAPHS | ROWS | TABLES | CELLS | STORIES
_CELL, _SPAN = qname("w:tc"), qname("w:gridSpan")


def _has_lasting_row(table: Element, register: TagRegister) -> bool:
    depth = 0
    conditional = False
    for child in table:
        if is_node(child):
            tag = register.tags[int(child.text or "0")].tag
            depth += 1 if tag.opens else -1 if tag.keyword.startswith("end") else 0
            conditional = True
        elif child.tag in ROWS and depth == 0:
            if _has_lasting_cell(child, register):
                return True
            conditional = True
    return not conditional


def _has_lasting_cell(row: Element, register: TagRegister) -> bool:
    depth = 0
    for child in row:
        if is_node(child):
            tag = register.tags[int(child.text or "0")].tag
            depth += 1 if tag.opens else -1 if tag.keyword.startswith("end") else 0
        elif depth == 0 and (child.tag in CELLS or child.tag == _CONTROL):
            return True
    return False


_CONTROL = qname("w:sdt")


def _mark_before(element: Element, mark: str) -> None:
    previous = element.getprevious()
    parent = element.getparent()
    if previous is not None:
        previous.tail = (previous.tail or "") + mark
    elif parent is not None:
        parent.text = (parent.text or "") + mark


def mend(text: str) -> str:
    """Return the XML of a part with its marks resolved."""
    if SHAPE_START in text:
        text = _SHAPE.sub(_drawing_or_shape, text)
    if TABLE_START in text:
        count = 1
        while count:
            text, count = _INNERMOST_TABLE.subn(_keep_table, text)
    if GRID_START in text:
        count = 1
        while count:
            text, count = _INNERMOST_GRID.subn(_fitted_table, text)
    if TABLE_GAP in text:
        text = _TABLES_TOUCH.sub(r"<w:p/>\1", text).replace(TABLE_GAP, "")
    if KEEP_W_PARAGRAPH in text or KEEP_A_PARAGRAPH in text:
        text = "".join(_kept(text))
    if "<p:spTgt" in text or "<a:stCxn" in text or "<a:endCxn" in text:
        text = without_lost_targets(text)
    return text


_PARAGRAPH_STARTS = ("<w:p>", "<w:p ", "<a:p>", "<a:p ")
_RANGE_MARK = re.compile(
    r"<w:(?:bookmark|commentRange|perm|moveFromRange|moveToRange)(?:Start|End)\b[^<>]*/>"
)
_ANY_MARK = KEEP_W_PARAGRAPH + KEEP_A_PARAGRAPH + TABLE_START + TABLE_END + GRID_START + GRID_END
#: Ends of containers that need a paragraph before them.
_CONTAINER_ENDS = tuple(
    f"</{name}>"
    for name in ("w:tc", "w:txbxContent", "w:hdr", "w:ftr", "w:footnote", "w:endnote", "w:comment",
                 "p:txBody", "a:txBody", "c:rich", "w:sdtContent")
)  # fmt: skip


def lay_blocks(text: str) -> str:
    """Let paragraphs and tables that were printed in a paragraph take that paragraph's place.

    The marks of ranges (bookmarks) in the paragraph stay; a table never ends a container or touches
    another table (both would be read as damage or as one table).
    """
    pieces: list[str] = []
    at = 0
    while (start := text.find(BLOCKS_START, at)) >= 0:
        end = text.index(BLOCKS_END, start)
        head = max(text.rfind(opening, at, start) for opening in _PARAGRAPH_STARTS)
        closing = f"</{text[head + 1]}:p>"
        tail = text.index(closing, end) + len(closing)
        content = text[start + 1 : end]
        pieces.append(text[at:head])
        pieces += _RANGE_MARK.findall(text, head, start)
        before = next((piece for piece in reversed(pieces) if piece.strip(_ANY_MARK)), "")
        pieces.append(_fitted(content, before[-24:].rstrip(_ANY_MARK), text, tail, closing))
        pieces += _RANGE_MARK.findall(text, end, tail)
        at = tail
    pieces.append(text[at:])
    result = "".join(pieces)
    return _without_empty_pages(result) if KEPT_START in result else result


_EMPTY_PAGE = re.compile(f"(<w:body>|{KEPT_END}){KEPT_START}[^{KEPT_START}]*{KEPT_START}")
_KEPT_MARKS = {ord(KEPT_START): None, ord(KEPT_END): None}


def _without_empty_pages(text: str) -> str:
    """Drop the end of the host's page where kept pages follow kept pages, or begin the text."""
    return _EMPTY_PAGE.sub(r"\1", text).translate(_KEPT_MARKS)


def _fitted(content: str, before: str, text: str, tail: int, closing: str) -> str:
    """Return blocks with the empty paragraphs that keep the text around them legal."""
    empty = f"<{closing[2:-1]}/>"
    if not content:
        ends = text.startswith(_CONTAINER_ENDS, tail)
        return empty if ends and not before.endswith((closing, empty)) else ""
    if content.lstrip(_ANY_MARK).startswith("<w:tbl") and before.endswith("</w:tbl>"):
        content = empty + content
    ends_in_table = content.rstrip(_ANY_MARK).endswith("</w:tbl>")
    if ends_in_table and not text.startswith(_PARAGRAPH_STARTS, tail):
        content += empty
    return content


def _drawing_or_shape(match: re.Match[str]) -> str:
    """Return the drawing that a shape's value turned out to be, or else the shape."""
    pieces = match[1].split(DRAWN)
    return pieces[1] if len(pieces) == 3 else match[1]


def mark_shape(shape: Element) -> None:
    """Let a drawing that is printed in a shape take the shape's place."""
    _mark_before(shape, SHAPE_START)
    shape.tail = SHAPE_END + (shape.tail or "")


def _keep_table(match: re.Match[str]) -> str:
    return match[1] if _ANY_CELL.search(match[1]) else ""


def _kept(text: str) -> Iterable[str]:
    start = 0
    for mark in _MARKS.finditer(text):
        yield text[start : mark.start()]
        tail = text[max(0, mark.start() - 200) : mark.start()]
        if not _LAST_PARAGRAPH.search(tail):
            yield _EMPTY[mark.group()]
        start = mark.end()
    yield text[start:]
