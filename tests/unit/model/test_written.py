"""Reading a value as a source prints it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model.bound import BOUND_WORDS, Bound
from generator.model.unit import find_unit
from generator.model.written import find_written, read_written


class TestNumbers:
    @pytest.mark.parametrize(
        ("phrase", "number", "unit"),
        [
            ("1559.9亿元", "1559.9", "亿元"),
            ("1559.9亿元", "15599000", "万元"),
            ("6.5万人", "65000", "人"),
            ("1,312个", "1312", "个"),
            ("１３１２个", "1312", "个"),
            ("三期", "3", "期"),
            ("第三次", "3", "次"),
            ("二十三家", "23", "家"),
            ("一百零五家", "105", "家"),
            ("两千亿元", "2000", "亿元"),
            ("4大平台", "4", "个"),
            ("RMB 155.99 billion", "1559.9", "亿元"),
            ("600 laboratories", "600", "家"),
            ("7.3 percent", "7.3", "%"),
            ("0.5个百分点", "0.5", "个百分点"),
            ("5000千瓦时", "5000", "千瓦时"),
            ("九成", "90", "%"),
            ("翻一番", "100", "%"),
            ("百分之三十", "30", "%"),
            ("5.1、6.2和7.3亿元", "5.1", "亿元"),
            ("高2.1个和1.3个百分点", "2.1", "个百分点"),
            ("2.8∶40.9∶56.3", "40.9", "%"),
            ("$1.2bn", "12", "亿美元"),
            ("£3.2 million", "320", "万英镑"),
            ("位居首位", "1", "位"),
        ],
    )
    def test_finds_the_number_with_its_scale_and_unit(self, phrase, number, unit):
        found = find_written(phrase, Decimal(number), find_unit(unit))

        assert found is not None
        assert found.has_unit(find_unit(unit))
        assert found.bound is Bound.EXACT

    @pytest.mark.parametrize(
        ("phrase", "number", "unit"),
        [("1559.9亿元", "1559", "亿元"), ("240P", "24", "P"), ("没有数字", "1", "个")],
    )
    def test_does_not_find_another_number(self, phrase, number, unit):
        assert find_written(phrase, Decimal(number), find_unit(unit)) is None

    @pytest.mark.parametrize(
        ("phrase", "number", "unit"), [("240家", "240", "P"), ("7.3个", "7.3", "%")]
    )
    def test_notices_another_unit(self, phrase, number, unit):
        assert not find_written(phrase, Decimal(number), find_unit(unit)).has_unit(find_unit(unit))

    def test_prefers_the_number_that_has_the_unit(self):
        found = find_written("前3名企业占3%", Decimal(3), find_unit("%"))

        assert found.unit_text.startswith("%")

    @pytest.mark.parametrize("phrase", ["下降2.1%", "-2.1%", "同比减少2.1%", "down 2.1 percent"])
    def test_knows_a_fall(self, phrase):
        assert find_written(phrase, Decimal("-2.1"), find_unit("%")).is_fall

    @pytest.mark.parametrize(
        ("phrase", "number", "is_fall"),
        [
            ("由下降2.3%转为增长4.1%", "4.1", False),
            ("降幅收窄0.3个百分点", "0.3", False),
            ("降幅扩大0.3个百分点", "0.3", True),
            ("降幅收窄至5.1%", "5.1", True),
            ("下降至3.1%", "3.1", False),
            ("3.2 percent decline", "3.2", True),
            ("fell to 3.1 percent", "3.1", False),
            ("低于全国0.5个百分点", "0.5", True),
            ("低于5%", "5", False),
        ],
    )
    def test_the_last_direction_before_a_number_counts(self, phrase, number, is_fall):
        unit = "个百分点" if "百分点" in phrase else "%"

        found = next(w for w in read_written(phrase) if w.value == Decimal(number))

        assert found.has_unit(find_unit(unit))
        assert found.is_fall is is_fall

    @given(st.text(max_size=30))
    def test_reads_any_text_without_failing(self, text):
        assert all(written.value >= 0 for written in read_written(text))


class TestBounds:
    @pytest.mark.parametrize(
        ("phrase", "bound"),
        [
            ("超2000亿元", Bound.OVER),
            ("超过2000亿元", Bound.OVER),
            ("达2000亿元", Bound.EXACT),
            ("2000多亿元", Bound.OVER),
            ("2000余亿元", Bound.OVER),
            ("2000亿元以上", Bound.AT_LEAST),
            ("不低于2000亿元", Bound.AT_LEAST),
            ("约2000亿元", Bound.ABOUT),
            ("2000亿元左右", Bound.ABOUT),
            ("近2000亿元", Bound.NEARLY),
            ("不足2000亿元", Bound.UNDER),
            ("不超过2000亿元", Bound.AT_MOST),
            ("2000亿元以下", Bound.AT_MOST),
            ("more than RMB 200 billion", Bound.OVER),
            ("no more than RMB 200 billion", Bound.AT_MOST),
            ("RMB 200 billion or more", Bound.AT_LEAST),
            ("> 2000亿元", Bound.OVER),
            ("2000亿元至3000亿元", Bound.AT_LEAST),
            ("1000-2000亿元", Bound.AT_MOST),
            ("between RMB 200 billion and RMB 300 billion", Bound.AT_LEAST),
            ("节约2000亿元", Bound.EXACT),
            ("turnover RMB 200 billion", Bound.EXACT),
        ],
    )
    def test_reads_the_bound_around_a_number(self, phrase, bound):
        assert find_written(phrase, Decimal(2000), find_unit("亿元")).bound is bound

    @pytest.mark.parametrize("word", BOUND_WORDS, ids=lambda word: word.text)
    def test_knows_every_bound_word_at_its_place(self, word):
        space = " " if word.text.isascii() else ""
        phrase = {
            "before": f"{word.text}{space}600家",
            "inside": f"600{word.text}家",
            "after": f"600{'' if not space else ' '}{word.text}" if space else f"600家{word.text}",
        }[word.position]

        assert find_written(phrase, Decimal(600), find_unit("家")).bound is word.bound

    def test_leaves_the_bound_of_a_later_number_alone(self):
        found = find_written("40个，其中11个以上", Decimal(40), find_unit("个"))

        assert found.bound is Bound.EXACT
