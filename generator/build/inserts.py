"""Charts, diagrams and pictures of a report as values that templates can print.

A definition and its facts become a specification in one language; the specification becomes a
native chart, native shapes or a picture when its place is known.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.build.plain_charts import data_chart, fill_authored
from generator.build.specifications import Views, chart_spec, diagram_spec
from generator.build.vector_pictures import VectorPicture, is_svg, read_svg
from generator.errors import (
    ChartError,
    Location,
    TemplateError,
    TemplateNotFoundError,
    near_name_hint,
)
from generator.model.chart import ChartSpec
from generator.model.diagram import DiagramSpec
from generator.model.insert import (
    AuthoredChart,
    Drawing,
    FilledChart,
    Insert,
    NewPart,
    PictureDrawing,
    Place,
)
from generator.model.length import Length
from generator.office.names import RELATIONSHIP_TYPES

if TYPE_CHECKING:
    from generator.build.uses import Uses
    from generator.charts.picture import Picture
    from generator.engine.subdocument import SubDocument
    from generator.model.report import ReportDefinition

_LEAST_POINTS = 8.5


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


@dataclass(frozen=True, slots=True)
class ChartInsert(Insert):
    """A chart that waits for its place; native in both formats.

    ``bounds`` are the labels of figures that are no exact ones, None for the others: where an
    author's chart is filled they stand beside the names, as its labels print numbers alone.
    """

    spec: ChartSpec
    bounds: tuple[str | None, ...] = ()

    def draw(self, place: Place) -> Drawing:
        from generator.charts.native import native_chart

        height = place.height or Length(round(place.width / self.spec.aspect))
        return native_chart(self.spec, place.width, height)

    @property
    def title(self) -> str:  # type: ignore[override] # of the specification
        return self.spec.title

    def fill_chart(self, chart: AuthoredChart) -> FilledChart:
        spec = self.spec
        names = [
            f"{name} {bound}" if bound else name
            for name, bound in zip(spec.categories, self.bounds, strict=False)
        ] or list(spec.categories)
        shown = [series for series in spec.series if not series.is_open]
        series = [{"name": item.name, "values": item.values} for item in shown]
        return fill_authored(chart, {"categories": names, "series": series}, spec.alt_text)


@dataclass(frozen=True, slots=True)
class DiagramInsert(Insert):
    """A diagram that waits for its place: native shapes on a slide, a picture in Word."""

    spec: DiagramSpec
    store: PictureStore

    def draw(self, place: Place) -> Drawing:
        if place.format == "pptx" and place.height is not None:
            from generator.charts.shapes import native_shapes

            return native_shapes(self.spec, place.width, place.height)
        from generator.charts.layouts import lay_out

        figure = lay_out(self.spec, int(place.width), place.height, _LEAST_POINTS)
        font = font_file()

        def draw() -> Picture:
            from generator.charts.picture import draw_picture

            return draw_picture(figure, place.theme, font)

        content = f"{figure!r}\n{sorted(place.theme.colors.items())!r}\n{Path(font).name}"
        svg, png = self.store.get(content, draw)
        return _picture(png, "png", svg, Length(figure.width), Length(figure.height),
                        self.spec.alt_text, self.spec.name)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileInsert(Insert):
    """A picture from a file, with its own proportions; ``svg`` is its vector form, if it has one.

    ``pixels`` are 96 to the inch.
    """

    data: bytes
    kind: str
    pixels: tuple[int, int]
    width: Length | None
    height: Length | None
    alt_text: str
    name: str
    svg: bytes | None = None

    def draw(self, place: Place) -> Drawing:
        ratio = self.pixels[0] / self.pixels[1]
        width, height = self.width, self.height
        if width is None and height is None:
            natural = Length(round(self.pixels[0] / 96 * 914_400))
            width = Length(min(natural, place.width))
            if place.height is not None and width / ratio > place.height:
                width = Length(round(place.height * ratio))
        if width is None and height is not None:
            width = Length(round(height * ratio))
        assert width is not None
        height = height or Length(round(width / ratio))
        return _picture(self.data, self.kind, self.svg, width, height, self.alt_text, self.name)


def _picture(
    data: bytes, kind: str, svg: bytes | None, width: Length, height: Length, alt: str, name: str
) -> PictureDrawing:
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


def make_inserts(
    report: ReportDefinition,
    views: Views,
    language: str,
    store: PictureStore,
    uses: Uses | None = None,
) -> dict[str, Callable[..., object]]:
    """Return the functions ``chart``, ``diagram``, ``document`` and ``picture`` of a context."""

    def chart(name: object) -> Insert:
        """Return the chart of this name in ``report.yaml``, or of plain data."""
        if isinstance(name, Mapping):
            return data_chart(name)
        definition = _named(report.entry.charts, name, "chart", report.file)
        if uses is not None:
            uses.drawings.add(f"charts.{name}")
        spec = chart_spec(str(name), definition, views, language, report.file)
        facts = [views[fact] for fact in definition.facts]
        return ChartInsert(spec, tuple(v.short if v.bound != "exact" else None for v in facts))

    def diagram(name: object) -> Insert:
        """Return the diagram of this name in ``report.yaml``."""
        definition = _named(report.entry.diagrams, name, "diagram", report.file)
        if uses is not None:
            uses.drawings.add(f"diagrams.{name}")
        spec = diagram_spec(str(name), definition, views, language, report.file)
        return DiagramInsert(spec, store)

    return {"chart": chart, "diagram": diagram, **folder_functions(report.folder, uses)}


def folder_functions(folder: Path, uses: Uses | None = None) -> dict[str, Callable[..., Any]]:
    """Return the functions that read files of a folder: ``picture`` and ``document``.

    ``uses`` collects which files they read.
    """
    documents: dict[tuple[str, bool], SubDocument] = {}

    def picture(
        path: object, width: object = None, height: object = None, alt: object = None
    ) -> Insert:
        """Return the picture in a file (PNG, JPEG, SVG); sizes like ``"4 cm"``."""
        if uses is not None:
            uses.read(folder, str(path))
        try:
            return _file_picture(folder, str(path), width, height, alt)
        except ChartError as error:  # without a place of its own, so that it is told at the tag
            raise ChartError(f'picture "{path}": {error.message}', None, error.hint) from error

    def document(path: object, keep_sections: object = False) -> SubDocument:
        """Return the text of a Word document of the folder, read once."""
        if uses is not None:
            uses.read(folder, str(path))
        key = (str(path), bool(keep_sections))
        if key not in documents:
            documents[key] = _file_document(folder, *key)
        return documents[key]

    return {"document": document, "picture": picture}


def _named(known: Mapping[str, Any], name: object, what: str, file: str) -> Any:
    if name not in known:
        hint = near_name_hint(str(name), list(known)) or f"{file} has: {', '.join(known) or 'none'}"
        raise ChartError(f'{file} has no {what} "{name}"', None, hint)
    return known[str(name)]


def _file_document(folder: Path, path: str, keep_sections: bool) -> SubDocument:
    from generator.engine.subdocument import SubDocument

    where = Location(path)
    target = (folder / path).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise TemplateError("a document must lie inside the project", where,
                            "copy it into the project")  # fmt: skip
    try:
        data = target.read_bytes()
    except OSError as error:
        raise TemplateNotFoundError(
            f"the document cannot be read: {error.strerror or error}", where
        ) from error
    return SubDocument.read(data, path, keep_sections=keep_sections)


def _file_picture(
    folder: Path, path: str, width: object, height: object, alt: object
) -> FileInsert:
    where = Location(path)
    target = (folder / path).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ChartError("a picture must lie inside the project", where, "copy it into the project")
    try:
        data = target.read_bytes()
    except OSError as error:
        raise ChartError(f"the picture cannot be read: {error.strerror or error}", where) from error
    if is_svg(data):
        drawn = read_svg(data, where)
        return vector_insert(drawn, width, height, str(alt or ""), target.stem, where)
    kind, pixels, _ = _read_picture(data, where)
    if kind not in ("png", "jpeg"):
        raise ChartError(f"pictures of the kind {kind.upper()} cannot be placed", where,
                         "save it as PNG or JPEG")  # fmt: skip
    if not alt:
        raise ChartError("the picture has no alternative text", where,
                         'add alt="what the picture shows"')  # fmt: skip
    return FileInsert(data, kind, pixels, _length(width), _length(height), str(alt), target.stem)


def vector_insert(
    drawn: VectorPicture, width: object, height: object, alt: str, name: str, where: Location
) -> FileInsert:
    """Return a vector picture with its PNG.

    Raises:
        ChartError: it has no alternative text, or a size is wrong.
    """
    if not alt:
        raise ChartError("the picture has no alternative text", where,
                         'add alt="what the picture shows"')  # fmt: skip
    pixels = (max(1, round(drawn.width)), max(1, round(drawn.height)))
    sizes = _length(width), _length(height)
    return FileInsert(drawn.png, "png", pixels, *sizes, alt, name, drawn.svg)


#: Pixels of a picture that is opened at all; more is no picture for a page.
_MOST_PIXELS = 100_000_000
_PICTURES = ("png", "jpeg", "gif", "bmp", "tiff")


def _read_picture(data: bytes, where: Location) -> tuple[str, tuple[int, int], tuple[float, float]]:
    """Return kind, size in pixels and pixels an inch of a picture.

    Raises:
        ChartError: it is no picture, or has too many pixels.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            kind, pixels = (image.format or "").lower(), image.size
            dpi = image.info.get("dpi") or (72, 72)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise ChartError("the file is no PNG or JPEG picture", where) from error
    if kind not in _PICTURES or not 0 < pixels[0] * pixels[1] <= _MOST_PIXELS:
        raise ChartError(
            f"the picture is a {kind.upper() or 'file'} of {pixels[0]} x {pixels[1]} pixels", where,
            f"save it as PNG or JPEG with at most {_MOST_PIXELS:,} pixels",
        )  # fmt: skip
    across, down = (round(float(v)) if float(v) > 1 else 72 for v in dpi[:2])
    return kind, pixels, (across, down)


def picture_drawing(
    data: bytes, name: str, width: int | None, height: int | None, link: str | None
) -> PictureDrawing:
    """Return a picture in the size that its file or the caller says (EMU), as python-docx does.

    Raises:
        ChartError: the data are no picture.
    """
    kind, pixels, dpi = _read_picture(data, Location(name))
    own_width = int(pixels[0] / dpi[0] * 914_400)
    own_height = int(pixels[1] / dpi[1] * 914_400)
    if width is None and height is None:
        width, height = own_width, own_height
    elif width is None and height is not None:
        width = round(own_width * (height / own_height))
    elif height is None and width is not None:
        height = round(own_height * (width / own_width))
    assert width is not None
    assert height is not None
    drawing = _picture(data, kind, None, Length(width), Length(height), name, "Picture")
    return replace(drawing, link=link)


def _length(value: object) -> Length | None:
    if value is None:
        return None
    try:
        return Length.parse(str(value))
    except ValueError as error:
        raise ChartError(str(error), None, 'write it like width="4 cm"') from error
