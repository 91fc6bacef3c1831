"""What a render offers to sub-documents that are put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from generator.engine.values import Xml
from generator.model.insert import NewPart

if TYPE_CHECKING:
    from generator.engine.rendering import Rendering


class SubDocumentSink:
    """Gives ids, and takes notes, lists, parts and links into a render."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering

    def fresh_id(self) -> int:
        return self._rendering.fresh_id()

    def new_note_id(self, kind: str) -> int:
        return self._rendering.new_note_id(kind)

    def write_note(self, kind: str, write: Callable[[], str]) -> None:
        """Put a note aside; its links and parts go into the part of the notes."""
        rendering = self._rendering
        outside = rendering.current
        rendering.enter_note(kind)
        rendering.add_note(kind, 0, Xml(write()))
        rendering.current = outside

    def link_part(self, part: NewPart) -> str:
        return self._rendering.link_part(part)

    def link_to(self, address: str) -> str:
        return self._rendering.link_to(address)

    def add_list(self, write: Callable[[str], str]) -> str:
        return self._rendering.lists.add_list(write)

    def add_definition(self, write: Callable[[str], str]) -> str:
        return self._rendering.lists.add_definition(write)

    def restarted(self, definition: str, starts: Iterable[int]) -> str:
        return self._rendering.lists.add(definition, starts)
