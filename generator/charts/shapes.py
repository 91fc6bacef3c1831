"""A laid-out diagram as native shapes of a slide: editable, in the colours of the theme."""

from __future__ import annotations

from generator.charts.geometry import Connector, Shape, TextLine
from generator.charts.layouts import lay_out
from generator.model.diagram import DiagramSpec
from generator.model.insert import ShapesDrawing
from generator.model.length import Length
from generator.office.xml import escape_attribute, escape_text

#: No text of a slide is smaller.
LEAST_POINTS = 10.0

_PRESETS = {"rect": "rect", "round": "roundRect", "pentagon": "homePlate", "chevron": "chevron",
            "ellipse": "ellipse", "text": "rect"}  # fmt: skip
_ANCHORS = {"top": "t", "middle": "ctr", "bottom": "b"}
_ALIGNS = {"left": "l", "center": "ctr"}
_SCHEME = {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}


def native_shapes(spec: DiagramSpec, width: Length, height: Length) -> ShapesDrawing:
    """Return the drawing of a diagram that fills a place on a slide."""
    figure = lay_out(spec, int(width), int(height), LEAST_POINTS)

    def markup(first_id: int) -> str:
        shapes = [
            _shape(shape, first_id + number, spec.locale)
            for number, shape in enumerate(figure.shapes)
        ]
        lines = [
            _connector(line, first_id + len(shapes) + number, first_id)
            for number, line in enumerate(figure.connectors)
        ]
        return "".join(lines + shapes)

    ids = len(figure.shapes) + len(figure.connectors)
    return ShapesDrawing(markup, ids, width, height, spec.alt_text, spec.name)


#: How far the text of a rounded rectangle is kept from its sides (ECMA-376, presetShapeDefinitions:
#: 0.29289 of a corner, which is a sixth of the shorter side).
_CORNER = 0.29289 / 6


def _color(color: str) -> str:
    """Return a colour of the theme; ``lt2:40`` is lt2 with 40 % of its strength."""
    name, _, strength = color.partition(":")
    scheme = _SCHEME.get(name, name)
    if not strength:
        return f'<a:schemeClr val="{scheme}"/>'
    kept = int(strength) * 1000
    return (
        f'<a:schemeClr val="{scheme}"><a:lumMod val="{kept}"/>'
        f'<a:lumOff val="{100_000 - kept}"/></a:schemeClr>'
    )


def _fill(color: str | None) -> str:
    return "<a:noFill/>" if color is None else f"<a:solidFill>{_color(color)}</a:solidFill>"


def _shape(shape: Shape, number: int, locale: str) -> str:
    is_text = shape.outline == "text"
    outline = (
        f'<a:ln w="19050">{_fill(shape.line)}</a:ln>' if shape.line else "<a:ln><a:noFill/></a:ln>"
    )
    adjust = ""
    if shape.outline == "pentagon":
        adjust = '<a:gd name="adj" fmla="val 30000"/>'
    left = right = shape.inset
    if shape.outline == "round":  # the preset's own text area keeps away from its corners
        left = right = max(0, shape.inset - round(_CORNER * min(shape.width, shape.height)))
    if shape.outline == "pentagon":  # the preset's own text area ends half-way into its point
        right += shape.height // 3 - round(shape.height * 0.15)
    top = shape.inset if shape.anchor == "top" else 0
    empty = f'<a:p><a:endParaRPr lang="{locale}"/></a:p>'
    box = ' txBox="1"' if is_text else ""
    paragraphs = "".join(_paragraph(text, shape, locale) for text in shape.texts)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{escape_attribute(shape.name)}"/>'
        f"<p:cNvSpPr{box}/><p:nvPr/></p:nvSpPr>"
        f'<p:spPr><a:xfrm><a:off x="{shape.x}" y="{shape.y}"/>'
        f'<a:ext cx="{shape.width}" cy="{shape.height}"/></a:xfrm>'
        f'<a:prstGeom prst="{_PRESETS[shape.outline]}"><a:avLst>{adjust}</a:avLst></a:prstGeom>'
        f"{_fill(shape.fill)}{outline}</p:spPr>"
        f'<p:txBody><a:bodyPr wrap="square" lIns="{left}" tIns="{top}" rIns="{right}" '
        'bIns="0" '
        f'anchor="{_ANCHORS[shape.anchor]}" rtlCol="0"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{paragraphs or empty}</p:txBody></p:sp>"
    )


