"""The one list of the house: a small square bullet."""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from making.house import ACCENT
from making.word.markup import w


def one_bullet(numbering: BaseOxmlElement) -> None:
    """Replace the lists of python-docx's default document by list number 1, a bullet."""
    for old in list(numbering):
        numbering.remove(old)
    level = w(
        "lvl",
        w("start", val=1),
        w("numFmt", val="bullet"),
        w("lvlText", val="■"),
        w("lvlJc", val="left"),
        w("pPr", w("ind", left=340, hanging=340)),
        w(
            "rPr",
            w("rFonts", ascii="Arial", hAnsi="Arial", eastAsia="Arial", cs="Arial"),
            w("color", val=ACCENT),
            w("sz", val=12),
        ),
        ilvl=0,
    )
    numbering.append(
        w("abstractNum", w("multiLevelType", val="singleLevel"), level, abstractNumId=0)
    )
    numbering.append(w("num", w("abstractNumId", val=0), numId=1))
