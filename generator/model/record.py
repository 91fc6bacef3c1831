"""What all validated records share: strictness, names, texts in two languages, reasons."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    StringConstraints,
    Tag,
)

_FACT_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class Unfit(ValueError):  # noqa: N818 - not an error of its own: a reason that becomes a problem
    """Why a value does not fit its field, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def _fact_id(value: str) -> str:
    if _FACT_ID.fullmatch(value) is None:
        raise Unfit(f'"{value}" is no fact', "write its group and name, as in growth.gdp")
    return value


#: A name in a definition or a data file: small letters, digits, ``_``.
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
#: The id of a fact: ``group.name``.
FactId = Annotated[str, AfterValidator(_fact_id)]
#: A text that is not empty.
Text = Annotated[str, StringConstraints(min_length=1)]


class Record(BaseModel):
    """Base of the values that are read from YAML: frozen, and no unknown field passes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Record):
    """A text in each language of the report."""

    zh: Text
    en: Text

    def in_language(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def _kind_of_wording(value: object) -> str:
    return "text" if isinstance(value, str) else "words"


#: A text in each language, or one for all of them.
Wording = Annotated[
    Annotated[Words, Tag("words")] | Annotated[Text, Tag("text")], Discriminator(_kind_of_wording)
]


def wording_in(words: Words | str | None, language: str) -> str:
    """Return a wording in one language; empty without one."""
    if words is None or isinstance(words, str):
        return words or ""
    return words.in_language(language)
