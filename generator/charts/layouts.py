"""The layouts of diagrams by kind; each kind has a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from generator.charts.cards import lay_out_cards
from generator.charts.chain import lay_out_chain
from generator.charts.cycle import lay_out_cycle
from generator.charts.geometry import Figure
from generator.charts.grid import CM, Place
from generator.charts.tiers import lay_out_tiers
from generator.charts.timeline import lay_out_timeline
from generator.charts.tree import lay_out_tree
from generator.errors import UnsupportedChartError
from generator.model.diagram import DiagramKind, DiagramSpec

LAYOUTS: dict[DiagramKind, Callable[[DiagramSpec, Place], Figure]] = {
    "chain": lay_out_chain,
    "timeline": lay_out_timeline,
    "tiers": lay_out_tiers,
    "cards": lay_out_cards,
    "cycle": lay_out_cycle,
    "tree": lay_out_tree,
}
#: How wide cells are against their usual width, tried in turn.
_WIDTHS = (1.0, 0.8, 0.6)


def lay_out(spec: DiagramSpec, width: int, height: int | None, least: float) -> Figure:
    """Return the diagram laid out in ``width`` and ``height`` (EMU; None: as high as it needs).

    No text is smaller than ``least`` points.

    Raises:
        UnsupportedChartError: the texts do not fit in the place.
    """
    for factor in _WIDTHS:
        figure = LAYOUTS[spec.kind](spec, Place(width, height, least, factor))
        if _fits(figure):
            return figure
    size = f"{width / CM:.1f}" + (f" x {height / CM:.1f}" if height is not None else "")
    raise UnsupportedChartError(
        f'the texts of the {len(spec.items)} items of the diagram "{spec.name}" do not fit in '
        f"{size} cm at {least:g} points",
        None,
        "shorten its texts, make its place larger, or split it in two",
    )


def _fits(figure: Figure) -> bool:
    return all(
        shape.y + shape.height <= figure.height
        and shape.text_height <= shape.height
        and not any(text.is_torn for text in shape.texts)
        for shape in figure.shapes
    )
