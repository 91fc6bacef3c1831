"""A chart part in pieces, and the part written of them with other data.

Everything else of the author's stays as it is: formats, axes, labels, trend lines, error bars.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.charts.refill_data import Filling, SeriesData, Vector
from generator.charts.refill_pieces import (
    ACCENTS,
    CLOSE,
    OPEN,
    Axis,
    Entry,
    Group,
    Labels,
    Piece,
    Point,
    SeriesForm,
    Title,
    TopPiece,
)
from generator.charts.refill_places import ChartTracks, Layout, Placed, Source, Track
from generator.office.xml import escape_text

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: What Office does to the accents from the seventh series on.
_SHADES = (
    "", '<{a}lumMod val="60000"/>', '<{a}lumMod val="80000"/><{a}lumOff val="20000"/>',
    '<{a}lumMod val="80000"/>', '<{a}lumMod val="60000"/><{a}lumOff val="40000"/>',
    '<{a}lumMod val="50000"/>',
)  # fmt: skip
_MOMENT_CODES = {"date": "m/d/yyyy", "datetime": "m/d/yyyy h:mm"}


@dataclass(frozen=True, slots=True)
class ChartPieces:
    """The chart part as pieces; a number stands for a group of series."""

    pieces: tuple[TopPiece, ...]
    groups: tuple[Group, ...]
    axes_of: tuple[frozenset[str], ...]
    series: tuple[SeriesForm, ...]
    models: tuple[SeriesForm, ...]
    c: str
    a: str
    used_idx: frozenset[int]
    legend_is_points: bool
    is_1904: bool
    needs_days: bool
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
            elif isinstance(piece, Axis):
                if piece.ids in used:
                    parts += map(writer.titled, piece.pieces)
            elif isinstance(piece, Entry):
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
            form.accent or form.idx % ACCENTS + 1
            for form in (self.series[s.series] for s in sources if not s.is_new)
        )
        last: dict[int, int] = {}
        accents = {}
        for order, source in enumerate(sources):
            if not source.is_new:
                continue
            form = self.series[source.series]
            after = last.get(form.group, form.accent or form.idx % ACCENTS + 1)
            candidates = [(after + step) % ACCENTS + 1 for step in range(ACCENTS)]
            accent = min(candidates, key=lambda number: shown[number])
            accents[order] = (accent, shown[accent])
            shown[accent] += 1
            last[form.group] = accent
        return accents

    def _entry(self, entry: Entry, count: int, filling: Filling) -> Iterator[str]:
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
        self, pieces: Sequence[Piece], data: SeriesData, accent: tuple[int, int] | None
    ) -> Iterator[str]:
        count = len(data.values.texts)
        for piece in pieces:
            if isinstance(piece, str):
                yield self._colored(piece, accent) if accent and OPEN in piece else piece
            elif isinstance(piece, Point):
                if piece.index < count:
                    yield piece.text
            elif isinstance(piece, Labels):
                yield from self._labels(piece, data, accent)
            else:
                for index in range(piece.first, count):
                    steps = piece.accent - 1 + index - piece.first
                    look = (steps % ACCENTS + 1, steps // ACCENTS)
                    for part in piece.pieces:
                        yield self._colored(part.replace(f"{OPEN}i{CLOSE}", str(index)), look)

    def _labels(
        self, piece: Labels, data: SeriesData, accent: tuple[int, int] | None
    ) -> Iterator[str]:
        """Yield the labels of single points; one that the author took away stays away."""
        values = data.values.texts
        shown = {point.index: point.text for point in piece.own if point.index < len(values)}
        model = self._colored(piece.model, accent) if accent else piece.model
        for index, label in enumerate(data.labels or ()):
            is_away = f"<{self._c}delete" in shown.get(index, "")
            if label and values[index] is not None and not is_away:
                text = model.replace(f"{OPEN}i{CLOSE}", str(index))
                shown[index] = text.replace(f"{OPEN}t{CLOSE}", label)
        if shown:
            yield piece.opening
            yield from (shown[index] for index in sorted(shown))
            yield piece.closing

    def _colored(self, text: str, accent: tuple[int, int]) -> str:
        number, shade = accent
        text = text.replace(f"{OPEN}k{CLOSE}", f"accent{number}")
        return text.replace(f"{OPEN}l{CLOSE}", _SHADES[shade % len(_SHADES)].format(a=self._form.a))

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

    def titled(self, piece: str | Title) -> str:
        """Return a title that shows the name of a series with that name."""
        if isinstance(piece, str):
            return piece
        for placed, name in zip(self._layout.series, self._heads, strict=True):
            if placed.head is not None and placed.head.track.same_cells(piece.track):
                return f"{piece.before}{name}"
        return f"{piece.before}{piece.text}"
