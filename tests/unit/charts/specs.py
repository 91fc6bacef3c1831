"""Small charts and diagrams for the tests of this folder."""

from __future__ import annotations

from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from generator.model.chart import ChartSpec, Series, ValueAxis
from generator.model.diagram import DiagramItem, DiagramKind, DiagramSpec, Figure

CM = 360_000
#: Places as the shipped templates offer them: the column of a briefing, a slide, half a slide.
COLUMN, SLIDE, HALF = (16 * CM, None), (round(30.9 * CM), round(9.6 * CM)), (20 * CM, 13 * CM)


def font_file() -> str:
    """Return the Chinese font that a dependency carries."""
    found = find_spec("zhplot")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "fonts" / "NotoSansSC-Regular.ttf")


def growth(**changes: object) -> ChartSpec:
    """Return two bars in percent."""
    values: dict[str, object] = {
        "kind": "bar",
        "categories": ("地区生产总值", "规上工业增加值"),
        "series": (Series("同比增速", (Decimal("7.3"), Decimal("15.40")), ("7.3%", "15.4%")),),
        "alt_text": "条形图",
        "axis": ValueAxis(Decimal(0), None, '0.0"%"'),
        "locale": "zh-CN",
    }
    return ChartSpec(**{**values, **changes})  # type: ignore[arg-type]


def scatter() -> ChartSpec:
    """Return two points of one series and one of another."""
    one, two, gap = Decimal("1.50"), Decimal(-2), None
    return growth(
        kind="scatter",
        categories=("a", "b"),
        series=(
            Series("first", (one, two), positions=(Decimal(10), Decimal(20))),
            Series("second", (gap, one), positions=(gap, Decimal(30))),
        ),
    )


def share() -> ChartSpec:
    """Return a lower bound on an axis from 0 to 100: over 40 percent."""
    return ChartSpec(
        "bar",
        ("Share of the city",),
        (
            Series("lower bound", (Decimal(40),), ("> 40%",)),
            Series("open", (Decimal(60),), ("",), role="open"),
        ),
        "Bar chart",
        grouping="stacked",
        axis=ValueAxis(Decimal(0), Decimal(100), '0"%"'),
    )


_NAMES = {
    "zh": ("人工智能芯片与智能传感器研发制造", "算力", "数据要素流通与交易平台"),
    "en": ("Advanced chips and intelligent sensors", "Power", "Public data trading"),
}
_FIGURES = {
    "zh": (Figure(">2000亿元", "人工智能核心产业营业收入"), Figure("240P", "公共算力")),
    "en": (
        Figure("> RMB 200 bn", "revenue of the core AI industries"),
        Figure("240P", "public computing power"),
    ),
}


def diagram(kind: DiagramKind, count: int, language: str = "zh") -> DiagramSpec:
    """Return a diagram of long and short names, some items with figures, some with a note."""
    names, figures = _NAMES[language], _FIGURES[language]
    if kind == "timeline":
        names = (
            ("2002年", "2022年", "2025年5月") if language == "zh" else ("2002", "2022", "May 2025")
        )
    note = "发生了一件比较重要的事情" if language == "zh" else "an event of some importance"
    most = 1 if kind == "cards" else 2
    items = tuple(
        DiagramItem(names[n % 3], () if n % 3 == 1 else figures[: 1 + n % most], note)
        for n in range(count)
    )
    locale = "zh-CN" if language == "zh" else "en-GB"
    return DiagramSpec(kind, items, "what it shows", locale=locale)
