"""PNG files, read by Pillow."""

from __future__ import annotations

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generator.charts.png import png


@given(st.integers(1, 12), st.integers(1, 12), st.randoms(use_true_random=False))
def test_every_pixel_comes_out_as_it_went_in(width, height, random):
    pixels = random.randbytes(width * height * 3)

    with Image.open(BytesIO(png(pixels, width, height, 200))) as image:
        assert image.size == (width, height)
        assert image.mode == "RGB"
        assert image.tobytes() == pixels


def test_says_how_many_dots_go_to_an_inch():
    with Image.open(BytesIO(png(b"\0\0\0", 1, 1, 200))) as image:
        assert [round(value) for value in image.info["dpi"]] == [200, 200]
