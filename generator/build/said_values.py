"""What a printed figure says: the value that its text has, whatever scale it is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from generator.build.printed_figures import PrintedFigure
from generator.model.fact import FactBook
from generator.model.scaling import printed_places
from generator.model.unit import SCALE_WORDS

_ZH_SCALES = {word: places for places, word in SCALE_WORDS.items() if word}
_EN_SCALES = {"thousand": 3, "million": 6, "m": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12}
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_ZH_SCALE = re.compile(r"\s?[余多]?(" + "|".join(sorted(_ZH_SCALES, key=len, reverse=True)) + ")")
_EN_SCALE = re.compile(r"\s(thousand|million|billion|trillion|bn|tn|m)(?![A-Za-z²³])")


@dataclass(frozen=True, slots=True)
class Said:
    """A value as it can be compared, and as it stands there."""

    value: Decimal | str
    told: str


def said_value(figure: PrintedFigure, language: str, book: FactBook) -> Said | None:
    """Return what a printed figure says; None if it is none, or has no digits.

    The value of a fact is one in base units. That of a cell is its digits alone, as what it
    measures is not known: 1559.9 and 155.99 are the same there.
    """
    text = figure.text.replace("\u00a0", " ")
    is_number = figure.is_figure and figure.form != "day"
    found = _NUMBER.search(text) if is_number else None
    if found is None:
        return None
    digits = found[0].replace(",", "")
    if figure.fact not in book:
        return Said(digits.replace(".", "").strip("0"), found[0])
    fact = book[figure.fact]
    unit = fact.unit
    if unit is None or fact.number is None:
        return None  # the text of a named thing: 3月1日, 1 March
    places, told = 0, digits
    if figure.form in ("number", "figure"):
        places = printed_places(fact, language)
    else:
        behind = text[found.end() :]
        pattern, scales = (_ZH_SCALE, _ZH_SCALES) if language == "zh" else (_EN_SCALE, _EN_SCALES)
        scale = pattern.match(behind)
        is_own = behind.lstrip(" 余多").startswith(unit.base)  # 千 of 千瓦时 is no scale
        if scale is not None and not is_own and unit.kind not in ("percent", "points", "age"):
            places, told = scales[scale[1]], f"{digits} {scale[1]}".strip()
    return Said(Decimal(digits).scaleb(places).normalize(), told)
