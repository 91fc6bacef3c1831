"""Mentions of time in prose, and the period that each means. Which figure a mention is for is
decided in ``timeline``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from generator.model.period import AT_PUBLICATION

#: Which year a mention means: a number, one seen from the article, or that of its surroundings.
YearWord = int | Literal["this", "last", "previous", "before_last", "next", "near"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention of time. ``form`` is what follows the year: ``H1``, ``05``, ``05-end``, ``01:11``
    for January to November, empty for the whole year.

    ``last`` is the last year of a stretch of years, ``count`` how many years back it goes.
    ``is_base`` says that figures are compared with it, ``is_now`` that it is the time of
    publication, ``is_event`` that it is the day on which something happened, ``is_same`` that it
    is the same part of another year.
    """

    start: int
    end: int
    year: YearWord
    form: str = ""
    last: int | None = None
    count: int = 0
    is_since: bool = False
    is_base: bool = False
    is_now: bool = False
    is_event: bool = False
    is_same: bool = False
    is_aim: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of time: the year of publication, or the one that the text lets conclude.

    ``is_inferred`` says that ``this_year`` was concluded.
    """

    this_year: int | None
    is_inferred: bool
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The period of a figure as the data file writes it. ``rests_on`` says what it takes for granted."""

    period: str
    rests_on: Literal["", "this_year", "unknown_year"] = ""
    year: int | None = None
    form: str = ""


_DIGIT = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
          "十": 10, "十一": 11, "十二": 12, "1": 1, "2": 2, "3": 3, "4": 4}  # fmt: skip
_CN_YEAR = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
_RELATIVE: dict[str, YearWord] = {
    "今年": "this", "本年": "near", "本年度": "near", "当年": "near", "去年": "last", "上年": "previous",
    "上一年": "previous", "过去一年": "last", "一年来": "last", "前年": "before_last", "明年": "next", "全年": "near",
}  # fmt: skip
_Y = r"(?P<y>(?:(?:19|20)\d\d|[一二][九〇零○][〇零○一二三四五六七八九]{2})\s?年(?:度)?|今年|本年度?|当年|去年|上年|上一年|前年|明年)"
_MON = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_TO = r"\s?[-—–~至到─]+\s?"
_PLANS = {"十二五": (2011, 2015), "十三五": (2016, 2020), "十四五": (2021, 2025),
          "十五五": (2026, 2030), "十一五": (2006, 2010)}  # fmt: skip


def _year(text: str | None) -> YearWord:
    if not text:
        return "near"
    bare = text.rstrip("度年").strip()
    if bare.isdigit():
        return int(bare)
    if len(bare) == 4:
        return int("".join(_CN_YEAR.get(sign, "0") for sign in bare))
    return _RELATIVE.get(text, "near")


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _DIGIT[text]


_Maker = Callable[[re.Match[str]], Mention | None]


def _m(match: re.Match[str], form: str = "", **more: object) -> Mention:
    year = _year(match.groupdict().get("y"))
    return Mention(match.start(), match.end(), year, form, **more)  # type: ignore[arg-type]


def _at(match: re.Match[str], year: YearWord, form: str = "", **more: object) -> Mention:
    return Mention(match.start(), match.end(), year, form, **more)  # type: ignore[arg-type]


def _plan(match: re.Match[str]) -> Mention:
    first, last = _PLANS[match["plan"]]
    what = match["what"] or ""
    if "以来" in what:
        return _at(match, first, is_since=True)
    if "末" in what:
        return _at(match, last, "12-end")
    return _at(match, first, last=last)


def _years(match: re.Match[str]) -> Mention | None:
    first, last = int(match["a"]), int(match["b"])
    last = last if last > 99 else first // 100 * 100 + last
    return _at(match, first, last=last) if first < last <= first + 60 else None


