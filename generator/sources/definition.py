"""``report.yaml`` to a checked definition; every problem with file, line, field, reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import DefinitionError, Problem, near_name_hint
from generator.model.report import DocumentDefinition, ReportDefinition, ReportEntry
from generator.sources.files import names_beside, read_source
from generator.sources.parameters import (
    declared_parameters,
    uses_parameters,
    with_parameters,
)
from generator.sources.validation import validate
from generator.sources.yaml_text import FieldPath, YamlDocument, read_yaml


def read_definition(
    path: Path, *, needs_files: bool = True, parameters: Mapping[str, object] | None = None
) -> ReportDefinition:
    """Return the definition in a file; its paths are relative to the folder of the file.

    Without ``needs_files`` what it is made from may be missing. ``parameters`` stand for those that
    the definition gives.

    Raises:
        SourceNotFoundError: the file is not there.
        SourceFormatError: it is not valid YAML.
        DefinitionError: with a problem for each entry that is wrong and each file that is missing.
    """
    folder = path.resolve().parent
    data, shown = read_source(path.resolve(), folder)
    document, values = with_parameters(read_yaml(data, shown), parameters)
    entry = validate(ReportEntry, document, DefinitionError)
    missing = _missing_files(entry, folder, document) if needs_files else ()
    problems = [*missing, *_wrong_outputs(entry, document), *_wrong_pdfs(entry, document)]
    if problems:
        raise DefinitionError.of(problems)
    return ReportDefinition(
        file=shown,
        folder=folder,
        entry=entry,
        data=tuple((folder / name).resolve() for name in entry.data),
        output=(folder / entry.output).resolve(),
        lines=document.lines,
        parameters=values,
    )


@dataclass(frozen=True, slots=True)
class Outline:
    """A definition before a row fills in its parameters.

    ``outputs`` are document, language and name as written, in the order in which they are built.
    ``files`` are what every row is made from, ``own_files`` patterns of what only one is;
    ``shared`` are datasets that no parameter has a part in.
    """

    parameters: Mapping[str, object]
    documents: tuple[str, ...]
    outputs: tuple[tuple[str, str, str], ...]
    output: Path
    files: tuple[str, ...]
    own_files: tuple[str, ...]
    shared: tuple[str, ...]
    is_remote: bool
    isolate: bool


def read_outline(path: Path) -> Outline:
    """Return the outline of a definition.

    Raises:
        ReportError: it is wrong, also with the values that it gives its parameters itself.
    """
    report = read_definition(path, needs_files=False)
    folder = path.resolve().parent
    data, shown = read_source(path.resolve(), folder)
    document = read_yaml(data, shown)
    parameters = declared_parameters(document)
    entry, value = report.entry, document.value
    places = [(name, language) for name, editions in entry.documents.items()
              for language in entry.languages if language in editions]  # fmt: skip
    tables = value.get("datasets") or {}
    written = [
        *(value.get("data") or ()),
        *(table.get("file") for table in tables.values()),
        *(value["documents"][name][language]["template"] for name, language in places),
    ]
    names = [name for name in dict.fromkeys(written) if name]
    return Outline(
        parameters,
        tuple(entry.documents),
        tuple((n, lang, str(value["documents"][n][lang]["output"])) for n, lang in places),
        report.output,
        tuple(name for name in names if not uses_parameters(name, parameters)),
        tuple(name for name in names if uses_parameters(name, parameters)),
        tuple(_shared_tables(entry, tables, parameters)),
        any(table.is_remote for table in entry.datasets.values()),
        entry.isolate,
    )


def _shared_tables(
    entry: ReportEntry, tables: Mapping[str, object], parameters: Mapping[str, object]
) -> Iterator[str]:
    """Yield datasets that are the same whatever the parameters are, and made of no other."""
    for name, table in entry.datasets.items():
        if not table.is_derived and not uses_parameters(tables[name], parameters):
            yield name


def _editions(entry: ReportEntry) -> Iterator[tuple[FieldPath, DocumentDefinition]]:
    for name, editions in entry.documents.items():
        for language, edition in editions.items():
            yield ("documents", name, language), edition


def _missing_files(entry: ReportEntry, folder: Path, document: YamlDocument) -> Iterator[Problem]:
    wanted: list[tuple[FieldPath, str]] = [
        *((("data", number), name) for number, name in enumerate(entry.data)),
        *(((*path, "template"), edition.template) for path, edition in _editions(entry)),
    ]
    for path, name in wanted:
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


def _wrong_pdfs(entry: ReportEntry, document: YamlDocument) -> Iterator[Problem]:
    """Yield unknown documents under ``pdf``, and two outputs whose PDF would be one file."""
    for number, name in enumerate(getattr(entry.pdf, "documents", ())):
        if name not in entry.documents:
            yield Problem(
                f'there is no document "{name}"',
                document.where(("pdf", "documents", number)),
                near_name_hint(name, list(entry.documents))
                or f"known: {', '.join(entry.documents)}",
                code="definition",
            )
    seen: dict[str, str] = {}
    for path, edition in _editions(entry):
        _, title, language = path
        if not entry.has_pdf(str(title), "zh" if language == "zh" else "en"):
            continue
        name = f"{Path(edition.output).stem}.pdf"
        if name.casefold() in seen:
            yield Problem(
                f'"{name}" would be the PDF of {seen[name.casefold()]}, too',
                document.where((*path, "output")),
                "give one of the two outputs another name, or write pdf: false under it",
                code="definition",
            )
        seen.setdefault(name.casefold(), f"{path[1]}, {path[2]}")
