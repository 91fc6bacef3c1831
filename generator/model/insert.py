"""Values of a template that are not text: charts, pictures, diagrams.

The engine does not know what an insert shows. It tells the insert about its place and receives one
of the drawings below, which it wraps for the format and the position.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from generator.errors import ChartError
from generator.model.length import Length
from generator.model.theme import Theme

Format = Literal["docx", "pptx"]
Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an insert is to stand.

    ``width`` is what the place offers: the column of text in Word, the shape on a slide.
    ``height`` is None where the text flows and an insert may take the height it needs.
    """

    format: Format
    width: Length
    height: Length | None
    theme: Theme


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part to be added to the package, with the parts it needs itself.

    The engine picks the number: ``folder="charts", stem="chart", extension="xml"`` may become
    ``/word/charts/chart3.xml``. ``related`` maps the relationship ids that ``blob`` uses to parts;
    ``links`` holds (id, type, address) of those that lead outside.
    Equal pictures are stored once: ``shared`` says that a part may serve several places.
    """

    folder: str
    stem: str
    extension: str
    content_type: str
    relationship_type: str
    blob: bytes
    related: tuple[tuple[str, NewPart], ...] = ()
    shared: bool = False
    links: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChartDrawing:
    """A native chart: the chart part, with its workbook among its related parts."""

    part: NewPart
    width: Length
    height: Length
    alt_text: str
    name: str


@dataclass(frozen=True, slots=True)
class PictureDrawing:
    """A picture; ``svg`` is shown where it can be, ``image`` (PNG or JPEG) everywhere else.

    ``link`` is an address that a click leads to.
    """

    image: NewPart
    svg: NewPart | None
    width: Length
    height: Length
    alt_text: str
    name: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class ShapesDrawing:
    """Native shapes for a slide, to be grouped by the engine.

    ``markup(first_id)`` gives the ``p:sp`` / ``p:cxnSp`` elements (namespaces a, p, r declared on
    the slide) in EMU relative to the top left of the place; it uses the ids ``first_id`` to
    ``first_id + ids - 1``.
    """

    markup: Callable[[int], str]
    ids: int
    width: Length
    height: Length
    alt_text: str
    name: str


@dataclass(frozen=True, slots=True)
class DrawingGrid:
    """Charts or pictures beside and below each other, in rows of ``columns``.

    In Word they stand in lines of one paragraph, on a slide in a group; all have one size, and
    ``gap`` lies between them.
    """

    drawings: tuple[ChartDrawing | PictureDrawing, ...]
    columns: int
    gap: Length
    width: Length
    height: Length
    alt_text: str
    name: str


Drawing = ChartDrawing | PictureDrawing | ShapesDrawing | DrawingGrid


@dataclass(slots=True, eq=False)
class AuthoredChart:
    """A chart that the template's author drew: its XML and its embedded workbook.

    Whoever fills it may keep in ``memo`` what is made from it once; one object serves all renders.
    """

    xml: bytes
    workbook: bytes | None
    memo: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledChart:
    """An author's chart with new data; ``workbook`` None leaves the author's as it is."""

    xml: bytes
    workbook: bytes | None
    alt_text: str


class Insert(ABC):
    """A value of a template that is drawn at its place instead of printed."""

    #: What a tag prints that stands in the title of the chart that the insert fills.
    title: str = ""

    @abstractmethod
    def draw(self, place: Place) -> Drawing:
        """Return the drawing for this place.

        Raises:
            ChartError: it cannot be drawn there.
        """

    def fill_chart(self, chart: AuthoredChart) -> FilledChart:
        """Return the author's chart with the data of this insert.

        Raises:
            ChartError: the insert is no chart, or its data do not fit the author's.
        """
        raise ChartError("this value cannot fill a chart", None, "print a chart there")
