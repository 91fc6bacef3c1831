"""Bounds of figures: what "more than", 余 or 以上 say about the number they stand with.

A bound limits the size of a number, so "down more than 5 percent" is -5 with the bound ``over``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Bound(StrEnum):
    """How a written number limits the true one. ``over`` excludes the number, ``at_least`` not."""

    EXACT = "exact"
    OVER = "over"
    AT_LEAST = "at_least"
    ABOUT = "about"
    NEARLY = "nearly"
    UNDER = "under"
    AT_MOST = "at_most"

    @property
    def is_lower(self) -> bool:
        """Whether the true value lies above the number: the number is not the value."""
        return self in (Bound.OVER, Bound.AT_LEAST)

    @property
    def is_upper(self) -> bool:
        return self in (Bound.NEARLY, Bound.UNDER, Bound.AT_MOST)


#: Where a bound word stands: before the number, right behind it, or behind its unit.
Position = Literal["before", "inside", "after"]


@dataclass(frozen=True, slots=True)
class BoundWord:
    """A word that sources use for a bound."""

    text: str
    bound: Bound
    position: Position


def _words(bound: Bound, position: Position, *texts: str) -> tuple[BoundWord, ...]:
    return tuple(BoundWord(text, bound, position) for text in texts)


#: Longer words first, for 不超过 is not 超过. 以上 and 以下 include the number.
BOUND_WORDS = tuple(
    sorted(
        (
            *_words(Bound.OVER, "before", "超过", "超", "逾", "突破", "高于", "大于", "多于"),
            *_words(Bound.OVER, "before", "超出", "冲破"),
            *_words(Bound.OVER, "before", "more than", "over", "above", "exceeding", ">"),
            *_words(Bound.OVER, "before", "exceeded", "exceeds", "in excess of", "upwards of"),
            *_words(Bound.OVER, "before", "surpassed", "topped", "surpassing", "greater than"),
            *_words(Bound.OVER, "before", "higher than", "beyond"),
            *_words(Bound.OVER, "inside", "余", "多"),
            *_words(Bound.AT_LEAST, "before", "不低于", "不少于", "不小于", "至少"),
            *_words(Bound.AT_LEAST, "before", "at least", "no less than", "not less than", "≥"),
            *_words(Bound.AT_LEAST, "before", "no fewer than", "a minimum of"),
            *_words(Bound.AT_LEAST, "after", "以上", "及以上", "or more", "or over"),
            *_words(Bound.ABOUT, "before", "大约", "约", "大概", "about", "around", "roughly"),
            *_words(Bound.ABOUT, "before", "approximately", "~", "≈"),
            *_words(Bound.ABOUT, "before", "some", "an estimated", "约为", "大致"),
            *_words(Bound.ABOUT, "after", "or so"),
            *_words(Bound.ABOUT, "after", "左右", "上下"),
            *_words(Bound.NEARLY, "before", "接近", "将近", "近", "nearly", "almost", "close to"),
            *_words(Bound.NEARLY, "before", "approaching", "just under"),
            *_words(Bound.UNDER, "before", "不足", "不到", "低于", "少于", "未满"),
            *_words(Bound.UNDER, "before", "under", "less than", "fewer than", "below", "<"),
            *_words(Bound.UNDER, "before", "lower than", "小于"),
            *_words(Bound.AT_MOST, "before", "不超过", "不高于", "不多于", "至多"),
            *_words(Bound.AT_MOST, "before", "at most", "no more than", "not more than", "up to"),
            *_words(Bound.AT_MOST, "before", "≤"),
            *_words(
                Bound.AT_MOST, "after", "及以下", "以下", "以内", "之内", "or less", "or fewer"
            ),
            *_words(Bound.AT_MOST, "after", "or under"),
        ),
        key=lambda word: -len(word.text),
    )
)

_SIGNS = {
    Bound.EXACT: "", Bound.OVER: ">", Bound.AT_LEAST: "≥", Bound.ABOUT: "≈",
    Bound.NEARLY: "<", Bound.UNDER: "<", Bound.AT_MOST: "≤",
}  # fmt: skip
_MIRRORED = {">": "<", "≥": "≤", "<": ">", "≤": "≥"}


def bound_sign(bound: Bound, is_negative: bool = False) -> str:
    """Return the sign before a number: ``>``, ``≥``, ``≈``, ``<``, ``≤``, or nothing.

    A bound is one of size: "down more than 5 percent" stands as ``< -5%``.
    """
    sign = _SIGNS[bound]
    return _MIRRORED.get(sign, sign) if is_negative else sign
