"""Where the data of a chart stand in its workbook, and where they go when they grow or shrink.

A *line* is a column of cells (or a row, if the author drew the series in rows); positions count
along it. Both start with 1. Nothing here knows values, XML or a zip.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import NamedTuple

from generator.charts.refill_data import Filling, PlotKind, Vector
from generator.charts.workbook import column_letters
from generator.errors import ChartError, Location

_AREA = re.compile(
    r"(?P<sheet>'(?:[^']|'')+'|[^'!:,()\s]+)!"
    r"\$?(?P<c1>[A-Za-z]{1,3})\$?(?P<r1>\d{1,7})(?::\$?(?P<c2>[A-Za-z]{1,3})\$?(?P<r2>\d{1,7}))?"
)
_ROWS, _COLUMNS = 1_048_576, 16_384


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; ``sheet`` is written as in references, ``key`` is how it is found."""

    sheet: str
    key: str
    left: int
    top: int
    right: int
    bottom: int

    def reference(self) -> str:
        """Return the absolute reference."""
        first = f"{self.sheet}!${letters_of(self.left)}${self.top}"
        if (self.left, self.top) == (self.right, self.bottom):
            return first
        return f"{first}:${letters_of(self.right)}${self.bottom}"

    def turned(self) -> Area:
        """Return the area with rows for columns."""
        return replace(self, left=self.top, top=self.left, right=self.bottom, bottom=self.right)


@cache
def letters_of(column: int) -> str:
    """Return the letters of a column, 1 for A."""
    return column_letters(column - 1)


def number_of(letters: str) -> int:
    """Return the number of a column, 1 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse_area(text: str) -> Area | None:
    """Return the area that a reference names; None if it names anything else."""
    found = _AREA.fullmatch(text.strip().removeprefix("="))
    if found is None:
        return None
    plain = found["sheet"]
    if plain.startswith("'"):
        plain = plain[1:-1].replace("''", "'")
    left, top = number_of(found["c1"]), int(found["r1"])
    right = number_of(found["c2"]) if found["c2"] else left
    bottom = int(found["r2"]) if found["r2"] else top
    if not (1 <= left <= right <= _COLUMNS and 1 <= top <= bottom <= _ROWS):
        return None
    return Area(found["sheet"], plain.rsplit("]", 1)[-1].casefold(), left, top, right, bottom)


class Track(NamedTuple):
    """A stretch of a line; ``name`` is the defined name by which the chart knows it."""

    sheet: str
    key: str
    line: int
    start: int
    end: int
    name: str | None = None

    def cells(self) -> Iterator[tuple[int, int]]:
        return ((self.line, at) for at in range(self.start, self.end + 1))

    def same_cells(self, other: Track) -> bool:
        return (self.key, self.line, self.start, self.end) == (
            other.key, other.line, other.start, other.end)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeriesTracks:
    """Where a series of the template has its name, its values, positions and sizes."""

    head: Track | None = None
    values: Track | None = None
    along: Track | None = None
    sizes: Track | None = None

    def all(self) -> list[Track]:
        return [t for t in (self.head, self.along, self.values, self.sizes) if t is not None]


@dataclass(frozen=True, slots=True)
class ChartTracks:
    """Where a chart has all its data; ``levels`` of categories from the outermost."""

    in_rows: bool
    levels: tuple[Track, ...]
    series: tuple[SeriesTracks, ...]
    others: tuple[Track, ...] = ()

    def all(self) -> Iterator[Track]:
        yield from self.levels
        for series in self.series:
            yield from series.all()
        yield from self.others

    def is_stacked(self) -> bool:
        """Tell if the series stand below each other in the same lines."""
        starts: dict[int, set[int]] = {}
        for series in self.series:
            if series.along is not None:
                starts.setdefault(series.along.line, set()).add(series.along.start)
        return any(len(found) > 1 for found in starts.values())

    def reference(self, first: Track, last: Track | None = None) -> str:
        """Return what the chart writes for a track, or for neighbouring ones."""
        if first.name is not None:
            return first.name
        end = last or first
        if not self.in_rows and end is first:  # what nearly every reference is
            letters = letters_of(first.line)
            if first.start == first.end:
                return f"{first.sheet}!${letters}${first.start}"
            return f"{first.sheet}!${letters}${first.start}:${letters}${first.end}"
        area = Area(first.sheet, first.key, first.line, first.start, end.line, first.end)
        return (area.turned() if self.in_rows else area).reference()


@dataclass(frozen=True, slots=True)
class Room:
    """Cells of one sheet that are not the chart's: where they stand in each line.

    ``notes`` are those that hold plain text: they may step aside.
    """

    taken: Mapping[int, Sequence[int]] = field(default_factory=dict)
    notes: frozenset[tuple[int, int]] = frozenset()

    def between(self, line: int, first: int, last: int) -> Sequence[int]:
        stops = self.taken.get(line)
        if not stops:
            return ()
        return stops[bisect_left(stops, first) : bisect_right(stops, last)]


class Placed(NamedTuple):
    """A track with its new cells, and the one whose formats it takes."""

    track: Track
    model: Track | None


class PlacedSeries(NamedTuple):
    """Where a filled series goes; None is written into the chart alone."""

    head: Placed | None
    values: Placed | None
    along: Placed | None
    sizes: Placed | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where all data go; ``notes`` are moved: sheet, line, old and new position."""

    levels: tuple[Placed, ...]
    series: tuple[PlacedSeries, ...]
    notes: tuple[tuple[str, int, int, int], ...] = ()

    def tracks(self) -> Iterator[Track]:
        for placed in self.levels:
            yield placed.track
        for series in self.series:
            for part in (series.head, series.along, series.values, series.sizes):
                if part is not None:
                    yield part.track


