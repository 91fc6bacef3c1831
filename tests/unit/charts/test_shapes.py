"""Diagrams as native shapes of a slide, read as XML."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from generator.charts.shapes import native_shapes
from generator.model.diagram import DIAGRAM_KINDS, DiagramItem, DiagramKind, DiagramSpec, Figure
from generator.model.length import Length
from tests.unit.charts.specs import diagram

NAMES = {
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
SIZE = Length.cm(30.9), Length.cm(9.6)


def tree(spec: DiagramSpec, first_id: int = 100) -> etree._Element:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMES.items())
    markup = native_shapes(spec, *SIZE).markup(first_id)
    return etree.fromstring(f"<p:spTree {declared}>{markup}</p:spTree>".encode())


@pytest.mark.parametrize("kind", DIAGRAM_KINDS)
class TestEveryKind:
    def test_uses_the_ids_it_asked_for_once_each(self, kind: DiagramKind) -> None:
        drawing = native_shapes(diagram(kind, 6), *SIZE)

        ids = [int(str(i)) for i in tree(diagram(kind, 6)).xpath("//p:cNvPr/@id", namespaces=NAMES)]
        assert sorted(ids) == list(range(100, 100 + drawing.ids))

    def test_writes_no_text_under_ten_points(self, kind: DiagramKind) -> None:
        sizes = tree(diagram(kind, 12, "en")).xpath("//a:rPr/@sz", namespaces=NAMES)

        assert min(int(str(size)) for size in sizes) >= 1000

    def test_takes_colours_and_fonts_from_the_theme(self, kind: DiagramKind) -> None:
        root = tree(diagram(kind, 6))

        assert not root.xpath("//a:srgbClr", namespaces=NAMES)
        assert set(root.xpath("//a:rPr/a:ea/@typeface", namespaces=NAMES)) == {"+mn-ea"}
        assert len(root.xpath("//a:rPr/a:ea", namespaces=NAMES)) == len(
            root.xpath("//a:rPr", namespaces=NAMES)
        )

    def test_declares_the_language_of_its_texts(self, kind: DiagramKind) -> None:
        assert set(tree(diagram(kind, 3)).xpath("//a:rPr/@lang", namespaces=NAMES)) == {"zh-CN"}


class TestConnectors:
    def test_are_glued_to_shapes_that_exist(self) -> None:
        root = tree(diagram("timeline", 5))

        ids = set(root.xpath("//p:sp//p:cNvPr/@id", namespaces=NAMES))
        glued = root.xpath("//a:stCxn/@id | //a:endCxn/@id", namespaces=NAMES)
        assert len(glued) == 8
        assert set(glued) <= ids


class TestLaws:
    @given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1))
    @settings(deadline=None, max_examples=60)
    def test_any_text_comes_out_as_it_went_in(self, text: str) -> None:
        spec = DiagramSpec("cards", (DiagramItem(text, (Figure(text, "label"),)),), text)

        said = [str(node) for node in tree(spec).xpath("//a:t/text()", namespaces=NAMES)]

        assert said == [text, text, "label"] or text == "label"


def test_texts_of_rounded_boxes_have_the_width_that_they_were_laid_out_for() -> None:
    root = tree(diagram("cycle", 2))

    boxes = root.xpath('//p:sp[.//a:prstGeom/@prst="roundRect"]', namespaces=NAMES)
    assert len(boxes) == 2
    for box in boxes:
        (across,), (down,), (left,) = (
            box.xpath(path, namespaces=NAMES) for path in (".//a:ext/@cx", ".//a:ext/@cy",
                                                           ".//a:bodyPr/@lIns"))  # fmt: skip
        kept = int(left) + min(int(across), int(down)) / 6 * 0.29289
        assert kept == pytest.approx(Length.cm(0.2), abs=2)
