"""Every kind of chart in both formats: made, filled anew, drawn; the table of it in the docs.

``python -m tests.acceptance.test_chart_kinds`` writes the table into docs/charts.md.
"""

from __future__ import annotations

import datetime
import re
import sys
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import pptx
import pytest
from lxml import etree
from PIL import Image

from generator import compile_template
from generator.build.chart_definitions import defined_chart
from generator.build.gallery import GalleryEntry, build_gallery, gallery_diagrams, gallery_entries
from generator.build.plain_charts import ChartInsert, filling_of
from generator.charts.agreement import disagreements, shown_series
from generator.charts.chart_picture import draw_chart, picture_height
from generator.charts.refill import compile_chart
from generator.errors import Location
from generator.model.chart import KINDS, PICTURE_KINDS, POINT_KINDS, ChartSpec
from generator.model.diagram import DIAGRAM_KINDS
from generator.model.length import Length
from generator.model.theme import Theme
from generator.office.package import Package, read_package
from tests.unit.charts.specs import font_file

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
FORMATS = ("docx", "pptx")
#: Kinds whose series are worked out from the data.
DERIVED = ("waterfall", "range", "histogram")
_CHART = re.compile(r"(?:word|ppt)/charts/chart\d+\.xml")


@cache
def entries() -> list[GalleryEntry]:
    return gallery_entries()


def spec_of(entry: GalleryEntry, language: str) -> ChartSpec:
    title = entry.title.in_language(language)
    return defined_chart(title, entry.chart, {}, language, Location("gallery")).spec


def template_of(format_: str) -> bytes:
    """Return a template that draws ``chart`` in a place of its own."""
    stream = BytesIO()
    if format_ == "docx":
        document = docx.Document()
        document.add_paragraph("{{ chart }}")
        document.save(stream)
        return stream.getvalue()
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = slide.shapes.add_textbox(0, 0, Length.cm(20), Length.cm(12))
    box.text_frame.text = "{{ chart }}"
    deck.save(stream)
    return stream.getvalue()


@cache
def template(format_: str):  # type: ignore[no-untyped-def] # compiled once for all cases
    return compile_template(template_of(format_), name=f"t.{format_}")


def drawn(spec: ChartSpec, format_: str, *, is_picture: bool = False) -> Package:
    result = template(format_).render({"chart": ChartInsert(spec, is_picture=is_picture)})
    return read_package(result, f"result.{format_}")


def chart_parts_of(package: Package) -> list[tuple[bytes, bytes]]:
    """Return the chart parts of a package, each with its workbook."""
    found = []
    for name, part in package.parts.items():
        if _CHART.fullmatch(name):
            (book,) = package.related(name, "package")
            found.append((part.blob, package.parts[book].blob))
    return found


NATIVE = [entry for entry in entries() if entry.chart.kind not in PICTURE_KINDS]


def _id(value: object) -> str:
    return value.title.en if isinstance(value, GalleryEntry) else str(value)


def test_the_gallery_has_every_kind() -> None:
    assert {entry.chart.kind for entry in entries()} == set(KINDS)
    assert {entry.diagram for entry in gallery_diagrams()} == set(DIAGRAM_KINDS)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("entry", NATIVE, ids=_id)
class TestMade:
    def test_chart_workbook_and_specification_agree(
        self, entry: GalleryEntry, format_: str
    ) -> None:
        spec = spec_of(entry, "zh")
        package = drawn(spec, format_)
        parts = chart_parts_of(package)

        assert len(parts) == (len(spec.data) if spec.multiples else 1)
        assert [m for xml, book in parts for m in disagreements(xml, book)] == []
        if spec.kind in DERIVED and spec.kind != "histogram":
            return
        shown = [series for xml, _ in parts for series in shown_series(xml)]
        for series in spec.data:
            (found,) = [one for one in shown if one.name == series.name]
            values = [None if text is None else Decimal(text) for text in found.values]
            assert values == list(series.values)

    def test_it_is_told_in_words(self, entry: GalleryEntry, format_: str) -> None:
        package = drawn(spec_of(entry, "en"), format_)

        root = etree.fromstring(package.parts[_page(format_)].blob)
        told = [element.get("descr") or "" for element in root.iter() if element.get("descr")]
        assert any(len(text) > 20 for text in told)


def _page(format_: str) -> str:
    return "word/document.xml" if format_ == "docx" else "ppt/slides/slide1.xml"


def other_data(spec: ChartSpec, count: int) -> dict[str, object]:
    """Return data of so many categories for the series of a chart, and one series more."""
    names = [series.name for series in spec.data]
    if spec.kind not in ("pie",) and not any(s.kind for s in spec.data):
        names.append("新增 & <new>")
    if spec.kind in POINT_KINDS:
        width = 3 if spec.kind == "bubble" else 2
        points = [[Decimal(n + 1)] * width for n in range(count)]
        return {"series": [{"name": name, "points": points} for name in names]}
    categories: list[object] = [f"类 {number}" for number in range(count)]
    if spec.has_days:
        categories = [datetime.date(2020 + n, 1, 1) for n in range(count)]
    rows = [
        {"name": name, "values": [Decimal(place * 10 + n) / 4 for n in range(count)]}
        for place, name in enumerate(names)
    ]
    return {"categories": categories, "series": rows}


