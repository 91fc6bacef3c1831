"""Tables over the data of a chart: they follow the data, and their columns take the names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from generator.charts.refill_formulas import Cell
from generator.charts.refill_places import (
    Area,
    ChartTracks,
    Layout,
    letters_of,
    parse_area,
)
from generator.charts.refill_sheet import Strip, cell_text
from generator.office.xml import escape_attribute, escape_text, whole_number

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SLOT = re.compile("\ufdd0(\\w)\ufdd1")
_LOST = ("calculatedColumnFormula", "xmlColumnPr")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table: its name (as its head shows it), and the XML around that."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TableForm:
    """A table with slots for its place and its columns."""

    part: str
    area: Area
    has_totals: bool
    columns: tuple[_Column, ...]
    next_id: int
    prefix: str
    pieces: tuple[str, ...]

    def totals(self, columns: set[int]) -> set[Cell]:
        """Return the cells of its last row if that holds totals of these columns alone."""
        lines = set(range(self.area.left, self.area.right + 1))
        if not self.has_totals or not lines <= columns:
            return set()
        return {(column, self.area.bottom) for column in lines}

    def tell_apart(self, names: list[str], layout: Layout, tracks: ChartTracks) -> None:
        """Make the names of series that stand in the head of the table differ from all others."""
        if tracks.in_rows:
            return
        in_head: dict[int, int] = {}
        for index, series in enumerate(layout.series):
            if series.head is not None and series.head.track.key == self.area.key and (
                series.head.track.start == self.area.top
            ):  # fmt: skip
                in_head[index] = series.head.track.line
        data = {track.line for track in tracks.all() if track.key == self.area.key}
        data -= {track.line for track in tracks.levels}
        taken = {
            column.name.casefold()
            for line, column in enumerate(self.columns, self.area.left)
            if line not in data and line not in in_head.values()
        }
        for index in sorted(in_head, key=lambda i: in_head[i]):
            names[index] = unlike(names[index] or "Column", taken)
            taken.add(names[index].casefold())

    def write(
        self, strips: Sequence[Strip], layout: Layout, tracks: ChartTracks
    ) -> tuple[str, Mapping[Cell, str]]:
        """Return the table over the new data, and the texts that its empty head cells need."""
        area = self._grown(layout, tracks)
        heads = _heads(strips, area)
        taken = {text.casefold() for text in heads.values()}
        data = {track.line for track in tracks.all() if track.key == area.key}
        fillers: dict[Cell, str] = {}
        columns: list[str] = []
        number = self.next_id
        for index, line in enumerate(range(area.left, area.right + 1)):
            had = self.columns[index] if index < len(self.columns) else None
            name = heads.get(line)
            if name is None and had is not None and (tracks.in_rows or line not in data):
                name = had.name
            if name is None and had is not None and _is_level(tracks, line):
                name = had.name
            if name is None:
                name = unlike(f"Column{index + 1}", taken)
                taken.add(name.casefold())
                fillers[line, area.top] = escape_text(name)
            written = escape_attribute(cell_text(name)).replace("&#10;", "_x000a_")
            if had is not None:
                columns.append(f"{had.before}{written}{had.after}")
            else:
                columns.append(f'<{self.prefix}tableColumn id="{number}" name="{written}"/>')
                number += 1
        return self._joined(area, columns), fillers

    def _grown(self, layout: Layout, tracks: ChartTracks) -> Area:
        """Return the area of the table for the new data."""
        area = self.area
        old = [track for track in tracks.all() if track.key == area.key]
        new = [track for track in layout.tracks() if track.key == area.key]
        if not new or not old:
            return area
        right, bottom = area.right, area.bottom
        if tracks.in_rows:
            if right == max(track.end for track in old):
                right = max(track.end for track in new)
            if bottom == max(track.line for track in old) and not self.has_totals:
                bottom = max(track.line for track in new)
            return replace(area, right=right, bottom=max(bottom, area.top + 1))
        lines = {track.line for track in new}
        if right == max(track.line for track in old):
            right = max(line for line in lines if line <= right)
        while right + 1 in lines:
            right += 1
        end, new_end = max(track.end for track in old), max(track.end for track in new)
        if self.has_totals:  # they step aside, but do not come nearer
            bottom = max(bottom, new_end + 1) if bottom == end + 1 else bottom
        elif bottom == end:
            bottom = new_end
        return replace(area, right=right, bottom=max(bottom, area.top + 1))

    def _joined(self, area: Area, columns: Sequence[str]) -> str:
        end = f"{letters_of(area.right)}{area.bottom}"
        start = f"{letters_of(area.left)}{area.top}"
        texts = {
            "R": f"{start}:{end}",
            "F": f"{start}:{letters_of(area.right)}{area.bottom - self.has_totals}",
            "N": str(len(columns)),
            "C": "".join(columns),
        }
        return _HEAD + "".join(
            texts[piece] if index % 2 else piece for index, piece in enumerate(self.pieces)
        )


def _is_level(tracks: ChartTracks, line: int) -> bool:
    return any(track.line == line for track in tracks.levels)


def _heads(strips: Sequence[Strip], area: Area) -> dict[int, str]:
    """Return the texts written into the head of the table, by column."""
    heads: dict[int, str] = {}
    for strip in strips:
        if strip.row == area.top and len(strip.values) == 1 and "inlineStr" in strip.form:
            plain = strip.values[0].replace("_x005F_", "_")
            heads[strip.column] = (
                plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            )
    return heads


def unlike(name: str, taken: set[str]) -> str:
    """Return the name, with a number behind it if there is one like it."""
    number, found = 2, name
    while found.casefold() in taken:
        found, number = f"{name}{number}", number + 1
    return found


def read_table(root: etree._Element, part: str, key: str) -> TableForm | None:
    """Return the form of a table; None for one without a row of heads, which needs no care."""
    area = parse_area(f"x!{root.get('ref')}")
    columns = root.find(f"{_M}tableColumns")
    if area is None or columns is None or root.get("headerRowCount") == "0":
        return None
    prefix = f"{root.prefix}:" if root.prefix else ""
    root.set("ref", "\ufdd0R\ufdd1")
    filters = root.find(f"{_M}autoFilter")
    if filters is not None:
        filters.set("ref", "\ufdd0F\ufdd1")
        for child in list(filters):
            filters.remove(child)
    sort = root.find(f"{_M}sortState")
    if sort is not None:
        root.remove(sort)
    read = [_read_column(column, root) for column in columns]
    ids = [whole_number(column.get("id")) for column in columns]
    columns.set("count", "\ufdd0N\ufdd1")
    for column in list(columns):
        columns.remove(column)
    columns.text = "\ufdd0C\ufdd1"
    return TableForm(
        part, replace(area, key=key), bool(whole_number(root.get("totalsRowCount"))), tuple(read),
        max(ids, default=0) + 1, prefix,
        tuple(_SLOT.split(etree.tostring(root, encoding="unicode"))),
    )  # fmt: skip


def _read_column(column: etree._Element, root: etree._Element) -> _Column:
    name = re.sub("_x000[aAdD]_", "\n", column.get("name") or "")
    column.set("name", "\ufdd0x\ufdd1")
    for child in list(column):
        if etree.QName(child).localname in _LOST:
            column.remove(child)
    text = etree.tostring(column, encoding="unicode", with_tail=False)
    if column.nsmap == root.nsmap:
        head, sign, rest = text.partition(">")
        text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", head) + sign + rest
    before, _, after = _SLOT.split(text)
    return _Column(name, before, after)
