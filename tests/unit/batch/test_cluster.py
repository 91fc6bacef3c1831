"""Batches on a cluster: two workers of our own, of which one is killed; a scheduler elsewhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.batch import cluster
from generator.batch.orders import Order
from generator.batch.running import run_batch
from generator.batch.work import Made, Task
from generator.errors import BatchError, ChoiceError
from tests.support.batches import Harm, letters, names, write_batch
from tests.support.report_batches import write_report

ROOT = Path(__file__).resolve().parents[3]

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills by signal"),
    pytest.mark.filterwarnings("ignore"),  # of libraries that see their worker die
]


def on_dask(order: Order) -> Order:
    return replace(order, engine="dask", jobs=2)


def test_a_worker_is_killed_and_every_document_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = on_dask(write_batch(tmp_path, names(600)))
    clients: list[Any] = []
    connected = cluster._connected

    def watched(scheduler: str | None, jobs: int) -> tuple[Any, Any]:
        found = connected(scheduler, jobs)
        clients.append(found[0])
        return found

    monkeypatch.setattr(cluster, "_connected", watched)
    seen: dict[str, int] = {}

    def note(task: Task, made: Made) -> None:
        seen[task.name] = seen.get(task.name, 0) + 1
        if len(seen) == 100:
            workers = clients[0].run(os.getpid)
            os.kill(next(iter(workers.values())), signal.SIGKILL)

    result = run_batch(order, on_document=note)

    assert result.problems == []
    assert seen == {f"{n}.docx": 1 for n in range(600)}
    assert letters(tmp_path / "out") == {
        f"{n}.docx": f"Dear Ms {n}, number {n}" for n in range(600)
    }
    assert set(run_batch(replace(order, engine="local", jobs=0, resume=True)).counts) == {"kept"}


def test_a_row_that_kills_its_workers_is_set_aside(tmp_path: Path) -> None:
    text = "Dear {{ name }}, number {{ no }}{% if no == 3 %}{{ harm }}{% endif %}"
    order = on_dask(write_batch(tmp_path, names(30), text=text))

    result = run_batch(replace(order, context={"harm": Harm("kill")}))

    assert result.counts["failed"] == 1
    assert len(letters(tmp_path / "out")) == 29
    assert [problem.message for problem in result.problems] == [
        "the process that made it ended twice, so the row was set aside (row 4)"
    ]


def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    order = on_dask(write_batch(tmp_path, names(3)))

    with pytest.raises(BatchError) as caught:
        run_batch(replace(order, scheduler="tcp://127.0.0.1:9"))

    assert caught.value.message.startswith("the scheduler cannot be reached")
    assert str(caught.value.where) == "--scheduler"
    assert caught.value.hint == "check the address: --scheduler tcp://host:8786"


def test_without_dask_the_hint_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(ChoiceError) as caught:
        run_batch(on_dask(write_batch(tmp_path, names(3))))

    assert caught.value.message == "Dask is not installed"
    assert caught.value.hint == "pip install 'report-generator[dask]'"


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers, as an operator starts them; their address."""
    note = tmp_path / "scheduler.json"
    options = ["--scheduler-file", str(note), "--no-dashboard"]
    words = [
        ["scheduler", "--host", "127.0.0.1", "--port", "0", *options],
        *[["worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory",
           str(tmp_path / f"worker-{n}"), *options] for n in range(2)],
    ]  # fmt: skip
    started = []
    try:
        for program, *rest in words:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", f"distributed.cli.dask_{program}", *rest],
                    env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
            until = time.monotonic() + 60
            while not note.exists() and time.monotonic() < until:
                time.sleep(0.05)
        yield json.loads(note.read_text())["address"]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_scheduler_elsewhere_makes_templates_and_reports(tmp_path: Path, scheduler: str) -> None:
    letters_order = replace(on_dask(write_batch(tmp_path / "a", names(300))), scheduler=scheduler)
    rows = [f"{('north', 'south', 'west')[n % 3]},{n}" for n in range(12)]
    reports = replace(write_report(tmp_path / "b", rows), out=f"{tmp_path}/b/out/{{head}}",
                      engine="dask", scheduler=scheduler)  # fmt: skip

    assert scheduler.startswith("tcp://127.0.0.1:")
    first = run_batch(letters_order)
    again = run_batch(replace(letters_order, resume=True))
    second = run_batch(reports)

    assert first.counts == {"made": 300}
    assert again.counts == {"kept": 300}
    assert letters(tmp_path / "a/out")["7.docx"] == "Dear Ms 7, number 7"
    assert second.counts == {"made": 12}
    assert len(list((tmp_path / "b/out").rglob("*.*x"))) == 36