class Source(NamedTuple):
    """What a series of the data is made from; ``is_new`` if the model stays what it is."""

    series: int
    is_new: bool
    kind: PlotKind


class _Placing:
    """One layout under way."""

    def __init__(
        self, tracks: ChartTracks, rooms: Mapping[str, Room] | None, sources: Sequence[Source]
    ) -> None:
        self._tracks = tracks
        self._rooms = rooms
        self._claims: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._shared: dict[tuple[str, int, int], Sequence[str | None]] = {}
        self._heads: set[tuple[str, int, int]] = set()
        kept = {source.series for source in sources if not source.is_new}
        self._free = [
            t.values.line for i, t in enumerate(tracks.series) if i not in kept and t.values
        ]
        kept_lines = [t.line for i in kept for t in tracks.series[i].all()]
        self._last = max([t.line for t in tracks.levels] + kept_lines, default=0)
        self._is_stacked = tracks.is_stacked()

    def levels(self, filling: Filling) -> tuple[Placed, ...]:
        count = len(filling.levels[0].texts) if filling.levels else 0
        had = self._tracks.levels
        if not filling.levels or len(had) < len(filling.levels):
            return self._new_levels(filling, count) if filling.levels else ()
        placed = [
            Placed(_sized(track, count), track) for track in had[len(had) - len(filling.levels) :]
        ]
        for item in placed:
            self._claim(item.track)
        return tuple(placed)

    def _new_levels(self, filling: Filling, count: int) -> tuple[Placed, ...]:
        model = next((t.values for t in self._tracks.series if t.values), None)
        if self._rooms is None or model is None or len(filling.levels) > 1:
            return ()
        lines = [t.line for series in self._tracks.series for t in series.all()]
        self._last = max([self._last, *lines])
        return (Placed(self._fresh(model, count, model.start), None),)

    def series(self, source: Source, data_values: Vector, along: Vector | None,
               sizes: Vector | None) -> PlacedSeries:  # fmt: skip
        had = self._tracks.series[source.series]
        is_kept = not source.is_new
        if is_kept and had.head is not None and _cell_of(had.head) in self._heads:
            had = replace(had, head=None)  # two series that showed one name: the cell is taken
        is_taken = had.head is not None and self._is_claimed(had.head)
        if is_kept and had.head is not None and not is_taken:
            self._claim(had.head)
        must_move = source.is_new or is_taken
        if source.kind == "category":
            placed = self._category_series(source, must_move, had, len(data_values.texts))
        else:
            count = len(data_values.texts)
            placed = self._point_series(source, must_move, had, count, along, sizes)
        if placed.head is not None:
            self._claim(placed.head.track)
            self._heads.add(_cell_of(placed.head.track))
        return placed

    def _category_series(
        self, source: Source, must_move: bool, had: SeriesTracks, count: int
    ) -> PlacedSeries:
        model = had.values
        if model is None:
            return PlacedSeries(_own_head(source, had), None, None, None)
        values = _sized(model, count)
        if must_move or self._is_claimed(values):
            values = self._fresh(model, count, _head_at(had, model))
            head = self._beside(had, values)
        else:
            self._claim(values)
            head = _own_head(source, had)
        return PlacedSeries(head, Placed(values, model), None, None)

    def _point_series(
        self, source: Source, must_move: bool, had: SeriesTracks, count: int,
        along: Vector | None, sizes: Vector | None,
    ) -> PlacedSeries:  # fmt: skip
        if had.values is None or had.along is None or (sizes and had.sizes is None):
            return PlacedSeries(_own_head(source, had), None, None, None)
        along_texts = along.texts if along else ()
        wanted = [_sized(had.along, count), _sized(had.values, count)]
        if had.sizes is not None:
            wanted.append(_sized(had.sizes, count))
        own = wanted[1:]
        shares = self._shares(wanted[0], along_texts)
        is_side_by_side = len({track.line for track in wanted}) == len(wanted)
        must_move = must_move or not is_side_by_side
        is_stacked = self._is_stacked and is_side_by_side
        if is_stacked and (must_move or any(map(self._is_claimed, wanted))):
            step = self._below(wanted) - _head_at(had, had.values)
            wanted = [_moved(track, step) for track in wanted]
            head = Placed(_moved(had.head, step), had.head) if had.head else None
        elif must_move or any(map(self._is_claimed, own)):
            if not shares:
                wanted[0] = self._fresh(had.along, count, had.along.start)
            for index, model in enumerate((had.values, had.sizes), 1):
                if model is not None:
                    wanted[index] = self._fresh(model, count, _head_at(had, model))
            head = self._beside(had, wanted[1])
        else:
            for track in own:
                self._claim(track)
            if not shares and self._is_claimed(wanted[0]):
                wanted[0] = self._fresh(had.along, count, had.along.start)
            head = _own_head(source, had)
        for track in wanted:
            self._claim(track)
        self._shared[wanted[0].key, wanted[0].line, wanted[0].start] = along_texts
        models = (had.along, had.values, had.sizes)
        placed = [Placed(track, model) for track, model in zip(wanted, models, strict=False)]
        return PlacedSeries(head, placed[1], placed[0], placed[2] if len(placed) > 2 else None)

    def _shares(self, track: Track, texts: Sequence[str | None]) -> bool:
        """Tell if these positions stand there already, written for a series before."""
        there = self._shared.get((track.key, track.line, track.start))
        return there is not None and list(there) == list(texts)

    def _beside(self, had: SeriesTracks, values: Track) -> Placed | None:
        """Return the head of a series whose values moved to another line."""
        at = _head_at(had, values)
        if had.head is None or at >= values.start:
            return None
        return Placed(values._replace(start=at, end=at, name=None), had.head)

    def _below(self, tracks: Iterable[Track]) -> int:
        """Return where the head of a series goes that stands under the others, a cell between."""
        ends = [b for t in tracks for _, b in self._claims.get((t.key, t.line), ())]
        return max(ends, default=-1) + 2

    def _claim(self, track: Track) -> None:
        self._claims.setdefault((track.key, track.line), []).append((track.start, track.end))
        self._last = max(self._last, track.line)

    def _is_claimed(self, track: Track) -> bool:
        claims = self._claims.get((track.key, track.line), ())
        return any(a <= track.end and track.start <= b for a, b in claims)

    def _fresh(self, model: Track, count: int, head_at: int) -> Track:
        """Return a track in the next line that is free from its head to its end."""
        free, self._free = self._free, []
        room = (self._rooms or {}).get(model.key, Room())
        limit = _ROWS if self._tracks.in_rows else _COLUMNS
        for line in chain(free, range(self._last + 1, limit + 1)):
            track = _sized(model._replace(line=line, name=None), count)
            whole = track._replace(start=min(head_at, track.start))
            if not self._is_claimed(whole) and not room.between(line, whole.start, whole.end):
                self._free = [other for other in free if other != line]
                self._claim(whole)
                return track
        raise ChartError(f'the sheet "{model.sheet}" has no room for another series')


