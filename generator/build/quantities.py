"""Numbers, days and periods of datasets as the language of an edition prints them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from generator.build.marked_views import BEGIN, CUT, END, MarkedText
from generator.build.views import FactView
from generator.model import wording
from generator.model.bound import Bound
from generator.model.fact import Fact, FactEntry, SourceText
from generator.model.period import Period
from generator.model.record import Words
from generator.model.unit import UNIT_NAMES, find_unit

_NOTHING = Words.model_construct(zh="", en="")
_NO_SOURCE = SourceText.model_construct(
    title=_NOTHING, label=_NOTHING, credit=None, published=None, sections={}
)
_LOCALES = {"zh": "zh_CN", "en": "en_GB"}


class QuantityView(FactView):
    """A number with a unit that is no fact; what it prints carries the mark of its number."""

    __slots__ = ("_mark",)

    def __init__(self, fact: Fact, language: str, mark: str) -> None:
        super().__init__(fact, language, {})
        self._mark = mark

    def _told(self, text: str) -> str:
        return _marked(text, self._mark)

    def __str__(self) -> str:
        return self._told(super().__str__())

    def in_unit(self, unit: str | None = None, decimals: int | None = None) -> str:
        return self._told(super().in_unit(unit, decimals))

    def rounded(self, decimals: int = 0) -> str:
        return self._told(super().rounded(decimals))

    @property
    def short(self) -> str:
        return self._told(wording.short(self._fact, self._language))

    @property
    def figure(self) -> str:
        return self._told(wording.figure(self._fact, self._language))

    @property
    def change(self) -> str:
        return self._told(wording.change(self._fact, self._language))


def _mark_of(value: object) -> str:
    """Return the mark around a value of a dataset, empty without one."""
    text = str.__str__(value) if isinstance(value, str) else getattr(value, "marked", "")
    return text[: text.index(CUT) + 1] if text.startswith(BEGIN) and CUT in text else ""


def _marked(text: str, mark: str) -> str:
    return MarkedText(f"{mark}{text}{END}", text, int(mark[1:-1])) if mark else text


def quantity_functions(language: str) -> dict[str, Callable[..., object]]:
    """Return ``quantity``, ``day`` and ``period`` for templates of one language."""

    def quantity(number: object, unit: str, bound: str = "exact") -> FactView | str:
        """Return a number with its unit, to be printed and filtered as a fact; None prints nothing.

        Raises:
            TypeError: it is no number.
            ValueError: the unit or bound is unknown.
        """
        if number is None:
            return ""
        if isinstance(number, bool) or not isinstance(number, (int, Decimal)):
            raise TypeError('"quantity" takes a number, such as row.amount')
        found = find_unit(unit)
        if found is None:
            raise ValueError(f'"{unit}" is no known unit; known: {" ".join(UNIT_NAMES)}')
        if bound not in list(Bound):
            raise ValueError(f'"{bound}" is no bound; known: {" ".join(Bound)}')
        plain = Decimal(int(number)) if isinstance(number, int) else Decimal(number)
        entry = FactEntry.model_construct(name=_NOTHING, unit=unit, bound=Bound(bound))
        fact = Fact(
            id=f"quantity in {unit}", entry=entry, period=Period(None), number=plain, unit=found,
            bound_word=None, inferred=None, has_assumed_year=False, source=_NO_SOURCE, file="",
            line=0,
        )  # fmt: skip
        return QuantityView(fact, language, _mark_of(number))

    def day(value: object, pattern: str | None = None) -> str:
        """Return a day in words, ``2025年6月30日``, or by a pattern of Unicode: ``EEEE, d MMM``.

        Raises:
            TypeError: it is no day.
        """
        if value is None:
            return ""
        if not isinstance(value, date):
            raise TypeError('"day" takes a day, such as row.day')
        plain = date(value.year, value.month, value.day)
        if pattern is None:
            return _marked(wording.date_text(plain, language), _mark_of(value))
        from babel.dates import format_datetime

        moment = datetime(plain.year, plain.month, plain.day)
        if isinstance(value, datetime):
            moment = moment.replace(hour=value.hour, minute=value.minute, second=value.second)
        text = format_datetime(moment, str(pattern), locale=_LOCALES[language])
        return _marked(text, _mark_of(value))

    def period(value: object) -> str:
        """Return a period in words: ``2025年上半年`` for ``2025-H1``.

        Raises:
            ValueError: it is no period.
        """
        if value is None:
            return ""
        plain = getattr(value, "plain", None)
        if isinstance(value, int) and not isinstance(value, bool):
            plain = f"{int(value)}"
        elif isinstance(value, date):
            plain = date(value.year, value.month, value.day).isoformat()
        text = wording.period(Period.parse(str(value) if plain is None else plain), language)
        return _marked(text, _mark_of(value))

    return {"quantity": quantity, "day": day, "period": period}
