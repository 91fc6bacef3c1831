"""Native charts made and filled anew against python-pptx, pictures against plain matplotlib.

python benchmarks/charts.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
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
from generator.build.pictures import PictureStore, font_file
from generator.charts.chart_picture import draw_chart
from generator.charts.native import native_chart
from generator.charts.refill import FilledChart, compile_chart
from generator.model.chart import ChartSpec, Series, ValueAxis
from generator.model.length import Length
from generator.model.theme import Theme

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_SIZE = Length.cm(16), Length.cm(8)


@dataclass(frozen=True)
class Result:
    """What a piece of work costs on both sides; ``least`` is the ratio that it must reach."""

    name: str
    rival_name: str
    rival: Cost
    ours: Cost
    least: float

    @property
    def ratio(self) -> float:
        return self.rival.cpu / self.ours.cpu


def main() -> int:
    results = measure()
    for one in results:
        print(
            f"{one.name}: {one.rival_name} {one.rival.cpu * 1e3:.2f} ms, "
            f"ours {one.ours.cpu * 1e3:.3f} ms of CPU: {one.ratio:.2f} times"
        )
    return 0 if all(one.ratio >= one.least for one in results) else 1


def measure(seconds: float = 3.0) -> list[Result]:
    """Return the cost of each kind of work, after its results were found right."""
    found = []
    for points in (12, 1_000):
        least = 15.0 if points == 12 else 10.0
        name = f"native chart of 3 x {points:,} points"
        found.append(_turns(name, "python-pptx add_chart", _create(points), least, seconds))
    for points in (12, 1_000):
        name = f"chart filled anew with 3 x {points:,} points"
        found.append(_turns(name, "python-pptx replace_data", _refill(points), 10.0, seconds))
    found.append(
        _turns("picture of 2 x 6 columns", "plain matplotlib", _picture(), 1 / 1.1, seconds)
    )
    found.append(_turns("the same picture, unchanged", "plain matplotlib", _kept(), 50.0, seconds))
    return found


_Pair = tuple[Callable[[], object], Callable[[], object]]


def _turns(name: str, rival_name: str, pair: _Pair, least: float, seconds: float) -> Result:
    costs = medians({"theirs": pair[0], "ours": pair[1]}, seconds=seconds)
    return Result(name, rival_name, costs["theirs"], costs["ours"], least)


# --- native charts ---


def _data(series: int, points: int) -> dict[str, Any]:
    return {
        "categories": [f"Month {index}" for index in range(points)],
        "series": [
            {
                "name": f"R&D <{number}>",
                "values": [index * 1.25 + number for index in range(points)],
            }
            for number in range(series)
        ],
    }


def _spec(data: dict[str, Any], kind: Any = "column") -> ChartSpec:
    series = tuple(
        Series(one["name"], tuple(Decimal(str(value)) for value in one["values"]))
        for one in data["series"]
    )
    return ChartSpec(kind, tuple(data["categories"]), series, "a chart", axis=ValueAxis(
        Decimal(0), None, "0.00"))  # fmt: skip


def _for_pptx(data: dict[str, Any]) -> CategoryChartData:
    given = CategoryChartData()
    given.categories = data["categories"]
    for series in data["series"]:
        given.add_series(series["name"], series["values"])
    return given


def _create(points: int) -> _Pair:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    data = _data(3, points)
    spec = _spec(data)

    def theirs() -> Any:
        frame = slide.shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(1), Cm(20), Cm(12), _for_pptx(data)
        )
        chart = frame.chart.part
        made = FilledChart(chart.blob, chart.chart_workbook.xlsx_part.blob)
        slide.part.drop_rel(frame._element.chart_rId)
        frame._element.getparent().remove(frame._element)
        return made

    def ours() -> FilledChart:
        drawing = native_chart(spec, *_SIZE)
        ((_, book),) = drawing.part.related
        return FilledChart(drawing.part.blob, book.blob)

    _check(theirs(), data)
    _check(ours(), data)
    return theirs, ours


def _refill(points: int) -> _Pair:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(1), Cm(20), Cm(12), _for_pptx(_data(2, 4))
    ).chart
    form = compile_chart(chart.part.blob, chart.part.chart_workbook.xlsx_part.blob)
    data = _data(3, points)
    given = _for_pptx(data)
    _check(form.fill(data), data)
    chart.replace_data(given)
    _check(FilledChart(chart.part.blob, chart.part.chart_workbook.xlsx_part.blob), data)
    return lambda: chart.replace_data(given), lambda: form.fill(data)


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


# --- pictures ---

_NAMES = ["滨江", "西湖", "余杭", "萧山", "上城", "拱墅"]
_VALUES = ((7.3, 5.1, 6.4, 4.8, 5.9, 5.0), (8.1, 5.6, 7.0, 5.2, 6.1, 5.5))


def _picture_spec() -> ChartSpec:
    names = ("2024年", "2025年")
    rows = [{"name": name, "values": values} for name, values in zip(names, _VALUES, strict=True)]
    return _spec({"categories": _NAMES, "series": rows})


def _plain_matplotlib() -> tuple[bytes, bytes]:
    """Return the same columns, labels, names and legend as a user draws them with matplotlib."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    font = FontProperties(fname=font_file(), size=10)
    with mpl.rc_context({"svg.fonttype": "path"}):
        figure = Figure(figsize=(_SIZE[0] / 914_400, _SIZE[1] / 914_400))
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for number, values in enumerate(_VALUES):
            places = [index + number * 0.4 for index in range(6)]
            bars = axes.bar(places, values, 0.38, label=("2024年", "2025年")[number])
            axes.bar_label(bars, fmt="%.2f", fontproperties=font)
        axes.set_xticks([index + 0.2 for index in range(6)], _NAMES, fontproperties=font)
        axes.set_yticks([])
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.legend(prop=font, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2)
        svg, png = BytesIO(), BytesIO()
        figure.savefig(svg, format="svg")
        figure.savefig(png, format="png", dpi=200)
    return svg.getvalue(), png.getvalue()


def _picture() -> _Pair:
    spec, font = _picture_spec(), font_file()

    def ours() -> object:
        return draw_chart(spec, *_SIZE, Theme(), font)

    picture = draw_chart(spec, *_SIZE, Theme(), font)
    assert picture.svg.count(b"<path") > 20
    assert picture.png.startswith(b"\x89PNG")
    assert all(_plain_matplotlib())
    return _plain_matplotlib, ours


def _kept() -> _Pair:
    spec, font = _picture_spec(), font_file()
    folder = tempfile.TemporaryDirectory()
    store = PictureStore(Path(folder.name))

    def ours(_: object = folder) -> object:
        return store.get(repr(spec), lambda: draw_chart(spec, *_SIZE, Theme(), font))

    ours()
    return _plain_matplotlib, ours


if __name__ == "__main__":
    sys.exit(main())
