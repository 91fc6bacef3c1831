"""From proposals to a draft: a data file in which each fact waits for its review."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from generator.errors import Problem
from generator.extraction.article import Article
from generator.extraction.indicators import Indicators
from generator.extraction.proposals import Extraction, NotRead, Proposal
from generator.extraction.yaml_writing import block, list_lines
from generator.model.bound import Bound
from generator.model.fact import FactEntry, FactFile, SourceText
from generator.model.record import Words
from generator.sources.fact_checks import check_entry
from generator.sources.yaml_text import YamlDocument

THIS_YEAR = "this_year"
#: Names of sections that the reader of articles gives by itself.
_SECTIONS: dict[str, dict[str, object]] = {
    "lead": {"zh": "导语", "en": "lead"},
    "captions": {"zh": "图片说明", "en": "captions", "counter": {"zh": "幅", "en": "picture"}},
    "headings": {"zh": "标题", "en": "headings", "counter": {"zh": "个", "en": "heading"}},
    "notes": {"zh": "注释", "en": "notes", "counter": {"zh": "条", "en": "note"}},
    "tables": {"zh": "表格", "en": "tables", "counter": {"zh": "行", "en": "row"}},
}
_SUFFIXES = {
    "yoy": ("增速", "Growth of {}", "growth"), "qoq": ("环比增速", "Growth of {} on the period before", "growth_qoq"),
    "average": ("年均增速", "Average annual growth of {}", "average_growth"),
    "change": ("变动", "Change of {}", "change"), "gap": ("差距", "Gap of {}", "gap"),
    "contribution": ("贡献率", "Contribution of {} to growth", "contribution"),
    "pull": ("拉动点数", "Points of growth contributed by {}", "pull"),
    "share": ("占比", "Share of {}", "share"), "rank": ("位次", "Rank of {}", "rank"),
}  # fmt: skip
_HAS_SUFFIX = re.compile(r"(?:增速|增幅|降幅|涨幅|比重|占比|率|排名|位次)$")
_UNNAMED = {"zh": "未命名", "en": "unnamed"}
_LONGEST = 300
_SMALL = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal as an entry of a data file: group, name, and the fields in their order."""

    group: str
    name: str
    fields: dict[str, Any]
    proposal: Proposal

    @property
    def id(self) -> str:
        return f"{self.group}.{self.name}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: its entries by group, what was not read, and its text."""

    extraction: Extraction
    entries: tuple[Entry, ...]
    unread: tuple[dict[str, str], ...]
    titles: dict[str, Words] = field(default_factory=dict)
    text: str = ""


def draft_of(extraction: Extraction, indicators: Indicators, origin: str, label: str = "") -> Draft:
    """Return the draft of what was read in the file ``origin``; ``label`` names it in source lines."""
    article = extraction.article
    checker = _Checker(_source(article, label or article.title or origin), extraction)
    entries: list[Entry] = []
    unread = [unread_of(left) for left in extraction.unread]
    ids: Counter[str] = Counter()
    taken: set[str] = set()
    by_key: dict[tuple[int, int] | None, str] = {}
    for proposal in extraction.proposals:
        fields, reason = checker.fitting(proposal, indicators)
        if fields is None:
            unread.append({
                "at": proposal.paragraph.place, "phrase": proposal.written,
                "why": f"it cannot be written as a fact: {reason}", "sentence": _short(proposal.sentence),
            })  # fmt: skip
            continue
        group = proposal.topic or "other"
        name = _free(_name_id(proposal), group, ids, taken)
        by_key[proposal.key] = f"{group}.{name}"
        if proposal.part_of in by_key:
            fields = _with_whole(fields, by_key[proposal.part_of])
        entries.append(Entry(group, name, fields, proposal))
    titles = {entry.group: indicators.title(entry.group) for entry in entries}
    text = "\n".join(_lines(extraction, entries, unread, titles, origin, label)) + "\n"
    return Draft(extraction, tuple(entries), tuple(unread), titles, text)


def _with_whole(fields: dict[str, Any], whole: str) -> dict[str, Any]:
    """Return fields with the fact that this one is part of, before its period."""
    result: dict[str, Any] = {}
    for key, value in fields.items():
        if key == "period":
            result["part_of"] = whole
        result[key] = value
    return result


def unread_of(left: NotRead) -> dict[str, str]:
    return {
        "at": left.paragraph.place,
        "phrase": left.phrase,
        "why": left.why,
        "sentence": _short(left.sentence),
    }


