"""Parts that a sub-document's text shows: pictures, charts with their workbooks, objects."""

from __future__ import annotations

import posixpath

from generator.engine.subdocument_fragment import remove
from generator.errors import Location
from generator.model.insert import NewPart
from generator.office.names import NAMESPACES
from generator.office.package import Package, Relationship
from generator.office.relationships import DECLARATION
from generator.office.xml import parse_xml, serialise

#: Relationships that are not carried in: macros, controls, and other documents' text.
_REFUSED = frozenset(
    ("aFChunk", "subDocument", "attachedTemplate", "control", "vbaProject", "wordVbaData",
     "activeXControlBinary", "glossaryDocument", "customXml", "settings", "frame")
)  # fmt: skip
#: Relationships whose target may serve several places.
_SHARED = frozenset(("image", "media", "video", "audio"))
_DEPTH = 6
_R = f"{{{NAMESPACES['r']}}}"


class PartShelf:
    """The parts of a sub-document as parts to be added; each is read once."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._folder = posixpath.dirname(package.main)
        self._known: dict[tuple[str, str], NewPart] = {}
        self._carried: dict[str, dict[str, Relationship]] = {}

    def is_carried(self, rel: Relationship) -> bool:
        """Return whether what a relationship leads to may come along."""
        if rel.is_external:
            return rel.kind == "hyperlink"
        part = self._package.parts.get(rel.target)
        return (
            part is not None
            and rel.kind not in _REFUSED
            and "macroenabled" not in part.content_type.lower()
        )

    def carried(self, part_name: str) -> dict[str, Relationship]:
        """Return the relationships of a part that may come along."""
        known = self._carried.get(part_name)
        if known is None:
            rels = self._package.relationships.get(part_name, {})
            known = {r_id: rel for r_id, rel in rels.items() if self.is_carried(rel)}
            self._carried[part_name] = known
        return known

    def part(self, rel: Relationship, depth: int = 0) -> NewPart:
        """Return the part that an inner relationship leads to, with the parts that it needs."""
        known = self._known.get((rel.type, rel.target))
        if known is not None:
            return known
        part = self._package.parts[rel.target]
        carried = self.carried(rel.target) if depth < _DEPTH else {}
        lost = self._package.relationships.get(rel.target, {}).keys() - carried.keys()
        blob = part.blob
        if lost and rel.target.endswith(".xml"):
            blob = without_references(blob, lost, self._package.file)
        folder, stem, extension = self._name(rel.target)
        made = NewPart(
            folder, stem, extension, part.content_type, rel.type, blob,
            related=self.related(carried, depth), shared=rel.kind in _SHARED, links=links(carried),
        )  # fmt: skip
        self._known[rel.type, rel.target] = made
        return made

    def related(
        self, carried: dict[str, Relationship], depth: int = 0
    ) -> tuple[tuple[str, NewPart], ...]:
        """Return the parts that inner relationships lead to, by the ids of these."""
        return tuple(
            (r_id, self.part(rel, depth + 1))
            for r_id, rel in carried.items()
            if not rel.is_external
        )

    def _name(self, target: str) -> tuple[str, str, str]:
        """Return folder (in the folder of the main part), stem and extension for a new name."""
        folder = posixpath.relpath("/" + posixpath.dirname(target), "/" + self._folder)
        if folder.startswith(".."):
            folder = posixpath.basename(posixpath.dirname(target))
        base, _, extension = posixpath.basename(target).rpartition(".")
        stem = base.rstrip("0123456789") or "part"
        return "" if folder == "." else folder, stem, extension or "bin"


def links(carried: dict[str, Relationship]) -> tuple[tuple[str, str, str], ...]:
    """Return (id, type, address) of the relationships that lead outside."""
    return tuple((r_id, rel.type, rel.target) for r_id, rel in carried.items() if rel.is_external)


def without_references(blob: bytes, lost: set[str], file: str) -> bytes:
    """Return the XML of a part without the elements that hang on lost relationships."""
    root = parse_xml(blob, Location(file))
    for element in list(root.iter()):
        if isinstance(element.tag, str) and any(
            str(name).startswith(_R) and value in lost for name, value in element.attrib.items()
        ):
            remove(element)
    return (DECLARATION + serialise(root)).encode()
