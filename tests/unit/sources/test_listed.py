"""Lists of YAML and JSON as tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator.errors import SourceFormatError
from generator.sources.listed import read_listed


def table(text, format="json", path=None, optional=()):
    return read_listed(text.encode(), f"t.{format}", format, path, frozenset(optional))


def lines_of(problems):
    return [str(problem).splitlines()[0] for problem in problems]


class TestRows:
    def test_of_json_keep_all_digits_and_nulls(self):
        found = table('[{"a": 1.10, "b": null}, {"a": 12345678901234567890.123, "b": "x"}]')

        assert found.names == ["a", "b"]
        assert found.rows == [
            [Decimal("1.10"), None], [Decimal("12345678901234567890.123"), "x"],
        ]  # fmt: skip
        assert [str(found.origin.where(n)) for n in found.numbers] == [
            "t.json, item 1", "t.json, item 2",
        ]  # fmt: skip

    def test_of_yaml_know_their_lines(self):
        found = table("rows:\n  - {a: 1.10, b: no}\n  - a: 2\n    b: yes\n", "yaml")

        assert found.rows == [[Decimal("1.10"), "no"], [2, "yes"]]
        assert found.numbers == [2, 3]

    def test_are_found_where_path_leads(self):
        found = table('[{"page": 1}, [{"value": 5}]]', path="1")

        assert found.rows == [[5]]
        assert table('{"a": {"rows": [{"v": 1}]}}', path="a.rows").rows == [[1]]
        assert table('{"rows": {"x": [{"v": 1}]}}', path="rows.x").rows == [[1]]

    def test_a_mapping_gives_columns_of_its_own(self):
        found = table('[{"area": {"id": "CN", "name": "中国"}, "v": 1}, {"area": null, "v": 2}]')

        assert found.names == ["area.id", "area.name", "v"]
        assert found.rows == [["CN", "中国", 1], [None, None, 2]]
        assert found.problems == []

    def test_a_list_becomes_its_text(self):
        assert table('[{"tags": ["a", 1.10, null, {"b": true}]}]').rows == [
            ['["a", 1.10, null, {"b": true}]']
        ]

    def test_an_optional_column_may_be_absent(self):
        found = table('[{"a": 1}, {"a": 2, "b": 3}]', optional=("b",))

        assert (found.names, found.rows, found.problems) == (["a", "b"], [[1, None], [2, 3]], [])


class TestFaults:
    def test_ragged_rows_are_told_all_at_once(self):
        found = table('[{"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, 4]')

        assert sorted(lines_of(found.problems)) == [
            't.json, item 2: the row has no "b"',
            't.json, item 3: the row has "c", which the first row has not',
            "t.json, item 4: the row is no mapping",
        ]

    @pytest.mark.parametrize(
        ("text", "path", "message", "hint"),
        [
            ("[]", None, "the list of rows is empty",
             "write a list of mappings with the same names; path: says where it is"),
            ('{"a": 1, "b": 2}', None, "there is no list of rows",
             "write a list of mappings with the same names; path: says where it is"),
            ('{"data": [{"v": 1}]}', "dat", 'there is no "dat" on the way to the rows',
             'did you mean "data"?'),
            ('[[{"v": 1}]]', "7", 'there is no "7" on the way to the rows', "there are: 0"),
        ],
    )  # fmt: skip
    def test_a_file_without_rows(self, text, path, message, hint):
        with pytest.raises(SourceFormatError) as caught:
            table(text, path=path)

        assert (caught.value.message, caught.value.hint) == (message, hint)
        assert str(caught.value.where) == "t.json"
