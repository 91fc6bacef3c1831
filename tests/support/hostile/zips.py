"""Packages changed at the level of the zip file and of single parts."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from tests.support.packages import docx_bytes, pptx_bytes

RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@cache
def plain_docx() -> bytes:
    return docx_bytes("before {{ x }} after")


@cache
def plain_pptx() -> bytes:
    return pptx_bytes(["Title {{ x }}", "text"])


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as package:
        for name, blob in parts.items():
            package.writestr(name, blob)
    return buffer.getvalue()


def with_blob(data: bytes, name: str, blob: bytes) -> bytes:
    return zipped({**parts_of(data), name: blob})


def without(data: bytes, name: str) -> bytes:
    parts = parts_of(data)
    del parts[name]
    return zipped(parts)


def replaced(data: bytes, name: str, old: str, new: str) -> bytes:
    """Return a package with a text replaced in one part; the text must be there."""
    parts = parts_of(data)
    text = parts[name].decode()
    assert old in text, (name, old)
    parts[name] = text.replace(old, new, 1).encode()
    return zipped(parts)


def in_body(xml: str, data: bytes | None = None) -> bytes:
    """Return a document with markup at the beginning of its body."""
    return replaced(data or plain_docx(), "word/document.xml", "<w:body>", f"<w:body>{xml}")


def with_relationship(
    data: bytes, source: str, kind: str, target: str, *, mode: str = ' TargetMode="External"',
    r_id: str = "rIdEvil",
) -> bytes:  # fmt: skip
    """Return a package with one more relationship of a part."""
    folder, _, name = source.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels" if source else "_rels/.rels"
    parts = parts_of(data)
    empty = (
        '<?xml version="1.0"?><Relationships xmlns='
        '"http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    )
    text = parts.get(rels, empty.encode()).decode()
    kind = kind if ":" in kind else f"{RELS}/{kind}"
    more = f'<Relationship Id="{r_id}" Type="{kind}" Target="{target}"{mode}/>'
    parts[rels] = text.replace("</Relationships>", more + "</Relationships>").encode()
    return zipped(parts)


def raw_zip(entries: list[tuple[str, bytes, dict[str, int]]]) -> bytes:
    """Return a zip whose headers say what is asked for, true or not."""
    body, directory = bytearray(), bytearray()
    for name, blob, lies in entries:
        raw = name.encode("utf-8", "surrogateescape")
        method = lies.get("method", 8)
        packed = blob
        if method == 8:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = packer.compress(blob) + packer.flush()
        crc = lies.get("crc", zlib.crc32(blob))
        size, stored = lies.get("size", len(blob)), lies.get("packed", len(packed))
        flags = lies.get("flags", 0x800)
        offset = lies.get("offset", len(body))
        head = struct.pack("<5H3L2H", 20, flags, method, 0, 33, crc, stored, size, len(raw), 0)
        if "offset" not in lies:
            body += b"PK\x03\x04" + head + raw + packed
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head
        directory += struct.pack("<3H2L", 0, 0, 0, 0, offset) + raw
    end = struct.pack("<4H2LH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\x05\x06" + end


def raw_with(*extra: tuple[str, bytes, dict[str, int]]) -> bytes:
    """Return the plain document with further entries, written by hand."""
    own = [(name, blob, {}) for name, blob in parts_of(plain_docx()).items()]
    return raw_zip([*own, *extra])


def lazily(function: Callable[..., bytes], *args: object, **named: object) -> Callable[[], bytes]:
    return lambda: function(*args, **named)
