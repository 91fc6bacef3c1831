"""Each query of docs/datasets.md gives the table that stands below it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.errors import Location
from generator.model.dataset import Dataset, written
from generator.model.dataset_definition import DatasetDefinition
from generator.sources.delimited import read_delimited
from generator.sources.reshape import run_query
from generator.sources.reshape_duckdb import run_duckdb_query
from generator.sources.typed import typed_dataset

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "datasets.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"### ([^\n]+)\n(?:(?!###).)*?```sql( duckdb)?\n(.*?)```\n\n((?:\|[^\n]*\n)+)",
                     re.DOTALL)  # fmt: skip


def rows_of(table: str) -> list[list[str]]:
    lines = [line.strip().strip("|").split("|") for line in table.strip().splitlines()]
    return [[cell.strip() for cell in line] for n, line in enumerate(lines) if n != 1]


def read(name: str, text: str) -> Dataset:
    definition = DatasetDefinition(file=f"{name}.csv")
    raw = read_delimited(text.encode(), f"{name}.csv")
    return typed_dataset(name, raw, definition, "report.yaml", 1)


def datasets() -> dict[str, Dataset]:
    found = re.search(r"this table, `sales`:\n\n((?:\|[^\n]*\n)+)", PAGE)
    assert found is not None
    sales = "\n".join(",".join(row) for row in rows_of(found[1]))
    return {
        "sales": read("sales", sales),
        "names": read("names", "region,zh\nnorth,北部\nsouth,南部\n"),
    }


EXAMPLES = EXAMPLE.findall(PAGE)


def test_there_is_an_example_of_each_kind() -> None:
    assert len(EXAMPLES) >= 9


@pytest.mark.parametrize(("title", "engine", "query", "table"), EXAMPLES, ids=lambda v: v[:20])
def test_gives_what_the_page_says(title: str, engine: str, query: str, table: str) -> None:
    run = run_duckdb_query if engine else run_query
    raw = run(query, {"year": 2025}, (), datasets(), 100, Location("report.yaml"))

    names, *rows = rows_of(table)
    assert raw.names == names
    found = [["" if value is None else str(written(value)) for value in row] for row in raw.rows]
    assert [[_number(cell) for cell in row] for row in found] == [
        [_number(cell) for cell in row] for row in rows
    ], title


def _number(cell: str) -> str:
    """Return a number without zeros behind its last digit: 20.0 and 20 are the same."""
    return cell.rstrip("0").rstrip(".") if "." in cell else cell
