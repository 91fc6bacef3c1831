"""What blocks drop leaves nothing behind; what macros print elsewhere is there."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from generator import compile_template
from tests.support.packages import (
    assert_sound,
    open_docx,
    open_pptx,
    part_names,
    part_text,
    pptx_bytes,
    saved,
)


def picture() -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def with_picture(opener: str, closer: str, *after: str, header: str = "") -> bytes:
    document = Document()
    document.add_paragraph(opener)
    document.add_paragraph().add_run().add_picture(picture())
    document.add_paragraph(closer)
    for text in after:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    return saved(document)


def render(data: bytes, **context: object) -> bytes:
    result = compile_template(data).render(context)
    assert_sound(result)
    return result


def media(data: bytes) -> list[str]:
    return [name for name in part_names(data) if "/media/" in name or "/charts/chart" in name]


@pytest.mark.parametrize(("opener", "closer"), [
    ("{% if x %}", "{% endif %}"), ("{% for i in range(x) %}", "{% endfor %}"),
    ("{%p if x %}", "{%p endif %}"),
])  # fmt: skip
def test_a_picture_that_is_dropped_leaves_the_file(opener: str, closer: str) -> None:
    data = with_picture(opener, closer, "end")

    assert media(render(data, x=0)) == []
    assert media(render(data, x=1)) == ["word/media/image1.png"]
    assert len(open_docx(render(data, x=1)).inline_shapes) == 1


def test_a_picture_that_stands_elsewhere_too_stays() -> None:
    document = open_docx(with_picture("{% if x %}", "{% endif %}"))
    document.add_paragraph().add_run().add_picture(picture())

    result = render(saved(document), x=0)

    assert len(media(result)) == 1
    assert len(open_docx(result).inline_shapes) == 1


def test_a_macro_with_a_picture_can_be_printed_in_a_header() -> None:
    data = with_picture(
        "{% macro logo() %}", "{% endmacro %}", "{{ logo() }}", header="{{ logo() }}"
    )

    result = render(data)

    names = [n for n in part_names(result) if n.startswith("word/_rels/header")]
    assert any("media/image1.png" in part_text(result, name) for name in names)
    header = open_docx(result).sections[0].header
    ids = [
        e.get("id")
        for root in (header._element, open_docx(result).element)
        for e in root.iter("{*}docPr")
    ]
    assert len(ids) == len(set(ids)) == 2


def test_a_picture_of_a_dropped_shape_leaves_the_deck() -> None:
    def edit(deck: Any) -> None:
        shapes = deck.slides[0].shapes
        shapes.add_picture(picture(), Cm(1), Cm(5))._element.nvPicPr.cNvPr.set(
            "descr", "{%shape if x %}{%shape endif %}"
        )

    data = pptx_bytes(["A"], edit=edit)

    assert media(render(data, x=0)) == []
    assert media(render(data, x=1)) == ["ppt/media/image1.png"]


def test_a_dropped_shape_with_a_chart_takes_the_chart_with_it() -> None:
    def edit(deck: Any) -> None:
        values = CategoryChartData()
        values.categories = ["a"]
        values.add_series("s", (1,))
        frame = deck.slides[0].shapes.add_chart(
            XL_CHART_TYPE.PIE, Cm(1), Cm(5), Cm(8), Cm(8), values
        )
        frame.chart.has_title = True
        frame.chart.chart_title.text_frame.text = "About {{ x }}"
        frame._element.nvGraphicFramePr.cNvPr.set("descr", "{%shape if x %}c{%shape endif %}")

    data = pptx_bytes(["A"], edit=edit)

    assert not any(
        "chart" in name or "embeddings" in name for name in part_names(render(data, x=0))
    )
    kept = open_pptx(render(data, x=3)).slides[0].shapes[1].chart
    assert kept.chart_title.text_frame.text == "About 3"


@pytest.mark.parametrize("value", ["a\nb", "plain"])
def test_a_link_with_tags_in_its_address_goes_on_behind_a_line_break(value: str) -> None:
    def edit(deck: Any) -> None:
        for slide in deck.slides:
            run = slide.shapes.title.text_frame.paragraphs[0].add_run()
            run.text = "{{ x }}"
            run.hyperlink.address = "https://example.org/{{ y }}"
            run._r.rPr.hlinkClick.set("tooltip", "{{ y }}")

    result = open_pptx(render(pptx_bytes(["A"], ["B"], edit=edit), x=value, y="q"))

    for slide in result.slides:
        runs = slide.shapes.title.text_frame.paragraphs[0].runs[1:]
        assert [run.text for run in runs] == value.split("\n")
        assert {run.hyperlink.address for run in runs} == {"https://example.org/q"}