def _day(match: re.Match[str]) -> Mention | None:
    month, day = int(match["m"]), int(match["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    counted = bool(match["till"])
    return _m(match, f"{month:02}-{day:02}", is_event=not counted)


def _months(match: re.Match[str]) -> Mention | None:
    first, last = _month(match["a"]), _month(match["b"])
    if first >= last:
        return None
    return _m(match, f"{first:02}:{last:02}")


_ZH: tuple[tuple[re.Pattern[str], _Maker], ...] = tuple(
    (re.compile(pattern), maker)
    for pattern, maker in (
        (rf"{_Y}?\s?(?P<a>{_MON})(?:月份?)?{_TO}(?P<b>{_MON})\s?月份?", _months),
        (r"(?P<a>(?:19|20)\d\d)\s?年?" + _TO + r"(?P<b>(?:19|20)\d\d|\d\d)\s?年(?:间|期间)?", _years),
        (rf"{_Y}?(?:的)?上半年", lambda m: _m(m, "H1")),
        (rf"{_Y}?(?:的)?下半年", lambda m: _m(m, "H2")),
        (rf"{_Y}?(?:的)?(?:前三个?季度|[一1]{_TO}[三3]季度|一、二、三季度)", lambda m: _m(m, "01:09")),
        (rf"{_Y}?(?:的)?第?(?P<q>[一二三四1-4首])季度?(?=度|末|[^节风])(?:末|底)",
         lambda m: _m(m, f"{3 * _quarter(m['q']):02}-end")),
        (rf"{_Y}?(?:的)?第?(?P<q>[一二三四1-4])季度", lambda m: _m(m, f"Q{_DIGIT[m['q']]}")),
        (rf"{_Y}?(?:首季|开季)", lambda m: _m(m, "Q1")),
        (rf"{_Y}?(?:的)?[前头](?P<b>{_MON})个?月",
         lambda m: _m(m, f"01:{_month(m['b']):02}") if _month(m["b"]) > 1 else None),
        (rf"(?P<till>截至|截止到?|截止至|到|至)?{_Y}?\s?(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?日", _day),
        (rf"(?:截至|截止到?|到|至)?{_Y}?\s?(?P<b>{_MON})\s?月份?(?:末|底)", lambda m: _m(m, f"{_month(m['b']):02}-end")),
        (rf"{_Y}?\s?(?P<b>{_MON})\s?月(?:份|当月|上旬|中旬|下旬|初)?(?!度)", lambda m: _m(m, f"{_month(m['b']):02}")),
        (rf"(?:截至|截止到?|到|至)?{_Y}(?:年)?[末底]", lambda m: _m(m, "12-end")),
        (r"(?:截至|截止到?|到)?(?<![去上前今当本度])年[末底]", lambda m: _m(m, "12-end")),
        (rf"自?从?{_Y}(?:以来|至今)", lambda m: _m(m, is_since=True)),
        (rf"{_Y}全年", lambda m: _m(m)),
        (r"(?:近|过去|最近)(?P<n>[一二两三四五六七八九十]|\d{1,2})年(?:来|间|以来)?|(?P<n2>[三五六八十])年来|(?P<n3>[三五])年间",
         lambda m: _at(m, "near", count=_month(m["n"] or m["n2"] or m["n3"]))),
        (r"[“\"]?(?P<plan>十[一二三四五]五)[”\"]?(?P<what>(?:规划)?(?:期间|时期|以来|末|期末|前四年|五年)?)", _plan),
        (rf"{_Y}同[期月]", lambda m: _m(m, is_same=True)),
        (r"过去的?一年|一年来", lambda m: _at(m, "last")),
        (_Y, lambda m: _m(m)),
        (r"全年|年内", lambda m: _m(m)),
        (r"截至目前|截至今天|截至发稿|到目前为止|目前|至今|迄今|现有|现已|眼下|当前",
         lambda m: _at(m, "near", is_now=True)),
        (r"当月|本月", lambda m: _m(m, "month")),
        (r"当季|本季度?", lambda m: _m(m, "quarter")),
        (r"期末|季末", lambda m: _m(m, "period-end")),
    )
)  # fmt: skip
_BEFORE_BASE = re.compile(
    r"(?:相比于?|相较于?|比较|对比|[比较与同和]|高于|低于|快于|好于|超过|高出|多于|优于|由|从|持平于)(?:了|在)?$"
)
_AFTER_BASE = re.compile(
    r"^(?:末|底|初|同期|同月|全年|年均)?(?:的?水平)?(?:的?\s?\d[\d.]*倍|相比|持平|相当|比较|[^，,。;；]{0,4}基数)"
)
_FROM = re.compile(r"(?:由|从)$")
_SINCE_FOUNDED = re.compile(r"^[^，,。;；]{0,12}(?:以来|成立|起)")
_AIM = re.compile(r"(?:到|至|力争|争取|确保)$")


def _quarter(text: str) -> int:
    return 1 if text == "首" else _DIGIT[text]


_EN_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
              "october", "november", "december")  # fmt: skip
_EMON = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
_EY = r"(?P<y>(?:19|20)\d\d)"
#: A financial year: FY24, FY2024, fiscal 2024, fiscal year 2023/24.
_FY = r"(?:fiscal\s+(?:year\s+)?|financial\s+year\s+|FY\s?['’]?)"
_OFY = rf"(?:,?\s+(?:of\s+|in\s+)?(?:the\s+)?(?P<y>{_FY}?(?:19|20)\d\d|FY\s?\d\d|this year|last year|the year|the previous year))?"
_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "two": 2, "three": 3, "four": 4, "five": 5,
          "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}  # fmt: skip
_RELATIVE_EN: dict[str, YearWord] = {
    "this year": "this", "last year": "last", "the year": "near", "the previous year": "previous",
    "the prior year": "previous", "prior year": "previous", "previous year": "previous", "next year": "next",
}  # fmt: skip


def _ey(text: str | None) -> YearWord:
    if not text:
        return "near"
    year = re.search(r"\d+$", text)
    if year is not None:
        return int(year.group()) if len(year.group()) == 4 else 2000 + int(year.group())
    return _RELATIVE_EN.get(" ".join(text.lower().split()), "near")


def _e(match: re.Match[str], form: str = "", **more: object) -> Mention:
    return _at(match, _ey(match.groupdict().get("y")), form, **more)


def _emonth(text: str) -> int:
    return 1 + next(n for n, name in enumerate(_EN_MONTHS) if name[:3] == text[:3].lower())


def _ended(match: re.Match[str]) -> Mention | None:
    """Return the stretch that ends on a day: the three months ended June 30, 2025."""
    told, what = (match["n"] or "").lower(), match["what"].lower()
    count = int(told) if told.isdigit() else _WORDS.get(told)
    if what == "weeks":
        count = {13: 3, 26: 6, 39: 9, 52: 12, 53: 12}.get(count or 0)
    elif what == "quarter":
        count = 3
    elif what in ("year", "fiscal year", "financial year"):
        count = 12
    elif what.startswith("half"):
        count = 6
    last = _emonth(match["m"])
    if not count or count > last:
        return _at(match, _ey(match["y"])) if count == 12 else None
    first = last - count + 1
    if count == 12:
        form = ""
    elif count == 3 and first % 3 == 1:
        form = f"Q{last // 3}"
    elif count == 6 and first in (1, 7):
        form = f"H{last // 6}"
    else:
        form = f"{first:02}:{last:02}"
    return _e(match, form)


def _eday(match: re.Match[str]) -> Mention | None:
    day = int(match["d"])
    if not 1 <= day <= 31:
        return None
    return _e(match, f"{_emonth(match['m']):02}-{day:02}", is_event=not match["till"])


_EN: tuple[tuple[re.Pattern[str], _Maker], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), maker)
    for pattern, maker in (
        (rf"\b(?:the\s+)?(?:(?P<n>three|six|nine|twelve|3|6|9|12|13|26|39|52|53)[- ])?(?P<what>months|weeks|quarter|half[- ]?year|half|fiscal year|financial year|year)\s+"
         rf"(?:ended|ending|to)\s+(?:(?:\d\d?(?:st|nd|rd|th)?\s+)?(?P<m>{_EMON})(?!\w)(?:\s+\d\d?(?!\d))?)(?:,?\s+{_EY}\b)?", _ended),
        (rf"\b(?:the\s+)?first[- ]half{_OFY}(?!\w)|\b(?:H1|1H)(?:[\s,-]*(?P<y2>(?:FY\s?)?20\d\d|FY\s?\d\d))?\b"
         rf"|\b(?P<y3>20\d\d)\s?H1\b",
         lambda m: _half(m, "H1")),
        (rf"\b(?:the\s+)?second[- ]half{_OFY}(?!\w)|\b(?:H2|2H)(?:[\s,-]*(?P<y2>(?:FY\s?)?20\d\d|FY\s?\d\d))?\b"
         rf"|\b(?P<y3>20\d\d)\s?H2\b",
         lambda m: _half(m, "H2")),
        (rf"\b(?:the\s+)?first\s+(?P<n>three|3)\s+quarters{_OFY}(?!\w)", lambda m: _e(m, "01:09")),
        (rf"\b(?:the\s+)?first\s+(?P<n>two|three|four|five|six|seven|eight|nine|ten|eleven|\d{{1,2}})\s+months{_OFY}(?!\w)",
         lambda m: _first_months(m)),
        (rf"\b(?:the\s+)?(?P<q>first|second|third|fourth)[- ]quarter{_OFY}(?!\w)", lambda m: _e(m, f"Q{_WORDS[m['q'].lower()]}")),
        (r"\bQ(?P<q>[1-4])(?:\s|,|-|'|\bof\b)*(?P<y>(?:FY\s?)?20\d\d|FY\s?\d\d)?\b|\b(?P<q2>[1-4])Q\s?(?P<y2>20\d\d)?\b|\b(?P<y4>20\d\d)\s?Q(?P<q4>[1-4])\b",
         lambda m: _quarter_en(m)),
        (rf"\b(?:from\s+|between\s+)?(?P<a>{_EMON})\s*(?:-|to|through|and(?=\s+{_EMON}\s+combined))\s*(?P<b>{_EMON})(?:,?\s+(?:of\s+)?{_EY})?(?!\w)",
         lambda m: _e(m, f"{_emonth(m['a']):02}:{_emonth(m['b']):02}") if _emonth(m["a"]) < _emonth(m["b"]) else None),
        (rf"\b(?P<till>(?:as of|as at|at|on|by|until|through)\s+)?(?P<m>{_EMON})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d),?(?:\s+{_EY})?", lambda m: _till(m)),
        (rf"\b(?P<till>(?:as of|as at|at|on|by|until|through)\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_EMON})(?!\w)(?:,?\s+{_EY})?", lambda m: _till(m)),
        (rf"\b(?:by|at|as of|until|through)?\s*(?:the\s+)?end[- ]of\s+(?P<m>{_EMON})(?:,?\s+(?:of\s+)?{_EY})?|\bend-(?P<m2>{_EMON})(?:\s+(?P<y2>20\d\d))?|"
         rf"\bmonth-end\s+(?P<m3>{_EMON})(?:\s+(?P<y3>20\d\d))?",
         lambda m: _at(m, _ey(m["y"] or m["y2"] or m["y3"]), f"{_emonth(m['m'] or m['m2'] or m['m3']):02}-end")),
        (rf"\b(?:at|by|as of)?\s*(?:the\s+)?end\s+of\s+(?:the\s+)?(?P<q>first|second|third|fourth)\s+quarter{_OFY}(?!\w)",
         lambda m: _e(m, f"{3 * _WORDS[m['q'].lower()]:02}-end")),
        (rf"\b(?:the\s+)?(?:year[- ]end|end[- ]of[- ](?:the\s+year)?|end[- ]|close of)\s*(?:of\s+)?{_EY}\b|\b(?:at|by|as of)\s+(?:the\s+)?end\s+of\s+(?:the\s+)?(?P<y2>year|last year|this year)\b|\bat\s+year[- ]end\b(?!\s+(?:of\s+)?(?:19|20))",
         lambda m: _at(m, _ey(m["y"] or m["y2"]), "12-end")),
        (r"\b(?:a|one) year (?:earlier|ago|before)\b|\b(?:the )?(?:same|corresponding|comparable|prior-year|year-earlier|year-ago) (?:period|quarter|half|month)(?:\s+(?:of|in|a year earlier|last year)(?:\s+(?:the )?(?P<y>(?:19|20)\d\d|previous year|last year|prior year))?)?",
         lambda m: replace(_e(m, is_same=True), year=_ey(m["y"]) if m["y"] and m["y"].isdigit() else "previous")),
        (rf"\b(?P<m>{_EMON})(?:,?\s+(?:of\s+)?{_EY})\b|\b(?:in|for|of|during|since|from|over)\s+(?:the month of\s+)?(?P<m2>{_EMON})(?!\w)(?!\s+\d)",
         lambda m: _at(m, _ey(m["y"]), f"{_emonth(m['m'] or m['m2']):02}", is_base=m.group().lower().startswith(("from", "since")))),
        (r"\b(?P<a>(?:19|20)\d\d)\s*(?:-|to|and)\s*(?P<b>(?:19|20)\d\d|\d\d)\b(?!\s*(?:percent|%))", lambda m: _years_en(m)),
        (rf"\bsince\s+{_EY}\b", lambda m: _e(m, is_since=True)),
        (rf"\b{_FY}(?P<y>20\d\d)(?:[-/](?P<z>\d\d)(?!\d))?\b|\bFY\s?['’]?(?P<y2>\d\d)\b(?![.,]\d)",
         lambda m: _financial_year(m)),
        (rf"(?<![\d.,$€£¥/-])\b{_EY}\b(?![\d.,]*\d)(?!\s*(?:percent|%|million|billion|yuan|people|employees))", lambda m: _e(m)),
        (r"\b(?P<y>this year|last year|next year|the previous year|the prior year)\b|(?<=\()(?P<y2>(?:prior|previous|last) year)(?=\s?[:–—-])",
         lambda m: _at(m, _ey(m["y"] or m["y2"]))),
        (r"\b(?:in|for|over|during|throughout) the (?:full |whole |entire )?year\b|\bfull[- ]year\b", lambda m: _e(m)),
        (r"(?-i:\b(?P<m>January|February|April|June|July|August|September|October|November|December)\b)(?!\s+\d)",
         lambda m: _e(m, f"{_emonth(m['m']):02}")),
        (r"\b(?:to date|so far|currently|at present|now(?! (?:expects?|sees|forecasts?|plans|anticipates))|as of now)\b", lambda m: _at(m, "near", is_now=True)),
    )
)  # fmt: skip
_BEFORE_BASE_EN = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|from|than|relative to|against|above|below|since|exceeded|(?:up|down|increase|decrease|rise|fall|growth|gain|decline|improvement|percent|%)(?:[^.;,]|,(?=\d)){0,24}\b(?:on|over))"
    r"(?:\s+(?:that|those|the level|levels|the same period|the end|our|its|their))?(?:\s+(?:in|of|for|at))?(?:\s+the)?\s*$",
    re.IGNORECASE,
)
_AFTER_BASE_EN = re.compile(
    r"^\s*(?:baseline|base year|levels?|figure|average|edition)\b", re.IGNORECASE
)
_AIM_EN = re.compile(
    r"\b(?:by|aims?|aiming|target(?:s|ing)?|plans?|expects?|forecast(?:s|ed)?|projected|guidance|goal|will)\b(?:[^.;]|\.(?=\d)){0,40}$",
    re.IGNORECASE,
)


