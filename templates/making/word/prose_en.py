"""The text of the English briefing. Figures, dates and names of figures come from the facts."""

from __future__ import annotations

from docx.document import Document

from making.house import Edition
from making.word.blocks import Briefing, Card, Column, Groups

_FIGURES = ("growth", "timeline", "platforms", "share", "chain", "models")
_TABLES = ("chain", "policy", "annex")


def write(document: Document, edition: Edition) -> None:
    """Write the briefing from masthead to annex."""
    briefing = Briefing(document, edition, _FIGURES, _TABLES)
    _opening(briefing)
    _growth(briefing)
    _talent(briefing)
    _industry_chain(briefing)
    _policy(briefing)
    _recognition(briefing)
    _data_note(briefing)
    _annex(briefing)


def _opening(briefing: Briefing) -> None:
    briefing.paragraph("DATA BRIEFING  {{ report.issue }}", "Masthead")
    briefing.paragraph("{{ report.title }}", "Title")
    briefing.paragraph("{{ report.subtitle }}", "Subtitle")
    briefing.paragraph("{{ report.issuer }}\t{{ report.date }}", "Masthead Line")
    briefing.panel(
        [
            _card(
                "growth.gdp",
                "{{ growth.gdp.period }}, up {{ growth.gdp_growth.short }}",
                "{{ growth.gdp.name }}",
            ),
            _card(
                "growth.industry_growth",
                "{{ growth.industry_growth.period }}, year on year",
                "Industrial value added",
            ),
            _card("talent.graduates", "{{ talent.graduates.period }}"),
        ],
        "Key figures: growth and talent",
    )
    briefing.panel(
        [
            _card("talent.rd_intensity", "{{ talent.rd_intensity.period }}"),
            _card(
                "ai.revenue",
                "{{ ai.revenue.period }}, firms above designated size",
                "AI and software revenue",
            ),
            _card("ai.share", "{{ ai.share.period }}, of the same revenue"),
        ],
        "Key figures: research and the AI industry",
    )
    briefing.heading("Summary")
    for point in (
        "**Industry grew faster than the zone’s economy as a whole.** Gross regional product "
        "reached {{ growth.gdp }} in the {{ growth.gdp.period }}, {{ growth.gdp_growth | change }} "
        "{{ growth.gdp_growth.comparison }}; value added of industrial enterprises above "
        "designated size was {{ growth.industry_growth | change }}.",
        "**R&D intensity reached {{ talent.rd_intensity }}.** The figure is for "
        "{{ talent.rd_intensity.period }}, when the zone also attracted {{ talent.graduates }} "
        "young graduates. It again ranks {{ talent.rank }} in Zhejiang’s index of science and "
        "technology talent.",
        "**AI and high-end software form an industry of size.** The {{ ai.firms }} firms above "
        "designated size earned {{ ai.revenue }} in {{ ai.revenue.period }}, {{ ai.share }} of "
        "Hangzhou’s total.",
        "**The chain runs from chips to data trading.** Local firms have released {{ ai.models }} "
        "models, {{ ai.models_registered }} of them filed with the national regulator; the data "
        "exchanges based here have registered transactions of {{ data.turnover }}.",
    ):
        briefing.paragraph(point, "List Bullet")


def _card(fact: str, note: str, label: str = "") -> Card:
    return Card(
        label or f"{{{{ {fact}.name_short }}}}",
        f"{{{{ {fact}.short }}}}",
        "",
        note,
    )


