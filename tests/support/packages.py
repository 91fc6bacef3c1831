"""Templates made in memory from short descriptions, and readers of what comes out of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from lxml import etree
from pptx import Presentation
from pptx.presentation import Presentation as PptxPresentation
from pptx.util import Cm

from generator.build.templates import compile_template
from tests.support.soundness import assert_sound

Rows = Sequence[Sequence[str]]


def docx_bytes(*blocks: str | Rows, edit: Callable[[DocxDocument], None] | None = None) -> bytes:
    """Return a .docx with a paragraph for each text and a table for each list of rows.

    ``"a¦b"`` makes a paragraph of two runs, the second of them bold.
    """
    document = Document(io.BytesIO(_blank()))
    for block in blocks:
        if isinstance(block, str):
            paragraph = document.add_paragraph()
            for number, text in enumerate(block.split("¦")):
                paragraph.add_run(text).bold = bool(number % 2) or None
        else:
            table = document.add_table(len(block), len(block[0]))
            for row, cells in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    lines = text.split("\n")
                    cell.text = lines[0]
                    for line in lines[1:]:
                        cell.add_paragraph(line)
    if edit is not None:
        edit(document)
    return saved(document)


@cache
def _blank() -> bytes:
    """Return an empty document with python-docx's styles but the 130 of tables that nobody uses.

    They are nine tenths of its bytes, and of the time that a test takes.
    """
    document = Document()
    for rel in list(document.part.rels.values()):
        if rel.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[rel.rId]
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    return saved(document)


def saved(document: Any) -> bytes:
    """Return the bytes of a python-docx document or a python-pptx presentation."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pptx_bytes(
    *slides: Sequence[str], edit: Callable[[PptxPresentation], None] | None = None
) -> bytes:
    """Return a .pptx: for each slide its title and then one text box for each further text."""
    presentation = Presentation()
    for texts in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = texts[0]
        for number, text in enumerate(texts[1:]):
            box = slide.shapes.add_textbox(Cm(2), Cm(4 + 2 * number), Cm(20), Cm(2))
            box.text_frame.text = text
    if edit is not None:
        edit(presentation)
    return saved(presentation)


def render(template: bytes, context: Mapping[str, object], **options: Any) -> bytes:
    """Return the rendered template, after a check that every part of it is well-formed."""
    result = compile_template(template, **options).render(context)
    assert_sound(result)
    return result


def render_docx(
    blocks: Sequence[str | Rows], context: Mapping[str, object], **options: Any
) -> DocxDocument:
    """Return the document that a template of ``docx_bytes`` gives."""
    return Document(io.BytesIO(render(docx_bytes(*blocks), context, **options)))


def open_docx(data: bytes) -> DocxDocument:
    return Document(io.BytesIO(data))


def open_pptx(data: bytes) -> PptxPresentation:
    return Presentation(io.BytesIO(data))


def texts(document: DocxDocument) -> list[str]:
    """Return the texts of the body's paragraphs."""
    return [paragraph.text for paragraph in document.paragraphs]


def table_texts(document: DocxDocument, number: int = 0) -> list[list[str]]:
    """Return the texts of a table's cells, row by row."""
    return [[cell.text for cell in row.cells] for row in document.tables[number].rows]


def slide_texts(deck: PptxPresentation) -> list[list[str]]:
    """Return the texts of each slide's shapes."""
    return [
        [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for slide in deck.slides
    ]


def part_text(data: bytes, name: str) -> str:
    """Return one part of a package as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def part_names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.namelist()


def with_part(data: bytes, name: str, text: str | bytes) -> bytes:
    """Return the package with one part replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for item in old.namelist():
            if item != name:
                new.writestr(item, old.read(item))
        new.writestr(name, text)
    return buffer.getvalue()


def edit_part(data: bytes, name: str, old: str, new: str) -> bytes:
    """Return the package with a text replaced in one part; the text must be there."""
    text = part_text(data, name)
    assert old in text
    return with_part(data, name, text.replace(old, new))


def with_parts(package: bytes, *parts: tuple[str, str, str, str]) -> bytes:
    """Return a package with more parts: (name, content type, relationship type, XML) each.

    The main part of the document points at them with the ids rIdMore1, rIdMore2, ...
    """
    source = zipfile.ZipFile(io.BytesIO(package))
    items = {name: source.read(name) for name in source.namelist()}
    rels_name = "word/_rels/document.xml.rels"
    types, rels = items["[Content_Types].xml"].decode(), items[rels_name].decode()
    for number, (name, content_type, relationship, xml) in enumerate(parts, 1):
        items[name] = xml.encode()
        types = types.replace(
            "</Types>", f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
        )
        target = name.removeprefix("word/")
        rels = rels.replace(
            "</Relationships>",
            f'<Relationship Id="rIdMore{number}" Type="{relationship}" Target="{target}"/>'
            "</Relationships>",
        )
    items["[Content_Types].xml"], items[rels_name] = types.encode(), rels.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target_zip:
        for name, data in items.items():
            target_zip.writestr(name, data)
    return buffer.getvalue()


def part_xml(package: bytes, name: str) -> etree._Element:
    """Return the tree of one part of a package."""
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(package)).read(name))
