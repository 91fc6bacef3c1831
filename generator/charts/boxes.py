"""Boxes with a title and figures, as cycles and trees draw them, all in common sizes."""

from __future__ import annotations

from collections.abc import Sequence

from generator.charts.fitting import Stack, fit_together, one_line_size
from generator.charts.geometry import TextLine
from generator.charts.grid import Place
from generator.model.diagram import DiagramItem

_WIDE_SIZES, _NARROW_SIZES = (15.0, 20.0, 13.0), (10.5, 13.0, 9.5)


def box_texts(
    items: Sequence[DiagramItem],
    colors: Sequence[tuple[str, str]],
    width: int,
    height: int | None,
    place: Place,
) -> list[tuple[TextLine, ...]]:
    """Return the texts of each box; ``width`` and ``height`` (EMU) are what a box has for them.

    ``colors`` are those of title and text for each item.
    """
    title, value, label = _WIDE_SIZES if place.is_wide else _NARROW_SIZES
    figures = [figure.value for item in items for figure in item.figures]
    value = one_line_size(figures, value, width, place.least)
    stacks: list[Stack] = []
    for item, (head, body) in zip(items, colors, strict=True):
        lines = [TextLine(item.title, title, head, bold=True)]
        for figure in item.figures:
            lines.append(TextLine(figure.value, value, head, bold=True, space_before=title * 0.25))
            if figure.label:
                lines.append(TextLine(figure.label, label, body))
        if not item.figures and item.note:
            lines.append(TextLine(item.note, label, body, space_before=title * 0.25))
        stacks.append((tuple(lines), width))
    return fit_together(stacks, height, place.least)
