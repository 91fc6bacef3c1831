"""The small file that remembers what was built from what. Light to import.

It lies in the project as ``.cache/outputs.json`` and can be deleted at any time: then everything is
built anew, and files of which nothing is known are kept aside before they are replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import Location, OutputError
from generator.sources.files import kept_bytes, kept_json, open_plain

_VERSION = 1
#: How long a build waits for another one of the same report, in seconds.
_PATIENCE = 30.0
FOLDER = ".cache"


@dataclass(slots=True)
class OutputRecord:
    """What is known of one output.

    ``inputs`` are the SHA-256 of the files it was built from, by path (relative to the project
    where they lie inside). ``parts`` are what its content depends on; see ``fingerprints``.
    ``digest`` is of the bytes that were built, ``beside`` of files written beside an edited output.
    ``pending`` are digests that may have been written without this record learning of it.
    ``warnings`` are what the template was warned of.
    """

    digest: str | None = None
    bytes: int = 0
    pages: int | None = None
    program: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """Outputs by path, and by definition the files that it asks for.

    A plan holds the SHA-256 of the definition, its output folder, and ``jobs``: document, language
    and file name of each.
    """

    outputs: dict[str, OutputRecord] = field(default_factory=dict)
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)


def state_file(project: Path) -> Path:
    """Return where the state of a project lies."""
    return project / FOLDER / "outputs.json"


def read_state(project: Path) -> State:
    """Return the state of a project; an empty one if it is absent, damaged or too new."""
    try:
        kept = kept_json(kept_bytes(state_file(project)))
        if kept["version"] != _VERSION:
            return State()
        outputs = {name: OutputRecord(**record) for name, record in kept["outputs"].items()}
        plans = {name: dict(plan) for name, plan in kept["plans"].items()}
        return State(outputs, plans) if all(map(_is_sound, outputs.values())) else State()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return State()


def _is_sound(record: OutputRecord) -> bool:
    return (
        isinstance(record.inputs, dict)
        and isinstance(record.parts, dict)
        and isinstance(record.beside, dict)
        and isinstance(record.pending, list)
        and isinstance(record.warnings, list)
        and isinstance(record.digest, str | None)
    )


def write_state(project: Path, state: State) -> None:
    """Write the state whole or not at all; where nothing can be written nothing is remembered."""
    kept = {
        "version": _VERSION,
        "outputs": {name: asdict(record) for name, record in sorted(state.outputs.items())},
        "plans": dict(sorted(state.plans.items())),
    }
    with suppress(OSError):
        write_whole(state_file(project), json.dumps(kept, ensure_ascii=False, indent=1).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name and rename it.

    Raises:
        OSError: it cannot be written; nothing is left behind then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o666 & ~umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def umask() -> int:
    """Return which rights new files of this process lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it cannot be read."""
    try:
        with open_plain(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def digest_of_text(text: str) -> str:
    """Return a short digest of a text, long enough to tell any two apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def named(path: Path, project: Path) -> str:
    """Return how a path is kept: relative to the project where it lies inside."""
    try:
        return path.relative_to(project).as_posix()
    except ValueError:
        return str(path)


@contextmanager
def locked(project: Path) -> Iterator[None]:
    """Let one build of a project write at a time; the lock vanishes with its process.

    Raises:
        OutputError: another build is at work.
    """
    folder = project / FOLDER
    if folder.is_symlink() and not folder.resolve().is_relative_to(project.resolve()):
        raise OutputError("the folder is a link that leads out of the project",
                          Location(str(folder)), "remove the link")  # fmt: skip
    try:
        folder.mkdir(exist_ok=True)
        handle = os.open(project / FOLDER / "build.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:  # a project that cannot be written to: there is no state to guard
        yield
        return
    try:
        if not _lock(handle):
            raise OutputError(
                "another build of this report is at work", Location(str(project)),
                "wait until it is done, then build again",
            )  # fmt: skip
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Return whether the lock was had; it is waited for some seconds."""
    from time import monotonic, sleep

    until = monotonic() + _PATIENCE
    while not try_lock(handle):
        if monotonic() > until:
            return False
        sleep(0.05)
    return True


def try_lock(handle: int) -> bool:
    """Return whether this process got the lock on an open file; it goes with the process."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
