"""What Word writes around and into tags: tracked changes, text boxes twice, controls, objects."""

from __future__ import annotations

import re

import pytest
from docx.document import Document as DocxDocument
from lxml import etree

from generator.build.templates import compile_template
from generator.errors import BlockMismatchError, ExpressionError, UndefinedNameError
from generator.office.names import NAMESPACES
from tests.support.packages import docx_bytes, open_docx, part_text, render

_NAMESPACES = {
    **{prefix: NAMESPACES[prefix] for prefix in ("w", "r", "wp", "a", "mc")},
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
ITEMS = [{"name": "A"}, {"name": "B"}]
_BY = 'w:author="x" w:date="2026-01-01T00:00:00Z"'


def _template(*blocks: str) -> bytes:
    """Return a document whose body holds these elements; plain text is a paragraph."""

    def edit(document: DocxDocument) -> None:
        for block in blocks:
            xml = block if block.startswith("<") else _p(block)
            body = etree.fromstring(f"<body {_DECLARED}>{xml}</body>")
            for element in list(body):
                document.element.body.sectPr.addprevious(element)

    return docx_bytes(edit=edit)


def _p(text: str) -> str:
    return f"<w:p>{_r(text)}</w:p>"


def _r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _body(template: bytes, **context: object) -> str:
    text = part_text(render(template, context), "word/document.xml")
    return re.sub(r"<w:sectPr\b.*", "", text.partition("<w:body>")[2])


def _texts(xml: str) -> list[str]:
    return re.findall(r"<w:t\b[^<>]*>([^<]+)</w:t>", xml)


class TestTrackedChanges:
    def test_tags_in_deleted_text_are_not_read(self):
        template = _template(
            f'<w:p><w:del w:id="1" {_BY}><w:r><w:delText>{{% for x in old %}}</w:delText>'
            f'</w:r></w:del><w:ins w:id="2" {_BY}>{_r("{{ name }}")}</w:ins></w:p>'
        )

        assert compile_template(template).variables() == ("name",)
        assert _texts(_body(template, name="Ada")) == ["Ada"]

    def test_deleted_text_without_tags_stays_deleted_text(self):
        template = _template(
            f'<w:p><w:del w:id="1" {_BY}><w:r><w:delText>gone</w:delText></w:r></w:del>'
            f"{_r('{{ name }}')}</w:p>"
        )

        assert "<w:delText>gone</w:delText>" in _body(template, name="Ada")

    def test_text_deleted_within_a_tag_does_not_break_it(self):
        template = _template(
            f'<w:p>{_r("{{ na")}<w:del w:id="1" {_BY}><w:r><w:tab/><w:delText>xx</w:delText></w:r>'
            f"</w:del>{_r('me }}')}</w:p>"
        )

        assert _texts(_body(template, name="Ada")) == ["Ada"]

    def test_text_that_was_moved_is_read_where_it_stands_now(self):
        template = _template(
            f'<w:p><w:moveFrom w:id="2" {_BY}>{_r("{{ gone }}")}</w:moveFrom></w:p>',
            f'<w:p><w:moveTo w:id="4" {_BY}>{_r("{{ name }}")}</w:moveTo></w:p>',
        )

        assert _texts(_body(template, name="Ada")) == ["Ada"]

    def test_a_paragraph_of_a_tag_and_deleted_text_vanishes(self):
        deleted = f'<w:del w:id="1" {_BY}><w:r><w:delText>old</w:delText></w:r></w:del>'
        template = _template(
            f"<w:p>{deleted}{_r('{% for i in items %}')}</w:p>", "{{ i.name }}", "{% endfor %}"
        )

        assert _body(template, items=ITEMS).count("<w:p>") == 2

    def test_tracked_changes_in_a_loop_have_ids_of_their_own(self):
        changed = f'<w:p><w:ins w:id="7" {_BY}>{_r("{{ i.name }}")}</w:ins></w:p>'
        template = _template("{% for i in items %}", changed, "{% endfor %}")

        ids = re.findall(r'<w:ins w:id="(\d+)"', _body(template, items=ITEMS))

        assert ids[0] == "7"
        assert len(set(ids)) == 2


def _box(content: str) -> str:
    """Return a text box as Word writes it: a shape, and the same as VML for old programs."""
    return (
        '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
        '<wp:extent cx="2000000" cy="500000"/><wp:docPr id="5" name="Box 1"/><a:graphic>'
        f'<a:graphicData uri="{_NAMESPACES["wps"]}"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/>'
        f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp>"
        "</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        '<v:shape id="_x0000_s1026" style="width:200pt;height:50pt"><v:textbox><w:txbxContent>'
        f"{content}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )


class TestTextBoxes:
    def test_both_copies_of_a_box_say_the_same_and_count_once(self):
        counter = "{% set ns.n = ns.n + 1 %}{{ ns.n }}"
        template = _template("{% set ns = namespace(n=0) %}", _box(_p(counter)), "{{ ns.n }}")

        assert _texts(_body(template)) == ["1", "1", "1"]

    def test_a_name_set_in_a_box_holds_behind_it(self):
        template = _template(_box(_p("{% set x = 5 %}")), "{{ x }}")

        assert _texts(_body(template)) == ["5"]

    def test_a_mistake_in_a_box_is_told_once_and_counted_within_the_box(self):
        template = _template(_box(_p("fine") + _p("{{ nmae }}")), "{{ alos }}")

        with pytest.raises(UndefinedNameError) as caught:
            compile_template(template).render({"name": 1})

        places = [str(problem.where) for problem in caught.value.problems]
        assert places == [
            "template, paragraph 1, text box, paragraph 2", "template, paragraph 2",
        ]  # fmt: skip
        assert caught.value.problems[0].message == 'no name "nmae" in this report'
        assert caught.value.problems[0].hint == 'did you mean "name"?'

    def test_an_emptied_box_keeps_a_paragraph_in_both_copies(self):
        template = _template(_box(_p("{% if no %}") + _p("x") + _p("{% endif %}")))

        assert _body(template, no=False).count("<w:txbxContent><w:p/></w:txbxContent>") == 2

    def test_boxes_in_a_loop_have_ids_of_their_own(self):
        template = _template("{% for i in items %}", _box(_p("{{ i.name }}")), "{% endfor %}")

        xml = _body(template, items=ITEMS)

        assert _texts(xml) == ["A", "A", "B", "B"]
        assert len(set(re.findall(r'<v:shape id="([^"]+)"', xml))) == 2

    def test_an_object_in_a_loop_names_the_shape_of_its_turn(self):
        shown = (
            '<w:p><w:r><w:object><v:shapetype id="_x0000_t75" coordsize="1,1"/><v:shape id="_x1" '
            'type="#_x0000_t75"/><o:OLEObject Type="Embed" ShapeID="_x1" ObjectID="_9"/>'
            "</w:object></w:r></w:p>"
        )
        template = _template("{% for i in items %}", shown, "{% endfor %}")

        xml = _body(template, items=ITEMS)

        shapes = re.findall(r'<v:shape id="([^"]+)"', xml)
        assert re.findall(r'ShapeID="([^"]+)"', xml) == shapes
        assert len(set(shapes)) == 2
        assert xml.count("<v:shapetype ") == 1


class TestBookmarks:
    FIELD = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> REF '
        '_Ref1 \\h </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )

    def test_references_in_a_loop_lead_to_the_bookmark_of_their_turn(self):
        before = f'<w:p><w:hyperlink w:anchor="_Ref1">{_r("see")}</w:hyperlink></w:p>'
        marked = (
            f'<w:p><w:bookmarkStart w:id="3" w:name="_Ref1"/>{_r("{{ i.name }}")}'
            f'<w:bookmarkEnd w:id="3"/>{self.FIELD}<w:fldSimple w:instr=" PAGEREF _Ref1 "/></w:p>'
        )
        template = _template("{% for i in items %}", before, marked, "{% endfor %}", before)

        xml = _body(template, items=ITEMS)

        names = re.findall(r'w:name="(\w+)"', xml)
        assert names[0] == "_Ref1"
        assert len(set(names)) == 2
        assert re.findall(r'w:anchor="(\w+)"', xml) == [*names, "_Ref1"]
        assert re.findall(r"> REF (\w+) ", xml) == names
        assert re.findall(r'" PAGEREF (\w+) "', xml) == names

    def test_a_long_name_stays_within_what_word_allows(self):
        name = "b" * 40
        marked = f'<w:p><w:bookmarkStart w:id="3" w:name="{name}"/><w:bookmarkEnd w:id="3"/></w:p>'
        template = _template("{% for i in items %}", marked, "{% endfor %}")

        names = re.findall(r'w:name="(\w+)"', _body(template, items=ITEMS))

        assert names[0] == name
        assert len(names[1]) <= 40


def _control(content: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


class TestControls:
    def test_tags_in_controls_of_their_own_enclose_what_stands_between(self):
        template = _template(
            _control(_p("{% for i in items %}")), "{{ i.name }}", _control(_p("{% endfor %}"))
        )

        xml = _body(template, items=ITEMS)

        assert _texts(xml) == ["A", "B"]
        assert "w:sdt" not in xml

    def test_an_emptied_control_keeps_a_paragraph(self):
        control = _control(_p("{%p if no %}") + _p("x") + _p("{%p endif %}"))
        table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{control}</w:tc></w:tr></w:tbl><w:p/>"

        assert "<w:sdtContent><w:p/></w:sdtContent>" in _body(_template(table), no=False)


class TestTablesSideBySide:
    TABLE = "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"

    def test_a_table_that_repeats_does_not_run_into_itself(self):
        template = _template("{% for i in items %}", self.TABLE, "{% endfor %}", "end")

        assert _body(template, items=ITEMS).count("</w:tbl><w:p/><w:tbl>") == 1

    def test_tables_on_both_sides_of_a_tag_stay_apart(self):
        template = _template(self.TABLE, "{% if yes %}", self.TABLE, "{% endif %}", self.TABLE, "x")

        assert _body(template, yes=True).count("</w:tbl><w:p/><w:tbl>") == 2
        assert _body(template, yes=False).count("</w:tbl><w:p/><w:tbl>") == 1


class TestSigns:
    @pytest.mark.parametrize(
        ("written", "printed"),
        [
            ("{{ 5 \u2013 3 }}", "2"),
            ("{{ 5 \u2212 3 }}", "2"),
            ("{{ na\u200bme }}{{\ufeffname}}{{ name\u00ad }}", "AdaAdaAda"),
            ("{{ \u200ename\u200f }}", "Ada"),
            ("{{\u3000name\u00a0}}", "Ada"),
            ("{{ items\uff5clength }}{{ items\uff3b0\uff3d\uff0ename }}", "2A"),
            ("{%\u2013 if items\uff5clength \uff1e 1 %}yes{% endif %}", "yes"),
        ],
    )
    def test_signs_that_office_and_input_methods_exchange_are_read_as_the_plain_ones(
        self, written, printed
    ):
        assert "".join(_texts(_body(_template(written), name="Ada", items=ITEMS))) == printed

    def test_quoted_text_keeps_its_signs(self):
        text = "a\u00a0b \u2013 \uff08c\uff09\u200b"

        assert _texts(_body(_template(f"{{{{ “{text}” }}}}"))) == [text]


def test_the_hint_for_an_open_slide_block_has_its_prefix():
    from tests.support.packages import pptx_bytes

    with pytest.raises(BlockMismatchError) as caught:
        compile_template(pptx_bytes(["{%slide for i in items %}x"]))

    assert caught.value.message == '"{%slide for i in items %}" is not closed'
    assert str(caught.value.where) == 'template, slide 1, shape "Title 1"'
    assert caught.value.hint == "write {%slide endfor %} where the block ends"


class TestLinks:
    def _linked(self, document: DocxDocument, text: str, address: str) -> str:
        kind = NAMESPACES["r"] + "/hyperlink"
        r_id = document.part.relate_to(address, kind, is_external=True)
        return f'<w:p><w:hyperlink r:id="{r_id}">{_r(text)}</w:hyperlink></w:p>'

    def _document(self, address: str, *around: str) -> bytes:
        def edit(document: DocxDocument) -> None:
            blocks = [_p(around[0]), self._linked(document, "{{ i.name }}", address), _p(around[1])]
            body = etree.fromstring(f"<body {_DECLARED}>{''.join(blocks)}</body>")
            for element in list(body):
                document.element.body.sectPr.addprevious(element)

        return docx_bytes(edit=edit)

    def _addresses(self, data: bytes) -> list[str]:
        document = open_docx(data)
        return [link.address for p in document.paragraphs for link in p.hyperlinks]

    def test_an_address_with_tags_sees_the_turn_of_its_loop(self):
        template = self._document(
            "https://example.org/?q={{ i.name }}&n={{ loop.index }}",
            "{% for i in items %}", "{% endfor %}",
        )  # fmt: skip

        assert self._addresses(render(template, {"items": [{"name": "a b"}, {"name": "R&D"}]})) == [
            "https://example.org/?q=a%20b&n=1", "https://example.org/?q=R&D&n=2",
        ]  # fmt: skip

    def test_without_a_turn_no_address_with_tags_is_left(self):
        template = self._document("https://example.org/{{ i.name }}", "{% for i in items %}",
                                  "{% endfor %}")  # fmt: skip

        result = render(template, {"items": []})

        assert "{{" not in part_text(result, "word/_rels/document.xml.rels")

    def test_a_wrong_address_is_told_with_the_place_of_its_link(self):
        template = self._document("{{ i.name }}", "{% set i = items[0] %}", "end")

        with pytest.raises(ExpressionError) as caught:
            compile_template(template).render({"items": [{"name": "javascript:x"}]})

        assert caught.value.message == '"javascript:x" is no address for a link'
        assert str(caught.value.where) == "template, paragraph 2, link"
        assert caught.value.hint == "links may begin with https://, http:// or mailto:"
