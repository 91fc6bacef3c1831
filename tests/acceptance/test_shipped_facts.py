"""The shipped data hold every figure and named fact of the report, and nothing beyond it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from generator.build.views import build_views
from generator.errors import DataError
from generator.model.bound import Bound
from generator.model.unit import in_base_units
from generator.sources.facts import read_facts

#: Every figure of the report, counted by hand: value, unit, bound, period.
FIGURES = [
    ("1559.9", "亿元", "exact", "2025-H1"),
    ("7.3", "%", "exact", "2025-H1"),
    ("15.4", "%", "exact", "2025-H1"),
    ("10", "%", "at_least", "as_of_publication"),
    ("4", "名", "exact", "as_of_publication"),
    ("4", "个", "exact", "as_of_publication"),
    ("5", "所", "exact", "as_of_publication"),
    ("5", "个", "exact", "as_of_publication"),
    ("600", "家", "over", "as_of_publication"),
    ("6.5", "万人", "exact", "2024"),
    ("35", "周岁", "at_most", "2024"),
    ("9.1", "%", "exact", "2024"),
    ("1", "位", "exact", "2024"),
    ("3", "次", "exact", "2025-05"),
    ("3", "次", "exact", "2025-05"),
    ("190", "家", "over", "as_of_publication"),
    ("2000", "亿元", "over", "2024"),
    ("40", "%", "over", "2024"),
    ("3", "期", "exact", "as_of_publication"),
    ("240", "P", "exact", "as_of_publication"),
    ("500", "家", "over", "as_of_publication"),
    ("30", "家", "over", "as_of_publication"),
    ("40", "个", "exact", "as_of_publication"),
    ("11", "个", "exact", "as_of_publication"),
    ("1312", "个", "exact", "as_of_publication"),
    ("112.14", "亿元", "exact", "as_of_publication"),
]  # fmt: skip

#: Dates without a number: year and what happened.
DATES = {
    "1990": ("杭州高新区成立", "首批国家级高新区"),
    "1996": ("滨江区设立",),
    "2002": ("两区管理体制合一",),
    "2022": ("白马湖实验室成立",),
    "2025-05": ("政策文件",),
    "2025-05-end": ("2024年度指数发布",),
}

#: Every named thing that must be found in the Chinese names or texts.
NAMES = """
    互联网+ 物联网+ 数据要素× 数字经济核心产业 千亿级 第一方阵 国务院批准 钱塘江
    白马湖实验室 浙能集团 无人化智能清舱装备 人机分离 二氧化碳捕集 科教人一体改革 大科学装置
    分层分类 揭榜挂帅 极弱磁 惯性测量 省重点实验室 省重点企业研究院 才链全球 5050 青链
    企业认定、政府认账 分类认定目录 浙江科技人才发展指数 浙江省统计局 省科技厅 工业综合体
    企业创新积分 幼儿园 现代产业社区 无事不扰 不叫不到 褒扬成功 实现产业化 人才带技术
    世界领先科技园区 天工鼎 金鼎 智能计算 智能光伏 集成电路 智能机器人 创新发展试验区
    创新应用先导区 先进计算芯片 计算和AI框架 高性能服务器 算力基础设施 行业大模型
    公共数据交易中心 若干意见 数据、算力、模型 算力租用 模型交易 算力社区 开源社区 开源生态
    杭州人工智能计算中心 电力 金融 智能制造 传媒 中央网信办 浙江大数据交易中心
    杭州数据交易所 中国数谷 人形机器人 人才·企业服务站 沿江风光 零磁 物联网产业园
