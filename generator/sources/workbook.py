"""The package of a workbook: sheets, shared texts, number formats, defined names, tables.

It is checked like any package before XML is parsed: sizes, ratios, names, document types. Nothing
is calculated, no link is followed, no macro is looked at.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from lxml import etree

from generator.errors import (
    DataError,
    Location,
    PackageError,
    SourceFormatError,
    near_name_hint,
)
from generator.model.limits import Limits, limits_in_force
from generator.office.xml import parse_xml
from generator.office.zip_reader import Packed, read_zip
from generator.sources.cell_range import CellRange, read_range

_T = TypeVar("_T")

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_AGAIN = "open it in Excel and save it again as .xlsx"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
#: Number formats of Excel that need no definition and mean a day or a time.
_TIMES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


def workbook_limits() -> Limits:
    """Return the limits of a workbook: a sheet of a million rows is larger than any document."""
    limits = limits_in_force()
    return replace(
        limits, elements_per_part=30 * limits.elements_per_part,
        xml_part_bytes=3 * limits.xml_part_bytes, total_bytes=2 * limits.total_bytes,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows lie: sheet, rectangle, and what is left out below (totals of a table)."""

    sheet: str
    area: CellRange


class Workbook:
    """A workbook that was read and checked; parts are parsed as they are asked for."""

    def __init__(self, data: bytes, file: str) -> None:
        """Read the package.

        Raises:
            SourceFormatError: it is no sound workbook.
        """
        self.file = file
        self.where = Location(file)
        self._blobs = self._checked(lambda: self._read(data))
        self._root = self._xml(self._main())
        found = self._root.find(f"{MAIN}workbookPr")
        self.is_1904 = found is not None and found.get("date1904") in ("1", "true", "on")
        rels = self._related(self._main())
        self.sheets: dict[str, str] = {}
        for sheet in self._root.iterfind(f"{MAIN}sheets/{MAIN}sheet"):
            target = rels.get(sheet.get(f"{_REL}id") or "", "")
            if target in self._blobs and "worksheet" in target.lower():
                self.sheets[sheet.get("name") or ""] = target
        self._all_names = [s.get("name") or "" for s in self._root.iter(f"{MAIN}sheet")]

    # -- the package --

    def _read(self, data: bytes) -> dict[str, Packed]:
        if data[:4] == b"\xd0\xcf\x11\xe0":
            raise SourceFormatError("the workbook is protected by a password, or an old .xls file",
                                    self.where, "save it as .xlsx without a password")  # fmt: skip
        if data[:2] != b"PK":
            raise SourceFormatError("the file is no .xlsx workbook", self.where, _AGAIN)
        blobs = read_zip(data, self.where, workbook_limits())
        if "[content_types].xml" not in map(str.lower, blobs):
            raise SourceFormatError("the file is no .xlsx workbook", self.where, _AGAIN)
        return blobs

    def _checked(self, read: Callable[[], _T]) -> _T:
        """Return what a reader gives; faults of the package are told as those of a workbook."""
        try:
            return read()
        except PackageError as error:
            hint = _AGAIN if error.hint and "PowerPoint" in error.hint else error.hint
            message = error.message.replace("no .docx or .pptx", "no .xlsx workbook")
            raise SourceFormatError(message, error.where or self.where, hint) from error

    def blob(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            SourceFormatError: there is none.
        """
        if name not in self._blobs:
            raise SourceFormatError(f'the workbook has no part "{name[:80]}"', self.where, _AGAIN)
        return self._blobs[name][0]

    def _xml(self, name: str) -> etree._Element:
        blob, where = self.blob(name), self.where.inside(f'part "{name}"')
        if _STRICT in blob[:4096]:
            raise SourceFormatError("the workbook is in the Strict form of Open XML", self.where,
                                    "save it as a plain .xlsx")  # fmt: skip
        return self._checked(lambda: parse_xml(blob, where, workbook_limits()))

    def _main(self) -> str:
        for target in self._related("").values():
            if target in self._blobs and target.lower().endswith("workbook.xml"):
                return target
        if any(name.lower().endswith("workbook.bin") for name in self._blobs):
            raise SourceFormatError("the file is a binary workbook (.xlsb)", self.where, _AGAIN)
        raise SourceFormatError("the file is no .xlsx workbook", self.where, _AGAIN)

    def _related(self, part: str) -> dict[str, str]:
        folder, name = posixpath.split(part)
        own = posixpath.join(folder, "_rels", f"{name}.rels")
        if own not in self._blobs:
            return {}
        return {
            rel.get("Id") or "": posixpath.normpath(
                posixpath.join("/" + folder, rel.get("Target") or "")
            ).lstrip("/")
            for rel in self._xml(own).iterfind(f"{_RELS}Relationship")
            if rel.get("TargetMode") in (None, "Internal")
        }

    # -- texts and formats --

    @cached_property
    def texts(self) -> list[str]:
        """The shared texts of all sheets."""
        name = next((n for n in self._blobs if n.lower().endswith("sharedstrings.xml")), None)
        if name is None:
            return []
        return [text_of(item) for item in self._xml(name).iterfind(f"{MAIN}si")]

    @cached_property
    def times(self) -> frozenset[int]:
        """The numbers of the cell formats that show days or times."""
        name = next((n for n in self._blobs if n.lower().endswith("xl/styles.xml")), None)
        if name is None:
            return frozenset()
        root = self._xml(name)
        own = {
            _whole(f.get("numFmtId")): f.get("formatCode") or ""
            for f in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")
        }
        formats = [_whole(xf.get("numFmtId")) for xf in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf")]
        return frozenset(
            place
            for place, number in enumerate(formats)
            if (_shows_time(own[number]) if number in own else number in _TIMES)
        )

    # -- places --

    def place(
        self, sheet: str | None, area: str | None, name: str | None, table: str | None,
        where: Location,
    ) -> Place:  # fmt: skip
        """Return the place that a definition at ``where`` means; the first sheet without any.

        Raises:
            DataError: there is no such sheet, name or table, or the range is none.
        """
        if table is not None:
            return self._table(table, where)
        if name is not None:
            return self._named(name, where)
        own, rectangle = None, CellRange()
        if area is not None:
            found = read_range(area)
            if found is None:
                raise DataError(f'"{area}" is no range of cells', where, "write it like B3:F20")
            own, rectangle = found
        wanted = sheet or own or next(iter(self.sheets), "")
        return Place(self._sheet(wanted, where), rectangle)

    def _sheet(self, name: str, where: Location) -> str:
        if name in self.sheets:
            return name
        if name in self._all_names:
            raise DataError(f'"{name}" in {self.file} is no sheet of cells', where,
                            f"its sheets are: {', '.join(self.sheets)}")  # fmt: skip
        raise DataError(
            f'{self.file} has no sheet "{name}"' if name else f"{self.file} has no sheet", where,
            near_name_hint(name, list(self.sheets))
            or (f"its sheets are: {', '.join(list(self.sheets)[:12])}" if self.sheets else _AGAIN),
        )  # fmt: skip

    def _named(self, name: str, where: Location) -> Place:
        names: dict[str, str] = {}
        for item in self._root.iterfind(f"{MAIN}definedNames/{MAIN}definedName"):
            names.setdefault((item.get("name") or "").casefold(), (item.text or "").strip())
        if name.casefold() not in names:
            known = [n for n in names if not n.startswith("_xlnm")]
            raise DataError(
                f'{self.file} has no name "{name}"', where,
                near_name_hint(name.casefold(), known) or f"it has: {', '.join(known) or 'none'}",
            )  # fmt: skip
        found = read_range(names[name.casefold()])
        if found is None or found[0] is None:
            raise DataError(f'the name "{name}" in {self.file} is no range of cells', where,
                            "give it one plain range of one sheet")  # fmt: skip
        return Place(self._sheet(found[0], where), found[1])

    def _table(self, name: str, where: Location) -> Place:
        known = []
        for sheet, part in self.sheets.items():
            for table in self._tables(part):
                own = table.get("displayName") or table.get("name") or ""
                known.append(own)
                found = read_range(table.get("ref") or "")
                if own.casefold() != name.casefold() or found is None:
                    continue
                area, totals = found[1], _whole(table.get("totalsRowCount"))
                if table.get("headerRowCount") == "0":
                    raise DataError(f'the table "{own}" has no row of names', where,
                                    "show its header row in Excel")  # fmt: skip
                return Place(sheet, replace(area, bottom=max(area.top, area.bottom - totals)))
        raise DataError(
            f'{self.file} has no table "{name}"', where,
            near_name_hint(name, known) or f"it has: {', '.join(known) or 'none'}",
        )  # fmt: skip

    def _tables(self, part: str) -> Iterator[etree._Element]:
        for target in self._related(part).values():
            if "/tables/" in target and target in self._blobs:
                yield self._xml(target)


def text_of(item: etree._Element) -> str:
    """Return the text of a shared or inline text: its runs, without the reading aids of kanji."""
    if len(item) == 1 and item[0].tag == f"{MAIN}t":
        return plain_text(item[0].text or "")
    found = [item.find(f"{MAIN}t"), *(run.find(f"{MAIN}t") for run in item.iterfind(f"{MAIN}r"))]
    return plain_text("".join(t.text or "" for t in found if t is not None))


def plain_text(text: str) -> str:
    """Return a text with Excel's escapes of control characters undone."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _shows_time(code: str) -> bool:
    """Whether a number format shows a day or a time: one with letters of dates outside quotes."""
    first = code.split(";")[0]
    if re.search(r"\[(?:h+|m+|s+)\]", first, re.IGNORECASE):
        return True
    plain = _QUOTED.sub("", first).lower()
    return "general" not in plain and any(sign in plain for sign in "ymdhs")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
