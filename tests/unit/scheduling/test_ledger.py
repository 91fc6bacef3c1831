"""The ledger and where it lies."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.errors import DefinitionError, OutputError
from generator.scheduling.due import Due, PassedOver
from generator.scheduling.ledger import DONE, DUE, FAILED, Ledger
from generator.scheduling.store import URL_VARIABLE, Store, store_of

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path: Path):
    with closing(Ledger(Store(tmp_path / "store"), NOON)) as found:
        yield found


class TestDeciding:
    def test_of_two_who_decide_the_same_one_is_told_no(self, ledger):
        entry = ledger.register("zone", "hourly", "report.yaml", NOON)
        due = Due(NOON + HOUR, (NOON + HOUR,))

        assert ledger.decide(entry, due, NOON + HOUR)
        assert not ledger.decide(entry, due, NOON + HOUR)
        assert [run.state for run in ledger.runs(["zone"], 10)] == [DUE]

    def test_a_paused_schedule_decides_nothing(self, ledger):
        entry = ledger.register("zone", "hourly", "report.yaml", NOON)
        ledger.pause("zone", NOON)

        assert not ledger.decide(entry, Due(NOON + HOUR, (NOON + HOUR,)), NOON + HOUR)

    def test_nothing_new_writes_nothing(self, ledger):
        entry = ledger.register("zone", "hourly", "report.yaml", NOON)

        assert not ledger.decide(entry, Due(NOON), NOON + HOUR)

    def test_a_time_that_was_passed_over_can_be_run_when_it_comes_again(self, ledger):
        entry = ledger.register("zone", "hourly", "report.yaml", NOON)
        over = PassedOver(NOON + HOUR, NOON + HOUR, 1, "missed")
        ledger.decide(entry, Due(NOON + HOUR, (), over), NOON + HOUR)
        entry = ledger.register("zone", "hourly", "report.yaml", NOON)
        ledger.decide(entry, Due(NOON + 2 * HOUR, (NOON + HOUR,)), NOON + HOUR)

        (run,) = ledger.runs(["zone"], 10)
        assert (run.state, run.reason, run.count) == (DUE, None, None)
        assert ledger.started("zone", NOON) == {NOON + HOUR}

    def test_a_run_ends_once(self, ledger):
        entry = ledger.register("zone", "hourly", "report.yaml", NOON)
        ledger.decide(entry, Due(NOON + HOUR, (NOON + HOUR,)), NOON + HOUR)
        planned = "2026-11-28T13:00:00Z"
        ledger.finish("zone", planned, DONE, None, "2026-11-28-1", NOON + HOUR)
        ledger.finish("zone", planned, FAILED, "late", None, NOON + 2 * HOUR)

        (run,) = ledger.runs(["zone"], 10)
        assert (run.state, run.edition, run.id) == (DONE, "2026-11-28-1", f"zone@{planned}")

    def test_what_is_written_is_there_for_the_next_process(self, tmp_path):
        store = Store(tmp_path / "store")
        with closing(Ledger(store, NOON)) as first:
            first.register("zone", "hourly", "report.yaml", NOON)
        with closing(Ledger(store, NOON)) as second:
            (found,) = second.entries()

        assert (found.rule, found.mark, second.problems) == ("hourly", NOON, [])

    def test_a_disk_that_fails_is_told(self, ledger):
        ledger.close()

        with pytest.raises(OutputError) as caught:
            ledger.entries()

        assert caught.value.message.startswith("the ledger of schedules cannot be used: ")
        assert (caught.value.where.file or "").endswith("store")
        assert "the disk is full" in (caught.value.hint or "")


class TestStores:
    def test_is_a_folder_without_the_variable(self, tmp_path):
        store = store_of(tmp_path, {})

        assert (store.is_shared, store.ledger_file) == (False, tmp_path / "ledger.sqlite")

    def test_an_address_is_not_told(self, tmp_path):
        store = store_of(tmp_path, {URL_VARIABLE: "postgres://a:secret@host/db"})

        assert store.url == "postgresql://a:secret@host/db"
        assert str(store.where) == URL_VARIABLE

    def test_another_address_is_refused(self, tmp_path):
        with pytest.raises(DefinitionError) as caught:
            store_of(tmp_path, {URL_VARIABLE: "mysql://a:secret@host/db"})

        assert caught.value.message == "it holds no address of a PostgreSQL database"
        assert str(caught.value.where) == URL_VARIABLE
        assert caught.value.hint == (
            "write postgresql://user:password@host/database, or unset it for SQLite"
        )
