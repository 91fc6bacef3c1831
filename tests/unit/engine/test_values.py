"""How values are printed, and where text lives."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal

import pytest

from generator.build.templates import compile_template
from generator.errors import ExpressionError, LimitError, TemplateError, UndefinedNameError
from generator.model.insert import Insert, NewPart, PictureDrawing
from generator.model.length import Length
from generator.model.limits import Limits
from tests.support.packages import (
    docx_bytes,
    edit_part,
    open_docx,
    open_pptx,
    part_names,
    part_text,
    pptx_bytes,
    render,
    render_docx,
    slide_texts,
    texts,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


class OnePixel(Insert):
    """A picture as wide as its place and half as high."""

    def draw(self, place):
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
        part = NewPart("media", "image", "png", "image/png", kind, PNG, shared=True)
        return PictureDrawing(part, None, place.width, Length(place.width // 2), "a dot", "Dot")


class TestPrinting:
    @pytest.mark.parametrize(
        ("value", "printed"),
        [
            ("R&D < 5 > 4", "R&D < 5 > 4"),
            (None, ""),
            (True, "True"),
            (Decimal("1.10"), "1.10"),
            (date(2025, 8, 31), "2025-08-31"),
            ("two\nlines\tand a tab", "two\nlines\tand a tab"),
            ("null\x00 and \x0b and \ufffe", "null and \n and "),
            ("{{ not }} {% a tag %}", "{{ not }} {% a tag %}"),
        ],
    )
    def test_prints_text_as_it_is_and_drops_what_xml_forbids(self, value, printed):
        assert texts(render_docx(["{{ v }}"], {"v": value})) == [printed]

    def test_prints_values_marked_safe_as_text_too(self):
        document = render_docx(["{{ v | safe }} {{ v | e }}"], {"v": "<b>&amp;</b>"})

        assert texts(document) == ["<b>&</b> <b>&amp;</b>"]

    def test_takes_the_formatting_of_the_first_character_of_a_tag(self):
        document = render_docx(["a ¦{{ v¦ }} b"], {"v": "bold"})

        bold = [run.text for run in document.paragraphs[0].runs if run.bold]
        assert bold == ["bold"]

    def test_reads_quotes_that_office_made_curly(self):
        document = render_docx(["{{ v[“k”] }}{{ ‘it’ ~ “她说” }}"], {"v": {"k": "R"}})

        assert texts(document) == ["Rit她说"]

    def test_lets_a_key_win_over_a_method(self):
        document = render_docx(["{{ v.items }} {{ v.keys() | list | length }}"],
                               {"v": {"items": "sold"}})  # fmt: skip

        assert texts(document) == ["sold 1"]

    def test_prints_braces_inside_expressions(self):
        document = render_docx(["{{ {'a': {'b': 1}}['a']['b'] }} {{ 'k' in {'k': 1}}}"], {})

        assert texts(document) == ["1 True"]

    @pytest.mark.parametrize("value", [[1], {"a": 1}, len, object(), b"x"])
    def test_refuses_values_that_have_no_text(self, value):
        with pytest.raises(ExpressionError) as caught:
            compile_template(docx_bytes("{{ v }}")).render({"v": value})

        assert "has no text" in caught.value.message
        assert str(caught.value.where) == "template, paragraph 1"


class TestNames:
    def test_reports_all_unknown_names_with_places_and_near_names(self):
        template = compile_template(
            docx_bytes(
                "{{ revnue }}", [["{{ x.nmae }}", "{% for i in rows %}{{ i.q }}{% endfor %}"]]
            ),
            name="a.docx",
        )

        with pytest.raises(UndefinedNameError) as caught:
            template.render({"revenue": 1, "x": {"name": 2}, "rows": [{"p": 1}]})

        found = [(p.message, str(p.where), p.hint) for p in caught.value.problems]
        assert found == [
            ('no name "revnue" in this report', "a.docx, paragraph 1", 'did you mean "revenue"?'),
            ('no "nmae" in "{{ x.nmae }}"', "a.docx, table 1, row 1, column 1",
             'did you mean "name"?'),
            ('no "q" in "{{ i.q }}"', "a.docx, table 1, row 1, column 2", None),
        ]  # fmt: skip

    def test_prints_nothing_for_unknown_names_if_asked_to(self):
        assert texts(render_docx(["[{{ nosuch }}]"], {}, undefined="blank")) == ["[]"]

    def test_lists_the_names_a_template_needs(self):
        template = compile_template(
            docx_bytes("{% set z = a %}{{ z }}{% for i in b %}{{ i }}{% endfor %}")
        )

        assert template.variables() == ("a", "b")

    def test_names_the_tag_that_fails_and_the_reason(self):
        with pytest.raises(ExpressionError) as caught:
            compile_template(docx_bytes("ok", "{{ 1 / n }}")).render({"n": 0})

        assert caught.value.message == '"{{ 1 / n }}" fails: division by zero'
        assert str(caught.value.where) == "template, paragraph 2"

    @pytest.mark.parametrize(
        "code",
        [
            "''.__class__",
            "x.__init__.__globals__",
            "x.append(1)",
            "(x|attr('__class__'))",
            "cycler",
        ],
    )
    def test_keeps_templates_in_the_sandbox(self, code):
        with pytest.raises(TemplateError):
            compile_template(docx_bytes(f"{{{{ {code} }}}}")).render({"x": []})

    def test_names_the_limit_that_a_value_exceeds(self):
        template = compile_template(
            docx_bytes("{{ v | string }}"), limits=Limits(value_characters=9)
        )

        with pytest.raises(LimitError) as caught:
            template.render({"v": "x\n" * 10})

        assert "value_characters: 9" in caught.value.message


class NoDrawing(Insert):
    """An insert with a mistake: it gives no drawing."""

    def draw(self, place):
        return object()


def test_does_not_tell_a_fault_of_the_program_as_one_of_the_template():
    def broken():
        raise AttributeError("of the caller")

    with pytest.raises(ExpressionError):
        compile_template(docx_bytes("{{ f() }}")).render({"f": broken})
    with pytest.raises(AttributeError):
        compile_template(docx_bytes("{{ dot }}")).render({"dot": NoDrawing()})


class TestPlaces:
    def test_prints_in_headers_footers_and_properties(self):
        def edit(document):
            document.sections[0].header.paragraphs[0].text = "head {{ v }}"
            document.sections[0].footer.paragraphs[0].text = "foot {{ v }}"
            document.core_properties.title = "title {{ v }}"

        document = open_docx(render(docx_bytes("x", edit=edit), {"v": "R&D"}))

        assert document.sections[0].header.paragraphs[0].text == "head R&D"
        assert document.sections[0].footer.paragraphs[0].text == "foot R&D"
        assert document.core_properties.title == "title R&D"

    def test_prints_in_alternative_text_and_shape_names(self):
        def edit(deck):
            properties = deck.slides[0].shapes[1]._element.nvSpPr.cNvPr
            properties.set("descr", 'a "{{ v }}"')

        deck = open_pptx(render(pptx_bytes(["t", "x"], edit=edit), {"v": 'R&D "x"\n'}))

        assert deck.slides[0].shapes[1]._element.nvSpPr.cNvPr.get("descr") == 'a "R&D "x"\n"'

    def test_prints_in_the_address_of_a_link(self):
        def edit(deck):
            run = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs[0]
            run.hyperlink.address = "https://example.org/{{ path }}?a=1"

        deck = open_pptx(render(pptx_bytes(["t", "link"], edit=edit), {"path": "甲&b"}))

        run = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs[0]
        assert run.hyperlink.address == "https://example.org/甲&b?a=1"

    def test_refuses_an_address_of_a_dangerous_scheme(self):
        def edit(deck):
            run = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs[0]
            run.hyperlink.address = "{{ url }}"

        with pytest.raises(ExpressionError) as caught:
            compile_template(pptx_bytes(["t", "x"], edit=edit)).render({"url": "javascript:x()"})

        assert '"javascript:x()" is no address for a link' in caught.value.message
        assert str(caught.value.where) == 'template, slide 1, shape "TextBox 2", link'

    def test_prints_in_notes_layout_and_chart_title(self):
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE

        def edit(deck):
            data = CategoryChartData()
            data.categories = ["a"]
            data.add_series("s", (1,))
            frame = deck.slides[0].shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, 3000000, 3000000, data)
            frame.chart.has_title = True
            frame.chart.chart_title.text_frame.text = "Chart {{ v }}"
            deck.slides[0].notes_slide.notes_text_frame.text = "Notes {{ v }}"

        deck = open_pptx(render(pptx_bytes(["t"], edit=edit), {"v": "<&>"}))

        chart = next(s.chart for s in deck.slides[0].shapes if s.has_chart)
        assert chart.chart_title.text_frame.text == "Chart <&>"
        assert deck.slides[0].notes_slide.notes_text_frame.text == "Notes <&>"

    def test_prints_in_a_text_box_of_a_document_and_its_fallback(self):
        box = (
            '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            'xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape><v:textbox>'
            "<w:txbxContent><w:p><w:r><w:t>{% if v %}</w:t></w:r></w:p>"
            "<w:p><w:r><w:t>box {{ v }}</w:t></w:r></w:p>"
            "<w:p><w:r><w:t>{% endif %}</w:t></w:r></w:p></w:txbxContent>"
            "</v:textbox></v:shape></w:pict></w:r></w:p>"
        )
        template = edit_part(docx_bytes("x"), "word/document.xml", "<w:sectPr", box + "<w:sectPr")

        assert "box 1" in part_text(render(template, {"v": 1}), "word/document.xml")
        empty = part_text(render(template, {"v": 0}), "word/document.xml")
        assert "<w:txbxContent><w:p/></w:txbxContent>" in empty


class TestDrawings:
    def test_stands_in_a_line_of_text_as_wide_as_the_column(self):
        result = render(docx_bytes("before ¦{{ dot }}¦ after"), {"dot": OnePixel()})

        document = open_docx(result)
        assert texts(document) == ["before  after"]
        assert len(document.inline_shapes) == 1
        section = document.sections[0]
        width = section.page_width - section.left_margin - section.right_margin
        assert document.inline_shapes[0].width == width
        assert 'descr="a dot"' in part_text(result, "word/document.xml")

    def test_stores_equal_pictures_once(self):
        result = render(
            docx_bytes("{% for i in [1, 2, 3] %}{{ dot }}{% endfor %}", "{{ dot }}"),
            {"dot": OnePixel()},
        )

        assert len(open_docx(result).inline_shapes) == 4
        assert len([n for n in part_names(result) if n.startswith("word/media/")]) == 1

    def test_takes_the_place_of_a_shape_whose_whole_text_is_the_tag(self):
        template = pptx_bytes(["t", "{{ dot }}"])
        box = open_pptx(template).slides[0].shapes[1]

        deck = open_pptx(render(template, {"dot": OnePixel()}))

        picture = deck.slides[0].shapes[1]
        assert picture.name == box.name
        assert (picture.left, picture.width) == (box.left, box.width)
        assert picture._element.nvPicPr.cNvPr.get("descr") == "a dot"

    def test_prints_text_in_a_shape_that_could_take_a_drawing(self):
        assert slide_texts(open_pptx(render(pptx_bytes(["t", "{{ v }}"]), {"v": "x"}))) == [
            ["t", "x"]
        ]

    @pytest.mark.parametrize(
        "template",
        [pptx_bytes(["t", "text {{ v }}"]),
         docx_bytes(edit=lambda d: setattr(d.core_properties, "title", "{{ v }}"))],
    )  # fmt: skip
    def test_refuses_a_drawing_where_none_can_stand(self, template):
        with pytest.raises(TemplateError) as caught:
            compile_template(template).render({"v": OnePixel()})

        assert "no drawing can stand here" in caught.value.message
        assert caught.value.hint
