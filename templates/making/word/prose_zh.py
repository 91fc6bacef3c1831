"""The text of the Chinese briefing. Figures, dates and names of figures come from the facts."""

from __future__ import annotations

from docx.document import Document

from making.house import Edition
from making.word.blocks import Briefing, Card, Column, Groups

_FIGURES = ("growth", "timeline", "platforms", "share", "chain", "models")
_TABLES = ("chain", "policy", "annex")
_DISTRICT = "杭州高新区（滨江）"


def write(document: Document, edition: Edition) -> None:
    """Write the briefing from masthead to annex."""
    briefing = Briefing(document, edition, _FIGURES, _TABLES)
    _opening(briefing)
    _situation(briefing)
    _talent(briefing)
    _industry_chain(briefing)
    _policy(briefing)
    _recognition(briefing)
    _data_note(briefing)
    _annex(briefing)


def _opening(briefing: Briefing) -> None:
    briefing.paragraph("产业数据简报", "Masthead")
    briefing.paragraph("{{ report.issue }}", "Masthead Issue")
    briefing.paragraph("{{ report.issuer }}\t{{ report.date }}", "Masthead Line")
    briefing.paragraph("{{ report.title }}", "Title")
    briefing.paragraph("{{ report.subtitle }}", "Subtitle")
    briefing.panel(
        [
            _card("growth.gdp", "{{ growth.gdp.period }}，同比{{ growth.gdp_growth | change }}"),
            _rate("growth.industry_growth", "{{ growth.industry_growth.period }}，同比"),
            _card("talent.graduates", "{{ talent.graduates.period }}"),
        ],
        "关键数字：增长与人才",
    )
    briefing.panel(
        [
            _rate("talent.rd_intensity", "{{ talent.rd_intensity.period }}"),
            _card("ai.revenue", "{{ ai.revenue.period }}", "人工智能规上企业营收"),
            _rate("ai.share", "{{ ai.share.period }}"),
        ],
        "关键数字：创新投入与人工智能产业",
    )
    briefing.body(
        f"**摘要。**{{{{ growth.gdp.period }}}}，{_DISTRICT}地区生产总值{{{{ growth.gdp }}}}，"
        "同比{{ growth.gdp_growth | change }}；规模以上工业增加值同比"
        "{{ growth.industry_growth | change }}，快于经济增速。"
        "{{ talent.rd_intensity.period }}，全社会研究与试验发展（R&D）经费投入强度为"
        "{{ talent.rd_intensity }}；高端软件与人工智能产业规上企业{{ ai.firms }}，"
        "年营业收入{{ ai.revenue }}，全市占比{{ ai.share }}。"
    )


def _card(fact: str, note: str, label: str = "") -> Card:
    return Card(
        label or f"{{{{ {fact}.name_short }}}}",
        f"{{{{ {fact}.figure }}}}",
        f"{{{{ {fact}.unit_label }}}}",
        note,
    )


def _rate(fact: str, note: str) -> Card:
    """A card whose unit belongs to the number, such as 7.3%."""
    return Card(f"{{{{ {fact}.name_short }}}}", f"{{{{ {fact}.short }}}}", "", note)


def _situation(briefing: Briefing) -> None:
    briefing.heading("一、总体情况")
    briefing.heading("（一）经济增长", 2)
    briefing.body(
        "{{ growth.gdp.period }}，全区地区生产总值为{{ growth.gdp }}，同比"
        "{{ growth.gdp_growth | change }}；同期规模以上工业（以下简称规上工业）增加值同比"
        "{{ growth.industry_growth | change }}（[[figure:growth]]）。报道认为，工业增长与人工智能"
        "的带动有关，并列出{{ clusters | listing }}等相关产业集群。"
        "规上工业增加值的绝对数和分行业数据，报道没有给出。"
    )
    briefing.figure(
        "growth",
        '{{ chart("growth") }}',
        "地区生产总值与规上工业增加值同比增速",
        '{{ source_line("growth.gdp_growth", "growth.industry_growth") }}',
    )
    briefing.heading("（二）沿革与位次", 2)
    briefing.body(
        "杭州高新区{{ history.founded.period }}成立，属国务院批准的首批国家级高新区；"
        "{{ history.district.period }}，滨江区在钱塘江南岸设立；{{ history.merger.period }}，"
        "两区管理体制合二为一（[[figure:timeline]]）。全区现有{{ industry.cluster_scale }}，"
        "在国家级高新区综合评价中居{{ awards.national_tier }}。"
    )
    briefing.figure(
        "timeline",
        '{{ diagram("timeline") }}',
        "建区以来的主要节点",
        '{{ source_line("history.founded", "history.merger", "laboratory.founded", '
        '"awards.golden") }}',
    )


