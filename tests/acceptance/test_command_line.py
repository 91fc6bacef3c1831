"""The command line as its users meet it: commands, streams, exit codes."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.app.commands import commands, value_options, with_command
from generator.app.projects import STARTER
from tests.conftest import ROOT, Run

Cli = Callable[..., Run]
FILES = {
    "binjiang-briefing-zh.docx", "binjiang-briefing-en.docx",
    "binjiang-deck-zh.pptx", "binjiang-deck-en.pptx", "manifest.json",
}  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


class TestBuild:
    def test_builds_all_four_files_without_any_argument(self, cli: Cli, project: Path) -> None:
        run = cli(cwd=project)

        assert run.code == 0, run.err
        assert {path.name for path in (project / "output").iterdir()} == FILES

    def test_tells_files_slides_size_state_and_step_times(self, cli: Cli, project: Path) -> None:
        run = cli("build", "--lang", "zh", cwd=project)

        assert re.search(r"output/binjiang-deck-zh\.pptx +\d\d +\d+ KB +written", run.out)
        assert re.search(r"2 files in \d+\.\d\d s \(read data \d", run.out)

    def test_builds_only_the_language_and_document_asked_for(self, cli: Cli, project: Path) -> None:
        run = cli("--lang", "en", "--only", "deck", cwd=project)

        assert run.code == 0
        assert {path.name for path in (project / "output").iterdir()} == {
            "binjiang-deck-en.pptx", "manifest.json",
        }  # fmt: skip

    def test_writes_into_the_folder_asked_for(
        self, cli: Cli, project: Path, tmp_path: Path
    ) -> None:
        run = cli("--only", "deck", "--output", tmp_path / "a" / "b", cwd=project)

        assert run.code == 0
        assert len(list((tmp_path / "a" / "b").iterdir())) == 3
        assert not (project / "output").exists()

    def test_gives_identical_bytes_with_and_without_caches_and_for_any_hash_seed(
        self, cli: Cli, project: Path, tmp_path: Path
    ) -> None:
        cli("-o", tmp_path / "first", cwd=project, PYTHONHASHSEED="1")
        cli("-o", tmp_path / "second", cwd=project, PYTHONHASHSEED="2")

        assert digests(tmp_path / "first") == digests(tmp_path / "second")
        assert len(digests(tmp_path / "first")) == 5

    def test_says_where_a_number_comes_from(self, cli: Cli, project: Path) -> None:
        cli("--only", "deck", "--lang", "en", cwd=project)

        run = cli("trace", "output/binjiang-deck-en.pptx", "15.4", cwd=project)
        record = cli("trace", "output/binjiang-deck-en.pptx", "15.4", "--json", cwd=project)

        assert run.code == 0
        assert "growth.industry_growth" in run.out
        assert "data/binjiang.yaml:65" in run.out
        found = json.loads(record.out)["figures"]
        assert {figure["fact"] for figure in found} == {"growth.industry_growth"}

    def test_says_that_a_document_has_no_manifest(self, cli: Cli, project: Path) -> None:
        run = cli("trace", "templates/en/deck.pptx", cwd=project)

        assert run.code == 1
        assert "there is no manifest beside the document" in run.err

    def test_builds_the_gallery(self, cli: Cli, tmp_path: Path) -> None:
        run = cli("gallery", "--output", tmp_path / "g", cwd=tmp_path)

        assert run.code == 0, run.err
        assert {p.name for p in (tmp_path / "g").iterdir()} == {"gallery.docx", "gallery.pptx"}

    def test_leaves_unchanged_files_alone_and_says_so(self, cli: Cli, project: Path) -> None:
        cli("--only", "briefing", "--lang", "zh", cwd=project)
        before = next((project / "output").iterdir()).stat().st_mtime_ns

        run = cli("--only", "briefing", "--lang", "zh", cwd=project)

        assert "unchanged" in run.out
        assert next((project / "output").iterdir()).stat().st_mtime_ns == before

    def test_finds_the_report_from_a_folder_inside_it(self, cli: Cli, project: Path) -> None:
        run = cli("--only", "deck", "--lang", "zh", cwd=project / "data")

        assert run.code == 0
        assert (project / "output" / "binjiang-deck-zh.pptx").is_file()

    def test_takes_a_definition_or_its_folder(self, cli: Cli, project: Path) -> None:
        by_file = cli("facts", "-f", project / "report.yaml")
        by_folder = cli("-f", project, "facts")

        assert (by_file.code, by_file.out) == (0, by_folder.out)

    def test_prints_nothing_when_quiet(self, cli: Cli, project: Path) -> None:
        assert cli("-q", cwd=project) == Run(0, "", "")


class TestJson:
    def test_prints_one_object_for_a_build(self, cli: Cli, project: Path) -> None:
        run = cli("--json", cwd=project)

        told = json.loads(run.out)
        assert (told["ok"], told["command"], told["problems"]) == (True, "build", [])
        assert {Path(file["path"]).name for file in told["files"]} == FILES - {"manifest.json"}
        assert {file["state"] for file in told["files"]} == {"written"}
        assert all(file["slides"] for file in told["files"] if file["document"] == "deck")
        assert next(step["name"] for step in told["steps"]) == "read data"
        for file in told["files"]:
            data = Path(file["path"]).read_bytes()
            assert (file["bytes"], file["digest"]) == (len(data), hashlib.sha256(data).hexdigest())

    def test_prints_one_object_for_a_failure(self, cli: Cli, project: Path) -> None:
        (project / "templates/zh/deck.pptx").rename(project / "templates/zh/deck2.pptx")

        run = cli("--json", cwd=project)

        told = json.loads(run.out)
        assert (run.code, run.err, told["ok"]) == (1, "", False)
        assert told["problems"][0]["message"] == 'there is no file "templates/zh/deck.pptx"'
        assert told["problems"][0]["where"]["file"] == "report.yaml"
        assert told["problems"][0]["hint"] == 'did you mean "deck2.pptx"?'

    @pytest.mark.parametrize("words", [["biuld"], ["--lang", "fr"], ["facts", "--nonsense"]])
    def test_prints_one_object_for_wrong_use(self, cli: Cli, words: list[str]) -> None:
        run = cli(*words, "--json")

        told = json.loads(run.out)
        assert (run.code, told["ok"], told["problems"][0]["code"]) == (2, False, "usage")

    def test_lists_facts_with_place(self, cli: Cli) -> None:
        told = json.loads(cli("facts", "growth.gdp_growth", "--json").out)

        assert [fact["id"] for fact in told["facts"]] == ["growth.gdp_growth"]
        assert told["facts"][0]["zh"] == "7.3%"
        assert re.fullmatch(r"data/binjiang\.yaml:\d+", told["facts"][0]["source"])

    def test_survives_a_terminal_that_knows_no_chinese(self, cli: Cli) -> None:
        run = cli("facts", "growth.gdp", "--json", PYTHONIOENCODING="latin-1")

        assert json.loads(run.out)["facts"][0]["zh"] == "1559.9亿元"


class TestFacts:
    def test_lists_every_fact_with_both_languages(self, cli: Cli) -> None:
        run = cli("facts")

        assert run.code == 0
        assert re.search(r"\{\{ growth\.gdp \}\} .* +1559\.9亿元 +RMB\s155\.99\sbillion", run.out)

    def test_aligns_columns_under_chinese_text(self, cli: Cli) -> None:
        from generator.app.terminal import width

        lines = cli("facts", "growth").out.splitlines()

        starts = {width(line[: line.index("RMB")]) for line in lines if "RMB" in line}
        assert len(starts) == 1

    def test_searches_in_names_and_values(self, cli: Cli) -> None:
        assert "growth.gdp " in cli("facts", "1559").out
        assert cli("facts", "no such thing").out.endswith("0 facts\n")


class TestCheck:
    def test_finds_nothing_in_the_shipped_report(self, cli: Cli, project: Path) -> None:
        run = cli("check", cwd=project)

        assert run.code == 0, run.err
        assert run.out == "templates and data agree: no problem found\n"
        assert not (project / "output").exists()

    def test_gives_json(self, cli: Cli, project: Path) -> None:
        told = json.loads(cli("check", "--json", "--lang", "zh", cwd=project).out)

        assert told == {"ok": True, "command": "check", "problems": []}


class TestNew:
    def test_starts_a_report_that_builds_at_once(self, cli: Cli, tmp_path: Path) -> None:
        made = cli("new", "mine", cwd=tmp_path)
        built = cli(cwd=tmp_path / "mine")

        assert (made.code, built.code) == (0, 0)
        assert {p.name for p in (tmp_path / "mine" / "output").iterdir()} == FILES

    def test_refuses_a_folder_that_holds_something(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "keep.txt").write_text("mine")

        run = cli("new", "mine", cwd=tmp_path)

        assert run.code == 1
        assert run.err == (
            "error: mine: it exists and is not an empty folder\n"
            "hint: name a folder that is new or empty\n"
        )
        assert [p.name for p in (tmp_path / "mine").iterdir()] == ["keep.txt"]

    def test_the_wheel_carries_the_files_that_new_copies(self) -> None:
        tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))

        carried = next(
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "STARTER"
        )
        assert carried == STARTER


class TestUse:
    def test_help_names_options_of_build_and_exit_codes(self, cli: Cli) -> None:
        run = cli("--help")

        assert run.code == 0
        assert "make_report.py --lang zh --only deck" in run.out
        assert re.search(r"0  done\n +1  the report failed.*\n +2  wrong use", run.out)

    def test_version_is_a_line(self, cli: Cli) -> None:
        assert re.fullmatch(r"make-report .+\n", cli("--version").out)

    def test_a_misspelt_command_gets_the_near_one(self, cli: Cli) -> None:
        run = cli("chekc")

        assert run.code == 2
        assert run.err.startswith('error: no command "chekc"; did you mean "check"?\nhint: see: ')

    def test_an_unknown_document_gets_the_near_one(self, cli: Cli, project: Path) -> None:
        run = cli("--only", "brefing", cwd=project)

        assert (run.code, run.out) == (2, "")
        assert run.err == (
            'error: report.yaml: the report has no document "brefing"\n'
            'hint: did you mean "briefing"?\n'
        )

    def test_an_unknown_language_is_wrong_use(self, cli: Cli) -> None:
        run = cli("--lang", "fr")

        assert run.code == 2
        assert "'fr' is not one of 'zh', 'en'" in run.err

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ([], ["build"]),
            (["-q"], ["build", "-q"]),
            (["--lang", "zh"], ["build", "--lang", "zh"]),
            (["-f", "facts", "facts"], ["facts", "-f", "facts"]),
            (["-q", "check", "--json"], ["check", "-q", "--json"]),
            (["--help"], ["--help"]),
            (["chekc"], ["chekc"]),
            (["facts", "build"], ["facts", "build"]),
        ],
    )
    def test_the_command_may_stand_after_options(self, typed: list[str], meant: list[str]) -> None:
        assert with_command(typed, list(commands.commands), value_options(commands)) == meant


class TestStreams:
    def test_no_colour_and_no_drawing_in_a_pipe(self, cli: Cli) -> None:
        assert "\x1b" not in cli("facts", "growth").out + cli("nonsense").err

    def test_force_color_draws_and_no_color_drops_the_colour(self, cli: Cli) -> None:
        forced = cli("facts", "growth", FORCE_COLOR="1")
        plain = cli("nonsense", FORCE_COLOR="1", NO_COLOR="1")

        assert "\x1b[" in forced.out
        assert "\x1b" not in plain.err

    def test_a_terminal_gets_a_drawn_table(self) -> None:
        screen, line = pty.openpty()
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}

        with subprocess.Popen(
            [sys.executable, "make_report.py", "facts", "growth.gdp_growth"],
            cwd=ROOT, stdout=line, stderr=line, env={**env, "TERM": "xterm", "COLUMNS": "120"},
        ) as run:  # fmt: skip
            os.close(line)
            shown = _read_all(screen)

        assert run.returncode == 0
        assert "\x1b[1m" in shown
        assert "─" in shown

    def test_control_characters_never_reach_the_terminal(self, cli: Cli, project: Path) -> None:
        run = cli("--only", "de\x1b]0;taken\x07ck", cwd=project)

        assert run.code == 2
        assert "\x1b" not in run.err


class TestStops:
    def test_ctrl_c_gives_130_and_one_line(self, project: Path) -> None:
        program = (
            "import sys, generator.build.steps as steps\n"
            "def stop(*_, **__): raise KeyboardInterrupt\n"
            "steps.build_report = stop\n"
            "from generator.app.commands import main\n"
            f"sys.exit(main(['-f', {str(project)!r}]))"
        )

        run = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
        )

        assert run.returncode == 128 + signal.SIGINT
        assert (
            run.stderr.lstrip() == "error: stopped before the end; no file was left half written\n"
        )

    def test_a_fault_of_the_program_is_one_line(self, project: Path) -> None:
        run = _with_fault(project)

        assert run.returncode == 1
        assert run.stderr.startswith(
            "error: a fault of this program, not of your report: RuntimeError: two lines\n"
        )
        assert "Traceback" not in run.stderr

    def test_debug_shows_where_the_fault_is(self, project: Path) -> None:
        run = _with_fault(project, "--debug")

        assert run.returncode == 1
        assert "Traceback" in run.stderr

    def test_a_slow_step_is_told_on_standard_error(self, project: Path) -> None:
        program = (
            "import sys, time, generator.editions.current as current\n"
            "def slow(*_, on_step, **__):\n"
            "    on_step('read data', 1, 2); on_step('fill templates', 2, 2); time.sleep(1.4)\n"
            "    return current.BuildResult((), (), ())\n"
            "current.build_current = slow\n"
            "from generator.app.commands import main\n"
            f"sys.exit(main(['-f', {str(project)!r}]))"
        )

        run = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
        )

        assert run.stderr == "step 2 of 2: fill templates ...\n"


def _with_fault(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys, generator.build.steps as steps\n"
        "def fail(*_, **__): raise RuntimeError('two\\nlines')\n"
        "steps.build_report = fail\n"
        "from generator.app.commands import main\n"
        f"sys.exit(main(['-f', {str(project)!r}, *{list(words)!r}]))"
    )
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)


def _read_all(descriptor: int) -> str:
    data = b""
    while True:
        try:
            chunk = os.read(descriptor, 4096)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        data += chunk
    os.close(descriptor)
    return data.decode("utf-8")
