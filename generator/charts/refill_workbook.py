"""The .xlsx behind a chart, read once with limits and made a form that takes other data."""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from lxml import etree

from generator.charts.refill_book import BookForm, DatedStyles, Names
from generator.charts.refill_formulas import Cell
from generator.charts.refill_pieces import parse_unmarked
from generator.charts.refill_places import Area, ChartTracks, Room, number_of, parse_area
from generator.charts.refill_sheet import SheetForm, read_sheet
from generator.charts.refill_tables import TableForm, read_table
from generator.errors import (
    Location,
    MissingPartError,
    NotAPackageError,
    UnsoundPackageError,
    UnsupportedChartError,
)
from generator.model.limits import limits_in_force
from generator.office.names import NAMESPACES
from generator.office.package import CONTENT_TYPES, relationships_name
from generator.office.xml import parse_xml, whole_number
from generator.office.zip_reader import read_zip
from generator.office.zip_writer import Entry, Prepacked, entry

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R_ID = f"{{{NAMESPACES['r']}}}id"
_LOCAL = struct.Struct("<4s5H3L2H")
_WHERE = Location(steps=("workbook of the chart",))
_AGAIN = "open the chart's data in Excel and save the document again"
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SLOT = re.compile("\ufdd0(\\d+)\ufdd1")
_NAME = re.compile(r"(?:(?P<sheet>'(?:[^']|'')+'|[^'!]+)!)?(?P<name>[^\W\d][\w.\\?]*)")
#: Number formats of Excel itself that show days or times.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]|_.|\*.', re.IGNORECASE)
_MOMENT_FORMATS = {"date": 14, "datetime": 22}
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_BEHIND_NAMES = ("functionGroups", "externalReferences", "definedNames", "sheets")


