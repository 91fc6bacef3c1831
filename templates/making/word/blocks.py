"""Building blocks of a briefing: text, captions with numbers, tables, panels of key figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from making.house import TINT, Edition
from making.word.fields import add_field
from making.word.markup import w
from making.word.page import TEXT_WIDTH
from making.word.tables import ANNEX_STYLE, PANEL_STYLE, TABLE_STYLE

#: ``**strong**`` or a reference to a figure or table such as ``[[figure:growth]]``.
_MARKS = re.compile(r"\*\*(.+?)\*\*|\[\[(figure|table):(\w+)\]\]")


@dataclass(frozen=True)
class Labels:
    """The words before the numbers of captions, and what stands between number and caption."""

    figure: str
    table: str
    gap: str
    after: str


LABELS = {
    "zh": Labels("图", "表", "", "　"),
    "en": Labels("Figure", "Table", " ", ". "),
}


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, the cell of the repeated row, its width in millimetres."""

    head: str
    cell: str
    width: float
    style: str = "Table Text"


@dataclass(frozen=True)
class Groups:
    """A loop over groups of rows: its opening tag, the title of a group, its closing tag."""

    start: str
    title: str
    end: str


@dataclass(frozen=True)
class Card:
    """A key figure: what it is, the number, its unit (or nothing), and the line below."""

    label: str
    figure: str
    unit: str
    note: str


