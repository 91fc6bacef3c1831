"""The text of the Chinese deck. Figures, dates and names of figures come from the facts."""

from __future__ import annotations

from making.deck.slides import Deck


def write(deck: Deck) -> None:
    """Write the slides in order: opening, growth, talent, industry chain, policy, notes."""
    _opening(deck)
    _growth(deck)
    _talent(deck)
    _scale(deck)
    _chain(deck)
    _policy(deck)
    _notes_on_data(deck)


def _opening(deck: Deck) -> None:
    deck.slide(
        "cover",
        "{{ report.title }}",
        body=["{{ report.subtitle }}"],
        side=["{{ report.issuer }}　{{ report.date }}"],
        notes="全部数字取自同一篇报道，数据来源：{{ report.source }}。",
    )
    deck.slide(
        "cards",
        "{{ growth.gdp.period }}规上工业{{ growth.industry_growth | change }}，"
        "人工智能规上企业年营收{{ ai.revenue }}",
        cards=[
            amount("growth.gdp", "{{ growth.gdp.period }}，同比{{ growth.gdp_growth | change }}"),
            rate("growth.industry_growth", "{{ growth.industry_growth.period }}，同比增速"),
            rate("talent.rd_intensity", "{{ talent.rd_intensity.period }}，全社会"),
            amount(
                "ai.revenue",
                "{{ ai.revenue.period }}，占杭州市{{ ai.share }}",
                "人工智能规上企业营收",
            ),
        ],
        body=[
            "**增长：**地区生产总值同比{{ growth.gdp_growth | change }}，规上工业增加值增速更快。",
            "**人才：**{{ talent.graduates.period }}{{ talent.graduates.name }}"
            "{{ talent.graduates }}，科技人才发展指数蝉联{{ talent.rank }}。",
            "**产业：**规上企业{{ ai.firms }}，发布大模型{{ ai.models }}，"
            "算力总规模{{ computing.power }}。",
        ],
        notes="先说三件事：增长、人才、产业。四个数字分属两个时期，讲时点明。",
        facts=[
            "growth.gdp",
            "growth.gdp_growth",
            "growth.industry_growth",
            "talent.rd_intensity",
            "talent.graduates",
            "talent.rank",
            "ai.firms",
            "ai.revenue",
            "ai.share",
            "ai.models",
            "computing.power",
        ],
    )


def amount(fact: str, note: str, label: str = "") -> list[str]:
    """Return the lines of a card: name, number with its unit in smaller type, note."""
    return [
        label or f"{{{{ {fact}.name_short }}}}",
        f">{{{{ {fact}.figure }}}}<< {{{{ {fact}.unit_label }}}}>>",
        f">>{note}",
    ]


def rate(fact: str, note: str) -> list[str]:
    """Return the lines of a card: name, number and unit as one, note."""
    return [
        f"{{{{ {fact}.name_short }}}}",
        f">{{{{ {fact}.figure }}}}{{{{ {fact}.unit_label }}}}",
        f">>{note}",
    ]


def _growth(deck: Deck) -> None:
    deck.slide(
        "chart",
        "{{ growth.gdp.period }}规上工业增加值{{ growth.industry_growth | change }}，"
        "快于地区生产总值的{{ growth.gdp_growth }}",
        insert='{{ chart("growth") }}',
        body=[
            "地区生产总值**{{ growth.gdp }}**",
            ">同比{{ growth.gdp_growth | change }}",
            "报道点名四类人工智能相关集群",
            ">{{ clusters | listing }}",
            "规上工业只有增速，没有绝对数",
            ">因此不推算规模，也不推算上年数",
        ],
        notes="两根柱是两个指标的同比增速，从零起画。它们不是整体与部分，不能相减说贡献。",
        facts=["growth.gdp", "growth.gdp_growth", "growth.industry_growth"],
    )
    deck.slide(
        "diagram",
        "{{ history.founded.period }}成立，属首批国家级高新区，"
        "综合评价居{{ awards.national_tier }}",
        insert='{{ diagram("timeline") }}',
        body=[
            "{{ history.merger.period }}起高新区与滨江区合二为一，"
            "现有{{ industry.cluster_scale }}。",
            "{{ awards.tiangong.period }}{{ awards.tiangong }}获{{ awards.tiangong.name }}，"
            "因连续{{ awards.streak }}获奖升为金鼎。",
        ],
        notes="{{ awards.national_tier.note }}。时间轴只标报道写明的节点。",
        facts=[
            "history.founded",
            "history.merger",
            "awards.national_tier",
            "awards.tiangong",
            "awards.streak",
        ],
    )


def _talent(deck: Deck) -> None:
    deck.slide(
        "statement",
        "R&D经费投入强度达{{ talent.rd_intensity }}，科技人才发展指数蝉联{{ talent.rank }}",
        hero=[
            "{{ talent.rd_intensity.name }}",
            ">{{ talent.rd_intensity.short }}",
            ">>{{ talent.rd_intensity.period }}",
        ],
        body=[
            "**{{ talent.graduates }}**",
            ">{{ talent.graduates.name }}，{{ talent.graduates.period }}",
            "**{{ talent.rank }}**",
            ">{{ talent.rank.period }}度浙江科技人才发展指数，{{ talent.published.period }}发布",
            "**{{ programmes.recognition }}**",
            ">配合{{ programmes.global_chain }}、“5050”和“青链”两项政策",
        ],
        notes="投入强度的口径：{{ talent.rd_intensity.note }}。“5050”是政策名称，不是数值。",
        facts=["talent.rd_intensity", "talent.graduates", "talent.rank", "talent.published"],
    )
    deck.slide(
        "diagram",
        "科创平台分三层：{{ platforms.flagships }}高能级平台、"
        "{{ platforms.institutes }}院校研究院和{{ platforms.centres }}研发机构",
        insert='{{ diagram("platforms") }}',
        body=[
            "以{{ platforms.anchor }}为中心，{{ platforms.academicians }}院士牵头高能级平台。",
            "白马湖实验室{{ laboratory.founded.period }}成立，"
            "其清舱装备使效率提升{{ laboratory.efficiency }}。",
        ],
        notes="三层机构性质不同，不作加总；{{ platforms.centres }}是下限。"
        "清舱效率一项：{{ laboratory.efficiency.note }}。",
        facts=[
            "platforms.academicians",
            "platforms.flagships",
            "platforms.universities",
            "platforms.institutes",
            "platforms.centres",
            "laboratory.efficiency",
        ],
    )


