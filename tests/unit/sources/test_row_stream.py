"""Rows of files one after the other."""

from __future__ import annotations

import json
import tracemalloc
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import ReportError, SourceFormatError, SourceNotFoundError
from generator.model.limits import Limits, within
from generator.sources import row_stream
from generator.sources.records import read_records
from generator.sources.row_stream import stream_rows


def rows_of(folder: Path, name: str, text: str | bytes) -> list[object]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [row.value for row in stream_rows(path).rows]


SAME = [{"no": 1, "name": "Li & <b>", "sum": Decimal("1.10")}, {"no": 2, "name": "", "sum": 3}]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "no,name,sum\n1,Li & <b>,1.10\n\n2,,3\n"),
        ("a.csv", "sep=;\nno;name;sum\n1;Li & <b>;1.10\n2;;3\n"),
        ("a.csv", "\ufeffno,name,sum,\n1,Li & <b>,1.10,\n2,,3,\n"),
        ("a.csv", "no,name,sum\n1,Li & <b>,1.10\n2,,3\n".encode("utf-16")),
        ("a.tsv", "no\tname\tsum\r\n1\tLi & <b>\t1.10\r\n2\t\t3\r\n"),
        ("a.json", '[{"no":1,"name":"Li & <b>","sum":1.10},\n {"no":2,"name":"","sum":3}]\n'),
        ("a.jsonl", '{"no":1,"name":"Li & <b>","sum":1.10}\n\n{"no":2,"name":"","sum":3}'),
        ("a.yaml", '- {no: 1, name: "Li & <b>", sum: 1.10}\n- {no: 2, name: "", sum: 3}\n'),
    ],
)
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str, text: str | bytes) -> None:
    assert rows_of(tmp_path, name, text) == SAME


def test_reads_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (["no", "name"], [1, "滨江"], [None, None], [2, None]):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")

    rows = list(stream_rows(tmp_path / "a.xlsx").rows)

    assert [(row.number, row.line, row.value) for row in rows] == [
        (1, 2, {"no": 1, "name": "滨江"}), (2, 4, {"no": 2, "name": ""}),
    ]  # fmt: skip


def test_reads_chinese_in_an_old_encoding(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "a.csv", "县\n滨江\n".encode("gb18030")) == [{"县": "滨江"}]


def test_a_ragged_line_is_told_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1\n2,3\n", encoding="utf-8")

    first, second = stream_rows(tmp_path / "a.csv").rows

    assert first.problem is not None
    assert first.problem.message == "the line has 1 cell, the first line has 2"
    assert str(first.problem.where) == f'{tmp_path / "a.csv"}, line 2, column "b"'
    assert second.value == {"a": 2, "b": 3}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "", "the table is empty"),
        ("a.csv", "a,a\n1,2\n", 'the column name "a" stands here a second time'),
        ("a.csv", 'a\n"open\n', "this is not a valid table: unexpected end of data"),
        ("a.json", "", "the file is empty"),
        ("a.json", '{"a": 1}', "the top of the file is no list of rows"),
        ("a.json", '[{"a": 1}', "this is not valid JSON: the list does not end"),
        ("a.json", '[{"a": 1}] x', "this is not valid JSON: something follows the list"),
        ("a.json", '[{"a": 1,}]', "this is not valid JSON"),
        ("a.json", "[1, ]", "the file is empty"),
        ("a.yaml", "a: 1\n", "the top of the file is no list of rows"),
        ("a.yaml", "- a: 1\n- [\n", "this is not valid YAML"),
    ],
)
def test_tells_what_is_wrong(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(SourceFormatError) as caught:
        rows_of(tmp_path, name, text)

    assert caught.value.message.startswith(message)
    assert caught.value.where is not None
    assert caught.value.where.file == str(tmp_path / name)
    assert caught.value.hint


def test_tells_a_missing_file_and_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n", encoding="utf-8")

    with pytest.raises(SourceNotFoundError) as caught:
        stream_rows(tmp_path / "row.csv")

    assert caught.value.hint == 'did you mean "rows.csv"?'


def test_a_line_that_is_no_json_is_the_problem_of_its_row(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n{"a": \n{"a": 3}\n', encoding="utf-8")

    rows = list(stream_rows(tmp_path / "a.jsonl").rows)

    assert [row.problem is None for row in rows] == [True, False, True]
    assert rows[1].problem is not None
    assert rows[1].problem.where is not None
    assert rows[1].problem.where.line == 2


ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(items=st.lists(ITEMS, min_size=1, max_size=12), indent=st.sampled_from([None, 1]))
def test_a_list_read_in_small_pieces_is_the_list(
    tmp_path_factory: pytest.TempPathFactory, items: list[object], indent: int | None
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    path.write_text(json.dumps(items, indent=indent, ensure_ascii=False), "utf-8", "surrogatepass")
    before, row_stream._JSON_PIECE = row_stream._JSON_PIECE, 3

    try:
        expected = read_records(path.read_bytes(), "a.json", "json", "rows").values["rows"]
        found = [row.value for row in stream_rows(path).rows]
    except ReportError:  # what is refused as a whole (lone surrogates) is refused here, too
        with pytest.raises(ReportError):
            read_records(path.read_bytes(), "a.json", "json", "rows")
        return
    finally:
        row_stream._JSON_PIECE = before

    assert found == expected


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "yaml"])
def test_memory_is_far_below_the_size_of_the_file(tmp_path: Path, ending: str) -> None:
    path, count = tmp_path / f"a.{ending}", 12_000
    items = [json.dumps({"no": n, "text": "x" * 500}) for n in range(count)]
    texts = {
        "csv": "no,text\n" + "".join(f"{n},{'x' * 500}\n" for n in range(count)),
        "json": "[" + ",\n".join(items) + "]",
        "jsonl": "\n".join(items),
        "yaml": "".join(f"- {item}\n" for item in items),
    }
    path.write_text(texts[ending], encoding="utf-8")
    del items, texts

    tracemalloc.start()
    found = sum(1 for _ in stream_rows(path).rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found == count
    assert peak < 2_500_000 < path.stat().st_size / 2


def test_a_long_value_is_refused(tmp_path: Path) -> None:
    with within(Limits(value_characters=10)), pytest.raises(SourceFormatError) as caught:
        rows_of(tmp_path, "a.csv", f"a\n{'x' * 11}\n")

    assert "larger than field limit (10)" in caught.value.message
