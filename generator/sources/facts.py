"""Facts from YAML files to one checked book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from generator.errors import DataError, Problem, ReportError
from generator.model.dataset import Dataset
from generator.model.fact import (
    Fact,
    FactBook,
    FactEntry,
    FactFile,
    FactGroup,
    Period,
    SourceText,
    Words,
)
from generator.model.report import ReportDefinition
from generator.model.unit import find_unit
from generator.model.written import find_written
from generator.sources.cells import with_cell
from generator.sources.derived import derive
from generator.sources.fact_checks import (
    check_entry,
    check_links,
    check_publication,
    unreviewed,
)
from generator.sources.files import read_source
from generator.sources.validation import validate
from generator.sources.yaml_text import FieldPath, YamlDocument, read_yaml


@dataclass(frozen=True, slots=True)
class _DataFile:
    content: FactFile
    document: YamlDocument
    root: str = "groups"


def read_facts(
    paths: Sequence[Path],
    shown_from: Path | None = None,
    datasets: Mapping[str, Dataset] | None = None,
    report: ReportDefinition | None = None,
) -> FactBook:
    """Return the facts of data files and of a definition, in order, with cells of ``datasets``.

    Files are named in messages relative to ``shown_from``.

    Raises:
        SourceNotFoundError: a file is not there.
        SourceFormatError: a file is not valid YAML.
        DataError: with a problem for each entry that is wrong, over all files.
    """
    files = [*_read_files(paths, shown_from), *_own_facts(report)]
    problems = [problem for file in files for problem in _check_file(file)]
    problems += _repeated_ids(files)
    if problems:
        raise DataError.of(problems)
    book = replace(_book(files), datasets=dict(datasets or {}))
    roots = {file.document.file: file.root for file in files}
    documents = {file.document.file: file.document for file in files}
    book, problems = _with_cells(book, documents, roots)
    problems = problems or list(check_links(book, documents, roots))
    if not problems:
        book, problems = _with_derived(book)
    if problems:
        raise DataError.of(problems)
    return book


def _read_files(paths: Sequence[Path], shown_from: Path | None) -> list[_DataFile]:
    """Return the content of all files; if one cannot be used, the problems of all are raised."""
    files: list[_DataFile] = []
    failures: list[ReportError] = []
    for path in paths:
        try:
            data, shown = read_source(path, shown_from)
            document = read_yaml(data, shown)
            files.append(_DataFile(validate(FactFile, document, DataError), document))
        except ReportError as error:
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise DataError.of([problem for failure in failures for problem in failure.problems])
    return files


#: Facts of a definition are credited to the sources of their datasets.
_NOBODY = SourceText.model_construct(
    title=Words.model_construct(zh="", en=""), label=Words.model_construct(zh="", en=""),
    credit=None, published=None, sections={},
)  # fmt: skip


def _own_facts(report: ReportDefinition | None) -> list[_DataFile]:
    """Return the facts that a definition itself maps."""
    if report is None or not report.entry.facts:
        return []
    content = FactFile.model_construct(source=_NOBODY, assumptions={}, groups=report.entry.facts)
    return [_DataFile(content, YamlDocument(None, report.file, dict(report.lines)), "facts")]


def _with_cells(
    book: FactBook, documents: Mapping[str, YamlDocument], roots: Mapping[str, str]
) -> tuple[FactBook, list[Problem]]:
    """Return the book with what cells hold, or the problems of those that do not hold it."""
    problems: list[Problem] = []
    read: dict[str, Fact] = {}
    for fact in book:
        if fact.entry.cell is None:
            continue
        group, name = fact.id.split(".")
        path = (roots[fact.file], group, "facts", name, "cell")
        result = with_cell(fact, book.datasets, documents[fact.file].where(path))
        if isinstance(result, Problem):
            problems.append(result)
        else:
            read[fact.id] = result
    return _replaced(book, read), problems


def _replaced(book: FactBook, facts: Mapping[str, Fact]) -> FactBook:
    groups = tuple(
        replace(group, facts=tuple(facts.get(fact.id, fact) for fact in group.facts))
        for group in book.groups
    )
    return replace(book, groups=groups) if facts else book


def _entries(file: _DataFile) -> Iterator[tuple[str, FieldPath, FactEntry]]:
    """Return id, path in the document, and content of each entry of a file."""
    for group_id, group in file.content.groups.items():
        for name, entry in group.facts.items():
            yield f"{group_id}.{name}", (file.root, group_id, "facts", name), entry


def _check_file(file: _DataFile) -> Iterator[Problem]:
    yield from check_publication(file.content, file.document)
    for fact_id, path, entry in _entries(file):
        if entry.review is not None:
            yield unreviewed(fact_id, file.document, path)
        yield from check_entry(file.content, entry, file.document, path)


def _repeated_ids(files: Sequence[_DataFile]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for file in files:
        for fact_id, path, _ in _entries(file):
            if fact_id in seen:
                yield Problem(
                    f'the fact "{fact_id}" stands in {seen[fact_id]} already',
                    file.document.where(path),
                    "give it another name, or keep one of the two",
                    code="data",
                )
            where = file.document.where(path)
            seen.setdefault(fact_id, f"{where.file}, line {where.line}")


def _book(files: Sequence[_DataFile]) -> FactBook:
    """Return all facts by group; a group that a later file continues keeps its first title."""
    groups: dict[str, FactGroup] = {}
    for file in files:
        facts = {
            fact_id: _fact(file, fact_id, path, entry) for fact_id, path, entry in _entries(file)
        }
        for group_id, group in file.content.groups.items():
            known = groups.get(group_id) or FactGroup(group_id, group.title, group.note, ())
            added = tuple(facts[f"{group_id}.{name}"] for name in group.facts)
            groups[group_id] = FactGroup(
                group_id, known.title, known.note, (*known.facts, *added)
            )  # fmt: skip
    return FactBook(tuple(groups.values()))


def _fact(file: _DataFile, fact_id: str, path: FieldPath, entry: FactEntry) -> Fact:
    unit = find_unit(entry.unit) if entry.unit else None
    written = (
        find_written(entry.written, entry.number, unit)
        if entry.written and entry.number is not None and unit
        else None
    )
    inferred, has_assumed_year = _inferred(file.content, entry)
    return Fact(
        id=fact_id,
        entry=entry,
        period=Period.parse(entry.period),
        number=entry.number,
        unit=unit,
        bound_word=written.word if written else None,
        inferred=inferred,
        has_assumed_year=has_assumed_year,
        source=file.content.source,
        file=file.document.file,
        line=file.document.where(path).line or 0,
    )


def _inferred(content: FactFile, entry: FactEntry) -> tuple[Words | None, bool]:
    """Return what is inferred about a fact; a known date of publication settles assumed years."""
    if entry.inferred is None or isinstance(entry.inferred, Words):
        return entry.inferred, False
    assumption = content.assumptions[entry.inferred]
    if assumption.year is not None and content.source.published is not None:
        return None, False
    return Words(zh=assumption.zh, en=assumption.en), assumption.year is not None


def _with_derived(book: FactBook) -> tuple[FactBook, list[Problem]]:
    """Return the book with all derived figures worked out, or the problems of those that fail."""
    problems: list[Problem] = []
    numbers: dict[str, Decimal] = {}
    for fact in book:
        if fact.entry.derived is None:
            continue
        result = derive(fact, book.by_id())
        if isinstance(result, Problem):
            problems.append(result)
        else:
            numbers[fact.id] = result
    if problems or not numbers:
        return book, problems
    found = book.by_id()
    return _replaced(book, {k: replace(found[k], number=n) for k, n in numbers.items()}), []
