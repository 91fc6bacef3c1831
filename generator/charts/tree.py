"""A tree: boxes above the boxes that belong to them; an indented list where that is too wide."""

from __future__ import annotations

from dataclasses import dataclass

from generator.charts.boxes import box_texts
from generator.charts.fitting import stack_height
from generator.charts.geometry import Connector, Figure, Shape
from generator.charts.grid import CM, Place
from generator.model.diagram import DiagramItem, DiagramSpec

_TOP, _BOTTOM = 0, 2
_LEAST_BOX = 3.6  # cm, at full width


@dataclass(frozen=True, slots=True)
class _Node:
    """An item with its depth, the number of its parent (None for a root) and its leaves' span."""

    item: DiagramItem
    depth: int
    parent: int | None
    first_leaf: float
    leaves: int


def lay_out_tree(spec: DiagramSpec, place: Place) -> Figure:
    """Return the tree from the top down, or as an indented list."""
    nodes = _nodes(spec.items)
    leaves = sum(node.leaves for node in nodes if node.parent is None)
    gap = round((0.5 if place.is_wide else 0.3) * CM)
    cell = (place.width - (leaves - 1) * gap) // leaves
    least = _LEAST_BOX if place.is_wide else 2.6
    depth = 1 + max(node.depth for node in nodes)
    is_high = place.height is not None and place.height // depth < 1.5 * CM
    if cell >= least * CM * place.factor and not is_high and leaves <= 8:
        return _from_the_top(nodes, place, min(cell, round(8 * CM)), cell, gap, depth)
    return _indented(nodes, place)


def _nodes(items: tuple[DiagramItem, ...]) -> list[_Node]:
    nodes: list[_Node] = []

    def add(item: DiagramItem, depth: int, parent: int | None, leaf: float) -> int:
        number = len(nodes)
        nodes.append(_Node(item, depth, parent, leaf, 1))
        leaves = sum_leaves = 0
        for child in item.children:
            sum_leaves = add(child, depth + 1, number, leaf + leaves)
            leaves += sum_leaves
        leaves = max(1, leaves)
        nodes[number] = _Node(item, depth, parent, leaf, leaves)
        return leaves

    begin = 0
    for item in items:
        begin += add(item, 0, None, begin)
    return nodes


def _colors(nodes: list[_Node]) -> list[tuple[str, str]]:
    return [("accent1", "dk1") if node.depth else ("lt1", "lt1") for node in nodes]


def _from_the_top(
    nodes: list[_Node], place: Place, width: int, cell: int, gap: int, depth: int
) -> Figure:
    inset = round(0.18 * CM)
    between = round((0.9 if place.is_wide else 0.7) * CM)
    room = None
    if place.height is not None:
        room = (place.height - (depth - 1) * between) // depth
    texts = box_texts([node.item for node in nodes], _colors(nodes), width - 2 * inset,
                      None if room is None else room - inset, place)  # fmt: skip
    height = max(stack_height(text) for text in texts) + 2 * inset
    height = height if room is None else min(room, max(height, round(1.3 * CM)))
    total = depth * height + (depth - 1) * between
    leaves = sum(node.leaves for node in nodes if node.parent is None)
    left = (place.width - (leaves * cell + (leaves - 1) * gap)) // 2
    shapes: list[Shape] = []
    for number, (node, text) in enumerate(zip(nodes, texts, strict=True)):
        middle = node.first_leaf + (node.leaves - 1) / 2
        x = left + round(middle * (cell + gap)) + (cell - width) // 2
        y = place.top(total) + node.depth * (height + between)
        shapes.append(
            Shape("rect", x, y, width, height, fill="lt2:40" if node.depth else "accent1",
                  texts=text, inset=inset, name=f"Box {number + 1}")
        )  # fmt: skip
    lines = tuple(
        Connector(
            shapes[node.parent].x + width // 2, shapes[node.parent].y + height,
            shapes[number].x + width // 2, shapes[number].y, "dk2", 1.25,
            node.parent, number, False, _BOTTOM, _TOP, is_elbow=True,
        )
        for number, node in enumerate(nodes)
        if node.parent is not None
    )  # fmt: skip
    return Figure(place.width, place.height or total, tuple(shapes), lines)


def _indented(nodes: list[_Node], place: Place) -> Figure:
    """Return a row for each node, further right the deeper it is."""
    gap, inset = round(0.12 * CM), round(0.15 * CM)
    step = round((1.2 if place.is_wide else 0.8) * CM)
    deepest = max(node.depth for node in nodes)
    columns = 1
    if place.is_wide and deepest == 0 and len(nodes) > 6:
        columns = 2
    rows = -(-len(nodes) // columns)
    whole = (place.width - (columns - 1) * gap * 3) // columns
    room = None if place.height is None else (place.height - (rows - 1) * gap) // rows
    width = whole - deepest * step
    texts = box_texts(
        [_in_a_line(node.item) for node in nodes], _colors(nodes), width - 2 * inset,
        None if room is None else room, place,
    )  # fmt: skip
    height = max(stack_height(text) for text in texts) + inset
    height = height if room is None else min(room, max(height, round(0.7 * CM)))
    total = rows * height + (rows - 1) * gap
    top = place.top(total)
    shapes: list[Shape] = []
    for number, (node, text) in enumerate(zip(nodes, texts, strict=True)):
        column, row = divmod(number, rows)
        x = column * (whole + gap * 3) + node.depth * step
        shapes.append(
            Shape("rect", x, top + row * (height + gap), whole - node.depth * step, height,
                  fill="lt2:40" if node.depth else "accent1", texts=text, align="left",
                  inset=inset, name=f"Box {number + 1}")
        )  # fmt: skip
    lines: list[Connector] = []
    for number, node in enumerate(nodes):
        if node.parent is None:
            continue
        x = shapes[node.parent].x + step // 2
        y = shapes[number].y + height // 2
        lines.append(Connector(x, shapes[node.parent].y + height, x, y, "dk2", 1.0))
        lines.append(Connector(x, y, shapes[number].x, y, "dk2", 1.0, None, number, False, 0, 1))
    return Figure(place.width, place.height or total, tuple(shapes), tuple(lines))


def _in_a_line(item: DiagramItem) -> DiagramItem:
    """Return an item whose figures stand behind its title."""
    said = "; ".join(f"{figure.value} {figure.label}".strip() for figure in item.figures)
    said = said or item.note
    return DiagramItem(f"{item.title}  {said}".strip() if said else item.title)
