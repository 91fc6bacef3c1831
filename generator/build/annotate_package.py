"""A copy of a package in the making: parts replaced or added, with relationships and types."""

from __future__ import annotations

import posixpath

from lxml import etree

from generator.engine.markup import Element
from generator.errors import Location
from generator.office.names import NAMESPACES
from generator.office.package import CONTENT_TYPES, Package, relationships_name
from generator.office.relationships import DECLARATION, relationships_xml
from generator.office.xml import parse_xml, serialise
from generator.office.zip_writer import Entry, entry, pack

_PR, _CT = f"{{{NAMESPACES['pr']}}}", f"{{{NAMESPACES['ct']}}}"


class PackageCopy:
    """Collects what a copy changes; everything else is copied as it is packed."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._trees: dict[str, Element] = {}
        self._added: dict[tuple[str, str], str] = {}

    def tree(self, name: str) -> Element:
        """Return the tree of a part, to be changed in place."""
        if name not in self._trees:
            blob = self._package.parts[name].blob
            self._trees[name] = parse_xml(blob, Location(self._package.file))
        return self._trees[name]

    def adopt(self, name: str, tree: Element) -> None:
        """Take a tree that was parsed elsewhere as that of a part."""
        self._trees.setdefault(name, tree)

    def related(self, source: str, relationship: str) -> str | None:
        """Return the part that ``source`` points at with a relationship of this very type."""
        if (source, relationship) in self._added:
            return self._added[source, relationship]
        rels = self._package.relationships.get(source, {}).values()
        found = (r.target for r in rels if r.type == relationship and not r.is_external)
        return next((name for name in found if name in self._package.parts), None)

    def add(
        self, source: str, name: str, content_type: str, relationship: str, root: Element
    ) -> None:
        """Add a part that ``source`` points at, named ``name`` with a number if that is taken."""
        taken = {part.casefold() for part in (*self._package.parts, *self._trees)}
        stem, number = name.removesuffix(".xml").rstrip("0123456789"), 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}{number}.xml"
        self._trees[name] = root
        types = self.tree(CONTENT_TYPES)
        etree.SubElement(types, f"{_CT}Override", PartName=f"/{name}", ContentType=content_type)
        self._relate(source, name, relationship)
        self._added[source, relationship] = name

    def _relate(self, source: str, target: str, relationship: str) -> None:
        name = relationships_name(source)
        if name not in self._package.parts and name not in self._trees:
            self._trees[name] = etree.fromstring(relationships_xml((), ""))
        root = self.tree(name)
        used = {element.get("Id") for element in root}
        number = len(root) + 1
        while f"rId{number}" in used:
            number += 1
        etree.SubElement(
            root, f"{_PR}Relationship", Id=f"rId{number}", Type=relationship,
            Target=posixpath.relpath("/" + target, "/" + posixpath.dirname(source)),
        )  # fmt: skip

    def packed(self) -> bytes:
        """Return the finished package."""
        return pack([*self._kept(), *self._new()])

    def _kept(self) -> list[Entry]:
        return [
            self._written(part.name)
            if part.name in self._trees
            else Entry(part.name, part.packed, part.size, part.crc, part.method)
            for part in self._package.parts.values()
        ]

    def _new(self) -> list[Entry]:
        return [self._written(name) for name in self._trees if name not in self._package.parts]

    def _written(self, name: str) -> Entry:
        return entry(name, (DECLARATION + serialise(self._trees[name])).encode())
