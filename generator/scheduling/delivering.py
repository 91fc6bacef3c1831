"""Where an edition goes: the room of deliveries, loaded only if a report has ``deliver:``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.delivery.deliveries import Delivery
    from generator.editions.store import Edition
    from generator.model.report import ReportDefinition


def planned(report: ReportDefinition, edition: Edition) -> Sequence[Delivery]:
    """Return what is to be delivered of an edition."""
    if not report.entry.deliver:
        return ()
    from generator.delivery.deliveries import planned_deliveries

    return planned_deliveries(report, edition)


def deliver(
    report: ReportDefinition, edition: Edition, delivery: Delivery, environment: Mapping[str, str]
) -> str:
    """Deliver, and return ``sent`` or ``already sent``.

    Raises:
        TargetDownError: the target does not take it now.
        DeliveryError: it refuses.
    """
    from generator.delivery import deliveries

    return deliveries.deliver(report, edition, delivery, environment=environment).state
