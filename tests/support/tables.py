"""Datasets in memory for tests."""

from __future__ import annotations

from collections.abc import Sequence

from generator.model.dataset import Dataset, Origin
from generator.model.dataset_definition import DatasetDefinition
from generator.sources.raw_table import RawTable
from generator.sources.typed import typed_dataset


def make_dataset(
    name: str, names: Sequence[str], *rows: Sequence[object], **definition: object
) -> Dataset:
    """Return a dataset of these rows, as if it were read from a file ``name.csv``."""
    raw = RawTable(Origin("file", f"{name}.csv", counted="line"), list(names))
    for number, row in enumerate(rows, 2):
        raw.add(number, list(row))
    entry = DatasetDefinition.model_validate({"file": f"{name}.csv", **definition})
    return typed_dataset(name, raw, entry, "report.yaml", 1)
