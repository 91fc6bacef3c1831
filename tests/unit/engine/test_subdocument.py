"""Word documents put into a document: what their text becomes there, read back with python-docx."""

from __future__ import annotations

import io
import pickle
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from generator.build.templates import compile_template
from generator.engine.subdocument import SubDocument
from generator.errors import NotAPackageError, TemplateError, UnsoundPackageError
from tests.support.packages import (
    docx_bytes,
    open_docx,
    part_names,
    part_text,
    pptx_bytes,
    render,
    saved,
    texts,
    with_part,
)

Edit = Callable[[DocxDocument], None]


def annex(*blocks: Any, edit: Edit | None = None, name: str = "annex.docx", **options: Any
          ) -> SubDocument:  # fmt: skip
    return SubDocument.read(docx_bytes(*blocks, edit=edit), name, **options)


def put(document: SubDocument, *template: Any, edit: Edit | None = None) -> bytes:
    """Return the host in which ``{{ doc }}`` is the document; by default between two lines."""
    blocks = template or ("Before", "{{ doc }}", "After")
    return render(docx_bytes(*blocks, edit=edit), {"doc": document})


def png(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(buffer, "PNG")
    return buffer.getvalue()


def numbers(data: bytes) -> list[tuple[str, str]]:
    """Return (label, text) of the numbered paragraphs, counted as Word counts them.

    A list that has start overrides begins anew when it is first used.
    """
    document = open_docx(data)
    numbering = document.part.numbering_part.element
    definitions = {a.get(qn("w:abstractNumId")): a for a in numbering.iter(qn("w:abstractNum"))}
    counts: Counter[tuple[str, int]] = Counter()
    begun: set[str] = set()
    found = []
    for paragraph in document.paragraphs:
        list_id, level = _list_of(paragraph)
        num = next((n for n in numbering.iter(qn("w:num")) if n.get(qn("w:numId")) == list_id),
                   None)  # fmt: skip
        if num is None:
            continue
        definition = num.find(qn("w:abstractNumId")).get(qn("w:val"))
        lvl = next(e for e in definitions[definition].iter(qn("w:lvl"))
                   if e.get(qn("w:ilvl")) == str(level))  # fmt: skip
        if lvl.find(qn("w:numFmt")).get(qn("w:val")) == "bullet":
            continue
        if list_id not in begun and num.find(qn("w:lvlOverride")) is not None:
            counts = Counter({k: v for k, v in counts.items() if k[0] != definition})
        begun.add(list_id)
        counts[definition, level] += 1
        for deeper in range(level + 1, 9):
            counts[definition, deeper] = 0
        found.append((str(counts[definition, level]), paragraph.text))
    return found


def _list_of(paragraph: Paragraph) -> tuple[str, int]:
    """Return the list and level of a paragraph, by itself or by its style."""
    places = [paragraph._p.pPr]
    style = paragraph.style
    while style is not None:
        places.append(style.element.pPr)
        style = style.base_style
    level = None
    for properties in places:
        numbering = properties.numPr if properties is not None else None
        if numbering is None:
            continue
        if level is None and numbering.ilvl is not None:
            level = numbering.ilvl.val
        if numbering.numId is not None:
            return str(numbering.numId.val), level or 0
    return "", 0


class TestText:
    def test_stands_in_the_place_of_the_tags_paragraph(self) -> None:
        result = put(annex("One", "Two"))

        assert texts(open_docx(result)) == ["Before", "One", "Two", "After"]

    def test_runs_keep_their_format(self) -> None:
        result = put(annex("plain¦bold"))

        runs = open_docx(result).paragraphs[1].runs
        assert [(run.text, run.bold) for run in runs] == [("plain", None), ("bold", True)]

    def test_takes_the_place_in_a_table_cell_and_leaves_the_cell_legal(self) -> None:
        result = put(annex("In a cell", [["inner"]]), [["{{ doc }}", "right"]])

        cell = open_docx(result).tables[0].cell(0, 0)
        assert [p.text for p in cell.paragraphs] == ["In a cell", ""]
        assert cell.tables[0].cell(0, 0).text == "inner"
        assert cell._tc[-1].tag == qn("w:p")

    def test_tables_keep_merged_cells(self) -> None:
        def merge(document: DocxDocument) -> None:
            table = document.tables[0]
            table.cell(0, 0).merge(table.cell(0, 1))
            table.cell(1, 0).merge(table.cell(2, 0))

        result = put(annex([["a", "b"], ["c", "d"], ["e", "f"]], edit=merge))

        table = open_docx(result).tables[0]
        assert table.cell(0, 0)._tc is table.cell(0, 1)._tc
        assert table.cell(1, 0)._tc is table.cell(2, 0)._tc
        assert table.cell(2, 1).text == "f"

    def test_two_that_end_and_begin_with_a_table_stay_two_tables(self) -> None:
        result = put(annex([["a"]]), "{{ doc }}", "{{ doc }}", "end")

        assert len(open_docx(result).tables) == 2

    def test_braces_in_it_are_text(self) -> None:
        result = put(annex("{{ not_a_name }} {% if %}"))

        assert texts(open_docx(result))[1] == "{{ not_a_name }} {% if %}"

    def test_an_empty_one_leaves_nothing_behind(self) -> None:
        result = put(annex())

        assert texts(open_docx(result)) == ["Before", "After"]

    def test_a_paragraph_tag_may_be_marked_as_one(self) -> None:
        result = put(annex("One"), "Before", "{{p doc }}", "After")

        assert texts(open_docx(result)) == ["Before", "One", "After"]

    @pytest.mark.parametrize("template", [
        ("{% for i in [1, 2, 3] %}", "{{ doc }}", "{% endfor %}"),
        ("{{ doc }}", "{{ doc }}", "{{ doc }}"),
        ("{% macro m() %}", "{{ doc }}", "{% endmacro %}", "{{ m() }}", "{{ m() }}", "{{ m() }}"),
    ])  # fmt: skip
    def test_stands_as_often_as_it_is_printed(self, template: tuple[str, ...]) -> None:
        result = put(annex("One"), *template)

        assert texts(open_docx(result)).count("One") == 3

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])), max_size=4)
    )
    def test_any_text_comes_out_as_it_went_in(self, lines: list[str]) -> None:
        document = Document()
        for line in lines:
            document.add_paragraph(line)
        shown = [re.sub("[\ufdd0-\ufdef]", "", p.text) for p in document.paragraphs]

        result = put(SubDocument.read(saved(document), "annex.docx"))

        assert texts(open_docx(result)) == ["Before", *shown, "After"]

    def test_same_input_gives_same_bytes_also_from_a_pickle(self) -> None:
        document = annex("One", [["a"]])
        template = compile_template(docx_bytes("{{ doc }}", "{{ doc }}"))

        first = template.render({"doc": document})

        assert template.render({"doc": document}) == first
        assert template.render({"doc": annex("One", [["a"]])}) == first
        assert pickle.loads(pickle.dumps(template)).render(
            {"doc": pickle.loads(pickle.dumps(document))}
        ) == first  # fmt: skip


