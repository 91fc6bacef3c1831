"""What must hold inside an entry and between entries; each breach is a problem with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from generator.errors import Problem, near_name_hint
from generator.model.bound import Bound
from generator.model.fact import Fact, FactBook, FactEntry, FactFile
from generator.model.period import Period
from generator.model.unit import Unit, find_unit, in_base_units
from generator.model.written import Written, find_written
from generator.sources.yaml_text import FieldPath, YamlDocument

_YEAR = re.compile(r"(?<!\d)((?:18|19|20|21)\d\d)(?=年|$)")
_GAPS = re.compile(r"[…\s]+")


def check_publication(content: FactFile, document: YamlDocument) -> Iterator[Problem]:
    """Yield a problem for each assumed year that the date of publication contradicts."""
    published = content.source.published
    for name, assumption in content.assumptions.items():
        if published and assumption.year not in (None, published.year):
            yield Problem(
                f'the source was published in {published.year}, "{name}" assumes {assumption.year}',
                document.where(("assumptions", name, "year")),
                "mend the year, and the periods of the facts that are inferred from it",
                code="data",
            )


def check_entry(
    content: FactFile, entry: FactEntry, document: YamlDocument, path: FieldPath
) -> Iterator[Problem]:
    """Yield the problems of one entry: unknown names, and forms of a value that disagree."""
    yield from _check_names(content, entry, document, path)
    yield from _check_sense(entry, document, path)
    unit = find_unit(entry.unit) if entry.unit else None
    if entry.written is None:
        return
    if entry.number is None or unit is None:
        yield from _check_year(entry, document, path)
        return
    written = find_written(entry.written, entry.number, unit)
    if written is None:
        yield Problem(
            f'the number {entry.number} does not stand in "{entry.written}"',
            document.where((*path, "number")),
            "number and written must say the same; mend the one that is wrong",
            code="data",
        )
        return
    yield from _check_written(entry, written, unit, document, path)


def unreviewed(fact_id: str, document: YamlDocument, path: FieldPath) -> Problem:
    """Return the problem of a fact that was proposed and that nobody has looked at."""
    return Problem(
        f'the fact "{fact_id}" is not reviewed',
        document.where((*path, "review")),
        f"look at it: make_report.py extract --review {document.file}; or delete its field review",
        code="unreviewed",
    )


def _check_names(
    content: FactFile, entry: FactEntry, document: YamlDocument, path: FieldPath
) -> Iterator[Problem]:
    places = [] if entry.source is None else [("at", entry.source.at)]
    if entry.source is not None:
        places += [("also", place) for place in entry.source.also]
    for field, place in places:
        section = place.split()[0]
        if section not in content.source.sections:
            known = list(content.source.sections)
            yield Problem(
                f'there is no section "{section}"', document.where((*path, "source", field)),
                near_name_hint(section, known) or "add it under source, sections",
                code="data",
            )  # fmt: skip
    if isinstance(entry.inferred, str) and entry.inferred not in content.assumptions:
        known = list(content.assumptions)
        yield Problem(
            f'there is no assumption "{entry.inferred}"', document.where((*path, "inferred")),
            near_name_hint(entry.inferred, known) or "add it under assumptions", code="data",
        )  # fmt: skip


def _check_sense(entry: FactEntry, document: YamlDocument, path: FieldPath) -> Iterator[Problem]:
    """Yield what cannot be: a share above the whole, half a place in a ranking."""
    number, kind = entry.number, entry.comparison.kind if entry.comparison else None
    if number is None:
        return
    where = document.where((*path, "number"))
    if kind == "share" and entry.unit == "%" and not 0 <= number <= 100:
        yield Problem(f"a share of {number}% is impossible", where,
                      "a share lies between 0 and 100; a rate of change has comparison: yoy",
                      code="data")  # fmt: skip
    is_place = entry.kind in ("rank", "ordinal") or kind == "rank"
    if is_place and (number < 1 or number != number.to_integral_value()):
        yield Problem(f"{number} is no place in a row", where,
                      "write 1 for the first", code="data")  # fmt: skip
    if (kind == "rank") != (entry.kind == "rank"):
        yield Problem("kind and comparison disagree on whether this is a rank",
                      document.where((*path, "comparison")),
                      "a rank has kind: rank and comparison: {kind: rank, of: ...}",
                      code="data")  # fmt: skip


def _check_year(entry: FactEntry, document: YamlDocument, path: FieldPath) -> Iterator[Problem]:
    years = _YEAR.findall(entry.written or "")
    period = Period.parse(entry.period)
    if years and period.year is not None and str(period.year) not in years:
        yield Problem(
            f'the period {entry.period} does not stand in "{entry.written}"',
            document.where((*path, "period")),
            "period and written must say the same; mend the one that is wrong",
            code="data",
        )


def _check_written(
    entry: FactEntry, written: Written, unit: Unit, document: YamlDocument, path: FieldPath
) -> Iterator[Problem]:
    assert entry.number is not None
    if written.bound is not entry.bound:
        yield Problem(
            f'"{entry.written}" says "{written.bound.value}" and bound says "{entry.bound.value}"',
            document.where((*path, "bound")),
            f"write bound: {written.bound.value}, or mend written",
            code="data",
        )
    if not written.has_unit(unit) and entry.kind != "rank":
        yield Problem(
            f'behind the number in "{entry.written}" stands no "{unit.base}"',
            document.where((*path, "unit")),
            "unit and written must say the same; mend the one that is wrong",
            code="data",
        )
    if written.is_fall and entry.number > 0:
        yield Problem(
            f'"{entry.written}" is a fall, and {entry.number} a rise',
            document.where((*path, "number")),
            f"write number: -{entry.number}, or mend written",
            code="data",
        )
    elif entry.number < 0 and not written.is_fall:
        yield Problem(
            f'{entry.number} is a fall, and "{entry.written}" does not say so',
            document.where((*path, "number")),
            "keep the word that says so in written, for example 下降2.1%",
            code="data",
        )
    if entry.source is not None and not _stands_in(entry.written or "", entry.source.phrase):
        yield Problem(
            f'"{entry.written}" does not stand in the phrase "{entry.source.phrase}"',
            document.where((*path, "source", "phrase")),
            "the phrase is the place of the source that prints the figure; mend one of them",
            code="data",
        )


def _stands_in(written: str, phrase: str) -> bool:
    return _GAPS.sub("", written) in _GAPS.sub("", phrase)


def check_links(
    book: FactBook, documents: Mapping[str, YamlDocument], roots: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield the problems between facts: unknown ids, parts that are larger than their whole."""
    for fact in book:
        group, name = fact.id.split(".")
        path: FieldPath = (roots[fact.file], group, "facts", name)
        document = documents[fact.file]
        for field, target in _targets(fact):
            if target not in book:
                known = list(book.by_id())
                yield Problem(
                    f'there is no fact "{target}"', document.where((*path, *field)),
                    near_name_hint(target, known) or "name a fact of the data files", code="data",
                )  # fmt: skip
            elif target == fact.id:
                yield Problem(
                    f'"{target}" points at itself', document.where((*path, *field)),
                    "name another fact, or drop it", code="data",
                )  # fmt: skip
        if fact.entry.part_of in book:
            yield from _check_part(fact, book[fact.entry.part_of or ""], document, path)


