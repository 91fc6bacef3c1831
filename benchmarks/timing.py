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
    ``seconds`` have passed, but at least ``least`` rounds. A work that is done in a moment is
    repeated within its turn: all works are measured warm.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    repeats = {name: _repeats(work) for name, work in works.items()}
    end = perf_counter() + seconds
    rounds = 0
    while rounds < least or perf_counter() < end:
        for name, work in works.items():
            gc.collect()
            costs[name].append(cost_of(work, repeats[name]))
        rounds += 1
    return {name: median_cost(values) for name, values in costs.items()}


#: What one turn takes at least, and how often a work is repeated at the most to fill it.
_TURN, _MOST = 0.02, 500


def _repeats(work: Work) -> int:
    """Return how often a work is done in a turn."""
    work()
    taken = cost_of(work).wall
    return max(1, min(_MOST, round(_TURN / max(taken, 1e-6))))


def cost_of(work: Work, repeats: int = 1) -> Cost:
    """Return what work costs each time, its child processes included."""
    start, used = perf_counter(), _processor_time()
    for _ in range(repeats):
        work()
    wall, cpu = perf_counter() - start, _processor_time() - used
    return Cost(wall / repeats, cpu / repeats)


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each time."""
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


def _processor_time() -> float:
    children = os.times()
    return process_time() + children.children_user + children.children_system
