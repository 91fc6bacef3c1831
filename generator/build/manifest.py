"""The manifest beside the outputs: each figure of each document with its place and its source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.build.chart_checks import DrawnChart, Ledger
from generator.build.dataset_records import dataset_records
from generator.build.printed_figures import PrintedFigure, drawing_places
from generator.build.results import MANIFEST
from generator.build.views import FactView
from generator.errors import Location, Problem, SourceFormatError, SourceNotFoundError
from generator.model.fact import Fact, FactBook
from generator.office.package import Package

NAME = MANIFEST
VERSION = 1
_MOST_BYTES = 256 * 1024 * 1024

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TracedFile:
    """A result with the figures that are printed in it."""

    name: str
    document: str
    language: str
    data: bytes
    package: Package
    figures: Sequence[PrintedFigure]


def manifest_record(
    title: str, folder: Path, book: FactBook, files: Sequence[TracedFile], ledger: Ledger,
    views: Mapping[str, Mapping[str, FactView]],
) -> Record:  # fmt: skip
    """Return the manifest of a build as plain values; ``views`` are the facts by language."""
    hashes = {name: _hash(folder / name) for name in sorted({fact.file for fact in book})}
    facts = {fact.id: fact for fact in book}
    used: dict[str, None] = {}
    records = []
    for file in files:
        figures = [*_printed(file, facts), *_drawn(file, ledger)]
        used |= dict.fromkeys(figure["fact"] for figure in figures)
        records.append(
            {
                "file": file.name,
                "document": file.document,
                "language": file.language,
                "sha256": hashlib.sha256(file.data).hexdigest(),
                "figures": figures,
                "dropped": [
                    {"what": problem.message, "place": str(problem.where or "")}
                    for problem in ledger.dropped.get(file.name, ())
                ],
            }
        )
    return {
        "version": VERSION,
        "title": title,
        "data": hashes,
        "datasets": dataset_records(book.datasets),
        "facts": {name: _fact_record(facts[name], hashes, views) for name in used if name in facts},
        "files": records,
    }


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _printed(file: TracedFile, facts: Mapping[str, Fact]) -> Iterator[Record]:
    for figure in file.figures:
        if figure.fact in facts and figure.is_figure:
            record = {"fact": figure.fact, "text": figure.text, "place": _place(figure.place)}
            if figure.place.text:
                record["around"] = figure.place.text
            yield record
        elif figure.cell and figure.is_figure:
            yield {"fact": figure.fact, "text": figure.text, "place": _place(figure.place),
                   "cell": figure.cell}  # fmt: skip


def _place(place: Location) -> str:
    return ", ".join(place.steps) or "document"


def _drawn(file: TracedFile, ledger: Ledger) -> Iterator[Record]:
    """Yield the points of charts and the figures of diagrams."""
    places = drawing_places(file.package)
    for chart in ledger.drawn:
        if chart.document != file.name:
            continue
        place = places.get(chart.spec.alt_text)
        where = f'chart "{chart.name}"' + (f", {_place(place)}" if place else "")
        for name, category, view, value, label in _points(chart):
            yield {
                "fact": view.id,
                "text": label or f"{value}",
                "place": f"{where}, {name}, {category}",
                "value": f"{value}",
            }
        for name, category, column, cell, value, label in _chart_cells(chart):
            yield {
                "fact": column,
                "text": label or f"{value}",
                "place": f"{where}, {name}, {category}",
                "value": f"{value}",
                "cell": cell,
            }
    for diagram in ledger.diagrams:
        if diagram.document != file.name:
            continue
        place = places.get(diagram.alt_text)
        where = f'diagram "{diagram.name}"' + (f", {_place(place)}" if place else "")
        for view in diagram.facts:
            yield {"fact": view.id, "text": view.short, "place": where}


def _points(chart: DrawnChart) -> Iterator[tuple[str, str, FactView, object, str]]:
    for series, facts in zip(chart.spec.data, chart.facts, strict=False):
        for index, view in enumerate(facts):
            if view is None or index >= len(series.values):
                continue
            label = series.labels[index] if series.labels is not None else ""
            yield series.name, chart.spec.names[index], view, series.values[index], label


def _chart_cells(chart: DrawnChart) -> Iterator[tuple[str, str, str, str, object, str]]:
    for series, cells, column in zip(chart.spec.data, chart.cells, chart.columns, strict=False):
        for index, cell in enumerate(cells):
            if cell is None or index >= len(series.values) or series.values[index] is None:
                continue
            label = series.labels[index] if series.labels is not None else ""
            names = chart.spec.names
            category = names[index] if index < len(names) else f"point {index + 1}"
            yield series.name, category, column, cell, series.values[index], label or ""


def _fact_record(
    fact: Fact, hashes: Mapping[str, str], views: Mapping[str, Mapping[str, FactView]]
) -> Record:
    entry = fact.entry
    record: Record = {
        "name": {language: own[fact.id].name for language, own in views.items()},
        "text": {language: str(own[fact.id]) for language, own in views.items()},
        "number": None if fact.number is None else f"{fact.number:f}",
        "unit": entry.unit,
        "bound": fact.bound.value,
        "period": entry.period,
        "defined": {"file": fact.file, "line": fact.line, "sha256": hashes.get(fact.file, "")},
    }
    if entry.source is not None:
        record["source"] = {
            "title": {language: own[fact.id].source_name for language, own in views.items()},
            "label": {language: own[fact.id].source_short for language, own in views.items()},
            "at": {language: own[fact.id].section for language, own in views.items()},
            "phrase": entry.source.phrase,
            "written": entry.written,
        }
    if fact.cell is not None:
        record["source"] = {
            "title": {language: own[fact.id].source_name for language, own in views.items()},
            "label": {language: own[fact.id].source_short for language, own in views.items()},
            "at": {language: own[fact.id].section for language, own in views.items()},
            "phrase": fact.cell.written,
            "written": fact.cell.written,
            "dataset": fact.cell.dataset,
        }
    if entry.derived is not None:
        record["derived"] = {
            "rule": entry.derived.rule,
            "inputs": list(entry.derived.inputs),
        }
    return {key: value for key, value in record.items() if value is not None}


def manifest_text(record: Record, earlier: Record | None) -> bytes:
    """Return the manifest as JSON; files of an ``earlier`` one that were not built now stay.

    Facts of the earlier one stay as far as such a file uses them.
    """
    if earlier is not None:
        own = {file["file"] for file in record["files"]}
        kept = [file for file in earlier.get("files", ()) if file["file"] not in own]
        wanted = {figure["fact"] for file in kept for figure in file["figures"]}
        facts = {
            name: fact for name, fact in earlier.get("facts", {}).items() if name in wanted
        } | record["facts"]
        tables = {**earlier.get("datasets", {}), **record.get("datasets", {})}
        record = {**record, "datasets": tables, "facts": facts, "files": [*record["files"], *kept]}
    if not record.get("datasets"):
        record = {key: value for key, value in record.items() if key != "datasets"}
    record = {
        **record,
        "facts": dict(sorted(record["facts"].items())),
        "files": sorted(record["files"], key=lambda file: file["file"]),
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(path: Path) -> Record:
    """Return the manifest in a file.

    Raises:
        SourceNotFoundError: there is none.
        SourceFormatError: the file is no manifest of this program.
    """
    where = Location(str(path))
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SourceFormatError("the manifest is too large", where, "build the report again")
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceNotFoundError(
            "there is no manifest beside the document", where,
            "build the report again; documents of single templates have none",
        ) from error  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise SourceFormatError(
            "the manifest is damaged", where, "build the report again"
        ) from error
    if not isinstance(record, dict) or record.get("version") != VERSION:
        raise SourceFormatError("this is no manifest of this program", where,
                                "build the report again")  # fmt: skip
    return record


def earlier_manifest(path: Path) -> Record | None:
    """Return the manifest of an earlier build; None where there is none that can be read."""
    try:
        return read_manifest(path)
    except (SourceNotFoundError, SourceFormatError):
        return None


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One figure of a document and where it comes from."""

    place: str
    text: str
    fact: str
    source: str
    defined: str