class TestStyles:
    def test_a_style_of_the_same_name_is_the_hosts_whatever_its_id(self) -> None:
        def rename(document: DocxDocument) -> None:
            style = document.styles["Quote"]
            style.element.set(qn("w:styleId"), "Zitat")
            style.font.size = Pt(40)
            document.paragraphs[0].style = style

        result = put(annex("Quoted", edit=rename))

        document = open_docx(result)
        assert document.paragraphs[1].style.style_id == "Quote"
        assert document.styles["Quote"].font.size is None
        assert "Zitat" not in part_text(result, "word/styles.xml")

    def test_a_missing_style_comes_with_those_it_rests_on(self) -> None:
        def style(document: DocxDocument) -> None:
            base = document.styles.add_style("House base", WD_STYLE_TYPE.PARAGRAPH)
            base.base_style = document.styles["Normal"]
            base.font.size = Pt(13)
            top = document.styles.add_style("House top", WD_STYLE_TYPE.PARAGRAPH)
            top.base_style = base
            top.font.italic = True
            document.styles.add_style("Not used", WD_STYLE_TYPE.PARAGRAPH)
            document.paragraphs[0].style = top

        result = put(annex("Styled", edit=style))

        found = open_docx(result).paragraphs[1].style
        assert (found.name, found.font.italic) == ("House top", True)
        assert (found.base_style.name, found.base_style.font.size) == ("House base", Pt(13))
        assert found.base_style.base_style.name == "Normal"
        assert "Not used" not in [s.name for s in open_docx(result).styles]

    def test_a_copied_style_gets_a_free_id(self) -> None:
        def style(name: str, size: int) -> Edit:
            def edit(document: DocxDocument) -> None:
                new = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
                new.element.set(qn("w:styleId"), "Own1")
                new.font.size = Pt(size)
                document.paragraphs[0].style = new

            return edit

        result = put(annex("Guest", edit=style("Guest style", 9)), "Host", "{{ doc }}",
                     edit=style("Host style", 20))  # fmt: skip

        host, guest = open_docx(result).paragraphs[:2]
        assert (host.style.name, host.style.font.size) == ("Host style", Pt(20))
        assert (guest.style.name, guest.style.font.size) == ("Guest style", Pt(9))
        assert host.style.style_id != guest.style.style_id

    def test_linked_styles_stay_linked_to_each_other(self) -> None:
        def style(document: DocxDocument) -> None:
            text = document.styles.add_style("Pair", WD_STYLE_TYPE.PARAGRAPH)
            sign = document.styles.add_style("Pair Char", WD_STYLE_TYPE.CHARACTER)
            for one, other in ((text, sign), (sign, text)):
                link = parse_xml(f'<w:link {nsdecls("w")} w:val="{other.style_id}"/>')
                one.element.name_val  # noqa: B018 - the name comes first
                one.element.find(qn("w:name")).addnext(link)
            document.paragraphs[0].style = text

        result = put(annex("Linked", edit=style))

        styles = open_docx(result).styles
        links = [styles[n].element.find(qn("w:link")).get(qn("w:val"))
                 for n in ("Pair", "Pair Char")]  # fmt: skip
        assert links == [styles["Pair Char"].style_id, styles["Pair"].style_id]

    def test_styles_come_once_however_often_the_text_does(self) -> None:
        def style(document: DocxDocument) -> None:
            document.styles.add_style("Once", WD_STYLE_TYPE.PARAGRAPH)
            document.paragraphs[0].style = document.styles["Once"]

        document, other = annex("a", edit=style), annex("b", edit=style)

        result = render(docx_bytes("{{ a }}", "{{ b }}", "{{ a }}"), {"a": document, "b": other})

        names = [s.name for s in open_docx(result).styles]
        assert names.count("Once") == 1
        assert {p.style.name for p in open_docx(result).paragraphs} == {"Once"}

    def test_the_hosts_defaults_stay_and_a_rootless_style_keeps_the_guests(self) -> None:
        def style(document: DocxDocument) -> None:
            defaults = document.styles.element.find(qn("w:docDefaults"))
            fonts = defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
            fonts.append(parse_xml(f'<w:sz {nsdecls("w")} w:val="52"/>'))
            new = document.styles.add_style("Rootless", WD_STYLE_TYPE.PARAGRAPH)
            new.base_style = None
            document.paragraphs[0].style = new

        template = docx_bytes("{{ doc }}")
        result = render(template, {"doc": annex("Big", edit=style)})

        def defaults(data: bytes) -> str:
            text = part_text(data, "word/styles.xml")
            found = re.search("<w:docDefaults>.*?</w:docDefaults>", text, re.DOTALL)
            assert found is not None
            return found.group()

        assert defaults(result) == defaults(template)
        assert open_docx(result).paragraphs[0].style.font.size == Pt(26)

    def test_a_table_style_comes_along(self) -> None:
        def style(document: DocxDocument) -> None:
            new = document.styles.add_style("House table", WD_STYLE_TYPE.TABLE)
            new.base_style = document.styles["Normal Table"]
            document.tables[0].style = new

        result = put(annex([["a"]], edit=style))

        assert open_docx(result).tables[0].style.name == "House table"