def _financial_year(match: re.Match[str]) -> Mention:
    """Return a financial year; one over two calendar years is named by the later one."""
    year = int(match["y"] or f"20{match['y2']}")
    last = int(match["z"]) if match["z"] else 0
    return _at(match, year + 1 if last and last == (year + 1) % 100 else year)


def _half(match: re.Match[str], form: str) -> Mention:
    groups = match.groupdict()
    year = next((groups[k] for k in groups if k.startswith("y") and groups[k]), None)
    return _at(match, _ey(year), form)


def _quarter_en(match: re.Match[str]) -> Mention:
    quarter = match["q"] or match["q2"] or match["q4"]
    return _at(match, _ey(match["y"] or match["y2"] or match["y4"]), f"Q{quarter}")


def _first_months(match: re.Match[str]) -> Mention | None:
    count = int(match["n"]) if match["n"].isdigit() else _WORDS[match["n"].lower()]
    return _e(match, f"01:{count:02}") if 2 <= count <= 12 else None


def _till(match: re.Match[str]) -> Mention | None:
    found = _eday(match)
    word = (match["till"] or "").strip().lower()
    return replace(found, is_event=word in ("", "on")) if found else None


def _years_en(match: re.Match[str]) -> Mention | None:
    joiner = match.group()[4 : -len(match["b"])].strip().lower()
    return None if joiner == "and" else _years(match)


