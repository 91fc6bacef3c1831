"""Charts and pictures drawn by the template's author, filled by a tag in their description."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import pytest
from docx import Document
from docx.shared import Cm as DocxCm
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as PptxPresentation
from pptx.util import Cm

from generator.engine.compiler import compile_package
from generator.errors import ReportError, TemplateError
from generator.model.insert import (
    AuthoredChart,
    Drawing,
    FilledChart,
    Insert,
    NewPart,
    PictureDrawing,
    Place,
)
from generator.model.length import Length
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES
from tests.support.packages import assert_sound, docx_bytes, pptx_bytes, saved


@dataclass(frozen=True)
class Renamed(Insert):
    """Fills a chart by writing another name over its series."""

    name: str
    title: str = "New title"

    def draw(self, place: Place) -> Drawing:
        raise AssertionError("not drawn")

    def fill_chart(self, chart: AuthoredChart) -> FilledChart:
        return FilledChart(
            chart.xml.replace(b"Series", self.name.encode()), b"workbook of " + self.name.encode(),
            f"about {self.name}",
        )  # fmt: skip


@dataclass(frozen=True)
class Photo(Insert):
    blob: bytes
    width: int
    height: int

    def draw(self, place: Place) -> Drawing:
        part = NewPart("media", "image", "png", "image/png", RELATIONSHIP_TYPES["image"],
                       self.blob, shared=True)  # fmt: skip
        return PictureDrawing(part, None, Length(self.width), Length(self.height), "new", "photo")


def _png(color: str, size: tuple[int, int] = (20, 10)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "PNG")
    return buffer.getvalue()


def _chart_slide(presentation: PptxPresentation, alt_text: str, title: str | None = None) -> None:
    data = CategoryChartData()
    data.categories = ["a", "b"]
    data.add_series("Series", (1, 2))
    slide = presentation.slides[0]
    frame = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(5), Cm(10), Cm(8), data
    )
    frame.name = "Sales chart"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt_text)
    if title is not None:
        frame.chart.has_title = True
        frame.chart.chart_title.text_frame.text = title


def _charts(result: bytes) -> list[tuple[str, str, bytes]]:
    """Return (series name, description, workbook) of each chart in the order of the slides."""
    found = []
    for slide in Presentation(io.BytesIO(result)).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                part = shape.chart.part
                workbook = part.chart_workbook.xlsx_part.blob
                name = shape.chart.plots[0].series[0].name
                descr = shape._element.nvGraphicFramePr.cNvPr.get("descr")
                found.append((name, descr, workbook))
    return found


def _deck(alt_text: str, *texts: str, title: str | None = None) -> bytes:
    return pptx_bytes(texts or ["Title"], edit=lambda p: _chart_slide(p, alt_text, title))


def test_a_chart_is_filled_in_place_by_its_description() -> None:
    template = compile_package(_deck("{{ sales }}"), "deck.pptx")
    assert template.variables() == ("sales",)
    result = template.render({"sales": Renamed("North")})
    assert_sound(result)
    assert _charts(result) == [("North", "about North", b"workbook of North")]
    before = set(zipfile.ZipFile(io.BytesIO(template.render({"sales": "text"}))).namelist())
    assert set(zipfile.ZipFile(io.BytesIO(result)).namelist()) == before


def test_text_in_the_description_leaves_the_chart() -> None:
    result = compile_package(_deck("{{ sales }}"), "deck.pptx").render({"sales": "plain & text"})
    [(name, descr, _)] = _charts(result)
    assert (name, descr) == ("Series", "plain & text")


def test_charts_of_repeated_slides_get_parts_of_their_own() -> None:
    deck = _deck("{{ x }}", "T {{ x.name }}", "{%slide for x in rows %}", "{%slide endfor %}")
    rows = [Renamed("one"), Renamed("two"), Renamed("three")]
    result = compile_package(deck, "deck.pptx").render({"rows": rows})
    assert_sound(result)
    assert [(n, w) for n, _, w in _charts(result)] == [
        ("one", b"workbook of one"), ("two", b"workbook of two"), ("three", b"workbook of three"),
    ]  # fmt: skip
    names = zipfile.ZipFile(io.BytesIO(result)).namelist()
    assert sum("charts/chart" in n and n.endswith(".xml") for n in names) == 3


def test_a_turn_that_keeps_the_chart_stays_apart_from_one_that_fills_it() -> None:
    deck = _deck("{{ x }}", "T", "{%slide for x in rows %}", "{%slide endfor %}")
    rows = ["text", Renamed("two"), "more"]
    result = compile_package(deck, "deck.pptx").render({"rows": rows})
    assert [(n, d) for n, d, _ in _charts(result)] == [
        ("Series", "text"), ("two", "about two"), ("Series", "more"),
    ]  # fmt: skip


def test_tags_inside_a_chart_see_the_turn_of_their_slide() -> None:
    deck = _deck("", "T", "{%slide for x in rows %}", "{%slide endfor %}", title="Sales of {{ x }}")
    result = compile_package(deck, "deck.pptx").render({"rows": ["A & B", "C"]})
    assert_sound(result)
    titles = [
        shape.chart.chart_title.text_frame.text
        for slide in Presentation(io.BytesIO(result)).slides
        for shape in slide.shapes
        if shape.has_chart
    ]
    assert titles == ["Sales of A & B", "Sales of C"]


def test_a_tag_as_the_title_binds_the_chart() -> None:
    template = compile_package(_deck("", title="{{ sales }}"), "deck.pptx")
    result = template.render({"sales": Renamed("North")})
    chart = next(s for s in Presentation(io.BytesIO(result)).slides[0].shapes if s.has_chart).chart
    assert chart.chart_title.text_frame.text == "New title"
    assert chart.plots[0].series[0].name == "North"
    plain = template.render({"sales": "Just text"})
    chart = next(s for s in Presentation(io.BytesIO(plain)).slides[0].shapes if s.has_chart).chart
    assert (chart.chart_title.text_frame.text, chart.plots[0].series[0].name) == (
        "Just text", "Series",
    )  # fmt: skip


def test_bindings_fill_drawings_by_name_and_plain_data_become_inserts() -> None:
    template = compile_package(
        _deck(""), "deck.pptx", bindings={"Sales chart": "data"},
        chart_of=lambda value: Renamed(value["name"]) if isinstance(value, dict) else None,
    )  # fmt: skip
    result = template.render({"data": {"name": "West"}})
    assert [c[:2] for c in _charts(result)] == [("West", "about West")]


def test_a_binding_without_its_drawing_is_named() -> None:
    with pytest.raises(TemplateError, match='no chart or picture named "Sale chart"') as caught:
        compile_package(_deck(""), "deck.pptx", bindings={"Sale chart": "data"})
    assert caught.value.problems[0].hint == 'did you mean "Sales chart"?'


def test_an_unknown_name_in_a_description_is_named() -> None:
    with pytest.raises(ReportError, match='no name "salse"') as caught:
        compile_package(_deck("{{ salse }}"), "deck.pptx").render({"sales": 1})
    assert 'shape "Sales chart"' in str(caught.value.problems[0].where)


def test_a_chart_cannot_fill_a_picture_and_the_place_is_named() -> None:
    @dataclass(frozen=True)
    class Strange(Insert):
        def draw(self, place: Place) -> Drawing:
            raise AssertionError

    with pytest.raises(ReportError, match="cannot fill a chart") as caught:
        compile_package(_deck("{{ x }}"), "deck.pptx").render({"x": Strange()})
    assert "slide 1" in str(caught.value.problems[0].where)


def _picture_deck(alt_text: str) -> bytes:
    def edit(presentation: PptxPresentation) -> None:
        picture = presentation.slides[0].shapes.add_picture(
            io.BytesIO(_png("red")), Cm(2), Cm(4), Cm(8), Cm(8)
        )
        picture.crop_left = 0.2
        picture._element.nvPicPr.cNvPr.set("descr", alt_text)

    return pptx_bytes(["Title"], edit=edit)


def test_a_picture_on_a_slide_is_filled_in_its_box() -> None:
    blob = _png("blue", (40, 20))
    template = compile_package(_picture_deck("{{ logo }}"), "deck.pptx")
    result = template.render({"logo": Photo(blob, 400, 200)})
    assert_sound(result)
    [picture] = [s for s in Presentation(io.BytesIO(result)).slides[0].shapes if s.shape_type == 13]
    assert picture.image.blob == blob
    assert (picture.width, picture.height) == (Cm(8), Cm(4))
    assert (picture.left, picture.top) == (Cm(2), Cm(6))
    assert picture.crop_left == 0
    assert picture._element.nvPicPr.cNvPr.get("descr") == "new"
    media = [n for n in zipfile.ZipFile(io.BytesIO(result)).namelist() if "media" in n]
    assert len(media) == 1, "the placeholder's own picture goes"
    kept = template.render({"logo": "red square"})
    [picture] = [s for s in Presentation(io.BytesIO(kept)).slides[0].shapes if s.shape_type == 13]
    assert picture.image.blob == _png("red")
    assert picture.crop_left == pytest.approx(0.2)


def test_pictures_in_a_loop_of_a_document_are_filled_each() -> None:
    document = Document()
    document.add_paragraph("{% for x in rows %}")
    document.add_picture(io.BytesIO(_png("red")), DocxCm(4), DocxCm(4))
    properties = document.inline_shapes[0]._inline.docPr
    properties.set("descr", "{{ x }}")
    document.add_paragraph("{% endfor %}")
    blobs = [_png("blue"), _png("green")]
    rows = [Photo(blob, 100, 100) for blob in blobs]
    result = compile_package(saved(document), "a.docx").render({"rows": rows})
    assert_sound(result)
    shapes = Document(io.BytesIO(result)).inline_shapes
    found = [
        Document(io.BytesIO(result)).part.related_parts[
            shape._inline.graphic.graphicData.pic.blipFill.blip.embed
        ].blob
        for shape in shapes
    ]  # fmt: skip
    assert found == blobs
    assert [shape.width for shape in shapes] == [DocxCm(4)] * 2


def test_a_drawing_is_refused_in_the_middle_of_a_description() -> None:
    with pytest.raises(TemplateError, match="no drawing can stand here"):
        compile_package(_deck("Chart: {{ x }}"), "deck.pptx").render({"x": Renamed("a")})


def test_documents_without_such_drawings_are_as_before() -> None:
    data = docx_bytes("A {{ x }}")
    assert compile_package(data, "a.docx").sites == ()


def test_an_animation_keeps_its_shape_when_the_shape_repeats() -> None:
    def edit(presentation: PptxPresentation) -> None:
        slide = presentation.slides[0]
        box = slide.shapes.add_textbox(Cm(1), Cm(1), Cm(4), Cm(2))
        box.text_frame.text = "{%shape for x in rows %}{{ x }}{%shape endfor %}"
        slide._element.append(
            parse_xml(
                f'<p:timing xmlns:p="{NAMESPACES["p"]}"><p:tnLst><p:par><p:cTn id="1">'
                "<p:childTnLst>"
                '<p:set><p:cBhvr><p:cTn id="2" dur="1"/><p:tgtEl>'
                f'<p:spTgt spid="{box.shape_id}"/></p:tgtEl></p:cBhvr></p:set></p:childTnLst>'
                "</p:cTn></p:par></p:tnLst></p:timing>"
            )
        )

    result = compile_package(pptx_bytes(["T"], edit=edit), "d.pptx").render({"rows": ["a", "b"]})
    assert_sound(result)
    shapes = Presentation(io.BytesIO(result)).slides[0].shapes
    assert [s.text_frame.text for s in shapes][1:] == ["a", "b"]
