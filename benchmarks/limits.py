"""What the limits inside of a render cost: the same renders with a guard that counts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks import samples
from benchmarks.timing import Cost, medians
from generator.build.templates import compile_template
from generator.engine import rendering
from generator.engine.guards import Guard

MOST = 0.03
_SAMPLES = (
    ("one-page letter", samples.letter),
    ("table of 10,000 rows", lambda: samples.table(10_000)),
    ("30-page report", samples.report),
    ("12-slide deck, 6 charts filled anew", samples.charted_deck),
    ("100 slides from one", samples.repeated_slide),
)


class _Idle(Guard):
    """Lets everything pass at the least cost of a call."""

    __slots__ = ()

    def counted(self, items: Any) -> Any:
        return items

    def add_turns(self, count: int) -> None: ...

    def look_at_clock(self) -> None: ...

    def enter_call(self) -> None: ...

    def leave_call(self) -> None: ...

    def extend(self, buffer: list[str], pieces: tuple[str, ...]) -> None:
        buffer.extend(pieces)

    def concat(self, pieces: Iterable[object], join: Callable[[Iterable[object]], str]) -> str:
        return join(pieces)

    def check_size(self, characters: float) -> None: ...

    def check_items(self, count: int) -> None: ...

    def binary(self, operator: str, left: Any, right: Any) -> None: ...

    def check_number(self, value: object) -> None: ...

    def check_format(self, text: str, arguments: Iterable[object]) -> None: ...

    def weighed(self, value: Any) -> Any:
        return value

    def method(
        self, name: str, text: str | bytes, arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> None: ...


@dataclass(frozen=True)
class LimitsResult:
    """A case, with and without the work of its limits."""

    name: str
    guarded: Cost
    idle: Cost

    @property
    def share(self) -> float:
        """What the limits add, as a share of the render without them."""
        return self.guarded.cpu / self.idle.cpu - 1


def measure(seconds: float) -> list[LimitsResult]:
    """Return each case with and without its limits, after the results were found equal.

    Raises:
        ValueError: the results differ.
    """
    return [_measured(name, *sample(), seconds) for name, sample in _SAMPLES]


def _measured(name: str, template: bytes, context: Any, seconds: float) -> LimitsResult:
    compiled = compile_template(template)

    def render(guard: type[Guard]) -> bytes:
        rendering.Guard = guard  # type: ignore[misc]
        try:
            return compiled.render(context)
        finally:
            rendering.Guard = Guard  # type: ignore[misc]

    if render(Guard) != render(_Idle):
        raise ValueError(f"{name}: the results differ")
    times = medians({"guarded": lambda: render(Guard), "idle": lambda: render(_Idle)},
                    seconds=seconds, least=40)  # fmt: skip
    return LimitsResult(name, times["guarded"], times["idle"])