def mentions(text: str, language: str) -> list[Mention]:
    """Return the mentions of time in a paragraph, in order; of overlapping ones the first named."""
    taken: list[Mention] = []
    busy = bytearray(len(text))
    for pattern, maker in _ZH if language == "zh" else _EN:
        for match in pattern.finditer(text):
            start, end = match.span()
            if start == end or 1 in busy[start:end]:
                continue
            found = maker(match)
            if found is not None:
                taken.append(_placed(found, text, language))
                busy[start:end] = b"\x01" * (end - start)
    return sorted(taken, key=lambda mention: mention.start)


def _placed(mention: Mention, text: str, language: str) -> Mention:
    """Return a mention with what the words around it say of its use."""
    before, after = (
        text[max(0, mention.start - 48) : mention.start],
        text[mention.end : mention.end + 16],
    )
    if language == "en":
        is_base = mention.is_base or (
            not mention.is_since
            and bool(_BEFORE_BASE_EN.search(before) or _AFTER_BASE_EN.match(after))
        )
        return replace(mention, is_base=is_base, is_aim=bool(_AIM_EN.search(before)))
    bare = before.rstrip()
    if _FROM.search(bare) and _SINCE_FOUNDED.match(after):
        return replace(mention, is_since=True, is_event=True)
    is_base = bool(_BEFORE_BASE.search(bare) or _AFTER_BASE.match(after)) and not mention.is_since
    if bare.endswith(("和", "与", "同")) and not _AFTER_BASE.match(after):
        is_base = False
    begins = text[mention.start : mention.start + 1]
    is_aim = bool(_AIM.search(bare)) or begins in "到至"
    return replace(mention, is_base=is_base, is_aim=is_aim)


