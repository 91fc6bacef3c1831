"""The next edition: the facts of a data file beside what a new article says of them.

Ids, names, notes, order and comments of the data file stay; values, periods, phrases and places
are those of the new article. Every fact then waits for its review: what changed, what is missing,
what is new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from generator.errors import DataError
from generator.extraction.article import Article, plain
from generator.extraction.drafting import (
    THIS_YEAR,
    Draft,
    Entry,
    assumptions_of,
    sections_of,
)
from generator.extraction.indicators import Indicators
from generator.extraction.yaml_edit import YamlText
from generator.model.fact import FactEntry, FactFile
from generator.model.unit import find_unit
from generator.sources.validation import validate
from generator.sources.yaml_text import read_yaml

State = Literal["changed", "same", "missing", "found", "new"]
#: How much two facts must have in common to be one, of about 10 points.
_ENOUGH = 3.0
_VALUES = re.compile(r"[\d.,%～~+-]+|[万亿元个家名项]|第?[一二三四五六七八九十]+(?=[位次期届])")
_TIMES = re.compile(
    r"(?:今年|去年|上年)?(?:\d{4}年)?(?:上半年|下半年|前?[一二三四]季度|\d{1,2}月末?|年末|全年)"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A fact of the data file beside what the new article says of it.

    ``old`` and ``new`` are the values as printed, with the periods; empty where there is none.
    """

    id: str
    name: str
    state: State
    old: str
    old_period: str
    new: str
    new_period: str
    confidence: float
    line: int


@dataclass(frozen=True, slots=True)
class Update:
    """The new data file, and all pairs in the order of the file, what is new last."""

    text: str
    pairs: tuple[Pair, ...]


def update(data: bytes, file: str, draft: Draft, indicators: Indicators) -> Update:
    """Return the data file with the values of a new article, each to be reviewed.

    Raises:
        SourceFormatError: the data file is not YAML.
        DataError: it is no data file.
    """
    document = read_yaml(data, file)
    content = validate(FactFile, document, DataError)
    raw = document.value
    old = [
        _Old(group, name, entry, raw["groups"][group]["facts"][name])
        for group, entries in content.groups.items() for name, entry in entries.facts.items()
    ]  # fmt: skip
    matched = _match(old, draft.entries, indicators)
    text = YamlText(data.decode("utf-8-sig"), file)
    work = _Writing(text, content, draft, document)
    pairs = [work.revise(fact, matched.get(fact.id)) for fact in old]
    used = {entry.id for entry, _ in matched.values()}
    pairs += [work.add(entry) for entry in draft.entries if entry.id not in used]
    work.finish()
    return Update(text.text, tuple(pairs))


@dataclass(frozen=True, slots=True)
class _Old:
    group: str
    name: str
    entry: FactEntry
    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.group}.{self.name}"


def _match(
    old: Sequence[_Old], entries: Sequence[Entry], indicators: Indicators
) -> dict[str, tuple[Entry, float]]:
    """Return for each old fact the entry that is the same figure of the new article."""
    ours = [_Traits.of_old(fact, indicators) for fact in old]
    theirs = [_Traits.of_entry(entry, indicators) for entry in entries]
    by_unit: dict[str, list[int]] = {}
    for number, traits in enumerate(theirs):
        by_unit.setdefault(traits.unit, []).append(number)
    found: list[tuple[float, int, int]] = []
    for number, traits in enumerate(ours):
        for other in by_unit.get(traits.unit, ()) if traits.unit else ():
            points = traits.likeness(
                theirs[other], number / max(1, len(ours)), other / max(1, len(theirs))
            )
            if points >= _ENOUGH:
                found.append((points, number, other))
    found.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    result: dict[str, tuple[Entry, float]] = {}
    taken: set[int] = set()
    for points, number, other in found:
        fact = old[number]
        if fact.id not in result and other not in taken:
            taken.add(other)
            result[fact.id] = (entries[other], min(0.99, points / 10))
    return result


