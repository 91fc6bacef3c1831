"""Patterns of statistical prose, one by one."""

from __future__ import annotations

from datetime import date

import pytest

from generator.extraction.drafting import draft_of
from generator.extraction.indicators import shipped_indicators
from tests.unit.extraction.helpers import read, values


class TestChinese:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("出口下降2.1%。", [("-2.1", "%")]),
            ("利润下降4.1%，降幅收窄1.2个百分点。", [("-4.1", "%"), ("1.2", "个百分点")]),
            ("5月份降幅收窄至5.1%。", [("-5.1", "%")]),
            ("增速回落0.2个百分点。", [("-0.2", "个百分点")]),
            ("失业率降至5.1%。", [("5.1", "%")]),
            ("占比由37%提升至67%。", [("67", "%")]),
            ("由第9升至第6位。", [("6", "位")]),
            ("高于全市0.5个百分点，低于全省0.3个百分点。", [("0.5", "个百分点"), ("-0.3", "个百分点")]),
            ("A、B、C产量分别增长5.1%、6.2%和7.3%。", [("5.1", "%"), ("6.2", "%"), ("7.3", "%")]),
            ("收入分别为5.1、6.2和7.3亿元。", [("5.1", "亿元"), ("6.2", "亿元"), ("7.3", "亿元")]),
            ("三次产业结构为2.8∶40.9∶56.3。", [("2.8", "%"), ("40.9", "%"), ("56.3", "%")]),
            ("超九成企业，近半数县，翻了一番，两千亿元。", [("90", "%"), ("50", "%"), ("100", "%"), ("2000", "亿元")]),
            ("经过三期项目建设。", [("3", "期")]),
            ("第三次获得大奖，并连续3次入选。", [("3", "次"), ("3", "次")]),
            ("60岁及以上人口3.1亿人，占22.0%。", [("3.1", "亿人"), ("22.0", "%")]),
            ("500平方米以上项目12个。", [("12", "个")]),
            ("实施“5050”政策，从0到1，世界500强，5G，G60，2025年。", []),
            ("位居第一方阵，第三产业，第二次会议。", []),
        ],
    )  # fmt: skip
    def test_reads_values_and_units(self, text, expected):
        assert values(text) == expected

    @pytest.mark.parametrize(
        ("text", "bound"),
        [
            ("超2000亿元", "over"), ("突破2000亿元", "over"), ("2000余亿元", "over"),
            ("2000多亿元", "over"), ("2000亿元以上", "at_least"), ("不低于2000亿元", "at_least"),
            ("约2000亿元", "about"), ("2000亿元左右", "about"), ("近2000亿元", "nearly"),
            ("不足2000亿元", "under"), ("不超过2000亿元", "at_most"), ("达2000亿元", "exact"),
            ("节约2000亿元", "exact"),
        ],
    )  # fmt: skip
    def test_keeps_the_bound(self, text, bound):
        (found,) = read(f"2024年营业收入{text}。").proposals

        assert found.bound.value == bound

    def test_a_range_is_two_facts_with_bounds(self):
        found = read("今年地区生产总值增长5%-7%。").proposals

        assert [(str(p.number), p.bound.value) for p in found] == [
            ("5", "at_least"),
            ("7", "at_most"),
        ]

    @pytest.mark.parametrize("sign", ["∶", "：", ":"])
    def test_a_ratio_gives_a_share_of_each_industry(self, sign):
        text = (
            f"2024年，三次产业比例由上年的2.0∶40.5∶57.5调整为{sign.join(['1.8', '40.1', '58.1'])}。"
        )

        found = read(text).proposals

        assert [(str(p.number), p.indicator, p.comparison) for p in found] == [
            ("1.8", "primary", "share"), ("40.1", "secondary", "share"), ("58.1", "tertiary", "share"),
        ]  # fmt: skip
        assert {p.written for p in found} == {sign.join(["1.8", "40.1", "58.1"])}

    def test_the_shares_of_a_ratio_can_be_facts(self):
        extraction = read("2024年，三次产业结构比例为0.9∶42.7∶56.4。")

        draft = draft_of(extraction, shipped_indicators(), "a.txt")

        assert [entry.id for entry in draft.entries] == [
            "growth.primary_share", "growth.secondary_share", "growth.tertiary_share",
        ]  # fmt: skip
        assert not draft.unread

    def test_a_ratio_of_other_things_is_no_share_of_output(self):
        found = read("2024年，三次产业从业人员比例为5.0∶42.0∶53.0。").proposals

        assert [(str(p.number), p.indicator, p.comparison) for p in found] == [
            ("5.0", "", None), ("42.0", "", None), ("53.0", "", None),
        ]  # fmt: skip

    def test_words_between_figures_are_no_names(self):
        first, second = read("2024年，总产值突破300亿元大关，达312亿元。").proposals

        assert (second.name, second.phrase) == (first.name, "达312亿元")

    def test_the_domestic_product_keeps_its_name(self):
        extraction = read("2024年，国内生产总值8000亿元。")

        (entry,) = draft_of(extraction, shipped_indicators(), "a.txt").entries

        assert entry.id == "growth.gdp"
        assert entry.fields["name"] == {"zh": "国内生产总值", "en": "Gross domestic product"}

    def test_a_target_is_marked(self):
        done, aimed = read("2024年产值500亿元。到2027年，力争产值突破1000亿元。").proposals

        assert (done.kind, aimed.kind, aimed.period) == ("figure", "target", "2027")

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("上半年出口同比增长5%。", "yoy"), ("6月出口环比增长5%。", "qoq"),
            ("三年年均增长5%。", "average"), ("出口占全市比重5%。", "share"),
            ("消费对经济增长的贡献率为5%。", "contribution"), ("消费拉动经济增长5个百分点。", "pull"),
            ("出口增速高于全省5个百分点。", "gap"), ("出口比2020年增长5%。", "change"),
        ],
    )  # fmt: skip
    def test_says_what_is_compared(self, text, kind):
        (found,) = read(text).proposals

        assert found.comparison == kind

    def test_a_part_knows_its_whole(self):
        whole, part = read("企业发布40个大模型，其中11个大模型已备案。").proposals

        assert part.part_of == whole.key

    def test_warns_of_a_part_above_its_whole(self):
        _, part = read("企业发布40个大模型，其中51个大模型已备案。").proposals

        assert "larger than what it is part of" in part.checks[0]

    def test_warns_of_two_values_for_one_thing(self):
        _, second = read("2024年，地区生产总值500亿元。\n\n2024年，地区生产总值510亿元。").proposals

        assert "another value" in second.checks[0]

    def test_a_repeat_is_one_fact_with_both_places(self):
        text = "2024年，出口增长5.1%。\n\n全市运行平稳，稳中有进。\n\n2024年，全市出口增长5.1%，好于预期。"

        (found,) = read(text).proposals

        assert found.also == ("lead 3",)


