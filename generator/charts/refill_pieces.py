"""The pieces that a chart part is cut into: literal texts, and places for what data change."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from generator.charts.refill_data import PlotKind
from generator.charts.refill_places import Track
from generator.errors import Location
from generator.office.names import NAMESPACES
from generator.office.xml import parse_xml

C = f"{{{NAMESPACES['c']}}}"
A = f"{{{NAMESPACES['a']}}}"
#: Characters that Unicode never assigns stand around the marks of slots in a text.
OPEN, CLOSE = "\ufdd0", "\ufdd1"
TOKEN = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
ACCENTS = 6


def mark_of(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


def parse_unmarked(blob: bytes, where: Location) -> etree._Element:
    """Return the root of a part in which nothing looks like a mark."""
    root = parse_xml(blob, where)
    text = etree.tostring(root, encoding="unicode")
    if OPEN in text or CLOSE in text:
        return parse_xml(text.replace(OPEN, "").replace(CLOSE, "").encode(), where)
    return root


@dataclass(frozen=True, slots=True)
class Point:
    """A piece that belongs to one point, as its colour or its label; dropped without the point."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class NewPoints:
    """How points look that the template did not have: the model's pieces, from ``first`` on."""

    first: int
    accent: int
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of single points: the author's own, and how one with a given text looks.

    ``opening`` and ``closing`` stand around them if the series has no labels of its own.
    """

    model: str
    own: tuple[Point, ...]
    opening: str
    closing: str


Piece = str | Point | NewPoints | Labels


@dataclass(frozen=True, slots=True)
class SeriesForm:
    """One series of the template, or the model of new ones (its slots take another colour).

    ``head``, ``before`` and ``after`` stand around the slots for numbers and name, and for data.
    """

    head: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    idx: int
    name: str
    group: int
    kind: PlotKind
    accent: int
    codes: dict[str, str | None]
    point_codes: dict[str, dict[int, str]]
    shows_name: bool


@dataclass(frozen=True, slots=True)
class Group:
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Title:
    """A title that shows a cell: the text behind it is cached like a value."""

    track: Track
    before: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one line of the legend."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    ids: str
    pieces: tuple[str | Title, ...]


TopPiece = str | int | Axis | Title | Entry
