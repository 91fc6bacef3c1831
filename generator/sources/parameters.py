"""Parameters of a report: values with a name that stand in its definition as ``{name}``.

A definition gives each a value of its own; a batch gives them those of a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from generator.errors import DefinitionError, Problem
from generator.sources.yaml_text import FieldPath, YamlDocument

FIELD = "parameters"
#: Parts of a definition that are about where results go and what may be reached: never filled in.
_FIXED = frozenset(
    (FIELD, "deliver", "schedule", "databases", "network", "limits", "history", "extraction")
)
#: Fields of datasets into which no text is pasted: a value could change what they mean.
_UNSAFE = ("query", "url", "headers", "database")
#: Fields that take values as they are, numbers as numbers.
_TYPED = frozenset(("where", "parameters"))
#: Fields that name a file; a value is part of a name there and leads nowhere else.
_FILES = ("file", "template", "output")
_BAD_SIGN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def declared_parameters(document: YamlDocument) -> dict[str, object]:
    """Return the parameters of a definition with their values, as they stand there."""
    value = document.value.get(FIELD) if isinstance(document.value, dict) else None
    return dict(value) if isinstance(value, dict) else {}


def with_parameters(
    document: YamlDocument, given: Mapping[str, object] | None = None
) -> tuple[YamlDocument, dict[str, object]]:
    """Return a definition with its parameters filled in, and all of their values.

    ``given`` values stand for those of the definition; further ones are kept for templates.

    Raises:
        DefinitionError: a parameter stands where none may, or has a value that is no file name.
    """
    declared = declared_parameters(document)
    values = {**declared, **(given or {})}
    if not declared:
        return document, values
    filler = _Filler({name: values[name] for name in declared}, document)
    filled = {
        key: item if key in _FIXED else filler.fill(item, (key,))
        for key, item in document.value.items()
    }
    if filler.problems:
        raise DefinitionError.of(filler.problems)
    return replace(document, value=filled), values


def uses_parameters(item: object, names: Mapping[str, object]) -> bool:
    """Return whether a parameter stands anywhere in a part of a definition."""
    return any(f"{{{name}}}" in text for text in _texts(item) for name in names)


def _texts(item: object) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        for value in item.values():
            yield from _texts(value)
    elif isinstance(item, list):
        for value in item:
            yield from _texts(value)


class _Filler:
    """Fills parameters into the values of a definition; ``problems`` tell what does not fit."""

    def __init__(self, values: Mapping[str, object], document: YamlDocument) -> None:
        self.problems: list[Problem] = []
        self._values = values
        self._document = document
        self._pattern = re.compile(
            "|".join(re.escape(f"{{{name}}}") for name in sorted(values, key=len, reverse=True))
        )

    def fill(self, item: Any, path: FieldPath) -> Any:
        if isinstance(item, dict):
            return {key: self.fill(value, (*path, key)) for key, value in item.items()}
        if isinstance(item, list):
            return [self.fill(value, (*path, number)) for number, value in enumerate(item)]
        if not isinstance(item, str) or not self._pattern.search(item):
            return item
        if path[0] == "datasets" and any(step in _UNSAFE for step in path[2:3]):
            told = f"a parameter stands in the {path[2]} of a dataset"
            hint = 'write ":name" there and beside it parameters: {name: "{name}"}'
            self._tell(path, told, hint)
            return item
        if _TYPED & {*path} and self._pattern.fullmatch(item):
            return self._values[item[1:-1]]
        return self._pattern.sub(lambda found: self._text(found[0][1:-1], path), item)

    def _text(self, name: str, path: FieldPath) -> str:
        value = self._values[name]
        text = "" if value is None else str(value)
        is_name = path[0] == "data" or path[-1] in _FILES
        if is_name and (_BAD_SIGN.search(text) or text.strip(". ") == ""):
            self._tell(path, f'"{text}" (parameter {name}) cannot be part of a file name',
                       "give it a value without / and the like")  # fmt: skip
        return text

    def _tell(self, path: FieldPath, message: str, hint: str) -> None:
        self.problems.append(
            Problem(message, self._document.where(path), hint, code=DefinitionError.code)
        )
