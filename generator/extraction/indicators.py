"""The alias table: what statistics call things, and which of them a text names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generator.errors import DataError, Problem, near_name_hint
from generator.extraction.article import plain
from generator.model.record import Identifier, Record, Text, Words
from generator.sources.files import read_source
from generator.sources.validation import validate
from generator.sources.yaml_text import read_yaml

_SHIPPED = Path(__file__).with_name("indicators.yaml")


class IndicatorEntry(Record):
    """An indicator: its topic, its names in each language; the first one is printed.

    A name of ``kept`` is printed where a text uses it.
    """

    topic: Identifier
    zh: Annotated[tuple[Text, ...], Field(min_length=1)]
    en: Annotated[tuple[Text, ...], Field(min_length=1)]
    kept: tuple[Text, ...] = ()


class IndicatorFile(Record):
    """A table of indicators, as it stands in YAML."""

    topics: dict[Identifier, Words] = Field(default_factory=dict)
    indicators: dict[Identifier, IndicatorEntry]


@dataclass(frozen=True, slots=True)
class Named:
    """An indicator that a text names, with where."""

    id: str
    topic: str
    start: int
    end: int


class Indicators:
    """All indicators that are known, with one pattern for each language."""

    def __init__(self, topics: Mapping[str, Words], entries: Mapping[str, IndicatorEntry]) -> None:
        self.topics = topics
        self.entries = entries
        self._by_name: dict[str, str] = {}
        for id, entry in entries.items():
            for name in (*entry.zh, *entry.en):
                self._by_name[plain(name).casefold()] = id
        self._zh = _pattern([plain(n) for e in entries.values() for n in e.zh], "", "")
        self._en = _pattern(
            [n for e in entries.values() for n in e.en], r"(?<![A-Za-z])", r"(?![A-Za-z])"
        )

    def named_in(self, text: str, language: str) -> list[Named]:
        """Return the indicators that a text names, in order; of overlapping names the longest."""
        pattern = self._zh if language == "zh" else self._en
        found = []
        for match in pattern.finditer(text):
            id = self._by_name[match.group().casefold()]
            found.append(Named(id, self.entries[id].topic, *match.span()))
        return found

    def name(self, id: str, said: str = "") -> Words:
        """Return the names of an indicator; ``said`` is how a text calls it."""
        entry = self.entries[id]
        return Words(
            zh=said if said in entry.kept else entry.zh[0],
            en=entry.en[0][:1].upper() + entry.en[0][1:],
        )

    def title(self, topic: str) -> Words:
        return self.topics.get(topic) or Words(zh="其他", en="Others")


def _pattern(names: Sequence[str], before: str, after: str) -> re.Pattern[str]:
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    return re.compile(f"{before}(?:{'|'.join(map(re.escape, ordered))}){after}", re.IGNORECASE)


@lru_cache(maxsize=1)
def shipped_indicators() -> Indicators:
    """Return the indicators that come with the program."""
    return read_indicators(())


def read_indicators(files: Sequence[Path], shown_from: Path | None = None) -> Indicators:
    """Return the indicators of the program and of further files; a later name of one wins.

    Raises:
        SourceNotFoundError: a file is not there.
        SourceFormatError: a file is not YAML.
        DataError: a file is no table of indicators, or an indicator has an unknown topic.
    """
    topics: dict[str, Words] = {}
    entries: dict[str, IndicatorEntry] = {}
    for path in (_SHIPPED, *files):
        data, shown = read_source(path, shown_from)
        document = read_yaml(data, shown)
        content = validate(IndicatorFile, document, DataError)
        topics.update(content.topics)
        unknown = [
            Problem(
                f'there is no topic "{entry.topic}"', document.where(("indicators", id, "topic")),
                near_name_hint(entry.topic, list(topics)) or "add it under topics", code="data",
            )
            for id, entry in content.indicators.items() if entry.topic not in topics
        ]  # fmt: skip
        if unknown:
            raise DataError.of(unknown)
        entries.update(content.indicators)
    return Indicators(topics, entries)