def _growth(briefing: Briefing) -> None:
    briefing.heading("Growth")
    briefing.body(
        "Hangzhou High-tech Zone (Binjiang) (杭州高新区（滨江）), “the zone” below, recorded a "
        "gross regional product of {{ growth.gdp }} in the {{ growth.gdp.period }}, "
        "{{ growth.gdp_growth | change }} {{ growth.gdp_growth.comparison }}. Over the same months "
        "the value added of industrial enterprises above designated size was "
        "{{ growth.industry_growth | change }} ([[figure:growth]]). The source credits AI with "
        "part of that pace and names four clusters linked to it: {{ clusters | listing }}. It "
        "gives neither the level of industrial value added nor a split by industry, so this note "
        "offers none."
    )
    briefing.figure(
        "growth",
        '{{ chart("growth") }}',
        "Growth of gross regional product and of industrial value added",
        '{{ source_line("growth.gdp_growth", "growth.industry_growth") }}',
    )
    briefing.heading("How the zone came about", 2)
    briefing.body(
        "The high-tech zone dates from {{ history.founded.period }} and is "
        "{{ history.first_batch }}. Binjiang District followed south of the Qiantang River in "
        "{{ history.district.period }}; in {{ history.merger.period }} the two came under one "
        "administration ([[figure:timeline]]). Today the zone counts "
        "{{ industry.cluster_scale }}, and the national evaluation of high-tech zones places it "
        "{{ awards.national_tier }}."
    )
    briefing.figure(
        "timeline",
        '{{ diagram("timeline") }}',
        "Main dates of the zone",
        '{{ source_line("history.founded", "history.merger", "laboratory.founded", '
        '"awards.golden") }}',
    )


def _talent(briefing: Briefing) -> None:
    briefing.heading("Talent and innovation platforms")
    briefing.body(
        "In {{ talent.graduates.period }} the zone attracted {{ talent.graduates }} university "
        "graduates aged {{ talent.age_limit.number }} or under, and R&D intensity reached "
        "{{ talent.rd_intensity }}. The Zhejiang index of science and technology talent "
        "for {{ talent.rank.period }}, {{ talent.published }} at the "
        "{{ talent.published.period }}, puts the zone {{ talent.rank }} once more.",
        "Several instruments stand behind this: {{ programmes.global_chain }} (才链全球), "
        "{{ programmes.p5050 }}, and {{ programmes.qinglian }} (青链). Recognition follows "
        "one rule: {{ programmes.recognition }}. A further step: {{ programmes.catalogue }}.",
    )
    briefing.heading("Three tiers of platforms", 2)
    briefing.body(
        "Research is organised around one facility, the {{ platforms.anchor }}. "
        "Closest to it, {{ platforms.academicians }} academicians lead {{ platforms.flagships }} "
        "high-level platforms. Next come {{ platforms.institutes }} institutes of "
        "{{ platforms.universities }} universities, then {{ platforms.centres }} R&D centres, key "
        "laboratories and enterprise institutes ([[figure:platforms]]). The tiers differ in kind "
        "and are not added up."
    )
    briefing.body(
        "Baima Lake Laboratory (白马湖实验室), in the zone since {{ laboratory.founded.period }} "
        "and led by {{ laboratory.partners }}, shows how the model works: energy companies set the "
        "questions. "
        "Its {{ laboratory.equipment }} has raised cleaning efficiency at a power plant’s coal "
        "wharf by {{ laboratory.efficiency }} and keeps people away from the machines."
    )
    briefing.figure(
        "platforms",
        '{{ diagram("platforms") }}',
        "Tiers of innovation platforms",
        '{{ source_line("platforms.flagships", "platforms.institutes", "platforms.centres") }}',
    )


def _industry_chain(briefing: Briefing) -> None:
    briefing.heading("The AI industry chain")
    briefing.heading("Scale", 2)
    briefing.body(
        "The zone hosts {{ ai.firms }} high-end software and AI enterprises above designated size. "
        "In {{ ai.revenue.period }} they earned {{ ai.revenue }}, {{ ai.share }} of Hangzhou’s "
        "total ([[figure:share]]). All three figures are lower bounds, so this note does "
        "not divide one by another."
    )
    briefing.figure(
        "share",
        '{{ chart("share") }}',
        "Share of Hangzhou’s revenue in high-end software and AI",
        '{{ source_line("ai.share", "ai.revenue") }}',
    )
    briefing.heading("Links", 2)
    briefing.body(
        "The chain covers {{ chain | listing }} ([[figure:chain]]). [[table:chain]] sets out "
        "the figures that the source gives for each link."
    )
    briefing.figure(
        "chain",
        '{{ diagram("chain") }}',
        "Links of the AI industry chain",
        '{{ source_line("chain.chips") }}',
    )
    briefing.table(
        "chain",
        "Links of the chain and their figures",
        [
            Column("Link", "{% for link in chain %}{{ link.name }}", 52),
            Column(
                "Figures in the source",
                "{% for figure in link.related %}{{ figure.name }}: {{ figure.short }}"
                "{% if not loop.last %}; {% endif %}"
                "{% else %}none given{% endfor %}{% endfor %}",
                108,
            ),
        ],
        '{{ source_line("computing.power", "ai.models", "data.turnover") }}',
        "One row for each link, with the figures that the source gives.",
    )
    briefing.heading("Models, computing and data", 2)
    briefing.body(
        "**Models.** To date {{ ai.model_firms }} firms have trained and released "
        "{{ ai.models }} models. Of these, {{ ai.models_registered }} are filed with the "
        "Cyberspace Administration of China, or {{ ai.registered_share }} by our calculation "
        "([[figure:models]]). Fields of use include {{ fields | listing }}.",
        "**Computing.** The {{ computing.centre }}, built in {{ computing.phases }} phases, offers "
        "{{ computing.power }} and has given {{ computing.firms_served }} firms free testing and "
        "matching.",
        "**Data.** The {{ data.centre }} and the {{ data.exchange }} are both based here. They "
        "list {{ data.products }} data-set products and have registered transactions of "
        "{{ data.turnover }} to date.",
    )
    briefing.figure(
        "models",
        '{{ chart("models") }}',
        "AI models released and models filed",
        '{{ source_line("ai.models", "ai.models_registered") }}',
    )


