"""What a worker may reach: asked of Python itself, whatever code asks for it.

This is no jail of the operating system: code that left Python could go further.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

#: What a worker never does.
_REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn",
            "os.spawn", "os.chown", "ftplib.", "urllib.", "webbrowser.", "sqlite3.",
            "os.link", "os.symlink")  # fmt: skip
#: What it does in its own folders only; the number of paths that the event begins with.
_CHANGES = {
    "os.remove": 1, "os.rename": 2, "os.rmdir": 1, "os.mkdir": 1, "os.chmod": 1, "os.truncate": 1,
    "os.utime": 1, "shutil.rmtree": 1, "shutil.move": 2, "shutil.copyfile": 2, "shutil.copymode": 2,
    "shutil.copystat": 2, "shutil.copytree": 2, "shutil.make_archive": 1,
    "shutil.unpack_archive": 1, "shutil.chown": 1,
}  # fmt: skip
#: Those whose last arguments are the open folders that their paths are relative to, or -1.
_BY_HANDLE = frozenset(
    ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.utime", "shutil.rmtree")
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
#: What it still knows of its environment.
KEPT_NAMES = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "TZ")


class _Reach:
    """Refuses what leads outside; ``folders`` are those that may be written to."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = [os.path.realpath(folder) for folder in folders]

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, flags = arguments[0], arguments[2]
            if isinstance(flags, int) and flags & _WRITES and not self._is_own(path, -1, True):
                raise PermissionError(f"a render does not write here: {path}")
        elif event in _CHANGES:
            count = _CHANGES[event]
            handles = [-1] * count
            if event in _BY_HANDLE:
                handles = [h if isinstance(h, int) else -1 for h in arguments[-count:]]
            paths = arguments[:count]
            if not all(self._is_own(p, h, False) for p, h in zip(paths, handles, strict=True)):
                raise PermissionError(f"a render does not do this: {event}")
        elif event.startswith(_REFUSED) or (event == "ctypes.dlopen" and arguments[0] is not None):
            raise PermissionError(f"a render does not do this: {event}")

    def _is_own(self, path: object, folder: int, is_followed: bool) -> bool:
        """Return whether a path lies in a folder of the worker.

        ``folder`` is the open one that it is relative to, or -1; ``is_followed`` if it is a link.
        """
        if isinstance(path, int):  # open already
            return True
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        try:
            named = os.fsdecode(path)
            if folder >= 0 and not Path(named).is_absolute():
                named = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), named)  # noqa: PTH115, PTH118
            home, name = os.path.split(named)
            real = os.path.join(os.path.realpath(home), name)  # noqa: PTH118
            real = os.path.realpath(named) if is_followed else real
        except (OSError, ValueError):
            return False
        return any(real == own or real.startswith(own + os.sep) for own in self._folders)


def restrict_reach(folders: Sequence[Path] = ()) -> None:
    """Let this process write to these folders only, start nothing, use no network; for good.

    Its environment keeps no more than where Python is.
    """
    for name in set(os.environ) - {*KEPT_NAMES, *_OWN_NAMES}:
        del os.environ[name]
    sys.addaudithook(_Reach(folders))


#: How this program's own workers are told apart, and where they keep what is temporary.
_OWN_NAMES = ("MAKE_REPORT_WORKER", "MAKE_REPORT_CACHE", "MAKE_REPORT_WRITABLE", "TMPDIR", "TEMP",
              "TMP", "MPLCONFIGDIR", "HOME", "TERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS",
              "PYTHONIOENCODING", "PYTHONUTF8")  # fmt: skip
