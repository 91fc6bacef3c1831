"""What a block repeats or drops: runs, paragraphs, rows, cells, shapes, slides."""

from __future__ import annotations

import pytest

from generator.build.templates import compile_template
from generator.errors import BlockMismatchError, BlockScopeError, TemplateError
from tests.support.packages import (
    docx_bytes,
    open_docx,
    open_pptx,
    pptx_bytes,
    render,
    render_docx,
    slide_texts,
    table_texts,
    texts,
)

PEOPLE = [{"name": "Ada", "items": ["a", "b"]}, {"name": "王", "items": []}]


class TestParagraphs:
    def test_repeats_runs_when_both_tags_stand_in_one_paragraph(self):
        document = render_docx(["{% for p in people %}{{ p.name }}, {% endfor %}end"],
                               {"people": PEOPLE})  # fmt: skip

        assert texts(document) == ["Ada, 王, end"]

    def test_keeps_formatting_of_runs_between_tags_in_other_runs(self):
        document = render_docx(["{% if x %}¦bold¦{% else %}plain{% endif %}"], {"x": True})

        assert texts(document) == ["bold"]
        assert [run.bold for run in document.paragraphs[0].runs if run.text] == [True]

    def test_repeats_paragraphs_between_tags_alone_in_theirs(self):
        document = render_docx(
            ["{% for p in people %}", "{{ p.name }}", "--", "{% endfor %}"], {"people": PEOPLE}
        )

        assert texts(document) == ["Ada", "--", "王", "--"]

    def test_drops_paragraphs_of_a_false_condition_with_its_else(self):
        blocks = ["{% if x %}", "yes", "{% elif y %}", "perhaps", "{% else %}", "no", "{% endif %}"]

        assert texts(render_docx(blocks, {"x": 1, "y": 0})) == ["yes"]
        assert texts(render_docx(blocks, {"x": 0, "y": 1})) == ["perhaps"]
        assert texts(render_docx(blocks, {"x": 0, "y": 0})) == ["no"]

    def test_lets_two_tags_share_a_paragraph_of_their_own(self):
        blocks = [
            "{% for p in people %}{% if p.items %}",
            "{{ p.name }}",
            "{% endif %}{% endfor %}",
        ]

        assert texts(render_docx(blocks, {"people": PEOPLE})) == ["Ada"]

    def test_takes_whole_paragraphs_from_a_tag_at_the_start_to_one_at_the_end(self):
        document = render_docx(
            ["{% for p in people %}Dear {{ p.name }},", "welcome.{% endfor %}"], {"people": PEOPLE}
        )

        assert texts(document) == ["Dear Ada,", "welcome.", "Dear 王,", "welcome."]

    def test_joins_text_across_paragraphs_when_tags_stand_inside_of_text(self):
        blocks = ["Say {% for n in ns %}{{ n }}", "and {% endfor %}stop"]

        assert texts(render_docx(blocks, {"ns": [1, 2]})) == ["Say 1", "and 2", "and stop"]
        assert texts(render_docx(blocks, {"ns": []})) == ["Say stop"]

    def test_sets_names_without_leaving_an_empty_paragraph(self):
        document = render_docx(["{% set total = 2 + 3 %}", "{{ total }}", "{# a note #}"], {})

        assert texts(document) == ["5"]

    def test_drops_a_comment_inside_of_text(self):
        assert texts(render_docx(["a {# a note #}b¦{# another #}¦c"], {})) == ["a bc"]

    def test_nests_loops(self):
        blocks = ["{% for p in people %}", "{{ p.name }}", "{% for i in p['items'] %}",
                  "- {{ i }}", "{% endfor %}", "{% endfor %}"]  # fmt: skip

        assert texts(render_docx(blocks, {"people": PEOPLE})) == ["Ada", "- a", "- b", "王"]

    def test_prints_macros_as_the_markup_they_hold(self):
        blocks = ["{% macro em(x) %}<¦{{ x }}¦>{% endmacro %}", "{{ em('R&D') }}"]

        assert texts(render_docx(blocks, {}))[-1] == "<R&D>"


