"""Types of columns: found out or declared, and every value that does not fit."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from generator.errors import DataError
from generator.model.dataset_definition import DatasetDefinition
from generator.sources.delimited import read_delimited
from generator.sources.typed import typed_dataset


def read(text, **definition):
    entry = DatasetDefinition.model_validate({"file": "t.csv", **definition})
    return typed_dataset("t", read_delimited(text.encode(), "t.csv"), entry, "report.yaml", 5)


def problems(text, **definition):
    with pytest.raises(DataError) as caught:
        read(text, **definition)
    return [str(problem) for problem in caught.value.problems]


class TestFoundOut:
    @pytest.mark.parametrize(
        ("cells", "type", "first"),
        [
            (("1", "-20"), "integer", 1),
            (('"1,234"', "5"), "integer", 1234),
            (("1.50", "2"), "number", Decimal("1.50")),
            (('"1,800.25"', "2000.5"), "number", Decimal("1800.25")),
            (("12345678901234567890123.5", "1"), "number", Decimal("12345678901234567890123.5")),
            (("2025-02-28", "2024-02-29"), "date", date(2025, 2, 28)),
            (("2025-02-28 10:00", "2024-02-29T11:00:01"), "datetime", datetime(2025, 2, 28, 10)),
            (("007", "8"), "text", "007"),
            (("2025-02-30", "2025-02-28"), "text", "2025-02-30"),
            (("1e5", "2"), "text", "1e5"),
            (("6.1%", "5%"), "text", "6.1%"),
            (('"1,23"', "4"), "text", "1,23"),
            (("true", "false"), "text", "true"),
        ],
    )
    def test_only_what_is_certain(self, cells, type, first):
        dataset = read("v\n" + "\n".join(cells) + "\n")

        assert dataset.columns[0].type == type
        assert dataset.rows[0][0] == first


class TestDeclared:
    @pytest.mark.parametrize(
        ("cell", "column", "value"),
        [
            ("2025年3月1日", "date", date(2025, 3, 1)),
            ("2025/3/1", "date", date(2025, 3, 1)),
            ("2.5E-3", "number", Decimal("0.0025")),
            ("−7.5", "number", Decimal("-7.5")),
            ("１２．５", "number", Decimal("12.5")),
            ("6.1%", {"type": "number", "unit": "%"}, Decimal("6.1")),
            ("6.1", {"type": "number", "unit": "%"}, Decimal("6.1")),
            ('"1,300 家"', {"type": "integer", "unit": "家"}, 1300),
            ("5.0", "integer", 5),
            ("1", "boolean", True),
            ("007", "text", "007"),
        ],
    )
    def test_values_are_read_as_their_column_says(self, cell, column, value):
        dataset = read(f"v\n{cell}\n", columns={"v": column})

        assert dataset.rows == ((value,),)

    def test_columns_get_other_names(self):
        dataset = read("产值（亿元）\n5\n", columns={"gdp": {"from": "产值（亿元）"}})

        assert dataset.names == ("gdp",)

    def test_texts_for_none_are_none(self):
        dataset = read("v,w\nn/a,1\n…,2\n3,-\n", missing=["n/a", "…", "-"])

        assert dataset.rows == ((None, 1), (None, 2), (3, None))

    def test_an_optional_column_may_be_absent(self):
        dataset = read("v\n1\n", columns={"w": {"type": "number", "optional": True}})

        assert dataset.names == ("v", "w")
        assert dataset.rows == ((1, None),)

    def test_only_numbers_have_a_unit(self):
        with pytest.raises(ValidationError, match="only numbers have a unit"):
            read("v\n1\n", columns={"v": {"unit": "%"}})


def test_all_faults_are_told_at_once_with_line_column_value_and_what_to_do():
    found = problems(
        "i,n,d\nx,1.2.3,2025-02-30\n1,6.1%,31/12/2025\n",
        columns={"i": "integer", "n": "number", "d": "date", "q": "text"},
    )

    assert found == [
        't.csv: there is no column "q"\nhint: there are: i, n, d',
        't.csv, line 2, column "i": "x" is not a whole number\nhint: list "x" under missing:',
        't.csv, line 2, column "n": "1.2.3" is not a number\nhint: list "1.2.3" under missing:',
        't.csv, line 3, column "n": "6.1%" is not a number\n'
        'hint: write columns: {n: {type: number, unit: "%"}}',
        't.csv, line 2, column "d": "2025-02-30" is no day of the calendar\n'
        'hint: list "2025-02-30" under missing:',
        't.csv, line 3, column "d": "31/12/2025" is not a date\n'
        'hint: list "31/12/2025" under missing:',
    ]


def test_more_than_a_hundred_faults_are_counted():
    found = problems("v\n" + "x\n" * 150, columns={"v": "integer"})

    assert len(found) == 101
    assert "and 50 more problems like these" in found[-1]


def test_names_that_are_given_twice_by_the_definition():
    (found,) = problems("a,b\n1,2\n", columns={"a": {"from": "b"}})

    assert found == 't.csv: the column name "a" is given twice\nhint: rename one of them with from:'
