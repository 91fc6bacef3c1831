"""What the options of all commands ``schedule ...`` ask for: definitions, store, worker."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from generator.scheduling.schedules import Schedule
    from generator.scheduling.store import Store


class Asked:
    """What the options of a command ask for."""

    def __init__(
        self, home: Path | None, report: tuple[Path, ...], store: Path | None, worker: str | None,
        debug: bool,
    ) -> None:  # fmt: skip
        from generator.app.projects import find_definition
        from generator.scheduling.store import store_of

        asked: Sequence[Path | None] = report or (None,)
        self.definitions = [find_definition(one, home).resolve() for one in asked]
        self.has_own_store = store is not None
        if store is None and len(self.definitions) > 1:
            store_needed = store_of(Path(), os.environ)
            if not store_needed.is_shared:
                raise click.UsageError("several reports need one place to remember: --store DIR")
        folder = store or self.definitions[0].parent / ".cache" / "schedule"
        self.store: Store = store_of(folder.absolute(), os.environ)
        self._worker = worker

    @property
    def worker(self) -> str:
        from generator.scheduling.owner import worker_name

        return worker_name(self.store, self._worker)

    def schedules(self) -> list[Schedule]:
        from generator.scheduling.schedules import read_schedules

        return read_schedules(self.definitions, self.store)
