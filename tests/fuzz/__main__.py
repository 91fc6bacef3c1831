"""``python -m tests.fuzz --cases 10000``: runs cases in parallel and tells those that are flaws.

``--cases 1000000`` is for a night. Flaws are printed as ``seed number target``; ``--one SEED NUMBER
TARGET`` runs such a case again. Those kept in ``seeds.txt`` are run by every call and by the tests.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.work import Case, limit, run_batch

SEEDS = Path(__file__).with_name("seeds.txt")
_BATCH = 100


def kept_seeds() -> list[Case]:
    """Return seed, number and target of cases that once were flaws."""
    lines = SEEDS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("#")[0].split() for line in lines]
    return [(int(row[0]), int(row[1]), row[2]) for row in rows if row]


def _batches(seed: int, start: int, count: int) -> Iterator[list[Case]]:
    yield kept_seeds()
    for first in range(start, start + count, _BATCH):
        yield [(seed, number, None) for number in range(first, min(first + _BATCH, start + count))]


def main() -> int:
    """Run the cases; 1 if one of them is a flaw."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="the number of the first case")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--one", nargs=3, metavar=("SEED", "NUMBER", "TARGET"))
    given = parser.parse_args()
    from tests.fuzz.targets import target_of

    os.environ["MAKE_REPORT_CACHE"] = "off"
    if given.one:
        from tests.fuzz.targets import run_case

        print(run_case(int(given.one[0]), int(given.one[1]), given.one[2]))
        return 0
    began, done, flaws = time.monotonic(), 0, 0
    endings: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    with context.Pool(given.processes, limit, maxtasksperchild=50) as pool:
        for results in pool.imap_unordered(
            run_batch, _batches(given.seed, given.start, given.cases)
        ):
            for case, ending, wrong in results:
                done += 1
                endings[ending] += 1
                if wrong:
                    flaws += 1
                    target = case[2] or target_of(case[1])
                    print(f"flaw {case[0]} {case[1]} {target}\n{wrong}", flush=True)
            if sys.stderr.isatty():
                print(f"\r{done} cases, {flaws} flaws", end="", file=sys.stderr, flush=True)
    for ending, count in sorted(endings.items()):
        print(f"{count:8,} {ending}")
    print(f"{done:,} cases, {flaws} flaws, {time.monotonic() - began:.0f} s")
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
