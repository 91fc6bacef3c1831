"""The gate: what a report must not say before it is written.

Numbers that no fact explains, bounds that were dropped, figures that are out of date, shares that
do not add up, figures that are printed in two ways, texts whose languages differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from generator.build.printed_figures import PlainText, PrintedFigure
from generator.build.prose_numbers import numbers_in
from generator.build.said_values import Said, said_value
from generator.build.views import FactView
from generator.errors import DataError, Location, Problem, Severity, near_name_hint
from generator.model.bound import BOUND_WORDS
from generator.model.fact import Fact, FactBook
from generator.model.report import ReportDefinition, SumDefinition
from generator.model.unit import moved


@dataclass(frozen=True, slots=True)
class GateFile:
    """A result with its figures and what else it says; ``document`` is what it is an edition of."""

    name: str
    figures: Sequence[PrintedFigure]
    texts: Sequence[PlainText]
    language: str
    document: str = ""


def gate_problems(
    report: ReportDefinition, book: FactBook, files: Sequence[GateFile],
    views: Mapping[str, Mapping[str, FactView]],
) -> list[Problem]:  # fmt: skip
    """Return what the gate finds, each finding with the severity that the report sets for it."""
    gate = report.entry.gate
    checks = (
        (gate.unexplained_numbers, _unexplained(report, files, views, book)),
        (gate.dropped_bounds, _dropped_bounds(files, views, book)),
        (gate.two_ways, _two_ways(files, book)),
        (gate.out_of_date, _out_of_date(report, book, files)),
        (gate.sums, _sums(report, book)),
        (gate.languages, _languages(book)),
        (gate.languages, _two_languages(files, book)),
    )
    problems: list[Problem] = []
    for setting, found in checks:
        if setting == "off":
            continue
        severity: Severity = "error" if setting == "error" else "warning"
        problems += (replace(problem, severity=severity) for problem in found)
    return list(dict.fromkeys(problems))


def _problem(message: str, where: Location | None, hint: str) -> Problem:
    return Problem(message, where, hint, code=DataError.code)


# --- numbers that no fact explains ---


def _unexplained(
    report: ReportDefinition, files: Sequence[GateFile],
    views: Mapping[str, Mapping[str, FactView]], book: FactBook,
) -> Iterator[Problem]:  # fmt: skip
    gate = report.entry.gate
    said = {str(value) for value in report.parameters.values()}
    literals = (*gate.literals, *(text for text in said if _holds_more(text)))
    for file in files:
        bounded = _bounded(views.get(file.language, {}).values())
        for text in file.texts:
            for number in numbers_in(text.text, literals):
                if number.replace(",", "") in said:  # a parameter, which the row explains
                    continue
                view = bounded.get(number.replace(",", ""))
                if text.is_heading and view is None:
                    continue
                if view is not None:
                    yield _problem(
                        f'"{number}" stands without its bound; the fact {view.id} is '
                        f"{view.short} ({_defined(book[view.id])})", text.place,
                        f"write {{{{ {view.id} }}}}",
                    )  # fmt: skip
                    continue
                yield _problem(
                    f'no fact explains the number "{number}"', text.place,
                    "print a fact there, or name the number under gate: literals:",
                )  # fmt: skip


def _holds_more(text: str) -> bool:
    """Return whether a text holds digits and letters: what is left out as a whole."""
    return any(sign.isdigit() for sign in text) and any(sign.isalpha() for sign in text)


def _dropped_bounds(
    files: Sequence[GateFile], views: Mapping[str, Mapping[str, FactView]], book: FactBook
) -> Iterator[Problem]:
    """Yield a problem for a bounded figure whose bound stands neither in its text nor beside it."""
    for file in files:
        for figure in file.figures:
            view = views.get(file.language, {}).get(figure.fact)
            if not figure.is_figure or view is None or view.bound == "exact":
                continue
            if not any(sign.isdigit() for sign in figure.text):
                continue
            if _holds_bound(figure.text) or _says_bound(figure, view):
                continue
            yield _problem(
                f'"{figure.text}" stands without its bound; {view.id} is {view.short} '
                f"({_defined(book[view.id])})",
                figure.place, f"write {{{{ {view.id} }}}}, or say the bound beside the number",
            )  # fmt: skip


def _defined(fact: Fact) -> str:
    return f"{fact.file}, line {fact.line}"


def _holds_bound(text: str) -> bool:
    low = text.lower()
    return any(word.text in low for word in BOUND_WORDS)


def _says_bound(figure: PrintedFigure, view: FactView) -> bool:
    before, after = figure.before.rstrip(), figure.after.lstrip()
    for word in BOUND_WORDS:
        same = word.bound.value == view.bound or {word.bound.value, view.bound} <= _ABOVE or (
            {word.bound.value, view.bound} <= _BELOW)  # fmt: skip
        if not same:
            continue
        if word.position == "before" and before.endswith(word.text):
            return True
        if word.position != "before" and word.text in after[: len(word.text) + 12]:
            return True
    return False


_ABOVE = {"over", "at_least"}
_BELOW = {"under", "at_most", "nearly"}


def _bounded(views: Iterable[FactView]) -> dict[str, FactView]:
    return {
        f"{number:f}": view
        for view in views
        if view.bound not in ("exact",) and view.is_figure
        for number in (view.amount, view.number)
        if number is not None
    }


# --- one figure, two ways ---


def _two_ways(files: Sequence[GateFile], book: FactBook) -> Iterator[Problem]:
    """Yield a problem for a figure whose value differs between two places of one language."""
    seen: dict[tuple[str, str, str], tuple[Said, Location]] = {}
    for file in files:
        for figure in file.figures:
            said = said_value(figure, file.language, book)
            if said is None:
                continue
            key = (figure.fact, figure.cell, file.language)
            first = seen.setdefault(key, (said, figure.place))
            if first[0].value != said.value:
                yield _problem(
                    f'"{figure.fact}" is printed as {said.told} here, and as {first[0].told} in '
                    f"{first[1]}", figure.place, "print it the same way in both places",
                )  # fmt: skip


def _two_languages(files: Sequence[GateFile], book: FactBook) -> Iterator[Problem]:
    """Yield a problem for a figure that the editions of one document print with other values."""
    seen: dict[tuple[str, str, str], dict[str, tuple[Said, Location]]] = {}
    for file in files:
        for figure in file.figures:
            said = said_value(figure, file.language, book)
            if said is None or not file.document:
                continue
            places = seen.setdefault((file.document, figure.fact, figure.cell), {})
            places.setdefault(file.language, (said, figure.place))
    for (_, fact, _), places in seen.items():
        (first, place), *others = places.values()
        for said, here in others:
            if said.value != first.value:
                yield _problem(
                    f'"{fact}" is printed as {said.told} here, and as {first.told} in {place}',
                    here, "round it alike in both languages, or print it unrounded",
                )  # fmt: skip


# --- figures that are out of date ---


def _out_of_date(
    report: ReportDefinition, book: FactBook, files: Sequence[GateFile]
) -> Iterator[Problem]:
    ends = {
        fact.id: fact for fact in book
        if fact.entry.valid_until is not None and fact.entry.valid_until < report.date
    }  # fmt: skip
    told: set[str] = set()
    for file in files:
        for figure in file.figures:
            fact = ends.get(figure.fact)
            if fact is None or figure.fact in told or not figure.is_figure:
                continue
            told.add(figure.fact)
            yield _problem(
                f'"{fact.id}" was valid until {fact.entry.valid_until}, and the report is of '
                f"{report.date}; it is printed in {figure.place}",
                Location(fact.file, line=fact.line), "find the newer figure",
            )  # fmt: skip


# --- sums ---


def _sums(report: ReportDefinition, book: FactBook) -> Iterator[Problem]:
    """Yield a problem for parts that do not make up their whole, within their roundings."""
    for number, check in enumerate(report.entry.gate.adds_up, 1):
        line = report.lines.get(("gate", "adds_up", number - 1))
        where = Location(report.file, ("gate", f"adds_up {number}"), line)
        if check.dataset is not None:
            yield from _column_sum(check, book, where)
        else:
            yield from _fact_sum(check, book, where)


def _fact_sum(check: SumDefinition, book: FactBook, where: Location) -> Iterator[Problem]:
    names = (*check.facts, *([check.whole] if check.whole else ()))
    unknown = [name for name in names if name not in book]
    if unknown:
        near = near_name_hint(unknown[0], list(book.by_id()))
        yield _problem(f'the data have no fact "{unknown[0]}"', where, near or "correct the name")
        return
    named = [book[name] for name in names]
    first = named[-1]
    for fact in named:
        if fact.number is None or fact.unit is None or first.unit is None:
            yield _problem(f'"{fact.id}" has no number', where, "add up figures only")
            return
        if fact.unit.base != first.unit.base:
            yield _problem(
                f'"{fact.id}" is in {fact.unit.symbol} ({_defined(fact)}), "{first.id}" in '
                f"{first.unit.symbol} ({_defined(first)})", where, "add up figures of one unit",
            )  # fmt: skip
            return
    parts = [_in_unit_of(fact, first) for fact in named[: len(check.facts)]]
    whole = _in_unit_of(first, first) if check.whole else check.total or Decimal(0)
    room = sum((_rounding(fact, first) for fact in named), Decimal(0))
    total = sum(parts, Decimal(0))
    if abs(total - whole) > (room if check.tolerance is None else check.tolerance):
        told = " + ".join(f"{n:f} ({f.id})" for n, f in zip(parts, named, strict=False))
        said = f"{whole:f} ({check.whole})" if check.whole else f"{whole}"
        places = ", ".join(dict.fromkeys(_defined(fact) for fact in named))
        yield _problem(f"{told} = {total:f}, which is not {said}; they stand in {places}", where,
                       "correct the figures, or name what is missing")  # fmt: skip


def _in_unit_of(fact: Fact, other: Fact) -> Decimal:
    assert fact.number is not None
    assert fact.unit is not None
    assert other.unit is not None
    return moved(fact.number, fact.unit.places - other.unit.places)


def _column_sum(check: SumDefinition, book: FactBook, where: Location) -> Iterator[Problem]:
    """Yield a problem for a column that does not sum up to its total."""
    dataset = book.datasets.get(check.dataset or "")
    if dataset is None:
        near = near_name_hint(check.dataset or "", list(book.datasets))
        yield _problem(f'there is no dataset "{check.dataset}"', where, near or "correct the name")
        return
    if check.column not in dataset.names:
        yield _problem(f'the dataset "{dataset.name}" has no column "{check.column}"', where,
                       near_name_hint(check.column or "", dataset.names)
                       or f"it has: {', '.join(dataset.names)}")  # fmt: skip
        return
    place = dataset.names.index(check.column)
    values = [row[place] for row in dataset.rows if row[place] is not None]
    numbers = [Decimal(v) for v in values if isinstance(v, (int, Decimal)) and v is not True]
    if len(numbers) < len(values):
        yield _problem(f'the column "{check.column}" holds no numbers', where, "add up numbers")
        return
    total, whole = sum(numbers, Decimal(0)), check.total or Decimal(0)
    least = min((int(n.as_tuple().exponent) for n in numbers), default=0)
    room = Decimal(5).scaleb(least - 1) * len(numbers) if least < 0 else Decimal(0)
    if abs(total - whole) > (room if check.tolerance is None else check.tolerance):
        yield _problem(
            f'the column "{check.column}" of {dataset.origin.told} sums up to {total:f}, '
            f"not to {whole}", where, "correct the figures, or name what is missing",
        )  # fmt: skip


def _rounding(fact: Fact, other: Fact) -> Decimal:
    """Return half a unit of the last digit, which rounding may have taken; nothing of a count."""
    exponent = fact.number.as_tuple().exponent if fact.number is not None else 0
    is_count = isinstance(exponent, int) and exponent >= 0 and fact.entry.unit != "%"
    if not isinstance(exponent, int) or is_count:
        return Decimal(0)
    assert fact.unit is not None
    assert other.unit is not None
    return moved(Decimal(5).scaleb(exponent - 1), fact.unit.places - other.unit.places)


# --- languages ---

_ZH_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s?(万|亿)?")
_EN_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?:\s?(thousand|million|billion))?")
_SCALES = {"万": 4, "亿": 8, "thousand": 3, "million": 6, "billion": 9}


def _languages(book: FactBook) -> Iterator[Problem]:
    """Yield a problem for the texts of a fact whose numbers differ between the languages."""
    for fact in book:
        for field in ("name", "short", "text"):
            words = getattr(fact.entry, field)
            if words is None:
                continue
            zh = _values(words.zh, _ZH_NUMBER)
            en = _values(words.en, _EN_NUMBER)
            if zh and en and not (zh <= en or en <= zh):
                yield _problem(
                    f'"{fact.id}" says {_told(zh - en)} in Chinese and {_told(en - zh)} in English '
                    f"({field})", Location(fact.file, line=fact.line), "correct one of the texts",
                )  # fmt: skip


def _values(text: str, pattern: re.Pattern[str]) -> set[Decimal]:
    values = set()
    for number, scale in pattern.findall(text):
        try:
            values.add(Decimal(number.replace(",", "")).scaleb(_SCALES.get(scale, 0)).normalize())
        except InvalidOperation:
            continue
    return values


def _told(values: set[Decimal]) -> str:
    return ", ".join(f"{value:f}" for value in sorted(values))
