"""Numbered lists in loops: they count on, or begin anew with ``restart_list``."""

from __future__ import annotations

import io

from docx import Document
from docx.document import Document as DocxDocument

from generator.build.templates import compile_template
from generator.office.names import NAMESPACES
from tests.support.packages import assert_sound, docx_bytes, part_xml

W = f"{{{NAMESPACES['w']}}}"


def _numbered(document: DocxDocument) -> None:
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("{{ item"):
            paragraph.style = document.styles["List Number"]


def _lists(result: bytes) -> list[tuple[str, str | None]]:
    """Return (text, list id of its own) of the list paragraphs."""
    root = part_xml(result, "word/document.xml")
    found = []
    for paragraph in root.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") == "ListNumber":
            own = paragraph.find(f"{W}pPr/{W}numPr/{W}numId")
            text = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
            found.append((text, None if own is None else own.get(f"{W}val")))
    return found


SECTIONS = [{"name": "A", "items": ["a1", "a2"]}, {"name": "B", "items": ["b1", "b2"]}]


def _template(loop: str) -> bytes:
    return docx_bytes(
        "{% for s in sections %}", "{{ s.name }}", loop, "{{ item }}", "{% endfor %}",
        "{% endfor %}", edit=_numbered,
    )  # fmt: skip


def test_lists_count_on_without_the_filter() -> None:
    result = compile_template(_template("{% for item in s['items'] %}")).render(
        {"sections": SECTIONS}
    )
    assert {own for _, own in _lists(result)} == {None}


def test_restart_list_gives_each_run_of_the_loop_a_list_of_its_own() -> None:
    template = compile_template(_template("{% for item in s['items'] | restart_list %}"))
    result = template.render({"sections": SECTIONS})
    assert_sound(result)
    (_, a1), (_, a2), (_, b1), (_, b2) = _lists(result)
    assert a1 == a2 != b1 == b2
    numbering = part_xml(result, "word/numbering.xml")
    lists = {num.get(f"{W}numId"): num for num in numbering.iter(f"{W}num")}
    for own in (a1, b1):
        assert [s.get(f"{W}val") for s in lists[own].iter(f"{W}startOverride")][:1] == ["1"]
    definitions = {lists[own].find(f"{W}abstractNumId").get(f"{W}val") for own in (a1, b1)}
    assert len(definitions) == 1
    assert [p.text for p in Document(io.BytesIO(result)).paragraphs] == [
        "A", "a1", "a2", "B", "b1", "b2",
    ]  # fmt: skip


def test_an_empty_loop_adds_no_list() -> None:
    template = compile_template(_template("{% for item in s['items'] | restart_list %}"))
    plain = docx_bytes("x")
    result = template.render({"sections": [{"name": "A", "items": []}]})
    before = part_xml(plain, "word/numbering.xml")
    assert len(list(part_xml(result, "word/numbering.xml"))) == len(list(before))


def test_each_sound_render_starts_from_the_template() -> None:
    template = compile_template(_template("{% for item in s['items'] | restart_list %}"))
    assert template.render({"sections": SECTIONS}) == template.render({"sections": SECTIONS})
