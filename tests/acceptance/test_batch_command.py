"""The command ``batch``, as a user runs it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.batches import letters, names, write_batch

ROOT = Path(__file__).resolve().parents[2]
Cli = Callable[..., Any]


def test_one_document_for_each_row(tmp_path: Path, cli: Cli) -> None:
    write_batch(tmp_path, names(30))

    run = cli("batch", "letter.docx", "--over", "rows.csv", "--out", "out/{no}.docx", cwd=tmp_path)

    assert run.code == 0
    assert "error" not in run.err
    assert run.out.startswith("30 rows: 30 made\n")
    assert letters(tmp_path / "out") == {f"{n}.docx": f"Dear Ms {n}, number {n}" for n in range(30)}


def test_rows_that_fail_are_told_and_the_exit_code_says_so(tmp_path: Path, cli: Cli) -> None:
    write_batch(tmp_path, ["1,a", "0,b", "2,c"], text="{{ 1 / no }}")

    run = cli(
        "batch", "letter.docx", "--over", "rows.csv", "-o", "out/{no}.docx", "--json",
        "--failures", "failures.csv", "--set", "year=2025", cwd=tmp_path,
    )  # fmt: skip

    assert run.code == 3
    record = json.loads(run.out)
    assert record["counts"] == {"failed": 1, "made": 2}
    assert record["failures"] == "failures.csv"
    assert not record["ok"]
    assert "(row 2)" in record["problems"][0]["message"]
    assert (tmp_path / "failures.csv").read_text("utf-8-sig").count("\n") == 2


def test_lines_of_json_tell_each_document(tmp_path: Path, cli: Cli) -> None:
    write_batch(tmp_path, ["1,a", "0,b"], text="{{ 1 / no }}")

    run = cli("batch", "letter.docx", "--over", "rows.csv", "-o", "out/{no}.docx", "--json-lines",
              "--jobs", "1", cwd=tmp_path)  # fmt: skip

    first, second, end = (json.loads(line) for line in run.out.splitlines())
    assert {first["row"], second["row"]} == {1, 2}
    assert {first["state"], second["state"]} == {"made", "failed"}
    assert (end["event"], end["rows"], end["ok"]) == ("end", 2, False)
    assert run.code == 3


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--scheduler", "tcp://x:1"], 2, "--scheduler needs --engine dask"),
        (["--engine", "dask", "--scheduler", "nonsense"], 1, "the scheduler cannot be reached"),
        (["--zip", "a.zip", "--out", "s3://a/{no}.docx"], 2, "a zip is a file of this machine"),
        (["--pdf", "--out", "s3://a/{no}.docx"], 2, "PDF files are made in a folder"),
    ],
)
def test_wrong_use_is_one_line(
    tmp_path: Path, cli: Cli, words: list[str], code: int, message: str
) -> None:
    write_batch(tmp_path, names(2))

    run = cli("batch", "letter.docx", "--over", "rows.csv", "--out", "out/{no}.docx", *words,
              cwd=tmp_path)  # fmt: skip

    assert run.code == code
    assert message in run.err
    assert "Traceback" not in run.err


@pytest.mark.skipif(sys.platform == "win32", reason="stops by signal")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_whole_documents_and_resume_does_the_rest(
    tmp_path: Path, cli: Cli, kind: signal.Signals
) -> None:
    count = 20_000  # it must not be done before it is stopped
    write_batch(tmp_path, names(count))
    words = ["batch", "letter.docx", "--over", "rows.csv", "--out", "out/{no}.docx", "--json"]
    running = subprocess.Popen(
        [sys.executable, str(ROOT / "make_report.py"), *words], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not any((tmp_path / "out").glob("*.docx")) and time.monotonic() < until:
        time.sleep(0.02)

    running.send_signal(kind)
    out, err = running.communicate(timeout=60)

    assert running.returncode == 130, err
    assert "Traceback" not in err
    record = json.loads(out)
    assert record["stopped"]
    assert 0 < record["finished"] < count
    made = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "out").glob("*.docx")}
    assert len(made) == record["finished"]
    assert not list((tmp_path / "out").rglob("*.part"))
    (tmp_path / "rows.csv").write_text(
        "\n".join(["no,name", *names(record["rows"])]), encoding="utf-8"
    )
    again = json.loads(cli(*words, "--resume", cwd=tmp_path).out)
    assert again["counts"]["kept"] == record["finished"]
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "out").glob("*.docx")
            if p.name in made} == made  # fmt: skip
