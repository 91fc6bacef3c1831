"""Tables and Markdown as values: whole paragraphs in the place of a tag's paragraph."""

from __future__ import annotations

from decimal import Decimal

import pytest
from docx.document import Document as DocxDocument
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.presentation import Presentation as PptxPresentation
from pptx.util import Cm

from generator.build.templates import compile_template
from generator.errors import ReportError
from generator.office.names import NAMESPACES
from tests.support.packages import (
    assert_sound,
    docx_bytes,
    open_docx,
    open_pptx,
    part_xml,
    pptx_bytes,
    table_texts,
)

W = f"{{{NAMESPACES['w']}}}"
ROWS = [{"name": "R&D <1>", "value": Decimal("10.40")}, {"name": "杭州", "value": None}]


def _docx(*paragraphs: object, **context: object) -> tuple[bytes, DocxDocument]:
    result = compile_template(docx_bytes(*paragraphs)).render(context)  # type: ignore[arg-type]
    assert_sound(result)
    return result, open_docx(result)


def _styles(document: DocxDocument) -> list[tuple[str, str]]:
    return [(p.style.name, p.text) for p in document.paragraphs]


class TestTables:
    def test_mappings_show_their_keys_and_keep_their_digits(self) -> None:
        result, document = _docx("a", "{{ table(rows) }}", "b", rows=ROWS)
        assert table_texts(document) == [["name", "value"], ["R&D <1>", "10.40"], ["杭州", ""]]
        assert [p.text for p in document.paragraphs] == ["a", "b"]
        table = document.tables[0]._tbl
        assert table.tr_lst[0].trPr.find(f"{W}tblHeader") is not None
        assert [p.alignment for p in table_paragraphs(document, 1)] == [0, 2]
        body = part_xml(result, "word/document.xml")
        assert sum(int(c.get(f"{W}w")) for c in body.iter(f"{W}gridCol")) == 8640

    def test_columns_choose_order_titles_widths_and_alignment(self) -> None:
        _, document = _docx(
            "{{ table(rows, columns={'value': '数值', 'name': 'Name'}, widths=['3 cm', none], "
            "align='cl') }}",
            rows=ROWS,
        )
        assert table_texts(document)[0] == ["数值", "Name"]
        assert document.tables[0].columns[0].width == Cm(3) // 635 * 635
        assert [p.alignment for p in table_paragraphs(document, 1)] == [1, 0]

    def test_sequences_have_their_header_first(self) -> None:
        _, document = _docx("{{ table([['A', 'B'], [1, 2]]) }}")
        assert table_texts(document) == [["A", "B"], ["1", "2"]]
        _, document = _docx("{{ table([[1, 2]], header=false) }}")
        assert table_texts(document) == [["1", "2"]]

    def test_tables_never_touch_and_cells_end_with_a_paragraph(self) -> None:
        _docx("{{ table(rows) }}", "{{ table(rows) }}", [["x", "{{ table(rows) }}"]], rows=ROWS)
        _docx("{% for i in [1, 2, 3] %}", "{{ table(rows) }}", "{% endfor %}", rows=ROWS)

    def test_empty_rows_leave_a_header_or_say_what_is_missing(self) -> None:
        _, document = _docx("{{ table([], columns=['a', 'b']) }}")
        assert table_texts(document) == [["a", "b"]]
        with pytest.raises(ReportError, match="neither rows nor columns"):
            _docx("{{ table([]) }}")

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            ("table([[1, 2], [3]])", "row 1 of the table has 1 cells for 2 columns"),
            ("table([[1, 2]], widths=['1 cm'])", "2 columns and 1 of width"),
            ("table([[1, 2]], widths=['1 cm', 'x'])", "is not a length"),
            ("table([[1, 2]], align='lx')", "is no alignment"),
            ("table(['text'])", "columns of the table are not known"),
        ],
    )
    def test_what_does_not_fit_is_named_with_its_tag(self, call: str, message: str) -> None:
        with pytest.raises(ReportError, match=message) as caught:
            _docx("a", f"{{{{ {call} }}}}")
        assert caught.value.problems[0].where.steps == ("paragraph 2",)

    def test_a_table_in_a_line_of_text_is_refused(self) -> None:
        with pytest.raises(ReportError, match="stands in a line of text"):
            _docx("a {{ table(rows) }}", rows=ROWS)

        def edit(document: DocxDocument) -> None:
            document.core_properties.title = "{{ table(rows) }}"

        with pytest.raises(ReportError, match="none can stand here"):
            compile_template(docx_bytes("x", edit=edit)).render({"rows": ROWS})

    def test_a_table_takes_the_place_of_a_shape(self) -> None:
        def edit(presentation: PptxPresentation) -> None:
            box = presentation.slides[0].shapes.add_textbox(Cm(2), Cm(5), Cm(16), Cm(6))
            box.name = "Figures"
            box.text_frame.text = "{{ table(rows) }}"

        result = compile_template(pptx_bytes(["T"], edit=edit)).render({"rows": ROWS})
        assert_sound(result)
        [frame] = [s for s in open_pptx(result).slides[0].shapes if s.has_table]
        assert (frame.name, frame.left, frame.width) == ("Figures", Cm(2), Cm(16))
        cells = [[c.text for c in row.cells] for row in frame.table.rows]
        assert cells == [["name", "value"], ["R&D <1>", "10.40"], ["杭州", ""]]
        assert frame.height <= Cm(6)
        with pytest.raises(ReportError, match="does not fit the shape") as caught:
            compile_template(pptx_bytes(["T"], edit=edit)).render({"rows": ROWS * 40})
        assert 'shape "Figures"' in str(caught.value.problems[0].where)