class Briefing:
    """Writes a briefing from top to bottom.

    ``figures`` and ``tables`` name what will carry a caption, in order of appearance, so that text
    may refer to a caption before it stands.
    """

    def __init__(
        self,
        document: Document,
        edition: Edition,
        figures: Sequence[str],
        tables: Sequence[str],
    ) -> None:
        self._document = document
        self._labels = LABELS[edition.key]
        self._width = TEXT_WIDTH[edition.key]
        self._numbers = {("figure", name): n for n, name in enumerate(figures, 1)}
        self._numbers |= {("table", name): n for n, name in enumerate(tables, 1)}

    def paragraph(self, text: str, style: str = "Body Text") -> Paragraph:
        """Add a paragraph; ``**strong**`` and ``[[figure:name]]`` are understood."""
        paragraph = self._document.add_paragraph(style=style)
        self._write(paragraph, text)
        return paragraph

    def body(self, *texts: str) -> None:
        """Add paragraphs of running text."""
        for text in texts:
            self.paragraph(text)

    def heading(self, text: str, level: int = 1) -> None:
        """Add a heading; its number, if any, is part of the text."""
        self.paragraph(text, f"heading {level}")

    def figure(self, name: str, tag: str, caption: str, source: str) -> None:
        """Add a chart or diagram with its caption and source line below."""
        self.paragraph(tag, "Figure")
        self._caption("figure", name, caption)
        self.paragraph(source, "Source Line")

    def table(
        self,
        name: str,
        caption: str,
        columns: Sequence[Column],
        source: str,
        description: str,
        groups: Groups | None = None,
    ) -> None:
        """Add a table with caption above and source line below.

        The row below the head holds the cells of ``columns``; a loop opened in its first cell and
        closed in its last repeats it. With ``groups``, rows with a loop of their own stand around
        it, and a band with the title of the group.
        """
        self._caption("table", name, caption)
        last = len(columns) - 1
        rows = [[c.cell for c in columns]]
        if groups:
            band = [groups.title, *[""] * last]
            rows = [[groups.start, *[""] * last], band, *rows, [groups.end, *[""] * last]]
        style = ANNEX_STYLE if groups else TABLE_STYLE
        table = self._new_table(len(rows) + 1, [c.width for c in columns], style)
        _describe(table, caption, description)
        styles = [c.style for c in columns]
        self._fill(table.rows[0], [c.head for c in columns], _head_styles(columns))
        for row, texts in zip(table.rows[1:], rows, strict=True):
            is_band = groups is not None and texts[0] == groups.title
            self._fill(row, texts, ["Annex Group"] * len(columns) if is_band else styles)
            if is_band:
                _shade(row)
        _repeat_header(table)
        self.paragraph(source, "Source Line")

    def panel(self, cards: Sequence[Card], title: str) -> None:
        """Add key figures side by side; the labels are the header row of a table."""
        table = self._new_table(3, [self._width / len(cards)] * len(cards), PANEL_STYLE)
        _describe(table, title, title)
        for cell, card in zip(table.rows[0].cells, cards, strict=True):
            self._put(cell, card.label, "Card Label")
        for cell, card in zip(table.rows[1].cells, cards, strict=True):
            self._put(cell, card.figure, "Card Figure")
            if card.unit:
                cell.paragraphs[0].add_run(f" {card.unit}", style="Card Unit")
        for cell, card in zip(table.rows[2].cells, cards, strict=True):
            self._put(cell, card.note, "Card Note")
        _repeat_header(table)
        self.paragraph("", "Spacer")

    def _caption(self, kind: str, name: str, text: str) -> None:
        paragraph = self._document.add_paragraph(style="caption")
        number = self._numbers[kind, name]
        label = getattr(self._labels, kind)
        start, end = _bookmark(number + (100 if kind == "table" else 0), f"{kind}_{name}")
        paragraph._p.append(start)
        paragraph.add_run(f"{label}{self._labels.gap}")
        add_field(paragraph, f"SEQ {label} \\* ARABIC", str(number))
        paragraph._p.append(end)
        self._write(paragraph, f"{self._labels.after}{text}")

    def _write(self, paragraph: Paragraph, text: str) -> None:
        done = 0
        for mark in _MARKS.finditer(text):
            if mark.start() > done:
                paragraph.add_run(text[done : mark.start()])
            strong, kind, name = mark.groups()
            if strong is not None:
                paragraph.add_run(strong, style="Strong")
            else:
                self._refer(paragraph, kind, name)
            done = mark.end()
        if done < len(text):
            paragraph.add_run(text[done:])

    def _refer(self, paragraph: Paragraph, kind: str, name: str) -> None:
        shown = f"{getattr(self._labels, kind)}{self._labels.gap}{self._numbers[kind, name]}"
        add_field(paragraph, f"REF {kind}_{name} \\h", shown)

    def _new_table(self, rows: int, widths: Sequence[float], style: str) -> Table:
        """Add a table with the same widths in its grid, its cells and its sum."""
        table = self._document.add_table(rows, len(widths), style)
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Mm(width)
        total = sum(int(column.width.twips) for column in table.columns)
        size = table._tbl.tblPr.find(w("tblW").tag)
        size.attrib.clear()
        size.attrib.update(w("tblW", w=total, type="dxa").attrib)
        look = table._tbl.tblPr.find(w("tblLook").tag)
        look.attrib.clear()
        look.attrib.update(
            w(
                "tblLook",
                val="0420",
                firstRow=True,
                lastRow=False,
                firstColumn=False,
                lastColumn=False,
                noHBand=False,
                noVBand=True,
            ).attrib
        )
        return table

    def _fill(self, row: _Row, texts: Sequence[str], styles: Sequence[str]) -> None:
        for cell, text, style in zip(row.cells, texts, styles, strict=True):
            self._put(cell, text, style)
        row._tr.get_or_add_trPr().append(w("cantSplit"))

    def _put(self, cell: _Cell, text: str, style: str) -> None:
        """Fill ``cell``; a line break in ``text`` starts a new paragraph."""
        first, *others = text.split("\n")
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        self._write(paragraph, first)
        for line in others:
            self._write(cell.add_paragraph(style=style), line)


def _head_styles(columns: Sequence[Column]) -> list[str]:
    return ["Annex Head" if c.style.startswith("Annex") else "Table Head" for c in columns]


def _shade(row: _Row) -> None:
    for cell in row.cells:
        cell._tc.get_or_add_tcPr().append(w("shd", val="clear", color="auto", fill=TINT))


def _repeat_header(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(w("tblHeader"))


def _describe(table: Table, title: str, description: str) -> None:
    """Give ``table`` its alternative text."""
    table._tbl.tblPr.append(w("tblCaption", val=title))
    table._tbl.tblPr.append(w("tblDescription", val=description))


def _bookmark(number: int, name: str) -> tuple[BaseOxmlElement, BaseOxmlElement]:
    return w("bookmarkStart", id=number, name=name), w("bookmarkEnd", id=number)
