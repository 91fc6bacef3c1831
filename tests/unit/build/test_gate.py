"""The gate and the trace: what a report says is found, explained, or stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.build.gate import numbers_in
from generator.build.manifest import NAME, Trace, trace_file
from generator.build.marked_views import BEGIN, CUT, END, MarkedText, Marks, read_marks
from generator.build.steps import build_report, check_report
from generator.errors import DataError, SourceFormatError, SourceNotFoundError

ROOT = Path(__file__).resolve().parents[3]
Edit = Callable[[Any], None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the shipped report."""
    for name in ("report.yaml", "data", "templates"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def with_paragraph(
    project: Path, text: str, document: str = "briefing", language: str = "en"
) -> None:
    """Write a paragraph at the end of a template."""
    path = project / "templates" / language / f"{document}.docx"
    opened = docx.Document(str(path))
    opened.add_paragraph(text)
    opened.save(str(path))


def stopped(project: Path, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        build_report(project / "report.yaml", **options)
    assert not (project / "output").exists() or not list((project / "output").glob("*.docx"))
    return str(caught.value)


class TestWhatStopsABuild:
    """Eight contradictions, each seeded into the shipped report."""

    def test_a_number_that_no_fact_explains(self, project: Path) -> None:
        with_paragraph(project, "Exports rose by 12.3 percent.")

        message = stopped(project, documents=["briefing"])

        assert 'no fact explains the number "12.3"' in message
        assert "binjiang-briefing-en.docx, paragraph" in message
        assert "name the number under gate: literals:" in message

    def test_a_figure_that_was_rounded_by_hand(self, project: Path) -> None:
        with_paragraph(project, "{{ growth.gdp.number | round | int }} hundred million yuan")

        assert 'no fact explains the number "1560"' in stopped(project, documents=["briefing"])

    def test_a_figure_in_two_ways(self, project: Path) -> None:
        with_paragraph(project, "In yuan: {{ growth.gdp.number }} hundred million.")

        message = stopped(project, documents=["briefing"], languages=["en"])

        assert '"growth.gdp" is printed as 1559.9 here, and as 155.99 bn in' in message
        assert message.count("binjiang-briefing-en.docx") >= 2

    def test_a_bound_that_was_dropped(self, project: Path) -> None:
        with_paragraph(project, "There are {{ ai.firms.number }} firms.")

        assert '"190" stands without its bound; ai.firms is > 190' in stopped(
            project, documents=["briefing"]
        ).replace("\u00a0", " ")

    def test_a_bounded_number_typed_by_hand(self, project: Path) -> None:
        with_paragraph(project, "There are 190 firms.")

        assert '"190" stands without its bound; the fact ai.firms' in stopped(
            project, documents=["briefing"]
        )

    def test_a_figure_past_its_time(self, project: Path) -> None:
        edited(project / "data" / "binjiang.yaml", "        number: 1559.9\n",
               "        number: 1559.9\n        valid_until: 2025-06-30\n")  # fmt: skip

        message = stopped(project, documents=["briefing"])

        assert '"growth.gdp" was valid until 2025-06-30, and the report is of 2025-08-31' in message
        assert "data/binjiang.yaml, line" in message
        assert "printed in binjiang-briefing-zh.docx" in message

    def test_parts_that_do_not_add_up(self, project: Path) -> None:
        sums = "  adds_up:\n    - {facts: [ai.models, ai.models_registered], total: 50}\n"
        edited(project / "report.yaml", "gate:\n", f"gate:\n{sums}")

        assert "40 (ai.models) + 11 (ai.models_registered) = 51, which is not 50" in stopped(
            project, documents=["deck"]
        )

    def test_languages_that_differ(self, project: Path) -> None:
        edited(project / "report.yaml", "gate:\n", "gate:\n  languages: error\n")
        edited(project / "data" / "binjiang.yaml", "aged 35 or under", "aged 30 or under")

        assert '"talent.graduates" says 35 in Chinese and 30 in English (name)' in stopped(
            project, documents=["deck"]
        )


class TestWhatDoesNot:
    def test_the_shipped_report_passes(self) -> None:
        assert check_report(ROOT / "report.yaml") == ()

    def test_a_warning_where_the_report_says_so(self, project: Path) -> None:
        with_paragraph(project, "Exports rose by 12.3 percent.")
        edited(project / "report.yaml", "gate:\n", "gate:\n  unexplained_numbers: warn\n")

        built = build_report(project / "report.yaml", documents=["briefing"])

        assert [p.severity for p in built.problems] == ["warning"]

    def test_nothing_where_it_is_switched_off(self, project: Path) -> None:
        with_paragraph(project, "Exports rose by 12.3 percent.")
        edited(project / "report.yaml", "gate:\n", "gate:\n  unexplained_numbers: off\n")

        assert build_report(project / "report.yaml", documents=["briefing"]).problems == ()

    def test_a_declared_literal(self, project: Path) -> None:
        with_paragraph(project, "The 12-345 programme goes on.")
        edited(project / "report.yaml", '["5050"]', '["5050", "12-345"]')

        assert build_report(project / "report.yaml", documents=["briefing"]).problems == ()

    def test_a_bound_said_in_words_beside_the_number(self, project: Path) -> None:
        with_paragraph(project, "There are more than {{ ai.firms.number }} firms.")

        assert build_report(project / "report.yaml", documents=["briefing"]).problems == ()

    def test_a_sum_within_its_roundings(self, project: Path) -> None:
        edited(project / "report.yaml", "gate:\n",
               "gate:\n  adds_up:\n    - {facts: [growth.gdp_growth, growth.industry_growth],"
               " total: 22.8}\n")  # fmt: skip

        assert build_report(project / "report.yaml", documents=["deck"]).problems == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025年上半年增长7.3%", ["7.3"]),
        ("登记112.14亿元，1312个", ["112.14", "1312"]),
        ("1. 第一项", []),
        ("（2）第二项", []),
        ("1.5 percent", ["1.5"]),
        ("见图3、表2和第4章", []),
        ("Figure 3 and Table 2 on page 7", []),
        ("12 May 2025", []),
        ("May 12, 2025", []),
        ("H1, Q3, 5G core, GB18030, COVID-19", []),
        ("1-11月和1月", []),
        ("1,312 products, 1,234,567.8 yuan", ["1,312", "1,234,567.8"]),
        ("2024—2025", []),
        ("9:30", []),
    ],
)
def test_only_figures_are_numbers(text: str, found: list[str]) -> None:
    assert numbers_in(text) == found


