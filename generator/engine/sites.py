"""Charts and pictures that the template's author drew and that a render may fill anew.

A tag that is the whole alternative text of such a drawing fills it if its value is an insert; a
chart's title binds the chart in the same way. The value is computed right before the drawing and
kept under a name, from which the attributes of the drawing are printed. A chart whose own part
holds tags is written there too, so that its tags see what the drawing sees (a slide's or a loop's
turn), and each turn gets a chart part of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from generator.engine.markup import Element, nearest
from generator.engine.program import marked_tags
from generator.engine.stories import FoundTag, TagRegister
from generator.engine.widths import ShapeBoxes
from generator.errors import Location, Problem, near_name_hint
from generator.model.insert import AuthoredChart
from generator.office.names import NAMESPACES, qname
from generator.office.package import Package
from generator.office.xml import whole_number

_PROPERTIES = (qname("wp:docPr"), qname("p:cNvPr"))
_UNITS = frozenset(qname(name) for name in ("w:drawing", "p:pic", "p:graphicFrame"))
_CHART, _BLIP, _R_ID, _EMBED = qname("c:chart"), qname("a:blip"), qname("r:id"), qname("r:embed")
_SVG_BLIP = qname("asvg:svgBlip")


@dataclass(frozen=True, slots=True)
class Site:
    """A drawing that may be filled: the part it shows, and what it says without a new value.

    ``box`` is x, y, width and height in EMU (x and y are 0 in Word). ``is_sole``: nothing else in
    the part uses the relationship. ``has_tag``: it is filled by a value, not by its own tags only.
    """

    part: str
    r_id: str
    alt_text: str
    box: tuple[int, int, int, int]
    is_chart: bool
    is_sole: bool
    has_tag: bool


def author_of(package: Package, site: Site) -> AuthoredChart:
    """Return the chart of a site with its workbook, as its author drew it."""
    workbook = package.related(site.part, "package")
    blob = package.parts[workbook[0]].blob if workbook and workbook[0] in package.parts else None
    return AuthoredChart(package.parts[site.part].blob, blob)


class SiteFinder:
    """Finds the sites of a package's parts and writes their values into the parts' trees.

    ``graft(name)`` gives the number of the node that stands for a chart part with tags, or None for
    one without. ``bindings`` are expressions by the name of the drawing.
    """

    def __init__(
        self,
        package: Package,
        register: TagRegister,
        boxes: ShapeBoxes,
        graft: Callable[[str], Element | None],
        bindings: Mapping[str, str],
    ) -> None:
        self._package = package
        self._register = register
        self._boxes = boxes
        self._graft = graft
        self._bindings = bindings
        self.sites: list[Site] = []
        #: Names of all charts and pictures, and of those that a binding fills.
        self._names: list[str] = []
        self._bound: set[str] = set()

    def unused_bindings(self) -> Iterator[Problem]:
        """Yield a problem for each binding without a chart or picture of its name."""
        for name in self._bindings:
            if name not in self._bound:
                shown = ", ".join(f'"{known}"' for known in self._names) or "none"
                yield Problem(
                    f'there is no chart or picture named "{name}"',
                    Location(self._package.file),
                    near_name_hint(name, self._names) or f"the template has: {shown}",
                    code="unknown-drawing",
                )

    def may_have_sites(self, blob: bytes) -> bool:
        """Return whether a part without tags of its own may hold drawings that are filled."""
        return b"/chart" in blob or any(name.encode() in blob for name in self._bindings)

    def find(self, name: str, root: Element) -> None:
        """Prepare all drawings of a part that may be filled."""
        for properties in list(root.iter(*_PROPERTIES)):
            unit = nearest(properties, _UNITS)
            if unit is None:
                continue
            chart = next(unit.iter(_CHART), None)
            blip = next(unit.iter(_BLIP), None)
            if chart is not None or blip is not None:
                self._names.append(properties.get("name") or "")
            if chart is not None and chart.get(_R_ID):
                self._chart(name, root, unit, properties, chart)
            elif blip is not None and blip.get(_EMBED):
                self._picture(name, root, unit, properties, blip)

    def _tag_of(self, properties: Element) -> tuple[str, Location, str] | None:
        """Return the expression that fills a drawing, its place, and how it was written."""
        alt_text = (properties.get("descr") or "").strip()
        marks = marked_tags(alt_text)
        found: FoundTag | None = self._register.tags[marks[0]] if len(marks) == 1 else None
        if found is not None and found.tag.kind == "print" and alt_text[1:-1].isdigit():
            return found.tag.code, found.tag.where, found.tag.written
        bound = self._bindings.get(properties.get("name") or "")
        if bound is not None:
            self._bound.add(properties.get("name") or "")
            place = Location(self._package.file, (f'drawing "{properties.get("name")}"',))
            return bound, place, f"{{{{ {bound} }}}}"
        return None

    def _target(self, name: str, r_id: str) -> str | None:
        rel = self._package.relationships.get(name, {}).get(r_id)
        if rel is None or rel.is_external or rel.target not in self._package.parts:
            return None
        return rel.target

    def _chart(
        self, name: str, root: Element, unit: Element, properties: Element, chart: Element
    ) -> None:
        r_id = chart.get(_R_ID) or ""
        part = self._target(name, r_id)
        if part is None:
            return
        tag = self._tag_of(properties)
        grafted = self._graft(part)
        if tag is None and grafted is None:
            return
        register = self._register
        number = len(self.sites)
        captured = "none"
        if grafted is not None:
            captured = f"__chart{number}"
            unit.addprevious(register.internal_block(f"set {captured}", unit))
            unit.addprevious(grafted)
            unit.addprevious(register.internal_block("endset", unit))
        self._compute(unit, number, tag, captured)
        chart.set(_R_ID, self._print(number, "r_id", unit))
        self._add(name, root, properties, part, r_id, (0, 0, 0, 0), True, tag is not None)

    def _picture(
        self, name: str, root: Element, unit: Element, properties: Element, blip: Element
    ) -> None:
        r_id = blip.get(_EMBED) or ""
        part = self._target(name, r_id)
        tag = self._tag_of(properties)
        box = _box(unit, self._boxes, name)
        if tag is None or part is None or box is None:
            return
        number = len(self.sites)
        self._compute(unit, number, tag, "none")
        blip.set(_EMBED, self._print(number, "r_id", unit))
        self._fit(unit, number)
        self._keep_unless_filled(number, unit, blip)
        self._add(name, root, properties, part, r_id, box, False, True)

    def _compute(
        self, unit: Element, number: int, tag: tuple[str, Location, str] | None, captured: str
    ) -> None:
        code, where, _ = tag or ("none", Location(self._package.file), "")
        unit.addprevious(
            self._register.internal_block(
                f"set __fill{number} = __fill__({number}, ({code}), {captured})", unit, where
            )
        )

    def _print(self, number: int, attribute: str, host: Element) -> str:
        return self._register.internal_print(f"__fill{number}.{attribute}", "emit_attribute", host)

    def _fit(self, unit: Element, number: int) -> None:
        """Let the extents of a picture follow the proportions of what fills it."""
        for extent in (*unit.iter(qname("wp:extent")), *unit.iter(qname("a:ext"))):
            if extent.get("cx") is not None:
                extent.set("cx", self._print(number, "width", unit))
                extent.set("cy", self._print(number, "height", unit))
        if unit.tag == qname("p:pic"):
            for offset in unit.iter(qname("a:off")):
                offset.set("x", self._print(number, "x", unit))
                offset.set("y", self._print(number, "y", unit))

    def _keep_unless_filled(self, number: int, unit: Element, blip: Element) -> None:
        """Drop crop and vector form of the author's picture where another takes its place."""
        register = self._register
        fill = blip.getparent()
        crops = [] if fill is None else list(fill.iter(qname("a:srcRect")))
        for element in (*crops, *blip.iter(qname("a:extLst"))):
            element.addprevious(register.internal_block(f"if not __fill{number}.is_filled", unit))
            element.addnext(register.internal_block("endif", unit))
        mark = register.internal_print(f"__fill{number}.extension", "emit_markup", unit)
        if len(blip):
            blip[-1].tail = (blip[-1].tail or "") + mark
        else:
            blip.text = mark

    def _add(
        self,
        name: str,
        root: Element,
        properties: Element,
        part: str,
        r_id: str,
        box: tuple[int, int, int, int],
        is_chart: bool,
        has_tag: bool,
    ) -> None:
        number = len(self.sites)
        alt_text = properties.get("descr") or ""
        if has_tag:
            if marked_tags(alt_text):
                alt_text = ""
            properties.set("descr", self._print(number, "alt_text", properties))
        uses = sum(
            1 for element in root.iter() if isinstance(element.tag, str)
            for value in element.attrib.values() if value == r_id
        )  # fmt: skip
        self.sites.append(Site(part, r_id, alt_text, box, is_chart, uses == 0, has_tag))


def _box(unit: Element, boxes: ShapeBoxes, name: str) -> tuple[int, int, int, int] | None:
    """Return where a picture stands; a slide's picture gets the place of its layout if need be."""
    extent = next(unit.iter(qname("wp:extent")), None)
    if extent is not None:
        return 0, 0, whole_number(extent.get("cx")), whole_number(extent.get("cy"))
    box = boxes.of(unit, name)
    properties = next(unit.iter(qname("p:spPr")), None)
    if box is None or properties is None or box[2] <= 0 or box[3] <= 0:
        return None
    if properties.find(qname("a:xfrm")) is None:
        frame = properties.makeelement(qname("a:xfrm"))
        x, y, width, height = (str(value) for value in box)
        frame.append(frame.makeelement(qname("a:off"), {"x": x, "y": y}))
        frame.append(frame.makeelement(qname("a:ext"), {"cx": width, "cy": height}))
        properties.insert(0, frame)
    return box


SVG_EXTENSION = (
    '<a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">'
    f'<asvg:svgBlip xmlns:asvg="{NAMESPACES["asvg"]}" xmlns:r="{NAMESPACES["r"]}" '
    'r:embed="%s"/></a:ext></a:extLst>'
)
