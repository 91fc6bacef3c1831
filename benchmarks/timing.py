"""Interleaved runs and their medians."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

Work = Callable[[], object]


def medians(works: Mapping[str, Work], *, seconds: float, least: int = 5) -> dict[str, float]:
    """Return the median time of each work in seconds.

    The works take turns, so that a slow moment of the machine hits all of them. They go on until
    ``seconds`` have passed, but at least ``least`` rounds.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    end = perf_counter() + seconds
    rounds = 0
    while rounds < least or perf_counter() < end:
        for name, work in works.items():
            gc.collect()
            start = perf_counter()
            work()
            times[name].append(perf_counter() - start)
        rounds += 1
    return {name: median(values) for name, values in times.items()}
