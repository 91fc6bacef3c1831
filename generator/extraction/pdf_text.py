"""The text of a PDF file: pages without their numbers, lines as they stand."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from datetime import date

from generator.errors import Location, ReportError, SourceFormatError

_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–·]\s*)?(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[-—–·/]\s*\d{0,4})?\s*"
)
_MOST_CHARACTERS = 20_000_000


def pdf_lines(data: bytes, shown: str) -> tuple[list[str], date | None]:
    """Return the lines of a PDF file's text.

    Raises:
        SourceFormatError: it is damaged or locked; or the library for PDF files is not installed.
    """
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise SourceFormatError(
            "PDF files need a library that is not installed", Location(shown),
            "pip install 'report-generator[pdf]'",
        ) from error  # fmt: skip
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: list[list[str]] = []
    count = 0
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceFormatError(
                "the file is locked with a password", Location(shown), "save a copy without one"
            )
        for page in reader.pages:
            text = page.extract_text() or ""
            count += len(text)
            if count > _MOST_CHARACTERS:
                raise SourceFormatError(
                    f"the file has more than {_MOST_CHARACTERS:,} characters",
                    Location(shown),
                    "split it",
                )
            pages.append(text.split("\n"))
    except ReportError:
        raise
    except Exception as error:  # whatever a damaged file makes the library raise
        raise SourceFormatError(
            f"this cannot be read as a PDF file: {type(error).__name__}", Location(shown),
            "open it in a PDF program and save it again",
        ) from error  # fmt: skip
    repeated = _repeated(pages)
    lines: list[str] = []
    for kept in pages:
        lines += [
            line for line in kept
            if not _PAGE_NUMBER.fullmatch(line) and line.strip() not in repeated
        ]  # fmt: skip
    return lines, None


def _repeated(pages: list[list[str]]) -> set[str]:
    """Return the lines that stand at the head or foot of most pages."""
    if len(pages) < 3:
        return set()
    counts = Counter(
        line.strip() for page in pages for line in {*page[:2], *page[-2:]} if line.strip()
    )
    return {line for line, count in counts.items() if count * 2 > len(pages)}
