"""Filters that format text in a template: ``{{ name | bold }}``, ``{{ "site" | link(url) }}``."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.model.rich_text import RichText

_COLOR = re.compile(r"#?[0-9A-Fa-f]{6}")


def bold(value: object) -> RichText:
    return RichText.of(value).styled(bold=True)


def italic(value: object) -> RichText:
    return RichText.of(value).styled(italic=True)


def underline(value: object) -> RichText:
    return RichText.of(value).styled(underline=True)


def strike(value: object) -> RichText:
    return RichText.of(value).styled(strike=True)


def superscript(value: object) -> RichText:
    return RichText.of(value).styled(raised=True, lowered=False)


def subscript(value: object) -> RichText:
    return RichText.of(value).styled(raised=False, lowered=True)


def color(value: object, code: object) -> RichText:
    return RichText.of(value).styled(color=_color(code))


def highlight(value: object, code: object = "FFF2CC") -> RichText:
    return RichText.of(value).styled(highlight=_color(code))


def size(value: object, points: object) -> RichText:
    """Return the text in a size of 1 to 400 points."""
    number = float(str(points))
    if not 1 <= number <= 400:
        raise ValueError(f"{points} is no font size; write points, 1 to 400")
    return RichText.of(value).styled(size=number)


def link(value: object, address: object) -> RichText:
    """Return the text as a link; without an address it stays text."""
    text = str(address)
    return RichText.of(value).linked(text) if text else RichText.of(value)


def _color(code: object) -> str:
    text = str(code)
    if _COLOR.fullmatch(text) is None:
        raise ValueError(f'"{text}" is no colour; write six digits such as D55E00')
    return text.lstrip("#").upper()


TEXT_FILTERS: dict[str, Callable[..., object]] = {
    "bold": bold,
    "italic": italic,
    "underline": underline,
    "strike": strike,
    "superscript": superscript,
    "subscript": subscript,
    "color": color,
    "highlight": highlight,
    "size": size,
    "link": link,
}
