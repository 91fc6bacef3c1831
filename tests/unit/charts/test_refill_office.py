"""Charts and workbooks written the way PowerPoint 365 and other programs write them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree

from generator.charts.refill import ChartForm, compile_chart
from generator.errors import ChartError
from tests.unit.charts.test_refill import A, C, book_of, check, names_of, table, tables

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
C16 = "http://schemas.microsoft.com/office/drawing/2014/chart"
C15 = "http://schemas.microsoft.com/office/drawing/2012/chart"

CATEGORIES = ("Category 1", "Category 2", "Category 3", "Category 4")
VALUES = {"B": (4.3, 2.5, 3.5, 4.5), "C": (2.4, 4.4, 1.8, 2.8), "D": (2, 2, 3, 5)}


def text_cache(texts: tuple[str, ...]) -> str:
    points = "".join(f'<c:pt idx="{i}"><c:v>{t}</c:v></c:pt>' for i, t in enumerate(texts))
    return f'<c:strCache><c:ptCount val="{len(texts)}"/>{points}</c:strCache>'


def series(number: int, column: str, extra: str = "") -> str:
    points = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in enumerate(VALUES[column]))
    return f"""<c:ser><c:idx val="{number}"/><c:order val="{number}"/>
<c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f>
{text_cache((f"Series {number + 1}",))}</c:strRef></c:tx>
<c:spPr><a:solidFill><a:schemeClr val="accent{number + 1}"><a:alpha val="80000"/></a:schemeClr>
</a:solidFill><a:ln><a:noFill/></a:ln><a:effectLst/></c:spPr><c:invertIfNegative val="0"/>{extra}
<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$5</c:f>{text_cache(CATEGORIES)}</c:strRef></c:cat>
<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}$5</c:f><c:numCache>
<c:formatCode>0.0</c:formatCode><c:ptCount val="4"/>{points}</c:numCache></c:numRef></c:val>
<c:extLst><c:ext uri="{{C3380CC4-5D6E-409C-BE32-E72D297353CC}}" xmlns:c16="{C16}">
<c16:uniqueId val="{{0000000{number}-1111-2222-3333-444444444444}}"/></c:ext></c:extLst></c:ser>
"""


FILTERED = f"""<c:extLst><c:ext uri="{{02D57815-91ED-43cb-92C2-25804820EDAC}}" xmlns:c15="{C15}">
<c15:filteredBarSeries><c15:ser><c:idx val="3"/><c:order val="3"/><c:tx><c:strRef><c:extLst>
<c:ext uri="{{02D57815-91ED-43cb-92C2-25804820EDAC}}"><c15:formulaRef><c15:sqref>Sheet1!$E$1
</c15:sqref></c15:formulaRef></c:ext></c:extLst></c:strRef></c:tx></c15:ser></c15:filteredBarSeries>
</c:ext></c:extLst>"""


def office_chart(extra: str = "") -> str:
    """Return a column chart with a style, an alternate content and filtered series."""
    return f"""{HEAD}<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{REL}"
 xmlns:c16r2="http://schemas.microsoft.com/office/drawing/2015/06/chart"><c:date1904 val="0"/>
<c:lang val="en-US"/><c:roundedCorners val="0"/><mc:AlternateContent
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="c14"
 xmlns:c14="http://schemas.microsoft.com/office/drawing/2007/8/2/chart"><c14:style val="102"/>
