"""All problems of a render at once: unknown names, and filters with what they were given."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from generator import compile_template
from generator.docxtpl import DocxTemplate
from generator.errors import ExpressionError, ReportError, TemplateError, UndefinedNameError
from tests.support.packages import docx_bytes, pptx_bytes

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


def told(error: ReportError) -> list[str]:
    return [problem.message for problem in error.problems]


def test_an_operation_that_fails_hides_nothing_behind_it() -> None:
    error = problems_of(
        "{{ 1 / rate }}", "{% if 1 / rate > 2 %}{{ nme }}{% endif %}", "{{ later }}"
    )

    assert told(error) == [
        '"{{ 1 / rate }}" fails: division by zero',
        '"{% if 1 / rate > 2 %}" fails: division by zero',
        'no name "later" in this report',
    ]


def test_what_stands_in_a_block_over_an_unknown_name_is_told_too() -> None:
    error = problems_of(
        "{% for r in rws %}{{ r.n }} {{ nme }}{% endfor %}", "{% if vp %}{{ q }}{% endif %}"
    )

    assert [p.message.split('"')[1] for p in error.problems] == ["rws", "nme", "vp", "q"]


def test_a_filter_behind_an_unknown_name_is_not_blamed() -> None:
    error = problems_of("{{ nme | upper | round }}", "{{ amount | round | upper | join }}")

    assert told(error)[0] == 'no name "nme" in this report'
    assert len(error.problems) == 2


def test_drawings_in_wrong_places_are_told_with_unknown_names() -> None:
    chart = "{{ chart({'categories': ['a'], 'series': [{'name': 's', 'values': [1]}]}) }}"

    def edit(document: Any) -> None:
        document.core_properties.title = chart
        document.core_properties.subject = "{{ markdown('# a') }}"
        document.sections[0].header.paragraphs[0].text = "a{{ footnote('x') }}"

    template = compile_template(docx_bytes("{{ nme }}", edit=edit), name="letter.docx")
    with pytest.raises(TemplateError) as caught:
        template.render(DATA)

    assert [(p.code, str(p.where)) for p in caught.value.problems] == [
        ("undefined-name", "letter.docx, paragraph 1"),
        ("template", "letter.docx, document properties"),
        ("template", "letter.docx, document properties"),
        ("template", "letter.docx, header 1, paragraph 1"),
    ]


def test_blank_names_stay_blank_when_something_else_fails() -> None:
    template = compile_template(
        docx_bytes("{{ nme }} {{ rws[0] }}", "{{ amount | round }}"),
        name="l.docx",
        undefined="blank",
    )
    with pytest.raises(ExpressionError) as caught:
        template.render(DATA)

    assert not any('"nme"' in message for message in told(caught.value))
    assert 'fails at the filter "round"' in told(caught.value)[-1]


class TestWrongTagsAndWrongNames:
    """A template with wrong tags is tried without these."""

    def problems(self, template: bytes, **data: object) -> list[tuple[str, str]]:
        with pytest.raises(TemplateError) as caught:
            compile_template(template, name="t")
        assert all(p.code != "undefined-name" for p in caught.value.problems)
        error = caught.value.with_data([{**DATA, **data}])
        assert type(error) is type(caught.value)
        return [(problem.code, str(problem.where)) for problem in error.problems]

    def test_both_are_told_at_once(self) -> None:
        template = docx_bytes(
            "{{ a + }}", "{{ amuont }}", [["{{ amount | round }}", "{{ x | nofilter }}"]]
        )

        assert self.problems(template) == [
            ("tag-syntax", "t, paragraph 1"), ("tag-syntax", "t, table 1, row 1, column 2"),
            ("undefined-name", "t, paragraph 2"), ("expression", "t, table 1, row 1, column 1"),
        ]  # fmt: skip

    def test_in_a_deck_as_well(self) -> None:
        template = pptx_bytes(["{{ a + }}"], ["T", "{{ amuont }}"])

        assert self.problems(template) == [
            ("tag-syntax", 't, slide 1, shape "Title 1"'),
            ("undefined-name", 't, slide 2, shape "TextBox 2"'),
        ]

    @pytest.mark.parametrize("opener", [
        "{% for item in rows %}", "{% set item = rows[0 %}", "{% macro item(item) %}",
        "{% if item is defined %}", "{% with item = 2 %}", "{% for item rows %}",
    ])  # fmt: skip
    def test_nothing_is_told_of_names_that_a_wrong_tag_gives(self, opener: str) -> None:
        template = docx_bytes(opener, "{{ item }} {{ item.n | round }}", "{{ amuont }}")

        found = self.problems(template)

        assert [
            place for code, place in found if code != "block-mismatch" and code != "tag-syntax"
        ] == ["t, paragraph 3"]

    def test_whole_blocks_beside_a_wrong_one_are_tried(self) -> None:
        template = docx_bytes(
            "{% for row in rows %}", "{{ row.n }} {{ row.m }}", "{% endfor %}", "{% endif %}",
            [["{% for q in rows %}{{ q.n }}"]], "{{ nme }}",
        )  # fmt: skip

        assert self.problems(template) == [
            ("block-mismatch", "t, paragraph 4"), ("block-mismatch", "t, table 1, row 1, column 1"),
            ("undefined-name", "t, paragraph 2"), ("undefined-name", "t, paragraph 5"),
        ]  # fmt: skip

    def test_the_error_can_be_pickled(self) -> None:
        with pytest.raises(TemplateError) as caught:
            compile_template(docx_bytes("{{ a + }}"))

        assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_docxtpl_templates_tell_both_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.docx"
    path.write_bytes(docx_bytes("{{ a + }}", "{{ amuont }}"))

    with pytest.raises(TemplateError) as caught:
        DocxTemplate(path).render(DATA)

    assert [problem.code for problem in caught.value.problems] == ["tag-syntax", "undefined-name"]


def test_what_is_not_allowed_is_told_once() -> None:
    error = problems_of("{% do rows.append(1) %}", "{{ nme }}")

    assert [problem.code for problem in error.problems] == ["expression", "undefined-name"]
    assert "is not allowed" in error.problems[0].message


@pytest.mark.parametrize(
    ("tag", "hint"),
    [
        ("{% include 'a.docx' %}", "{% macro %} of this template"),
        ("{% from 'a' import b %}", 'document("annex.docx")'),
        ("{% block a %}", "no template to inherit from"),
    ],
)
def test_a_refused_tag_is_told_once_with_what_to_use(tag: str, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(docx_bytes(tag))

    (problem,) = caught.value.problems
    assert problem.message == f'"{tag}" is not allowed in a template'
    assert hint in str(problem.hint)


def test_a_block_left_open_on_a_slide_is_told_how_slides_repeat() -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(pptx_bytes(["{% for x in rows %}"], ["{% endfor %}"]))

    assert "a block over whole slides begins with {%slide for ... %}" in str(caught.value.hint)


def test_the_text_around_a_tag_is_the_part_that_holds_it() -> None:
    text = "word " * 40 + "{{ nme }}" + " more" * 40

    (problem,) = problems_of(text).problems

    assert problem.where is not None
    assert problem.where.text is not None
    assert "{{ nme }}" in problem.where.text
    assert len(problem.where.text) < 80
