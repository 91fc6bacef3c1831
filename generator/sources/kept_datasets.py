"""The rows of datasets as editions keep them: exact, with their origin, without what is secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from generator.errors import Location, SourceFormatError
from generator.model.dataset import (
    Column,
    Dataset,
    Origin,
    digest_of_rows,
    unwritten,
    written,
)
from generator.model.source_text import SourceText
from generator.sources.files import kept_bytes, kept_json

NAME = "datasets.json"
#: The folder of all editions in that of the outputs, and what each says of itself.
EDITIONS, MANIFEST = "editions", "manifest.json"
_VERSION = 1


def previous_rows(output: Path, dataset: Dataset) -> Dataset | None:
    """Return a dataset as the newest edition has it whose rows differ; None if there is none.

    So building the same rows again, or keeping them as an edition, looks back at the same one.
    """
    for folder in _newest_first(output / EDITIONS):
        try:
            kept = read_kept(folder / NAME).get(dataset.name)
        except SourceFormatError:  # kept without datasets, or damaged; it stops no build
            continue
        if kept is not None and kept.sha256 != dataset.sha256:
            return replace(kept, origin=replace(kept.origin, edition=folder.name))
    return None


def _newest_first(home: Path) -> list[Path]:
    found: list[tuple[int, str, Path]] = []
    for path in home.glob(f"*/{MANIFEST}"):
        try:
            number = kept_json(kept_bytes(path))["number"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if isinstance(number, int):
            found.append((number, path.parent.name, path.parent))
    return [folder for _, _, folder in sorted(found, reverse=True)]


def kept_text(datasets: Mapping[str, Dataset]) -> bytes:
    """Return datasets as JSON: numbers as texts, so that no digit is lost."""
    kept = {"version": _VERSION, "datasets": [_record(dataset) for dataset in datasets.values()]}
    return json.dumps(kept, ensure_ascii=False).encode()


def _record(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "columns": [asdict(column) for column in dataset.columns],
        "rows": [[written(value) for value in row] for row in dataset.rows],
        "numbers": list(dataset.numbers),
        "origin": asdict(dataset.origin),
        "source": None if dataset.source is None else dataset.source.model_dump(mode="json"),
        "file": dataset.file,
        "line": dataset.line,
        "sha256": dataset.sha256,
    }


def read_kept(path: Path) -> dict[str, Dataset]:
    """Return the datasets that an edition kept.

    Raises:
        SourceFormatError: the file is missing or damaged.
    """
    try:
        kept = kept_json(kept_bytes(path))
        found = [_dataset(record) for record in kept["datasets"]]
        if kept["version"] != _VERSION:
            raise ValueError("another version")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceFormatError(
            "the datasets of the edition cannot be read", Location(str(path)),
            "restore the folder from a backup, or choose another edition",
        ) from error  # fmt: skip
    return {dataset.name: dataset for dataset in found}


def _dataset(record: dict[str, Any]) -> Dataset:
    columns = tuple(Column(**column) for column in record["columns"])
    rows = tuple(
        tuple(unwritten(value, column.type) for value, column in zip(row, columns, strict=True))
        for row in record["rows"]
    )
    if digest_of_rows(columns, rows) != record["sha256"]:
        raise ValueError("the rows are others")
    origin = dict(record["origin"])
    origin["parameters"] = tuple((key, value) for key, value in origin["parameters"])
    origin["inputs"] = tuple(origin["inputs"])
    source = record["source"]
    return Dataset(
        record["name"], columns, rows, tuple(record["numbers"]), Origin(**origin),
        None if source is None else SourceText.model_validate(source), record["file"],
        record["line"], record["sha256"],
    )  # fmt: skip