def _talent(briefing: Briefing) -> None:
    briefing.heading("二、人才与创新平台")
    briefing.heading("（一）人才与研发投入", 2)
    briefing.body(
        "{{ talent.graduates.period }}，新引进青年大学生{{ talent.graduates }}"
        "（{{ talent.age_limit }}）；R&D经费投入强度为{{ talent.rd_intensity }}。"
        "{{ talent.published.period }}，"
        "{{ talent.published }}{{ talent.rank.period }}度浙江科技人才发展指数，"
        "杭州高新区（滨江）蝉联{{ talent.rank }}。",
        "人才政策有{{ programmes.global_chain }}、{{ programmes.p5050 }}和"
        "{{ programmes.qinglian }}，并实行{{ programmes.recognition }}，"
        "由用人单位评价人才、政府予以认可；{{ programmes.catalogue }}。",
    )
    briefing.heading("（二）创新平台体系", 2)
    briefing.body(
        "科创平台以{{ platforms.anchor }}为中心分层布局："
        "{{ platforms.academicians }}院士牵头{{ platforms.flagships }}高能级平台，"
        "{{ platforms.universities }}院校建设{{ platforms.institutes }}研究院，"
        "省市研发中心、省重点实验室和省重点企业研究院{{ platforms.centres }}"
        "（[[figure:platforms]]）。各层机构性质不同，不作加总。"
    )
    briefing.body(
        "白马湖实验室{{ laboratory.founded.period }}在区内成立，{{ laboratory.partners }}，"
        "研究方向由能源企业的需求决定。其主导研发的{{ laboratory.equipment }}用于煤炭码头，"
        "清舱效率提升{{ laboratory.efficiency }}，并实现人机分离作业。"
    )
    briefing.figure(
        "platforms",
        '{{ diagram("platforms") }}',
        "科创平台的层次",
        '{{ source_line("platforms.flagships", "platforms.institutes", "platforms.centres") }}',
    )


def _industry_chain(briefing: Briefing) -> None:
    briefing.heading("三、人工智能产业链")
    briefing.heading("（一）产业规模", 2)
    briefing.body(
        "全区高端软件与人工智能产业的规上企业有{{ ai.firms }}。{{ ai.revenue.period }}，"
        "其营业收入合计{{ ai.revenue }}，在杭州市的比重{{ ai.share }}"
        "（[[figure:share]]）。以上均为下限，不宜相除求户均或全市总量。"
    )
    briefing.figure(
        "share",
        '{{ chart("share") }}',
        "高端软件与人工智能产业规上企业营业收入占杭州市比重",
        '{{ source_line("ai.share", "ai.revenue") }}',
    )
    briefing.heading("（二）链条环节", 2)
    briefing.body(
        "产业链包括{{ chain | listing }}等环节（[[figure:chain]]）。"
        "报道给出数字的环节见[[table:chain]]。"
    )
    briefing.figure(
        "chain",
        '{{ diagram("chain") }}',
        "人工智能产业链的主要环节",
        '{{ source_line("chain.chips") }}',
    )
    briefing.table(
        "chain",
        "产业链环节与公开数字",
        [
            Column("环节", "{% for link in chain %}{{ link }}", 46),
            Column(
                "报道给出的数字",
                "{% for figure in link.related %}{{ figure.name }}{{ figure }}"
                "{% if not loop.last %}；{% endif %}"
                "{% else %}未给出{% endfor %}{% endfor %}",
                110,
            ),
        ],
        '{{ source_line("computing.power", "ai.models", "data.turnover") }}',
        "每行一个环节，列出报道给出的数字。",
    )
    briefing.heading("（三）模型、算力与数据", 2)
    briefing.body(
        "**模型。**{{ ai.model_firms }}企业训练发布{{ ai.models }}大模型，其中"
        "{{ ai.models_registered }}已通过中央网信办备案（[[figure:models]]），"
        "计算占比{{ ai.registered_share }}。模型用于{{ fields | listing }}等领域。",
        "**算力。**{{ computing.centre }}历经{{ computing.phases }}建设，算力总规模"
        "{{ computing.power }}，已有{{ computing.firms_served }}企业享受免费测试匹配服务。",
        "**数据。**{{ data.centre }}、{{ data.exchange }}设在区内，截至报道时挂牌的数据集"
        "产品为{{ data.products }}，登记的交易额合计{{ data.turnover }}。",
    )
    briefing.figure(
        "models",
        '{{ chart("models") }}',
        "训练发布与通过备案的大模型",
        '{{ source_line("ai.models", "ai.models_registered") }}',
    )


