"""Limits on templates, data, renders and workers; each is a setting named in its message.

The limits in force are those of the innermost ``within``; without one, the defaults. They are a
context of the run, as the precision of ``decimal`` is: whoever reads a file asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from generator.errors import ChoiceError, near_name_hint

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What templates and data may cost; docs/limits.md says what each limit is for.

    Sizes are bytes, ``ratio`` is inflated over stored bytes, times are seconds.
    """

    # the package of a template, a sub-document or a workbook
    package_bytes: int = 50 * _MB
    entries: int = 5_000
    xml_part_bytes: int = 64 * _MB
    other_part_bytes: int = 100 * _MB
    total_bytes: int = 300 * _MB
    ratio: int = 100
    ratio_free_bytes: int = 100 * 1024
    elements_per_part: int = 1_000_000
    attributes: int = 256
    relationships_per_part: int = 5_000
    tags_per_story: int = 20_000
    # data
    data_bytes: int = 100 * _MB
    json_values: int = 2_000_000
    yaml_values: int = 1_000_000
    aliased_values: int = 100_000
    data_depth: int = 64
    data_rows: int = 1_048_576
    data_columns: int = 16_384
    data_cells: int = 10_000_000
    # an article
    article_characters: int = 2 * _MB
    article_numbers: int = 30_000
    # one render
    render_seconds: float = 60
    loop_turns: int = 1_000_000
    call_depth: int = 50
    range_items: int = 100_000
    value_characters: int = 1_000_000
    value_items: int = 10_000_000
    integer_digits: int = 4_300
    made_characters: int = 400 * _MB
    buffered_characters: int = 50 * _MB
    part_characters: int = 200 * _MB
    output_characters: int = 400 * _MB
    slides: int = 1_000
    table_rows: int = 200_000
    slide_table_rows: int = 200
    markdown_characters: int = 100_000
    # charts and pictures
    chart_series: int = 255
    chart_points: int = 32_000
    chart_characters: int = 32_767
    picture_bytes: int = 50 * _MB
    picture_pixels: int = 100 * _MB
    svg_bytes: int = 5 * _MB
    svg_pixels: int = 50 * _MB
    svg_seconds: float = 10
    # a process of its own
    worker_memory: int = 1_000 * _MB
    worker_cpu_seconds: int = 60
    worker_seconds: float = 120


DEFAULT_LIMITS = Limits()
#: What Office itself cannot hold more of, and what Python reads no deeper.
_AT_MOST = {
    "chart_series": 255, "chart_points": 32_000, "chart_characters": 32_767, "data_depth": 100,
    "call_depth": 100, "integer_digits": 100_000,
}  # fmt: skip
_IN_FORCE: ContextVar[Limits] = ContextVar("limits", default=DEFAULT_LIMITS)
#: What the user said for this run; it counts more than what a report says.
_SAID: ContextVar[Mapping[str, int | float]] = ContextVar("said", default={})  # noqa: B039 - never changed


def limits_in_force() -> Limits:
    """Return the limits of this run."""
    return _IN_FORCE.get()


class within:  # noqa: N801 - reads as a word, and is cheaper than a generator
    """Put limits in force for what is done inside of a ``with``."""

    __slots__ = ("_limits", "_token")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def __enter__(self) -> None:
        self._token = _IN_FORCE.set(self._limits)

    def __exit__(self, *_: object) -> None:
        _IN_FORCE.reset(self._token)


class within_said:  # noqa: N801
    """Put what the user says for this run in force, for what is done inside of a ``with``.

    Raises:
        ChoiceError: there is no such limit, or it cannot have this value.
    """

    __slots__ = ("_limits", "_said", "_token")

    def __init__(self, said: Mapping[str, int | float]) -> None:
        self._said = {**_SAID.get(), **said}
        self._limits = within(changed_limits(limits_in_force(), said))

    def __enter__(self) -> None:
        self._token = _SAID.set(self._said)
        self._limits.__enter__()

    def __exit__(self, *_: object) -> None:
        self._limits.__exit__()
        _SAID.reset(self._token)


def limits_of_report(changes: Mapping[str, int | float]) -> Limits:
    """Return the limits of a report that changes some of them."""
    return changed_limits(limits_in_force(), {**changes, **_SAID.get()})


def changed_limits(limits: Limits, changes: Mapping[str, int | float]) -> Limits:
    """Return limits of which some are changed.

    Raises:
        ChoiceError: there is no such limit, or it cannot have this value.
    """
    for name, value in changes.items():
        check_limit(name, value)
    return replace(limits, **changes)  # type: ignore[arg-type]


def check_limit(name: str, value: object) -> None:
    """Refuse a change of a limit that makes no sense.

    Raises:
        ChoiceError: there is no such limit, or it cannot have this value.
    """
    known = {field.name: field.type for field in fields(Limits)}
    if name not in known:
        raise ChoiceError(
            f'there is no limit "{name}"', None,
            near_name_hint(name, list(known)) or "docs/limits.md lists them",
        )  # fmt: skip
    is_whole = known[name] == "int"
    if (
        isinstance(value, bool)
        or not isinstance(value, int if is_whole else (int, float))
        or not 0 < value < 10**15
    ):
        kind = "a whole number" if is_whole else "a number"
        raise ChoiceError(f'the limit "{name}" cannot be "{value}"', None,
                          f"write {kind} greater than 0")  # fmt: skip
    most = _AT_MOST.get(name)
    if most is not None and value > most:
        raise ChoiceError(f'the limit "{name}" cannot be more than {most:,}', None, "lower it")
