"""From definitions and facts to what charts and diagrams show; the facts are the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from generator.build.chart_definitions import chart_spec
from generator.build.specifications import diagram_spec
from generator.build.views import FactView, build_views
from generator.charts.prepare import prepare
from generator.errors import ChartError
from generator.model.chart import ChartSpec
from generator.model.diagram import DiagramSpec, Figure
from generator.model.drawing import ChartDefinition, DiagramDefinition
from generator.sources.definition import read_definition
from generator.sources.facts import read_facts


@pytest.fixture(scope="module")
def views() -> Mapping[str, Mapping[str, FactView]]:
    """All facts of the shipped report in both languages."""
    report = read_definition(Path(__file__).resolve().parents[3] / "report.yaml")
    book = read_facts(report.data, report.folder)
    return {language: build_views(book, language) for language in ("zh", "en")}


class Rooms:
    """Short ways to a specification."""

    views: Mapping[str, Mapping[str, FactView]]

    @pytest.fixture(autouse=True)
    def _take(self, views: Mapping[str, Mapping[str, FactView]]) -> None:
        self.views = views

    def chart(self, language: str = "en", **fields: object) -> ChartSpec:
        definition = ChartDefinition.model_validate({"kind": "bar", **fields})
        return chart_spec("name", definition, self.views[language], language, "report.yaml")

    def diagram(self, language: str = "en", **fields: object) -> DiagramSpec:
        definition = DiagramDefinition.model_validate(fields)
        return diagram_spec("name", definition, self.views[language], language, "report.yaml")

    def refused(self, **fields: object) -> ChartError:
        with pytest.raises(ChartError) as caught:
            self.chart(**fields)
        assert str(caught.value.where) == 'report.yaml, chart "name"'
        return caught.value


class TestCharts(Rooms):
    def test_print_facts_as_the_language_writes_them(self) -> None:
        zh, en = (self.chart(lang, facts=["ai.models"]) for lang in ("zh", "en"))

        assert [zh.series[0].labels, en.series[0].labels] == [("40个",), ("40",)]
        assert [zh.series[0].values, en.series[0].values] == [(Decimal(40),)] * 2
        assert [zh.locale, en.locale] == ["zh-CN", "en-GB"]

    @pytest.mark.parametrize(
        ("language", "value", "end"), [("zh", "112.14", "200"), ("en", "11.214", "20")]
    )
    def test_hold_money_in_the_unit_that_the_labels_print(
        self, language: str, value: str, end: str
    ) -> None:
        spec = self.chart(language, facts=["data.turnover"], maximum=200)

        assert spec.series[0].values == (Decimal(value),)
        assert spec.axis.maximum == Decimal(end)
        assert spec.axis.number_format.count("0") == 1 + len(value.partition(".")[2])

    def test_start_at_zero(self) -> None:
        spec = self.chart(facts=["growth.gdp_growth", "growth.industry_growth"])

        assert prepare(spec).axis.minimum == 0
        assert spec.axis.number_format == '0.0"%"'

    def test_open_a_lower_bound_up_to_the_end_of_the_axis(self) -> None:
        spec = self.chart(facts=["ai.share"], maximum=100)

        bound, open_range = spec.series
        assert bound.labels is not None
        assert [label.replace("\u00a0", " ") for label in bound.labels] == ["> 40%"]
        assert open_range.is_open
        assert open_range.values == (Decimal(60),)
        drawn = prepare(spec)
        assert drawn.plots[0].grouping == "stacked"
        assert drawn.legend == "bottom"

    def test_say_that_the_end_is_unknown_where_the_axis_has_none(self) -> None:
        spec = self.chart(facts=["ai.firms"])

        assert spec.series[1].name == "hatched: the true value is higher by an unknown amount"

    def test_let_a_fact_stand_out(self) -> None:
        spec = self.chart(
            facts=["ai.models", "ai.models_registered"], highlight=["ai.models_registered"]
        )

        assert spec.series[0].point_colors == ((1, "accent2"),)

    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            ("zh", "条形图：比重，2024年。占杭州市比重 超40%。"),
            ("en", "Bar chart: Share, 2024. Share of Hangzhou more than 40 percent."),
        ],
    )
    def test_are_told_in_words_with_their_bounds(self, language: str, expected: str) -> None:
        spec = self.chart(
            language, facts=["ai.share"], maximum=100, title={"zh": "比重", "en": "Share"}
        )

        assert spec.alt_text.replace("\u00a0", " ") == expected

    def test_are_named_and_told_by_what_they_measure_where_they_have_no_title(self) -> None:
        spec = self.chart(
            facts=["growth.gdp_growth", "growth.industry_growth"],
            series={"zh": "增速", "en": "Growth"},
        )

        assert spec.name == "Growth"
        assert spec.title == ""
        assert spec.alt_text.startswith("Bar chart: Growth, first half of 2025 (year inferred). ")

    def test_tell_no_period_that_their_figures_do_not_share(self) -> None:
        spec = self.chart(facts=["growth.gdp_growth", "ai.share"])

        assert spec.alt_text.startswith("Bar chart. ")

    def test_say_in_the_legend_what_hatching_means(self) -> None:
        spec = self.chart("zh", facts=["ai.share"], maximum=100)

        assert spec.series[1].name == "斜纹：实际值在此区间内"


class TestChartsThatAreRefused(Rooms):
    def test_two_units_on_one_axis(self) -> None:
        error = self.refused(facts=["growth.gdp_growth", "growth.gdp"])

        assert error.message == (
            'units are mixed on one axis: "growth.gdp_growth" is in %, "growth.gdp" in 亿元'
        )
        assert error.hint == "make a chart for each unit, or use the second axis"

    def test_a_fact_without_a_number(self) -> None:
        error = self.refused(facts=["history.founded"])

        assert error.message == '"history.founded" has no number to be drawn'
        assert error.hint == "chart figures only"

    def test_a_fact_that_is_not_in_the_data(self) -> None:
        error = self.refused(facts=["growth.gdp_grwth"])

        assert error.message == 'the data have no fact "growth.gdp_grwth"'
        assert error.hint == 'did you mean "growth.gdp_growth"?'

    def test_a_number_beyond_the_axis(self) -> None:
        error = self.refused(facts=["ai.share"], maximum=30)

        assert error.message == '"ai.share" (40) is beyond the end of the axis (30)'
        assert error.hint == "set a larger maximum, or leave it out"

    def test_a_highlight_that_is_not_shown(self) -> None:
        error = self.refused(facts=["ai.models"], highlight=["ai.model"])

        assert error.message == '"ai.model" is to stand out but is not among the facts'
        assert error.hint == 'did you mean "ai.models"?'


class TestDiagrams(Rooms):
    def test_show_figures_with_their_bounds_and_names(self) -> None:
        spec = self.diagram(
            "zh",
            kind="chain",
            items=[{"fact": "chain.chips", "figures": ["computing.firms_served"]}],
        )

        (item,) = spec.items
        assert item.title == "先进计算芯片"
        assert item.figures == (Figure(">500家", "免费测试匹配企业"),)

    def test_date_the_events_of_a_timeline(self) -> None:
        spec = self.diagram("zh", kind="timeline", items=[{"fact": "history.founded"}])

        assert spec.items[0].title == "1990年"
        assert spec.items[0].note == "杭州高新区成立"

    def test_are_told_in_words(self) -> None:
        spec = self.diagram(
            kind="cards",
            title={"zh": "数字", "en": "Figures"},
            items=[{"title": {"zh": "模型", "en": "Models"}, "figures": ["ai.models"]}],
        )

        assert spec.alt_text == "Cards: Figures. Models: Trained and released 40."

    def test_name_a_card_by_its_figure_and_date_it(self) -> None:
        spec = self.diagram("zh", kind="cards", items=[{"figures": ["talent.graduates"]}])

        (card,) = spec.items
        assert card.figures == (Figure("6.5万人", ""),)
        assert card.note == "2024年"
        assert card.title

    def test_keep_the_name_of_a_figure_beside_a_title_of_the_same_words(self) -> None:
        title = {"zh": "高能级平台", "en": "High-level platforms"}
        spec = self.diagram(
            kind="tiers", items=[{"title": title, "figures": ["platforms.flagships"]}]
        )

        assert spec.items[0].figures[0].label == "High-level platforms"

    def test_begin_with_a_capital_letter(self) -> None:
        spec = self.diagram(kind="chain", items=[{"fact": "chain.chips"}])

        assert spec.items[0].title == "Advanced computing chips"

    @pytest.mark.parametrize(
        ("language", "remark"), [("zh", "（年份为推断）"), ("en", " (year inferred)")]
    )
    def test_say_where_the_year_of_an_event_is_inferred(self, language: str, remark: str) -> None:
        facts = ["history.founded", "awards.golden"]
        spec = self.diagram(language, kind="timeline", items=[{"fact": fact} for fact in facts])

        assert [item.note.endswith(remark) for item in spec.items] == [False, True]
        assert remark.strip() in spec.alt_text
