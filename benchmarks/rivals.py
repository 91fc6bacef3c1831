"""The same results made with docxtpl, or with python-pptx by hand."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from pptx import Presentation
from pptx.chart.data import CategoryChartData

from benchmarks.samples import Context

_TAG = re.compile(r"\{\{ slides\[(\d+)\]\.(\w+)((?:\[\d+\])*) \}\}")


def with_docxtpl(template: bytes, context: Context) -> bytes:
    """Fill a Word template. docxtpl reads the file anew for each result, so that counts."""
    document = DocxTemplate(BytesIO(template))
    document.render(context, autoescape=True)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def deck_by_hand(template: bytes, context: Context) -> bytes:
    """Fill each run of a deck that holds a tag, as a script over python-pptx does."""
    presentation = Presentation(BytesIO(template))
    for slide in presentation.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                _fill(shape.text_frame, context)
            elif shape.has_table:
                for row in shape.table.rows:
                    for cell in row.cells:
                        _fill(cell.text_frame, context)
            elif shape.has_chart:
                _fill_chart(shape, context)
        _fill(slide.notes_slide.notes_text_frame, context)
    return _saved(presentation)


def slides_by_hand(template: bytes, context: Context) -> bytes:
    """Add a slide of the same layout for each page and fill its placeholders."""
    presentation = Presentation(BytesIO(template))
    first = presentation.slides._sldIdLst[0]
    presentation.part.drop_rel(first.rId)
    presentation.slides._sldIdLst.remove(first)
    layout = presentation.slide_layouts[1]
    for page in context["pages"]:
        slide = presentation.slides.add_slide(layout)
        slide.shapes.title.text = page["title"]
        frame = slide.placeholders[1].text_frame
        frame.text = page["lines"][0]
        for line in page["lines"][1:3]:
            frame.add_paragraph().text = line
    return _saved(presentation)


def _fill(frame: Any, context: Context) -> None:
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            found = _TAG.fullmatch(run.text)
            if found:
                value = context["slides"][int(found[1])][found[2]]
                for step in re.findall(r"\d+", found[3]):
                    value = value[int(step)]
                run.text = value


def _fill_chart(shape: Any, context: Context) -> None:
    """Give a chart the data that its description names."""
    properties = shape._element.nvGraphicFramePr.cNvPr
    given = context["charts"][int(re.findall(r"\d+", properties.get("descr"))[0])]
    data = CategoryChartData()
    data.categories = given["categories"]
    for series in given["series"]:
        data.add_series(series["name"], series["values"])
    shape.chart.replace_data(data)
    properties.set("descr", "chart")


def _saved(presentation: Any) -> bytes:
    stream = BytesIO()
    presentation.save(stream)
    return stream.getvalue()
