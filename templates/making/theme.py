"""The theme part of a document or a deck, in the colours and fonts of the house."""

from __future__ import annotations

from lxml import etree

from making.house import COLORS, Fonts

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def house_theme(blob: bytes, fonts: Fonts) -> bytes:
    """Return the theme in ``blob`` with the house's colours and ``fonts`` for heads and body.

    The lists of fonts by script are dropped: they override the East Asian font.
    """
    theme = etree.fromstring(blob)
    theme.set("name", "Binjiang report")
    _set_colors(theme.find(f".//{{{_A}}}clrScheme"))
    scheme = theme.find(f".//{{{_A}}}fontScheme")
    scheme.set("name", "Binjiang report")
    for family in scheme:
        _set_fonts(family, fonts)
    return etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _set_colors(scheme: etree._Element) -> None:
    scheme.set("name", "Binjiang report")
    for name, value in COLORS.items():
        slot = scheme.find(f"{{{_A}}}{name}")
        for old in list(slot):
            slot.remove(old)
        etree.SubElement(slot, f"{{{_A}}}srgbClr", val=value)


def _set_fonts(family: etree._Element, fonts: Fonts) -> None:
    for old in list(family):
        family.remove(old)
    for tag, typeface in (("latin", fonts.latin), ("ea", fonts.east_asian), ("cs", "")):
        etree.SubElement(family, f"{{{_A}}}{tag}", typeface=typeface)
