"""The shipped templates keep the promises of the house: figures from facts, fonts named, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import docx
import pptx
import pytest
from docx.oxml.ns import qn
from lxml import etree

TEMPLATES = Path(__file__).parents[2] / "templates"
DOCUMENTS = sorted(TEMPLATES.glob("*/briefing.docx"))
DECKS = sorted(TEMPLATES.glob("*/deck.pptx"))

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
#: Numbers that are part of a name, and the numbers of captions.
_NAMES = re.compile(r"[“\"]5050[”\"]|(?:图|表|Figure |Table )\d+")


def _edition(path: Path) -> str:
    return path.parent.name


def _typed_numbers(paragraphs: Iterator[str]) -> list[str]:
    texts = (_NAMES.sub("", _TAG.sub("", text)) for text in paragraphs)
    return [text for text in texts if re.search(r"\d", text)]


def _word_paragraphs(path: Path) -> Iterator[str]:
    body = docx.Document(str(path)).element.body
    for paragraph in body.iter(qn("w:p")):
        yield "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


def _slide_paragraphs(path: Path) -> Iterator[str]:
    for slide in pptx.Presentation(str(path)).slides:
        frames = [shape.text_frame for shape in slide.shapes if shape.has_text_frame]
        for frame in [*frames, slide.notes_slide.notes_text_frame]:
            assert frame is not None
            yield from (p.text for p in frame.paragraphs if p.text != "‹#›")


@pytest.mark.parametrize("path", DOCUMENTS, ids=_edition)
def test_no_number_is_typed_into_a_briefing(path: Path) -> None:
    typed = _typed_numbers(_word_paragraphs(path))

    assert typed == []


@pytest.mark.parametrize("path", DECKS, ids=_edition)
def test_no_number_is_typed_into_a_deck(path: Path) -> None:
    typed = _typed_numbers(_slide_paragraphs(path))

    assert typed == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_edition)
def test_every_font_of_a_briefing_is_named_for_chinese_too(path: Path) -> None:
    styles = etree.fromstring(ZipFile(path).read("word/styles.xml"))

    fonts = list(styles.iter(qn("w:rFonts")))

    assert fonts
    assert all(font.get(qn("w:eastAsia")) for font in fonts)
    assert not any(name.endswith("Theme") for font in fonts for name in font.attrib)


@pytest.mark.parametrize("path", [*DOCUMENTS, *DECKS], ids=lambda p: f"{p.parent.name}-{p.suffix}")
def test_the_theme_names_a_chinese_font(path: Path) -> None:
    with ZipFile(path) as package:
        themes = [package.read(name) for name in package.namelist() if "/theme/theme" in name]

    assert themes
    assert all(b'<a:ea typeface=""' not in theme for theme in themes)


@pytest.mark.parametrize("path", DECKS, ids=_edition)
def test_every_slide_has_a_title_and_notes(path: Path) -> None:
    slides = pptx.Presentation(str(path)).slides

    titles = [slide.shapes.title for slide in slides]
    notes = [slide.notes_slide.notes_text_frame for slide in slides]

    assert 10 <= len(titles) <= 12
    assert all(title is not None and title.text_frame.text.strip() for title in titles)
    assert all(note is not None and note.text.strip() for note in notes)


@pytest.mark.parametrize("path", DECKS, ids=_edition)
def test_every_slide_but_the_cover_has_a_source_line(path: Path) -> None:
    slides = list(pptx.Presentation(str(path)).slides)[1:]

    texts = [
        " ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame) for slide in slides
    ]

    assert all("source_line(" in text for text in texts)
