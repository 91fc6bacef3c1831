"""SVG pictures of a template: what runs or is fetched is dropped, the drawing stays."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from generator.engine.active_content import has_scheme
from generator.engine.markup import Element

_NAMESPACE = "{http://www.w3.org/2000/svg}"
SVG = f"{_NAMESPACE}svg"
_ACTIVE = frozenset(
    ("script", "foreignobject", "iframe", "audio", "video", "handler", "listener", "embed",
     "object")
)  # fmt: skip
_ANIMATIONS = frozenset(("set", "animate", "animatemotion", "animatetransform"))
_FETCHED = re.compile(r"url\(\s*['\"]?\s*(?!#|['\"]|data:image/(?:png|jpe?g|gif);)[^)]*\)?", re.I)
_IMPORT = re.compile(r"@import[^;]*;?", re.IGNORECASE)
_ACTIVE_STYLE = re.compile(r"@import|javascript:|expression\s*\(|behavior\s*:|\\", re.IGNORECASE)
_INSIDE = re.compile(r"#|data:image/(?:png|jpe?g|gif)[;,]", re.IGNORECASE)


def drop_from_svg(root: Element, warn: Callable[[str], None]) -> None:
    """Take from an SVG what runs or fetches something; ``warn`` is told of each kind."""
    for element in list(root.iter("*")):
        name = etree.QName(element).localname.lower()
        moved = (element.get("attributeName") or "").strip().lower()
        if name in _ACTIVE or (
            name in _ANIMATIONS and (moved.endswith("href") or moved.startswith("on"))
        ):
            warn("a script or foreign content in an SVG was dropped")
            _remove(element)
        elif not _clean_attributes(element, name, warn):
            warn("a linked picture in an SVG was dropped")
            _remove(element)
        elif name == "style":
            _clean_sheet(element, warn)


def _clean_attributes(element: Element, name: str, warn: Callable[[str], None]) -> bool:
    """Clean the attributes of an element; return whether it may stay."""
    for key, value in list(element.attrib.items()):
        local = etree.QName(key).localname.lower()
        text = str(value)
        if local.startswith("on"):
            warn("a script in an SVG was dropped")
            del element.attrib[key]
        elif local in ("href", "src") and text.strip() and not _INSIDE.match(text.strip()):
            if name != "a":
                return False
            if not has_scheme(text):
                warn("a link in an SVG was dropped")
                del element.attrib[key]
        elif str(key).endswith("}base"):
            warn("a link in an SVG was dropped")
            del element.attrib[key]
        elif _FETCHED.search(text) or (local == "style" and _ACTIVE_STYLE.search(text)):
            warn("what an SVG fetches from outside was dropped")
            cleaned = _FETCHED.sub("none", text)
            if _FETCHED.search(cleaned) or _ACTIVE_STYLE.search(cleaned):
                del element.attrib[key]
            else:
                element.set(key, cleaned)
    return True


def _clean_sheet(element: Element, warn: Callable[[str], None]) -> None:
    text = element.text or ""
    if not (_FETCHED.search(text) or _ACTIVE_STYLE.search(text)):
        return
    warn("what an SVG fetches from outside was dropped")
    cleaned = _FETCHED.sub("none", _IMPORT.sub("", text))
    is_clean = not (_FETCHED.search(cleaned) or _ACTIVE_STYLE.search(cleaned))
    element.text = cleaned if is_clean else ""


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        if element.tail and element.getprevious() is not None:
            before = element.getprevious()
            assert before is not None
            before.tail = (before.tail or "") + element.tail
        elif element.tail:
            parent.text = (parent.text or "") + element.tail
        parent.remove(element)
