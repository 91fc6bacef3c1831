"""Making a deck: python-pptx's default presentation with the master and text of the house."""

from __future__ import annotations

from pathlib import Path

import pptx
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.presentation import Presentation

from making.deck import prose_en, prose_zh
from making.deck.markup import qualified
from making.deck.master import build_master
from making.deck.slides import Deck
from making.house import Edition
from making.package import application_properties, describe, drop_leftovers, save
from making.theme import house_theme

_PROSE = {"zh": prose_zh.write, "en": prose_en.write}


def make_deck(edition: Edition, target: Path) -> None:
    """Write the deck template of ``edition`` to ``target``."""
    presentation = pptx.Presentation()
    drop_leftovers(presentation.part.package, presentation.part)
    presentation.element.find(f".//{qualified('a:defRPr')}").set("lang", edition.locale)
    layouts = build_master(presentation, edition)
    _PROSE[edition.key](Deck(presentation, layouts, edition))
    finish_deck(presentation, edition)
    save(presentation, target)


def finish_deck(presentation: Presentation, edition: Edition) -> None:
    """Give a presentation its properties and the theme of the house."""
    describe(presentation.core_properties, edition, {"zh": "演示文稿", "en": "Deck"}[edition.key])
    _replace_parts(presentation, edition)


def _replace_parts(presentation: Presentation, edition: Edition) -> None:
    for owner in (presentation.slide_master.part, presentation.notes_master.part):
        theme = owner.part_related_by(RELATIONSHIP_TYPE.THEME)
        _replace(theme, house_theme(theme.blob, edition.deck_theme))
    package = presentation.part.package
    application = package.part_related_by(RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)
    application._blob = application_properties("Microsoft Office PowerPoint")


def _replace(part: Part, blob: bytes) -> None:
    """Give ``part`` new content, whether python-pptx keeps it as text or as elements."""
    if hasattr(part, "_element"):
        part._element = (
            type(part).load(part.partname, part.content_type, part.package, blob)._element
        )
    else:
        part._blob = blob
