"""A stretch of the fuzzer, and all cases that once were flaws; for more: ``-m tests.fuzz``."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import kept_seeds
from tests.fuzz.targets import run_case

_CASES = 170  # ten of each share


@pytest.mark.parametrize("number", range(0, _CASES, 17))
def test_a_case_fills_or_is_refused(number: int) -> None:
    endings = {run_case(20, case).split()[-1] for case in range(number, number + 17)}

    assert endings <= {"filled", "refused"}


@pytest.mark.parametrize(("seed", "number"), kept_seeds())
def test_what_once_was_a_flaw_is_none(seed: int, number: int) -> None:
    assert run_case(seed, number).split()[-1] in {"filled", "refused"}
