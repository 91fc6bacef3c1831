"""Every case of the corpus ends as it must: one clear line or a sound result, and nothing else."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.harmless import active_content
from tests.support.hostile.case import Case, made
from tests.support.hostile.corpus import corpus
from tests.support.hostile.runner import MEMORY, SECONDS, SECRET, Run, Runner
from tests.support.packages import open_docx, open_pptx, slide_texts
from tests.support.soundness import assert_sound

#: ``HOSTILE=all`` runs every case; else a spread of them.
_ALL = list(corpus())
_CASES = _ALL if os.environ.get("HOSTILE") == "all" else _ALL[::7]
_EARLIER = b"the result of an earlier run"
_PROGRESS = re.compile(r"^step \d of \d: .* \.\.\.\n", re.MULTILINE)
_LINE = re.compile(r"(?:error|warning|hint|text|info): .+")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as runner:
        yield runner


def _laid_out(case: Case, folder: Path) -> tuple[Path, str]:
    """Write the files of a case; return the project folder and the name of the template."""
    project = folder / "project"
    (project / "out").mkdir(parents=True)
    (folder / "secret.txt").write_text(SECRET)
    template = f"template.{case.ending}"
    for name, content in {template: case.template, **case.data, **case.files}.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made(content))
    for name, target in case.links.items():
        (project / name).symlink_to(target)
    if not case.out:
        (project / case.result).write_bytes(_EARLIER)
    return project, template


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _assert_told(run: Run, case: Case, template: str) -> None:
    told = _PROGRESS.sub("", run.err)
    assert SECRET not in run.out + run.err
    assert "Traceback" not in run.err
    assert "a fault of this program" not in run.err, run.err
    assert run.code in (0, 1), run.err
    assert run.seconds < SECONDS
    assert run.peak < MEMORY
    assert all(_LINE.fullmatch(line) for line in told.splitlines()), run.err
    assert max(map(len, told.splitlines()), default=0) < 1_200
    if run.code:
        first = told.splitlines()[0]
        places = (
            template,
            *case.data,
            *case.files,
            "--out",
            "--data",
            "--each",
            "out/",
            "standard input",
        )
        assert first.startswith("error: ")
        assert any(place in first for place in places), first
        assert re.search(case.says, first), first


@pytest.mark.parametrize("case", _CASES, ids=lambda case: f"{case.item}-{case.name}")
def test_render_ends_well(case: Case, tmp_path: Path, runner: Runner) -> None:
    project, template = _laid_out(case, tmp_path)
    before = _files(tmp_path)
    data = [word for name in case.data for word in ("--data", name)]

    run = runner.run(
        ["render", template, *data, "--out", case.result, "--files", ".", *case.more],
        project, _logs(tmp_path),
    )  # fmt: skip

    _assert_told(run, case, template)
    assert run.code == (1 if case.fails else 0), run.err
    after = _files(tmp_path)
    if case.fails:
        assert after == before
        return
    assert re.search(case.says, run.err), run.err
    changed = {name for name in after if after[name] != before.get(name)}
    assert before.keys() <= after.keys()
    assert changed
    assert all(name.startswith("project/out/") and name.endswith(case.ending) for name in changed)
    for name in changed:
        _assert_harmless(after[name], case)


def _assert_harmless(data: bytes, case: Case) -> None:
    assert_sound(data)
    assert active_content(data) == []
    if case.ending == "docx":
        shown = "\n".join(paragraph.text for paragraph in open_docx(data).paragraphs)
    else:
        shown = "\n".join(text for slide in slide_texts(open_pptx(data)) for text in slide)
    assert case.shows in shown
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            blob = package.read(name)
            assert SECRET.encode() not in blob
            for text in case.absent:
                assert text.encode() not in blob, f"{text} in {name}"


@pytest.mark.parametrize(
    "case", [c for c in _CASES[::3] if not c.out and not c.is_data],
    ids=lambda case: f"{case.item}-{case.name}",
)  # fmt: skip
def test_check_says_the_same_and_writes_nothing(case: Case, tmp_path: Path, runner: Runner) -> None:
    project, template = _laid_out(case, tmp_path)
    before = _files(tmp_path)
    data = [word for name in case.data for word in ("--data", name)]

    run = runner.run(
        ["check", template, *data, "--files", ".", *case.more], project, _logs(tmp_path)
    )

    _assert_told(run, case, template)
    assert run.code == (1 if case.fails else 0), run.err
    assert _files(tmp_path) == before


def _logs(folder: Path) -> Path:
    logs = folder.parent / f"{folder.name}-logs"
    logs.mkdir()
    return logs
