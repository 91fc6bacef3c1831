"""The font table: what a program may use where a family is not installed."""

from __future__ import annotations

from collections.abc import Iterable

from docx.oxml.xmlchemy import BaseOxmlElement
from lxml import etree

from making.house import Fonts
from making.word.markup import w

#: Family to (other name, charset, class): the other name is the same font, or the nearest one.
_KNOWN = {
    "Arial": (None, "00", "swiss"),
    "Calibri": (None, "00", "swiss"),
    "Cambria": (None, "00", "roman"),
    "Times New Roman": (None, "00", "roman"),
    "仿宋": ("FangSong", "86", "modern"),
    "方正小标宋简体": ("宋体", "86", "auto"),
    "黑体": ("SimHei", "86", "modern"),
    "楷体": ("KaiTi", "86", "modern"),
    "宋体": ("SimSun", "86", "auto"),
    "等线": ("DengXian", "86", "auto"),
    "微软雅黑": ("Microsoft YaHei", "86", "swiss"),
}


def font_table(fonts: Iterable[Fonts]) -> bytes:
    """Return ``word/fontTable.xml`` for the families in ``fonts``."""
    names = sorted({name for pair in fonts for name in (pair.latin, pair.east_asian)})
    table = w("fonts", *(_entry(name) for name in names))
    return etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def _entry(name: str) -> BaseOxmlElement:
    other, charset, kind = _KNOWN[name]
    return w(
        "font",
        w("altName", val=other) if other else None,
        w("charset", val=charset),
        w("family", val=kind),
        w("pitch", val="variable"),
        name=name,
    )