def _cell_of(track: Track) -> tuple[str, int, int]:
    return track.key, track.line, track.start


def _own_head(source: Source, had: SeriesTracks) -> Placed | None:
    return None if source.is_new or had.head is None else Placed(had.head, had.head)


def _head_at(had: SeriesTracks, track: Track) -> int:
    """Return the position of a head above a track."""
    if had.head is not None and had.head.line == track.line and had.head.start < track.start:
        return had.head.start
    return max(1, track.start - 1)


def _sized(track: Track, count: int) -> Track:
    """Return the track for so many cells, at least one."""
    return Track(track.sheet, track.key, track.line, track.start,
                 track.start + max(count, 1) - 1, track.name)  # fmt: skip


def _moved(track: Track, step: int) -> Track:
    return track._replace(start=track.start + step, end=track.end + step, name=None)


def place_data(
    tracks: ChartTracks,
    rooms: Mapping[str, Room] | None,
    sources: Sequence[Source],
    filling: Filling,
) -> Layout:
    """Return where the data go: kept series stay in their lines, new ones take free lines.

    ``rooms`` are the other cells of the sheets, None for a chart without a workbook.

    Raises:
        ChartError: numbers or formulas of the author's stand where the data must grow.
    """
    placing = _Placing(tracks, rooms, sources)
    levels = placing.levels(filling)
    placed: dict[int, PlacedSeries] = {}
    order = sorted(range(len(sources)), key=lambda i: sources[i].is_new)  # kept ones first
    for i in order:
        data = filling.series[i]
        placed[i] = placing.series(sources[i], data.values, data.along, data.sizes)
    layout = Layout(levels, tuple(placed[i] for i in range(len(sources))))
    limit = _COLUMNS if tracks.in_rows else _ROWS
    for track in layout.tracks():
        if track.end > limit:
            raise ChartError(f"a sheet has no room for {track.end - track.start + 1:,} values")
    if rooms and any(room.taken for room in rooms.values()):
        return replace(layout, notes=tuple(_notes_aside(tracks, rooms, layout)))
    return layout


