"""Items in rows and columns, and the measures that a wide and a narrow place call for."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

#: EMU in a centimetre.
CM = 360_000


@dataclass(frozen=True, slots=True)
class Place:
    """The room for a diagram (EMU; height None: as high as it needs) and its least type size.

    ``factor`` says how wide a cell is to be against its usual width.
    """

    width: int
    height: int | None
    least: float
    factor: float = 1.0

    @property
    def is_wide(self) -> bool:
        """Whether the place is a slide rather than a column of text."""
        return self.width > 22 * CM

    def row_height(self, rows: int, gap: int) -> int | None:
        """Return the height that each of so many rows can have."""
        return None if self.height is None else (self.height - (rows - 1) * gap) // rows

    def top(self, total: int) -> int:
        """Return the top edge of what is ``total`` high, centred."""
        return 0 if self.height is None else max(0, (self.height - total) // 2)

    def grid(self, count: int, least_cell: float, gap: int) -> Grid:
        """Return a grid with as few rows as cells of ``least_cell`` (cm) allow, filled evenly."""
        cell = round(least_cell * CM * self.factor)
        most = max(1, min(count, (self.width + gap) // (cell + gap)))
        rows = ceil(count / most)
        columns = ceil(count / rows)
        return Grid(columns, rows, (self.width - (columns - 1) * gap) // columns, gap)


@dataclass(frozen=True, slots=True)
class Grid:
    """``columns`` x ``rows`` cells for the items of a diagram, with the gaps between (EMU)."""

    columns: int
    rows: int
    cell: int
    gap: int

    def place(self, number: int) -> tuple[int, int, int]:
        """Return column, row and left edge of an item."""
        row, column = divmod(number, self.columns)
        return column, row, column * (self.cell + self.gap)