def resolve(
    mention: Mention, calendar: Calendar, near: Reading | None, *, reports: bool = False
) -> Reading:
    """Return the period that a mention means; ``near`` is the period around it.

    ``reports`` says that what is told has happened: a quarter of this year that has not begun is
    that of the year before.
    """
    if mention.is_now:
        return Reading(AT_PUBLICATION)
    form = mention.form
    near_year = near.year if near else None
    if mention.is_same:
        if isinstance(mention.year, int):
            return _written(mention.year, near.form if near else "")
        if near_year is not None:
            return replace(_written(near_year - 1, near.form if near else ""),
                           rests_on=near.rests_on if near else "")  # fmt: skip
    year, rests_on = _year_of(mention, calendar, near_year)
    if (
        near is not None
        and mention.year in ("near", "previous")
        and near.rests_on
        and near_year is not None
    ):
        rests_on = near.rests_on
    if year is None:
        return Reading(AT_PUBLICATION, "unknown_year", None, form)
    if mention.count:
        end = year if near_year is not None else year - 1
        return (
            Reading(f"{end - mention.count + 1} to {end}", rests_on, end)
            if mention.count > 1
            else _written(end, "", rests_on)
        )
    if mention.last is not None:
        return Reading(f"{year} to {mention.last}", rests_on, mention.last)
    if mention.is_since:
        return Reading(f"since {year}", rests_on, year)
    if form in ("month", "quarter", "period-end"):
        return _inside(form, near) or _written(year, "", rests_on)
    if mention.year == "near" and form and (near_year is None or (reports and not mention.is_aim)):
        year = _not_ahead(year, form, calendar)
    return _written(year, form, rests_on)


