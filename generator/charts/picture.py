"""A laid-out diagram as a picture: SVG with its text as outlines, and PNG.

matplotlib is loaded here, when a picture is drawn, and used through its objects only: no pyplot, no
settings that outlive the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any

from generator.charts.geometry import LINE, POINT, Connector, Figure, Shape, TextLine
from generator.charts.png import png
from generator.errors import ChartError
from generator.model.theme import Theme

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path

#: Raised with each change of how pictures look, so that kept ones are drawn again.
DRAWING_VERSION = "5"
_DPI = 200
_EMU_IN_INCH = 914_400
#: Middle of capitals and of Chinese characters above the base line, in font sizes.
_MIDDLE_OF_SIGNS = 0.37
#: The font has one weight: bold text gets an outline of this width, in font sizes.
_BOLD_STROKE = 0.035
_SETTINGS = {
    "svg.fonttype": "path",
    "svg.hashsalt": "report",
    "path.simplify": False,
    "axes.unicode_minus": True,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture in both forms."""

    svg: bytes
    png: bytes


def draw_picture(figure: Figure, theme: Theme, font_file: str) -> Picture:
    """Return the picture of a diagram, the same bytes for the same input.

    Raises:
        ChartError: the font has no sign for a character of a text; it is named.
    """
    import matplotlib as mpl
    from matplotlib.backends import backend_agg, backend_svg
    from matplotlib.figure import Figure as Canvas
    from matplotlib.font_manager import FontProperties
    from PIL import Image

    canvases: tuple[Any, Any] = (backend_svg.FigureCanvasSVG, backend_agg.FigureCanvasAgg)
    check_signs(figure, font_file)
    with mpl.rc_context(_SETTINGS):  # type: ignore[arg-type]
        inches = (figure.width / _EMU_IN_INCH, _hundredths(figure.height) / 72)
        canvas = Canvas(figsize=inches)
        painter = _Painter(canvas, figure, theme, FontProperties(fname=font_file))
        for line in figure.connectors:
            painter.line(line)
        for shape in figure.shapes:
            painter.shape(shape)
        painter.write()
        svg = StringIO()
        canvases[0](canvas).print_svg(svg, metadata={"Date": None, "Creator": None})
        canvas.set_dpi(_DPI)
        raster = canvases[1](canvas)
        raster.draw()
        width, height = raster.get_width_height()
        rgb = Image.frombuffer("RGBA", (width, height), raster.buffer_rgba(), "raw", "RGBA", 0, 1)
    return Picture(svg.getvalue().encode(), png(rgb.convert("RGB").tobytes(), width, height, _DPI))


def check_signs(figure: Figure, font_file: str) -> None:
    """Raise for the first character that the font cannot show."""
    for shape in figure.shapes:
        for text in shape.texts:
            check_text(text.text, font_file)


def check_text(text: str, font_file: str) -> None:
    """Raise for the first character of a text that the font cannot show.

    Raises:
        ChartError: there is one; it is named.
    """
    known = _signs_of(font_file)
    for sign in text:
        if ord(sign) not in known and not sign.isspace():
            raise ChartError(
                f'the font of pictures has no sign for "{sign}" (U+{ord(sign):04X}) in '
                f'"{text}"', None, "write the text without it",
            )  # fmt: skip


@lru_cache(maxsize=4)
def _signs_of(font_file: str) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(font_file).get_charmap())


def font_of(font_file: str, text: str, size: float) -> FontProperties:
    """Return the font of a text in points.

    Raises:
        ChartError: the font has no sign for one of its characters.
    """
    from matplotlib.font_manager import FontProperties

    check_text(text, font_file)
    return FontProperties(fname=font_file, size=size)


