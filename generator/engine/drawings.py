"""Drawings as markup: in line in a Word paragraph, or in the place of a slide's shape."""

from __future__ import annotations

from generator.engine.program import Frame
from generator.model.insert import ChartDrawing, Drawing, DrawingGrid, PictureDrawing, ShapesDrawing
from generator.office.names import NAMESPACES
from generator.office.xml import escape_attribute

_A, _C, _P, _R = (NAMESPACES[p] for p in ("a", "c", "p", "r"))
_PIC, _WP, _ASVG = (NAMESPACES[p] for p in ("pic", "wp", "asvg"))
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


def inline_drawing(
    drawing: Drawing, number: int, r_ids: tuple[str, ...], link_id: str | None = None
) -> str:
    """Return ``w:drawing`` for a drawing in a line of text; ``number`` is its id.

    ``link_id`` is the relationship of the address that a click leads to.
    """
    click = f'<a:hlinkClick xmlns:a="{_A}" xmlns:r="{_R}" r:id="{link_id}"/>' if link_id else ""
    label = f">{click}</wp:docPr>" if click else "/>"
    extent = f'cx="{int(drawing.width)}" cy="{int(drawing.height)}"'
    name = escape_attribute(f"{drawing.name} {number}")
    alt_text = escape_attribute(drawing.alt_text)
    return (
        f'<w:drawing><wp:inline xmlns:wp="{_WP}" distT="0" distB="0" distL="0" distR="0">'
        f"<wp:extent {extent}/>"
        f'<wp:docPr id="{number}" name="{name}" descr="{alt_text}"{label}'
        f'<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{_A}" noChangeAspect="1"/>'
        f"</wp:cNvGraphicFramePr>"
        f'<a:graphic xmlns:a="{_A}">{_graphic_data(drawing, name, alt_text, extent, r_ids, click)}'
        "</a:graphic></wp:inline></w:drawing>"
    )


def _graphic_data(
    drawing: Drawing, name: str, alt_text: str, extent: str, r_ids: tuple[str, ...], click: str
) -> str:
    if isinstance(drawing, ChartDrawing):
        return _chart_data(r_ids[0])
    return (
        f'<a:graphicData uri="{_PIC}"><pic:pic xmlns:pic="{_PIC}"><pic:nvPicPr>'
        f'<pic:cNvPr id="0" name="{name}" descr="{alt_text}">{click}</pic:cNvPr><pic:cNvPicPr/>'
        "</pic:nvPicPr>"
        f"<pic:blipFill>{_blip(r_ids)}<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
    )


def _chart_data(r_id: str) -> str:
    return (
        f'<a:graphicData uri="{_C}">'
        f'<c:chart xmlns:c="{_C}" xmlns:r="{_R}" r:id="{r_id}"/></a:graphicData>'
    )


def _blip(r_ids: tuple[str, ...]) -> str:
    if len(r_ids) == 1:
        return f'<a:blip xmlns:r="{_R}" r:embed="{r_ids[0]}"/>'
    return (
        f'<a:blip xmlns:r="{_R}" r:embed="{r_ids[0]}"><a:extLst><a:ext uri="{_SVG_EXTENSION}">'
        f'<asvg:svgBlip xmlns:asvg="{_ASVG}" r:embed="{r_ids[1]}"/></a:ext></a:extLst></a:blip>'
    )


def frame_drawing(drawing: Drawing, frame: Frame, first_id: int, r_ids: tuple[str, ...]) -> str:
    """Return the markup that takes the place of a slide's shape, centred in its box.

    The frame keeps the shape's id and name; shapes inside a group use ids from ``first_id`` on.
    """
    x, y, width, height = frame.box
    x += (width - int(drawing.width)) // 2
    y += (height - int(drawing.height)) // 2
    box = f'<a:off x="{x}" y="{y}"/><a:ext cx="{int(drawing.width)}" cy="{int(drawing.height)}"/>'
    name = escape_attribute(frame.name or drawing.name)
    alt_text = escape_attribute(frame.alt_text or drawing.alt_text)
    label = f'<p:cNvPr id="{frame.shape_id}" name="{name}" descr="{alt_text}"/>'
    if isinstance(drawing, ChartDrawing):
        return (
            f'<p:graphicFrame xmlns:p="{_P}" xmlns:a="{_A}"><p:nvGraphicFramePr>{label}'
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/>'
            f"</p:nvGraphicFramePr><p:xfrm>{box}</p:xfrm>"
            f"<a:graphic>{_chart_data(r_ids[0])}</a:graphic></p:graphicFrame>"
        )
    if isinstance(drawing, PictureDrawing):
        return (
            f'<p:pic xmlns:p="{_P}" xmlns:a="{_A}"><p:nvPicPr>{label}<p:cNvPicPr>'
            '<a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/></p:nvPicPr>'
            f"<p:blipFill>{_blip(r_ids)}<a:stretch><a:fillRect/></a:stretch></p:blipFill>"
            f"<p:spPr><a:xfrm>{box}</a:xfrm>"
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
        )
    assert isinstance(drawing, ShapesDrawing)
    return _group(drawing, label, box, drawing.markup(first_id))


def grid_drawing(
    drawing: DrawingGrid, frame: Frame, first_id: int, r_ids: tuple[tuple[str, ...], ...]
) -> str:
    """Return a group of charts or pictures that takes the place of a slide's shape."""
    x, y, width, height = frame.box
    x += (width - int(drawing.width)) // 2
    y += (height - int(drawing.height)) // 2
    box = f'<a:off x="{x}" y="{y}"/><a:ext cx="{int(drawing.width)}" cy="{int(drawing.height)}"/>'
    pieces = []
    for number, (one, ids) in enumerate(zip(drawing.drawings, r_ids, strict=True)):
        row, column = divmod(number, drawing.columns)
        place = (
            column * int(one.width + drawing.gap), row * int(one.height + drawing.gap),
            int(one.width), int(one.height),
        )  # fmt: skip
        inner = Frame(place, first_id + number, one.name, one.alt_text)
        pieces.append(frame_drawing(one, inner, 0, ids))
    name = escape_attribute(frame.name or drawing.name)
    alt_text = escape_attribute(frame.alt_text or drawing.alt_text)
    label = f'<p:cNvPr id="{frame.shape_id}" name="{name}" descr="{alt_text}"/>'
    return _group(drawing, label, box, "".join(pieces))


def _group(drawing: ShapesDrawing | DrawingGrid, label: str, box: str, content: str) -> str:
    inner = f'<a:chOff x="0" y="0"/><a:chExt cx="{int(drawing.width)}" cy="{int(drawing.height)}"/>'
    return (
        f'<p:grpSp xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_R}"><p:nvGrpSpPr>{label}'
        f"<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>{box}{inner}</a:xfrm>"
        f"</p:grpSpPr>{content}</p:grpSp>"
    )
