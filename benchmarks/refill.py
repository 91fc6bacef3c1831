"""Filling a drawn chart anew against python-pptx's ``replace_data``: same chart, same data.

python benchmarks/refill.py
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.timing import Cost, medians
from generator.charts.refill import FilledChart, compile_chart

LEAST = 10.0  # times faster
SIZES = ((3, 12), (3, 1_000))
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def main() -> int:
    ratios = []
    for series, points in SIZES:
        theirs, ours = measure(series, points)
        ratios.append(theirs.cpu / ours.cpu)
        print(
            f"{series} series x {points:,} points: replace_data {theirs.cpu * 1e3:.2f} ms, "
            f"fill {ours.cpu * 1e3:.3f} ms of CPU: {ratios[-1]:.1f} times "
            f"({theirs.wall / ours.wall:.1f} by the clock)"
        )
    return 0 if min(ratios) >= LEAST else 1


def measure(series: int, points: int, seconds: float = 3.0) -> tuple[Cost, Cost]:
    """Return what ``replace_data`` and ``fill`` cost, after their results were found right."""
    chart = _drawn_chart()
    form = compile_chart(chart.part.blob, chart.part.chart_workbook.xlsx_part.blob)
    data = _data(series, points)
    given = _for_pptx(data)

    _check(form.fill(data), data)
    chart.replace_data(given)
    _check(FilledChart(chart.part.blob, chart.part.chart_workbook.xlsx_part.blob), data)

    costs = medians(
        {"theirs": lambda: chart.replace_data(given), "ours": lambda: form.fill(data)},
        seconds=seconds,
    )
    return costs["theirs"], costs["ours"]


def _drawn_chart() -> Any:
    """Return a chart with two series of four points, as an author leaves it in a template."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    data = _for_pptx(_data(2, 4))
    frame = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(1), Cm(20), Cm(12), data
    )
    return frame.chart


def _data(series: int, points: int) -> dict[str, Any]:
    return {
        "categories": [f"Month {index}" for index in range(points)],
        "series": [
            {"name": f"Area {number}", "values": [index * 1.25 + number for index in range(points)]}
            for number in range(series)
        ],
    }


def _for_pptx(data: dict[str, Any]) -> CategoryChartData:
    given = CategoryChartData()
    given.categories = data["categories"]
    for series in data["series"]:
        given.add_series(series["name"], series["values"])
    return given


def _check(filled: FilledChart, data: dict[str, Any]) -> None:
    """Raise an error unless both the chart and its workbook hold the data."""
    root = etree.fromstring(filled.chart_xml)
    assert filled.workbook is not None
    sheet = openpyxl.load_workbook(BytesIO(filled.workbook)).worksheets[0]
    columns = list(sheet.iter_cols(values_only=True))
    assert list(columns[0][1:]) == data["categories"]
    elements = list(root.iter(f"{_C}ser"))
    assert len(elements) == len(columns) - 1 == len(data["series"])
    for element, column, series in zip(elements, columns[1:], data["series"], strict=True):
        cached = [float(v.text or "") for v in element.iterfind(f"{_C}val//{_C}v")]
        assert element.findtext(f"{_C}tx//{_C}v") == column[0] == series["name"]
        assert cached == list(column[1:]) == series["values"]


if __name__ == "__main__":
    sys.exit(main())
