"""The next edition: a new article beside the facts of the old one."""

from __future__ import annotations

from datetime import date

import pytest

from generator.errors import DataError
from generator.extraction.drafting import draft_of
from generator.extraction.indicators import shipped_indicators
from generator.extraction.review import Session
from generator.extraction.updating import update
from generator.sources.facts import read_facts
from tests.unit.extraction.helpers import read

_OLD = """\
# Our figures.
source:
  title: {zh: 半年报道, en: Half-year report}
  label: {zh: 报道, en: report}
  published: 2025-08-01
  sections: {text: {zh: 正文, en: text}}
groups:
  growth:
    title: {zh: 增长, en: Growth}
    facts:
      # the level
      grp:
        name: {zh: 地区生产总值, en: GRP}
        written: 1559.9亿元
        number: 1559.9   # as printed
        unit: 亿元
        period: 2025-H1
        source: {at: text 1, phrase: 地区生产总值1559.9亿元}
        note: {zh: 现价, en: current prices}
      rate:
        name: {zh: 地区生产总值增速, en: Growth of GRP}
        written: 7.3%
        number: 7.3
        unit: "%"
        comparison: yoy
        period: 2025-H1
        source: {at: text 1, phrase: 同比增长7.3%}
        related: [growth.grp]
      firms:
        name: {zh: 规上企业, en: Firms above designated size}
        written: 超190家
        number: 190
        unit: 家
        bound: over
        source: {at: text 2, phrase: 超190家规上企业}
"""
_NEW = "2025年前三季度，全区地区生产总值2388.4亿元，同比增长6.8%；出口下降2.1%。"


@pytest.fixture
def result():
    """The update of the old file by the new article."""
    draft = draft_of(read(_NEW, date(2025, 10, 20)), shipped_indicators(), "b.txt")
    return update(_OLD.encode(), "old.yaml", draft, shipped_indicators())


def test_says_what_changed_is_missing_and_new(result):
    assert {pair.id: pair.state for pair in result.pairs} == {
        "growth.grp": "changed", "growth.rate": "changed", "growth.firms": "missing",
        "trade.exports_growth": "new",
    }  # fmt: skip
    first = result.pairs[0]
    assert (first.old, first.new) == ("1559.9亿元", "2388.4亿元")
    assert (first.old_period, first.new_period) == ("2025-H1", "2025-01 to 2025-09")


def test_keeps_names_notes_links_comments_and_order(result):
    text = result.text

    assert text.startswith("# Our figures.\n")
    assert "      # the level\n      grp:\n        name: {zh: 地区生产总值, en: GRP}\n" in text
    assert "number: 2388.4  # as printed" in text
    assert "note: {zh: 现价, en: current prices}" in text
    assert "related: [growth.grp]" in text
    assert text.index("grp:") < text.index("rate:") < text.index("firms:")


def test_nothing_enters_a_report_unreviewed(result, tmp_path):
    path = tmp_path / "new.yaml"
    path.write_text(result.text, encoding="utf-8")

    with pytest.raises(DataError) as error:
        read_facts([path])

    assert {problem.code for problem in error.value.problems} == {"unreviewed"}
    assert len(error.value.problems) == 4


def test_the_reviewed_file_has_the_new_values_under_the_old_ids(result, tmp_path):
    session = Session(result.text.encode(), "new.yaml")
    while session.pending:
        assert session.accept(session.pending[0], {}) is None
    path = tmp_path / "new.yaml"
    path.write_text(session.text.text, encoding="utf-8")

    book = read_facts([path])

    assert str(book["growth.grp"].number) == "2388.4"
    assert book["growth.grp"].entry.period == "2025-01 to 2025-09"
    assert str(book["growth.firms"].number) == "190"
    assert str(book["trade.exports_growth"].number) == "-2.1"


def test_a_file_that_is_no_data_file_is_refused():
    draft = draft_of(read(_NEW), shipped_indicators(), "b.txt")

    with pytest.raises(DataError):
        update(b"title: x\n", "old.yaml", draft, shipped_indicators())


def test_the_same_article_again_changes_no_value(result):
    again = update(result.text.encode(), "new.yaml",
                   draft_of(read(_NEW, date(2025, 10, 20)), shipped_indicators(), "b.txt"),
                   shipped_indicators())  # fmt: skip

    assert {p.id: p.state for p in again.pairs if p.state != "missing"} == {
        "growth.grp": "same", "growth.rate": "same", "trade.exports_growth": "same",
    }  # fmt: skip
