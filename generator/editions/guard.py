"""What happens to a file that stands where a result is to go."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.editions.state import FOLDER, OutputRecord, digest_of
from generator.errors import Location, Problem

#: Files of unknown origin that are kept after they were replaced; the oldest go first.
_KEPT = 20


@dataclass(slots=True)
class Placement:
    """Where a result goes: ``files`` are to be written, the target or a file beside it.

    ``state`` is that of ``BuiltFile``.
    """

    state: str
    files: dict[Path, bytes] = field(default_factory=dict)
    beside: Path | None = None
    problem: Problem | None = None


def place(
    target: Path, data: bytes, digest: str, record: OutputRecord, *, project: Path, force: bool,
    now: datetime.datetime,
) -> Placement:  # fmt: skip
    """Return where a result goes, so that nothing that a person made is lost."""
    if target.is_symlink():  # the link goes; what it leads to stays as it is
        return Placement("written", {target: data})
    found = digest_of(target)
    if found == digest:
        return Placement("unchanged")
    if found is None or found == record.digest or found in record.pending:
        return Placement("written", {target: data})
    if record.digest is None:
        return _over_unknown(target, data, project, now)
    if force:
        return _over_edited(target, data, now)
    if digest == record.digest:
        return Placement("edited", problem=left_alone(target))
    return _beside(target, data, digest, record.beside)


def left_alone(target: Path) -> Problem:
    """Return what is said of an output that was edited and whose inputs are the same."""
    return Problem(
        "edited by hand and left alone; nothing that it is made from has changed",
        Location(str(target)), "--force replaces it and keeps the edited one", "info", "edited",
    )  # fmt: skip


def _beside(target: Path, data: bytes, digest: str, ours: Mapping[str, str]) -> Placement:
    beside = _free(target, "new", {digest, *ours.values()})
    problem = Problem(
        f'edited by hand, so the new one was written beside it: "{beside.name}"',
        Location(str(target)), "carry your edits over, or replace it with --force", "warning",
        "edited",
    )  # fmt: skip
    return Placement("beside", {beside: data}, beside, problem)


def _over_edited(target: Path, data: bytes, now: datetime.datetime) -> Placement:
    aside = _free(target, f"edited {now:%Y-%m-%d %H%M}", set())
    problem = Problem(
        f'edited by hand and replaced; the edited one is kept as "{aside.name}"',
        Location(str(target)), None, "info", "edited",
    )  # fmt: skip
    return Placement("written", {aside: target.read_bytes(), target: data}, aside, problem)


def _over_unknown(target: Path, data: bytes, project: Path, now: datetime.datetime) -> Placement:
    """Replace a file of which nothing is known, and keep it out of the way."""
    folder = project / FOLDER / "replaced"
    aside = _free(folder / f"{now:%Y-%m-%d %H%M%S} {target.name}", "", set())
    if not _is_writable(folder):
        aside = _free(target, f"before {now:%Y-%m-%d %H%M}", set())
    problem = Problem(
        f"nothing is known of the file that stood here; it is kept as {aside}",
        Location(str(target)), None, "info", "replaced",
    )  # fmt: skip
    for old in sorted(folder.glob("*"))[: -_KEPT + 1]:
        old.unlink(missing_ok=True)
    return Placement("written", {aside: target.read_bytes(), target: data}, problem=problem)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _free(target: Path, word: str, ours: set[str]) -> Path:
    """Return a path beside a file that is free, or holds bytes that we wrote."""
    number = 1
    while True:
        words = " ".join(part for part in (word, str(number) if number > 1 else "") if part)
        path = target.with_name(f"{target.stem} ({words}){target.suffix}") if words else target
        if not path.exists() or digest_of(path) in ours:
            return path
        number += 1
