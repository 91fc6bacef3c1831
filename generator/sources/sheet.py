"""The cells of a sheet as a table, read in one pass; every cell that holds no value is told.

Numbers are taken by the 15 digits that Excel shows of them; days by either epoch.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from io import BytesIO
from math import isfinite

from lxml import etree

from generator.errors import Location, Problem, SourceFormatError, ValueTypeError
from generator.model.dataset import Column, Origin
from generator.model.limits import limits_in_force
from generator.office.xml import declares_utf8
from generator.sources.cell_range import LAST_ROW, CellRange, letters_of, read_range
from generator.sources.delimited import header_problems
from generator.sources.raw_table import RawTable
from generator.sources.workbook import MAIN, Place, Workbook, text_of, workbook_limits

_ROW, _CELL, _V, _F, _IS = (f"{MAIN}{tag}" for tag in ("row", "c", "v", "f", "is"))
_MERGE = f"{MAIN}mergeCell"
_MOST_MERGES = 100_000
#: Excel shows and compares numbers by 15 digits; what lies behind is left from its calculations.
_SHOWN = Context(prec=15, rounding=ROUND_HALF_UP)
_MILLISECOND = Decimal(86_400_000)


@dataclass(slots=True)
class _Cells:
    """What a rectangle holds: values by row and column, faults by the same, merged areas."""

    values: dict[int, dict[int, object]] = field(default_factory=dict)
    faults: list[tuple[int, int, str, str]] = field(default_factory=list)
    merges: list[CellRange] = field(default_factory=list)


def read_sheet(book: Workbook, place: Place, header: int, merged: str | None) -> RawTable:
    """Return the rows below the ``header`` rows of a place in a workbook.

    The first filled row of the place is the first that names columns. Empty rows are left out.

    Raises:
        SourceFormatError: the sheet is damaged, empty, or beyond a limit.
    """
    cells = _read_cells(book, place)
    filled = sorted(row for row, own in cells.values.items() if own)
    if not filled:
        raise SourceFormatError(
            "there are no values", Location(book.file, (f'sheet "{place.sheet}"',)),
            "choose another sheet or range",
        )  # fmt: skip
    columns = sorted({column for own in cells.values.values() for column in own})
    area = CellRange(filled[0], columns[0], filled[-1], columns[-1])
    origin = Origin("file", book.file, place.sheet, str(area))
    names, position = _names(cells, area, header)
    letters = [letters_of(column) for column in position]
    table = RawTable(origin, names, letters)
    table.problems += _header_faults(names, position, area, origin, cells.merges)
    body = [row for row in filled if row >= area.top + header]
    _merge_body(cells, area.top + header, header, merged, table)
    for row in body:
        own = cells.values[row]
        table.add(row, [own.get(column) for column in position])
    wanted = set(position)
    for row, column, message, hint in sorted(cells.faults):
        if column in wanted:
            named = Column(names[position.index(column)], "text", letters_of(column))
            table.problems.append(
                Problem(message, origin.where(row, named), hint, code=ValueTypeError.code)
            )
    return table


def sheet_rows(book: Workbook) -> Iterator[tuple[int, dict[str, object], Problem | None]]:
    """Yield number, columns and fault of each row of the first sheet, parsed as they are asked for.

    The first filled row names the columns; empty rows are left out, an empty cell is empty text.

    Raises:
        SourceFormatError: the sheet is damaged, or its first row is wrong.
    """
    place = book.place(None, None, None, None, book.where)
    where = Location(book.file, (f'sheet "{place.sheet}"',))
    names: dict[int, str] = {}
    for number, cells in _streamed_cells(book, place, where):
        own = cells.values.get(number, {})
        if not names:
            names = {c: " ".join(str(value).split()) for c, value in sorted(own.items())}
            problems = list(header_problems(list(names.values()), where))
            if problems:
                raise SourceFormatError.of(problems)
            continue
        fault = next((f for f in cells.faults if f[1] in names), None)
        problem = None
        if fault is not None:
            cell = where.inside(f"cell {letters_of(fault[1])}{number}")
            problem = Problem(fault[2], cell, fault[3], code=ValueTypeError.code)
        values = {name: own.get(column) for column, name in names.items()}
        yield number, {n: "" if v is None else v for n, v in values.items()}, problem


def _streamed_cells(
    book: Workbook, place: Place, where: Location
) -> Iterator[tuple[int, _Cells]]:  # fmt: skip
    """Yield number and cells of each filled row."""
    blob = book.blob(book.sheets[place.sheet])
    _check_sheet(blob, where)
    last = 0
    try:
        for _, element in etree.iterparse(
            BytesIO(blob), events=("end",), tag=_ROW, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False,
        ):  # fmt: skip
            last = _row_number(element, last, where)
            cells = _Cells()
            _read_row(book, element, last, place.area, cells)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if cells.values:
                yield last, cells
    except etree.XMLSyntaxError as error:
        raise SourceFormatError(f"the sheet is damaged ({error.msg})", where,
                                "open it in Excel and save it again") from error  # fmt: skip


def _header_faults(
    names: list[str], position: list[int], area: CellRange, origin: Origin,
    merges: Sequence[CellRange],
) -> Iterator[Problem]:  # fmt: skip
    where = origin.where()
    for problem in header_problems(names, where):
        number = int(problem.where.steps[-1].split()[-1]) if problem.where else 1
        column = position[number - 1]
        spans = [m for m in merges if m.holds(area.top, column) and m.right > m.left]
        hint = problem.hint
        if spans:
            hint = (
                f"{spans[0]} is merged: if it is a title, write the range: below it; if names "
                "stand below it, write header: 2"
            )
        cell = f"cell {letters_of(column)}{area.top}"
        yield Problem(problem.message, where.inside(cell), hint, code=problem.code)


# -- names of columns ----------------------------------------------------------------------------


def _names(cells: _Cells, area: CellRange, header: int) -> tuple[list[str], list[int]]:
    """Return names and numbers of the columns; a merged cell names all columns that it spans."""
    tops: dict[tuple[int, int], object] = {}
    for merge in cells.merges:
        if merge.top < area.top + header:
            value = cells.values.get(merge.top, {}).get(merge.left)
            for row in range(merge.top, min(merge.bottom, area.top + header - 1) + 1):
                for column in range(merge.left, min(merge.right, area.right) + 1):
                    tops[(row, column)] = value
    names, position = [], []
    for column in range(area.left, area.right + 1):
        parts: list[str] = []
        for row in range(area.top, area.top + header):
            value = tops.get((row, column), cells.values.get(row, {}).get(column))
            text = " ".join(str(value).split()) if value is not None else ""
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        is_used = any(
            column in own for row, own in cells.values.items() if row >= area.top + header
        )
        if parts or is_used:
            names.append(" ".join(parts))
            position.append(column)
    return names, position


def _merge_body(
    cells: _Cells, first: int, header: int, merged: str | None, table: RawTable
) -> None:
    """Fill or leave blank what merged cells below the header cover; undecided it is a problem."""
    for merge in cells.merges:
        if merge.bottom < first or (merge.top < first and merge.bottom < first):
            continue
        value = cells.values.get(merge.top, {}).get(merge.left)
        if value is None:
            continue
        if merged is None:
            is_name = merge.top < first
            rows = merge.bottom - first + 1 + header
            table.problems.append(
                Problem(f"a merged name reaches into the data: {merge}" if is_name
                        else f"cells of the data are merged: {merge}",
                        table.origin.where().inside(f"cell {letters_of(merge.left)}{merge.top}"),
                        f"write header: {rows}, if the names take {rows} rows" if is_name
                        else "write merged: fill (each gets the value) or merged: blank "
                        "(the first)",
                        code=SourceFormatError.code)
            )  # fmt: skip
        elif merged == "fill":
            for row in range(max(merge.top, first), merge.bottom + 1):
                if row in cells.values:
                    for column in range(merge.left, merge.right + 1):
                        cells.values[row][column] = value


# -- cells ---------------------------------------------------------------------------------------


def _read_cells(book: Workbook, place: Place) -> _Cells:
    blob = book.blob(book.sheets[place.sheet])
    where = Location(book.file, (f'sheet "{place.sheet}"',))
    _check_sheet(blob, where)
    found = _Cells()
    most = limits_in_force().data_cells
    count = last = 0
    try:
        for _, element in etree.iterparse(
            BytesIO(blob), events=("end",), tag=(_ROW, _MERGE), resolve_entities=False,
            no_network=True, load_dtd=False, huge_tree=False,
        ):  # fmt: skip
            if element.tag == _MERGE:
                _add_merge(found, element, place.area, where)
            else:
                last = _row_number(element, last, where)
                if place.area.top <= last <= place.area.bottom:
                    count += _read_row(book, element, last, place.area, found)
                if count > most:
                    raise SourceFormatError(
                        f"the table has more than {most:,} cells (limit data_cells)", where,
                        "choose a smaller range",
                    )  # fmt: skip
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise SourceFormatError(f"the sheet is damaged ({error.msg})", where,
                                "open it in Excel and save it again") from error  # fmt: skip
    return found


def _check_sheet(blob: bytes, where: Location) -> None:
    if (
        b"<!DOCTYPE" in blob or b"<!ENTITY" in blob or blob[:2] in (b"\xff\xfe", b"\xfe\xff")
        or b"\0" in blob[:4] or not declares_utf8(blob)
    ):  # fmt: skip
        raise SourceFormatError("the sheet has a document type or encoding that Excel never writes",
                                where, "open it in Excel and save it again")  # fmt: skip
    most = workbook_limits().elements_per_part
    if blob.count(b"<") - blob.count(b"</") > most:
        raise SourceFormatError(
            f"the sheet holds more than {most:,} elements "
            "(limit elements_per_part)", where, "choose a smaller workbook",
        )  # fmt: skip


def _add_merge(found: _Cells, element: etree._Element, area: CellRange, where: Location) -> None:
    merge = read_range(element.get("ref") or "")
    if merge is None or not area.holds(merge[1].top, merge[1].left):
        return
    if len(found.merges) >= _MOST_MERGES:
        raise SourceFormatError(f"the sheet has more than {_MOST_MERGES:,} merged cells", where,
                                "unmerge them")  # fmt: skip
    found.merges.append(merge[1])


def _row_number(element: etree._Element, last: int, where: Location) -> int:
    text = element.get("r")
    if text is None:
        return last + 1
    if not (text.isdecimal() and len(text) < 8 and last < int(text) <= LAST_ROW):
        raise SourceFormatError(f'the row "{text[:20]}" is none, or behind a later one', where,
                                "open it in Excel and save it again")  # fmt: skip
    return int(text)


def _read_row(
    book: Workbook, element: etree._Element, row: int, area: CellRange, found: _Cells
) -> int:
    """Note the cells of a row; return how many there are."""
    own: dict[int, object] = {}
    column = 0
    for cell in element.iterchildren(_CELL):
        reference = cell.get("r")
        place = read_range(reference) if reference else None
        if reference and place is None:
            raise SourceFormatError(
                f'the cell "{reference[:20]}" is none that a sheet has',
                book.where.inside(f"row {row}"), "open it in Excel and save it again",
            )  # fmt: skip
        column = place[1].left if place is not None else column + 1
        if not area.left <= column <= area.right:
            continue
        value, fault = _value(book, cell)
        if fault is not None:
            found.faults.append((row, column, *fault))
            own[column] = None
        elif value is not None:
            own[column] = value
    if own:
        found.values[row] = own
    return len(own)


_CALCULATE = "open it in Excel, let it calculate, and save it"
_ERRORS: Mapping[str, str] = {
    "#REF!": "a formula points at cells that are gone; mend it",
    "#DIV/0!": "a formula divides by zero or by an empty cell; mend it",
    "#N/A": "a formula finds no value; mend it, or leave the cell empty",
    "#NAME?": "a formula uses a name that does not exist; mend it",
    "#VALUE!": "a formula uses a value of the wrong kind; mend it",
}

_Found = tuple[object, tuple[str, str] | None]


def _value(book: Workbook, cell: etree._Element) -> _Found:
    """Return the value of a cell, or what is wrong with it and what to do."""
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        text = cell.find(_IS)
        return (text_of(text) or None) if text is not None else None, None
    stored = cell.find(_V)
    raw = (stored.text or "") if stored is not None else ""
    if stored is None or (not raw and kind != "str"):
        formula = cell.find(_F)
        if formula is None:
            return None, None
        told = f"={formula.text}"[:60] if formula.text else "a formula"
        return None, (f'the formula "{told}" has no stored value', _CALCULATE)
    if kind == "e":
        return None, (f'the cell holds the error "{raw[:20]}"',
                      _ERRORS.get(raw, "mend the formula"))  # fmt: skip
    if kind == "s":
        if not raw.isdecimal() or int(raw[:12]) >= len(book.texts):
            return None, ("the text of the cell is missing", "save it again in Excel")
        return book.texts[int(raw)] or None, None
    if kind == "str":
        return raw or None, None
    if kind == "b":
        return raw == "1", None
    if kind == "d":
        return _iso(raw)
    if kind != "n":
        return None, (f'the cell is of an unknown kind "{kind[:20]}"', "save it again in Excel")
    return _number(book, raw, cell.get("s"))


def _iso(raw: str) -> _Found:
    try:
        found = datetime.datetime.fromisoformat(raw)
    except ValueError:
        return None, (f'"{raw[:40]}" is no day', "save it again in Excel")
    return (found.date() if "T" not in raw else found), None


def _number(book: Workbook, raw: str, style: str | None) -> _Found:
    try:
        number = float(raw)
    except ValueError:
        number = float("nan")
    if not isfinite(number) or len(raw) > 400:
        return None, (f'"{raw[:40]}" is not a number', "save it again in Excel")
    exact = Decimal(repr(number))
    if exact != exact.to_integral_value():
        exact = _SHOWN.plus(exact)
    if style and style.isdecimal() and int(style[:9]) in book.times:
        return _day(exact, book.is_1904)
    if exact == exact.to_integral_value():
        return int(exact), None
    return Decimal(f"{exact.normalize(_SHOWN):f}"), None


def _day(serial: Decimal, is_1904: bool) -> _Found:
    """Return the day, or day and time, of a serial number; 29 February 1900 never was."""
    whole = int(serial // 1)
    if whole == 0 and serial >= 0 and (serial or not is_1904):  # a time of day, without a day
        moment = datetime.datetime(2000, 1, 1) + datetime.timedelta(
            milliseconds=int((serial * _MILLISECOND).to_integral_value())
        )
        return moment.time().isoformat(), None
    if not (0 if is_1904 else 1) <= whole < 2_958_466 or (whole == 60 and not is_1904):
        shown = f"{serial:f}".removesuffix(".0")
        return None, (f"{shown} is no day of the calendar", "write a day from 1900 to 9999")
    if is_1904:
        start = datetime.datetime(1904, 1, 1)
    else:
        start = datetime.datetime(1899, 12, 30 if whole > 60 else 31)
    part = ((serial - whole) * _MILLISECOND).to_integral_value()
    try:
        moment = start + datetime.timedelta(days=whole, milliseconds=int(part))
    except OverflowError:
        return None, (f"{serial} is no day of the calendar", "write a day from 1900 to 9999")
    return (moment if part else moment.date()), None
