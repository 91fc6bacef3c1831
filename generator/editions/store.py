"""Editions on disk: outputs, what they were made from, a manifest and a log, in a folder each.

An edition appears under its name when it is whole. Its folder is never changed afterwards.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.editions.state import digest_of, digest_of_text, umask, write_whole
from generator.errors import ChoiceError, Location, OutputError, SourceFormatError, near_name_hint
from generator.sources.kept_datasets import EDITIONS
from generator.sources.kept_datasets import NAME as DATASETS

if TYPE_CHECKING:
    from generator.build.changes import FactState
    from generator.build.results import BuildResult, BuiltFile
    from generator.model.report import HistoryDefinition

FOLDER = EDITIONS
MANIFEST, FACTS, EARLIER, LOG, SNAPSHOT = (
    "manifest.json", "facts.json", "earlier.json", "log.txt", "snapshot",
)  # fmt: skip
_NAME = re.compile(r"\d{4}-\d\d-\d\d-[1-9]\d*")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class EditionFile:
    """An output of an edition.

    A PDF has the name of the document that it was made of as ``source``, and that one's SHA-256.
    """

    name: str
    document: str
    language: str
    bytes: int
    digest: str
    source: str | None = None
    source_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A kept edition. ``number`` counts all editions of a report; ``built`` is a time in UTC.

    ``definition`` is the path of the definition in the snapshot, ``snapshot`` the SHA-256 of all
    files there by path. ``earlier`` names the edition that its changes were told from.
    ``datasets`` is the SHA-256 of the rows that were read, None without any.
    """

    name: str
    number: int
    built: str
    title: dict[str, str]
    definition: str
    program: str
    files: tuple[EditionFile, ...]
    snapshot: dict[str, str]
    earlier: str | None
    folder: Path
    datasets: str | None = None

    @property
    def digests(self) -> dict[str, str]:
        """The digests of the outputs by name."""
        return {file.name: file.digest for file in self.files}


def folder_of(output: Path) -> Path:
    """Return the folder of all editions of a report."""
    return output / FOLDER


def read_editions(output: Path) -> list[Edition]:
    """Return all editions that are whole, the oldest first."""
    try:
        names = [entry.name for entry in os.scandir(folder_of(output)) if entry.is_dir()]
    except OSError:
        return []
    found = []
    for name in names:
        if _NAME.fullmatch(name):
            edition = _read(folder_of(output) / name)
            if edition is not None:
                found.append(edition)
    return sorted(found, key=lambda edition: (edition.number, edition.name))


def editions_stamp(output: Path) -> str:
    """Return what changes when an edition comes, goes or is touched; nothing is read for it."""
    found = []
    for name in (MANIFEST, FACTS):
        for path in folder_of(output).glob(f"*/{name}"):
            with suppress(OSError):
                status = path.stat()
                found.append((path.parent.name, name, status.st_size, status.st_mtime_ns))
    return digest_of_text(repr(sorted(found)))


def _read(folder: Path) -> Edition | None:
    try:
        kept = json.loads((folder / MANIFEST).read_bytes())
        if kept.pop("version") != _VERSION:
            return None
        files = tuple(EditionFile(**file) for file in kept.pop("files"))
        return Edition(**kept, files=files, name=folder.name, folder=folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def find_edition(output: Path, name: str) -> Edition:
    """Return an edition by name; ``last`` is the newest.

    Raises:
        ChoiceError: there is none of this name.
    """
    editions = read_editions(output)
    if not editions:
        raise ChoiceError(
            "no edition of this report is kept yet" if name == "last"
            else f'there is no edition "{name}": none of this report is kept yet',
            Location(str(folder_of(output))),
            "keep one with: build --edition (or build --deliver, which delivers it, too)",
        )  # fmt: skip
    if name == "last":
        return editions[-1]
    for edition in editions:
        if edition.name == name:
            return edition
    known = [edition.name for edition in editions]
    hint = near_name_hint(name, known) or f"the newest is {known[-1]}"
    raise ChoiceError(f'there is no edition "{name}"', Location(str(folder_of(output))), hint)


def read_facts(edition: Edition, name: str = FACTS) -> FactState:
    """Return the facts of an edition, or with ``EARLIER`` those that it was compared with.

    Raises:
        SourceFormatError: the file is missing or damaged.
    """
    path = edition.folder / name
    try:
        found: FactState = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SourceFormatError(
            "the facts of the edition cannot be read", Location(str(path)),
            "restore the folder from a backup, or choose another edition",
        ) from error  # fmt: skip
    return found


def find_earlier(output: Path, facts: FactState) -> tuple[str, FactState] | None:
    """Return the newest edition whose figures differ from these; None if there is none.

    So building the same figures again, or keeping them as an edition, compares with the same one.
    """
    from generator.build.changes import compare

    for edition in reversed(read_editions(output)):
        try:
            kept = read_facts(edition)
        except SourceFormatError:  # a damaged edition stops no build; diff tells of it
            continue
        if compare(kept, facts):
            return edition.name, kept
    return None


@dataclass(frozen=True, slots=True)
class Material:
    """What an edition is made of. ``outputs`` and ``inputs`` are by name and by absolute path.

    ``datasets`` are the rows that were read, as they are kept.
    """

    title: dict[str, str]
    definition: Path
    program: str
    outputs: Mapping[str, bytes]
    inputs: Mapping[Path, str]
    facts: FactState
    earlier: tuple[str, FactState] | None
    datasets: bytes | None = None


def keep_edition(
    output: Path, material: Material, result: BuildResult, now: datetime.datetime
) -> Edition:
    """Keep an edition and return it.

    Raises:
        OutputError: an input has changed since it was read, or the folder cannot be written.
    """
    home = folder_of(output)
    try:
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home)
        staged = Path(tempfile.mkdtemp(prefix=".keeping-", dir=home))
        try:
            return _keep(home, staged, material, result, now)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        raise OutputError(
            f"the edition cannot be kept: {error.strerror or error}", Location(str(home)),
            "the files of the report are written all the same",
        ) from error  # fmt: skip


