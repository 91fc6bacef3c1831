"""Facts as templates see them: printed by being named, never changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.build.context import FILTERS, build_context, build_views
from generator.errors import DataError
from generator.sources.definition import read_definition
from tests.support.facts import HEAD, entry, figure, group, read_book, thing
from tests.support.projects import DEFINITION, write_project

GROWTH = group(
    "growth",
    figure(
        "gdp", "超2000亿元", "2000", "亿元", "bound: over", "short: {zh: 产值, en: Output}",
        "period: 2024", "related: [growth.rate]", "note: {zh: 口径不明, en: basis not stated}",
    ),
    figure(
        "rate", "增长7.3%", "7.3", "%", "comparison: yoy", "period: 2025-H1", "inferred: this_year"
    ),
    figure(
        "share", "超40%", "40", "%", "bound: over", "period: 2024",
        "comparison: {kind: share, of: {zh: 杭州市, en: Hangzhou}}",
    ),
)  # fmt: skip
FIELDS = group("fields", thing("power"), thing("finance"), thing("media"), note="不完全")
MODELS = group(
    "models",
    figure("filed", "11个", "11", "个", "part_of: models.all"),
    figure("all", "40个", "40", "个"),
    entry("filed_share", "derived: {rule: share, inputs: [models.filed, models.all]}", 'unit: "%"'),
    figure("founded", "1990年", "1990", "年", "period: 1990",
           "inferred: {zh: 按成立年份, en: by foundation}"),
)  # fmt: skip
SPACE = "\u00a0"


@pytest.fixture
def render(tmp_path):
    """A function that renders a line of template text with these facts."""
    book = read_book(tmp_path, GROWTH, FIELDS, MODELS)
    report = read_definition(write_project(tmp_path))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    environment.filters.update(FILTERS)

    def render_line(template: str, language: str = "en") -> str:
        context = build_context(book, report, language)
        return environment.from_string(template).render(context).replace(SPACE, " ")

    return render_line


class TestFacts:
    @pytest.mark.parametrize(
        ("template", "zh", "en"),
        [
            ("{{ growth.gdp }}", "超2000亿元", "more than RMB 200 billion"),
            ("{{ growth.gdp.text }}", "超2000亿元", "more than RMB 200 billion"),
            ("{{ growth.gdp.short }}", ">2000亿元", "> RMB 200 bn"),
            ("{{ growth.gdp | short }}", ">2000亿元", "> RMB 200 bn"),
            ("{{ growth.gdp | bare }}", ">2000", "> 200"),
            ("{{ growth.gdp.figure }} {{ growth.gdp.unit_label }}", ">2000 亿元",
             "> 200 RMB billion"),
            ("{{ growth.gdp.number }} {{ growth.gdp.amount }}", "2000 2000", "2000 200"),
            ("{{ growth.gdp.name }} {{ growth.gdp.name_short }}", "gdp 产值", "gdp Output"),
            ("{{ growth.gdp.bound_label }}", "下限（超）", "lower bound (over)"),
            ("{{ growth.rate.bound_label }}", "准确值", "exact"),
            ("{{ models.filed_share.bound_label }}", "计算值", "calculated"),
            ("{{ growth.gdp.note }}{{ growth.rate.note }}", "口径不明", "basis not stated"),
            ("{{ growth.gdp.source }}", "导语第1段：超2000亿元", "lead, paragraph 1: 超2000亿元"),
            ("{{ growth.gdp.source_short }}", "某区报道", "report on a zone"),
            ("{{ growth.gdp.related | map('short') | join }}", "7.3%", "7.3%"),
            ("{{ growth.rate | change }}", "增长7.3%", "up 7.3 percent"),
            ("{{ growth.rate.comparison }}", "同比", "year on year"),
            ("{{ growth.rate.period }}", "2025年上半年", "first half of 2025"),
            ("{{ growth.rate.year }}", "2025", "2025"),
            ("{{ growth.share.comparison }} {{ growth.share.of }}", "占杭州市比重 杭州市",
             "share of Hangzhou Hangzhou"),
            ("{{ growth.rate.inferred_note }}", "报道只写“今年”",
             "the report says only “this year”"),
            ("{{ growth.rate.inferred }} {{ growth.gdp.inferred }}", "True False", "True False"),
            ("{{ models.filed_share }}", "27.5%", "27.5 percent"),
            ("{{ models.filed_share.source }}", "计算：filed ÷ all", "calculated: filed ÷ all"),
            ("{{ fields.power }} {{ fields.power.kind }} {{ fields.power.bound_label }}",
             "power name ", "power name "),
            ("{{ growth.gdp.kind }}", "figure", "figure"),
        ],
    )  # fmt: skip
    def test_prints_what_a_template_asks_for(self, render, template, zh, en):
        assert render(template, "zh") == zh
        assert render(template, "en") == en

    def test_gives_a_number_to_calculate_with(self, render):
        assert render("{{ growth.rate.number + 1 }}") == "8.3"

    def test_keeps_no_state_between_languages(self, tmp_path):
        book = read_book(tmp_path, GROWTH)

        zh, en = build_views(book, "zh"), build_views(book, "en")

        assert str(zh["growth.rate"]) == "7.3%"
        assert str(en["growth.rate"]) == "7.3 percent"
        assert zh["growth.rate"].number == Decimal("7.3")


class TestGroups:
    def test_lists_the_facts_of_a_group_in_order(self, render):
        assert render("{% for f in fields %}{{ f }};{% endfor %}") == "power;finance;media;"

    def test_knows_title_note_and_figures(self, render):
        template = (
            "{{ growth.title }} {{ growth.id }} {{ fields.note }} {{ fields.figures | length }}"
        )

        assert render(template) == "growth growth 不完全 0"

    def test_lists_all_groups_and_facts(self, render):
        template = "{{ fact_groups | join(' ') }} {{ facts | length }} {{ figures | length }}"

        assert render(template) == "growth fields models 10 7"

    def test_fails_on_a_fact_that_is_not_there(self, render):
        with pytest.raises(UndefinedError, match="gnp"):
            render("{{ growth.gnp }}")


class TestSafety:
    @pytest.mark.parametrize(
        "template",
        [
            "{{ growth.gdp._fact }}",
            "{{ growth.gdp._fact.source }}",
            "{{ growth._facts }}",
            "{{ growth.gdp.__class__.__mro__ }}",
            "{{ growth.gdp.template_names() }}",
            "{{ source_line.__globals__ }}",
        ],
    )
    def test_keeps_the_inside_from_templates(self, render, template):
        with pytest.raises((SecurityError, UndefinedError)):
            render(template)


class TestFilters:
    @pytest.mark.parametrize(
        ("template", "zh", "en"),
        [
            ("{{ fields | listing }}", "power、finance、media", "power, finance and media"),
            ("{{ [fields.power, fields.media] | listing }}", "power、media", "power and media"),
            ("{{ [fields.power] | listing }}", "power", "power"),
            ("{{ [] | listing }}", "", ""),
            ("{{ ['电力', '金融'] | listing }}", "电力、金融", "电力、金融"),
        ],
    )
    def test_lists_things_as_prose(self, render, template, zh, en):
        assert render(template, "zh") == zh
        assert render(template, "en") == en

    @pytest.mark.parametrize("name", ["change", "short", "bare"])
    def test_say_that_they_work_on_facts(self, render, name):
        with pytest.raises(TypeError, match=f'"{name}" works on a fact, such as growth.gdp_growth'):
            render(f"{{{{ 'text' | {name} }}}}")

    def test_refuse_to_call_a_level_a_change(self, render):
        with pytest.raises(ValueError, match=r'"growth\.gdp" is no rate of change'):
            render("{{ growth.gdp | change }}")


class TestReport:
    def test_prints_the_report_s_own_texts(self, tmp_path):
        definition = DEFINITION.replace("date:", "issuer: {zh: 研究组, en: Desk}\ndate:")
        report = read_definition(write_project(tmp_path, definition=definition))
        book = read_book(tmp_path, GROWTH)

        zh = build_context(book, report, "zh")["report"]
        en = build_context(book, report, "en")["report"]

        assert (zh["title"], zh["issuer"], zh["date"]) == ("某区简报", "研究组", "2025年8月31日")
        assert (en["title"], en["issuer"], en["date"]) == (
            "A zone in figures",
            "Desk",
            "31 August 2025",
        )
        assert en["subtitle"] == ""
        assert en["source"] == "Statistics office of the zone"
        assert en["inferred_note"] == "the report says only “this year”"
        assert en["date_iso"] == "2025-08-31"


class TestSourceLine:
    @pytest.mark.parametrize(
        ("names", "zh", "en"),
        [
            ("'growth.gdp'", "来源：某区报道。时间：2024年。",
             "Source: report on a zone. Period: 2024."),
            ("'growth.gdp', 'growth.share', growth.gdp", "来源：某区报道。时间：2024年。",
             "Source: report on a zone. Period: 2024."),
            ("'growth.rate', 'growth.gdp'",
             "来源：某区报道。时间：2025年上半年（年份为推断）、2024年。",
             "Source: report on a zone. Period: first half of 2025 (year inferred), 2024."),
            ("growth", "来源：某区报道。时间：2024年、2025年上半年（年份为推断）。",
             "Source: report on a zone. Period: 2024, first half of 2025 (year inferred)."),
            ("'fields'", "来源：某区报道。时间：截至报道时。",
             "Source: report on a zone. Period: as of publication."),
            ("models.filed, models.filed_share",
             "来源：某区报道。时间：截至报道时。注：filed_share为本报告计算。",
             "Source: report on a zone. Period: as of publication. "
             "Note: filed_share calculated for this report."),
            ("models.founded", "来源：某区报道。时间：1990年。注：按成立年份。",
             "Source: report on a zone. Period: 1990. Note: by foundation."),
        ],
    )  # fmt: skip
    def test_names_source_and_period_once_and_marks_what_is_inferred(self, render, names, zh, en):
        assert render(f"{{{{ source_line({names}) }}}}", "zh") == zh
        assert render(f"{{{{ source_line({names}) }}}}", "en") == en

    def test_names_every_source_of_several(self, tmp_path):
        from generator.build.context import build_context as make
        from generator.sources.facts import read_facts
        from tests.support.facts import write_facts

        other = HEAD.replace("report on a zone", "yearbook").replace(
            "某区报道, en: y", "年鉴, en: y"
        )
        files = [
            write_facts(tmp_path, GROWTH, name="one.yaml"),
            write_facts(tmp_path, FIELDS, name="two.yaml", head=other),
        ]
        report = read_definition(write_project(tmp_path))

        line = make(read_facts(files), report, "en")["source_line"]

        assert line("growth.gdp", "fields.power").startswith("Source: report on a zone; yearbook.")

    def test_proposes_a_near_fact(self, render):
        with pytest.raises(DataError) as caught:
            render("{{ source_line('growth.gpd') }}")

        assert caught.value.message == 'there is no fact "growth.gpd"'
        assert caught.value.hint == 'did you mean "growth.gdp"?'