"""


@pytest.fixture(scope="module")
def book(root):
    """The shipped facts."""
    return read_facts([root / "data" / "binjiang.yaml"], root)


def _stated(book):
    return [fact for fact in book if fact.is_figure and fact.entry.derived is None]


class TestCompleteness:
    def test_holds_every_figure_of_the_report_and_no_other(self, book):
        held = [(f.number, f.entry.unit, f.bound.value, f.entry.period) for f in _stated(book)]
        wanted = [(Decimal(number), *rest) for number, *rest in FIGURES]

        assert Counter(held) == Counter(wanted)

    def test_keeps_the_digits_as_printed(self, book):
        assert {str(f.number) for f in _stated(book)} == {number for number, *_ in FIGURES}

    @pytest.mark.parametrize("period", DATES)
    def test_holds_every_date_of_the_report(self, book, period):
        dated = {
            (fact.entry.short or fact.entry.name).zh
            for fact in book
            if not fact.is_figure and fact.entry.period == period
        }

        assert set(DATES[period]) <= dated

    @pytest.mark.parametrize("name", NAMES.split())
    def test_holds_every_named_thing_of_the_report(self, book, name):
        texts = "\n".join(
            words.zh
            for fact in book
            for words in (fact.entry.name, fact.entry.text, fact.entry.note)
            if words
        )

        assert name in texts

    def test_derives_one_figure_only(self, book):
        derived = [(f.id, str(f.number)) for f in book if f.entry.derived]

        assert derived == [("ai.registered_share", "27.5")]


class TestSlips:
    """A slip of the finger in any figure of the shipped data is found."""

    def _lines(self, root, key):
        rows = (root / "data" / "binjiang.yaml").read_text(encoding="utf-8").split("\n")
        return rows, [n for n, row in enumerate(rows) if row.strip().startswith(f"{key}: ")]

    def _is_refused(self, folder, rows, line):
        (folder / "facts.yaml").write_text("\n".join(rows), encoding="utf-8")
        with pytest.raises(DataError) as caught:
            read_facts([folder / "facts.yaml"], folder)
        return any(abs(p.where.line - line - 1) <= 12 for p in caught.value.problems)

    def test_another_digit_in_a_number_is_found(self, root, tmp_path):
        rows, lines = self._lines(root, "number")

        for line in lines:
            changed = [*rows]
            changed[line] = changed[line][:-1] + ("7" if changed[line][-1] != "7" else "8")
            assert self._is_refused(tmp_path, changed, line), rows[line]

    @pytest.mark.parametrize("key", ["bound", "number", "unit"])
    def test_a_line_left_out_is_found(self, root, tmp_path, key):
        rows, lines = self._lines(root, key)

        for line in lines:
            changed = [*rows[:line], *rows[line + 1 :]]
            assert self._is_refused(tmp_path, changed, line), (rows[line - 2 : line], key)


class TestProvenance:
    def test_marks_every_fact_of_this_year_and_no_other_as_inferred(self, book):
        for fact in book:
            assert fact.has_assumed_year == (fact.period.year == 2025), fact.id

    def test_says_for_each_what_is_inferred(self, book):
        assert [f.id for f in book if f.inferred and not f.has_assumed_year] == [
            "history.first_batch"
        ]

    def test_quotes_phrases_and_no_sentences(self, book):
        for fact in book:
            if fact.entry.source is not None:
                assert len(fact.entry.source.phrase) <= 32, fact.id
                assert "。" not in fact.entry.source.phrase, fact.id

    def test_places_every_stated_fact_in_a_paragraph(self, book):
        paragraphs = {"lead": 2, "innovation": 5, "ai": 5, "system": 1, "captions": 7}
        for fact in book:
            if fact.entry.derived is not None:
                continue
            for place in (fact.entry.source.at, *fact.entry.source.also):
                section, number = place.split()
                assert 1 <= int(number) <= paragraphs[section], fact.id

    def test_notes_where_a_figure_is_repeated(self, book):
        assert book["growth.industry_growth"].entry.source.also == ("ai 1",)


class TestLinks:
    @pytest.mark.parametrize(
        ("link", "figures"),
        [
            ("chain.chips", ()),
            ("chain.frameworks", ()),
            ("chain.servers", ()),
            ("chain.computing", ("computing.power", "computing.firms_served")),
            ("chain.models", ("ai.models", "ai.models_registered")),
            ("chain.exchange", ("data.products", "data.turnover")),
        ],
    )
    def test_links_of_the_chain_lead_to_their_figures(self, book, link, figures):
        assert book[link].entry.related == figures

    def test_filed_models_are_part_of_the_models(self, book):
        assert book["ai.models_registered"].entry.part_of == "ai.models"


class TestPrinting:
    def test_every_lower_bound_shows_in_every_form(self, book):
        zh, en = build_views(book, "zh"), build_views(book, "en")
        bounded = [f.id for f in book if f.bound is not Bound.EXACT]

        assert len(bounded) == 8
        for name in bounded:
            assert any(word in str(zh[name]) for word in ("超", "余", "多", "以上", "以下"))
            assert any(word in str(en[name]) for word in ("more than", "at least", "or under"))
            for view in (zh[name], en[name]):
                assert view.short[0] in "><≥≤"
                assert view.figure[0] in "><≥≤"

    def test_amounts_of_money_agree_by_value(self, book):
        en = build_views(book, "en")
        for fact in book:
            if fact.unit is not None and fact.unit.kind == "money":
                yuan = in_base_units(fact.number, fact.unit)
                assert en[fact.id].unit_label == "RMB billion"
                assert en[fact.id].amount * 10**9 == yuan

    @pytest.mark.parametrize(
        ("name", "zh", "en"),
        [
            ("growth.gdp", "1559.9亿元", "RMB 155.99 billion"),
            ("ai.revenue", "超2000亿元", "more than RMB 200 billion"),
            ("data.turnover", "112.14亿元", "RMB 11.214 billion"),
            ("talent.graduates", "6.5万人", "65,000"),
            ("talent.age_limit", "35周岁以下", "35 or under"),
            ("talent.rank", "全省第一", "first in the province"),
            ("awards.tiangong", "第三次", "third"),
            ("awards.national_tier", "第一方阵", "in the top tier"),
            ("platforms.centres", "600余家", "more than 600"),
            ("ai.model_firms", "30多家", "more than 30"),
            ("computing.power", "240P", "240P"),
            ("data.products", "1312个", "1,312"),
        ],
    )
    def test_prints_figures_as_the_report_means_them(self, book, name, zh, en):
        assert str(build_views(book, "zh")[name]) == zh
        assert str(build_views(book, "en")[name]).replace("\u00a0", " ") == en

    def test_texts_of_facts_use_typographic_quotes(self, book):
        for view in build_views(book, "en").values():
            for text in (view.name, view.name_short, str(view), view.note, view.inferred_note):
                assert '"' not in text, view.id
                assert "'" not in text, view.id
