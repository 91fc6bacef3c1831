"""Cards in a grid: what is counted, the figure in large type, a note."""

from __future__ import annotations

from generator.charts.fitting import Stack, fit_together, one_line_size, stack_height
from generator.charts.geometry import POINT, Figure, Shape, TextLine
from generator.charts.grid import CM, Place
from generator.model.diagram import DiagramItem, DiagramSpec

_WIDE_SIZES, _NARROW_SIZES = (15.0, 38.0, 13.0), (10.0, 20.0, 9.5)


def lay_out_cards(spec: DiagramSpec, place: Place) -> Figure:
    """Return the cards, all of one size."""
    title, value, note = _WIDE_SIZES if place.is_wide else _NARROW_SIZES
    gap = inset = round((0.5 if place.is_wide else 0.25) * CM)
    grid = place.grid(len(spec.items), 6.5 if place.is_wide else 4.6, gap)
    text_width = grid.cell - 2 * inset
    fair = place.row_height(grid.rows, gap)

    figures = [figure.value for item in spec.items for figure in item.figures]
    value = one_line_size(figures, value, text_width, place.least)
    stacks: list[Stack] = [(_texts(item, title, value, note), text_width) for item in spec.items]
    texts = fit_together(stacks, None if fair is None else fair - inset, place.least)

    card = max(stack_height(stack) for stack in texts) + 2 * inset
    if fair is not None:
        card = min(max(card, round(4.2 * CM)), fair)
    total = grid.rows * card + (grid.rows - 1) * gap
    shapes: list[Shape] = []
    for number, stack in enumerate(texts):
        _, row, x = grid.place(number)
        y, name = place.top(total) + row * (card + gap), f"Card {number + 1}"
        shapes += (
            Shape("rect", x, y, grid.cell, card, fill="lt2:40", texts=stack, align="left",
                  inset=inset, name=name),
            Shape("rect", x, y, grid.cell, 3 * POINT, fill="accent1", name=f"{name} rule"),
        )  # fmt: skip
    return Figure(place.width, place.height or total, tuple(shapes))


def _texts(item: DiagramItem, title: float, value: float, note: float) -> tuple[TextLine, ...]:
    lines = [TextLine(item.title, title, "dk1")]
    for figure in item.figures:
        lines.append(TextLine(figure.value, value, "accent1", bold=True, space_before=4))
        if figure.label and figure.label != item.title:
            lines.append(TextLine(figure.label, note, "dk1"))
    if item.note:
        lines.append(TextLine(item.note, note, "dk1", space_before=4))
    return tuple(lines)
