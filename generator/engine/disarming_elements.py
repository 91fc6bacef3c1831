"""Elements of a part that are dropped whatever their relationships say.

A relationship of an odd kind could lead to a part that only its element makes active: Office
follows the element. Here is also what hides in the text of attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from lxml import etree

from generator.engine.active_content import DEPENDENT, OFFICE, VML
from generator.engine.markup import Element
from generator.office.names import NAMESPACES, qname

Warn = Callable[[str], None]

#: Names of elements and attributes that are looked for; a part without any of them is left alone.
SIGNS = (
    b"altChunk", b"subDoc", b":control", b"<control", b"embeddedHtml", b"schemaLibrary", b":cmd",
    b"<cmd", b":vml", b"XInclude",
)  # fmt: skip

_CHUNK, _W_P = qname("w:altChunk"), qname("w:p")
_BODY, _SECTION = qname("w:body"), qname("w:sectPr")
_SUB_DOCUMENT = qname("w:subDoc")
_CONTROLS = (qname("w:control"), qname("p:control"))
_CONTROL_LIST = qname("p:controls")
_LIBRARY = "{http://schemas.openxmlformats.org/schemaLibrary/2006/main}schemaLibrary"
_EXTENSION = qname("a:ext")
_COMMAND, _TIMING = qname("p:cmd"), qname("p:timing")
#: Elements that are nothing without their relationship, besides those of links to outside.
_REFERENCES = frozenset(
    ("headerReference", "footerReference", "sldId", "sldMasterId", "sldLayoutId", "notesMasterId",
     "handoutMasterId", "embedRegular", "embedBold", "embedItalic", "embedBoldItalic",
     "userShapes", "externalData", "contentPart", "tags", "custData", "printerSettings",
     "legacyDrawingHF")
)  # fmt: skip
#: Elements that are all that a drawing shows.
_SHOWN = frozenset(("chart", "relIds", "OLEObject", "oleObj"))
_FRAMES = (qname("w:drawing"), qname("p:graphicFrame"), qname("w:object"))
#: What a command of an animation may say to a sound or a video.
_HARMLESS_COMMAND = re.compile(
    r"(?:play|playFrom\([0-9.]*\)|pause|resume|stop|togglePause|onstopaudio)?", re.IGNORECASE
)
_ACTIVE_STYLE = re.compile(r"url\s*\(|expression\s*\(|behavior|javascript|@import|\\", re.I)


def has_more_signs(blob: bytes) -> bool:
    """Return whether a part may hold what ``drop_elements`` drops."""
    return any(sign in blob for sign in SIGNS)


def drop_elements(root: Element, warn: Warn) -> None:
    """Drop elements that run or import something; ``warn`` is told of each."""
    for element in list(root.iter(_CHUNK)):
        warn("a piece of another file was dropped")
        behind, parent = element.getnext(), element.getparent()
        is_last = behind is None or behind.tag not in (_W_P, _SECTION)
        if is_last and parent is not None and parent.tag != _BODY:
            element.addprevious(element.makeelement(_W_P))  # a cell ends with a paragraph
        _remove(element)
    for element in list(root.iter(_SUB_DOCUMENT)):
        warn("a sub-document was dropped")
        _remove(element)
    for element in list(root.iter(*_CONTROLS)):
        warn("a control was dropped")
        _remove(element)
    for element in list(root.iter(_CONTROL_LIST)):
        if not len(element):
            _remove(element)
    for element in list(root.iter(_LIBRARY)):
        warn("a library of schemas was dropped")
        _remove(element)
    for element in list(root.iter("{http://www.w3.org/2001/XInclude}*")):
        warn("an inclusion of another file was dropped")
        _remove(element)
    pages: Any = root.xpath("//*[@embeddedHtml]")
    for element in pages:
        warn("an embedded web page was dropped")
        _remove_extension(element)
    for timing in [t for t in root.iter(_TIMING) if any(map(_is_odd, t.iter(_COMMAND)))]:
        warn("the animations of the slide were dropped: one gives an unknown command")
        _remove(timing)
    for element in root.iter(f"{VML}*"):
        _clean_style(element, warn)


def dangling_ids(root: Element, known: Mapping[str, object], lost: set[str]) -> set[str]:
    """Return the ids that a part refers to and that its relationships never had."""
    values: Any = _references()(root)
    return {str(value) for value in values} - known.keys() - lost - {""}


def drop_dangling(root: Element, missing: set[str]) -> None:
    """Drop what refers to relationships that are not there: Office would call the file damaged."""
    found: Any = _references()(root)
    for value in [value for value in found if str(value) in missing]:
        element = value.getparent()
        drawing = next(element.iterancestors(*_FRAMES), None)
        if etree.QName(element).localname in _SHOWN and drawing is not None:
            _remove(drawing)
        elif element.tag in DEPENDENT or etree.QName(element).localname in _REFERENCES:
            _remove(element)
        else:
            element.attrib.pop(value.attrname, None)


@cache
def _references() -> etree.XPath:
    return etree.XPath("//@r:* | //@o:relid", namespaces={"r": NAMESPACES["r"], "o": OFFICE[1:-1]})


def _is_odd(command: Element) -> bool:
    """Return whether a command is none that a sound takes; those to objects are told elsewhere."""
    return command.get("type") != "verb" and (
        command.get("type") not in ("call", "evt")
        or _HARMLESS_COMMAND.fullmatch((command.get("cmd") or "").strip()) is None
    )


def _clean_style(element: Element, warn: Warn) -> None:
    """Drop the declarations of a style of VML that fetch or run something."""
    style = element.get("style")
    if style is None or _ACTIVE_STYLE.search(style) is None:
        return
    kept = [rule for rule in style.split(";") if _ACTIVE_STYLE.search(rule) is None]
    # what stood inside of brackets could have held a semicolon
    kept = [rule for rule in kept if re.fullmatch(r"[\w\s.:%,#+-]*", rule)]
    warn("a style that fetches or runs something was dropped")
    element.set("style", ";".join(kept))


def _remove_extension(element: Element) -> None:
    """Remove an element with the extension that holds nothing else, and with their list."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if parent.tag == _EXTENSION and not len(parent):
        extensions = parent.getparent()
        _remove(parent)
        if extensions is not None and not len(extensions):
            _remove(extensions)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
