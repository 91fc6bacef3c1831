"""What a command does with an article: read, draft, update. Writing is left to the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generator.extraction.drafting import Draft, draft_of
from generator.extraction.indicators import Indicators, read_indicators
from generator.extraction.proposals import extract
from generator.extraction.reading import read_article
from generator.extraction.review import Session
from generator.extraction.updating import Update, update
from generator.sources.files import read_source


@dataclass(frozen=True, slots=True)
class Tools:
    """What reading needs besides the article: indicators, date, name in source lines."""

    indicators: Indicators
    published: date | None = None
    label: str = ""


def tools_of(files: Sequence[Path], published: date | None, label: str) -> Tools:
    """Return the tools with further indicators from files.

    Raises:
        DataError: a file of indicators is wrong.
    """
    return Tools(read_indicators(files), published, label)


def draft_article(path: Path, tools: Tools) -> Draft:
    """Return the draft of an article.

    Raises:
        SourceNotFoundError: there is no such file.
        SourceFormatError: it cannot be read.
    """
    article = read_article(path, tools.published)
    return draft_of(extract(article, tools.indicators), tools.indicators, path.name, tools.label)


def update_facts(facts: Path, draft: Draft, tools: Tools) -> tuple[Update, bytes]:
    """Return a data file with the values of a draft, and its bytes as they were.

    Raises:
        DataError: it is no data file.
    """
    data, shown = read_source(facts)
    return update(data, shown, draft, tools.indicators), data


def open_review(path: Path) -> Session:
    """Return the review of the facts of a data file that wait for one.

    Raises:
        DataError: it is no data file.
    """
    data, shown = read_source(path)
    return Session(data, shown)