@dataclass(frozen=True, slots=True)
class Trace:
    """The figures of a document; ``problems`` tell that it is not the one that was built."""

    rows: tuple[TraceRow, ...]
    problems: tuple[Problem, ...]


def trace_file(document: Path, number: str | None = None) -> Trace:
    """Return the figures of a built document, or those that print ``number``.

    Raises:
        SourceNotFoundError: there is no such document, or no manifest beside it.
        SourceFormatError: the manifest is damaged, or does not know the document.
    """
    where = Location(str(document))
    try:
        data = document.read_bytes()
    except OSError as error:
        raise SourceNotFoundError(
            f"the document cannot be read: {error.strerror}", where
        ) from error
    manifest = read_manifest(document.parent / NAME)
    files = {file["file"]: file for file in manifest["files"]}
    if document.name not in files:
        raise SourceFormatError(
            "the manifest beside it does not know this document", where,
            f"it knows: {', '.join(files)}",
        )  # fmt: skip
    file = files[document.name]
    problems = []
    if hashlib.sha256(data).hexdigest() != file["sha256"]:
        problems.append(
            Problem("the document was changed after it was built", where,
                    "places may have moved; build it again", "warning", "data")
        )  # fmt: skip
    language = file["language"]
    tables = manifest.get("datasets", {})
    rows = [
        _row(figure, manifest["facts"].get(figure["fact"], {}), language, tables)
        for figure in file["figures"]
    ]
    if number is not None:
        rows = [row for row in rows if _holds(row, number)]
    return Trace(tuple(rows), tuple(problems))


def _holds(row: TraceRow, wanted: str) -> bool:
    plain = wanted.strip().replace(",", "")
    return plain in row.text.replace(",", "").replace("\u00a0", " ") or wanted == row.fact


def _row(figure: Record, fact: Record, language: str, tables: Record) -> TraceRow:
    if "cell" in figure:
        table = tables.get(figure["fact"].split(".")[1], {})
        defined = table.get("defined", {})
        return TraceRow(figure["place"], figure["text"], figure["fact"],
                        figure["cell"] + _inputs(table, tables),
                        f"{defined.get('file', '')}:{defined.get('line', '')}")  # fmt: skip
    source, derived = fact.get("source"), fact.get("derived")
    told = ""
    if source:
        told = f"{source['label'][language]}, {source['at'][language]}: {source['phrase']}"
        told += _inputs(tables.get(source.get("dataset"), {}), tables)
    elif derived:
        told = f"{derived['rule']} of {' and '.join(derived['inputs'])}"
    defined = fact.get("defined", {})
    place = f"{defined.get('file', '')}:{defined.get('line', '')}"
    return TraceRow(figure["place"], figure["text"], figure["fact"], told, place)


def _inputs(table: Record, tables: Record) -> str:
    """Return where the rows came from that a query was asked of."""
    found: dict[str, str] = {}
    waiting = list(table.get("inputs", ()))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            own = tables.get(name, {})
            found[name] = own.get("source", "")
            waiting += own.get("inputs", ())
    return "".join(f"; {name}: {source}" for name, source in found.items())
