"""A line on standard error for a step that takes longer than a second; nothing for quick ones."""

from __future__ import annotations

import sys
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

_PATIENCE = 1.0  # seconds


class Progress:
    """Tells the current step once it has lasted a second. Use it as a context manager."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._lock = Lock()
        self._changed = Event()
        self._done = False
        self._current: str | None = None
        self._shown = 0
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, name: str, number: int, total: int) -> None:
        """Take note of a step that begins; the build calls this."""
        if self._silent:
            return
        with self._lock:
            self._clear()
            self._current = f"step {number} of {total}: {name} ..."
        self._changed.set()
        if self._thread is None:
            self._thread = Thread(target=self._watch, daemon=True)
            self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._done = True
            self._clear()
        self._changed.set()

    def _watch(self) -> None:
        while not self._done:
            self._changed.clear()
            current = self._current
            if not self._changed.wait(_PATIENCE):
                self._show(current)
                self._changed.wait()

    def _show(self, step: str | None) -> None:
        with self._lock:
            if self._done or step is None or step != self._current:
                return
            if sys.stderr.isatty():
                sys.stderr.write(step)
                self._shown = len(step)
            else:
                sys.stderr.write(step + "\n")
            sys.stderr.flush()

    def _clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
            self._shown = 0
