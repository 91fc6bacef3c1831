"""Datasets as templates see them: rows by the names of their columns; with marks for tracing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING

from generator.build.marked_views import BEGIN, MarkedNumber, MarkedText, Marks
from generator.model.dataset import Dataset, Value

if TYPE_CHECKING:
    from generator.build.uses import Uses

Row = Mapping[str, Value]


class DatasetView:
    """A dataset in one language: iterable row by row, each row a mapping by column."""

    __slots__ = ("_held", "_language", "_marks", "_rows", "_uses")

    def __init__(
        self, dataset: Dataset, language: str, uses: Uses | None = None, marks: Marks | None = None
    ) -> None:
        self._held = dataset
        self._language = language
        self._uses = uses
        self._marks = marks
        self._rows: tuple[Row, ...] | None = None

    @property
    def _dataset(self) -> Dataset:
        """The dataset; whatever is asked of it is noted as a use."""
        if self._uses is not None:
            self._uses.datasets.add(self._held.name)
        return self._held

    @property
    def name(self) -> str:
        return self._dataset.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._dataset.names

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows; each is a mapping from the names of the columns."""
        dataset = self._dataset
        if self._rows is None:
            made: Iterator[Row]
            if self._marks is None:
                made = (dict(zip(dataset.names, row, strict=True)) for row in dataset.rows)
            else:
                made = _marked_rows(dataset, self._marks)
            self._rows = tuple(made)
        return self._rows

    @property
    def source(self) -> str:
        """Where the rows were read: ``figures.xlsx, Sheet1!A1:D20``."""
        return self._told("source", self._dataset.origin.told)

    @property
    def source_name(self) -> str:
        """What the definition calls the source; else file, database or address."""
        return self._told("source", self._dataset.words.label.in_language(self._language))

    def _told(self, form: str, text: str) -> str:
        return text if self._marks is None else self._marks.mark(self._id(), form, text)

    def _id(self) -> str:
        return f"datasets.{self._held.name}"

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self._dataset.rows)

    def template_names(self) -> list[str]:
        """Return the names that a message may propose for a wrong one."""
        return ["name", "columns", "rows", "source", "source_name"]

    template_names.unsafe_callable = True  # type: ignore[attr-defined]


def dataset_views(
    datasets: Mapping[str, Dataset], language: str, uses: Uses | None = None,
    marks: Marks | None = None,
) -> dict[str, DatasetView]:  # fmt: skip
    """Return all datasets in one language by name; with ``marks`` their values carry marks."""
    return {name: DatasetView(dataset, language, uses, marks) for name, dataset in datasets.items()}


class _MarkedInteger(int):
    """A whole number that is printed with a mark."""

    marked: str

    def __str__(self) -> str:
        return self.marked


class _MarkedDate(date):
    """A day that is printed with a mark."""

    marked: str

    def __str__(self) -> str:
        return self.marked


class _MarkedTime(datetime):
    """A day and time that is printed with a mark."""

    marked: str

    def __str__(self) -> str:
        return self.marked


def _marked_rows(dataset: Dataset, marks: Marks) -> Iterator[Row]:
    ids = [f"datasets.{dataset.name}.{name}" for name in dataset.names]
    for number, row in enumerate(dataset.rows):
        yield {
            name: _marked(value, ids[place], dataset.place(number, place), marks)
            for place, (name, value) in enumerate(zip(dataset.names, row, strict=True))
        }


def _marked(value: Value, id: str, cell: str, marks: Marks) -> Value:
    """Return a value that is printed with a mark; what is worked out with it has none."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return marks.mark(id, "name", value, cell)
    form = "day" if isinstance(value, date) else "number"
    text = marks.mark(id, form, str(value), cell)
    made: _MarkedInteger | MarkedNumber | _MarkedDate | _MarkedTime
    if isinstance(value, int):
        made = _MarkedInteger(value)
    elif isinstance(value, Decimal):
        made = MarkedNumber(value)
    elif isinstance(value, datetime):
        made = _MarkedTime.fromisoformat(value.isoformat())
    else:
        made = _MarkedDate(value.year, value.month, value.day)
    made.marked = str.__str__(text)
    return made


def digits(value: object, decimals: int = 0, grouped: bool = True) -> object:
    """Filter: a number with so many decimals, rounded half up, its thousands parted: ``1,234.5``.

    None prints nothing.
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError('"digits" works on a number, such as row.amount')
    if not 0 <= decimals <= 30:
        raise ValueError("digits gives 0 to 30 decimals")
    number = Decimal(int(value)) if isinstance(value, int) else Decimal(value)
    with localcontext(prec=max(60, number.adjusted() + 40)):
        rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    plain = f"{rounded:,f}" if grouped else f"{rounded:f}"
    marked = getattr(value, "marked", "")
    if not marked.startswith(BEGIN):
        return plain
    mark = marked[: marked.index(_CUT) + 1]
    return MarkedText(f"{mark}{plain}{marked[-1]}", plain, int(mark[1:-1]))


_CUT = "\U0010f8f1"
