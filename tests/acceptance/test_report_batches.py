"""``batch --report``: a whole report for each row, as a user makes it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation

from generator.batch.orders import BatchResult, Order, ReportChoice
from generator.batch.running import run_batch
from generator.build.manifest import trace_file
from generator.build.steps import build_report
from generator.errors import ChoiceError, DataError, DefinitionError
from generator.pdf.converting import is_pdf
from generator.sources.definition import read_definition
from tests.support import batches
from tests.support.offices import stand_in
from tests.support.packages import docx_bytes
from tests.support.report_batches import REPORT, SALES, write_report

Cli = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
ROWS = ["north,Ms N", "south,Mr S", "west,Ms W"]
#: The command, but for --out.
WORDS = ("batch", "--report", "report.yaml", "--over", "rows.csv", "-o", "out/{region}")


def plain(text: str) -> str:
    """Return a text with plain spaces between the parts of its figures."""
    return text.replace("\u00a0", " ")


def text_of(path: Path) -> str:
    return plain(batches.text_of(path))


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("[!.]*.*x")}


def messages(result: BatchResult) -> list[str]:
    return [problem.message for problem in result.problems]


class TestRows:
    def test_each_gives_all_files_of_the_report_with_its_values(self, tmp_path: Path, cli: Cli):
        write_report(tmp_path, ROWS)

        run = cli(*WORDS, "--json", cwd=tmp_path)

        assert run.code == 0, run.err
        assert json.loads(run.out)["counts"] == {"made": 3}
        assert files(tmp_path / "out") == {
            f"{region}/{name}" for region in ("north", "south", "west")
            for name in ("note-zh.docx", "note-en.docx", f"deck-{region}.pptx")
        }  # fmt: skip
        texts = [
            plain(p.text) for p in Document(str(tmp_path / "out/south/note-en.docx")).paragraphs
        ]
        assert texts[:2] == ["south in figures: RMB 8.15 billion; Mr S", "2024 2025 "]
        assert "south简报" in text_of(tmp_path / "out/south/note-zh.docx")
        deck = Presentation(str(tmp_path / "out/west/deck-west.pptx"))
        shown = [plain(s.text_frame.text) for s in deck.slides[0].shapes if s.has_text_frame]
        assert shown == ["RMB 1.15 billion"]

    def test_a_figure_can_be_traced_in_each_folder(self, tmp_path: Path):
        run_batch(write_report(tmp_path, ROWS))

        trace = trace_file(tmp_path / "out/north/note-en.docx")

        assert trace.problems == ()
        assert (plain(trace.rows[0].text), trace.rows[0].fact) == (
            "RMB 12.15 billion", "trade.amount",
        )  # fmt: skip
        assert "data/sales.csv" in trace.rows[0].source

    @given(
        st.lists(
            st.tuples(st.sampled_from(["north", "south", "west"]), st.sampled_from([2024, 2025])),
            min_size=1, max_size=3, unique=True,
        )
    )  # fmt: skip
    @settings(max_examples=6, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    def test_a_row_gives_what_a_build_with_its_values_gives(self, tmp_path: Path, rows):
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        order = write_report(tmp_path, [f"{r},{y}" for r, y in rows], header="region,year")
        result = run_batch(replace(order, out=f"{tmp_path}/out/{{region}} {{year}}"))

        assert result.counts == {"made": len(rows)}
        for region, year in rows:
            build_report(order.template, output=tmp_path / "plain",
                         parameters={"region": region, "year": year})  # fmt: skip
            for path in (tmp_path / "out" / f"{region} {year}").glob("*.*x"):
                assert path.read_bytes() == (tmp_path / "plain" / path.name).read_bytes()

    def test_a_plain_build_takes_the_values_of_the_definition(self, tmp_path: Path, cli: Cli):
        write_report(tmp_path, ROWS)

        run = cli(cwd=tmp_path)

        assert run.code == 0, run.err
        assert "north in figures: RMB 12.15 billion" in text_of(tmp_path / "output/note-en.docx")

    def test_files_of_a_row_may_be_chosen_by_it(self, tmp_path: Path):
        definition = (
            REPORT.replace("data/sales.csv", '"data/{region}.csv"')
            .replace("templates/deck.pptx", '"templates/{head}.pptx"')
            .replace('head: ""', "head: deck")
        )
        order = write_report(tmp_path, ["north,deck", "south,other"], definition=definition)
        for region in ("north", "south"):
            (tmp_path / f"data/{region}.csv").write_text(SALES.replace("121", "999"))
        shutil.copyfile(tmp_path / "templates/deck.pptx", tmp_path / "templates/other.pptx")

        result = run_batch(order)
        (tmp_path / "data/south.csv").write_text(SALES.replace("81.5", "82.5"))
        again = run_batch(replace(order, resume=True))

        assert result.counts == {"made": 2}, messages(result)
        assert again.counts == {"kept": 1, "made": 1}
        assert "RMB 8.25 billion" in text_of(tmp_path / "out/south/note-en.docx")

    def test_only_some_documents_and_languages(self, tmp_path: Path, cli: Cli):
        write_report(tmp_path, ROWS[:1])

        run = cli(*WORDS, "--only", "note", "--lang", "zh", cwd=tmp_path)

        assert run.code == 0, run.err
        assert files(tmp_path / "out") == {"north/note-zh.docx"}

    def test_lines_of_json_tell_the_files_of_each_row(self, tmp_path: Path, cli: Cli):
        write_report(tmp_path, ROWS[:1])

        run = cli(*WORDS, "--json-lines", "-j", "0", cwd=tmp_path)

        first, end = map(json.loads, run.out.splitlines())
        assert (first["row"], first["state"], end["ok"]) == (1, "made", True)
        assert [file["name"] for file in first["files"]] == [
            "north/note-zh.docx", "north/note-en.docx", "north/deck-north.pptx",
            "north/manifest.json",
        ]  # fmt: skip
        size = (tmp_path / "out/north/note-en.docx").stat().st_size
        assert first["files"][1]["bytes"] == size

    def test_numbers_of_a_row_are_explained_by_it(self, tmp_path: Path):
        order = write_report(tmp_path, ["north,4711"])
        (tmp_path / "templates/note.docx").write_bytes(
            docx_bytes("{{ parameters.head }} people; {{ trade.amount }}")
        )

        result = run_batch(order)

        assert result.counts == {"made": 1}, messages(result)

    def test_a_single_template_is_not_meant(self, tmp_path: Path, cli: Cli):
        write_report(tmp_path, ROWS)

        both = cli(*WORDS, "templates/note.docx", cwd=tmp_path)
        data = cli(*WORDS, "--set", "a=1", cwd=tmp_path)
        none = cli("batch", "--over", "rows.csv", "-o", "out/{region}", cwd=tmp_path)

        assert (both.code, data.code, none.code) == (2, 2, 2)
        assert "name a template, or --report with a definition" in both.err
        assert "--set is about a single template" in data.err
        assert "name a template, or --report with a definition" in none.err


class TestFailures:
    def test_a_row_that_fails_stops_no_other_and_writes_nothing(self, tmp_path: Path, cli: Cli):
        write_report(tmp_path, ["north,Ms N", "moon,X", "west,Ms W"])

        run = cli(*WORDS, "--json", "--failures", "failed.csv", cwd=tmp_path)

        said = json.loads(run.out)
        assert run.code == 3
        assert said["counts"] == {"failed": 1, "made": 2}
        assert 'no row of "sales" where region = moon' in said["problems"][0]["message"]
        assert "(row 2)" in said["problems"][0]["message"]
        assert not (tmp_path / "out/moon").exists()
        assert "moon/note-zh.docx" in (tmp_path / "failed.csv").read_text("utf-8-sig")

    def test_two_rows_of_one_name_are_told(self, tmp_path: Path):
        result = run_batch(write_report(tmp_path, ["north,a", "north,b"]))

        assert result.counts == {"made": 1, "failed": 1}
        assert messages(result) == ['"north/note-zh.docx" is the name of row 1 already (row 2)']

    @pytest.mark.parametrize("value", ["../north", "a/b", "..", ""])
    def test_a_value_leads_to_no_other_folder(self, tmp_path: Path, value: str):
        definition = REPORT.replace("data/sales.csv", '"data/{head}.csv"')
        definition = definition.replace('head: ""', "head: sales")
        order = write_report(tmp_path, [f"north,{value}"], definition=definition)

        result = run_batch(order)

        assert result.counts == {"failed": 1}
        assert "cannot be part of a file name" in messages(result)[0]

    def test_a_parameter_in_a_query_is_refused_with_a_better_way(self, tmp_path: Path):
        definition = REPORT.replace("region = :region", "region = '{region}'")
        order = write_report(tmp_path, ROWS, definition=definition)

        with pytest.raises(DefinitionError) as raised:
            run_batch(order)

        assert raised.value.message == "a parameter stands in the query of a dataset"
        assert str(raised.value.where).startswith("report.yaml, line 7")
        assert raised.value.hint == (
            'write ":name" there and beside it parameters: {name: "{name}"}'
        )

    def test_a_report_without_parameters_is_told(self, tmp_path: Path):
        definition = REPORT.replace('parameters: {region: north, year: 2025, head: ""}\n', "")
        order = write_report(tmp_path, ROWS, definition=definition.replace("{region}", "north"))

        with pytest.raises(ChoiceError) as raised:
            run_batch(order)

        assert raised.value.message == (
            "the report has no parameters, so every row would give the same"
        )

    def test_columns_that_are_no_parameters_are_told(self, tmp_path: Path):
        order = write_report(tmp_path, ["north"], header="regoin")

        with pytest.raises(DataError) as raised:
            run_batch(order)

        assert raised.value.message.startswith("no column is a parameter of the report, which has")
        assert raised.value.hint == 'did you mean "regoin"?'

    def test_a_folder_for_all_rows_is_refused(self, tmp_path: Path):
        order = write_report(tmp_path, ROWS)

        with pytest.raises(ChoiceError) as raised:
            run_batch(replace(order, out=f"{tmp_path}/out"))

        assert raised.value.message == '"note-zh.docx" would be the name of every row\'s file'
        assert raised.value.hint == "put a column into the folder, as in --out 'output/{region}'"

    def test_names_that_tell_the_rows_apart_need_no_folder(self, tmp_path: Path):
        order = write_report(tmp_path, ROWS)
        order = replace(order, out="", report=ReportChoice(documents=("deck",)))

        result = run_batch(order)

        assert result.counts == {"made": 3}
        assert files(tmp_path / "output") == {f"deck-{r}.pptx" for r in ("north", "south", "west")}

    def test_an_unknown_document_is_told(self, tmp_path: Path):
        order = write_report(tmp_path, ROWS)

        with pytest.raises(ChoiceError) as raised:
            run_batch(replace(order, report=ReportChoice(("nte",))))

        assert raised.value.message == 'the report has no document "nte"'
        assert raised.value.hint == 'did you mean "note"?'


class TestGoingOn:
    def resumed(self, order: Order) -> dict[str, int]:
        return run_batch(replace(order, resume=True)).counts

    def test_what_is_current_is_kept_and_what_is_missing_is_made(self, tmp_path: Path):
        order = write_report(tmp_path, ROWS)
        run_batch(order)
        assert self.resumed(order) == {"kept": 3}

        (tmp_path / "out/west/note-en.docx").unlink()
        assert self.resumed(order) == {"kept": 2, "made": 1}

        text = (tmp_path / "rows.csv").read_text().replace("Mr S", "Dr S")
        (tmp_path / "rows.csv").write_text(text)
        assert self.resumed(order) == {"kept": 2, "made": 1}
        assert "Dr S" in text_of(tmp_path / "out/south/note-zh.docx")

    @pytest.mark.parametrize("name", ["data/sales.csv", "templates/note.docx", "report.yaml"])
    def test_a_change_of_what_all_rows_share_makes_all_again(self, tmp_path: Path, name: str):
        order = write_report(tmp_path, ROWS)
        run_batch(order)
        if name.endswith(".docx"):
            (tmp_path / name).write_bytes(docx_bytes("{{ trade.amount }}!"))
        else:
            old, new = ("120", "130") if name.endswith(".csv") else (" in figures", " in brief")
            text = (tmp_path / name).read_text("utf-8").replace("121.5", "131.5")
            (tmp_path / name).write_text(text.replace(old, new), "utf-8")

        assert "kept" not in self.resumed(order)

    def test_a_document_that_was_edited_is_left_alone(self, tmp_path: Path):
        order = write_report(tmp_path, ROWS)
        run_batch(order)
        mine = docx_bytes("my own words")
        (tmp_path / "out/west/note-en.docx").write_bytes(mine)
        (tmp_path / "data/sales.csv").write_text(SALES.replace("11.5", "12.5"))

        counts = self.resumed(order)

        assert counts["edited"] == 1
        assert (tmp_path / "out/west/note-en.docx").read_bytes() == mine

    def test_pdf_files_and_a_zip(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli):
        office = stand_in(tmp_path / "office", monkeypatch)
        write_report(tmp_path, ROWS[:2])

        run = cli(*WORDS, "--pdf", "--json", cwd=tmp_path)
        again = cli(*WORDS, "--pdf", "--json", "--resume", cwd=tmp_path)
        zipped = cli(*WORDS[:-2], "-o", "{region}", "--zip", "all.zip", cwd=tmp_path)

        assert json.loads(run.out)["counts"] == {"made": 2, "pdf": 6}, run.err
        assert json.loads(again.out)["counts"] == {"kept": 2}
        assert office.printed == 6
        assert is_pdf(tmp_path / "out/north/deck-north.pdf")
        assert zipped.code == 0, zipped.err
        inside = zipfile.ZipFile(tmp_path / "all.zip").namelist()
        assert {name for name in inside if name.startswith("north/")} == {
            "north/note-zh.docx", "north/note-en.docx", "north/deck-north.pptx",
            "north/manifest.json",
        }  # fmt: skip
        assert [name.partition("/")[0] for name in inside] == ["north"] * 4 + ["south"] * 4

    @pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
    def test_killed_in_its_middle_it_leaves_whole_files_and_goes_on(self, tmp_path: Path):
        rows = [f"{('north', 'south', 'west')[n % 3]},{n}" for n in range(30)]
        order = write_report(tmp_path, rows)
        words = [*WORDS[:-1], "out/{head}", "-j", "2"]
        running = subprocess.Popen(
            [sys.executable, str(ROOT / "make_report.py"), *words], cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while len(files(tmp_path / "out")) < 6 and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
        running.wait()

        for name in files(tmp_path / "out"):
            assert zipfile.ZipFile(tmp_path / "out" / name).testzip() is None
        result = run_batch(replace(order, out=f"{tmp_path}/out/{{head}}", resume=True))
        assert result.finished == 30
        assert len(files(tmp_path / "out")) == 90
        assert not list((tmp_path / "out").rglob("*.part"))


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = []
    for count in (20, 120):
        write_report(tmp_path, [f"{('north', 'south')[n % 2]},{n}" for n in range(count)])
        code = (
            "import resource, sys; from generator.app.commands import main; main(sys.argv[1:]);"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        run = subprocess.run(
            [sys.executable, "-c", code, *WORDS[:-1], "out/{head}", "-j", "0", "-q"], cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        )  # fmt: skip
        peaks.append(int(run.stdout.split()[-1]))
        shutil.rmtree(tmp_path / "out")

    assert peaks[1] < peaks[0] + 12_000  # kilobytes


def test_parameters_stand_where_they_are_declared_and_nowhere_else(tmp_path: Path) -> None:
    definition = REPORT.replace(
        'en: "{region} in figures"', 'en: "{region} {other} {{region}} {year}"'
    )
    order = write_report(tmp_path, ROWS, definition=definition)

    report = read_definition(order.template, parameters={"region": "south", "spare": 1})

    assert report.title.en == "south {other} {south} 2025"
    where = report.entry.facts["trade"].facts["amount"].cell
    assert where is not None
    assert where.where == {"region": "south", "year": 2025}
    assert dict(report.parameters) == {"region": "south", "year": 2025, "head": "", "spare": 1}
