"""How facts are worded in Chinese and English: numbers, units, bounds, periods.

Arithmetic is exact: numbers are scaled by moving the decimal point and keep all their digits. A
bound is in every form that a figure can take; no form drops it.
"""

from __future__ import annotations

from decimal import Decimal

from generator.model.fact import Bound, Fact, Period

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_HALVES = {"H1": ("上半年", "first half of"), "H2": ("下半年", "second half of")}
_QUARTERS = {
    "Q1": ("一季度", "first quarter of"), "Q2": ("二季度", "second quarter of"),
    "Q3": ("三季度", "third quarter of"), "Q4": ("四季度", "fourth quarter of"),
}  # fmt: skip

#: Bound: (before the number, behind number, behind unit) in Chinese; word and sign for English.
_ZH_BOUNDS = {
    Bound.OVER: "超", Bound.AT_LEAST: "不低于", Bound.ABOUT: "约", Bound.NEARLY: "近",
    Bound.UNDER: "不足", Bound.AT_MOST: "不超过", Bound.EXACT: "",
}  # fmt: skip
_EN_BOUNDS = {
    Bound.OVER: "more than", Bound.AT_LEAST: "at least", Bound.ABOUT: "about",
    Bound.NEARLY: "nearly", Bound.UNDER: "under", Bound.AT_MOST: "at most",
    Bound.EXACT: "",
}  # fmt: skip
_SIGNS = {
    Bound.OVER: ">", Bound.AT_LEAST: "≥", Bound.ABOUT: "≈", Bound.NEARLY: "<", Bound.UNDER: "<",
    Bound.AT_MOST: "≤", Bound.EXACT: "",
}  # fmt: skip
_BOUND_LABELS = {
    Bound.EXACT: ("准确值", "exact"), Bound.OVER: ("下限（超过）", "lower bound (over)"),
    Bound.AT_LEAST: ("下限（含）", "lower bound (at least)"), Bound.ABOUT: ("约数", "approximate"),
    Bound.NEARLY: ("上限（接近）", "upper bound (nearly)"),
    Bound.UNDER: ("上限（以下）", "upper bound (under)"),
    Bound.AT_MOST: ("上限（含）", "upper bound (at most)"),
}  # fmt: skip
_COMPARISONS = {
    "yoy": ("同比", "year on year"), "qoq": ("环比", "on the previous period"),
    "share": ("占比", "share"), "rank": ("位次", "rank"),
}  # fmt: skip

#: English: factor to the number, words behind it in prose, words in short forms, text before it.
_EN_UNITS: dict[str, tuple[int, str, str, str]] = {
    # unit: (decimal places to move, prose, short, before)
    "万亿元": (0, " trillion", " tn", "RMB "),
    "亿元": (-1, " billion", " bn", "RMB "),
    "万元": (-2, " million", " m", "RMB "),
    "元": (0, "", "", "RMB "),
    "万人": (4, "", "", ""),
    "万个": (4, "", "", ""),
    "万户": (4, "", "", ""),
    "%": (0, " percent", "%", ""),
    "个百分点": (0, " percentage points", " pp", ""),
    "P": (0, "P", "P", ""),
    "周岁": (0, " years", " years", ""),
}
_UNIT_LABELS_EN = {
    "亿元": "RMB billion", "万元": "RMB million", "元": "RMB", "万亿元": "RMB trillion",
    "%": "%", "个百分点": "pp", "P": "P", "万人": "people",
    "人": "people", "周岁": "years",
}  # fmt: skip


def plain_number(number: Decimal, grouped: bool = False) -> str:
    """Return a number with all its digits, never in exponent form."""
    text = f"{number:,f}" if grouped else f"{number:f}"
    return text.replace("-", "−") if grouped else text


def scaled(number: Decimal, places: int) -> Decimal:
    """Return ``number`` with its decimal point moved, exactly.

    Digits behind the point stay as they were written; a whole number gets none that are zero.
    """
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    moved = exponent + places
    if moved >= 0:
        return Decimal((sign, digits + (0,) * moved, 0))
    while exponent >= 0 and moved < 0 and len(digits) > 1 and digits[-1] == 0:
        digits, moved = digits[:-1], moved + 1
    return Decimal((sign, digits, moved))


def figure(fact: Fact, language: str) -> str:
    """Return the number of a fact in the language's scale, without unit and bound."""
    assert fact.number is not None
    if language == "zh":
        return plain_number(fact.number)
    places = _EN_UNITS.get(fact.entry.unit or "", (0, "", "", ""))[0]
    return plain_number(scaled(fact.number, places), grouped=True)


def _zh_text(fact: Fact) -> str:
    """Return the figure in Chinese prose; bound words stand where the source has them."""
    entry = fact.entry
    if entry.kind in ("rank", "ordinal"):
        return entry.written or ""
    number, unit, written = figure(fact, "zh"), entry.unit or "", entry.written or ""
    for word, position in (("余", 0), ("多", 0), ("以上", 1), ("以下", 1), ("左右", 1)):
        if fact.bound is not Bound.EXACT and word in written:
            return f"{number}{word}{unit}" if position == 0 else f"{number}{unit}{word}"
    return f"{_ZH_BOUNDS[fact.bound]}{number}{unit}"


