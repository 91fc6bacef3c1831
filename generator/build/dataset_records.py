"""What the manifest says of datasets: where they were read, what was asked, hashes, times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.model.dataset import Dataset


def dataset_records(datasets: Mapping[str, Dataset]) -> dict[str, dict[str, Any]]:
    """Return the origin of each dataset as plain values; nothing that is secret is in them."""
    return {name: dataset_record(dataset) for name, dataset in datasets.items()}


def dataset_record(dataset: Dataset) -> dict[str, Any]:
    """Return what is to be known of a dataset but its rows."""
    origin = dataset.origin
    record: dict[str, Any] = {
        "kind": origin.kind,
        "source": origin.told,
        "columns": {column.name: column.type for column in dataset.columns},
        "rows": len(dataset.rows),
        "sha256": dataset.sha256,
        "source_sha256": origin.sha256,
        "query": origin.query,
        "parameters": dict(origin.parameters),
        "inputs": list(origin.inputs),
        "read": origin.read,
        "defined": {"file": dataset.file, "line": dataset.line},
    }
    return {key: value for key, value in record.items() if value not in ("", [], {}, None)}
