"""What a package must be before any of its XML is parsed."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from generator.errors import NotAPackageError, PackageError, UnsoundPackageError
from generator.model.limits import Limits
from generator.office.package import read_package
from generator.office.zip_writer import write_zip
from tests.support.packages import docx_bytes, pptx_bytes, with_part


def _zip(*items: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in items:
            package.writestr(name, data)
    return buffer.getvalue()


class TestReading:
    def test_knows_format_main_part_and_relationships(self):
        document = read_package(docx_bytes("x"), "a.docx")
        deck = read_package(pptx_bytes(["t"]), "a.pptx")

        assert (document.format, document.main) == ("docx", "word/document.xml")
        assert (deck.format, deck.main) == ("pptx", "ppt/presentation.xml")
        assert deck.related(deck.main, "slide") == ["ppt/slides/slide1.xml"]

    def test_keeps_the_packed_bytes_of_every_part(self):
        data = docx_bytes("x")

        package = read_package(data, "a.docx")

        with zipfile.ZipFile(io.BytesIO(data)) as expected:
            assert list(package.parts) == expected.namelist()
            assert all(part.blob == expected.read(name) for name, part in package.parts.items())


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "is not a .docx or .pptx"),
            (b"hello", "is not a .docx or .pptx"),
            (b"\xd0\xcf\x11\xe0rest", "protected by a password or in the old binary format"),
            (b"PK\x03\x04 broken", "damaged"),
            (_zip(("a.txt", b"x")), "no list of content types"),
        ],
    )
    def test_names_what_a_file_is_instead(self, data, message):
        with pytest.raises(NotAPackageError) as caught:
            read_package(data, "a.docx")

        assert message in caught.value.message
        assert str(caught.value.where) == "a.docx"

    def test_refuses_a_document_type(self):
        xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Types/>'

        with pytest.raises(UnsoundPackageError) as caught:
            read_package(with_part(docx_bytes("x"), "[Content_Types].xml", xml), "a.docx")

        assert "document type" in caught.value.message

    @pytest.mark.parametrize("name", ["../evil.xml", "/abs.xml", "C:/x.xml", "a\\b.xml"])
    def test_refuses_names_that_leave_the_package(self, name):
        with pytest.raises(UnsoundPackageError):
            read_package(with_part(docx_bytes("x"), name, "x"), "a.docx")

    def test_refuses_two_parts_of_one_name(self):
        with pytest.raises(UnsoundPackageError) as caught:
            read_package(with_part(docx_bytes("x"), "WORD/document.xml", "x"), "a.docx")

        assert "two parts of this name" in caught.value.message

    def test_stops_at_a_part_that_inflates_without_end(self):
        bomb = with_part(docx_bytes("x"), "word/bomb.xml", b"")
        buffer = io.BytesIO(bomb)
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr("word/big.xml", b" " * 30_000_000)

        with pytest.raises(UnsoundPackageError) as caught:
            read_package(buffer.getvalue(), "a.docx")

        assert "ratio" in caught.value.message

    def test_does_not_trust_sizes_in_the_directory(self):
        data = bytearray(docx_bytes("x"))
        at = data.rindex(b"PK\x01\x02")
        struct.pack_into("<L", data, at + 20, 5)

        with pytest.raises(PackageError):
            read_package(bytes(data), "a.docx")

    def test_names_the_limit_on_entries(self):
        with pytest.raises(UnsoundPackageError) as caught:
            read_package(docx_bytes("x"), "a.docx", Limits(entries=3))

        assert "limit entries: 3" in caught.value.message

    @pytest.mark.parametrize("cut", range(0, 3000, 173))
    def test_answers_any_truncation_with_one_error(self, cut):
        with pytest.raises(PackageError):
            read_package(docx_bytes("x")[: -cut - 1], "a.docx")


def test_zip_files_are_read_by_others_and_have_no_date():
    data = write_zip([("a.txt", b"x" * 1000), ("名.txt", "甲".encode())])

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        assert package.namelist() == ["a.txt", "名.txt"]
        assert {item.date_time for item in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert write_zip([("a.txt", b"x" * 1000), ("名.txt", "甲".encode())]) == data
