"""Facts from YAML files, checked against themselves: what is written, its number and its bound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from generator.errors import DataError, Location, Problem, near_name_hint
from generator.model.fact import (
    BOUND_PREFIXES,
    BOUND_SUFFIXES,
    Bound,
    Derivation,
    Fact,
    FactBook,
    FactEntry,
    FactFile,
    FactGroup,
    Period,
    Words,
)
from generator.sources.files import read_source
from generator.sources.validation import validate
from generator.sources.yaml_text import YamlDocument, read_yaml

_CHINESE_DIGITS = dict(
    zip("一二三四五六七八九十两", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2), strict=True)
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十两](?![级线])")


def read_facts(paths: Sequence[Path], shown_from: Path | None = None) -> FactBook:
    """Return the facts of data files, in order.

    Files are named in messages relative to ``shown_from``.

    Raises:
        SourceNotFoundError: a file is not there.
        SourceFormatError: a file is not valid YAML.
        DataError: with a problem for each entry that is wrong, over all files.
    """
    problems: list[Problem] = []
    files: list[tuple[FactFile, YamlDocument]] = []
    for path in paths:
        data, shown = read_source(path, shown_from)
        document = read_yaml(data, shown)
        result = validate(FactFile, document, "value-type")
        if isinstance(result, list):
            problems += result
        else:
            files.append((result, document))
    if problems:
        raise DataError.of(problems)
    book = FactBook(groups=tuple(_groups(files, problems)))
    if not problems:
        book = _derive_all(book, problems)
    problems += _check_links(book, {d.file: d for _, d in files})
    if problems:
        raise DataError.of(problems)
    return book


def _groups(
    files: list[tuple[FactFile, YamlDocument]], problems: list[Problem]
) -> Iterator[FactGroup]:
    seen: dict[str, str] = {}
    for content, document in files:
        problems += _check_publication(content, document)
        for group_id, group in content.groups.items():
            path = ("groups", group_id)
            if group_id in seen:
                problems.append(
                    Problem(f'the group "{group_id}" stands in {seen[group_id]} already',
                            document.where(path), "give it another name", code="data")
                )  # fmt: skip
                continue
            seen[group_id] = document.file
            facts = [
                fact
                for name, entry in group.facts.items()
                if (fact := _fact(content, document, group_id, name, entry, problems)) is not None
            ]
            yield FactGroup(id=group_id, title=group.title, note=group.note, facts=tuple(facts))


def _fact(
    content: FactFile,
    document: YamlDocument,
    group_id: str,
    name: str,
    entry: FactEntry,
    problems: list[Problem],
) -> Fact | None:
    path = ("groups", group_id, "facts", name)
    found = list(_check_entry(content, entry, document, path))
    try:
        period = Period.parse(entry.period)
    except ValueError as error:
        found.append(Problem(str(error), document.where((*path, "period")), code="value-type"))
        period = Period(year=None)
    problems += found
    if found:
        return None
    inferred = _inferred(content, entry)
    return Fact(
        id=f"{group_id}.{name}", entry=entry, period=period, number=entry.number,
        inferred=inferred, source=content.source,
        file=document.file, line=document.lines.get(path, 0),
    )  # fmt: skip


def _check_entry(
    content: FactFile, entry: FactEntry, document: YamlDocument, path: tuple[str, ...]
) -> Iterator[Problem]:
    yield from _check_references(content, entry, document, path)
    if entry.number is None or entry.written is None:
        return
    match = _written_number(entry)
    if match is None:
        yield Problem(
            f'the number {entry.number} does not stand in "{entry.written}"',
            document.where((*path, "number")),
            "number and written must say the same; mend the one that is wrong",
            code="data",
        )
        return
    bound, rest = _written_bound(entry.written, match)
    if bound is not entry.bound:
        yield Problem(
            f'"{entry.written}" says "{bound.value}" and bound says "{entry.bound.value}"',
            document.where((*path, "bound")),
            f"write bound: {bound.value}, or mend written",
            code="data",
        )
    unit = entry.unit or ""
    if not rest.startswith((unit, *_SAME_UNIT.get(unit, ()))):
        yield Problem(
            f'behind the number in "{entry.written}" stands no "{unit}"',
            document.where((*path, "unit")),
            "unit and written must say the same",
            code="data",
        )


#: Words that Chinese prose puts in the place of a unit.
_SAME_UNIT = {"位": ("",), "个": ("大", "项", "种"), "所": ("大", "家"), "名": ("位", "大")}


def _check_references(
    content: FactFile, entry: FactEntry, document: YamlDocument, path: tuple[str, ...]
) -> Iterator[Problem]:
    places = [] if entry.source is None else [entry.source.at, *entry.source.also]
    for place in places:
        section = place.split()[0]
        if section not in content.source.sections:
            yield Problem(
                f'there is no section "{section}"', document.where((*path, "source", "at")),
                near_name_hint(section, list(content.source.sections)), code="data",
            )  # fmt: skip
    if isinstance(entry.inferred, str) and entry.inferred not in content.assumptions:
        yield Problem(
            f'there is no assumption "{entry.inferred}"', document.where((*path, "inferred")),
            near_name_hint(entry.inferred, list(content.assumptions)), code="data",
        )  # fmt: skip


def _inferred(content: FactFile, entry: FactEntry) -> Words | None:
    """Return what is inferred about a fact; a known date of publication settles assumed years."""
    if entry.inferred is None or isinstance(entry.inferred, Words):
        return entry.inferred
    assumption = content.assumptions[entry.inferred]
    if assumption.year is not None and content.source.published is not None:
        return None
    return Words(zh=assumption.zh, en=assumption.en)


def _check_publication(content: FactFile, document: YamlDocument) -> Iterator[Problem]:
    published = content.source.published
    for name, assumption in content.assumptions.items():
        if published and assumption.year not in (None, published.year):
            yield Problem(
                f'the source was published in {published.year}, "{name}" assumes {assumption.year}',
                document.where(("assumptions", name, "year")),
                "mend the year, and the periods of the facts that are inferred from it",
                code="data",
            )


def _written_number(entry: FactEntry) -> re.Match[str] | None:
    for match in _NUMBER.finditer(entry.written or ""):
        text = match.group()
        value = Decimal(_CHINESE_DIGITS[text]) if text in _CHINESE_DIGITS else Decimal(text)
        if value == entry.number:
            return match
    return None


def _written_bound(written: str, match: re.Match[str]) -> tuple[Bound, str]:
    """Return the bound that the words around a number state, and what stands behind it."""
    before, after = written[: match.start()], written[match.end() :]
    bound = Bound.EXACT
    for word, kind in BOUND_PREFIXES.items():
        if before.endswith(word):
            bound = kind
            break
    for word, kind in BOUND_SUFFIXES.items():
        if after.startswith(word):
            return kind, after[len(word) :]
        if after.endswith(word):
            return kind, after.removesuffix(word)
    return bound, after


def _check_links(book: FactBook, documents: dict[str, YamlDocument]) -> Iterator[Problem]:
    facts = book.by_id()
    for fact in facts.values():
        group, name = fact.id.split(".")
        path = ("groups", group, "facts", name)
        document = documents[fact.file]
        for position, target in enumerate(fact.entry.related):
            if target not in facts:
                yield Problem(f'there is no fact "{target}"',
                              document.where((*path, "related", position)),
                              near_name_hint(target, list(facts)), code="data")  # fmt: skip
        whole = facts.get(fact.entry.part_of or "")
        if fact.entry.part_of and whole is None:
            yield Problem(f'there is no fact "{fact.entry.part_of}"',
                          document.where((*path, "part_of")),
                          near_name_hint(fact.entry.part_of, list(facts)), code="data")  # fmt: skip
        elif whole and not _fits_into(fact, whole):
            yield Problem(
                f"{fact.number} {fact.entry.unit} cannot be part of {whole.number} "
                f'{whole.entry.unit} ("{whole.id}")',
                document.where((*path, "number")), "check both numbers", code="data",
            )  # fmt: skip


def _fits_into(part: Fact, whole: Fact) -> bool:
    if part.number is None or whole.number is None:
        return True
    return part.entry.unit == whole.entry.unit and part.number <= whole.number


def _derive_all(book: FactBook, problems: list[Problem]) -> FactBook:
    facts = book.by_id()
    groups = []
    for group in book.groups:
        members = []
        for fact in group.facts:
            if fact.entry.derived is None:
                members.append(fact)
                continue
            result = _derive(fact.entry.derived, facts)
            if isinstance(result, str):
                problems.append(
                    Problem(f'"{fact.id}" cannot be worked out: {result}', _where(fact),
                            "derived figures need two exact figures of one kind", code="data")
                )  # fmt: skip
                continue
            members.append(fact.model_copy(update={"number": result}))
        groups.append(group.model_copy(update={"facts": tuple(members)}))
    return book.model_copy(update={"groups": tuple(groups)})


def _where(fact: Fact) -> Location:
    return Location(fact.file, (f'field "{fact.id}"',), fact.line)


def _derive(rule: Derivation, facts: dict[str, Fact]) -> Decimal | str:
    """Return a derived number, or why there is none.

    A share needs a part and a whole that are exact, in one unit, of one period, and the part must
    be declared as part of the whole: a ratio of two "more than" figures says nothing.
    """
    missing = [name for name in rule.inputs if name not in facts]
    if missing:
        return f'there is no fact "{missing[0]}"'
    part, whole = (facts[name] for name in rule.inputs)
    if part.number is None or whole.number is None or not whole.number:
        return "one of its inputs has no number"
    bounded = [fact for fact in (part, whole) if fact.bound is not Bound.EXACT]
    if bounded:
        return f'"{bounded[0].id}" is a bound ("{bounded[0].entry.written}"), not an exact value'
    if part.entry.unit != whole.entry.unit or part.period != whole.period:
        return "its inputs differ in unit or period"
    if part.entry.part_of != whole.id:
        return f'"{part.id}" is not declared as part_of "{whole.id}"'
    step = Decimal(1).scaleb(-rule.decimals)
    return (part.number / whole.number * 100).quantize(step, ROUND_HALF_UP)
