"""Articles from files: text in its encoding, Word documents, web pages, PDF files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from generator.errors import DataError, Location, SourceFormatError
from generator.extraction.article import Article
from generator.extraction.html_text import html_lines
from generator.extraction.pdf_text import pdf_lines
from generator.extraction.repair import mend
from generator.extraction.tables import table_sentences
from generator.extraction.word_text import word_lines
from generator.model.dataset_definition import DatasetDefinition
from generator.model.limits import limits_in_force
from generator.sources.datasets import table_of
from generator.sources.files import read_source

FORMATS = (".txt", ".md", ".docx", ".html", ".htm", ".pdf")
_NUMBER = re.compile(r"\d+")
_HAN = re.compile(r"[\u4e00-\u9fff]")

#: Tables that are read row by row, and their format.
_ROWS = {".csv": "csv", ".tsv": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx"}
_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".parquet")

Found = tuple[list[str], date | None]


def read_article(
    path: Path, published: date | None = None, shown_from: Path | None = None, *,
    tables: bool = False,
) -> Article:  # fmt: skip
    """Return the article in a file; ``published`` counts more than a date in the text.

    With ``tables`` the rows of a table are read as the sentences of one.

    Raises:
        SourceNotFoundError: the file is not there.
        SourceFormatError: it is of another kind, damaged, too large, or holds no text.
    """
    data, shown = read_source(path, shown_from)
    read = _READERS.get(path.suffix.lower())
    if tables and path.suffix.lower() in _ROWS:
        return mend(_table_lines(data, shown, _ROWS[path.suffix.lower()]), published)
    if path.suffix.lower() in _TABLES:
        raise SourceFormatError(
            "a table is no article", Location(shown),
            "facts of a table stand in its cells: name the new file under datasets in report.yaml",
        )  # fmt: skip
    if read is None:
        raise SourceFormatError(
            f'"{path.suffix or path.name}" is no kind of article', Location(shown),
            f"save it as one of {', '.join(FORMATS)}",
        )  # fmt: skip
    lines, found = read(data, shown)
    if not any(line.strip() for line in lines):
        raise SourceFormatError(
            "the file holds no text", Location(shown),
            "a scanned page must go through a program that recognises text first",
        )  # fmt: skip
    _check_extent(lines, shown)
    return mend(lines, published or found)


def _check_extent(lines: Sequence[str], shown: str) -> None:
    """Refuse what no article is: each number in it is work for the rules."""
    limits = limits_in_force()
    for found, most, what in (
        (sum(map(len, lines)), limits.article_characters, "characters"),
        (sum(len(_NUMBER.findall(line)) for line in lines), limits.article_numbers, "numbers"),
    ):
        if found > most:
            raise SourceFormatError(
                f"the article has more than {most:,} {what} (limit article_{what})",
                Location(shown), "split it",
            )  # fmt: skip


def text_lines(data: bytes, shown: str) -> Found:
    """Return the lines of a text in UTF-8, UTF-16, GB18030 or Windows-1252.

    Raises:
        SourceFormatError: it is no text.
    """
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = data[:4096]
        evens, odds = head[::2].count(0), head[1::2].count(0)
        if max(evens, odds) * 6 <= len(head):
            raise _no_text(shown)
        return _lines(_in_utf16(data, "utf-16-le" if odds > evens else "utf-16-be", shown)), None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lines(_in_utf16(data, "utf-16", shown)), None
    try:
        return _lines(data.decode("utf-8-sig")), None
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if text and len(_HAN.findall(text)) * 8 > len(text):
        return _lines(text), None
    try:
        return _lines(data.decode("cp1252")), None
    except UnicodeDecodeError as error:
        if text:
            return _lines(text), None
        raise _no_text(shown) from error


def _in_utf16(data: bytes, encoding: str, shown: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text(shown) from error
    if "\0" in text:
        raise _no_text(shown)
    return text


def _table_lines(data: bytes, shown: str, format: str) -> list[str]:
    """Return a sentence for each row of the first table of a file.

    Raises:
        DataError: it cannot be read.
    """
    table = table_of(data, shown, format, DatasetDefinition(file=shown), Location(shown))
    if table.problems:
        raise DataError.of(table.problems)
    rows = [table.names, *([_cell_text(value) for value in row] for row in table.rows)]
    return [line for sentence in table_sentences(rows) for line in (sentence, "")]


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _no_text(shown: str) -> SourceFormatError:
    return SourceFormatError(
        "the file is neither UTF-8 nor GB18030 text", Location(shown), "save it as UTF-8 text"
    )


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


_READERS: dict[str, Callable[[bytes, str], Found]] = {
    ".txt": text_lines, ".md": text_lines, ".docx": word_lines, ".html": html_lines,
    ".htm": html_lines, ".pdf": pdf_lines,
}  # fmt: skip
