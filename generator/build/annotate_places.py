"""From the place of a problem, as a person reads it, back to the part and the element it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.engine.locate import Places, part_label
from generator.engine.markup import PARAGRAPHS, SHAPES, TABLES, Element
from generator.errors import Location, ReportError
from generator.model.limits import Limits, limits_in_force
from generator.office.package import CONTENT_TYPES, Package
from generator.office.xml import parse_xml

_HOSTS = PARAGRAPHS | TABLES | SHAPES


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a package: the part, and the element in its tree, None where it is not found."""

    part: str
    element: Element | None = None


class PlaceFinder:
    """Finds the part and the element of a place. Trees are parsed when first asked for."""

    def __init__(self, package: Package, limits: Limits | None = None) -> None:
        self._package = package
        self._limits = limits or limits_in_force()
        self._trees: dict[str, Element | None] = {}
        self._hosts: dict[str, dict[tuple[str, ...], list[Element]]] = {}
        labels = {
            name: part_label(package, name)
            for name in package.parts
            if name.endswith(".xml") and name != CONTENT_TYPES
        }
        self._labels = dict(sorted(labels.items(), key=lambda item: -len(item[1])))

    def tree(self, part: str) -> Element | None:
        """Return the tree of a part, the same one each time; None if it cannot be parsed."""
        if part not in self._trees:
            try:
                blob = self._package.parts[part].blob
                self._trees[part] = parse_xml(blob, Location(self._package.file), self._limits)
            except (ReportError, KeyError):
                self._trees[part] = None
        return self._trees[part]

    def part_of(self, where: Location) -> str:
        """Return the name of the part that a place lies in; the main part if it names none."""
        for name, label in self._labels.items():
            if label and where.steps[: len(label)] == label:
                return name
        return self._package.main

    def find(self, where: Location) -> Spot:
        """Return what a place means: the paragraph, table or shape, else the part alone."""
        part = self.part_of(where)
        hosts = self._hosts_of(part)
        for length in range(len(where.steps), 0, -1):
            found = hosts.get(where.steps[:length])
            if found:
                return Spot(part, _nearest_text(found, where.text))
        return Spot(part)

    def _hosts_of(self, part: str) -> dict[tuple[str, ...], list[Element]]:
        if part not in self._hosts:
            hosts: dict[tuple[str, ...], list[Element]] = {}
            root = self.tree(part)
            if root is not None:
                places = Places(root, Location(None, self._labels.get(part, ())))
                for element in root.iter(*_HOSTS):
                    hosts.setdefault(places.of(element).steps, []).append(element)
            self._hosts[part] = hosts
        return self._hosts[part]


def _nearest_text(elements: Sequence[Element], text: str | None) -> Element:
    """Return the first element that holds the text around a place, else the first paragraph."""
    wanted = "".join((text or "").removeprefix("...").removesuffix("...").split())
    paragraphs = [element for element in elements if element.tag in PARAGRAPHS]
    for element in paragraphs:
        held = "".join("".join(map(str, element.itertext())).split())
        if wanted and wanted in held:
            return element
    return paragraphs[0] if paragraphs else elements[0]
