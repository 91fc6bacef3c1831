"""Names of results that depend on data: patterns with tags, and what no file may be called."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from generator.errors import ChoiceError, Location, OutputError, near_name_hint

_TAG = re.compile(r"\{[{%#]")
#: Signs that a file system or a reader's eye takes for something else: separators, controls, turns
#: of the writing direction, halves of characters.
_BAD_SIGN = re.compile(
    r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]'
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.I)
_MAX_NAME = 240  # bytes of one name; file systems stop at 255, and temporary names are longer
#: Filters for the names of results.
_NAME_FILTERS = (
    "abs", "capitalize", "default", "first", "int", "join", "last", "length", "lower", "replace",
    "round", "string", "title", "trim", "truncate", "upper",
)  # fmt: skip


_SINGLE = re.compile(r"\{([^{}]+)\}")
_TAGS = re.compile(r"\{\{.*?\}\}")
_PLAIN_TAG = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")
_WORDS_OF_JINJA = frozenset(("true", "false", "none", "True", "False", "None"))

#: Makes the name of a result from the names of its row; the place is for messages.
NameOf = Callable[[Mapping[str, object], Location], str]


def has_tag(pattern: str) -> bool:
    """Return whether a name depends on data."""
    return _TAG.search(pattern) is not None


def split_pattern(out: str) -> tuple[str, str]:
    """Return the folder that is written before the first tag, and the pattern behind it."""
    tag = _TAG.search(out)
    cut = max(out.rfind(sign, 0, tag.start() if tag else len(out)) for sign in ("/", os.sep)) + 1
    return out[:cut], out[cut:]


def name_key(name: str) -> str:
    """Return what two names have in common that a file system may take for one."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def with_tags(pattern: str) -> str:
    """Return a pattern in which a column in single braces, ``{region}``, is a tag like the others.

    Raises:
        ChoiceError: a brace stands alone.
    """
    pieces = re.split(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", pattern)
    for number in range(0, len(pieces), 2):
        pieces[number] = _SINGLE.sub(_tag_of, pieces[number])
    lone = next((sign for piece in pieces[::2] for sign in "{}"
                 if sign in _TAGS.sub("", piece)), None)  # fmt: skip
    if lone is not None:
        raise ChoiceError(f'a "{lone}" stands alone in the name of the result', Location("--out"),
                          "write it like 'letters/{name}.docx'")  # fmt: skip
    return "".join(pieces)


def _tag_of(match: re.Match[str]) -> str:
    name = match[1].strip()
    return f"{{{{ {name} }}}}" if name.isidentifier() else f"{{{{ row[{name!r}] }}}}"


def result_pattern(pattern: str) -> NameOf:
    """Return what makes the name of a result from the names of its row.

    The function raises OutputError where a name cannot be made.

    Raises:
        ChoiceError: the pattern is none.
    """
    from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, meta
    from jinja2.exceptions import SecurityError
    from jinja2.exceptions import TemplateError as JinjaError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def part(value: object) -> object:
        """Refuse a value that would lead into another folder, or that no system can store."""
        text = str(value)
        found = _BAD_SIGN.search(text)
        if found is not None:
            raise OutputError(
                f'"{text}" cannot be part of a file name: it holds {found[0]!a}', None,
                "replace the sign in the name, as in {{ name | replace('/', '-') }}",
            )  # fmt: skip
        return text

    class NameEnvironment(ImmutableSandboxedEnvironment):
        """Names need values, comparisons and a few filters; what could grow is not there."""

        intercepted_binops = frozenset(("*", "**", "%"))

        def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
            raise SecurityError(f'"{operator}" has no place in a file name')

        def is_safe_callable(self, _: object) -> bool:
            return False

    environment = NameEnvironment(undefined=StrictUndefined, finalize=part)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _NAME_FILTERS}
    try:
        template = environment.from_string(pattern)
        wanted = sorted(meta.find_undeclared_variables(environment.parse(pattern)))
    except TemplateSyntaxError as error:
        raise ChoiceError(
            f"the name of the result is no valid pattern: {error.message}", Location("--out"),
            "write it like 'letters/{{ name }}.docx'",
        ) from error  # fmt: skip
    except OutputError as error:
        raise OutputError(error.message, Location("--out"), error.hint) from error

    def name_of(row: Mapping[str, object], where: Location) -> str:
        try:
            return template.render(row)
        except OutputError as error:
            raise OutputError(error.message, where, error.hint) from error
        except UndefinedError as error:
            known = [name for name in row if not callable(row[name])]
            missing = next((name for name in wanted if name not in row), None)
            if missing is None:
                raise OutputError(f"the name of the result cannot be made: {error}",
                                  where) from error  # fmt: skip
            raise OutputError(
                f'the name of the result asks for "{missing}", which is not there', where,
                near_name_hint(missing, known) or f"there are: {', '.join(known[:12])}",
            ) from error  # fmt: skip
        except (JinjaError, ArithmeticError, TypeError, ValueError) as error:
            raise OutputError(
                f"the name of the result cannot be made: {error}", where,
                "write it like 'letters/{{ name }}.docx'",
            ) from error  # fmt: skip

    return _quick(pattern, name_of)


def _quick(pattern: str, slow: NameOf) -> NameOf:
    """Return a function that joins a pattern of plain names itself; ``slow`` does all else."""
    pieces = _PLAIN_TAG.split(pattern)
    if any("{" in text for text in pieces[::2]) or _WORDS_OF_JINJA & {*pieces[1::2]}:
        return slow
    names = tuple(pieces[1::2])
    form = "{}".join(text.replace("}", "}}") for text in pieces[::2]).format

    def name_of(row: Mapping[str, object], where: Location) -> str:
        try:
            parts = [str(row[name]) for name in names]
        except KeyError:
            return slow(row, where)
        if _BAD_SIGN.search("".join(parts)) is not None:
            return slow(row, where)
        return form(*parts)

    return name_of


def check_name(name: str, base: Path, where: Location) -> None:
    """Refuse a name that is no safe file below ``base``."""
    check_words(name, where)
    if not (base / name).resolve().is_relative_to(base.resolve()):
        raise OutputError(f'"{name}" lies outside of the output folder', where,
                          "remove the link that leads out of it")  # fmt: skip


def check_words(name: str, where: Location | None) -> None:
    """Refuse a name that is no safe file, wherever it lies."""
    for step in name.split("/"):
        stem = step.split(".")[0].strip()
        if not stem:
            reason = "the name is empty or begins with a full stop"
        elif _BAD_SIGN.search(step):
            reason = "the name holds a sign that file names cannot hold"
        elif _RESERVED.fullmatch(stem):
            reason = f'Windows keeps the name "{stem}" for a device'
        elif step != step.strip() or step.endswith("."):
            reason = "the name begins or ends with a space or a full stop"
        elif len(step.encode(errors="surrogatepass")) > _MAX_NAME:
            reason = f"the name is longer than {_MAX_NAME} bytes"
        else:
            continue
        raise OutputError(f'"{name}" cannot be written: {reason}', where,
                          "use another column for the name")  # fmt: skip
