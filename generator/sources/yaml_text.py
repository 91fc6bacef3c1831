"""YAML as people mean it: exact decimals, no surprises of YAML 1.1, a line for every field.

``no``, ``on`` and ``12:30`` are text here, ``1.10`` keeps its digits, ``007`` its zeros, and a key
written twice is an error instead of a silent loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

import yaml

from generator.errors import Location, SourceFormatError
from generator.model.limits import limits_in_force

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9]\d*)\.\d+", re.ASCII)
_WORDS: dict[str, object] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXT_TAG = "tag:yaml.org,2002:str"
_CORE_TAGS = (None, "!", _TEXT_TAG, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_QUOTED = ("'", '"', "|", ">")
_MAX_DIGITS = 1000

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
    most = limits_in_force().data_bytes
    if len(data) > most:
        raise SourceFormatError(
            f"the file has more than {most:,} bytes (limit data_bytes)",
            Location(file),
            "split it",
        )
    text = _text_of(data, file)
    try:
        return _Reader(file).read(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, file) from error


def yaml_items(stream: IO[bytes], file: str) -> Iterator[tuple[int, Any]]:
    """Yield line and value of each item of the list in a file, which is read as they are asked for.

    Raises:
        SourceFormatError: as ``read_yaml``, or the file is no list; limits count for each item.
    """
    anchors: dict[str, tuple[Any, int]] = {}
    events: Iterator[Any] = yaml.parse(stream, Loader=_Loader)
    try:
        for event in events:
            if isinstance(event, yaml.SequenceStartEvent):
                break
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                raise SourceFormatError(
                    "the top of the file is no list of rows",
                    Location(file, line=event.start_mark.line + 1), "write - name: value",
                )  # fmt: skip
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            yield event.start_mark.line + 1, _Reader(file, anchors).item(event, events)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise _second_document(Location(file, line=_line_of(event)))
    except yaml.YAMLError as error:
        raise _syntax_error(error, "", file) from error


def _text_of(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceFormatError(
            "the file is not UTF-8 text", Location(file, line=line), "save it as UTF-8"
        ) from error


def _syntax_error(error: yaml.YAMLError, text: str, file: str) -> SourceFormatError:
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        return SourceFormatError(
            "a control character stands in the text", Location(file, line=line), "delete it"
        )
    mark = getattr(error, "problem_mark", None)
    last = max(1, len(text.splitlines())) if text or mark is None else mark.line + 1
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    if "nesting depth" in problem:  # libyaml's own limit, met as it looks ahead
        return _too_deep(limits_in_force().data_depth, Location(file, line=mark and mark.line + 1))
    return SourceFormatError(
        f"this is not valid YAML: {problem}",
        Location(file, line=min(mark.line + 1, last) if mark is not None else None),
        "check indentation, quotes and colons around this line",
    )


def _too_deep(levels: int, where: Location) -> SourceFormatError:
    return SourceFormatError(
        f"the file is nested more than {levels} levels deep (limit data_depth)",
        where, "make it flatter",
    )  # fmt: skip


def _line_of(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _second_document(where: Location) -> SourceFormatError:
    return SourceFormatError("the file holds more than one document", where,
                             'drop the line "---" and what follows it')  # fmt: skip


class _Reader:
    """Builds the values from the parser's events and notes the line of each.

    An alias stands for the very value of its anchor; what it repeats is counted, not copied.
    """

    def __init__(self, file: str, anchors: dict[str, tuple[Any, int]] | None = None) -> None:
        self._file = file
        self._lines: dict[FieldPath, int] = {}
        self._anchors: dict[str, tuple[Any, int]] = {} if anchors is None else anchors
        self._limits = limits_in_force()
        self._count = 0
        self._repeated = 0

    def read(self, events: Iterator[Any]) -> YamlDocument:
        value, documents = None, 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _second_document(self._where(event))
                value = self._value(next(events), events, (), 0)
        return YamlDocument(value, self._file, self._lines)

    def item(self, event: Any, events: Iterator[Any]) -> Any:
        """Return the value that begins with an event."""
        return self._value(event, events, (), 0)

    def _value(self, event: Any, events: Iterator[Any], path: FieldPath, depth: int) -> Any:
        self._lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._count
        self._count += 1
        if self._count > self._limits.yaml_values:
            raise SourceFormatError(
                f"the file holds more than {self._limits.yaml_values:,} values "
                "(limit yaml_values)",
                self._where(event), "split it, or write it as .json or .csv",
            )  # fmt: skip
        tag = event.tag
        if tag not in _CORE_TAGS:
            raise SourceFormatError(f'the tag "{tag}" is not read', self._where(event), "drop it")
        if depth > self._limits.data_depth:
            raise _too_deep(self._limits.data_depth, self._where(event))
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            if len(event.value) > self._limits.value_characters:
                raise SourceFormatError(
                    f"a value has more than {self._limits.value_characters:,} characters "
                    "(limit value_characters)",
                    self._where(event), "shorten it",
                )  # fmt: skip
            value = _scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(events, path, depth)
        else:
            value = self._sequence(events, path, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._count - before)
        return value

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise SourceFormatError(
                f'"*{event.anchor}" stands for nothing above it',
                self._where(event),
                f'mark the value it repeats with "&{event.anchor}"',
            )
        value, count = self._anchors[event.anchor]
        self._count += count
        self._repeated += count
        if self._repeated > self._limits.aliased_values:
            raise SourceFormatError(
                f"aliases of the file repeat more than {self._limits.aliased_values:,} values "
                "(limit aliased_values)",
                self._where(event),
                "write the values out, or use fewer aliases (*name)",
            )
        return value

    def _mapping(self, events: Iterator[Any], path: FieldPath, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            if key in result:
                raise SourceFormatError(
                    f'the key "{key}" stands here a second time',
                    self._where(event),
                    f"it was written in line {self._lines[(*path, key)]} already; keep one of them",
                )
            self._lines[(*path, key)] = event.start_mark.line + 1
            result[key] = self._value(next(events), events, (*path, key), depth + 1)
        return result

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise SourceFormatError(
                "a key must be plain text", self._where(event), "write name: value"
            )
        key: str = event.value
        if key == "<<" and event.style not in _QUOTED:
            raise SourceFormatError(
                'merge keys ("<<") are not read', self._where(event), "write the fields out"
            )
        return key

    def _sequence(self, events: Iterator[Any], path: FieldPath, depth: int) -> list[Any]:
        result: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            result.append(self._value(event, events, (*path, len(result)), depth + 1))
        return result

    def _where(self, event: Any) -> Location:
        return Location(self._file, line=_line_of(event))


def _scalar(event: Any) -> object:
    text: str = event.value
    if event.style in _QUOTED or event.tag == _TEXT_TAG or len(text) > _MAX_DIGITS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
