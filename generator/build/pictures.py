"""Drawn pictures: kept by what they show, with the font they are drawn with."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import ChartError
from generator.model.insert import NewPart, PictureDrawing, Place
from generator.model.length import Length
from generator.office.names import RELATIONSHIP_TYPES

if TYPE_CHECKING:
    from generator.charts.picture import Picture
    from generator.model.chart import ChartSpec


class PictureStore:
    """Drawn pictures by the content they show, on disk; an unchanged picture is not drawn again.

    An entry that is damaged is drawn again. Without a folder nothing is kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, content: str, draw: Callable[[], Picture]) -> tuple[bytes, bytes]:
        """Return (svg, png) of a content, drawn now if they are not kept."""
        from generator.charts.picture import DRAWING_VERSION

        key = hashlib.sha256(f"{DRAWING_VERSION}\n{content}".encode()).hexdigest()[:40]
        kept = self._read(key)
        if kept is None:
            picture = draw()
            kept = (picture.svg, picture.png)
            self._write(key, kept)
        return kept

    def _read(self, key: str) -> tuple[bytes, bytes] | None:
        if self._folder is None:
            return None
        try:
            data = (self._folder / key).read_bytes()
        except OSError:
            return None
        digest, size, body = data[:32], data[32:40], data[40:]
        if hashlib.sha256(body).digest() != digest:
            return None
        cut = int.from_bytes(size, "big")
        return body[:cut], body[cut:]

    def _write(self, key: str, pictures: tuple[bytes, bytes]) -> None:
        if self._folder is None:
            return
        svg, png = pictures
        body = svg + png
        data = hashlib.sha256(body).digest() + len(svg).to_bytes(8, "big") + body
        with suppress(OSError):  # a picture that cannot be kept is drawn again next time
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(name).replace(self._folder / key)


def picture_parts(
    data: bytes, kind: str, svg: bytes | None, width: Length, height: Length, alt: str, name: str
) -> PictureDrawing:
    """Return the drawing of a picture; ``svg`` is its vector form, if it has one."""
    relationship = RELATIONSHIP_TYPES["image"]
    types = {kind: f"image/{kind}" for kind in ("png", "jpeg", "gif", "bmp", "tiff")}
    image = NewPart("media", "image", kind, types[kind], relationship, data, shared=True)
    vector = None
    if svg is not None:
        vector = NewPart("media", "image", "svg", "image/svg+xml", relationship, svg, shared=True)
    return PictureDrawing(image, vector, width, height, alt, name)


def font_file() -> str:
    """Return the font that pictures are drawn with: Noto Sans SC, carried by a dependency."""
    found = find_spec("zhplot")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if path.is_file():
            return str(path)
    raise ChartError("the font for pictures (Noto Sans SC) is not installed", None,
                     "install the package zhplot")  # fmt: skip


def picture_of_chart(
    spec: ChartSpec, place: Place, height: Length, store: PictureStore | None
) -> PictureDrawing:
    """Return the picture of a chart for a place; an unchanged one is not drawn again.

    Raises:
        ChartError: the font lacks a character, or an option does not suit the kind.
    """
    from generator.charts.chart_picture import picture_height

    height = picture_height(spec, place.width, height)
    font = font_file()

    def draw() -> Picture:
        from generator.charts.chart_picture import draw_chart

        return draw_chart(spec, place.width, height, place.theme, font)

    look = sorted(place.theme.colors.items())
    content = f"chart {spec!r}\n{place.width} {height}\n{look!r}\n{Path(font).name}"
    svg, png = (store or PictureStore(None)).get(content, draw)
    return picture_parts(png, "png", svg, place.width, height, spec.alt_text, spec.name)