class TestMarks:
    @given(st.lists(st.tuples(st.text(alphabet=st.characters(exclude_categories=("Cs", "Co")),
                                      min_size=1), st.booleans()), max_size=8))  # fmt: skip
    def test_marked_pieces_are_read_back(self, pieces: list[tuple[str, bool]]) -> None:
        marks = Marks()
        text = "".join(
            str.__str__(marks.mark(f"a.f{n}", "prose", piece)) if is_fact else piece
            for n, (piece, is_fact) in enumerate(pieces)
        )

        assert "".join(piece for piece, _ in read_marks(text)) == "".join(p for p, _ in pieces)
        found = ["".join(p for p, around in read_marks(text) if around == (n,))
                 for n in range(len(marks.known))]  # fmt: skip
        assert found == [piece for piece, is_fact in pieces if is_fact]

    def test_a_mark_inside_a_mark_counts_for_the_outer_one(self) -> None:
        marks = Marks()
        inner = marks.mark("a.b", "name", "x")
        text = marks.mark("c.d", "source", f"from {inner}!")

        assert [(piece, around[0]) for piece, around in read_marks(str.__str__(text))] == [
            ("from ", 1), ("x", 1), ("!", 1),
        ]  # fmt: skip

    @pytest.mark.parametrize("text", [f"{BEGIN}x", f"{END}{CUT}", f"{BEGIN}1", f"a{CUT}b{BEGIN}"])
    def test_a_mark_that_was_cut_does_no_harm(self, text: str) -> None:
        assert set("".join(piece for piece, _ in read_marks(text))) <= set("xab1")

    def test_a_marked_text_is_compared_as_the_plain_one(self) -> None:
        text = Marks().mark("a.b", "prose", "up 7")

        assert isinstance(text, MarkedText)
        assert text == "up 7"
        assert len({text, "up 7"}) == 1
        assert len(text) == 4
        assert "7" in text
        assert text.startswith("up")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build_report(ROOT / "report.yaml", output=folder)
    return folder


def texts_of(path: Path) -> str:
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    slides = pptx.Presentation(str(path)).slides
    return "\n".join(
        s.text_frame.text for slide in slides for s in slide.shapes if s.has_text_frame
    )


