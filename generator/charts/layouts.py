"""Layouts of diagrams: from items to shapes, for the width and height that a place offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from generator.charts.geometry import (
    POINT,
    Connector,
    Figure,
    Shape,
    TextLine,
    fit,
    wrapped,
)
from generator.model.diagram import DiagramItem, DiagramKind, DiagramSpec

_CM = 360_000

Layout = Callable[[DiagramSpec, int, int | None, float], Figure]


def lay_out(spec: DiagramSpec, width: int, height: int | None, least: float) -> Figure:
    """Return the diagram laid out in ``width`` and ``height`` (EMU; None: as high as it needs).

    No text is smaller than ``least`` points.
    """
    return LAYOUTS[spec.kind](spec, width, height, least)


def _rows(count: int, width: int, least_width: int) -> tuple[int, int]:
    """Return how many columns and rows hold the items, rows as even as they can be."""
    columns = max(1, min(count, width // least_width))
    rows = ceil(count / columns)
    return ceil(count / rows), rows


def _figure_lines(item: DiagramItem, value: float, label: float) -> tuple[TextLine, ...]:
    lines: list[TextLine] = []
    for number, figure in enumerate(item.figures):
        lines.append(TextLine(figure.value, value, "accent1", bold=True,
                              space_before=value * 0.45 if number else 0))  # fmt: skip
        lines.append(TextLine(figure.label, label, "dk1"))
    if not item.figures and item.note:
        lines.append(TextLine(item.note, label, "dk1"))
    return tuple(lines)


def _chain(spec: DiagramSpec, width: int, height: int | None, least: float) -> Figure:
    """A row (or two) of arrow-shaped links, each with a card of its figures below."""
    big = width > 24 * _CM
    columns, rows = _rows(len(spec.items), width, round((4.6 if big else 4.2) * _CM))
    gap = round(0.12 * _CM)
    row_gap = round(0.5 * _CM)
    step = width // columns
    head_size, value_size, label_size = (16, 22, 13) if big else (11, 15, 10)
    head_height = round((2.1 if big else 1.35) * _CM)
    available = None if height is None else (height - (rows - 1) * row_gap) // rows
    body_inset = round(0.25 * _CM)
    bodies = []
    heads = []
    for item in spec.items:
        head = Shape("pentagon", 0, 0, step - gap, head_height, inset=round(0.2 * _CM))
        title = (TextLine(item.title, head_size, "lt1", bold=True),)
        heads.append(fit(title, head.text_width, head_height, least))
        room = 10**9 if available is None else available - head_height - 2 * body_inset
        lines = _figure_lines(item, value_size, label_size)
        bodies.append(fit(lines, step - gap - 2 * body_inset, room, least))
    size = min(head[0].size for head in heads)
    body_heights = []
    for row in range(rows):
        members = bodies[row * columns : (row + 1) * columns]
        tallest = max(sum(line.height for line in body) for body in members) + 2 * body_inset
        body_heights.append(max(tallest, round(0.9 * _CM)))
    total = sum(body_heights) + rows * head_height + (rows - 1) * row_gap
    tops = [0 if height is None else max(0, (height - total) // 2)]
    for body_height in body_heights:
        tops.append(tops[-1] + head_height + body_height + row_gap)
    shapes: list[Shape] = []
    for number, item in enumerate(spec.items):
        x, y = (number % columns) * step, tops[number // columns]
        color = "accent1" if item.figures else "dk2"
        head = Shape("pentagon", x, y, step - gap, head_height, fill=color,
                     inset=round(0.2 * _CM), name=f"Link {number + 1}")  # fmt: skip
        heading = wrapped(replace(heads[number][0], size=size), head.text_width)
        shapes.append(replace(head, texts=(heading,)))
        shapes.append(
            Shape(
                "rect",
                x,
                y + head_height,
                step - gap,
                body_heights[number // columns],
                fill="lt2:40",
                texts=bodies[number],
                align="left",
                anchor="top",
                inset=body_inset,
                name=f"Link {number + 1} figures",
            )
        )
    return Figure(width, height if height is not None else total, tuple(shapes))


def _timeline(spec: DiagramSpec, width: int, height: int | None, least: float) -> Figure:
    """A line with a dot for each event: the date above it, what happened below."""
    count = len(spec.items)
    big = width > 24 * _CM
    date_size, text_size = (20, 14) if big else (12, 10)
    step = width // count
    gap = round(0.3 * _CM)
    column = step - gap
    dates = [
        fit((TextLine(i.title, date_size, "accent1", bold=True),), column, 10**9, least)
        for i in spec.items
    ]
    size = min(lines[0].size for lines in dates)
    dates = [(wrapped(replace(lines[0], size=size), column),) for lines in dates]
    room = 10**9 if height is None else height // 2
    notes = [fit((TextLine(i.note, text_size, "dk1"),), column, room, least) for i in spec.items]
    date_height = max(lines[0].height for lines in dates)
    note_height = max(lines[0].height for lines in notes)
    dot = round((0.46 if big else 0.3) * _CM)
    space = round((0.35 if big else 0.2) * _CM)
    total = date_height + 2 * space + dot + note_height
    top = 0 if height is None else max(0, (height - total) // 2)
    line_y = top + date_height + space + dot // 2
    shapes: list[Shape] = []
    for number in range(count):
        x = number * step
        middle = x + step // 2
        latest = number == count - 1
        shapes.append(
            Shape(
                "text",
                x + gap // 2,
                top,
                column,
                date_height,
                texts=dates[number],
                anchor="bottom",
                inset=0,
                name=f"Date {number + 1}",
            )
        )
        shapes.append(
            Shape(
                "ellipse",
                middle - dot // 2,
                line_y - dot // 2,
                dot,
                dot,
                fill="accent2" if latest else "accent1",
                line="lt1",
                name=f"Mark {number + 1}",
            )
        )
        shapes.append(
            Shape(
                "text",
                x + gap // 2,
                line_y + dot // 2 + space,
                column,
                note_height,
                texts=notes[number],
                anchor="top",
                inset=0,
                name=f"Event {number + 1}",
            )
        )
    lines = tuple(
        Connector(
            (n * step) + step // 2,
            line_y,
            ((n + 1) * step) + step // 2,
            line_y,
            "lt2",
            2.25,
            begins_at=3 * n + 1,
            ends_at=3 * n + 4,
        )
        for n in range(count - 1)
    )
    return Figure(width, height if height is not None else total, tuple(shapes), lines)


def _tiers(spec: DiagramSpec, width: int, height: int | None, least: float) -> Figure:
    """Bands that grow from the top to the base: the title left, the figures in a row right."""
    count = len(spec.items)
    big = width > 24 * _CM
    title_size, value_size, label_size = (15, 22, 13) if big else (10.5, 14, 10)
    gap = round((0.22 if big else 0.14) * _CM)
    inset = round((0.35 if big else 0.2) * _CM)
    least_width = 0.56 if count > 1 else 1.0
    widths = [
        round(width * (least_width + (1 - least_width) * n / max(1, count - 1)))
        for n in range(count)
    ]
    title_width = round(widths[0] * 0.34)
    band = None if height is None else (height - (count - 1) * gap) // count
    rows: list[tuple[tuple[TextLine, ...], list[tuple[TextLine, ...]]]] = []
    for item, wide in zip(spec.items, widths, strict=True):
        room = 10**9 if band is None else band - inset
        title = fit((TextLine(item.title, title_size, "lt1", bold=True),),
                    title_width - 2 * inset, room, least)  # fmt: skip
        cells = max(1, len(item.figures))
        cell_width = (wide - title_width) // cells - 2 * inset
        texts = []
        for figure in item.figures:
            pair = (TextLine(figure.value, value_size, "accent1", bold=True),
                     TextLine(figure.label, label_size, "dk1"))  # fmt: skip
            texts.append(fit(pair, cell_width, room, least))
        if not item.figures:
            note = (TextLine(item.note, title_size, "dk1"),)
            texts.append(fit(note, cell_width, room, least))
        rows.append((title, texts))
    needed = max(
        max(sum(line.height for line in lines) for lines in (title, *texts))
        for title, texts in rows
    )
    needed += 2 * inset
    limit = round(2.6 * _CM) if big else needed
    band = needed if band is None else max(min(band, limit), min(needed, band))
    total = count * band + (count - 1) * gap
    top = 0 if height is None else max(0, (height - total) // 2)
    shapes: list[Shape] = []
    for number, ((title, texts), wide) in enumerate(zip(rows, widths, strict=True)):
        x = (width - wide) // 2
        y = top + number * (band + gap)
        fill = "accent2" if number == 0 else "accent1"
        shapes.append(Shape("rect", x, y, wide, band, fill="lt2:40", name=f"Tier {number + 1}"))
        shapes.append(
            Shape(
                "rect",
                x,
                y,
                title_width,
                band,
                fill=fill,
                texts=title,
                inset=inset,
                align="left",
                name=f"Tier {number + 1} title",
            )
        )
        cell_width = (wide - title_width) // len(texts)
        for place, lines in enumerate(texts):
            shapes.append(
                Shape(
                    "text",
                    x + title_width + place * cell_width,
                    y,
                    cell_width,
                    band,
                    texts=lines,
                    align="left",
                    inset=inset,
                    name=f"Tier {number + 1} figure {place + 1}",
                )
            )
    return Figure(width, height if height is not None else total, tuple(shapes))


def _cards(spec: DiagramSpec, width: int, height: int | None, least: float) -> Figure:
    """Cards in a grid: a label, a large value, a note."""
    big = width > 24 * _CM
    columns, rows = _rows(len(spec.items), width, round((7 if big else 4.6) * _CM))
    gap = round((0.5 if big else 0.25) * _CM)
    inset = round((0.5 if big else 0.25) * _CM)
    card_width = (width - (columns - 1) * gap) // columns
    label_size, value_size, note_size = (14, 36, 12) if big else (10, 18, 10)
    contents = []
    for item in spec.items:
        lines = [TextLine(item.title, label_size, "dk1")]
        lines += [
            TextLine(figure.value, value_size, "accent1", bold=True, space_before=4)
            for figure in item.figures
        ]
        if item.note:
            lines.append(TextLine(item.note, note_size, "dk2", space_before=4))
        contents.append(fit(tuple(lines), card_width - 2 * inset, 10**9, least))
    needed = max(sum(line.height for line in lines) for lines in contents) + 2 * inset
    card_height = needed
    if height is not None:
        fair = (height - (rows - 1) * gap) // rows
        card_height = min(max(needed, round(4.2 * _CM)), fair)
        contents = [fit(c, card_width - 2 * inset, card_height - inset, least) for c in contents]
    total = rows * card_height + (rows - 1) * gap
    top = 0 if height is None else max(0, (height - total) // 2)
    shapes: list[Shape] = []
    for number, content in enumerate(contents):
        x = (number % columns) * (card_width + gap)
        y = top + (number // columns) * (card_height + gap)
        shapes.append(
            Shape(
                "rect",
                x,
                y,
                card_width,
                card_height,
                fill="lt2:40",
                texts=content,
                align="left",
                anchor="middle",
                inset=inset,
                name=f"Card {number + 1}",
            )
        )
        shapes.append(
            Shape(
                "rect", x, y, card_width, 3 * POINT, fill="accent1", name=f"Card {number + 1} rule"
            )
        )
    return Figure(width, height if height is not None else total, tuple(shapes))


LAYOUTS: dict[DiagramKind, Layout] = {
    "chain": _chain,
    "timeline": _timeline,
    "tiers": _tiers,
    "cards": _cards,
}
