"""Signals that end a batch after the rows that are being made."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stopping(on_stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and a request to end stop the batch after the rows that are being made."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        kinds.append(signal.SIGHUP)
    before: dict[int, Any] = {
        kind: signal.signal(kind, lambda *_: on_stop())
        for kind in kinds
        if signal.getsignal(kind) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
