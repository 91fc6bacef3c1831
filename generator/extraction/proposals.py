"""From an article to proposals: figures with names, periods and places; repeats merged; warnings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from generator.extraction.article import Article, Paragraph, plain
from generator.extraction.figures import Figure, Leftover
from generator.extraction.figures_en import read_english
from generator.extraction.figures_zh import read_chinese
from generator.extraction.indicators import Indicators
from generator.extraction.naming import name_figures
from generator.extraction.periods import Calendar, Reading, infer_calendar, mentions
from generator.extraction.sentences import sentences
from generator.extraction.timeline import Timeline
from generator.model.bound import Bound
from generator.model.fact import ComparisonKind, Kind
from generator.model.unit import find_unit, moved

#: The year of the list in which something has a rank.
_EDITION = re.compile(r"《[^》]{0,20}?((?:19|20)\d\d)[^》]{0,40}》")
_AREA = re.compile(r"(?:[\u4e00-\u9fff()（）]{0,16}[区市省县国)）])?")
_REGION = re.compile(r"^(?:全[市省区县国]|我[市省区县国]|the (?:city|district|province|zone)'s )")
#: What a change over years came to is a figure of the last of them.
_YEARS = re.compile(r"\d{4} to (\d{4})")
_CAME_TO = re.compile(
    r"(?:由|从)[^。;；]{0,30}(?:升|增|提高|提升|扩大|跃|增长|发展|降|减少|回落|壮大)[^,，。;；\d]{0,4}(?:至|到)[^,，。;；\d]{0,4}$"
    r"|\bfrom\b[^;.]{1,30}\bto\s*$"
)
#: A text with more of them is none that anybody reviews.
_MOST_UNREAD = 10_000
#: Why the paragraphs of a kind give no figures.
_SILENT = {"note": "it stands in a note on terms"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fact as the rules read it: value, name, period, and the place of its phrase.

    ``start`` and ``end`` are the characters of ``phrase`` in the paragraph, those of ``written``
    lie inside. ``confidence`` is in percent. ``rests_on`` says what its period takes for granted.
    """

    paragraph: Paragraph
    start: int
    end: int
    written_start: int
    written_end: int
    sentence_start: int
    sentence_end: int
    number: Decimal
    unit: str
    bound: Bound
    kind: Kind
    period: str
    rests_on: str
    name: str
    indicator: str
    topic: str
    comparison: ComparisonKind | None
    of: str
    confidence: int
    checks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    part_of: tuple[int, int] | None = None

    @property
    def key(self) -> tuple[int, int]:
        """What tells this proposal from others: its paragraph and where its value begins."""
        return self.paragraph.number, self.written_start

    @property
    def phrase(self) -> str:
        return self.paragraph.text[self.start : self.end]

    @property
    def written(self) -> str:
        return self.paragraph.text[self.written_start : self.written_end]

    @property
    def sentence(self) -> str:
        return self.paragraph.text[self.sentence_start : self.sentence_end].strip()


