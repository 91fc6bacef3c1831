"""Where an axis begins and ends, and its step, as Office chooses them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil, floor, log10

#: An axis has at most so many steps.
_MOST_STEPS = 7
#: Values nearer to each other than this share of the greatest are shown without zero.
_NEAR = Decimal(1) / 6


def axis_ends(
    values: Sequence[Decimal],
    minimum: Decimal | None,
    maximum: Decimal | None,
    step: Decimal | None = None,
    code: str = "General",
    beyond: Sequence[Decimal] = (),
) -> tuple[Decimal, Decimal, Decimal]:
    """Return begin, end and step of an axis that holds the values; given ones stay as they are.

    ``code`` is the number format: no step is finer than what it prints, so that no two marks of
    the axis are printed alike. ``beyond`` are ends of error bars: they must fit, but do not decide
    whether the axis begins at zero.
    """
    low, high = min(values, default=Decimal(0)), max(values, default=Decimal(0))
    if low == high:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    begin, end = _wanted(low, high)
    begin, end = min([begin, *beyond]), max([end, *beyond])
    begin, end = minimum if minimum is not None else begin, maximum if maximum is not None else end
    if end <= begin:
        end = begin + max(abs(begin) / 10, finest_step(code))
    step = step or max(_round_step((end - begin) / _MOST_STEPS), finest_step(code))
    if minimum is None:
        begin = (begin / step).to_integral_value(ROUND_FLOOR) * step
    if maximum is None:
        end = (end / step).to_integral_value(ROUND_CEILING) * step
    return begin, end if end > begin else begin + step, step


def _wanted(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """Return ends with some air beyond the values; zero where all lie on one side and not near."""
    span = high - low
    begin, end = low - span / 20, high + span / 20
    if low >= 0:
        begin = low - span / 2 if high and span / high < _NEAR else Decimal(0)
        begin = max(begin, Decimal(0))
        end = high + (high - begin) / 20
    elif high <= 0:
        end = high + span / 2 if span / -low < _NEAR else Decimal(0)
        end = min(end, Decimal(0))
        begin = low - (end - low) / 20
    return begin, end


def log_ends(
    values: Sequence[Decimal], minimum: Decimal | None, maximum: Decimal | None
) -> tuple[float, float]:
    """Return the ends of a logarithmic axis: powers of ten, where none are given."""
    known = [float(value) for value in values if value > 0] or [1.0]
    low = float(minimum) if minimum else 10.0 ** floor(log10(min(known)))
    high = float(maximum) if maximum else 10.0 ** ceil(log10(max(known)))
    return low, high if high > low else low * 10


def finest_step(code: str) -> Decimal:
    """Return the least difference that a number format shows; nearly 0 where it shows all."""
    plain = re.sub(r'"[^"]*"|\\\\.', "", code.partition(";")[0])
    found = re.search(r"[0#?](?:[.]([0#?]+))?(,*)(?![0#?,.])", plain)
    if found is None or "General" in plain or "E" in plain:
        return Decimal("1e-12")
    places = len(found[1] or "") + 2 * plain.count("%") - 3 * len(found[2])
    return Decimal(1).scaleb(-places)


def _round_step(width: Decimal) -> Decimal:
    power = Decimal(1).scaleb(width.adjusted())
    return next(power * n for n in (1, 2, 5, 10) if power * n >= width)