@dataclass(frozen=True, slots=True)
class _Traits:
    """What two facts are compared by."""

    unit: str
    kind: str
    comparison: str
    of: str
    indicators: frozenset[str]
    words: frozenset[str]
    name: frozenset[str]
    bound: str

    @classmethod
    def of_old(cls, fact: _Old, indicators: Indicators) -> _Traits:
        entry = fact.entry
        phrase = entry.source.phrase if entry.source else ""
        number = entry.number is not None and entry.source is not None
        name = f"{entry.name.zh} {entry.name.en}"
        return cls._of(entry.unit if number else None, entry, name, phrase, indicators)

    @classmethod
    def of_entry(cls, entry: Entry, indicators: Indicators) -> _Traits:
        model = FactEntry.model_validate(entry.fields)
        name = f"{model.name.zh} {model.name.en if model.name.en != model.name.zh else ''} {entry.proposal.name}"
        return cls._of(model.unit, model, name, entry.proposal.phrase, indicators)

    @classmethod
    def _of(
        cls, unit: str | None, entry: FactEntry, name: str, phrase: str, indicators: Indicators
    ) -> _Traits:
        found = find_unit(unit) if unit else None
        base = (
            "" if found is None else {"百分点": "个百分点", "位": "位"}.get(found.base, found.base)
        )
        named = {
            n.id
            for language in ("zh", "en")
            for n in indicators.named_in(plain(f"{name} {phrase}"), language)
        }
        return cls(
            base, entry.kind or "figure", entry.comparison.kind if entry.comparison else "",
            entry.comparison.of.zh if entry.comparison and entry.comparison.of else "",
            frozenset(named), _pieces(_without_values(phrase)), _pieces(_without_values(name)),
            entry.bound.value,
        )  # fmt: skip

    def likeness(self, other: _Traits, place: float, other_place: float) -> float:
        """Return how much two facts have in common, from 0 to about 10."""
        if self.kind != other.kind:
            return 0
        if self.comparison != other.comparison:
            changes = {"yoy", "qoq", "average", "change", ""}
            if not {self.comparison, other.comparison} <= changes:
                return 0
        points = 4.5 * max(_overlap(self.words, other.words), _overlap(self.name, other.words))
        points += 2.5 * _overlap(self.name, other.name)
        if self.indicators and other.indicators:
            points += (
                2
                * len(self.indicators & other.indicators)
                / len(self.indicators | other.indicators)
            )
        points += 0.5 if self.comparison == other.comparison else -1
        points += 0.25 if self.bound == other.bound else 0
        points += 0.25 * (1 - abs(place - other_place))
        return points if points > 1.5 else 0


def _without_values(text: str) -> str:
    return _VALUES.sub("", _TIMES.sub("", plain(text)))


