"""The text of a Word document: body, tables and text boxes, in order; no deleted text, no fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from generator.errors import Location, MissingPartError, PackageError, SourceFormatError
from generator.extraction.tables import table_sentences

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {
    f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}rPr", f"{_W}pPr",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_BOX = f"{_W}txbxContent"


def word_lines(data: bytes, shown: str) -> tuple[list[str], date | None]:
    """Return the lines of a document, paragraphs apart by empty ones.

    Raises:
        SourceFormatError: it is no Word document, or a damaged one.
    """
    from generator.office.package import read_package
    from generator.office.xml import parse_xml

    try:
        package = read_package(data, shown)
        part = package.parts.get(package.main)
        if part is None or not part.is_xml:
            raise MissingPartError("the main part is missing", Location(shown))
        root = parse_xml(part.blob, Location(shown, (package.main,)))
    except PackageError as error:
        hint = error.hint or "save it as .docx"
        raise SourceFormatError(error.message, error.where, hint) from error
    body = root.find(f"{_W}body")
    if body is None:
        raise SourceFormatError("this is no Word document", Location(shown), "save it as .docx")
    lines: list[str] = []
    for text in _blocks(body):
        lines += [text, ""]
    return lines, None


def _blocks(parent: Any) -> Iterator[str]:
    """Yield the paragraphs below an element, tables by rows, text boxes behind their paragraph."""
    waiting = list(reversed(parent))
    while waiting:
        element = waiting.pop()
        if element.tag == f"{_W}p":
            boxes: list[Any] = []
            text = "".join(_text(element, boxes)).strip()
            if text:
                yield from (
                    f"{_heading(element)}{line}" for line in text.split("\n") if line.strip()
                )
            waiting += [child for box in reversed(boxes) for child in reversed(box)]
        elif element.tag == f"{_W}tbl":
            yield from table_sentences([list(_cells(row)) for row in element.iter(f"{_W}tr")])
        elif element.tag not in _SKIPPED:
            waiting += reversed(element)


def _cells(row: Any) -> Iterator[str]:
    for cell in row.iterchildren(f"{_W}tc"):
        yield "".join("".join(_text(p, [])) for p in cell.iter(f"{_W}p"))


def _text(paragraph: Any, boxes: list[Any]) -> Iterator[str]:
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == _BOX:
            boxes.append(element)
        elif element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in (f"{_W}tab", f"{_W}noBreakHyphen"):
            yield " " if element.tag.endswith("tab") else "-"
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif element.tag not in _SKIPPED:
            waiting += reversed(element)


def _heading(paragraph: Any) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = (style.get(f"{_W}val") or "").lower() if style is not None else ""
    if name in ("title", "a3", "标题"):
        return "# "
    return "## " if name.startswith(("heading", "标题")) or name in ("1", "2", "3") else ""
