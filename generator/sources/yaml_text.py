"""YAML as people mean it: exact decimals, no surprises of YAML 1.1, a line for every field.

``no``, ``on`` and ``12:30`` are text here, ``1.10`` keeps its digits, ``007`` its zeros, and a key
written twice is an error instead of a silent loss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from generator.errors import Location, SourceFormatError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9]\d*)\.\d+", re.ASCII)
_WORDS: dict[str, object] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
_QUOTED = ("'", '"', "|", ">")
_MAX_BYTES = 100_000_000
_MAX_DEPTH = 64
_MAX_DIGITS = 1000
#: Values that aliases may repeat; a few lines of nested aliases could ask for billions.
_MAX_REPEATED = 100_000

#: The way to a field: keys and positions, outermost first.
FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document's values, and the line of each field by its path."""

    value: Any
    file: str
    lines: dict[FieldPath, int] = field(repr=False)

    def where(self, path: FieldPath = ()) -> Location:
        """Return the place of a field; of the nearest enclosing one if the field is not there."""
        known = path
        while known not in self.lines and known:
            known = known[:-1]
        steps = (f'field "{".".join(map(str, path))}"',) if path else ()
        return Location(self.file, steps, self.lines.get(known))


def read_yaml(data: bytes, file: str) -> YamlDocument:
    """Return the one document in ``data``; an empty one has the value None.

    Raises:
        SourceFormatError: not UTF-8, not YAML, a key twice, more than one document, too deep, too
            large, or expanding without end; with the line.
    """
    if len(data) > _MAX_BYTES:
        raise SourceFormatError(
            f"the file has more than {_MAX_BYTES:,} bytes", Location(file), "split it"
        )
    try:
        node = yaml.compose(_text_of(data, file), Loader=_Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(error, file) from error
    except RecursionError as error:
        raise _too_deep(Location(file)) from error
    reader = _Reader(file)
    value = reader.read(node, (), 0) if node is not None else None
    return YamlDocument(value, file, reader.lines)


def _text_of(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceFormatError(
            "the file is not UTF-8 text", Location(file, line=line), "save it as UTF-8"
        ) from error


def _syntax_error(error: yaml.YAMLError, file: str) -> SourceFormatError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None) or ""
    where = Location(file, line=mark.line + 1 if mark is not None else None)
    if "single document" in context:
        return SourceFormatError(
            "the file holds more than one document",
            where,
            'drop the line "---" and what follows it',
        )
    return SourceFormatError(
        f"this is not valid YAML: {problem}",
        where,
        "check indentation, quotes and colons around this line",
    )


def _too_deep(where: Location) -> SourceFormatError:
    return SourceFormatError(
        f"the file is nested more than {_MAX_DEPTH} levels deep", where, "make it flatter"
    )


class _Reader:
    """Turns a tree of nodes into values and notes the line of each."""

    def __init__(self, file: str) -> None:
        self.lines: dict[FieldPath, int] = {}
        self._file = file
        self._seen: set[int] = set()
        self._repeated = 0

    def read(self, node: yaml.Node, path: FieldPath, depth: int) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        self._count_repeats(node)
        if depth > _MAX_DEPTH:
            raise _too_deep(self._where(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or "python/" in node.tag:
            raise SourceFormatError(
                f'the tag "{node.tag}" is not known', self._where(node), "drop it"
            )
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(n, (*path, i), depth + 1) for i, n in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return _scalar(node)

    def _count_repeats(self, node: yaml.Node) -> None:
        if id(node) not in self._seen:
            self._seen.add(id(node))
            return
        self._repeated += 1
        if self._repeated > _MAX_REPEATED:
            raise SourceFormatError(
                f"aliases of the file repeat more than {_MAX_REPEATED:,} values",
                self._where(node),
                "write the values out, or use fewer aliases (*name)",
            )

    def _mapping(self, node: yaml.MappingNode, path: FieldPath, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            where = self._where(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                raise SourceFormatError("a key must be plain text", where, "write name: value")
            key = key_node.value
            if key == "<<" and key_node.style not in _QUOTED:
                raise SourceFormatError(
                    'merge keys ("<<") are not read', where, "write the fields out"
                )
            if key in result:
                raise SourceFormatError(
                    f'the key "{key}" stands here a second time',
                    where,
                    f"it was written in line {self.lines[(*path, key)]} already; keep one of them",
                )
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            result[key] = self.read(value_node, (*path, key), depth + 1)
        return result

    def _where(self, node: yaml.Node) -> Location:
        return Location(self._file, line=node.start_mark.line + 1)


def _scalar(node: yaml.ScalarNode) -> object:
    text: str = node.value
    if node.style in _QUOTED or len(text) > _MAX_DIGITS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
