"""Editions, diffs and watching as a user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.editions.current import build_current
from generator.editions.watching import Watch, is_passing
from generator.errors import ReportError
from tests.conftest import Run
from tests.support.packages import docx_bytes, open_docx, texts
from tests.support.projects import FACTS, write_project

ROOT = Path(__file__).resolve().parents[2]
Cli = Callable[..., Run]


def set_facts(folder: Path, old: str, new: str) -> None:
    path = folder / "data/facts.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")


class TestCommands:
    def test_editions_are_kept_listed_compared_and_built_again(self, cli: Cli, tmp_path: Path):
        write_project(tmp_path)
        assert "no edition is kept yet" in cli("history", cwd=tmp_path).out
        first = json.loads(cli("build", "--edition", "--json", cwd=tmp_path).out)
        set_facts(tmp_path, "2000", "2100")
        second = cli("--edition", cwd=tmp_path)

        listed = json.loads(cli("history", "--json", cwd=tmp_path).out)["editions"]
        assert listed[0]["name"] == first["edition"]
        assert f"kept as edition {listed[1]['name']}" in second.out
        assert "growth.gdp over 2000 -> over 2100" in second.out
        told = json.loads(cli("diff", "--json", cwd=tmp_path).out)
        assert [(f["id"], f["kind"], f["old"]["number"], f["new"]["number"],
                 f["new"]["source"]["zh"]) for f in told["figures"]] == [
            ("growth.gdp", "restated", "2000", "2100", "导语第1段：超2100亿元")
        ]  # fmt: skip
        table = cli("diff", "--lang", "zh", cwd=tmp_path).out
        assert [word in table for word in (">2000亿元", ">2100亿元", "修订", "导语第1段")] == [
            True
        ] * 4
        again = json.loads(cli("rebuild", "last", "--json", cwd=tmp_path).out)
        assert {f["state"] for f in again["files"]} == {"same"}

    def test_a_wrong_name_is_wrong_use(self, cli: Cli, tmp_path: Path):
        write_project(tmp_path)

        run = cli("rebuild", "2020-01-01-1", cwd=tmp_path)

        assert run.code == 2
        assert 'there is no edition "2020-01-01-1"' in run.err
        assert "keep one with: build --edition" in run.err

    def test_an_edited_file_is_told_and_force_replaces_it(self, cli: Cli, tmp_path: Path):
        write_project(tmp_path)
        cli(cwd=tmp_path)
        (tmp_path / "output/note-en.docx").write_bytes(docx_bytes("mine"))
        set_facts(tmp_path, "2000", "2100")

        run = cli(cwd=tmp_path)
        forced = cli("--force", cwd=tmp_path)

        assert run.code == 0
        assert 'the new one was written beside it: "note-en (new).docx"' in run.err
        assert "the edited one is kept as" in forced.err
        assert texts(open_docx((tmp_path / "output/note-en.docx").read_bytes())) != ["mine"]

    def test_a_build_with_nothing_to_do_loads_no_library(self, tmp_path: Path):
        definition = write_project(tmp_path)
        build_current(definition)
        program = (
            "import sys; from generator.app.commands import main\n"
            f"main(['-q', '-f', {str(definition)!r}])\n"
            "print(sorted({n.split('.')[0] for n in sys.modules}))"
        )

        run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True,
                             text=True, check=True)  # fmt: skip

        heavy = {"lxml", "jinja2", "yaml", "pydantic", "matplotlib", "docx", "pptx", "watchfiles"}
        assert not heavy & set(eval(run.stdout))


class TestWatch:
    @pytest.fixture
    def told(self) -> list[object]:
        """What a watch told, in order: names of written files, or an error."""
        return []

    def watch(self, definition: Path, told: list[object], pauses: list[float] | None = None):
        return Watch(
            definition,
            lambda: build_current(definition),
            lambda result: told.append([f.path.name for f in result.files if f.state == "written"]),
            told.append,
            sleep=(pauses if pauses is not None else []).append,
            output=definition.parent / "output",
        )

    def test_builds_by_digest_and_not_by_event(self, tmp_path, told):
        definition = write_project(tmp_path)
        data = tmp_path / "data/facts.yaml"

        def batches():
            yield {data}  # touched only
            set_facts(tmp_path, "7.3", "7.4")
            yield {data}
            yield {data}

        self.watch(definition, told).run(batches())

        assert told == [["note-zh.docx", "note-en.docx", "deck-en.pptx"], ["deck-en.pptx"]]

    def test_a_save_that_no_event_told_of_is_found(self, tmp_path, told):
        definition = write_project(tmp_path)

        def batches():
            yield set()
            set_facts(tmp_path, "7.3", "7.45")
            yield set()
            yield set()

        self.watch(definition, told).run(batches())

        assert told[1:] == [["deck-en.pptx"]]

    @pytest.mark.parametrize("is_first", [True, False])
    def test_a_save_as_a_build_is_told_of_is_found(self, tmp_path, told, is_first):
        definition = write_project(tmp_path)
        if not is_first:
            build_current(definition)
        watch = self.watch(definition, told)

        def tell(result):
            told.append([f.path.name for f in result.files if f.state == "written"])
            if len(told) == 1:
                set_facts(tmp_path, "7.3", "7.45")

        watch.tell = tell
        watch.run([set(), set()])

        assert told[1:] == [["deck-en.pptx"]]

    def test_an_error_is_told_once_and_recovered_from(self, tmp_path, told):
        definition = write_project(tmp_path)
        data = tmp_path / "data/facts.yaml"

        def batches():
            data.write_text("groups: [", encoding="utf-8")
            yield {data}
            yield {data}
            data.write_text(FACTS.replace("7.3", "7.5"), encoding="utf-8")
            yield {data}

        self.watch(definition, told).run(batches())

        assert [isinstance(item, ReportError) for item in told] == [False, True, False]
        assert told[-1] == ["deck-en.pptx"]

    def test_a_missing_file_that_turns_up_is_built_from(self, tmp_path, told):
        definition = write_project(tmp_path, "{{ document('annex.docx') }}")
        annex = tmp_path / "annex.docx"

        def batches():
            annex.write_bytes(docx_bytes("here"))
            yield {annex}

        self.watch(definition, told).run(batches())

        assert isinstance(told[0], ReportError)
        assert told[1:] == [["note-zh.docx", "note-en.docx", "deck-en.pptx"]]

    def test_a_half_saved_template_is_waited_for(self, tmp_path):
        definition = write_project(tmp_path)
        build_current(definition)
        template = tmp_path / "templates/note.docx"
        whole = docx_bytes("{{ growth.rate }}")
        template.write_bytes(whole[:700])
        told: list[object] = []
        pauses: list[float] = []

        def saving(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                template.write_bytes(whole)

        watch = self.watch(definition, told)
        watch.sleep = saving
        watch.attempt()

        assert told == [["note-zh.docx", "note-en.docx"]]
        assert len(pauses) == 4

    @pytest.mark.parametrize(
        ("name", "concerns"),
        [
            ("data/facts.yaml", True), ("templates/new.docx", True), ("logo.png", True),
            ("templates/~$note.docx", False), ("output/note-zh.docx", False),
            (".cache/outputs.json", False), ("data/.facts.yaml.swp", False),
            ("data/facts.yaml~", False), ("templates/~WRL0001.tmp", False),
            (".git/index", False),
        ],
    )  # fmt: skip
    def test_ignores_outputs_lock_files_and_what_passes(self, tmp_path, told, name, concerns):
        watch = self.watch(tmp_path / "report.yaml", told)

        assert watch.concerns(tmp_path / name) is concerns

    def test_the_command_builds_as_files_are_saved(self, tmp_path: Path):
        write_project(tmp_path)
        log = tmp_path / "log"
        with log.open("w") as stream:
            running = subprocess.Popen(
                [sys.executable, str(ROOT / "make_report.py"), "watch"], cwd=tmp_path,
                stdout=stream, stderr=stream, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        try:
            self.wait_for(log, "deck-en.pptx")
            (tmp_path / "templates/~$note.docx").write_bytes(b"lock")
            (tmp_path / "data/facts.yaml").write_text("groups: [", encoding="utf-8")
            self.wait_for(log, "error: data/facts.yaml")
            (tmp_path / "data/facts.yaml").write_text(FACTS.replace("7.3", "7.7"), "utf-8")
            self.wait_for(log, "growth.rate 7.3 -> 7.7")
        finally:
            running.terminate()
            running.wait(10)

    @staticmethod
    def wait_for(log: Path, text: str) -> None:
        until = time.monotonic() + 30
        while text not in log.read_text("utf-8"):
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.1)

    def test_names_that_pass(self):
        assert is_passing(Path("a/~$report.docx"))
        assert not is_passing(Path("a/report.docx"))
