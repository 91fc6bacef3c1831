"""A chart specification as a native chart part: editable in Word and PowerPoint.

The XML is joined from text, in the order of the schema (ECMA-376 Part 1, 21.2); every text goes
through the one escape function. Colours and fonts are those of the template's theme.
"""

from __future__ import annotations

from generator.charts.colors import INK, MUTED
from generator.charts.fitting import text_width, wrap
from generator.charts.native_axes import axes_xml
from generator.charts.native_plots import plot_xml
from generator.charts.native_series import Native
from generator.charts.prepare import Prepared, prepare
from generator.charts.texts_xml import paragraph_of, rich_text, run, text_properties
from generator.charts.workbook import place_on_sheets
from generator.errors import UnsupportedChartError
from generator.model.changed import changed
from generator.model.chart import PICTURE_KINDS, ChartSpec
from generator.model.insert import ChartDrawing, NewPart
from generator.model.length import Length
from generator.model.theme import Theme
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES

_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHAPES_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chartshapes+xml"
_SHAPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartUserShapes"
_CDR = "http://schemas.openxmlformats.org/drawingml/2006/chartDrawing"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LEGEND_SIDES = {"top": "t", "bottom": "b", "right": "r", "left": "l"}
#: Font sizes (points) of labels and axes in a place wider than this, and in a narrower one.
_WIDE = Length.cm(17)
_WIDE_SIZE, _NARROW_SIZE = 14.0, 10.0
#: Share of the width that names of horizontal bars may take before they wrap.
_NAMES_SHARE = 0.3
#: Height of an axis, a legend or a title.
_EXTRA_HEIGHT = Length.cm(1.2)
#: Size of the source line in that of labels, and of the title.
_SOURCE, _TITLE = 0.85, 1.15
_POINT = 12_700


def native_chart(
    spec: ChartSpec, width: Length, height: Length, theme: Theme | None = None
) -> ChartDrawing:
    """Return the drawing of a chart with its chart part and workbook.

    ``theme`` decides whether a label on a colour is dark or light.

    Raises:
        UnsupportedChartError: Office has no chart of this kind, or options do not suit it.
        ChartError: a number or a text is beyond what a worksheet holds.
    """
    height = min(height, greatest_height(spec, width))
    if spec.font_size is None:
        spec = changed(spec, font_size=font_size(width))
    xml, book_data = chart_parts(spec, width, height, theme)
    book = NewPart("embeddings", "Microsoft_Excel_Sheet", "xlsx", _BOOK_TYPE,
                   RELATIONSHIP_TYPES["package"], book_data)  # fmt: skip
    related = [("rId1", book)]
    if spec.source_line:
        shapes = _source_shape(spec, width, height)
        related.append(("rId2", NewPart("drawings", "drawing", "xml", _SHAPES_TYPE, _SHAPES,
                                        shapes.encode())))  # fmt: skip
    part = NewPart("charts", "chart", "xml", _CHART_TYPE, RELATIONSHIP_TYPES["chart"],
                   xml.encode(), tuple(related))  # fmt: skip
    return ChartDrawing(part, width, height, spec.alt_text, spec.name)


def font_size(width: Length) -> float:
    """Return the size (points) of the texts of a chart so wide."""
    return _WIDE_SIZE if width > _WIDE else _NARROW_SIZE


