"""What the options of a single template say: data files, single values, the folder of pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import ChoiceError, Location, SourceNotFoundError
from generator.model.limits import limits_in_force


@dataclass(frozen=True, slots=True)
class Inputs:
    """The names for a template, the folder of its pictures, and the files that gave the names."""

    context: dict[str, object]
    folder: Path
    paths: tuple[Path, ...]


def read_inputs(
    template: Path,
    data: Sequence[Path],
    format: str | None,
    names: Sequence[str],
    settings: Sequence[str],
    files: Path | None,
) -> Inputs:
    """Return what the options of a command say.

    Raises:
        ChoiceError: the options contradict each other.
        DataError: a file is wrong, or two of them give one name.
    """
    from generator.build.single import DataSource, read_data, read_settings

    piped = [path for path in data if str(path) == "-"]
    if len(piped) > 1:
        raise ChoiceError("standard input can be read once only", Location("--data"))
    if piped and format is None:
        raise ChoiceError("standard input has no ending that tells its format",
                          Location("--data"), "add --format yaml, json, csv or tsv")  # fmt: skip
    wrong = next((name for name in names if not name.isidentifier()), None)
    if wrong is not None:
        raise ChoiceError(f'"{wrong}" is no name that a template could use', Location("--name"),
                          "use letters, digits and _")  # fmt: skip
    paths = tuple(path for path in data if str(path) != "-")
    sources = [
        DataSource(None, format, _standard_input())
        if str(path) == "-"
        else DataSource(path, format)
        for path in data
    ]
    if files is not None and not files.is_dir():
        raise SourceNotFoundError("there is no such folder", Location(str(files)))
    folder = files or (paths[0].parent if paths else template.parent)
    context = read_data(sources, names=names, settings=read_settings(settings))
    return Inputs(context, folder, paths)


def _standard_input() -> bytes:
    stream = getattr(sys.stdin, "buffer", None)
    return stream.read(limits_in_force().data_bytes + 1) if stream is not None else b""