def _scale(deck: Deck) -> None:
    deck.slide(
        "chart",
        "{{ ai.firms }}规上企业{{ ai.revenue.period }}营业收入{{ ai.revenue }}，"
        "占杭州市比重{{ ai.share }}",
        insert='{{ chart("share") }}',
        body=[
            "高端软件与人工智能产业规上企业**{{ ai.firms }}**",
            "营业收入**{{ ai.revenue }}**",
            ">{{ ai.revenue.period }}",
            "三个数字都是下限",
            ">图中斜纹表示“超过”，不据此推算全市总量或户均收入",
        ],
        notes="强调“超”字：图的开口一端表示实际值更高，但报道没有给出准确值。",
        facts=["ai.firms", "ai.revenue", "ai.share"],
    )


def _chain(deck: Deck) -> None:
    deck.slide(
        "diagram",
        "产业链从{{ chain.chips }}贯通到{{ chain.exchange }}，已初步完整",
        insert='{{ diagram("chain") }}',
        body=[
            "报道对算力、模型、数据交易给出数字，其余环节只列名称。",
            "定位：{{ ai.pilot_zone }}。",
        ],
        notes="链条六个环节的名称和次序按报道；没有数字的环节不补数字。",
        facts=[
            "computing.power",
            "computing.firms_served",
            "ai.models",
            "ai.models_registered",
            "data.products",
            "data.turnover",
        ],
    )
    deck.slide(
        "chart",
        "{{ ai.model_firms }}企业发布{{ ai.models }}大模型，"
        "其中{{ ai.models_registered }}已通过国家备案",
        insert='{{ chart("models") }}',
        body=[
            "备案占比**{{ ai.registered_share }}**",
            ">{{ ai.registered_share.note }}",
            "应用领域",
            ">{{ fields | listing }}等",
            "企业数是下限",
            ">不计算平均每家企业的模型数",
        ],
        notes="{{ ai.models_registered.note }}，两者是包含关系，不能相加。",
        facts=["ai.model_firms", "ai.models", "ai.models_registered", "ai.registered_share"],
    )
    deck.slide(
        "cards",
        "算力与数据向企业开放：{{ computing.firms_served }}企业获免费测试匹配，"
        "登记交易{{ data.turnover }}",
        cards=[
            rate("computing.power", "{{ computing.centre }}"),
            amount("computing.firms_served", "累计"),
            amount("data.products", "累计"),
            amount("data.turnover", "累计"),
        ],
        body=[
            "**算力：**{{ computing.centre }}历经{{ computing.phases }}建设。",
            "**数据：**{{ data.centre }}、{{ data.exchange }}均设在区内。",
            "**口径：**四个数字单位不同，不放在一张图上比较。",
        ],
        notes="算力单位：{{ computing.power.note }}。",
        facts=[
            "computing.power",
            "computing.phases",
            "computing.firms_served",
            "data.products",
            "data.turnover",
        ],
    )


def _policy(deck: Deck) -> None:
    deck.slide(
        "columns",
        "{{ policy.opinions.period }}迭代的人工智能政策，把支持落到算力、模型、社区与开源生态",
        body=[
            "人工智能政策",
            "{% for lever in policy if lever.id not in ('policy.opinions', 'policy.scope') %}",
            ">**{{ lever.name }}：**{{ lever }}",
            "{% endfor %}",
            ">>{{ policy.opinions }}，覆盖{{ policy.scope }}",
        ],
        side=[
            "人才与企业服务",
            "{% for programme in programmes %}",
            ">{{ programme }}",
            "{% endfor %}",
            ">>企业服务：{{ services | listing }}",
        ],
        notes="左栏是人工智能产业政策，右栏是人才政策与企业服务，均为报道列举的内容。",
        facts=["policy.opinions"],
    )


def _notes_on_data(deck: Deck) -> None:
    deck.slide(
        "columns",
        "数字怎样读：下限保留、年份推断、只作一项计算",
        body=[
            "来源与时期",
            ">全部数字取自同一篇报道，数据来源：{{ report.source }}",
            ">{{ report.inferred_note }}",
            ">{{ growth.gdp_growth.note }}",
        ],
        side=[
            "界限与计算",
            ">“超”“多”“余”“以上”均为下限，图、表、文一致保留",
            ">{{ awards.national_tier.note }}",
            ">计算项：{{ ai.registered_share.name_short }}{{ ai.registered_share }}"
            "（{{ ai.registered_share.note }}）",
            ">未作：倒推上年数、两个下限相除、环节占比",
        ],
        notes="被问到口径时用这一页。年份推断待报道发布日期确认。",
        source=["growth.gdp", "talent.rd_intensity"],
    )
