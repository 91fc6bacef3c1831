"""A package read once and checked: parts, content types, relationships, main part.

Parts stay in memory under their names; nothing is ever extracted to disk.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from generator.errors import (
    Location,
    MissingPartError,
    NotAPackageError,
    UnsoundPackageError,
)
from generator.office.limits import DEFAULT_LIMITS, Limits
from generator.office.names import (
    MAIN_CONTENT_TYPES,
    NAMESPACES,
    REFUSED_MAIN_CONTENT_TYPES,
    RELATIONSHIP_TYPES,
)
from generator.office.xml import parse_xml

CONTENT_TYPES = "[Content_Types].xml"

_BAD_NAME = re.compile(r"^/|^[A-Za-z]:|\\|[\x00-\x1f]|(^|/)\.\.(/|$)")
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_AGAIN = "open the file in Word or PowerPoint and save it again"


@dataclass(frozen=True, slots=True)
class Relationship:
    """A typed link from a part to a part (``target`` is its name) or to an outside address."""

    r_id: str
    type: str
    target: str
    is_external: bool

    @property
    def kind(self) -> str:
        """The last word of the type: ``slide``, ``image``, ``hyperlink``."""
        return self.type.rsplit("/", 1)[-1]


class Part:
    """One item of the package: its bytes as stored (``packed``) and inflated (``blob``).

    ``size`` and ``crc`` are those of the inflated bytes. Pickles hold the packed bytes alone; the
    others are inflated when they are asked for.
    """

    __slots__ = ("_blob", "content_type", "crc", "method", "name", "packed", "size")

    def __init__(
        self,
        name: str,
        packed: bytes,
        size: int,
        method: int,
        crc: int,
        content_type: str,
        blob: bytes | None = None,
    ) -> None:
        self.name = name
        self.packed = packed
        self.size = size
        self.method = method
        self.crc = crc
        self.content_type = content_type
        self._blob = blob

    @property
    def blob(self) -> bytes:
        if self._blob is None:
            is_deflated = self.method == ZIP_DEFLATED
            self._blob = zlib.decompress(self.packed, -15) if is_deflated else self.packed
        return self._blob

    def __reduce__(self) -> tuple[type[Part], tuple[str, bytes, int, int, int, str]]:
        return Part, (
            self.name, self.packed, self.size, self.method, self.crc, self.content_type,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slide:
    """An entry of a deck's list of slides: the part, its relationship, and its id in the list."""

    name: str
    r_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Package:
    """A checked package.

    ``parts`` are in the order of the zip directory, by name without ``/``. ``slides`` are the
    slides of a deck in the order of the deck.
    """

    file: str
    format: str
    main: str
    parts: dict[str, Part]
    relationships: dict[str, dict[str, Relationship]] = field(default_factory=dict)
    slides: tuple[Slide, ...] = ()

    def related(self, part_name: str, kind: str) -> list[str]:
        """Return the names of the parts that a part points at with relationships of a kind."""
        return [
            rel.target
            for rel in self.relationships.get(part_name, {}).values()
            if rel.kind == kind and not rel.is_external
        ]


def relationships_name(part_name: str) -> str:
    """Return the name of the part that holds a part's relationships."""
    folder, slash, name = part_name.rpartition("/")
    return f"{folder}{slash}_rels/{name}.rels"


def read_package(data: bytes, file: str, limits: Limits = DEFAULT_LIMITS) -> Package:
    """Return the package in ``data``, after checks that cost less than what they save.

    Raises:
        NotAPackageError: the bytes are no .docx or .pptx: another kind of file, encrypted, old.
        UnsoundPackageError: damaged, doubled or dangerous names, or over a limit.
        MissingPartError: content types or the main part are absent.
    """
    where = Location(file)
    _check_signature(data, where, limits)
    blobs = dict(_inflate_all(data, where, limits))
    types = _read_content_types(blobs, where, limits)
    relationships = dict(_read_relationships(blobs, where, limits))
    main, format_name = _find_main(blobs, types, relationships, where)
    parts = {
        name: Part(name, packed, len(blob), method, crc, types.of(name), blob)
        for name, (blob, packed, method, crc) in blobs.items()
    }
    slides: tuple[Slide, ...] = ()
    if format_name == "pptx":
        slides = tuple(_slides(parts[main].blob, relationships.get(main, {}), where))
    return Package(file, format_name, main, parts, relationships, slides)


def _slides(blob: bytes, rels: dict[str, Relationship], where: Location) -> Iterator[Slide]:
    for element in parse_xml(blob, where).iterfind(f".//{{{NAMESPACES['p']}}}sldId"):
        r_id = element.get(f"{{{NAMESPACES['r']}}}id") or ""
        number = element.get("id") or ""
        if r_id in rels:
            yield Slide(rels[r_id].target, r_id, int(number) if number.isdecimal() else 256)


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


_Packed = tuple[bytes, bytes, int, int]


def _inflate_all(data: bytes, where: Location, limits: Limits) -> Iterator[tuple[str, _Packed]]:
    try:
        directory = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise NotAPackageError("the file is damaged: its zip directory cannot be read",
                               where) from error  # fmt: skip
    if len(directory) > limits.entries:
        raise UnsoundPackageError(
            f"the file has {len(directory):,} parts (limit entries: {limits.entries:,})", where
        )
    seen: set[str] = set()
    total = 0
    for info in directory:
        if info.is_dir():
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


