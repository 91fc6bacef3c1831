"""Vector pictures: an SVG that is safe to embed, its PNG for programs that show none, QR codes."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from base64 import b64decode
from dataclasses import dataclass

from lxml import etree

from generator.build.isolation import is_worker, worker_environment
from generator.build.vector_drawing import draw_svg
from generator.errors import ChartError, Location, ReportError
from generator.model.limits import limits_in_force
from generator.office.xml import parse_xml

_SVG = "{http://www.w3.org/2000/svg}"
_ACTIVE = frozenset(
    ("script", "foreignObject", "iframe", "audio", "video", "handler", "embed", "object")
)
_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*(px|pt|pc|mm|cm|in)?\s*")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
#: What fetches from outside in a style; a backslash could hide it.
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)[^)]|@import|\\", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?")
_EMBEDDED = re.compile(r"\s*data:image/(?:png|jpeg|jpg);base64,", re.IGNORECASE)
#: How much longer than wide a picture may be, or the other way round; its PNG has its shape.
_STEEPEST = 20
_ANIMATIONS = frozenset(
    f"{_SVG}{name}" for name in ("set", "animate", "animateMotion", "animateTransform")
)
#: Width of the PNG that stands beside an SVG, in pixels.
_FALLBACK_WIDTH = 1_600


@dataclass(frozen=True, slots=True)
class VectorPicture:
    """A checked SVG with its PNG; the size is in CSS pixels (96 an inch)."""

    svg: bytes
    png: bytes
    width: float
    height: float


def is_svg(data: bytes) -> bool:
    """Return whether bytes look like an SVG."""
    return b"<svg" in data[:4096] and not data.startswith((b"\x89PNG", b"\xff\xd8"))


def read_svg(data: bytes, where: Location) -> VectorPicture:
    """Return an SVG with a PNG of it, drawn without network, scripts or system fonts.

    Raises:
        ChartError: it is damaged, too large, has no size, runs something, or shows something from
            outside of it.
    """
    most = limits_in_force().svg_bytes
    if len(data) > most:
        raise ChartError(f"the SVG has more than {most:,} bytes (limit svg_bytes)", where,
                         "simplify it")  # fmt: skip
    try:
        root = parse_xml(data, where)
    except ReportError as error:
        raise ChartError(f"the SVG cannot be read: {error.problems[0].message}", where) from error
    if root.tag != f"{_SVG}svg":
        raise ChartError("the file is no SVG", where, "save it as SVG, PNG or JPEG")
    for instruction in root.itersiblings(etree.ProcessingInstruction, preceding=True):
        if etree.tostring(instruction).startswith(b"<?xml-stylesheet"):
            raise ChartError("the SVG takes its styles from outside", where, "embed them")
    for element in root.iter():
        _check(element, where)
    _check_embedded(root, where)
    width, height = _size(root, where)
    if not 1 / _STEEPEST <= width / height <= _STEEPEST:
        raise ChartError(
            f"the SVG has a size of {width:g} x {height:g}, too long for its width", where,
            f"one side can be {_STEEPEST} times the other",
        )  # fmt: skip
    return VectorPicture(data, _drawn(data, where), width, height)


def _check(element: etree._Element, where: Location) -> None:
    leads = str(element.get("attributeName") or "").lower().endswith("href")
    if str(element.tag).rpartition("}")[2] in _ACTIVE or (element.tag in _ANIMATIONS and leads):
        raise ChartError("the SVG runs something or holds foreign content", where,
                         "save it as plain SVG, without scripts")  # fmt: skip
    if not isinstance(element.tag, str):
        return
    for key, value in element.attrib.items():
        name = etree.QName(key).localname.lower()
        shown = str(value).strip().lower()
        inside = shown.startswith(("#", "data:image/png", "data:image/jpeg"))
        if name.startswith("on") or (name in ("href", "src") and shown and not inside):
            raise ChartError("the SVG leads outside or runs something", where,
                             "embed its pictures, drop its links and scripts")  # fmt: skip
        if _OUTSIDE.search(str(value)):
            raise ChartError("the SVG fetches something from outside", where, "embed it")
    if element.tag == f"{_SVG}style" and _OUTSIDE.search(element.text or ""):
        raise ChartError("the SVG fetches something from outside", where, "embed it")


def _check_embedded(root: etree._Element, where: Location) -> None:
    """Refuse embedded pictures that would need more memory than they say."""
    from generator.build.inserts import read_picture

    pixels = 0
    for element in root.iter(f"{_SVG}image", f"{_SVG}feImage"):
        for key, value in element.attrib.items():
            found = _EMBEDDED.match(str(value))
            if found is None or not str(key).endswith("href"):
                continue
            try:
                data = b64decode(str(value)[found.end() :])
            except ValueError as error:
                raise ChartError("a picture in the SVG is damaged", where) from error
            _, (across, down), _ = read_picture(data, where)
            pixels += across * down
    most = limits_in_force().svg_pixels
    if pixels > most:
        raise ChartError(
            f"the pictures in the SVG have {pixels:,} pixels, more than {most:,} "
            "(limit svg_pixels)", where,
            "embed them smaller",
        )  # fmt: skip


def _size(root: etree._Element, where: Location) -> tuple[float, float]:
    box = [float(v) for v in _NUMBER.findall(root.get("viewBox") or "")[:4]]
    given = [_pixels(root.get("width")), _pixels(root.get("height"))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        width = given[0] or (given[1] * box[2] / box[3] if given[1] else box[2])
        height = given[1] or width * box[3] / box[2]
        return width, height
    if given[0] and given[1]:
        return given[0], given[1]
    raise ChartError("the SVG has no size", where, "give it a width and height, or a viewBox")


def _pixels(text: str | None) -> float | None:
    match = _LENGTH.fullmatch(text or "")
    return float(match[1]) * _PIXELS[match[2] or "px"] if match else None


def _drawn(data: bytes, where: Location) -> bytes:
    from generator.build.pictures import font_file

    try:
        import resvg_py
    except ImportError as error:
        raise ChartError("SVG pictures need the package resvg_py", where,
                         "install it, or save the picture as PNG") from error  # fmt: skip
    del resvg_py  # the process that draws imports it
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ChartError("the SVG is not UTF-8 text", where, "save it as UTF-8") from error
    limits = limits_in_force()
    order = {
        "svg": text, "font": font_file(), "width": _FALLBACK_WIDTH,
        "memory": limits.worker_memory, "seconds": math.ceil(limits.svg_seconds),
    }  # fmt: skip
    if is_worker():  # limits are kept already
        return draw_svg(order)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "generator.build.vector_drawing"],
            input=json.dumps(order).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=limits.svg_seconds, env=worker_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ChartError(
            f"drawing the SVG takes longer than {limits.svg_seconds:g} seconds (limit svg_seconds)",
            where,
            "simplify it",
        ) from error
    if done.returncode or not done.stdout.startswith(b"\x89PNG"):
        raise ChartError("the SVG cannot be drawn", where, "simplify it, or save it as PNG")
    return done.stdout


def qr_picture(text: str) -> VectorPicture:
    """Return a QR code of a text, with the quiet zone that readers need.

    Raises:
        ChartError: the text is too long for one code, or the package segno is not installed.
    """
    try:
        import segno
    except ImportError as error:
        raise ChartError("QR codes need the package segno", None, "install segno") from error
    try:
        code = segno.make(text, error="m", micro=False)
    except ValueError as error:
        raise ChartError("the text is too long for a QR code", None,
                         "shorten it, or use a short link") from error  # fmt: skip
    svg, png = io.BytesIO(), io.BytesIO()
    code.save(svg, kind="svg", border=4, xmldecl=True, svgns=True, scale=4)
    code.save(png, kind="png", border=4, scale=12)
    side = float(code.symbol_size(scale=4, border=4)[0])
    return VectorPicture(svg.getvalue(), png.getvalue(), side, side)
