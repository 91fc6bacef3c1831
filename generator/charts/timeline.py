"""A timeline: a dot on a line for each event, its date above and what happened below."""

from __future__ import annotations

from dataclasses import dataclass

from generator.charts.fitting import Stack, fit_together, stack_height
from generator.charts.geometry import Connector, Figure, Shape, TextLine
from generator.charts.grid import CM, Grid, Place
from generator.model.diagram import DiagramSpec

_Stacks = list[tuple[TextLine, ...]]


@dataclass(frozen=True, slots=True)
class _Row:
    """Heights (EMU) that all rows of a timeline share."""

    date: int
    note: int
    dot: int
    space: int

    @property
    def height(self) -> int:
        return self.date + self.dot + self.note + 2 * self.space


def lay_out_timeline(spec: DiagramSpec, place: Place) -> Figure:
    """Return the events, not to scale; the last one stands out."""
    is_wide, count = place.is_wide, len(spec.items)
    date_size, note_size = (26.0, 17.0) if is_wide else (12.0, 10.0)
    row_gap = round((0.7 if is_wide else 0.4) * CM)
    grid = place.grid(count, 4.2 if is_wide else 2.4, round(0.3 * CM))
    room = place.row_height(grid.rows, row_gap)
    dot, space = round((0.46 if is_wide else 0.3) * CM), round((0.35 if is_wide else 0.2) * CM)

    date_room = None if room is None else (room - dot - 2 * space) // 2
    dates = _stacks([item.title for item in spec.items], date_size, "accent1", grid,
                    date_room, place.least)  # fmt: skip
    date_height = max(stack_height(date) for date in dates)
    note_room = None if room is None else room - date_height - dot - 2 * space
    notes = _stacks([item.note for item in spec.items], note_size, "dk1", grid,
                    note_room, place.least)  # fmt: skip
    row = _Row(date_height, max(stack_height(note) for note in notes), dot, space)

    total = grid.rows * row.height + (grid.rows - 1) * row_gap
    shapes: list[Shape] = []
    lines: list[Connector] = []
    for number in range(count):
        _, line, x = grid.place(number)
        y = place.top(total) + line * (row.height + row_gap)
        is_last = number == count - 1
        shapes += _event(number, x, y, grid.cell, row, dates[number], notes[number], is_last)
        lines += _lines(number, count, x, y, grid, row)
    return Figure(place.width, place.height or total, tuple(shapes), tuple(lines))


def _stacks(
    texts: list[str], size: float, color: str, grid: Grid, height: int | None, least: float
) -> _Stacks:
    is_bold = color == "accent1"
    stacks: list[Stack] = [((TextLine(t, size, color, bold=is_bold),), grid.cell) for t in texts]
    return fit_together(stacks, height, least)


def _event(
    number: int,
    x: int,
    y: int,
    width: int,
    row: _Row,
    date: tuple[TextLine, ...],
    note: tuple[TextLine, ...],
    is_last: bool,
) -> tuple[Shape, Shape, Shape]:
    """Return date, dot and note of an event; connectors count on this order."""
    dot_y = y + row.date + row.space
    color = "accent2" if is_last else "accent1"
    return (
        Shape("text", x, y, width, row.date, texts=date, anchor="bottom", inset=0,
              name=f"Date {number + 1}"),
        Shape("ellipse", x + (width - row.dot) // 2, dot_y, row.dot, row.dot, fill=color,
              line="lt1", name=f"Mark {number + 1}"),
        Shape("text", x, dot_y + row.dot + row.space, width, row.note, texts=note, anchor="top",
              inset=0, name=f"Event {number + 1}"),
    )  # fmt: skip


def _lines(number: int, count: int, x: int, y: int, grid: Grid, row: _Row) -> list[Connector]:
    """Return the line from an event to the next; at the end of a row, both ends of the break."""
    line_y = y + row.date + row.space + row.dot // 2
    middle = x + grid.cell // 2
    column = number % grid.columns
    lines = []
    if number and column == 0:
        lines.append(Connector(x, line_y, middle, line_y, "lt2", 2.25, ends_at=3 * number + 1))
    if number == count - 1:
        return lines
    if column == grid.columns - 1:
        lines.append(Connector(middle, line_y, x + grid.cell, line_y, "lt2", 2.25,
                               begins_at=3 * number + 1))  # fmt: skip
    else:
        step = grid.cell + grid.gap
        lines.append(Connector(middle, line_y, middle + step, line_y, "lt2", 2.25,
                               begins_at=3 * number + 1, ends_at=3 * number + 4))  # fmt: skip
    return lines
