"""The page: paper, margins, grid, header and footer of each edition, and its settings."""

from __future__ import annotations

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, Twips
from docx.text.paragraph import Paragraph

from making.house import Edition
from making.word.fields import add_field
from making.word.markup import w

#: Width of the text column in millimetres, by edition.
TEXT_WIDTH = {"zh": 156.0, "en": 160.0}
_LINES = 22
_AREA_HEIGHT = 225


def set_up_page(document: Document, edition: Edition) -> None:
    """Give ``document`` A4 pages with the margins, header and footer of its edition."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if edition.key == "zh":
        _chinese_page(document, section)
    else:
        _english_page(section)


def _chinese_page(document: Document, section: Section) -> None:
    """GB/T 9704: type area 156 x 225 mm, 22 lines of 28 characters, number 7 mm below it."""
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(21)
    _set_grid(section)
    document.settings.odd_and_even_pages_header_footer = True
    _dashed_number(section.footer.paragraphs[0], side="right")
    _dashed_number(section.even_page_footer.paragraphs[0], side="left")


def _set_grid(section: Section) -> None:
    """Space the lines so that 22 of them fill the type area.

    The grid has lines only: LibreOffice 7.4 sets the characters of a ``linesAndChars`` grid twice
    as wide as Word. The 28 characters of a line come from the character spacing of the body style.
    """
    grid = section._sectPr.find(w("docGrid").tag)
    if grid is not None:
        section._sectPr.remove(grid)
    pitch = int(_AREA_HEIGHT / 25.4 * 1440 / _LINES)
    section._sectPr.append(w("docGrid", type="lines", linePitch=pitch))


def _dashed_number(paragraph: Paragraph, side: str) -> None:
    """Write ``— 1 —``, one character in from the outer edge."""
    paragraph.style = "footer"
    paragraph.alignment = {"left": 0, "right": 2}[side]
    paragraph._p.get_or_add_pPr().append(_outer_indent(side))
    _reorder_alignment(paragraph)
    paragraph.add_run("— ")
    add_field(paragraph, "PAGE", "1")
    paragraph.add_run(" —")


def _outer_indent(side: str) -> BaseOxmlElement:
    return w("ind", **{f"{side}Chars": 100, side: 280})


def _reorder_alignment(paragraph: Paragraph) -> None:
    """Put ``w:jc`` behind ``w:ind``, where the schema wants it."""
    properties = paragraph._p.get_or_add_pPr()
    alignment = properties.find(w("jc").tag)
    properties.remove(alignment)
    properties.append(alignment)


def _english_page(section: Section) -> None:
    for side in ("top", "bottom", "left", "right"):
        setattr(section, f"{side}_margin", Mm(25))
    section.header_distance = section.footer_distance = Mm(12)
    section.different_first_page_header_footer = True
    header = section.header.paragraphs[0]
    header.style = "header"
    header.add_run("{{ report.title }}\t{{ report.date }}")
    for footer in (section.footer, section.first_page_footer):
        paragraph = footer.paragraphs[0]
        paragraph.style = "footer"
        paragraph.add_run("{{ report.issuer }}\t")
        add_field(paragraph, "PAGE", "1")
        paragraph.add_run(" / ")
        add_field(paragraph, "NUMPAGES", "1")
    section.first_page_header.paragraphs[0].style = "Spacer"


def set_up_settings(document: Document, edition: Edition) -> None:
    """Bring the settings up to Word 2013 and later, in the languages of the edition."""
    settings = document.settings.element
    kept = ("evenAndOddHeaders", "characterSpacingControl", "decimalSymbol", "listSeparator")
    for child in list(settings):
        if child.tag.rsplit("}", 1)[-1] not in kept:
            settings.remove(child)
    odd_even = settings.find(w("evenAndOddHeaders").tag)
    for child in list(settings):
        settings.remove(child)
    latin = edition.locale if edition.key == "en" else "en-US"
    settings.extend(
        part
        for part in (
            w("zoom", percent=100),
            w("bordersDoNotSurroundHeader"),
            w("bordersDoNotSurroundFooter"),
            w("defaultTabStop", val=int(Twips(420).twips)),
            odd_even,
            w("drawingGridVerticalSpacing", val=156),
            w("characterSpacingControl", val="compressPunctuation"),
            _compatibility(),
            w("themeFontLang", val=latin, eastAsia="zh-CN"),
            _color_mapping(),
            w("decimalSymbol", val="."),
            w("listSeparator", val=","),
        )
        if part is not None
    )


def _compatibility() -> BaseOxmlElement:
    word = "http://schemas.microsoft.com/office/word"
    return w(
        "compat",
        w("spaceForUL"),
        w("balanceSingleByteDoubleByteWidth"),
        w("doNotLeaveBackslashAlone"),
        w("ulTrailSpace"),
        w("adjustLineHeightInTable"),
        w("useFELayout"),
        w("compatSetting", name="compatibilityMode", uri=word, val=15),
        w(
            "compatSetting",
            name="overrideTableStyleFontSizeAndJustification",
            uri=word,
            val=1,
        ),
        w("compatSetting", name="enableOpenTypeFeatures", uri=word, val=1),
        w("compatSetting", name="doNotFlipMirrorIndents", uri=word, val=1),
    )


def _color_mapping() -> BaseOxmlElement:
    accents = {f"accent{n}": f"accent{n}" for n in range(1, 7)}
    return w(
        "clrSchemeMapping",
        bg1="light1",
        t1="dark1",
        bg2="light2",
        t2="dark2",
        **accents,
        hyperlink="hyperlink",
        followedHyperlink="followedHyperlink",
    )
