"""A worksheet cut into literal pieces, so that the data of a chart are written anew by joining.

Cells of the data keep their formats; all other cells keep everything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from generator.charts.refill_formulas import Cell, reads_cells, unshare
from generator.charts.refill_places import Room, letters_of, number_of
from generator.office.xml import escape_attribute, whole_number

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_M = f"{{{_MAIN}}}"
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DECLARATIONS = re.compile(r' xmlns(:\w+)?="[^"]*"')
_LOST_ROW_ATTRIBUTES = ("r", "spans", "hidden")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: Marks the places of the cells and of the dimension while the sheet is one text.
_SLOT = "\ufdd0"
_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


class Strip(NamedTuple):
    """Cells below each other from a row on, as the texts that end them (after ``r="B2"``).

    ``values`` may be shorter texts if ``form`` is given, which holds one ``%s`` for each; its
    format is ``style`` where the sheet has none of its own.
    """

    column: int
    row: int
    values: Sequence[str]
    form: str
    style: str
    keeps_style: bool = True

    @property
    def end(self) -> int:
        return self.row + len(self.values)


class _Run(NamedTuple):
    """Rows from ``first`` to before ``end`` that look the same.

    ``others`` are the cells that stay (column, text after the reference), ``styles`` the formats
    of those that are data or empty.
    """

    first: int
    end: int
    attributes: str
    others: tuple[tuple[int, str], ...]
    styles: tuple[tuple[int, str], ...]
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class SheetForm:
    """A worksheet with slots for the dimension and the rows."""

    pieces: tuple[str, str, str]
    prefix: str
    runs: tuple[_Run, ...]
    formats: dict[Cell, str]
    notes: dict[Cell, str]
    last_attributes: str
    extent: tuple[int, int, int, int]

    def write(self, strips: Sequence[Strip], without: Collection[Cell] = ()) -> str:
        """Return the sheet with these strips as the chart's data, without some other cells."""
        columns = [strip.column for strip in strips]
        left, top, right, bottom = self.extent
        left, right = min(left, *columns), max(right, *columns)
        top = min(top, *(strip.row for strip in strips))
        bottom = max(bottom, *(strip.end - 1 for strip in strips))
        dimension = f"{letters_of(left)}{top}:{letters_of(right)}{bottom}"
        before, between, after = self.pieces
        return "".join((before, dimension, between, *self._rows(strips, without), after))

    def _rows(self, strips: Sequence[Strip], without: Collection[Cell]) -> Iterable[str]:
        ordered = sorted(strips, key=lambda strip: strip.column)
        starts = sorted({edge for s in strips for edge in (s.row, s.end)})
        top, bottom = starts[0], starts[-1]
        at = 1
        rows: list[str] = []
        for run in (*self.runs, _Run(bottom, bottom, "", (), ())):
            if at < run.first:  # rows that the sheet did not have
                rows += self._cut(
                    _Run(at, run.first, self.last_attributes, (), (), True),
                    ordered,
                    starts,
                    without,
                )
            if run.end <= top or run.first >= bottom:
                rows += self._interval(run, run.first, run.end, (), without)
            else:
                rows += self._cut(run, ordered, starts, without)
            at = max(at, run.end)
        return rows

    def _cut(
        self, run: _Run, strips: Sequence[Strip], starts: Sequence[int], without: Collection[Cell]
    ) -> list[str]:
        """Return the rows of a run, which strips may begin or end in."""
        rows: list[str] = []
        first = run.first
        for edge in (*(s for s in starts if run.first < s < run.end), run.end):
            active = [s for s in strips if s.row <= first and s.end >= edge]
            rows += self._interval(run, first, edge, active, without)
            first = edge
        return rows

    def _interval(
        self, run: _Run, first: int, end: int, strips: Sequence[Strip], without: Collection[Cell]
    ) -> Iterable[str]:
        """Return rows that look the same and are crossed by the same strips."""
        if run.is_new and not strips:
            return ()
        p = self.prefix
        cells: dict[int, str] = {c: f"{t.replace('%', '%%')}" for c, t in run.styles}
        for column, text in run.others:
            if (column, first) not in without:
                cells[column] = text.replace("%", "%%")
        columns: dict[int, Sequence[str]] = {}
        styles = dict(run.styles)
        for strip in strips:
            style = strip.style
            if strip.keeps_style and strip.column in styles:
                style = styles[strip.column].removesuffix("/>")
            cells[strip.column] = style.replace("%", "%%") + strip.form
            columns[strip.column] = strip.values[first - strip.row : end - strip.row]
        if not cells and not run.attributes:
            return ()
        numbers = list(map(str, range(first, end)))
        form = [f'<{p}row r="%s"{run.attributes.replace("%", "%%")}>']
        arguments: list[Sequence[str]] = [numbers]
        for column in sorted(cells):
            form.append(f'<{p}c r="{letters_of(column)}%s"{cells[column]}')
            arguments.append(numbers)
            if column in columns:
                arguments.append(columns[column])
        form.append(f"</{p}row>")
        return map("".join(form).__mod__, zip(*arguments, strict=True))

    def forms(self, is_text: bool) -> tuple[str, str]:
        """Return how a cell with a value and an empty cell go on after their format."""
        p = self.prefix
        if is_text:
            return (
                f' t="inlineStr"><{p}is><{p}t xml:space="preserve">%s</{p}t></{p}is></{p}c>',
                "/>",
            )
        return f"><{p}v>%s</{p}v></{p}c>", "/>"

    def format_of(self, column: int, row: int) -> str:
        """Return the attribute of a cell's format, with a space before; empty if it has none."""
        return self.formats.get((column, row), "")

    def strip(
        self, column: int, row: int, texts: Sequence[str | None], is_text: bool, style: str,
        keeps_style: bool = True,
    ) -> Strip:  # fmt: skip
        """Return the strip of escaped texts, None for empty cells."""
        form, empty = self.forms(is_text)
        if is_text and "_x" in "".join(filter(None, texts)):
            texts = [text and cell_text(text) for text in texts]
        if None in texts or not texts:
            values = [empty if text is None else form % text for text in texts or (None,)]
            return Strip(column, row, values, "%s", style, keeps_style)
        return Strip(column, row, texts, form, style, keeps_style)  # type: ignore[arg-type]


