"""Mistakes of a tired person: each gets its place, its reason and, if known, the way out.

None may end in a traceback, in exit code 0, or in a changed output folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run

Cli = Callable[..., Run]


def edit(project: Path, old: str, new: str, file: str = "report.yaml") -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def fails(run: Run, *lines: str) -> None:
    """Demand exit code 1, nothing on standard output, and each of the lines among the problems."""
    assert (run.code, run.out) == (1, "")
    assert "Traceback" not in run.err
    assert "a fault of this program" not in run.err
    shown = run.err.splitlines()
    assert [line for line in lines if line not in shown] == [], run.err


class TestTheDefinition:
    def test_a_folder_without_one(self, cli: Cli, tmp_path: Path) -> None:
        run = cli("-f", tmp_path)

        fails(run, f"error: {tmp_path}/report.yaml: there is no such file")

    def test_a_misspelt_file_gets_the_near_name(self, cli: Cli, project: Path) -> None:
        run = cli("-f", "reprot.yaml", cwd=project)

        fails(run, "error: reprot.yaml: there is no such file", 'hint: did you mean "report.yaml"?')

    def test_a_folder_that_does_not_exist(self, cli: Cli, tmp_path: Path) -> None:
        run = cli("-f", "nowhere/report.yaml", cwd=tmp_path)

        fails(run, "error: nowhere: there is no such folder")

    @pytest.mark.parametrize("text", ["", "# only a comment\n", "just words\n", "- a\n- list\n"])
    def test_an_empty_or_shapeless_one(self, cli: Cli, tmp_path: Path, text: str) -> None:
        (tmp_path / "report.yaml").write_text(text)

        run = cli(cwd=tmp_path)

        fails(run)
        assert run.err.startswith("error: report.yaml")

    def test_broken_yaml_is_told_with_its_line(self, cli: Cli, project: Path) -> None:
        edit(project, "languages: [zh, en]", "languages: [zh, en")

        run = cli(cwd=project)

        fails(run)
        assert "error: report.yaml, line " in run.err

    def test_one_saved_in_an_old_chinese_encoding(self, cli: Cli, project: Path) -> None:
        path = project / "report.yaml"
        path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))

        run = cli(cwd=project)

        fails(run)
        assert "UTF-8" in run.err

    def test_one_saved_with_a_byte_order_mark_builds(self, cli: Cli, project: Path) -> None:
        path = project / "report.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

        assert cli("--lang", "zh", "--only", "deck", "-q", cwd=project) == Run(0, "", "")

    def test_a_word_document_instead_of_it(self, cli: Cli, project: Path) -> None:
        run = cli("-f", "templates/zh/briefing.docx", cwd=project)

        fails(run)

    def test_all_missing_templates_are_told_at_once(self, cli: Cli, project: Path) -> None:
        (project / "templates/zh/deck.pptx").unlink()
        (project / "templates/en/briefing.docx").unlink()

        run = cli(cwd=project)

        fails(run)
        assert 'there is no file "templates/zh/deck.pptx"' in run.err
        assert 'there is no file "templates/en/briefing.docx"' in run.err


class TestTheData:
    def test_a_wrong_entry_stops_before_anything_is_written(self, cli: Cli, project: Path) -> None:
        edit(project, "number: 7.3\n", "number: 7.4\n", "data/binjiang.yaml")

        run = cli(cwd=project)

        fails(run)
        assert run.err.startswith("error: data/binjiang.yaml, line ")
        assert "gdp_growth" in run.err
        assert not (project / "output").exists()

    def test_a_missing_file_gets_the_near_name(self, cli: Cli, project: Path) -> None:
        edit(project, "data/binjiang.yaml", "data/bingjiang.yaml")

        run = cli(cwd=project)

        fails(run, 'hint: did you mean "binjiang.yaml"?')


class TestTheTemplates:
    def test_a_file_that_is_none(self, cli: Cli, project: Path) -> None:
        (project / "templates/zh/deck.pptx").write_text("not a deck")

        run = cli(cwd=project)

        fails(run)
        assert run.err.startswith("error: templates/zh/deck.pptx: ")

    def test_a_misspelt_tag_is_told_with_slide_and_shape(self, cli: Cli, project: Path) -> None:
        _add_slide_text(project / "templates/en/deck.pptx", "{{ grwth.gdp }}")

        built, checked = cli(cwd=project), cli("check", cwd=project)

        for run in (built, checked):
            assert run.code == 1
            assert 'templates/en/deck.pptx, slide 1, shape "Mistake"' in run.err
            assert 'hint: did you mean "growth"?' in run.err.splitlines()
        assert not (project / "output").exists()

    def test_an_unclosed_block_names_its_opening(self, cli: Cli, project: Path) -> None:
        _add_slide_text(project / "templates/en/deck.pptx", "{% for fact in growth %}{{ fact }}")

        run = cli("--only", "deck", cwd=project)

        fails(run)
        assert "for fact in growth" in run.err

    def test_a_failing_build_leaves_the_last_good_files(self, cli: Cli, project: Path) -> None:
        cli("-q", "--only", "deck", cwd=project)
        before = {path: path.read_bytes() for path in (project / "output").iterdir()}
        _add_slide_text(project / "templates/en/deck.pptx", "{{ nothing }}")

        run = cli("--only", "deck", cwd=project)

        fails(run)
        assert {path: path.read_bytes() for path in (project / "output").iterdir()} == before


class TestTheOutput:
    def test_a_file_where_the_folder_should_be(self, cli: Cli, project: Path) -> None:
        (project / "taken").write_text("mine")

        run = cli("--only", "deck", "-o", "taken", cwd=project)

        fails(run)
        assert "taken" in run.err
        assert (project / "taken").read_text() == "mine"

    def test_a_place_where_nobody_may_write(self, cli: Cli, project: Path) -> None:
        run = cli("--only", "deck", "-o", "/proc/nowhere", cwd=project)

        fails(run)
        assert "cannot be written" in run.err

    def test_a_folder_with_the_name_of_a_result(self, cli: Cli, project: Path) -> None:
        (project / "output" / "binjiang-deck-zh.pptx").mkdir(parents=True)

        run = cli("--only", "deck", cwd=project)

        fails(run)
        assert "binjiang-deck-zh.pptx" in run.err
        assert [path.name for path in (project / "output").iterdir()] == ["binjiang-deck-zh.pptx"]

    @pytest.mark.parametrize("option", ["-o", "-f"])
    def test_an_empty_path_is_wrong_use(self, cli: Cli, project: Path, option: str) -> None:
        run = cli(option, "", cwd=project)

        assert run.code == 2
        assert "the path is empty" in run.err
        assert not (project / "output").exists()


class TestTheWords:
    @pytest.mark.parametrize(
        ("words", "line"),
        [
            (["--lnag", "zh"], 'error: no option "--lnag"'),
            (["--verson"], 'error: no option "--verson"'),
            (["build", "deck"], "error: got unexpected extra argument (deck)"),
            (["--output"], "error: option '--output' requires an argument"),
            (["new"], "error: missing argument 'DIR'"),
            (["new", "a", "b"], "error: got unexpected extra argument (b)"),
        ],
    )
    def test_wrong_use_is_code_2_and_a_hint(self, cli: Cli, words: list[str], line: str) -> None:
        run = cli(*words)

        assert (run.code, run.out) == (2, "")
        assert run.err.splitlines()[0] == line
        assert run.err.splitlines()[1].startswith("hint: ")

    def test_a_language_in_capitals_is_understood(self, cli: Cli, project: Path) -> None:
        assert cli("--lang", "ZH", "--only", "deck", "-q", cwd=project).code == 0

    def test_a_language_that_this_report_lacks(self, cli: Cli, project: Path) -> None:
        edit(project, "languages: [zh, en]", "languages: [zh]")

        run = cli("--lang", "en", cwd=project)

        assert run.code == 2
        assert 'the report has no edition in "en"' in run.err

    def test_new_onto_a_file(self, cli: Cli, project: Path) -> None:
        run = cli("new", "report.yaml", cwd=project)

        fails(run, "error: report.yaml: it is a file", "hint: name a folder that is new or empty")

    def test_problems_of_a_check_are_json_too(self, cli: Cli, project: Path) -> None:
        _add_slide_text(project / "templates/en/deck.pptx", "{{ grwth.gdp }}")

        run = cli("check", "--json", cwd=project)

        told = json.loads(run.out)
        assert (run.code, told["ok"], len(told["problems"])) == (1, False, 1)
        assert told["problems"][0]["where"]["steps"][:2] == ["slide 1", 'shape "Mistake"']


def _add_slide_text(path: Path, text: str) -> None:
    from pptx import Presentation
    from pptx.util import Cm

    presentation = Presentation(str(path))
    box = presentation.slides[0].shapes.add_textbox(Cm(1), Cm(1), Cm(5), Cm(1))
    box.name = "Mistake"
    box.text_frame.text = text
    presentation.save(str(path))
