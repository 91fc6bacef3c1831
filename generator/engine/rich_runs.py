"""Rich text as runs of a paragraph, over the formatting of the tag it is printed by."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.model.rich_text import RichText, TextPiece, TextStyle
from generator.office.late import Late
from generator.office.names import NAMESPACES, qname
from generator.office.xml import serialise

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Late("lxml.etree")

#: Gives the relationship id of a link to an address.
Link = Callable[[str], str]
#: Gives a text escaped, its line breaks and tabs as markup inside the run.
EscapeText = Callable[[str, str], str]

_W_ORDER = tuple(
    qname(f"w:{name}")
    for name in (
        "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike",
        "outline", "shadow", "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden",
        "color", "spacing", "w", "kern", "position", "sz", "szCs", "highlight", "u", "effect",
        "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout",
        "specVanish", "oMath",
    )
)  # fmt: skip
_A_ORDER = tuple(
    qname(f"a:{name}")
    for name in ("ln", "noFill", "solidFill", "gradFill", "effectLst", "highlight", "latin", "ea",
                 "cs", "sym", "hlinkClick")
)  # fmt: skip
_DECLARATIONS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items()
                         if prefix != "xml")  # fmt: skip


def word_runs(text: RichText, run_open: str, escape: EscapeText, link: Link) -> str:
    """Return ``w:r`` elements (in ``w:hyperlink`` where linked)."""
    return "".join(_word_piece(piece, run_open, escape, link) for piece in text.pieces)


def _word_piece(piece: TextPiece, run_open: str, escape: EscapeText, link: Link) -> str:
    opening = _word_open(run_open, piece.style)
    if piece.link is None:
        return f'{opening}<w:t xml:space="preserve">{escape(piece.text, opening)}</w:t></w:r>'
    text = escape(piece.text.replace("\a", "\n").replace("\f", "\n"), opening)
    run = f'{opening}<w:t xml:space="preserve">{text}</w:t></w:r>'
    r_id = link(piece.link)
    return f'<w:hyperlink xmlns:r="{NAMESPACES["r"]}" r:id="{r_id}">{run}</w:hyperlink>'


def slide_runs(text: RichText, run_open: str, escape: EscapeText, link: Link) -> str:
    """Return ``a:r`` elements."""
    return "".join(_slide_piece(piece, run_open, escape, link) for piece in text.pieces)


def _slide_piece(piece: TextPiece, run_open: str, escape: EscapeText, link: Link) -> str:
    r_id = link(piece.link) if piece.link is not None else None
    opening = _slide_open(run_open, piece.style, r_id)
    return f"{opening}<a:t>{escape(piece.text, opening)}</a:t></a:r>"


@lru_cache(maxsize=1024)
def _word_open(run_open: str, style: TextStyle) -> str:
    """Return the start of a run with the formatting of the tag and the changes of a style."""
    properties = _properties(run_open, "w:rPr")
    changes: dict[str, dict[str, str] | None] = {}
    for name, value in (("b", style.bold), ("i", style.italic), ("strike", style.strike)):
        if value is not None:
            changes[name] = {} if value else {"val": "0"}
    if style.underline is not None:
        kind = style.underline if isinstance(style.underline, str) else "single"
        changes["u"] = {"val": kind if style.underline else "none"}
    if style.color is not None:
        changes["color"] = {"val": style.color}
    if style.highlight is not None:
        changes["shd"] = {"val": "clear", "color": "auto", "fill": style.highlight}
    if style.size is not None:
        changes["sz"] = changes["szCs"] = {"val": str(round(style.size * 2))}
    if style.raised or style.lowered:
        changes["vertAlign"] = {"val": "superscript" if style.raised else "subscript"}
    if style.style is not None:
        changes["rStyle"] = {"val": style.style}
    if style.language is not None:
        changes["lang"] = {"val": style.language}
    if style.is_right_to_left:
        changes["rtl"] = {}
    for name, attributes in changes.items():
        _put(properties, qname(f"w:{name}"), _W_ORDER,
             {qname(f"w:{key}"): value for key, value in (attributes or {}).items()})  # fmt: skip
    fonts = {qname(f"w:{key}"): style.font for key in ("ascii", "hAnsi", "cs") if style.font}
    east = style.east_asian_font or style.font
    if east:
        fonts[qname("w:eastAsia")] = east
        _put(properties, qname("w:rFonts"), _W_ORDER, {k: v for k, v in fonts.items() if v})
    return _opening(run_open, properties)


@lru_cache(maxsize=1024)
def _slide_open(run_open: str, style: TextStyle, r_id: str | None) -> str:
    properties = _properties(run_open, "a:rPr")
    attributes = {
        "b": None if style.bold is None else str(int(style.bold)),
        "i": None if style.italic is None else str(int(style.italic)),
        "u": None if style.underline is None else "sng" if style.underline else "none",
        "strike": None if style.strike is None else "sngStrike" if style.strike else "noStrike",
        "sz": None if style.size is None else str(round(style.size * 100)),
        "baseline": "30000" if style.raised else "-25000" if style.lowered else None,
    }
    for name, value in attributes.items():
        if value is not None:
            properties.set(name, value)
    for name, color in (("solidFill", style.color), ("highlight", style.highlight)):
        if color is not None:
            fill = _put(properties, qname(f"a:{name}"), _A_ORDER, {})
            fill.append(fill.makeelement(qname("a:srgbClr"), {"val": color}))
    for name, face in (("latin", style.font), ("ea", style.east_asian_font or style.font)):
        if face is not None:
            _put(properties, qname(f"a:{name}"), _A_ORDER, {"typeface": face})
    if r_id is not None:
        _put(properties, qname("a:hlinkClick"), _A_ORDER, {qname("r:id"): r_id})
    return _opening(run_open, properties)


def _properties(run_open: str, name: str) -> etree._Element:
    """Return the run properties in the start of a run; empty ones if it has none."""
    prefix = name[0]
    run = etree.fromstring(f"<root {_DECLARATIONS}>{run_open}</{prefix}:r></root>")[0]
    found = run.find(qname(name))
    return found if found is not None else etree.SubElement(run, qname(name))


def _put(
    properties: etree._Element, tag: str, order: tuple[str, ...], attributes: dict[str, str]
) -> etree._Element:
    for old in properties.findall(tag):
        properties.remove(old)
    element = properties.makeelement(tag, attributes)
    rank = order.index(tag)
    position = sum(
        1 for child in properties if child.tag in order and order.index(child.tag) < rank
    )
    properties.insert(position, element)
    return element


def _opening(run_open: str, properties: etree._Element) -> str:
    text = serialise(properties)
    for prefix, uri in NAMESPACES.items():
        if prefix != "xml" and (prefix != "r" or " r:" not in text):
            text = text.replace(f' xmlns:{prefix}="{uri}"', "", 1)
    return run_open[: run_open.index(">") + 1] + text
