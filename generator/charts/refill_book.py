"""The workbook embedded in a chart, with the chart's data written anew in place.

Sheets, tables and defined names that hold the data are in pieces; every other item is copied in
its compressed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.charts.refill_data import Filling, Vector
from generator.charts.refill_formulas import Cell
from generator.charts.refill_places import Area, ChartTracks, Layout, Placed, Room, Source, Track
from generator.charts.refill_sheet import SheetForm, Strip
from generator.charts.refill_tables import TableForm
from generator.office.xml import escape_text
from generator.office.zip_writer import Entry, Prepacked, entry

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class DatedStyles:
    """The styles of the workbook with formats for days and times added."""

    entry: Entry
    formats: dict[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """The workbook part with a slot for each defined name that follows the data."""

    part: str
    pieces: tuple[str, ...]
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class BookForm:
    """A workbook that takes any data of its chart; safe to use from many threads."""

    common: Prepacked
    sheets: dict[str, tuple[str, SheetForm]]
    rooms: dict[str, Room]
    tables: tuple[TableForm, ...]
    names: Names | None
    dated: DatedStyles | None
    plain_styles: Entry | None
    tracks: ChartTracks

    def heads(self, layout: Layout, filling: Filling) -> tuple[str, ...]:
        """Return the names of the series as their cells hold them: unlike in a table's head."""
        names = [series.name for series in filling.series]
        for table in self.tables:
            table.tell_apart(names, layout, self.tracks)
        return tuple(names)

    def write(
        self, layout: Layout, filling: Filling, sources: Sequence[Source], heads: Sequence[str]
    ) -> bytes:
        """Return the workbook with the data at their places."""
        writing = _Writing(self, layout)
        is_dated = bool(
            self.dated and filling.levels and filling.levels[-1].moment and layout.levels
        )
        for placed, labels in zip(layout.levels, filling.levels, strict=False):
            style = None
            if is_dated and self.dated:
                style = self.dated.formats[labels.moment]
            writing.add(placed, labels, style)
        for spot, series, head in zip(layout.series, filling.series, heads, strict=True):
            writing.add(spot.head, Vector((head or None,), True, bool(head)))
            writing.add(spot.along, series.along)
            writing.add(spot.values, series.values)
            writing.add(spot.sizes, series.sizes)
        for key, line, at, goal in layout.notes:
            writing.move_note(key, line, at, goal)
        tables = [table.write(writing.texts(table.area.key), layout, self.tracks)
                  for table in self.tables]  # fmt: skip
        for table, (xml, fillers) in zip(self.tables, tables, strict=True):
            writing.changed.append(entry(table.part, xml.encode()))
            for (column, row), text in fillers.items():
                writing.add_text(table.area.key, column, row, text)
        if self.names is not None:
            writing.changed.append(entry(self.names.part, self._named(self.names, layout, sources)))
        if is_dated and self.dated:
            writing.changed.append(self.dated.entry)
        elif self.plain_styles is not None:
            writing.changed.append(self.plain_styles)
        return self.common.with_entries(writing.entries())

    def _named(self, names: Names, layout: Layout, sources: Sequence[Source]) -> bytes:
        texts = [names.pieces[0]]
        for area, piece in zip(names.areas, names.pieces[1:], strict=True):
            grown = resized(area, self.tracks, layout, sources)
            texts += (escape_text(grown.reference()), piece)
        return _HEAD + "".join(texts).encode()


