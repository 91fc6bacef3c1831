"""The next edition of facts that stand in cells: a new table beside the one that they were read from.

A fact keeps its column and the keys of its row. Where its row or column is chosen by a period, the
next one that the new table has is taken; everything then waits for its review.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.extraction.updating import Pair
from generator.extraction.yaml_edit import YamlText
from generator.model.dataset import Dataset
from generator.model.dataset_definition import CellReference
from generator.model.fact import FactEntry
from generator.model.record import Unfit
from generator.sources.cells import cell_of

#: A year, alone or with a part of it: 2025, 2025-H1, 2025年6月.
_PERIOD = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<rest>(?:\D.*)?)", re.DOTALL)
_YEAR_WITHIN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: Rows of the new table that no fact uses are told up to this number.
_MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class CellFact:
    """A fact of a cell: where it stands in the data file, its entry, its fields as written."""

    group: str
    name: str
    entry: FactEntry
    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.group}.{self.name}"


@dataclass(frozen=True, slots=True)
class _Match:
    """What a fact is in the new table: its reference, whether that is another one, its value."""

    reference: CellReference
    old_period: str
    new_period: str
    place: str
    shown: str
    row: int
    column: int


def update_cells(
    text: YamlText, root: str, facts: Sequence[CellFact], old: Dataset | None, new: Dataset
) -> list[Pair]:
    """Change the entries of facts to the cells of a new table; return each beside what it was.

    ``root`` is the key under which the file has its groups. What the new table has and no fact
    uses stands last.
    """
    pairs: list[Pair] = []
    used: list[_Match] = []
    for fact in facts:
        reference = fact.entry.cell
        assert reference is not None
        was = _shown_in(reference, old)
        path = (root, fact.group, "facts", fact.name)
        match, reason = _find(fact, reference, new)
        if match is None:
            _ask(text, path, was, fact, "", [
                f"not in the new table: {reason}",
                "accept to keep it, change its cell in the file, or skip to drop it",
            ])  # fmt: skip
            pairs.append(_pair(fact, "missing", was, "", "", text.line_of(*path)))
            continue
        used.append(match)
        period, checks = _period_of(fact, match)
        if match.reference != reference:
            text.put((*path, "cell"), _plain(match.reference))
        if period != fact.entry.period:
            text.put((*path, "period"), int(period) if period.isdigit() else period)
        if fact.entry.valid_until is not None:
            checks.append(f"valid_until is {fact.entry.valid_until}; is it still right?")
        _ask(text, path, was, fact, f"{match.place}: {match.shown}", checks)
        state = "same" if (was, fact.entry.period) == (match.shown, period) else "changed"
        pairs.append(_pair(fact, state, was, match.shown, period, text.line_of(*path)))
    pairs += _unused(new, facts, used)
    return pairs


def _pair(fact: CellFact, state: Any, was: str, new: str, period: str, line: int) -> Pair:
    sure = 0.0 if state == "missing" else 1.0
    return Pair(fact.id, fact.entry.name.zh, state, was, fact.entry.period, new, period, sure, line)


def _ask(
    text: YamlText, path: tuple[str, ...], was: str, fact: CellFact, sentence: str,
    checks: Sequence[str],
) -> None:  # fmt: skip
    review: dict[str, Any] = {"sentence": sentence} if sentence else {}
    review["was"] = f"{was or 'not read'} ({fact.entry.period})"
    if checks:
        review["check"] = list(checks)
    text.put((*path, "review"), review)


def _shown_in(reference: CellReference, dataset: Dataset | None) -> str:
    """Return what a cell of the old table holds; empty if it cannot be read any more."""
    if dataset is None:
        return ""
    try:
        return cell_of(reference, dataset).shown
    except Unfit:
        return ""


def _find(fact: CellFact, reference: CellReference, new: Dataset) -> tuple[_Match | None, str]:
    """Return the cell of the new table that a fact stands in now, or why there is none."""
    reason = ""
    for candidate, before, after in _candidates(reference, new):
        try:
            cell = cell_of(candidate, new)
        except Unfit as error:
            reason = reason or str(error)
            continue
        if fact.entry.unit is not None and not cell.is_number:
            reason = reason or f'{cell.place} holds "{cell.shown}", which is not a number'
            continue
        return _Match(candidate, before, after, cell.place, cell.shown, cell.row, cell.column), ""
    return None, reason


def _candidates(reference: CellReference, new: Dataset) -> Iterator[tuple[CellReference, str, str]]:
    """Yield the references to try, with the period before and after: the next one, then the same."""
    for key, value in reference.where.items():
        before = _PERIOD.fullmatch(str(value))
        if before is None or isinstance(value, bool) or key not in new.names:
            continue
        at = new.names.index(key)
        for after in _later(str(value), [row[at] for row in new.rows]):
            where = {**reference.where, key: int(after) if isinstance(value, int) else after}
            yield reference.model_copy(update={"where": where}), str(value), after
    year = _YEAR_WITHIN.search(reference.column)
    if year is not None:
        shape = _YEAR_WITHIN.sub("*", reference.column, count=1)
        later = sorted(
            (match.group(), name) for name in new.names
            if (match := _YEAR_WITHIN.search(name)) is not None and match.group() > year.group()
            and _YEAR_WITHIN.sub("*", name, count=1) == shape
        )  # fmt: skip
        for after, name in later:
            yield reference.model_copy(update={"column": name}), year.group(), after
    yield reference, "", ""


def _later(value: str, column: Sequence[object]) -> list[str]:
    """Return the periods of a column that come after one, those of its own kind, in order.

    2026-H1 comes after 2025-H1, 2025-07 after 2025-06; 2025-H1 and 2025 are of two kinds.
    """
    known = {str(cell) for cell in column if cell is not None and not isinstance(cell, bool)}
    kind = re.sub(r"\d", "0", value)
    return sorted(other for other in known if re.sub(r"\d", "0", other) == kind and other > value)


def _period_of(fact: CellFact, match: _Match) -> tuple[str, list[str]]:
    """Return the period of a fact in its new cell, and what is to be looked at."""
    period = fact.entry.period
    if not match.new_period:
        return period, []
    if period == match.old_period:
        return match.new_period, []
    old, new = _PERIOD.fullmatch(match.old_period), _PERIOD.fullmatch(match.new_period)
    assert old is not None
    assert new is not None
    if old["rest"] == new["rest"] and old["year"] in period:
        return period.replace(old["year"], new["year"]), []
    return period, [f"the cell is now of {match.new_period}; is the period {period} still right?"]


def _plain(reference: CellReference) -> dict[str, Any]:
    fields: dict[str, Any] = {"dataset": reference.dataset, "column": reference.column}
    if reference.where:
        fields["where"] = dict(reference.where)
    if reference.scale is not None:
        fields["scale"] = reference.scale
    if reference.decimals is not None:
        fields["decimals"] = reference.decimals
    return fields


def _unused(new: Dataset, facts: Sequence[CellFact], used: Sequence[_Match]) -> Iterator[Pair]:
    """Yield the columns and rows of the new table that no fact uses.

    Of rows only those of the periods that facts use now: the years before stay as they are.
    """
    keys = {key for fact in facts if fact.entry.cell for key in fact.entry.cell.where}
    columns = {new.names[match.column] for match in used} | keys
    for name in new.names:
        if name not in columns and not _YEAR_WITHIN.search(name):
            yield Pair("", f'column "{name}"', "new", "", "", "", "", 0.0, 0)
    rows = {match.row for match in used}
    periods = {match.new_period for match in used if match.new_period}
    told = 0
    for number, row in enumerate(new.rows):
        if number in rows or (periods and not periods & {str(cell) for cell in row}):
            continue
        told += 1
        if told > _MOST_TOLD:
            yield Pair("", "further rows", "new", "", "", "...", "", 0.0, 0)
            return
        where = new.origin.where(new.numbers[number])
        said = ", ".join(
            f"{name} = {_text(cell)}" for name, cell in zip(new.names, row, strict=True)
            if cell is not None
        )  # fmt: skip
        yield Pair("", f"{where.steps[-1] if where.steps else f'line {where.line}'}", "new", "", "",
                   said[:120], "", 0.0, 0)  # fmt: skip


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
