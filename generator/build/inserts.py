"""Charts, diagrams and pictures of a report as values that templates can print.

A definition and its facts become a specification in one language; the specification becomes a
native chart, native shapes or a picture when its place is known.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.build.pictures import PictureStore, font_file, picture_parts
from generator.build.plain_charts import ChartInsert, data_chart
from generator.build.vector_pictures import VectorPicture, is_svg, read_svg
from generator.errors import (
    ChartError,
    Location,
    TemplateError,
    TemplateNotFoundError,
    near_name_hint,
)
from generator.model.diagram import DiagramSpec
from generator.model.insert import (
    AuthoredChart,
    Drawing,
    FilledChart,
    Insert,
    PictureDrawing,
    Place,
)
from generator.model.length import Length
from generator.model.limits import limits_in_force

if TYPE_CHECKING:
    from generator.build.chart_checks import Ledger
    from generator.build.specifications import Views
    from generator.build.uses import Uses
    from generator.charts.picture import Picture
    from generator.engine.subdocument import SubDocument
    from generator.model.dataset import Dataset
    from generator.model.report import ReportDefinition

_LEAST_POINTS = 8.5


@dataclass(frozen=True, slots=True)
class DiagramInsert(Insert):
    """A diagram that waits for its place: native shapes on a slide, a picture in Word."""

    spec: DiagramSpec
    store: PictureStore
    is_picture: bool = False
    on_draw: Callable[[], None] | None = None

    def draw(self, place: Place) -> Drawing:
        if self.on_draw is not None:
            self.on_draw()
        if place.format == "pptx" and place.height is not None and not self.is_picture:
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
        return picture_parts(png, "png", svg, Length(figure.width), Length(figure.height),
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
        return picture_parts(
            self.data, self.kind, self.svg, width, height, self.alt_text, self.name
        )


#: The smallest picture there is: one white pixel.
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef9240000000a49444154"
    "789c636800000082008177cd72b60000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class BlankInsert(Insert):
    """Stands for a drawing where only the texts around it matter; ``told`` is its alt text."""

    told: str = ""

    def draw(self, place: Place) -> Drawing:
        return picture_parts(_PIXEL, "png", None, Length.cm(1), Length.cm(1), self.told, "Blank")

    def fill_chart(self, chart: AuthoredChart) -> FilledChart:
        return FilledChart(chart.xml, chart.workbook, self.told)


def blank_inserts() -> dict[str, Callable[..., object]]:
    """Return functions like those of ``make_inserts`` that draw nothing."""

    def blank(*given: object, **options: object) -> Insert:
        return BlankInsert()

    return {"chart": blank, "diagram": blank, "picture": blank}


def make_inserts(
    report: ReportDefinition,
    views: Views,
    language: str,
    store: PictureStore,
    ledger: Ledger | None = None,
    uses: Uses | None = None,
    datasets: Mapping[str, Dataset] | None = None,
) -> dict[str, Callable[..., object]]:
    """Return the functions ``chart``, ``diagram``, ``document`` and ``picture`` of a context."""

    def drawn_as() -> str:
        """Return how the document that is being filled draws its charts."""
        return ledger.drawn_as if ledger is not None else report.entry.charts_as

    def chart(name: object) -> Insert:
        """Return the chart of this name in ``report.yaml``, or of plain data."""
        if isinstance(name, Mapping):
            return data_chart(name, language, store, drawn_as() == "picture")
        from generator.build.chart_definitions import defined_chart
        from generator.build.dataset_charts import of_dataset

        definition = _named(report.entry.charts, name, "chart", report.file)
        if uses is not None:
            uses.drawings.add(f"charts.{name}")
            if definition.dataset is not None:
                uses.datasets.add(definition.dataset)
        where = Location(report.file, line=report.lines.get(("charts", str(name))))
        definition, cells, ids = of_dataset(str(name), definition, datasets or {}, where)
        defined = defined_chart(str(name), definition, views, language, where)
        way = definition.drawn_as or drawn_as()

        def note(is_native: bool) -> None:
            if ledger is not None:
                ledger.note(str(name), defined.spec, defined.facts, is_native, cells, ids)

        return ChartInsert(defined.spec, store, way == "picture", note)

    def diagram(name: object) -> Insert:
        """Return the diagram of this name in ``report.yaml``."""
        from generator.build.specifications import diagram_spec, facts_of

        definition = _named(report.entry.diagrams, name, "diagram", report.file)
        if uses is not None:
            uses.drawings.add(f"diagrams.{name}")
        spec = diagram_spec(str(name), definition, views, language, report.file)

        def note() -> None:
            if ledger is not None:
                facts = tuple(views[fact] for fact in facts_of(definition.items))
                ledger.note_diagram(str(name), spec.alt_text, facts)

        return DiagramInsert(spec, store, definition.drawn_as == "picture", note)

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
            try:
                documents[key] = _file_document(folder, *key)
            except TemplateError as error:
                if error.where is not None:
                    raise
                raise type(error)(
                    f'document "{path}": {error.message}', None, error.hint
                ) from error
        return documents[key]

    return {"document": document, "picture": picture}


def _named(known: Mapping[str, Any], name: object, what: str, file: str) -> Any:
    if name not in known:
        hint = near_name_hint(str(name), list(known)) or f"{file} has: {', '.join(known) or 'none'}"
        raise ChartError(f'{file} has no {what} "{name}"', None, hint)
    return known[str(name)]


def _inside(folder: Path, path: str) -> Path | None:
    """Return the file that a path of a template means; None if it lies outside of the folder."""
    try:
        target = (folder / path).resolve()
        return target if target.is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name of zero bytes
        return None


def _read_bounded(path: Path, most: int) -> bytes:
    """Return the bytes of a file, at most one more than ``most``; a pipe is none."""
    if path.exists() and not path.is_file():
        raise ValueError("it is no file")
    with path.open("rb") as stream:
        return stream.read(most + 1)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _file_document(folder: Path, path: str, keep_sections: bool) -> SubDocument:
    from generator.engine.subdocument import SubDocument

    target = _inside(folder, path)
    if target is None:
        raise TemplateError("a document must lie inside the project", None,
                            "copy it into the project")  # fmt: skip
    try:
        data = _read_bounded(target, limits_in_force().package_bytes)
    except (OSError, ValueError) as error:
        raise TemplateNotFoundError(f"the document cannot be read: {_reason(error)}") from error
    return SubDocument.read(data, path, keep_sections=keep_sections)


def _file_picture(
    folder: Path, path: str, width: object, height: object, alt: object
) -> FileInsert:
    where = Location(path)
    most = limits_in_force().picture_bytes
    target = _inside(folder, path)
    if target is None:
        raise ChartError("a picture must lie inside the project", where, "copy it into the project")
    try:
        data = _read_bounded(target, most)
    except (OSError, ValueError) as error:
        raise ChartError(f"the picture cannot be read: {_reason(error)}", where) from error
    if len(data) > most:
        raise ChartError(
            f"the picture has more than {most:,} bytes (limit picture_bytes)", where,
            "save it smaller",
        )  # fmt: skip
    if is_svg(data):
        drawn = read_svg(data, where)
        return vector_insert(drawn, width, height, str(alt or ""), target.stem, where)
    kind, pixels, _ = read_picture(data, where)
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


_LONGEST = Length.cm(150)
_PICTURES = ("png", "jpeg", "gif", "bmp", "tiff")


def read_picture(data: bytes, where: Location) -> tuple[str, tuple[int, int], tuple[float, float]]:
    """Return kind, size in pixels and pixels an inch of a picture.

    Raises:
        ChartError: it is no picture, or has too many pixels.
    """
    import warnings

    from PIL import Image, UnidentifiedImageError

    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=tuple(map(str.upper, _PICTURES))) as image,
        ):
            kind, pixels = (image.format or "").lower(), image.size
            dpi = image.info.get("dpi") or (72, 72)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise ChartError("the file is no PNG or JPEG picture", where) from error
    most = limits_in_force().picture_pixels
    if kind not in _PICTURES or not 0 < pixels[0] * pixels[1] <= most:
        raise ChartError(
            f"the picture is a {kind.upper() or 'file'} of {pixels[0]} x {pixels[1]} pixels", where,
            f"save it as PNG or JPEG with at most {most:,} pixels (limit picture_pixels)",
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
    kind, pixels, dpi = read_picture(data, Location(name))
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
    drawing = picture_parts(data, kind, None, Length(width), Length(height), name, "Picture")
    return replace(drawing, link=link)


def _length(value: object) -> Length | None:
    if value is None:
        return None
    try:
        found = Length.parse(str(value))
    except ValueError as error:
        raise ChartError(str(error), None, 'write it like width="4 cm"') from error
    if not 0 < found <= _LONGEST:
        raise ChartError(f'"{value}" is no size of a picture', None,
                         "give more than 0 and at most 150 cm")  # fmt: skip
    return found
