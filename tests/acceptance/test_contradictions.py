"""A build stops at each contradiction, names both places, and leaves no file behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.projects import DEFINITION, FACTS, write_project

MORE = """\
      total:
        name: {zh: 企业, en: Firms}
        written: 40家
        number: 40
        unit: 家
        period: 2025
        source: {at: lead 1, phrase: 共有40家}
      small:
        name: {zh: 小企业, en: Small firms}
        written: 11家
        number: 11
        unit: 家
        period: 2025
        part_of: growth.total
        source: {at: lead 1, phrase: 其中小企业11家}
      large:
        name: {zh: 大企业, en: Large firms}
        written: 28家
        number: 28
        unit: 家
        period: 2025
        part_of: growth.total
        source: {at: lead 1, phrase: 大企业28家}
      output:
        name: {zh: 产值, en: Output}
        written: 1559.96亿元
        number: 1559.96
        unit: 亿元
        period: 2025-H1
        source: {at: lead 1, phrase: 产值1559.96亿元}
"""
DERIVED = """\
      share:
        name: {zh: 占比, en: Share}
        unit: "%"
        derived: {rule: share, inputs: [growth.small, growth.gdp]}
"""
SUM = "gate:\n  adds_up:\n    - {facts: [growth.small, growth.large], whole: growth.total}\n"
MIXED = "charts:\n  mixed: {kind: bar, facts: [growth.total, growth.output]}\n"
DATASET = """\
datasets:
  parts:
    file: data/parts.csv
    columns: {part: {type: number, unit: "%"}, firms: {type: integer, unit: 家}}
"""
COLUMNS = """\
charts:
  mixed: {kind: column, dataset: parts, category: name, series: [{name: a, column: part},
          {name: b, column: firms}]}
"""
PARTS = "name,part,firms\nA,33.3%,5家\nB,33.3%,6家\nC,32.3%,7家\n"

#: What is wrong; paragraphs, facts, definition; what the message says, the two places among it.
CASES = {
    "a number that no fact explains": (
        ["Output rose by 12.3 percent."], "", "",
        ['no fact explains the number "12.3"', "note-en.docx, paragraph 1"],
    ),
    "an amount typed by hand that looks like a year": (
        ["There are 2000亿元 at least."], "", "",
        ['"2000" stands without its bound; the fact growth.gdp is >2000亿元', "note-zh.docx",
         "data/facts.yaml, line 11"],
    ),
    "a value in two ways": (
        ["{{ growth.output }}", "{{ growth.output | rounded }}"], "", "",
        ['"growth.output" is printed as 1560 亿 here, and as 1559.96 亿 in note-zh.docx, '
         "paragraph 1", "note-zh.docx, paragraph 2"],
    ),
    "a bound that a filter drops": (
        ["{{ growth.gdp.text | replace('more than ', '') | replace('超', '') }}"], "", "",
        ['"2000亿元" stands without its bound; growth.gdp is >2000亿元 (data/facts.yaml, line 11)',
         "note-zh.docx, paragraph 1"],
    ),
    "a bare number of a bounded figure": (
        ["{{ growth.gdp.number }}"], "", "",
        ['"2000" stands without its bound', "data/facts.yaml, line 11", "note-en.docx"],
    ),
    "a figure past its time": (
        ["{{ growth.output }}"], "        valid_until: 2025-07-31\n", "",
        ['"growth.output" was valid until 2025-07-31, and the report is of 2025-08-31; it is '
         "printed in note-zh.docx, paragraph 1", "data/facts.yaml, line 50"],
    ),
    "parts that do not make up their whole": (
        ["{{ growth.total }}"], "", SUM,
        ["11 (growth.small) + 28 (growth.large) = 39, which is not 40 (growth.total)",
         "report.yaml", "data/facts.yaml, line 34, data/facts.yaml, line 42, data/facts.yaml, "
         "line 27"],
    ),
    "shares of a column that are no hundred": (
        ["none"], "", DATASET + "gate:\n  adds_up: [{dataset: parts, column: part, total: 100}]\n",
        ['the column "part" of data/parts.csv sums up to 98.9, not to 100', "report.yaml"],
    ),
    "editions that differ by value": (
        ["{% if lang == 'en' %}{{ growth.output | rounded }}{% else %}{{ growth.output }}"
         "{% endif %}"], "", "",
        ['"growth.output" is printed as 156 billion here, and as 1559.96 亿 in note-zh.docx, '
         "paragraph 1", "note-en.docx, paragraph 1"],
    ),
    "texts of a fact that differ": (
        ["{{ growth.note_en }}"], """\
      note_en:
        name: {zh: 35周岁以下青年, en: people aged 30 or under}
        written: 青年
        source: {at: lead 1, phrase: 青年}
