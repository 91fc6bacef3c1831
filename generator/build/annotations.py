"""The files that a check can write beside its verdict: a SARIF log and a commented template."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.build.files import read_template, write_files
from generator.errors import Location, OutputError, Problem, ReportError

if TYPE_CHECKING:
    from generator.build.annotate_places import PlaceFinder

_OFFICE = (".docx", ".pptx")


def refuse_targets(
    inputs: Sequence[Path], template: Path | None, sarif: Path | None, comments: Path | None
) -> None:
    """Refuse results of another kind, or over a file that is being checked.

    Raises:
        OutputError: with a problem for each target.
    """
    problems = []
    if sarif is not None and sarif.suffix.lower() not in (".sarif", ".json"):
        problems.append(_refusal(sarif, "a SARIF log has another ending",
                                 "let its name end in .sarif or .json"))  # fmt: skip
    if comments is not None and template is not None:
        ending = template.suffix.lower()
        if comments.suffix.lower() != ending:
            problems.append(_refusal(comments, f"a template for {ending} cannot give this file",
                                     f"let its name end in {ending}"))  # fmt: skip
    for target in (sarif, comments):
        if target is not None and target.is_file() and any(
            path.is_file() and target.samefile(path) for path in inputs
        ):  # fmt: skip
            problems.append(_refusal(target, "the result would overwrite a file that is checked",
                                     "choose another name for the output"))  # fmt: skip
    if problems:
        raise OutputError.of(problems)


def _refusal(target: Path, message: str, hint: str) -> Problem:
    return Problem(message, Location(str(target)), hint, code=OutputError.code)


def write_annotations(
    problems: Sequence[Problem],
    *,
    folder: Path | None = None,
    sarif: Path | None = None,
    template: Path | None = None,
    comments: Path | None = None,
) -> list[Path]:
    """Write what is asked for and return the files written.

    ``folder`` is what the files that problems name are relative to. A template that cannot be read
    at all gets no commented copy.

    Raises:
        OutputError: a file cannot be written.
    """
    from generator.build.annotate_sarif import sarif_log

    files: dict[Path, bytes] = {}
    if sarif is not None:
        files[sarif] = sarif_log(problems, _Parts(folder or Path()).part_of)
    if comments is not None and template is not None:
        from generator.build.annotate import annotate

        try:
            files[comments] = annotate(read_template(template), str(template), problems)
        except OutputError:
            raise
        except ReportError:  # the problems tell why it cannot be read
            pass
    write_files(files)
    return list(files)


class _Parts:
    """Knows the parts of the Office files that problems name; reads each file once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._finders: dict[str, PlaceFinder | None] = {}

    def part_of(self, where: Location) -> str | None:
        file = where.file or ""
        if not where.steps or not file.lower().endswith(_OFFICE):
            return None
        if file not in self._finders:
            self._finders[file] = self._open(file)
        finder = self._finders[file]
        return finder.part_of(where) if finder is not None else None

    def _open(self, file: str) -> PlaceFinder | None:
        from generator.build.annotate_places import PlaceFinder
        from generator.office.package import read_package

        try:
            return PlaceFinder(read_package(read_template(self._folder / file), file))
        except ReportError:
            return None