class _Painter:
    """Draws shapes in EMU, from the top left, on a canvas without axes."""

    def __init__(self, canvas: Any, figure: Figure, theme: Theme, font: FontProperties) -> None:
        self._canvas = canvas
        self._width, self._height = figure.width, figure.height
        self._theme = theme
        self._font = font
        self._writing: dict[tuple[str, float], list[Path]] = {}

    def _color(self, color: str) -> str:
        name, _, strength = color.partition(":")
        code = self._theme.color(name)
        if strength:
            kept = int(strength) / 100
            parts = (int(code[i : i + 2], 16) for i in (0, 2, 4))
            code = "".join(f"{round(p * kept + 255 * (1 - kept)):02X}" for p in parts)
        return f"#{code}"

    def _x(self, emu: float) -> float:
        return emu / self._width

    def _y(self, emu: float) -> float:
        return 1 - emu / self._height

    def line(self, line: Connector) -> None:
        from matplotlib.lines import Line2D

        points: list[tuple[float, float]] = [(line.x1, line.y1), (line.x2, line.y2)]
        if line.is_elbow:
            middle = (line.y1 + line.y2) / 2
            points[1:1] = [(line.x1, middle), (line.x2, middle)]
        self._canvas.add_artist(
            Line2D(
                [self._x(x) for x, _ in points],
                [self._y(y) for _, y in points],
                color=self._color(line.color),
                linewidth=line.width,
                solid_capstyle="butt",
                solid_joinstyle="miter",
                transform=self._canvas.transFigure,
                zorder=1,
            )
        )
        if line.has_arrow:
            self._arrow_head(line)

    def _arrow_head(self, line: Connector) -> None:
        """Draw the head of an arrow, as long as it is wide, at the end of a straight line."""
        from math import hypot

        from matplotlib.patches import Polygon

        length = hypot(line.x2 - line.x1, line.y2 - line.y1) or 1.0
        dx, dy = (line.x2 - line.x1) / length, (line.y2 - line.y1) / length
        size = min(line.width * 4.5 * POINT, length * 0.6)
        base_x, base_y = line.x2 - dx * size, line.y2 - dy * size
        corners = [
            (line.x2, line.y2),
            (base_x - dy * size / 2, base_y + dx * size / 2),
            (base_x + dy * size / 2, base_y - dx * size / 2),
        ]
        self._canvas.add_artist(
            Polygon(
                [(self._x(x), self._y(y)) for x, y in corners],
                closed=True, facecolor=self._color(line.color), edgecolor="none",
                transform=self._canvas.transFigure, zorder=1.5,
            )
        )  # fmt: skip

    def shape(self, shape: Shape) -> None:
        if shape.fill is not None:
            self._outline(shape)
        self._texts(shape)

    def _outline(self, shape: Shape) -> None:
        from matplotlib.patches import Ellipse, Polygon

        fill = self._color(shape.fill or "lt1")
        edge = self._color(shape.line) if shape.line else "none"
        width, height = shape.width / self._width, shape.height / self._height
        options = {"facecolor": fill, "edgecolor": edge, "linewidth": 1.5 if shape.line else 0,
                   "transform": self._canvas.transFigure, "zorder": 2}  # fmt: skip
        if shape.outline == "ellipse":
            middle = (self._x(shape.x + shape.width / 2), self._y(shape.y + shape.height / 2))
            self._canvas.add_artist(Ellipse(middle, width, height, **options))
            return
        self._canvas.add_artist(Polygon(self._corners(shape), closed=True, **options))

    def _corners(self, shape: Shape) -> list[tuple[float, float]]:
        left, top = shape.x, shape.y
        right, bottom = left + shape.width, top + shape.height
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
        if shape.outline in ("pentagon", "chevron"):
            tip = round(shape.height * 0.3)
            points = [(left, top), (right - tip, top), (right, (top + bottom) // 2),
                      (right - tip, bottom), (left, bottom)]  # fmt: skip
        return [(self._x(x), self._y(y)) for x, y in points]

    def _texts(self, shape: Shape) -> None:
        total = shape.text_height
        top = shape.y + shape.inset
        if shape.anchor == "middle":
            top = shape.y + (shape.height - total) // 2
        elif shape.anchor == "bottom":
            top = shape.y + shape.height - total
        for text in shape.texts:
            top += round(text.space_before * POINT)
            for line in text.lines or (text.text,):
                self._text(shape, text, line, top)
                top += round(text.size * LINE * POINT)

    def _text(self, shape: Shape, text: TextLine, line: str, top: int) -> None:
        """Note the outlines of a line of text, in points from the lower left of the canvas."""
        from matplotlib.textpath import TextPath

        outline = TextPath((0, 0), line, size=text.size, prop=self._font)
        corners = outline.vertices
        if not len(corners):
            return
        x = shape.x / POINT + shape.inset / POINT
        if shape.align == "center":
            tip = round(shape.height * 0.3) if shape.outline in ("pentagon", "chevron") else 0
            middle = (shape.x + (shape.width - tip) / 2) / POINT
            x = middle - (corners[:, 0].min() + corners[:, 0].max()) / 2
        base = _hundredths(self._height) - top / POINT - text.size * (LINE / 2 + _MIDDLE_OF_SIGNS)
        weight = text.size * _BOLD_STROKE if text.bold else 0.0
        key = self._color(text.color), round(weight, 2)
        self._writing.setdefault(key, []).append(_moved(outline, x, base))

    def write(self) -> None:
        """Draw all noted texts, those of one colour and weight at once: 3 times faster so."""
        import numpy as np
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path
        from matplotlib.transforms import Affine2D

        points = Affine2D().scale(1 / 72) + self._canvas.dpi_scale_trans
        for (color, weight), outlines in self._writing.items():
            outline = Path.make_compound_path(*outlines)
            self._canvas.add_artist(
                PathPatch(
                    Path(np.round(np.asarray(outline.vertices), 2), outline.codes),
                    facecolor=color,
                    edgecolor=color if weight else "none",
                    linewidth=weight,
                    joinstyle="round",
                    transform=points,
                    zorder=3,
                )
            )


def _moved(outline: Path, x: float, y: float) -> Path:
    from matplotlib.transforms import Affine2D

    return outline.transformed(Affine2D().translate(x, y))


def _hundredths(emu: int) -> float:
    """Return a length in points, rounded so that the numbers in an SVG stay short."""
    return round(emu / POINT, 2)