class _Writing:
    """The strips of one filled workbook."""

    def __init__(self, form: BookForm, layout: Layout) -> None:
        self._form = form
        self._turn = -1 if form.tracks.in_rows else 1
        self._strips: dict[str, list[Strip]] = {key: [] for key in form.sheets}
        self._moved: dict[str, set[Cell]] = {}
        self.changed: list[Entry] = []

    def add(self, placed: Placed | None, vector: Vector | None, style: str | None = None) -> None:
        if placed is None or vector is None:
            return
        track, model = placed.track, placed.model
        sheet = self._form.sheets[track.key][1]
        own = style or ""
        if style is None and model is not None and model.key == track.key:
            own = sheet.format_of(*(model.line, model.end)[:: self._turn])
        strips = self._strips[track.key]
        keeps = style is None
        if self._turn == 1:
            strips.append(
                sheet.strip(track.line, track.start, vector.texts, vector.is_text, own, keeps)
            )
            return
        for at, text in enumerate(vector.texts or (None,), track.start):
            strips.append(sheet.strip(at, track.line, (text,), vector.is_text, own, keeps))

    def add_text(self, key: str, column: int, row: int, text: str) -> None:
        """Write a text into one cell."""
        sheet = self._form.sheets[key][1]
        self._strips[key].append(sheet.strip(column, row, (text,), True, ""))

    def move_note(self, key: str, line: int, at: int, goal: int) -> None:
        spot, there = (line, at)[:: self._turn], (line, goal)[:: self._turn]
        note = self._form.sheets[key][1].notes[spot[0], spot[1]]
        self._moved.setdefault(key, set()).add((spot[0], spot[1]))
        self._strips[key].append(Strip(there[0], there[1], (note,), "%s", "", False))

    def texts(self, key: str) -> list[Strip]:
        """Return what is written into a sheet so far."""
        return self._strips[key]

    def entries(self) -> Iterator[Entry]:
        for key, strips in self._strips.items():
            part, sheet = self._form.sheets[key]
            if strips:
                yield entry(part, sheet.write(strips, self._moved.get(key, ())).encode())
        yield from self.changed


def resized(
    area: Area, tracks: ChartTracks, layout: Layout, sources: Sequence[Source]
) -> Area:  # fmt: skip
    """Return an area that named data of the chart, for where the data are now."""
    turned = area.turned() if tracks.in_rows else area
    for track, placed in _pairs(tracks, layout, sources):
        if (track.key, track.line, track.line, track.start, track.end) == (
            turned.key, turned.left, turned.right, turned.top, turned.bottom
        ):  # fmt: skip
            now = placed.track
            turned = Area(area.sheet, area.key, now.line, now.start, now.line, now.end)
            return turned.turned() if tracks.in_rows else turned
    old = [t for t in (*tracks.levels, *(t for s in tracks.series for t in s.all()))
           if t.key == area.key]  # fmt: skip
    new = [t for t in layout.tracks() if t.key == area.key]
    if not old or not new:
        return area
    first, last = min(t.start for t in old), max(t.end for t in old)
    left, right = min(t.line for t in old), max(t.line for t in old)
    values = [s.values.line for s in tracks.series if s.values and s.values.key == area.key]
    top, bottom, end = turned.top, turned.bottom, turned.right
    holds_all = turned.left <= min(values, default=left) and turned.right == right > left
    if turned.bottom == last and top <= max(t.start for t in old) and top >= first - 1:
        bottom = max(t.end for t in new)
    elif not (turned.bottom == turned.top == first):
        return area
    if holds_all:
        end = max(t.line for t in new)
    turned = Area(area.sheet, area.key, turned.left, top, end, max(bottom, top))
    return turned.turned() if tracks.in_rows else turned


def _pairs(
    tracks: ChartTracks, layout: Layout, sources: Sequence[Source]
) -> Iterator[tuple[Track, Placed]]:
    had = tracks.levels[len(tracks.levels) - len(layout.levels) :]
    yield from zip(had, layout.levels, strict=False)
    for source, placed in zip(sources, layout.series, strict=True):
        if source.is_new:
            continue
        series = tracks.series[source.series]
        for track, now in ((series.values, placed.values), (series.along, placed.along),
                           (series.sizes, placed.sizes), (series.head, placed.head)):  # fmt: skip
            if track is not None and now is not None:
                yield track, now
