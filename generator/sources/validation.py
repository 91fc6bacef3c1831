"""From pydantic's findings to problems with file, line, field, reason and what to do."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.errors import DataError, DefinitionError, Problem, near_name_hint
from generator.sources.yaml_text import FieldPath, YamlDocument

Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], document: YamlDocument, failure: type[DataError] | type[DefinitionError]
) -> Model:
    """Return the model made of a document's values.

    Raises:
        ReportError: of the class ``failure``, with all problems of the document by line.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        found = [_problem(details, model, document, failure.code) for details in error.errors()]
        problems = sorted(found, key=lambda p: (p.where.line or 0) if p.where else 0)
        raise failure.of(problems) from error


#: Kinds of pydantic's findings: what is wrong with "{value}", what to do.
_BELOW = "write them below, as name: value"
_REASONS = {
    "string_type": ('"{value}" is not text', "put quotes around it"),
    "string_too_short": ("the text is empty", "write something, or drop the field"),
    "model_type": ('"{value}" stands where fields are expected', _BELOW),
    "dict_type": ('"{value}" stands where names are expected', _BELOW),
    "tuple_type": ('"{value}" is not a list', "write it as a list: [first, second]"),
    "list_type": ('"{value}" is not a list', "write it as a list: [first, second]"),
    "too_short": ("the list is too short", "add what is missing"),
    "too_long": ("the list is too long", "drop what is too much"),
    "int_type": ('"{value}" is not a whole number', "write digits only"),
    "int_parsing": ('"{value}" is not a whole number', "write digits only"),
    "string_pattern_mismatch": ('"{value}" is not a name', "use small letters, digits and _"),
}


def _problem(
    details: ErrorDetails, model: type[BaseModel], document: YamlDocument, code: str
) -> Problem:
    kind, value = details["type"], details.get("input")
    path = _path_in(document, details["loc"], keeps_last=kind in ("missing", "extra_forbidden"))
    hint: str | None
    if kind == "missing":
        message, hint, path = f'"{path[-1]}" is missing', "add it", path[:-1]
    elif kind == "extra_forbidden":
        message = f'"{path[-1]}" is not known here'
        hint = near_name_hint(str(path[-1]), _field_names(model, path[:-1])) or "drop it"
        if value is None:
            hint = "if it belongs to the text before it, put quotes around that text"
    elif kind in ("enum", "literal_error"):
        expected = str(details.get("ctx", {}).get("expected", ""))
        choices = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
        message = f'"{_shown(value)}" is none of {expected}'
        hint = near_name_hint(str(value), choices) or "write one of these"
    elif kind == "value_error":
        reason = details["ctx"]["error"]
        message, hint = str(reason), getattr(reason, "hint", None)
    elif kind == "model_type" and not path:  # perhaps no file of ours at all: nothing is quoted
        message, hint = "the file holds no fields", "write name: value, or name another file"
    elif kind in _REASONS:
        message, hint = (text.format(value=_shown(value)) for text in _REASONS[kind])
    else:
        message = f'"{_shown(value)}" does not fit: {_small(details["msg"])}'
        hint = "correct the value"
    return Problem(message, document.where(path), hint, code=code)


def _path_in(document: YamlDocument, loc: tuple[int | str, ...], keeps_last: bool) -> FieldPath:
    """Return a finding's way in the document, without the steps that only the model has."""
    path: FieldPath = ()
    for position, part in enumerate(loc):
        is_last = position == len(loc) - 1
        if (*path, part) in document.lines or (is_last and keeps_last):
            path = (*path, part)
    return path


def _small(message: str) -> str:
    text = message.removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _shown(value: Any) -> str:
    text = str(value)
    return f"{text[:40]}..." if len(text) > 40 else text


def _field_names(model: type[BaseModel], path: FieldPath) -> list[str]:
    """Return the names that may stand at a path of a model; none where that cannot be told."""
    current: Any = model
    for part in path:
        fields = getattr(current, "model_fields", None)
        if fields is not None:
            current = fields[part].annotation if part in fields else None
        else:
            current = getattr(current, "__args__", (None,))[-1]
        current = _without_none(current)
    fields = getattr(current, "model_fields", None)
    return list(fields) if fields else []


def _without_none(kind: Any) -> Any:
    """Return the one type of ``T | None``; other types as they are."""
    arguments = [a for a in getattr(kind, "__args__", ()) if a is not type(None)]
    has_none = len(arguments) != len(getattr(kind, "__args__", ()))
    return arguments[0] if has_none and len(arguments) == 1 else kind