class TestTheTrace:
    def test_each_place_holds_what_the_manifest_says(self, built: Path) -> None:
        manifest = json.loads((built / NAME).read_text(encoding="utf-8"))

        assert len(manifest["files"]) == 4
        for file in manifest["files"]:
            text = texts_of(built / file["file"])
            printed = [
                f for f in file["figures"] if not f["place"].startswith(("chart", "diagram"))
            ]
            here = [
                f for f in printed if "notes" not in f["place"] and "properties" not in f["place"]
            ]
            assert len(here) > 20
            for figure in here:
                assert figure["text"] in text, figure

    def test_a_number_leads_to_its_sentence(self, built: Path) -> None:
        rows = trace_file(built / "binjiang-briefing-zh.docx", "15.4").rows

        assert {row.fact for row in rows} == {"growth.industry_growth"}
        assert all("规模以上工业增加值同比增长15.4%" in row.source for row in rows)
        assert any(row.place.startswith("chart") for row in rows)
        line = int(rows[0].defined.rpartition(":")[2])
        lines = (ROOT / "data" / "binjiang.yaml").read_text(encoding="utf-8").splitlines()
        assert "industry_growth" in lines[line - 1]

    def test_it_says_that_a_document_was_changed(self, built: Path, tmp_path: Path) -> None:
        for path in built.iterdir():
            shutil.copy(path, tmp_path)
        deck = tmp_path / "binjiang-deck-en.pptx"
        presentation = pptx.Presentation(str(deck))
        presentation.save(str(deck))

        (problem,) = trace_file(deck).problems

        assert problem.severity == "warning"
        assert problem.message == "the document was changed after it was built"

    def test_a_part_of_a_report_keeps_the_rest_of_the_manifest(self, project: Path) -> None:
        build_report(project / "report.yaml")
        whole = (project / "output" / NAME).read_bytes()

        build_report(project / "report.yaml", documents=["deck"], languages=["zh"])

        assert json.loads((project / "output" / NAME).read_bytes()) == json.loads(whole)

    def test_a_document_without_a_manifest(self, tmp_path: Path) -> None:
        docx.Document().save(str(tmp_path / "x.docx"))

        with pytest.raises(SourceNotFoundError, match="no manifest beside the document"):
            trace_file(tmp_path / "x.docx")

    @pytest.mark.parametrize("text", ["{", "[]", '{"version": 99}', "[" * 100_000])
    def test_a_damaged_manifest(self, tmp_path: Path, text: str) -> None:
        docx.Document().save(str(tmp_path / "x.docx"))
        (tmp_path / NAME).write_text(text, encoding="utf-8")

        with pytest.raises(SourceFormatError):
            trace_file(tmp_path / "x.docx")

    def test_a_document_that_the_manifest_does_not_know(self, built: Path, tmp_path: Path) -> None:
        shutil.copy(built / NAME, tmp_path)
        docx.Document().save(str(tmp_path / "x.docx"))

        with pytest.raises(SourceFormatError, match="does not know this document"):
            trace_file(tmp_path / "x.docx")

    def test_nothing_is_found_for_a_number_that_is_not_there(self, built: Path) -> None:
        assert trace_file(built / "binjiang-deck-zh.pptx", "987.6") == Trace((), ())


class TestWhereFiguresComeFrom:
    def test_a_note_below_the_page(self, project: Path) -> None:
        with_paragraph(project, "GRP {{ growth.gdp }}{{ growth.gdp | cite }}.")

        build_report(project / "report.yaml", documents=["briefing"], languages=["en"])

        data = (project / "output" / "binjiang-briefing-en.docx").read_bytes()
        from tests.support.packages import part_text

        notes = part_text(data, "word/footnotes.xml")
        assert "地区生产总值1559.9亿元" in notes
        trace = trace_file(project / "output" / "binjiang-briefing-en.docx", "155.99")
        assert any(row.place.startswith("paragraph") for row in trace.rows)

    def test_an_annex_of_all_figures_is_one_tag(self, project: Path) -> None:
        with_paragraph(project, "{{ annex(growth, 'ai') }}")

        build_report(project / "report.yaml", documents=["briefing"], languages=["en"])

        path = project / "output" / "binjiang-briefing-en.docx"
        table = docx.Document(BytesIO(path.read_bytes())).tables[-1]
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert rows[0] == ["Figure", "Value", "Period", "Bound", "Place and phrase"]
        assert ["> RMB 200 bn" in row[1].replace("\u00a0", " ") for row in rows].count(True) == 1
