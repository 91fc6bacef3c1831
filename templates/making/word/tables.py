"""Table styles: the three-rule table of the text and the panel of key figures."""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from making.house import PRIMARY, RULE, TINT
from making.word.markup import w

TABLE_STYLE = "Report Table"
ANNEX_STYLE = "Annex Table"
PANEL_STYLE = "Figure Panel"
_WHITE = "FFFFFF"


def table_styles() -> list[BaseOxmlElement]:
    """Return the default table style and those of the house."""
    return [_normal_table(), _report_table(), _annex_table(), _figure_panel()]


def _normal_table() -> BaseOxmlElement:
    return w(
        "style",
        w("name", val="Normal Table"),
        w("uiPriority", val=99),
        w("semiHidden"),
        w("unhideWhenUsed"),
        w("tblPr", w("tblInd", w=0, type="dxa"), _cell_margins(0, 108)),
        type="table",
        default=True,
        styleId="TableNormal",
    )


def _report_table() -> BaseOxmlElement:
    """Strong rules above and below, a fine one under the header row and between rows."""
    return w(
        "style",
        w("name", val=TABLE_STYLE),
        w("basedOn", val="TableNormal"),
        w("uiPriority", val=1),
        w("qFormat"),
        w(
            "tblPr",
            _report_borders(),
            _cell_margins(50, 85),
        ),
        _header_row(),
        type="table",
        customStyle=True,
        styleId="ReportTable",
    )


def _annex_table() -> BaseOxmlElement:
    """The table of the text with less room in the cells.

    It repeats the look of the header row: LibreOffice 7.4 does not inherit it from a style.
    """
    return w(
        "style",
        w("name", val=ANNEX_STYLE),
        w("basedOn", val="ReportTable"),
        w("uiPriority", val=1),
        w("qFormat"),
        w("tblPr", _report_borders(), _cell_margins(28, 70)),
        _header_row(),
        type="table",
        customStyle=True,
        styleId="AnnexTable",
    )


def _figure_panel() -> BaseOxmlElement:
    """Tinted cards side by side, parted by white."""
    return w(
        "style",
        w("name", val=PANEL_STYLE),
        w("basedOn", val="TableNormal"),
        w("uiPriority", val=1),
        w("qFormat"),
        w(
            "tblPr",
            w("tblBorders", _line("top", 2.25, PRIMARY), _line("insideV", 6, _WHITE)),
            _cell_margins(30, 120),
        ),
        w("tcPr", w("shd", val="clear", color="auto", fill=TINT)),
        type="table",
        customStyle=True,
        styleId="FigurePanel",
    )


def _report_borders() -> BaseOxmlElement:
    return w(
        "tblBorders",
        _line("top", 1.5, PRIMARY),
        _line("bottom", 1.5, PRIMARY),
        _line("insideH", 0.5, RULE),
    )


def _header_row() -> BaseOxmlElement:
    return w(
        "tblStylePr",
        w("rPr", w("b"), w("color", val=PRIMARY)),
        w(
            "tcPr",
            w("tcBorders", _line("bottom", 0.75, PRIMARY)),
            w("shd", val="clear", color="auto", fill=TINT),
            w("vAlign", val="center"),
        ),
        type="firstRow",
    )


def _line(side: str, width: float, color: str) -> BaseOxmlElement:
    return w(side, val="single", sz=round(width * 8), space=0, color=color)


def _cell_margins(vertical: int, horizontal: int) -> BaseOxmlElement:
    return w(
        "tblCellMar",
        w("top", w=vertical, type="dxa"),
        w("left", w=horizontal, type="dxa"),
        w("bottom", w=vertical, type="dxa"),
        w("right", w=horizontal, type="dxa"),
    )
