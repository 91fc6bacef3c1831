"""Where documents go: a folder, or an object store. Nobody ever sees half of one."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from generator.batch.folder_writers import folder_writer
from generator.batch.work import EDITED, MADE, UNCHANGED, Known, Made, Setup
from generator.errors import ChoiceError, Location, OutputError, Problem

#: What is wrong with the whole disk, not with one document.
FATAL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO))


class FolderTarget:
    """Documents as files of a folder: written aside, then renamed.

    A link that appears in the folder while the batch is at work does not lead a document out of it.
    """

    def __init__(self, setup: Setup) -> None:
        self._base = setup.base
        self._force = setup.force
        self._guarded = setup.guarded
        self._writer = folder_writer(setup.base, setup.staging)

    def kept(self, name: str, known: Known) -> bool:
        """Return whether a document that the ledger knows is there as it was written."""
        path = f"{self._base}/{name}"
        try:
            status = os.stat(path)  # noqa: PTH116 - a Path for each would cost more
        except OSError:
            return False
        return status.st_size == known.size and _digest_of(path) == known.digest

    def write(
        self, number: int, name: str, data: bytes, digest: bytes, known: Known | None
    ) -> Made:  # fmt: skip
        """Write a document and return what became of it.

        Raises:
            OSError: it cannot be written.
            OutputError: it would replace a file that it is made from, or lie outside of the folder.
        """
        status = self._writer.status(name)
        if status is not None:
            path = f"{self._base}/{name}"
            if (status.st_dev, status.st_ino) in self._guarded:
                raise OutputError("the result would overwrite a file that it is made from",
                                  Location(path), "choose another name for the output")  # fmt: skip
            found = _digest_of(path) if stat.S_ISREG(status.st_mode) else None
            if found == digest:
                return Made(number, UNCHANGED, digest, len(data))
            if known is not None and found not in (None, known.digest) and _is_sound(path):
                if not self._force:
                    return Made(number, EDITED, known.digest, known.size)
                _keep_aside(path)
        self._writer.put(name, data)
        return Made(number, MADE, digest, len(data))


class StoreTarget:
    """Documents as objects of a store, each put there in one go."""

    def __init__(self, setup: Setup) -> None:
        self._store, self._base = open_store(setup.base)

    def kept(self, name: str, known: Known) -> bool:
        """Return whether an object of the size that the ledger knows is there."""
        try:
            return bool(self._store.info(self._path(name))["size"] == known.size)
        except (OSError, KeyError):
            return False

    def write(
        self, number: int, name: str, data: bytes, digest: bytes, known: Known | None
    ) -> Made:  # fmt: skip
        """Put a document there and return what became of it.

        Raises:
            OSError: the store does not take it.
        """
        self._store.pipe_file(self._path(name), data)
        return Made(number, MADE, digest, len(data))

    def _path(self, name: str) -> str:
        return f"{self._base}/{name}" if self._base else name


def open_store(address: str) -> tuple[Any, str]:
    """Return the store behind an address such as ``s3://bucket/letters``, and the path in it.

    Raises:
        ChoiceError: what it needs is not installed, or there is no such kind of store.
    """
    where = Location("--out")
    kind = address.split(":", 1)[0]
    try:
        import fsspec  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise ChoiceError("a store needs fsspec, which is not installed", where,
                          "pip install 'report-generator[deliver]'") from error  # fmt: skip
    try:
        store, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        extra = {"s3": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "az": "azure",
                 "sftp": "sftp", "ssh": "sftp"}.get(kind)  # fmt: skip
        raise ChoiceError(
            f'what "{kind}://" needs is not installed: {error}', where,
            f"pip install 'report-generator[{extra}]'" if extra else None,
        ) from error  # fmt: skip
    except ValueError as error:
        raise ChoiceError(f'"{kind}://" is no store that is known', where,
                          "s3://, gs://, abfs://, sftp://, or a folder") from error  # fmt: skip
    return store, str(path).rstrip("/")


def told_failure(error: OSError, path: str) -> Problem:
    """Return what is said of a document that the system did not take."""
    reason = error.strerror or str(error) or type(error).__name__
    hint = None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "free some space, then go on with --resume"
    elif error.errno == errno.EFBIG:
        hint = "allow larger files, then go on with --resume"
    elif isinstance(error, PermissionError):
        hint = "check the permissions, close it in other programs, then go on with --resume"
    elif isinstance(error, IsADirectoryError):
        hint = "remove the folder of this name"
    return Problem(f"the document cannot be written: {reason}", Location(path), hint,
                   code=OutputError.code)  # fmt: skip


def _digest_of(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - a Path for each would cost more
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError:
        return None


def _is_sound(path: str) -> bool:
    """Return whether a file is a whole package: then somebody saved it, and nothing broke it."""
    try:
        with ZipFile(path) as package:
            return package.testzip() is None
    except (OSError, BadZipFile, RuntimeError, NotImplementedError):
        return False


def _keep_aside(path: str) -> None:
    """Keep a file that is about to be replaced under a free name beside it."""
    old = Path(path)
    number = 1
    while True:
        aside = old.with_name(
            f"{old.stem} (edited{f' {number}' if number > 1 else ''}){old.suffix}"
        )
        if not aside.exists():
            old.rename(aside)
            return
        number += 1
