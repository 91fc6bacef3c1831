"""Reading and writing files: whole or not at all, with one clear error."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from time import sleep

from generator.errors import Location, OutputError, TemplateNotFoundError, near_name_hint
from generator.model.limits import limits_in_force

#: Seconds between tries to replace a file that is held.
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)


def read_template(path: Path, shown: str | None = None, most: int | None = None) -> bytes:
    """Return the bytes of a template file, of which at most one more than ``most`` is read
    (default: the limit package_bytes).

    Raises:
        TemplateNotFoundError: it is not there or cannot be read; with the nearest name beside it.
    """
    where = Location(shown or str(path))
    most = limits_in_force().package_bytes if most is None else most
    try:
        with path.open("rb") as stream:  # what lies behind a name may have no end
            return stream.read(most + 1)
    except FileNotFoundError as error:
        try:
            beside = [p.name for p in path.parent.iterdir()]
        except OSError:
            beside = []
        raise TemplateNotFoundError(
            "there is no such template", where, near_name_hint(path.name, beside)
        ) from error
    except OSError as error:
        raise TemplateNotFoundError(
            f"the template cannot be read: {error.strerror}", where, "close it in Word or "
            "PowerPoint, or check its permissions",
        ) from error  # fmt: skip


def write_files(files: Mapping[Path, bytes] | Iterable[tuple[Path, bytes]]) -> None:
    """Write all files, each under a temporary name first; rename them when all are written.

    Pairs are written as they come, so that the bytes of many files need not be kept together; if
    making one of them fails, nothing is renamed. A failure leaves no new empty folder.

    Raises:
        OutputError: a file cannot be written; then no file of the set was replaced unless a rename
            itself failed half-way, and no temporary file remains.
    """
    staged: list[tuple[Path, Path]] = []
    made: list[Path] = []
    is_done = False
    try:
        for path, data in files.items() if isinstance(files, Mapping) else files:
            made += _missing_folders(path)
            staged.append((_stage(path, data), path))
        for temporary, path in staged:
            _rename(temporary, path)
        is_done = True
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
        for folder in () if is_done else made:
            with suppress(OSError):  # it holds something else by now
                folder.rmdir()


def _missing_folders(path: Path) -> list[Path]:
    """Return the folders of a path that are still to be made, innermost first."""
    try:
        return [folder for folder in path.parents if not folder.exists()]
    except OSError:  # writing will tell why they are out of reach
        return []


def _stage(path: Path, data: bytes) -> Path:
    where = Location(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise OutputError("a folder of this name stands in the way", where, "remove the folder")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise OutputError(
            f"the output folder cannot be written: {error.strerror}", where,
            "choose another folder with --output",
        ) from error  # fmt: skip
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"the file cannot be written: {error.strerror}", where) from error
    return temporary


def _replace(temporary: Path, path: Path) -> None:
    """Rename a file; on Windows a scanner may hold the old one for a moment."""
    for pause in _PAUSES:
        try:
            temporary.replace(path)
            return
        except PermissionError:
            if not path.exists():
                raise
            sleep(pause)
    temporary.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _rename(temporary: Path, path: Path) -> None:
    try:
        _replace(temporary, path)
    except OSError as error:
        raise OutputError(
            f"the file cannot be replaced: {error.strerror}", Location(str(path)),
            "close it in the program that shows it and build again"
            if path.suffix == ".pdf"
            else "close it in Word or PowerPoint and build again",
        ) from error  # fmt: skip
