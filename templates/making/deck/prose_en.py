"""The text of the English deck. Figures, dates and names of figures come from the facts."""

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
        side=["{{ report.issuer }}  |  {{ report.date }}"],
        notes="All figures come from one article, which names as its source the "
        "{{ report.source }}.",
    )
    deck.slide(
        "cards",
        "Industry is {{ growth.industry_growth | change }}, and AI and software firms earn "
        "{{ ai.revenue }} a year",
        cards=[
            amount("growth.gdp", "{{ growth.gdp.period }}", "{{ growth.gdp.name }}"),
            rate(
                "growth.industry_growth",
                "{{ growth.industry_growth.period }}, year on year",
                "Industrial value added",
            ),
            rate("talent.rd_intensity", "{{ talent.rd_intensity.period }}"),
            amount("ai.revenue", "{{ ai.revenue.period }}", "AI and software revenue"),
        ],
        body=[
            "**Growth:** gross regional product is {{ growth.gdp_growth | change }}; industrial "
            "value added is growing faster.",
            "**Talent:** {{ talent.graduates }} new graduates in {{ talent.graduates.period }}; "
            "again {{ talent.rank }} in the talent index.",
            "**Industry:** {{ ai.firms }} larger firms, {{ ai.models }} AI models released, "
            "{{ computing.power }} of computing power.",
        ],
        notes="Three messages: growth, talent, industry. The four figures belong to two periods; "
        "say which when you speak to them.",
        facts=[
            "growth.gdp",
            "growth.gdp_growth",
            "growth.industry_growth",
            "talent.rd_intensity",
            "talent.graduates",
            "talent.rank",
            "ai.firms",
            "ai.revenue",
            "ai.models",
            "computing.power",
        ],
    )


def amount(fact: str, note: str, label: str = "") -> list[str]:
    """Return the lines of a card whose unit stands below the number."""
    return [
        label or f"{{{{ {fact}.name_short }}}}",
        f">{{{{ {fact}.figure }}}}",
        f">>{{{{ {fact}.unit_label }}}}, {note}",
    ]


def rate(fact: str, note: str, label: str = "") -> list[str]:
    """Return the lines of a card whose unit, if it has one, stands beside the number."""
    return [
        label or f"{{{{ {fact}.name_short }}}}",
        f">{{{{ {fact}.figure }}}}{{{{ {fact}.unit_label }}}}",
        f">>{note}",
    ]


def _growth(deck: Deck) -> None:
    deck.slide(
        "chart",
        "Industrial value added is {{ growth.industry_growth | change }}, ahead of gross regional "
        "product at {{ growth.gdp_growth }}",
        insert='{{ chart("growth") }}',
        body=[
            "Gross regional product: **{{ growth.gdp }}**",
            ">{{ growth.gdp.period }}",
            "Four clusters linked to AI",
            ">{{ clusters | listing }}",
            "A rate, but no level, for industry",
            ">so no earlier level is worked out",
        ],
        notes="Two bars, two indicators, one scale from zero. They are not a part and a whole: do "
        "not subtract one from the other.",
        facts=["growth.gdp", "growth.gdp_growth", "growth.industry_growth"],
    )
    deck.slide(
        "diagram",
        "Founded in {{ history.founded.period }}, the zone now stands {{ awards.national_tier }} "
        "of its national peers",
        insert='{{ diagram("timeline") }}',
        body=[
            "One administration since {{ history.merger.period }}; today "
            "{{ industry.cluster_scale }}.",
            "{{ awards.tiangong.period }}: Tiangong Ding for manufacturing won for the "
            "{{ awards.tiangong }} time, and with it the golden one.",
        ],
        notes="The national evaluation names {{ awards.national_tier.note }}. The timeline shows "
        "only dates that the article states.",
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
        "R&D intensity is {{ talent.rd_intensity }}, and the zone again ranks {{ talent.rank }} "
        "for talent",
        hero=[
            "{{ talent.rd_intensity.name }}",
            ">{{ talent.rd_intensity.short }}",
            ">>{{ talent.rd_intensity.period }}",
        ],
        body=[
            "**{{ talent.graduates }}** new university graduates",
            ">aged {{ talent.age_limit.number }} or under, {{ talent.graduates.period }}",
            "**{{ talent.rank.name }}:** {{ talent.rank }}",
            ">{{ talent.rank.period }} edition, published at the {{ talent.published.period }}",
            "**Employers decide who counts as talent**",
            ">beside the Global Talent Chain plan and the “5050” and Qinglian programmes",
        ],
        notes="On R&D intensity: {{ talent.rd_intensity.note }}. “5050” is a name, not a quantity.",
        facts=["talent.rd_intensity", "talent.graduates", "talent.rank", "talent.published"],
    )
    deck.slide(
        "diagram",
        "Research stands in three tiers: {{ platforms.flagships }} high-level platforms, "
        "{{ platforms.institutes }} institutes, {{ platforms.centres }} centres",
        insert='{{ diagram("platforms") }}',
        body=[
            "All around one {{ platforms.anchor }}, with {{ platforms.academicians }} academicians "
            "in the lead.",
            "Baima Lake Laboratory, set up in {{ laboratory.founded.period }}: hold-cleaning "
            "efficiency up {{ laboratory.efficiency }}.",
        ],
        notes="The tiers differ in kind and are not added up; the last figure is a lower bound. "
        "On the laboratory: {{ laboratory.efficiency.note }}.",
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
        "Firms here earn {{ ai.share }} of Hangzhou’s revenue in high-end software and AI",
        insert='{{ chart("share") }}',
        body=[
            "**{{ ai.firms }}** firms above designated size",
            "Revenue of **{{ ai.revenue }}**",
            ">{{ ai.revenue.period }}",
            "All three figures are lower bounds",
            ">hatching means “more than”; no total and no average per firm follows from them",
        ],
        notes="Stress “more than”: the open end of the bar says that the true value is higher and "
        "that the article does not give it.",
        facts=["ai.firms", "ai.revenue", "ai.share"],
    )


