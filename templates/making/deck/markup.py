"""PresentationML and DrawingML elements from a tag, attributes and children; boxes in cm."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement

Element = etree._Element
_EMU_PER_CM = 360_000
_DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"


@dataclass(frozen=True)
class Box:
    """A place on a slide: left, top, width and height in centimetres."""

    x: float
    y: float
    width: float
    height: float


def e(tag: str, *children: Element | str | None, **attributes: str | int | None) -> Element:
    """Return the element ``tag`` (``"a:off"``); text children set its text, None is left out."""
    element: Element = OxmlElement(tag)
    for name, value in attributes.items():
        if value is not None:
            element.set(name, str(value))
    for child in children:
        if isinstance(child, str):
            element.text = child
        elif child is not None:
            element.append(child)
    return element


def emu(centimetres: float) -> int:
    return round(centimetres * _EMU_PER_CM)


def transform(box: Box, tag: str = "a:xfrm") -> Element:
    """Return the ``a:xfrm`` that puts a shape at ``box``."""
    return e(
        tag,
        e("a:off", x=emu(box.x), y=emu(box.y)),
        e("a:ext", cx=emu(box.width), cy=emu(box.height)),
    )


def fill(color: str) -> Element:
    """Return a solid fill; ``color`` is a theme colour's name, or RRGGBB."""
    if len(color) == 6 and all(c in "0123456789ABCDEF" for c in color):
        return e("a:solidFill", e("a:srgbClr", val=color))
    return e("a:solidFill", e("a:schemeClr", val=color))


def fonts(kind: str) -> list[Element]:
    """Return the three font families of the theme: ``"mn"`` for body text, ``"mj"`` for titles."""
    return [
        e(f"a:{tag}", typeface=f"+{kind}-{short}")
        for tag, short in (("latin", "lt"), ("ea", "ea"), ("cs", "cs"))
    ]


def decoration(
    number: int, name: str, box: Box, color: str, shape: str = "rect", alpha: int | None = None
) -> Element:
    """Return a filled shape that is marked as decorative, so that no one has to hear it read.

    ``alpha`` is the opacity in percent.
    """
    painted = fill(color)
    if alpha is not None:
        painted[0].append(e("a:alpha", val=alpha * 1000))
    mark = etree.SubElement(
        e("a:ext", uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"),
        f"{{{_DECORATIVE}}}decorative",
        nsmap={"adec": _DECORATIVE},
        val="1",
    )
    properties = e("p:cNvPr", e("a:extLst", mark.getparent()), id=number, name=name)
    return e(
        "p:sp",
        e("p:nvSpPr", properties, e("p:cNvSpPr"), e("p:nvPr", userDrawn=1)),
        e(
            "p:spPr",
            transform(box),
            e("a:prstGeom", e("a:avLst"), prst=shape),
            painted,
            e("a:ln", e("a:noFill")),
        ),
        e(
            "p:txBody",
            e("a:bodyPr", rtlCol=0, anchor="ctr"),
            e("a:lstStyle"),
            e("a:p", e("a:endParaRPr", lang="en-US")),
        ),
    )


def qualified(tag: str) -> str:
    """Return the name of ``tag`` as lxml writes it."""
    return str(qn(tag))
