"""The master and the layouts, put in the place of those of python-pptx's default presentation."""

from __future__ import annotations

from collections.abc import Sequence

from pptx.presentation import Presentation
from pptx.slide import SlideLayout, SlideMaster

from making.deck.layouts import (
    BODY_LEVELS,
    FOOTER_HOLDER,
    LAYOUTS,
    MASTER_BODY,
    NUMBER_HOLDER,
    SLIDE,
    TITLE,
    TITLE_LEVEL,
    TITLE_RULES,
    Decoration,
    Layout,
)
from making.deck.markup import Element, decoration, e, emu, fill, qualified
from making.deck.placeholders import Level, Placeholder, list_style, placeholder_shape
from making.house import Edition

_FALLBACK = Level(14)


def build_master(presentation: Presentation, edition: Edition) -> dict[str, SlideLayout]:
    """Set page size, master and layouts; return the layouts by key."""
    presentation.slide_width, presentation.slide_height = (emu(side) for side in SLIDE)
    size = presentation.element.find(qualified("p:sldSz"))
    size.attrib.pop("type", None)
    master = presentation.slide_master
    for surplus in list(presentation.slide_layouts)[len(LAYOUTS) :]:
        presentation.slide_layouts.remove(surplus)
    _fill_master(master, edition)
    layouts = zip(LAYOUTS, presentation.slide_layouts, strict=True)
    return {plan.key: _fill_layout(plan, layout, edition) for plan, layout in layouts}


def _fill_master(master: SlideMaster, edition: Edition) -> None:
    element = master.element
    _drop_extensions(element)
    background = e("p:bg", e("p:bgPr", fill("bg1"), e("a:effectLst")))
    common = element.find(qualified("p:cSld"))
    common.replace(common.find(qualified("p:bg")), background)
    holders = (TITLE, MASTER_BODY, FOOTER_HOLDER, NUMBER_HOLDER)
    _fill_tree(common, holders, TITLE_RULES, edition)
    _renumber_master(common)
    styles = element.find(qualified("p:txStyles"))
    element.replace(styles, _text_styles())


def _renumber_master(common: Element) -> None:
    """Placeholders of a master are matched by kind; PowerPoint numbers them from 1."""
    for number, mark in enumerate(common.iter(qualified("p:ph")), 0):
        if "idx" in mark.attrib:
            mark.set("idx", str(number))


def _text_styles() -> Element:
    levels = (*BODY_LEVELS, *[BODY_LEVELS[-1]] * (9 - len(BODY_LEVELS)))
    return e(
        "p:txStyles",
        list_style((TITLE_LEVEL,), "mj", "p:titleStyle"),
        list_style(levels, "mn", "p:bodyStyle"),
        list_style([_FALLBACK] * 9, "mn", "p:otherStyle"),
    )


def _fill_layout(plan: Layout, layout: SlideLayout, edition: Edition) -> SlideLayout:
    element = layout.element
    _drop_extensions(element)
    for name in ("type", "showMasterSp"):
        element.attrib.pop(name, None)
    element.set("preserve", "1")
    element.set("userDrawn", "1")
    if plan.kind:
        element.set("type", plan.kind)
    common = element.find(qualified("p:cSld"))
    common.set("name", plan.names[edition.key])
    if plan.background:
        element.set("showMasterSp", "0")
        common.insert(0, e("p:bg", e("p:bgPr", fill(plan.background), e("a:effectLst"))))
    _fill_tree(common, plan.holders, plan.decorations, edition)
    return layout


def _fill_tree(
    common: Element,
    holders: Sequence[Placeholder],
    decorations: Sequence[Decoration],
    edition: Edition,
) -> None:
    """Replace the shapes; decorations lie behind the placeholders."""
    tree = common.find(qualified("p:spTree"))
    for old in list(tree)[2:]:
        tree.remove(old)
    for number, piece in enumerate(decorations, 2):
        tree.append(
            decoration(number, piece.name, piece.box, piece.color, piece.shape, piece.alpha)
        )
    for number, holder in enumerate(holders, 2 + len(decorations)):
        tree.append(placeholder_shape(holder, number, edition.locale))


def _drop_extensions(element: Element) -> None:
    for extension in list(element.iter(qualified("p:extLst"))):
        extension.getparent().remove(extension)
