"""Delivery into a folder: each file appears whole, the manifest last."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from glob import escape
from pathlib import Path

from generator.delivery.channel import Sending
from generator.delivery.credentials import PassingError
from generator.delivery.parcel import MANIFEST, newer_edition
from generator.editions.state import digest_of, write_whole
from generator.model.delivery_definition import filled
from generator.sources.files import kept_bytes

#: Failures that do not pass while one waits.
_LASTING = {
    errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR,
    errno.ENAMETOOLONG, errno.ELOOP, errno.EFBIG, errno.EINVAL,
    getattr(errno, "EDQUOT", errno.ENOSPC),
}  # fmt: skip


class FolderChannel:
    """Writes files into a folder of this machine, or of a drive that is connected to it."""

    def place(self, sending: Sending) -> str:
        return str(self._folder(sending))

    def _folder(self, sending: Sending) -> Path:
        pattern = str(sending.target.folder)
        given = Path(filled(pattern, sending.parcel.places)).expanduser()
        folder = (sending.project / given).resolve()
        own = sending.own
        if folder == own or folder.is_relative_to(own / "editions"):
            raise sending.credentials.error(
                "the folder is the report's own output folder", "choose another folder"
            )
        return folder

    def send(self, sending: Sending) -> str:
        folder = self._folder(sending)
        try:
            return self._write(sending, folder)
        except OSError as error:
            message = f"{folder} cannot be written: {error.strerror or error}"
            if error.errno in _LASTING and sys.platform != "win32":
                raise sending.credentials.error(
                    message, "make room there, or correct the folder or its permissions"
                ) from error
            raise PassingError(message, "check the drive, and close the files there") from error

    def _write(self, sending: Sending, folder: Path) -> str:
        parcel = sending.parcel
        self._make(sending, folder)
        with suppress(OSError):
            newer = newer_edition(kept_bytes(folder / MANIFEST), parcel)
            if newer and not sending.again:
                raise sending.credentials.error(
                    f"{folder} holds the newer edition {newer}",
                    "to put the older one there all the same: deliver EDITION --target "
                    "NAME --again",
                )
        written = 0
        for file in parcel.files:
            path = folder / file.name
            _sweep(path)
            if digest_of(path) != file.digest:
                write_whole(path, parcel.contents[file.name])
                written += 1
        _settle(folder)
        _sweep(folder / MANIFEST)
        write_whole(folder / MANIFEST, parcel.manifest)
        _settle(folder)
        return f"{written} of {len(parcel.files)} files written"

    def _make(self, sending: Sending, folder: Path) -> None:
        """Make the folder; its fixed part must be there, or a drive is perhaps not connected."""
        base = _fixed_part(sending.project, str(sending.target.folder))
        if not base.is_dir() and not base.is_relative_to(sending.project):
            raise sending.credentials.error(
                f"there is no folder {base}", "make it, or connect the drive that it lies on"
            )
        folder.mkdir(parents=True, exist_ok=True)


def _fixed_part(project: Path, pattern: str) -> Path:
    """Return the folder in front of the first place that is filled in."""
    parts = Path(pattern).expanduser().parts
    fixed = [part for number, part in enumerate(parts)
             if not any("{" in earlier for earlier in parts[: number + 1])]  # fmt: skip
    return (project / Path(*fixed)).resolve()


def _sweep(path: Path) -> None:
    """Remove the temporary files of a delivery that was killed as it wrote a file."""
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        left.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """See to it that new names outlast a power cut, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives cannot
            os.fsync(handle)
    finally:
        os.close(handle)