def _chain(deck: Deck) -> None:
    deck.slide(
        "diagram",
        "The AI chain runs from {{ chain.chips }} to {{ chain.exchange }}",
        insert='{{ diagram("chain") }}',
        body=[
            "The source gives figures for computing, models and data exchange; the other links are "
            "named only.",
            "Standing: {{ ai.pilot_zone }}.",
        ],
        notes="Links and their order are those of the article. Where it gives no figure, none is "
        "shown.",
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
        "Local firms have released {{ ai.models }} AI models, {{ ai.models_registered }} of them "
        "filed nationally",
        insert='{{ chart("models") }}',
        body=[
            "**{{ ai.registered_share }}** filed",
            ">{{ ai.registered_share.note }}",
            "In use across fields",
            ">such as {{ fields | listing }}",
            "Released by **{{ ai.model_firms }}** firms",
            ">a lower bound, so no average per firm",
        ],
        notes="On the two bars: {{ ai.models_registered.note }}. Never add them.",
        facts=["ai.model_firms", "ai.models", "ai.models_registered", "ai.registered_share"],
    )
    deck.slide(
        "cards",
        "Computing and data are open to business: {{ computing.firms_served }} firms served free, "
        "{{ data.turnover }} of data traded",
        cards=[
            rate("computing.power", "{{ computing.centre }}"),
            rate("computing.firms_served", "free testing and matching, to date"),
            rate("data.products", "to date"),
            amount("data.turnover", "to date"),
        ],
        body=[
            "**Computing:** the {{ computing.centre }} was built in {{ computing.phases }} phases.",
            "**Data:** the {{ data.centre }} and the {{ data.exchange }} are both based here.",
            "**Reading:** the four figures have four units and share no chart.",
        ],
        notes="On the unit of computing power: {{ computing.power.note }}.",
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
        "The AI policy renewed in {{ policy.opinions.period }} backs computing, models, "
        "communities and open source",
        body=[
            "AI policy",
            "{% for lever in policy if lever.id not in ('policy.opinions', 'policy.scope') %}",
            ">**{{ lever.name }}:** {{ lever }}",
            "{% endfor %}",
            ">>{{ policy.opinions }}; it covers {{ policy.scope }}",
        ],
        side=[
            "Talent and business services",
            "{% for programme in programmes %}",
            ">{{ programme.text[:1] | upper }}{{ programme.text[1:] }}",
            "{% endfor %}",
            ">>For firms: {{ services | listing }}",
        ],
        notes="Left: the policy for the AI industry. Right: talent programmes and services to "
        "firms. Both as the article lists them.",
        facts=["policy.opinions"],
    )


def _notes_on_data(deck: Deck) -> None:
    deck.slide(
        "columns",
        "Reading the figures: bounds kept, one year inferred, one share calculated",
        body=[
            "Source and period",
            ">One article; its source is the {{ report.source }}",
            ">On dates: {{ report.inferred_note }}",
            ">On growth: {{ growth.gdp_growth.note }}",
        ],
        side=[
            "Bounds and calculation",
            ">“More than”, “at least” and “>” are lower bounds, kept in text, charts and tables",
            ">“Top tier” is {{ awards.national_tier.note }}",
            ">One calculation: {{ ai.registered_share.name_short }}, "
            "{{ ai.registered_share.note }}",
            ">Names of programmes and awards are our translations",
        ],
        notes="For questions on method. The inferred year awaits the date of publication.",
        source=["growth.gdp", "talent.rd_intensity"],
    )
