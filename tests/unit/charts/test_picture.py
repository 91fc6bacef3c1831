"""Diagrams as pictures: both forms, the same bytes each time, no missing sign."""

from __future__ import annotations

from io import BytesIO

import pytest
from lxml import etree
from PIL import Image

from generator.charts.layouts import lay_out
from generator.charts.picture import Picture, draw_picture
from generator.errors import ChartError
from generator.model.diagram import DIAGRAM_KINDS, DiagramItem, DiagramKind, DiagramSpec
from generator.model.theme import Theme
from tests.unit.charts.specs import CM, diagram, font_file


def draw(spec: DiagramSpec, theme: Theme | None = None) -> Picture:
    return draw_picture(lay_out(spec, 16 * CM, None, 8.5), theme or Theme(), font_file())


def pixels_of(picture: Picture) -> set[tuple[int, ...]]:
    image = Image.open(BytesIO(picture.png)).convert("RGB")
    colors = image.getcolors(1 << 24)
    assert colors is not None
    return {color for _, color in colors}  # type: ignore[misc]


@pytest.mark.parametrize("kind", DIAGRAM_KINDS)
class TestEveryKind:
    def test_is_drawn_as_svg_without_text_and_as_png(self, kind: DiagramKind) -> None:
        picture = draw(diagram(kind, 4))

        root = etree.fromstring(picture.svg)
        assert etree.QName(root).localname == "svg"
        assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
        with Image.open(BytesIO(picture.png)) as image:
            assert image.size[0] == pytest.approx(16 / 2.54 * 200, abs=1)

    def test_is_the_same_bytes_each_time(self, kind: DiagramKind) -> None:
        assert draw(diagram(kind, 4)) == draw(diagram(kind, 4))


class TestThePicture:
    def test_takes_the_colours_of_the_theme(self) -> None:
        theme = Theme()
        theme.colors["accent1"] = "123456"

        assert (0x12, 0x34, 0x56) in pixels_of(draw(diagram("chain", 3), theme))

    def test_says_nothing_of_when_and_by_what_it_was_made(self) -> None:
        picture = draw(diagram("cards", 2))

        assert b"<dc:date>" not in picture.svg
        assert b"atplotlib" not in picture.png

    def test_names_a_character_that_the_font_does_not_have(self) -> None:
        spec = DiagramSpec("cards", (DiagramItem("Ωmega \U0001f600"),), "x")

        with pytest.raises(ChartError) as caught:
            draw(spec)

        assert "U+1F600" in caught.value.message
        assert caught.value.hint == "write the text without it"
