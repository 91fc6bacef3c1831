"""Units of figures: what they measure and how many base units (one yuan, one person) they hold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

UnitKind = Literal["money", "percent", "points", "people", "count", "measure", "age"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as Chinese sources write it.

    ``places`` is the power of ten to the base unit: 8 for 亿元. ``one`` and ``many`` are the
    English words of the base unit; a currency's code for money, empty for what is merely counted.
    ``is_fixed``: English keeps this power of ten, instead of the largest that fits.
    """

    symbol: str
    base: str
    places: int
    kind: UnitKind
    one: str
    many: str
    is_fixed: bool = False


_SCALES = {
    "": 0, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9,
    "百亿": 10, "千亿": 11, "万亿": 12,
}  # fmt: skip

#: The word of each power of ten, as Chinese writes it before a unit.
SCALE_WORDS = {places: word for word, places in _SCALES.items()}

_MONEY = {
    "元": "RMB", "美元": "USD", "欧元": "EUR", "港元": "HKD", "日元": "JPY", "英镑": "GBP",
    "瑞士法郎": "CHF", "加元": "CAD", "澳元": "AUD", "韩元": "KRW", "卢比": "INR", "卢布": "RUB",
    "新加坡元": "SGD", "新台币": "TWD", "澳门元": "MOP", "雷亚尔": "BRL", "泰铢": "THB",
}  # fmt: skip
_PEOPLE = {
    "人": ("person", "people"), "户": ("household", "households"), "人次": ("visit", "visits"),
}  # fmt: skip
_MEASURES = {
    "吨": ("tonne", "tonnes"), "公斤": ("kg", "kg"), "公里": ("km", "km"), "米": ("m", "m"),
    "平方米": ("m²", "m²"), "平方公里": ("km²", "km²"), "公顷": ("hectare", "hectares"),
    "亩": ("mu", "mu"), "立方米": ("m³", "m³"), "千瓦": ("kW", "kW"), "千瓦时": ("kWh", "kWh"),
    "倍": ("time", "times"), "年": ("year", "years"), "月": ("month", "months"),
    "天": ("day", "days"), "小时": ("hour", "hours"), "分钟": ("minute", "minutes"),
    "P": ("P", "P"), "EFLOPS": ("EFLOPS", "EFLOPS"), "PFLOPS": ("PFLOPS", "PFLOPS"),
    "千克": ("kg", "kg"), "克": ("g", "g"), "毫克": ("mg", "mg"), "毫米": ("mm", "mm"),
    "厘米": ("cm", "cm"), "千米": ("km", "km"), "海里": ("nautical mile", "nautical miles"),
    "纳米": ("nm", "nm"), "微米": ("µm", "µm"), "升": ("litre", "litres"),
    "桶": ("barrel", "barrels"), "瓦": ("W", "W"), "兆瓦": ("MW", "MW"), "吉瓦": ("GW", "GW"),
    "兆瓦时": ("MWh", "MWh"), "伏": ("V", "V"), "千伏": ("kV", "kV"), "千伏安": ("kVA", "kVA"),
    "吨公里": ("tonne-km", "tonne-km"), "人公里": ("passenger-km", "passenger-km"),
    "标准箱": ("TEU", "TEU"), "TEU": ("TEU", "TEU"), "吨标准煤": ("tce", "tce"),
    "立方米/秒": ("m³/s", "m³/s"), "微克/立方米": ("µg/m³", "µg/m³"),
    "毫克/升": ("mg/l", "mg/l"), "克/千瓦时": ("g/kWh", "g/kWh"), "公斤/亩": ("kg/mu", "kg/mu"),
    "元/平方米": ("yuan/m²", "yuan/m²"), "元/吨": ("yuan/t", "yuan/t"),
    "美元/吨": ("USD/t", "USD/t"), "美元/桶": ("USD/barrel", "USD/barrel"),
    "元/人": ("yuan per person", "yuan per person"), "元/月": ("yuan a month", "yuan a month"),
    "元/千瓦时": ("yuan/kWh", "yuan/kWh"), "元/公斤": ("yuan/kg", "yuan/kg"),
    "元/亩": ("yuan/mu", "yuan/mu"), "万元/亩": ("10,000 yuan/mu", "10,000 yuan/mu"),
    "米/秒": ("m/s", "m/s"), "公里/小时": ("km/h", "km/h"), "摄氏度": ("°C", "°C"),
    "℃": ("°C", "°C"), "分贝": ("dB", "dB"), "秒": ("second", "seconds"),
    "个月": ("month", "months"), "周": ("week", "weeks"), "日": ("day", "days"),
    "季度": ("quarter", "quarters"), "‰": ("per mille", "per mille"),
    "基点": ("basis point", "basis points"), "个基点": ("basis point", "basis points"),
    "点": ("point", "points"), "分": ("point", "points"), "国": ("country", "countries"),
    "人年": ("person-year", "person-years"), "字节": ("bytes", "bytes"), "GB": ("GB", "GB"),
    "便士": ("penny", "pence"),
    "TB": ("TB", "TB"), "PB": ("PB", "PB"), "头": ("head", "head"), "羽": ("bird", "birds"),
}  # fmt: skip
_COUNTS = (
    *"个家名项所次期位件款座条辆台种篇场批支只套门类届颗架艘笔宗本张床处部株间栋幢片列份起例股宗轮"
    "级层组对枚册块口盏枝棵匹村镇县市区省园校院站店厂机队",
    "班次", "航次", "架次", "车次", "床位", "车位", "车间", "标段", "单", "班", "线", "路",
)  # fmt: skip
_OTHERS: dict[str, tuple[UnitKind, str, str]] = {
    "%": ("percent", "%", "%"), "个百分点": ("points", "percentage point", "percentage points"),
    "百分点": ("points", "percentage point", "percentage points"),
    "周岁": ("age", "year", "years"), "岁": ("age", "year", "years"),
}  # fmt: skip

