"""The templates and data of the benchmark, made in memory with python-docx and python-pptx."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

Context = dict[str, Any]

LETTER = (
    "{{ company }}", "{{ street }}, {{ town }}", "{{ date }}", "Dear {{ name }},",
    "thank you for your order {{ order }} of {{ ordered }}. We sent {{ count }} parcels to "
    "{{ town }} today; they will arrive on {{ arrival }}.",
    "{% if open_amount %}Please transfer {{ open_amount }} by {{ due }}.{% endif %}",
    "Kind regards", "{{ clerk }}",
)  # fmt: skip


def letter() -> tuple[bytes, Context]:
    """A page of eight paragraphs and a footer; the name has signs that must be escaped."""
    document = Document()
    for text in LETTER:
        document.add_paragraph(text)
    document.sections[0].footer.paragraphs[0].text = "{{ company }}, {{ town }}"
    return _bytes(document), {
        "company": "Müller & Söhne", "street": "Hauptstraße 7", "town": "Köln",
        "date": "31 August 2025", "name": "Ms <Li>", "order": "A-1", "ordered": "29 August",
        "count": 3, "arrival": "2 September", "open_amount": "120 EUR", "due": "15 September",
        "clerk": "K. Weber",
    }  # fmt: skip


def table(rows: int) -> tuple[bytes, Context]:
    """A table of five columns whose row repeats."""
    document = Document()
    document.add_paragraph("{{ title }}")
    grid = document.add_table(rows=4, cols=5, style="Table Grid")
    for cell, text in zip(grid.rows[0].cells, ("No", "Name", "Town", "Count", "Sum"), strict=True):
        cell.text = text
    grid.rows[1].cells[0].text = "{%tr for row in rows %}"
    fields = ("number", "name", "town", "count", "total")
    for cell, field in zip(grid.rows[2].cells, fields, strict=True):
        cell.text = f"{{{{ row.{field} }}}}"
    grid.rows[3].cells[0].text = "{%tr endfor %}"
    return _bytes(document), {
        "title": "Deliveries & returns",
        "rows": [
            {"number": n, "name": f"Item {n} <x>", "town": "杭州", "count": n % 7, "total": n * 3}
            for n in range(rows)
        ],
    }


def report(sections: int = 30) -> tuple[bytes, Context]:
    """A report of about thirty pages: sections with a heading, text, a list, and a table."""
    document = Document()
    document.add_heading("{{ title }}", 0)
    document.add_paragraph("{%p for s in sections %}")
    document.add_heading("{{ s.title }}", 1)
    for number in range(6):
        document.add_paragraph(
            f"{{{{ s.lines[{number}] }}}} In {{{{ s.town }}}} the figure rose by "
            "{{ s.growth }} % to {{ s.level }}; "
            "{% if s.up %}more than{% else %}less than{% endif %} the year before, "
            "as {{ s.source }} says."
        )
    document.add_paragraph("{%p for item in s.entries %}")
    document.add_paragraph("{{ item }}", style="List Bullet")
    document.add_paragraph("{%p endfor %}")
    grid = document.add_table(rows=4, cols=4, style="Table Grid")
    for cell, text in zip(grid.rows[0].cells, ("Name", "Town", "Count", "Sum"), strict=True):
        cell.text = text
    grid.rows[1].cells[0].text = "{%tr for row in s.rows %}"
    for cell, field in zip(grid.rows[2].cells, ("name", "town", "count", "total"), strict=True):
        cell.text = f"{{{{ row.{field} }}}}"
    grid.rows[3].cells[0].text = "{%tr endfor %}"
    document.add_paragraph("{%p endfor %}")
    return _bytes(document), {
        "title": "Annual report & outlook",
        "sections": [
            {
                "title": f"Section {n} <draft>", "town": "杭州", "growth": n / 10, "level": n * 17,
                "up": n % 2, "source": "R&D survey",
                "lines": [f"Line {n}.{line} of the text & its notes." for line in range(6)],
                "entries": [f"Entry {n}/{k} with a few more words" for k in range(6)],
                "rows": [
                    {"name": f"Item {k} <x>", "town": "滨江", "count": k, "total": k * n}
                    for k in range(12)
                ],
            }
            for n in range(sections)
        ],
    }  # fmt: skip


def deck(slides: int = 12) -> tuple[bytes, Context]:
    """A deck whose slides have a title, five lines, a table of four by four, and notes."""
    presentation = Presentation()
    for number in range(slides):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"{{{{ slides[{number}].title }}}}"
        box = slide.shapes.add_textbox(Cm(1), Cm(4), Cm(10), Cm(8))
        box.name = "Lines"
        frame = box.text_frame
        for line in range(5):
            paragraph = frame.paragraphs[0] if line == 0 else frame.add_paragraph()
            paragraph.text = f"{{{{ slides[{number}].lines[{line}] }}}}"
        frame_of_table = slide.shapes.add_table(4, 4, Cm(12), Cm(4), Cm(12), Cm(6))
        frame_of_table.name = "Figures"
        for row in range(4):
            for column in range(4):
                frame_of_table.table.cell(
                    row, column
                ).text = f"{{{{ slides[{number}].cells[{row}][{column}] }}}}"
        slide.notes_slide.notes_text_frame.text = f"{{{{ slides[{number}].notes }}}}"
    return _bytes(presentation), {"slides": [slide_values(number) for number in range(slides)]}


def charted_deck(slides: int = 12, charts: int = 6) -> tuple[bytes, Context]:
    """The deck with a drawn chart of three series on every other slide, to be filled anew."""
    template, context = deck(slides)
    presentation = Presentation(BytesIO(template))
    for number in range(charts):
        data = CategoryChartData()
        data.categories = ["a", "b", "c"]
        for name in ("North", "South", "West"):
            data.add_series(name, (1, 2, 3))
        frame = presentation.slides[number * 2].shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(12), Cm(20), Cm(6), data
        )
        frame._element.nvGraphicFramePr.cNvPr.set("descr", f"{{{{ charts[{number}] }}}}")
    context["charts"] = [
        {
            "categories": [f"{month}月 & <{number}>" for month in range(1, 13)],
            "series": [
                {"name": name, "values": [step * 10 + number for step in range(12)]}
                for name in ("North", "South & East", "West")
            ],
        }
        for number in range(charts)
    ]
    return _bytes(presentation), context


def repeated_slide(slides: int = 100) -> tuple[bytes, Context]:
    """One slide that repeats: a title and a text of three lines."""
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "{%slide for page in pages %}{{ page.title }}"
    frame = slide.placeholders[1].text_frame
    frame.text = "{{ page.lines[0] }}"
    frame.add_paragraph().text = "{{ page.lines[1] }}"
    frame.add_paragraph().text = "{{ page.lines[2] }}{%slide endfor %}"
    return _bytes(presentation), {"pages": [slide_values(number) for number in range(slides)]}


def slide_values(number: int) -> Context:
    return {
        "title": f"Message {number} & more",
        "lines": [f"Line {number}.{line} <b>" for line in range(5)],
        "cells": [[f"{number}/{row}/{column}" for column in range(4)] for row in range(4)],
        "notes": f"Notes of slide {number}: 数据来源",
    }


def _bytes(document: Any) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()
