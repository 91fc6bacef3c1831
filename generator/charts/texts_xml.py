"""Text properties of chart XML: size, weight, colour and the fonts of the theme."""

from __future__ import annotations

from functools import lru_cache

from generator.charts.colors import INK, fill_xml
from generator.office.xml import escape_text

_FONTS = '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/>'


@lru_cache(maxsize=256)
def _run_look(locale: str, size: float, color: str, bold: bool) -> str:
    attributes = f'lang="{locale}" sz="{round(size * 100)}" b="{int(bold)}"'
    if locale.startswith("zh"):
        attributes = f'lang="{locale}" altLang="en-US" sz="{round(size * 100)}" b="{int(bold)}"'
    return f"{attributes}>{fill_xml(color)}{_FONTS}"


@lru_cache(maxsize=256)
def text_properties(locale: str, size: float, color: str = INK, bold: bool = False) -> str:
    """Return ``c:txPr``."""
    return (
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        f"<a:defRPr {_run_look(locale, size, color, bold)}</a:defRPr></a:pPr>"
        f'<a:endParaRPr lang="{locale}"/></a:p></c:txPr>'
    )


def run(text: str, locale: str, size: float, color: str = INK, bold: bool = False) -> str:
    """Return ``a:r``; line breaks of the text become breaks."""
    look = _run_look(locale, size, color, bold)
    between = f"</a:t></a:r><a:br><a:rPr {look}</a:rPr></a:br><a:r><a:rPr {look}</a:rPr><a:t>"
    lines = between.join([escape_text(line) for line in text.splitlines() or [""]])
    return f"<a:r><a:rPr {look}</a:rPr><a:t>{lines}</a:t></a:r>"


def paragraph_of(runs: str, align: str = "ctr") -> str:
    """Return ``a:p`` that holds runs."""
    return f'<a:p><a:pPr algn="{align}"><a:defRPr/></a:pPr>{runs}</a:p>'


def rich_text(paragraphs: str) -> str:
    """Return ``c:tx`` that holds paragraphs."""
    return f"<c:tx><c:rich><a:bodyPr/><a:lstStyle/>{paragraphs}</c:rich></c:tx>"
