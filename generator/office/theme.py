"""The colours and fonts of a package's own theme."""

from __future__ import annotations

from lxml import etree

from generator.errors import Location
from generator.model.theme import COLOR_NAMES, Theme
from generator.office.names import qname
from generator.office.package import Package
from generator.office.xml import parse_xml

_THEME_TYPE = "application/vnd.openxmlformats-officedocument.theme+xml"


def read_theme(package: Package) -> Theme:
    """Return the theme of the first master or of the document; the house theme without one."""
    name = _theme_name(package)
    if name is None:
        return Theme()
    root = parse_xml(package.parts[name].blob, Location(package.file))
    colors = dict(Theme().colors)
    scheme = next(root.iter(qname("a:clrScheme")), None)
    for slot in scheme if scheme is not None else ():
        local = etree.QName(slot).localname
        if local in COLOR_NAMES and len(slot):
            value = slot[0].get("lastClr") or slot[0].get("val") or ""
            if len(value) == 6:
                colors[local] = value.upper()
    default = Theme()
    return Theme(
        colors,
        _typeface(root, "a:minorFont", "a:latin") or default.latin,
        _typeface(root, "a:minorFont", "a:ea") or default.east_asian,
        _typeface(root, "a:majorFont", "a:latin") or default.latin_heading,
        _typeface(root, "a:majorFont", "a:ea") or default.east_asian_heading,
    )


def _theme_name(package: Package) -> str | None:
    sources = [package.main]
    if package.format == "pptx":
        sources = package.related(package.main, "slideMaster")
    for source in sources:
        for name in package.related(source, "theme"):
            if name in package.parts:
                return name
    return None


def _typeface(root: etree._Element, group: str, script: str) -> str | None:
    font = next(root.iter(qname(group)), None)
    face = font.find(qname(script)) if font is not None else None
    return face.get("typeface") if face is not None else None