def _pieces(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring Chinese signs and the Latin words of a text."""
    words = {
        word
        for word in re.findall(r"[a-z]{2,}", text.lower())
        if word not in ("of", "the", "in", "and")
    }
    signs = re.findall(r"[\u3400-\u9fff]+", text)
    return frozenset(words | {run[n : n + 2] for run in signs for n in range(max(1, len(run) - 1))})


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    if not first or not second:
        return 0.0
    return (
        len(first & second)
        / min(len(first), len(second))
        * (0.5 + 0.5 * min(len(first), len(second)) / max(len(first), len(second)))
    )


class _Writing:
    """Changes the text of the data file, fact by fact."""

    def __init__(self, text: YamlText, content: FactFile, draft: Draft, document: Any) -> None:
        self.text = text
        self._content = content
        self._draft = draft
        self._document = document
        self._article: Article = draft.extraction.article
        self._places = self._section_names()
        self._assumption = self._assume()
        self._plain_text = {p.number: plain(p.text) for p in self._article.paragraphs}
        self._taken = {f"{g}.{n}" for g, group in content.groups.items() for n in group.facts}

    def _section_names(self) -> dict[str, str]:
        """Return how the sections of the new article are called beside those of the file."""
        known = self._content.source.sections
        names: dict[str, str] = {}
        for name, words in sections_of(self._article).items():
            chosen, number = name, 1
            while (
                chosen in known
                and known[chosen].zh != words["zh"]
                and name not in ("lead", "captions", "headings", "notes")
            ):
                number += 1
                chosen = f"{name}_{number}"
            names[name] = chosen
        return names

    def _assume(self) -> str | None:
        """Return the name of the assumption on "this year" for the new article; None without one."""
        fresh = assumptions_of(self._draft.extraction)
        if not fresh:
            return None
        year = fresh[THIS_YEAR]["year"]  # type: ignore[index]
        known = self._content.assumptions
        for name, assumption in known.items():
            if assumption.year == year:
                return name
        return THIS_YEAR if THIS_YEAR not in known else f"{THIS_YEAR}_{year}"

    def place(self, at: str) -> str:
        section, number = at.split()
        return f"{self._places.get(section, section)} {number}"

    def revise(self, fact: _Old, match: tuple[Entry, float] | None) -> Pair:
        path = ("groups", fact.group, "facts", fact.name)
        entry = fact.entry
        was = _value(entry, fact.fields)
        line = self.text.line_of(*path)
        if entry.derived is not None or entry.cell is not None:
            return Pair(
                fact.id, entry.name.zh, "same", was, entry.period, was, entry.period, 1.0, line
            )
        if match is not None:
            return self._take_over(fact, match, path, was)
        if entry.number is None and entry.source is not None:
            at = self._standing(entry.source.phrase)
            if at is not None:
                self._put(path, "source", {**_source_of(fact.fields), "at": at})
                self._ask(
                    path,
                    was,
                    entry,
                    Decimal("0.9"),
                    "",
                    ["the phrase stands in the new article, too; does the fact still hold?"],
                )
                return Pair(
                    fact.id, entry.name.zh, "found", was, entry.period, was, entry.period, 0.9, line
                )
        self._ask(
            path,
            was,
            entry,
            None,
            "",
            ["not found in the new article: accept to keep it, change it, or skip to drop it"],
        )
        return Pair(fact.id, entry.name.zh, "missing", was, entry.period, "", "", 0.0, line)

    def _take_over(
        self, fact: _Old, match: tuple[Entry, float], path: tuple[str, ...], was: str
    ) -> Pair:
        found, sure = match
        fields, entry = found.fields, fact.entry
        new = FactEntry.model_validate(fields)
        for key in ("written", "number", "unit"):
            if str(fact.fields.get(key)) != str(fields[key]):
                self._put(path, key, fields[key])
        for key in ("bound", "period", "inferred"):
            value = fields.get(key)
            if key == "inferred" and value == THIS_YEAR:
                value = self._assumption
            if value is None:
                if key in fact.fields:
                    self.text.remove(*path, key)
            elif str(fact.fields.get(key)) != str(value):
                self.text.put(
                    (*path, key),
                    value,
                    after="unit"
                    if key == "bound"
                    else "period"
                    if key == "inferred"
                    else "comparison"
                    if "comparison" in fact.fields
                    else "bound"
                    if self.text.has(*path, "bound")
                    else "unit",
                )
        self._put(path, "source", self._source(fields["source"]))
        checks = [*fields["review"].get("check", ())]
        checks = [check for check in checks if "name" not in check]
        if entry.text is not None and new.bound.value != "exact" and "text" in fact.fields:
            self.text.remove(*path, "text")
            checks.append("its text was dropped: it would hide the bound")
        if entry.valid_until is not None:
            checks.append(f"valid_until is {entry.valid_until}; is it still right?")
        if sure < 0.6:
            checks.append("the match is not sure; compare both phrases")
        review = fields["review"]
        self._ask(
            path, was, entry, Decimal(round(sure * 100)) / 100, review["sentence"], checks, review
        )
        same = was == _value(new, fields) and entry.period == new.period
        return Pair(fact.id, entry.name.zh, "same" if same else "changed", was, entry.period,
                    _value(new, fields), new.period, sure, self.text.line_of(*path))  # fmt: skip

    def _source(self, source: Mapping[str, Any]) -> dict[str, Any]:
        result = {"at": self.place(source["at"]), "phrase": source["phrase"]}
        if source.get("also"):
            result["also"] = [self.place(at) for at in source["also"]]
        return result

    def _put(self, path: tuple[str, ...], key: str, value: Any) -> None:
        self.text.put((*path, key), value)

    def _ask(
        self, path: tuple[str, ...], was: str, entry: FactEntry, sure: Decimal | None,
        sentence: str, checks: Sequence[str], place: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        review: dict[str, Any] = {}
        if sure is not None:
            review["confidence"] = sure
        if sentence:
            review["sentence"] = sentence
        if place is not None:
            review.update({key: place[key] for key in ("paragraph", "start", "end")})
        review["was"] = f"{was} ({entry.period})"
        if checks:
            review["check"] = list(checks)
        self.text.put((*path, "review"), review)

    def _standing(self, phrase: str) -> str | None:
        """Return where a phrase stands in the new article; a gap may hold anything."""
        parts = [plain(part) for part in re.split(r"…", phrase) if part]
        for paragraph in self._article.paragraphs:
            text, position = self._plain_text[paragraph.number], 0
            for part in parts:
                position = text.find(part, position)
                if position < 0:
                    break
                position += len(part)
            else:
                return self.place(paragraph.place)
        return None

    def add(self, entry: Entry) -> Pair:
        """Add an entry that the file has no fact for, behind those of its group."""
        name, number = entry.name, 1
        while f"{entry.group}.{name}" in self._taken:
            number += 1
            name = f"{entry.name}_{number}"
        self._taken.add(f"{entry.group}.{name}")
        fields = {**entry.fields, "source": self._source(entry.fields["source"])}
        if fields.get("inferred") == THIS_YEAR:
            fields["inferred"] = self._assumption
        review = {**fields["review"]}
        review["check"] = ["new: the file had no such fact", *review.get("check", [])]
        fields["review"] = review
        if not self.text.has("groups", entry.group):
            title = self._draft.titles[entry.group]
            self.text.put(
                ("groups", entry.group),
                {"title": {"zh": title.zh, "en": title.en}, "facts": {name: fields}},
            )
        else:
            self.text.put(("groups", entry.group, "facts", name), fields)
        path = ("groups", entry.group, "facts", name)
        return Pair(f"{entry.group}.{name}", fields["name"]["zh"], "new", "", "", str(fields["written"]),
                    str(fields["period"]), float(review["confidence"]), self.text.line_of(*path))  # fmt: skip

    def finish(self) -> None:
        """Take over title, date, sections and the assumption on the year of the new article."""
        article = self._article
        before = self._content.source.title
        if article.title and _signs(article.title) not in (_signs(before.zh), _signs(before.en)):
            self._set("title", {"zh": article.title, "en": article.title})
        published = article.published
        self.text.put(
            ("source", "published"), published.isoformat() if published else None, after="label"
        )
        sections = {self._places[name]: words for name, words in sections_of(article).items()}
        for name, words in sections.items():
            if name not in self._content.source.sections:
                if self.text.has("source", "sections"):
                    self.text.put(("source", "sections", name), words)
                else:
                    self.text.put(("source", "sections"), {name: words}, after="published")
        fresh = assumptions_of(self._draft.extraction)
        if fresh and self._assumption not in self._content.assumptions:
            value = fresh[THIS_YEAR]
            if self.text.has("assumptions"):
                self.text.put(("assumptions", str(self._assumption)), value)
            else:
                self.text.put(("assumptions",), {str(self._assumption): value}, after="source")
        if published is not None:
            for name, assumption in self._content.assumptions.items():
                if assumption.year is not None and assumption.year != published.year:
                    self.text.remove("assumptions", name, "year")
        if self._draft.unread:
            known = {(item.at, item.phrase) for item in self._content.unread}
            items = [{**item, "at": self.place(item["at"])} for item in self._draft.unread]
            items = [item for item in items if (item["at"], item["phrase"]) not in known]
            if items:
                self.text.add_items("unread", list(items))

    def _set(self, key: str, value: object) -> None:
        self.text.put(("source", key), value)


def _signs(text: str) -> str:
    return re.sub(r"\W", "", plain(text))


def _value(entry: FactEntry, fields: Mapping[str, Any]) -> str:
    return str(fields.get("written") or entry.name.zh)


def _source_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields["source"].items() if key != "also"}


def in_order(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Yield the pairs that ask for a look first: changed, missing, new; then the rest."""
    order = {"changed": 0, "missing": 1, "new": 2, "found": 3, "same": 4}
    yield from sorted(pairs, key=lambda pair: order[pair.state])
