"""Which period each figure of a paragraph has: the nearest mention of time that is for it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from generator.extraction.article import Article, plain
from generator.extraction.periods import (
    Calendar,
    Mention,
    Reading,
    in_form_of,
    mentions,
    resolve,
)
from generator.model.period import AT_PUBLICATION

_SUBSET = re.compile(r"其中[,，:：]?\s?$")
_STATE_EN = re.compile(
    r"\b(?:is|are) home to\b|\b(?:has|have|now|currently|operates?|employs?|hosts?|there (?:is|are))\b(?! (?:increased|risen|grown|fallen|declined|been))",
    re.IGNORECASE,
)
#: What says that a figure is one of a stretch of time rather than a state of things.
_FLOW = re.compile(
    r"同比|环比|比上年|较上年|比去年|较去年|增长|下降|增速|增幅|两年平均|总额|总值|(?:完成|实现)[^了,，。]{0,12}(?:收入|产值|利润|增加值|投资|税收)"
    r"|year[- ]on[- ]year|year[- ]over[- ]year|grew|rose|fell|increase|decrease|up by|down by|growth",
    re.IGNORECASE,
)
#: Articles that are full of these report on one stretch of time.
_GROWTH = re.compile(
    r"同比|环比|比上年|较上年|比去年|增长\d|下降\d|year[- ]on[- ]year|year[- ]over[- ]year|"
    r"\b(?:up|down|rose|grew|fell|increased|decreased|climbed|surged|jumped|shrank|expanded)\b[^.;,]{0,24}\d",
    re.IGNORECASE,
)
_STATE = re.compile(r"已(?!经济)|累计|现有|拥有|共有|建有|集聚|汇聚|建成|覆盖")
#: Behind these words stands the figure that another is compared with, and its time.
_COMPARED = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|against|from)\s[^;]{1,60}$", re.IGNORECASE
)
#: What one has holds now, whatever happened last year: ,拥有发明专利230件.
_HOLDS = re.compile(r"[,，](?:现|共|已)?(?:拥有|现有)[^,，;；。]{0,16}$")
#: What is made, sold or earned over a time, and cannot be of one day.
_MADE = re.compile(
    r"(?:实现|完成|新增|生产|销售)|产值|增加值|生产总值|营业收入|利润|销售额|零售额|(?:固定资产)?投资(?!者|人|企业|机构)|产量|税收"
    r"|公共预算收入|公共预算支出|财政收入|进出口|可支配收入|消费支出"
)
#: A rate of growth without a name of its own belongs to the figure before it.
_GROWTH_ALONE = re.compile(
    r"^[,，、\s]*(?:同比|比上年(?:同期)?|较上年(?:同期)?|比去年(?:同期)?)?(?:名义|实际)?(?:增长|下降|增加|减少|上升|回落)?$"
)
_NEW_CLAUSE = re.compile(r"[;；]")
#: Brackets with what a figure is compared with: (2023: £1.64 billion), (上年同期：1.6亿元).
_BRACKETS = re.compile(r"[(（](?P<inside>[^()（）]{1,120})[)）]")
#: How a bracket begins that gives the value of another period, behind the time that it names.
_GIVES = re.compile(r"\s*[:：–—-]")


@dataclass(slots=True)
class Timeline:
    """What holds over the paragraphs of an article: the period of its title and of its lead."""

    calendar: Calendar
    language: str
    default: Reading | None = None
    lead: Reading | None = None
    is_release: bool = False

    @classmethod
    def of(cls, article: Article, calendar: Calendar, texts: Sequence[str]) -> Timeline:
        line = cls(calendar, article.language)
        line.default = line._of_title(plain(article.title))
        growths = sum(len(_GROWTH.findall(text)) for text in texts)
        bodies = sum(paragraph.kind == "body" for paragraph in article.paragraphs)
        line.is_release = growths >= max(3, bodies * 0.6)
        return line

    def _of_title(self, title: str) -> Reading | None:
        """Return the period that the title names; a title that reports one has no aims."""
        near: Reading | None = None
        for mention in mentions(title, self.language):
            if not (
                mention.is_base
                or mention.is_now
                or mention.is_event
                or mention.is_aim
                or mention.is_since
                or mention.count
                or mention.last
            ):
                near = resolve(mention, self.calendar, near)
        if near is None or near.rests_on == "unknown_year" or near.period == AT_PUBLICATION:
            return None
        return near

    def enter(self, heading: str) -> None:
        """Take over the period that the heading of a section names, if it names a year."""
        found = [
            m
            for m in mentions(heading, self.language)
            if isinstance(m.year, int) or m.year == "this"
        ]
        if found:
            self.default = self._of_title(heading) or self.default

    def periods(
        self,
        text: str,
        found: Sequence[Mention],
        sentences: Sequence[tuple[int, int]],
        figures: Sequence[tuple[int, int]],
    ) -> list[Reading]:
        """Return the period of each figure (its start and end) of a paragraph, in order."""
        result: dict[tuple[int, int], Reading] = {}
        current: Reading | None = None
        first_mention = 0
        first_figure = 0
        beside = _beside(text, found, figures)
        apart = {mention.start for mention, _ in beside.values()}
        within = [figure for figure in figures if figure not in beside]
        mentioned = [mention for mention in found if mention.start not in apart]
        for start, end in sentences:
            while first_mention < len(mentioned) and mentioned[first_mention].start < start:
                first_mention += 1
            last = first_mention
            while last < len(mentioned) and mentioned[last].start < end:
                last += 1
            inside = mentioned[first_mention:last]
            first_mention = last
            until = first_figure
            while until < len(within) and within[until][0] < end:
                until += 1
            numbers = within[first_figure:until]
            first_figure = until
            sentence = _Sentence(text, start, end, inside, numbers)
            read = self._chinese if self.language == "zh" else self._english
            current = read(sentence, current, result)
            if self.lead is None and current is not None and self.default is None:
                self.lead = current
        for figure, (mention, before) in beside.items():
            outer = result.get(before) if before is not None else None
            around = outer or self.default or self.lead
            reading = resolve(mention, self.calendar, around)
            is_bare = not text[mention.start : mention.end].casefold().startswith("f")
            result[figure] = in_form_of(reading, around) if is_bare else reading
        return [result[figure] for figure in figures]

    def _fallback(self, sentence: _Sentence, figure: tuple[int, int]) -> Reading:
        """Return the period of a figure that no mention of its paragraph is for."""
        if self.default is not None:
            return self.default
        words = sentence.text[sentence.start : sentence.end]
        if (
            self.lead is not None
            and (self.is_release or _FLOW.search(words))
            and not _STATE.search(sentence.text[max(sentence.start, figure[0] - 40) : figure[0]])
        ):
            return self.lead
        return Reading(AT_PUBLICATION)

    def _chinese(
        self,
        sentence: _Sentence,
        current: Reading | None,
        result: dict[tuple[int, int], Reading],
    ) -> Reading | None:
        text = sentence.text
        near = current or self.default or self.lead
        here: Reading | None = None
        outer: Reading | None = None
        lasting = current
        once: tuple[int, Reading] | None = None
        position = sentence.start
        pending: Reading | None = None
        leads = False
        counted, made = False, False
        for start, end, mention in sentence.events():
            if outer is not None and not leads and _NEW_CLAUSE.search(text, position, start):
                here, outer = outer, None
            begin, position = position, end
            if mention is None:
                reading = here
                words = text[begin:start]
                if counted and not (made and _GROWTH_ALONE.match(words)):
                    made = _MADE.search(words) is not None and "累计" not in words
                counted = True
                if made and reading is not None:
                    reading = self._around(reading, current)
                if once is not None and "," not in text[once[0] : start].replace("，", ","):
                    reading = once[1]
                once = None
                if (
                    reading is not None
                    and self.default is None
                    and reading.year is not None
                    and reading.form == ""
                    and _HOLDS.search(text, max(sentence.start, start - 24), start)
                ):
                    reading = Reading(AT_PUBLICATION)
                if reading is None and current is not None:
                    is_state = (
                        self.default is None
                        and not self.is_release
                        and _STATE.search(text, max(sentence.start, start - 40), start)
                    )
                    reading = Reading(AT_PUBLICATION) if is_state else current
                result[start, end] = reading or self._fallback(sentence, (start, end))
                if pending is not None:
                    lasting, pending = pending, None
                continue
            if mention.is_base and not mention.is_same:
                near = (
                    resolve(mention, self.calendar, near)
                    if isinstance(mention.year, int) and near is None
                    else near
                )
                continue
            read = resolve(mention, self.calendar, near if here is None else here)
            if mention.is_same:
                if not mention.is_base:
                    once = (end, read)
                continue
            if mention.is_event and (
                mention.is_since
                or self.default is not None
                or (self.lead is not None and here is None)
            ):
                continue
            if (
                mention.year in ("last", "previous", "before_last")
                and mention.form == ""
                and not mention.is_since
                and re.match(
                    r"(?:同期|全年)?[^,，;；。]{0,12}?(?:为|是|只有|仅)", text[end : end + 16]
                )
            ):
                once = (end, read)
                continue
            if _SUBSET.search(text[max(sentence.start, start - 5) : start]):
                leads = not text[sentence.start : start].strip(" 其中,，:：")
                outer, here = here or current or self._fallback(sentence, (start, end)), read
                continue
            here = read
            outer = None
            counted, made = False, False
            if not (
                mention.is_now
                or mention.is_event
                or mention.is_aim
                or mention.is_since
                or mention.count
                or mention.last
            ):
                pending = read
                near = read
        return lasting

    def _around(self, point: Reading, current: Reading | None) -> Reading:
        """Return the time around the end of a year or month that a flow beside a stock is of."""
        if not point.form.endswith("-end") or point.year is None:
            return point
        for reading in (current, self.default, self.lead):
            if reading is not None and reading.year == point.year and "-" not in reading.form:
                return reading
        if point.form != "12-end":
            return point
        return Reading(str(point.year), point.rests_on, point.year)

    def _english(
        self,
        sentence: _Sentence,
        current: Reading | None,
        result: dict[tuple[int, int], Reading],
    ) -> Reading | None:
        text = sentence.text
        near = current or self.default or self.lead
        usable: list[tuple[Mention, Reading]] = []
        compared: set[int] = set()
        for mention in sentence.mentions:
            read = resolve(mention, self.calendar, near, reports=True)
            if not mention.is_base and _COMPARED.search(
                text, max(sentence.start, mention.start - 70), mention.start
            ):
                compared.add(mention.start)
            usable.append((mention, read))
            if not (
                mention.start in compared
                or mention.is_base
                or mention.is_same
                or mention.is_event
                or mention.is_now
                or mention.is_aim
            ):
                near = read
        lasting = current
        for start, end in sentence.figures:
            reading = self._english_reading(text, start, end, sentence, usable)
            if reading is None:
                plain = [
                    r
                    for m, r in usable
                    if m.start not in compared
                    and not (m.is_base or m.is_same or m.is_event or m.is_now)
                ]
                before = [
                    r
                    for m, r in usable
                    if m.end <= start
                    and m.start not in compared
                    and not (m.is_base or m.is_same or m.is_event or m.is_now)
                ]
                states = _STATE_EN.search(text, max(sentence.start, start - 70), start)
                reading = before[-1] if before else plain[0] if plain and not states else None
                now = any(m.is_now and m.end <= start for m, _ in usable)
                if reading is None and (
                    now or (states and (self.default is None or "home to" in states.group()))
                ):
                    reading = Reading(AT_PUBLICATION)
                if reading is None and states and self.default is not None:
                    reading = self.default
                if reading is not None and len(plain) == 1:
                    lasting = reading
            reading = reading or current or self._fallback(sentence, (start, end))
            result[start, end] = reading
        kept = [
            read for mention, read in usable
            if not (mention.is_base or mention.start in compared or mention.is_same
                    or mention.is_event or mention.is_now
                    or mention.is_aim or mention.is_since or mention.last)
        ]  # fmt: skip
        if sentence.figures and kept:
            lasting = kept[0]
        return lasting

    def _english_reading(
        self,
        text: str,
        start: int,
        end: int,
        sentence: _Sentence,
        usable: Sequence[tuple[Mention, Reading]],
    ) -> Reading | None:
        """Return the period that is said right behind a figure: 3.1 percent in 2023."""
        after = next(((m, r) for m, r in usable if m.start >= end), None)
        if after is None or after[0].is_now:
            return None
        mention, reading = after
        between = text[end : mention.start]
        others = any(end <= other[0] < mention.start for other in sentence.figures)
        if others or mention.start - end > 60 or re.search(r"[,;:()]", between):
            return None
        if mention.is_base or (mention.is_event and self.default is not None):
            return None
        if mention.is_same:
            asked = re.search(
                r"(?:compared (?:with|to)|from|versus|against|than)\s[^,;]{0,40}$",
                text[max(sentence.start, start - 60) : start],
                re.I,
            )
            return (
                reading
                if asked and not re.search(r"(?:from|than|on|over)\s*(?:the\s*)?$", between)
                else None
            )
        if re.search(r"\b(?:from|than|over|versus|on|since|to)\s*(?:the\s*)?$", between):
            return None
        return reading


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    start: int
    end: int
    mentions: Sequence[Mention]
    figures: Sequence[tuple[int, int]]

    def events(self) -> list[tuple[int, int, Mention | None]]:
        """Return mentions and figures in the order of the text."""
        found: list[tuple[int, int, Mention | None]] = [(m.start, m.end, m) for m in self.mentions]
        found += [(start, end, None) for start, end in self.figures]
        return sorted(found, key=lambda event: event[:2])


def _beside(
    text: str, found: Sequence[Mention], figures: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], tuple[Mention, tuple[int, int] | None]]:
    """Return the figures that brackets give for another period, with that and the figure before.

    What stands in such brackets says nothing on what follows them.
    """
    result: dict[tuple[int, int], tuple[Mention, tuple[int, int] | None]] = {}
    if not found or ("(" not in text and "（" not in text):
        return result
    times, starts = [mention.start for mention in found], [figure[0] for figure in figures]
    for bracket in _BRACKETS.finditer(text):
        start, end = bracket.span("inside")
        at = bisect_left(times, start)
        if at == len(found) or found[at].end > end or not _GIVES.match(text, found[at].end):
            continue
        if text[start : times[at]].strip():
            continue
        number = bisect_left(starts, start)
        before = figures[number - 1] if number else None
        while number < len(figures) and starts[number] < end:
            result[figures[number]] = (found[at], before)
            number += 1
    return result