""", "",
        ['"growth.note_en" says 35 in Chinese and 30 in English (name)',
         "data/facts.yaml, line 57"],
    ),
    "a share worked out from a bound": (
        ["{{ growth.share }}"], DERIVED, "",
        ['"growth.share" cannot be worked out: "growth.gdp" (data/facts.yaml, line 11) is a bound '
         '("超2000亿元"), not an exact value', "data/facts.yaml, line 57"],
    ),
    "units mixed on one axis": (
        ["{{ chart('mixed') }}"], "", MIXED,
        ['units are mixed on one axis: "growth.total" is in 家, "growth.output" in 亿元',
         'chart "mixed"'],
    ),
    "units of columns mixed on one axis": (
        ["{{ chart('mixed') }}"], "", DATASET + COLUMNS,
        ['units are mixed on one axis: the column "part" is in %, "firms" in 家',
         'chart "mixed"'],
    ),
}  # fmt: skip


def project(folder: Path, case: str) -> Path:
    paragraphs, facts, definition, _ = CASES[case]
    path = write_project(
        folder, *paragraphs, facts=FACTS + MORE + facts,
        definition=DEFINITION.split("  deck:")[0] + definition,
    )  # fmt: skip
    (folder / "data" / "parts.csv").write_text(PARTS, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", CASES)
def test_stops_a_build(tmp_path, cli, case):
    report = project(tmp_path, case)

    run = cli("build", "--report", report)

    assert run.code == 1, run.out
    told = " ".join(run.err.replace("\u00a0", " ").split())
    for words in CASES[case][-1]:
        assert words in told
    assert not list(tmp_path.rglob("note-*.docx"))


@pytest.mark.parametrize(
    "case",
    [
        "a number that no fact explains",
        "a value in two ways",
        "a bound that a filter drops",
        "editions that differ by value",
    ],
)
def test_warns_where_the_report_says_so(tmp_path, cli, case):
    report = project(tmp_path, case)
    keys = ("unexplained_numbers", "two_ways", "dropped_bounds", "languages")
    with report.open("a", encoding="utf-8") as stream:
        stream.write("gate: {" + ", ".join(f"{key}: warn" for key in keys) + "}\n")

    run = cli("build", "--report", report)

    assert run.code == 0, run.err
    told = " ".join(run.err.replace("\u00a0", " ").split())
    assert CASES[case][-1][0] in told
    assert len(list(tmp_path.rglob("note-*.docx"))) == 2


def test_figures_in_other_scales_and_ordinary_prose_pass(tmp_path, cli):
    prose = (
        "2025年1—11月，“十四五”规划、第19届亚运会、5G和ISO 9001，见表2-1。",
        "As of 30 June 2025, the 14th Five-Year Plan, see Figure 3.2 and page 7.",
        "{{ growth.output }}: {{ growth.output | in_unit('万元') }}, {{ growth.gdp.short }}.",
        "{{ growth.gdp }}, {{ growth.total.value }} of {{ growth.total }}.",
    )
    report = write_project(tmp_path, *prose, facts=FACTS + MORE,
                           definition=DEFINITION.split("  deck:")[0])  # fmt: skip

    run = cli("build", "--report", report)

    assert run.code == 0, run.err
