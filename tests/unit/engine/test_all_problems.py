"""All problems of a render at once: unknown names, and filters with what they were given."""

from __future__ import annotations

import pytest

from generator import compile_template
from generator.errors import ExpressionError, UndefinedNameError
from tests.support.packages import docx_bytes

DATA = {"amount": "abc", "rows": [{"n": "x"}, {"n": "y"}], "rate": 0}


def problems_of(*paragraphs: str) -> ExpressionError | UndefinedNameError:
    template = compile_template(docx_bytes(*paragraphs), name="letter.docx")
    with pytest.raises((ExpressionError, UndefinedNameError)) as caught:
        template.render(DATA)
    return caught.value


def test_a_failing_filter_is_told_with_its_argument() -> None:
    error = problems_of("Total {{ amount | round(2) }}")

    (problem,) = error.problems
    assert type(error) is ExpressionError
    assert problem.message == (
        '"{{ amount | round(2) }}" fails at the filter "round", given "abc": '
        "type str doesn't define __round__ method"
    )
    assert str(problem.where) == "letter.docx, paragraph 1"
    assert problem.hint == "the value has another type than the tag needs"


def test_failing_filters_and_unknown_names_are_told_together() -> None:
    error = problems_of("{{ amount | round }}", "{{ amuont }}", "{{ rate | join }}")

    assert [str(p.where) for p in error.problems] == [
        "letter.docx, paragraph 1", "letter.docx, paragraph 2", "letter.docx, paragraph 3",
    ]  # fmt: skip
    assert error.problems[1].hint == 'did you mean "amount"?'
    assert "given 0: " in error.problems[2].message


def test_a_filter_that_fails_in_each_turn_is_told_once() -> None:
    error = problems_of("{% for row in rows %}{{ row.n | round }}{% endfor %}")

    assert len(error.problems) == 1
    assert 'given "x"' in error.problems[0].message


def test_what_stopped_the_render_is_told_before_what_was_found_besides() -> None:
    error = problems_of("{{ nme }} {{ amount | round }} {{ 1 / rate }}", "{{ later }}")

    told = [problem.message for problem in error.problems]
    assert any('no name "nme"' in message for message in told)
    assert any('filter "round"' in message for message in told)


def test_names_alone_keep_their_own_error() -> None:
    error = problems_of(
        "{{ nme | upper }}", "{{ amount | default('x') }} {{ other | default('x') }}"
    )

    assert type(error) is UndefinedNameError
    assert [problem.message for problem in error.problems] == ['no name "nme" in this report']
