"""Finding the report of a command, and starting a fresh one from the report that is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.errors import Location, OutputError, ReportError, SourceNotFoundError, near_name_hint

DEFINITION = "report.yaml"
#: What makes up the shipped report; setup.py copies the same into the wheel.
STARTER = (DEFINITION, "data/**/*", "templates/*/*.docx", "templates/*/*.pptx")
_PACKAGE = Path(__file__).resolve().parents[1]
_GITIGNORE = "output/\n.cache/\n~$*\n"


def find_definition(asked: Path | None, home: Path | None = None) -> Path:
    """Return the definition that is asked for, else the one of the current folder or above it.

    ``home`` is where to look last: the folder of the script that was started.

    Raises:
        SourceNotFoundError: there is none, or it is out of reach.
    """
    try:
        if asked is not None:
            return _existing(asked / DEFINITION if asked.is_dir() else asked)
        return _nearest(_current_folder(), home)
    except OSError as error:  # a name too long, a folder that may not be read
        raise SourceNotFoundError(
            f"it cannot be reached: {error.strerror}", Location(str(asked or Path()))
        ) from error


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise SourceNotFoundError(
            "the current folder no longer exists", None, "change into another folder"
        ) from error


def _nearest(here: Path, home: Path | None) -> Path:
    folders = [here, *here.parents, *([home] if home else [])]
    for folder in folders:
        if (folder / DEFINITION).is_file():
            return folder / DEFINITION
    raise SourceNotFoundError(
        f"there is no {DEFINITION} in this folder or above it", Location(str(here)),
        'start a report with the command "new DIR", or name one with --report FILE',
    )  # fmt: skip


def _existing(path: Path) -> Path:
    if path.exists():
        return path
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    raise SourceNotFoundError(
        "there is no such file" if path.parent.is_dir() else "there is no such folder",
        Location(str(path if path.parent.is_dir() else path.parent)),
        near_name_hint(path.name, beside),
    )


def start_project(folder: Path) -> list[Path]:
    """Copy the shipped report into a new or empty folder and return the files written.

    Raises:
        OutputError: the folder holds something already, or cannot be written.
    """
    where = Location(str(folder))
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OutputError(
                "it exists and is not an empty folder" if folder.is_dir() else "it is a file",
                where, "name a folder that is new or empty",
            )  # fmt: skip
        return list(_copy_starter(starter_folder(), folder))
    except OSError as error:
        raise OutputError(
            f"the folder cannot be written: {error.strerror}", where,
            "choose a place where you may write",
        ) from error  # fmt: skip


def starter_folder() -> Path:
    """Return the folder of the shipped report: in an installation, or the root of a checkout.

    Raises:
        ReportError: the installation lacks it.
    """
    for folder in (_PACKAGE / "starter", _PACKAGE.parent):
        if (folder / DEFINITION).is_file() and (folder / "templates").is_dir():
            return folder
    raise ReportError(
        "this installation lacks the report that new ones start from", Location(str(_PACKAGE)),
        "install the program again",
    )  # fmt: skip


def _copy_starter(starter: Path, folder: Path) -> Iterator[Path]:
    for source in starter_files(starter):
        target = folder / source.relative_to(starter)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        yield target
    ignored = folder / ".gitignore"
    ignored.write_text(_GITIGNORE, encoding="utf-8")
    yield ignored


def starter_files(root: Path) -> list[Path]:
    """Return the files below ``root`` that make up the shipped report."""
    return [
        path
        for pattern in STARTER
        for path in sorted(root.glob(pattern))
        if path.is_file() and not path.name.startswith((".", "~$"))
    ]