class TestTables:
    def test_repeats_the_row_between_its_first_and_last_cell(self):
        rows = [
            ["name", "n"],
            ["{% for p in people %}{{ p.name }}", "{{ loop.index }}{% endfor %}"],
        ]

        document = render_docx([rows], {"people": PEOPLE})

        assert table_texts(document) == [["name", "n"], ["Ada", "1"], ["王", "2"]]

    def test_repeats_rows_between_tag_rows_and_drops_those(self):
        rows = [["head", ""], ["{% for p in people %}", ""], ["{{ p.name }}", "x"], ["second", ""],
                ["{% endfor %}", ""], ["foot", ""]]  # fmt: skip

        document = render_docx([rows], {"people": PEOPLE[:1]})

        assert table_texts(document) == [["head", ""], ["Ada", "x"], ["second", ""], ["foot", ""]]

    def test_reads_docxtpl_row_tags(self):
        rows = [["{%tr for p in people %}", ""], ["{{ p.name }}", ""], ["{%tr endfor %}", ""]]

        assert table_texts(render_docx([rows], {"people": PEOPLE})) == [["Ada", ""], ["王", ""]]

    def test_reads_docxtpl_cell_tags_as_columns(self):
        rows = [["{%tc for n in ns %}", "{{ n }}", "{%tc endfor %}"]]

        document = render_docx([rows], {"ns": [1, 2, 3]})

        cells = document.tables[0]._tbl.tr_lst[0].tc_lst
        assert ["".join(t.text for t in c.iter("{*}t")) for c in cells] == ["1", "2", "3"]

    def test_keeps_a_paragraph_in_a_cell_that_a_block_empties(self):
        document = render_docx([[["{% if x %}\ntext\n{% endif %}", "b"]]], {"x": False})

        assert table_texts(document) == [["", "b"]]
        assert len(document.tables[0].cell(0, 0).paragraphs) == 1

    def test_drops_a_table_that_is_left_without_rows(self):
        rows = [["{% for p in people %}{{ p.name }}", "x{% endfor %}"]]

        document = render_docx(["before", rows, "after"], {"people": []})

        assert document.tables == []
        assert texts(document) == ["before", "after"]

    def test_repeats_a_row_of_a_table_on_a_slide(self):
        def add_table(deck):
            table = deck.slides[0].shapes.add_table(2, 2, 0, 0, 3000000, 1000000).table
            table.cell(0, 0).text = "head"
            table.cell(1, 0).text = "{% for p in people %}{{ p.name }}"
            table.cell(1, 1).text = "{{ p.items | length }}{% endfor %}"

        deck = open_pptx(render(pptx_bytes(["t"], edit=add_table), {"people": PEOPLE}))

        table = next(s for s in deck.slides[0].shapes if s.has_table).table
        found = [[c.text for c in row.cells] for row in table.rows]
        assert found == [["head", ""], ["Ada", "2"], ["王", "0"]]


