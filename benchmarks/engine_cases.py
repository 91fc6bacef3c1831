"""Compiled templates against docxtpl and python-pptx: same template, same data, same text out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import openpyxl
from docx import Document
from pptx import Presentation

from benchmarks import rivals, samples
from benchmarks.timing import Cost, medians
from generator import compile_template

Rival = Callable[[bytes, samples.Context], bytes]
Reader = Callable[[bytes], list[str]]


@dataclass(frozen=True)
class Case:
    """Something to measure: how its template is made, who the rival is, how results are read."""

    name: str
    sample: Callable[[], tuple[bytes, samples.Context]]
    rival_name: str
    rival: Rival
    read: Reader


@dataclass(frozen=True)
class EngineResult:
    """Medians."""

    name: str
    rival_name: str
    rival: Cost
    render: Cost
    compile: Cost


def read_document(data: bytes) -> list[str]:
    """Return all texts of a document: body, tables, footer."""
    document = Document(BytesIO(data))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        texts += [
            "".join(node.itertext()) for node in table._tbl.iterfind(".//{*}tc/{*}p/{*}r/{*}t")
        ]
    return [*texts, *(paragraph.text for paragraph in document.sections[0].footer.paragraphs)]


def read_deck(data: bytes) -> list[str]:
    """Return all texts of a deck: shapes, tables, notes."""
    texts = []
    for slide in Presentation(BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            elif shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
            elif shape.has_chart:
                texts += _chart_texts(shape.chart)
        if slide.has_notes_slide:
            texts.append(slide.notes_slide.notes_text_frame.text)
    return texts


def _chart_texts(chart: Any) -> list[str]:
    """Return names, categories and values of a chart, and the cells of its workbook."""
    plot = chart.plots[0]
    texts = [str(category) for category in plot.categories]
    for series in plot.series:
        texts += [series.name, *map(str, series.values)]
    book = openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return texts + [str(v) for row in book.active.iter_rows(values_only=True) for v in row]


CASES = (
    Case("one-page letter", samples.letter, "docxtpl", rivals.with_docxtpl, read_document),
    Case("table of 1,000 rows", lambda: samples.table(1_000), "docxtpl", rivals.with_docxtpl,
         read_document),
    Case("table of 10,000 rows", lambda: samples.table(10_000), "docxtpl", rivals.with_docxtpl,
         read_document),
    Case("30-page report", samples.report, "docxtpl", rivals.with_docxtpl, read_document),
    Case("12-slide deck", samples.deck, "python-pptx by hand", rivals.deck_by_hand, read_deck),
    Case("12-slide deck, 6 charts filled anew", samples.charted_deck, "python-pptx by hand",
         rivals.deck_by_hand, read_deck),
    Case("100 slides from one", samples.repeated_slide, "python-pptx by hand",
         rivals.slides_by_hand, read_deck),
)  # fmt: skip


def measure(case: Case, seconds: float) -> EngineResult:
    """Return the medians of a case, after both results were read and found equal.

    Raises:
        ValueError: the two results differ in their text.
    """
    template, context = case.sample()
    compiled = compile_template(template)
    ours, theirs = case.read(compiled.render(context)), case.read(case.rival(template, context))
    if ours != theirs:
        differing = next(
            (pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]), ""
        )
        raise ValueError(
            f"{case.name}: the results differ ({len(ours)} and {len(theirs)} texts): {differing}"
        )
    times = medians(
        {
            "rival": lambda: case.rival(template, context),
            "render": lambda: compiled.render(context),
            "compile": lambda: compile_template(template),
        },
        seconds=seconds,
    )
    return EngineResult(
        case.name, case.rival_name, times["rival"], times["render"], times["compile"]
    )
