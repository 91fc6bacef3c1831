"""Whether a chart says the same everywhere: cached values, worksheet cells, labels.

A chart part holds its numbers twice, for the eye and for the hand that edits them. Readers see the
cached ones; whoever opens the data sees the cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from math import isclose

from lxml import etree

from generator.charts.refill_places import Area, letters_of, parse_area
from generator.charts.refill_workbook import Book
from generator.errors import Location
from generator.office.names import NAMESPACES
from generator.office.xml import parse_xml, whole_number

_C = f"{{{NAMESPACES['c']}}}"
_A = f"{{{NAMESPACES['a']}}}"
#: A sheet has no more rows.
_MOST_POINTS = 1_048_576
#: Elements of a series that hold references, and what a message calls them.
_DATA = {
    "tx": "name", "cat": "categories", "val": "values", "xVal": "positions", "yVal": "values",
    "bubbleSize": "sizes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownSeries:
    """A series as a reader sees it: cached texts by point, None for gaps; labels of its own."""

    name: str
    categories: tuple[str | None, ...]
    values: tuple[str | None, ...]
    labels: dict[int, str] = field(default_factory=dict)


def shown_series(chart_xml: bytes) -> list[ShownSeries]:
    """Return the series of a chart part, as they are cached."""
    root = parse_xml(chart_xml, Location())
    shown = []
    for series in root.iter(f"{_C}ser"):
        caches = {tag: _cached(series.find(f"{_C}{tag}")) for tag in _DATA}
        values = caches["val"] or caches["yVal"]
        name = caches["tx"][0] if caches["tx"] else ""
        labels = {}
        for label in series.iterfind(f"{_C}dLbls/{_C}dLbl"):
            text = "".join(t.text or "" for t in label.iterfind(f"{_C}tx//{_A}t"))
            index = label.find(f"{_C}idx")
            if text and index is not None:
                labels[whole_number(index.get("val"))] = text
        shown.append(ShownSeries(name or "", caches["cat"], values, labels))
    return shown


def _cached(source: etree._Element | None) -> tuple[str | None, ...]:
    cache = None if source is None else next(source.iter(f"{_C}strCache", f"{_C}numCache"), None)
    if cache is None:
        return ()
    counted = cache.find(f"{_C}ptCount")
    count = min(whole_number(counted.get("val")), _MOST_POINTS) if counted is not None else 0
    texts: list[str | None] = [None] * count
    for point in cache.iterfind(f"{_C}pt"):
        index = whole_number(point.get("idx"))
        if 0 <= index < count:
            texts[index] = point.findtext(f"{_C}v")
    return tuple(texts)


def disagreements(chart_xml: bytes, workbook: bytes) -> Iterator[str]:
    """Yield a message for each cached value that is not what its cell holds.

    Raises:
        PackageError: the workbook is damaged.
    """
    book = Book(workbook)
    root = parse_xml(chart_xml, Location())
    for series in root.iter(f"{_C}ser"):
        name = (_cached(series.find(f"{_C}tx")) or ("",))[0] or ""
        for tag, word in _DATA.items():
            source = series.find(f"{_C}{tag}")
            reference = "" if source is None else source.findtext(f".//{_C}f") or ""
            found = book.resolve(reference) if reference else None
            if found is None:
                if reference and parse_area(reference) is not None:
                    yield f'the {word} of "{name}" stand in {reference}, which is missing'
                continue
            cached = _cached(source)
            yield from _compare(name, word, cached, book, found[0])


def _compare(
    name: str, word: str, cached: tuple[str | None, ...], book: Book, area: Area
) -> Iterator[str]:
    places = [
        (column, row)
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]
    if len(places) != len(cached):
        if word in ("values", "positions", "sizes"):
            yield (
                f'the series "{name}" shows {len(cached)} {word}, and {area.reference()} has '
                f"{len(places)} cells"
            )
        return
    cells = book.cell_texts(area.key)
    for place, text in zip(places, cached, strict=True):
        cell = cells.get(place)
        if not _same(text, cell):
            spot = f"{area.sheet}!{letters_of(place[0])}{place[1]}"
            yield (
                f'the series "{name}" shows "{_shown(text)}" among its {word}, and the cell {spot} '
                f'holds "{_shown(cell)}"'
            )


def _shown(text: str | None) -> str:
    return "nothing" if text is None else text


def _same(text: str | None, cell: str | None) -> bool:
    if (text or "") == (cell or ""):
        return True
    try:
        one, other = Decimal(text or "x"), Decimal(cell or "x")
    except InvalidOperation:
        return False
    return one == other or isclose(float(one), float(other), rel_tol=1e-12)
