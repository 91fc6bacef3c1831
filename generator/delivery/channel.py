"""What all ways of delivering share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Protocol, TypeVar

from generator.delivery.credentials import Credentials, PassingError
from generator.delivery.parcel import Parcel
from generator.model.delivery_definition import DeliveryDefinition

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Sending:
    """One try to deliver a parcel.

    ``key`` is the same whenever the same is sent again, ``done`` the parts that were sent already;
    ``note`` keeps more parts. ``again``: what lies at the target may be newer. ``project`` is the
    folder that paths are relative to, ``own`` the folder of the report's own results.
    """

    parcel: Parcel
    target: DeliveryDefinition
    credentials: Credentials
    key: str
    project: Path
    own: Path
    now: datetime
    done: tuple[str, ...] = ()
    note: Callable[[Sequence[str]], None] = lambda parts: None
    again: bool = False


class Channel(Protocol):
    """A way to deliver.

    ``place`` says where a parcel goes and finds out what is wrong with that without a network;
    ``send`` delivers it and returns what is worth noting.
    """

    def place(self, sending: Sending) -> str:
        """Return where the parcel goes.

        Raises:
            DeliveryError: a setting is wrong or missing.
        """

    def send(self, sending: Sending) -> str:
        """Deliver.

        Raises:
            DeliveryError: it cannot be delivered.
            PassingError: it could not be delivered, but perhaps can be later.
        """


def in_time(seconds: float, work: Callable[[], Result]) -> Result:
    """Return what ``work`` gives, of a library that knows no limit of time.

    Raises:
        PassingError: it takes longer; it is left to itself then.
    """
    results: list[Result] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if not results:
        raise PassingError(f"it takes more than {seconds:g} seconds (seconds of the target)",
                           "try again, or raise seconds:")  # fmt: skip
    return results[0]
