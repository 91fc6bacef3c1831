"""How figures read in sentences, tables and cards, in both languages."""

from __future__ import annotations

import datetime

import pytest

from generator.model import wording
from generator.model.bound import Bound
from generator.model.fact import Comparison
from generator.model.record import Words
from tests.support.facts import make_fact

SPACE = "\u00a0"
MINUS = "\u2212"


def _forms(fact, language):
    return (
        wording.prose(fact, language).replace(SPACE, " "),
        wording.short(fact, language).replace(SPACE, " "),
        wording.figure(fact, language).replace(SPACE, " "),
        wording.unit_label(fact, language),
    )


class TestForms:
    @pytest.mark.parametrize(
        ("written", "number", "unit", "bound", "zh", "en"),
        [
            ("1559.9亿元", "1559.9", "亿元", "exact",
             ("1559.9亿元", "1559.9亿元", "1559.9", "亿元"),
             ("RMB 155.99 billion", "RMB 155.99 bn", "155.99", "RMB billion")),
            ("超2000亿元", "2000", "亿元", "over",
             ("超2000亿元", ">2000亿元", ">2000", "亿元"),
             ("more than RMB 200 billion", "> RMB 200 bn", "> 200", "RMB billion")),
            ("112.14亿元", "112.14", "亿元", "exact",
             ("112.14亿元", "112.14亿元", "112.14", "亿元"),
             ("RMB 11.214 billion", "RMB 11.214 bn", "11.214", "RMB billion")),
            ("0.5亿元", "0.5", "亿元", "exact",
             ("0.5亿元", "0.5亿元", "0.5", "亿元"),
             ("RMB 50 million", "RMB 50 m", "50", "RMB million")),
            ("5.25万元", "5.25", "万元", "exact",
             ("5.25万元", "5.25万元", "5.25", "万元"),
             ("RMB 52,500", "RMB 52,500", "52,500", "RMB")),
            ("1.2万亿元", "1.2", "万亿元", "exact",
             ("1.2万亿元", "1.2万亿元", "1.2", "万亿元"),
             ("RMB 1.2 trillion", "RMB 1.2 tn", "1.2", "RMB trillion")),
            ("3.50亿美元", "3.50", "亿美元", "exact",
             ("3.50亿美元", "3.50亿美元", "3.50", "亿美元"),
             ("USD 350 million", "USD 350 m", "350", "USD million")),
            ("7.3%", "7.3", "%", "exact",
             ("7.3%", "7.3%", "7.3", "%"), ("7.3 percent", "7.3%", "7.3", "%")),
            ("超40%", "40", "%", "over",
             ("超40%", ">40%", ">40", "%"), ("more than 40 percent", "> 40%", "> 40", "%")),
            ("10%以上", "10", "%", "at_least",
             ("10%以上", "≥10%", "≥10", "%"), ("at least 10 percent", "≥ 10%", "≥ 10", "%")),
            ("8.1个百分点", "8.1", "个百分点", "exact",
             ("8.1个百分点", "8.1个百分点", "8.1", "个百分点"),
             ("8.1 percentage points", "8.1 pp", "8.1", "pp")),
            ("600余家", "600", "家", "over",
             ("600余家", ">600家", ">600", "家"), ("more than 600", "> 600", "> 600", "")),
            ("30多家", "30", "家", "over",
             ("30多家", ">30家", ">30", "家"), ("more than 30", "> 30", "> 30", "")),
            ("6.5万人", "6.5", "万人", "exact",
             ("6.5万人", "6.5万人", "6.5", "万人"), ("65,000", "65,000", "65,000", "people")),
            ("150万人", "150", "万人", "exact",
             ("150万人", "150万人", "150", "万人"),
             ("1.5 million", "1.5 m", "1.5", "million people")),
            ("2000多亿元", "2000", "亿元", "over",
             ("2000多亿元", ">2000亿元", ">2000", "亿元"),
             ("more than RMB 200 billion", "> RMB 200 bn", "> 200", "RMB billion")),
            ("3亿多元", "3", "亿元", "over",
             ("3亿多元", ">3亿元", ">3", "亿元"),
             ("more than RMB 300 million", "> RMB 300 m", "> 300", "RMB million")),
            ("240P", "240", "P", "exact",
             ("240P", "240P", "240", "P"), ("240P", "240P", "240", "P")),
            ("1312个", "1312", "个", "exact",
             ("1312个", "1312个", "1312", "个"), ("1,312", "1,312", "1,312", "")),
            ("35周岁以下", "35", "周岁", "at_most",
             ("35周岁以下", "≤35周岁", "≤35", "周岁"), ("35 or under", "≤ 35", "≤ 35", "years")),
            ("1吨", "1", "吨", "exact",
             ("1吨", "1吨", "1", "吨"), ("1 tonne", "1 tonne", "1", "tonne")),
            ("2.8倍", "2.8", "倍", "exact",
             ("2.8倍", "2.8倍", "2.8", "倍"), ("2.8 times", "2.8 times", "2.8", "times")),
            ("近600家", "600", "家", "nearly",
             ("近600家", "<600家", "<600", "家"), ("nearly 600", "< 600", "< 600", "")),
            ("600家左右", "600", "家", "about",
             ("600家左右", "≈600家", "≈600", "家"), ("about 600", "≈ 600", "≈ 600", "")),
            ("不足600家", "600", "家", "under",
             ("不足600家", "<600家", "<600", "家"), ("less than 600", "< 600", "< 600", "")),
        ],
    )  # fmt: skip
    def test_prints_a_figure(self, written, number, unit, bound, zh, en):
        fact = make_fact(number, unit, written, bound=bound)

        assert _forms(fact, "zh") == zh
        assert _forms(fact, "en") == en

    def test_prints_a_rank(self):
        compared = Comparison(kind="rank", of=Words(zh="全省", en="Zhejiang"))
        first = make_fact(1, "位", "全省第一", kind="rank", comparison=compared)
        last = make_fact(22, "位", "全省第22", kind="rank", comparison=compared)

        assert _forms(first, "zh") == ("全省第一", "全省第一", "第1", "")
        assert _forms(first, "en") == ("first in Zhejiang", "No. 1 in Zhejiang", "No. 1", "")
        assert _forms(last, "zh")[0] == "全省第22"
        assert _forms(last, "en")[0] == "22nd in Zhejiang"

    @pytest.mark.parametrize(
        ("number", "zh", "en"),
        [
            (3, "第三次", "third"),
            (10, "第十次", "tenth"),
            (11, "第11次", "11th"),
            (21, "第21次", "21st"),
        ],
    )
    def test_prints_a_place_in_a_row(self, number, zh, en):
        fact = make_fact(number, "次", kind="ordinal")

        assert wording.prose(fact, "zh") == wording.short(fact, "zh") == zh
        assert wording.prose(fact, "en") == wording.short(fact, "en") == en
        assert wording.figure(fact, "zh") == wording.figure(fact, "en") == str(number)

    def test_keeps_sign_and_amount_together_in_english(self):
        fact = make_fact(2000, "亿元", "超2000亿元", bound="over")

        assert wording.prose(fact, "en") == f"more than RMB{SPACE}200{SPACE}billion"
        assert wording.short(fact, "en") == f">{SPACE}RMB{SPACE}200{SPACE}bn"
        assert wording.figure(fact, "en") == f">{SPACE}200"

    def test_gives_the_number_in_the_unit_beside_it(self):
        fact = make_fact("1559.9", "亿元", "1559.9亿元")

        assert str(wording.amount(fact, "zh")) == "1559.9"
        assert str(wording.amount(fact, "en")) == "155.99"


