"""The templates of the gallery of charts: a heading, a native chart and a picture, repeated."""

from __future__ import annotations

from pathlib import Path

import docx
import pptx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt
from docx.table import _Cell
from pptx.slide import Slide
from pptx.util import Cm as SlideCm
from pptx.util import Pt as SlidePt

from making.deck.make import finish_deck
from making.deck.master import build_master
from making.house import EN
from making.package import drop_leftovers, save
from making.word import styles_en
from making.word.make import finish_briefing
from making.word.page import set_up_settings
from making.word.styles import install_styles

_TITLE = "Gallery of charts"


def make_gallery_document(target: Path) -> None:
    """Write the template of the document: for each chart a row in each language."""
    document = docx.Document()
    drop_leftovers(document.part.package, document.part)
    install_styles(document, EN, styles_en.LOOKS)
    set_up_settings(document, EN)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(1.2)
    head = section.header.paragraphs[0]
    head.text = "图表一览 · " + _TITLE
    document.add_paragraph("{% for item in items %}", style="Body Text")
    heading = document.add_paragraph("{{ item.title }}", style="Heading 1")
    heading.paragraph_format.keep_with_next = True
    heading.paragraph_format.page_break_before = True
    table = document.add_table(rows=4, cols=2)
    table.autofit = False
    for column in table.columns:
        for cell in column.cells:
            cell.width = Cm(12.5)
    for number, key in enumerate(("native", "picture")):
        _put(table.cell(0, number), f"{{{{ item.words.{key} }}}}")
        _put(table.cell(2, number), f"{{{{ chart.{key} }}}}")
    _put(table.cell(1, 0), "{%tr for chart in item.charts %}")
    _put(table.cell(3, 0), "{%tr endfor %}")
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph("{% endfor %}", style="Body Text")
    finish_briefing(document, EN)
    document.core_properties.title = _TITLE
    document.core_properties.subject = document.core_properties.author = ""
    document.core_properties.last_modified_by = ""
    save(document, target)


def _put(cell: _Cell, text: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = "Normal"
    run = paragraph.add_run(text)
    run.font.size = Pt(8)
    paragraph.paragraph_format.space_after = Pt(2)


def make_gallery_deck(target: Path) -> None:
    """Write the template of the deck: a slide for each chart in each language."""
    presentation = pptx.Presentation()
    drop_leftovers(presentation.part.package, presentation.part)
    layouts = build_master(presentation, EN)
    slide = presentation.slides.add_slide(layouts["content"])
    for shape in list(slide.placeholders):
        if shape.placeholder_format.idx:
            shape._element.getparent().remove(shape._element)
    slide.shapes.title.text = "{{ chart.title }}"
    _box(slide, "Loop", "{%slide for item in items %}{%slide for chart in item.charts %}",
         (0.5, 18.2, 6, 0.6))  # fmt: skip
    for left, key in ((1.2, "native"), (17.4, "picture")):
        _box(slide, f"{key} caption", f"{{{{ chart.words.{key} }}}}", (left, 3.6, 15.2, 0.9))
        _box(slide, key, f"{{{{ chart.{key} }}}}", (left, 4.7, 15.2, 11.5))
    _box(slide, "End", "{%slide endfor %}{%slide endfor %}", (7, 18.2, 6, 0.6))
    finish_deck(presentation, EN)
    presentation.core_properties.title = _TITLE
    presentation.core_properties.subject = presentation.core_properties.author = ""
    presentation.core_properties.last_modified_by = ""
    save(presentation, target)


def _box(slide: Slide, name: str, text: str, place: tuple[float, float, float, float]) -> None:
    shape = slide.shapes.add_textbox(*(SlideCm(part) for part in place))
    shape.name = name
    shape.text_frame.word_wrap = True
    shape.text_frame.text = text
    for run in shape.text_frame.paragraphs[0].runs:
        run.font.size = SlidePt(12)
