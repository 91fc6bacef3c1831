"""The text of the Chinese briefing. Every figure, date and name of a figure comes from the facts."""

from __future__ import annotations

from docx.document import Document

from making.house import Edition
from making.word.blocks import Briefing, Card, Column

_FIGURES = ("timeline", "growth", "platforms", "share", "chain", "models")
_TABLES = ("chain", "policy", "annex")


def write(document: Document, edition: Edition) -> None:
    """Write the briefing from masthead to annex."""
    briefing = Briefing(document, edition, _FIGURES, _TABLES)
    _opening(briefing)
    _situation(briefing)
    _talent(briefing)
    _industry_chain(briefing)
    _recognition(briefing)
    _data_note(briefing)
    _annex(briefing)


def _opening(briefing: Briefing) -> None:
    briefing.paragraph("产业数据简报", "Masthead")
    briefing.paragraph("{{ report.issuer }}\t{{ report.date }}", "Masthead Line")
    briefing.paragraph("{{ report.title }}", "Title")
    briefing.paragraph("{{ report.subtitle }}", "Subtitle")
    briefing.panel(
        [
            _card("growth.gdp", "{{ growth.gdp.period }}，同比{{ growth.gdp_growth | change }}"),
            _card("growth.industry_growth", "{{ growth.industry_growth.period }}，同比增速"),
            _card("talent.graduates", "{{ talent.graduates.period }}，35周岁以下"),
        ],
        "主要指标：增长与人才",
    )
    briefing.panel(
        [
            _card("talent.rd_intensity", "{{ talent.rd_intensity.period }}，全社会"),
            _card("ai.revenue", "{{ ai.revenue.period }}，规模以上企业"),
            _card("ai.share", "{{ ai.share.period }}，同一口径"),
        ],
        "主要指标：创新投入与人工智能",
    )
    briefing.body(
        "**摘要。**{{ growth.gdp.period }}，杭州高新区（滨江）实现地区生产总值{{ growth.gdp }}，"
        "同比{{ growth.gdp_growth | change }}；规模以上工业增加值同比"
        "{{ growth.industry_growth | change }}，快于地区生产总值增速。"
        "{{ talent.rd_intensity.period }}，全社会研究与试验发展（R&D）经费投入强度为"
        "{{ talent.rd_intensity }}，新引进35周岁以下大学生{{ talent.graduates }}。"
        "人工智能是产业主线：{{ ai.firms }}规上企业{{ ai.revenue.period }}营业收入"
        "{{ ai.revenue }}，占杭州市比重{{ ai.share }}，从芯片到数据交易的六个环节均有布局。"
    )


def _card(fact: str, note: str) -> Card:
    return Card(
        f"{{{{ {fact}.name_short }}}}",
        f"{{{{ {fact}.figure }}}}",
        f"{{{{ {fact}.unit_label }}}}",
        note,
    )


def _situation(briefing: Briefing) -> None:
    briefing.heading("一、总体情况")
    briefing.heading("（一）经济增长", 2)
    briefing.body(
        "{{ growth.gdp.period }}，全区地区生产总值为{{ growth.gdp }}，同比"
        "{{ growth.gdp_growth | change }}；同期规模以上工业（以下简称规上工业）增加值同比"
        "{{ growth.industry_growth | change }}（[[figure:growth]]）。报道把工业较快增长归于人工智能的带动，"
        "点名的相关集群有{{ clusters | join('、') }}。工业增加值的绝对数和分行业数据未见公布，"
        "本简报不作推算。",
    )
    briefing.figure(
        "growth",
        '{{ chart("growth") }}',
        "地区生产总值与规上工业增加值同比增速",
        '{{ source_line("growth.gdp_growth", "growth.industry_growth") }}',
    )
    briefing.heading("（二）沿革与位次", 2)
    briefing.body("略")
    briefing.figure("timeline", '{{ diagram("timeline") }}', "沿革", "来源")


def _talent(briefing: Briefing) -> None:
    briefing.heading("二、人才与创新平台")


def _industry_chain(briefing: Briefing) -> None:
    briefing.heading("三、人工智能产业链")
    briefing.table(
        "chain",
        "产业链六个环节及有关数字",
        [
            Column("环节", "{% for link in chain %}{{ link.name }}", 46, "Table Text"),
            Column("有关数字", "{{ link.related | join('；') }}", 60),
            Column("出处", "{{ link.source_short }}{% endfor %}", 50),
        ],
        "来源",
        "描述",
    )


def _recognition(briefing: Briefing) -> None:
    briefing.heading("四、荣誉与评价")


def _data_note(briefing: Briefing) -> None:
    briefing.heading("五、数据说明")


def _annex(briefing: Briefing) -> None:
    briefing.heading("附录　数据一览")
