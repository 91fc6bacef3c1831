"""Making a briefing: python-docx's default document, restyled, with the prose of an edition."""

from __future__ import annotations

from pathlib import Path

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from making.house import Edition, Fonts
from making.package import application_properties, describe, drop_leftovers, save
from making.theme import house_theme
from making.word import prose_en, prose_zh, styles_en, styles_zh
from making.word.font_table import font_table
from making.word.lists import one_bullet
from making.word.page import set_up_page, set_up_settings
from making.word.styles import install_styles

_LOOKS = {"zh": styles_zh.LOOKS, "en": styles_en.LOOKS}
_PROSE = {"zh": prose_zh.write, "en": prose_en.write}


def make_briefing(edition: Edition, target: Path) -> None:
    """Write the briefing template of ``edition`` to ``target``."""
    document = docx.Document()
    drop_leftovers(document.part.package, document.part)
    install_styles(document, edition, _LOOKS[edition.key])
    set_up_page(document, edition)
    set_up_settings(document, edition)
    one_bullet(document.part.numbering_part.element)
    _PROSE[edition.key](document, edition)
    finish_briefing(document, edition)
    save(document, target)


def finish_briefing(document: Document, edition: Edition) -> None:
    """Give a document its properties, the theme and the fonts of the house."""
    describe(document.core_properties, edition, {"zh": "简报", "en": "Briefing"}[edition.key])
    _replace_parts(document, edition)


def _replace_parts(document: Document, edition: Edition) -> None:
    theme = document.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = house_theme(theme.blob, edition.word_theme)
    fonts = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts._blob = font_table(_fonts_of(edition))
    application = document.part.package.part_related_by(RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)
    application._blob = application_properties("Microsoft Office Word")


def _fonts_of(edition: Edition) -> set[Fonts]:
    return {look.fonts for look in _LOOKS[edition.key] if look.fonts} | {edition.word_theme}