def _unescaped(text: str) -> str:
    """Return a text of a cell with its written-out signs (ECMA-376 Part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class Book:
    """A workbook that was read: its sheets and names, and what makes a form of it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._zip = _directory(data)
        self._infos = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}
        self._part = self._main_part()
        self._root = parse_unmarked(self._blob(self._part), _WHERE)
        self._relationships = self._read_relationships(self._part)
        self._sheet_parts = dict(self._read_sheets())
        self.sheet_ids = {
            (s.get("sheetId") or ""): (s.get("name") or "").casefold()
            for s in self._root.iterfind(f"{_M}sheets/{_M}sheet")
        }
        properties = self._root.find(f"{_M}workbookPr")
        self.is_1904 = properties is not None and properties.get("date1904") in ("1", "true")

    def resolve(self, text: str) -> tuple[Area, str | None] | None:
        """Return the area behind a reference, and the reference itself if it is a name."""
        area = parse_area(text)
        if area is not None:
            return (area, None) if area.key in self._sheet_parts else None
        found = _NAME.fullmatch(text.strip())
        if found is None:
            return None
        wanted = found["name"].casefold()
        for element in self._root.iterfind(f"{_M}definedNames/{_M}definedName"):
            if (element.get("name") or "").casefold() == wanted:
                area = parse_area(element.text or "")
                if area is not None and area.key in self._sheet_parts:
                    return area, text
        return None

    def cell_texts(self, key: str) -> dict[Cell, str]:
        """Return what the cells of a sheet hold, by column and row; formulas as last computed."""
        root = parse_unmarked(self._blob(self._sheet_parts[key]), _WHERE)
        shared: list[str] | None = None
        texts: dict[Cell, str] = {}
        for cell in root.iter(f"{_M}c"):
            found = _CELL.fullmatch(cell.get("r") or "")
            if found is None:
                continue
            kind, value = cell.get("t"), cell.findtext(f"{_M}v")
            if kind == "s" and value is not None:
                shared = self._shared_texts() if shared is None else shared
                index = whole_number(value, -1)
                value = shared[index] if 0 <= index < len(shared) else None
            elif kind == "inlineStr":
                value = "".join(t.text or "" for t in cell.iterfind(f"{_M}is//{_M}t"))
            if value is not None:
                plain = kind in ("s", "inlineStr", "str")
                texts[number_of(found[1]), int(found[2])] = _unescaped(value) if plain else value
        return texts

    def _shared_texts(self) -> list[str]:
        for target, kind in self._relationships.values():
            if kind == "sharedStrings" and target in self._infos:
                root = parse_unmarked(self._blob(target), _WHERE)
                return [
                    "".join(t.text or "" for t in item.iter(f"{_M}t"))
                    for item in root.iterfind(f"{_M}si")
                ]
        return []

    def form(self, tracks: ChartTracks) -> BookForm:
        """Return the form of the workbook for a chart that has its data there."""
        data: dict[str, set[Cell]] = {}
        for track in tracks.all():
            cells = data.setdefault(track.key, set())
            for line, at in track.cells():
                cells.add((at, line) if tracks.in_rows else (line, at))
        sheets: dict[str, tuple[str, SheetForm]] = {}
        rooms: dict[str, Room] = {}
        tables: list[TableForm] = []
        written: dict[str, set[Cell]] = {}
        changed: dict[str, bytes | None] = {}
        for key, cells in data.items():
            part = self._sheet_parts[key]
            root = parse_unmarked(self._blob(part), _WHERE)
            own = list(self._tables(part, key, cells))
            columns = {column for column, _ in cells}
            totals = set() if tracks.in_rows else {c for t in own for c in t.totals(columns)}
            form, by_columns, by_rows = read_sheet(root, cells, totals)
            sheets[key] = part, form
            rooms[key] = by_rows if tracks.in_rows else by_columns
            tables += own
            written[key] = cells | totals
        self._clean_calculation_chain(written, changed)
        has_formulas = self._has_formulas()
        if has_formulas:
            self._calculate_on_load()
        names = self._names(data)
        if has_formulas and names is None:
            changed[self._part] = _HEAD + etree.tostring(self._root)
        dated, plain = self._dated_styles(tracks, sheets)
        left_out = {part for part, _ in sheets.values()} | {t.part for t in tables} | set(changed)
        if names is not None:
            left_out.add(self._part)
        if plain is not None:
            left_out.add(plain.name)
        entries = [self._packed(name) for name in self._infos if name not in left_out]
        entries += [entry(name, blob) for name, blob in changed.items()
                    if blob is not None and not (names and name == self._part)]  # fmt: skip
        return BookForm(
            Prepacked(entries), sheets, rooms, tuple(tables), names, dated, plain, tracks
        )

    def _blob(self, name: str) -> bytes:
        info = self._infos.get(name)
        if info is None:
            raise MissingPartError(f'the part "{name}" is missing', _WHERE, _AGAIN)
        _check(info, len(self._packed_bytes(info)))
        try:
            return self._zip.read(info)
        except (BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError) as error:
            raise UnsoundPackageError(f'the part "{name}" is damaged', _WHERE, _AGAIN) from error

    def _packed_bytes(self, info: ZipInfo) -> bytes:
        try:
            header = _LOCAL.unpack_from(self._data, info.header_offset)
        except struct.error as error:
            raise UnsoundPackageError("the workbook is damaged", _WHERE, _AGAIN) from error
        start = info.header_offset + _LOCAL.size + header[9] + header[10]
        packed = self._data[start : start + info.compress_size]
        if header[0] != b"PK\x03\x04" or len(packed) != info.compress_size:
            raise UnsoundPackageError("the workbook is damaged", _WHERE, _AGAIN)
        return packed

    def _packed(self, name: str) -> Entry:
        info = self._infos[name]
        packed = self._packed_bytes(info)
        return Entry(name, packed, info.file_size, info.CRC, info.compress_type)

    def _main_part(self) -> str:
        for target, kind in self._read_relationships("").values():
            if kind == "officeDocument":
                if target.endswith(".bin"):
                    raise UnsupportedChartError(
                        "the data of the chart are in a binary workbook (.xlsb)", _WHERE,
                        "save the data of the chart as .xlsx, or draw it anew",
                    )  # fmt: skip
                return target
        raise NotAPackageError("the file is no .xlsx", _WHERE, _AGAIN)

    def _read_relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """Return target and kind of the relationships of a part by their ids."""
        name = relationships_name(part)
        if name not in self._infos:
            return {}
        base = posixpath.dirname(part)
        found = {}
        for rel in parse_xml(self._blob(name), _WHERE).iterfind(f"{{{NAMESPACES['pr']}}}*"):
            target = posixpath.normpath(posixpath.join("/" + base, rel.get("Target") or ""))
            if rel.get("TargetMode") != "External":
                kind = (rel.get("Type") or "").rsplit("/", 1)[-1]
                found[rel.get("Id") or ""] = (target.lstrip("/"), kind)
        return found

    def _read_sheets(self) -> Iterator[tuple[str, str]]:
        for sheet in self._root.iterfind(f"{_M}sheets/{_M}sheet"):
            target, kind = self._relationships.get(sheet.get(_R_ID) or "", ("", ""))
            if kind == "worksheet" and target in self._infos:
                yield (sheet.get("name") or "").casefold(), target

    def _tables(self, part: str, key: str, cells: set[Cell]) -> Iterator[TableForm]:
        for target, kind in self._read_relationships(part).values():
            if kind == "table":
                table = read_table(parse_unmarked(self._blob(target), _WHERE), target, key)
                if table is not None and any(
                    table.area.left <= c <= table.area.right
                    and table.area.top <= r <= table.area.bottom
                    for c, r in cells
                ):
                    yield table

    def _clean_calculation_chain(
        self, data: Mapping[str, set[Cell]], changed: dict[str, bytes | None]
    ) -> None:
        """Take the cells of the data out of the calculation chain: they hold no formulas now."""
        r_id, part = next(
            ((i, t) for i, (t, kind) in self._relationships.items() if kind == "calcChain"),
            ("", ""),
        )
        if part not in self._infos:
            return
        root = parse_xml(self._blob(part), _WHERE)
        sheet, is_cut = "", False
        for cell in list(root):
            sheet = cell.get("i") or sheet
            cell.set("i", sheet)
            area = parse_area(f"x!{cell.get('r')}")
            key = self.sheet_ids.get(sheet, "")
            if area is not None and (area.left, area.top) in data.get(key, ()):
                root.remove(cell)
                is_cut = True
        if len(root) and is_cut:
            changed[part] = _HEAD + etree.tostring(root)
        elif is_cut:
            changed[part] = None
            types = parse_xml(self._blob(CONTENT_TYPES), _WHERE)
            _drop(types, "PartName", f"/{part}")
            changed[CONTENT_TYPES] = _HEAD + etree.tostring(types)
            name = relationships_name(self._part)
            links = parse_xml(self._blob(name), _WHERE)
            _drop(links, "Id", r_id)
            changed[name] = _HEAD + etree.tostring(links)

    def _has_formulas(self) -> bool:
        blobs = (self._blob(part) for part in self._sheet_parts.values())
        return any(b"<f>" in blob or b"<f " in blob or b":f>" in blob for blob in blobs)

    def _calculate_on_load(self) -> None:
        """Ask Excel to calculate anew: formulas elsewhere may read the data."""
        properties = self._root.find(f"{_M}calcPr")
        if properties is None:
            properties = etree.Element(f"{_M}calcPr")
            before = [self._root.find(f"{_M}{name}") for name in _BEHIND_NAMES]
            places = [list(self._root).index(e) for e in before if e is not None]
            self._root.insert(max(places, default=-1) + 1, properties)
        properties.set("fullCalcOnLoad", "1")

    def _names(self, data: Mapping[str, set[Cell]]) -> Names | None:
        areas: list[Area] = []
        for element in self._root.iterfind(f"{_M}definedNames/{_M}definedName"):
            area = parse_area(element.text or "")
            if area is not None and area.key in data:
                element.text = f"\ufdd0{len(areas)}\ufdd1"
                areas.append(area)
        if not areas:
            return None
        pieces = _SLOT.split(etree.tostring(self._root, encoding="unicode"))[::2]
        return Names(self._part, tuple(pieces), tuple(areas))

    def _dated_styles(
        self, tracks: ChartTracks, sheets: Mapping[str, tuple[str, SheetForm]]
    ) -> tuple[DatedStyles | None, Entry | None]:
        """Return styles for days, unless the cells of the categories show days already."""
        part = next((t for t, kind in self._relationships.values() if kind == "styles"), "")
        if not tracks.levels or part not in self._infos:
            return None, None
        last = tracks.levels[-1]
        spot = (last.end, last.line) if tracks.in_rows else (last.line, last.end)
        own = sheets[last.key][1].format_of(*spot)
        number = int(own[4:-1]) if own else 0
        root = parse_xml(self._blob(part), _WHERE)
        formats = root.find(f"{_M}cellXfs")
        if formats is None or number >= len(formats) or _shows_days(root, formats[number]):
            return None, None
        added = {}
        for moment, code in _MOMENT_FORMATS.items():
            copy = etree.fromstring(etree.tostring(formats[number], with_tail=False))
            copy.set("numFmtId", str(code))
            copy.set("applyNumberFormat", "1")
            formats.append(copy)
            added[moment] = f' s="{len(formats) - 1}"'
        formats.set("count", str(len(formats)))
        dated = DatedStyles(entry(part, _HEAD + etree.tostring(root)), added)
        return dated, self._packed(part)