class TestPeriods:
    @pytest.mark.parametrize(
        ("text", "period"),
        [
            ("2025年上半年，出口5亿元。", "2025-H1"), ("2025年1—11月份，出口5亿元。", "2025-01 to 2025-11"),
            ("2025年前三季度，出口5亿元。", "2025-01 to 2025-09"), ("2025年三季度，出口5亿元。", "2025-Q3"),
            ("截至2025年6月末，贷款余额5亿元。", "2025-06-end"), ("2024年末，贷款余额5亿元。", "2024-12-end"),
            ("2024年，出口5亿元。", "2024"), ("2022年以来，累计出口5亿元。", "since 2022"),
            ("In the first half of 2025, exports were 5 billion yuan.", "2025-H1"),
            ("Exports were 5 billion yuan in Q3 2025.", "2025-Q3"),
            ("At year-end 2024, loans were 5 billion yuan.", "2024-12-end"),
            ("In the first eleven months of 2025, exports were 5 billion yuan.", "2025-01 to 2025-11"),
            ("As of June 30, 2025, loans were 5 billion yuan.", "2025-06-30"),
        ],
    )  # fmt: skip
    def test_reads_a_period(self, text, period):
        (found,) = read(text).proposals

        assert found.period == period

    def test_a_period_holds_until_another_is_named(self):
        found = read(
            "上半年，出口5亿元，增长3%。进口2亿元。6月份，出口1亿元。", date(2025, 7, 20)
        ).proposals

        assert [p.period for p in found] == ["2025-H1", "2025-H1", "2025-H1", "2025-06"]

    def test_a_part_of_the_period_holds_for_its_clause(self):
        text = "全年出口5亿元，其中，四季度出口2亿元；进口3亿元。"

        assert [p.period for p in read(text, date(2025, 2, 1)).proposals][1] == "2025-Q4"

    def test_the_end_of_the_year_is_for_stocks_only(self):
        text = (
            "2024年，全市出口50亿元。年末规模以上企业1200家，实现产值400亿元，比上年增长4.8%，"
            "从业人员5万人。"
        )

        assert [p.period for p in read(text, date(2025, 3, 1)).proposals] == [
            "2024", "2024-12-end", "2024", "2024", "2024-12-end",
        ]  # fmt: skip

    def test_what_stands_right_behind_the_end_of_a_month_is_of_it(self):
        found = read("2025年6月末，贷款余额800亿元，存款余额900亿元，增长5%。").proposals

        assert {p.period for p in found} == {"2025-06-end"}

    def test_what_is_compared_with_is_no_period(self):
        (found,) = read("2024年，出口比2020年增长5%。").proposals

        assert found.period == "2024"

    def test_the_date_of_publication_settles_this_year(self):
        (found,) = read("今年上半年，出口5亿元。", date(2026, 8, 1)).proposals

        assert (found.period, found.rests_on) == ("2026-H1", "")

    def test_without_a_date_this_year_is_concluded_and_marked(self):
        _, found = read("2024年，出口4亿元。今年上半年，出口5亿元。").proposals

        assert (found.period, found.rests_on) == ("2025-H1", "this_year")

    def test_without_any_year_the_period_is_open_and_marked(self):
        (found,) = read("上半年，出口5亿元。").proposals

        assert (found.period, found.rests_on) == ("as_of_publication", "unknown_year")