</mc:Choice><mc:Fallback><c:style val="2"/></mc:Fallback></mc:AlternateContent><c:chart>
<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart><c:barDir val="col"/>
<c:grouping val="clustered"/><c:varyColors val="0"/>{series(0, "B", extra)}{series(1, "C")}
{series(2, "D")}<c:gapWidth val="219"/><c:overlap val="-27"/><c:axId val="111"/>
<c:axId val="222"/>{FILTERED}</c:barChart><c:catAx><c:axId val="111"/><c:scaling>
<c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>
<c:numFmt formatCode="General" sourceLinked="1"/><c:majorTickMark val="none"/>
<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="222"/>
<c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>
<c:noMultiLvlLbl val="0"/></c:catAx><c:valAx><c:axId val="222"/><c:scaling>
<c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:majorGridlines/>
<c:numFmt formatCode="General" sourceLinked="1"/><c:majorTickMark val="none"/>
<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="111"/>
<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx></c:plotArea>
<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:externalData r:id="rId3">
<c:autoUpdate val="0"/></c:externalData></c:chartSpace>"""


def office_sheet(beside: dict[str, str] | None = None, below: str = "") -> str:
    """Return the sheet of a new chart, with cells beside the data by row."""
    rows = '<row r="1" spans="1:4" x14ac:dyDescent="0.25"><c r="A1" t="s"><v>0</v></c>'
    rows += "".join(f'<c r="{c}1" t="s"><v>{i}</v></c>' for i, c in enumerate("BCD", 1))
    rows += (beside or {}).get("1", "") + "</row>"
    for row in range(2, 6):
        cells = "".join(f'<c r="{c}{row}" s="1"><v>{VALUES[c][row - 2]}</v></c>' for c in "BCD")
        rows += (
            f'<row r="{row}" spans="1:4" x14ac:dyDescent="0.25"><c r="A{row}" t="s">'
            f"<v>{row + 2}</v></c>{cells}{(beside or {}).get(str(row), '')}</row>"
        )
    return f"""{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{REL}"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 mc:Ignorable="x14ac xr" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
 xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
 xr:uid="{{00000000-0001-0000-0000-000000000000}}"><dimension ref="A1:D5"/><sheetViews>
<sheetView tabSelected="1" workbookViewId="0"/></sheetViews>
<sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><sheetData>{rows}{below}</sheetData>
<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>
<tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>"""


COLUMNS = (" ", "Series 1", "Series 2", "Series 3")
TABLE = f"""{HEAD}<table xmlns="{MAIN}"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="xr xr3"
 xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
 xmlns:xr3="http://schemas.microsoft.com/office/spreadsheetml/2016/revision3" id="1"
 xr:uid="{{00000000-000C-0000-FFFF-FFFF00000000}}" name="Table1" displayName="Table1" ref="A1:D5"
 totalsRowShown="0"><tableColumns count="4">{
    "".join(
        f'<tableColumn id="{i}" xr3:uid="{{00000000-0010-0000-0000-00000{i}000000}}" '
        f'name="{name}" dataDxfId="{i}"/>'
        for i, name in enumerate(COLUMNS, 1)
    )
}</tableColumns><tableStyleInfo
 showFirstColumn="0" showLastColumn="0" showRowStripes="1" showColumnStripes="0"/></table>"""


def office_book(sheet: str) -> bytes:
    """Return a workbook with one sheet, shared strings and a table."""
    texts = (*COLUMNS, *CATEGORIES, "To resize chart data range, drag lower right corner.")
    shared = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in texts)
    dxfs = '<dxf><numFmt numFmtId="0" formatCode="General"/></dxf>' * 5
    parts = {
        "[Content_Types].xml": f"""{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default
 Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml"
 ContentType="{TYPE}sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="{TYPE}worksheet+xml"/><Override PartName="/xl/styles.xml"
 ContentType="{TYPE}styles+xml"/><Override PartName="/xl/sharedStrings.xml"
 ContentType="{TYPE}sharedStrings+xml"/><Override PartName="/xl/tables/table1.xml"
 ContentType="{TYPE}table+xml"/></Types>""",
        "_rels/.rels": f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship
 Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
        "xl/workbook.xml": f"""{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><workbookPr/>
<bookViews><workbookView/></bookViews><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/>
</sheets><calcPr calcId="191029"/></workbook>""",
        "xl/_rels/workbook.xml.rels": f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{REL}/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>""",
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/_rels/sheet1.xml.rels": f"""{HEAD}<Relationships
 xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/table"
 Target="../tables/table1.xml"/></Relationships>""",
        "xl/tables/table1.xml": TABLE,
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}" count="9" uniqueCount="9">{shared}'
        "</sst>",
        "xl/styles.xml": f"""{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font>
<sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>
<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="2"
 fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1">
<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles><dxfs count="5">{dxfs}</dxfs>
</styleSheet>""",
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


NOTE = '<row r="8" spans="1:4" x14ac:dyDescent="0.25"><c r="D8" t="s"><v>8</v></c></row>'
TWELVE = table([f"M{i}" for i in range(12)], *((f"N{k}", [k + 0.5] * 12) for k in range(4)))
TWO = table(["x", "y"], ("N", [1, 2]), ("O", [3, 4]))


class TestAChartOfPowerPoint:
    form = compile_chart(office_chart().encode(), office_book(office_sheet(below=NOTE)))

    @pytest.mark.parametrize("data", [TWELVE, TWO], ids=["large", "small"])
    def test_is_filled(self, data: Any) -> None:
        filled = self.form.fill(data)

        root = check(filled)
        assert names_of(root) == [s["name"] for s in data["series"]]
        assert b"<c14:style" in filled.chart_xml
        assert root.find(f".//{C}gapWidth").get("val") == "219"
        assert {e.text for e in root.iterfind(f".//{C}val//{C}formatCode")} == {"0.0"}

    def test_drops_filtered_series_and_keeps_ids_unique(self) -> None:
        filled = self.form.fill(TWELVE)

        root = check(filled)
        assert b"filtered" not in filled.chart_xml
        ids = [e.get("val") for e in root.iter(f"{{{C16}}}uniqueId")]
        assert len(ids) == len(set(ids)) == 3

    def test_a_new_series_keeps_the_transparency_of_its_model(self) -> None:
        root = check(self.form.fill(TWELVE))

        color = root.findall(f".//{C}ser")[3].find(f".//{A}schemeClr")
        assert color.get("val") == "accent4"
        assert [etree.QName(e).localname for e in color] == ["alpha"]

    @pytest.mark.parametrize(
        ("data", "ref"), [(TWELVE, "A1:E13"), (TWO, "A1:C3")], ids=["large", "small"]
    )
    def test_its_table_follows(self, data: Any, ref: str) -> None:
        filled = self.form.fill(data)

        sheet = book_of(filled)["Sheet1"]
        names = [c.name for c in sheet.tables["Table1"].tableColumns]
        assert sheet.tables["Table1"].ref == ref
        assert names == [" ", *(s["name"] for s in data["series"])]

    def test_the_note_of_old_versions_steps_aside(self) -> None:
        large, small = (book_of(self.form.fill(data))["Sheet1"] for data in (TWELVE, TWO))

        assert small["D8"].value == "To resize chart data range, drag lower right corner."
        assert large["D8"].value == 2.5
        assert large["D16"].value == small["D8"].value

    def test_rows_keep_their_attributes(self) -> None:
        filled = self.form.fill(TWELVE)

        assert filled.workbook is not None
        packed = zipfile.ZipFile(BytesIO(filled.workbook))
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count('x14ac:dyDescent="0.25">') == 14
        assert sheet.count('<c r="E13" s="1"><v>3.5</v></c>') == 1
        assert packed.testzip() is None


@settings(deadline=None, max_examples=60)
@given(tables())
def test_the_table_names_what_its_head_shows(data: dict[str, Any]) -> None:
    filled = TestAChartOfPowerPoint.form.fill(data)

    check(filled)
    sheet = book_of(filled)["Sheet1"]
    found = sheet.tables["Table1"]
    names = [column.name for column in found.tableColumns]
    assert names == [cell.value for cell in sheet[found.ref][0]]
    assert len({name.casefold() for name in names}) == len(names)
    assert found.ref == f"A1:{'ABCDEFGH'[len(data['series'])]}{max(2, len(data['categories']) + 1)}"


def test_characters_that_mark_slots_do_no_harm() -> None:
    odd = "&#xFDD0;H&#xFDD1;\ufdd0S\ufdd1"
    xml = office_chart().replace("Series 1", odd).replace("<c:layout/>", f"<c:layout/>{odd}")
    sheet = office_sheet({"2": f'<c r="H2" t="str"><v>{odd}</v></c>'})

    filled = compile_chart(xml.encode(), office_book(sheet)).fill(TWO)

    check(filled)
    assert book_of(filled)["Sheet1"]["H2"].value == "HS"


class TestLabelsFromCells:
    RANGE = """<c:dLbls><c:dLbl><c:idx val="3"/><c:delete val="1"/></c:dLbl><c:spPr/>
<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>
<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>"""

    def test_labels_past_the_end_go(self) -> None:
        form = compile_chart(office_chart(self.RANGE).encode(), office_book(office_sheet()))

        small = check(form.fill(TWO))
        large = check(form.fill(TWELVE))

        assert small.find(f".//{C}dLbl") is None
        assert small.find(f".//{C}dLbls/{C}showVal") is not None
        assert large.find(f".//{C}dLbl/{C}idx").get("val") == "3"


class TestFormulas:
    def test_a_shared_formula_lives_on_without_its_first_cell(self) -> None:
        sheet = office_sheet(
            {
                "3": '<c r="F3"><f t="shared" si="0"/><v>1</v></c>',
                "4": '<c r="F4"><f t="shared" si="0"/><v>1</v></c>',
            }
        ).replace(
            '<c r="D2" s="1"><v>2</v></c>',
            '<c r="D2" s="1"><f t="shared" ref="D2:F4" si="0">B2*$H$1+SUM(B$2:B2)&amp;"A1"</f>'
            "<v>2</v></c>",
        )
        form = compile_chart(office_chart().encode(), office_book(sheet))

        filled = form.fill(TWO)

        check(filled)
        found = book_of(filled)["Sheet1"]
        assert found["F3"].value == '=D3*$H$1+SUM(D$2:D3)&"A1"'
        assert found["F4"].value == '=D4*$H$1+SUM(D$2:D4)&"A1"'


@pytest.mark.parametrize("prefix", ["x", "main"])
def test_a_workbook_with_prefixed_names(prefix: str) -> None:
    plain = office_sheet(below=NOTE)
    root = etree.fromstring(plain.encode())
    names = {name: uri for name, uri in root.nsmap.items() if name}
    moved = etree.Element(root.tag, root.attrib, {**names, prefix: MAIN})
    moved.extend(list(root))
    etree.cleanup_namespaces(moved, keep_ns_prefixes=["mc", "x14ac", "xr", "r"])
    text = etree.tostring(moved, encoding="unicode")
    assert f"<{prefix}:sheetData" in text

    form = compile_chart(office_chart().encode(), office_book(text))

    for data in (TWELVE, TWO):
        check(form.fill(data))


def test_a_chart_whose_names_have_no_prefix() -> None:
    xml = office_chart().replace("xmlns:c=", "xmlns=").replace("<c:", "<").replace("</c:", "</")
    form = compile_chart(xml.encode(), office_book(office_sheet()))

    for data in (TWELVE, TWO):
        root = check(form.fill(data))
        assert len(root.findall(f".//{C}ser")) == len(data["series"])


class TestARowOfTotals:
    def form(self, formula: str = "SUBTOTAL(109,Table1[Series 1])") -> ChartForm:
        totals = (
            '<row r="6"><c r="A6" t="inlineStr"><is><t>Total</t></is></c>'
            f'<c r="B6"><f>{formula}</f><v>1</v></c></row>'
        )
        book = office_book(office_sheet(below=totals))
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                text = old.read(name)
                if name.endswith("table1.xml"):
                    text = text.replace(b'ref="A1:D5"', b'ref="A1:D6" totalsRowCount="1"')
                    text = text.replace(b' totalsRowShown="0"', b"")
                new.writestr(name, text)
        return compile_chart(office_chart().encode(), out.getvalue())

    @pytest.mark.parametrize(
        ("data", "ref", "row"), [(TWELVE, "A1:E14", 14), (TWO, "A1:C6", 6)], ids=["large", "small"]
    )
    def test_stays_below_the_data(self, data: Any, ref: str, row: int) -> None:
        filled = self.form().fill(data)

        check(filled)
        sheet = book_of(filled)["Sheet1"]
        assert sheet.tables["Table1"].ref == ref
        assert sheet[f"A{row}"].value == "Total"
        assert sheet[f"B{row}"].value == "=SUBTOTAL(109,Table1[Series 1])"

    def test_does_not_move_if_it_names_cells(self) -> None:
        with pytest.raises(ChartError, match="cell B6 holds something"):
            self.form("SUM(B2:B5)").fill(TWELVE)