def chart_parts(
    spec: ChartSpec, width: Length, height: Length, theme: Theme | None = None
) -> tuple[str, bytes]:
    """Return the XML of the chart part and the bytes of its workbook."""
    if spec.kind in PICTURE_KINDS:
        raise UnsupportedChartError(
            f"Office has no chart of the kind {spec.kind}", None, "draw it as a picture"
        )
    size = spec.font_size or font_size(width)
    chart = prepare(spec if spec.font_size else changed(spec, font_size=size), width)
    sheets = place_on_sheets(chart)
    native = Native(chart, sheets, theme or Theme(), size, width)
    plots = "".join(plot_xml(native, plot) for plot in chart.plots)
    shapes = '<c:userShapes r:id="rId2"/>' if spec.source_line else ""
    xml = (
        f'{_HEAD}<c:chartSpace xmlns:c="{NAMESPACES["c"]}" xmlns:a="{NAMESPACES["a"]}" '
        f'xmlns:r="{NAMESPACES["r"]}">'
        f'<c:date1904 val="0"/><c:lang val="{spec.locale}"/><c:roundedCorners val="0"/>'
        f"<c:chart>{_title(spec, size)}"
        f"<c:plotArea>{_plot_layout(chart, width, height, size)}{plots}{axes_xml(native)}"
        f"<c:spPr><a:noFill/></c:spPr></c:plotArea>{_legend(chart, width, height, size)}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f"{text_properties(spec.locale, size)}"
        f'<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>{shapes}'
        "</c:chartSpace>"
    )
    return xml, sheets.workbook


# --- places ---


def greatest_height(spec: ChartSpec, width: Length) -> Length:
    """Return the height up to which a chart looks right: few bars are not blown up to blocks."""
    if spec.kind not in ("bar", "range"):
        return width
    clusters = len(spec.series) if spec.kind == "bar" and spec.grouping == "clustered" else 1
    if any(series.is_open for series in spec.series):
        clusters = 1
    bands = len(spec.categories) * (2.0 + 1.6 * clusters)
    is_shown = spec.axis.is_shown or spec.axis.maximum is not None
    extras = bool(is_shown) + (len(spec.series) > 1) + bool(spec.title) + bool(spec.source_line)
    return Length(Length.cm(bands) + extras * _EXTRA_HEIGHT)


def source_height(spec: ChartSpec, width: Length, size: float) -> float:
    """Return the height (EMU) of the source line below a chart; 0 without one."""
    if not spec.source_line:
        return 0.0
    lines = wrap(spec.source_line, size * _SOURCE, round(width * 0.98))
    return (len(lines) * 1.25 + 0.4) * size * _SOURCE * _POINT


def _plot_layout(chart: Prepared, width: Length, height: Length, size: float) -> str:
    """Return the place of the plot where it is not left to the program that shows it.

    Long names beside lying bars wrap only there in LibreOffice, which else leaves the bars with
    half of the width; and a source line needs its room.
    """
    spec = chart.spec
    if spec.kind == "sparkline":
        return _layout("inner", 0.02, 0.1, 0.96, 0.8)
    if not chart.is_flat and not spec.source_line:
        return "<c:layout/>"
    below = source_height(spec, width, size) / height
    title = _title_height(spec, size) / height
    legend = legend_height(chart, width, size) / height
    is_beside = chart.legend in ("left", "right")
    if chart.is_flat and not is_beside and _has_long_names(spec, width, size):
        top = (title or 0.03) + (legend if chart.legend == "top" else 0.0)
        axis = _EXTRA_HEIGHT / height if chart.axis.is_shown else 0.03
        foot = below + (legend * 1.3 if chart.legend == "bottom" else 0.0)
        return _layout("inner", _NAMES_SHARE, top, 0.9 - _NAMES_SHARE, 1 - top - axis - foot)
    if not below:
        return "<c:layout/>"
    bottom = below + (legend if chart.legend == "bottom" else 0.0)
    top = title + (legend if chart.legend == "top" else 0.0)
    aside = legend_width(chart, size) / width if is_beside else 0.0
    left = aside if chart.legend == "left" else 0.0
    return _layout("outer", left, top, 1 - aside, max(0.1, 1 - top - bottom))


def _has_long_names(spec: ChartSpec, width: Length, size: float) -> bool:
    return any(text_width(name, size) > width * _NAMES_SHARE for name in spec.names)


def _layout(target: str, x: float, y: float, width: float, height: float) -> str:
    sides = {"x": x, "y": y, "w": width, "h": height}
    placed = "".join(f'<c:{side} val="{value:.4f}"/>' for side, value in sides.items())
    return (
        f'<c:layout><c:manualLayout><c:layoutTarget val="{target}"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/>{placed}</c:manualLayout></c:layout>'
    )


