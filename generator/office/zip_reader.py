"""The zip file under a package, read once and with a counter; nothing is believed of its headers.

Parts stay in memory under their names; nothing is ever extracted to disk.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from generator.errors import Location, NotAPackageError, UnsoundPackageError
from generator.model.limits import Limits, limits_in_force
from generator.office.part_names import is_bad_name, name_key

AGAIN = "open the file in Word or PowerPoint and save it again"

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
#: Flags of entries whose bytes are encrypted, or whose names are.
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
#: Directory entries that may be seen in the bytes for each that is allowed: workbooks of charts
#: have directories of their own.
_NESTED = 8

#: One entry: its bytes inflated and as stored, the method, the checksum.
Packed = tuple[bytes, bytes, int, int]


def read_zip(data: bytes, where: Location, limits: Limits | None = None) -> dict[str, Packed]:
    """Return the entries of a zip file by their names, in the order of its directory.

    Raises:
        NotAPackageError: the bytes are no zip file, or encrypted.
        UnsoundPackageError: damaged, doubled or dangerous names, or over a limit.
    """
    limits = limits or limits_in_force()
    _check_signature(data, where, limits)
    return dict(_inflate_all(data, where, limits))


def _check_signature(data: bytes, where: Location, limits: Limits) -> None:
    if len(data) > limits.package_bytes:
        raise UnsoundPackageError(
            f"the file has {len(data):,} bytes (limit package_bytes: {limits.package_bytes:,})",
            where,
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotAPackageError(
            "the file is protected by a password or in the old binary format",
            where,
            "remove the password, or save it as .docx or .pptx",
        )
    if not data.startswith(b"PK"):
        raise NotAPackageError("the file is not a .docx or .pptx", where)


def _inflate_all(data: bytes, where: Location, limits: Limits) -> Iterator[tuple[str, Packed]]:
    # A directory of millions would cost memory before its length is known.
    if data.count(b"PK\x01\x02") > limits.entries * _NESTED:
        raise UnsoundPackageError(
            f"the file has more than {limits.entries:,} parts (limit entries)", where
        )
    try:
        directory = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, ValueError, OverflowError, NotImplementedError, struct.error) as error:
        raise NotAPackageError("the file is damaged: its zip directory cannot be read",
                               where) from error  # fmt: skip
    if len(directory) > limits.entries:
        raise UnsoundPackageError(
            f"the file has {len(directory):,} parts (limit entries: {limits.entries:,})", where
        )
    seen: set[str] = set()
    total = 0
    end = 0
    for info in sorted(directory, key=lambda item: item.header_offset):
        _check_place(info, end, where)
        end = info.header_offset + _LOCAL_HEADER.size + info.compress_size
    for info in directory:
        if info.is_dir():
            _check_entry(info, seen, where.inside(f"part {info.filename!r}"))
            continue
        inside = where.inside(f"part {info.filename!r}")
        _check_entry(info, seen, inside)
        blob, packed = _inflate(data, info, inside, limits)
        total += len(blob)
        if total > limits.total_bytes:
            raise UnsoundPackageError(
                f"the parts hold more than {limits.total_bytes:,} bytes (limit total_bytes)", where
            )
        yield info.filename, (blob, packed, info.compress_type, info.CRC)


def _check_place(info: ZipInfo, end: int, where: Location) -> None:
    if info.header_offset < end:
        raise UnsoundPackageError(
            "the part is damaged: it shares bytes with another one",
            where.inside(f"part {info.filename!r}"), AGAIN,
        )  # fmt: skip


def _check_entry(info: ZipInfo, seen: set[str], where: Location) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise NotAPackageError("the part is encrypted", where, "remove the password")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnsoundPackageError("the part is packed in a way that Office does not use", where)
    name = info.filename.removesuffix("/")
    if is_bad_name(name) or is_bad_name(info.orig_filename.removesuffix("/")):
        raise UnsoundPackageError("the part has a name that no Office file uses", where)
    key = name_key(info.filename)
    if key in seen:
        raise UnsoundPackageError("the package has two parts of this name", where, AGAIN)
    seen.add(key)


def _name_bytes(info: ZipInfo) -> bytes:
    """Return the name of an entry as it must stand before its bytes, too."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _inflate(data: bytes, info: ZipInfo, where: Location, limits: Limits) -> tuple[bytes, bytes]:
    is_xml = info.filename.endswith((".xml", ".rels", ".vml"))
    cap = limits.xml_part_bytes if is_xml else limits.other_part_bytes
    try:
        header = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    except struct.error as error:
        raise UnsoundPackageError("the part is damaged", where, AGAIN) from error
    named = info.header_offset + _LOCAL_HEADER.size
    start = named + header[9] + header[10]
    packed = data[start : start + info.compress_size]
    is_whole = header[0] == b"PK\x03\x04" and len(packed) == info.compress_size
    if not is_whole or data[named : named + header[9]] != _name_bytes(info):
        raise UnsoundPackageError("the part is damaged", where, AGAIN)
    blob = packed
    if info.compress_type == ZIP_DEFLATED:
        cap = min(cap, max(limits.ratio_free_bytes, len(packed) * limits.ratio))
        inflater = zlib.decompressobj(-15)
        try:
            blob = inflater.decompress(packed, cap + 1)
        except zlib.error as error:
            raise UnsoundPackageError("the part is damaged", where, AGAIN) from error
        if len(blob) <= cap and (not inflater.eof or inflater.unused_data):
            raise UnsoundPackageError("the part is damaged", where, AGAIN)
    if len(blob) > cap:
        raise UnsoundPackageError(
            f"the part inflates to more than {cap:,} bytes "
            "(limits xml_part_bytes, other_part_bytes, ratio, ratio_free_bytes)",
            where,
        )
    if zlib.crc32(blob) != info.CRC:
        raise UnsoundPackageError("the part is damaged (checksum)", where, AGAIN)
    return blob, packed