class TestSlides:
    def test_repeats_a_slide_with_its_notes(self):
        def add_notes(deck):
            deck.slides[0].notes_slide.notes_text_frame.text = "about {{ p.name }}"

        template = pptx_bytes(["{%slide for p in people %}{{ p.name }}{%slide endfor %}"],
                              ["last"], edit=add_notes)  # fmt: skip

        deck = open_pptx(render(template, {"people": PEOPLE}))

        assert slide_texts(deck) == [["Ada"], ["王"], ["last"]]
        notes = [s.notes_slide.notes_text_frame.text for s in list(deck.slides)[:2]]
        assert notes == ["about Ada", "about 王"]
        for slide in list(deck.slides)[:2]:
            back = next(r.target_part for r in slide.notes_slide.part.rels.values()
                        if r.reltype.endswith("/slide"))  # fmt: skip
            assert back is slide.part

    def test_repeats_several_slides_as_one(self):
        template = pptx_bytes(["{%slide for p in people %}A {{ p.name }}"],
                              ["B {{ p.name }}{%slide endfor %}"])  # fmt: skip

        deck = open_pptx(render(template, {"people": PEOPLE}))

        assert slide_texts(deck) == [["A Ada"], ["B Ada"], ["A 王"], ["B 王"]]

    def test_loops_may_open_in_one_shape_that_goes_with_them(self):
        template = pptx_bytes(["{{ t }}", "{%slide for s in rows %}{%slide for t in s %}",
                               "{%slide endfor %}{%slide endfor %}"])  # fmt: skip

        deck = open_pptx(render(template, {"rows": [["a", "b"], ["c"]]}))

        assert slide_texts(deck) == [["a"], ["b"], ["c"]]

    def test_drops_a_slide_with_all_that_only_it_uses(self):
        def add_notes(deck):
            deck.slides[0].notes_slide.notes_text_frame.text = "gone too"

        template = pptx_bytes(["{%slide if x %}gone{%slide endif %}"], ["stays"], edit=add_notes)

        result = render(template, {"x": False})

        assert slide_texts(open_pptx(result)) == [["stays"]]
        from tests.support.packages import part_names

        assert not [n for n in part_names(result) if "notesSlide" in n or "slide1.xml" in n]

    def test_gives_each_repeated_slide_its_own_chart(self):
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE

        def add_chart(deck):
            data = CategoryChartData()
            data.categories = ["a"]
            data.add_series("s", (1,))
            kind = XL_CHART_TYPE.BAR_CLUSTERED
            deck.slides[0].shapes.add_chart(kind, 0, 0, 3000000, 3000000, data)

        template = pptx_bytes(["{%slide for p in people %}x{%slide endfor %}"], edit=add_chart)

        deck = open_pptx(render(template, {"people": PEOPLE}))

        charts = [s.chart.part for slide in deck.slides for s in slide.shapes if s.has_chart]
        assert len({part.partname for part in charts}) == 2
        books = {part.chart_workbook.xlsx_part.partname for part in charts}
        assert len(books) == 2

    def test_keeps_names_set_on_an_earlier_slide(self):
        template = pptx_bytes(["{% set x = 'kept' %}one"], ["{{ x }}"])

        assert slide_texts(open_pptx(render(template, {})))[1] == ["kept"]

    def test_drops_a_shape_by_its_tag(self):
        template = pptx_bytes(["t", "{%shape if x %}box{%shape endif %}", "other"])

        assert slide_texts(open_pptx(render(template, {"x": 0}))) == [["t", "other"]]
        assert slide_texts(open_pptx(render(template, {"x": 1}))) == [["t", "box", "other"]]

    def test_repeats_a_shape_with_ids_of_its_own(self):
        template = pptx_bytes(["t", "{%shape for n in ns %}box {{ n }}{%shape endfor %}"])

        deck = open_pptx(render(template, {"ns": [1, 2, 3]}))

        assert slide_texts(deck) == [["t", "box 1", "box 2", "box 3"]]


class TestFaults:
    @pytest.mark.parametrize(
        ("blocks", "error", "message", "hint"),
        [
            (["{% for x in y %}text"], BlockMismatchError, '"{% for x in y %}" is not closed',
             "endfor"),
            (["{% endif %}"], BlockMismatchError, "closes a block that was not opened", "if"),
            (["{% for x in y %}{% if x %}", "{% endfor %}{% endif %}"], BlockMismatchError,
             '"{% if x %}" is still open', "was opened at template, paragraph 1"),
            (["{% if x %}", [["{% endif %}", "b"]]], BlockScopeError,
             "do not enclose a whole part", "table 1, row 1, column 1"),
            ([["a {% for x in y %}", "{% endfor %}"]], BlockScopeError,
             "text stands before", None),
        ],
    )  # fmt: skip
    def test_names_both_ends_of_a_block_that_does_not_fit(self, blocks, error, message, hint):
        blocks = [[b] if isinstance(b, list) and isinstance(b[0], str) else b for b in blocks]

        with pytest.raises(error) as caught:
            compile_template(docx_bytes(*blocks))

        assert message in str(caught.value)
        assert caught.value.where is not None
        if hint:
            assert hint in str(caught.value)

    def test_reports_all_faults_of_a_template_at_once(self):
        blocks = ["{{ a + }}", "{% for x in %}{% endfor %}", "{{ b | nosuch }}", "{{ open"]

        with pytest.raises(TemplateError) as caught:
            compile_template(docx_bytes(*blocks))

        places = [str(p.where) for p in caught.value.problems]
        assert sorted(places) == [f"template, paragraph {n}" for n in (1, 2, 3, 4)]

    def test_names_the_nearest_filter(self):
        with pytest.raises(TemplateError) as caught:
            compile_template(docx_bytes("{{ b | uper }}"))

        assert 'no filter "uper"' in caught.value.message
        assert caught.value.hint == 'did you mean "upper"?'

    def test_says_what_to_do_instead_of_including(self):
        with pytest.raises(TemplateError) as caught:
            compile_template(docx_bytes('{% include "x" %}'))

        assert "not allowed" in caught.value.message

    def test_tells_the_slide_and_shape_of_a_fault(self):
        with pytest.raises(TemplateError) as caught:
            compile_template(pptx_bytes(["ok"], ["ok", "{{ a + }}"]), name="deck.pptx")

        assert str(caught.value.where) == 'deck.pptx, slide 2, shape "TextBox 2"'


