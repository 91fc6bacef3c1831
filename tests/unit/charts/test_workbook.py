"""Sheets and caches of native charts, written by kept forms or cell by cell."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.native import native_chart
from generator.charts.numbers import number_text, number_texts
from generator.errors import ChartError
from generator.model.changed import changed
from generator.model.chart import ChartSpec, Series
from generator.model.length import Length

ODD = [Decimal(text) for text in ("-0", "-0.5", "1E+9", "1E-15", "1.50")]
NUMBERS = (
    st.none()
    | st.decimals(min_value=-(10**15), max_value=10**15, places=3)
    | st.sampled_from(ODD)
)  # fmt: skip
NAMES = st.text("aR&D<>%_x0041杭州 \n", max_size=9)


@given(st.lists(NUMBERS, max_size=8))
def test_many_numbers_are_written_as_each_of_them(values: list[Decimal | None]) -> None:
    written = number_texts(values)

    assert written == tuple(None if value is None else number_text(value) for value in values)


def test_one_number_among_many_that_cannot_stand_in_a_sheet_is_refused() -> None:
    with pytest.raises(ChartError, match='"NaN" is no number that a chart can show'):
        number_texts([Decimal(1), Decimal("NaN")])


@given(st.lists(st.tuples(NAMES, NUMBERS, NUMBERS), min_size=1, max_size=70))
def test_a_sheet_holds_what_was_given_with_gaps_and_without(
    rows: list[tuple[str, Decimal | None, Decimal | None]],
) -> None:
    names, ones, others = zip(*rows, strict=True)
    spec = ChartSpec("column", names, (Series("A", ones), Series("100 %s", others)), "a chart")

    drawing = native_chart(spec, Length.cm(16), Length.cm(8))

    sheet = openpyxl.load_workbook(BytesIO(drawing.part.related[0][1].blob)).worksheets[0]
    found = [
        tuple(sheet.cell(row, column).value for column in (1, 2, 3))
        for row in range(2, len(rows) + 2)
    ]
    assert [(_as_office_reads(name or ""), one, other) for name, one, other in found] == [
        (name, _number(one), _number(other)) for name, one, other in rows
    ]
    assert sheet["C1"].value == "100 %s"


def _as_office_reads(text: str) -> str:
    """Return a text of a sheet with its escaped signs, which openpyxl leaves as they are."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda sign: chr(int(sign[1], 16)), text)


def test_a_text_that_looks_like_an_escaped_sign_stays_as_it_is() -> None:
    spec = ChartSpec("column", ("_x0041_",), (Series("A", (Decimal(1),)),), "a chart")

    drawing = native_chart(spec, Length.cm(16), Length.cm(8))

    sheet = openpyxl.load_workbook(BytesIO(drawing.part.related[0][1].blob)).worksheets[0]
    assert sheet["A2"].value == "_x005F_x0041_"


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def test_a_sparkline_without_values_is_drawn() -> None:
    spec = ChartSpec("sparkline", ("a", "b"), (Series("A", (None, None)),), "a chart")

    drawing = native_chart(spec, Length.cm(4), Length.cm(1))

    assert b"<c:dPt>" not in drawing.part.blob


def test_a_changed_value_equals_a_replaced_one() -> None:
    series = Series("A", (Decimal(1),), labels=("x",), color="accent2")

    assert changed(series, color="dk1", fill="none") == replace(series, color="dk1", fill="none")
    assert series.color == "accent2"
