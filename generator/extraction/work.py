"""What a command does with an article: read, draft, update. Writing is left to the caller."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from generator.errors import DataError, Location, ReportError
from generator.extraction.drafting import Draft, draft_of
from generator.extraction.indicators import Indicators, read_indicators
from generator.extraction.proposals import extract
from generator.extraction.reading import read_article
from generator.extraction.review import Session, facts_part
from generator.extraction.table_update import CellFact, update_cells
from generator.extraction.updating import Pair, Update, update
from generator.extraction.yaml_edit import YamlText
from generator.model.dataset import Dataset
from generator.model.dataset_definition import DatasetDefinition
from generator.model.fact import FactFile
from generator.model.report import ReportDefinition
from generator.sources.datasets import read_datasets
from generator.sources.definition import read_definition
from generator.sources.files import read_source
from generator.sources.validation import validate
from generator.sources.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class Tools:
    """What reading needs besides the article: indicators, date, name in source lines."""

    indicators: Indicators
    published: date | None = None
    label: str = ""


def tools_of(files: Sequence[Path], published: date | None, label: str) -> Tools:
    """Return the tools with further indicators from files.

    Raises:
        DataError: a file of indicators is wrong.
    """
    return Tools(read_indicators(files), published, label)


def draft_article(path: Path, tools: Tools, *, tables: bool = False) -> Draft:
    """Return the draft of an article; with ``tables`` also of a table, row by row.

    Raises:
        SourceNotFoundError: there is no such file.
        SourceFormatError: it cannot be read.
    """
    article = read_article(path, tools.published, tables=tables)
    return draft_of(extract(article, tools.indicators), tools.indicators, path.name, tools.label)


def update_facts(facts: Path, draft: Draft, tools: Tools) -> tuple[Update, bytes]:
    """Return a data file with the values of a draft, and its bytes as they were.

    Raises:
        DataError: it is no data file.
    """
    data, shown = read_source(facts)
    return update(data, shown, draft, tools.indicators), data


@dataclass(frozen=True, slots=True)
class TableUpdate:
    """A data file or definition with the cells of a new table, and its bytes as they were.

    ``report`` is where ``file`` of the dataset is still to be changed by hand; None if it is done.
    """

    text: str
    before: bytes
    pairs: tuple[Pair, ...]
    dataset: str
    report: str | None


def update_from_table(
    table: Path, target: Path, definition: Path, dataset: str | None = None
) -> TableUpdate:
    """Return a data file, or a definition, whose facts of cells stand in a new table.

    ``definition`` is the report whose dataset the new table is of; ``dataset`` names it where
    several may be meant.

    Raises:
        DataError: no fact of the file stands in a cell of a file, several datasets may be meant,
            or the new table is not as the dataset describes it.
    """
    data, shown = read_source(target)
    document = read_yaml(data, shown)
    root, part = facts_part(document)
    content = validate(FactFile, part, DataError)
    report = read_definition(definition, needs_files=False)
    facts = [
        CellFact(group, name, entry, part.value["groups"][group]["facts"][name])
        for group, entries in content.groups.items() for name, entry in entries.facts.items()
        if entry.cell is not None
    ]  # fmt: skip
    name = _dataset_of(facts, report, dataset, Location(shown))
    facts = [fact for fact in facts if fact.entry.cell and fact.entry.cell.dataset == name]
    described = report.entry.datasets[name]
    new = _only(report, name, described.model_copy(update={"file": str(table.resolve())}))
    try:
        old = _only(report, name, described)
    except ReportError:
        old = None  # the old table is gone; its values are not told
    text = YamlText(data.decode("utf-8-sig"), shown)
    pairs = update_cells(text, root, facts, old, new)
    is_same = (report.folder / str(described.file)).resolve() == table.resolve()
    where = None if is_same else report.file
    if not is_same and target.resolve() == definition.resolve():
        told = os.path.relpath(table.resolve(), report.folder.resolve())
        text.put(("datasets", name, "file"), Path(told).as_posix())
        where = None
    return TableUpdate(text.text, data, tuple(pairs), name, where)


def stands_in_cells(path: Path) -> bool:
    """Return whether facts of a data file or definition stand in cells of datasets.

    Raises:
        DataError: it is neither.
    """
    _, part = facts_part(read_yaml(*read_source(path)))
    content = validate(FactFile, part, DataError)
    return any(e.cell is not None for g in content.groups.values() for e in g.facts.values())


def is_definition(path: Path) -> bool:
    """Return whether a file is a definition of a report rather than a data file."""
    value = read_yaml(*read_source(path)).value
    return isinstance(value, dict) and "datasets" in value


def _dataset_of(
    facts: Sequence[CellFact], report: ReportDefinition, asked: str | None, where: Location
) -> str:
    """Return the dataset of a file that the facts stand in."""
    known = report.entry.datasets
    used = dict.fromkeys(f.entry.cell.dataset for f in facts if f.entry.cell is not None)
    names = [name for name in used if name in known and known[name].file is not None]
    if asked is not None and asked in names:
        return asked
    if not names:
        raise DataError(
            "no fact of this file stands in a cell of a dataset that is read from a file", where,
            "facts with a cell are updated from a table, those of an article from an article",
        )  # fmt: skip
    if asked is not None or len(names) > 1:
        told = f'no fact stands in "{asked}"' if asked else "facts stand in several datasets"
        raise DataError(told, where, f"name one with --dataset: {', '.join(names)}")
    return names[0]


def _only(report: ReportDefinition, name: str, described: DatasetDefinition) -> Dataset:
    """Return one dataset of a report, read as ``described``."""
    entry = report.entry.model_copy(update={"datasets": {name: described}})
    return read_datasets(replace(report, entry=entry))[name]


def open_review(path: Path) -> Session:
    """Return the review of the facts of a data file that wait for one.

    Raises:
        DataError: it is no data file.
    """
    data, shown = read_source(path)
    return Session(data, shown)
