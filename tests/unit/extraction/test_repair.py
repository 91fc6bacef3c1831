"""Newspaper pages made flat, and lines cut by hand."""

from __future__ import annotations

from datetime import date

from generator.extraction.repair import mend

_PAGE = """
位于某区的数据谷

某区成立于1990年,是首批国家级高新区之一,今年上半年发展很好。

# 某区: 以创新促发展

## 产业部分

今年上半年,工业增长15.4%,由智能计算、智能



某区域内企业@@
研发的机器人

机器人等集群带动。

数据来源:某区宣传部
""".replace("@@", "  ")


def test_joins_a_sentence_that_a_caption_cuts_in_two():
    article = mend(_PAGE.splitlines())

    bodies = [p.text for p in article.paragraphs if p.kind == "body"]
    assert "今年上半年,工业增长15.4%,由智能计算、智能机器人等集群带动。" in bodies
    assert "某区域内企业研发的机器人" in [p.text for p in article.paragraphs if p.kind == "caption"]


def test_finds_title_credit_and_sections():
    article = mend(_PAGE.splitlines())

    assert (article.title, article.credit) == ("某区: 以创新促发展", "某区宣传部")
    assert article.sections == {"lead": "", "section_1": "产业部分"}


def test_joins_lines_that_were_cut_at_one_width():
    text = "2024年，全市地区生产总值达到五百亿元以上，其中工业\n增加值增长百分之七，服务业增加值增长百分之五，投资\n保持平稳，消费稳步回升。"

    (paragraph,) = mend(text.splitlines()).paragraphs

    assert paragraph.text == text.replace("\n", "")


def test_joins_words_that_were_hyphenated():
    text = "The zone reported strong growth in the first half of the year, with indus-\ntrial output rising and exports recovering from the slump of the year before\nand consumption on the rise."

    (paragraph,) = mend(text.splitlines()).paragraphs

    assert "industrial output" in paragraph.text
    assert "year before and consumption" in paragraph.text


def test_drops_spaces_inside_chinese_prose():
    (paragraph,) = mend(["2023 年末全区共有 学校 218 所，增长 7.3%。"]).paragraphs

    assert paragraph.text == "2023年末全区共有学校218所，增长7.3%。"


def test_finds_the_date_of_publication():
    assert mend(
        ["某市经济平稳运行", "", "发布时间：2025-07-20", "", "上半年，出口5亿元。"]
    ).published == date(2025, 7, 20)
    assert mend(
        ["July 15, 2025", "", "Exports rose in the first half of the year."]
    ).published == date(2025, 7, 15)


def test_a_given_date_counts_more_than_one_in_the_text():
    assert mend(["2025年7月20日", "", "出口5亿元。"], date(2024, 1, 1)).published == date(
        2024, 1, 1
    )


def test_a_title_of_two_halves_keeps_its_blank():
    article = mend(["全年经济总体平稳 发展质量稳步提升", "", "2024年，全市出口5亿元。"])

    assert article.title == "全年经济总体平稳 发展质量稳步提升"


def test_blanks_between_the_signs_of_a_title_go():
    article = mend(["经 济 运 行 情 况", "", "2024年，全市 出口 5亿元。"])

    assert (article.title, article.paragraphs[0].text) == (
        "经济运行情况",
        "2024年，全市出口5亿元。",
    )
