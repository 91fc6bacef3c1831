"""YAML as people mean it, with the line of every field."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import ReportError, SourceFormatError
from generator.sources.yaml_text import read_yaml


def _value(text: str):
    return read_yaml(text.encode(), "facts.yaml").value


class TestScalars:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"),
            ("12:30", "12:30"), ("2025-08-31", "2025-08-31"), ("007", "007"), ("1e3", "1e3"),
            ("0x1F", "0x1F"), ("1_000", "1_000"), ("1,312", "1,312"), (".5", ".5"),
            ("5", 5), ("-3", -3), ("true", True), ("False", False), ("null", None), ("~", None),
            ('"5"', "5"), ("'true'", "true"), ("!!str 1.10", "1.10"), ("１５", "１５"),
            ("1559.9亿元", "1559.9亿元"), ("多个", "多个"),
        ],
    )  # fmt: skip
    def test_reads_a_word_as_what_it_looks_like(self, text, value):
        result = _value(f"a: {text}")["a"]

        assert result == value
        assert type(result) is type(value)

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
    def test_keeps_all_digits_of_a_decimal(self, number):
        result = _value(f"a: {number:f}")["a"]

        assert isinstance(result, Decimal)
        assert str(result) == f"{number:f}"

    def test_keeps_trailing_zeros(self):
        assert str(_value("a: 1.10")["a"]) == "1.10"

    @given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff")))
    def test_gives_any_quoted_text_back(self, text):
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')

        assert _value(f'a: "{quoted}"\n') == {"a": text.replace("\x85", " ")}

    def test_reads_a_file_with_byte_order_mark_and_windows_lines(self):
        document = read_yaml("\ufeffa: 1\r\nb: 2\r\n".encode(), "facts.yaml")

        assert document.value == {"a": 1, "b": 2}
        assert document.lines[("b",)] == 2

    def test_reads_an_empty_file_as_nothing(self):
        assert _value("") is None

    def test_repeats_a_value_that_an_alias_names(self):
        assert _value("a: &name {zh: 一, en: one}\nb: *name") == {
            "a": {"zh": "一", "en": "one"},
            "b": {"zh": "一", "en": "one"},
        }


class TestPlaces:
    TEXT = "a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\ne: >-\n  long\n  text\nf: 4\n"

    def test_knows_the_line_of_every_field(self):
        lines = read_yaml(self.TEXT.encode(), "facts.yaml").lines

        assert lines == {
            (): 1, ("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c"): 4,
            ("b", 1, "d"): 5, ("e",): 6, ("f",): 9,
        }  # fmt: skip

    def test_shows_a_place_with_file_line_and_field(self):
        document = read_yaml(self.TEXT.encode(), "facts.yaml")

        assert str(document.where(("b", 1, "d"))) == 'facts.yaml, line 5, field "b.1.d"'

    def test_shows_a_missing_field_at_the_nearest_line_above(self):
        document = read_yaml(self.TEXT.encode(), "facts.yaml")

        assert str(document.where(("b", 1, "z"))) == 'facts.yaml, line 4, field "b.1.z"'

    @given(st.lists(st.sampled_from(("", "# remark", "x{}: 1", "y{}:\n  - 1\n  - 2")), max_size=20))
    def test_counts_lines_through_blanks_and_remarks(self, parts):
        text = "\n".join(part.format(number) for number, part in enumerate(parts)) + "\n"

        lines = read_yaml(text.encode(), "facts.yaml").lines

        rows = text.split("\n")
        for path, line in lines.items():
            if len(path) == 1:
                assert rows[line - 1].startswith(f"{path[0]}:")


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "message", "line", "hint"),
        [
            ("a: 1\nb: 2\na: 3", 'the key "a" stands here a second time', 3,
             "it was written in line 1 already; keep one of them"),
            ("a:\n  b: 1\n c: 2", "this is not valid YAML: did not find expected key", 3,
             "check indentation, quotes and colons around this line"),
            ("a: [1, 2", "this is not valid YAML: did not find expected ',' or ']'", 1,
             "check indentation, quotes and colons around this line"),
            ("a: 1\n---\nb: 2", "the file holds more than one document", 2,
             'drop the line "---" and what follows it'),
            ("? [1]\n: 2", "a key must be plain text", 1, "write name: value"),
            ("a: *b", '"*b" stands for nothing above it', 1,
             'mark the value it repeats with "&b"'),
            ("a: &x [*x]", '"*x" stands for nothing above it', 1,
             'mark the value it repeats with "&x"'),
            ("a: &x {b: 1}\nc:\n  <<: *x", 'merge keys ("<<") are not read', 3,
             "write the fields out"),
            ("a: !!python/object/apply:os.system [ls]",
             'the tag "tag:yaml.org,2002:python/object/apply:os.system" is not read', 1, "drop it"),
            ("a: !secret 5", 'the tag "!secret" is not read', 1, "drop it"),
            ("a: " + "[" * 70 + "]" * 70, "the file is nested more than 64 levels deep", 1,
             "make it flatter"),
            ("a: 1\nb: x\x00y", "a control character stands in the text", 2, "delete it"),
            ("[" * 100_000, "the file is nested more than 64 levels deep", 1, "make it flatter"),
        ],
        ids=lambda value: str(value)[:30],
    )  # fmt: skip
    def test_names_what_is_wrong_where_and_what_to_do(self, text, message, line, hint):
        with pytest.raises(SourceFormatError) as caught:
            _value(text)

        assert caught.value.message.startswith(message)
        assert str(caught.value.where) == f"facts.yaml, line {line}"
        assert caught.value.hint == hint

    def test_stops_aliases_that_would_expand_without_end(self):
        lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
        lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

        with pytest.raises(SourceFormatError) as caught:
            _value("\n".join(lines))

        assert caught.value.message == (
            "aliases of the file repeat more than 100,000 values (limit aliased_values)"
        )
        assert str(caught.value.where) == "facts.yaml, line 5"
        assert caught.value.hint == "write the values out, or use fewer aliases (*name)"

    def test_names_the_line_that_is_not_utf8(self):
        with pytest.raises(SourceFormatError) as caught:
            read_yaml("a: 1\nb: 滨江".encode("gb18030"), "facts.yaml")

        assert caught.value.message == "the file is not UTF-8 text"
        assert str(caught.value.where) == "facts.yaml, line 2"
        assert caught.value.hint == "save it as UTF-8"

    @given(st.text(max_size=60))
    def test_gives_a_value_or_a_located_error_for_any_text(self, text):
        failure = None
        try:
            read_yaml(text.encode(errors="replace"), "facts.yaml")
        except ReportError as error:
            failure = error

        assert failure is None or (failure.where.file == "facts.yaml" and failure.hint)