def _keep(
    home: Path, staged: Path, material: Material, result: BuildResult, now: datetime.datetime
) -> Edition:
    for name, data in material.outputs.items():
        write_whole(staged / name, data)
    root = _common_root(material)
    for path, digest in material.inputs.items():
        _copy(path, staged / SNAPSHOT / path.relative_to(root), digest)
    write_whole(staged / FACTS, _json(material.facts))
    if material.earlier is not None:
        write_whole(staged / EARLIER, _json(material.earlier[1]))
    if material.datasets is not None:
        write_whole(staged / DATASETS, material.datasets)
    write_whole(staged / LOG, _log(result, now).encode())
    last = max((edition.number for edition in read_editions(home.parent)), default=0)
    manifest = {
        "version": _VERSION,
        "number": last + 1,
        "built": now.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        "title": material.title,
        "definition": material.definition.relative_to(root).as_posix(),
        "program": material.program,
        "files": [_file_record(file, result) for file in result.files],
        "snapshot": {
            path.relative_to(root).as_posix(): digest
            for path, digest in sorted(material.inputs.items())
        },
        "earlier": material.earlier[0] if material.earlier else None,
    }
    if material.datasets is not None:
        manifest["datasets"] = digest_of(staged / DATASETS)
    write_whole(staged / MANIFEST, _json(manifest))
    edition = _read(_settle(home, staged, f"{now:%Y-%m-%d}"))
    assert edition is not None
    return edition


def _file_record(file: BuiltFile, result: BuildResult) -> dict[str, Any]:
    record = asdict(EditionFile(file.path.name, file.document, file.language, file.bytes,
                                file.digest, file.source))  # fmt: skip
    if file.source is None:
        del record["source"], record["source_digest"]
    else:
        digests = {other.path.name: other.digest for other in result.files}
        record["source_digest"] = digests[file.source]
    return record


def _common_root(material: Material) -> Path:
    try:
        return Path(os.path.commonpath([path.parent for path in material.inputs]))
    except ValueError as error:
        raise OutputError(
            "what the report is made from lies on several drives, so no edition was kept",
            Location(str(material.definition)), "move all of it into one folder",
        ) from error  # fmt: skip


def _copy(path: Path, target: Path, digest: str) -> None:
    data = path.read_bytes()
    write_whole(target, data)
    if digest_of(target) != digest:
        raise OutputError(
            "the file was changed while the report was built, so no edition was kept",
            Location(str(path)), "build again",
        )  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _log(result: BuildResult, now: datetime.datetime) -> str:
    lines = [f"built {now.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"]
    lines += [f"step: {step.name}, {step.seconds:.3f} s" for step in result.steps]
    for file in result.files:
        lines.append(f"{file.state}: {file.path.name}, {file.bytes} bytes, SHA-256 {file.digest}")
        lines += [f"  because {reason}" for reason in file.reasons]
    lines += [f"{problem.severity}: {problem}" for problem in result.problems]
    return "\n".join(lines) + "\n"


def _settle(home: Path, staged: Path, date: str) -> Path:
    """Give a staged edition the next name of its day; one that was given up is not used again."""
    taken = [path.name.removeprefix(f"{date}-") for path in home.glob(f"{date}-*")]
    number = 1 + max((int(name) for name in taken if name.isdecimal()), default=0)
    while True:
        target = home / f"{date}-{number}"
        if not target.exists():
            staged.chmod(0o777 & ~umask())
            staged.rename(target)
            return target
        number += 1


def _sweep(home: Path) -> None:
    """Remove what builds left that were killed; a build holds the lock of its project."""
    for left in home.glob(".keeping-*"):
        shutil.rmtree(left, ignore_errors=True)


def prune(output: Path, limits: HistoryDefinition, now: datetime.datetime) -> list[str]:
    """Remove editions beyond the limits and return their names.

    The last two stay, and what the last one was compared with.
    """
    editions = read_editions(output)
    safe = {edition.name for edition in editions[-2:]}
    safe |= {edition.earlier for edition in editions[-1:] if edition.earlier}
    gone = []
    for place, edition in enumerate(reversed(editions)):
        age = now.astimezone(datetime.UTC) - datetime.datetime.fromisoformat(edition.built)
        is_old = limits.days is not None and age > datetime.timedelta(days=limits.days)
        is_beyond = limits.count is not None and place >= limits.count
        if (is_old or is_beyond) and edition.name not in safe:
            _remove(edition.folder)
            gone.append(edition.name)
    return gone


def _remove(folder: Path) -> None:
    """Remove an edition; one that is half gone no longer counts as one."""
    aside = folder.with_name(f".keeping-old-{folder.name}")
    try:
        folder.rename(aside)
    except OSError:  # open in another program: next time
        return
    shutil.rmtree(aside, ignore_errors=True)