def _check_entry(info: ZipInfo, seen: set[str], where: Location) -> None:
    if info.flag_bits & 0x1:
        raise NotAPackageError("the part is encrypted", where, "remove the password")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnsoundPackageError("the part is packed in a way that Office does not use", where)
    if _BAD_NAME.search(info.filename) or _BAD_NAME.search(info.orig_filename):
        raise UnsoundPackageError("the part has a name that no Office file uses", where)
    folded = info.filename.casefold()
    if folded in seen:
        raise UnsoundPackageError("the package has two parts of this name", where, _AGAIN)
    seen.add(folded)


def _inflate(data: bytes, info: ZipInfo, where: Location, limits: Limits) -> tuple[bytes, bytes]:
    is_xml = info.filename.endswith((".xml", ".rels", ".vml"))
    cap = limits.xml_part_bytes if is_xml else limits.other_part_bytes
    try:
        header = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    except struct.error as error:
        raise UnsoundPackageError("the part is damaged", where, _AGAIN) from error
    start = info.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    packed = data[start : start + info.compress_size]
    if header[0] != b"PK\x03\x04" or len(packed) != info.compress_size:
        raise UnsoundPackageError("the part is damaged", where, _AGAIN)
    blob = packed
    if info.compress_type == ZIP_DEFLATED:
        cap = min(cap, max(limits.ratio_free_bytes, len(packed) * limits.ratio))
        inflater = zlib.decompressobj(-15)
        try:
            blob = inflater.decompress(packed, cap + 1)
        except zlib.error as error:
            raise UnsoundPackageError("the part is damaged", where, _AGAIN) from error
    if len(blob) > cap:
        raise UnsoundPackageError(
            f"the part inflates to more than {cap:,} bytes "
            "(limits xml_part_bytes, other_part_bytes, ratio)",
            where,
        )
    if zlib.crc32(blob) != info.CRC:
        raise UnsoundPackageError("the part is damaged (checksum)", where, _AGAIN)
    return blob, packed


@dataclass(frozen=True, slots=True)
class _ContentTypes:
    defaults: dict[str, str]
    overrides: dict[str, str]

    def of(self, name: str) -> str:
        override = self.overrides.get("/" + name)
        return override or self.defaults.get(name.rsplit(".", 1)[-1].lower(), "")


def _read_content_types(
    blobs: dict[str, _Packed], where: Location, limits: Limits
) -> _ContentTypes:
    if CONTENT_TYPES not in blobs:
        raise NotAPackageError(
            "the file is a zip but no .docx or .pptx: it has no list of content types", where
        )
    root = parse_xml(blobs[CONTENT_TYPES][0], where.inside(f"part {CONTENT_TYPES!r}"), limits)
    ct = f"{{{NAMESPACES['ct']}}}"
    defaults = {
        (el.get("Extension") or "").lower(): el.get("ContentType") or ""
        for el in root.iterfind(f"{ct}Default")
    }
    overrides = {
        el.get("PartName") or "": el.get("ContentType") or ""
        for el in root.iterfind(f"{ct}Override")
    }
    return _ContentTypes(defaults, overrides)


def _read_relationships(
    blobs: dict[str, _Packed], where: Location, limits: Limits
) -> Iterator[tuple[str, dict[str, Relationship]]]:
    for name, packed in blobs.items():
        if not name.endswith(".rels"):
            continue
        folder, rels_file = posixpath.split(name)
        source = posixpath.join(posixpath.dirname(folder), rels_file.removesuffix(".rels"))
        base = posixpath.dirname(source)
        root = parse_xml(packed[0], where.inside(f"part {name!r}"), limits)
        if len(root) > limits.relationships_per_part:
            raise UnsoundPackageError(
                f"the part has {len(root):,} relationships (limit relationships_per_part: "
                f"{limits.relationships_per_part:,})",
                where.inside(f"part {name!r}"),
            )
        found: dict[str, Relationship] = {}
        for el in root.iterfind(f"{{{NAMESPACES['pr']}}}Relationship"):
            target = el.get("Target") or ""
            external = el.get("TargetMode") == "External"
            if not external:
                joined = posixpath.normpath(posixpath.join("/" + base, target))
                target = joined.lstrip("/")
            r_id = el.get("Id") or ""
            found[r_id] = Relationship(r_id, el.get("Type") or "", target, external)
        yield source, found


def _find_main(
    blobs: dict[str, _Packed],
    types: _ContentTypes,
    relationships: dict[str, dict[str, Relationship]],
    where: Location,
) -> tuple[str, str]:
    mains = [
        rel.target
        for rel in relationships.get("", {}).values()
        if rel.kind == "officeDocument" and not rel.is_external
    ]
    if len(mains) != 1 or mains[0] not in blobs:
        raise MissingPartError("the file has no main part", where, _AGAIN)
    content_type = types.of(mains[0])
    if content_type in REFUSED_MAIN_CONTENT_TYPES:
        raise NotAPackageError(
            f"the file is {REFUSED_MAIN_CONTENT_TYPES[content_type]}",
            where,
            "save it as a plain .docx or .pptx",
        )
    format_name = MAIN_CONTENT_TYPES.get(content_type)
    if format_name is None:
        raise NotAPackageError("the file is neither a Word document nor a PowerPoint deck", where)
    return mains[0], format_name


__all__ = [
    "CONTENT_TYPES",
    "RELATIONSHIP_TYPES",
    "Package",
    "Part",
    "Relationship",
    "read_package",
    "relationships_name",
]
