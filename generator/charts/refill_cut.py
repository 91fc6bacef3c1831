"""A chart part of the author's, cut into pieces once so that data can be filled in often."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import deepcopy

from lxml import etree

from generator.charts.refill_chart import ChartPieces
from generator.charts.refill_data import PlotKind
from generator.charts.refill_marks import (
    drop_if_empty,
    free_typed_values,
    main_color,
    make_model,
    mark_labels,
    mark_new_points,
    mark_points,
    mark_series,
    numbers_in,
    prefix_of,
    value_of,
    wrap,
)
from generator.charts.refill_pieces import TOKEN, C, SeriesForm, mark_of, parse_unmarked
from generator.charts.refill_places import (
    Area,
    ChartTracks,
    SeriesTracks,
    Track,
    parse_area,
)
from generator.charts.refill_reader import Reader
from generator.errors import Location, UnsupportedChartError
from generator.office.names import NAMESPACES
from generator.office.xml import escape_text, whole_number

_WHERE = Location(steps=("chart",))
_MOST_CELLS = 2_000_000

Resolve = Callable[[str], tuple[Area, str | None] | None]


def cut_chart(chart_xml: bytes, resolve: Resolve | None, is_1904: bool | None) -> ChartPieces:
    """Return the pieces of a chart part.

    ``resolve`` finds the cells behind a reference in the chart's workbook; None without one.
    ``is_1904`` is how that workbook counts days.

    Raises:
        UnsupportedChartError: the part is no chart of these kinds, has no series, or takes its
            data from something else than ranges of cells.
    """
    root = parse_unmarked(chart_xml, _WHERE)
    return _Cutting(root, resolve, is_1904).pieces()


class _Cutting:
    """Marks the slots in the tree of one chart, then cuts its text there."""

    def __init__(self, root: etree._Element, resolve: Resolve | None, is_1904: bool | None) -> None:
        plot = root.find(f"{C}chart/{C}plotArea")
        if root.tag != f"{C}chartSpace" or plot is None:
            raise UnsupportedChartError(
                "the chart is of a kind that Office draws in another way "
                "(as waterfall, treemap, map)", _WHERE,
                "draw it as a column, bar, line, area, pie, scatter or bubble chart",
            )  # fmt: skip
        self._root, self._plot, self._resolve = root, plot, resolve
        self._groups = [
            e for e in plot
            if isinstance(e.tag, str) and e.tag.startswith(C) and e.tag.endswith("Chart")
        ]  # fmt: skip
        self._elements = [list(group.iterfind(f"{C}ser")) for group in self._groups]
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
        for extension in list(self._root.iter(f"{C}ext")):
            if any("filtered" in str(e.tag) for e in extension):
                holder = extension.getparent()
                if holder is not None:
                    holder.remove(extension)
                    drop_if_empty(holder)
        if self._resolve is None:
            data = self._root.find(f"{C}externalData")
            if data is not None:
                self._root.remove(data)
        counted = self._root.find(f"{C}date1904")
        if is_1904 is None:
            return
        if counted is None and is_1904:
            counted = etree.Element(f"{C}date1904")
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
        numbers = numbers_in(self._root)
        axes_of = tuple(
            frozenset(e.get("val") or "" for e in group.iterfind(f"{C}axId"))
            for group in self._groups
        )
        a = prefix_of(self._root, NAMESPACES["a"])
        legend_is_points = self._marks_legend()
        titles = self._mark_titles(in_rows)
        for number, (group, series) in enumerate(zip(self._groups, self._elements, strict=True)):
            self._mark_group(number, group, series)
        for axis in self._plot.iterchildren(f"{C}catAx", f"{C}valAx", f"{C}dateAx", f"{C}serAx"):
            own = axis.find(f"{C}axId")
            wrap(axis, f"A{own.get('val') if own is not None else ''}", "/A")
        text = etree.tostring(self._root, encoding="unicode")
        tokens = TOKEN.split(text)
        reader = Reader(tokens, forms, titles)
        reader.read()
        return ChartPieces(
            tuple(reader.top), tuple(reader.groups), axes_of, tuple(reader.series),
            tuple(reader.models), prefix_of(self._root, NAMESPACES["c"]), a, frozenset(numbers),
            legend_is_points, self._is_1904(), self._needs_days(), chart_tracks,
        )  # fmt: skip

    def _is_1904(self) -> bool:
        counted = self._root.find(f"{C}date1904")
        return counted is not None and counted.get("val", "1") in ("1", "true")

    def _needs_days(self) -> bool:
        """Tell if the author fixed the axis as one of days (Office else follows the data)."""
        return any(
            automatic.get("val", "1") in ("0", "false")
            for automatic in self._plot.iterfind(f"{C}dateAx/{C}auto")
        )

    def _are_in_rows(self) -> bool:
        """Tell if the series stand in rows, by the first that shows it."""
        elements = [element for group in self._elements for element in group]
        for element in elements:
            for tag in ("val", "yVal", "xVal"):
                found = self._area(element.find(f"{C}{tag}"))
                if found is not None and found[0].left != found[0].right:
                    return True
                if found is not None and found[0].top != found[0].bottom:
                    return False
        for element in elements:  # of one point each: the name stands before or above it
            for tag in ("val", "yVal"):
                found, head = (self._area(element.find(f"{C}{t}")) for t in (tag, "tx"))
                if found is not None and head is not None:
                    return found[0].top == head[0].top
        return False

    def _area(self, holder: etree._Element | None) -> tuple[Area, str | None] | None:
        """Return the cells behind what a series shows; None for values without cells."""
        reference = holder.find(f".//{C}f") if holder is not None else None
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
        found = self._area(element.find(f"{C}tx"))
        if found is not None:
            area = found[0].turned() if in_rows else found[0]
            name = found[1] if (area.left, area.top) == (area.right, area.bottom) else None
            head = Track(area.sheet, area.key, area.left, area.top, area.top, name)
        values = element.find(f"{C}val")
        return SeriesTracks(
            head,
            self._track(element.find(f"{C}yVal") if values is None else values, in_rows),
            self._track(element.find(f"{C}xVal"), in_rows),
            self._track(element.find(f"{C}bubbleSize"), in_rows),
        )

    def _level_tracks(self, element: etree._Element, in_rows: bool) -> tuple[Track, ...]:
        found = self._area(element.find(f"{C}cat"))
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
        name = "".join(v.text or "" for v in element.iterfind(f"{C}tx//{C}v"))
        if element.find(f"{C}yVal") is None and element.find(f"{C}xVal") is None and (
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
                code = element.find(f"{C}{tag}//{C}formatCode")
                if code is not None:
                    codes[what] = code.text or "General"
                for point in element.iterfind(f"{C}{tag}//{C}pt"):
                    own = point.get("formatCode")
                    if own is not None:
                        text = f' formatCode="{escape_text(own).replace(chr(34), "&quot;")}"'
                        point_codes.setdefault(what, {})[whole_number(point.get("idx"))] = text
        for what in ("values", "sizes"):
            codes.setdefault(what, "General")
        if kind != "category":
            codes.setdefault("along", "General")
        color = main_color(element)
        shown = str(color.get("val")) if color is not None else ""
        accent = int(shown[-1]) if re.fullmatch("accent[1-6]", shown) else 0
        return SeriesForm(
            "", (), (), value_of(element, "idx"), name.strip(), group, kind, accent, codes,
            point_codes, element.find(f"{C}tx") is not None,
        )  # fmt: skip

    def _marks_legend(self) -> bool:
        """Mark the entries of the legend; tell if they stand for points."""
        for entry in self._root.iterfind(f"{C}chart/{C}legend/{C}legendEntry"):
            index = entry.find(f"{C}idx")
            if index is not None:
                wrap(entry, f"E{value_of(entry, 'idx')}", "/E")
                index.set("val", mark_of("e"))
        varies = self._groups[0].find(f"{C}varyColors")
        is_varied = varies is not None and varies.get("val") not in ("0", "false")
        return len(self._elements) == 1 and len(self._elements[0]) == 1 and is_varied

    def _mark_titles(self, in_rows: bool) -> list[Track]:
        """Mark the cached text of titles that show a cell; return the cells."""
        tracks: list[Track] = []
        for title in self._root.iter(f"{C}title"):
            reference = title.find(f"{C}tx/{C}strRef/{C}f")
            value = title.find(f"{C}tx/{C}strRef/{C}strCache/{C}pt/{C}v")
            area = parse_area(reference.text or "") if reference is not None else None
            if area is None or value is None:
                continue
            turned = area.turned() if in_rows else area
            track = Track(area.sheet, area.key, turned.left, turned.top, turned.bottom)
            value.text = f"{mark_of(f'N{len(tracks)}')}{value.text or ''}{mark_of('/N')}"
            tracks.append(track)
        return tracks

    def _mark_group(
        self, number: int, group: etree._Element, series: Sequence[etree._Element]
    ) -> None:
        varies = group.find(f"{C}varyColors")
        is_varied = varies is not None and varies.get("val") not in ("0", "false")
        model = deepcopy(series[-1])
        model.tail = None
        for element in series:
            free_typed_values(element)
            mark_labels(element, group)
            mark_points(element)
            if is_varied:
                mark_new_points(element)
            mark_series(element, "S")
        group.insert(list(group).index(series[-1]) + 1, model)
        make_model(model)
        mark_labels(model, group)
        mark_series(model, "M")
        wrap(group, f"G{number}", "/G")