class TestLists:
    @staticmethod
    def listed(document: DocxDocument) -> None:
        for text in ("one", "two"):
            document.add_paragraph(text, style="List Number")
        for text in ("dot", "dot"):
            document.add_paragraph(text, style="List Bullet")

    @staticmethod
    def nested(document: DocxDocument) -> None:
        """A list of the document's own with two levels, as Word writes it."""
        numbering = document.part.numbering_part.element
        levels = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
            f'<w:lvlText w:val="%{n + 1}."/></w:lvl>' for n in range(2)
        )  # fmt: skip
        definition = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:nsid w:val="00AA00AA"/>'
            f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        )
        numbering.insert(0, definition)
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="99"><w:abstractNumId w:val="77"/></w:num>')
        )
        for text, level in (("A", 0), ("A1", 1), ("A2", 1), ("B", 0), ("B1", 1)):
            paragraph = document.add_paragraph(text)
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = level
            properties.get_or_add_numId().val = 99

    def test_numbers_of_a_shared_style_begin_anew_in_each_copy(self) -> None:
        result = put(annex(edit=self.listed), "{{ doc }}", "{{ doc }}", edit=self.listed)

        assert numbers(result) == [("1", "one"), ("2", "two")] * 3

    def test_a_nested_list_counts_by_itself_in_each_copy(self) -> None:
        result = put(annex(edit=self.nested), "{{ doc }}", "x", "{{ doc }}")

        one = [("1", "A"), ("1", "A1"), ("2", "A2"), ("2", "B"), ("1", "B1")]
        assert numbers(result) == one * 2

    def test_ids_of_the_host_are_not_touched(self) -> None:
        result = put(annex(edit=self.nested), "{{ doc }}", edit=self.nested)

        root = etree.fromstring(part_text(result, "word/numbering.xml").encode())
        for tag, key in (("w:num", "w:numId"), ("w:abstractNum", "w:abstractNumId")):
            ids = [item.get(qn(key)) for item in root.iter(qn(tag))]
            assert len(ids) == len(set(ids))
        signs = [item.get(qn("w:val")) for item in root.iter(qn("w:nsid"))]
        assert len(signs) == len(set(signs))
        assert numbers(result)[:2] == [("1", "A"), ("1", "A1")]
        assert len(numbers(result)) == 10

    def test_one_definition_serves_all_copies(self) -> None:
        template = docx_bytes("{% for i in range(5) %}", "{{ doc }}", "{% endfor %}")
        before = part_text(template, "word/numbering.xml").count("<w:abstractNum ")

        result = render(template, {"doc": annex(edit=self.nested)})

        assert part_text(result, "word/numbering.xml").count("<w:abstractNum ") == before + 1

    def test_a_copied_style_brings_its_list(self) -> None:
        def style(document: DocxDocument) -> None:
            self.nested(document)
            new = document.styles.add_style("Counted", WD_STYLE_TYPE.PARAGRAPH)
            numbering = new.element.get_or_add_pPr().get_or_add_numPr()
            numbering.get_or_add_numId().val = 99
            for paragraph in list(document.paragraphs):
                paragraph._p.getparent().remove(paragraph._p)
            for text in ("x", "y"):
                document.add_paragraph(text, style="Counted")

        result = put(annex(edit=style), "{{ doc }}", "{{ doc }}")

        assert numbers(result) == [("1", "x"), ("2", "y")] * 2

    def test_a_host_without_lists_gets_them(self) -> None:
        host = docx_bytes("{{ doc }}")
        document = open_docx(host)
        rels = document.part.rels
        for r_id, rel in list(rels.items()):
            if rel.reltype.endswith(("/numbering", "/stylesWithEffects")):
                del rels[r_id]
        for style in document.styles.element.iter(qn("w:style")):
            for number in list(style.iter(qn("w:numPr"))):
                number.getparent().remove(number)

        result = render(saved(document), {"doc": annex(edit=self.nested)})

        assert [text for _, text in numbers(result)] == ["A", "A1", "A2", "B", "B1"]