def _notes_aside(
    tracks: ChartTracks, rooms: Mapping[str, Room], layout: Layout
) -> Iterator[tuple[str, int, int, int]]:
    """Yield where the notes go that stand in the way."""
    ends: dict[str, int] = {}
    in_the_way: dict[tuple[str, int, int], Track] = {}
    for track in layout.tracks():
        ends[track.key] = max(ends.get(track.key, 0), track.end)
        room = rooms.get(track.key)
        for at in room.between(track.line, track.start, track.end) if room else ():
            in_the_way[track.key, track.line, at] = track
    if not in_the_way:
        return
    goals: set[tuple[str, int, int]] = set()
    for (key, line, at), track in sorted(in_the_way.items(), key=lambda item: item[0]):
        room = rooms[key]
        old_end = max((t.end for t in tracks.all() if t.key == key and t.start <= at), default=at)
        goal = ends[key] + max(1, at - old_end)
        is_free = not room.between(line, goal, goal) and (key, line, goal) not in goals
        if (line, at) not in room.notes or not is_free:
            _raise_in_the_way(tracks, track, at)
        goals.add((key, line, goal))
        yield key, line, at, goal


def _raise_in_the_way(tracks: ChartTracks, track: Track, at: int) -> None:
    cell = track._replace(start=at, end=at, name=None)
    reference = tracks.reference(cell).split("!")[-1].replace("$", "")
    raise ChartError(
        f"cell {reference} holds something where the data of the chart must grow",
        Location(steps=("workbook of the chart", f"sheet {track.sheet}")),
        "leave the cells below the data free, or put what stands there beside the data",
    )
