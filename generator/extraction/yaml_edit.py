"""Changing single entries of a data file as text: comments, order and look of the rest stay.

A file is changed line by line, which is how people write data files: each entry of a group begins
on a line of its own.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from generator.errors import Location, SourceFormatError
from generator.extraction.yaml_writing import block, list_lines

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORDS: dict[str, object] = {"null": None, "~": None, "": None, "true": True, "false": False}


class YamlText:
    """The text of a data file, with its entries found by the way to them."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._read()

    @property
    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def _read(self) -> None:
        self._root = yaml.compose("\n".join(self._lines) + "\n", Loader=_Loader)

    def has(self, *path: str) -> bool:
        return self._find(path) is not None

    def _find(self, path: tuple[str, ...]) -> tuple[Any, Any, Any] | None:
        """Return the mapping that holds the last key of a path, the key, and its value."""
        node, found = self._root, None
        for name in path:
            if not isinstance(node, yaml.MappingNode):
                return None
            pair = next(((k, v) for k, v in node.value if k.value == name), None)
            if pair is None:
                return None
            found = (node, *pair)
            node = pair[1]
        return found

    def _span(self, path: tuple[str, ...]) -> tuple[int, int]:
        """Return first and last line (exclusive) of an entry with its value.

        Raises:
            SourceFormatError: the entry shares a line with another.
        """
        found = self._find(path)
        assert found is not None
        parent, key, value = found
        first = key.start_mark.line
        if parent.flow_style:
            raise SourceFormatError(
                f'the entry "{path[-1]}" stands in one line with others',
                Location(self._file, line=first + 1), "give it lines of its own",
            )  # fmt: skip
        is_block = not isinstance(value, yaml.ScalarNode) and not value.flow_style
        if is_block or (isinstance(value, yaml.ScalarNode) and value.style in ("|", ">")):
            last = value.end_mark.line  # where the next token stands
            if last == len(self._lines) - 1 and value.end_mark.column:
                last += 1
        else:
            last = value.end_mark.line + 1
        while last > first + 1 and not self._lines[last - 1].strip():
            last -= 1
        while (
            last > first + 1
            and self._lines[last - 1].lstrip().startswith("#")
            and _indent(self._lines[last - 1]) <= _indent(self._lines[first])
        ):
            last -= 1
            while last > first + 1 and not self._lines[last - 1].strip():
                last -= 1
        return first, max(last, first + 1)

    def lines_of(self, *path: str) -> list[str]:
        """Return the lines of an entry as they stand."""
        first, last = self._span(path)
        return self._lines[first:last]

    def line_of(self, *path: str) -> int:
        """Return the number of the line of an entry, from 1; 0 if there is none."""
        found = self._find(path)
        return found[1].start_mark.line + 1 if found else 0

    def remove(self, *path: str) -> None:
        found = self._find(path)
        if found is not None and found[0].flow_style:
            kept = {key: value for key, value in _value(found[0]).items() if key != path[-1]}
            self.put(path[:-1], kept)
            return
        first, last = self._span(path)
        del self._lines[first:last]
        self._read()

    def put(self, path: tuple[str, ...], value: Any, after: str = "") -> None:
        """Set an entry, or add it behind the one named ``after`` (default: at the end).

        A comment at the end of its line is kept.
        """
        whole = self._find(path[:-1]) if len(path) > 1 else None
        if whole is not None and isinstance(whole[2], yaml.MappingNode) and whole[2].flow_style:
            self.put(path[:-1], {**_value(whole[2]), path[-1]: value})
            return
        indent = 2 * (len(path) - 1)
        parent = self._find(path[:-1]) if len(path) > 1 else None
        siblings = parent[2] if parent else self._root
        if isinstance(siblings, yaml.MappingNode) and siblings.value and not siblings.flow_style:
            indent = siblings.value[0][0].start_mark.column
        lines = block({path[-1]: value}, indent)
        found = self._find(path)
        if found is not None:
            first, last = self._span(path)
            comment = self._comment(found[2], first)
            if comment and len(lines) == 1:
                lines[0] += comment
            self._lines[first:last] = lines
        else:
            at = self._place(path, after)
            self._lines[at:at] = lines
        self._read()

    def _comment(self, value: Any, line: int) -> str:
        rest = (
            self._lines[value.end_mark.line][value.end_mark.column :]
            if value.end_mark.line == line
            else ""
        )
        return f"  {rest.strip()}" if rest.strip().startswith("#") else ""

    def _place(self, path: tuple[str, ...], after: str) -> int:
        if after and self.has(*path[:-1], after):
            return self._span((*path[:-1], after))[1]
        if len(path) == 1:
            return len(self._lines)
        return self._span(path[:-1])[1]

    def add_items(self, key: str, items: list[Any]) -> None:
        """Add items to a list at the top of the file, which is made if there is none."""
        found = self._find((key,))
        if found is None:
            self._lines += ["", f"{key}:", *list_lines(items, 2)]
        elif isinstance(found[2], yaml.SequenceNode) and not found[2].flow_style and found[2].value:
            indent = found[2].value[0].start_mark.column - 2
            at = self._span((key,))[1]
            self._lines[at:at] = list_lines(items, max(0, indent))
        else:
            first, last = self._span((key,))
            self._lines[first:last] = [f"{key}:", *list_lines(items, 2)]
        self._read()

    def prepend(self, lines: list[str]) -> None:
        self._lines[0:0] = lines
        self._read()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _value(node: Any) -> Any:
    """Return what a node holds; numbers as they are written."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _value(item) for key, item in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    text = node.value
    if not node.style and _NUMBER.fullmatch(text):
        return Decimal(text)
    return text if node.style else _WORDS.get(text, text)
