"""Walking through a draft: what each answer does to its text."""

from __future__ import annotations

import pytest

from generator.errors import DataError
from generator.extraction.drafting import draft_of
from generator.extraction.indicators import shipped_indicators
from generator.extraction.review import Session, told
from generator.sources.facts import read_facts
from tests.unit.extraction.helpers import read

_ARTICLE = (
    "2024年，全市地区生产总值500亿元，同比增长6.1%。企业发布40个大模型，其中11个大模型已备案。"
)


@pytest.fixture
def session():
    """The review of a draft with four facts."""
    draft = draft_of(read(_ARTICLE), shipped_indicators(), "a.txt")
    return Session(draft.text.encode(), "draft.yaml")


def _ids(session):
    return [fact.id for fact in session.pending]


def test_accepting_all_makes_a_data_file(session, tmp_path):
    while session.pending:
        assert session.accept(session.pending[0], {}) is None
    path = tmp_path / "facts.yaml"
    path.write_text(session.text.text, encoding="utf-8")

    book = read_facts([path])

    assert len(book) == 4
    assert str(book["growth.gdp"].number) == "500"
    assert (session.tally.accepted, session.tally.left) == (4, 0)


def test_what_waits_stops_a_report(session, tmp_path):
    session.accept(session.pending[0], {})
    path = tmp_path / "facts.yaml"
    path.write_text(session.text.text, encoding="utf-8")

    with pytest.raises(DataError) as error:
        read_facts([path], tmp_path)

    first = error.value.problems[0]
    assert first.message == 'the fact "growth.gdp_growth" is not reviewed'
    assert (first.where.file, first.where.line is not None) == ("facts.yaml", True)
    assert "extract --review facts.yaml" in first.hint
    assert len(error.value.problems) == 3


def test_changes_are_written_and_checked(session):
    fact = session.pending[0]

    assert "does not stand in" in session.accept(fact, {"number": "600"})
    assert session.accept(fact, {"en": "GRP", "id": "grp", "period": "2024"}) is None
    assert "en: GRP" in session.text.text
    assert "      grp:" in session.text.text
    assert session.tally.edited == 1


def test_an_unknown_unit_is_refused(session):
    _, problem = session.changed(session.pending[0], {"unit": "光年"})

    assert problem.startswith('"光年" is no known unit')


def test_skipping_keeps_the_phrase_and_drops_what_pointed_at_it(session):
    number = _ids(session).index("digital.ai_models")
    whole = session.pending[number]

    session.skip(whole)

    assert "digital.ai_models" not in _ids(session)
    assert "part_of" not in session.text.text
    assert session.content.unread[-1].why == "skipped in the review"


def test_skipping_all_leaves_a_data_file_without_facts(session):
    while session.pending:
        session.skip(session.pending[0])

    assert session.content.groups == {}
    assert len(session.content.unread) == 4


def test_back_brings_the_last_fact_back_as_it_was(session):
    before = session.text.text
    session.accept(session.pending[0], {"en": "GRP"})

    assert session.back()
    assert session.text.text == before
    assert session.tally.left == 4
    assert not session.back()


def test_shows_the_figure_in_its_sentence(session):
    fact = session.pending[0]

    lines = told(fact, {}, fact.fields, 1, 4, lambda text: f"[{text}]")

    assert lines[0] == "1 of 4  growth.gdp  (confidence 93 %)"
    assert "地区生产总值[500亿元]，" in lines[1]
