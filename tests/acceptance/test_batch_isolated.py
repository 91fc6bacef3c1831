"""``batch --isolate``, as a user gives it: the same documents, and what a template cannot do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from generator.batch.running import run_batch
from tests.support.batches import letters, names, write_batch

Cli = Callable[..., Any]
WORDS = ["batch", "letter.docx", "--over", "rows.csv", "--out", "out/{no}.docx", "--isolate"]


@dataclass(frozen=True)
class Deed:
    """A value that tries what its code says when it is printed, and tells how that went."""

    code: str

    def __str__(self) -> str:
        try:
            exec(self.code, {})
        except PermissionError:
            return "refused"
        except KeyError:
            return "unknown"
        return "done"


def test_the_documents_are_the_same(tmp_path: Path, cli: Cli) -> None:
    write_batch(tmp_path, names(5))
    plain = cli(*[word for word in WORDS if word != "--isolate"], cwd=tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.docx")}
    for path in (tmp_path / "out").glob("*.docx"):
        path.unlink()

    run = cli(*WORDS, cwd=tmp_path)

    assert (plain.code, run.code) == (0, 0), run.err
    after = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.docx")}
    assert after == before
    assert len(after) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="names programs of POSIX")
@pytest.mark.parametrize(("code", "told"), [
    ("import os; os.system('true')", "refused"),
    ("import socket; socket.create_connection(('127.0.0.1', 9))", "refused"),
    ("open({other!r}, 'w')", "refused"),
    ("import os; os.environ['API_SECRET']", "unknown"),
    ("open({own!r}, 'w').close()", "done"),
])  # fmt: skip
def test_a_worker_gave_up_what_templates_do_not_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    monkeypatch.setenv("API_SECRET", "s")
    code = code.format(other=str(tmp_path / "other"), own=str(tmp_path / "out/own"))
    order = write_batch(tmp_path, names(1), text="{{ deed }}")

    result = run_batch(replace(order, context={"deed": Deed(code)}, jobs=1, isolate=True))

    assert result.counts == {"made": 1}, result.problems
    assert letters(tmp_path / "out") == {"0.docx": told}
    assert not (tmp_path / "other").exists()


def test_a_row_that_takes_too_long_does_not_stop_the_others(tmp_path: Path, cli: Cli) -> None:
    busy = ("{% if name == 'Ms 2' %}{% for i in range(99999) %}{% for j in range(99999) %}"
            "{% if i < 0 %}x{% endif %}{% endfor %}{% endfor %}{% endif %}{{ name }}")  # fmt: skip
    write_batch(tmp_path, names(4), text=busy)

    run = cli(
        *WORDS, "--json", "--limit", "worker_seconds=3", "--limit", "loop_turns=100000000000",
        "--limit", "render_seconds=1000", cwd=tmp_path,
    )  # fmt: skip

    said = json.loads(run.out)
    assert run.code == 3
    assert (said["finished"], said["counts"]["failed"]) == (3, 1)
    assert any("limit worker_seconds" in problem["message"] for problem in said["problems"])
    assert letters(tmp_path / "out") == {f"{n}.docx": f"Ms {n}" for n in (0, 1, 3)}
    assert not list((tmp_path / "out").rglob("*.part"))


def test_a_template_that_cannot_be_compiled_is_told_once(tmp_path: Path, cli: Cli) -> None:
    write_batch(tmp_path, names(3), text="{% for x in y %}never ends")

    run = cli(*WORDS, cwd=tmp_path)

    assert run.code == 1
    assert "letter.docx" in run.err
    assert "Traceback" not in run.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("words", "message"), [
    (("--jobs", "0"), "needs processes of its own"),
    (("--engine", "dask"), "is made on this machine"),
    (("--out", "memory://out/{no}.docx"), "writes to no store"),
])  # fmt: skip
def test_what_limited_processes_cannot_do(
    tmp_path: Path, cli: Cli, words: tuple[str, ...], message: str
) -> None:
    write_batch(tmp_path, names(1))

    run = cli(*WORDS, *words, cwd=tmp_path)

    assert run.code == 2
    assert message in run.err
    assert "--isolate" in run.err
    assert not (tmp_path / "out").exists()
