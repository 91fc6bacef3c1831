"""``report.yaml`` to a checked definition; every problem with file, line, field, reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.errors import DefinitionError, Problem, SourceNotFoundError, near_name_hint
from generator.model.report import DocumentDefinition, ReportDefinition, ReportEntry
from generator.sources.files import names_beside, place_of, read_source
from generator.sources.validation import validate
from generator.sources.yaml_text import FieldPath, YamlDocument, read_yaml


def read_definition(path: Path, *, needs_files: bool = True) -> ReportDefinition:
    """Return the definition in a file; its paths are relative to the folder of the file.

    Without ``needs_files`` what it is made from may be missing.

    Raises:
        SourceNotFoundError: the file is not there.
        SourceFormatError: it is not valid YAML.
        DefinitionError: with a problem for each entry that is wrong and each file that is missing.
    """
    folder = path.resolve().parent
    data, shown = read_source(path.resolve(), folder)
    document = read_yaml(data, shown)
    entry = validate(ReportEntry, document, DefinitionError)
    if wrong := list(_wrong_names(entry, folder, document)):
        raise DefinitionError.of(wrong)
    missing = _missing_files(entry, folder, document) if needs_files else ()
    problems = [*missing, *_wrong_outputs(entry, document)]
    if problems:
        raise DefinitionError.of(problems)
    return ReportDefinition(
        file=shown,
        folder=folder,
        entry=entry,
        data=tuple((folder / name).resolve() for name in entry.data),
        output=(folder / entry.output).resolve(),
        lines=document.lines,
    )


def _editions(entry: ReportEntry) -> Iterator[tuple[FieldPath, DocumentDefinition]]:
    for name, editions in entry.documents.items():
        for language, edition in editions.items():
            yield ("documents", name, language), edition


def _inputs(entry: ReportEntry) -> Iterator[tuple[FieldPath, str]]:
    """Yield the data files and templates that a definition names, with their fields."""
    yield from ((("data", number), name) for number, name in enumerate(entry.data))
    yield from (((*path, "template"), edition.template) for path, edition in _editions(entry))


def _wrong_names(entry: ReportEntry, folder: Path, document: YamlDocument) -> Iterator[Problem]:
    """Yield names of files that are none: with signs that no name can hold, or far too long."""
    tables = ((("datasets", name, "file"), d.file) for name, d in entry.datasets.items())
    databases = ((("databases", name, "file"), d.file) for name, d in entry.databases.items())
    for path, name in (*_inputs(entry), *tables, *databases, (("output",), entry.output)):
        if name is None:
            continue
        try:
            place_of(folder, name)
        except SourceNotFoundError as error:
            yield Problem(error.message, document.where(path), error.hint, code="definition")


def _missing_files(entry: ReportEntry, folder: Path, document: YamlDocument) -> Iterator[Problem]:
    for path, name in _inputs(entry):
        target = folder / name
        if not target.is_file():
            yield Problem(
                f'there is no file "{name}"',
                document.where(path),
                near_name_hint(target.name, names_beside(target))
                or f"paths are relative to the folder of {document.file}",
                code="definition",
            )


def _wrong_outputs(entry: ReportEntry, document: YamlDocument) -> Iterator[Problem]:
    """Yield two editions that write one file, and endings that template and output disagree on."""
    seen: dict[str, str] = {}
    for path, edition in _editions(entry):
        where = document.where((*path, "output"))
        key = edition.output.casefold()
        if key in seen:
            yield Problem(
                f'"{edition.output}" is the output of {seen[key]} already',
                where,
                "give each edition a file of its own",
                code="definition",
            )
        seen.setdefault(key, f"{path[1]}, {path[2]}")
        if Path(edition.output).suffix != Path(edition.template).suffix.lower():
            yield Problem(
                f'the template "{edition.template}" cannot give "{edition.output}"',
                where,
                "use the same ending for both",
                code="definition",
            )
