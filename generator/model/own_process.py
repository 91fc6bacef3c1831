"""Limits that the operating system keeps for this process, where it can."""

from __future__ import annotations

import sys


def limit_process(
    *, memory: int | None = None, seconds: int | None = None, written: int | None = None
) -> None:
    """Limit memory (bytes), computing (seconds in all) and written files (bytes), and core dumps.

    A limit that the process has already, and that is lower, stays; on Windows nothing is limited.
    """
    if sys.platform == "win32":
        return
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        if most is None:
            continue
        _, hard = resource.getrlimit(kind)
        own = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # more computing may be given to the next document
        resource.setrlimit(kind, (own, hard if kind == resource.RLIMIT_CPU else own))
