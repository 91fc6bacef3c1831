"""From pydantic's findings to problems with file, line, field, reason and what to do."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.errors import Problem, near_name_hint
from generator.sources.yaml_text import Path, YamlDocument

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], document: YamlDocument, code: str) -> Model | list[Problem]:
    """Return the model made of a document's values, or all problems of it in order of lines."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        problems = [_problem(details, model, document, code) for details in error.errors()]
        return sorted(problems, key=lambda p: (p.where.line or 0) if p.where else 0)


def _problem(
    details: ErrorDetails, model: type[BaseModel], document: YamlDocument, code: str
) -> Problem:
    path: Path = tuple(part for part in details["loc"] if part != "[key]")
    kind, value = details["type"], details.get("input")
    hint = None
    if kind == "missing":
        message = f'"{path[-1]}" is missing'
        hint = "add it"
        path = path[:-1]
    elif kind == "extra_forbidden":
        message = f'"{path[-1]}" is not known here'
        hint = near_name_hint(str(path[-1]), _field_names(model, path[:-1])) or "drop it"
        if " " in str(path[-1]) and value is None:
            hint = "put quotes around a text that holds a comma"
    elif kind == "string_pattern_mismatch":
        message = f'"{value}" is not a name; use small letters, digits and _'
    elif kind in ("enum", "literal_error"):
        expected = details.get("ctx", {}).get("expected", "")
        message = f'"{value}" is none of {expected}'
        choices = [word.strip(" '") for word in str(expected).replace(" or ", ",").split(",")]
        hint = near_name_hint(str(value), choices)
    elif kind.startswith("value_error"):
        message = str(details.get("ctx", {}).get("error", details["msg"]))
    else:
        shown = _shown(value)
        message = f"{shown} does not fit: {_small(details['msg'])}"
    return Problem(message, document.where(path), hint, code=code)


def _small(message: str) -> str:
    text = message.removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text[:40]}..."' if len(text) > 40 else f'"{text}"'


def _field_names(model: type[BaseModel], path: Path) -> list[str]:
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
