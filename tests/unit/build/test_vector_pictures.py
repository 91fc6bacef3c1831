"""SVG pictures with their PNG, QR codes, and what is refused in an SVG."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Cm
from PIL import Image

from generator.build.inserts import folder_functions
from generator.build.templates import compile_template
from generator.build.vector_pictures import qr_picture, read_svg
from generator.errors import ChartError, Location
from tests.support.packages import assert_sound, docx_bytes, part_names, part_text, pptx_bytes

HERE = Location("x.svg")
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def _svg(inside: str, size: str = 'width="40mm" height="20mm" viewBox="0 0 80 40"') -> bytes:
    return f"{HEAD}{size}>{inside}</svg>".encode()


GOOD = _svg('<rect width="80" height="40" fill="#D55E00"/><text x="5" y="30">杭州</text>')


def test_an_svg_gets_a_png_of_its_proportions() -> None:
    drawn = read_svg(GOOD, HERE)
    image = Image.open(io.BytesIO(drawn.png))
    assert image.width == 1600
    assert image.height == pytest.approx(800, rel=0.01)
    assert image.convert("RGB").getpixel((1590, 10)) == (0xD5, 0x5E, 0x00)
    assert (round(drawn.width), round(drawn.height)) == (151, 76)
    assert read_svg(GOOD, HERE) == drawn


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ('viewBox="0 0 30 60"', (30, 60)), ('width="60" viewBox="0 0 30 60"', (60, 120)),
        ('width="1in" height="2in"', (96, 192)), ('width="100%" viewBox="0 0 9 3"', (9, 3)),
    ],
)  # fmt: skip
def test_the_size_is_that_of_the_file_or_its_box(size: str, expected: tuple[int, int]) -> None:
    drawn = read_svg(_svg('<rect width="9" height="9"/>', size), HERE)
    assert (drawn.width, drawn.height) == expected


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>", '<rect onload="x()"/>',
        '<image href="https://example.org/x.png"/>', '<image xlink:href="file:///etc/passwd"/>',
        '<a xlink:href="javascript:alert(1)"><rect/></a>', "<foreignObject/>",
        "<style>@import url(https://example.org/x.css);</style>",
        '<rect style="fill:url(https://example.org/#a)"/>', '<use href="other.svg#a"/>',
    ],
)  # fmt: skip
def test_what_runs_or_fetches_is_refused(inside: str) -> None:
    with pytest.raises(ChartError, match=r"runs something|outside"):
        read_svg(_svg(inside), HERE)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg", b"<svg/>", _svg("", ""), b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + _svg("&a;"),
        _svg("<rect>" * 300 + "</rect>" * 300), GOOD + b" " * 6_000_000,
    ],
)  # fmt: skip
def test_what_is_no_sound_svg_is_refused(data: bytes) -> None:
    with pytest.raises(ChartError):
        read_svg(data, HERE)


def test_inner_references_stay() -> None:
    inside = '<defs><linearGradient id="g"/></defs><rect fill="url(#g)" width="9" height="9"/>'
    assert read_svg(_svg(inside + '<use href="#g"/>'), HERE).svg


def test_a_picture_of_the_folder_may_be_an_svg(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(GOOD)
    context = folder_functions(tmp_path)
    tag = "{{ picture('logo.svg', width='5 cm', alt='Logo') }}"
    result = compile_template(docx_bytes(tag)).render(context)
    assert_sound(result)
    [shape] = Document(io.BytesIO(result)).inline_shapes
    assert shape.width == Cm(5)
    assert shape.height == pytest.approx(Cm(2.5), rel=0.01)
    assert {Path(n).suffix for n in part_names(result) if "media" in n} == {".png", ".svg"}
    assert "svgBlip" in part_text(result, "word/document.xml")


def test_a_qr_code_fills_a_shape_and_a_line() -> None:
    tag = "{{ qr('https://example.org/?a&b') }}"
    assert_sound(compile_template(docx_bytes(f"Scan {tag} now")).render({}))
    result = compile_template(pptx_bytes(["T", tag])).render({})
    assert_sound(result)
    assert "QR: https://example.org/?a&amp;b" in part_text(result, "ppt/slides/slide1.xml")
    with pytest.raises(ChartError, match="too long"):
        qr_picture("x" * 5000)


def test_a_qr_code_can_be_read_back() -> None:
    import segno

    drawn = qr_picture("hello")
    image = Image.open(io.BytesIO(drawn.png)).convert("1")
    code = segno.make("hello", error="m", micro=False)
    scale, border = 12, 4
    rows = [
        [int(not image.getpixel(((x + border) * scale + 5, (y + border) * scale + 5)))
         for x in range(len(code.matrix))]
        for y in range(len(code.matrix))
    ]  # fmt: skip
    assert rows == [list(row) for row in code.matrix]