class TestParts:
    @staticmethod
    def pictured(document: DocxDocument) -> None:
        document.add_paragraph().add_run().add_picture(io.BytesIO(png()), width=Cm(2))

    def test_a_picture_comes_once_for_all_copies(self) -> None:
        result = put(annex(edit=self.pictured), "{{ doc }}", "{{ doc }}")

        document = open_docx(result)
        assert len(document.inline_shapes) == 2
        assert [n for n in part_names(result) if n.startswith("word/media/")] == [
            "word/media/image1.png"
        ]
        blips = document.element.xpath("//a:blip/@r:embed")
        assert {document.part.related_parts[r_id].blob for r_id in blips} == {png()}

    def test_a_picture_of_the_host_keeps_its_name_and_look(self) -> None:
        def blue(document: DocxDocument) -> None:
            document.add_paragraph().add_run().add_picture(io.BytesIO(png("blue")))

        result = put(annex(edit=self.pictured), "{{ doc }}", edit=blue)

        document = open_docx(result)
        blobs = [document.part.related_parts[r].blob
                 for r in document.element.xpath("//a:blip/@r:embed")]  # fmt: skip
        assert blobs == [png(), png("blue")]

    def test_links_lead_to_their_addresses(self) -> None:
        def link(document: DocxDocument) -> None:
            paragraph = document.add_paragraph()
            r_id = document.part.relate_to(
                "https://example.org/a",
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
                is_external=True,
            )
            paragraph._p.append(parse_xml(
                f'<w:hyperlink {nsdecls("w", "r")} r:id="{r_id}"><w:r><w:t>there</w:t></w:r>'
                "</w:hyperlink>"
            ))  # fmt: skip

        result = put(annex(edit=link))

        found = open_docx(result).paragraphs[1].hyperlinks[0]
        assert (found.text, found.address) == ("there", "https://example.org/a")

    def test_a_chart_comes_with_its_workbook_in_each_copy(self) -> None:
        guest = SubDocument.read(_with_chart(docx_bytes("Chart")), "annex.docx")

        result = put(guest, "{{ doc }}", "{{ doc }}")

        names = part_names(result)
        assert [n for n in names if "/charts/chart" in n] == [
            "word/charts/chart1.xml", "word/charts/chart2.xml",
        ]  # fmt: skip
        assert [n for n in names if n.startswith("word/embeddings/")] == [
            "word/embeddings/book1.xlsx", "word/embeddings/book2.xlsx",
        ]  # fmt: skip
        document = open_docx(result)
        charts = document.element.xpath("//*[local-name()='chart']/@r:id")
        books = [next(iter(document.part.related_parts[r].rels.values())).target_part.blob
                 for r in charts]  # fmt: skip
        assert books == [b"workbook", b"workbook"]

    def test_a_diagram_brings_its_picture(self) -> None:
        guest = SubDocument.read(_with_diagram(docx_bytes("Diagram")), "annex.docx")

        result = put(guest, "{{ doc }}", "{{ doc }}")

        document = open_docx(result)
        shown = []
        for r_id in document.element.xpath("//*[local-name()='relIds']/@r:dm"):
            data = document.part.related_parts[r_id].blob.decode()
            named = re.search('relId="([^"]+)"', data)
            assert named is not None
            shown.append(document.part.related_parts[named[1]].blob)
        assert shown == [b"<drawing/>", b"<drawing/>"]

    def test_text_of_other_files_and_controls_are_left_out(self) -> None:
        def chunk(document: DocxDocument) -> None:
            document.element.body.insert(
                0, parse_xml(f'<w:altChunk {nsdecls("w", "r")} r:id="rIdNone"/>')
            )

        result = put(annex("Text", edit=chunk))

        assert "altChunk" not in part_text(result, "word/document.xml")
        assert texts(open_docx(result)) == ["Before", "Text", "After"]

    def test_prefixes_that_old_programs_ignore_stay_ignorable(self) -> None:
        def glow(document: DocxDocument) -> None:
            run = document.paragraphs[0].runs[0]._r
            run.get_or_add_rPr().append(etree.fromstring(
                '<w16x:new xmlns:w16x="urn:example:new"/>'
            ))  # fmt: skip

        data = docx_bytes("Glow", edit=glow)
        text = part_text(data, "word/document.xml")
        mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        assert 'mc:Ignorable="w14' in text
        text = text.replace(
            'mc:Ignorable="w14', 'xmlns:w16x="urn:example:new" mc:Ignorable="w16x w14', 1
        )

        result = put(SubDocument.read(with_part(data, "word/document.xml", text), "annex.docx"))

        paragraph = open_docx(result).paragraphs[1]._p
        assert paragraph.get(f"{{{mc}}}Ignorable") == "w16x"
        assert paragraph.nsmap["w16x"] == "urn:example:new"


