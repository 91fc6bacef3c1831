"""Charts that an author drew, filled from plain data and from a report's facts."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation as PptxPresentation
from pptx.util import Cm

from generator import build_report, compile_template
from generator.errors import ReportError
from tests.support.packages import assert_sound, pptx_bytes

ORANGE = RGBColor(0xD5, 0x5E, 0x00)


def _draw(presentation: PptxPresentation, alt_text: str) -> None:
    data = CategoryChartData()
    data.categories = ["x", "y", "z"]
    data.add_series("Old", (1, 2, 3))
    frame = presentation.slides[0].shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(5), Cm(14), Cm(8), data
    )
    frame.name = "Main chart"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt_text)
    series = frame.chart.plots[0].series[0]
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = ORANGE


def _chart(data: bytes | Path) -> object:
    source = io.BytesIO(data) if isinstance(data, bytes) else str(data)
    return next(
        shape for slide in Presentation(source).slides for shape in slide.shapes if shape.has_chart
    )


def _cells(shape: object) -> list[tuple[object, ...]]:
    blob = shape.chart.part.chart_workbook.xlsx_part.blob  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(io.BytesIO(blob)).active
    return [row for row in sheet.iter_rows(values_only=True) if any(v is not None for v in row)]


DATA = {
    "categories": ["一月", "R&D"],
    "series": [{"name": "North", "values": [1.5, None]}, {"name": "South", "values": [2, 4]}],
}


@pytest.mark.parametrize("tag", ["{{ sales }}", "{{ chart(sales) }}"])
def test_plain_data_fill_a_drawn_chart_and_keep_its_look(tag: str) -> None:
    template = compile_template(pptx_bytes(["T"], edit=lambda p: _draw(p, tag)))
    result = template.render({"sales": DATA})
    assert_sound(result)
    shape = _chart(result)
    plot = shape.chart.plots[0]  # type: ignore[attr-defined]
    assert list(plot.categories) == ["一月", "R&D"]
    assert [(s.name, tuple(s.values)) for s in plot.series] == [
        ("North", (1.5, None)), ("South", (2.0, 4.0)),
    ]  # fmt: skip
    assert plot.series[0].format.fill.fore_color.rgb == ORANGE
    assert _cells(shape) == [(None, "North", "South"), ("一月", 1.5, 2), ("R&D", None, 4)]
    description = shape._element.nvGraphicFramePr.cNvPr.get("descr")  # type: ignore[attr-defined]
    assert description == "North: 一月 1.5; South: 一月 2, R&D 4"
    assert template.render({"sales": DATA}) == result


def test_wrong_data_are_named_with_the_slide_and_the_shape() -> None:
    template = compile_template(pptx_bytes(["T"], edit=lambda p: _draw(p, "{{ sales }}")))
    wrong = {"categories": ["a"], "series": [{"name": "N", "values": [1, 2]}]}
    with pytest.raises(ReportError, match="2 values for 1 categories") as caught:
        template.render({"sales": wrong})
    assert 'shape "Main chart"' in str(caught.value.problems[0].where)


def test_plain_data_are_drawn_where_no_chart_is() -> None:
    template = pptx_bytes(["T"], edit=lambda p: None)

    def edit(presentation: PptxPresentation) -> None:
        box = presentation.slides[0].shapes.add_textbox(Cm(2), Cm(5), Cm(16), Cm(8))
        box.text_frame.text = "{{ chart(sales) }}"

    template = pptx_bytes(["T"], edit=edit)
    result = compile_template(template).render({"sales": {**DATA, "kind": "bar", "title": "Sales"}})
    assert_sound(result)
    chart = _chart(result).chart  # type: ignore[attr-defined]
    assert chart.chart_type == XL_CHART_TYPE.BAR_CLUSTERED
    assert [s.name for s in chart.plots[0].series] == ["North", "South"]


def test_a_report_fills_a_chart_by_the_name_of_the_drawing(project: Path) -> None:
    deck = project / "templates" / "own.pptx"
    deck.write_bytes(pptx_bytes(["{{ report.title }}"], edit=lambda p: _draw(p, "")))
    definition = project / "report.yaml"
    text = definition.read_text(encoding="utf-8")
    text = text.replace(
        "documents:\n",
        "documents:\n  own:\n    zh: {template: templates/own.pptx, output: own.pptx, "
        "fill: {Main chart: share}}\n",
    )
    definition.write_text(text, encoding="utf-8")
    build_report(definition, documents=["own"])
    shape = _chart(project / "output" / "own.pptx")
    plot = shape.chart.plots[0]  # type: ignore[attr-defined]
    assert [tuple(s.values) for s in plot.series] == [(40.0,)]
    [category] = plot.categories
    assert "40" in category, "a lower bound stays visible in the name"
    assert any(sign in category for sign in (">", "≥", "超"))
