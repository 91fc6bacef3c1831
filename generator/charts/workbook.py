"""The worksheet behind a chart: categories in column A, then the series.

This file owns the ranges; the chart XML asks it for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from generator.model.chart import ChartSpec
from generator.office.xml import escape_attribute, escape_text
from generator.office.zip_writer import Prepacked, entry

SHEET = "Sheet1"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


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


_STATIC = (
    (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHEET_TYPE}sharedStrings+xml"/>'
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
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_R}"><sheets>'
        f'<sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    ),
    (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}relationships">'
        f'<Relationship Id="rId1" Type="{_R}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_R}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{_R}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId4" Type="{_R}/theme" Target="theme/theme1.xml"/></Relationships>',
    ),
    ("xl/theme/theme1.xml", _HEAD + _theme()),
)


@cache
def _common() -> Prepacked:
    """Return the parts that all workbooks share, packed once."""
    return Prepacked(entry(name, text.encode()) for name, text in _STATIC)


def column_letters(number: int) -> str:
    """Return the letters of a column, 0 for A."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _value_column(spec: ChartSpec, series: int) -> int:
    """Return the column of a series' values; in a scatter chart, positions stand left of them."""
    return 2 * series + 2 if spec.kind == "scatter" else series + 1


def _cells(column: int, count: int) -> str:
    letters = column_letters(column)
    return f"{SHEET}!${letters}$2:${letters}${count + 1}"


def name_reference(spec: ChartSpec, series: int) -> str:
    """Return the cell that holds the name of a series."""
    return f"{SHEET}!${column_letters(_value_column(spec, series))}$1"


def category_reference(spec: ChartSpec) -> str:
    return _cells(0, len(spec.categories))


def value_reference(spec: ChartSpec, series: int) -> str:
    return _cells(_value_column(spec, series), len(spec.categories))


def position_reference(spec: ChartSpec, series: int) -> str:
    return _cells(_value_column(spec, series) - 1, len(spec.categories))


def number_text(value: Decimal) -> str:
    """Return a number as both the cell and the chart's cached value hold it."""
    return f"{value:f}"


_Column = tuple[str, tuple[str | Decimal | None, ...]]


def _columns(spec: ChartSpec) -> list[_Column]:
    """Return the heads and cells of all columns, from the left."""
    columns: list[_Column] = [("", spec.categories)]
    for series in spec.series:
        if spec.kind == "scatter":
            columns.append(("", series.positions or ()))
        columns.append((series.name, series.values))
    return columns


def workbook(spec: ChartSpec) -> bytes:
    """Return the .xlsx of a chart's data; texts are texts in it, never formulas."""
    columns = _columns(spec)
    texts: dict[str, int] = {}
    rows = [_row(0, [head for head, _ in columns], texts)]
    for index in range(len(spec.categories)):
        rows.append(_row(index + 1, [cells[index] for _, cells in columns], texts))
    last = f"{column_letters(len(columns) - 1)}{len(spec.categories) + 1}"
    sheet = (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/>'
        '<cols><col min="1" max="1" width="28" customWidth="1"/></cols>'
        f"<sheetData>{''.join(rows)}</sheetData></worksheet>"
    )
    return _common().with_entries(
        (
            entry("xl/worksheets/sheet1.xml", sheet.encode()),
            entry("xl/sharedStrings.xml", _shared_texts(texts).encode()),
            entry("xl/styles.xml", _styles(spec).encode()),
        )
    )


def _row(index: int, cells: Sequence[str | Decimal | None], texts: dict[str, int]) -> str:
    written = "".join(
        _cell(f"{column_letters(column)}{index + 1}", value, texts)
        for column, value in enumerate(cells)
    )
    return f'<row r="{index + 1}">{written}</row>'


def _cell(reference: str, value: str | Decimal | None, texts: dict[str, int]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return f'<c r="{reference}" s="1"><v>{number_text(value)}</v></c>'
    number = texts.setdefault(value, len(texts))
    return f'<c r="{reference}" t="s"><v>{number}</v></c>'


def _shared_texts(texts: dict[str, int]) -> str:
    items = "".join(f'<si><t xml:space="preserve">{escape_text(text)}</t></si>' for text in texts)
    return f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{items}</sst>'


def _styles(spec: ChartSpec) -> str:
    code = escape_attribute(spec.axis.number_format)
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1">'
        f'<numFmt numFmtId="164" formatCode="{code}"/></numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Arial"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        "</cellStyleXfs>"
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    )