def _year_of(
    mention: Mention, calendar: Calendar, near: int | None
) -> tuple[int | None, Literal["", "this_year", "unknown_year"]]:
    if isinstance(mention.year, int):
        return mention.year, ""
    flag: Literal["", "this_year"] = "this_year" if calendar.is_inferred else ""
    if mention.year == "near" and near is not None:
        return near, ""
    if calendar.this_year is None:
        return None, "unknown_year"
    if mention.year == "previous" and near is not None:
        return near - 1, ""
    shift = {"this": 0, "last": -1, "previous": -1, "before_last": -2, "next": 1, "near": 0}[
        str(mention.year)
    ]
    return calendar.this_year + shift, flag


def _not_ahead(year: int, form: str, calendar: Calendar) -> int:
    """Return the year before if the period would begin after the day of publication."""
    published = calendar.published
    if published is None or year != published.year:
        return year
    first = {"H2": 7, "Q2": 4, "Q3": 7, "Q4": 10, "H1": 1, "Q1": 1}.get(form)
    month = first or int(form[-2:] if ":" in form else form[:2])
    return year - 1 if month > published.month else year


def _inside(form: str, near: Reading | None) -> Reading | None:
    """Return the last month, quarter or day of the period around; None if it has none."""
    if near is None or near.year is None:
        return None
    last = {"H1": 6, "H2": 12, "Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "": 12}.get(near.form)
    if last is None:
        last = int(near.form[3:5] if ":" in near.form else near.form[:2])
    if form == "quarter":
        return _written(near.year, f"Q{(last + 2) // 3}", near.rests_on)
    return _written(near.year, f"{last:02}" if form == "month" else f"{last:02}-end", near.rests_on)


def _written(
    year: int, form: str, rests_on: Literal["", "this_year", "unknown_year"] = ""
) -> Reading:
    if ":" in form:
        first, last = form.split(":")
        return Reading(f"{year}-{first} to {year}-{last}", rests_on, year, form)
    return Reading(f"{year}-{form}" if form else str(year), rests_on, year, form)


def infer_calendar(texts: Sequence[str], language: str, published: date | None) -> Calendar:
    """Return the calendar of an article; without a date the year of "this year" is concluded.

    It is the latest year that the text names with a part of it; or the year after the latest full
    year that it names. Years aimed at do not count.
    """
    if published is not None:
        return Calendar(published.year, False, published)
    whole, parts, says_this = 0, 0, False
    for mention in _all(texts, language):
        says_this = says_this or mention.year in ("this", "last", "next")
        if not isinstance(mention.year, int) or mention.is_aim:
            continue
        if mention.form and mention.form != "12-end":
            parts = max(parts, mention.year)
        else:
            whole = max(whole, mention.last or mention.year)
    if parts and parts >= whole:
        return Calendar(parts, True)
    if whole:
        return Calendar(whole + 1 if says_this else whole, True)
    return Calendar(None, True)


def _all(texts: Sequence[str], language: str) -> Iterator[Mention]:
    for text in texts:
        yield from mentions(text, language)


def in_form_of(reading: Reading, outer: Reading | None) -> Reading:
    """Return the same part of another year, where a year alone stands beside a part of one.

    Behind the revenue of a fourth quarter ``(2023: 467)`` is that of the fourth quarter of 2023.
    """
    if outer is None or not outer.form or reading.form or reading.year is None:
        return reading
    if reading.period != str(reading.year):
        return reading
    return _written(reading.year, outer.form, reading.rests_on)
