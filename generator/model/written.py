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
from generator.model.unit import SAME_UNITS, UNIT_NAMES, Unit, moved, scale_of

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_ENGLISH = dict(zip(
    ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
     "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    (*range(2, 13), *range(1, 11)), strict=True,
))  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(
    r"百分之(?P<hundredths>[零〇一二两三四五六七八九十百]{1,9})"
    r"|翻了?(?P<doublings>[一两三]?)番"
    r"|(?P<tenths>[一二两三四五六七八九])成(?P<more>半)?(?![立为长员交果熟功本就品分套绩语])"
    r"|(?P<half>半数|一半(?!年)|(?<=[过近超])半(?![年天月导径岛数]))"
    r"|(?P<first>首位|榜首)"
    r"|\brank(?:ed|s|ing)\s+(?:\w+\s){0,2}?(?P<ordinal>first|second|third|fourth|fifth|sixth|seventh"
    r"|eighth|ninth|tenth)\b"
    r"|\b(?P<word>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
    r"|\b(?P<a_half>half)\b"
    r"|(?P<sign>[-+\u2212])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<chinese>[零〇一二两三四五六七八九十百千]+)",
    re.IGNORECASE,
)
#: What says that a number rises or falls; the last one before it counts. A fall *to* a number is
#: the number's way there, not its direction.
_DIRECTION = re.compile(
    r"(?P<rate_of_fall>(?:降幅|跌幅|减幅)[^,，。；;]{0,12}?(?:收窄|缩小|减小|扩大|加深)(?:至|到|为))"
    r"|(?P<less_fall>(?:降幅|跌幅|减幅)[^,，。；;]{0,8}?(?:收窄|缩小|减小))"
    r"|(?P<fall>(?:降幅|跌幅|减幅)[^,，。；;]{0,8}?(?:扩大|加深)"
    r"|(?:负增长|下降|减少|回落|下滑|降低|下跌|缩减|收窄|缩小|放缓|减缓|萎缩|下调|下行|降幅|跌幅|减幅"
    r"|(?<!升)降(?![低本])|(?<!涨)跌|缩短|回调|低于)(?![至到为])"
    r"|\b(?:down|fell|falls|fallen|declin(?:ed?|es|ing)|decreas(?:ed?|es|ing)|dropp?(?:ed|ing|s)?"
    r"|contract(?:ed|ing|s)|shrank|shrinking|narrow(?:ed|ing|s)|slipp?ed|eased|slow(?:ed|ing)"
    r"|reduc(?:e|ed|ing|tion)|lost|dipped|dips|shed|trimmed|weakened|retreated|cuts?|lowers?|trims?|plunged|tumbled|slid|sank|lower|negative|below)\b(?!\s+to\b))"
    r"|(?P<rise>增长|上升|提高|增加|上涨|提升|扩大|加快|回升|攀升|增幅|涨幅|高于"
    r"|\b(?:up|grew|rose|growth|increas(?:ed?|es|ing)|expand(?:ed|ing)|gain(?:ed|s)?|climbed|higher)\b)"
)
_FALL_BEHIND = re.compile(
    r"\s*(?:%|percentage points?|basis points?|percent|per cent|pct)?(?:\s+points?)?\s*"
    r"(?:year[- ](?:on|over)[- ]year |annual |yearly |y/y )?"
    r"(?:decline|decrease|drop|fall|reduction|contraction|lower|down|less|fewer|slump)\b",
    re.IGNORECASE,
)
_ENGLISH_SCALES = {
    "hundred million": 8, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "lakh": 5,
    "crore": 7, "bn": 9, "mn": 6, "tn": 12,
}  # fmt: skip
_LETTER_SCALES = {"k": 3, "m": 6, "b": 9}
_ENGLISH_SCALE = re.compile(rf"(?:{'|'.join(_ENGLISH_SCALES)})\b", re.IGNORECASE)
_CURRENCY_BEFORE = re.compile(r"(?:[$¥€£]|RMB|CNY|USD|EUR|GBP|HKD)\s?$")
_ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z&-]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_FILLERS = re.compile(
    r"(?:达到?|至|为|第|了|RMB|CNY|USD|EUR|GBP|HKD|(?:US|HK|A|C|S|NT)?\$|¥|€|£|No\.|\b(?:an?|the)\b|\s)+$"
)
#: Words that end like a bound word and are none.
_NO_BOUND = re.compile(
    r"(?:最近|附近|临近|邻近|靠近|新近|远近|节约|签约|合约|预约|公约|履约|违约|特约|集约|契约|条约|赶超|反超)$"
)
_ANY_UNIT = (
    r"(?:十万|百万|千万|十亿|百亿|千亿|万亿|[百千万亿])?"
    rf"(?:{'|'.join(sorted(map(re.escape, UNIT_NAMES), key=len, reverse=True))})?"
    r"(?:\s*(?:percent|per cent|million|billion|trillion))?"
)
_RANGE_BEHIND = re.compile(rf"\s*{_ANY_UNIT}\s*(?:[-\u2013\u2014~至到]|to\b)\s*[$¥€£]?\d")
_RANGE_BEFORE = re.compile(rf"\d\s*{_ANY_UNIT}\s*(?:[-\u2013\u2014~至到]|\bto\b)\s*[$¥€£]?$")
_BETWEEN = re.compile(r"\bbetween\s*(?:RMB|US|HK)?[$¥€£]?\s?$", re.IGNORECASE)
_AND_BEHIND = re.compile(
    rf"\s*{_ANY_UNIT}[\w%\s]{{0,20}}?\band\s+(?:RMB|US|HK)?[$¥€£]?\s?\d", re.IGNORECASE
)
_BETWEEN_AND = re.compile(
    r"\bbetween\s*(?:RMB|US|HK)?[$¥€£]?\s?\d[^,;，；]{0,30}?\band\s+(?:RMB|US|HK)?[$¥€£]?\s?$",
    re.IGNORECASE,
)
#: Further numbers between a number and the unit that they share: 5.1、6.2和7.3亿元, 5-7%.
_SHARED = re.compile(
    r"\s*(?:(?:[、,\u2013\u2014~和与及至到∶:-]|and\b|to\b)+\s*[$¥€£]?\d[\d.]*(?:,\d{3})*\s*)+"
)
#: 高2.1个和1.3个百分点
_SHARED_POINTS = re.compile(r"个(?:[、和与及]\s*\d[\d.]*个?)+百分点")
_RATIO = re.compile(r"\s*[:∶]\s*\d")
_RATIO_BEFORE = re.compile(r"\d\s*[:∶]\s*$")
_NEAR = 90


