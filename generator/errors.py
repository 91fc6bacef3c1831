"""The one family of errors and findings, and the places they point at.

Nothing here knows files, XML or a format; everything else may import it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning", "info"]

#: Characters of a message or hint.
_MOST_TOLD = 500
#: Names that a near one is looked for among, and characters of a name that may be a slip.
_MOST_NAMES, _LONGEST_NAME = 5_000, 100


@dataclass(frozen=True, slots=True)
class Location:
    """A place as a person sees it: a file and the steps into it, outermost first.

    ``steps`` read like ``("slide 4", 'shape "Sales"')`` or ``("table 2", "row 3", "column 1")``.
    ``text`` is the text around the place, for a reader who searches for it.
    """

    file: str | None = None
    steps: tuple[str, ...] = ()
    line: int | None = None
    text: str | None = None

    def inside(self, *steps: str) -> Location:
        """Return this place with further steps into it."""
        return replace(self, steps=(*self.steps, *steps))

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.line is not None:
            parts.append(f"line {self.line}")
        parts.extend(self.steps)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding that may stand beside a result: what is wrong, where, what to do."""

    message: str
    where: Location | None = None
    hint: str | None = None
    severity: Severity = "error"
    code: str = "report"

    def __post_init__(self) -> None:
        """Keep what is told short: a name in a template may have a million characters."""
        if "\n" in self.message or "\r" in self.message:
            object.__setattr__(self, "message", " ".join(self.message.split()))
        if len(self.message) > _MOST_TOLD:
            object.__setattr__(self, "message", _shortened(self.message))
        if self.hint is not None and len(self.hint) > _MOST_TOLD:
            object.__setattr__(self, "hint", _shortened(self.hint))

    def __str__(self) -> str:
        place = str(self.where) if self.where else ""
        head = f"{place}: {self.message}" if place else self.message
        return f"{head}\nhint: {self.hint}" if self.hint else head


def _shortened(text: str) -> str:
    """Return the beginning and the end of a text: the end often says which limit was hit."""
    half = _MOST_TOLD // 2 - 3
    return f"{text[:half]} ... {text[-half:]}"


class ReportError(Exception):
    """Base of all errors that a user can cause and mend.

    Holds one or more ``problems``; ``message``, ``where`` and ``hint`` are those of the first.
    """

    code = "report"

    def __init__(
        self,
        message: str,
        where: Location | None = None,
        hint: str | None = None,
        *,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems) or (
            Problem(message, where, hint, code=self.code),
        )
        super().__init__(message, where, hint)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> ReportError:
        """Return one error that carries all ``problems``; there must be at least one."""
        first = problems[0]
        return cls(first.message, first.where, first.hint, problems=problems)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self).of, (self.problems,))

    @property
    def message(self) -> str:
        return self.problems[0].message

    @property
    def where(self) -> Location | None:
        return self.problems[0].where

    @property
    def hint(self) -> str | None:
        return self.problems[0].hint

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class DefinitionError(ReportError):
    """``report.yaml`` asks for something that does not exist or contradicts itself."""

    code = "definition"


class ChoiceError(DefinitionError):
    """A document or language is asked for that the report does not have."""

    code = "choice"


class DataError(ReportError):
    """Data cannot be read or are not what they claim to be."""

    code = "data"


class SourceNotFoundError(DataError):
    """A data file is not there."""

    code = "source-not-found"


class SourceFormatError(DataError):
    """A data file cannot be parsed."""

    code = "source-format"


class MissingColumnError(DataError):
    """A needed column or key is absent."""

    code = "missing-column"


class ValueTypeError(DataError):
    """A value has the wrong type or is out of range."""

    code = "value-type"


class TemplateError(ReportError):
    """A template cannot be compiled or rendered.

    ``problems_with`` gives what else would be wrong with some data, where tags are wrong that have
    nothing to do with data; it does not outlive pickling.
    """

    code = "template"
    problems_with: Callable[[Mapping[str, object]], list[Problem]] | None = None

    def with_data(self, contexts: Iterable[Mapping[str, object]]) -> ReportError:
        """Return this error with the problems that data, tried one after the other, add to it."""
        if self.problems_with is None:
            return self
        told = dict.fromkeys(self.problems)
        for context in contexts:
            told |= dict.fromkeys(self.problems_with(context))
        return type(self).of(tuple(told))


class TemplateNotFoundError(TemplateError):
    """A template file is not there."""

    code = "template-not-found"


class TagSyntaxError(TemplateError):
    """A tag is not valid Jinja2 or not closed."""

    code = "tag-syntax"


class BlockMismatchError(TemplateError):
    """A block is not closed, closed twice, or crosses another."""

    code = "block-mismatch"


class BlockScopeError(TemplateError):
    """A block holds a part of the document that cannot be repeated or dropped as a whole."""

    code = "block-scope"


class UndefinedNameError(TemplateError):
    """A tag asks for a name that the context does not have."""

    code = "undefined-name"


class ExpressionError(TemplateError):
    """An expression fails while it is evaluated."""

    code = "expression"


class LimitError(TemplateError):
    """A template or its data exceed a limit; the message names the setting."""

    code = "limit"


class ChartError(ReportError):
    """A chart cannot be made."""

    code = "chart"


class UnsupportedChartError(ChartError):
    """A chart kind is unknown, or cannot be drawn in the place asked for."""

    code = "unsupported-chart"


class SeriesLengthError(ChartError):
    """A series has another number of values than there are categories."""

    code = "series-length"


class PackageError(ReportError):
    """An Office file cannot be used."""

    code = "package"


class NotAPackageError(PackageError):
    """A file is not a .docx or .pptx at all."""

    code = "not-a-package"


class MissingPartError(PackageError):
    """A part that the format demands is absent."""

    code = "missing-part"


class UnsoundPackageError(PackageError):
    """A package is damaged, or built to do harm."""

    code = "unsound-package"


class OutputError(ReportError):
    """A result cannot be written."""

    code = "output"


class DeliveryError(ReportError):
    """An edition cannot be delivered to a target."""

    code = "delivery"


class TargetDownError(DeliveryError):
    """A target does not take a delivery now; a later try may succeed."""


class BatchError(ReportError):
    """Holds the failures of the single reports of a batch."""

    code = "batch"


def near_name_hint(name: str, known: Sequence[str]) -> str | None:
    """Return ``did you mean "revenue"?`` for the nearest of ``known``, or None."""
    if len(name) > _LONGEST_NAME:
        return None
    nearest = get_close_matches(name, known[:_MOST_NAMES], n=1, cutoff=0.6)
    return f'did you mean "{nearest[0]}"?' if nearest else None
