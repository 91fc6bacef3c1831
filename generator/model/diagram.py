"""What a diagram shows, free of any format: items with a title, figures and a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.errors import UnsupportedChartError, near_name_hint

DiagramKind = Literal["chain", "timeline", "tiers", "cards", "cycle", "tree"]

DIAGRAM_KINDS: tuple[DiagramKind, ...] = (
    "chain", "timeline", "tiers", "cards", "cycle", "tree",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure and what it counts: ``240P`` and ``computing power``."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class DiagramItem:
    """One link, event, tier, card, step or box. ``note`` is shown where there are no figures.

    ``children`` are the boxes below a box of a tree.
    """

    title: str
    figures: tuple[Figure, ...] = ()
    note: str = ""
    children: tuple[DiagramItem, ...] = ()

    @property
    def count(self) -> int:
        """How many items these are, with those below."""
        return 1 + sum(child.count for child in self.children)


@dataclass(frozen=True, slots=True)
class DiagramSpec:
    """A diagram in one language. ``aspect`` is width over height where a place leaves it open."""

    kind: DiagramKind
    items: tuple[DiagramItem, ...]
    alt_text: str
    name: str = "Diagram"
    locale: str = "en-GB"

    def __post_init__(self) -> None:
        if self.kind not in DIAGRAM_KINDS:
            raise UnsupportedChartError(
                f'there is no diagram of the kind "{self.kind}"', None,
                near_name_hint(self.kind, DIAGRAM_KINDS) or f"known: {', '.join(DIAGRAM_KINDS)}",
            )  # fmt: skip
        if self.kind != "tree" and any(item.children for item in self.items):
            raise UnsupportedChartError(
                f"a {self.kind} has no items below items", None, 'choose the kind "tree"'
            )
        if self.kind == "tree":
            count = sum(item.count for item in self.items)
            if not 1 <= count <= 24:
                raise UnsupportedChartError(
                    f"a tree takes 1 to 24 boxes, not {count}", None, "split it in two"
                )
        elif not 1 <= len(self.items) <= 12:
            raise UnsupportedChartError(
                f"a diagram takes 1 to 12 items, not {len(self.items)}", None, "split it in two"
            )
