"""Templates and contexts of docxtpl give here what docxtpl gives; docxtpl itself is the measure.

The templates are those of docxtpl's own tests. They lie beside the project and are no part of it.
Run this file as a program to write the table in docs/docxtpl.md anew.
"""

from __future__ import annotations

import re
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import generator.docxtpl as ours
from generator.errors import BlockMismatchError, ReportError
from tests.support.docxtpl_cases import CASES, TEMPLATES, Case, Reading, path, read, result_of
from tests.support.packages import assert_sound

PAGE = Path(__file__).resolve().parents[2] / "docs" / "docxtpl.md"
ASPECTS = tuple(field.name for field in fields(Reading))
pytestmark = pytest.mark.skipif(
    not TEMPLATES.is_dir(), reason="the folder with docxtpl's templates is not beside the project"
)


def differing(case: Case) -> set[str]:
    """Return the aspects in which the two results differ."""
    import docxtpl

    theirs, mine = read(result_of(docxtpl, case)), read(result_of(ours, case))
    return {name for name in ASPECTS if getattr(theirs, name) != getattr(mine, name)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_gives_what_docxtpl_gives(case: Case) -> None:
    found = differing(case)
    assert found <= case.ignores
    assert not case.ignores or case.note


def fault(data: bytes) -> str | None:
    """Return what is unsound about a document, if anything is."""
    try:
        assert_sound(data)
    except AssertionError as error:
        return str(error).partition("\n")[0]
    return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.template)
def test_the_result_is_as_sound_as_its_template(case: Case) -> None:
    before = fault(Path(path(case.template)).read_bytes())
    assert fault(result_of(ours, case)) in (None, before)


def test_the_one_wrong_template_is_told_with_its_place() -> None:
    with pytest.raises(BlockMismatchError, match="closes a block that was not opened") as caught:
        ours.DocxTemplate(path("template_error_tpl.docx")).render({"test_variable": 1})
    assert caught.value.problems[0].where.steps[0].startswith("paragraph")


def test_a_template_is_rendered_many_times() -> None:
    template = ours.DocxTemplate(path("multi_rendering_tpl.docx"))
    for number in range(3):
        template.render({"title": f"Title {number}", "body": "b"})
        assert f"Title {number}" in [p.text for p in template.docx.paragraphs]


def test_undeclared_names_are_those_that_docxtpl_names() -> None:
    import docxtpl

    name = path("get_undeclared_variables.docx")
    theirs, mine = docxtpl.DocxTemplate(name), ours.DocxTemplate(name)
    assert mine.get_undeclared_template_variables() == theirs.get_undeclared_template_variables()
    given = {"name": "x", "age": 1}
    assert mine.get_undeclared_template_variables(
        context=given
    ) == theirs.get_undeclared_template_variables(context=given)


def test_a_misspelt_name_is_an_error_or_blank_as_wanted() -> None:
    name = path("multi_rendering_tpl.docx")
    with pytest.raises(ReportError, match='no name "body"'):
        ours.DocxTemplate(name).render({"title": "T"})
    blank = ours.DocxTemplate(name, undefined="blank")
    blank.render({"title": "T"})
    assert "T" in [p.text for p in blank.docx.paragraphs]


def table() -> str:
    """Return the table of the documentation."""
    lines = ["| template | result |", "| --- | --- |"]
    for case in CASES:
        found = differing(case)
        shown = f"differs in {', '.join(sorted(found))}: {case.note}" if found else "the same"
        lines.append(f"| {case.template} | {shown} |")
    lines.append("| template_error_tpl.docx | refused by both; here with the paragraph |")
    return "\n".join(lines)


def test_the_documentation_has_the_table_as_it_is() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    new = re.sub(
        r"\| template \| result \|.*?(?=\n\n|\Z)", lambda _: table(), text, flags=re.DOTALL
    )
    PAGE.write_text(new, encoding="utf-8")
    sys.exit(0)