def _corner(x: float, y: float) -> str:
    return (
        '<c:layout><c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{x:.4f}"/><c:y val="{y:.4f}"/></c:manualLayout></c:layout>'
    )


def _title_height(spec: ChartSpec, size: float) -> float:
    return size * _TITLE * 2.2 * _POINT if spec.title else 0.0


def _title(spec: ChartSpec, size: float) -> str:
    if not spec.title:
        return '<c:autoTitleDeleted val="1"/>'
    words = run(spec.title, spec.locale, size * _TITLE, INK, True)
    return (
        f"<c:title>{rich_text(paragraph_of(words, 'l'))}{_corner(0, 0.005)}"
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>'
    )


# --- legend ---


def legend_names(chart: Prepared) -> list[str]:
    """Return what a legend lists: slices, or series without aids, and their trend lines."""
    if chart.is_round:
        return list(chart.spec.names)
    names = []
    for series in chart.series:
        if series.role != "aid":
            names.append(series.name)
            if series.trend is not None:
                names.append(series.trend.name or series.name)
    return names


def legend_width(chart: Prepared, size: float) -> float:
    return max((text_width(name, size) for name in legend_names(chart)), default=0) + size * 42_000


def legend_height(chart: Prepared, width: Length, size: float) -> float:
    """Return the height (EMU) of a legend above or below the plot; 0 without one."""
    if chart.legend not in ("bottom", "top"):
        return 0.0
    total = sum(text_width(name, size) + size * 36_000 for name in legend_names(chart))
    return (1 + int(total // (width * 0.95))) * size * 1.7 * _POINT


def _legend(chart: Prepared, width: Length, height: Length, size: float) -> str:
    if chart.legend == "none":
        return ""
    hidden = "".join(
        f'<c:legendEntry><c:idx val="{number}"/><c:delete val="1"/></c:legendEntry>'
        for number, series in enumerate(chart.series)
        if series.role == "aid"
    )
    spec, layout = chart.spec, ""
    if chart.legend == "bottom" and spec.source_line:
        above = legend_height(chart, width, size) + source_height(spec, width, size)
        total = sum(text_width(name, size) + size * 36_000 for name in legend_names(chart))
        layout = _corner(max(0.0, (1 - total / width) / 2), 1 - above / height)
    return (
        f'<c:legend><c:legendPos val="{_LEGEND_SIDES[chart.legend]}"/>{hidden}{layout}'
        f'<c:overlay val="0"/>{text_properties(spec.locale, size)}</c:legend>'
    )


# --- source line ---


def _source_shape(spec: ChartSpec, width: Length, height: Length) -> str:
    """Return the drawing part with the source line, which lies over the foot of the chart."""
    size = spec.font_size or font_size(width)
    top = 1 - source_height(spec, width, size) / height
    words = run(spec.source_line, spec.locale, size * _SOURCE, MUTED)
    y = round(height * top)
    return (
        f'{_HEAD}<c:userShapes xmlns:c="{NAMESPACES["c"]}" xmlns:a="{NAMESPACES["a"]}">'
        f'<cdr:relSizeAnchor xmlns:cdr="{_CDR}"><cdr:from><cdr:x>0</cdr:x>'
        f"<cdr:y>{top:.5f}</cdr:y></cdr:from><cdr:to><cdr:x>1</cdr:x><cdr:y>1</cdr:y></cdr:to>"
        '<cdr:sp macro="" textlink=""><cdr:nvSpPr><cdr:cNvPr id="2" name="Source"/>'
        '<cdr:cNvSpPr txBox="1"/></cdr:nvSpPr><cdr:spPr>'
        f'<a:xfrm><a:off x="0" y="{y}"/><a:ext cx="{width}" cy="{height - y}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></cdr:spPr>'
        '<cdr:txBody><a:bodyPr vertOverflow="clip" wrap="square" lIns="0" tIns="0" rIns="0" '
        f'bIns="0" anchor="b"/><a:lstStyle/>{paragraph_of(words, "l")}</cdr:txBody></cdr:sp>'
        "</cdr:relSizeAnchor></c:userShapes>"
    )
