"""A chart part cut into literal pieces, with slots for what data change in it.

Everything else of the author's stays as it is: formats, axes, labels, trend lines, error bars.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from generator.charts.refill_data import Filling, PlotKind, SeriesData, Vector
from generator.charts.refill_places import (
    Area,
    ChartTracks,
    Layout,
    Placed,
    SeriesTracks,
    Source,
    Track,
    parse_area,
)
from generator.errors import Location, UnsupportedChartError
from generator.office.names import NAMESPACES
from generator.office.xml import escape_text, parse_xml

_C = f"{{{NAMESPACES['c']}}}"
_A = f"{{{NAMESPACES['a']}}}"
_WHERE = Location(steps=("chart",))
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TOKEN = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_DATA_TAGS = ("cat", "xVal", "val", "yVal", "bubbleSize")
_BEHIND_DATA = ("smooth", "shape", "bubble3D", "extLst")
_BEHIND_LABELS = ("trendline", "errBars", *_DATA_TAGS, *_BEHIND_DATA)
_OF_ONE_LABEL = (
    "numFmt", "spPr", "txPr", "dLblPos", "showLegendKey", "showVal", "showCatName", "showSerName",
    "showPercent", "showBubbleSize", "separator",
)  # fmt: skip
_ACCENTS = 6
_MOST_CELLS = 2_000_000
#: What Office does to the accents from the seventh series on.
_SHADES = (
    "", '<{a}lumMod val="60000"/>', '<{a}lumMod val="80000"/><{a}lumOff val="20000"/>',
    '<{a}lumMod val="80000"/>', '<{a}lumMod val="60000"/><{a}lumOff val="40000"/>',
    '<{a}lumMod val="50000"/>',
)  # fmt: skip
_MOMENT_CODES = {"date": "m/d/yyyy", "datetime": "m/d/yyyy h:mm"}

Resolve = Callable[[str], tuple[Area, str | None] | None]


@dataclass(frozen=True, slots=True)
class _Point:
    """A piece that belongs to one point, as its colour or its label; dropped without the point."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class _NewPoints:
    """How points look that the template did not have: the model's pieces, from ``first`` on."""

    first: int
    accent: int
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels of single points: the author's own, and how one with a given text looks.

    ``opening`` and ``closing`` stand around them if the series has no labels of its own.
    """

    model: str
    own: tuple[_Point, ...]
    opening: str
    closing: str


_Piece = str | _Point | _NewPoints | _Labels


@dataclass(frozen=True, slots=True)
class SeriesForm:
    """One series of the template, or the model of new ones (its slots take another colour).

    ``head``, ``before`` and ``after`` stand around the slots for numbers and name, and for data.
    """

    head: str
    before: tuple[_Piece, ...]
    after: tuple[_Piece, ...]
    idx: int
    name: str
    group: int
    kind: PlotKind
    accent: int
    codes: dict[str, str | None]
    point_codes: dict[str, dict[int, str]]
    shows_name: bool


@dataclass(frozen=True, slots=True)
class _Group:
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Title:
    """A title that shows a cell: the text behind it is cached like a value."""

    track: Track
    before: str
    text: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is said of one line of the legend."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class _Axis:
    ids: str
    pieces: tuple[str | _Title, ...]


_TopPiece = str | int | _Axis | _Title | _Entry


@dataclass(frozen=True, slots=True)
class ChartPieces:
    """The chart part as pieces; a number stands for a group of series."""

    pieces: tuple[_TopPiece, ...]
    groups: tuple[_Group, ...]
    axes_of: tuple[frozenset[str], ...]
    series: tuple[SeriesForm, ...]
    models: tuple[SeriesForm, ...]
    c: str
    a: str
    used_idx: frozenset[int]
    legend_is_points: bool
    is_1904: bool
    tracks: ChartTracks

    def match(self, names: Sequence[str]) -> tuple[Source, ...]:
        """Return what each series is made from: its namesake, else the next one in order.

        A new series is made from the model of the group that the series before it is in.
        """
        found: list[int | None] = [None] * len(names)
        left = dict.fromkeys(range(len(self.series)))
        for index, name in enumerate(names):
            same = next((i for i in left if self.series[i].name == name.strip()), None)
            if same is not None:
                found[index] = same
                del left[same]
        for index, known in enumerate(found):
            if known is None and left:
                found[index] = next(iter(left))
                del left[found[index]]  # type: ignore[arg-type]
        first = next(i for i in found if i is not None)
        group = self.series[first].group
        sources = []
        for known in found:
            if known is None:
                last = max(i for i, form in enumerate(self.series) if form.group == group)
                sources.append(Source(last, True, self.series[last].kind))
            else:
                group = self.series[known].group
                sources.append(Source(known, False, self.series[known].kind))
        return tuple(sources)

    def render(
        self, sources: Sequence[Source], filling: Filling, layout: Layout, heads: Sequence[str]
    ) -> str:
        """Return the chart part with the data."""
        writer = _Writer(self, filling, layout, heads)
        series: dict[int, list[str]] = {}
        numbers = self._numbers(sources)
        accents = self._new_accents(sources)
        for order, source in enumerate(sources):
            form = self.series[source.series]
            if source.is_new:
                form = self.models[form.group]
            text = writer.series(form, order, numbers[order], accents.get(order))
            series.setdefault(form.group, []).append(text)
        used = set().union(*(self.axes_of[group] for group in series))
        parts: list[str] = [_HEAD]
        for piece in self.pieces:
            if isinstance(piece, str):
                parts.append(piece)
            elif isinstance(piece, int):
                if piece in series:
                    group = self.groups[piece]
                    parts += (group.before, *series[piece], group.after)
            elif isinstance(piece, _Axis):
                if piece.ids in used:
                    parts += map(writer.titled, piece.pieces)
            elif isinstance(piece, _Entry):
                parts += self._entry(piece, len(sources), filling)
            else:
                parts.append(writer.titled(piece))
        return "".join(parts)

    def _numbers(self, sources: Sequence[Source]) -> list[int]:
        """Return the c:idx of each series: automatic colours follow it, so that kept ones stay."""
        following = max(self.used_idx, default=-1) + 1
        numbers = []
        for source in sources:
            if source.is_new:
                numbers.append(following)
                following += 1
            else:
                numbers.append(self.series[source.series].idx)
        return numbers

    def _new_accents(self, sources: Sequence[Source]) -> dict[int, tuple[int, int]]:
        """Return accent and shade of each new series: the next one that the chart shows least."""
        if not any(source.is_new for source in sources):
            return {}
        shown = Counter(
            form.accent or form.idx % _ACCENTS + 1
            for form in (self.series[s.series] for s in sources if not s.is_new)
        )
        last: dict[int, int] = {}
        accents = {}
        for order, source in enumerate(sources):
            if not source.is_new:
                continue
            form = self.series[source.series]
            after = last.get(form.group, form.accent or form.idx % _ACCENTS + 1)
            candidates = [(after + step) % _ACCENTS + 1 for step in range(_ACCENTS)]
            accent = min(candidates, key=lambda number: shown[number])
            accents[order] = (accent, shown[accent])
            shown[accent] += 1
            last[form.group] = accent
        return accents

    def _entry(self, entry: _Entry, count: int, filling: Filling) -> Iterator[str]:
        """Yield what is said of a line of the legend; trend lines come after the series."""
        had = len(self.series)
        if self.legend_is_points:
            points = len(filling.series[0].values.texts)
            if entry.index < points:
                yield entry.text % entry.index
        elif entry.index >= had:
            yield entry.text % (entry.index - had + count)
        elif entry.index < count:
            yield entry.text % entry.index


class _Writer:
    """Writes the slots of one chart; what series share is written once."""

    def __init__(
        self, form: ChartPieces, filling: Filling, layout: Layout, heads: Sequence[str]
    ) -> None:
        self._form = form
        self._filling = filling
        self._layout = layout
        self._heads = heads
        self._c = form.c
        self._point = f'<{form.c}pt idx="%d"><{form.c}v>%s</{form.c}v></{form.c}pt>'
        self._alike: dict[object, str] = {}

    def series(self, form: SeriesForm, order: int, idx: int, accent: tuple[int, int] | None) -> str:
        data = self._filling.series[order]
        parts = [
            form.head,
            f'<{self._c}idx val="{idx}"/><{self._c}order val="{order}"/>',
            self._name(form, order, data),
        ]
        parts += self._pieces(form.before, data, accent)
        parts += self._data(form, order, data)
        parts += self._pieces(form.after, data, accent)
        return "".join(parts)

    def _pieces(
        self, pieces: Sequence[_Piece], data: SeriesData, accent: tuple[int, int] | None
    ) -> Iterator[str]:
        count = len(data.values.texts)
        for piece in pieces:
            if isinstance(piece, str):
                yield self._colored(piece, accent) if accent and _OPEN in piece else piece
            elif isinstance(piece, _Point):
                if piece.index < count:
                    yield piece.text
            elif isinstance(piece, _Labels):
                yield from self._labels(piece, data, accent)
            else:
                for index in range(piece.first, count):
                    steps = piece.accent - 1 + index - piece.first
                    look = (steps % _ACCENTS + 1, steps // _ACCENTS)
                    for part in piece.pieces:
                        yield self._colored(part.replace(f"{_OPEN}i{_CLOSE}", str(index)), look)

    def _labels(
        self, piece: _Labels, data: SeriesData, accent: tuple[int, int] | None
    ) -> Iterator[str]:
        """Yield the labels of single points; one that the author took away stays away."""
        values = data.values.texts
        shown = {point.index: point.text for point in piece.own if point.index < len(values)}
        model = self._colored(piece.model, accent) if accent else piece.model
        for index, label in enumerate(data.labels or ()):
            is_away = f"<{self._c}delete" in shown.get(index, "")
            if label and values[index] is not None and not is_away:
                text = model.replace(f"{_OPEN}i{_CLOSE}", str(index))
                shown[index] = text.replace(f"{_OPEN}t{_CLOSE}", label)
        if shown:
            yield piece.opening
            yield from (shown[index] for index in sorted(shown))
            yield piece.closing

    def _colored(self, text: str, accent: tuple[int, int]) -> str:
        number, shade = accent
        text = text.replace(f"{_OPEN}k{_CLOSE}", f"accent{number}")
        return text.replace(
            f"{_OPEN}l{_CLOSE}", _SHADES[shade % len(_SHADES)].format(a=self._form.a)
        )

    def _name(self, form: SeriesForm, order: int, data: SeriesData) -> str:
        c, name = self._c, data.name
        head = self._layout.series[order].head
        if head is None or self._heads[order] != name:
            if not name and not form.shows_name:
                return ""
            return f"<{c}tx><{c}v>{name}</{c}v></{c}tx>"
        point = self._point % (0, name) if name else ""
        return (
            f"<{c}tx><{c}strRef><{c}f>{self._reference(head.track)}</{c}f><{c}strCache>"
            f'<{c}ptCount val="1"/>{point}</{c}strCache></{c}strRef></{c}tx>'
        )

    def _reference(self, first: Track, last: Track | None = None) -> str:
        reference = self._form.tracks.reference(first, last)
        return escape_text(reference) if "&" in reference or "<" in reference else reference

    def _data(self, form: SeriesForm, order: int, data: SeriesData) -> Iterator[str]:
        placed = self._layout.series[order]
        if form.kind == "category":
            yield self._categories(form.codes.get("along"))
            yield self._numbers("val", form, "values", placed.values, data.values)
            return
        if data.along is not None:
            yield self._numbers("xVal", form, "along", placed.along, data.along)
        yield self._numbers("yVal", form, "values", placed.values, data.values)
        if data.sizes is not None:
            yield self._numbers("bubbleSize", form, "sizes", placed.sizes, data.sizes)

    def _categories(self, code: str | None) -> str:
        if code not in self._alike:
            self._alike[code] = self._written_categories(code)
        return self._alike[code]

    def _written_categories(self, code: str | None) -> str:
        c, levels, placed = self._c, self._filling.levels, self._layout.levels
        tracks = [item.track for item in placed]
        if len(levels) > 1:
            count = max(1, len(levels[0].texts))
            cached = "".join(f"<{c}lvl>{self._points(level)}</{c}lvl>" for level in levels[::-1])
            reference = self._reference(tracks[0], tracks[-1]) if tracks else ""
            return (
                f"<{c}cat><{c}multiLvlStrRef><{c}f>{reference}</{c}f><{c}multiLvlStrCache>"
                f'<{c}ptCount val="{count}"/>{cached}</{c}multiLvlStrCache></{c}multiLvlStrRef>'
                f"</{c}cat>"
            )
        labels = levels[0]
        if labels.moment and code in (None, "General", "@"):
            code = _MOMENT_CODES[labels.moment]
        return self._wrapped("cat", labels, tracks[0] if tracks else None, code, {})

    def _numbers(
        self, tag: str, form: SeriesForm, what: str, placed: Placed | None, vector: Vector
    ) -> str:
        code = form.codes.get(what)
        track = placed.track if placed else None
        return self._wrapped(tag, vector, track, code, form.point_codes.get(what, {}))

    def _wrapped(
        self, tag: str, vector: Vector, track: Track | None, code: str | None,
        codes: Mapping[int, str],
    ) -> str:  # fmt: skip
        """Return values as the chart keeps them: with the cells that they come from, or alone."""
        c = self._c
        kind = "str" if vector.is_text else "num"
        written = (
            f"<{c}formatCode>{escape_text(code)}</{c}formatCode>"
            if code is not None and not vector.is_text
            else ""
        )
        count = f'<{c}ptCount val="{max(1, len(vector.texts))}"/>'
        inside = f"{written}{count}{self._points(vector, codes)}"
        if track is None:
            return f"<{c}{tag}><{c}{kind}Lit>{inside}</{c}{kind}Lit></{c}{tag}>"
        return (
            f"<{c}{tag}><{c}{kind}Ref><{c}f>{self._reference(track)}</{c}f><{c}{kind}Cache>"
            f"{inside}</{c}{kind}Cache></{c}{kind}Ref></{c}{tag}>"
        )

    def _points(self, vector: Vector, codes: Mapping[int, str] | None = None) -> str:
        if codes:
            c = self._c
            return "".join(
                f'<{c}pt idx="{i}"{codes.get(i, "")}><{c}v>{text}</{c}v></{c}pt>'
                for i, text in enumerate(vector.texts)
                if text is not None
            )
        if vector.is_full:
            return "".join(map(self._point.__mod__, enumerate(vector.texts)))
        return "".join(
            self._point % (i, text) for i, text in enumerate(vector.texts) if text is not None
        )

    def titled(self, piece: str | _Title) -> str:
        """Return a title that shows the name of a series with that name."""
        if isinstance(piece, str):
            return piece
        for placed, name in zip(self._layout.series, self._heads, strict=True):
            if placed.head is not None and placed.head.track.same_cells(piece.track):
                return f"{piece.before}{name}"
        return f"{piece.before}{piece.text}"


def cut_chart(chart_xml: bytes, resolve: Resolve | None, is_1904: bool | None) -> ChartPieces:
    """Return the pieces of a chart part.

    ``resolve`` finds the cells behind a reference in the chart's workbook; None without one.
    ``is_1904`` is how that workbook counts days.

    Raises:
        UnsupportedChartError: the part is no chart of these kinds, has no series, or takes its
            data from something else than ranges of cells.
    """
    root = parse_xml(_TOKEN_MARKS.sub(b"", chart_xml), _WHERE)
    return _Cutting(root, resolve, is_1904).pieces()


_TOKEN_MARKS = re.compile(b"\xef\xb7[\x90\x91]")  # the same two characters in UTF-8


def _mark(text: str) -> str:
    return f"{_OPEN}{text}{_CLOSE}"


class _Cutting:
    """Marks the slots in the tree of one chart, then cuts its text there."""

    def __init__(self, root: etree._Element, resolve: Resolve | None, is_1904: bool | None) -> None:
        plot = root.find(f"{_C}chart/{_C}plotArea")
        if root.tag != f"{_C}chartSpace" or plot is None:
            raise UnsupportedChartError(
                "the chart is of a kind that Office draws in another way "
                "(as waterfall, treemap, map)", _WHERE,
                "draw it as a column, bar, line, area, pie, scatter or bubble chart",
            )  # fmt: skip
        self._root, self._plot, self._resolve = root, plot, resolve
        self._groups = [
            e for e in plot
            if isinstance(e.tag, str) and e.tag.startswith(_C) and e.tag.endswith("Chart")
        ]  # fmt: skip
        self._elements = [list(group.iterfind(f"{_C}ser")) for group in self._groups]
        if not any(self._elements):
            raise UnsupportedChartError("the chart has no series whose look could be kept", _WHERE)
        self._cells = 0
        self._tidy(is_1904)

    def _tidy(self, is_1904: bool | None) -> None:
        """Drop what belongs to the old data only, and say how days are counted."""
        for group, series in zip(self._groups, self._elements, strict=True):
            if not series:
                self._plot.remove(group)
        kept = [bool(series) for series in self._elements]
        self._groups = [g for g, keep in zip(self._groups, kept, strict=True) if keep]
        self._elements = [e for e in self._elements if e]
        for extension in list(self._root.iter(f"{_C}ext")):
            if any("filtered" in str(e.tag) for e in extension):
                holder = extension.getparent()
                if holder is not None:
                    holder.remove(extension)
                    _drop_if_empty(holder)
        if self._resolve is None:
            data = self._root.find(f"{_C}externalData")
            if data is not None:
                self._root.remove(data)
        counted = self._root.find(f"{_C}date1904")
        if is_1904 is None:
            return
        if counted is None and is_1904:
            counted = etree.Element(f"{_C}date1904")
            self._root.insert(0, counted)
        if counted is not None:
            counted.set("val", str(int(is_1904)))

    def pieces(self) -> ChartPieces:
        in_rows = self._are_in_rows()
        tracks: list[SeriesTracks] = []
        others: list[Track] = []
        levels: tuple[Track, ...] = ()
        for element in (e for group in self._elements for e in group):
            tracks.append(self._series_tracks(element, in_rows))
            found = self._level_tracks(element, in_rows)
            if found and not levels:
                levels = found
            others += found
        chart_tracks = ChartTracks(
            in_rows, levels, tuple(tracks), tuple(t for t in others if t not in levels)
        )
        forms = [self._read_series(e, g) for g, group in enumerate(self._elements) for e in group]
        numbers = _numbers_in(self._root)
        axes_of = tuple(
            frozenset(e.get("val") or "" for e in group.iterfind(f"{_C}axId"))
            for group in self._groups
        )
        a = _prefix(self._root, NAMESPACES["a"])
        legend_is_points = self._marks_legend()
        titles = self._mark_titles(in_rows)
        for number, (group, series) in enumerate(zip(self._groups, self._elements, strict=True)):
            self._mark_group(number, group, series)
        for axis in self._plot.iterchildren(
            f"{_C}catAx", f"{_C}valAx", f"{_C}dateAx", f"{_C}serAx"
        ):
            own = axis.find(f"{_C}axId")
            _wrap(axis, f"A{own.get('val') if own is not None else ''}", "/A")
        text = etree.tostring(self._root, encoding="unicode")
        tokens = _TOKEN.split(text)
        reader = _Reader(tokens, forms, titles)
        reader.read()
        return ChartPieces(
            tuple(reader.top), tuple(reader.groups), axes_of, tuple(reader.series),
            tuple(reader.models), _prefix(self._root, NAMESPACES["c"]), a, frozenset(numbers),
            legend_is_points, self._is_1904(), chart_tracks,
        )  # fmt: skip

    def _is_1904(self) -> bool:
        counted = self._root.find(f"{_C}date1904")
        return counted is not None and counted.get("val", "1") in ("1", "true")

    def _are_in_rows(self) -> bool:
        """Tell if the series stand in rows, by the first that shows it."""
        for element in (e for group in self._elements for e in group):
            for tag in ("val", "yVal"):
                area = self._area(element.find(f"{_C}{tag}"))
                if area is not None and area[0].left != area[0].right:
                    return True
                if area is not None and area[0].top != area[0].bottom:
                    return False
        for element in (e for group in self._elements for e in group):
            value = self._area(element.find(f"{_C}val"))
            head = self._area(element.find(f"{_C}tx"))
            if value is not None and head is not None:
                return value[0].top == head[0].top
        return False

    def _area(self, holder: etree._Element | None) -> tuple[Area, str | None] | None:
        """Return the cells behind what a series shows; None for values without cells."""
        reference = holder.find(f".//{_C}f") if holder is not None else None
        if reference is None:
            return None
        text = reference.text or ""
        if self._resolve is None:
            found = parse_area(text)
            return (found, None) if found is not None else None
        resolved = self._resolve(text)
        if resolved is None:
            raise UnsupportedChartError(
                f'the chart takes data from "{text}", which is no range of cells in its workbook',
                _WHERE, "select one range of cells for each series",
            )  # fmt: skip
        return resolved

    def _track(self, holder: etree._Element | None, in_rows: bool) -> Track | None:
        found = self._area(holder)
        if found is None:
            return None
        area, name = found
        turned = area.turned() if in_rows else area
        if turned.left != turned.right:
            raise UnsupportedChartError(
                f'the chart takes the values of one series from "{area.reference()}"', _WHERE,
                "keep each series in one column, or each in one row",
            )  # fmt: skip
        self._cells += turned.bottom - turned.top + 1
        if self._cells > _MOST_CELLS:
            raise UnsupportedChartError(
                f"the chart takes its data from more than {_MOST_CELLS:,} cells", _WHERE,
                "select only the cells that hold data",
            )  # fmt: skip
        return Track(area.sheet, area.key, turned.left, turned.top, turned.bottom, name)

    def _series_tracks(self, element: etree._Element, in_rows: bool) -> SeriesTracks:
        head = None
        found = self._area(element.find(f"{_C}tx"))
        if found is not None:
            area = found[0].turned() if in_rows else found[0]
            name = found[1] if (area.left, area.top) == (area.right, area.bottom) else None
            head = Track(area.sheet, area.key, area.left, area.top, area.top, name)
        values = element.find(f"{_C}val")
        return SeriesTracks(
            head,
            self._track(element.find(f"{_C}yVal") if values is None else values, in_rows),
            self._track(element.find(f"{_C}xVal"), in_rows),
            self._track(element.find(f"{_C}bubbleSize"), in_rows),
        )

    def _level_tracks(self, element: etree._Element, in_rows: bool) -> tuple[Track, ...]:
        found = self._area(element.find(f"{_C}cat"))
        if found is None:
            return ()
        area, name = found
        turned = area.turned() if in_rows else area
        lines = range(turned.left, turned.right + 1)
        self._cells += len(lines) * (turned.bottom - turned.top + 1)
        return tuple(
            Track(area.sheet, area.key, line, turned.top, turned.bottom,
                  name if len(lines) == 1 else None)
            for line in lines
        )  # fmt: skip

    def _read_series(self, element: etree._Element, group: int) -> SeriesForm:
        name = "".join(v.text or "" for v in element.iterfind(f"{_C}tx//{_C}v"))
        if element.find(f"{_C}yVal") is None and element.find(f"{_C}xVal") is None and (
            not str(self._groups[group].tag).endswith(("scatterChart", "bubbleChart"))
        ):  # fmt: skip
            kind: PlotKind = "category"
        else:
            is_bubble = str(self._groups[group].tag).endswith("bubbleChart")
            kind = "bubble" if is_bubble else "scatter"
        codes: dict[str, str | None] = {}
        point_codes: dict[str, dict[int, str]] = {}
        for what, tags in (("along", ("cat", "xVal")), ("values", ("val", "yVal")),
                           ("sizes", ("bubbleSize",))):  # fmt: skip
            for tag in tags:
                code = element.find(f"{_C}{tag}//{_C}formatCode")
                if code is not None:
                    codes[what] = code.text or "General"
                for point in element.iterfind(f"{_C}{tag}//{_C}pt"):
                    own = point.get("formatCode")
                    if own is not None:
                        text = f' formatCode="{escape_text(own).replace(chr(34), "&quot;")}"'
                        point_codes.setdefault(what, {})[int(point.get("idx") or 0)] = text
        for what in ("values", "sizes"):
            codes.setdefault(what, "General")
        if kind != "category":
            codes.setdefault("along", "General")
        color = _main_color(element)
        shown = str(color.get("val")) if color is not None else ""
        accent = int(shown[-1]) if re.fullmatch("accent[1-6]", shown) else 0
        return SeriesForm(
            "", (), (), _value(element, "idx"), name.strip(), group, kind, accent, codes,
            point_codes, element.find(f"{_C}tx") is not None,
        )  # fmt: skip

    def _marks_legend(self) -> bool:
        """Mark the entries of the legend; tell if they stand for points."""
        for entry in self._root.iterfind(f"{_C}chart/{_C}legend/{_C}legendEntry"):
            index = entry.find(f"{_C}idx")
            if index is not None:
                _wrap(entry, f"E{index.get('val')}", "/E")
                index.set("val", _mark("e"))
        varies = self._groups[0].find(f"{_C}varyColors")
        is_varied = varies is not None and varies.get("val") not in ("0", "false")
        return len(self._elements) == 1 and len(self._elements[0]) == 1 and is_varied

    def _mark_titles(self, in_rows: bool) -> list[Track]:
        """Mark the cached text of titles that show a cell; return the cells."""
        tracks: list[Track] = []
        for title in self._root.iter(f"{_C}title"):
            reference = title.find(f"{_C}tx/{_C}strRef/{_C}f")
            value = title.find(f"{_C}tx/{_C}strRef/{_C}strCache/{_C}pt/{_C}v")
            area = parse_area(reference.text or "") if reference is not None else None
            if area is None or value is None:
                continue
            turned = area.turned() if in_rows else area
            track = Track(area.sheet, area.key, turned.left, turned.top, turned.bottom)
            value.text = f"{_mark(f'N{len(tracks)}')}{value.text or ''}{_mark('/N')}"
            tracks.append(track)
        return tracks

    def _mark_group(
        self, number: int, group: etree._Element, series: Sequence[etree._Element]
    ) -> None:
        varies = group.find(f"{_C}varyColors")
        is_varied = varies is not None and varies.get("val") not in ("0", "false")
        model = deepcopy(series[-1])
        model.tail = None
        for element in series:
            _mark_labels(element, group)
            _mark_points(element)
            if is_varied:
                _mark_new_points(element)
            _mark_series(element, "S")
        group.insert(list(group).index(series[-1]) + 1, model)
        _make_model(model)
        _mark_labels(model, group)
        _mark_series(model, "M")
        _wrap(group, f"G{number}", "/G")


def _value(element: etree._Element, tag: str) -> int:
    found = element.find(f"{_C}{tag}")
    text = (found.get("val") or "0") if found is not None else "0"
    return int(text) if text.isdecimal() else 0


def _numbers_in(root: etree._Element) -> set[int]:
    return {_value(element, "idx") for element in root.iter(f"{_C}ser")}


def _prefix(root: etree._Element, namespace: str) -> str:
    for element in root.iter():
        for prefix, uri in element.nsmap.items():
            if uri == namespace:
                return f"{prefix}:" if prefix else ""
    return "a:"


def _drop_if_empty(element: etree._Element) -> None:
    holder = element.getparent()
    if not len(element) and holder is not None:
        holder.remove(element)


def _before(element: etree._Element, text: str) -> None:
    previous = element.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
        return
    parent = element.getparent()
    assert parent is not None
    parent.text = (parent.text or "") + text


def _wrap(element: etree._Element, opening: str, closing: str) -> None:
    """Put marks before and behind an element."""
    _before(element, _mark(opening))
    element.tail = _mark(closing) + (element.tail or "")


def _remove(element: etree._Element) -> None:
    if element.tail:
        _before(element, element.tail)
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _mark_series(element: etree._Element, kind: str) -> None:
    for tag in ("idx", "order", "tx"):
        for child in element.findall(f"{_C}{tag}"):
            _remove(child)
    element.text = _mark("H") + (element.text or "")
    stops = [e for tag in _DATA_TAGS for e in element.findall(f"{_C}{tag}")]
    for stop in stops[1:]:
        _remove(stop)
    behind = stops[:1] or [e for tag in _BEHIND_DATA for e in element.findall(f"{_C}{tag}")][:1]
    if behind:
        _before(behind[0], _mark("D"))
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + _mark("D")
    else:
        element.text += _mark("D")
    for stop in stops[:1]:
        _remove(stop)
    _wrap(element, kind, f"/{kind}")


def _mark_labels(element: etree._Element, group: etree._Element) -> None:
    """Mark how a label with a text of its own looks, if the series shows its values."""
    labels = element.find(f"{_C}dLbls")
    if labels is None:
        of_group = group.find(f"{_C}dLbls")
        if of_group is None or not _shows_values(of_group):
            return
        labels = deepcopy(of_group)
        labels.tail = None
        behind = [e for e in element if etree.QName(e).localname in _BEHIND_LABELS]
        element.insert(list(element).index(behind[0]) if behind else len(element), labels)
        _wrap(labels, "O", "/O")
    elif not _shows_values(labels):
        return
    model = etree.Element(f"{_C}dLbl")
    etree.SubElement(model, f"{_C}idx").set("val", _mark("i"))
    rich = etree.SubElement(etree.SubElement(model, f"{_C}tx"), f"{_C}rich")
    _write_rich(rich, labels.find(f"{_C}txPr"))
    for child in labels:
        if etree.QName(child).localname in _OF_ONE_LABEL:
            model.append(deepcopy(child))
            model[-1].tail = None
    labels.insert(0, model)
    _wrap(model, "W", "/W")


def _shows_values(labels: etree._Element) -> bool:
    shown = labels.find(f"{_C}showVal")
    return shown is not None and shown.get("val", "1") in ("1", "true")


def _write_rich(rich: etree._Element, properties: etree._Element | None) -> None:
    """Write a slot for text that looks as the text properties of the labels say."""
    for child in properties if properties is not None else ():
        rich.append(deepcopy(child))
    if properties is None:
        etree.SubElement(rich, f"{_A}bodyPr")
        etree.SubElement(rich, f"{_A}p")
    paragraph = rich.find(f"{_A}p")
    if paragraph is None:
        paragraph = etree.SubElement(rich, f"{_A}p")
    for end in paragraph.findall(f"{_A}endParaRPr"):
        paragraph.remove(end)
    run = etree.SubElement(paragraph, f"{_A}r")
    look = paragraph.find(f"{_A}pPr/{_A}defRPr")
    if look is not None:
        own = deepcopy(look)
        own.tag, own.tail = f"{_A}rPr", None
        run.append(own)
    etree.SubElement(run, f"{_A}t").text = _mark("t")


def _mark_points(element: etree._Element) -> None:
    for point in (*element.iterfind(f"{_C}dPt"), *element.iterfind(f"{_C}dLbls/{_C}dLbl")):
        index = point.find(f"{_C}idx")
        if index is not None and _OPEN not in (index.get("val") or ""):
            _wrap(point, f"P{_value(point, 'idx')}", "/P")


def _mark_new_points(element: etree._Element) -> None:
    """Mark how further points look, if the author (or Office) drew each point on its own."""
    points = element.findall(f"{_C}dPt")
    cached = max(
        (int(c.get("val") or 0) for c in element.iterfind(f"{_C}val//{_C}ptCount")), default=0
    )
    if len(points) < 2 or {_value(p, "idx") for p in points} != set(range(cached)):
        return
    last = max(points, key=lambda point: _value(point, "idx"))
    copy = deepcopy(last)
    copy.tail = None
    color = _main_color(copy)
    shown = str(color.get("val")) if color is not None else ""
    accent = int(shown[-1]) if re.fullmatch("accent[1-6]", shown) else cached - 1
    steps = accent if shown == f"accent{accent}" else cached
    _drop_unique_ids(copy)
    _mark_color(copy, color)
    index = copy.find(f"{_C}idx")
    assert index is not None
    index.set("val", _mark("i"))
    tail, last.tail = last.tail, None
    parent = last.getparent()
    assert parent is not None
    parent.insert(list(parent).index(last) + 1, copy)
    last.tail = tail
    _wrap(copy, f"Q{cached},{steps % _ACCENTS + 1}", "/Q")


def _make_model(model: etree._Element) -> None:
    """Make the copy of a series a model: nothing of single points, colours open."""
    for point in (*model.findall(f"{_C}dPt"), *model.findall(f"{_C}dLbls/{_C}dLbl")):
        _remove(point)
    for bars in model.findall(f"{_C}errBars"):
        kind = bars.find(f"{_C}errValType")
        if kind is not None and kind.get("val") == "cust":
            _remove(bars)
    for name in model.findall(f"{_C}trendline/{_C}name"):
        _remove(name)
    _drop_unique_ids(model)
    for ranges in [e for e in model.iter() if str(e.tag).endswith("}datalabelsRange")]:
        extension = ranges.getparent()
        holder = extension.getparent() if extension is not None else None
        if extension is not None and holder is not None:
            holder.remove(extension)
            _drop_if_empty(holder)
    _mark_color(model, _main_color(model))


def _drop_unique_ids(element: etree._Element) -> None:
    for own in [e for e in element.iter() if str(e.tag).endswith("}uniqueId")]:
        extension = own.getparent()
        holder = extension.getparent() if extension is not None else None
        if extension is not None and holder is not None:
            holder.remove(extension)
            _drop_if_empty(holder)


def _main_color(element: etree._Element) -> etree._Element | None:
    """Return the colour that makes out a series: its first accent, else its first colour."""
    shapes = [*element.iterfind(f"{_C}spPr"), *element.iterfind(f"{_C}marker/{_C}spPr")]
    for shape in shapes:
        colors = list(shape.iter(f"{_A}schemeClr", f"{_A}srgbClr"))
        accents = [e for e in colors if (e.get("val") or "").startswith("accent")]
        if accents or colors:
            return (accents or colors)[0]
    return None


def _mark_color(element: etree._Element, main: etree._Element | None) -> None:
    """Open the main colour of a series wherever it is used."""
    if main is None:
        return
    tag, value = main.tag, main.get("val")
    for color in list(element.iter(tag)):
        if color.get("val") == value:
            color.tag = f"{_A}schemeClr"
            color.set("val", _mark("k"))
            color.text = _mark("l") + (color.text or "")


class _Reader:
    """Reads the marked text of a chart back into pieces."""

    def __init__(
        self, tokens: Sequence[str], forms: Sequence[SeriesForm], titles: Sequence[Track]
    ) -> None:
        self._tokens = tokens
        self._at = 0
        self._forms = iter(forms)
        self._titles = titles
        self.top: list[_TopPiece] = []
        self.groups: list[_Group] = []
        self.series: list[SeriesForm] = []
        self.models: list[SeriesForm] = []

    def read(self) -> None:
        self.top.append(self._literal())
        while self._at < len(self._tokens):
            mark = self._mark()
            if mark[0] == "G":
                self._read_group()
                self.top.append(len(self.groups) - 1)
            elif mark[0] == "A":
                self.top.append(_Axis(mark[1:], tuple(self._titled("/A"))))
            elif mark[0] == "E":
                before = self._literal()
                self._mark()
                text = f"{before}\0{self._literal()}".replace("%", "%%").replace("\0", "%d")
                self._mark()
                self.top.append(_Entry(int(mark[1:]), text))
            elif mark[0] == "N":
                self.top.append(self._title(mark))
            self.top.append(self._literal())

    def _literal(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _mark(self) -> str:
        return self._literal()

    def _title(self, mark: str) -> _Title:
        text = self._literal()
        self._mark()
        return _Title(self._titles[int(mark[1:])], "", text)

    def _titled(self, end: str) -> Iterator[str | _Title]:
        yield self._literal()
        while (mark := self._mark()) != end:
            yield self._title(mark)
            yield self._literal()

    def _read_group(self) -> None:
        before, after = self._literal(), ""
        while (mark := self._mark()) != "/G":
            if mark in "SM":
                self._read_series(mark)
            after = self._literal()
        self.groups.append(_Group(before, after))

    def _read_series(self, kind: str) -> None:
        head = self._literal()
        self._mark()
        before = self._pieces("D")
        after = self._pieces(f"/{kind}")
        if kind == "S":
            form = next(self._forms)
            self.series.append(_with_pieces(form, head, before, after))
        else:
            self.models.append(_with_pieces(self.series[-1], head, before, after))

    def _pieces(self, end: str) -> tuple[_Piece, ...]:
        """Return what stands up to a mark; marks of colours stay in the text."""
        pieces: list[_Piece] = []
        text = self._literal()
        while (mark := self._mark()) != end:
            if mark[0] == "P":
                pieces += (text, _Point(int(mark[1:]), self._flat("/P")))
                text = self._literal()
            elif mark[0] == "Q":
                first, accent = mark[1:].split(",")
                pieces += (text, _NewPoints(int(first), int(accent), (self._flat("/Q"),)))
                text = self._literal()
            elif mark == "W":
                pieces.append(text)
                text = self._read_labels(pieces)
            elif mark == "O":
                opening = self._literal()
                self._mark()
                own: list[_Piece] = []
                closing = self._read_labels(own)
                (labels,) = (piece for piece in own if isinstance(piece, _Labels))
                pieces += (text, _Labels(labels.model, (), opening, closing))
                self._mark()
                text = self._literal()
            else:
                text += _mark(mark) + self._literal()
        pieces.append(text)
        return tuple(piece for piece in pieces if piece != "")

    def _read_labels(self, pieces: list[_Piece]) -> str:
        """Read the model of a label and the author's own behind it; return the text after them."""
        model = self._flat("/W")
        own: list[_Point] = []
        text = self._literal()
        while self._tokens[self._at][0] == "P" and not text.strip():
            mark = self._mark()
            own.append(_Point(int(mark[1:]), self._flat("/P")))
            text = self._literal()
        pieces.append(_Labels(model, tuple(own), "", ""))
        return text

    def _flat(self, end: str) -> str:
        text = self._literal()
        while (mark := self._mark()) != end:
            text += _mark(mark) + self._literal()
        return text


def _with_pieces(
    form: SeriesForm, head: str, before: tuple[_Piece, ...], after: tuple[_Piece, ...]
) -> SeriesForm:
    return SeriesForm(
        head, before, after, form.idx, form.name, form.group, form.kind, form.accent,
        form.codes, form.point_codes, form.shows_name,
    )  # fmt: skip
