"""YAML as people mean it: exact decimals, no surprises of YAML 1.1, a line for every field.

``no``, ``on`` and ``12:30`` are text here, ``1.10`` keeps its digits, and a key written twice is an
error instead of a silent loss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from generator.errors import Location, SourceFormatError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9]\d*)\.\d+")
_WORDS: dict[str, object] = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None,
}  # fmt: skip
_MAX_NODES = 2_000_000
_MAX_DEPTH = 64
_MAX_BYTES = 100_000_000

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document's values, and the line of each field by its path."""

    value: Any
    file: str
    lines: dict[Path, int] = field(repr=False)

    def where(self, path: Path = ()) -> Location:
        """Return the place of a field; of the nearest enclosing one if the field is not there."""
        known = path
        while known not in self.lines and known:
            known = known[:-1]
        steps = (f'field "{".".join(map(str, path))}"',) if path else ()
        return Location(self.file, steps, self.lines.get(known))


def read_yaml(data: bytes, file: str) -> YamlDocument:
    """Return the one document in ``data``.

    Raises:
        SourceFormatError: not UTF-8, not YAML, a key twice, more than one document, too deep, too
            large, or expanding without end; with the line.
    """
    where = Location(file)
    if len(data) > _MAX_BYTES:
        raise SourceFormatError(f"the file has more than {_MAX_BYTES:,} bytes", where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceFormatError(
            "the file is not UTF-8 text", Location(file, line=line), "save it as UTF-8"
        ) from error
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(error, file) from error
    except RecursionError as error:
        raise SourceFormatError("the file is nested too deeply", where) from error
    reader = _Reader(file)
    value = reader.read(node, (), 0) if node is not None else None
    return YamlDocument(value, file, reader.lines)


def _syntax_error(error: yaml.YAMLError, file: str) -> SourceFormatError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None) or ""
    line = mark.line + 1 if mark is not None else None
    hint = "check indentation, quotes and colons around this line"
    if "single document" in context:
        return SourceFormatError("the file holds more than one document", Location(file, line=line),
                                 'drop the line "---" and what follows it')  # fmt: skip
    return SourceFormatError(f"this is not valid YAML: {problem}", Location(file, line=line), hint)


class _Reader:
    def __init__(self, file: str) -> None:
        self.lines: dict[Path, int] = {}
        self._file = file
        self._count = 0

    def read(self, node: yaml.Node, path: Path, depth: int) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._count += 1
        if self._count > _MAX_NODES:
            raise SourceFormatError(
                f"the file expands to more than {_MAX_NODES:,} values", Location(self._file)
            )
        if depth > _MAX_DEPTH:
            raise SourceFormatError(
                f"the file is nested more than {_MAX_DEPTH} levels deep",
                Location(self._file, line=line),
            )
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(n, (*path, i), depth + 1) for i, n in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise SourceFormatError("a key must be plain text",
                                        Location(self._file, line=line))  # fmt: skip
            key = key_node.value
            if key in result:
                raise SourceFormatError(
                    f'the key "{key}" stands here a second time',
                    Location(self._file, line=line),
                    f"it was written in line {self.lines[(*path, key)]} already; keep one of them",
                )
            self.lines[(*path, key)] = line
            result[key] = self.read(value_node, (*path, key), depth + 1)
        return result


def _scalar(node: yaml.ScalarNode) -> object:
    text = node.value
    if node.style in ('"', "'", "|", ">") or not isinstance(text, str):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 1000:
        return int(text)
    if _DECIMAL.fullmatch(text) and len(text) < 1000:
        return Decimal(text)
    return text
