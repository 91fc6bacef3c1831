"""What a build meets in the world: full disks, files that are held, saved or in the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.build import steps
from generator.build.steps import build_report
from generator.editions.current import build_current
from generator.errors import OutputError
from tests.support.packages import docx_bytes
from tests.support.projects import FACTS, write_project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    """A project that was built, and whose data have changed since."""
    found = write_project(tmp_path)
    build_current(found)
    changed = FACTS.replace("2000", "2100").replace("7.3", "6.1")
    (tmp_path / "data/facts.yaml").write_text(changed, encoding="utf-8")
    return found


def outputs(definition: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (definition.parent / "output").glob("*.*x")}


def clean(definition: Path) -> dict[str, bytes]:
    found = build_report(definition, output=definition.parent / "clean")
    return {file.path.name: file.path.read_bytes() for file in found.files}


def while_it_builds(monkeypatch: pytest.MonkeyPatch, deed) -> None:
    fill = steps._Work.fill

    def filling(self):
        found = fill(self)
        deed()
        return found

    monkeypatch.setattr(steps._Work, "fill", filling)


def test_an_output_that_a_person_saves_while_it_builds_stays(definition, monkeypatch) -> None:
    mine = docx_bytes("saved in the meantime")
    path = definition.parent / "output/note-en.docx"
    with monkeypatch.context() as patch:
        while_it_builds(patch, lambda: path.write_bytes(mine))
        result = build_current(definition)

    assert path.read_bytes() == mine
    new = clean(definition)
    assert (path.parent / "note-en (new).docx").read_bytes() == new["note-en.docx"]
    assert [p.message for p in result.problems] == [
        'edited by hand, so the new one was written beside it: "note-en (new).docx"'
    ]


def test_an_output_that_vanishes_while_it_builds_is_written(definition, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        while_it_builds(patch, (definition.parent / "output/note-en.docx").unlink)
        result = build_current(definition)

    assert result.problems == ()
    assert outputs(definition) == clean(definition)


def held(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> list[str]:
    """Refuse to replace a file so many times, as Windows does while a program has it open."""
    replace, refused = Path.replace, []

    def replacing(self: Path, target: Path) -> Path:
        if Path(target).name == name and len(refused) < times:
            refused.append(name)
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replacing)
    monkeypatch.setattr("generator.build.files.sleep", lambda seconds: None)
    return refused


def test_an_output_that_is_held_for_a_moment_is_replaced(definition, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        refused = held(patch, "note-en.docx", 3)
        build_current(definition)

    assert len(refused) == 3
    assert outputs(definition) == clean(definition)


def test_an_output_that_stays_locked_is_told_and_the_next_build_is_right(
    definition, monkeypatch
) -> None:
    old = outputs(definition)
    with monkeypatch.context() as patch:
        held(patch, "note-en.docx", 10**6)
        with pytest.raises(OutputError) as caught:
            build_current(definition)

    assert caught.value.message == "the file cannot be replaced: Permission denied"
    assert caught.value.where is not None
    assert Path(caught.value.where.file or "").name == "note-en.docx"
    assert caught.value.hint == "close it in Word or PowerPoint and build again"
    new = clean(definition)
    for name, data in outputs(definition).items():
        assert data in (old[name], new[name])
    result = build_current(definition)
    assert result.problems == ()
    assert outputs(definition) == new
    assert not list((definition.parent / "output").glob(".*"))


@pytest.mark.skipif(sys.platform == "win32", reason="limits by the operating system")
def test_a_disk_that_takes_no_more_leaves_whole_files(definition) -> None:
    old = outputs(definition)
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))\n"
        "from generator.app.commands import main; sys.exit(main())"
    )

    run = subprocess.run(
        [sys.executable, "-c", program, "-f", str(definition)], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 1
    assert "the file cannot be written: File too large" in run.stderr
    assert outputs(definition) == old
    assert not list((definition.parent / "output").glob(".*"))
    assert build_current(definition).problems == ()
    assert outputs(definition) == clean(definition)


def test_an_output_folder_that_may_not_be_written_is_told(definition, monkeypatch) -> None:
    old = outputs(definition)

    def refused(*_: object, **given: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("generator.build.files.tempfile.mkstemp", refused)
        with pytest.raises(OutputError) as caught:
            build_current(definition)

    assert caught.value.message == "the output folder cannot be written: Permission denied"
    assert caught.value.hint == "choose another folder with --output"
    assert outputs(definition) == old
    assert build_current(definition).problems == ()