def _with_chart(data: bytes) -> bytes:
    """Return the document with a chart at its end; the workbook is no more than its bytes."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    c = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    chart = (
        f'<c:chartSpace xmlns:c="{c}" xmlns:r="{base}"><c:chart><c:plotArea/></c:chart>'
        '<c:externalData r:id="rId1"/></c:chartSpace>'
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{base}/package" Target="../embeddings/book1.xlsx"/>'
        "</Relationships>"
    )
    data = with_part(data, "word/charts/chart1.xml", chart)
    data = with_part(data, "word/charts/_rels/chart1.xml.rels", rels)
    data = with_part(data, "word/embeddings/book1.xlsx", b"workbook")
    own = part_text(data, "word/_rels/document.xml.rels").replace(
        "</Relationships>",
        f'<Relationship Id="rIdC" Type="{base}/chart" Target="charts/chart1.xml"/></Relationships>',
    )
    data = with_part(data, "word/_rels/document.xml.rels", own)
    types = part_text(data, "[Content_Types].xml").replace(
        "</Types>",
        '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet"/><Override PartName="/word/charts/chart1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/></Types>',
    )
    data = with_part(data, "[Content_Types].xml", types)
    wp = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    drawing = (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{wp}"><wp:extent cx="99" cy="99"/>'
        f'<wp:docPr id="1" name="Chart" descr="x"/><a:graphic xmlns:a="{a}">'
        f'<a:graphicData uri="{c}"><c:chart xmlns:c="{c}" xmlns:r="{base}" r:id="rIdC"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p><w:sectPr"
    )
    text = part_text(data, "word/document.xml").replace("<w:sectPr", drawing, 1)
    return with_part(data, "word/document.xml", text)


def _with_diagram(data: bytes) -> bytes:
    """Return the document with a diagram of two parts at its end: its data and its picture."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    dgm = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    model = (
        f'<dgm:dataModel xmlns:dgm="{dgm}"><x:dataModelExt xmlns:x="urn:x" relId="rIdP"/>'
        "</dgm:dataModel>"
    )
    data = with_part(data, "word/diagrams/data1.xml", model)
    data = with_part(data, "word/diagrams/drawing1.xml", "<drawing/>")
    rels = part_text(data, "word/_rels/document.xml.rels").replace(
        "</Relationships>",
        f'<Relationship Id="rIdD" Type="{base}/diagramData" Target="diagrams/data1.xml"/>'
        '<Relationship Id="rIdP" Type="http://schemas.microsoft.com/office/2007/relationships/'
        'diagramDrawing" Target="diagrams/drawing1.xml"/></Relationships>',
    )
    data = with_part(data, "word/_rels/document.xml.rels", rels)
    text = part_text(data, "word/document.xml").replace(
        "<w:sectPr",
        f'<w:p><w:r><dgm:relIds xmlns:dgm="{dgm}" xmlns:r="{base}" r:dm="rIdD"/></w:r></w:p>'
        "<w:sectPr",
        1,
    )
    return with_part(data, "word/document.xml", text)