def _policy(briefing: Briefing) -> None:
    briefing.heading("Policy levers", 2)
    briefing.body(
        "In {{ policy.opinions.period }} the zone renewed its AI policy, the "
        "{{ policy.opinions }}. It covers {{ policy.scope }} ([[table:policy]])."
    )
    briefing.table(
        "policy",
        "What the AI policy contains",
        [
            Column("Subject", "{% for lever in policy %}{{ lever.name }}", 52),
            Column("Content", "{{ lever }}{% endfor %}", 108),
        ],
        '{{ source_line("policy.opinions") }}',
        "One row for each element of the policy.",
    )


def _recognition(briefing: Briefing) -> None:
    briefing.heading("Recognition")
    briefing.body(
        "In {{ awards.tiangong.period }} the zone won the Zhejiang Manufacturing Tiangong Ding "
        "(浙江制造天工鼎) for the {{ awards.tiangong }} time; it is {{ awards.tiangong.note }}. "
        "With {{ awards.streak }} wins in a row it also received {{ awards.golden }}. "
        "Reforms for firms include {{ services | listing }}."
    )


def _data_note(briefing: Briefing) -> None:
    briefing.heading("Notes on the data")
    for note in (
        "**Source.** Every figure comes from one article, which names as its source the "
        "{{ report.source }}. Nothing else was used; [[table:annex]] traces each figure.",
        "**Inferred year.** On dates: {{ report.inferred_note }}.",
        "**Bounds.** “More than”, “at least” and “>” mark lower bounds and stay with the number in "
        "text, charts and tables. The place of the zone in the national evaluation is "
        "{{ awards.national_tier.note }}.",
        "**Basis.** On growth: {{ growth.gdp_growth.note }}; {{ growth.industry_growth.note }}.",
        "**Calculated.** One figure: {{ ai.registered_share.name_short }}, "
        "{{ ai.registered_share }} ({{ ai.registered_share.note }}).",
        "**Translation.** Names of programmes, awards and institutions are our translations unless "
        "an English form is in common use.",
    ):
        briefing.paragraph(note, "List Bullet")


def _annex(briefing: Briefing) -> None:
    briefing.heading("Annex: every figure and where it comes from")
    briefing.table(
        "annex",
        "Figures with period, bound and source",
        [
            Column(
                "Figure",
                "{% for fact in group.figures %}{{ fact.name }}",
                45,
                "Annex Text",
            ),
            Column("Value", "{{ fact.short }}", 25, "Annex Text"),
            Column("Period", "{{ fact.period }}", 24, "Annex Text"),
            Column("Bound", "{{ fact.bound_label }}", 21, "Annex Text"),
            Column("Place and phrase", "{{ fact.source }}{% endfor %}", 45, "Annex Text"),
        ],
        "Source: {{ report.source }}.",
        "Name, value, period, bound and source of each figure, by group.",
        Groups(
            "{# a band for each group, a row for each figure: new facts add rows #}"
            "{% for group in fact_groups if group.figures %}",
            "{{ group.title }}",
            "{% endfor %}",
        ),
    )
