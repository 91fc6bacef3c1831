"""A cycle: boxes along a closed way, the arrows from each to the next and from the last back.

A wide place has a row above from left to right and a row below back; a column of text has the
right side down and the left side up.
"""

from __future__ import annotations

from generator.charts.boxes import box_texts
from generator.charts.fitting import stack_height
from generator.charts.geometry import Connector, Figure, Shape
from generator.charts.grid import CM, Place
from generator.model.diagram import DiagramSpec

#: Connection sites of a rectangle.
_TOP, _LEFT, _BOTTOM, _RIGHT = 0, 1, 2, 3


def lay_out_cycle(spec: DiagramSpec, place: Place) -> Figure:
    """Return the boxes in the order of the cycle; the first one stands out."""
    count = len(spec.items)
    ahead = -(-count // 2)  # boxes on the way there, the others are on the way back
    gap, inset = round((1.1 if place.is_wide else 0.8) * CM), round(0.2 * CM)
    along = ahead if place.is_wide else min(2, count)
    lines = min(2, count) if place.is_wide else ahead
    width = (place.width - (along - 1) * gap) // along
    width = min(width, round((9 if place.is_wide else 7.2) * CM))
    room = None
    if place.height is not None:
        room = (place.height - (lines - 1) * gap) // lines
    colors = [("lt1", "lt1") if not number else ("accent1", "dk1") for number in range(count)]
    texts = box_texts(spec.items, colors, width - 2 * inset,
                      None if room is None else room - inset, place)  # fmt: skip
    height = max(stack_height(text) for text in texts) + 2 * inset
    height = height if room is None else min(room, max(height, round(1.6 * CM)))
    total = lines * height + (lines - 1) * gap
    corners = _corners(place, count, ahead, (width, height), gap, total)
    shapes = tuple(
        Shape("round", x, y, width, height, fill="lt2:40" if number else "accent1", texts=text,
              inset=inset, name=f"Step {number + 1}")
        for number, ((x, y), text) in enumerate(zip(corners, texts, strict=True))
    )  # fmt: skip
    arrows = tuple(
        _arrow(number, (number + 1) % count, corners, width, height, place.is_wide, ahead)
        for number in range(count if count > 1 else 0)
    )
    return Figure(place.width, place.height or total, shapes, arrows)


def _corners(
    place: Place, count: int, ahead: int, size: tuple[int, int], gap: int, total: int
) -> list[tuple[int, int]]:
    """Return the left top of each box."""
    width, height = size
    top = place.top(total)
    back = count - ahead
    if not place.is_wide:
        left = (place.width - (width * 2 + gap if back else width)) // 2
        right = left + width + gap if back else left
        step = height + gap
        down = [(right, top + number * step) for number in range(ahead)]
        extra = (ahead - back) * step // 2
        up = [(left, top + extra + number * step) for number in reversed(range(back))]
        return down + up
    across = ahead * width + (ahead - 1) * gap
    left = (place.width - across) // 2
    there = [(left + number * (width + gap), top) for number in range(ahead)]
    shift = (ahead - back) * (width + gap) // 2
    below = top + height + gap
    returning = [(left + shift + n * (width + gap), below) for n in reversed(range(back))]
    return there + returning


def _arrow(
    begin: int, end: int, corners: list[tuple[int, int]], width: int, height: int,
    is_wide: bool, ahead: int,
) -> Connector:  # fmt: skip
    """Return the arrow between two boxes, from the side of one to the facing side of the other."""
    (x1, y1), (x2, y2) = corners[begin], corners[end]
    turns = (begin < ahead) != (end < ahead)
    is_upright = turns if is_wide else not turns
    if is_upright:
        down = y2 > y1
        shift = 0
        if len(corners) == 2 and is_wide:  # there and back beside each other
            shift = round((0.12 if begin == 0 else -0.12) * width)
        return Connector(
            x1 + width // 2 + shift, y1 + (height if down else 0),
            x2 + width // 2 + shift, y2 + (0 if down else height), "dk2", 1.75,
            None if shift else begin, None if shift else end, True,
            _BOTTOM if down else _TOP, _TOP if down else _BOTTOM,
        )  # fmt: skip
    right = x2 > x1
    shift = 0
    if len(corners) == 2:
        shift = round((0.12 if begin == 0 else -0.12) * height)
    return Connector(
        x1 + (width if right else 0), y1 + height // 2 + shift,
        x2 + (0 if right else width), y2 + height // 2 + shift, "dk2", 1.75,
        None if shift else begin, None if shift else end, True,
        _RIGHT if right else _LEFT, _LEFT if right else _RIGHT,
    )  # fmt: skip
