"""Facts in Chinese: GB/T 15835 for numbers, the source's own bound words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.model.bound import Bound, BoundWord, bound_sign

if TYPE_CHECKING:
    from generator.model.fact import Fact, Period
    from generator.model.unit import Unit

BOUND_LABELS = {
    Bound.EXACT: "准确值", Bound.OVER: "下限（超）", Bound.AT_LEAST: "下限（含）",
    Bound.ABOUT: "约数", Bound.NEARLY: "上限（接近）", Bound.UNDER: "上限（不足）",
    Bound.AT_MOST: "上限（含）",
}  # fmt: skip

DERIVED = "计算值"

_DEFAULT_WORDS = {
    Bound.OVER: "超", Bound.AT_LEAST: "不低于", Bound.ABOUT: "约", Bound.NEARLY: "近",
    Bound.UNDER: "不足", Bound.AT_MOST: "不超过",
}  # fmt: skip
#: The same bounds of size, said of a negative number.
_NEGATIVE_WORDS = {
    Bound.OVER: "低于", Bound.AT_LEAST: "不高于", Bound.ABOUT: "约", Bound.NEARLY: "略高于",
    Bound.UNDER: "高于", Bound.AT_MOST: "不低于",
}  # fmt: skip
_NUMERALS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_PARTS = {
    "H1": "上半年", "H2": "下半年",
    "Q1": "一季度", "Q2": "二季度", "Q3": "三季度", "Q4": "四季度",
}  # fmt: skip
_COMPARISONS = {
    "yoy": "同比", "qoq": "环比", "average": "年均", "contribution": "贡献率", "pull": "拉动点数",
}  # fmt: skip
#: The same with what is compared with, and without.
_AGAINST = {"change": ("比{}", "变动"), "gap": ("与{}相比", "差距")}


def prose(fact: Fact) -> str:
    if fact.kind == "rank":
        return _rank(fact)
    number, unit = _number_and_unit(fact)
    if fact.kind == "ordinal":
        return f"第{_numeral(number)}{unit.symbol}"
    if number < 0 and fact.bound is not Bound.EXACT:
        return f"{_NEGATIVE_WORDS[fact.bound]}{_digits(number)}{unit.symbol}"
    return _with_bound(number, unit, fact.bound, fact.bound_word)


def short(fact: Fact) -> str:
    number, unit = _number_and_unit(fact)
    if fact.kind in ("rank", "ordinal"):
        return _rank(fact) if fact.kind == "rank" else prose(fact)
    return f"{bound_sign(fact.bound, number < 0)}{_digits(number)}{unit.symbol}"


def figure(fact: Fact) -> str:
    number, _ = _number_and_unit(fact)
    if fact.kind == "rank":
        return f"第{_digits(number)}"
    return f"{bound_sign(fact.bound, number < 0)}{_digits(number)}"


def unit_label(fact: Fact) -> str:
    return _number_and_unit(fact)[1].symbol


def change(fact: Fact) -> str:
    number, unit = _number_and_unit(fact)
    if number == 0 and fact.bound is Bound.EXACT:
        return "持平"
    rises = {"percent": "增长", "points": "提高"}.get(unit.kind, "增加")
    falls = "减少" if rises == "增加" else "下降"
    size = _with_bound(abs(number), unit, fact.bound, fact.bound_word)
    return f"{falls if number < 0 else rises}{size}"


def comparison(kind: str, whole: str) -> str:
    if kind == "share":
        return f"占{whole}比重"
    if kind in _AGAINST:
        named, alone = _AGAINST[kind]
        return named.format(whole) if whole else alone
    return f"{whole}位次" if kind == "rank" else _COMPARISONS[kind]


def period(value: Period) -> str:
    if value.year is None:
        return "截至报道时"
    first = f"{value.year}年{_part(value)}"
    if value.is_start:
        return f"{first}以来"
    if value.to is None:
        return first
    if value.to.year == value.year and value.part.isdigit() and not (value.day or value.to.day):
        return f"{value.year}年{int(value.part)}—{int(value.to.part)}月"
    if not value.part:
        return f"{value.year}—{value.to.year}年"
    return f"{first}至{period(value.to)}"


def _part(value: Period) -> str:
    if not value.part.isdigit():
        return _PARTS.get(value.part, "")
    day = f"{value.day}日" if value.day else ""
    return f"{int(value.part)}月{day}{'底' if value.is_end else ''}"


def place(section: str, number: str, counter: str) -> str:
    return f"{section}第{number}{counter or '段'}"


def date_text(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _number_and_unit(fact: Fact) -> tuple[Decimal, Unit]:
    assert fact.number is not None
    assert fact.unit is not None
    return fact.number, fact.unit


def _digits(number: Decimal) -> str:
    return f"{number:f}"


def _numeral(number: Decimal) -> str:
    """Return a place in a row as prose has it: 第一 to 第十 in words, then digits."""
    return _NUMERALS[int(number)] if 0 < number < len(_NUMERALS) else _digits(number)


def _rank(fact: Fact) -> str:
    number, _ = _number_and_unit(fact)
    whole = fact.entry.comparison.of if fact.entry.comparison else None
    return f"{whole.zh if whole else ''}第{_numeral(number)}"


def _with_bound(number: Decimal, unit: Unit, bound: Bound, word: BoundWord | None) -> str:
    """Return number, unit and bound word, the word as the source has it and where it has it."""
    digits = _digits(number)
    if bound is Bound.EXACT:
        return f"{digits}{unit.symbol}"
    if word is None or word.bound is not bound or word.text.isascii():
        return f"{_DEFAULT_WORDS[bound]}{digits}{unit.symbol}"
    if word.position == "before":
        return f"{word.text}{digits}{unit.symbol}"
    if word.position == "after":
        return f"{digits}{unit.symbol}{word.text}"
    scale = unit.symbol.removesuffix(unit.base)
    if unit.kind == "percent" or (scale and not _is_round(number)):
        # 3亿多元 is three and a bit; 2000多亿元 is two thousand and some.
        behind = unit.symbol if unit.kind == "percent" else scale
        return f"{digits}{behind}{word.text}{unit.symbol.removeprefix(behind)}"
    return f"{digits}{word.text}{unit.symbol}"


def _is_round(number: Decimal) -> bool:
    return number == number.to_integral_value() and number % 10 == 0
