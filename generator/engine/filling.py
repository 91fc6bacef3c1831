"""Drawings of the template's author with new content: what a render puts in their places."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import Undefined

from generator.engine.mending import mend
from generator.engine.sites import SVG_EXTENSION, Site
from generator.engine.values import Xml
from generator.errors import ChartError
from generator.model.insert import AuthoredChart, Insert, NewPart, PictureDrawing, Place
from generator.model.length import Length
from generator.office.names import RELATIONSHIP_TYPES
from generator.office.package import Package

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate


@dataclass(frozen=True, slots=True)
class Filling:
    """What the attributes of a drawing print; without an insert, what the author wrote."""

    r_id: str
    alt_text: str
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    is_filled: bool = False
    extension: str = ""


@dataclass(slots=True)
class Fillings:
    """The fillings of one render.

    ``overrides`` are new bytes of parts of the template, by name. ``link`` gives the relationship
    id of a new part; ``replaced`` and ``kept`` are told which relationships of the current part a
    drawing gave up or still uses. ``text_of`` gives the text of a value that is no insert.
    """

    compiled: CompiledTemplate
    link: Callable[[NewPart], str]
    replaced: Callable[[str], None]
    kept: Callable[[str], None]
    text_of: Callable[[object], str]
    overrides: dict[str, bytes] = field(default_factory=dict)
    bound: Insert | None = None
    _used: set[str] = field(default_factory=set)

    def fill(self, number: int, value: object, xml: object) -> Filling:
        """Return the filling of the site with this number.

        ``xml`` is the text of the chart's own part where that holds tags, else None.

        Raises:
            ChartError: the value is an insert that cannot stand there.
        """
        site = self.compiled.sites[number]
        bound, self.bound = self.bound, None
        insert = self._insert_of(value, site) or bound
        alt_text = site.alt_text
        if site.has_tag and insert is None:
            alt_text = self.text_of(value)
        if site.is_chart:
            text = mend(xml).encode() if isinstance(xml, Xml) else None
            return self._chart(number, site, insert, alt_text, text)
        if insert is None:
            self.kept(site.r_id)
            return Filling(site.r_id, alt_text, *site.box)
        return self._picture(site, insert)

    def _insert_of(self, value: object, site: Site) -> Insert | None:
        if isinstance(value, Insert):
            return value
        if isinstance(value, Undefined):
            return None  # its text is asked for, and says what is missing
        chart_of = self.compiled.chart_of
        return chart_of(value) if site.is_chart and site.has_tag and chart_of else None

    # -- charts ----------------------------------------------------------------------------------

    def _chart(
        self, number: int, site: Site, insert: Insert | None, alt_text: str, text: bytes | None
    ) -> Filling:
        is_first = site.part not in self._used
        self._used.add(site.part)
        workbook: bytes | None = None
        if insert is not None:
            chart = self.compiled.authored(number)
            if text is not None:
                chart = AuthoredChart(text, chart.workbook)
            filled = insert.fill_chart(chart)
            text, workbook, alt_text = filled.xml, filled.workbook, filled.alt_text
        elif text is None:
            self.kept(site.r_id)
            return Filling(site.r_id, alt_text)
        if is_first:
            self.overrides[site.part] = text
            if workbook is not None:
                self.overrides[self._workbook_name(site)] = workbook
            self.kept(site.r_id)
            return Filling(site.r_id, alt_text, is_filled=True)
        self.replaced(site.r_id)
        part = copied_part(self.compiled.package, site.part, "chart", text, workbook)
        return Filling(self.link(part), alt_text, is_filled=True)

    def _workbook_name(self, site: Site) -> str:
        return self.compiled.package.related(site.part, "package")[0]

    # -- pictures --------------------------------------------------------------------------------

    def _picture(self, site: Site, insert: Insert) -> Filling:
        x, y, width, height = site.box
        kind = "pptx" if self.compiled.format == "pptx" else "docx"
        place = Place(kind, Length(width), Length(height), self.compiled.theme)  # type: ignore[arg-type] # one of the two
        drawing = insert.draw(place)
        if not isinstance(drawing, PictureDrawing):
            raise ChartError(
                "a picture is to be filled here, and the value is a chart", None,
                "draw a chart in the template instead of the picture, or print the chart in a "
                "paragraph or shape",
            )  # fmt: skip
        ratio = drawing.width / drawing.height
        new_width = min(width, round(height * ratio))
        new_height = min(height, round(width / ratio))
        if self.compiled.format == "pptx":
            x, y = x + (width - new_width) // 2, y + (height - new_height) // 2
        self.replaced(site.r_id)
        r_id = self.link(drawing.image)
        vector = SVG_EXTENSION % self.link(drawing.svg) if drawing.svg is not None else ""
        return Filling(
            r_id, drawing.alt_text, x, y, new_width, new_height, True, Xml(vector)
        )  # fmt: skip


def copied_part(
    package: Package, name: str, kind: str, blob: bytes | None = None, workbook: bytes | None = None
) -> NewPart:
    """Return a part of a package as a new one, with copies of the parts that it needs.

    ``blob`` and ``workbook`` take the place of its own bytes and of its embedded workbook.
    """
    part = package.parts[name]
    folder, file = posixpath.split(name)
    stem, _, extension = file.rpartition(".")
    related, links = [], []
    for rel in package.relationships.get(name, {}).values():
        if rel.is_external:
            links.append((rel.r_id, rel.type, rel.target))
        elif rel.target in package.parts:
            inner = workbook if rel.kind == "package" else None
            related.append((rel.r_id, copied_part(package, rel.target, rel.kind, inner)))
    types = [rel.type for rels in package.relationships.values() for rel in rels.values()
             if rel.target == name and rel.kind == kind]  # fmt: skip
    return NewPart(
        folder.partition("/")[2],
        stem.rstrip("0123456789"),
        extension,
        part.content_type,
        types[0] if types else RELATIONSHIP_TYPES[kind],
        part.blob if blob is None else blob,
        tuple(related),
        False,
        tuple(links),
    )
