"""A definition with all that it is made from: datasets, then facts, which may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from generator.model.limits import limits_of_report, within
from generator.sources.definition import read_definition
from generator.sources.facts import read_facts

if TYPE_CHECKING:
    from generator.model.dataset import Dataset
    from generator.model.fact import FactBook
    from generator.model.report import ReportDefinition
    from generator.sources.definition import Outline


def read_only_definition(definition: Path) -> ReportDefinition:
    """Return a checked definition, without looking at what it is made from.

    Raises:
        ReportError: with all problems of the definition.
    """
    return read_definition(definition, needs_files=False)


def read_report(
    definition: Path,
    kept: Mapping[str, Dataset] | None = None,
    scope: ExitStack | None = None,
    fetched: Mapping[str, Dataset] | None = None,
    parameters: Mapping[str, object] | None = None,
) -> tuple[ReportDefinition, FactBook]:
    """Return a checked definition and its facts and datasets.

    With ``kept`` datasets nothing is read for them: no file, no database, no network. Those
    ``fetched`` are not read again, others are. ``parameters`` stand for those of the definition.
    The limits of the report are in force while it is read, and until ``scope`` ends.

    Raises:
        ReportError: with all problems of what is read first and is wrong.
    """
    report = read_definition(definition, parameters=parameters)
    datasets: Mapping[str, Dataset] = kept or {}
    with ExitStack() as own:
        (scope or own).enter_context(within(limits_of_report(report.entry.limits)))
        if kept is None and report.entry.datasets:
            from generator.sources.datasets import read_datasets

            datasets = read_datasets(report, fetched=fetched)
        return report, read_facts(report.data, report.folder, datasets, report)


def indicator_files(definition: Path) -> tuple[Path, ...]:
    """Return the tables of indicators that a report reads articles with.

    Raises:
        DefinitionError: the definition is wrong.
    """
    report = read_definition(definition)
    return tuple(report.folder / name for name in report.entry.extraction.indicators)


def read_outline(definition: Path) -> Outline:
    """Return what a definition says before its parameters have the values of a row.

    Raises:
        ReportError: with all problems of the definition, as it is without a row.
    """
    from generator.sources.definition import read_outline

    return read_outline(definition)
