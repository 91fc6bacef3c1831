"""Workbooks for tests: made by openpyxl, with stored values of formulas put in afterwards."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

FIGURES = (
    ("year", "region", "gdp", "growth"),
    (2024, "滨江", 2000.5, 0.061),
    (2024, "萧山", 1800.25, 0.052),
    (2025, "滨江", 2143.7, 0.073),
    (2025, "萧山", 1890, None),
)


def workbook_bytes(
    rows: Sequence[Sequence[Any]] = FIGURES,
    sheet: str = "Sheet1",
    edit: Callable[[Workbook], None] | None = None,
) -> bytes:
    """Return an .xlsx with these rows in its one sheet; ``edit`` changes it before it is saved."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    if edit is not None:
        edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(data: bytes, changes: Mapping[str, Callable[[str], str]]) -> bytes:
    """Return a package whose parts are changed as text; a part that is not there is added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name in changes:
                text = changes[name](text.decode()).encode()
            new.writestr(name, text)
        for name in set(changes) - set(old.namelist()):
            new.writestr(name, changes[name](""))
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_cell(data: bytes, cell: str, xml: str) -> bytes:
    """Return a workbook whose cell has this element instead, for what openpyxl cannot write."""

    def change(text: str) -> str:
        changed, count = re.subn(rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', lambda _: xml, text)
        assert count == 1, cell
        return changed

    return with_part(data, {SHEET: change})


def write_workbook(folder: Path, name: str = "figures.xlsx", **options: Any) -> Path:
    """Write a workbook into a folder and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook_bytes(**options))
    return path
