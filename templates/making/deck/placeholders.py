"""Placeholders of the master and the layouts: where they stand and how their text looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from making.deck.markup import Box, Element, e, emu, fill, fonts, transform


@dataclass(frozen=True)
class Level:
    """How the text of one outline level looks; sizes and spaces in points.

    ``indent`` is the room of the bullet in centimetres; a level that ``hangs`` keeps that room
    without a bullet, to stand below the text of a level that has one.
    """

    size: float
    color: str = "tx1"
    bold: bool = False
    align: str | None = None
    before: float = 0
    line: int = 110
    bullet: bool = False
    indent: float = 0.55
    hangs: bool = False


@dataclass(frozen=True)
class Placeholder:
    """A placeholder: its kind and number, its place, the look of its levels, its prompt."""

    kind: str
    number: int
    name: str
    box: Box
    levels: Sequence[Level] = ()
    prompt: str = ""
    anchor: str = "t"
    background: str | None = None
    padding: float = 0.0
    shrink: bool = False


def placeholder_shape(holder: Placeholder, number: int, language: str) -> Element:
    """Return the ``p:sp`` of ``holder`` for a layout; ``number`` is its shape id."""
    is_numbered = holder.kind not in ("title", "ctrTitle")
    kind = None if holder.kind == "obj" else holder.kind
    mark = e("p:ph", type=kind, idx=holder.number if is_numbered else None)
    if is_numbered and holder.kind in ("body", "obj", "ftr", "sldNum"):
        mark.set("sz", "quarter")
    return e(
        "p:sp",
        e(
            "p:nvSpPr",
            e("p:cNvPr", id=number, name=placeholder_name(holder, language)),
            e("p:cNvSpPr", e("a:spLocks", noGrp=1)),
            e("p:nvPr", mark),
        ),
        e(
            "p:spPr",
            transform(holder.box),
            e("a:prstGeom", e("a:avLst"), prst="rect"),
            fill(holder.background) if holder.background else None,
        ),
        e(
            "p:txBody",
            _body_properties(holder),
            list_style(holder.levels, "mj" if "itle" in holder.kind else "mn"),
            *_prompt(holder, language),
        ),
    )


def _body_properties(holder: Placeholder) -> Element:
    inset = emu(holder.padding)
    return e(
        "a:bodyPr",
        e("a:normAutofit") if holder.shrink else e("a:noAutofit"),
        vert="horz",
        wrap="square",
        lIns=inset,
        tIns=inset,
        rIns=inset,
        bIns=inset,
        rtlCol=0,
        anchor=holder.anchor,
    )


def list_style(levels: Sequence[Level], kind: str, tag: str = "a:lstStyle") -> Element:
    """Return the list style whose levels are ``levels``."""
    return e(
        tag, *(_level_properties(number, level, kind) for number, level in enumerate(levels, 1))
    )


def _level_properties(number: int, level: Level, kind: str) -> Element:
    indent = emu(level.indent)
    return e(
        f"a:lvl{number}pPr",
        e("a:lnSpc", e("a:spcPct", val=level.line * 1000)),
        e("a:spcBef", e("a:spcPts", val=round(level.before * 100))),
        e("a:spcAft", e("a:spcPts", val=0)),
        *(_square_bullet() if level.bullet else [e("a:buNone")]),
        e(
            "a:defRPr",
            fill(level.color),
            *fonts(kind),
            sz=round(level.size * 100),
            b=int(level.bold),
            i=0,
            kern=1200,
        ),
        marL=indent if level.bullet or level.hangs else 0,
        indent=-indent if level.bullet else 0,
        algn=level.align or "l",
        defTabSz=914400,
        rtl=0,
        eaLnBrk=1,
        latinLnBrk=0,
        hangingPunct=1,
    )


def _square_bullet() -> list[Element]:
    return [
        e("a:buClr", e("a:schemeClr", val="accent2")),
        e("a:buSzPct", val=70000),
        e("a:buFont", typeface="Arial"),
        e("a:buChar", char="■"),
    ]


#: Names of placeholders in the Chinese edition; messages about a template show them.
_NAMES_ZH = {
    "Title": "标题",
    "Text": "正文",
    "Footer": "页脚",
    "Slide Number": "页码",
    "Source": "来源",
    "Chart or diagram": "图表",
    "Subtitle": "副标题",
    "Issuer and date": "编制单位和日期",
    "Large figure": "大数字",
    "Points": "要点",
    "Takeaways": "要点",
    "Reading": "读图",
    "Left column": "左栏",
    "Right column": "右栏",
    **{f"Card {n}": f"数据卡{n}" for n in range(1, 5)},
}


def placeholder_name(holder: Placeholder, language: str) -> str:
    """Return the name of a placeholder as the selection pane of PowerPoint shows it."""
    return _NAMES_ZH[holder.name] if language == "zh-CN" else holder.name


#: What an empty placeholder asks for, by language; one line for each level.
_PROMPTS = {
    "zh-CN": {
        "title": "单击输入标题：一句话说出结论",
        "subtitle": "副标题",
        "issuer": "编制单位、日期",
        "text": "第一级\n第二级\n第三级",
        "source": "来源与说明",
        "insert": "图表或图示的标签",
        "footer": "{{ report.title }}",
    },
    "en-GB": {
        "title": "Title: the conclusion in one sentence",
        "subtitle": "Subtitle",
        "issuer": "Issuer and date",
        "text": "First level\nSecond level\nThird level",
        "source": "Source and notes",
        "insert": "Tag of a chart or diagram",
        "footer": "{{ report.title }}",
    },
}


def _prompt(holder: Placeholder, language: str) -> list[Element]:
    if holder.kind == "sldNum":
        number = e(
            "a:fld",
            e("a:rPr", lang=language),
            e("a:t", "‹#›"),
            id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}",
            type="slidenum",
        )
        return [e("a:p", number, e("a:endParaRPr", lang=language))]
    if not holder.prompt:
        return [e("a:p", e("a:endParaRPr", lang=language))]
    lines = _PROMPTS[language][holder.prompt].split("\n")
    return [
        e(
            "a:p",
            e("a:pPr", lvl=level) if level else None,
            e("a:r", e("a:rPr", lang=language), e("a:t", line)),
        )
        for level, line in enumerate(lines)
    ]
