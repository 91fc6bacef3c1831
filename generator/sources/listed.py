"""Lists of YAML and JSON as tables: a mapping for each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from generator.errors import Location, Problem, SourceFormatError, near_name_hint
from generator.model.dataset import Origin
from generator.sources.nested import flat_rows
from generator.sources.raw_table import RawTable
from generator.sources.records import read_records
from generator.sources.yaml_text import FieldPath, read_yaml

_TOP = "rows"
#: Problems that are looked for, and names that a strange one is compared with.
_MOST_PROBLEMS, _MOST_COMPARED = 100, 200


def read_listed(
    data: bytes, file: str, format: str, path: str | None, optional: frozenset[str] = frozenset()
) -> RawTable:
    """Return the list of mappings in a YAML or JSON file, or the one that ``path`` leads to.

    Columns are those of the first row, and ``optional`` ones of any; a row without one of the
    others is a problem. A mapping inside of a row gives columns of its own (``area.id``), a list
    its text.

    Raises:
        SourceFormatError: the file cannot be read, or there is no list of mappings.
    """
    lines: Mapping[FieldPath, int] = {}
    if format == "yaml":
        document = read_yaml(data, file)
        value, lines = document.value, document.lines
    else:
        values = read_records(data, file, "json", _TOP).values
        is_bare = set(values) == {_TOP} and (path or "").split(".")[0] != _TOP
        value = values[_TOP] if is_bare else dict(values)
    steps: FieldPath = tuple(path.split(".")) if path else ()
    rows = _at(value, steps, file)
    if isinstance(rows, dict) and len(rows) == 1 and isinstance(next(iter(rows.values())), list):
        (key,) = rows
        steps, rows = (*steps, key), rows[key]
    return _table(rows, steps, Location(file), lines, optional)


def _at(value: Any, steps: FieldPath, file: str) -> Any:
    for step in steps:
        known = value if isinstance(value, (dict, list)) else {}
        if isinstance(known, list):
            known = {str(number): item for number, item in enumerate(known)}
        if str(step) not in known:
            raise SourceFormatError(
                f'there is no "{step}" on the way to the rows', Location(file),
                near_name_hint(str(step), list(known))
                or f"there are: {', '.join(list(known)[:8]) or 'no names'}",
            )  # fmt: skip
        value = known[str(step)]
    return value


def _table(
    rows: Any, steps: FieldPath, where: Location, lines: Mapping[FieldPath, int],
    optional: frozenset[str],
) -> RawTable:  # fmt: skip
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        empty = isinstance(rows, list) and not rows
        raise SourceFormatError(
            "the list of rows is empty" if empty else "there is no list of rows", where,
            "write a list of mappings with the same names; path: says where it is",
        )  # fmt: skip
    origin = Origin("file", where.file or "", counted="line" if lines else "item")
    problems: list[Problem] = []
    found: list[tuple[int, Mapping[str, Any]]] = []
    for place, row in enumerate(rows):
        number = lines.get((*steps, place), place + 1) if lines else place + 1
        if isinstance(row, dict):
            found.append((number, row))
        else:
            problems.append(
                _problem("the row is no mapping", origin.where(number), "write name: value")
            )
    flat = flat_rows([row for _, row in found])
    known = dict.fromkeys(flat[0])
    for row in flat:
        known |= dict.fromkeys(name for name in optional if name in row)
    names = list(known)
    table = RawTable(origin, names, problems=problems)
    for (number, _), row in zip(found, flat, strict=True):
        if len(table.problems) <= _MOST_PROBLEMS:
            table.problems += islice(
                _faults(row, known, optional, origin.where(number)), _MOST_PROBLEMS
            )
        table.add(number, [row.get(name) for name in names])
    return table


def _faults(
    row: Mapping[str, Any], known: Mapping[str, object], optional: frozenset[str], at: Location
) -> Iterator[Problem]:
    for name in known:
        if name not in row and name not in optional:
            yield _problem(f'the row has no "{name}"', at,
                           f"write {name}: null for none, or columns: {{{name}: "
                           "{optional: true}}")  # fmt: skip
    for name in row:
        if name not in known:
            yield _problem(f'the row has "{name}", which the first row has not', at,
                           near_name_hint(name, list(known)[:_MOST_COMPARED])
                           or "give all rows the same names")  # fmt: skip


def _problem(message: str, where: Location, hint: str) -> Problem:
    return Problem(message, where, hint, code=SourceFormatError.code)
