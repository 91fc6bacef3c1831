"""A scheduled report whose template is not the operator's own takes nothing from the others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.editions.store import read_editions
from generator.scheduling.ledger import Ledger
from generator.scheduling.schedules import read_schedules
from generator.scheduling.service import Service
from generator.scheduling.store import Store
from tests.support.projects import DEFINITION, write_project

_SCHEDULE = 'schedule: {cron: "0 9 * * *"}\n'
_LIMITS = (
    "isolate: true\nlimits: {made_characters: 1000000000000, loop_turns: 100000000000, "
    "render_seconds: 1000, value_items: 1000000000, worker_memory: 300000000, worker_seconds: 8}\n"
)


def _clock(hour: int) -> Callable[[], datetime]:
    return lambda: datetime(2026, 11, 27, hour, tzinfo=UTC)


@pytest.mark.parametrize(("template", "limit"), [
    ("{% for i in range(99999) %}{% for j in range(99999) %}{% if i < 0 %}x{% endif %}{% endfor %}"
     "{% endfor %}", "worker_seconds"),
    ("{% set l = namespace(a=[]) %}{% for i in range(900) %}"
     "{% set l.a = l.a + [range(99999) | list] %}{% endfor %}", "memory"),
])  # fmt: skip
def test_the_other_reports_are_made(tmp_path: Path, template: str, limit: str) -> None:
    theirs = write_project(tmp_path / "a", template, definition=DEFINITION + _SCHEDULE + _LIMITS)
    ours = write_project(tmp_path / "b", definition=DEFINITION + _SCHEDULE)
    store = Store(tmp_path / "schedule")

    def due(hour: int) -> list[str]:
        schedules = read_schedules([theirs, ours], store)
        return [run.state for run in Service(store, "local", schedules, now=_clock(hour)).run_due()]

    assert due(8) == []
    assert sorted(due(9)) == ["done", "failed"]

    assert len(read_editions(tmp_path / "b/output")) == 1
    assert read_editions(tmp_path / "a/output") == []
    with closing(Ledger(store, _clock(10)())) as ledger:
        (failed,) = (run for run in ledger.runs(["a"], 10) if run.state == "failed")
    assert limit in (failed.reason or "")
    assert "Traceback" not in (failed.reason or "")