class TestCompanyResults:
    @pytest.mark.parametrize(
        ("title", "period"),
        [
            ("Full-year results for the year ended 31 December 2024", "2024"),
            ("Results for the three months ended 30 June 2025", "2025-Q2"),
            ("Interim results for the six months ended June 30, 2025", "2025-H1"),
            ("Results for the 52 weeks ended 28 December 2024", "2024"),
            ("Results for the 26 weeks to 28 June 2025", "2025-H1"),
            ("Fiscal 2024 results", "2024"), ("FY24 results", "2024"), ("FY2023/24 results", "2024"),
            ("H1 FY25 results", "2025-H1"), ("Results for the third quarter of fiscal 2024", "2024-Q3"),
        ],
    )  # fmt: skip
    def test_a_title_sets_the_period(self, title, period):
        text = f"{title}\n\nRevenue grew 8% to £640m. The margin was 11.1%."

        assert {p.period for p in read(text, date(2025, 11, 5)).proposals} == {period}

    def test_a_value_in_brackets_has_a_period_of_its_own(self):
        found = read(
            "Results for the year ended 31 December 2024\n\n"
            "Sales fell to $2.1 billion (2023: $2.4 billion), and profit was $90m (FY23: $70m).",
            date(2025, 3, 1),
        ).proposals

        assert [p.period for p in found] == ["2024", "2023", "2024", "2023"]

    def test_a_year_in_brackets_stands_for_the_same_part_of_it(self):
        found = read(
            "In the fourth quarter of 2024, sales were £50m (2023: £47m), up 6% (prior year: 4%).",
            date(2025, 3, 1),
        ).proposals

        assert [p.period for p in found] == ["2024-Q4", "2023-Q4", "2024-Q4", "2023-Q4"]

    def test_chinese_brackets_are_comparisons_too(self):
        found = read("2024年，营业收入18.4亿元（2023年：16.4亿元），净利润2.1亿元。").proposals

        assert [p.period for p in found] == ["2024", "2023", "2024"]

    def test_a_quarter_still_to_come_is_that_of_the_year_before(self):
        found = read("Sales in the fourth quarter were £50m.", date(2025, 3, 1)).proposals

        assert [p.period for p in found] == ["2024-Q4"]

    def test_a_quarter_that_is_projected_lies_ahead(self):
        text = "In 2025, growth is projected to reach 2.5% in the fourth quarter."

        assert [p.period for p in read(text, date(2025, 3, 1)).proposals] == ["2025-Q4"]

    def test_the_old_value_is_no_fact(self):
        assert values("Net debt fell to £318m from £402m a year earlier.") == [("31800", "万英镑")]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("A dividend of 8.4 pence per share.", ("8.4", "便士")),
            ("A dividend of 4.2p per share.", ("4.2", "便士")),
            ("The margin narrowed by 30 basis points.", ("-30", "基点")),
            ("The margin improved 45bps.", ("45", "基点")),
        ],
    )
    def test_reads_pence_and_basis_points(self, text, expected):
        assert values(text) == [expected]


