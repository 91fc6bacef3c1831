"""Compiled templates kept on disk, so that an unchanged template is not compiled at each start.

The files are pickles, and reading a foreign pickle runs foreign code. So they lie in the cache
folder of the user, never in a project, and are read only from a folder that belongs to the user and
that nobody else may write to. ``MAKE_REPORT_CACHE`` names another folder, or ``off``.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate

VARIABLE = "MAKE_REPORT_CACHE"
#: Compiled templates that are kept; the ones used longest ago go first.
KEPT = 200


def cache_folder() -> Path | None:
    """Return the folder for compiled templates; None where nothing is to be kept."""
    named = os.environ.get(VARIABLE)
    if named == "off":
        return None
    if named:
        return Path(named)
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA")
    else:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - may stay "~"
    if not home or not Path(home).is_absolute():
        return None
    return Path(home) / "make-report" / "templates"


def cached(data: bytes, options: object, compile_now: Callable[[], CompiledTemplate]
           ) -> CompiledTemplate:  # fmt: skip
    """Return the compiled template of these bytes, kept from an earlier start or compiled now.

    ``options`` are all that a compile depends on beside ``data``; their ``repr`` tells them apart.
    A kept file that is damaged, foreign or from another version counts as absent.
    """
    folder = cache_folder()
    if folder is None:
        return compile_now()
    key = hashlib.sha256(b"\0".join((program_stamp(), repr(options).encode(), data))).hexdigest()
    path = folder / f"{key}.pickle"
    found = _read(path)
    if found is not None:
        return found
    compiled = compile_now()
    _write(path, compiled)
    return compiled


def _read(path: Path) -> CompiledTemplate | None:
    if not _is_own(path.parent, stat.S_ISDIR) or not _is_own(path, stat.S_ISREG):
        return None
    try:
        body = path.read_bytes()
        digest, body = body[:32], body[32:]
        if hashlib.sha256(body).digest() != digest:
            return None
        found: CompiledTemplate = pickle.loads(body)
        os.utime(path)
    except Exception:  # whatever is wrong with it, the template can be compiled
        return None
    return found


def _is_own(path: Path, is_kind: Callable[[int], bool]) -> bool:
    """Return whether a file or folder belongs to this user and nobody else may write to it."""
    try:
        status = path.lstat()
    except OSError:
        return False
    if not is_kind(status.st_mode):
        return False
    if sys.platform == "win32":
        return True  # the folder of a user's local data is closed to others
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _write(path: Path, compiled: CompiledTemplate) -> None:
    try:
        body = pickle.dumps(compiled, protocol=5)
    except Exception:  # a filter that cannot be pickled: nothing is kept
        return
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(path.parent, stat.S_ISDIR):
            return
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(body).digest() + body)
        Path(name).replace(path)
        _prune(path.parent)


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("*.pickle"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[KEPT:]:
        path.unlink(missing_ok=True)


@cache
def program_stamp() -> bytes:
    """Return what changes when the program, Python or Jinja2 changes."""
    import jinja2

    digest = hashlib.sha256()
    digest.update(f"{sys.version}\0{jinja2.__version__}\0{jinja2.__file__}".encode())
    home = Path(__file__).parent.parent
    for folder in ("engine", "model", "office", "build"):
        with os.scandir(home / folder) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    line = f"{folder}/{entry.name} {status.st_size} {status.st_mtime_ns}\0"
                    digest.update(line.encode())
    return digest.digest()
