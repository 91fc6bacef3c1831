"""Reading data files, with one clear error where that fails."""

from __future__ import annotations

from pathlib import Path

from generator.errors import (
    Location,
    SourceFormatError,
    SourceNotFoundError,
    near_name_hint,
)
from generator.model.limits import limits_in_force


def shown_path(path: Path, shown_from: Path | None) -> str:
    """Return a path as messages name it: relative to the project where it lies inside."""
    if shown_from is not None:
        try:
            return path.relative_to(shown_from).as_posix()
        except ValueError:
            pass
    return str(path)


def read_source(path: Path, shown_from: Path | None = None) -> tuple[bytes, str]:
    """Return the bytes of a file and the name that messages give it.

    Raises:
        SourceNotFoundError: it is not there or cannot be read; with the nearest name beside it.
    """
    shown = shown_path(path, shown_from)
    try:
        return _bounded(path, shown), shown
    except FileNotFoundError as error:
        raise SourceNotFoundError(
            "there is no such file",
            Location(shown),
            near_name_hint(path.name, names_beside(path)) or "check the name and the folder",
        ) from error
    except OSError as error:
        raise SourceNotFoundError(
            f"the file cannot be read: {error.strerror}", Location(shown), "check its permissions"
        ) from error


def _bounded(path: Path, shown: str) -> bytes:
    """Return the bytes of a file, of which no more is read than may be used: it may have no end."""
    most = limits_in_force().data_bytes
    with path.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise SourceFormatError(
            f"the file has more than {most:,} bytes (limit data_bytes)", Location(shown),
            "split it",
        )  # fmt: skip
    return data


def names_beside(path: Path) -> list[str]:
    """Return the names in the folder of a path; none if there is no such folder."""
    try:
        return [item.name for item in path.parent.iterdir()]
    except OSError:
        return []
