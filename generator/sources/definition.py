"""``report.yaml`` to a checked definition; every problem with file, line, field, reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.errors import DefinitionError, Problem, near_name_hint
from generator.model.report import DocumentDefinition, ReportDefinition, ReportEntry
from generator.sources.files import names_beside, read_source
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
    )


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