def _short(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _free(wanted: str, group: str, ids: Counter[str], taken: set[str]) -> str:
    """Return a name that no other entry of the group has."""
    while True:
        ids[f"{group}.{wanted}"] += 1
        number = ids[f"{group}.{wanted}"]
        name = wanted if number == 1 and not wanted.endswith("figure") else f"{wanted}_{number}"
        if f"{group}.{name}" not in taken:
            taken.add(f"{group}.{name}")
            return name


def _name_id(proposal: Proposal) -> str:
    base = proposal.indicator
    if not base and proposal.name.isascii():
        words = [word for word in _SMALL.split(proposal.name.lower()) if word]
        base = "_".join(words[-4:])[:40].strip("_")
        if base and not base[0].isalpha():
            base = f"n_{base}"
    if not base:
        return "figure"
    if proposal.comparison in _SUFFIXES:
        base += f"_{_SUFFIXES[proposal.comparison][2]}"
    elif proposal.unit.endswith("百分点"):
        base += "_change"
    return f"{base}_target" if proposal.kind == "target" else base


def names_of(proposal: Proposal, indicators: Indicators, language: str) -> dict[str, str]:
    """Return the names of a figure in both languages; where only one is known, it stands for both."""
    if proposal.indicator:
        words = indicators.name(proposal.indicator, proposal.name)
        zh, en = words.zh, words.en
    else:
        zh = en = proposal.name or _UNNAMED[language]
        if not proposal.name:
            zh, en = _UNNAMED["zh"], _UNNAMED["en"]
    if proposal.comparison in _SUFFIXES and not _HAS_SUFFIX.search(zh):
        suffix, pattern, _ = _SUFFIXES[proposal.comparison]
        lower = en if en[:2].isupper() else en[:1].lower() + en[1:]
        zh, en = f"{zh}{suffix}", pattern.format(lower)
    elif proposal.unit.endswith("百分点") and not _HAS_SUFFIX.search(zh):
        zh = f"{zh}变动"
    return {"zh": zh, "en": en}


class _Checker:
    """Writes a proposal as fields that the reader of data files accepts."""

    def __init__(self, source: dict[str, object], extraction: Extraction) -> None:
        self._language = extraction.article.language
        self._year = extraction.calendar.this_year
        self._document = YamlDocument(None, "", {})
        assumptions = {}
        if self._year is not None:
            assumptions[THIS_YEAR] = {"year": self._year, "zh": "-", "en": "-"}
        self._content = FactFile.model_validate({
            "source": {**source, "published": None}, "assumptions": assumptions, "groups": {},
        })  # fmt: skip

    def fitting(
        self, proposal: Proposal, indicators: Indicators
    ) -> tuple[dict[str, Any] | None, str]:
        """Return the fields of a proposal that are valid, or why there are none."""
        if proposal.end - proposal.written_start > _LONGEST:
            return None, "the words around its value are too many"
        reason = ""
        for fields in self._ways(proposal, indicators):
            problem = self.problem_of(fields)
            if problem is None:
                return fields, ""
            reason = reason or problem
        return None, reason

    def problem_of(self, fields: dict[str, Any]) -> str | None:
        try:
            entry = FactEntry.model_validate(fields)
        except ValidationError as error:
            return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        found: list[Problem] = list(check_entry(self._content, entry, self._document, ()))
        return found[0].message if found else None

    def _ways(self, proposal: Proposal, indicators: Indicators) -> Iterator[dict[str, Any]]:
        yield self._fields(proposal, indicators, proposal.written)
        if proposal.comparison is not None and proposal.kind != "rank":
            yield self._fields(proposal, indicators, proposal.written, compares=False)
        longer = proposal.phrase
        if longer != proposal.written:
            yield self._fields(proposal, indicators, longer)

    def _fields(
        self, proposal: Proposal, indicators: Indicators, written: str, *, compares: bool = True
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "name": names_of(proposal, indicators, self._language), "written": written,
            "number": proposal.number, "unit": proposal.unit,
        }  # fmt: skip
        if proposal.kind != "figure":
            fields["kind"] = proposal.kind
        if proposal.bound is not Bound.EXACT:
            fields["bound"] = proposal.bound.value
        if proposal.comparison is not None and compares:
            fields["comparison"] = self._comparison(proposal, indicators)
        fields["period"] = int(proposal.period) if proposal.period.isdigit() else proposal.period
        checks = []
        if proposal.rests_on == THIS_YEAR and self._year is not None:
            fields["inferred"] = THIS_YEAR
        elif proposal.rests_on == "unknown_year":
            fields["inferred"] = {
                "zh": "报道没有写明年份", "en": "the article does not say the year",
            }  # fmt: skip
            checks.append("the year is not known; write the period")
        if not proposal.indicator and proposal.name:
            checks.append("the name is taken from the text; write it in both languages")
        elif not proposal.name:
            checks.append("no name was found")
        source: dict[str, Any] = {"at": proposal.paragraph.place, "phrase": proposal.phrase}
        if proposal.also:
            source["also"] = list(proposal.also)
        fields["source"] = source
        fields["review"] = {
            "confidence": Decimal(proposal.confidence) / 100, "sentence": _short(proposal.sentence, 1000),
            "paragraph": proposal.paragraph.number, "start": proposal.start, "end": proposal.end,
        }  # fmt: skip
        if checks or proposal.checks:
            fields["review"]["check"] = [*proposal.checks, *checks]
        return fields

    def _comparison(self, proposal: Proposal, indicators: Indicators) -> object:
        if proposal.of:
            of = proposal.of[:60]
            named = indicators.named_in(of, self._language)
            if len(named) == 1 and named[0].end - named[0].start == len(of):
                words = indicators.name(named[0].id, of)
                zh, en = (of, words.en) if self._language == "zh" else (words.zh, of)
                return {"kind": proposal.comparison, "of": {"zh": zh, "en": en}}
            return {"kind": proposal.comparison, "of": {"zh": of, "en": of}}
        if proposal.comparison in ("share", "rank"):
            return {"kind": proposal.comparison, "of": {"zh": "总量", "en": "the total"}}
        return proposal.comparison


def _source(article: Article, label: str) -> dict[str, object]:
    title = article.title or label
    source: dict[str, object] = {
        "title": {"zh": title, "en": title}, "label": {"zh": label, "en": label},
    }  # fmt: skip
    if article.credit:
        source["credit"] = {"zh": article.credit, "en": article.credit}
    source["published"] = article.published.isoformat() if article.published else None
    source["sections"] = sections_of(article)
    SourceText.model_validate(source)
    return source


def sections_of(article: Article) -> dict[str, dict[str, object]]:
    """Return the sections of an article that hold paragraphs, as a data file describes them."""
    used = dict.fromkeys(paragraph.section for paragraph in article.paragraphs)
    result: dict[str, dict[str, object]] = {}
    for name in used or {"lead": None}:
        heading = article.sections.get(name, "")
        result[name] = dict(_SECTIONS.get(name) or {"zh": heading or name, "en": heading or name})
    return result


def assumptions_of(extraction: Extraction) -> dict[str, object]:
    """Return the assumption on "this year", if the article lets one conclude it only."""
    calendar = extraction.calendar
    if not calendar.is_inferred or calendar.this_year is None:
        return {}
    year = calendar.this_year
    return {THIS_YEAR: {
        "year": year,
        "zh": f"文中没有发布日期，按最近的年份推断“今年”为{year}年",
        "en": f"the text gives no date of publication; {year} is concluded from the latest year that it names",
    }}  # fmt: skip


def _lines(
    extraction: Extraction, entries: Sequence[Entry], unread: Sequence[dict[str, str]],
    titles: dict[str, Words], origin: str, label: str,
) -> Iterator[str]:  # fmt: skip
    article = extraction.article
    yield f"# Proposed from {' '.join(origin.split())}. A report takes nothing from here that still has a field review:"
    yield "# look at each with make_report.py extract --review and this file."
    yield ""
    yield from block({"source": _source(article, label or article.title or origin)})
    assumptions = assumptions_of(extraction)
    if assumptions:
        yield ""
        yield from block({"assumptions": assumptions})
    yield ""
    if not entries:
        yield "groups: {}"
    else:
        yield "groups:"
    for number, (group, title) in enumerate(titles.items()):
        if number:
            yield ""
        yield f"  {group}:"
        yield from block({"title": {"zh": title.zh, "en": title.en}}, 4)
        yield "    facts:"
        for entry in entries:
            if entry.group == group:
                yield f"      {entry.name}:"
                yield from block(entry.fields, 8)
    if unread:
        yield ""
        yield "# Phrases that may hold figures and were not understood."
        yield "unread:"
        yield from list_lines(list(unread), 2)