def _shows_days(root: etree._Element, style: etree._Element) -> bool:
    number = style.get("numFmtId") or "0"
    if number.isdecimal() and int(number) in _DATE_FORMATS:
        return True
    for code in root.iterfind(f"{_M}numFmts/{_M}numFmt"):
        if code.get("numFmtId") == number:
            bare = _NO_LETTERS.sub("", code.get("formatCode") or "")
            return bare.lower() != "general" and _DATE_LETTERS.search(bare) is not None
    return False


def _drop(root: etree._Element, attribute: str, value: str) -> None:
    for element in list(root):
        if element.get(attribute) == value:
            root.remove(element)


def _directory(data: bytes) -> ZipFile:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnsupportedChartError(
            "the data of the chart are in an old or protected workbook", _WHERE,
            "open the chart's data in Excel and save them as .xlsx without a password",
        )  # fmt: skip
    read_zip(data, _WHERE)
    return ZipFile(BytesIO(data))


def _check(info: ZipInfo, packed: int) -> None:
    limits = limits_in_force()
    cap = min(limits.xml_part_bytes, max(limits.ratio_free_bytes, packed * limits.ratio))
    if info.file_size > cap:
        raise UnsoundPackageError(
            f'the part "{info.filename}" inflates to {info.file_size:,} bytes '
            "(limits xml_part_bytes, ratio)", _WHERE,
        )  # fmt: skip
