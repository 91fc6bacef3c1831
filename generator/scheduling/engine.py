"""The runs: DBOS keeps each step that is done, so that a killed run goes on where it was.

All that is known of DBOS is here. It is loaded when something is to be run, never by a build. It
logs nothing, calls nobody, and keeps its state in the store alone; values are kept as JSON, never
as pickles.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from generator.errors import OutputError, Problem, ReportError
from generator.scheduling.ledger import DONE, FAILED, Ledger, RunRecord, newer, set_aside, written
from generator.scheduling.store import Store, alone
from generator.scheduling.work import ReportWork, may_pass

#: A run that was begun by one version of these steps is only gone on with by the same.
STEPS_VERSION = "make-report-1"
_NAME = "make-report"
#: A run that ends its process so often is given up.
_MOST_STARTS = 25
_LONGEST_WAIT = timedelta(hours=1)
#: How long a run that has ended stays in history.
_KEPT = timedelta(days=400)
_WAIT = "wait"


class Stopped(BaseException):
    """The run stops here, between two steps, because the program was asked to stop."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of a run as history shows it: when it began, how long it took, how it ended."""

    name: str
    state: str
    began: datetime | None
    seconds: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often a step is tried again and how long is waited before the first time."""

    retries: int
    backoff: timedelta


class Engine:
    """Runs reports. ``stop`` ends runs between two steps, and waits at once.

    ``stays``: it is to run for long, so it looks at the store more seldom. Of several reports
    one step is done at a time.
    """

    def __init__(
        self, store: Store, worker: str, ledger: Ledger, works: Mapping[str, ReportWork],
        stop: threading.Event, now: Callable[[], datetime], *, stays: bool = True,
    ) -> None:  # fmt: skip
        self.problems: list[Problem] = []
        self._store = store
        self._worker = worker
        self._ledger = ledger
        self._works = works
        self._stop = stop
        self._now = now
        self._stays = stays
        self._active = 0
        self._turn = threading.Lock()  # drawing libraries are not made for threads
        self._idle = threading.Condition()
        self._dbos: Any = None
        self._workflow: Any = None

    def start(self) -> None:
        """Load the engine; runs of this worker that were killed go on.

        Raises:
            OutputError: it is not installed, or its store cannot be used.
        """
        DBOS = load(self._store)  # noqa: N806 - the name of a class
        _silence()
        if not self._store.is_shared:
            self.problems += _checked_file(self._store, self._now())
        DBOS(config=_config(self._store, self._worker, self._stays))

        def run_report(schedule: str, planned: str, retries: int, backoff: float) -> dict[str, Any]:
            return self._run(schedule, planned, retries, backoff)

        named = DBOS.workflow(name="run_report", max_recovery_attempts=_MOST_STARTS)
        self._workflow = named(run_report)
        self._dbos = DBOS
        DBOS.listen_queues(sorted(self._works))
        try:
            with alone(self._store):
                DBOS.launch()
            for name in sorted(self._works):
                DBOS.register_queue(
                    name, global_concurrency=1, polling_interval_sec=0.2,
                    on_conflict="always_update",
                )  # fmt: skip
            self._forget_old()
        except Exception as error:
            self.close()
            told = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise OutputError(
                f"the engine of the runs cannot start: {told}", self._store.where,
                "look whether the store can be reached and written",
            ) from error  # fmt: skip

    def _forget_old(self) -> None:
        """Let history end somewhere: the oldest runs leave the ledger, and their steps."""
        old = self._ledger.forget(sorted(self._works), self._now() - _KEPT)
        if old:
            self._dbos.delete_workflows(old)

    @property
    def is_busy(self) -> bool:
        """Whether a step is being done; not while DBOS writes it down."""
        return self._turn.locked()

    def close(self) -> None:
        """Wait for steps that are at work, then leave; runs that have not ended stay so."""
        with self._idle:
            self._idle.wait_for(lambda: self._active == 0)
        if self._dbos is not None:
            self._dbos.destroy(destroy_registry=True)
            self._dbos = None

    # -- runs --

    def settle(
        self, runs: Sequence[RunRecord], retrying: Mapping[str, Retrying]
    ) -> list[RunRecord]:
        """Begin runs that are not begun, write down how others ended; return those that go on.

        Runs that another worker holds are not among them.
        """
        going = []
        for run in runs:
            status = self._dbos.get_workflow_status(run.id)
            if status is None:
                self._begin(run, retrying[run.schedule])
                going.append(run)
            elif status.status == "SUCCESS":
                self._finish(run, status.output)
            elif status.status in ("ENQUEUED", "DELAYED"):
                going.append(run)
            elif status.status == "PENDING":
                going += [run] if status.executor_id == self._worker else []
            else:
                self._finish(run, {"state": FAILED, "reason": _given_up(status), "edition": None})
        return going

    def held(self, runs: Sequence[RunRecord]) -> dict[str, list[RunRecord]]:
        """Return the runs that other workers hold, by worker."""
        found: dict[str, list[RunRecord]] = {}
        for run in runs:
            status = self._dbos.get_workflow_status(run.id)
            if status is None or status.status != "PENDING":
                continue
            if status.executor_id != self._worker:
                found.setdefault(status.executor_id, []).append(run)
        return found

    def _begin(self, run: RunRecord, retrying: Retrying) -> None:
        from dbos import SetWorkflowID

        with SetWorkflowID(run.id):
            self._dbos.enqueue_workflow(
                run.schedule, self._workflow, run.schedule, written(run.planned), retrying.retries,
                retrying.backoff.total_seconds(),
            )  # fmt: skip

    def _finish(self, run: RunRecord, outcome: Any) -> None:
        kept = outcome if isinstance(outcome, dict) else {"state": FAILED, "reason": "lost"}
        self._ledger.finish(
            run.schedule, written(run.planned), kept.get("state", FAILED), kept.get("reason"),
            kept.get("edition"), self._now(),
        )  # fmt: skip

    # -- one run; called by DBOS, again after a stop --

    def _run(self, schedule: str, planned: str, retries: int, backoff: float) -> dict[str, Any]:
        with self._idle:
            self._active += 1
        try:
            self._ledger.begin(schedule, planned, self._now())
            steps = _Steps(self, Retrying(retries, timedelta(seconds=backoff)))
            outcome = self._outcome(f"{schedule}@{planned}", self._works[schedule], steps)
            self._check_stop()
            steps.do("record", lambda: self._record(schedule, planned, outcome))
            return outcome
        finally:
            with self._idle:
                self._active -= 1
                self._idle.notify_all()

    def _outcome(self, run: str, work: ReportWork, steps: _Steps) -> dict[str, Any]:
        fetched = steps.attempt("read sources", lambda: work.fetch(run))
        if "failed" in fetched:
            return _failed(fetched)
        if fetched["ok"].get("pdf"):  # how a run goes on depends on what its steps gave
            built = steps.attempt("build documents", lambda: work.documents(run, fetched["ok"]))
            if "failed" in built:
                return _failed(built)
            made = steps.attempt("make PDF files", work.pdfs)
            if "failed" in made:
                return _failed(made)
        built = steps.attempt("build edition", lambda: work.build(run, fetched["ok"]))
        if "failed" in built:
            return _failed(built)
        edition = built["ok"]["edition"]
        plan = steps.attempt("plan deliveries", lambda: work.deliveries(edition))
        if "failed" in plan:
            return _failed(plan, edition)
        failures = []
        for one in plan["ok"]:
            key, target = one["key"], one["target"]
            sent = steps.attempt(f"deliver {target}", partial(work.deliver, edition, key))
            if "failed" in sent:
                failures.append(f"{target}: {sent['failed']}")
        if failures:
            return {"state": FAILED, "reason": "; ".join(failures), "edition": edition}
        notes = list(built["ok"]["notes"])
        if not built["ok"]["is_new"]:
            notes.insert(0, "nothing has changed since this edition")
        return {"state": DONE, "reason": "; ".join(notes) or None, "edition": edition}

    def _record(self, schedule: str, planned: str, outcome: Mapping[str, Any]) -> bool:
        self._ledger.finish(schedule, planned, outcome["state"], outcome["reason"],
                            outcome["edition"], self._now())  # fmt: skip
        with suppress(OSError):
            self._works[schedule].clear(f"{schedule}@{planned}")
        return True

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _wait_until(self, moment: datetime, longest: timedelta) -> None:
        """Wait until a moment of the wall clock, but never longer: it may be set meanwhile."""
        until = monotonic() + min(max((moment - self._now()).total_seconds(), 0.0),
                                  longest.total_seconds())  # fmt: skip
        if self._stop.wait(max(until - monotonic(), 0.0)):
            raise Stopped


@dataclass(slots=True)
class _Steps:
    """The steps of one run. Their order depends only on how earlier ones ended, as DBOS asks."""

    engine: Engine
    retrying: Retrying

    def do(self, name: str, work: Callable[[], Any]) -> Any:
        return self.engine._dbos.run_step({"name": name}, work)

    def _after(self, pause: timedelta) -> str:
        return (self.engine._now() + pause).isoformat(timespec="seconds")

    def _tried(self, work: Callable[[], Any]) -> dict[str, Any]:
        with self.engine._turn:
            self.engine._check_stop()
            return _tried(work)

    def attempt(self, name: str, work: Callable[[], Any]) -> dict[str, Any]:
        """Do a step, again after a wait if its failure may pass; each try is kept as a step."""
        for tried in range(self.retrying.retries + 1):
            self.engine._check_stop()
            outcome: dict[str, Any] = self.do(name, partial(self._tried, work))
            if "ok" in outcome or not outcome["again"] or tried == self.retrying.retries:
                return outcome
            pause = min(self.retrying.backoff * 2**tried, _LONGEST_WAIT)
            moment = self.do(_WAIT, partial(self._after, pause))
            self.engine._wait_until(datetime.fromisoformat(moment), pause)
        raise AssertionError("unreachable")


def _tried(work: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"ok": work()}
    except ReportError as error:
        told = [f"{p.where}: {p.message}" if p.where and str(p.where) else p.message
                for p in error.problems]  # fmt: skip
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        return {"failed": told[0] + more, "hint": error.hint, "again": may_pass(error)}
    except MemoryError:
        return {"failed": "the run needs more memory than there is", "hint": None, "again": False}
    except Exception as error:  # a fault of this program must end in history, too
        words = " ".join(f"{type(error).__name__}: {error}".split())
        return {"failed": f"a fault of this program: {words}", "hint": None,
                "again": isinstance(error, OSError)}  # fmt: skip


def _failed(outcome: Mapping[str, Any], edition: str | None = None) -> dict[str, Any]:
    hint = f" (hint: {outcome['hint']})" if outcome.get("hint") else ""
    return {"state": FAILED, "reason": f"{outcome['failed']}{hint}", "edition": edition}


def _given_up(status: Any) -> str:
    if status.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        return f"given up: the run was begun {_MOST_STARTS} times and never came to its end"
    if status.status == "CANCELLED":
        return "cancelled"
    return f"the engine gave it up: {status.error}"


# -- DBOS itself ----------------------------------------------------------------------------


def load(store: Store) -> Any:
    """Return the class ``DBOS``.

    Raises:
        OutputError: it is not installed.
    """
    try:
        from dbos import DBOS
    except ImportError as error:
        raise OutputError(
            "schedules need the packages dbos and cronsim", store.where,
            "install them: pip install 'report-generator[schedule]'",
        ) from error  # fmt: skip
    return DBOS


def _silence() -> None:
    """Let DBOS log nothing: it would write a dozen lines to standard error at each start."""
    logger = logging.getLogger("dbos")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _config(store: Store, worker: str, stays: bool) -> dict[str, Any]:
    return {
        "name": _NAME,
        "system_database_url": store.runs_url,
        "executor_id": worker,
        "application_version": STEPS_VERSION,
        "serializer": _serializer(),
        "enable_otlp": False,
        "max_executor_threads": 32,
        "scheduler_polling_interval_sec": 3600.0,  # its own schedules are not used
        "notification_listener_polling_interval_sec": 1.0 if stays else 0.1,  # it ends so soon
    }


def _serializer() -> Any:
    from dbos import Serializer

    class Json(Serializer):
        """Values as JSON: a store that comes from elsewhere can run nothing."""

        def serialize(self, data: Any) -> str:
            if isinstance(data, BaseException):
                data = {"failure": f"{type(data).__name__}: {data}"}
            return json.dumps(data, ensure_ascii=False)

        def deserialize(self, serialized_data: str) -> Any:
            data = json.loads(serialized_data)
            if isinstance(data, dict) and set(data) == {"failure"}:
                return RuntimeError(data["failure"])
            return data

        def name(self) -> str:
            return "make-report-json"

    return Json()


def _checked_file(store: Store, now: datetime) -> list[Problem]:
    """Set a damaged file of runs aside; refuse one of a newer version."""
    path = store.runs_file
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(path, timeout=30)) as file:
            if file.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
            table = "SELECT name FROM sqlite_master WHERE name = 'dbos_migrations'"
            row = None
            if file.execute(table).fetchone():
                row = file.execute("SELECT version FROM dbos_migrations").fetchone()
    except sqlite3.OperationalError as error:
        raise OutputError(f"the store of runs cannot be opened: {error}", store.where) from error
    except sqlite3.DatabaseError:
        return [set_aside(path, now)]
    if row is not None and row[0] > _known_version():
        raise newer(store)
    return []


def _known_version() -> int:
    try:
        from dbos._migration import sqlite_migrations
    except ImportError:  # a later DBOS that keeps it elsewhere checks for itself
        return 1 << 30
    return len(sqlite_migrations)


def steps_of(store: Store, runs: Collection[RunRecord]) -> dict[str, tuple[str, list[StepRecord]]]:
    """Return by key the state of runs in the engine and their steps; nothing is run for it."""
    if not runs or (not store.is_shared and not store.runs_file.exists()):
        return {}
    load(store)
    from dbos import DBOSClient

    found: dict[str, tuple[str, list[StepRecord]]] = {}
    _silence()
    client = DBOSClient(
        system_database_url=store.runs_url, serializer=_serializer(),
        retry_connection_errors=False,
    )  # fmt: skip
    try:
        known = client.list_workflows(workflow_ids=[run.id for run in runs], load_input=False,
                                      load_output=False)  # fmt: skip
        for status in known:
            steps = client.list_workflow_steps(status.workflow_id)
            found[status.workflow_id] = (status.status, [_step_of(step) for step in steps])
    except Exception:  # the tables are not there yet, or are those of another version
        return {}
    finally:
        client.destroy()
    return found


def _step_of(step: Mapping[str, Any]) -> StepRecord:
    began, ended = step["started_at_epoch_ms"], step["completed_at_epoch_ms"]
    seconds = (ended - began) / 1000 if began is not None and ended is not None else None
    output = step["output"]
    state, reason = "done", None
    if isinstance(output, dict) and "failed" in output:
        state, reason = "failed", output["failed"]
    elif step["error"] is not None:
        state, reason = "failed", str(step["error"])
    elif isinstance(output, dict) and isinstance(output.get("ok"), dict):
        ok = output["ok"]
        reason = ok.get("state") or ok.get("edition")
    elif step["function_name"] == _WAIT:
        reason = f"until {output}"
    moment = None if began is None else datetime.fromtimestamp(began / 1000, UTC)
    return StepRecord(step["function_name"], state, moment, seconds, reason)
