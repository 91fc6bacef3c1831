"""Charts whose categories and values are columns of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from generator.errors import ChartError, Location, near_name_hint
from generator.model.dataset import Dataset, Value
from generator.model.drawing import ChartDefinition, SeriesDefinition

#: The place of the cell of each point, series by series; empty where points have no cells.
Cells = tuple[tuple[str | None, ...], ...]
#: The id of the column behind each series, as the manifest names it.
Sources = tuple[str, ...]


def of_dataset(
    name: str, definition: ChartDefinition, datasets: Mapping[str, Dataset], where: Location
) -> tuple[ChartDefinition, Cells, Sources]:
    """Return a chart with the values of its dataset in the place of columns, and their cells.

    Raises:
        ChartError: there is no such dataset or column, or a column of values holds none.
    """
    if definition.dataset is None:
        return definition, (), ()
    place = where.inside(f'chart "{name}"')
    if definition.dataset not in datasets:
        raise ChartError(
            f'there is no dataset "{definition.dataset}"', place,
            near_name_hint(definition.dataset, list(datasets)) or "name one of datasets:",
        )  # fmt: skip
    return _Filled(definition, datasets[definition.dataset], place).chart()


class _Filled:
    def __init__(self, definition: ChartDefinition, dataset: Dataset, where: Location) -> None:
        self.definition = definition
        self.dataset = dataset
        self.where = where

    def chart(self) -> tuple[ChartDefinition, Cells, Sources]:
        definition = self.definition
        rows = definition.series if isinstance(definition.series, tuple) else ()
        changes: dict[str, Any] = {"series": tuple(self._series(row) for row in rows)}
        self._check_units(rows)
        if definition.category is not None:
            column = self._column(definition.category)
            changes["categories"] = tuple(_category(row[column]) for row in self.dataset.rows)
        cells: Cells = tuple(self._cells(row) for row in rows)
        if definition.sort or definition.kind == "histogram":
            cells = ()
        ids = tuple(f"datasets.{self.dataset.name}.{_main(row)}" for row in rows)
        return definition.model_copy(update=changes), cells, ids

    def _check_units(self, rows: Sequence[SeriesDefinition]) -> None:
        """Refuse two units on one axis, as far as columns say what they hold."""
        first: dict[str, tuple[str, str]] = {}
        for row in rows:
            name = _main(row)
            unit = self.dataset.columns[self._column(name)].unit if name else ""
            if not unit:
                continue
            axis = row.axis or "first"
            known = first.setdefault(axis, (name, unit))
            if known[1] != unit:
                raise ChartError(
                    f'units are mixed on one axis: the column "{known[0]}" is in {known[1]}, '
                    f'"{name}" in {unit}', self.where,
                    "make a chart for each unit, or use the second axis",
                )  # fmt: skip

    def _column(self, name: str) -> int:
        if name not in self.dataset.names:
            raise ChartError(
                f'the dataset "{self.dataset.name}" has no column "{name}"', self.where,
                near_name_hint(name, self.dataset.names)
                or f"it has: {', '.join(self.dataset.names)}",
            )  # fmt: skip
        return self.dataset.names.index(name)

    def _numbers(self, name: str, may_be_days: bool = False) -> list[Any]:
        place = self._column(name)
        kind = self.dataset.columns[place].type
        if kind not in ("number", "integer") and not (may_be_days and kind == "date"):
            raise ChartError(
                f'the column "{name}" of the dataset "{self.dataset.name}" holds {kind} values, '
                "not numbers", self.where, f"chart numbers, or write columns: {{{name}: number}}",
            )  # fmt: skip
        values = [row[place] for row in self.dataset.rows]
        return [Decimal(v) if isinstance(v, int) else v for v in values]

    def _series(self, row: SeriesDefinition) -> SeriesDefinition:
        if row.column is not None:
            return row.model_copy(update={"values": tuple(self._numbers(row.column))})
        if row.columns:
            is_range = self.definition.kind == "range"
            parts = [self._numbers(name, is_range) for name in row.columns]
            field = "ranges" if is_range else "points"
            return row.model_copy(update={field: tuple(zip(*parts, strict=True))})
        return row

    def _cells(self, row: SeriesDefinition) -> tuple[str | None, ...]:
        name = _main(row)
        if not name:
            return ()
        column = self._column(name)
        return tuple(
            None if values[column] is None else self.dataset.place(number, column)
            for number, values in enumerate(self.dataset.rows)
        )


def _main(row: SeriesDefinition) -> str:
    """Return the column that the values along the value axis come from."""
    return row.column or (row.columns[1] if len(row.columns) > 1 else "")


def _category(value: Value) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