class TestEnglish:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("GDP reached 155.99 billion yuan.", [("1559.9", "亿元")]),
            ("Revenue was $3.2 billion, down 7 percent.", [("32", "亿美元"), ("-7", "%")]),
            ("Prices fell by 2.1 percent.", [("-2.1", "%")]),
            ("a 3.2 percent decline", [("-3.2", "%")]),
            ("The rate fell to 3.1 percent from 3.4 percent.", [("3.1", "%")]),
            ("It rose 0.5 percentage points.", [("0.5", "个百分点")]),
            ("A, B and C grew by 5.1, 6.2 and 7.3 percent respectively.", [("5.1", "%"), ("6.2", "%"), ("7.3", "%")]),
            ("It is expected to be between 5 and 7 percent.", [("5", "%"), ("7", "%")]),
            ("It ranked third in the province.", [("3", "位")]),
            ("More than 190 software companies and 1,312 products.", [("190", "家"), ("1312", "个")]),
            ("The Fortune 500, the S&P 500, 5G, Section 3, aged 16-24, COVID-19.", []),
        ],
    )  # fmt: skip
    def test_reads_values_and_units(self, text, expected):
        assert values(text) == expected

    def test_lists_what_it_does_not_understand(self):
        extraction = read("The gauge moved to level 42 once more, and output doubled.")

        assert [left.phrase for left in extraction.unread] == ["42", "doubled"]


class TestEnglishNames:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("The value added of machine building and that of high-tech industries grew by 9.7 percent and 9.6 percent respectively.",
             ["value added of machine building", "value added of high-tech industries"]),
            ("Sales of toys in towns were 30 million yuan, and that in villages reached 4 million yuan.",
             ["Sales of toys in towns", "Sales of toys in villages"]),
            ("Cash flow was £40m, a nominal increase of 5.1%, or a real increase of 3.2%.", ["Cash flow"] * 3),
            ("Net debt was reduced to £120m.", ["Net debt"]), ("Pay data improved by 4%.", ["Pay data"]),
            ("By 2030 we aim to cut Scope 1 emissions by 46%.", ["Scope 1 emissions"]),
            ("We employ more than 14,300 people.", ["employees"]),
            ("The jobless rate averaged 5.2 percent. In September, it was 5.1 percent.", ["jobless rate"] * 2),
        ],
    )  # fmt: skip
    def test_a_figure_is_called_by_whole_words(self, text, names):
        assert [p.name for p in read(text, date(2025, 10, 1)).proposals] == names


class TestLeftovers:
    def test_a_number_without_a_unit_is_listed_with_why(self):
        (left,) = read("该指标为42，运行平稳。").unread

        assert (left.phrase, left.why) == ("42", "a number without a unit")

    def test_notes_on_terms_give_no_facts(self):
        extraction = read(
            "全市出口5亿元。\n\n注：规模以上工业为年主营业务收入2000万元及以上的企业3家。"
        )

        assert len(extraction.proposals) == 1
        assert {left.why for left in extraction.unread} == {"it stands in a note on terms"}
