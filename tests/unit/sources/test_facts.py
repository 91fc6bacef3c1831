"""Data files to facts: what is read, and what is refused with line, field, reason and hint."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator.errors import DataError, ReportError, SourceFormatError, SourceNotFoundError
from generator.model import wording
from generator.sources.facts import read_facts
from tests.support.facts import HEAD, entry, figure, group, read_book, thing, write_facts


def _problems(folder, *groups, head=HEAD):
    with pytest.raises(DataError) as caught:
        read_book(folder, *groups, head=head)
    return [(p.message, str(p.where), p.hint) for p in caught.value.problems]


def _place(field, line):
    return f'facts.yaml, line {line}, field "groups.g.facts.{field}"'


class TestReading:
    def test_reads_facts_in_the_order_of_the_file(self, tmp_path):
        book = read_book(
            tmp_path,
            group("growth", figure("gdp", "超2000亿元", "2000", "亿元", "bound: over")),
            group("fields", thing("power"), thing("media"), note="不完全"),
        )

        assert [fact.id for fact in book] == ["growth.gdp", "fields.power", "fields.media"]
        assert [group.id for group in book.groups] == ["growth", "fields"]
        assert book.groups[1].note.zh == "不完全"
        assert book["growth.gdp"].number == Decimal(2000)
        assert "growth.gdp" in book
        assert "growth.gnp" not in book
        assert len(book) == 3

    def test_notes_where_each_entry_stands(self, tmp_path):
        book = read_book(tmp_path, group("g", thing("a"), thing("b")))

        assert (book["g.a"].file, book["g.a"].line) == ("facts.yaml", 12)
        assert book["g.b"].line == 16

    def test_remembers_the_bound_word_of_the_source(self, tmp_path):
        book = read_book(tmp_path, group("g", figure("a", "600余家", "600", "家", "bound: over")))

        assert book["g.a"].bound_word.text == "余"

    def test_continues_a_group_in_a_second_file(self, tmp_path):
        first = write_facts(tmp_path, group("g", thing("a")), name="one.yaml")
        second = write_facts(tmp_path, group("g", thing("b")), name="two.yaml")

        book = read_facts([first, second], tmp_path)

        assert [fact.id for fact in book.groups[0].facts] == ["g.a", "g.b"]

    def test_takes_a_year_for_a_period(self, tmp_path):
        book = read_book(tmp_path, group("g", thing("a", "period: 1990")))

        assert book["g.a"].period.year == 1990


class TestDocumentation:
    def test_the_example_of_the_manual_is_a_data_file(self, root, tmp_path):
        manual = (root / "docs" / "definition.md").read_text(encoding="utf-8")
        blocks = [block.split("```")[0] for block in manual.split("```yaml\n")[1:]]
        example = next(block for block in blocks if block.startswith("source:"))
        (tmp_path / "facts.yaml").write_text(example, encoding="utf-8")

        book = read_facts([tmp_path / "facts.yaml"])

        assert str(book["growth.gdp"].number) == "1559.9"
        assert book["growth.gdp"].source.credit is None


class TestInference:
    ENTRY = figure("a", "5家", "5", "家", "period: 2025-H1", "inferred: this_year")

    def test_explains_what_is_inferred(self, tmp_path):
        fact = read_book(tmp_path, group("g", self.ENTRY))["g.a"]

        assert fact.inferred.en == "the report says only “this year”"
        assert fact.has_assumed_year

    def test_lifts_the_mark_when_the_date_of_publication_agrees(self, tmp_path):
        head = HEAD.replace("  sections:", "  published: 2025-08-12\n  sections:")

        fact = read_book(tmp_path, group("g", self.ENTRY), head=head)["g.a"]

        assert fact.inferred is None
        assert not fact.has_assumed_year

    def test_refuses_a_date_of_publication_that_disagrees(self, tmp_path):
        head = HEAD.replace("  sections:", "  published: 2026-08-12\n  sections:")

        assert _problems(tmp_path, group("g", self.ENTRY), head=head) == [
            (
                'the source was published in 2026, "this_year" assumes 2025',
                'facts.yaml, line 8, field "assumptions.this_year.year"',
                "mend the year, and the periods of the facts that are inferred from it",
            )
        ]

    def test_takes_an_inference_of_its_own(self, tmp_path):
        book = read_book(
            tmp_path,
            group("g", thing("a", "period: 1990", "inferred: {zh: 按成立年份, en: by foundation}")),
        )

        assert book["g.a"].inferred.zh == "按成立年份"
        assert not book["g.a"].has_assumed_year


class TestAgreement:
    """The two forms of a figure, as written and as a number, are held against each other."""

    @pytest.mark.parametrize(
        ("written", "number", "unit", "more", "message", "field", "hint"),
        [
            ("1559.9亿元", "1595.9", "亿元", "",
             'the number 1595.9 does not stand in "1559.9亿元"', "number",
             "number and written must say the same; mend the one that is wrong"),
            ("6.5万人", "6.5", "人", "", 'the number 6.5 does not stand in "6.5万人"', "number",
             "number and written must say the same; mend the one that is wrong"),
            ("超2000亿元", "2000", "亿元", "",
             '"超2000亿元" says "over" and bound says "exact"', "bound",
             "write bound: over, or mend written"),
            ("600家", "600", "家", "bound: over",
             '"600家" says "exact" and bound says "over"', "bound",
             "write bound: exact, or mend written"),
            ("10%以上", "10", "%", "bound: over",
             '"10%以上" says "at_least" and bound says "over"', "bound",
             "write bound: at_least, or mend written"),
            ("240P", "240", "家", "", 'behind the number in "240P" stands no "家"', "unit",
             "unit and written must say the same; mend the one that is wrong"),
            ("下降2.1%", "2.1", "%", "", '"下降2.1%" is a fall, and 2.1 a rise', "number",
             "write number: -2.1, or mend written"),
            ("增长2.1%", "-2.1", "%", "",
             '-2.1 is a fall, and "增长2.1%" does not say so', "number",
             "keep the word that says so in written, for example 下降2.1%"),
        ],
    )  # fmt: skip
    def test_finds_a_slip_in_one_of_the_two(
        self, tmp_path, written, number, unit, more, message, field, hint
    ):
        problems = _problems(tmp_path, group("g", figure("a", written, number, unit, more)))

        assert len(problems) == 1
        assert problems[0][0] == message
        assert f'field "groups.g.facts.a.{field}"' in problems[0][1]
        assert problems[0][2] == hint

    def test_finds_a_figure_that_its_phrase_does_not_hold(self, tmp_path):
        text = figure("a", "600余家", "600", "家", "bound: over").replace(
            "phrase: 600余家", "phrase: 以及500余家"
        )

        assert _problems(tmp_path, group("g", text)) == [
            (
                '"600余家" does not stand in the phrase "以及500余家"',
                _place("a.source.phrase", 18),
                "the phrase is the place of the source that prints the figure; mend one of them",
            )
        ]

    def test_finds_a_period_that_is_not_the_year_written(self, tmp_path):
        text = entry(
            "a", "written: 成立于1990年", "period: 1996", "source: {at: lead 1, phrase: x}"
        )

        assert _problems(tmp_path, group("g", text)) == [
            (
                'the period 1996 does not stand in "成立于1990年"',
                _place("a.period", 15),
                "period and written must say the same; mend the one that is wrong",
            )
        ]


class TestFields:
    """Wrong fields are reported all at once, each with its line."""

    @pytest.mark.parametrize(
        ("lines", "message", "field", "line", "hint"),
        [
            (("naem: x",), '"naem" is not known here', "a.naem", 14, 'did you mean "name"?'),
            (("colour: red",), '"colour" is not known here', "a.colour", 14, "drop it"),
            (("bound: ovr",), '"ovr" is none of', "a.bound", 14, 'did you mean "over"?'),
            (("unit: 亿圆",), '"亿圆" is no known unit', "a.unit", 14, None),
            (('number: "5"',), '"5" is not a number', "a.number", 14,
             "write digits only: no quotes, unit, or bound word"),
            (("number: 5家",), '"5家" is not a number', "a.number", 14,
             "write digits only: no quotes, unit, or bound word"),
            (("number: true",), '"True" is not a number', "a.number", 14,
             "write digits only: no quotes, unit, or bound word"),
            (("period: 今年",), '"今年" is no period', "a.period", 14, None),
            (("related: [power]",), '"power" is no fact', "a.related.0", 14,
             "write its group and name, as in growth.gdp"),
            (("related: g.b",), '"g.b" is not a list', "a.related", 14,
             "write it as a list: [first, second]"),
            (("short: 简称",), '"简称" stands where fields are expected', "a.short", 14,
             "write them below, as name: value"),
            (("short: {zh: 简称}",), '"en" is missing', "a.short", 14, "add it"),
            (('short: {zh: "", en: x}',), "the text is empty", "a.short.zh", 14,
             "write something, or drop the field"),
            (("short: {zh: 5050, en: x}",), '"5050" is not text', "a.short.zh", 14,
             "put quotes around it"),
            (("short: {zh: 一, en: so, then}",), '"then" is not known here', "a.short.then", 14,
             "if it belongs to the text before it, put quotes around that text"),
            (("comparison: yoyo",), '"yoyo" is none of', "a.comparison", 14, 'did you mean "yoy"?'),
            (("comparison: share",), "a share needs to say of what", "a.comparison", 14,
             "write comparison: {kind: share, of: {zh: ..., en: ...}}"),
            (("inferred: This Year",), '"This Year" is not a name', "a.inferred", 14,
             "use small letters, digits and _"),
            (("inferred: {zh: 一}",), '"en" is missing', "a.inferred", 14, "add it"),
            (("bound: over",), "a bound without a number", "a", 12,
             "add the number, or drop the bound"),
            (("unit: 家",), "a unit without a number", "a", 12, "add the number, or drop the unit"),
            (("number: 5",), "a number without a unit", "a", 12,
             "add the unit, for example 家 or %"),
            (("kind: rank",), "a rank without a number", "a", 12, "add the number, or drop kind"),
            (("derived: {rule: share, inputs: [g.b]}",), "the list is too short",
             "a.derived.inputs", 14, "add what is missing"),
        ],
        ids=lambda value: str(value)[:40],
    )  # fmt: skip
    def test_names_line_field_and_remedy(self, tmp_path, lines, message, field, line, hint):
        text = entry("a", *lines, "written: x", "source: {at: lead 1, phrase: x}")

        problems = _problems(tmp_path, group("g", text))

        assert len(problems) == 1, problems
        assert problems[0][0].startswith(message)
        assert problems[0][1] == _place(field, line)
        assert problems[0][2] == hint or (hint is None and problems[0][2])

    @pytest.mark.parametrize(
        ("line", "message", "hint"),
        [
            ("written: 5家", "source is missing",
             "add where the fact stands: {at: ..., phrase: ...}"),
            ("source: {at: lead 1, phrase: x}", "written is missing",
             "add the value as the source prints it"),
        ],
    )  # fmt: skip
    def test_wants_the_value_as_written_and_its_place(self, tmp_path, line, message, hint):
        problems = _problems(tmp_path, group("g", entry("a", line)))

        assert problems == [(message, _place("a", 12), hint)]

    @pytest.mark.parametrize("place", ["lead", "Lead 1", "lead 0", "lead one"])
    def test_wants_section_and_paragraph_for_a_place(self, tmp_path, place):
        text = entry("a", "written: x", f"source: {{at: {place}, phrase: x}}")

        assert _problems(tmp_path, group("g", text)) == [
            (f'"{place}" is no place', _place("a.source.at", 15),
             "write section and paragraph, as in lead 1")
        ]  # fmt: skip

    def test_refuses_a_text_that_hides_a_bound(self, tmp_path):
        text = figure("a", "超40%", "40", "%", "bound: over", "text: {zh: 四成, en: two fifths}")

        assert _problems(tmp_path, group("g", text)) == [
            ("a text would hide the bound of this figure", _place("a", 12),
             "drop text; the figure prints itself")
        ]  # fmt: skip

    def test_names_a_number_out_of_range(self, tmp_path):
        text = entry("a", "derived: {rule: share, inputs: [g.b, g.c], decimals: 9}")

        assert _problems(tmp_path, group("g", text)) == [
            ('"9" does not fit: input should be less than or equal to 6',
             _place("a.derived.decimals", 14), "correct the value")
        ]  # fmt: skip

    def test_reports_all_faults_of_all_files_at_once(self, tmp_path):
        first = write_facts(tmp_path, group("g", thing("a", "x: 1"), thing("b", "y: 1")),
                            name="one.yaml")  # fmt: skip
        second = write_facts(tmp_path, group("h", thing("a", "z: 1")), name="two.yaml")
        broken = tmp_path / "three.yaml"
        broken.write_text("a: [")

        with pytest.raises(DataError) as caught:
            read_facts([first, second, broken], tmp_path)

        assert [(p.message, p.where.file, p.where.line) for p in caught.value.problems] == [
            ('"x" is not known here', "one.yaml", 15),
            ('"y" is not known here', "one.yaml", 20),
            ('"z" is not known here', "two.yaml", 15),
            ("this is not valid YAML: did not find expected node content", "three.yaml", 1),
        ]

    @pytest.mark.parametrize("text", ["", "[]", "5", "groups: {}"])
    def test_refuses_a_file_that_is_no_data_file(self, tmp_path, text):
        path = tmp_path / "facts.yaml"
        path.write_text(text)

        with pytest.raises(DataError) as caught:
            read_facts([path], tmp_path)

        assert str(caught.value.where).startswith("facts.yaml")
        assert caught.value.hint


class TestNames:
    def test_proposes_a_near_section(self, tmp_path):
        text = thing("a").replace("lead 1", "led 1")

        assert _problems(tmp_path, group("g", text)) == [
            ('there is no section "led"', _place("a.source.at", 15), 'did you mean "lead"?')
        ]

    def test_proposes_a_near_assumption(self, tmp_path):
        assert _problems(tmp_path, group("g", thing("a", "inferred: ths_year"))) == [
            ('there is no assumption "ths_year"', _place("a.inferred", 15),
             'did you mean "this_year"?')
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("field", "place"), [("related: [g.bb]", "related.0"), ("part_of: g.bb", "part_of")]
    )
    def test_proposes_a_near_fact(self, tmp_path, field, place):
        assert _problems(tmp_path, group("g", thing("a", field), thing("b"))) == [
            ('there is no fact "g.bb"', _place(f"a.{place}", 15), 'did you mean "g.b"?')
        ]

    def test_refuses_a_fact_that_points_at_itself(self, tmp_path):
        assert _problems(tmp_path, group("g", thing("a", "related: [g.a]"))) == [
            ('"g.a" points at itself', _place("a.related.0", 15), "name another fact, or drop it")
        ]

    def test_refuses_an_id_that_another_file_has(self, tmp_path):
        first = write_facts(tmp_path, group("g", thing("a")), name="one.yaml")
        second = write_facts(tmp_path, group("g", thing("a")), name="two.yaml")

        with pytest.raises(DataError) as caught:
            read_facts([first, second], tmp_path)

        assert caught.value.message == 'the fact "g.a" stands in one.yaml, line 12 already'
        assert str(caught.value.where) == 'two.yaml, line 12, field "groups.g.facts.a"'
        assert caught.value.hint == "give it another name, or keep one of the two"

    def test_refuses_an_id_twice_in_one_file(self, tmp_path):
        with pytest.raises(SourceFormatError) as caught:
            read_book(tmp_path, group("g", thing("a"), thing("a")))

        assert caught.value.message == 'the key "a" stands here a second time'
        assert str(caught.value.where) == "facts.yaml, line 16"
        assert caught.value.hint == "it was written in line 12 already; keep one of them"

    def test_names_a_file_that_is_not_there_and_the_nearest(self, tmp_path):
        write_facts(tmp_path, group("g", thing("a")))

        with pytest.raises(SourceNotFoundError) as caught:
            read_facts([tmp_path / "fact.yaml"], tmp_path)

        assert caught.value.message == "there is no such file"
        assert str(caught.value.where) == "fact.yaml"
        assert caught.value.hint == 'did you mean "facts.yaml"?'

    @pytest.mark.parametrize("name", ["Growth", "gdp growth", "产值", "1st"])
    def test_refuses_a_name_that_templates_cannot_write(self, tmp_path, name):
        problems = _problems(tmp_path, group("g", thing("a").replace("      a:", f"      {name}:")))

        assert problems[0][0] == f'"{name}" is not a name'
        assert problems[0][2] == "use small letters, digits and _"


class TestSense:
    WHOLE = figure("whole", "40个", "40", "个")

    @pytest.mark.parametrize(
        ("part", "whole"),
        [
            (("41个", "41", ""), ("40个", "40", "")),
            (("超40个", "40", "bound: over"), ("40个", "40", "")),
            (("40个", "40", ""), ("不足40个", "40", "bound: under")),
        ],
    )
    def test_refuses_a_part_above_its_whole(self, tmp_path, part, whole):
        text = figure("a", part[0], part[1], "个", part[2], "part_of: g.whole")
        other = figure("whole", whole[0], whole[1], "个", whole[2])

        problems = _problems(tmp_path, group("g", text, other))

        assert [p[0] for p in problems] == [
            f'{part[1]} 个 cannot be part of {whole[1]} 个 ("g.whole")'
        ]
        assert problems[0][1] == _place("a.number", 15)
        assert problems[0][2] == "check both numbers"

    def test_accepts_a_part_that_may_fit_under_an_open_whole(self, tmp_path):
        text = figure("a", "11个", "11", "个", "part_of: g.whole")
        other = figure("whole", "超10个", "10", "个", "bound: over")

        assert len(read_book(tmp_path, group("g", text, other))) == 2

    def test_compares_part_and_whole_in_one_unit(self, tmp_path):
        text = figure("a", "5万人", "5", "万人", "part_of: g.whole")

        assert len(read_book(tmp_path, group("g", text, figure("whole", "60000人", "60000", "人"))))

    def test_refuses_a_part_in_another_unit(self, tmp_path):
        text = figure("a", "5家", "5", "家", "part_of: g.whole")

        assert _problems(tmp_path, group("g", text, self.WHOLE)) == [
            ('a part in 家 and a whole in 个 ("g.whole")', _place("a.part_of", 17),
             "part and whole have one unit")
        ]  # fmt: skip

    def test_refuses_a_share_above_the_whole(self, tmp_path):
        line = "comparison: {kind: share, of: {zh: 全市, en: the city}}"

        assert _problems(tmp_path, group("g", figure("a", "140%", "140", "%", line))) == [
            ("a share of 140% is impossible", _place("a.number", 15),
             "a share lies between 0 and 100; a rate of change has comparison: yoy")
        ]  # fmt: skip

    def test_refuses_a_rank_that_says_so_in_one_place_only(self, tmp_path):
        assert _problems(tmp_path, group("g", figure("a", "第1位", "1", "位", "kind: rank"))) == [
            ("kind and comparison disagree on whether this is a rank", _place("a.comparison", 12),
             "a rank has kind: rank and comparison: {kind: rank, of: ...}")
        ]  # fmt: skip

    def test_refuses_half_a_place_in_a_row(self, tmp_path):
        text = figure("a", "第1.5次", "1.5", "次", "kind: ordinal")

        assert _problems(tmp_path, group("g", text)) == [
            ("1.5 is no place in a row", _place("a.number", 15), "write 1 for the first")
        ]  # fmt: skip


class TestDerived:
    RULE = "derived: {rule: share, inputs: [g.part, g.whole], decimals: 1}"

    def _book(self, folder, *, part="11个", number="11", more="part_of: g.whole", bound="",
              whole=("40个", "40", ""), unit='unit: "%"', rule=RULE):  # fmt: skip
        return read_book(
            folder,
            group(
                "g",
                figure("part", part, number, "个", more, bound),
                figure("whole", whole[0], whole[1], "个", whole[2]),
                entry("result", rule, unit),
            ),
        )

    def test_works_out_a_share_of_a_whole(self, tmp_path):
        fact = self._book(tmp_path)["g.result"]

        assert str(fact.number) == "27.5"
        assert wording.prose(fact, "zh") == "27.5%"

    def test_rounds_half_up(self, tmp_path):
        book = self._book(tmp_path, part="1个", number="1", whole=("16个", "16", ""))

        assert str(book["g.result"].number) == "6.3"

    def test_works_out_a_difference_of_two_rates_in_percentage_points(self, tmp_path):
        book = read_book(
            tmp_path,
            group(
                "g",
                figure("fast", "15.4%", "15.4", "%"),
                figure("slow", "7.3%", "7.3", "%"),
                entry("gap", "derived: {rule: difference, inputs: [g.fast, g.slow]}",
                      "unit: 个百分点"),
            ),
        )  # fmt: skip

        assert wording.prose(book["g.gap"], "en") == "8.1 percentage points"

    @pytest.mark.parametrize(
        ("changes", "message", "hint"),
        [
            ({"part": "超11个", "bound": "bound: over"},
             '"g.part" (facts.yaml, line 12) is a bound ("超11个"), not an exact value',
             "a figure can be derived from exact values only"),
            ({"whole": ("超40个", "40", "bound: over")},
             '"g.whole" (facts.yaml, line 19) is a bound ("超40个"), not an exact value',
             "a figure can be derived from exact values only"),
            ({"more": ""}, '"g.part" (facts.yaml, line 12) is not declared as part of "g.whole"',
             "if it is one, write part_of: g.whole in it"),
            ({"whole": ("40个", "40", "period: 2024")},
             '"g.part" (facts.yaml, line 12) is of as_of_publication, "g.whole" (facts.yaml, '
             "line 19) of 2024",
             "derive from figures of one period"),
            ({"unit": "unit: 个"}, "a share is a percentage", 'write unit: "%"'),
            ({"part": "0个", "number": "0", "whole": ("0个", "0", "")}, '"g.whole" is zero',
             "there is no share of nothing"),
            ({"rule": RULE.replace("share", "difference")}, "the difference is in 个",
             "write unit: 个"),
        ],
    )  # fmt: skip
    def test_refuses_what_would_not_be_honest(self, tmp_path, changes, message, hint):
        with pytest.raises(DataError) as caught:
            self._book(tmp_path, **changes)

        assert caught.value.message == f'"g.result" cannot be worked out: {message}'
        assert 'field "groups.g.facts.result.derived"' in str(caught.value.where)
        assert caught.value.where.line
        assert caught.value.hint == hint

    def test_proposes_a_near_input(self, tmp_path):
        with pytest.raises(DataError) as caught:
            self._book(tmp_path, rule=self.RULE.replace("g.part", "g.prt"))

        assert caught.value.message == 'there is no fact "g.prt"'
        assert caught.value.hint == 'did you mean "g.part"?'

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("number: 5", "a derived figure has no number of its own"),
            ("written: 5家", "a derived figure has no written of its own"),
            ("bound: over", "a derived figure has no bound"),
        ],
    )
    def test_refuses_a_derived_figure_with_a_value_of_its_own(self, tmp_path, line, message):
        with pytest.raises(ReportError) as caught:
            self._book(tmp_path, unit=f'unit: "%"\n        {line}')

        assert caught.value.message == message
        assert caught.value.hint.startswith("drop ")
