"""LibreOffice as a program: where it is, and one run of it that cannot outlive its time."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from generator.errors import Location, OutputError

VARIABLE = "MAKE_REPORT_SOFFICE"
#: Bytes that a run may have: an ordinary one takes a tenth.
MOST_MEMORY = 4_000_000_000
_NAMES = ("soffice", "libreoffice", "soffice.exe")
_PLACES = (
    "/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)  # fmt: skip
_INSTALL = {
    "linux": "apt-get install libreoffice-writer libreoffice-impress (or the like of your system)",
    "darwin": "brew install --cask libreoffice",
    "win32": "winget install TheDocumentFoundation.LibreOffice",
}

#: What LibreOffice knows of the environment: where it, its fonts and its temporary files are.
_KEPT_NAMES = re.compile(
    "PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|FONTCONFIG_[A-Z]+|XDG_[A-Z_]+"
    "|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMFILES.*|PROGRAMDATA"
)
_COMMON, _INET = "/org.openoffice.Office.Common", "/org.openoffice.Inet/Settings"
_ITEM = '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
#: Settings of each profile: no macros, no links to elsewhere, and a proxy that nobody answers at.
#: A setting that a version of LibreOffice does not know does no harm.
_SETTINGS = (
    (f"{_COMMON}/Security/Scripting", "MacroSecurityLevel", "3"),
    (f"{_COMMON}/Security/Scripting", "DisableMacrosExecution", "true"),
    (f"{_COMMON}/Security/Scripting", "DisableActiveContent", "true"),
    (f"{_COMMON}/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    (f"{_COMMON}/Misc", "FirstRun", "false"),
    (_INET, "ooInetProxyType", "2"),
    (_INET, "ooInetNoProxy", ""),
    *((_INET, f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *((_INET, f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
)


def find_office(where: Location | None = None) -> Path:
    """Return the program file of LibreOffice; ``where`` is who asks for it.

    Raises:
        OutputError: it is not installed; with the command that installs it.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if Path(named).is_file():
            return Path(named)
        raise OutputError("there is no such program", Location(named),
                          f"let {VARIABLE} name the program file of LibreOffice")  # fmt: skip
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    found = found or next((place for place in _PLACES if Path(place).is_file()), None)
    if found is None:
        raise OutputError(
            "PDF files are laid out by LibreOffice, which is not installed",
            where or Location("--pdf"),
            _INSTALL.get(sys.platform, "install it from libreoffice.org"),
        )  # fmt: skip
    return Path(found)


def usable_offices() -> int:
    """Return how many runs of LibreOffice this machine bears at once: one for each core."""
    return max(1, os.cpu_count() or 1)


def lacks_chinese_font() -> bool:
    """Return whether this system says that it has no font for Chinese."""
    tool = shutil.which("fc-list")
    if tool is None:
        return False
    try:
        found = subprocess.run([tool, ":lang=zh", "family"], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return found.returncode == 0 and not found.stdout.strip()


def run_office(
    office: Path, files: Sequence[Path], target: Path, profile: Path, seconds: float
) -> bool:
    """Let LibreOffice write the PDF of each file into a folder; return whether it came to an end.

    It runs in a process group of its own, which is ended when the time is over, with settings that
    run and fetch nothing, little of the environment, and on Linux a bounded amount of memory.
    """
    _write_settings(profile)
    command = [
        str(office), f"-env:UserInstallation={profile.absolute().as_uri()}", "--headless",
        "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--convert-to", "pdf",
        "--outdir", str(target), *map(str, files),
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
        env={name: value for name, value in os.environ.items()
             if _KEPT_NAMES.fullmatch(name.upper())},
    )  # fmt: skip
    _limit(process.pid)
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        _end(process)


def _write_settings(profile: Path) -> None:
    """Give a profile that LibreOffice has not used yet its settings."""
    file = profile / "user" / "registrymodifications.xcu"
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        + "".join(_ITEM.format(*setting) for setting in _SETTINGS)
        + "</oor:items>\n",
        encoding="utf-8",
    )


def _limit(process: int) -> None:
    """Bound the memory of a process that was started just now, and of all that it starts."""
    if sys.platform == "linux":
        import resource

        with suppress(OSError, ValueError):  # it is gone already
            resource.prlimit(process, resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            resource.prlimit(process, resource.RLIMIT_CORE, (0, 0))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True)
    else:
        with suppress(OSError):  # the group may be gone already
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()
    process.wait()
