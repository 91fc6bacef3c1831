"""Each command ends well on hostile inputs that are no templates: one line, nothing changed."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hostile.case import made
from tests.support.hostile.command_cases import PIPE, Command, commands
from tests.support.hostile.runner import MEMORY, SECONDS, SECRET, Run, Runner

_ALL = list(commands())
_CASES = _ALL if os.environ.get("HOSTILE") == "all" else _ALL[::7]
_PROGRESS = re.compile(r"^step \d of \d: .* \.\.\.\n", re.MULTILINE)
_LINE = re.compile(r"(?:error|warning|hint|info): .+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as runner:
        yield runner


def test_cases_have_names_of_their_own() -> None:
    names = [case.name for case in _ALL]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_a_command_ends_well(case: Command, tmp_path: Path, runner: Runner) -> None:
    project = tmp_path / "project"
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "secret.txt").write_text(SECRET)
    for name, content in case.files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            assert content is PIPE
            os.mkfifo(path)
        else:
            path.write_bytes(made(content))
    for name, target in case.links.items():
        (project / name).symlink_to(target)
    before = _found(tmp_path)
    logs = tmp_path.parent / f"{tmp_path.name}-logs"
    logs.mkdir()

    run = runner.run(list(case.words), project, logs)

    _assert_told(run, case)
    after = _found(tmp_path)
    changed = {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)}
    if run.code in (0, 3):
        assert before.items() <= after.items()
        assert all(name.startswith("project/") for name in changed)
        assert not [name for name in changed if name.endswith(".part")]
    else:
        # what a build keeps for the next one is no result
        assert {name for name in changed if not name.startswith("project/.cache")} == set()


def _assert_told(run: Run, case: Command) -> None:
    told = _PROGRESS.sub("", run.err)
    for text in (SECRET, "Traceback", "a fault of this program", *case.absent):
        assert text not in run.out + run.err, run.err
    assert run.code == case.code, run.err
    assert run.seconds < SECONDS
    assert run.peak < MEMORY
    assert _CONTROL.search(run.err) is None
    assert all(_LINE.fullmatch(line) for line in told.splitlines()), run.err
    assert max(map(len, told.splitlines()), default=0) < 1_200
    if run.code:
        lines = told.splitlines()
        first = next(line for line in lines if line.startswith("error: "))
        assert re.fullmatch(r"error: .+?: .+", first), first  # a place, and what is wrong there
        errors = " ".join(line for line in lines if line.startswith("error: "))
        assert re.search(case.says, errors), errors


def _found(folder: Path) -> dict[str, object]:
    """Return what a folder holds: bytes of files, targets of links, kinds of all else."""
    found: dict[str, object] = {}
    for path in folder.rglob("*"):
        mode = path.lstat().st_mode
        kind: object = stat.S_IFMT(mode)
        if stat.S_ISREG(mode):
            kind = path.read_bytes()
        elif stat.S_ISLNK(mode):
            kind = str(path.readlink())
        found[str(path.relative_to(folder))] = kind
    return found
