"""Where a batch puts its results, its ledger, and files that are not whole yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from generator.batch.orders import Order
from generator.build.result_names import has_tag, split_pattern, with_tags
from generator.errors import ChoiceError, Location


@dataclass(frozen=True, slots=True)
class Place:
    """Where results, ledger and files that are not whole yet lie."""

    base: str
    pattern: str
    state: Path
    ledger: Path
    is_store: bool

    @property
    def staging(self) -> Path:
        """A folder for each ledger: who holds that may clear it."""
        key = hashlib.sha256(str(self.ledger.absolute()).encode()).hexdigest()[:12]
        return self.state / f"staging-{key}"


def place_of(order: Order) -> Place:
    """Return where everything lies.

    Raises:
        ChoiceError: the pattern is none, or names every row alike.
    """
    out = with_tags(order.out)
    if not has_tag(out):
        raise ChoiceError(
            "every row would have the same name", Location("--out"),
            "put a column into the name, as in 'letters/{name}.docx'",
        )  # fmt: skip
    base, pattern = split_pattern(out)
    home = f".{order.template.name}.batch"
    if "://" in base:
        if order.zip is not None:
            raise ChoiceError("a zip is a file of this machine", Location("--zip"),
                              "name a folder in --out")  # fmt: skip
        kind, _, path = base.partition("://")
        if kind in ("file", "local"):
            return _placed(order, path, pattern, Path(path) / home)
        return _placed(order, base.rstrip("/"), pattern, Path(home), is_store=True)
    if order.zip is not None:
        state = order.zip.with_name(f".{order.zip.name}.batch")
        return _placed(order, str(state / "documents"), base + pattern, state)
    return _placed(order, base, pattern, Path(base) / home)


def _placed(
    order: Order, base: str, pattern: str, state: Path, *, is_store: bool = False
) -> Place:  # fmt: skip
    return Place(base, pattern, state, order.ledger or state / "ledger.sqlite", is_store)


def check_isolation(order: Order, place: Place) -> None:
    """Refuse what processes that gave up the network, or none of one's own, cannot do.

    Raises:
        ChoiceError: the batch cannot be made in limited processes.
    """
    for is_asked, what, hint in (
        (order.report is not None, "reads no data, as a report does", "leave out --isolate"),
        (place.is_store, "writes to no store", "name a folder in --out, or use --zip"),
        (order.engine != "local", "is made on this machine", "leave out --engine dask"),
        (order.jobs == 0, "needs processes of its own", "let --jobs be 1 or more"),
    ):
        if is_asked:
            raise ChoiceError(f"a batch in limited processes {what}", Location("--isolate"), hint)
