"""The list of what templates can use."""

from __future__ import annotations

import pytest

from generator.build.context import list_facts
from generator.errors import DataError
from tests.support.projects import FACTS, write_project


def test_lists_every_fact_with_both_printed_forms_and_its_line(tmp_path):
    rows = list_facts(write_project(tmp_path))

    first = rows[0]
    assert [row.id for row in rows] == ["growth.gdp", "growth.rate"]
    assert (first.name_zh, first.name_en) == ("地区生产总值", "GDP")
    assert (first.zh, first.en) == ("超2000亿元", "more than RMB\u00a0200\u00a0billion")
    assert first.period == "2024年"
    assert first.source == "data/facts.yaml:11"


def test_fails_as_a_build_would(tmp_path):
    definition = write_project(tmp_path, facts=FACTS.replace("number: 7.3", "number: 7.4"))

    with pytest.raises(DataError) as caught:
        list_facts(definition)

    assert caught.value.message == 'the number 7.4 does not stand in "同比增长7.3%"'
    assert caught.value.where.line == 22
    assert caught.value.hint == "number and written must say the same; mend the one that is wrong"