@dataclass(frozen=True, slots=True)
class Written:
    """A number that stands in a phrase, with what the words around it say.

    ``value`` is in base units of the scale words beside it: 6.5万 is 65000. ``unit_text`` is what
    follows number and scale. ``word`` is the bound word, None for an exact figure. ``in_ratio``
    says that it is one of several that make up a whole: 1.3∶57.3∶41.4.
    """

    text: str
    value: Decimal
    word: BoundWord | None
    unit_text: str
    is_fall: bool
    in_ratio: bool = False

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
        if self.in_ratio:
            return unit.kind == "percent"
        in_english = _CHINESE.search(self.text) is None and (
            not rest or _ENGLISH_WORD.match(rest) is not None
        )
        return unit.kind != "percent" and in_english


def read_written(phrase: str) -> tuple[Written, ...]:
    """Return all numbers of a phrase, in order."""
    text = unicodedata.normalize("NFKC", phrase)
    return tuple(_read(text, match) for match in _NUMBER.finditer(text))


@lru_cache(maxsize=1024)
def find_written(phrase: str, number: Decimal, unit: Unit) -> Written | None:
    """Return the number of a phrase that equals ``number`` of ``unit`` in size; None if none.

    Of several that do, the one with the unit, and then the one with the direction.
    """
    size = abs(moved(number, unit.places))
    same = [written for written in read_written(phrase) if written.value == size]
    fitting = [written for written in same if written.has_unit(unit)]
    wanted = [written for written in fitting if written.is_fall == (number < 0)]
    return next(iter((*wanted, *fitting, *same)), None)


