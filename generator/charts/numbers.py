"""Numbers of charts as text: for cells and caches with all digits, and for the eye."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from generator.errors import ChartError

_LARGEST = 307  # power of ten; a cell holds a double


def number_text(value: Decimal) -> str:
    """Return a number as both a cell and the chart's cache hold it, with all its digits.

    Raises:
        ChartError: the value is no finite number, or beyond what a worksheet can hold.
    """
    text = str(value)
    if len(text) < 20 and "E" not in text and text[-1].isdecimal() and text[:2] != "-0":
        return text  # what nearly all numbers are
    if value.is_finite():
        if not value:
            return f"{abs(value):f}" if value.adjusted() >= -20 else "0"
        power = value.adjusted()
        if -20 <= power <= 20:
            return f"{value:f}"
        if -_LARGEST <= power <= _LARGEST:
            return str(value)
    raise ChartError(f'"{value}" is no number that a chart can show', None, "give a finite number")


def number_texts(values: Sequence[Decimal | None]) -> tuple[str | None, ...]:
    """Return numbers as ``number_text`` does; a gap stays one.

    Raises:
        ChartError: one of them cannot stand in a worksheet.
    """
    texts = tuple(map(str, values))
    joined = ",".join(texts)
    # what nearly all numbers are, told at once: "-0", "1E+9", "NaN" and None are not among them
    is_plain = not joined.strip("0123456789.,-") and "-0" not in joined
    if is_plain and max(map(len, texts), default=0) < 20:
        return texts
    return tuple([None if value is None else number_text(value) for value in values])


def serial_day(day: datetime.date) -> Decimal:
    """Return a day as worksheets count it (ECMA-376 Part 1, 18.17.4.1, epoch 1900).

    Raises:
        ChartError: the day lies before March 1900, where worksheets count wrongly.
    """
    number = (day - datetime.date(1899, 12, 30)).days
    if number < 61:
        raise ChartError(f"the day {day} cannot stand on an axis of time", None,
                         "give days from March 1900 on, or texts")  # fmt: skip
    return Decimal(number)


#: ``0.0``, ``#,##0.00``, ``General``, with texts in quotes around: what most formats are.
_CODE = re.compile(
    r'(?P<before>(?:"[^"]*")?)(?P<core>General|(?P<group>#,##)?0(?:\.(?P<places>0+))?)'
    r'(?P<percent>%?)(?P<after>(?:"[^"]*")?)'
)


@lru_cache(maxsize=256)
def _code_parts(code: str) -> tuple[str, bool, int | None, bool, str] | None:
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    places = None if found["core"] == "General" else len(found["places"] or "")
    return (found["before"].strip('"'), bool(found["group"]), places, bool(found["percent"]),
            found["after"].strip('"'))  # fmt: skip


def formatted(value: Decimal, code: str) -> str | None:
    """Return a number as Office prints it by a number format; None for a format we do not read."""
    parts = _code_parts(code)
    if parts is None:
        days = _day_text(value, code)
        return _by_section(value, code) if days is None else days
    before, grouped, places, percent, after = parts
    exact = value * (100 if percent else 1)
    if places is None:
        exact = exact.normalize() if exact else Decimal(0)
        text = f"{exact:,f}" if grouped else f"{exact:f}"
    else:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        exact = exact or abs(exact)  # what rounds to zero has no sign
        text = f"{exact:,f}" if grouped else f"{exact:f}"
    sign = "-" if text.startswith("-") else ""
    return f"{sign}{before}{text.removeprefix('-')}{'%' if percent else ''}{after}"


# --- formats with sections, signs, scales and optional digits (ECMA-376 Part 1, 18.8.31) ---

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>General)|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)"
    r"(?P<power>E[+-]0+)?|(?P<end>;)|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the sections of a number format: what stands around the digits, and their pattern."""

    before: str
    digits: str
    power: str
    after: str
    percents: int


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[_Section, ...] | None:
    """Return the sections of a format; None for one with conditions, or digits in pieces."""
    sections: list[_Section] = []
    texts, digits, power = ["", ""], "", ""
    for found in _PIECE.finditer(code + ";"):
        if found["end"]:
            percents = sum(text.count("\0") for text in texts)
            before, after = (text.replace("\0", "%") for text in texts)
            sections.append(_Section(before, digits, power, after, percents))
            texts, digits, power = ["", ""], "", ""
            continue
        if found["digits"] or found["general"]:
            if digits:
                return None
            digits, power = found["digits"] or "General", found["power"] or ""
            continue
        if found["bracket"] is not None and re.match(r"[<>=]|[hms]+$", found["bracket"]):
            return None
        other = found["other"] or ""
        if other and ((other.isascii() and other.isalpha()) or other in "@/"):
            return None
        other = "\0" if other == "%" else other
        text = found["quoted"] or found["escaped"] or found["currency"] or other
        texts[1 if digits else 0] += text
    return tuple(sections) if any(one.digits for one in sections) else None


