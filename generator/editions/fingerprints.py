"""What the content of an output depends on, part by part, and how two such fingerprints differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generator.editions.state import digest_of_text

if TYPE_CHECKING:
    from generator.build.steps import Job
    from generator.model.fact import Fact, FactBook
    from generator.model.report import ReportDefinition

#: Name of a part -> its digest, or for facts their digests and shown values by id.
Parts = dict[str, Any]

#: Fields of a definition that say which files are made, not what is in them.
_APART = ("documents", "languages", "output", "pdf", "history", "deliver", "schedule")
#: Fields that say where data lie; what is read there counts.
_READ = ("data", "datasets", "databases", "network", "facts")
_DRAWINGS = ("charts.", "diagrams.")
_MOST_REASONS = 6


def parts_of(
    report: ReportDefinition, book: FactBook, job: Job, facts: set[str] | None, drawings: set[str],
    datasets: Collection[str] = (),
) -> Parts:  # fmt: skip
    """Return the parts of an output that uses these facts (None: all), drawings and datasets."""
    return {
        "datasets": _dataset_parts(book, datasets),
        "definition": _definition_parts(report, job, drawings),
        "sources": _digested(book).sources,
        "facts": fact_parts(book, facts),
    }


def _dataset_parts(book: FactBook, used: Collection[str]) -> dict[str, list[Any]]:
    """Return digest and number of rows of datasets by name: of content, places and words."""
    parts = {}
    for name in sorted(set(used) & set(book.datasets)):
        table = book.datasets[name]
        letters = [column.letter for column in table.columns]
        whole = (table.sha256, table.origin.told, table.origin.query, letters, table.numbers,
                 table.source)  # fmt: skip
        parts[name] = [digest_of_text(repr(whole)), len(table.rows)]
    return parts


def used_drawings(parts: Mapping[str, Any]) -> set[str]:
    """Return the drawings that an output used, as its parts tell."""
    return {name for name in parts.get("definition", ()) if name.startswith(_DRAWINGS)}


def fact_parts(book: FactBook, used: set[str] | None = None) -> dict[str, list[str]]:
    """Return digest and shown value of facts by id, all or those that are used."""
    parts = _digested(book).facts
    return {name: list(part) for name, part in parts.items() if used is None or name in used}


class _Digested:
    """The digests of one book, worked out once for all of its outputs."""

    def __init__(self, book: FactBook) -> None:
        self.book = book
        self.facts = {fact.id: (digest_of_text(_whole(fact)), _shown(fact)) for fact in book}
        self.sources = digest_of_text(_sources(book))


_last: list[_Digested] = []


def _digested(book: FactBook) -> _Digested:
    """Return the digests of a book; those of the last one asked for are kept."""
    for digested in _last[:1]:
        if digested.book is book:
            return digested
    digested = _Digested(book)
    _last[:] = [digested]
    return digested


def _definition_parts(report: ReportDefinition, job: Job, drawings: set[str]) -> dict[str, str]:
    entry = report.entry
    parts: dict[str, str] = {
        "document": repr((job.document, job.definition.model_copy(update={"pdf": None}))),
        "language": job.language,
    }
    for name in type(entry).model_fields:
        if name in _APART or name in _READ:
            continue
        value = getattr(entry, name)
        if f"{name}." in _DRAWINGS:
            used = {key: f"{name}.{key}" for key in value if f"{name}.{key}" in drawings}
            parts |= {shown: repr(value[key]) for key, shown in used.items()}
        else:
            parts[name] = repr(value)
    return {name: digest_of_text(text) for name, text in parts.items()}


def _sources(book: FactBook) -> str:
    """Return what every template sees of the data whatever facts it uses: order, titles, sources.

    What is said of all facts together (credits of sources, assumed years) is part of it.
    """
    groups = [(g.id, g.title, g.note, [fact.id for fact in g.facts]) for g in book.groups]
    facts = [(f.source, f.inferred, f.has_assumed_year, f.is_figure) for f in book]
    return repr((groups, facts))


def _whole(fact: Fact) -> str:
    """Return everything about a fact but where it stands in its file."""
    return repr(replace(fact, file="", line=0))


def _shown(fact: Fact) -> str:
    if fact.number is None:
        return fact.entry.name.en
    sign = "" if fact.bound.value == "exact" else f"{fact.bound.value.replace('_', ' ')} "
    return f"{sign}{fact.number}"


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return how two fingerprints differ, in words; none if they are the same."""
    found = [*_definition_differences(old, new)]
    found += _fact_differences(old.get("facts", {}), new.get("facts", {}))
    found += _dataset_differences(old.get("datasets", {}), new.get("datasets", {}))
    if old.get("sources") != new.get("sources") and not found:
        found.append("facts were added, dropped or reordered, or a source changed")
    if old.get("changes") != new.get("changes"):
        found.append("the edition to compare with is another")
    return found


def _definition_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, now = old.get("definition", {}), new.get("definition", {})
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            yield f"{name} in the definition changed"


def _dataset_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        before, now = old.get(name), new.get(name)
        if before is None or now is None:
            yield f"the dataset {name} is {'new' if before is None else 'gone'}"
        elif before[1] != now[1]:
            yield f"the dataset {name} has {now[1]:,} rows, not {before[1]:,}"
        elif before[0] != now[0]:
            yield f"the dataset {name} changed"


def _fact_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    found = []
    for name in dict.fromkeys((*old, *new)):
        before, now = old.get(name), new.get(name)
        if before is None:
            found.append(f"{name} is new")
        elif now is None:
            found.append(f"{name} is gone")
        elif before[0] != now[0]:
            shown = before[1] != now[1]
            found.append(f"{name} {before[1]} -> {now[1]}" if shown else f"{name} told otherwise")
    return found


def in_short(reasons: list[str]) -> tuple[str, ...]:
    """Return the first reasons and how many more there are."""
    if len(reasons) <= _MOST_REASONS:
        return tuple(reasons)
    kept = _MOST_REASONS - 1
    return (*reasons[:kept], f"and {len(reasons) - kept} more")
