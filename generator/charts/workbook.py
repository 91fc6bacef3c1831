"""The workbook behind a chart, and the one owner of its ranges.

The data stand on the first sheet: categories in column A, then the series, those of points with
their positions (and sizes) beside them. Series that only help to draw stand on a second sheet, so
that the first one holds figures alone. Texts are texts in it, never formulas.
"""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from functools import cache, lru_cache
from itertools import chain, zip_longest
from typing import NamedTuple

from generator.charts.numbers import number_text, number_texts, serial_day
from generator.charts.prepare import Prepared
from generator.errors import ChartError
from generator.model.chart import Category, Numbers, Series
from generator.office.xml import escape_attribute, escape_text, is_plain
from generator.office.zip_writer import Entry, Prepacked, entry

_SHEETS = ("Sheet1", "Drawing")
_LONGEST_TEXT = 32_767  # characters in a cell
_MOST_ROWS = 1_048_575
DAY_FORMAT = "yyyy-mm-dd"
#: Points up to which forms are kept for sheets and caches without gaps: one for each shape.
MOST_FORMED = 60
_TEXT_CELL = '<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>'
_ESCAPE = re.compile("_x(?=[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


_Texts = tuple[str | None, ...]


def _theme() -> str:
    """Return a plain Office theme, which Excel expects in every workbook."""
    colors = {
        "dk1": "000000", "lt1": "FFFFFF", "dk2": "1F2933", "lt2": "D9DEE5", "accent1": "0B3C6F",
        "accent2": "D55E00", "accent3": "0072B2", "accent4": "009E73", "accent5": "6B7280",
        "accent6": "CC79A7", "hlink": "0072B2", "folHlink": "6B7280",
    }  # fmt: skip
    scheme = "".join(f'<a:{k}><a:srgbClr val="{v}"/></a:{k}>' for k, v in colors.items())
    face = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'<a:theme xmlns:a="{_A}" name="Office"><a:themeElements>'
        f'<a:clrScheme name="Office">{scheme}</a:clrScheme>'
        f'<a:fontScheme name="Office"><a:majorFont>{face}</a:majorFont>'
        f"<a:minorFont>{face}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="Office"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{effect * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


class Cells(NamedTuple):
    """A range of numbers: where it stands, and each number as both cell and cache hold it."""

    range: str
    texts: _Texts
    number_format: str


class PlacedSeries(NamedTuple):
    """A series with its cells."""

    series: Series
    name_cell: str
    values: Cells
    positions: Cells | None = None
    sizes: Cells | None = None


class Worksheets(NamedTuple):
    """Where everything of a chart stands, and the workbook that holds it.

    ``categories`` are texts, or days as numbers where ``has_days``; both are ready for XML.
    """

    category_range: str
    categories: tuple[str, ...]
    has_days: bool
    placed: tuple[PlacedSeries, ...]
    workbook: bytes


@lru_cache(maxsize=512)
def column_letters(number: int) -> str:
    """Return the letters of a column, 0 for A."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_on_sheets(chart: Prepared) -> Worksheets:
    """Return the ranges and the workbook of a chart.

    Raises:
        ChartError: a value or a text is beyond what a worksheet holds.
    """
    spec, series = chart.spec, chart.series
    if max(len(spec.categories), *(len(one.values) for one in series)) > _MOST_ROWS:
        raise ChartError("the chart has more points than a worksheet holds", None, "sum them up")
    has_days = spec.has_days
    categories = _category_texts(spec.categories)
    styles = _Styles(has_days)
    sheets = [_Sheet(name, categories, has_days) for name in _SHEETS]
    second = {n for plot in chart.plots if plot.is_secondary for n in plot.numbers}
    placed = []
    for number, one in enumerate(series):
        code = one.number_format
        if code is None:
            code = (chart.second_axis if number in second else chart.axis).number_format
        if code == "0%" and chart.spec.grouping == "percent":
            code = "General"
        sheet = sheets[one.role in ("aid", "reference")]
        placed.append(sheet.place(one, code, spec.category_axis.number_format, styles))
    used = sheets if sheets[1].count else sheets[:1]
    entries = [
        entry(f"xl/worksheets/sheet{number}.xml", sheet.xml().encode())
        for number, sheet in enumerate(used, 1)
    ]
    book = _common(len(used)).with_entries([_styles_entry(tuple(styles.formats)), *entries])
    ranged = f"Sheet1!$A$2:$A${len(categories) + 1}"
    return Worksheets(ranged, categories, has_days, tuple(placed), book)


class _Styles:
    """The number formats of a workbook, each with its number among the cell styles."""

    def __init__(self, has_days: bool) -> None:
        self.formats: dict[str, int] = {"General": 0}
        if has_days:
            self.formats[DAY_FORMAT] = 1

    def number(self, code: str) -> int:
        return self.formats.setdefault(code, len(self.formats))


class _Sheet:
    """A sheet under way: a first column of categories, then the columns of its series."""

    def __init__(self, name: str, categories: tuple[str, ...], has_days: bool) -> None:
        self._name = name
        self._categories = categories
        self._has_days = has_days
        self._head = [""]
        self._columns: list[tuple[_Texts, int]] = []

    @property
    def count(self) -> int:
        return len(self._columns)

    def place(self, series: Series, code: str, along: str | None, styles: _Styles) -> PlacedSeries:
        positions = sizes = None
        if series.positions is not None:
            positions = self._add("", series.positions, along or "General", styles)[1]
        name_cell, values = self._add(series.name, series.values, code, styles)
        if series.sizes is not None:
            sizes = self._add("", series.sizes, "General", styles)[1]
        return PlacedSeries(series, name_cell, values, positions, sizes)

    def _add(self, name: str, values: Numbers, code: str, styles: _Styles) -> tuple[str, Cells]:
        self._head.append(_cell_text(name))
        texts = number_texts(values)
        self._columns.append((texts, styles.number(code)))
        letters = column_letters(len(self._columns))
        cell = f"{self._name}!${letters}$"
        return f"{cell}1", Cells(f"{cell}2:${letters}${len(texts) + 1}", texts, code)

    def xml(self) -> str:
        rows = [self._head_row()]
        count = max([len(self._categories), *(len(texts) for texts, _ in self._columns)])
        if count <= MOST_FORMED and (formed := self._formed_rows(count)) is not None:
            rows.append(formed)
            return self._sheet(rows, count)
        columns = [self._category_cells()]
        for number, (texts, style) in enumerate(self._columns, 1):
            head, middle = f'<c r="{column_letters(number)}', f'" s="{style}"><v>'
            columns.append([
                "" if text is None else f"{head}{row}{middle}{text}</v></c>"
                for row, text in enumerate(texts, 2)
            ])  # fmt: skip
        rows += [
            f'<row r="{row}">{"".join(cells)}</row>'
            for row, cells in enumerate(zip_longest(*columns, fillvalue=""), 2)
        ]
        return self._sheet(rows, count)

    def _sheet(self, rows: list[str], count: int) -> str:
        last = f"{column_letters(len(self._columns))}{count + 1}"
        return (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/>'
            '<cols><col min="1" max="1" width="28" customWidth="1"/>'
            f'<col min="2" max="{len(self._columns) + 1}" width="16" customWidth="1"/></cols>'
            f"<sheetData>{''.join(rows)}</sheetData></worksheet>"
        )

    def _formed_rows(self, count: int) -> str | None:
        """Return the rows of a sheet without gaps, which is quickly done; else None."""
        columns = [self._categories, *[texts for texts, _ in self._columns]]
        if "" in self._categories or any(len(one) != count or None in one for one in columns):
            return None
        if not self._has_days:
            columns[0] = tuple([_cell_sign(text) for text in self._categories])
        form = _rows_form(count, tuple([style for _, style in self._columns]), self._has_days)
        return form % tuple(chain.from_iterable(zip(*columns, strict=True)))

    def _category_cells(self) -> list[str]:
        if self._has_days:
            return [
                f'<c r="A{row}" s="1"><v>{day}</v></c>' if day else ""
                for row, day in enumerate(self._categories, 2)
            ]
        return [
            _text_cell(f"A{row}", text) if text else ""
            for row, text in enumerate(self._categories, 2)
        ]

    def _head_row(self) -> str:
        cells = [
            _text_cell(f"{column_letters(number)}1", text)
            for number, text in enumerate(self._head)
            if text
        ]
        return f'<row r="1">{"".join(cells)}</row>'


def _category_texts(categories: tuple[Category, ...]) -> tuple[str, ...]:
    with suppress(TypeError):  # where some are days
        joined = " ".join(categories)  # type: ignore[arg-type]
        if len(joined) <= _LONGEST_TEXT and is_plain(joined):
            return categories  # type: ignore[return-value]
    return tuple(
        number_text(serial_day(c)) if isinstance(c, datetime.date) else _cell_text(c)
        for c in categories
    )


def _cell_text(text: str) -> str:
    """Return a text for a cell and for the cache that shows the same, escaped."""
    if len(text) > _LONGEST_TEXT:
        raise ChartError(
            f'the text "{text[:30]}..." has {len(text):,} characters', None,
            f"a cell of a worksheet holds {_LONGEST_TEXT:,}",
        )  # fmt: skip
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return escape_text(text)


def _text_cell(reference: str, text: str) -> str:
    return _TEXT_CELL % (reference, _cell_sign(text))


def _cell_sign(text: str) -> str:
    if "_x" in text:  # else read as the sign of that number (ECMA-376 Part 1, 22.9.2.19)
        return _ESCAPE.sub("_x005F_x", text)
    return text


@lru_cache(maxsize=64)
def _rows_form(count: int, styles: tuple[int, ...], has_days: bool) -> str:
    """Return rows with a ``%s`` for each category and number."""
    rows = []
    for row in range(2, count + 2):
        day = f'<c r="A{row}" s="1"><v>%s</v></c>'
        cells = [day if has_days else _TEXT_CELL % (f"A{row}", "%s")]
        cells += [
            f'<c r="{column_letters(number)}{row}" s="{style}"><v>%s</v></c>'
            for number, style in enumerate(styles, 1)
        ]
        rows.append(f'<row r="{row}">{"".join(cells)}</row>')
    return "".join(rows)


@lru_cache(maxsize=64)
def _styles_entry(formats: tuple[str, ...]) -> Entry:
    own = list(enumerate(formats))[1:]
    codes = "".join(
        f'<numFmt numFmtId="{163 + number}" formatCode="{escape_attribute(code)}"/>'
        for number, code in own
    )
    styles = "".join(
        f'<xf numFmtId="{163 + number}" fontId="0" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1"/>'
        for number, _ in own
    )
    head = f'<numFmts count="{len(own)}">{codes}</numFmts>' if own else ""
    return entry(
        "xl/styles.xml",
        (
            f'{_HEAD}<styleSheet xmlns="{_MAIN}">{head}'
            '<fonts count="1"><font><sz val="11"/><name val="Arial"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
            "</borders>"
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
            f'</cellStyleXfs><cellXfs count="{len(formats)}">'
            f'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>{styles}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        ).encode(),
    )


@cache
def _common(sheets: int) -> Prepacked:
    """Return the parts that all workbooks with so many sheets share, packed once."""
    numbers = range(1, sheets + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        f'ContentType="{_SHEET_TYPE}worksheet+xml"/>'
        for n in numbers
    )
    listed = "".join(
        f'<sheet name="{_SHEETS[n - 1]}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_R}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = (
        (
            "[Content_Types].xml",
            f'{_HEAD}<Types xmlns="{_PACKAGE}content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}sheet.main+xml"/>'
            f'{types}<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}styles+xml"/>'
            '<Override PartName="/xl/theme/theme1.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/></Types>',
        ),
        (
            "_rels/.rels",
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}relationships">'
            f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        ),
        (
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_R}"><sheets>{listed}</sheets></workbook>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}relationships">{targets}'
            f'<Relationship Id="rId{sheets + 1}" Type="{_R}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId{sheets + 2}" Type="{_R}/theme" Target="theme/theme1.xml"/>'
            "</Relationships>",
        ),
        ("xl/theme/theme1.xml", _HEAD + _theme()),
    )
    return Prepacked(entry(name, text.encode()) for name, text in parts)
