"""Files of a folder, written aside and renamed, so that nobody ever sees half of one.

Where the system can work in folders that are held open, each folder is looked up and judged once
and then held: a document costs no search of its path, and no link that appears meanwhile leads it
out of the output folder.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import sleep
from typing import Protocol
from weakref import finalize

from generator.errors import Location, OutputError

#: Folders that are held open at a time.
_MOST_HELD = 64
#: How often a file that another program holds is tried again on Windows, and the first pause.
_TRIES, _PAUSE = 6, 0.05
_NEW = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_HAS_HANDLES = {os.open, os.mkdir, os.rename, os.stat} <= os.supports_dir_fd


class FolderWriter(Protocol):
    """Writes files below a folder, by their names with ``/``."""

    def status(self, name: str) -> os.stat_result | None: ...
    def put(self, name: str, data: bytes) -> None: ...


def folder_writer(base: str, staging: str) -> FolderWriter:
    """Return what writes files below ``base``, with ``staging`` for those that are not whole."""
    return _HandleWriter(base, staging) if _HAS_HANDLES else _PathWriter(base, staging)


class _HandleWriter:
    """Works in folders that are held open."""

    def __init__(self, base: str, staging: str) -> None:
        self._base = base
        self._real = os.path.realpath(base)
        self._asides = _Asides(staging)
        #: Folder below the base -> its handle, device and number.
        self._held: dict[str, tuple[int, int, int]] = {}
        finalize(self, _close_all, self._held)

    def status(self, name: str) -> os.stat_result | None:
        """Return what is at a name; None if nothing is.

        Raises:
            OutputError: a link leads out of the output folder.
        """
        handle = self._handle(name)
        try:
            return os.stat(name.rpartition("/")[2], dir_fd=handle)
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Write a file, in place of what is there.

        Raises:
            OSError: it cannot be written.
            OutputError: a link leads out of the output folder.
        """
        leaf = name.rpartition("/")[2]
        aside = self._asides.write(data)
        try:
            try:
                held = self._held.get(name.rpartition("/")[0])
                handle = held[0] if held else self._handle(name)
                os.rename(aside, leaf, dst_dir_fd=handle)
            except FileNotFoundError:  # the folder went away since it was looked at
                self._release(name.rpartition("/")[0])
                os.rename(aside, leaf, dst_dir_fd=self._handle(name))
        except BaseException:
            with suppress(OSError):
                os.unlink(aside)  # noqa: PTH108 - a Path for each would cost more
            raise

    def _handle(self, name: str) -> int:
        """Return a handle of the folder of a file, which is still the one of this name."""
        folder = name.rpartition("/")[0]
        held = self._held.get(folder)
        if held is not None:
            with suppress(OSError):
                now = os.stat(f"{self._base}/{folder}")  # noqa: PTH116 - a Path for each would cost more
                if (now.st_dev, now.st_ino) == held[1:]:
                    return held[0]
            self._release(folder)
        if len(self._held) >= _MOST_HELD:
            _close_all(self._held)
        handle = self._opened(_steps_inside(self._base, self._real, name))
        found = os.fstat(handle)
        self._held[folder] = (handle, found.st_dev, found.st_ino)
        return handle

    def _release(self, folder: str) -> None:
        held = self._held.pop(folder, None)
        if held is not None:
            os.close(held[0])

    def _opened(self, inner: str) -> int:
        """Return a handle of a folder in the output folder, which is made if it is not there.

        No step is a link: links were followed when the steps were found, and new ones are refused.
        """
        os.makedirs(self._real, exist_ok=True)  # noqa: PTH103 - the path is a string
        handle = os.open(self._real, _FOLDER)
        for step in Path(inner).parts:
            try:
                with suppress(FileExistsError):
                    os.mkdir(step, dir_fd=handle)
                deeper = os.open(step, _FOLDER, dir_fd=handle)
            finally:
                os.close(handle)
            handle = deeper
        return handle


class _Asides:
    """Files that are not whole yet, in a folder of their own, under names that nobody can guess."""

    def __init__(self, staging: str) -> None:
        self._begin = f"{staging}/{os.getpid()}-{secrets.token_hex(8)}-"
        self._numbers = count(1)

    def write(self, data: bytes) -> str:
        """Write a file and return its path.

        Raises:
            OSError: it cannot be written; nothing of it stays.
        """
        path = f"{self._begin}{next(self._numbers)}.part"
        handle = os.open(path, _NEW, 0o666)
        try:
            _write_all(handle, data)
        except BaseException:
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - a Path for each would cost more
            raise
        return path


class _PathWriter:
    """Works with paths, where the system cannot hold folders open; waits for programs that read."""

    def __init__(self, base: str, staging: str) -> None:
        self._base = base
        self._real = os.path.realpath(base)
        self._asides = _Asides(staging)

    def status(self, name: str) -> os.stat_result | None:
        """Return what is at a name; None if nothing is.

        Raises:
            OutputError: a link leads out of the output folder.
        """
        _steps_inside(self._base, self._real, name)
        try:
            return Path(self._base, name).stat()
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Write a file, in place of what is there.

        Raises:
            OSError: it cannot be written.
            OutputError: a link leads out of the output folder.
        """
        path = Path(self._base, name)
        aside = Path(self._asides.write(data))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _steps_inside(self._base, self._real, name)
            _replace(aside, path)
        except BaseException:
            with suppress(OSError):
                aside.unlink()
            raise


def _steps_inside(base: str, real: str, name: str) -> str:
    """Return the steps from the output folder, really ``real``, to the real folder of a file in it.

    Raises:
        OutputError: a link leads out of the output folder.
    """
    home = os.path.realpath(f"{base}/{name.rpartition('/')[0]}")
    if os.path.commonpath((home, real)) != real:
        raise OutputError(
            "the document would lie outside of the output folder", Location(f"{base}/{name}"),
            "remove the link that leads out of it",
        )  # fmt: skip
    return os.path.relpath(home, real)


def _write_all(handle: int, data: bytes) -> None:
    """Write all of ``data`` and close the file."""
    try:
        written = os.write(handle, data)
        while written < len(data):
            written += os.write(handle, memoryview(data)[written:])
    finally:
        os.close(handle)


def _replace(aside: Path, path: Path) -> None:
    for left in range(_TRIES, -1, -1):
        try:
            aside.replace(path)
            return
        except PermissionError:
            if not left or sys.platform != "win32":
                raise
            sleep(_PAUSE * 2 ** (_TRIES - left))


def _close_all(held: dict[str, tuple[int, int, int]]) -> None:
    while held:
        _, (handle, _, _) = held.popitem()
        with suppress(OSError):
            os.close(handle)
