"""The alias table, and tables of one's own."""

from __future__ import annotations

import pytest

from generator.errors import DataError
from generator.extraction.indicators import read_indicators, shipped_indicators
from generator.extraction.proposals import extract
from generator.extraction.repair import mend

_OWN = """\
topics:
  tea: {zh: 茶产业, en: Tea}
indicators:
  tea_output: {topic: tea, zh: [春茶产量, 龙井产量], en: [spring tea output]}
"""


def test_the_longest_name_wins():
    (found,) = shipped_indicators().named_in("规模以上工业增加值", "zh")

    assert found.id == "industrial_value_added"


def test_names_of_indicators_are_told_apart():
    table = shipped_indicators()
    names = [name.casefold() for e in table.entries.values() for name in (*e.zh, *e.en)]

    assert len(names) == len(set(names)) or {n for n in names if names.count(n) > 1} <= {
        "cpi",
        "ppi",
        "pmi",
        "gdp",
        "m1",
        "m2",
        "pm2.5",
    }


def test_a_table_of_ones_own_is_read_too(tmp_path):
    path = tmp_path / "tea.yaml"
    path.write_text(_OWN, encoding="utf-8")
    table = read_indicators([path])

    (found,) = extract(mend(["2024年，全县龙井产量512吨。"]), table).proposals

    assert (found.indicator, found.topic) == ("tea_output", "tea")


def test_an_unknown_topic_is_told_with_its_line(tmp_path):
    path = tmp_path / "tea.yaml"
    path.write_text(_OWN.replace("topic: tea,", "topic: tee,"), encoding="utf-8")

    with pytest.raises(DataError) as error:
        read_indicators([path])

    assert error.value.message == 'there is no topic "tee"'
    assert error.value.where.line == 4
    assert error.value.hint == 'did you mean "tea"?'
