"""Batches on disk: a template, rows, and values that do harm when they are printed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document

from generator.batch.orders import Order
from tests.support.packages import docx_bytes


def write_batch(folder: Path, rows: Iterable[str], *, header: str = "no,name",
                text: str = "Dear {{ name }}, number {{ no }}") -> Order:  # fmt: skip
    """Write a template of one paragraph and a table; return the order to make a letter of each."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "letter.docx").write_bytes(docx_bytes(text))
    (folder / "rows.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return Order(folder / "letter.docx", folder / "rows.csv", f"{folder}/out/{{no}}.docx", jobs=0)


def names(count: int) -> list[str]:
    return [f"{n},Ms {n}" for n in range(count)]


def text_of(data: bytes | Path) -> str:
    """Return the text of a document, as python-docx reads it."""
    source: Any = BytesIO(data) if isinstance(data, bytes) else str(data)
    return "\n".join(paragraph.text for paragraph in Document(source).paragraphs)


def letters(folder: Path) -> dict[str, str]:
    """Return the texts of the documents under their final names."""
    return {path.name: text_of(path) for path in sorted(folder.glob("[!.]*.docx"))}


@dataclass(frozen=True)
class Harm:
    """A value that ends its process, sleeps or takes memory when it is printed.

    ``until``: it does so only as long as this file is not there, and makes it.
    """

    kind: str
    until: str = ""

    def __str__(self) -> str:
        if self.until:
            if Path(self.until).exists():
                return "calm"
            Path(self.until).touch()
        if self.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.kind == "sleep":
            time.sleep(120)
        elif self.kind == "memory":
            return str(len(bytearray(3_000_000_000)))
        return self.kind
