"""Two editions side by side: which figures differ, and which files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.build.changes import FactState, FigureChange, compare, fact_state
from generator.editions.store import Edition, find_edition, folder_of, read_editions, read_facts
from generator.errors import ChoiceError, Location

#: Names the state of the data as they are now.
NOW = "now"


@dataclass(frozen=True, slots=True)
class EditionDifference:
    """What differs from one edition to another; names of files by what became of them."""

    old: str
    new: str
    figures: tuple[FigureChange, ...]
    changed_files: tuple[str, ...] = ()
    new_files: tuple[str, ...] = ()
    dropped_files: tuple[str, ...] = ()


def report_output(definition: Path) -> Path:
    """Return the output folder of a report.

    Raises:
        ReportError: the definition is wrong.
    """
    from generator.sources.definition import read_definition

    return read_definition(definition).output


def diff_editions(definition: Path, old: str | None, new: str | None) -> EditionDifference:
    """Return what differs between two editions: the last two, or one and the last, or as named.

    ``now`` names the data as they are.

    Raises:
        ChoiceError: there is no such edition, or there are not two.
        ReportError: the definition or the data are wrong.
    """
    output = report_output(definition)
    if old is None:
        old, new = _last_two(output)
    new = new or "last"
    before, now = _named(output, old), _named(output, new)
    figures = compare(_facts(definition, before), _facts(definition, now))
    if before is None or now is None:
        names = [NOW if edition is None else edition.name for edition in (before, now)]
        return EditionDifference(names[0], names[1], figures)
    first, second = before.digests, now.digests
    return EditionDifference(
        before.name,
        now.name,
        figures,
        tuple(name for name in second if name in first and first[name] != second[name]),
        tuple(name for name in second if name not in first),
        tuple(name for name in first if name not in second),
    )


def _last_two(output: Path) -> tuple[str, str]:
    names = [edition.name for edition in read_editions(output)]
    if len(names) < 2:
        raise ChoiceError(
            f"there {'is one edition' if names else 'are no editions'}, and two are compared",
            Location(str(folder_of(output))),
            "compare it with the data as they are: diff last now" if names
            else "keep one with: build --edition",
        )  # fmt: skip
    return names[-2], names[-1]


def _named(output: Path, name: str) -> Edition | None:
    return None if name == NOW else find_edition(output, name)


def _facts(definition: Path, edition: Edition | None) -> FactState:
    if edition is not None:
        return read_facts(edition)
    from generator.build.reading import read_report

    _, book = read_report(definition)
    return fact_state(book)
