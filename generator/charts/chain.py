"""A chain: arrow-shaped links in a row or two, each with a panel of its figures below."""

from __future__ import annotations

from generator.charts.fitting import Stack, fit_together, one_line_size, stack_height
from generator.charts.geometry import Figure, Shape, TextLine
from generator.charts.grid import CM, Grid, Place
from generator.model.diagram import DiagramItem, DiagramSpec

_WIDE_SIZES, _NARROW_SIZES = (16.0, 24.0, 14.0), (11.0, 15.0, 10.0)


def lay_out_chain(spec: DiagramSpec, place: Place) -> Figure:
    """Return the links; those without figures are grey, and their panel holds the note."""
    title, value, label = _WIDE_SIZES if place.is_wide else _NARROW_SIZES
    row_gap, inset = round(0.5 * CM), round(0.25 * CM)
    grid = place.grid(len(spec.items), 4.4 if place.is_wide else 4.0, round(0.12 * CM))
    room = place.row_height(grid.rows, row_gap)

    heads, head_height = _heads(spec, grid, title, place)
    panel_width = grid.cell - 2 * inset
    figures = [figure.value for item in spec.items for figure in item.figures]
    value = one_line_size(figures, value, panel_width, place.least)
    stacks: list[Stack] = [(_panel(item, value, label), panel_width) for item in spec.items]
    panel_room = None if room is None else room - head_height - 2 * inset
    panels = fit_together(stacks, panel_room, place.least)

    heights = _panel_heights(panels, grid, inset)
    total = sum(heights) + grid.rows * head_height + (grid.rows - 1) * row_gap
    tops = [place.top(total)]
    for panel_height in heights:
        tops.append(tops[-1] + head_height + panel_height + row_gap)
    shapes: list[Shape] = []
    for number, item in enumerate(spec.items):
        _, row, x = grid.place(number)
        name, color = f"Link {number + 1}", "accent1" if item.figures else "dk2"
        shapes += (
            Shape("pentagon", x, tops[row], grid.cell, head_height, fill=color,
                  texts=heads[number], inset=round(0.2 * CM), name=name),
            Shape("rect", x, tops[row] + head_height, grid.cell, heights[row], fill="lt2:40",
                  texts=panels[number], align="left", anchor="top", inset=inset,
                  name=f"{name} figures"),
        )  # fmt: skip
    return Figure(place.width, place.height or total, tuple(shapes))


def _heads(
    spec: DiagramSpec, grid: Grid, size: float, place: Place
) -> tuple[list[tuple[TextLine, ...]], int]:
    """Return the titles of the links and the height of their arrows."""
    wanted = round((2.1 if place.is_wide and grid.rows == 1 else 1.35) * CM)
    probe = Shape("pentagon", 0, 0, grid.cell, wanted, inset=round(0.2 * CM))
    stacks: list[Stack] = [
        ((TextLine(item.title, size, "lt1", bold=True),), probe.text_width) for item in spec.items
    ]
    heads = fit_together(stacks, round(wanted * 0.85), place.least)
    return heads, max(wanted, max(stack_height(head) for head in heads))


def _panel(item: DiagramItem, value: float, label: float) -> tuple[TextLine, ...]:
    lines: list[TextLine] = []
    for number, figure in enumerate(item.figures):
        space = value * 0.45 if number else 0.0
        lines.append(TextLine(figure.value, value, "accent1", bold=True, space_before=space))
        if figure.label:
            lines.append(TextLine(figure.label, label, "dk1"))
    if not item.figures and item.note:
        lines.append(TextLine(item.note, label, "dk1"))
    return tuple(lines)


def _panel_heights(panels: list[tuple[TextLine, ...]], grid: Grid, inset: int) -> list[int]:
    heights = []
    for row in range(grid.rows):
        members = panels[row * grid.columns : (row + 1) * grid.columns]
        tallest = max(stack_height(panel) for panel in members)
        heights.append(max(tallest + 2 * inset, round(0.9 * CM)))
    return heights