def table_paragraphs(document: DocxDocument, row: int) -> list[object]:
    return [cell.paragraphs[0] for cell in document.tables[0].rows[row].cells]


MARKDOWN = """# Head *one*

Text with **bold**, *italic*, ~~struck~~, `code` and [link](https://example.org/?a&b).
Second line.

1. one
2. two
   - inner

     more of inner

> quoted

```
x = "<&>"
```

| A | B |
| - | -: |
| 1 | **2** |

[bad](javascript:alert(1)) <b>html</b> ![alt](x.png)

5. five
"""


class TestMarkdown:
    def test_blocks_get_the_styles_of_the_template(self) -> None:
        result, document = _docx("a", "{{ markdown(text) }}", "b", text=MARKDOWN)
        assert _styles(document) == [
            ("Normal", "a"),
            ("Heading 1", "Head one"),
            ("Normal", "Text with bold, italic, struck, code and link. Second line."),
            ("List Number", "one"),
            ("List Number", "two"),
            ("List Bullet 2", "inner"),
            ("List Continue 2", "more of inner"),
            ("Quote", "quoted"),
            ("Normal", 'x = "<&>"'),
            ("Normal", "[bad](javascript:alert(1)) <b>html</b> alt"),
            ("List Number", "five"),
            ("Normal", "b"),
        ]
        assert table_texts(document) == [["A", "B"], ["1", "2"]]
        links = part_xml(result, "word/_rels/document.xml.rels")
        outside = [rel.get("Target") for rel in links if rel.get("TargetMode")]
        assert outside == ["https://example.org/?a&b"]
        bold = {run.text for p in document.paragraphs for run in p.runs if run.bold}
        assert bold == {"bold"}

    def test_each_list_counts_from_its_own_start(self) -> None:
        text = "1. a\n2. b\n\ntext\n\n5. c\n"
        result, document = _docx("{{ markdown(text) }}", "{{ markdown(text) }}", text=text)
        lists = [
            p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style.name == "List Number"
        ]
        assert lists[0] == lists[1]
        assert len(set(lists)) == 4
        numbering = part_xml(result, "word/numbering.xml")
        starts = {
            int(num.get(f"{W}numId")): num.find(f".//{W}startOverride").get(f"{W}val")
            for num in numbering.iter(f"{W}num")
            if num.find(f".//{W}startOverride") is not None
        }
        assert [starts[number] for number in lists] == ["1", "1", "5", "1", "1", "5"]

    def test_a_template_without_styles_gets_lists_of_its_own(self) -> None:
        def strip(document: DocxDocument) -> None:
            for style in list(document.styles):
                if style.name.startswith(("List", "Heading", "Quote", "macro", "Table")):
                    style.delete()

        template = docx_bytes("{{ markdown(text) }}", edit=strip)
        result = compile_template(template).render({"text": MARKDOWN})
        assert_sound(result)
        document = open_docx(result)
        assert document.paragraphs[0].runs[0].bold
        formats = [(p.text, p._p.pPr) for p in document.paragraphs]
        numbered = [t for t, f in formats if f is not None and f.numPr is not None]
        assert numbered == ["one", "two", "inner", "five"]

    def test_levels_of_a_slide(self) -> None:
        text = MARKDOWN.split("| A")[0]
        result = compile_template(pptx_bytes(["T", "{{ markdown(text) }}"])).render({"text": text})
        assert_sound(result)
        frame = open_pptx(result).slides[0].shapes[1].text_frame
        shown = [(p.level, p.text) for p in frame.paragraphs]
        assert shown == [
            (0, "Head one"),
            (0, "Text with bold, italic, struck, code and link. Second line."),
            (0, "one"), (0, "two"), (1, "inner"), (1, "more of inner"), (0, "quoted"),
            (0, 'x = "<&>"'),
        ]  # fmt: skip

    def test_chinese_lines_are_joined_without_a_space(self) -> None:
        _, document = _docx("{{ markdown(text) }}", text="增长\n较快\nword\nword")
        assert document.paragraphs[0].text == "增长较快word word"

    def test_none_prints_nothing_and_leaves_a_legal_cell(self) -> None:
        _docx([["a", "{{ markdown(none) }}"]])


_LINES = st.lists(
    st.sampled_from(
        ("# h", "text", "* item", "  * inner", "1. one", "   2. two", "> q", "| a | b |",
         "|---|--|",
         "```", "    code", "***", "**b *i* `c`**", "[l](http://x)", "", "<b>&amp;", "\\", "~~s~~")
    )
    | st.text(max_size=12),
    max_size=14,
)  # fmt: skip
_TEMPLATE = compile_template(docx_bytes("{{ markdown(text) }}", "end"))
_DECK = compile_template(pptx_bytes(["T", "{{ markdown(text) }}"]))


@given(_LINES)
@settings(max_examples=120, deadline=None)
def test_any_markdown_gives_a_sound_document(lines: list[str]) -> None:
    text = "\n".join(lines)
    result = _TEMPLATE.render({"text": text})
    assert_sound(result)
    try:
        assert_sound(_DECK.render({"text": text}))
    except ReportError as error:
        assert "among other text" in str(error)  # noqa: PT017 - one known refusal


def test_a_page_break_stands_alone_or_in_a_line() -> None:
    result, document = _docx("a", "{{ page_break() }}", "b{{ page_break() }}c")
    breaks = list(part_xml(result, "word/document.xml").iter(f"{W}br"))
    assert [b.get(f"{W}type") for b in breaks] == ["page", "page"]
    assert len(document.paragraphs) == 3
    with pytest.raises(ReportError, match="no page breaks"):
        compile_template(pptx_bytes(["T", "{{ page_break() }}"])).render({})
