"""Active content of templates: dropped, told, and the rest of the document as it was."""

from __future__ import annotations

import pytest
from docx.oxml import parse_xml
from pptx.presentation import Presentation as PptxPresentation
from pptx.util import Cm

from generator.build.templates import compile_template
from generator.errors import ReportError
from generator.office.names import NAMESPACES
from tests.support.packages import (
    assert_sound,
    docx_bytes,
    edit_part,
    open_docx,
    part_names,
    part_text,
    pptx_bytes,
    with_part,
)

_W = f'xmlns:w="{NAMESPACES["w"]}" xmlns:r="{NAMESPACES["r"]}"'
_TYPES = NAMESPACES["r"] + "/"


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _code(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'


def _text(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def _field(*codes: str, shown: str = "last text") -> str:
    inside = "".join(code if code.startswith("<") else _code(code) for code in codes)
    return _mark("begin") + inside + _mark("separate") + _text(shown) + _mark("end")


def _document(inside: str) -> bytes:
    paragraph = f"<w:p {_W}>{_text('before {{ x }} ')}{inside}{_text(' after')}</w:p>"
    return docx_bytes("end", edit=lambda d: d.element.body.insert(0, parse_xml(paragraph)))


def _rendered(template: bytes, **context: object) -> tuple[bytes, list[str]]:
    compiled = compile_template(template)
    result = compiled.render({"x": "1", **context})
    assert_sound(result)
    return result, [problem.message for problem in compiled.warnings]


@pytest.mark.parametrize(
    ("field", "word"),
    [
        (_field(' DDEAUTO c:\\\\cmd.exe "/k calc" '), "DDEAUTO"),
        (_field(" DDE", "AUTO cmd "), "DDEAUTO"),
        (_field(" ddeauto cmd"), "DDEAUTO"),
        (_field(' INCLUDETEXT "https://example.org/x.docx" '), "INCLUDETEXT"),
        (_field(' INCLUDEPICTURE "https://example.org/x.png" \\d '), "INCLUDEPICTURE"),
        (_field(" MACROBUTTON Run Click"), "MACROBUTTON"),
        (_field(_field(" QUOTE 68 68 69 ", shown="DDE"), " cmd "), "(computed)"),
        (_field(" DD", _field(" QUOTE E ", shown="E"), " cmd "), "(computed)"),
        (_field(" {{ x }} cmd "), "{{"),
        (
            f'<w:fldSimple w:instr=" LINK Excel.Sheet c:\\a.xlsx ">{_text("last text")}'
            "</w:fldSimple>",
            "LINK",
        ),
    ],
)
def test_a_field_that_runs_or_fetches_becomes_its_last_text(field: str, word: str) -> None:
    result, warnings = _rendered(_document(field))
    assert warnings == [f"a field {word} was turned into its last text"]
    assert open_docx(result).paragraphs[0].text == "before 1 last text after"
    xml = part_text(result, "word/document.xml")
    assert "fldChar" not in xml
    assert "fldSimple" not in xml
    assert "cmd" not in xml


@pytest.mark.parametrize("code", [" PAGE ", ' TOC \\o "1-3" ', " REF b ", " = 1 + 2 ", " DATE "])
def test_fields_that_arrange_a_document_stay(code: str) -> None:
    template = _document(_field(code))
    result, warnings = _rendered(template)
    assert warnings == []
    assert part_text(result, "word/document.xml").count("<w:fldChar") == 3


def test_a_field_that_is_never_closed_is_dropped_too() -> None:
    result, warnings = _rendered(_document(_mark("begin") + _code(" DDEAUTO cmd ")))
    assert len(warnings) == 1
    assert "cmd" not in part_text(result, "word/document.xml")


def _outside(kind: str, target: str, template: bytes) -> bytes:
    rel = f'<Relationship Id="rIdX" Type="{_TYPES}{kind}" Target="{target}" TargetMode="External"/>'
    return edit_part(
        template, "word/_rels/document.xml.rels", "</Relationships>", rel + "</Relationships>"
    )


def test_an_attached_template_is_dropped_with_its_element() -> None:
    template = edit_part(
        docx_bytes("{{ x }}"), "word/settings.xml", "<w:zoom",
        '<w:attachedTemplate r:id="rId1" xmlns:r="' + NAMESPACES["r"] + '"/><w:zoom',
    )  # fmt: skip
    template = with_part(
        template, "word/_rels/settings.xml.rels",
        f'<Relationships xmlns="{NAMESPACES["pr"]}"><Relationship Id="rId1" '
        f'Type="{_TYPES}attachedTemplate" Target="https://example.org/evil.dotm" '
        'TargetMode="External"/></Relationships>',
    )  # fmt: skip
    result, warnings = _rendered(template)
    assert warnings == [
        "the path of the template it was attached to was dropped: https://example.org/evil.dotm"
    ]
    assert "attachedTemplate" not in part_text(result, "word/settings.xml")
    assert "evil" not in "".join(part_text(result, n) for n in part_names(result) if "rels" in n)


@pytest.mark.parametrize("target", ["file:///c:/a.exe", "\\\\server\\share", "javascript:alert(1)"])
def test_links_to_files_and_programs_become_plain_text(target: str) -> None:
    template = _outside(
        "hyperlink", target, _document(f'<w:hyperlink r:id="rIdX">{_text("link")}</w:hyperlink>')
    )
    result, warnings = _rendered(template)
    assert len(warnings) == 1
    assert open_docx(result).paragraphs[0].text == "before 1 link after"
    assert target not in part_text(result, "word/_rels/document.xml.rels")


@pytest.mark.parametrize("target", ["https://example.org/", "mailto:a@example.org", "#here"])
def test_links_to_the_web_stay(target: str) -> None:
    template = _outside(
        "hyperlink", target, _document(f'<w:hyperlink r:id="rIdX">{_text("link")}</w:hyperlink>')
    )
    result, warnings = _rendered(template)
    assert warnings == []
    assert target in part_text(result, "word/_rels/document.xml.rels")


def test_linked_text_and_objects_are_dropped() -> None:
    template = _outside("aFChunk", "https://example.org/x.html", docx_bytes("{{ x }}"))
    template = edit_part(
        template, "word/document.xml", "<w:sectPr",
        f'<w:altChunk {_W} r:id="rIdX"/><w:sectPr',
    )  # fmt: skip
    result, warnings = _rendered(template)
    assert warnings == ["a linked piece of text was dropped: https://example.org/x.html"]
    assert "altChunk" not in part_text(result, "word/document.xml")


def test_macros_are_dropped_with_their_part() -> None:
    template = with_part(docx_bytes("{{ x }}"), "word/vbaProject.bin", b"macro")
    rel = (
        '<Relationship Id="rIdM" Target="vbaProject.bin" '
        'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"/>'
    )
    template = edit_part(
        template, "word/_rels/document.xml.rels", "</Relationships>", rel + "</Relationships>"
    )
    template = edit_part(
        template, "[Content_Types].xml", "</Types>",
        '<Override PartName="/word/vbaProject.bin" '
        'ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    )  # fmt: skip
    result, warnings = _rendered(template)
    assert warnings == ['the macros in "word/vbaProject.bin" were dropped']
    assert "word/vbaProject.bin" not in part_names(result)


def test_actions_of_slides_that_start_programs_are_dropped() -> None:
    def edit(presentation: PptxPresentation) -> None:
        box = presentation.slides[0].shapes.add_textbox(Cm(1), Cm(1), Cm(4), Cm(2))
        properties = box._element.nvSpPr.cNvPr
        properties.append(
            parse_xml(
                f'<a:hlinkClick xmlns:a="{NAMESPACES["a"]}" xmlns:r="{NAMESPACES["r"]}" r:id="" '
                'action="ppaction://program"/>'
            )
        )

    result, warnings = _rendered(pptx_bytes(["T {{ x }}"], edit=edit))
    assert warnings == ["an action that starts a program or macro was dropped"]
    assert "ppaction" not in part_text(result, "ppt/slides/slide1.xml")


def test_addresses_from_data_in_a_link_field_are_checked() -> None:
    template = compile_template(_document(_field(' HYPERLINK "{{ url }}" ')))
    result = template.render({"x": "", "url": "https://example.org/?a&b"})
    assert_sound(result)
    with pytest.raises(ReportError, match="no address for a link"):
        template.render({"x": "", "url": "file:///etc/passwd"})


def test_a_harmless_template_is_not_touched() -> None:
    data = docx_bytes("{{ x }}")
    assert compile_template(data).warnings == ()
