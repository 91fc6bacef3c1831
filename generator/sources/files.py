"""Reading data files, with one clear error where that fails."""

from __future__ import annotations

import errno
import json
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

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


_KINDS = {
    stat.S_IFIFO: "it is a pipe, not a file", stat.S_IFCHR: "it is a device, not a file",
    stat.S_IFBLK: "it is a device, not a file", stat.S_IFSOCK: "it is a socket, not a file",
}  # fmt: skip
#: Where a shell puts what it hands over itself: ``--data <(command)``.
_HANDED_OVER = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")


def open_plain(path: Path) -> BufferedReader:
    """Return a file open for reading. What has no end, or waits for others, is no file.

    A pipe is one only where the shell of the user made it.

    Raises:
        OSError: it cannot be opened, or is a folder, a pipe, a device or a socket.
    """
    shown = str(path)
    is_handed_over = shown.startswith(_HANDED_OVER)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    if not is_handed_over:
        flags |= getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for its writer
    handle = os.open(path, flags)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder", shown)
        if not stat.S_ISREG(mode) and not (is_handed_over and stat.S_ISFIFO(mode)):
            told = _KINDS.get(stat.S_IFMT(mode), "it is no file")
            raise OSError(errno.EINVAL, told, shown)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def kept_bytes(path: Path) -> bytes:
    """Return the bytes of a file that this program keeps, or that stands in its place.

    Raises:
        OSError: it cannot be read, is no file, or is larger than any that is kept.
    """
    most = limits_in_force().data_bytes
    with open_plain(path) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, "it is too large", str(path))
    return data


def kept_json(data: bytes) -> Any:
    """Return what such a file holds as JSON.

    Raises:
        ValueError: it is none, or nested deeper than any that is kept.
    """
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def place_of(folder: Path, name: str) -> Path:
    """Return the file that a name means, from a folder, links followed.

    Raises:
        SourceNotFoundError: it is no name of a file.
    """
    try:
        path = (folder / name).resolve()
        path.is_file()  # a name that is too long fails here
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it holds what no name can hold"
        raise SourceNotFoundError(
            f'"{name[:60]}" is no name of a file: {reason}', None, "write the name of a file"
        ) from error
    return path


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
            f"the file cannot be read: {error.strerror}", Location(shown),
            "name a file that may be read",
        ) from error  # fmt: skip


def _bounded(path: Path, shown: str) -> bytes:
    """Return the bytes of a file, of which no more is read than may be used: it may have no end."""
    most = limits_in_force().data_bytes
    with open_plain(path) as stream:
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
        return [item.name for item in path.parent.iterdir() if item.name != path.name]
    except OSError:
        return []
