"""Files are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.build.files import write_files
from generator.errors import OutputError


def test_pairs_are_written_as_they_come(tmp_path: Path) -> None:
    write_files((tmp_path / "a" / f"{n}.txt", bytes([n])) for n in range(3))

    assert [path.read_bytes() for path in sorted((tmp_path / "a").iterdir())] == [
        b"\0", b"\1", b"\2",
    ]  # fmt: skip


def test_nothing_is_left_when_a_later_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes(b"old")

    def pairs() -> Iterator[tuple[Path, bytes]]:
        yield tmp_path / "old.txt", b"new"
        yield tmp_path / "deep" / "er" / "a.txt", b"new"
        raise ValueError("row 3")

    with pytest.raises(ValueError, match="row 3"):
        write_files(pairs())

    assert [path.name for path in tmp_path.iterdir()] == ["old.txt"]
    assert (tmp_path / "old.txt").read_bytes() == b"old"


def test_a_folder_that_holds_something_stays_after_a_failure(tmp_path: Path) -> None:
    def pairs() -> Iterator[tuple[Path, bytes]]:
        yield tmp_path / "new" / "a.txt", b"new"
        (tmp_path / "new" / "other.txt").write_bytes(b"other")
        yield tmp_path / "new" / "other.txt" / "a.txt", b"new"

    with pytest.raises(OutputError):
        write_files(pairs())

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["other.txt"]
