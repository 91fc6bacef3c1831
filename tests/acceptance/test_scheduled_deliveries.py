"""Scheduled runs that deliver to real targets."""

from __future__ import annotations

from pathlib import Path

from generator.editions.store import read_editions
from tests.acceptance.test_schedules import DAILY, Scene, scene  # noqa: F401 - a fixture

TO_A_SHELF = "deliver:\n  shelf: {folder: ../shelf, retries: 0}\n"


def with_targets(daily: Scene, targets: str = TO_A_SHELF) -> None:
    """Let the report of a scene have targets."""
    text = daily.definition.read_text(encoding="utf-8")
    daily.definition.write_text(text + targets, encoding="utf-8")


def shelf(daily: Scene) -> Path:
    return daily.folder.parent / "shelf"


def test_a_run_brings_its_edition_to_the_targets_of_the_report(scene):  # noqa: F811
    daily = scene(DAILY)
    shelf(daily).mkdir()
    with_targets(daily)

    assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "done")]

    run = daily.runs()[-1]
    assert ("deliver shelf", "done") in daily.steps(run)
    kept = daily.folder / "output/editions" / str(run.edition)
    delivered = next(shelf(daily).rglob("note-en.docx"))
    assert delivered.read_bytes() == (kept / "note-en.docx").read_bytes()


def test_the_same_edition_is_not_delivered_by_the_next_run(scene):  # noqa: F811
    daily = scene(DAILY)
    shelf(daily).mkdir()
    with_targets(daily)
    daily.run_due("2026-11-27T09:00")
    delivered = next(shelf(daily).rglob("note-en.docx"))
    delivered.unlink()

    assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "done")]

    assert not delivered.exists()


def test_a_target_that_is_away_is_told_and_the_edition_stays(scene):  # noqa: F811
    daily = scene(DAILY)
    with_targets(daily)

    assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "failed")]

    run = daily.runs()[-1]
    assert "there is no folder" in (run.reason or "")
    assert run.edition == read_editions(daily.folder / "output")[-1].name