def cell_text(text: str) -> str:
    """Return a text in which a cell finds no escaped character (ECMA-376 Part 1, 22.9.2.19)."""
    return _ESCAPED.sub(r"_x005F_\1", text)


def read_sheet(
    root: etree._Element, data: set[Cell], totals: set[Cell]
) -> tuple[SheetForm, Room, Room]:
    """Return the form of a worksheet whose cells ``data`` are the chart's.

    ``totals`` are cells of a table that may move down with its end. Also returns where the other
    cells stand, by columns and by rows. ``root`` is changed.
    """
    _drop_merges(root, data)
    sheet_data = root.find(f"{_M}sheetData")
    if sheet_data is None:
        sheet_data = etree.SubElement(root, f"{_M}sheetData")
    prefix = f"{root.prefix}:" if root.prefix else ""
    unshare(list(_cells(sheet_data)), data)
    reader = _CellReader(root, data, totals)
    runs: list[_Run] = []
    at = 0
    for row in sheet_data.iterfind(f"{_M}row"):
        at = whole_number(row.get("r"), at + 1)
        _add_run(runs, reader.row(row, at))
        sheet_data.remove(row)
    last = max((row for _, row in data), default=0)
    ends = [run.attributes for run in runs if run.first <= last < run.end]
    data_rows = {row for _, row in data}
    keeps_height = len(data_rows) > 1 and not any(
        run.others for run in runs if run.first <= last < run.end
    )
    form = SheetForm(
        _pieces(root, sheet_data, prefix), prefix, tuple(runs), reader.formats, reader.notes,
        ends[0] if ends and keeps_height else "", reader.extent(data),
    )  # fmt: skip
    return form, *reader.rooms()


def _drop_merges(root: etree._Element, data: set[Cell]) -> None:
    """Drop the merged cells over the data: values would vanish behind the first of them."""
    merges = root.find(f"{_M}mergeCells")
    if merges is None:
        return
    for merge in list(merges):
        ends = [_cell(text) for text in (merge.get("ref") or "").split(":")]
        (left, top), (right, bottom) = ends[0], ends[-1]
        if any(left <= c <= right and top <= r <= bottom for c, r in data):
            merges.remove(merge)
    if len(merges):
        merges.set("count", str(len(merges)))
    else:
        root.remove(merges)


def _cells(sheet_data: etree._Element) -> Iterator[tuple[Cell, etree._Element]]:
    for row in sheet_data.iterfind(f"{_M}row"):
        for cell in row.iterfind(f"{_M}c"):
            if cell.get("r"):
                yield _cell(cell.get("r") or ""), cell


def _cell(reference: str) -> Cell:
    found = _CELL.fullmatch(reference.replace("$", "").upper())
    return (number_of(found[1]), int(found[2])) if found else (0, 0)


