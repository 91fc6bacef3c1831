"""Changing single entries of a file: the rest stays as it is."""

from __future__ import annotations

from generator.extraction.yaml_edit import YamlText
from generator.sources.yaml_text import read_yaml

_TEXT = """\
# head
a:
  b: {x: 1.50, y: "text"}   # flow

  # about c
  c:
    - one
  d: >-
    folded
    text
e: last  # end
"""


def _edited() -> YamlText:
    return YamlText(_TEXT, "f.yaml")


def test_replaces_a_value_and_keeps_its_comment():
    text = _edited()

    text.put(("e",), "new")

    assert text.text == _TEXT.replace("e: last  # end", "e: new  # end")


def test_adds_an_entry_behind_another():
    text = _edited()

    text.put(("a", "n"), {"zh": "数", "en": "number"}, after="b")

    assert '"text"}   # flow\n  n: {zh: 数, en: number}\n' in text.text


def test_adds_into_and_removes_from_a_flow_mapping():
    text = _edited()

    text.put(("a", "b", "z"), 3)
    text.remove("a", "b", "y")

    assert read_yaml(text.text.encode(), "f.yaml").value["a"]["b"].keys() == {"x", "z"}
    assert "x: 1.50" in text.text


def test_removes_an_entry_and_leaves_the_comment_of_the_next():
    text = _edited()

    text.remove("a", "b")

    assert text.text == _TEXT.replace('  b: {x: 1.50, y: "text"}   # flow\n', "")


def test_removes_a_folded_text():
    text = _edited()

    text.remove("a", "d")

    assert text.text == _TEXT.replace("  d: >-\n    folded\n    text\n", "")


def test_makes_a_list_and_adds_to_it():
    text = _edited()

    text.add_items("unread", [{"at": "lead 1", "phrase": "a: b"}])
    text.add_items("unread", ["second"])

    assert read_yaml(text.text.encode(), "f.yaml").value["unread"] == [
        {"at": "lead 1", "phrase": "a: b"}, "second",
    ]  # fmt: skip