def _read(text: str, match: re.Match[str]) -> Written:
    before, after = text[: match.start()], text[match.end() :].lstrip()
    in_words = _number_in_words(match)
    if in_words is not None:
        word = next(iter((*_before(before), *_after(after))), None)
        if match["half"] and before.endswith("过") and not before.endswith("超过"):
            word = BoundWord("过", Bound.OVER, "before")
        return Written(text, in_words, word, f"%{after}", _is_fall(before, ""))
    if match["first"]:
        return Written(text, Decimal(1), None, "位", False)
    number = _plain_number(match)
    found: list[BoundWord] = [*_range_end(before, after, match["sign"])]
    in_ratio = bool(_RATIO.match(after) or _RATIO_BEFORE.search(before[-_NEAR:]))
    shared = None if in_ratio else _SHARED.match(after)
    if shared is not None:
        after = after[shared.end() :]
    if _SHARED_POINTS.match(after):
        after = "个百分点"
    after = _take_inside(after, found)
    scale, places = _scale(before, after)
    after = _take_inside(after[len(scale) :].lstrip(), found)
    signed = match["sign"] in ("-", "\u2212") and not found[:1]
    is_fall = signed or _is_fall(before, after)
    found += [*_before(before), *_after(after)]
    word = found[0] if found else None
    return Written(text, moved(number, places), word, after, is_fall, in_ratio)


def _number_in_words(match: re.Match[str]) -> Decimal | None:
    """Return the percentage that 九成, 一半, 翻番 or 百分之三 means; None for another number."""
    if match["hundredths"]:
        return Decimal(_chinese_number(match["hundredths"]))
    if match["tenths"]:
        return Decimal(_DIGITS[match["tenths"]] * 10 + (5 if match["more"] else 0))
    if match["half"] or match["a_half"]:
        return Decimal(50)
    if match["doublings"] is not None:
        return Decimal(100 * (2 ** _DIGITS.get(match["doublings"] or "一", 1) - 1))
    return None


def _plain_number(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        return Decimal(match["digits"].replace(",", ""))
    word = match["ordinal"] or match["word"]
    return Decimal(_ENGLISH[word.lower()] if word else _chinese_number(match["chinese"]))


def _range_end(before: str, after: str, sign: str | None) -> Iterator[BoundWord]:
    """Yield the bound that a range gives to each of its ends: 5%-7%."""
    is_between = _BETWEEN.search(before[-_NEAR:]) is not None
    if _RANGE_BEHIND.match(after) or (is_between and _AND_BEHIND.match(after)):
        yield BoundWord("-", Bound.AT_LEAST, "after")
    elif _RANGE_BEFORE.search(f"{before[-_NEAR:]}{sign or ''}") or _BETWEEN_AND.search(
        before[-_NEAR:]
    ):
        yield BoundWord("-", Bound.AT_MOST, "before")


def _is_fall(before: str, after: str) -> bool:
    if _FALL_BEHIND.match(after):
        return True
    last = None
    for last in _DIRECTION.finditer(before[-_NEAR:].lower()):  # noqa: B007 - the last one is meant
        pass
    if last is None or last.lastgroup not in ("fall", "rate_of_fall"):
        return False
    if last.group() in ("低于", "below"):  # less than a number, or below that of others by it
        return after.startswith(("个百分点", "百分点", "percentage point"))
    return True


def _scale(before: str, after: str) -> tuple[str, int]:
    english = _ENGLISH_SCALE.match(after)
    if english is not None:
        return english.group(), _ENGLISH_SCALES[english.group().lower()]
    letter = after[:1].lower()
    if letter in _LETTER_SCALES and not after[1:2].isalnum() and _CURRENCY_BEFORE.search(before):
        return after[:1], _LETTER_SCALES[letter]
    return scale_of(after)


def _take_inside(after: str, found: list[BoundWord]) -> str:
    for word in BOUND_WORDS:
        if word.position == "inside" and after.startswith(word.text):
            found.append(word)
            return after[len(word.text) :]
    return after


def _before(before: str) -> Iterator[BoundWord]:
    text = _FILLERS.sub("", before[-_NEAR:]).lower()
    if _NO_BOUND.search(text):
        return
    for word in BOUND_WORDS:
        if word.position == "before" and text.endswith(word.text):
            begin = text[: -len(word.text)]
            if not (
                word.text[0].isalpha()
                and word.text.isascii()
                and begin[-1:].isalnum()
                and begin[-1:].isascii()
            ):
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
