"""Documents from a cluster of Dask: chunks in a sliding window, the template sent once to a worker.

What is finished is said by our ledger; Dask only does what it is told again where a worker dies.
"""

from __future__ import annotations

import hashlib
import pickle
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from time import monotonic, sleep
from typing import Any

from generator.batch.work import Finished, Report, Setup, Task
from generator.batch.workshop import Workshop
from generator.errors import BatchError, ChoiceError, Location, ReportError

#: Chunks for each thread of the cluster that may be on the way.
_WINDOW = 3
_CONNECT_SECONDS = 20
#: Seconds that a stopped cluster may take to finish the chunks that it is at.
_PATIENCE = 10.0
#: How often a chunk is begun whose worker dies, before it is seen as the reason.
_ALLOWED_FAILURES = 2


class ClusterCrew:
    """Makes documents on the workers of a scheduler, or on workers of our own on this machine."""

    most_rows = 100

    def __init__(self, setup: Setup, scheduler: str | None, jobs: int) -> None:
        """Connect, and send what all rows share to every worker, those that come later too.

        Raises:
            ChoiceError: Dask is not installed.
            BatchError: the scheduler cannot be reached.
        """
        self._client, self._cluster = _connected(scheduler, jobs)
        packed = pickle.dumps(setup, protocol=5)
        self._key = hashlib.sha256(packed).hexdigest()
        self._futures: dict[Any, Sequence[Task]] = {}
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._was_stopped: float | None = None
        try:
            self._client.register_plugin(_plugin(self._key, packed))
            threads = sum(self._client.nthreads().values())
        except Exception as error:
            self.close()
            raise BatchError(
                f"the workers cannot be prepared: {error}", Location("--scheduler"),
                "install the same version of this program on each worker",
            ) from error  # fmt: skip
        self.room = _WINDOW * max(threads, 1)

    def submit(self, tasks: Sequence[Task]) -> None:
        """Send a chunk to the cluster."""
        future = self._client.submit(make_chunk, self._key, tasks, pure=False)
        self._futures[future] = tasks
        future.add_done_callback(self._done.put)

    def collect(self, seconds: float) -> list[Finished]:
        """Return the chunks that are done, or were lost; wait for one at most ``seconds``."""
        if self._was_stopped is not None and monotonic() > self._was_stopped + _PATIENCE:
            lost = [Finished(tasks, None) for tasks in self._futures.values()]
            self._futures.clear()
            return lost
        finished = []
        with suppress(queue.Empty):
            finished.append(self._finished(self._done.get(timeout=seconds)))
            while True:
                finished.append(self._finished(self._done.get_nowait()))
        if not finished and self._client.status in ("closed", "closing"):
            raise BatchError("the scheduler is gone", Location("--scheduler"),
                             "start it again, then go on with --resume")  # fmt: skip
        return [one for one in finished if one is not None]

    def _finished(self, future: Any) -> Finished | None:
        tasks = self._futures.pop(future, None)
        if tasks is None:
            return None
        if future.status == "finished":
            return Finished(tasks, future.result())
        error = future.exception() if future.status == "error" else None
        if isinstance(error, ReportError):
            raise error
        if error is not None and type(error).__name__ != "KilledWorker":
            raise BatchError(
                f"the workers cannot make documents: {type(error).__name__}: {error}",
                Location("--scheduler"),
                "install the same version of this program on each worker, and let them see the "
                "folders of the results",
            ) from error  # fmt: skip
        return Finished(tasks, None, frozenset(task.number for task in tasks) if error else
                        frozenset())  # fmt: skip

    def stop(self) -> None:
        """Drop the chunks that were not begun; those that were are finished."""
        self._was_stopped = monotonic()
        running = {key for keys in self._client.processing().values() for key in keys}
        waiting = [future for future in self._futures if future.key not in running]
        self._client.cancel(waiting)

    def close(self) -> None:
        """Leave the cluster; end it if it is our own."""
        with suppress(Exception):
            self._client.cancel(list(self._futures))
        with suppress(Exception):
            self._client.unregister_worker_plugin(self._key)
        with suppress(Exception):
            self._client.close()
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close()


def _connected(scheduler: str | None, jobs: int) -> tuple[Any, Any]:
    """Return a client of a scheduler, and the cluster if it is our own."""
    where = Location("--scheduler" if scheduler else "--engine")
    try:
        dask, distributed = import_module("dask"), import_module("distributed")
    except ImportError as error:
        raise ChoiceError("Dask is not installed", where,
                          "pip install 'report-generator[dask]'") from error  # fmt: skip
    dask.config.set({
        "distributed.scheduler.allowed-failures": _ALLOWED_FAILURES,
        "distributed.comm.timeouts.connect": _CONNECT_SECONDS,
    })  # fmt: skip
    try:
        if scheduler is not None:
            return distributed.Client(scheduler, timeout=_CONNECT_SECONDS), None
        cluster = distributed.LocalCluster(
            n_workers=max(jobs, 1), threads_per_worker=1, dashboard_address=None,
            host="127.0.0.1", silence_logs=50,
        )  # fmt: skip
        return distributed.Client(cluster), cluster
    except (OSError, ValueError, TimeoutError) as error:
        raise BatchError(
            f"the scheduler cannot be reached: {error}", where,
            "check the address: --scheduler tcp://host:8786",
        ) from error  # fmt: skip


# -- on the workers ------------------------------------------------------------------------------

_packed: dict[str, bytes] = {}
_own = threading.local()


def _plugin(key: str, packed: bytes) -> Any:
    """Return what gives every worker the shared part of a batch as it joins."""
    from distributed import WorkerPlugin

    class Shared(WorkerPlugin):  # type: ignore[misc,unused-ignore]
        name = key

        def __init__(self, remember: Callable[[str, bytes], None]) -> None:
            self._remember = remember
            self._packed = packed

        def setup(self, worker: Any) -> None:
            self._remember(key, self._packed)

    return Shared(remember)


def remember(key: str, packed: bytes) -> None:
    """Keep the shared part of a batch in this worker; an earlier one is no longer needed."""
    _packed.clear()
    _packed[key] = packed


def make_chunk(key: str, tasks: Sequence[Task]) -> Report:
    """Make the documents of a chunk in this worker."""
    if getattr(_own, "key", None) != key:
        until = monotonic() + _PATIENCE
        while key not in _packed and monotonic() < until:  # it has only just joined
            sleep(0.05)
        if key not in _packed:
            raise BatchError(
                "this worker does not know the template of the batch", Location("--scheduler"),
                "go on with --resume",
            )  # fmt: skip
        _own.workshop, _own.key = Workshop(pickle.loads(_packed[key])), key
    workshop: Workshop = _own.workshop
    return workshop.make(tasks)