def test_opens_the_result_of_nested_tables():
    def nest(document):
        cell = document.add_table(1, 1).cell(0, 0)
        inner = cell.add_table(1, 1)
        inner.cell(0, 0).text = "{% for n in ns %}{{ n }}{% endfor %}"
        cell.paragraphs[0].text = "{{ ns | length }}"

    document = open_docx(render(docx_bytes(edit=nest), {"ns": [1, 2]}))

    assert document.tables[0].cell(0, 0).tables[0].cell(0, 0).text == "12"


class TestLeavingLoops:
    ITEMS = ("A", "B", "C")

    def test_leaves_a_loop_within_a_line_of_text(self):
        text = "{% for i in items %}{% if i == 'B' %}{% break %}{% endif %}{{ i }}{% endfor %}z"

        assert texts(render_docx([text], {"items": self.ITEMS})) == ["Az"]

    def test_leaves_a_loop_of_runs_with_different_formats(self):
        text = "{% for i in items %}¦{% if i == 'B' %}{% break %}{% endif %}¦{{ i }}{% endfor %}z"

        assert texts(render_docx([text], {"items": self.ITEMS})) == ["Az"]

    def test_leaves_a_turn_of_a_loop_of_paragraphs(self):
        blocks = ["{% for i in items %}", "{% if i == 'B' %}{% continue %}{% endif %}", "{{ i }}",
                  "{% endfor %}"]  # fmt: skip

        assert texts(render_docx(blocks, {"items": self.ITEMS})) == ["A", "C"]

    def test_leaves_a_loop_of_rows(self):
        rows = [["{% for i in items %}", ""], ["{% if i == 'B' %}{% break %}{% endif %}", ""],
                ["{{ i }}", "x"], ["{% endfor %}", ""]]  # fmt: skip

        assert table_texts(render_docx([rows], {"items": self.ITEMS})) == [["A", "x"]]

    def test_refuses_to_leave_a_loop_in_the_middle_of_a_paragraph(self):
        blocks = ["{% for i in items %}", "x {% if i %}{% break %}{% endif %} y", "{% endfor %}"]

        with pytest.raises(BlockScopeError) as caught:
            compile_template(docx_bytes(*blocks))

        assert caught.value.message == (
            '"{% break %}" leaves the loop "{% for i in items %}" in the middle of a paragraph or '
            "row"
        )
        assert str(caught.value.where) == "template, paragraph 2"
        assert caught.value.hint == (
            "write the tag, with the {% if %} around it, in a paragraph or row of its own"
        )

    def test_refuses_to_leave_a_loop_where_there_is_none(self):
        with pytest.raises(BlockMismatchError) as caught:
            compile_template(docx_bytes("{% continue %}"))

        assert caught.value.message == '"{% continue %}" stands outside of a loop'
        assert str(caught.value.where) == "template, paragraph 1"
        assert caught.value.hint == "it belongs between {% for ... %} and {% endfor %}"


class TestRawText:
    def test_tags_between_raw_and_its_end_are_text(self):
        text = "{% raw %}{{ x }} {% if %}{% endraw %} {{ y }}"

        assert texts(render_docx([text], {"y": 1})) == ["{{ x }} {% if %} 1"]

    def test_raw_text_without_its_end_is_refused(self):
        with pytest.raises(BlockMismatchError) as caught:
            compile_template(docx_bytes("a {% raw %}{{ x }}"))

        assert caught.value.message == '"{% raw %}" is not closed'
        assert str(caught.value.where) == "template, paragraph 1"
        assert caught.value.hint == "write {% endraw %} behind it, in the same paragraph"
