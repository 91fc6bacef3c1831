"""Where an edition goes: the room of deliveries, asked only if a report has ``deliver:``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from generator.editions.store import Edition
    from generator.model.report import ReportDefinition

_ROOM = "generator.delivery.deliveries"


class Delivery(Protocol):
    """One edition for one target; ``key`` stays the same for these two."""

    @property
    def key(self) -> str: ...

    @property
    def target(self) -> str: ...


def planned(report: ReportDefinition, edition: Edition) -> Sequence[Delivery]:
    """Return what is to be delivered of an edition."""
    if not getattr(report.entry, "deliver", None):
        return ()
    found: Sequence[Delivery] = _room().planned_deliveries(report, edition)
    return found


def deliver(
    report: ReportDefinition, edition: Edition, delivery: Delivery, environment: Mapping[str, str]
) -> str:
    """Deliver, and return ``sent`` or ``already sent``.

    Raises:
        ReportError: the target cannot be reached, or refuses.
    """
    return str(_room().deliver(report, edition, delivery, environment=environment).state)


def _room() -> Any:
    return import_module(_ROOM)
