"""Editions to deliver, and deliveries of them in tests."""

from __future__ import annotations

import atexit
import datetime
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from generator.delivery.deliveries import (
    Delivery,
    DeliveryOutcome,
    deliver,
    find_what_to_deliver,
    planned_deliveries,
)
from generator.editions.current import build_current
from tests.support.projects import DEFINITION, FACTS, write_project

DAY = datetime.datetime(2026, 11, 23, 9, 15, tzinfo=datetime.UTC)
LATER = FACTS.replace("2000", "2100").replace("7.3", "6.1")


def project_with(folder: Path, targets: str, *, editions: int = 1) -> Path:
    """Write a project with targets (the text below ``deliver:``) of which editions are kept, and
    return its definition. The second edition has other figures."""
    shutil.copytree(_built(editions), folder, dirs_exist_ok=True)
    definition = folder / "report.yaml"
    definition.write_text(DEFINITION + f"deliver:\n{targets}\n", encoding="utf-8")
    return definition


@cache
def _built(editions: int) -> Path:
    """Return a project with editions, made once."""
    folder = Path(tempfile.mkdtemp(prefix="make-report-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    definition = write_project(folder)
    for number in range(editions):
        (folder / "data/facts.yaml").write_text((FACTS, LATER)[number % 2], encoding="utf-8")
        build_current(definition, edition=True, now=DAY + datetime.timedelta(hours=number))
    return folder


def planned(definition: Path, target: str | None = None, edition: str = "last") -> Delivery:
    """Return the delivery of an edition to a target (default: the first one)."""
    report, found = find_what_to_deliver(definition, edition)
    return planned_deliveries(report, found, [target] if target else [])[0]


def delivered(
    definition: Path, target: str | None = None, environment: Mapping[str, str] | None = None,
    *, edition: str = "last", **options: Any,
) -> DeliveryOutcome:  # fmt: skip
    """Deliver an edition to a target without pauses between tries."""
    report, found = find_what_to_deliver(definition, edition)
    delivery = planned_deliveries(report, found, [target] if target else [])[0]
    options.setdefault("sleep", lambda seconds: None)
    return deliver(report, found, delivery, environment=environment or {}, **options)
