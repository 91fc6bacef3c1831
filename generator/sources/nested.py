"""Values inside of values: mappings become columns of their own, lists become one text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

Row = Mapping[str, object]


def flat_rows(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return rows whose mappings are columns: ``{area: {id: 1}}`` is ``{"area.id": 1}``.

    A list becomes its JSON text. Where one row has a mapping and another none, that other row has
    none in each of its columns.
    """
    if not any(isinstance(value, (dict, list, tuple)) for row in rows for value in row.values()):
        return [dict(row) for row in rows]
    parents: dict[str, dict[str, None]] = {}
    flat = [dict(_flat(row, "", parents)) for row in rows]
    for row in flat:
        for parent, children in parents.items():
            if parent in row and row[parent] is None:
                del row[parent]
                row.update((child, None) for child in children if child not in row)
    return flat


def _flat(row: Row, before: str, parents: dict[str, dict[str, None]]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            found = list(_flat(value, f"{name}.", parents))
            parents.setdefault(name, {}).update((child, None) for child, _ in found)
            yield from found if found else ((name, None),)
        elif isinstance(value, (list, tuple)):
            yield name, list_text(value)
        else:
            yield name, value


def list_text(values: Iterable[object]) -> str:
    """Return a list as JSON; numbers keep all their digits."""
    return f"[{', '.join(_json(value) for value in values)}]"


def _json(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_json(str(key))}: {_json(own)}" for key, own in value.items())
        return f"{{{inner}}}"
    if isinstance(value, (list, tuple)):
        return list_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (date, time)):
        return json.dumps(value.isoformat())
    if value is None or isinstance(value, (bool, int, float, str)):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(str(value), ensure_ascii=False)
