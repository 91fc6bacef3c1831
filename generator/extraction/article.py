"""An article as rules read it: paragraphs in order, with their section. No files, no formats."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from generator.model.insert import Language

ParagraphKind = Literal["body", "heading", "caption", "note"]

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: its number among all (from 1), its text, and its place as facts name it.

    ``section`` and ``position`` are the two words of a place: ``lead 1``.
    """

    number: int
    text: str
    kind: ParagraphKind
    section: str
    position: int

    @property
    def place(self) -> str:
        return f"{self.section} {self.position}"


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its title, its paragraphs, who is credited, when it was published.

    ``sections`` gives the heading of each section by its name. ``notes`` tells what was mended.
    """

    paragraphs: tuple[Paragraph, ...]
    language: Language
    title: str = ""
    credit: str = ""
    published: date | None = None
    sections: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def language_of(text: str) -> Language:
    """Return the language that a text is written in: Chinese signs say more than Latin ones."""
    head = text[:20_000]
    return "zh" if 4 * len(_CHINESE.findall(head)) >= len(_LATIN.findall(head)) else "en"


_SPECIAL = {
    "\u2212": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\uff0d": "-",
    "\u2013": "-",
    "\u2215": "/",
    "\u00a0": " ",
}
_BETWEEN_DIGITS = re.compile(r"(?<=\d)，(?=\d)")


#: What no person writes as a number or a word; rules would try each of its parts.
_ENDLESS = re.compile(r"\d{20,}|[0-9A-Za-z.,_%:/+-]{120,}")


def plain(text: str) -> str:
    """Return a text of the same length in which one sign stands for its full-width twins.

    A full-width comma between digits stays: it parts two figures, an ASCII one groups digits.
    Endless runs of digits and letters are blotted out.
    """
    return _ENDLESS.sub(lambda match: "#" * len(match.group()), _with_one_width(text))


def _with_one_width(text: str) -> str:
    if text.isascii():
        return text
    kept = {match.start() for match in _BETWEEN_DIGITS.finditer(text)}
    signs = [
        sign if sign.isascii() or "\u4e00" <= sign <= "\u9fff" else _plain(sign) for sign in text
    ]
    for number in kept:
        signs[number] = "，"
    return "".join(signs)


def _plain(sign: str) -> str:
    if sign in _SPECIAL:
        return _SPECIAL[sign]
    other = unicodedata.normalize("NFKC", sign)
    return other if len(other) == 1 else sign
