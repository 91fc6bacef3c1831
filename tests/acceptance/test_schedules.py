"""Schedules as a team lives with them: clocks, stops, faults and two schedulers at once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from generator.editions.store import read_editions
from generator.errors import OutputError, ReportError
from generator.scheduling import delivering, work
from generator.scheduling.engine import steps_of
from generator.scheduling.ledger import Ledger, RunRecord
from generator.scheduling.owner import BusyError
from generator.scheduling.schedules import read_schedules
from generator.scheduling.service import Service
from generator.scheduling.store import Store
from tests.conftest import Run
from tests.support.packages import docx_bytes
from tests.support.projects import DEFINITION, FACTS, write_project

ROOT = Path(__file__).resolve().parents[2]
Cli = Callable[..., Run]


class Clock:
    """A clock that is set by hand."""

    def __init__(self, text: str) -> None:
        self.moment = datetime.fromisoformat(text).replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def set(self, text: str) -> None:
        self.moment = datetime.fromisoformat(text).replace(tzinfo=UTC)


class Scene:
    """A project with a schedule, and a clock."""

    def __init__(self, folder: Path, schedule: str, clock: Clock) -> None:
        self.folder = folder
        self.clock = clock
        self.definition = write_project(folder, definition=f"{DEFINITION}schedule: {schedule}\n")
        self.store = Store(folder / ".cache/schedule")
        self.warned: list[str] = []

    def service(self) -> Service:
        return Service(
            self.store, "local", read_schedules([self.definition], self.store), now=self.clock,
            warn=lambda problems: self.warned.extend(str(p) for p in problems), look=0.05,
        )  # fmt: skip

    def run_due(self, text: str | None = None) -> list[tuple[str, str]]:
        """Return planned time and state of the runs that are done now."""
        if text is not None:
            self.clock.set(text)
        return [(f"{run.planned:%m-%d %H:%M}", run.state) for run in self.service().run_due()]

    def runs(self) -> list[RunRecord]:
        with closing(Ledger(self.store, self.clock())) as ledger:
            return ledger.runs([self.folder.name], 1000)

    def steps(self, run: RunRecord) -> list[tuple[str, str]]:
        return [(s.name, s.state) for s in steps_of(self.store, [run])[run.id][1]]

    def set_fact(self, number: int) -> None:
        text = FACTS.replace("2000", str(number))
        (self.folder / "data/facts.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def scene(tmp_path: Path) -> Callable[..., Scene]:
    def made(schedule: str, now: str = "2026-11-26T12:00") -> Scene:
        found = Scene(tmp_path / "zone", schedule, Clock(now))
        assert found.run_due() == []  # it counts from here
        return found

    return made


DAILY = '{cron: "0 9 * * *", retries: 1, backoff: 1 second}'


class TestRuns:
    def test_a_run_builds_an_edition_and_history_knows_its_steps(self, scene):
        daily = scene(DAILY)

        assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "done")]

        run = daily.runs()[-1]
        assert run.id == "zone@2026-11-27T09:00:00Z"
        assert run.edition == read_editions(daily.folder / "output")[-1].name
        assert daily.steps(run) == [
            ("read sources", "done"), ("build edition", "done"), ("plan deliveries", "done"),
            ("record", "done"),
        ]  # fmt: skip

    def test_without_news_it_stands_by_the_last_edition(self, scene):
        daily = scene(DAILY)
        daily.run_due("2026-11-27T09:00")

        assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "done")]

        assert len(read_editions(daily.folder / "output")) == 1
        assert daily.runs()[-1].reason == "nothing has changed since this edition"

    def test_a_week_of_stop_makes_one_run_and_tells_of_the_others(self, scene):
        daily = scene(DAILY)

        assert daily.run_due("2026-12-03T10:00") == [("12-03 09:00", "done")]
        over = daily.runs()[0]
        assert (over.state, over.count) == ("passed over", 6)

    def test_all_missed_times_are_made_in_order(self, scene):
        daily = scene('{cron: "0 9 * * *", missed: all}')

        assert daily.run_due("2026-11-29T10:00") == [
            ("11-27 09:00", "done"), ("11-28 09:00", "done"), ("11-29 09:00", "done"),
        ]  # fmt: skip

    def test_a_new_rule_counts_from_when_it_is_seen(self, scene):
        daily = scene(DAILY)
        daily.definition.write_text(
            f'{DEFINITION}schedule: {{cron: "0 8 * * *"}}\n', encoding="utf-8"
        )

        assert daily.run_due("2026-11-28T10:00") == []
        assert daily.run_due("2026-11-29T08:00") == [("11-29 08:00", "done")]

    def test_history_ends_after_four_hundred_days(self, scene):
        daily = scene(DAILY)
        daily.run_due("2026-11-27T09:00")
        old = daily.runs()

        assert daily.run_due("2028-01-05T09:00") == [("01-05 09:00", "done")]

        assert [f"{run.planned:%F}" for run in daily.runs() if run.count is None] == ["2028-01-05"]
        assert steps_of(daily.store, old) == {}

    def test_a_pause_is_not_made_up_for(self, scene):
        daily = scene(DAILY)
        with closing(Ledger(daily.store, daily.clock())) as ledger:
            ledger.pause("zone", daily.clock())
        assert daily.run_due("2026-11-28T10:00") == []
        with closing(Ledger(daily.store, daily.clock())) as ledger:
            ledger.resume("zone", daily.clock())

        assert daily.run_due("2026-11-28T11:00") == []
        assert daily.run_due("2026-11-29T09:00") == [("11-29 09:00", "done")]

    def test_templates_of_others_are_filled_in_a_process_with_limits(self, scene):
        daily = scene(DAILY)
        text = daily.definition.read_text("utf-8")
        daily.definition.write_text(text + "isolate: true\n", "utf-8")

        assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "done")]
        assert len(read_editions(daily.folder / "output")) == 1
        (daily.folder / "templates/note.docx").write_bytes(docx_bytes("{{ growth.nothing }}"))
        assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "failed")]
        assert "growth.nothing" in (daily.runs()[-1].reason or "")

    def test_a_rule_that_changes_while_it_is_served_is_taken_in(self, scene):
        daily = scene(DAILY)
        service = daily.service()
        told = threading.Event()
        service.tell = lambda run: told.set()
        serving = threading.Thread(target=service.serve)
        serving.start()
        try:
            time.sleep(0.5)
            saved(daily.definition, "title: [")
            until = time.monotonic() + 30
            while not daily.warned and time.monotonic() < until:
                time.sleep(0.05)
            saved(daily.definition, f'{DEFINITION}schedule: {{cron: "0 8 * * *"}}\n')
            time.sleep(0.5)
            daily.clock.set("2026-11-27T08:00")
            assert told.wait(30)
        finally:
            service.stop.set()
            serving.join(30)

        assert [f"{run.planned:%H:%M}" for run in daily.runs()] == ["08:00"]
        assert len(daily.warned) == 1

    def test_one_process_serves_several_reports(self, tmp_path):
        clock = Clock("2026-11-26T12:00")
        scenes = [Scene(tmp_path / name, DAILY, clock) for name in ("one", "two")]
        store = Store(tmp_path / "store")
        definitions = [each.definition for each in scenes]
        (tmp_path / "two/templates/note.docx").write_bytes(docx_bytes("{{ growth.nothing }}"))

        def run_due():
            return Service(store, "local", read_schedules(definitions, store), now=clock).run_due()

        assert run_due() == []
        clock.set("2026-11-27T09:00")
        assert {run.schedule: run.state for run in run_due()} == {"one": "done", "two": "failed"}


class TestClocks:
    def test_a_clock_set_back_and_forward_repeats_nothing(self, scene):
        daily = scene(DAILY)

        seen = [daily.run_due(text) for text in (
            "2026-11-27T09:00", "2026-11-27T08:00", "2026-11-27T09:00", "2026-12-01T12:00",
            "2026-11-27T10:00", "2026-11-28T09:00", "2026-12-01T09:00", "2026-12-02T09:00",
        )]  # fmt: skip

        assert seen == [
            [("11-27 09:00", "done")], [], [], [("12-01 09:00", "done")],
            [], [("11-28 09:00", "done")], [], [("12-02 09:00", "done")],
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("now", "night", "planned"),
        [
            ("2026-03-28T12:00", "2026-03-29T%H:%M", ["03-29 01:00", "03-30 00:30"]),
            ("2026-10-24T12:00", "2026-10-25T%H:%M", ["10-25 00:30", "10-26 01:30"]),
        ],
    )
    def test_a_nightly_run_comes_once_at_both_changes_of_the_clocks(
        self, scene, now, night, planned
    ):
        nightly = scene('{cron: "30 2 * * *", time_zone: Europe/Paris}', now)
        start = datetime.fromisoformat(now).replace(tzinfo=UTC)

        done = []
        for half_hours in range(78):
            done += nightly.run_due(f"{start + half_hours * timedelta(minutes=30):%FT%R}")

        assert done == [(text, "done") for text in planned]

    def test_a_month_of_working_days_by_a_fast_clock(self, scene):
        busy = scene('{cron: "30 8 * * 1-5", time_zone: Asia/Shanghai, missed: all, '
                     "missed_limit: {age: 40 days, number: 40}, "
                     "blackout: [2026-10-01..2026-10-07]}", "2026-09-21T12:00")  # fmt: skip
        began, real = busy.clock(), time.monotonic()
        service = busy.service()
        days_a_second = 4.0
        service.now = lambda: (
            began + timedelta(days=days_a_second * (time.monotonic() - real))
        ).replace(microsecond=0)
        serving = threading.Thread(target=service.serve)

        serving.start()
        until = time.monotonic() + 240
        while len(busy.runs()) < 15 and time.monotonic() < until:
            time.sleep(0.3)
        service.stop.set()
        serving.join(30)

        zone = ZoneInfo("Asia/Shanghai")
        days = [run.planned.astimezone(zone) for run in busy.runs()]
        assert [f"{day:%m-%d}" for day in days][:12] == [
            "09-22", "09-23", "09-24", "09-25", "09-28", "09-29", "09-30", "10-08", "10-09",
            "10-12", "10-13", "10-14",
        ]  # fmt: skip
        assert {f"{day:%H:%M}" for day in days} == {"08:30"}


class TestFaults:
    def test_a_source_that_is_down_ends_in_history_and_the_last_edition_stays(self, scene):
        daily = scene(DAILY)
        daily.run_due("2026-11-27T09:00")
        before = (daily.folder / "output/note-en.docx").read_bytes()
        (daily.folder / "data/facts.yaml").rename(daily.folder / "data/away.yaml")

        assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "failed")]

        run = daily.runs()[-1]
        assert run.reason is not None
        assert 'there is no file "data/facts.yaml"' in run.reason
        assert (daily.folder / "output/note-en.docx").read_bytes() == before
        assert len(read_editions(daily.folder / "output")) == 1
        (daily.folder / "data/away.yaml").rename(daily.folder / "data/facts.yaml")
        assert daily.run_due("2026-11-29T09:00") == [("11-29 09:00", "done")]

    def test_a_server_that_answers_again_is_asked_again(self, scene):
        answers = [503, 503, 200]
        with served(answers) as address:
            daily = scene(DAILY)
            text = f"{DEFINITION}schedule: {DAILY.replace('retries: 1', 'retries: 3')}\n"
            daily.definition.write_text(text + (
                "network: {http: true, private: true, retries: 0}\n"
                f"datasets: {{towns: {{url: '{address}/towns.csv'}}}}\n"
            ), encoding="utf-8")  # fmt: skip

            assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "done")]

        steps = daily.steps(daily.runs()[-1])
        assert steps[:5] == [
            ("read sources", "failed"), ("wait", "done"), ("read sources", "failed"),
            ("wait", "done"), ("read sources", "done"),
        ]  # fmt: skip
        assert answers == []  # what was fetched was not fetched again to be built

    def test_a_server_that_stays_down_is_told(self, scene):
        with served([503] * 9) as address:
            daily = scene(DAILY)
            daily.run_due("2026-11-27T09:00")
            daily.definition.write_text(
                f"{DEFINITION}schedule: {DAILY}\n"
                "network: {http: true, private: true, retries: 0}\n"
                f"datasets: {{towns: {{url: '{address}/towns.csv'}}}}\n", encoding="utf-8"
            )  # fmt: skip

            assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "failed")]

        assert "503" in (daily.runs()[-1].reason or "")
        assert len(read_editions(daily.folder / "output")) == 1

    def test_a_full_disk_is_tried_again_and_told(self, scene, monkeypatch):
        daily = scene(DAILY)
        daily.run_due("2026-11-27T09:00")
        daily.set_fact(2100)
        before = (daily.folder / "output/note-en.docx").read_bytes()

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("generator.build.files.os.fsync", full)
            assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "failed")]

        assert "No space left on device" in (daily.runs()[-1].reason or "")
        assert [name for name, _ in daily.steps(daily.runs()[-1])][1:4] == [
            "build edition", "wait", "build edition",
        ]  # fmt: skip
        assert (daily.folder / "output/note-en.docx").read_bytes() == before
        assert daily.run_due("2026-11-29T09:00") == [("11-29 09:00", "done")]
        assert len(read_editions(daily.folder / "output")) == 2

    def test_an_output_folder_that_cannot_be_written_is_told(self, scene):
        daily = scene(DAILY)
        (daily.folder / "output").write_text("a file stands here")

        assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "failed")]

        assert "the output folder cannot be written" in (daily.runs()[-1].reason or "")
        (daily.folder / "output").unlink()
        assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "done")]

    def test_a_template_that_is_wrong_is_not_tried_again(self, scene):
        daily = scene(DAILY)
        (daily.folder / "templates/note.docx").write_bytes(docx_bytes("{{ growth.nothing }}"))

        assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "failed")]

        assert [name for name, _ in daily.steps(daily.runs()[-1])] == [
            "read sources", "build edition", "record",
        ]  # fmt: skip

    def test_a_template_that_changes_while_it_builds_is_built_once_more(self, scene, monkeypatch):
        daily = scene(DAILY)
        template = daily.folder / "templates/note.docx"
        from generator.build import steps

        compile_all = steps._compile_all
        saves = [docx_bytes("{{ report.title }} anew: {{ growth.gdp }}")]

        def saving(*given):
            found = compile_all(*given)
            if saves:
                template.write_bytes(saves.pop())
            return found

        monkeypatch.setattr(steps, "_compile_all", saving)

        assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "done")]
        assert [state for name, state in daily.steps(daily.runs()[-1]) if "build" in name] == [
            "failed", "done",
        ]  # fmt: skip
        kept = read_editions(daily.folder / "output")[-1]
        assert (kept.folder / "snapshot/templates/note.docx").read_bytes() == template.read_bytes()

    def test_a_target_that_fails_stops_no_other_and_only_it_is_sent_again(self, scene, monkeypatch):
        daily = scene(DAILY)
        sent: list[str] = []

        class Delivery:
            def __init__(self, target: str) -> None:
                self.target, self.key = target, target

        def deliver(report, edition, delivery, environment):
            if delivery.target == "mail" and sent.count("folder") < 2:
                raise OutputError("the server is away")
            sent.append(delivery.target)
            return "sent"

        monkeypatch.setattr(
            delivering, "planned", lambda *_: [Delivery("mail"), Delivery("folder")]
        )
        monkeypatch.setattr(delivering, "deliver", deliver)

        assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "failed")]
        run = daily.runs()[-1]
        assert run.reason == "mail: the server is away"
        assert run.edition is not None
        assert daily.steps(run)[3:] == [
            ("deliver mail", "failed"), ("wait", "done"), ("deliver mail", "failed"),
            ("deliver folder", "done"), ("record", "done"),
        ]  # fmt: skip

    def test_a_fault_of_the_program_ends_in_history_too(self, scene, monkeypatch):
        daily = scene(DAILY)
        monkeypatch.setattr(work.ReportWork, "build", lambda *_: 1 / 0)

        assert daily.run_due("2026-11-27T09:00") == [("11-27 09:00", "failed")]
        assert "ZeroDivisionError" in (daily.runs()[-1].reason or "")


class TestStore:
    def damage(self, path: Path, how: str) -> None:
        if how == "deleted":
            path.unlink()
        elif how == "truncated":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        elif how == "emptied":
            path.write_bytes(b"")
        else:
            path.write_bytes(b"no database at all" * 500)

    @pytest.mark.parametrize("how", ["deleted", "truncated", "emptied", "overwritten"])
    @pytest.mark.parametrize("name", ["ledger.sqlite", "runs.sqlite"])
    def test_a_store_that_is_lost_is_begun_anew_and_repeats_nothing(self, scene, name, how):
        daily = scene(DAILY)
        daily.run_due("2026-11-27T09:00")
        self.damage(daily.store.folder / name, how)

        assert daily.run_due("2026-11-27T10:00") == []
        assert daily.run_due("2026-11-28T09:00") == [("11-28 09:00", "done")]
        told = "begun anew" in "".join(daily.warned)
        assert told == (how in ("truncated", "overwritten"))
        assert bool(list(daily.store.folder.glob("*.damaged-*"))) == told

    def test_a_run_whose_steps_were_lost_in_its_middle_is_made_anew(self, scene):
        daily = scene(DAILY)
        daily.clock.set("2026-11-27T09:00")
        service = daily.service()
        with closing(Ledger(daily.store, daily.clock())) as ledger:
            service.decide(ledger)  # and killed right after

        assert daily.run_due() == [("11-27 09:00", "done")]

    @pytest.mark.parametrize(
        ("name", "table"),
        [("ledger.sqlite", "make_report_version"), ("runs.sqlite", "dbos_migrations")],
    )
    def test_a_store_of_a_newer_version_is_left_alone(self, scene, name, table):
        daily = scene(DAILY)
        daily.run_due("2026-11-27T09:00")
        path = daily.store.folder / name
        with closing(sqlite3.connect(path)) as file:
            file.execute(f"UPDATE {table} SET version = 9999")
            file.commit()
        before = path.read_bytes()

        with pytest.raises(OutputError) as caught:
            daily.run_due("2026-11-28T09:00")

        assert "written by a newer version" in caught.value.message
        assert caught.value.hint == "upgrade this program, or let it use another store"
        assert str(caught.value.where) == str(daily.store.folder)
        assert path.read_bytes() == before

    def test_a_store_that_cannot_be_written_is_told(self, scene, tmp_path):
        daily = scene(DAILY)
        (tmp_path / "file").write_text("")
        daily.store = Store(tmp_path / "file" / "store")

        with pytest.raises(OutputError) as caught:
            daily.run_due("2026-11-27T09:00")

        assert "cannot be written" in caught.value.message
        assert "--store DIR" in (caught.value.hint or "")


class TestTwoAtOnce:
    def test_one_works_and_the_other_says_who_does(self, scene, monkeypatch):
        daily = scene(DAILY)
        daily.clock.set("2026-11-27T09:00")
        at_work, go_on = threading.Event(), threading.Event()
        fetch = work.ReportWork.fetch

        def slow(self, run):
            at_work.set()
            assert go_on.wait(30)
            return fetch(self, run)

        monkeypatch.setattr(work.ReportWork, "fetch", slow)
        first = threading.Thread(target=daily.service().run_due)
        first.start()
        assert at_work.wait(30)
        try:
            with pytest.raises(BusyError) as caught:
                daily.service().run_due()
        finally:
            go_on.set()
            first.join(30)

        assert f"process {os.getpid()} on" in caught.value.message
        assert '("run-due", since 2026-11-27T09:00:00Z) is at work' in caught.value.message
        assert [run.state for run in daily.runs()] == ["done"]

    def test_a_stop_comes_after_the_step_and_the_next_start_goes_on(self, scene, monkeypatch):
        daily = scene(DAILY)
        daily.clock.set("2026-11-27T09:00")
        service = daily.service()
        fetched = []
        fetch = work.ReportWork.fetch

        def stopping(self, run):
            service.stop.set()
            fetched.append(run)
            return fetch(self, run)

        monkeypatch.setattr(work.ReportWork, "fetch", stopping)

        assert service.run_due() == []
        run = daily.runs()[-1]
        assert (run.state, daily.steps(run)) == ("due", [("read sources", "done")])
        assert daily.run_due() == [("11-27 09:00", "done")]
        assert len(fetched) == 1

    def test_a_stop_ends_a_wait_at_once(self, scene, monkeypatch):
        daily = scene('{cron: "0 9 * * *", retries: 1, backoff: 1 hour}')
        daily.clock.set("2026-11-27T09:00")
        service = daily.service()

        def failing(self, run):
            threading.Timer(0.3, service.stop.set).start()
            raise OutputError("held")

        monkeypatch.setattr(work.ReportWork, "fetch", failing)

        assert service.run_due() == []
        assert daily.steps(daily.runs()[-1]) == [("read sources", "failed"), ("wait", "done")]


def saved(path: Path, text: str) -> None:
    """Write a file as editors do: whoever reads it sees all of it, the old or the new."""
    aside = path.with_name(f"{path.name}.aside")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


@contextmanager
def served(answers: list[int]) -> Iterator[str]:
    """Serve a table at an address of this machine, with these answers in turn."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"town,people\nA,1\nB,2\n"
            self.send_response(answers.pop(0) if answers else 500)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class TestCommands:
    def test_a_served_schedule_that_is_killed_goes_on_and_makes_each_time_once(self, tmp_path):
        rule = "{every: 3 seconds, missed: all, missed_limit: {number: 1000}}"
        write_project(tmp_path, definition=f"{DEFINITION}schedule: {rule}\n")
        command = [sys.executable, str(ROOT / "make_report.py"), "schedule", "serve"]
        log, store = tmp_path / "log", Store(tmp_path / ".cache/schedule")

        def runs() -> list[RunRecord]:
            with closing(Ledger(store, datetime.now(UTC))) as ledger:
                return ledger.runs([tmp_path.name], 1000)

        def serve(how: int, enough: Callable[[], bool]) -> int:
            with log.open("a") as stream:
                running = subprocess.Popen(command, cwd=tmp_path, stdout=stream, stderr=stream)
            try:
                until = time.monotonic() + 240
                while not enough():
                    assert time.monotonic() < until
                    assert running.poll() is None, log.read_text()
                    time.sleep(0.1)
                running.send_signal(how)
                return running.wait(120)
            finally:
                running.kill()
                running.wait()

        def ended(number: int) -> Callable[[], bool]:
            return lambda: len([run for run in runs() if run.state == "done"]) >= number

        killed = [serve(signal.SIGKILL, ended(number)) for number in (1, 3, 4)]
        stopped = serve(signal.SIGTERM, ended(8))

        assert killed == [-signal.SIGKILL] * 3
        assert stopped == 0, log.read_text()
        found = runs()
        planned = [run.planned for run in found]
        assert planned == [planned[0] + n * timedelta(seconds=3) for n in range(len(planned))]
        states = [run.state for run in found]
        assert states == sorted(states, key=["done", "due"].index)
        assert "Traceback" not in log.read_text()

    def test_the_day_of_a_schedule(self, cli: Cli, tmp_path: Path):
        write_project(tmp_path, definition=DEFINITION + "schedule: {every: 2 seconds}\n")

        assert "nothing is due" in cli("schedule", "run-due", cwd=tmp_path).out
        time.sleep(2.2)
        done = cli("schedule", "run-due", "--json", cwd=tmp_path)
        listed = json.loads(cli("schedule", "list", "--json", cwd=tmp_path).out)
        shown = cli("schedule", "history", "--steps", cwd=tmp_path)
        ahead = json.loads(cli("schedule", "next", "-n", "3", "--json", cwd=tmp_path).out)

        runs = json.loads(done.out)["runs"]
        assert (done.code, done.err, [run["state"] for run in runs]) == (0, "", ["done"])
        assert listed["schedules"][0]["rule"] == "every 2 seconds (UTC)"
        assert listed["schedules"][0]["last"]["state"] == "done"
        assert [word in shown.out for word in ("read sources", "build edition", "done")] == [
            True
        ] * 3
        assert len(ahead["times"]) == 3
        assert cli("schedule", "pause", cwd=tmp_path).out == f"{tmp_path.name}: paused\n"
        time.sleep(2.2)
        assert "nothing is due" in cli("schedule", "run-due", cwd=tmp_path).out
        assert "at work again" in cli("schedule", "resume", cwd=tmp_path).out

    def test_a_failed_run_has_a_code_of_its_own_and_says_why(self, cli: Cli, tmp_path: Path):
        write_project(tmp_path, "{{ growth.nothing }}",
                      definition=DEFINITION + "schedule: {every: 2 seconds}\n")  # fmt: skip
        cli("schedule", "run-due", cwd=tmp_path)
        time.sleep(2.2)

        run = cli("schedule", "run-due", cwd=tmp_path)

        assert run.code == 1
        assert "failed: templates/note.docx" in run.err
        assert 'no name "growth.nothing"' in run.err or "growth.nothing" in run.err

    def test_a_report_without_a_schedule_is_told_how_to_get_one(self, cli: Cli, tmp_path: Path):
        write_project(tmp_path)

        run = cli("schedule", "next", cwd=tmp_path)

        assert run.code == 1
        assert "error: report.yaml: the report has no schedule" in run.err
        assert "hint: add one: schedule:" in run.err

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ("{}", "a schedule needs cron or every"),
            ('{cron: "0 9 * *"}', '"0 9 * *" is no cron line'),
            ("{every: soon}", '"soon" is no length of time'),
            ("{every: 1 day, time_zone: Paris}", '"Paris" is no time zone'),
            ("{every: 1 day, blackout: [2026-02-30]}", '"2026-02-30" is no date'),
            ("{every: 1 day, blackout: [2026-10-07..2026-10-01]}", "before it begins"),
        ],
    )
    def test_a_wrong_schedule_is_told_with_its_line(self, cli: Cli, tmp_path, rule, message):
        write_project(tmp_path, definition=f"{DEFINITION}schedule: {rule}\n")

        run = cli("check", cwd=tmp_path)

        assert run.code == 1
        assert "report.yaml, line 10" in run.err
        assert message in run.err

    def test_a_build_loads_neither_engine_nor_arithmetic(self, tmp_path: Path):
        write_project(tmp_path, definition=f"{DEFINITION}schedule: {DAILY}\n")
        program = (
            "import sys; from generator.app.commands import main\n"
            "{}\n"
            "print(sorted({n.split('.')[0] for n in sys.modules}))"
        )

        def loaded(*calls: str) -> str:
            return subprocess.run(
                [sys.executable, "-c", program.replace("{}", "\n".join(calls), 1)],
                cwd=tmp_path, capture_output=True, text=True, check=True,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            ).stdout  # fmt: skip

        assert not {"dbos", "sqlalchemy", "cronsim"} & set(
            eval(loaded("main(['-q'])").strip().splitlines()[-1])
        )
        due = loaded("main(['schedule', 'run-due', '-q'])").strip().splitlines()[-1]
        assert not {"dbos", "sqlalchemy", "jinja2", "lxml"} & set(eval(due))

    def test_a_run_leaves_files_in_the_store_alone_and_connects_to_nothing(self, tmp_path: Path):
        home = tmp_path / "home"
        home.mkdir()
        project = tmp_path / "project"
        write_project(project, definition=DEFINITION + "schedule: {every: 1 second}\n")
        environment = {**os.environ, "HOME": str(home), "MAKE_REPORT_CACHE": "off",
                       "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(ROOT)}  # fmt: skip
        watched = (
            "import sys\n"
            "reach = ('socket.connect', 'socket.getaddrinfo', 'socket.bind')\n"
            "sys.addaudithook(lambda event, given: event in reach and print('REACHES', event))\n"
            "from generator.app.commands import main; sys.exit(main(['schedule', 'run-due']))"
        )

        def run_due() -> subprocess.CompletedProcess[str]:
            return subprocess.run([sys.executable, "-c", watched], cwd=project, env=environment,
                                  check=True, capture_output=True, text=True)  # fmt: skip

        run_due()
        time.sleep(1.2)

        done = run_due()

        assert ": done (" in done.stdout
        assert "REACHES" not in done.stdout
        assert done.stderr == ""
        assert {path.name for path in project.iterdir()} == {
            ".cache", "data", "output", "report.yaml", "templates",
        }  # fmt: skip
        assert sorted(path.name for path in (project / ".cache/schedule").iterdir()) == [
            "ledger.sqlite", "owner.json", "owner.lock", "runs.sqlite",
        ]  # fmt: skip
        assert [path for path in home.rglob("*") if path.is_file()] == []


def test_reports_that_share_a_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_project(tmp_path / name / "zone", definition=f"{DEFINITION}schedule: {DAILY}\n")
    paths = [tmp_path / name / "zone/report.yaml" for name in ("a", "b")]

    with pytest.raises(ReportError) as caught:
        read_schedules(paths, Store(tmp_path / "store"))

    assert caught.value.message == 'two schedules have the name "zone"'
    assert caught.value.hint == "give one of them another: name: under schedule:"
