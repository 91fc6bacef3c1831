"""Names of parts: what no Office file has, and what is one name to Office."""

from __future__ import annotations

import pytest

from generator.office.part_names import is_bad_name, name_key


@pytest.mark.parametrize(
    "name",
    [
        "word/document.xml", "_rels/.rels", "word/_rels/document.xml.rels", "[Content_Types].xml",
        "word/media/图片 1.png", "word/media/image%201.png", "customXml/item1.xml",
        "[trash]/0000.dat",
    ],
)  # fmt: skip
def test_names_of_honest_files_are_good(name: str) -> None:
    assert not is_bad_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "/word/a.xml", "C:a.xml", "word\\a.xml", "word/../a.xml", "word/./a.xml", "word//a.xml",
        "word/a.xml.", "word/a.xml ", "word /a.xml", "word/a\x00.xml", "word/_rels/a.xml.RELS",
        "word/_RELS/a.xml.rels", "word/a.rels", "word/s%74yles.xml", "word/%2e%2e/a.xml",
        "word/a%2Fb.xml", "word/a.xml/[0].piece", "word/a.xml/[1].last.piece",
    ],
)  # fmt: skip
def test_names_that_office_reads_otherwise_are_bad(name: str) -> None:
    assert is_bad_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("word/Styles.xml", "word/styles.XML"),
        ("word/caf\u00e9.xml", "word/cafe\u0301.xml"),
        ("word/a%20b.xml", "word/a b.xml"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
