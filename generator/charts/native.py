"""A chart specification as a native chart part: editable in Word and PowerPoint.

The XML is joined from text, in the order of the schema (ECMA-376 Part 1, 21.2); every value goes
through the one escape function. Colours are those of the template's theme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from generator.charts.fitting import text_width
from generator.charts.workbook import (
    category_reference,
    name_reference,
    number_text,
    position_reference,
    value_reference,
    workbook,
)
from generator.model.chart import ChartSpec, Kind, Series, ValueAxis
from generator.model.insert import ChartDrawing, NewPart
from generator.model.length import Length
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES
from generator.office.xml import escape_attribute, escape_text

_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CATEGORY_AXIS, _VALUE_AXIS = 111111111, 222222222
#: Font sizes (points) of labels and axes in a place wider than this, and in a narrower one.
_WIDE = Length.cm(17)
_WIDE_SIZE, _NARROW_SIZE = 14.0, 10.0
#: Share of the width that names of horizontal bars may take before they wrap.
_NAMES_SHARE = 0.3
#: Height of an axis, a legend or a title.
_EXTRA_HEIGHT = Length.cm(1.2)


def native_chart(spec: ChartSpec, width: Length, height: Length) -> ChartDrawing:
    """Return the drawing of a chart with its chart part and workbook."""
    book = NewPart("embeddings", "Microsoft_Excel_Sheet", "xlsx", _BOOK_TYPE,
                   RELATIONSHIP_TYPES["package"], workbook(spec))  # fmt: skip
    height = min(height, _greatest_height(spec, width))
    if spec.font_size is None:
        spec = replace(spec, font_size=_WIDE_SIZE if width > _WIDE else _NARROW_SIZE)
    layout = _plot_layout(spec, width, height)
    part = NewPart("charts", "chart", "xml", _CHART_TYPE, RELATIONSHIP_TYPES["chart"],
                   chart_xml(spec, layout).encode(), (("rId1", book),))  # fmt: skip
    return ChartDrawing(part, width, height, spec.alt_text, spec.name)


def _greatest_height(spec: ChartSpec, width: Length) -> Length:
    """Return the height up to which a chart looks right: few bars are not blown up to blocks."""
    if spec.kind != "bar":
        return width
    clusters = len(spec.series) if spec.grouping == "clustered" else 1
    bands = len(spec.categories) * (2.0 + 1.6 * clusters)
    extras = spec.axis.is_shown + spec.has_legend + bool(spec.title)
    return Length(Length.cm(bands) + extras * _EXTRA_HEIGHT)


def _plot_layout(spec: ChartSpec, width: Length, height: Length) -> str:
    """Return the place of the plot beside long names, which wrap then; else it is automatic.

    Without it LibreOffice leaves long names in one line and the bars with half of the width.
    """
    size = spec.font_size or _NARROW_SIZE
    longest = max(text_width(name, size) for name in spec.categories)
    if spec.kind != "bar" or spec.has_legend or longest < width * _NAMES_SHARE:
        return "<c:layout/>"
    above = _EXTRA_HEIGHT / height if spec.title else 0.03
    below = _EXTRA_HEIGHT / height if spec.axis.is_shown else 0.03
    sides = {"x": _NAMES_SHARE, "y": above, "w": 0.9 - _NAMES_SHARE, "h": 1 - above - below}
    placed = "".join(f'<c:{side} val="{value:.4f}"/>' for side, value in sides.items())
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/>{placed}</c:manualLayout></c:layout>'
    )


def chart_xml(spec: ChartSpec, layout: str = "<c:layout/>") -> str:
    """Return the XML of the chart part; ``layout`` is that of the plot area."""
    plot, axes = _PLOTS[spec.kind]
    title = _title(spec) if spec.title else ""
    deleted = "0" if spec.title else "1"
    legend = (
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/>'
        f"{_text_properties(spec, 1)}</c:legend>"
        if spec.has_legend
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{NAMESPACES["c"]}" xmlns:a="{NAMESPACES["a"]}" '
        f'xmlns:r="{NAMESPACES["r"]}">'
        f'<c:date1904 val="0"/><c:lang val="{spec.locale}"/><c:roundedCorners val="0"/>'
        f'<c:chart>{title}<c:autoTitleDeleted val="{deleted}"/>'
        f"<c:plotArea>{layout}{plot(spec)}{axes(spec)}</c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f"{_text_properties(spec, 1)}"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _fill(color: str) -> str:
    if len(color) == 6 and color.upper() == color and color.isalnum():
        return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'
    return f'<a:solidFill><a:schemeClr val="{_scheme(color)}"/></a:solidFill>'


def _scheme(color: str) -> str:
    return {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}.get(color, color)


def _hatch(color: str) -> str:
    return (
        f'<a:pattFill prst="wdUpDiag"><a:fgClr><a:schemeClr val="{_scheme(color)}"/></a:fgClr>'
        '<a:bgClr><a:schemeClr val="bg1"/></a:bgClr></a:pattFill>'
    )


def _fonts(spec: ChartSpec, scale: float, color: str, bold: bool = False) -> str:
    size = round((spec.font_size or _NARROW_SIZE) * scale * 100)
    return (
        f'lang="{spec.locale}" sz="{size}" b="{int(bold)}">{_fill(color)}'
        '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'
    )


def _text_properties(spec: ChartSpec, scale: float, color: str = "dk1", bold: bool = False) -> str:
    return (
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        f"<a:defRPr {_fonts(spec, scale, color, bold)}</a:defRPr></a:pPr>"
        f'<a:endParaRPr lang="{spec.locale}"/></a:p></c:txPr>'
    )


def _rich(spec: ChartSpec, text: str, scale: float, color: str, bold: bool) -> str:
    return (
        "<c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr/></a:pPr><a:r>"
        f"<a:rPr {_fonts(spec, scale, color, bold)}</a:rPr><a:t>{escape_text(text)}</a:t></a:r>"
        "</a:p></c:rich></c:tx>"
    )


def _title(spec: ChartSpec) -> str:
    rich = _rich(spec, spec.title, 1.15, "dk1", True)
    return f'<c:title>{rich}<c:overlay val="0"/></c:title>'


def _series(spec: ChartSpec, number: int, series: Series, extra: str, label_place: str) -> str:
    """Return one series; ``extra`` stands between its look and its points."""
    is_scatter = spec.kind == "scatter"
    smooth = '<c:smooth val="0"/>' if spec.kind in ("line", "scatter") else ""
    if is_scatter:
        along = _numbers(spec, "xVal", position_reference(spec, number), series.positions or ())
    else:
        along = _categories(spec)
    values = _numbers(spec, "yVal" if is_scatter else "val", value_reference(spec, number),
                      series.values)  # fmt: skip
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f"<c:tx><c:strRef><c:f>{name_reference(spec, number)}</c:f><c:strCache>"
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escape_text(series.name)}</c:v></c:pt>'
        f"</c:strCache></c:strRef></c:tx>{_look(spec, series)}{extra}{_points(spec, series)}"
        f"{_labels(spec, series, label_place)}{along}{values}{smooth}</c:ser>"
    )


def _look(spec: ChartSpec, series: Series) -> str:
    look = _hatch(series.color) if series.is_open else _fill(series.color)
    if spec.kind == "line":
        return f'<c:spPr><a:ln w="28575" cap="rnd">{look}<a:round/></a:ln></c:spPr>'
    if spec.kind == "scatter":
        return '<c:spPr><a:ln w="19050"><a:noFill/></a:ln></c:spPr>'
    return f"<c:spPr>{look}<a:ln><a:noFill/></a:ln></c:spPr>"


def _categories(spec: ChartSpec) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape_text(text)}</c:v></c:pt>'
        for i, text in enumerate(spec.categories)
    )
    return (
        f"<c:cat><c:strRef><c:f>{category_reference(spec)}</c:f><c:strCache>"
        f'<c:ptCount val="{len(spec.categories)}"/>{points}</c:strCache></c:strRef></c:cat>'
    )


def _numbers(spec: ChartSpec, tag: str, reference: str, values: tuple[Decimal | None, ...]) -> str:
    """Return the cells of numbers with their cached values; a gap has no cached value."""
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{number_text(value)}</c:v></c:pt>'
        for i, value in enumerate(values)
        if value is not None
    )
    code = escape_text(spec.axis.number_format) if tag != "xVal" else "General"
    return (
        f"<c:{tag}><c:numRef><c:f>{reference}</c:f><c:numCache><c:formatCode>{code}"
        f'</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef></c:{tag}>'
    )


def _points(spec: ChartSpec, series: Series) -> str:
    flip = "" if spec.kind not in ("bar", "column") else '<c:invertIfNegative val="0"/>'
    return "".join(
        f'<c:dPt><c:idx val="{index}"/>{flip}<c:bubble3D val="0"/>'
        f"<c:spPr>{_fill(color)}<a:ln><a:noFill/></a:ln></c:spPr></c:dPt>"
        for index, color in series.point_colors
    )


_SHOWN = (
    '<c:showLegendKey val="0"/><c:showVal val="{value}"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _labels(spec: ChartSpec, series: Series, place: str) -> str:
    """Return data labels: the given texts, each as text of its own, or the values."""
    color = "dk1" if place in ("outEnd", "t", "r", "") else "lt1"
    position = f'<c:dLblPos val="{place}"/>' if place else ""
    own = ""
    if series.labels is not None:
        for index, text in enumerate(series.labels):
            if not text or series.values[index] is None:
                own += f'<c:dLbl><c:idx val="{index}"/><c:delete val="1"/></c:dLbl>'
                continue
            own += (
                f'<c:dLbl><c:idx val="{index}"/>'
                f"{_rich(spec, text, 1, color, True)}{position}"
                f"{_SHOWN.format(value=1)}</c:dLbl>"
            )
    if spec.kind in ("area", "scatter") and series.labels is None:
        return ""
    code = escape_attribute(spec.axis.number_format)
    return (
        f'<c:dLbls>{own}<c:numFmt formatCode="{code}" sourceLinked="0"/>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f"{_text_properties(spec, 1, color, True)}{position}"
        f"{_SHOWN.format(value=1)}</c:dLbls>"
    )


def _axis_ids() -> str:
    return f'<c:axId val="{_CATEGORY_AXIS}"/><c:axId val="{_VALUE_AXIS}"/>'


_GROUPINGS = {"clustered": "clustered", "stacked": "stacked", "percent": "percentStacked"}


def _bars(spec: ChartSpec) -> str:
    stacked = spec.grouping != "clustered"
    place = "ctr" if stacked else "outEnd"
    series = "".join(
        _series(spec, n, s, '<c:invertIfNegative val="0"/>', place)
        for n, s in enumerate(spec.series)
    )
    overlap = 100 if stacked else -10
    direction = "bar" if spec.kind == "bar" else "col"
    return (
        f'<c:barChart><c:barDir val="{direction}"/>'
        f'<c:grouping val="{_GROUPINGS[spec.grouping]}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="{spec.gap_width}"/><c:overlap val="{overlap}"/>{_axis_ids()}'
        "</c:barChart>"
    )


def _marker(series: Series) -> str:
    return (
        '<c:marker><c:symbol val="circle"/><c:size val="7"/>'
        f"<c:spPr>{_fill(series.color)}<a:ln><a:noFill/></a:ln></c:spPr></c:marker>"
    )


def _lines(spec: ChartSpec) -> str:
    series = "".join(_series(spec, n, s, _marker(s), "t") for n, s in enumerate(spec.series))
    grouping = {"clustered": "standard"}.get(spec.grouping, _GROUPINGS[spec.grouping])
    return (
        f'<c:lineChart><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f'<c:marker val="1"/>{_axis_ids()}</c:lineChart>'
    )


def _scatter(spec: ChartSpec) -> str:
    series = "".join(_series(spec, n, s, _marker(s), "r") for n, s in enumerate(spec.series))
    return (
        '<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>'
        f"{series}{_axis_ids()}</c:scatterChart>"
    )


def _areas(spec: ChartSpec) -> str:
    series = "".join(_series(spec, n, s, "", "") for n, s in enumerate(spec.series))
    grouping = {"clustered": "standard"}.get(spec.grouping, _GROUPINGS[spec.grouping])
    return (
        f'<c:areaChart><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f"{_axis_ids()}</c:areaChart>"
    )


def _pie(spec: ChartSpec) -> str:
    series = "".join(_series(spec, n, s, "", "outEnd") for n, s in enumerate(spec.series[:1]))
    return f'<c:pieChart><c:varyColors val="1"/>{series}<c:firstSliceAng val="0"/></c:pieChart>'


def _doughnut(spec: ChartSpec) -> str:
    series = "".join(_series(spec, n, s, "", "") for n, s in enumerate(spec.series))
    return (
        f'<c:doughnutChart><c:varyColors val="1"/>{series}<c:firstSliceAng val="0"/>'
        '<c:holeSize val="60"/></c:doughnutChart>'
    )


def _scaling(axis: ValueAxis, order: str = "minMax") -> str:
    ends = f'<c:orientation val="{order}"/>'
    if axis.maximum is not None:
        ends += f'<c:max val="{number_text(axis.maximum)}"/>'
    if axis.minimum is not None:
        ends += f'<c:min val="{number_text(axis.minimum)}"/>'
    return f"<c:scaling>{ends}</c:scaling>"


def _line_of(color: str) -> str:
    return f'<c:spPr><a:ln w="9525">{_fill(color)}</a:ln></c:spPr>'


def _category_axis(spec: ChartSpec, side: str, order: str) -> str:
    return (
        f'<c:catAx><c:axId val="{_CATEGORY_AXIS}"/>'
        f'<c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{side}"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_line_of("dk2")}'
        f"{_text_properties(spec, 1)}"
        f'<c:crossAx val="{_VALUE_AXIS}"/><c:crosses val="autoZero"/><c:auto val="1"/>'
        '<c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>'
    )


def _value_axis(spec: ChartSpec, side: str, crosses: str, between: str = "between") -> str:
    axis = spec.axis
    grid = ""
    if axis.has_gridlines:
        line = f'<a:ln w="6350">{_fill("lt2")}</a:ln>'
        grid = f"<c:majorGridlines><c:spPr>{line}</c:spPr></c:majorGridlines>"
    step = "" if axis.step is None else f'<c:majorUnit val="{number_text(axis.step)}"/>'
    return (
        f'<c:valAx><c:axId val="{_VALUE_AXIS}"/>{_scaling(axis)}'
        f'<c:delete val="{int(not axis.is_shown)}"/><c:axPos val="{side}"/>{grid}'
        f'<c:numFmt formatCode="{escape_attribute(axis.number_format)}" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
        f"{_text_properties(spec, 1, 'dk2')}"
        f'<c:crossAx val="{_CATEGORY_AXIS}"/><c:crosses val="{crosses}"/>'
        f'<c:crossBetween val="{between}"/>{step}</c:valAx>'
    )


def _upright_axes(spec: ChartSpec) -> str:
    return _category_axis(spec, "b", "minMax") + _value_axis(spec, "l", "autoZero")


def _lying_axes(spec: ChartSpec) -> str:
    """Return the axes of horizontal bars: first category on top, values below the bars."""
    crosses = "max" if spec.axis.is_shown else "autoZero"
    return _category_axis(spec, "l", "maxMin") + _value_axis(spec, "b", crosses)


def _scatter_axes(spec: ChartSpec) -> str:
    along = (
        f'<c:valAx><c:axId val="{_CATEGORY_AXIS}"/>'
        '<c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"{_line_of('dk2')}{_text_properties(spec, 1, 'dk2')}"
        f'<c:crossAx val="{_VALUE_AXIS}"/><c:crosses val="autoZero"/>'
        '<c:crossBetween val="midCat"/></c:valAx>'
    )
    shown = replace(spec, axis=replace(spec.axis, is_shown=True))
    return along + _value_axis(shown, "l", "autoZero", "midCat")


def _no_axes(spec: ChartSpec) -> str:
    return ""


_Part = Callable[[ChartSpec], str]

#: Kind -> its plot and its axes.
_PLOTS: dict[Kind, tuple[_Part, _Part]] = {
    "bar": (_bars, _lying_axes),
    "column": (_bars, _upright_axes),
    "line": (_lines, _upright_axes),
    "area": (_areas, _upright_axes),
    "pie": (_pie, _no_axes),
    "doughnut": (_doughnut, _no_axes),
    "scatter": (_scatter, _scatter_axes),
}