def _targets(fact: Fact) -> Iterator[tuple[FieldPath, str]]:
    for position, target in enumerate(fact.entry.related):
        yield ("related", position), target
    if fact.entry.part_of is not None:
        yield ("part_of",), fact.entry.part_of
    if fact.entry.derived is not None:
        for position, target in enumerate(fact.entry.derived.inputs):
            yield ("derived", "inputs", position), target


def _check_part(
    part: Fact, whole: Fact, document: YamlDocument, path: FieldPath
) -> Iterator[Problem]:
    if part.number is None or whole.number is None or part.unit is None or whole.unit is None:
        return
    if part.unit.base != whole.unit.base:
        yield Problem(
            f'a part in {part.entry.unit} and a whole in {whole.entry.unit} ("{whole.id}")',
            document.where((*path, "part_of")), "part and whole have one unit", code="data",
        )  # fmt: skip
    elif _is_above(part, whole):
        yield Problem(
            f"{part.number} {part.entry.unit} cannot be part of {whole.number} "
            f'{whole.entry.unit} ("{whole.id}")',
            document.where((*path, "number")), "check both numbers", code="data",
        )  # fmt: skip


def _is_above(part: Fact, whole: Fact) -> bool:
    """Whether a part is certainly larger than its whole, with what their bounds leave open."""
    assert part.number is not None
    assert part.unit is not None
    assert whole.number is not None
    assert whole.unit is not None
    if whole.bound.is_lower or Bound.ABOUT in (part.bound, whole.bound) or part.bound.is_upper:
        return False
    least = in_base_units(part.number, part.unit)
    most = in_base_units(whole.number, whole.unit)
    if part.bound is Bound.OVER or whole.bound in (Bound.UNDER, Bound.NEARLY):
        return least >= most
    return least > most
