"""What was delivered: one small file for each edition and target, beside the editions.

A delivery is noted before anything is sent, and again when it was. A file is replaced whole, so a
program that is killed leaves the one or the other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic, sleep

from generator.editions.state import try_lock, write_whole
from generator.editions.store import folder_of
from generator.errors import DeliveryError, Location
from generator.sources.files import kept_bytes, kept_json

FOLDER = "deliveries"
_VERSION = 1
#: How long a delivery waits for another one to the same target, in seconds.
_PATIENCE = 30.0


@dataclass(slots=True)
class DeliveryRecord:
    """What is known of a delivery.

    ``place`` is where it goes. ``round`` counts how often it was asked for anew after it was done.
    ``begun`` and ``sent`` are times in UTC; ``sent`` is None until it is done. ``done`` are the
    parts that are, such as addresses of a mail. ``tries`` and ``failure`` are of the last run.
    """

    key: str
    edition: str
    target: str
    kind: str
    place: str = ""
    begun: str = ""
    sent: str | None = None
    round: int = 1
    tries: int = 0
    done: list[str] = field(default_factory=list)
    note: str = ""
    failure: str | None = None

    @property
    def round_key(self) -> str:
        """The key of this round: what others recognise a repeated message by."""
        return self.key if self.round == 1 else f"{self.key}.{self.round}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The deliveries of a report's editions."""

    folder: Path

    @classmethod
    def of(cls, output: Path) -> Ledger:
        """Return the ledger of a report by its output folder."""
        return cls(folder_of(output) / FOLDER)

    def path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def read(self, key: str) -> DeliveryRecord | None:
        """Return the record of a delivery; None if it was never begun.

        Raises:
            DeliveryError: it cannot be read, so nobody knows whether the edition was sent.
        """
        path = self.path(key)
        try:
            kept = kept_json(kept_bytes(path))
            version = kept.pop("version")
            record = DeliveryRecord(**kept) if version == _VERSION else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DeliveryError(
                "the record of this delivery cannot be read, so it is not known whether it was "
                "sent", Location(str(path)), "remove the file to send it, perhaps once more",
            ) from error  # fmt: skip
        if record is None or not record.key:
            raise DeliveryError(
                f"the record of this delivery is of a newer program (version {version})",
                Location(str(path)), "use that program, or a later one",
            )  # fmt: skip
        return record

    def write(self, record: DeliveryRecord) -> None:
        """Keep a record.

        Raises:
            OSError: it cannot be written; the one before stays.
        """
        kept = {"version": _VERSION, **asdict(record)}
        path = self.path(record.key)
        for left in self.folder.glob(f".{path.name}.*.part"):  # of a program that was killed
            left.unlink(missing_ok=True)
        write_whole(path, json.dumps(kept, ensure_ascii=False, indent=1).encode())

    @contextmanager
    def held(self, target: str, where: Location) -> Iterator[None]:
        """Let one program at a time deliver to a target; the lock vanishes with its process.

        Raises:
            DeliveryError: another one is at work, or the ledger cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / f"{target}.lock", os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        try:
            until = monotonic() + _PATIENCE
            while not try_lock(handle):
                if monotonic() > until:
                    raise DeliveryError(
                        f'another run is delivering to "{target}"', where,
                        "wait until it is done, then deliver again",
                    )  # fmt: skip
                sleep(0.05)
            yield
        finally:
            os.close(handle)


def unwritable(folder: Path, error: OSError) -> DeliveryError:
    """Return what is said where a delivery cannot be noted before it is sent."""
    return DeliveryError(
        f"deliveries cannot be recorded, so nothing was sent: {error.strerror}",
        Location(str(folder)), "make room, or let the folder be written",
    )  # fmt: skip