class TestIds:
    @staticmethod
    def marked(document: DocxDocument) -> None:
        """A bookmark, a field that refers to it, a link to it, and a content control."""
        w = nsdecls("w")
        body = document.element.body
        body.insert(0, parse_xml(
            f'<w:p {w}><w:bookmarkStart w:id="7" w:name="goal"/><w:r><w:t>Goal</w:t></w:r>'
            '<w:bookmarkEnd w:id="7"/></w:p>'
        ))  # fmt: skip
        body.insert(1, parse_xml(
            f'<w:p {w}><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
            ' REF goal \\h </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            '<w:r><w:t>Goal</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
            '<w:hyperlink w:anchor="goal"><w:r><w:t>!</w:t></w:r></w:hyperlink></w:p>'
        ))  # fmt: skip
        for number in (5, 6):
            body.insert(2, parse_xml(
                f'<w:sdt {w}><w:sdtPr><w:id w:val="{number}"/></w:sdtPr><w:sdtContent><w:p><w:r>'
                "<w:t>c</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            ))  # fmt: skip

    def test_bookmarks_are_told_apart_and_what_refers_to_them_follows(self) -> None:
        result = put(annex(edit=self.marked), "{{ doc }}", "{{ doc }}", edit=self.marked)

        body = open_docx(result).element.body
        starts = list(body.iter(qn("w:bookmarkStart")))
        ids = [start.get(qn("w:id")) for start in starts]
        names = [start.get(qn("w:name")) for start in starts]
        assert len(set(ids)) == len(set(names)) == 3
        assert [end.get(qn("w:id")) for end in body.iter(qn("w:bookmarkEnd"))] == ids
        codes = [code.text.split()[1] for code in body.iter(qn("w:instrText"))]
        anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
        assert codes == names
        assert anchors == names

    def test_a_name_that_is_free_is_kept(self) -> None:
        result = put(annex(edit=self.marked))

        assert 'w:name="goal"' in part_text(result, "word/document.xml")

    def test_content_controls_are_told_apart(self) -> None:
        result = put(annex(edit=self.marked), "{{ doc }}", "{{ doc }}", edit=self.marked)

        ids = open_docx(result).element.xpath("//w:sdtPr/w:id/@w:val")
        assert len(ids) == len(set(ids)) == 6

    def test_a_bookmark_that_never_ends_is_dropped(self) -> None:
        def mark(document: DocxDocument) -> None:
            start = f'<w:bookmarkStart {nsdecls("w")} w:id="1" w:name="open"/>'
            document.paragraphs[0]._p.append(parse_xml(start))

        result = put(annex("Text", edit=mark))

        assert "bookmarkStart" not in part_text(result, "word/document.xml")

    def test_old_drawings_are_told_apart(self) -> None:
        def draw(document: DocxDocument) -> None:
            document.paragraphs[0]._p.append(parse_xml(
                f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict>'
                '<v:shapetype id="_t1" coordsize="21600,21600" path="m,l,21600r21600,l21600,xe"/>'
                '<v:shape id="s1" type="#_t1" style="width:9pt;height:9pt"/></w:pict></w:r>'
            ))  # fmt: skip

        result = put(annex("Text", edit=draw), "{{ doc }}", "{{ doc }}")

        shapes = [e for e in open_docx(result).element.iter() if "vml" in str(e.tag)]
        ids = [shape.get("id") for shape in shapes]
        assert len(ids) == len(set(ids)) == 4
        assert [shape.get("type") for shape in shapes] == [
            None, f"#{ids[0]}", None, f"#{ids[2]}",
        ]  # fmt: skip


def _with_notes(data: bytes, kind: str = "footnote", address: str = "") -> bytes:
    """Return the document with a note behind its first paragraph, made by hand."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    link = f'<w:hyperlink r:id="rIdN"><w:r><w:t>{address}</w:t></w:r></w:hyperlink>'
    marks = "" if kind == "comment" else (
        f'<w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
    )  # fmt: skip
    author = ' w:author="A"' if kind == "comment" else ""
    notes = (
        f'<w:{kind}s {w} xmlns:r="{base}">{marks}<w:{kind} w:id="2"{author}><w:p><w:r>'
        f"<w:t>Note</w:t></w:r>{link if address else ''}</w:p></w:{kind}></w:{kind}s>"
    )
    data = with_part(data, f"word/{kind}s.xml", notes)
    if address:
        data = with_part(data, f"word/_rels/{kind}s.xml.rels", (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rIdN" Type="{base}/hyperlink" Target="{address}" '
            'TargetMode="External"/></Relationships>'
        ))  # fmt: skip
    rels = part_text(data, "word/_rels/document.xml.rels").replace(
        "</Relationships>",
        f'<Relationship Id="rIdF" Type="{base}/{kind}s" Target="{kind}s.xml"/></Relationships>',
    )
    data = with_part(data, "word/_rels/document.xml.rels", rels)
    types = part_text(data, "[Content_Types].xml").replace(
        "</Types>",
        f'<Override PartName="/word/{kind}s.xml" ContentType="application/vnd.openxmlformats-'
        f'officedocument.wordprocessingml.{kind}s+xml"/></Types>',
    )
    data = with_part(data, "[Content_Types].xml", types)
    start = '<w:commentRangeStart w:id="2"/>' if kind == "comment" else ""
    end = start.replace("Start", "End")
    text = part_text(data, "word/document.xml").replace(
        "</w:p>", f'{start}{end}<w:r><w:{kind}Reference w:id="2"/></w:r></w:p>', 1
    )
    return with_part(data, "word/document.xml", text)


class TestNotes:
    @pytest.mark.parametrize("kind", ["footnote", "endnote", "comment"])
    def test_come_along_under_ids_of_their_own(self, kind: str) -> None:
        guest = SubDocument.read(_with_notes(docx_bytes("Text"), kind), "annex.docx")

        result = put(guest, "{{ doc }}", "{{ doc }}")

        notes = etree.fromstring(part_text(result, f"word/{kind}s.xml").encode())
        ids = [n.get(qn("w:id")) for n in notes if n.get(qn("w:type")) is None]
        body = open_docx(result).element.body
        references = [r.get(qn("w:id")) for r in body.iter(qn(f"w:{kind}Reference"))]
        assert len(set(ids)) == 2
        assert references == ids
        if kind == "comment":
            for mark in ("commentRangeStart", "commentRangeEnd"):
                assert [m.get(qn("w:id")) for m in body.iter(qn(f"w:{mark}"))] == ids

    def test_notes_of_the_host_stay(self) -> None:
        host = _with_notes(docx_bytes("Host", "{{ doc }}"))
        guest = SubDocument.read(_with_notes(docx_bytes("Guest")), "annex.docx")

        result = render(host, {"doc": guest})

        found = open_docx(result).element.body.iter(qn("w:footnoteReference"))
        references = [reference.get(qn("w:id")) for reference in found]
        assert references == ["2", "3"]

    def test_links_in_notes_belong_to_the_part_of_the_notes(self) -> None:
        data = _with_notes(docx_bytes("Text"), address="https://example.org/n")

        result = put(SubDocument.read(data, "annex.docx"))

        rels = part_text(result, "word/_rels/footnotes.xml.rels")
        assert "https://example.org/n" in rels
        used = re.findall(
            r'<w:hyperlink\b[^>]*r:id="([^"]+)"', part_text(result, "word/footnotes.xml")
        )
        assert len(used) == 1
        assert f'Id="{used[0]}"' in rels


class TestSections:
    @staticmethod
    def landscape(document: DocxDocument) -> None:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
        section.header.paragraphs[0].text = "Head of the annex"
        document.add_section(WD_SECTION.NEW_PAGE)

    def test_the_hosts_page_stays(self) -> None:
        result = put(annex("Wide", edit=self.landscape))

        document = open_docx(result)
        assert len(document.sections) == 1
        assert document.sections[0].page_width == open_docx(docx_bytes()).sections[0].page_width

    def test_kept_sections_stand_between_those_of_the_host(self) -> None:
        result = put(annex("Wide", edit=self.landscape, keep_sections=True))

        sections = open_docx(result).sections
        widths = [round(section.page_width.cm, 1) for section in sections]
        assert widths == [21.6, 29.7, 29.7, 21.6]
        assert sections[1].header.paragraphs[0].text == "Head of the annex"
        assert [p.text for p in open_docx(result).paragraphs if p.text] == [
            "Before", "Wide", "After",
        ]  # fmt: skip

    def test_headers_stay_on_their_own_pages(self) -> None:
        result = put(annex("Wide", edit=self.landscape, keep_sections=True))

        sections = open_docx(result).sections
        shown = [section.header.paragraphs[0].text for section in sections]
        assert shown == ["", "Head of the annex", "Head of the annex", ""]
        assert not sections[3].header.is_linked_to_previous

    def test_the_hosts_header_returns_and_does_not_enter(self) -> None:
        def head(document: DocxDocument) -> None:
            document.sections[0].header.paragraphs[0].text = "Head of the host"
            document.add_section(WD_SECTION.NEW_PAGE)
            document.add_paragraph("{{ doc }}")
            document.add_paragraph("After")

        result = put(annex("Plain", keep_sections=True), "Before", edit=head)

        shown = [s.header.paragraphs[0].text for s in open_docx(result).sections]
        assert shown == ["Head of the host", "Head of the host", "", "Head of the host"]

    @pytest.mark.parametrize("template", [
        ("{{ doc }}", "{{ doc }}", "After"),
        ("{% for i in range(2) %}", "{{ doc }}", "{% endfor %}", "After"),
    ])  # fmt: skip
    def test_no_empty_page_stands_before_or_between_kept_ones(
        self, template: tuple[str, ...]
    ) -> None:
        result = put(annex("Wide", keep_sections=True), *template)

        assert len(open_docx(result).sections) == 3

    def test_a_template_without_kept_pages_is_as_it_was(self) -> None:
        def head(document: DocxDocument) -> None:
            document.add_section(WD_SECTION.NEW_PAGE)

        template = docx_bytes("{{ doc }}", edit=head)

        result = render(template, {"doc": annex("Text")})

        sections = [etree.tostring(s) for s in open_docx(result).element.iter(qn("w:sectPr"))]
        assert sections == [
            etree.tostring(s) for s in open_docx(template).element.iter(qn("w:sectPr"))
        ]


class TestRefusals:
    @pytest.mark.parametrize("template", ["Text {{ doc }}", "{{ doc }}{{ doc }}"])
    def test_a_tag_in_a_line_of_text(self, template: str) -> None:
        with pytest.raises(TemplateError) as caught:
            put(annex("One"), "First", template)

        assert caught.value.message == '"{{ doc }}" is a whole document, and none can stand here'
        assert str(caught.value.where) == "template, paragraph 2"
        assert caught.value.hint == (
            "give the tag a paragraph of its own in the text or a table cell of a Word template"
        )

    def test_a_header(self) -> None:
        def edit(document: DocxDocument) -> None:
            document.sections[0].header.paragraphs[0].text = "{{ doc }}"

        with pytest.raises(TemplateError) as caught:
            put(annex("One"), "Text", edit=edit)

        assert "is a whole document" in caught.value.message
        assert str(caught.value.where) == "template, header 1, paragraph 1"

    @pytest.mark.parametrize("slide", [("Title", "{{ doc }}"), ("Title", "Text {{ doc }}")])
    def test_a_deck(self, slide: tuple[str, str]) -> None:
        with pytest.raises(TemplateError) as caught:
            render(pptx_bytes(slide), {"doc": annex("One")})

        assert caught.value.message == '"{{ doc }}" is a whole document, and none can stand here'
        assert "slide 1" in str(caught.value.where)
        assert caught.value.hint is not None

    def test_kept_pages_in_a_table(self) -> None:
        with pytest.raises(TemplateError) as caught:
            put(annex("One", keep_sections=True), [["{{ doc }}"]])

        assert "no page can begin here" in caught.value.message
        assert str(caught.value.where) == "template, table 1, row 1, column 1"

    def test_a_deck_as_a_document(self) -> None:
        with pytest.raises(TemplateError) as caught:
            SubDocument.read(pptx_bytes(("Title",)), "deck.pptx")

        assert caught.value.message == "only a Word document can be put into a document"
        assert str(caught.value.where) == "deck.pptx"

    def test_another_file(self) -> None:
        with pytest.raises(NotAPackageError) as caught:
            SubDocument.read(b"plain text", "notes.txt")

        assert str(caught.value.where) == "notes.txt"

    def test_a_document_type(self) -> None:
        data = with_part(docx_bytes("x"), "word/document.xml", "<!DOCTYPE a><a/>")

        with pytest.raises(UnsoundPackageError):
            SubDocument.read(data, "annex.docx")
