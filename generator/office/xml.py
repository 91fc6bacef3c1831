"""The one XML parser for Office parts: no document types, no entities, no network."""

from __future__ import annotations

import re

from lxml import etree

from generator.errors import Location, UnsoundPackageError
from generator.office.limits import DEFAULT_LIMITS, Limits

_DOCTYPE = re.compile(rb"<!DOCTYPE|<\0!\0D\0O\0C\0T\0Y\0P\0E|<!ENTITY")


def parse_xml(blob: bytes, where: Location, limits: Limits = DEFAULT_LIMITS) -> etree._Element:
    """Return the root element of a part.

    Raises:
        UnsoundPackageError: the part is not well-formed, has a document type, or exceeds a limit
            (depth and text length are libxml2's own: 256 levels, 10 MB).
    """
    if len(blob) > limits.xml_part_bytes:
        raise UnsoundPackageError(
            f"the part holds {len(blob):,} bytes of XML (limit xml_part_bytes: "
            f"{limits.xml_part_bytes:,})",
            where,
        )
    if _DOCTYPE.search(blob):
        raise UnsoundPackageError(
            "the part has a document type, which no Office file needs",
            where,
            "open the file in Word or PowerPoint and save it again",
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(blob, parser)
    except etree.XMLSyntaxError as error:
        raise UnsoundPackageError(
            f"the part is not well-formed XML ({error.msg})",
            where,
            "open the file in Word or PowerPoint and save it again",
        ) from error
    count = sum(1 for _ in root.iter()) if len(blob) > limits.elements_per_part * 4 else 0
    if count > limits.elements_per_part:
        raise UnsoundPackageError(
            f"the part holds {count:,} elements (limit elements_per_part: "
            f"{limits.elements_per_part:,})",
            where,
        )
    return root


def serialise(root: etree._Element) -> str:
    """Return the XML of a part without its declaration."""
    return etree.tostring(root, encoding="unicode")


_ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)} | {
    **dict.fromkeys(range(0xD800, 0xE000)),
    **dict.fromkeys(range(0xFDD0, 0xFDF0)),
    **dict.fromkeys((0xFFFE, 0xFFFF)),
}


def legal_text(text: str) -> str:
    """Return ``text`` without the characters that XML forbids (controls, lone surrogates)."""
    return text if text.isprintable() else text.translate(_ILLEGAL)


def escape_text(text: str) -> str:
    """Return ``text`` for element content; characters that XML forbids are dropped."""
    if not text.isprintable():
        text = text.translate(_ILLEGAL)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """Return ``text`` for an attribute in double quotes."""
    escaped = escape_text(text).replace('"', "&quot;")
    if escaped.isprintable():
        return escaped
    return escaped.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
