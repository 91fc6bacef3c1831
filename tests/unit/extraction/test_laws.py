"""What holds for any text: no failure, true positions, values that come back, one width or the other."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import DataError
from generator.extraction.article import plain
from generator.extraction.drafting import draft_of
from generator.extraction.indicators import shipped_indicators
from generator.model.fact import FactFile
from generator.model.unit import find_unit, in_base_units
from generator.sources.facts import read_facts
from generator.sources.validation import validate
from generator.sources.yaml_text import read_yaml
from tests.unit.extraction.helpers import read

_PIECES = st.sampled_from(
    [
        "2024年",
        "上半年",
        "1-11月",
        "截至6月末",
        "今年",
        "去年同期",
        "，",
        "。",
        "；",
        "、",
        "和",
        "分别",
        "其中",
        "占",
        "比重",
        "超",
        "近",
        "约",
        "余",
        "以上",
        "由",
        "从",
        "至",
        "提升",
        "增长",
        "下降",
        "收窄",
        "降幅",
        "回落",
        "高于",
        "全市",
        "地区生产总值",
        "规模以上工业",
        "家",
        "个",
        "亿元",
        "万",
        "%",
        "个百分点",
        "第",
        "位居",
        "首位",
        "三成",
        "翻番",
        "近半",
        "12",
        "3.4",
        "1,234",
        "5",
        "0.6",
        "-2.1",
        "~",
        "—",
        "(",
        ")",
        "“",
        "”",
        "《",
        "》",
        "\n",
        "\n\n",
        "#",
        "倍",
        "人次",
        "岁",
        "周岁",
        "In",
        "2024,",
        "the",
        "first",
        "half",
        "of",
        "GDP",
        "rose",
        "fell",
        "by",
        "to",
        "from",
        "percent",
        "billion",
        "yuan",
        "$",
        "RMB",
        "million",
        "companies",
        "and",
        "respectively",
        "ranked",
        "third",
        "No.",
        "5",
        "between",
        "compared",
        "with",
        "year",
        "earlier",
        ".",
        ";",
        "half",
        "two",
    ]
)
_PROSE = st.lists(_PIECES | st.text(max_size=3), max_size=40).map("".join)
_SPACED = st.lists(_PIECES | st.text(max_size=3), max_size=40).map(" ".join)


@given(_PROSE | _SPACED | st.text(max_size=120))
@settings(max_examples=120, deadline=None)
def test_any_text_is_read_and_every_position_holds_its_phrase(text):
    extraction = read(text)

    for proposal in extraction.proposals:
        whole = proposal.paragraph.text
        assert 0 <= proposal.start <= proposal.written_start < proposal.written_end <= len(whole)
        assert whole[proposal.start : proposal.end] == proposal.phrase
        assert proposal.written in proposal.phrase
    for left in extraction.unread:
        assert left.phrase == left.paragraph.text[left.start : left.end] != ""


@given(_PROSE | _SPACED)
@settings(max_examples=60, deadline=None)
def test_the_draft_of_any_text_is_a_data_file_that_waits_for_review(text):
    draft = draft_of(read(text), shipped_indicators(), "a.txt")

    content = validate(FactFile, read_yaml(draft.text.encode(), "draft.yaml"), DataError)

    entries = [fact for group in content.groups.values() for fact in group.facts.values()]
    assert len(entries) == len(draft.entries)
    assert all(entry.review is not None for entry in entries)


@given(_PROSE)
@settings(max_examples=30, deadline=None)
def test_no_proposal_enters_a_report_and_every_reviewed_one_is_valid(tmp_path_factory, text):
    draft = draft_of(read(text), shipped_indicators(), "a.txt")
    path = tmp_path_factory.mktemp("draft") / "draft.yaml"
    path.write_text(draft.text, encoding="utf-8")

    if not draft.entries:
        assert len(read_facts([path])) == 0
        return
    with pytest.raises(DataError) as error:
        read_facts([path])
    assert {problem.code for problem in error.value.problems} == {"unreviewed"}
    assert len(error.value.problems) == len(draft.entries)


_STYLES = (
    "",
    "亿元",
    "万元",
    "万亿元",
    "元",
    "万人",
    "家",
    "%",
    "个百分点",
    "亿千瓦时",
    "万吨",
    "亿美元",
    "倍",
    "平方公里",
)


@given(
    st.decimals(min_value=Decimal("0.1"), max_value=99999, places=1), st.sampled_from(_STYLES[1:]),
    st.booleans(), st.booleans(),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_a_number_printed_with_a_unit_is_read_back(number, unit, is_spaced, has_commas):
    digits = f"{number:,f}" if has_commas else f"{number:f}"

    found = read(f"2024年，全市某指标为{digits}{' ' if is_spaced else ''}{unit}。").proposals

    assert [
        (in_base_units(p.number, find_unit(p.unit)), find_unit(p.unit).base) for p in found
    ] == [(in_base_units(number, find_unit(unit)), find_unit(unit).base)]


@given(st.decimals(min_value=Decimal("0.1"), max_value=999, places=1),
       st.sampled_from([("billion yuan", "元", 9), ("million people", "人", 6), ("percent", "%", 0),
                        ("trillion yuan", "元", 12), ("percentage points", "个百分点", 0)]))  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_a_number_printed_in_english_is_read_back(number, unit):
    words, base, places = unit

    found = read(f"In 2024, the figure stood at {number:f} {words} in the city.").proposals

    assert [
        (in_base_units(p.number, find_unit(p.unit)), find_unit(p.unit).base) for p in found
    ] == [(number.scaleb(places), base)]


_WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789%()"}


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).parents[2] / "extraction" / "articles").glob("zh*.yaml")),
    ids=lambda p: p.stem,
)
def test_full_and_half_width_make_no_difference(path):
    text = read_yaml(path.read_bytes(), path.name).value["text"]

    def of(article: str) -> list[tuple[object, ...]]:
        return [(p.number, p.unit, p.bound, p.period) for p in read(article).proposals]

    assert of(text.translate(_WIDE)) == of(text)


@given(st.text(max_size=60))
def test_plain_text_keeps_its_length(text):
    assert len(plain(text)) == len(text)


def test_the_work_grows_with_the_text_and_not_faster():
    def cost(count: int) -> float:
        text = "全市实现增加值1559.9亿元同比增长7.3%占比12.5%其中出口下降2.1% " * count
        began = time.process_time()
        read(text)
        return time.process_time() - began

    cost(10)
    small, large = cost(200), cost(1600)

    assert large < 8 * small * 3


@pytest.mark.parametrize("piece", [
    "1", "1,234", "增长", "由1至", "第一", "、1", "from 1 to ", "2024年", "占的比重", "“1", "a1-", "(", "十", "达到", "达", "an ",
    "(2023: £1) ", "that of a in ", "1.3:57.3:41.4由", "年末企业5家，实现产值3亿元，",
])  # fmt: skip
def test_signs_without_an_end_cost_what_their_number_costs(piece):
    def cost(size: int) -> float:
        began = time.process_time()
        read((piece * size)[:size])
        return time.process_time() - began

    cost(1_000)
    small, large = cost(8_000), cost(64_000)

    assert large < 8 * max(small, 0.02) * 4