@pytest.mark.parametrize("count", [2, 9])
@pytest.mark.parametrize(
    "entry", [entry for entry in NATIVE if entry.chart.kind not in DERIVED], ids=_id
)
class TestFilledAnew:
    def test_it_takes_more_and_fewer_points(self, entry: GalleryEntry, count: int) -> None:
        spec = spec_of(entry, "zh")
        xml, book = chart_parts_of(drawn(spec, "pptx"))[0]
        data = other_data(spec, count)

        filled = compile_chart(xml, book).fill(data)

        assert filled.workbook is not None
        assert list(disagreements(filled.chart_xml, filled.workbook)) == []
        rows = data["series"]
        assert isinstance(rows, list)
        shown = {one.name: one for one in shown_series(filled.chart_xml)}
        for row in rows:
            values = row.get("values") or [point[1] for point in row["points"]]
            found = [Decimal(text or 0) for text in shown[row["name"]].values]
            assert found == values


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", entries(), ids=_id)
class TestDrawn:
    def test_both_forms_have_the_size_of_the_place(
        self, entry: GalleryEntry, language: str
    ) -> None:
        spec = spec_of(entry, language)
        width = Length.cm(14)
        height = picture_height(spec, width, Length.cm(8))

        picture = draw_chart(spec, width, height, Theme(), font_file())

        svg = etree.fromstring(picture.svg)
        assert float((svg.get("width") or "").removesuffix("pt")) == pytest.approx(
            width / 12_700, abs=0.1
        )
        with Image.open(BytesIO(picture.png)) as image:
            assert image.size[0] == pytest.approx(width / 914_400 * 200, abs=2)
            assert image.size[1] == pytest.approx(height / 914_400 * 200, abs=2)
            assert len(image.convert("L").getcolors() or ()) > 3

    def test_the_same_chart_is_the_same_picture(self, entry: GalleryEntry, language: str) -> None:
        spec = spec_of(entry, language)
        size = Length.cm(12), Length.cm(7)

        assert draw_chart(spec, *size, Theme(), font_file()) == draw_chart(
            spec, *size, Theme(), font_file()
        )


@pytest.mark.parametrize("format_", FORMATS)
def test_a_kind_that_office_lacks_is_a_picture(format_: str) -> None:
    for entry in entries():
        if entry.chart.kind in PICTURE_KINDS:
            package = drawn(spec_of(entry, "en"), format_)
            kinds = {name.rpartition(".")[2] for name in package.parts if "/media/" in name}
            assert {"png", "svg"} <= kinds


@pytest.mark.parametrize("format_", FORMATS)
def test_any_chart_is_a_picture_where_it_is_asked(format_: str) -> None:
    package = drawn(spec_of(entries()[0], "en"), format_, is_picture=True)

    assert not [name for name in package.parts if _CHART.fullmatch(name)]
    assert [name for name in package.parts if name.endswith(".svg")]


def test_the_gallery_holds_every_chart_in_both_languages() -> None:
    files = {file.name: read_package(file.data, file.name) for file in build_gallery()}

    wanted = sum(len(spec_of(e, "zh").data) if e.chart.multiples else 1 for e in NATIVE) * 2
    for package in files.values():
        assert sum(bool(_CHART.fullmatch(name)) for name in package.parts) == wanted


# --- the table in the docs ---


def _tried(work: object) -> str:
    return "yes" if work else "no"


def kinds_table() -> str:
    """Return the table of kinds, formats and ways, each cell from a run."""
    lines = [
        "| kind | made in .docx | made in .pptx | filled anew | as a picture |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in KINDS:
        entry = next(entry for entry in entries() if entry.chart.kind == kind)
        spec = spec_of(entry, "en")
        cells = []
        if kind in PICTURE_KINDS:
            cells += ["as a picture"] * 2 + ["Office has none"]
        else:
            for format_ in FORMATS:
                parts = chart_parts_of(drawn(spec, format_))
                cells.append(_tried(parts and not [m for p in parts for m in disagreements(*p)]))
            xml, book = chart_parts_of(drawn(spec, "pptx"))[0]
            data = filling_of(spec, xml) if kind in DERIVED else other_data(spec, 5)
            filled = compile_chart(xml, book).fill(data)
            assert filled.workbook is not None
            cells.append(_tried(not list(disagreements(filled.chart_xml, filled.workbook))))
        size = Length.cm(12), Length.cm(7)
        cells.append(_tried(draw_chart(spec, *size, Theme(), font_file()).svg))
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


_BEGIN, _END = "<!-- kinds -->\n", "\n<!-- /kinds -->"


def test_the_table_in_the_docs_is_true() -> None:
    text = (ROOT / "docs" / "charts.md").read_text(encoding="utf-8")

    assert text.partition(_BEGIN)[2].partition(_END)[0] == kinds_table()


def main() -> int:
    """Write the table into the page."""
    path = ROOT / "docs" / "charts.md"
    head, _, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
    _, found, tail = rest.partition(_END)
    assert found, "the page has lost the end of its table"
    path.write_text(f"{head}{_BEGIN}{kinds_table()}{_END}{tail}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
