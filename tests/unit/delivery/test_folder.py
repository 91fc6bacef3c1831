"""Delivery into folders: whole files, the manifest last, nothing newer replaced."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from generator.editions.store import find_edition
from generator.errors import DeliveryError
from tests.support.deliveries import delivered, planned, project_with

FILES = {"note-zh.docx", "note-en.docx", "deck-en.pptx"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_edition_lies_in_the_folder_with_its_manifest(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: 'shelf/{year}/{month}/{edition}'}")

    outcome = delivered(definition)

    edition = find_edition(tmp_path / "output", "last")
    folder = tmp_path / "shelf/2026/11/2026-11-23-1"
    assert (outcome.state, outcome.place) == ("sent", str(folder))
    assert names(folder) == FILES | {"edition.json"}
    for file in edition.files:
        assert (folder / file.name).read_bytes() == (edition.folder / file.name).read_bytes()
    manifest = json.loads((folder / "edition.json").read_text("utf-8"))
    assert {f["name"]: f["sha256"] for f in manifest["files"]} == edition.digests
    assert (manifest["edition"], manifest["earlier"], manifest["changes"]) == (
        "2026-11-23-1", None, [],
    )  # fmt: skip


def test_the_manifest_tells_what_changed(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}", editions=2)

    delivered(definition)

    manifest = json.loads((tmp_path / "shelf/edition.json").read_text("utf-8"))
    assert manifest["earlier"] == "2026-11-23-1"
    gdp = next(c for c in manifest["changes"] if c["id"] == "growth.gdp")
    assert (gdp["kind"], gdp["old"]["value"]["zh"], gdp["new"]["value"]["zh"]) == (
        "restated", ">2000亿元", ">2100亿元",
    )  # fmt: skip


def test_only_chosen_files_are_delivered(tmp_path):
    definition = project_with(
        tmp_path, "  shelf: {folder: shelf, documents: [note], languages: [zh]}"
    )

    delivered(definition)

    assert names(tmp_path / "shelf") == {"note-zh.docx", "edition.json"}


def test_files_appear_whole_and_the_manifest_last(tmp_path, monkeypatch):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}")
    seen: list[str] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        if target.parent.name == "shelf":
            assert self.parent == target.parent  # the same drive, so the rename is one step
            assert self.name.startswith(".")
            seen.append(target.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    delivered(definition)

    assert seen[-1] == "edition.json"
    assert set(seen[:-1]) == FILES


def test_what_is_there_already_is_not_written_again(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}")
    delivered(definition)
    before = (tmp_path / "shelf/note-zh.docx").stat().st_mtime_ns
    (tmp_path / "shelf/deck-en.pptx").write_bytes(b"damaged")

    outcome = delivered(definition, again=True)

    assert outcome.note == "1 of 3 files written"
    assert (tmp_path / "shelf/note-zh.docx").stat().st_mtime_ns == before


def test_files_of_others_in_the_folder_stay(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}")
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf/minutes.docx").write_bytes(b"theirs")
    (tmp_path / "shelf/.note-zh.docx.abc.part").write_bytes(b"left by a delivery that was killed")

    delivered(definition)

    assert names(tmp_path / "shelf") == FILES | {"edition.json", "minutes.docx"}


def test_a_newer_edition_is_not_replaced_by_an_older_one(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}", editions=2)
    delivered(definition)

    with pytest.raises(DeliveryError) as caught:
        delivered(definition, edition="2026-11-23-1")

    shelf = (tmp_path / "shelf").resolve()
    assert caught.value.message == f"{shelf} holds the newer edition 2026-11-23-2"
    assert "--again" in str(caught.value.hint)
    assert delivered(definition, edition="2026-11-23-1", again=True).state == "sent"
    assert b'"2026-11-23-1"' in (shelf / "edition.json").read_bytes()


def test_a_folder_that_is_not_there_is_perhaps_a_drive_that_is_not_connected(tmp_path):
    away = tmp_path / "away/share"
    definition = project_with(tmp_path / "project", f"  shelf: {{folder: '{away}/{{edition}}'}}")

    with pytest.raises(DeliveryError) as caught:
        delivered(definition)

    assert caught.value.message == f"there is no folder {away}"
    assert caught.value.hint == "make it, or connect the drive that it lies on"
    assert str(caught.value.where) == 'report.yaml, line 11, target "shelf"'
    away.mkdir(parents=True)
    assert delivered(definition).state == "sent"


def test_a_clock_that_was_set_back_and_numbers_that_began_anew_stop_nothing(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}", editions=2)
    delivered(definition, edition="2026-11-23-1")
    manifest = tmp_path / "shelf/edition.json"
    kept = json.loads(manifest.read_text("utf-8"))

    for change in ({"built": "2027-01-01T00:00:00+00:00"}, {"number": 40}, {"title": {}}):
        manifest.write_text(json.dumps({**kept, **change}), "utf-8")
        assert delivered(definition, again=False, edition="last").state in ("sent", "already sent")
        assert json.loads(manifest.read_text("utf-8"))["edition"]


@pytest.mark.parametrize("folder", ["output", "output/editions/x"])
def test_the_reports_own_output_is_no_target(tmp_path, folder):
    definition = project_with(tmp_path, f"  shelf: {{folder: {folder}}}")

    with pytest.raises(DeliveryError, match="the report's own output folder"):
        delivered(definition)


def test_a_full_disk_leaves_no_half_file_and_is_not_tried_again(tmp_path, monkeypatch):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}")
    pauses: list[float] = []

    fsync = os.fsync

    def full(descriptor: int) -> None:
        if "/shelf/" in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr("generator.editions.state.os.fsync", full)
        with pytest.raises(DeliveryError) as caught:
            delivered(definition, sleep=pauses.append)

    assert "No space left on device" in caught.value.message
    assert caught.value.hint == "make room there, or correct the folder or its permissions"
    assert (names(tmp_path / "shelf"), pauses) == (set(), [])
    assert delivered(definition).state == "sent"


def test_a_drive_that_stumbles_is_tried_again(tmp_path, monkeypatch):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}")
    pauses: list[float] = []
    replace = Path.replace

    def stumbling(self: Path, target: Path) -> Path:
        if target.parent.name == "shelf" and len(pauses) < 2:
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stumbling)
    outcome = delivered(definition, sleep=pauses.append)

    assert (outcome.state, outcome.tries, pauses) == ("sent", 3, [1.0, 2.0])


def test_a_damaged_edition_is_not_delivered(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf}")
    file = tmp_path / "output/editions/2026-11-23-1/note-zh.docx"
    file.write_bytes(b"damaged")

    with pytest.raises(DeliveryError) as caught:
        delivered(definition)

    assert caught.value.message == "the file of the edition is not as it was built"
    assert str(caught.value.where) == str(file)
    assert caught.value.hint == "mend it: rebuild 2026-11-23-1"
    assert not (tmp_path / "shelf").exists()


def test_the_key_is_of_edition_and_target(tmp_path):
    definition = project_with(
        tmp_path, "  shelf: {folder: shelf}\n  desk: {folder: desk}", editions=2
    )

    pairs = [(name, f"2026-11-23-{number}") for name in ("shelf", "desk") for number in (1, 2)]

    keys = [planned(definition, *pair).key for pair in pairs]

    assert len(set(keys)) == 4
    assert keys[0].startswith("2026-11-23-1.shelf.")
    assert keys == [planned(definition, *pair).key for pair in pairs]