@dataclass(frozen=True, slots=True)
class NotRead:
    """A phrase that seems to hold a figure and was not made a fact, with why."""

    paragraph: Paragraph
    start: int
    end: int
    why: str
    sentence: str

    @property
    def phrase(self) -> str:
        return self.paragraph.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that the rules read in an article."""

    article: Article
    calendar: Calendar
    proposals: tuple[Proposal, ...]
    unread: tuple[NotRead, ...]


def extract(article: Article, indicators: Indicators) -> Extraction:
    """Return the proposals of an article, in order, and what was not understood."""
    texts = [plain(paragraph.text) for paragraph in article.paragraphs]
    calendar = infer_calendar([plain(article.title), *texts], article.language, article.published)
    line = Timeline.of(article, calendar, texts)
    proposals: list[Proposal] = []
    unread: list[NotRead] = []
    for paragraph, text in zip(article.paragraphs, texts, strict=True):
        if (
            not any(sign.isdigit() or sign in "一二两三四五六七八九十百千万亿半翻" for sign in text)
            and article.language == "zh"
        ):
            continue
        if paragraph.kind == "heading":
            line.enter(text)
        found, left = _read(paragraph, text, article, line, indicators)
        if paragraph.kind in _SILENT:
            why = _SILENT[paragraph.kind]
            left = [*left, *(Leftover(p.written_start, p.written_end, why) for p in found)]
            found = []
        proposals += found
        unread += [
            _not_read(paragraph, left_over) for left_over in left[: _MOST_UNREAD - len(unread)]
        ]
    return Extraction(article, calendar, tuple(_warned(list(_merged(proposals)))), tuple(unread))


def _read(
    paragraph: Paragraph, text: str, article: Article, line: Timeline, indicators: Indicators
) -> tuple[list[Proposal], list[Leftover]]:
    times = mentions(text, article.language)
    spans = sentences(text, article.language)
    if article.language == "zh":
        chinese = read_chinese(text, times, spans)
        figures, left = chinese.found, chinese.left
    else:
        english = read_english(text, times, spans)
        figures, left = english.found, english.left
    figures = name_figures(text, article.language, figures, indicators, times, spans)
    periods = line.periods(text, times, spans, [(f.start, f.end) for f in figures])
    result: list[Proposal] = []
    position = 0
    for figure, reading in zip(figures, periods, strict=True):
        while spans[position][1] <= figure.start:
            position += 1
        kind: Kind = figure.kind
        edition = (
            _EDITION.search(text[spans[position][0] : figure.start]) if kind == "rank" else None
        )
        if edition is not None:
            reading = Reading(edition.group(1))
        years = _YEARS.fullmatch(reading.period)
        if years is not None and _CAME_TO.search(
            text[max(spans[position][0], figure.start - 40) : figure.start]
        ):
            reading = Reading(years.group(1), reading.rests_on)
        result.append(Proposal(
            paragraph, min(figure.phrase_start, figure.start), figure.end, figure.start,
            figure.end, *spans[position], figure.number, figure.unit, figure.bound, kind,
            reading.period, reading.rests_on, figure.name, figure.indicator, figure.topic,
            figure.comparison, figure.of, _confidence(figure, reading.rests_on),
        ))  # fmt: skip
        if figure.is_part:
            result[-1] = _as_part(result)
    return result, left


def _as_part(proposals: Sequence[Proposal]) -> Proposal:
    """Return the last proposal as a part of the level before it in its sentence, if it is one."""
    part = proposals[-1]
    unit = find_unit(part.unit)
    if unit is None or unit.kind in ("percent", "points") or part.kind != "figure":
        return part
    for whole in reversed(proposals[:-1]):
        other = find_unit(whole.unit)
        if whole.sentence_start != part.sentence_start:
            return part
        if other is None or other.base != unit.base or whole.kind != "figure" or whole.part_of:
            continue
        if whole.period != part.period:
            return part
        if moved(part.number, unit.places) > moved(whole.number, other.places):
            if whole.bound.is_lower:
                return part
            return replace(
                part, checks=(*part.checks, f"larger than what it is part of: {whole.written}")
            )
        return replace(part, part_of=whole.key)
    return part


def _warned(proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """Yield the proposals with what does not go together: two values, a share above the whole."""
    said: dict[tuple[object, ...], Proposal] = {}
    for proposal in proposals:
        unit = find_unit(proposal.unit)
        checks = []
        if (
            proposal.comparison == "share"
            and unit is not None
            and unit.kind == "percent"
            and proposal.number > 100
        ):
            checks.append("a share above 100 percent")
        if proposal.indicator and proposal.kind == "figure":
            key = (
                proposal.indicator,
                proposal.comparison,
                proposal.of,
                proposal.period,
                unit.base if unit else "",
            )
            first = said.setdefault(key, proposal)
            if first is not proposal and (first.number, first.unit) != (
                proposal.number,
                proposal.unit,
            ):
                checks.append(f"{first.paragraph.place} gives another value: {first.written}")
        yield replace(proposal, checks=(*proposal.checks, *checks)) if checks else proposal


def _confidence(figure: Figure, rests_on: str) -> int:
    """Return how sure a proposal is, in percent, at most 98."""
    points = figure.confidence + 8
    points -= {"": 0, "this_year": 5, "unknown_year": 15}[rests_on]
    points -= 10 if not figure.name else 0
    return max(20, min(98, points))


def _not_read(paragraph: Paragraph, left: Leftover) -> NotRead:
    text = paragraph.text
    begin, end = max(0, left.start - 16), min(len(text), left.end + 16)
    return NotRead(paragraph, left.start, left.end, left.why, text[begin:end].strip())


def _merged(proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """Yield the proposals with repeats merged: the same value of the same thing and period."""
    kept: list[Proposal] = []
    places: dict[tuple[object, ...], list[int]] = {}
    for proposal in proposals:
        unit = find_unit(proposal.unit)
        value = moved(proposal.number, unit.places if unit else 0)
        key = (
            value.normalize(),
            unit.base if unit else "",
            proposal.bound,
            proposal.period,
            proposal.comparison,
            proposal.kind,
        )
        at = places.setdefault(key, [])
        same = next((n for n in at[-8:] if _is_same(kept[n], proposal)), None)
        if same is None:
            at.append(len(kept))
            kept.append(proposal)
            continue
        place = proposal.paragraph.place
        first = kept[same]
        if place != first.paragraph.place and place not in first.also:
            kept[same] = _with_place(first, place)
    yield from kept


def _with_place(proposal: Proposal, place: str) -> Proposal:
    return replace(
        proposal, also=(*proposal.also, place), confidence=min(98, proposal.confidence + 5)
    )


def _is_same(first: Proposal, second: Proposal) -> bool:
    """Whether two proposals of one value name one thing."""
    if (
        first.paragraph.number == second.paragraph.number
        and first.sentence_start == second.sentence_start
    ):
        return False
    if first.indicator and second.indicator:
        return first.indicator == second.indicator
    one, other = (_REGION.sub("", p.name.casefold()) for p in (first, second))
    if not one or not other:
        return False
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    return (
        longer.endswith(shorter)
        and _AREA.fullmatch(longer[: len(longer) - len(shorter)]) is not None
    )