#: Words that stand in the place of a unit: 4大平台 counts platforms, 位 is polite for 名.
SAME_UNITS = {
    "个": ("大", "项", "种", "家", "款"), "所": ("大", "家", "个"), "名": ("位", "人", "大"),
    "家": ("个", "户"), "人": ("名", "位"), "项": ("个",), "周岁": ("岁",), "岁": ("周岁",),
    "个百分点": ("百分点",), "百分点": ("个百分点",), "%": ("percent", "per cent", "pct"),
    "点": ("",), "℃": ("摄氏度", "°C"), "国": ("个国家", "国"), "个月": ("月",),
    "标准箱": ("TEU", "个标准箱", "标箱"), "人次": ("次",), "户": ("家",), "辆": ("台",),
    "平方米": ("平米", "㎡", "m2"), "平方公里": ("平方千米", "km2"), "公斤": ("千克",),
    "千瓦时": ("度", "kWh"), "小时": ("个小时",), "季度": ("个季度",), "‰": ("个千分点",),
    "元": ("人民币", "块"), "港元": ("港币",), "港币": ("港元",),
}  # fmt: skip


def _bases() -> dict[str, tuple[UnitKind, str, str]]:
    bases: dict[str, tuple[UnitKind, str, str]] = dict(_OTHERS)
    bases.update({base: ("money", code, code) for base, code in _MONEY.items()})
    bases.update({base: ("people", one, many) for base, (one, many) in _PEOPLE.items()})
    bases.update({base: ("measure", one, many) for base, (one, many) in _MEASURES.items()})
    bases.update(dict.fromkeys(_COUNTS, ("count", "", "")))
    return bases


_BASES = _bases()
_UNITS_LIKE_SCALES = tuple(base for base in _BASES if base[0] in "百千万亿")
#: The units without scale words, for messages.
UNIT_NAMES = tuple(_BASES)


@lru_cache(maxsize=256)
def find_unit(symbol: str) -> Unit | None:
    """Return the unit that ``亿元``, ``万人``, ``%`` or ``家`` names; None for an unknown one."""
    for scale, places in _SCALES.items():
        if not symbol.startswith(scale):
            continue
        base = symbol[len(scale) :]
        if base not in _BASES:
            continue
        kind, one, many = _BASES[base]
        if scale and kind in ("percent", "points", "age"):
            continue
        return Unit(symbol, base, places, kind, one, many)
    return None


def moved(number: Decimal, places: int) -> Decimal:
    """Return ``number`` with its decimal point moved by ``places``, exactly.

    Digits behind the point stay as they were written; a whole number gets none that are zero.
    """
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # no figure is infinite
    result = exponent + places
    if not number and exponent >= 0:
        return Decimal(0)
    if result >= 0:
        return Decimal((sign, digits + (0,) * result, 0))
    while exponent >= 0 and result < 0 and len(digits) > 1 and digits[-1] == 0:
        digits, result = digits[:-1], result + 1
    return Decimal((sign, digits, result))


def in_base_units(number: Decimal, unit: Unit) -> Decimal:
    """Return a number of ``unit`` in base units, exactly: 6.5 of 万人 is 65000."""
    return moved(number, unit.places)


def scale_of(text: str) -> tuple[str, int]:
    """Return the scale word that ``text`` begins with, the longest there is, and its places.

    千 of 千瓦时 and 百 of 百分点 belong to the unit.
    """
    if text.startswith(_UNITS_LIKE_SCALES):
        return "", 0
    scale = max((word for word in _SCALES if text.startswith(word)), key=len)
    return scale, _SCALES[scale]
