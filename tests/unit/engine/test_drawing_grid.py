"""Several charts or pictures in one place: lines of a paragraph, a group on a slide."""

from __future__ import annotations

from io import BytesIO

import docx
import pptx
import pytest

from generator import compile_template
from generator.build.plain_charts import DataChart
from tests.acceptance.test_chart_kinds import template_of
from tests.support.soundness import assert_sound

DATA = {
    "multiples": 2,
    "title": "T",
    "categories": ["a", "b"],
    "series": [{"name": f"s{n}", "values": [n, n + 1]} for n in range(3)],
}


@pytest.mark.parametrize("is_picture", [False, True])
def test_in_word_they_stand_in_lines_of_one_paragraph(is_picture: bool) -> None:
    chart = DataChart(DATA, is_picture=is_picture)
    result = compile_template(template_of("docx"), name="t.docx").render({"chart": chart})

    assert_sound(result)
    (paragraph,) = docx.Document(BytesIO(result)).paragraphs
    kinds = [child.tag.rpartition("}")[2] for child in paragraph._p.iter()]
    assert kinds.count("inline") == 3
    assert kinds.count("br") == 1


@pytest.mark.parametrize("is_picture", [False, True])
def test_on_a_slide_they_are_a_group_in_the_place_of_the_shape(is_picture: bool) -> None:
    chart = DataChart(DATA, is_picture=is_picture)
    result = compile_template(template_of("pptx"), name="t.pptx").render({"chart": chart})

    assert_sound(result)
    (group,) = pptx.Presentation(BytesIO(result)).slides[0].shapes
    inner = list(group.shapes)
    assert len(inner) == 3
    assert inner[0].top == inner[1].top < inner[2].top
    assert inner[0].left + inner[0].width < inner[1].left
    assert inner[1].left + inner[1].width <= group.left + group.width
    assert group._element.nvGrpSpPr.cNvPr.get("descr")


def test_all_of_them_have_the_same_axes() -> None:
    result = compile_template(template_of("pptx"), name="t.pptx").render({"chart": DataChart(DATA)})

    (group,) = pptx.Presentation(BytesIO(result)).slides[0].shapes
    ends = {
        (shape.chart.value_axis.minimum_scale, shape.chart.value_axis.maximum_scale)
        for shape in group.shapes
    }
    assert ends == {(0.0, 3.0)}
