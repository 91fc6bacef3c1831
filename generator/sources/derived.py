"""Figures that are worked out from others, and what must hold for that to be honest.

Never worked out: anything from a bound ("more than 2000" by "more than 190" says nothing), a share
of something that is not declared as a part, a difference between periods or units, a level from a
rate of change.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

from generator.errors import Location, Problem
from generator.model.bound import Bound
from generator.model.fact import Derivation, Fact
from generator.model.record import Unfit


def derive(fact: Fact, facts: Mapping[str, Fact]) -> Decimal | Problem:
    """Return the number of a derived fact, or the problem that forbids to work it out."""
    rule = fact.entry.derived
    assert rule is not None
    try:
        inputs = [_usable(facts[name]) for name in rule.inputs]
        _check_alike(*inputs)
        return _share(fact, rule, *inputs) if rule.rule == "share" else _gap(fact, rule, *inputs)
    except Unfit as reason:
        where = Location(fact.file, (f'field "groups.{_path(fact.id)}.derived"',), fact.line)
        message = f'"{fact.id}" cannot be worked out: {reason}'
        return Problem(message, where, reason.hint, code="data")


def _path(fact_id: str) -> str:
    return ".facts.".join(fact_id.split("."))


def _place(fact: Fact) -> str:
    return f"{fact.file}, line {fact.line}"


def _usable(fact: Fact) -> Fact:
    if fact.number is None:
        raise Unfit(f'"{fact.id}" has no number', "use a figure")
    if fact.bound is not Bound.EXACT:
        raise Unfit(
            f'"{fact.id}" ({_place(fact)}) is a bound ("{fact.entry.written}"), not an exact value',
            "a figure can be derived from exact values only",
        )
    return fact


def _check_alike(first: Fact, second: Fact) -> None:
    if first.entry.unit != second.entry.unit:
        raise Unfit(
            f'"{first.id}" ({_place(first)}) is in {first.entry.unit}, "{second.id}" '
            f"({_place(second)}) in {second.entry.unit}",
            "derive from figures of one unit",
        )
    if first.period != second.period:
        raise Unfit(
            f'"{first.id}" ({_place(first)}) is of {first.entry.period}, "{second.id}" '
            f"({_place(second)}) of {second.entry.period}",
            "derive from figures of one period",
        )


def _share(fact: Fact, rule: Derivation, part: Fact, whole: Fact) -> Decimal:
    if part.entry.part_of != whole.id:
        raise Unfit(
            f'"{part.id}" ({_place(part)}) is not declared as part of "{whole.id}"',
            f"if it is one, write part_of: {whole.id} in it",
        )
    if fact.unit is None or fact.unit.kind != "percent":
        raise Unfit("a share is a percentage", 'write unit: "%"')
    assert part.number is not None
    assert whole.number is not None
    if not whole.number:
        raise Unfit(f'"{whole.id}" is zero', "there is no share of nothing")
    with localcontext(prec=60):
        return _rounded(part.number / whole.number * 100, rule.decimals)


def _gap(fact: Fact, rule: Derivation, first: Fact, second: Fact) -> Decimal:
    assert first.unit is not None
    assert second.unit is not None
    wanted = "个百分点" if first.unit.kind == "percent" else first.unit.symbol
    if fact.entry.unit != wanted:
        raise Unfit(f"the difference is in {wanted}", f"write unit: {wanted}")
    assert first.number is not None
    assert second.number is not None
    with localcontext(prec=60):
        return _rounded(first.number - second.number, rule.decimals)


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
