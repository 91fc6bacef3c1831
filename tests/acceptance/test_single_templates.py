"""One template and a context, without a report definition."""

from __future__ import annotations

import pytest

import generator
from generator.errors import OutputError, TemplateNotFoundError, UndefinedNameError
from tests.support.packages import docx_bytes, open_docx, texts


@pytest.fixture
def template(tmp_path):
    """A template on disk that greets someone."""
    path = tmp_path / "letter.docx"
    path.write_bytes(docx_bytes("Dear {{ name }},"))
    return path


def test_renders_a_file_in_one_call(template, tmp_path):
    result = generator.render_template(template, {"name": "R&D <王>"}, tmp_path / "a" / "out.docx")

    assert texts(open_docx(result.read_bytes())) == ["Dear R&D <王>,"]


def test_compiles_once_and_renders_many_times(template):
    compiled = generator.compile_template(template)

    assert compiled.variables() == ("name",)
    assert [texts(open_docx(compiled.render({"name": n}))) for n in "ab"] == [
        ["Dear a,"],
        ["Dear b,"],
    ]


def test_leaves_the_earlier_file_when_the_data_are_wrong(template, tmp_path):
    output = tmp_path / "out.docx"
    output.write_bytes(b"earlier")

    with pytest.raises(UndefinedNameError):
        generator.render_template(template, {"nam": 1}, output)

    assert output.read_bytes() == b"earlier"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["letter.docx", "out.docx"]


def test_refuses_an_output_of_another_format(template, tmp_path):
    with pytest.raises(OutputError) as caught:
        generator.render_template(template, {"name": "x"}, tmp_path / "out.pptx")

    assert caught.value.message == "a template for .docx cannot give this file"
    assert caught.value.hint == "let its name end in .docx"


def test_names_the_nearest_template(template):
    with pytest.raises(TemplateNotFoundError) as caught:
        generator.compile_template(template.with_name("leter.docx"))

    assert caught.value.hint == 'did you mean "letter.docx"?'
