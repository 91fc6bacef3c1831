"""Putting an entry where it belongs, and taking it away again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.editions.state import write_whole
from generator.errors import Location, OutputError
from generator.scheduling.entries import (
    KINDS,
    EntryRequest,
    cron_block,
    entry_files,
    entry_names,
    without_block,
)

_SECONDS = 60


@dataclass(slots=True)
class Installed:
    """What was written or removed, and what is left to be done by hand."""

    kind: str
    files: list[Path] = field(default_factory=list)
    applied: bool = False
    by_hand: list[str] = field(default_factory=list)


def install(kind: str, request: EntryRequest, folder: Path, *, apply: bool) -> Installed:
    """Write the files of an entry into a folder; with ``apply`` into their place, and begin it.

    Raises:
        OutputError: a file cannot be written, or the program that keeps entries refuses.
    """
    target = _place_of(kind, request) if apply else folder
    done = Installed(kind, applied=apply)
    try:
        for name, data in entry_files(kind, request).items():
            write_whole(target / name, data)
            done.files.append(target / name)
    except OSError as error:
        raise OutputError(
            f"the entry cannot be written: {error.strerror}", Location(str(target)),
            "choose a folder where you may write: --output DIR",
        ) from error  # fmt: skip
    if not apply:
        done.by_hand = _by_hand(kind, done.files)
    elif kind == "systemd":
        _call(["systemctl", "--user", "daemon-reload"])
        _call(["systemctl", "--user", "enable", "--now", f"{request.slug}.timer"])
    elif kind == "cron":
        _write_crontab(without_block(_crontab(), request.slug) + "\n".join(
            (*cron_block(request), "")))  # fmt: skip
    elif kind == "launchd":
        _call(["launchctl", "load", "-w", str(done.files[0])])
    elif kind == "windows-task":
        _call(["schtasks", "/Create", "/F", "/TN", request.slug, "/XML", str(done.files[0])])
    elif kind == "kubernetes":
        _call(["kubectl", "apply", "-f", str(done.files[0])])
    return done


def uninstall(request: EntryRequest, folder: Path, kinds: Sequence[str] = KINDS) -> list[Installed]:
    """Remove the entries of a schedule, in a folder and where they were put.

    Raises:
        OutputError: a file cannot be removed, or the program that keeps entries refuses.
    """
    found = []
    for kind, names in entry_names(request, kinds).items():
        done = Installed(kind)
        place = _place_of(kind, request)
        is_there = any((place / name).is_file() for name in names) and place != folder
        if kind == "cron":
            is_there = f"# begin {request.slug}" in _crontab(quiet=True)
        if is_there:
            _withdraw(kind, request, place)
            done.applied = True
        for path in dict.fromkeys(where / name for where in (folder, place) for name in names):
            if path.is_file():
                _remove(path)
                done.files.append(path)
        if kind == "systemd" and done.applied:
            _call(["systemctl", "--user", "daemon-reload"])
        if done.files or done.applied:
            found.append(done)
    return found


def _withdraw(kind: str, request: EntryRequest, place: Path) -> None:
    if kind == "systemd":
        _call(["systemctl", "--user", "disable", "--now", f"{request.slug}.timer"])
    elif kind == "cron":
        _write_crontab(without_block(_crontab(), request.slug))
    elif kind == "launchd":
        _call(["launchctl", "unload", "-w", str(place / f"{request.slug}.plist")])
    elif kind == "windows-task":
        _call(["schtasks", "/Delete", "/F", "/TN", request.slug])
    elif kind == "kubernetes":
        _call(["kubectl", "delete", "--ignore-not-found", "cronjob", request.slug])


def _place_of(kind: str, request: EntryRequest) -> Path:
    """Return the folder in which an entry of a kind takes effect."""
    if kind == "systemd":
        return Path.home() / ".config" / "systemd" / "user"
    if kind == "launchd":
        return Path.home() / "Library" / "LaunchAgents"
    if kind == "github-actions":
        return repository_of(request.folder) / ".github" / "workflows"
    return request.folder / ".cache" / "schedule" / "entries"


def repository_of(folder: Path) -> Path:
    """Return the root of the repository that a folder lies in, or the folder itself."""
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            return above
    return folder


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise OutputError(
            f"the entry cannot be removed: {error.strerror}", Location(str(path)), None
        ) from error


def _by_hand(kind: str, files: Sequence[Path]) -> list[str]:
    """Return the commands that put an entry into effect."""
    first = f'"{files[0]}"'
    if kind == "systemd":
        both = " ".join(f'"{path}"' for path in files)
        return [
            f"mkdir -p ~/.config/systemd/user && cp {both} ~/.config/systemd/user/",
            f"systemctl --user daemon-reload && systemctl --user enable --now {files[1].name}",
            "loginctl enable-linger  # so that it runs while you are not logged in",
        ]
    if kind == "cron":
        return [f"(crontab -l; cat {first}) | crontab -"]
    if kind == "launchd":
        return [f"cp {first} ~/Library/LaunchAgents/",
                f"launchctl load -w ~/Library/LaunchAgents/{files[0].name}"]  # fmt: skip
    if kind == "windows-task":
        return [f"schtasks /Create /TN {files[0].stem} /XML {first}"]
    if kind == "kubernetes":
        return [f"kubectl apply -f {first}"]
    return [f"move {first} into .github/workflows/ of the repository, and push it"]


def _crontab(*, quiet: bool = False) -> str:
    if shutil.which("crontab") is None:
        if quiet:
            return ""
        raise _absent("crontab")
    done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False,
                          timeout=_SECONDS)  # fmt: skip
    return done.stdout if done.returncode == 0 else ""


def _write_crontab(text: str) -> None:
    _call(["crontab", "-"], text)


def _call(words: Sequence[str], text: str | None = None) -> None:
    program = shutil.which(words[0])
    if program is None:
        raise _absent(words[0])
    try:
        done = subprocess.run([program, *words[1:]], input=text, capture_output=True, text=True,
                              check=False, timeout=_SECONDS)  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise OutputError(f'"{" ".join(words)}" does not end', Location(words[0])) from error
    if done.returncode:
        told = " ".join((done.stderr or done.stdout).split())[:300]
        raise OutputError(
            f'"{" ".join(words)}" failed: {told or f"code {done.returncode}"}', Location(words[0]),
            "write the entry without --apply, and put it into effect by hand",
        )  # fmt: skip


def _absent(program: str) -> OutputError:
    return OutputError(
        f'there is no "{program}" on this machine ({sys.platform})', Location(program),
        "write the entry without --apply, or choose another kind: --as",
    )  # fmt: skip