def _en_text(fact: Fact) -> str:
    if fact.entry.kind == "rank":
        whole = fact.entry.comparison.of if fact.entry.comparison else None
        place = f" in {whole.en}" if whole else ""
        return f"No. {figure(fact, 'en')}{place}"
    if fact.entry.kind == "ordinal":
        return _ordinal(fact)
    _, prose, _, before = _EN_UNITS.get(fact.entry.unit or "", (0, "", "", ""))
    bound = _EN_BOUNDS[fact.bound]
    return f"{bound} {before}{figure(fact, 'en')}{prose}".strip()


_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
             "ninth", "tenth")  # fmt: skip


def _ordinal(fact: Fact) -> str:
    number = int(fact.number or 0)
    return _ORDINALS[number] if 0 < number < len(_ORDINALS) else f"No. {number}"


def prose(fact: Fact, language: str) -> str:
    """Return a fact as it stands in a sentence."""
    if fact.entry.text is not None:
        return fact.entry.text.in_language(language)
    if fact.number is None:
        return fact.entry.name.in_language(language)
    return _zh_text(fact) if language == "zh" else _en_text(fact)


def short(fact: Fact, language: str) -> str:
    """Return a fact as it stands in a table, on a card, or as a label: signs for words."""
    if fact.number is None or fact.entry.kind in ("rank", "ordinal"):
        return prose(fact, language)
    sign = _SIGNS[fact.bound]
    number = figure(fact, language)
    if language == "zh":
        return f"{sign}{number}{fact.entry.unit}"
    _, _, behind, before = _EN_UNITS.get(fact.entry.unit or "", (0, "", "", ""))
    return f"{sign} {before}{number}{behind}".strip()


def signed_figure(fact: Fact, language: str) -> str:
    """Return the number with the sign of its bound, for a card that shows the unit apart."""
    if fact.number is None:
        return prose(fact, language)
    number = figure(fact, language)
    if fact.entry.kind == "rank":
        return f"第{number}" if language == "zh" else f"No. {number}"
    space = " " if language == "en" and fact.bound is not Bound.EXACT else ""
    return f"{_SIGNS[fact.bound]}{space}{number}"


def unit_label(fact: Fact, language: str) -> str:
    """Return the unit that belongs beside ``signed_figure``."""
    unit = fact.entry.unit or ""
    if fact.entry.kind == "rank" or fact.number is None:
        return ""
    return unit if language == "zh" else _UNIT_LABELS_EN.get(unit, "")


def change(fact: Fact, language: str) -> str:
    """Return a rate of change with its word: ``增长7.3%``, ``up 7.3 percent``.

    Raises:
        ValueError: the fact is no rate.
    """
    if fact.number is None or fact.entry.unit not in ("%", "个百分点"):
        raise ValueError(f'"{fact.id}" is no rate of change')
    falls = fact.number < 0
    rate = fact.model_copy(update={"number": abs(fact.number)})
    if language == "zh":
        return ("下降" if falls else "增长") + _zh_text(rate)
    return ("down " if falls else "up ") + _en_text(rate)


def period(value: Period, language: str) -> str:
    """Return a period: ``2025年上半年``, ``first half of 2025``, ``May 2025``."""
    zh = language == "zh"
    if value.year is None:
        return "截至报道时" if zh else "at publication"
    if value.is_start:
        since = period(value.model_copy(update={"is_start": False}), language)
        return f"{since}以来" if zh else f"since {since}"
    if not value.part:
        return f"{value.year}年" if zh else str(value.year)
    if value.part in _HALVES or value.part in _QUARTERS:
        words = (_HALVES | _QUARTERS)[value.part]
        return f"{value.year}年{words[0]}" if zh else f"{words[1]} {value.year}"
    month = int(value.part)
    if zh:
        return f"{value.year}年{month}月{'底' if value.is_end else ''}"
    return f"{'end of ' if value.is_end else ''}{_MONTHS[month - 1]} {value.year}"


def bound_label(bound: Bound, language: str) -> str:
    """Return what kind of value a figure is, for a table of figures."""
    return _BOUND_LABELS[bound][0 if language == "zh" else 1]


def comparison(fact: Fact, language: str) -> str:
    """Return what a figure is compared with; empty for a plain level."""
    compared = fact.entry.comparison
    if compared is None:
        return ""
    word = _COMPARISONS[compared.kind][0 if language == "zh" else 1]
    if compared.of is None:
        return word
    whole = compared.of.in_language(language)
    if compared.kind == "rank":
        return f"{whole}位次" if language == "zh" else f"rank in {whole}"
    return f"占{whole}比重" if language == "zh" else f"{word} of {whole}"


def place(fact: Fact, at: str, language: str) -> str:
    """Return a place in the source: ``导语第1段``, ``lead, paragraph 1``."""
    name, number = at.split()
    section = fact.source.sections[name]
    zh = language == "zh"
    counter = (
        section.counter.in_language(language) if section.counter else "段" if zh else "paragraph"
    )
    title = section.in_language(language)
    return f"{title}第{number}{counter}" if zh else f"{title}, {counter} {number}"


def date_text(value: object, language: str) -> str:
    """Return a date as the language writes it: ``2025年8月31日``, ``31 August 2025``."""
    year, month, day = (getattr(value, name) for name in ("year", "month", "day"))
    if language == "zh":
        return f"{year}年{month}月{day}日"
    return f"{day} {_MONTHS[month - 1]} {year}"
