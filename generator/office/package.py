"""A package read once and checked: parts, content types, relationships, main part.

Parts stay in memory under their names; nothing is ever extracted to disk.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED

from generator.errors import (
    Location,
    MissingPartError,
    NotAPackageError,
    UnsoundPackageError,
)
from generator.model.limits import Limits, limits_in_force
from generator.office.deflate import crc32, deflate
from generator.office.late import Late
from generator.office.names import (
    MAIN_CONTENT_TYPES,
    NAMESPACES,
    REFUSED_MAIN_CONTENT_TYPES,
    RELATIONSHIP_TYPES,
)
from generator.office.part_names import name_key
from generator.office.xml import in_utf8, parse_xml
from generator.office.zip_reader import AGAIN, Packed, read_zip

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Late("lxml.etree")

CONTENT_TYPES = "[Content_Types].xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
#: Stands before the target of a relationship to a part that is not there.
LOST = "lost:"

#: Endings of parts that are XML whatever their content type.
_XML_ENDINGS = (".xml", ".rels", ".vml")
#: Relationships that a document does without if their part is not there; Word writes some such.
_DISPENSABLE = frozenset(
    ("image", "hyperlink", "oleObject", "package", "video", "audio", "media", "thumbnail",
     "customXml", "printerSettings", "attachedTemplate")
)  # fmt: skip


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
    def is_xml(self) -> bool:
        return self.name.lower().endswith(_XML_ENDINGS) or self.content_type.endswith("xml")

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


def read_package(data: bytes, file: str, limits: Limits | None = None) -> Package:
    """Return the package in ``data``, after checks that cost less than what they save.

    Raises:
        NotAPackageError: the bytes are no .docx or .pptx: another kind of file, encrypted, old.
        UnsoundPackageError: damaged, doubled or dangerous names, or over a limit.
        MissingPartError: content types or the main part are absent.
    """
    where = Location(file)
    limits = limits or limits_in_force()
    blobs = read_zip(data, where, limits)
    _recode(blobs, where, limits)
    _refuse_strict(blobs, where)
    types = _read_content_types(blobs, where, limits)
    relationships = dict(_read_relationships(blobs, where, limits))
    main, format_name = _find_main(blobs, types, relationships, where)
    names = {name_key(name): name for name in blobs}
    relationships = {
        source: _without_lost(source, rels, names, where) for source, rels in relationships.items()
    }
    parts = {
        name: Part(name, packed, len(blob), method, crc, types.of(name), blob)
        for name, (blob, packed, method, crc) in blobs.items()
    }
    slides: tuple[Slide, ...] = ()
    if format_name == "pptx":
        slides = tuple(_slides(parts[main].blob, relationships.get(main, {}), where))
    return Package(file, format_name, main, parts, relationships, slides)


def _recode(blobs: dict[str, Packed], where: Location, limits: Limits) -> None:
    """Write parts in UTF-16 as UTF-8, so that whoever looks at their bytes sees what is there."""
    for name, (blob, _, _, _) in list(blobs.items()):
        text = in_utf8(blob, where.inside(f"part {name!r}"), limits) if _may_be_xml(blob) else blob
        if text is not blob:
            blobs[name] = (text, deflate(text), ZIP_DEFLATED, crc32(text))


def _may_be_xml(blob: bytes) -> bool:
    return blob[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def _refuse_strict(blobs: dict[str, Packed], where: Location) -> None:
    """Refuse the Strict form wherever a part has it: nothing here would see what stands in it."""
    for name, (blob, _, _, _) in blobs.items():
        is_markup = blob[:1] in b"<\xef \t\r\n" and not name.lower().startswith("customxml/")
        if is_markup and _STRICT in blob:
            raise NotAPackageError(
                "the file is in the Strict form of Open XML", where,
                "save it as a plain .docx or .pptx, not as Strict Open XML",
            )  # fmt: skip


def _without_lost(
    source: str, rels: dict[str, Relationship], names: dict[str, str], where: Location
) -> dict[str, Relationship]:
    """Return the relationships with those to absent parts marked as lost: outside, without target.

    ``names`` are the names of the parts by what is the same for all their spellings.

    Raises:
        MissingPartError: a part is absent that the document cannot do without.
        UnsoundPackageError: they are those of a part whose name is spelt otherwise.
    """
    known = names.get(name_key(source)) if source else source
    if known is not None and known != source:
        raise UnsoundPackageError(
            "the relationships belong to a part whose name is written otherwise",
            where.inside(f"part {relationships_name(source)!r}"), AGAIN,
        )  # fmt: skip
    found = dict(rels)
    for r_id, rel in rels.items():
        if rel.is_external or known is None:
            continue
        named = names.get(name_key(rel.target))
        if named is not None:
            if named != rel.target:
                found[r_id] = Relationship(r_id, rel.type, named, False)
        elif rel.kind in _DISPENSABLE or not source:
            found[r_id] = Relationship(r_id, rel.type, LOST + rel.target, True)
        else:
            raise MissingPartError(
                f'the part "{rel.target[:80]}" is missing, which "{source}" points at', where, AGAIN
            )
    return found


def _slides(blob: bytes, rels: dict[str, Relationship], where: Location) -> Iterator[Slide]:
    for element in parse_xml(blob, where).iterfind(f".//{{{NAMESPACES['p']}}}sldId"):
        r_id = element.get(f"{{{NAMESPACES['r']}}}id") or ""
        number = element.get("id") or ""
        if r_id in rels:
            yield Slide(rels[r_id].target, r_id, int(number) if number.isdecimal() else 256)


@dataclass(frozen=True, slots=True)
class _ContentTypes:
    defaults: dict[str, str]
    overrides: dict[str, str]

    def of(self, name: str) -> str:
        override = self.overrides.get(name_key("/" + name))
        return override or self.defaults.get(name.rsplit(".", 1)[-1].lower(), "")


def _read_content_types(blobs: dict[str, Packed], where: Location, limits: Limits) -> _ContentTypes:
    if CONTENT_TYPES not in blobs:
        raise NotAPackageError(
            "the file is a zip but no .docx or .pptx: it has no list of content types", where
        )
    root = parse_xml(blobs[CONTENT_TYPES][0], where.inside(f"part {CONTENT_TYPES!r}"), limits)
    inside = where.inside(f"part {CONTENT_TYPES!r}")
    ct = f"{{{NAMESPACES['ct']}}}"
    _check_flat(root, {f"{ct}Default", f"{ct}Override"}, inside)
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for el in root.iterchildren("*"):
        is_default = el.tag == f"{ct}Default"
        found = defaults if is_default else overrides
        written = el.get("Extension" if is_default else "PartName") or ""
        key = written.lower() if is_default else name_key(written)
        if found.setdefault(key, el.get("ContentType") or "") != (el.get("ContentType") or ""):
            raise UnsoundPackageError(f'"{written[:80]}" has two content types', inside, AGAIN)
    return _ContentTypes(defaults, overrides)


def _read_relationships(
    blobs: dict[str, Packed], where: Location, limits: Limits
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
        inside = where.inside(f"part {name!r}")
        _check_flat(root, {f"{{{NAMESPACES['pr']}}}Relationship"}, inside)
        found: dict[str, Relationship] = {}
        for el in root.iterchildren("*"):
            target = el.get("Target") or ""
            external = el.get("TargetMode") not in (None, "Internal")
            if not external:
                joined = posixpath.normpath(posixpath.join("/" + base, target))
                target = joined.lstrip("/")
            r_id = el.get("Id") or ""
            if r_id in found:
                raise UnsoundPackageError(f'the id "{r_id[:40]}" stands twice', inside, AGAIN)
            found[r_id] = Relationship(r_id, el.get("Type") or "", target, external)
        yield source, found


def _check_flat(root: etree._Element, tags: set[str], where: Location) -> None:
    """Refuse lists that hold what readers take differently: other elements, elements inside of
    elements, another base."""
    is_flat = all(el.tag in tags and not len(el) for el in root.iterchildren("*"))
    if not is_flat or root.get(f"{{{NAMESPACES['xml']}}}base") is not None:
        raise UnsoundPackageError("the list holds something that no Office file has", where, AGAIN)


def _find_main(
    blobs: dict[str, Packed],
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
        raise MissingPartError("the file has no main part", where, AGAIN)
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
