"""``build`` and ``check`` in a process with limits: the same results, and what it cannot reach."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.build.steps import build_report
from tests.support.projects import DEFINITION, write_project

_HUNGRY = (
    "{% set l = namespace(a=[]) %}{% for i in range(900) %}"
    "{% set l.a = l.a + [range(99999) | list] %}{% endfor %}"
)
_BUSY = (
    "{% for i in range(99999) %}{% for j in range(99999) %}{% if i < 0 %}x{% endif %}{% endfor %}"
    "{% endfor %}"
)
_MORE = "limits: {made_characters: 1000000000000, loop_turns: 100000000000, render_seconds: 1000}\n"
Cli = Callable[..., Any]


def test_a_build_gives_the_same_bytes(tmp_path: Path, cli: Cli) -> None:
    definition = write_project(tmp_path)
    build_report(definition, output=tmp_path / "plain")

    run = cli("build", "--isolate", cwd=tmp_path)

    assert run.code == 0, run.err
    for path in (tmp_path / "plain").iterdir():
        assert (tmp_path / "output" / path.name).read_bytes() == path.read_bytes()


def test_a_report_can_ask_for_it(tmp_path: Path, cli: Cli) -> None:
    write_project(tmp_path, _HUNGRY, definition=DEFINITION + _MORE + "isolate: true\n")
    where = ["--limit", "worker_memory=300000000"]

    built = cli("build", *where, cwd=tmp_path)
    checked = cli("check", *where, cwd=tmp_path)

    assert (built.code, checked.code) == (1, 1)
    assert "memory" in built.err
    assert "Traceback" not in built.err + checked.err + checked.out
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize("limit", ["worker_seconds=2", "worker_cpu_seconds=2"])
def test_a_template_that_never_ends_is_ended(tmp_path: Path, cli: Cli, limit: str) -> None:
    write_project(tmp_path, definition=DEFINITION + _MORE)
    cli("build", cwd=tmp_path)
    before = {path: path.read_bytes() for path in (tmp_path / "output").iterdir()}
    write_project(tmp_path, _BUSY, definition=DEFINITION + _MORE)

    run = cli("build", "--isolate", "--limit", limit, cwd=tmp_path)

    assert run.code == 1
    assert f"limit {limit.partition('=')[0]}" in run.err
    assert {path: path.read_bytes() for path in (tmp_path / "output").iterdir()} == before


def test_the_option_heeds_the_limits_of_the_report(tmp_path: Path, cli: Cli) -> None:
    limits = "limits: {worker_seconds: 0.01}\n"
    write_project(tmp_path, definition=DEFINITION + limits)

    built = cli("build", "--isolate", cwd=tmp_path)
    said = cli("build", "--isolate", "--limit", "worker_seconds=120", cwd=tmp_path)

    assert built.code == 1
    assert "longer than 0.01 seconds (limit worker_seconds)" in built.err
    assert said.code == 0, said.err


_PROBE = """
import json, os, shutil, socket, subprocess, sys
from pathlib import Path
from generator.build.reach import restrict_reach
own, other = Path(sys.argv[1]), Path(sys.argv[2])
handle = os.open(own, os.O_RDONLY)
outside = os.open(other, os.O_RDONLY)
restrict_reach([own])
deeds = {
    "write own": lambda: (own / "a").write_text("x"),
    "write in a new own folder": lambda: ((own / "d").mkdir(), (own / "d" / "a").write_text("x")),
    "replace own": lambda: (own / "a").replace(own / "b"),
    "replace a link": lambda: ((own / "c").write_text("x"), (own / "c").replace(own / "out")),
    "clear own": lambda: shutil.rmtree(own / "d"),
    "remove by handle": lambda: os.remove("b", dir_fd=handle),
    "read other": lambda: (other / "secret").read_text(),
    "import": lambda: __import__("numpy"),
    "write other": lambda: (other / "a").write_text("x"),
    "write by dots": lambda: (own / ".." / other.name / "a").write_text("x"),
    "write through a link": lambda: (own / "link").write_text("x"),
    "write in a linked folder": lambda: (own / "folder" / "a").write_text("x"),
    "change other": lambda: (other / "secret").open("r+"),
    "remove other": lambda: (other / "secret").unlink(),
    "remove other by handle": lambda: os.remove("secret", dir_fd=outside),
    "move out": lambda: (own / "keep").replace(other / "keep"),
    "make a link": lambda: (own / "l").symlink_to(other),
    "start a program": lambda: subprocess.run(["true"]),
    "use a shell": lambda: os.system("true"),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "load a library": lambda: __import__("ctypes").CDLL("libc.so.6"),
    "see a secret": lambda: os.environ["API_SECRET"],
}
told = {}
for name, deed in deeds.items():
    try:
        deed()
        told[name] = "done"
    except Exception as error:
        told[name] = type(error).__name__
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="links and open folders differ there")
def test_what_a_worker_can_do_once_its_data_are_read(tmp_path: Path) -> None:
    import json
    import os

    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    (other / "secret").write_text("s")
    (own / "keep").write_text("k")
    (own / "link").symlink_to(other / "secret")
    (own / "out").symlink_to(other / "secret")
    (own / "folder").symlink_to(other)

    done = subprocess.run(
        [sys.executable, "-c", _PROBE, str(own), str(other)], capture_output=True, text=True,
        env={**os.environ, "API_SECRET": "s"}, check=True,
    )  # fmt: skip

    told = json.loads(done.stdout)
    allowed = {name for name, how in told.items() if how == "done"}
    assert allowed == {
        "write own", "write in a new own folder", "replace own", "replace a link", "clear own",
        "remove by handle", "read other", "import",
    }  # fmt: skip
    assert {told[name] for name in told if name not in allowed} == {"PermissionError", "KeyError"}
    assert (other / "secret").read_text() == "s"
    assert sorted(path.name for path in other.iterdir()) == ["secret"]
