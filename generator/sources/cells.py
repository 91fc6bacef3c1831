"""Facts whose values stand in cells of datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from generator.errors import Location, Problem, near_name_hint
from generator.model.dataset import CellPlace, Dataset, Value
from generator.model.dataset_definition import CellReference
from generator.model.fact import Fact
from generator.model.record import Unfit, Words
from generator.model.source_text import SourceText

_MOST_TOLD = 3


def with_cell(fact: Fact, datasets: Mapping[str, Dataset], where: Location) -> Fact | Problem:
    """Return a fact with what its cell holds, or the problem of it; ``where`` is of the entry."""
    reference = fact.entry.cell
    assert reference is not None
    try:
        return _read(fact, reference, datasets)
    except Unfit as reason:
        return Problem(f'"{fact.id}": {reason}', where, reason.hint, code="data")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a dataset: row and column (from 0), its place in words, what it says as a fact."""

    row: int
    column: int
    place: str
    shown: str
    is_number: bool


def cell_of(reference: CellReference, dataset: Dataset) -> Cell:
    """Return the cell that a reference means; numbers are scaled and rounded as it says.

    Raises:
        Unfit: there is no such column, no such row or several, or the cell is empty.
    """
    column = _column(reference.column, dataset)
    row = _row(reference, dataset)
    value = dataset.rows[row][column]
    place = dataset.place(row, column)
    if value is None:
        raise Unfit(f"{place} is empty", "choose another row, or fill the cell")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return Cell(row, column, place, _shown(value), False)
    return Cell(row, column, place, _shown(_number(Decimal(value), reference)), True)


def _read(fact: Fact, reference: CellReference, datasets: Mapping[str, Dataset]) -> Fact:
    dataset = datasets.get(reference.dataset)
    if dataset is None:
        raise Unfit(f'there is no dataset "{reference.dataset}"',
                    near_name_hint(reference.dataset, list(datasets))
                    or f"there are: {', '.join(datasets) or 'none'}")  # fmt: skip
    column = _column(reference.column, dataset)
    row = _row(reference, dataset)
    value = dataset.rows[row][column]
    place = dataset.place(row, column)
    if value is None:
        raise Unfit(f"{place} is empty", "choose another row, or fill the cell")
    roots = tuple(root.origin.told for root in _roots(dataset, datasets) if root is not dataset)
    cell = CellPlace(dataset.name, place, _shown(value), roots)
    entry = fact.entry.model_copy(update={"written": cell.written})
    source = fact.source if dataset.source is None else dataset.source
    if fact.source.label.en == "":
        source = _words(dataset, datasets)
    if fact.unit is None:
        if isinstance(value, (bool, int, Decimal)):
            raise Unfit(f"{place} holds the number {value}, and the fact has no unit",
                        "add the unit, for example 家 or %")  # fmt: skip
        if entry.text is None:
            text = _shown(value)
            entry = entry.model_copy(update={"text": Words(zh=text, en=text)})
        return replace(fact, entry=entry, source=source, cell=cell)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Unfit(f'{place} holds "{_shown(value)}", which is not a number',
                    "choose another column, or drop the unit")  # fmt: skip
    number = _number(Decimal(value), reference)
    entry = entry.model_copy(update={"number": number})
    return replace(fact, entry=entry, number=number, source=source, cell=cell)


def _roots(dataset: Dataset, datasets: Mapping[str, Dataset]) -> list[Dataset]:
    """Return the datasets that a query rests on in the end; any other is its own."""
    if not dataset.origin.inputs or dataset.origin.kind != "query":
        return [dataset]
    found = {
        root.name: root
        for name in dataset.origin.inputs
        if name in datasets and name != dataset.name
        for root in _roots(datasets[name], datasets)
    }
    return list(found.values())


def _words(dataset: Dataset, datasets: Mapping[str, Dataset]) -> SourceText:
    """Return what the source of a dataset is called; a query has that of the rows it asks."""
    if dataset.source is not None:
        return dataset.source
    sources = {root.words.label.en: root.words for root in _roots(dataset, datasets)}
    if len(sources) <= 1:
        return next(iter(sources.values()), dataset.words)

    def joined(field: str) -> Words:
        words = [getattr(source, field) for source in sources.values()]
        return Words(zh="；".join(w.zh for w in words), en="; ".join(w.en for w in words))

    return SourceText(title=joined("title"), label=joined("label"))


def _column(name: str, dataset: Dataset) -> int:
    if name not in dataset.names:
        raise Unfit(f'the dataset "{dataset.name}" has no column "{name}"',
                    near_name_hint(name, dataset.names)
                    or f"it has: {', '.join(dataset.names)}")  # fmt: skip
    return dataset.names.index(name)


def _row(reference: CellReference, dataset: Dataset) -> int:
    """Return the place of the one row that the reference means."""
    wanted = [(_column(name, dataset), value) for name, value in reference.where.items()]
    found = [
        place
        for place, row in enumerate(dataset.rows)
        if all(_is_same(row[column], value) for column, value in wanted)
    ]
    if len(found) == 1:
        return found[0]
    said = ", ".join(f"{name} = {value}" for name, value in reference.where.items())
    rows = f"of {len(dataset.rows)}" if not said else f"where {said}"
    if not found:
        near = _nearest(wanted, dataset)
        raise Unfit(f'no row of "{dataset.name}" {rows}'.replace(" of 0", " exists"), near)
    places = [dataset.origin.where(dataset.numbers[place]) for place in found[:_MOST_TOLD]]
    raise Unfit(f'{len(found)} rows of "{dataset.name}" {rows}: {"; ".join(map(str, places))}'
                + (" ..." if len(found) > _MOST_TOLD else ""),
                "name further columns under where:")  # fmt: skip


def _nearest(wanted: Sequence[tuple[int, object]], dataset: Dataset) -> str:
    for column, value in wanted:
        known = list(dict.fromkeys(_shown(row[column]) for row in dataset.rows))
        if str(value) not in known:
            name = dataset.names[column]
            return near_name_hint(str(value), known) or (
                f"{name} is one of: {', '.join(known[:8])}{' ...' if len(known) > 8 else ''}"
            )
    return "no row has all of these values at once"


def _is_same(value: Value, wanted: object) -> bool:
    if value is None or wanted is None or isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, (int, Decimal)):
        if isinstance(wanted, str):
            try:
                wanted = Decimal(wanted)
            except InvalidOperation:
                return False
        return value == wanted
    return _shown(value) == str(wanted)


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _number(number: Decimal, reference: CellReference) -> Decimal:
    with localcontext(prec=max(60, len(number.as_tuple().digits) + 40)):
        if reference.scale is not None:
            number = number * reference.scale
            if number == number.to_integral_value():
                number = number.quantize(Decimal(1))
        if reference.decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-reference.decimals), ROUND_HALF_UP)
    return number
