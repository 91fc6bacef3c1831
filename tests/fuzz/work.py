"""What a process of the fuzzer does: cases with limits of time and memory."""

from __future__ import annotations

import resource
import signal
import traceback
from types import FrameType

#: Seed, number and, of a kept case, its target.
Case = tuple[int, int, str | None]
_SECONDS, _MEMORY = 20, 3_000_000_000


def _too_long(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"more than {_SECONDS} seconds")


def run_safely(case: Case) -> tuple[Case, str, str]:
    """Return a case with how it ended, and what is wrong, if anything."""
    from tests.fuzz.targets import run_case

    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(_SECONDS)
    try:
        return case, run_case(*case), ""
    except BaseException:
        return case, "flaw", traceback.format_exc(limit=-6)
    finally:
        signal.alarm(0)


def run_batch(cases: list[Case]) -> list[tuple[Case, str, str]]:
    return [run_safely(case) for case in cases]


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
