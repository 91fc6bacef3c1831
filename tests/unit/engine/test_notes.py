"""Footnotes, endnotes and comments: written once a turn, and made by ``footnote(...)``."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml import parse_xml

from generator.build.templates import compile_template
from generator.errors import TemplateError
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES
from tests.support.packages import assert_sound, docx_bytes, part_xml, with_parts

W = f"{{{NAMESPACES['w']}}}"
_NS = f'xmlns:w="{NAMESPACES["w"]}" xmlns:r="{NAMESPACES["r"]}"'
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def _with_notes(document: bytes, kind: str, texts: dict[int, str]) -> bytes:
    note = kind[:-1]
    marks = "".join(
        f'<w:{note} w:type="{sign}" w:id="{number}"><w:p><w:r><w:{sign}/></w:r></w:p></w:{note}>'
        for sign, number in (("separator", -1), ("continuationSeparator", 0))
    )
    notes = "".join(
        f'<w:{note} w:id="{number}"><w:p><w:r><w:{note}Ref/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:{note}>'
        for number, text in texts.items()
    )
    xml = f"<w:{kind} {_NS}>{marks}{notes}</w:{kind}>"
    part = (f"word/{kind}.xml", f"{_TYPE}{kind}+xml", RELATIONSHIP_TYPES[kind], xml)
    return with_parts(document, part)


def _reference(paragraph: object, kind: str, number: int) -> None:
    run = f'<w:r {_NS}><w:{kind[:-1]}Reference w:id="{number}"/></w:r>'
    paragraph._p.append(parse_xml(run))  # type: ignore[attr-defined]


def _note_texts(result: bytes, kind: str) -> dict[str, str]:
    root = part_xml(result, f"word/{kind}.xml")
    return {
        note.get(f"{W}id"): "".join(t.text or "" for t in note.iter(f"{W}t")).strip()
        for note in root
        if note.get(f"{W}type") is None
    }


def _referred(result: bytes, kind: str) -> list[str]:
    root = part_xml(result, "word/document.xml")
    return [element.get(f"{W}id") for element in root.iter(f"{W}{kind[:-1]}Reference")]


@pytest.mark.parametrize("kind", ["footnotes", "endnotes"])
def test_a_note_in_a_loop_is_written_for_each_turn_with_its_values(kind: str) -> None:
    def edit(document: DocxDocument) -> None:
        _reference(document.paragraphs[1], kind, 2)
        _reference(document.paragraphs[3], kind, 3)

    template = _with_notes(
        docx_bytes(
            "{% for x in rows %}", "Row {{ x.name }}", "{% endfor %}", "End {{ title }}", edit=edit
        ),
        kind,
        {2: "Source: {{ x.source }}", 3: "About {{ title }} & more".replace("&", "&amp;")},
    )
    rows = [{"name": "a", "source": "R&D <1>"}, {"name": "b", "source": "second"}]
    result = compile_template(template).render({"rows": rows, "title": "T"})
    assert_sound(result)
    texts, referred = _note_texts(result, kind), _referred(result, kind)
    assert [texts[number] for number in referred] == [
        "Source: R&D <1>", "Source: second", "About T & more",
    ]  # fmt: skip
    assert len(texts) == len(set(referred)) == 3


def test_a_note_without_turns_leaves_no_note_behind() -> None:
    template = _with_notes(
        docx_bytes(
            "{% for x in rows %}", "Row {{ x }}", "{% endfor %}", "End",
            edit=lambda document: _reference(document.paragraphs[1], "footnotes", 1),
        ),
        "footnotes",
        {1: "Source of {{ x }}"},
    )  # fmt: skip
    result = compile_template(template).render({"rows": []})
    assert _note_texts(result, "footnotes") == {}
    assert _referred(result, "footnotes") == []


def test_a_note_of_a_template_without_loops_keeps_its_id() -> None:
    template = _with_notes(
        docx_bytes("A {{ x }}", edit=lambda d: _reference(d.paragraphs[0], "footnotes", 7)),
        "footnotes",
        {7: "Note {{ x }}"},
    )
    result = compile_template(template).render({"x": "1"})
    assert _note_texts(result, "footnotes") == {"7": "Note 1"}


def test_comments_in_a_loop_get_copies_with_their_ranges() -> None:
    document = Document()
    document.add_paragraph("{% for x in rows %}")
    run = document.add_paragraph().add_run("Row {{ x }}")
    document.add_comment(run, text="Check {{ x }}", author="A", initials="A")
    document.add_paragraph("{% endfor %}")
    buffer = io.BytesIO()
    document.save(buffer)
    result = compile_template(buffer.getvalue()).render({"rows": ["1", "2"]})
    assert_sound(result)
    comments = Document(io.BytesIO(result)).comments
    assert sorted(comment.text for comment in comments) == ["Check 1", "Check 2"]
    root = part_xml(result, "word/document.xml")
    starts = [e.get(f"{W}id") for e in root.iter(f"{W}commentRangeStart")]
    ends = [e.get(f"{W}id") for e in root.iter(f"{W}commentRangeEnd")]
    assert starts == ends == _referred(result, "comments")
    assert len(set(starts)) == 2


def test_footnote_function_makes_the_part_and_numbers_on() -> None:
    template = docx_bytes(
        "{% for x in rows %}", "Figure {{ x }}{{ footnote('Source: ' ~ x) }} went up.",
        "{% endfor %}",
    )  # fmt: skip
    result = compile_template(template).render({"rows": ["A&B", "<c>"]})
    assert_sound(result)
    assert _note_texts(result, "footnotes") == {"1": "Source: A&B", "2": "Source: <c>"}
    assert _referred(result, "footnotes") == ["1", "2"]
    assert [p.text for p in Document(io.BytesIO(result)).paragraphs] == [
        "Figure A&B went up.", "Figure <c> went up.",
    ]  # fmt: skip


def test_footnotes_with_links_keep_the_link_in_their_own_part() -> None:
    template = docx_bytes("A{{ footnote('site' | link('https://example.org/a?b&c')) }}")
    result = compile_template(template).render({})
    assert_sound(result)
    rels = part_xml(result, "word/_rels/footnotes.xml.rels")
    assert [rel.get("Target") for rel in rels] == ["https://example.org/a?b&c"]


def test_footnotes_are_refused_where_office_has_none() -> None:
    def header(document: DocxDocument) -> None:
        document.sections[0].header.paragraphs[0].text = "H {{ footnote('x') }}"

    with pytest.raises(TemplateError, match="none can stand here"):
        compile_template(docx_bytes("text", edit=header)).render({})