def _paragraph(text: TextLine, shape: Shape, locale: str) -> str:
    before = ""
    if text.space_before:
        before = f'<a:spcBef><a:spcPts val="{round(text.space_before * 100)}"/></a:spcBef>'
    return (
        f'<a:p><a:pPr algn="{_ALIGNS[shape.align]}">{before}<a:buNone/></a:pPr>'
        f'<a:r><a:rPr lang="{locale}" altLang="en-US" sz="{round(text.size * 100)}" '
        f'b="{int(text.bold)}" dirty="0">{_fill(text.color)}'
        '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/></a:rPr>'
        f"<a:t>{escape_text(text.text)}</a:t></a:r></a:p>"
    )


def _connector(line: Connector, number: int, first_id: int) -> str:
    if line.is_elbow and line.x1 != line.x2:
        return _elbow(line, number, first_id)
    flips = (' flipH="1"' if line.x2 < line.x1 else "") + (
        ' flipV="1"' if line.y2 < line.y1 else ""
    )
    glue = _glue(line, first_id)
    arrow = '<a:tailEnd type="triangle"/>' if line.has_arrow else ""
    return (
        f'<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="{number}" name="Line {number - first_id}"/>'
        f"<p:cNvCxnSpPr>{glue}</p:cNvCxnSpPr><p:nvPr/></p:nvCxnSpPr>"
        f"<p:spPr><a:xfrm{flips}>"
        f'<a:off x="{min(line.x1, line.x2)}" y="{min(line.y1, line.y2)}"/>'
        f'<a:ext cx="{abs(line.x2 - line.x1)}" cy="{abs(line.y2 - line.y1)}"/></a:xfrm>'
        '<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'<a:ln w="{round(line.width * 12700)}">{_fill(line.color)}{arrow}</a:ln></p:spPr>'
        "</p:cxnSp>"
    )


def _glue(line: Connector, first_id: int) -> str:
    glue = ""
    if line.begins_at is not None:
        glue += f'<a:stCxn id="{first_id + line.begins_at}" idx="{line.begin_site}"/>'
    if line.ends_at is not None:
        glue += f'<a:endCxn id="{first_id + line.ends_at}" idx="{line.end_site}"/>'
    return glue


def _elbow(line: Connector, number: int, first_id: int) -> str:
    """Return a connector that goes down, across and down.

    The preset goes across first, so it is turned by a quarter: its box is written as it lies before
    the turn, around the same middle (ECMA-376 Part 1, 20.1.7.6).
    """
    down, across = line.y2 - line.y1, abs(line.x2 - line.x1)
    x = (line.x1 + line.x2 - down) // 2
    y = (line.y1 + line.y2 - across) // 2
    turn = 'rot="16200000" flipH="1"' if line.x2 > line.x1 else 'rot="5400000"'
    return (
        f'<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="{number}" name="Line {number - first_id}"/>'
        f"<p:cNvCxnSpPr>{_glue(line, first_id)}</p:cNvCxnSpPr><p:nvPr/></p:nvCxnSpPr>"
        f'<p:spPr><a:xfrm {turn}><a:off x="{x}" y="{y}"/><a:ext cx="{down}" cy="{across}"/>'
        '</a:xfrm><a:prstGeom prst="bentConnector3"><a:avLst><a:gd name="adj1" '
        'fmla="val 50000"/></a:avLst></a:prstGeom>'
        f'<a:ln w="{round(line.width * 12700)}">{_fill(line.color)}</a:ln></p:spPr></p:cxnSp>'
    )
