"""What work costs: wall and processor time, in turns, as medians."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

Work = Callable[[], object]


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and seconds of processor time (user and system)."""

    wall: float
    cpu: float


def medians(works: Mapping[str, Work], *, seconds: float, least: int = 5) -> dict[str, Cost]:
    """Return the median cost of each work in this process.

    The works take turns, so that a slow moment of the machine hits all of them. They go on until
    ``seconds`` have passed, but at least ``least`` rounds.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for work in works.values():
        work()
    end = perf_counter() + seconds
    rounds = 0
    while rounds < least or perf_counter() < end:
        for name, work in works.items():
            gc.collect()
            costs[name].append(cost_of(work))
        rounds += 1
    return {name: median_cost(values) for name, values in costs.items()}


def cost_of(work: Work) -> Cost:
    """Return what work costs, its child processes included."""
    start, used = perf_counter(), _processor_time()
    work()
    return Cost(perf_counter() - start, _processor_time() - used)


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each time."""
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


def _processor_time() -> float:
    children = os.times()
    return process_time() + children.children_user + children.children_system
