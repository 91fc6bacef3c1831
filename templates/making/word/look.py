"""What a style looks like, and the ``w:style`` that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docx.oxml.xmlchemy import BaseOxmlElement

from making.house import Fonts
from making.word.markup import w

Align = Literal["left", "center", "right", "both"]


@dataclass(frozen=True)
class Rule:
    """A line along the edge of a paragraph; ``width`` and ``space`` in points."""

    side: Literal["top", "bottom", "left"]
    color: str
    width: float
    space: int = 1


@dataclass(frozen=True)
class Look:
    """A paragraph style (or a character style, if ``character``). Measures in points.

    ``line`` is an exact line height, ``lines`` a multiple of the single line. ``first_chars`` is
    the indent of the first line in characters, which follows the size of the type. None means: as
    in the style it is based on.
    """

    name: str
    id: str
    based_on: str | None = "Normal"
    next: str | None = None
    character: bool = False
    fonts: Fonts | None = None
    size: float | None = None
    bold: bool | None = None
    color: str | None = None
    spacing: float | None = None
    align: Align | None = None
    before: float | None = None
    after: float | None = None
    line: float | None = None
    lines: float | None = None
    first_chars: float | None = None
    keep_next: bool | None = None
    keep_lines: bool | None = None
    grid: bool | None = None
    outline: int | None = None
    bullet: bool = False
    tab: float | None = None
    rules: tuple[Rule, ...] = ()
    autospace: bool | None = None


def style_element(look: Look, basis: float) -> BaseOxmlElement:
    """Return the ``w:style``; ``basis`` is the type size where the look does not give one."""
    kind = "character" if look.character else "paragraph"
    style = w("style", type=kind, styleId=look.id, default=True if look.id == "Normal" else None)
    if look.based_on is None and look.id != "Normal":
        raise ValueError(f"{look.id} needs a style to be based on")
    style.append(w("name", val=look.name))
    if look.id != "Normal" and look.based_on:
        style.append(w("basedOn", val=look.based_on))
    if look.next:
        style.append(w("next", val=look.next))
    style.append(w("uiPriority", val=1))
    style.append(w("qFormat"))
    if not look.character:
        style.append(paragraph_properties(look, look.size or basis))
    style.append(run_properties(look))
    return style


def paragraph_properties(look: Look, size: float) -> BaseOxmlElement:
    """Return ``w:pPr``, its children in the order of the schema."""
    return w(
        "pPr",
        _toggle("keepNext", look.keep_next),
        _toggle("keepLines", look.keep_lines),
        _bullet(look),
        _borders(look.rules),
        w("tabs", w("tab", val="right", pos=_twips(look.tab))) if look.tab else None,
        _toggle("autoSpaceDE", look.autospace),
        _toggle("autoSpaceDN", look.autospace),
        _toggle("snapToGrid", look.grid),
        _spacing(look),
        _indent(look, size),
        w("jc", val=look.align) if look.align else None,
        w("outlineLvl", val=look.outline) if look.outline is not None else None,
    )


def run_properties(look: Look) -> BaseOxmlElement:
    """Return ``w:rPr``, its children in the order of the schema."""
    return w(
        "rPr",
        font_names(look.fonts) if look.fonts else None,
        _toggle("b", look.bold),
        _toggle("bCs", look.bold),
        w("color", val=look.color) if look.color else None,
        w("spacing", val=_twips(look.spacing)) if look.spacing is not None else None,
        w("sz", val=round(look.size * 2)) if look.size else None,
        w("szCs", val=round(look.size * 2)) if look.size else None,
    )


def font_names(fonts: Fonts) -> BaseOxmlElement:
    """Return ``w:rFonts`` with all four families named and no theme font, which would win."""
    return w(
        "rFonts", ascii=fonts.latin, hAnsi=fonts.latin, eastAsia=fonts.east_asian, cs=fonts.latin
    )


def _toggle(tag: str, on: bool | None) -> BaseOxmlElement | None:
    if on is None:
        return None
    return w(tag) if on else w(tag, val=False)


def _bullet(look: Look) -> BaseOxmlElement | None:
    return w("numPr", w("ilvl", val=0), w("numId", val=1)) if look.bullet else None


def _borders(rules: tuple[Rule, ...]) -> BaseOxmlElement | None:
    if not rules:
        return None
    order = ("top", "left", "bottom")
    sides = sorted(rules, key=lambda rule: order.index(rule.side))
    return w(
        "pBdr",
        *(
            w(r.side, val="single", sz=round(r.width * 8), space=r.space, color=r.color)
            for r in sides
        ),
    )


def _spacing(look: Look) -> BaseOxmlElement | None:
    line = None
    if look.line is not None:
        line = _twips(look.line)
    elif look.lines is not None:
        line = round(look.lines * 240)
    if line is None and look.before is None and look.after is None:
        return None
    rule = None if line is None else "exact" if look.line is not None else "auto"
    return w(
        "spacing", before=_twips(look.before), after=_twips(look.after), line=line, lineRule=rule
    )


def _indent(look: Look, size: float) -> BaseOxmlElement | None:
    """The indent in characters stands beside the same in twips, for programs that read only one."""
    if look.first_chars is None:
        return None
    return w(
        "ind",
        firstLineChars=round(look.first_chars * 100),
        firstLine=_twips(look.first_chars * size),
    )


def _twips(points: float | None) -> int | None:
    return None if points is None else round(points * 20)
