"""What is delivered of an edition: its files, checked, and what changed in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from generator.build.changes import FigureChange, compare
from generator.editions.store import EARLIER, Edition, EditionFile, read_facts
from generator.errors import DeliveryError, Location
from generator.model.delivery_definition import DeliveryDefinition
from generator.model.report import ReportDefinition

#: The file that is written last into folders and stores: which edition lies there.
MANIFEST = "edition.json"
_VERSION = 1
_MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
}


def media_type(name: str) -> str:
    """Return the media type of a file."""
    return _MEDIA.get(name.rpartition(".")[2].lower(), "application/octet-stream")


@dataclass(frozen=True)
class Parcel:
    """The files of an edition that go to a target, and what is told of them.

    ``languages`` are those of texts, ``places`` what stands for the places of patterns.
    """

    edition: Edition
    files: tuple[EditionFile, ...]
    languages: tuple[str, ...]
    places: dict[str, str]

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """The bytes of the files by name.

        Raises:
            DeliveryError: one of them is missing or not as it was built.
        """
        return {file.name: self._content(file) for file in self.files}

    def _content(self, file: EditionFile) -> bytes:
        path = self.edition.folder / file.name
        try:
            data = path.read_bytes()
        except OSError as error:
            message = f"the file of the edition cannot be read: {error.strerror}"
            raise self._damaged(str(path), message) from error
        if hashlib.sha256(data).hexdigest() != file.digest:
            raise self._damaged(str(path), "the file of the edition is not as it was built")
        return data

    def _damaged(self, path: str, message: str) -> DeliveryError:
        return DeliveryError(message, Location(path), f"mend it: rebuild {self.edition.name}")

    @cached_property
    def changes(self) -> tuple[FigureChange, ...]:
        """The figures that differ from those of the edition before; none for the first one.

        Raises:
            SourceFormatError: the facts of the edition are missing or damaged.
        """
        if self.edition.earlier is None:
            return ()
        return compare(read_facts(self.edition, EARLIER), read_facts(self.edition))

    @property
    def size(self) -> int:
        return sum(file.bytes for file in self.files)

    def record(self) -> dict[str, object]:
        """Return the edition as programs are told of it."""
        return {
            "version": _VERSION,
            "edition": self.edition.name,
            "number": self.edition.number,
            "built": self.edition.built,
            "title": self.edition.title,
            "files": [
                {"name": f.name, "document": f.document, "language": f.language,
                 "bytes": f.bytes, "sha256": f.digest, **({"source": f.source} if f.source else {})}
                for f in self.files
            ],
            "earlier": self.edition.earlier,
            "changes": [_change(change) for change in self.changes],
        }  # fmt: skip

    @cached_property
    def manifest(self) -> bytes:
        """The bytes of the file that is written last."""
        return (json.dumps(self.record(), ensure_ascii=False, indent=1) + "\n").encode()


def _change(change: FigureChange) -> dict[str, object]:
    now = change.new or change.old or {}
    return {
        "id": change.id,
        "kind": change.kind,
        "name": now["name"],
        "old": change.old and {"value": change.old["value"], "period": change.old["period"]},
        "new": change.new and {"value": change.new["value"], "period": change.new["period"]},
        "source": now["source"],
    }


def make_parcel(
    report: ReportDefinition, edition: Edition, target: DeliveryDefinition, where: Location
) -> Parcel:
    """Return what goes to a target; its files are read when they are needed.

    Raises:
        DeliveryError: the edition has none of the files that the target asks for.
    """
    languages = target.languages or report.entry.languages
    files = tuple(
        file
        for file in edition.files
        if file.language in languages
        and (not target.documents or file.document in target.documents)
        and (not target.formats or file.name.rpartition(".")[2].lower() in target.formats)
    )
    if not files:
        raise DeliveryError(
            f"the edition {edition.name} has no file that goes to this target", where,
            "change documents, languages or formats of the target, or build the edition whole",
        )  # fmt: skip
    day = edition.name[:10]
    places = {"edition": edition.name, "date": day, "year": day[:4], "month": day[5:7]}
    return Parcel(edition, files, tuple(languages), places)


def newer_edition(manifest: bytes, parcel: Parcel) -> str | None:
    """Return the name of the edition of the same report that a manifest tells of, if it is newer.

    It is only if number and time say so: numbers begin anew when editions are deleted, and clocks
    are set back.
    """
    edition = parcel.edition
    try:
        kept = json.loads(manifest)
        is_newer = (
            kept["title"] == edition.title
            and kept["number"] > edition.number
            and str(kept["built"]) > edition.built
        )
        return str(kept["edition"]) if is_newer else None
    except (ValueError, KeyError, TypeError):
        return None
