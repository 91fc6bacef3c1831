"""Tiers: bands that grow from the top to the base, the title left, the figures in a row right."""

from __future__ import annotations

from dataclasses import dataclass

from generator.charts.fitting import Stack, fit_together, one_line_size, stack_height
from generator.charts.geometry import Figure, Shape, TextLine
from generator.charts.grid import CM, Place
from generator.model.diagram import DiagramItem, DiagramSpec

_WIDE_SIZES, _NARROW_SIZES = (15.0, 22.0, 13.0), (10.5, 14.0, 9.5)
#: With more tiers than this the bands are low, all equally wide, with figures in one line.
_MOST_STEPPED = 6


@dataclass(frozen=True, slots=True)
class _Measures:
    """Widths of the bands from top to base and of their title fields, gaps and insets (EMU)."""

    bands: tuple[int, ...]
    title: int
    gap: int
    inset: int
    is_low: bool


def _measures(count: int, place: Place) -> _Measures:
    width = place.width
    is_low = count > _MOST_STEPPED or place.factor < 1
    inset = round((0.35 if place.is_wide else 0.2) * CM)
    gap = round((0.22 if place.is_wide else 0.14) * CM)
    if is_low:
        return _Measures((width,) * count, round(width * 0.42), gap // 3, inset, True)
    top = 0.56 if count > 1 else 1.0
    bands = tuple(round(width * (top + (1 - top) * n / max(1, count - 1))) for n in range(count))
    return _Measures(bands, round(bands[0] * 0.34), gap, inset, False)


def lay_out_tiers(spec: DiagramSpec, place: Place) -> Figure:
    """Return the tiers; the top one stands out."""
    count = len(spec.items)
    title, value, label = _WIDE_SIZES if place.is_wide else _NARROW_SIZES
    sizes = _measures(count, place)
    fair = place.row_height(count, sizes.gap)
    room = None if fair is None else fair - (0 if sizes.is_low else sizes.inset)
    head_width = sizes.title - 2 * sizes.inset
    heads = fit_together(
        [((TextLine(item.title, title, "lt1", bold=True),), head_width) for item in spec.items],
        room,
        place.least,
    )
    cells = _cells(spec, sizes, value, label, room, place.least)
    band = _band_height([*heads, *(stack for row in cells for stack in row)], sizes, fair)
    total = count * band + (count - 1) * sizes.gap
    shapes: list[Shape] = []
    for number, (head, row) in enumerate(zip(heads, cells, strict=True)):
        x = (place.width - sizes.bands[number]) // 2
        y = place.top(total) + number * (band + sizes.gap)
        shapes += _tier(number, x, y, band, sizes, head, row)
    return Figure(place.width, place.height or total, tuple(shapes))


def _band_height(stacks: list[tuple[TextLine, ...]], sizes: _Measures, fair: int | None) -> int:
    needed = max(stack_height(stack) for stack in stacks)
    band = needed + (sizes.inset // 2 if sizes.is_low else 2 * sizes.inset)
    if fair is None:
        return band
    return fair if sizes.is_low else min(fair, max(band, round(2.2 * CM)))


def _cells(
    spec: DiagramSpec, sizes: _Measures, value: float, label: float, room: int | None, least: float
) -> list[list[tuple[TextLine, ...]]]:
    """Return the texts right of the titles, one stack for a figure, all in common sizes."""
    widths = [
        (band - sizes.title) // max(1, len(item.figures)) - 2 * sizes.inset
        for item, band in zip(spec.items, sizes.bands, strict=True)
    ]
    for item, width in zip(spec.items, widths, strict=True):
        value = one_line_size((figure.value for figure in item.figures), value, width, least)
    stacks: list[Stack] = [
        (texts, width)
        for item, width in zip(spec.items, widths, strict=True)
        for texts in _texts(item, value, label, sizes.is_low)
    ]
    fitted = iter(fit_together(stacks, room, least))
    return [[next(fitted) for _ in range(max(1, len(item.figures)))] for item in spec.items]


def _texts(
    item: DiagramItem, value: float, label: float, is_low: bool
) -> list[tuple[TextLine, ...]]:
    if not item.figures:
        return [(TextLine(item.note, label * 1.15, "dk1"),)]
    if is_low:
        return [(TextLine(f"{f.value}  {f.label}".strip(), label, "dk1"),) for f in item.figures]
    return [
        (TextLine(f.value, value, "accent1", bold=True),)
        + ((TextLine(f.label, label, "dk1"),) if f.label else ())
        for f in item.figures
    ]


def _tier(
    number: int,
    x: int,
    y: int,
    height: int,
    sizes: _Measures,
    head: tuple[TextLine, ...],
    row: list[tuple[TextLine, ...]],
) -> list[Shape]:
    name, width = f"Tier {number + 1}", sizes.bands[number]
    shapes = [
        Shape("rect", x, y, width, height, fill="lt2:40", name=name),
        Shape("rect", x, y, sizes.title, height, fill="accent1", texts=head, inset=sizes.inset,
              align="left", name=f"{name} title"),
    ]  # fmt: skip
    if number == 0:
        mark = sizes.inset // 3
        shapes.append(Shape("rect", x, y, mark, height, fill="accent2", name=f"{name} mark"))
    cell = (width - sizes.title) // len(row)
    for place, texts in enumerate(row):
        shapes.append(
            Shape("text", x + sizes.title + place * cell, y, cell, height, texts=texts,
                  align="left", inset=sizes.inset, name=f"{name} figure {place + 1}")
        )  # fmt: skip
    return shapes