def _by_section(value: Decimal, code: str) -> str | None:
    sections = _sections(code)
    if sections is None or len(sections) > 4:
        return None
    sign = "-" if value < 0 and len(sections) == 1 else ""
    if value < 0 and len(sections) > 1:
        section = sections[1]
    elif not value and len(sections) > 2:
        section = sections[2]
    else:
        section = sections[0]
    if not section.digits:
        return section.before
    text = _digits(abs(value) * 100**section.percents, section)
    if not text.strip("0.,"):
        sign = ""
    return f"{sign}{section.before}{text}{section.after}"


def _digits(value: Decimal, section: _Section) -> str:
    """Return the digits of a number that is not negative, by a pattern such as ``#,##0.0#``."""
    if section.digits == "General":
        return f"{value.normalize():f}" if value else "0"
    pattern = section.digits.rstrip(",")
    whole, _, rest = pattern.partition(".")
    scaled = whole.rstrip(",")
    value = value.scaleb(-3 * (len(section.digits) - len(pattern) + len(whole) - len(scaled)))
    most, least = len(rest), len(rest.rstrip("#?"))
    power = value.adjusted() if section.power and value else 0
    value = value.scaleb(-power).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    text = f"{value:f}"
    before, _, after = text.partition(".")
    while len(after) > least and after.endswith("0"):
        after = after[:-1]
    wanted = scaled.replace(",", "").count("0")
    before = (before.lstrip("0") or "").rjust(wanted, "0")
    if "," in scaled and before:
        before = f"{int(before):,}".rjust(wanted, "0")
    tail = ""
    if section.power:
        sign = "-" if power < 0 else "+" if section.power[1] == "+" else ""
        tail = f"E{sign}{abs(power):0{len(section.power) - 2}d}"
    return before + (f".{after}" if after else "") + tail


_DAY_PIECES = {"yyyy": "%Y", "mm": "%m", "dd": "%d"}


def _day_text(value: Decimal, code: str) -> str | None:
    """Return the day that a number stands for by a format such as ``yyyy-mm``; None for others."""
    pieces = re.split(r"(yyyy|mm|dd|m|d)", code)
    if not {"yyyy", "mm", "m"} & set(pieces) or re.search(r"[0#a-zA-Z]", "".join(pieces[::2])):
        return None
    day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))
    words = {"m": str(day.month), "d": str(day.day)}
    return "".join(
        day.strftime(_DAY_PIECES[piece]) if piece in _DAY_PIECES else words.get(piece, piece)
        for piece in pieces
    ).replace('"', "")


def format_of(values: tuple[Decimal | None, ...], before: str = "", after: str = "") -> str:
    """Return a number format that prints all of the values with the digits they have.

    Where one has thousands all are grouped; where the values differ in digits, each keeps its own.
    """
    numbers = [value for value in values if value is not None]
    places = {max(0, -int(number.as_tuple().exponent)) for number in numbers}
    if len(places) > 1:
        core = "General"
    else:
        digits = places.pop() if places else 0
        whole = "#,##0" if any(abs(number) >= 1000 for number in numbers) else "0"
        core = whole + ("." + "0" * digits if digits else "")
    return f"{_quoted(before)}{core}{_quoted(after)}"


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), "")}"' if text else ""
