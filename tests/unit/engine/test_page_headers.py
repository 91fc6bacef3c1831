"""Headers and footers of sections that repeat."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from PIL import Image

from generator import compile_template
from generator.errors import TemplateError, UndefinedNameError
from tests.support.packages import assert_sound, open_docx, part_names, part_text, saved, texts

CHART = "{{ chart({'categories': ['a'], 'series': [{'name': 's', 'values': [1]}]}) }}"


def template(
    header: str | Callable[[Any], None],
    *,
    loop: str = "{% for x in xs %}",
    end: str = "{% endfor %}",
    footer: str = "",
) -> bytes:
    """Return a document whose first section stands in a loop; the second has a header as well."""
    document = Document()
    document.add_paragraph(loop)
    document.add_paragraph("Body {{ x }}")
    document.add_section(WD_SECTION.NEW_PAGE)
    document.add_paragraph(end)
    document.add_paragraph("Last")
    first, last = document.sections
    for section, text in ((first, header), (last, "Last {{ title }}")):
        section.header.is_linked_to_previous = False
        if callable(text):
            text(section.header)
        else:
            section.header.paragraphs[0].text = text
    if footer:
        first.footer.is_linked_to_previous = False
        first.footer.paragraphs[0].text = footer
        last.footer.is_linked_to_previous = False
    return saved(document)


def render(data: bytes, **context: object) -> Any:
    result = compile_template(data).render({"title": "T", **context})
    assert_sound(result)
    assert "{{" not in "".join(part_text(result, n) for n in part_names(result) if "header" in n)
    return open_docx(result)


def headers(document: Any) -> list[str]:
    return [section.header.paragraphs[0].text for section in document.sections]


def test_each_turn_has_its_own_header_and_footer() -> None:
    document = render(template("{{ x }} of {{ title }}", footer="{{ loop.index }}"), xs=["A", "B<"])

    assert headers(document) == ["A of T", "B< of T", "Last T"]
    assert [s.footer.paragraphs[0].text for s in document.sections] == ["1", "2", ""]


def test_a_header_that_asks_nothing_of_the_loop_is_shared() -> None:
    result = compile_template(template("{{ title }}")).render({"title": "T", "xs": [1, 2]})

    assert headers(open_docx(result)) == ["T", "T", "Last T"]
    assert sum("word/header" in name for name in part_names(result)) == 2


def test_a_loop_without_turns_leaves_no_header_behind() -> None:
    result = compile_template(template("{{ x }}")).render({"title": "T", "xs": []})

    assert_sound(result)
    assert headers(open_docx(result)) == ["Last T"]
    assert sum("word/header" in name for name in part_names(result)) == 1


def test_names_set_in_the_loop_are_seen() -> None:
    data = template("{{ y }}", loop="{% for x in xs %}{% set y = x ~ '!' %}")

    assert headers(render(data, xs=[1, 2])) == ["1!", "2!", "Last T"]


def test_pictures_links_and_charts_of_a_header_belong_to_its_turn() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")

    def fill(header: Any) -> None:
        header.paragraphs[0].add_run().add_picture(picture)
        header.paragraphs[0].add_run(" {{ 'more' | link('https://e.org/' ~ x) }}")
        header.add_paragraph(CHART)

    result = compile_template(template(fill)).render({"title": "T", "xs": ["a", "b"]})

    assert_sound(result)
    names = part_names(result)
    rels = [part_text(result, name) for name in names if name.startswith("word/_rels/header")]
    assert sum("charts/chart" in rel for rel in rels) == 2
    assert sum("/image" in rel for rel in rels) == 2
    assert sum("media/" in name for name in names) == 1
    assert sum("https://e.org/a" in rel for rel in rels) == 1
    assert sum("https://e.org/b" in rel for rel in rels) == 1


@pytest.mark.parametrize("end", ["{% endfor %}", "{%p endfor %}"])
def test_a_section_that_ends_at_the_end_tag_stays_once(end: str) -> None:
    document = Document()
    for text in ("{%p for x in xs %}", "{{ x }}"):
        document.add_paragraph(text)
    document.add_section(WD_SECTION.NEW_PAGE)
    holder = next(
        p for p in document.paragraphs if p._p.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None
    )
    holder.add_run(end)
    document.add_paragraph("last")

    result = render(saved(document), xs=[1, 2])

    assert len(result.sections) == 2
    assert texts(result) == ["1", "2", "", "last"]


def test_a_header_that_another_section_shows_too_is_told_with_its_place() -> None:
    def link_to_first(header: Any) -> None:
        header.paragraphs[0].text = "{{ x }}"

    data = template(link_to_first)
    document = open_docx(data)
    first, last = (section._sectPr for section in document.sections)
    for reference in last.findall(qn("w:headerReference")):
        reference.set(qn("r:id"), first.find(qn("w:headerReference")).get(qn("r:id")))

    with pytest.raises(UndefinedNameError) as caught:
        compile_template(saved(document), name="t").render({"xs": [1], "title": "T"})

    (problem,) = caught.value.problems
    assert str(problem.where) == "t, header 1, paragraph 1"


def test_unknown_names_in_such_headers_have_their_place() -> None:
    with pytest.raises(UndefinedNameError) as caught:
        compile_template(template("{{ x }} {{ nme }}"), name="t").render(
            {"xs": [1, 2], "title": ""}
        )

    assert [str(problem.where) for problem in caught.value.problems] == ["t, header 1, paragraph 1"]


def test_same_bytes_again_and_after_pickling() -> None:
    compiled = compile_template(template("{{ x }}"))
    context = {"xs": [1, 2, 3], "title": "T"}

    first = compiled.render(context)

    assert compiled.render(context) == first
    assert pickle.loads(pickle.dumps(compiled)).render(context) == first


def test_kept_pages_of_a_document_cannot_stand_in_such_a_section() -> None:
    from generator import SubDocument

    data = template("{{ x }}")
    document = open_docx(data)
    body = next(p for p in document.paragraphs if p.text.startswith("Body"))
    body.text = "{{ annexed }}"
    inner = Document()
    inner.add_paragraph("inner")

    with pytest.raises(TemplateError, match="no page can begin here"):
        compile_template(saved(document)).render({
            "xs": [1], "title": "T",
            "annexed": SubDocument.read(saved(inner), "a.docx", keep_sections=True),
        })  # fmt: skip


def test_a_header_of_a_page_of_its_own_kind_repeats_too() -> None:
    document = open_docx(template("{{ x }}"))
    first = document.sections[0]
    first.different_first_page_header_footer = True
    first.first_page_header.paragraphs[0].text = "First {{ x }}"

    result = render(saved(document), xs=["A", "B"])

    shown = [s.first_page_header.paragraphs[0].text for s in result.sections]
    assert shown[:2] == ["First A", "First B"]


def test_bookmarks_of_such_headers_are_told_apart() -> None:
    def fill(header: Any) -> None:
        w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        paragraph = header.paragraphs[0]
        paragraph.text = "{{ x }}"
        paragraph._p.append(parse_xml(f'<w:bookmarkStart {w} w:id="7" w:name="mark"/>'))
        paragraph._p.append(parse_xml(f'<w:bookmarkEnd {w} w:id="7"/>'))

    result = compile_template(template(fill)).render({"xs": [1, 2], "title": "T"})

    found = [n for n in part_names(result) if "word/header" in n]
    marks = [t for n in found for t in part_text(result, n).split() if t.startswith("w:name=")]
    assert len(marks) == len(set(marks)) == 2
