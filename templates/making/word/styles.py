"""Putting the house styles in place of those of python-docx's default document."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement

from making.house import Edition
from making.word.look import Look, font_names, style_element
from making.word.markup import w
from making.word.tables import table_styles


def install_styles(document: Document, edition: Edition, looks: Sequence[Look]) -> None:
    """Replace every style of ``document`` by ``looks`` and the table styles.

    The first look is Normal: its fonts and size are also the defaults of the document.
    """
    normal = looks[0]
    assert normal.id == "Normal"
    styles = document.styles.element
    for old in list(styles):
        styles.remove(old)
    styles.append(_defaults(normal, edition))
    styles.append(_latent_styles())
    for look in looks:
        styles.append(style_element(look, normal.size or 11))
    styles.extend([_default_character_style(), _no_list(), *table_styles()])


def _defaults(normal: Look, edition: Edition) -> BaseOxmlElement:
    assert normal.fonts
    assert normal.size
    half_points = round(normal.size * 2)
    latin = edition.locale if edition.key == "en" else "en-US"
    properties = w(
        "rPr",
        font_names(normal.fonts),
        w("sz", val=half_points),
        w("szCs", val=half_points),
        w("lang", val=latin, eastAsia="zh-CN", bidi="ar-SA"),
    )
    return w("docDefaults", w("rPrDefault", properties), w("pPrDefault"))


def _latent_styles() -> BaseOxmlElement:
    """Keep Word's own styles out of the gallery, so that it shows those of the house."""
    return w(
        "latentStyles",
        defLockedState=False,
        defUIPriority=99,
        defSemiHidden=True,
        defUnhideWhenUsed=True,
        defQFormat=False,
        count=376,
    )


def _default_character_style() -> BaseOxmlElement:
    return w(
        "style",
        w("name", val="Default Paragraph Font"),
        w("uiPriority", val=1),
        w("semiHidden"),
        w("unhideWhenUsed"),
        type="character",
        default=True,
        styleId="DefaultParagraphFont",
    )


def _no_list() -> BaseOxmlElement:
    return w(
        "style",
        w("name", val="No List"),
        w("uiPriority", val=99),
        w("semiHidden"),
        w("unhideWhenUsed"),
        type="numbering",
        default=True,
        styleId="NoList",
    )
