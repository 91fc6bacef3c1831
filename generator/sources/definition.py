"""``report.yaml`` to a checked definition; every problem with file, line, field, reason."""

from __future__ import annotations

import pathlib

from generator.errors import DefinitionError, Problem, near_name_hint
from generator.model.report import ReportDefinition, ReportEntry
from generator.sources.files import read_source
from generator.sources.validation import validate
from generator.sources.yaml_text import Path, YamlDocument, read_yaml


def read_definition(path: pathlib.Path) -> ReportDefinition:
    """Return the definition in a file; its paths are relative to the folder of the file.

    Raises:
        SourceNotFoundError: the file is not there.
        SourceFormatError: it is not valid YAML.
        DefinitionError: with a problem for each entry that is wrong and each file that is missing.
    """
    folder = path.resolve().parent
    data, shown = read_source(path.resolve(), folder)
    document = read_yaml(data, shown)
    result = validate(ReportEntry, document, "definition")
    if isinstance(result, list):
        raise DefinitionError.of(result)
    problems = [*_missing_files(result, folder, document), *_clashes(result, document)]
    if problems:
        raise DefinitionError.of(problems)
    return ReportDefinition(
        file=shown,
        folder=folder,
        entry=result,
        data=tuple((folder / name).resolve() for name in result.data),
        output=folder / result.output,
    )


def _missing_files(
    entry: ReportEntry, folder: pathlib.Path, document: YamlDocument
) -> list[Problem]:
    wanted: list[tuple[Path, str]] = [
        (("data", number), name) for number, name in enumerate(entry.data)
    ]
    for name, editions in entry.documents.items():
        for language, edition in editions.items():
            wanted.append((("documents", name, language, "template"), edition.template))
    problems = []
    for path, name in wanted:
        target = folder / name
        if not target.is_file():
            known = [p.name for p in target.parent.iterdir()] if target.parent.is_dir() else []
            problems.append(
                Problem(f'there is no file "{name}"', document.where(path),
                        near_name_hint(target.name, known) or f"looked in {target.parent.name}/",
                        code="definition")
            )  # fmt: skip
    return problems


def _clashes(entry: ReportEntry, document: YamlDocument) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    for name, editions in entry.documents.items():
        for language, edition in editions.items():
            key = edition.output.casefold()
            path = ("documents", name, language, "output")
            if key in seen:
                problems.append(
                    Problem(f'"{edition.output}" is the output of {seen[key]} already',
                            document.where(path), "give each edition a file of its own",
                            code="definition")
                )  # fmt: skip
            seen.setdefault(key, f"{name}, {language}")
            if pathlib.Path(edition.output).suffix != pathlib.Path(edition.template).suffix.lower():
                problems.append(
                    Problem(f'the template "{edition.template}" cannot give "{edition.output}"',
                            document.where(path), "use the same ending for both",
                            code="definition")
                )  # fmt: skip
    return problems
