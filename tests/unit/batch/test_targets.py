"""Documents in a folder: links that others make there meanwhile lead nowhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from generator.batch.targets import FolderTarget
from generator.batch.work import EDITED, MADE, UNCHANGED, Known, Setup
from generator.errors import OutputError
from tests.support.packages import docx_bytes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("out", "staging", "other"):
        (tmp_path / name).mkdir()
    return tmp_path


def target_of(folder: Path, *, force: bool = False) -> FolderTarget:
    return FolderTarget(
        Setup(b"", {}, str(folder), str(folder / "out"), str(folder / "staging"), force=force)
    )


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_folders_are_made_as_they_are_needed(folder: Path) -> None:
    target = target_of(folder)

    made = target.write(1, "a/b/1.docx", b"one", b"d", None)

    assert made.state == MADE
    assert (folder / "out/a/b/1.docx").read_bytes() == b"one"
    assert tree(folder / "staging") == set()


def test_a_document_has_the_rights_of_any_new_file(folder: Path) -> None:
    target_of(folder).write(1, "1.docx", b"one", b"d", None)
    (folder / "plain").write_bytes(b"")

    assert (folder / "out/1.docx").stat().st_mode == (folder / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["a/1.docx", "a/b/1.docx"])
def test_a_linked_folder_leads_nobody_out(folder: Path, name: str) -> None:
    target = target_of(folder)
    (folder / "out/a").symlink_to(folder / "other")

    with pytest.raises(OutputError) as caught:
        target.write(1, name, b"one", b"d", None)

    problem = caught.value.problems[0]
    assert "outside of the output folder" in problem.message
    assert problem.where is not None
    assert problem.where.file == str(folder / "out" / name)
    assert problem.hint == "remove the link that leads out of it"
    assert tree(folder / "other") == tree(folder / "staging") == set()


def replaced_by_link_before_renaming(
    folder: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Put a link in place of the folder "a", as often, before a document gets its name."""
    rename, left = os.rename, [times]

    def renamed(*arguments: object, **named: object) -> None:
        if left[0]:
            left[0] -= 1
            (folder / "out/a").rmdir()
            (folder / "out/a").symlink_to(folder / "other")
        rename(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("generator.batch.folder_writers.os.rename", renamed)


def test_a_folder_that_becomes_a_link_while_a_document_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "out/a").mkdir()
    replaced_by_link_before_renaming(folder, monkeypatch, 1)

    with pytest.raises(OutputError, match="outside of the output folder"):
        target_of(folder).write(1, "a/1.docx", b"one", b"d", None)

    assert tree(folder / "other") == tree(folder / "staging") == set()


def test_a_folder_that_was_seen_and_becomes_a_link_leads_nobody_out(folder: Path) -> None:
    target = target_of(folder)
    target.write(1, "a/1.docx", b"one", b"d", None)
    (folder / "out/a").rename(folder / "moved")
    (folder / "out/a").symlink_to(folder / "other")

    with pytest.raises(OutputError, match="outside of the output folder"):
        target.write(2, "a/2.docx", b"two", b"d", None)

    assert tree(folder / "other") == tree(folder / "staging") == set()
    assert tree(folder / "moved") == {"1.docx"}


def test_a_folder_that_was_moved_or_deleted_is_made_again(folder: Path) -> None:
    target = target_of(folder)
    target.write(1, "a/1.docx", b"one", b"d", None)
    (folder / "out/a").rename(folder / "moved")
    target.write(2, "a/2.docx", b"two", b"d", None)
    (folder / "out/a/2.docx").unlink()
    (folder / "out/a").rmdir()
    target.write(3, "a/3.docx", b"three", b"d", None)

    assert tree(folder / "out") == {"a", "a/3.docx"}
    assert tree(folder / "moved") == {"1.docx"}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nothing lists open files")
def test_only_so_many_folders_are_held_open(folder: Path) -> None:
    def held() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = held()
    target = target_of(folder)
    for number in range(200):
        target.write(number, f"{number}/1.docx", b"one", b"d", None)
    during = held()
    del target

    assert len(tree(folder / "out")) == 400
    assert before < during <= before + 70
    assert held() == before


def test_a_link_to_a_folder_inside_is_followed(folder: Path) -> None:
    (folder / "out/2026").mkdir()
    (folder / "out/now").symlink_to("2026")

    target_of(folder).write(1, "now/1.docx", b"one", b"d", None)

    assert (folder / "out/2026/1.docx").read_bytes() == b"one"


def test_an_output_folder_that_is_a_link_is_the_operators_own(folder: Path) -> None:
    (folder / "out").rmdir()
    (folder / "out").symlink_to(folder / "other")

    target_of(folder).write(1, "a/1.docx", b"one", b"d", None)

    assert (folder / "other/a/1.docx").read_bytes() == b"one"


def test_a_link_under_the_name_of_a_document_is_replaced(folder: Path) -> None:
    (folder / "other/keep.txt").write_text("keep")
    (folder / "out/1.docx").symlink_to(folder / "other/keep.txt")

    target_of(folder).write(1, "1.docx", b"one", b"d", None)

    assert (folder / "other/keep.txt").read_text() == "keep"
    assert not (folder / "out/1.docx").is_symlink()


def test_a_pipe_under_the_name_of_a_document_does_not_hold_the_batch_up(folder: Path) -> None:
    os.mkfifo(folder / "out/1.docx")

    target_of(folder).write(1, "1.docx", b"one", b"d", Known(b"k", 1, False))

    assert (folder / "out/1.docx").read_bytes() == b"one"


def test_nobody_can_guess_or_prepare_the_name_of_a_file_that_is_not_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.batch.folder_writers.secrets.token_hex", lambda _: "guessed")
    prepared = folder / f"staging/{os.getpid()}-guessed-1.part"
    prepared.symlink_to(folder / "other/new")

    with pytest.raises(FileExistsError):
        target_of(folder).write(1, "1.docx", b"one", b"d", None)

    assert tree(folder / "other") == tree(folder / "out") == set()


def test_a_document_edited_by_hand_stays_or_is_kept_aside(folder: Path) -> None:
    edited = docx_bytes("mine")
    (folder / "out/1.docx").write_bytes(edited)
    known = Known(b"other", 5, False)

    assert target_of(folder).write(1, "1.docx", b"one", b"d", known).state == EDITED
    assert target_of(folder, force=True).write(1, "1.docx", b"one", b"d", known).state == MADE

    assert (folder / "out/1 (edited).docx").read_bytes() == edited


def test_the_same_bytes_are_not_written_again(folder: Path) -> None:
    import hashlib

    (folder / "out/1.docx").write_bytes(b"one")

    made = target_of(folder).write(1, "1.docx", b"one", hashlib.sha256(b"one").digest(), None)

    assert made.state == UNCHANGED
