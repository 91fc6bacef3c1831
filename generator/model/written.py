"""Reading a value as a source writes it: number, scale, unit, bound word, direction.

Used to hold the two forms of a figure, the phrase and the number, against each other. Not an
extractor of figures from prose.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from generator.model.bound import BOUND_WORDS, Bound, BoundWord
from generator.model.unit import SAME_UNITS, Unit, moved, scale_of

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(
    r"(?P<sign>[-+\u2212])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<chinese>[零〇一二两三四五六七八九十百千]+)"
)
_FALLS = ("下降", "减少", "回落", "下滑", "降低", "down", "fell", "decreased by", "decrease of")
_ENGLISH_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z&-]")
_FILLERS = re.compile(r"(?:达到?|至|为|第|RMB|CNY|USD|EUR|¥|\$|€|No\.|\s)+$")


@dataclass(frozen=True, slots=True)
class Written:
    """A number that stands in a phrase, with what the words around it say.

    ``value`` is in base units of the scale words beside it: 6.5万 is 65000. ``unit_text`` is what
    follows number and scale. ``word`` is the bound word, None for an exact figure.
    """

    text: str
    value: Decimal
    word: BoundWord | None
    unit_text: str
    is_fall: bool

    @property
    def bound(self) -> Bound:
        return self.word.bound if self.word else Bound.EXACT

    def has_unit(self, unit: Unit) -> bool:
        """Whether the phrase names this unit, or one that stands for it.

        English phrases name what is counted in words of their own, and pass.
        """
        rest = self.unit_text
        if rest.startswith((unit.base, *SAME_UNITS.get(unit.base, ()))):
            return True
        in_english = self.text.isascii() and (not rest or _ENGLISH_WORD.match(rest) is not None)
        return unit.kind != "percent" and in_english


def read_written(phrase: str) -> tuple[Written, ...]:
    """Return all numbers of a phrase, in order."""
    text = unicodedata.normalize("NFKC", phrase)
    return tuple(_read(text, match) for match in _NUMBER.finditer(text))


@lru_cache(maxsize=1024)
def find_written(phrase: str, number: Decimal, unit: Unit) -> Written | None:
    """Return the number of a phrase that equals ``number`` of ``unit`` in size; None if none."""
    size = abs(moved(number, unit.places))
    same = [written for written in read_written(phrase) if written.value == size]
    return next((w for w in same if w.has_unit(unit)), same[0] if same else None)


def _read(text: str, match: re.Match[str]) -> Written:
    before, after = text[: match.start()], text[match.end() :].lstrip()
    number = (
        Decimal(match["digits"].replace(",", ""))
        if match["digits"]
        else Decimal(_chinese_number(match["chinese"]))
    )
    found: list[BoundWord] = []
    after = _take_inside(after, found)
    scale, places = _scale(after)
    after = _take_inside(after[len(scale) :].lstrip(), found)
    unit_text = after
    is_fall = match["sign"] in ("-", "\u2212") or any(word in before.lower() for word in _FALLS)
    found += [*_before(before), *_after(after)]
    return Written(text, moved(number, places), found[0] if found else None, unit_text, is_fall)


def _scale(after: str) -> tuple[str, int]:
    for word, places in _ENGLISH_SCALES.items():
        if after.startswith(word):
            return word, places
    return scale_of(after)


def _take_inside(after: str, found: list[BoundWord]) -> str:
    for word in BOUND_WORDS:
        if word.position == "inside" and after.startswith(word.text):
            found.append(word)
            return after[len(word.text) :]
    return after


def _before(before: str) -> Iterator[BoundWord]:
    text = _FILLERS.sub("", before).lower()
    for word in BOUND_WORDS:
        if word.position == "before" and text.endswith(word.text):
            yield word
            return


def _after(after: str) -> Iterator[BoundWord]:
    """Find a bound word behind the unit, which may be a few signs long, before any other number."""
    head = re.split(r"[\d,，。；;、]", after, maxsplit=1)[0]
    for word in BOUND_WORDS:
        if word.position == "after" and word.text in head[: len(word.text) + 12]:
            yield word
            return


def _chinese_number(text: str) -> int:
    total, digit = 0, None
    for sign in text:
        if sign in _TENS:
            total += (1 if digit is None else digit) * _TENS[sign]
            digit = None
        else:
            digit = _DIGITS[sign]
    return total + (digit or 0)
