"""Whole paragraphs and tables from data: the functions ``table``, ``markdown``, ``page_break``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from decimal import Decimal
from typing import Any

from generator.errors import ChartError
from generator.model.blocks import Alignment, Blocks, Cell, Column, PageBreak, Table
from generator.model.length import Length
from generator.model.limits import limits_in_force
from generator.model.rich_text import RichText

_ALIGNMENTS: dict[str, Alignment] = {
    "l": "left", "left": "left", "c": "center", "center": "center", "r": "right",
    "right": "right",
}  # fmt: skip


def page_break() -> Blocks:
    """Return the end of a page (Word only)."""
    return Blocks((PageBreak(),))


def markdown(text: object) -> Blocks:
    """Return a Markdown text as paragraphs, lists and tables in the template's styles."""
    from generator.build.markdown import read_markdown

    if isinstance(text, (list, tuple, dict, set, bytes)) or callable(text):
        raise ChartError("this is no Markdown text", None, "give a text")
    written = "" if text is None else str(text)
    most = limits_in_force().markdown_characters
    if len(written) > most:
        raise ChartError(
            f"the text has more than {most:,} characters (limit markdown_characters)",
            None, "print it in several pieces",
        )  # fmt: skip
    return read_markdown(written)


def table(
    rows: Iterable[Any],
    columns: Sequence[Any] | Mapping[str, Any] | None = None,
    header: bool = True,
    widths: Sequence[object] | None = None,
    align: str | Sequence[str] | None = None,
    style: str | None = None,
    caption: object = None,
) -> Blocks:
    """Return a table of rows: mappings, sequences of cells, or objects with attributes.

    ``columns`` are names, or titles by name, or mappings with ``name``, ``title``, ``width`` and
    ``align``; without them mappings show all their keys, and of sequences the first is the header.
    ``widths`` are lengths such as ``"3 cm"`` (None: by content), ``align`` letters such as
    ``"lrr"``. ``style`` is a table style of the template.

    Raises:
        ChartError: rows, columns or widths do not fit each other.
    """
    most = limits_in_force().table_rows
    if isinstance(rows, Sized) and len(rows) > most:
        raise ChartError(f"the table has more than {most:,} rows (limit table_rows)", None,
                         "show fewer of them")  # fmt: skip
    items = list(rows)
    plan = _plan(items, columns, header)
    if columns is None and header and items and not _is_record(items[0]):
        items = items[1:]
    plan = _with(plan, "width", widths)
    plan = _with(plan, "align", list(align) if isinstance(align, str) else align)
    written = tuple(tuple(_cells(row, plan, number)) for number, row in enumerate(items, 1))
    shown = None if caption is None else RichText.of(caption)
    made = tuple(
        Column(RichText.of(c["title"]), _length(c.get("width")), _alignment(c.get("align")))
        for c in plan
    )
    return Blocks((Table(made, written, header, style, None, shown),))


_Plan = list[dict[str, Any]]


def _is_record(row: object) -> bool:
    return isinstance(row, Mapping) or not isinstance(row, Sequence) or isinstance(row, str)


def _plan(items: list[Any], columns: Any, header: bool) -> _Plan:
    if isinstance(columns, Mapping):
        return [{"name": name, "title": title} for name, title in columns.items()]
    if columns is not None:
        return [
            {"title": c.get("name", ""), **c} if isinstance(c, Mapping)
            else {"name": c, "title": c}
            for c in columns
        ]  # fmt: skip
    if not items:
        raise ChartError(
            "the table has neither rows nor columns", None,
            'give columns=["name", ...] so that an empty table has a header',
        )  # fmt: skip
    first = items[0]
    if isinstance(first, Mapping):
        names = dict.fromkeys(name for row in items if isinstance(row, Mapping) for name in row)
        return [{"name": name, "title": name} for name in names]
    if _is_record(first):
        raise ChartError("the columns of the table are not known", None,
                         'give columns=["name", ...]')  # fmt: skip
    return [
        {"name": number, "title": title if header else ""} for number, title in enumerate(first)
    ]


def _with(plan: _Plan, key: str, values: Sequence[object] | None) -> _Plan:
    if values is None:
        return plan
    if len(values) != len(plan):
        raise ChartError(
            f"the table has {len(plan)} columns and {len(values)} of {key}", None,
            "give one for each column",
        )  # fmt: skip
    return [{**column, key: value} for column, value in zip(plan, values, strict=True)]


def _cells(row: Any, plan: _Plan, number: int) -> Iterable[Cell]:
    if not _is_record(row):
        if len(row) != len(plan):
            raise ChartError(
                f"row {number} of the table has {len(row)} cells for {len(plan)} columns", None,
                "give each row a cell for each column; an empty one is none",
            )  # fmt: skip
        return [_cell(value) for value in row]
    return [_cell(_field(row, column["name"], number)) for column in plan]


def _field(row: Any, name: Any, number: int) -> object:
    if isinstance(row, Mapping):
        return row.get(name)
    if isinstance(name, str) and not name.startswith("_") and hasattr(row, name):
        return getattr(row, name)
    raise ChartError(f'row {number} of the table has no "{name}"', None, "check the columns")


def _cell(value: object) -> Cell:
    if isinstance(value, Cell):
        return value
    if value is None:
        return Cell(RichText())
    is_plain = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    is_number = is_plain or isinstance(getattr(value, "number", None), (int, float, Decimal))
    return Cell(RichText.of(value), is_number)


def _length(value: object) -> Length | None:
    if value is None:
        return None
    try:
        return Length.parse(str(value))
    except ValueError as error:
        raise ChartError(str(error), None, 'write it like widths=["3 cm", none]') from error


def _alignment(value: object) -> Alignment | None:
    if value is None:
        return None
    found = _ALIGNMENTS.get(str(value).lower())
    if found is None:
        raise ChartError(f'"{value}" is no alignment', None, "write left, center or right")
    return found
