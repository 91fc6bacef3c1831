"""Everywhere text lives: a tag is filled in each place that a person can write into."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml import parse_xml
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml as parse_slide_xml
from pptx.presentation import Presentation as PptxPresentation
from pptx.util import Cm

from generator.build.templates import compile_template
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES
from tests.support.packages import (
    assert_sound,
    docx_bytes,
    edit_part,
    open_docx,
    open_pptx,
    part_names,
    part_text,
    pptx_bytes,
    saved,
    with_parts,
)

TAG = "{{ x }}"
VALUE = 'R&D <5> "杭州"'
_W = f'xmlns:w="{NAMESPACES["w"]}" xmlns:r="{NAMESPACES["r"]}"'
_A = f'xmlns:a="{NAMESPACES["a"]}"'
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


def _all_text(data: bytes) -> str:
    """Return the text and the attributes of every part, unescaped."""
    found = []
    for name in part_names(data):
        if name.endswith((".xml", ".rels")):
            root = etree.fromstring(part_text(data, name).encode())
            for element in root.iter():
                found += [element.text or "", *element.attrib.values()]
    return "\n".join(found)


def _body(xml: str) -> bytes:
    """Return a document with this XML as the first element of its body."""
    return docx_bytes("text", edit=lambda d: d.element.body.insert(0, parse_xml(xml)))


def _paragraph(inside: str) -> bytes:
    return _body(f"<w:p {_W}>{inside}</w:p>")


def _text_box() -> bytes:
    box = f"<w:txbxContent><w:p><w:r><w:t>{TAG}</w:t></w:r></w:p></w:txbxContent>"
    return _paragraph(
        '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:90pt;'
        f'height:30pt"><v:textbox>{box}</v:textbox></v:shape></w:pict></w:r>'
    )


def _header(kind: str) -> bytes:
    def edit(document: DocxDocument) -> None:
        getattr(document.sections[0], kind).paragraphs[0].text = TAG

    return docx_bytes("text", edit=edit)


def _note(kind: str) -> bytes:
    note = kind[:-1]
    xml = (
        f'<w:{kind} {_W}><w:{note} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r>'
        f'</w:p></w:{note}><w:{note} w:id="2"><w:p><w:r><w:t>{TAG}</w:t></w:r></w:p>'
        f"</w:{note}></w:{kind}>"
    )
    reference = f'<w:r {_W}><w:{note}Reference w:id="2"/></w:r>'
    document = docx_bytes("text", edit=lambda d: d.paragraphs[0]._p.append(parse_xml(reference)))
    part = (f"word/{kind}.xml", f"{_WORD}{kind}+xml", RELATIONSHIP_TYPES[kind], xml)
    return with_parts(document, part)


def _comment() -> bytes:
    document = Document()
    document.add_comment(document.add_paragraph().add_run("text"), text=TAG, author="A")
    return saved(document)


def _box_of_shapes() -> bytes:
    """Return a document with a text box as Word 2010 writes it, its old form beside it."""
    box = f"<w:txbxContent><w:p><w:r><w:t>{TAG}</w:t></w:r></w:p></w:txbxContent>"
    wps = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    return _paragraph(
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
        f'2006"><mc:Choice Requires="wps"><w:drawing><wp:inline xmlns:wp="{NAMESPACES["wp"]}">'
        '<wp:extent cx="9" cy="9"/><wp:docPr id="1" name="b"/>'
        f'<a:graphic {_A}><a:graphicData uri="{wps}"><wps:wsp xmlns:wps="{wps}"><wps:txbx>{box}'
        "</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        '<mc:Fallback><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox>'
        f"{box}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def _first_header() -> bytes:
    def edit(document: DocxDocument) -> None:
        document.sections[0].different_first_page_header_footer = True
        document.sections[0].first_page_header.paragraphs[0].text = TAG

    return docx_bytes("text", edit=edit)


def _split_field() -> bytes:
    run = '<w:r><w:instrText xml:space="preserve">{}</w:instrText></w:r>'
    return _paragraph(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + run.format(" QUOTE {{")
        + run.format(" x }} ")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _link() -> bytes:
    def edit(document: DocxDocument) -> None:
        address = "https://example.org/?q={{ x | urlencode }}"
        r_id = document.part.relate_to(address, RELATIONSHIP_TYPES["hyperlink"], is_external=True)
        link = (
            f'<w:hyperlink {_W} r:id="{r_id}" w:tooltip="{TAG}"><w:r><w:t>a</w:t></w:r>'
            "</w:hyperlink>"
        )
        document.paragraphs[0]._p.append(parse_xml(link))

    return docx_bytes("text", edit=edit)


def _alt_text() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    document = Document()
    document.add_picture(buffer)
    document.inline_shapes[0]._inline.docPr.set("descr", f"Picture of {TAG}")
    return saved(document)


def _core(document: DocxDocument | PptxPresentation) -> None:
    document.core_properties.title = TAG


def _smart_art(document: bytes) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    relationship = NAMESPACES["r"] + "/diagramData"
    return with_parts(document, ("word/diagrams/data1.xml", kind, relationship, _smart_art_xml()))


def _smart_art_xml() -> str:
    return (
        f'<dgm:dataModel xmlns:dgm="{_DIAGRAM}" {_A}><dgm:ptLst><dgm:pt modelId="1"><dgm:t>'
        f"<a:bodyPr/><a:p><a:r><a:t>{TAG}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst>"
        "<dgm:cxnLst/></dgm:dataModel>"
    )


def _custom_property() -> bytes:
    vt = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    xml = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'custom-properties" xmlns:vt="{vt}"><property fmtid="{{D5CDD505-2E9C-101B-9397-'
        f'08002B2CF9AE}}" pid="2" name="Project"><vt:lpwstr>{TAG}</vt:lpwstr></property>'
        "</Properties>"
    )
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    return with_parts(docx_bytes("text"), ("word/custom.xml", kind, "http://x/custom", xml))


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "body": lambda: docx_bytes(TAG),
    "table": lambda: docx_bytes([["a", TAG]]),
    "text box": _text_box,
    "text box of shapes": _box_of_shapes,
    "header of the first page": _first_header,
    "header": lambda: _header("header"),
    "footer": lambda: _header("footer"),
    "footnote": lambda: _note("footnotes"),
    "endnote": lambda: _note("endnotes"),
    "comment": _comment,
    "content control around paragraphs": lambda: _body(
        f'<w:sdt {_W}><w:sdtPr><w:id w:val="5"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>{TAG}</w:t>'
        "</w:r></w:p></w:sdtContent></w:sdt>"
    ),
    "content control in a line": lambda: _paragraph(
        f'<w:sdt><w:sdtPr><w:id w:val="5"/></w:sdtPr><w:sdtContent><w:r><w:t>{TAG}</w:t></w:r>'
        "</w:sdtContent></w:sdt>"
    ),
    "title of a content control": lambda: _paragraph(
        f'<w:sdt><w:sdtPr><w:alias w:val="{TAG}"/></w:sdtPr><w:sdtContent><w:r><w:t>a</w:t></w:r>'
        "</w:sdtContent></w:sdt>"
    ),
    "simple field": lambda: _paragraph(
        f'<w:fldSimple w:instr=" QUOTE {TAG} "><w:r><w:t>a</w:t></w:r></w:fldSimple>'
    ),
    "field code": lambda: _paragraph(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> QUOTE '
        f'{TAG} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ),
    "tooltip of a link": _link,
    "alternative text": _alt_text,
    "document properties": lambda: docx_bytes("text", edit=_core),
    "custom properties": _custom_property,
    "inserted text": lambda: _paragraph(
        f'<w:ins w:id="9" w:author="A"><w:r><w:t>{TAG}</w:t></w:r></w:ins>'
    ),
    "formula": lambda: _paragraph(
        '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r>'
        f"<m:t>{TAG}</m:t></m:r></m:oMath>"
    ),
    "SmartArt": lambda: _smart_art(docx_bytes("text")),
}


@pytest.mark.parametrize("place", DOCUMENTS)
def test_a_tag_is_filled_in_a_document(place: str) -> None:
    template = DOCUMENTS[place]()
    assert "{{" in _all_text(template)
    compiled = compile_template(template)
    assert compiled.variables() == ("x",)
    result = compiled.render({"x": VALUE})
    assert_sound(result)
    text = _all_text(result)
    assert VALUE in text
    assert "{{" not in text


def _chart(presentation: PptxPresentation) -> None:
    data = CategoryChartData()
    data.categories = ["a"]
    data.add_series("s", (1,))
    shapes = presentation.slides[0].shapes
    frame = shapes.add_chart(XL_CHART_TYPE.PIE, Cm(1), Cm(5), Cm(8), Cm(8), data)
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = f"About {TAG}"


def _group(presentation: PptxPresentation) -> None:
    outer = presentation.slides[0].shapes.add_group_shape()
    inner = outer.shapes.add_group_shape()
    inner.shapes.add_textbox(Cm(1), Cm(1), Cm(4), Cm(2)).text_frame.text = TAG


def _slide_table(presentation: PptxPresentation) -> None:
    shapes = presentation.slides[0].shapes
    shapes.add_table(2, 2, Cm(1), Cm(5), Cm(8), Cm(4)).table.cell(1, 1).text = TAG


def _notes(presentation: PptxPresentation) -> None:
    presentation.slides[0].notes_slide.notes_text_frame.text = TAG


def _layout(presentation: PptxPresentation) -> None:
    presentation.slides[0].slide_layout.shapes[0].text_frame.text = TAG


def _master(presentation: PptxPresentation) -> None:
    presentation.slide_master.shapes[0].text_frame.text = TAG


def _slide_link(presentation: PptxPresentation) -> None:
    paragraph = presentation.slides[0].shapes.title.text_frame.paragraphs[0]
    run = paragraph.add_run()
    run.text = "link"
    run.hyperlink.address = "https://example.org/{{ x | urlencode }}"
    run._r.rPr.hlinkClick.set("tooltip", TAG)


def _slide_alt_text(presentation: PptxPresentation) -> None:
    shape = presentation.slides[0].shapes.add_textbox(Cm(1), Cm(1), Cm(4), Cm(2))
    shape._element.nvSpPr.cNvPr.set("descr", TAG)


def _slide_field(presentation: PptxPresentation) -> None:
    paragraph = presentation.slides[0].shapes.title.text_frame.paragraphs[0]._p
    number = "{00000000-0000-0000-0000-000000000001}"
    field = f'<a:fld {_A} id="{number}" type="x"><a:t>{TAG}</a:t></a:fld>'
    paragraph.append(parse_slide_xml(field))


def _author(presentation: PptxPresentation) -> None:
    presentation.core_properties.author = TAG


def _related(presentation: PptxPresentation, name: str, kind: str, content: str, xml: str) -> None:
    part = Part(PackURI(name), content, presentation.part.package, xml.encode())
    presentation.slides[0].part.relate_to(part, f"{NAMESPACES['r']}/{kind}")


def _slide_smart_art(presentation: PptxPresentation) -> None:
    kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    _related(presentation, "/ppt/diagrams/data1.xml", "diagramData", kind, _smart_art_xml())


def _slide_comment(presentation: PptxPresentation) -> None:
    xml = (
        '<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm '
        f'authorId="0" idx="1"><p:pos x="1" y="1"/><p:text>{TAG}</p:text></p:cm></p:cmLst>'
    )
    kind = "application/vnd.openxmlformats-officedocument.presentationml.comments+xml"
    _related(presentation, "/ppt/comments/comment1.xml", "comments", kind, xml)


def _rotated_group(presentation: PptxPresentation) -> None:
    presentation.slides[0].shapes.add_group_shape().name = TAG


DECKS: dict[str, Callable[[PptxPresentation], None]] = {
    "grouped shape": _group,
    "table": _slide_table,
    "notes": _notes,
    "layout": _layout,
    "master": _master,
    "chart title": _chart,
    "tooltip of a link": _slide_link,
    "alternative text": _slide_alt_text,
    "field": _slide_field,
    "SmartArt": _slide_smart_art,
    "comment": _slide_comment,
    "name of a shape": _rotated_group,
    "document properties": _author,
}


@pytest.mark.parametrize("place", ["title", *DECKS])
def test_a_tag_is_filled_in_a_deck(place: str) -> None:
    template = pptx_bytes([TAG if place == "title" else "Title"], edit=DECKS.get(place))
    compiled = compile_template(template)
    assert compiled.variables() == ("x",)
    result = compiled.render({"x": VALUE})
    assert_sound(result)
    assert VALUE in _all_text(result)
    assert "{{" not in _all_text(result)
    assert len(open_pptx(result).slides) == 1


def test_addresses_of_links_are_filled_in_both_formats() -> None:
    word = compile_template(_link()).render({"x": "a b&c"})
    assert 'Target="https://example.org/?q=a%20b%26c"' in part_text(
        word, "word/_rels/document.xml.rels"
    )
    deck = pptx_bytes(["Title"], edit=_slide_link)
    slide = compile_template(deck).render({"x": "a b&c"})
    assert "https://example.org/a%20b%26c" in part_text(slide, "ppt/slides/_rels/slide1.xml.rels")


def test_a_tag_split_over_the_runs_of_a_field_code_is_one_tag() -> None:
    result = compile_template(_split_field()).render({"x": VALUE})
    codes = [e.text for e in open_docx(result).element.body.iter(f"{{{NAMESPACES['w']}}}instrText")]
    assert "".join(code or "" for code in codes).split() == ["QUOTE", *VALUE.split()]


def test_chart_titles_in_documents_are_filled() -> None:
    deck = pptx_bytes(["Title"], edit=_chart)
    chart = (
        part_text(deck, "ppt/charts/chart1.xml")
        if "ppt/charts/chart1.xml" in part_names(deck)
        else part_text(deck, next(n for n in part_names(deck) if n.startswith("ppt/charts/chart")))
    )
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    drawing = (
        f'<w:p {_W}><w:r><w:drawing><wp:inline xmlns:wp="{NAMESPACES["wp"]}"><wp:extent cx="9" '
        f'cy="9"/><wp:docPr id="1" name="c"/><a:graphic {_A}><a:graphicData '
        f'uri="{NAMESPACES["c"]}"><c:chart xmlns:c="{NAMESPACES["c"]}" r:id="rIdMore1"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    chart = chart.replace('<c:externalData r:id="rId1">', "<c:x>").replace("</c:externalData>", "")
    start, end = chart.find("<c:x>"), chart.find("</c:chartSpace>")
    chart = chart[:start] + chart[end:] if start >= 0 else chart
    template = with_parts(
        _body(drawing), ("word/charts/chart1.xml", kind, RELATIONSHIP_TYPES["chart"], chart)
    )
    result = compile_template(template).render({"x": VALUE})
    assert_sound(result)
    assert VALUE in _all_text(result)


def test_a_tag_in_a_title_keeps_its_escapes() -> None:
    template = edit_part(docx_bytes("{{ x }}"), "docProps/core.xml", "python-docx", "{{ x }}")
    result = compile_template(template).render({"x": "<a> & b"})
    assert open_docx(result).core_properties.author == "<a> & b"
