"""What can still be tried of a template some of whose tags are wrong: all the others."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from generator.engine.program import PrintPlace, Program
from generator.engine.stories import FoundTag, TagRegister
from generator.engine.tags import CLOSERS, LEAVERS, MIDDLES
from generator.errors import Problem

_NAME = re.compile(r"[^\W\d]\w*")
_LOOP = re.compile(r"\s*for\s+(.+?)\s+in\s", re.DOTALL)
#: Characters of a tag that a message surely holds.
_TOLD = 60


def faulty_tags(register: TagRegister, problems: Sequence[Problem]) -> frozenset[int]:
    """Return the numbers of the tags that problems are about, with those of their blocks."""
    messages: dict[str, list[str]] = {}
    for problem in problems:
        messages.setdefault(str(problem.where), []).append(problem.message)
    faulty: set[int] = set()
    for found in register.tags:
        tag = found.tag
        if tag.where.file is None:
            continue
        if _is_unpaired(found) or any(
            f'"{tag.written[:_TOLD]}' in message for message in messages.get(str(tag.where), ())
        ):
            faulty.add(found.index)
            if found.block is not None:
                faulty |= {other.index for other in found.block.tags}
    return frozenset(faulty)


def _is_unpaired(found: FoundTag) -> bool:
    tag = found.tag
    if tag.kind != "block":
        return False
    if tag.keyword in LEAVERS:
        return found.loop is None
    if found.block is None:
        return tag.opens or tag.keyword in MIDDLES or tag.keyword in CLOSERS
    return found.block.closer.tag.keyword not in CLOSERS


def names_given_by(register: TagRegister, faulty: Collection[int]) -> frozenset[str]:
    """Return the names that faulty tags would have given, or asked for before they are used."""
    names: set[str] = set()
    for index in faulty:
        tag = register.tags[index].tag
        if tag.kind == "block":
            loop = _LOOP.match(tag.code)
            names |= set(_NAME.findall(loop[1] if loop else tag.code))
            names |= {"loop", "caller"}
    return frozenset(names)


class ProgramWithout(Program):
    """A program without some of the tags of a template."""

    def __init__(self, faulty: Collection[int]) -> None:
        super().__init__()
        self._faulty = faulty

    def found_tag(self, found: FoundTag, places: dict[int, PrintPlace]) -> None:
        if found.index not in self._faulty:
            super().found_tag(found, places)
