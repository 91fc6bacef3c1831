"""A stretch of the fuzzer, and all cases that once were flaws; for more: ``-m tests.fuzz``."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import kept_seeds
from tests.fuzz.targets import SHARES, run_case

_CASES = 10 * SHARES


@pytest.mark.parametrize("number", range(0, _CASES, SHARES))
def test_a_case_fills_or_is_refused(number: int) -> None:
    endings = {run_case(20, case).split()[-1] for case in range(number, number + SHARES)}

    assert endings <= {"filled", "refused"}


@pytest.mark.parametrize(("seed", "number", "target"), kept_seeds())
def test_what_once_was_a_flaw_is_none(seed: int, number: int, target: str) -> None:
    assert run_case(seed, number, target).split()[-1] in {"filled", "refused"}
