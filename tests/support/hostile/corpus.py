"""The corpus: all cases, each under a name of its own."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.hostile import (
    active_cases,
    data_cases,
    disguised_cases,
    package_cases,
    smuggled_cases,
    tag_cases,
)
from tests.support.hostile.case import Case


def corpus() -> Iterator[Case]:
    """Yield all cases.

    Raises:
        ValueError: two cases have one name.
    """
    seen: set[str] = set()
    for module in (
        package_cases,
        active_cases,
        smuggled_cases,
        disguised_cases,
        tag_cases,
        data_cases,
    ):
        for case in module.cases():
            if case.name in seen:
                raise ValueError(f"two cases are called {case.name}")
            seen.add(case.name)
            yield case