def _policy(briefing: Briefing) -> None:
    briefing.heading("（四）政策举措", 2)
    briefing.body(
        "{{ policy.opinions.period }}，{{ policy.opinions }}完成迭代升级，"
        "覆盖{{ policy.scope }}，主要举措见[[table:policy]]。"
    )
    briefing.table(
        "policy",
        "人工智能政策的主要内容",
        [
            Column("方面", "{% for lever in policy %}{{ lever.name }}", 46),
            Column("内容", "{{ lever }}{% endfor %}", 110),
        ],
        '{{ source_line("policy.opinions") }}',
        "每行一项政策内容。",
    )


def _recognition(briefing: Briefing) -> None:
    briefing.heading("四、评价与荣誉")
    briefing.body(
        "{{ awards.tiangong.period }}，全区{{ awards.tiangong }}捧得{{ awards.tiangong.name }}，"
        "这是浙江省制造业的最高奖项；至此已连续{{ awards.streak }}获奖，由此升格为"
        "{{ awards.golden }}。在企业服务方面，区内较早推行{{ services | listing }}等改革。"
    )


def _data_note(briefing: Briefing) -> None:
    briefing.heading("五、数据说明")
    briefing.body(
        "**来源。**全部数字取自同一篇报道，报道注明的数据来源为{{ report.source }}。"
        "本简报未引入其他数据，逐项出处见[[table:annex]]。",
        "**推断。**{{ report.inferred_note }}。报道的发布日期确认后，应予核对。",
        "**界限。**“超”“多”“余”“以上”均为下限，在正文、图、表中原样保留。下限之间不相除；"
        "{{ awards.national_tier.note }}。",
        "**口径。**{{ growth.gdp_growth.note }}；{{ growth.industry_growth.note }}。",
        "**计算。**只计算一项：{{ ai.registered_share.name_short }}{{ ai.registered_share }}"
        "（{{ ai.registered_share.note }}）。",
    )


def _annex(briefing: Briefing) -> None:
    briefing.heading("附录　数据一览")
    briefing.table(
        "annex",
        "本简报所用数字、时期、界限与出处",
        [
            Column(
                "指标",
                "{% for fact in group.figures %}{{ fact.name }}",
                43,
                "Annex Text",
            ),
            Column("数值", "{{ fact.short }}", 20, "Annex Text"),
            Column("时期", "{{ fact.period }}", 24, "Annex Text"),
            Column("界限", "{{ fact.bound_label }}", 22, "Annex Text"),
            Column("出处与原文写法", "{{ fact.source }}{% endfor %}", 47, "Annex Text"),
        ],
        "来源：{{ report.source }}。",
        "按组列出每个数字的名称、数值、时期、界限和出处。",
        Groups(
            "{# 每组一条标题行，每个数字一行；数据增加，行自动增加 #}"
            "{% for group in fact_groups if group.figures %}",
            "{{ group.title }}",
            "{% endfor %}",
        ),
    )