class TestNegative:
    @pytest.mark.parametrize(
        ("written", "bound", "zh", "en"),
        [
            ("下降5%", "exact", ("-5%", "-5%"), (f"{MINUS}5 percent", f"{MINUS}5%")),
            ("下降超5%", "over", ("低于-5%", "<-5%"),
             (f"less than {MINUS}5 percent", f"< {MINUS}5%")),
            ("下降5%以上", "at_least", ("不高于-5%", "≤-5%"),
             (f"at most {MINUS}5 percent", f"≤ {MINUS}5%")),
            ("下降近5%", "nearly", ("略高于-5%", ">-5%"),
             (f"just above {MINUS}5 percent", f"> {MINUS}5%")),
            ("下降约5%", "about", ("约-5%", "≈-5%"), (f"about {MINUS}5 percent", f"≈ {MINUS}5%")),
        ],
    )  # fmt: skip
    def test_turns_the_sign_of_a_bound_with_the_number(self, written, bound, zh, en):
        fact = make_fact(-5, "%", written, bound=bound)

        assert _forms(fact, "zh")[:2] == zh
        assert _forms(fact, "en")[:2] == en


class TestChange:
    @pytest.mark.parametrize(
        ("written", "number", "unit", "bound", "zh", "en"),
        [
            ("增长7.3%", "7.3", "%", "exact", "增长7.3%", "up 7.3 percent"),
            ("下降2.1%", "-2.1", "%", "exact", "下降2.1%", "down 2.1 percent"),
            ("下降超5%", "-5", "%", "over", "下降超5%", "down more than 5 percent"),
            ("增长10%以上", "10", "%", "at_least", "增长10%以上", "up at least 10 percent"),
            ("0%", "0", "%", "exact", "持平", "unchanged"),
            ("提高0.5个百分点", "0.5", "个百分点", "exact", "提高0.5个百分点",
             "up 0.5 percentage points"),
            ("下降1个百分点", "-1", "个百分点", "exact", "下降1个百分点",
             "down 1 percentage point"),
        ],
    )  # fmt: skip
    def test_says_a_change_in_words(self, written, number, unit, bound, zh, en):
        fact = make_fact(number, unit, written, bound=bound)

        assert wording.change(fact, "zh") == zh
        assert wording.change(fact, "en") == en

    def test_says_a_change_of_an_amount_that_is_a_comparison(self):
        fact = make_fact(-3, "万人", "减少3万人", comparison="yoy")

        assert wording.change(fact, "zh") == "减少3万人"
        assert wording.change(fact, "en") == "down 30,000"

    @pytest.mark.parametrize(
        ("unit", "comparison"),
        [("亿元", None), ("%", {"kind": "share", "of": {"zh": "全市", "en": "the city"}})],
    )
    def test_refuses_to_call_a_level_or_a_share_a_change(self, unit, comparison):
        fact = make_fact(40, unit, comparison=comparison)

        with pytest.raises(ValueError, match=r'"group\.fact" is no rate of change'):
            wording.change(fact, "en")


class TestOtherTexts:
    def test_labels_every_bound_in_both_languages(self):
        for language in ("zh", "en"):
            facts = [make_fact(5, "家", bound=bound) for bound in Bound]
            assert len({wording.bound_label(fact, language) for fact in facts}) == len(Bound)

    @pytest.mark.parametrize(
        ("comparison", "zh", "en"),
        [
            ("yoy", "同比", "year on year"),
            ("qoq", "环比", "on the previous period"),
            ({"kind": "share", "of": {"zh": "杭州市", "en": "Hangzhou"}}, "占杭州市比重",
             "share of Hangzhou"),
        ],
    )  # fmt: skip
    def test_names_what_a_figure_is_compared_with(self, comparison, zh, en):
        fact = make_fact(40, "%", comparison=comparison)

        assert wording.comparison(fact, "zh") == zh
        assert wording.comparison(fact, "en") == en

    def test_prints_dates_without_leading_zeros(self):
        day = datetime.date(2025, 8, 1)

        assert wording.date_text(day, "zh") == "2025年8月1日"
        assert wording.date_text(day, "en") == "1 August 2025"
