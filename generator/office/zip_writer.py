"""Zip files with fixed dates, of entries packed anew or copied as they were."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from generator.office.deflate import crc32, deflate

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_DATE_1980 = (1 << 5) | 1
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One item: ``packed`` bytes as stored, ``size`` and ``crc`` of the plain ones."""

    name: str
    packed: bytes
    size: int
    crc: int
    method: int = _DEFLATED

    def named(self, name: str) -> Entry:
        """Return the same item under another name."""
        return Entry(name, self.packed, self.size, self.crc, self.method)


def entry(name: str, data: bytes) -> Entry:
    """Return the entry of ``data``, deflated."""
    return Entry(name, deflate(data), len(data), crc32(data))


def _local_header(item: Entry, name: bytes) -> bytes:
    flags = 0 if item.name.isascii() else 0x800
    return _LOCAL.pack(
        b"PK\x03\x04", 20, flags, item.method, 0, _DATE_1980,
        item.crc, len(item.packed), item.size, len(name), 0,
    )  # fmt: skip


def _central_header(item: Entry, name: bytes, offset: int) -> bytes:
    flags = 0 if item.name.isascii() else 0x800
    return _CENTRAL.pack(
        b"PK\x01\x02", 20, 20, flags, item.method, 0, _DATE_1980,
        item.crc, len(item.packed), item.size, len(name), 0, 0, 0, 0, 0, offset,
    )  # fmt: skip


class Prepacked:
    """Entries that many zip files have in common, laid out once; safe to use from many threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        laid_out = _lay_out(entries, 0)
        self._body = b"".join(laid_out.body)
        self._directory = b"".join(laid_out.directory)
        self._count = len(laid_out.directory)

    def with_entries(self, entries: Iterable[Entry]) -> bytes:
        """Return the zip file of the common entries and these."""
        more = _lay_out(entries, len(self._body))
        directory = b"".join((self._directory, *more.directory))
        count = self._count + len(more.directory)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), more.end, 0)
        return b"".join((self._body, *more.body, directory, end))


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """Pieces of the body and of the directory, and the offset behind the body."""

    body: list[bytes]
    directory: list[bytes]
    end: int


def _lay_out(entries: Iterable[Entry], offset: int) -> _LaidOut:
    body: list[bytes] = []
    directory: list[bytes] = []
    for item in entries:
        name = item.name.encode()
        body += (_local_header(item, name), name, item.packed)
        directory.append(_central_header(item, name, offset) + name)
        offset += _LOCAL.size + len(name) + len(item.packed)
    return _LaidOut(body, directory, offset)


def pack(entries: Iterable[Entry]) -> bytes:
    """Return the zip file of these entries, in their order."""
    return Prepacked(()).with_entries(entries)


def write_zip(items: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the zip file of named plain bytes, in their order."""
    return pack(entry(name, data) for name, data in items)
