"""One case of the corpus: files, a command, and the ending that is right for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: Bytes of a file, or what makes them when the case is run.
Content = bytes | Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """A hostile input.

    ``item`` is the kind of measure it is about. ``says`` is what the first line of an error, or a
    warning of a result, must match. ``absent`` are texts that no part of a result and no message
    may hold. ``shows`` is text that the result must show. ``is_data``: the error is one of a data
    file or of the command line, so ``check`` without data does not see it.
    """

    name: str
    item: str
    template: Content
    fails: bool = True
    says: str = ""
    absent: tuple[str, ...] = ()
    shows: str = ""
    ending: str = "docx"
    data: Mapping[str, Content] = field(default_factory=lambda: {"data.yaml": b"x: 1\n"})
    files: Mapping[str, Content] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    out: str = ""
    more: tuple[str, ...] = ()
    is_data: bool = False

    @property
    def result(self) -> str:
        """The name of the result, or a pattern for it, below the project folder."""
        return self.out or f"out/result.{self.ending}"


def made(content: Content) -> bytes:
    """Return the bytes of a file of a case."""
    return content() if callable(content) else content