def _add_run(runs: list[_Run], run: _Run) -> None:
    """Add a row; a row like the one before lengthens its run."""
    if runs:
        before = runs[-1]
        looks = (before.attributes, before.styles)
        if (
            before.end == run.first
            and not (before.others or run.others)
            and looks == (run.attributes, run.styles)
        ):
            runs[-1] = _Run(before.first, run.end, before.attributes, (), before.styles)
            return
    runs.append(run)


class _CellReader:
    """Sorts the cells of a sheet into the chart's and all others."""

    def __init__(self, root: etree._Element, data: set[Cell], totals: set[Cell]) -> None:
        self._namespaces = root.nsmap
        self._data = data
        self._totals = totals
        self._data_rows = {row for _, row in data}
        self._taken: list[tuple[Cell, bool]] = []
        self._seen: list[Cell] = []
        self.formats: dict[Cell, str] = {}
        self.notes: dict[Cell, str] = {}

    def row(self, row: etree._Element, number: int) -> _Run:
        lost = _LOST_ROW_ATTRIBUTES if number in self._data_rows else ("r", "spans")
        attributes = "".join(
            f' {_attribute_name(row, name)}="{escape_attribute(str(value))}"'
            for name, value in row.attrib.items()
            if name not in lost
        )
        others: list[tuple[int, str]] = []
        styles: list[tuple[int, str]] = []
        column = 0
        for cell in row.iterfind(f"{_M}c"):
            reference = cell.get("r")
            column = _cell(reference)[0] if reference else column + 1
            spot = (column, number)
            look = whole_number(cell.get("s"))
            style = f' s="{look}"' if look else ""
            self._seen.append(spot)
            if spot in self._data or not len(cell):
                if style:
                    self.formats[spot] = style
                    styles.append((column, f"{style}/>"))
                continue
            text = self._text(cell)
            others.append((column, text))
            is_note = self._may_move(cell, spot)
            self._taken.append((spot, is_note))
            if is_note:
                self.notes[spot] = text
        return _Run(number, number + 1, attributes, tuple(sorted(others)), tuple(sorted(styles)))

    def _may_move(self, cell: etree._Element, spot: Cell) -> bool:
        """Tell if a cell is a mere note, or a total that does not name cells by their place."""
        formula = cell.find(f"{_M}f")
        if spot in self._totals:
            return formula is None or not (formula.attrib or reads_cells(formula.text or ""))
        return formula is None and cell.get("t") in ("s", "inlineStr", "str")

    def _text(self, cell: etree._Element) -> str:
        """Return the XML of a cell after its reference."""
        cell.attrib.pop("r", "")
        text = etree.tostring(cell, encoding="unicode", with_tail=False)
        if cell.nsmap == self._namespaces:
            head, sign, rest = text.partition(">")
            text = _DECLARATIONS.sub("", head) + sign + rest
        return text.partition("c")[2] if cell.prefix is None else text.partition(":c")[2]

    def rooms(self) -> tuple[Room, Room]:
        """Return where the other cells stand, by columns and by rows."""
        rooms = []
        for turn in (1, -1):
            lines: dict[int, list[int]] = {}
            for spot, _ in self._taken:
                line, at = spot[::turn]
                lines.setdefault(line, []).append(at)
            notes = frozenset((s[::turn][0], s[::turn][1]) for s, is_note in self._taken if is_note)
            rooms.append(Room({k: tuple(sorted(v)) for k, v in lines.items()}, notes))
        return rooms[0], rooms[1]

    def extent(self, data: set[Cell]) -> tuple[int, int, int, int]:
        """Return the first and last column and row that are used whatever the data are."""
        spots = [spot for spot in self._seen if spot not in data] or sorted(data)[:1] or [(1, 1)]
        columns, rows = [c for c, _ in spots], [r for _, r in spots]
        return min(columns), min(rows), max(columns), max(rows)


def _attribute_name(element: etree._Element, name: str | bytes) -> str:
    qualified = etree.QName(name)
    if not qualified.namespace:
        return qualified.localname
    prefix = next(
        (p for p, uri in element.nsmap.items() if uri == qualified.namespace and p), "xml"
    )
    return f"{prefix}:{qualified.localname}"


def _pieces(
    root: etree._Element, sheet_data: etree._Element, prefix: str
) -> tuple[str, str, str]:  # fmt: skip
    dimension = root.find(f"{_M}dimension")
    if dimension is None:
        dimension = etree.Element(f"{_M}dimension")
        first = root.find(f"{_M}sheetPr")
        root.insert(0 if first is None else 1, dimension)
    dimension.set("ref", _SLOT)
    sheet_data.text = _SLOT
    text = _HEAD + etree.tostring(root, encoding="unicode")
    before, between, after = text.split(_SLOT)
    return before, between, after
