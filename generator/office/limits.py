"""Limits on packages, templates and renders; each is a setting with its name in the message."""

from __future__ import annotations

from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a template may cost.

    Sizes are bytes, ``ratio`` is inflated over stored bytes. From ``value_characters`` on the
    limits are those of one render; docs/limits.md says what each is for.
    """

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
    value_characters: int = 1_000_000
    part_characters: int = 200 * _MB
    output_characters: int = 400 * _MB
    buffered_characters: int = 50 * _MB
    made_characters: int = 400 * _MB
    integer_digits: int = 4_300
    slides: int = 1_000
    range_items: int = 100_000
    loop_turns: int = 1_000_000
    call_depth: int = 50
    render_seconds: float = 60
    worker_memory: int = 1_000 * _MB
    worker_cpu_seconds: int = 60
    worker_seconds: float = 120


DEFAULT_LIMITS = Limits()
