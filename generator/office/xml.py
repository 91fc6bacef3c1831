"""The one XML parser for Office parts: no document types, no entities, no network."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from generator.errors import Location, UnsoundPackageError
from generator.model.limits import Limits, limits_in_force
from generator.office.late import Late

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Late("lxml.etree")

_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY")
_DECLARED = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"'>]*)")
_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii")
#: Bytes of the shortest attribute, with the space before it.
_ATTRIBUTE = 5
_AGAIN = "open the file in Word or PowerPoint and save it again"


def in_utf8(blob: bytes, where: Location, limits: Limits | None = None) -> bytes:
    """Return XML in UTF-16 as UTF-8; any other bytes as they are.

    Raises:
        UnsoundPackageError: it is no text in UTF-16.
    """
    kind = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(blob[:2], "utf-16")
    if kind == "utf-16" and blob[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return blob
    limits = limits or limits_in_force()
    if len(blob) > limits.xml_part_bytes:
        raise UnsoundPackageError(
            f"the part holds {len(blob):,} bytes of XML (limit xml_part_bytes: "
            f"{limits.xml_part_bytes:,})", where,
        )  # fmt: skip
    try:
        text = blob.decode(kind)
    except UnicodeDecodeError as error:
        raise UnsoundPackageError(
            "the part is not well-formed XML (no text in UTF-16)", where, _AGAIN
        ) from error
    if not text.startswith("<"):
        return blob
    return re.sub(r"\A<\?xml\s[^>]*\?>", "", text).encode()


_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")


def whole_number(text: str | None, default: int = 0) -> int:
    """Return the whole number that an attribute holds; ``default`` if it holds none."""
    return int(text) if text and _WHOLE.fullmatch(text) else default


def parse_xml(blob: bytes, where: Location, limits: Limits | None = None) -> etree._Element:
    """Return the root element of a part.

    Raises:
        UnsoundPackageError: the part is not well-formed, has a document type, or exceeds a limit
            (depth and text length are libxml2's own: 256 levels, 10 MB).
    """
    limits = limits or limits_in_force()
    if len(blob) > limits.xml_part_bytes:
        raise UnsoundPackageError(
            f"the part holds {len(blob):,} bytes of XML (limit xml_part_bytes: "
            f"{limits.xml_part_bytes:,})",
            where,
        )
    _check_bytes(blob, where, limits)
    parser = etree.XMLParser(  # a comment in a text would hide from us what stands behind it
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(blob, parser)
    except etree.XMLSyntaxError as error:
        raise UnsoundPackageError(
            f"the part is not well-formed XML ({error.msg})",
            where,
            _AGAIN,
        ) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr] # the stubs do not know it
        raise _document_type(where)
    if _long_tag(limits.attributes).search(blob) and root.xpath(
        f"//*[count(@*) > {limits.attributes}]"
    ):
        raise UnsoundPackageError(
            f"an element has more than {limits.attributes:,} attributes (limit attributes)", where
        )
    return root


@cache
def _long_tag(attributes: int) -> re.Pattern[bytes]:
    """Return what finds a tag that is long enough for more attributes."""
    return re.compile(rb"<[^<>]{%d}" % min(attributes * _ATTRIBUTE, 2**31))


def declares_utf8(blob: bytes) -> bool:
    """Return whether XML says that it is in UTF-8, or says nothing."""
    declared = _DECLARED.search(blob, 0, 1_000)
    return declared is None or declared[1].lower() in _ENCODINGS


def _check_bytes(blob: bytes, where: Location, limits: Limits) -> None:
    """Refuse what would cost too much, or hide something, before it is parsed."""
    if _DOCTYPE.search(blob):
        raise _document_type(where)
    declared = _DECLARED.search(blob, 0, 1_000)
    if declared is not None and not declares_utf8(blob):
        raise UnsoundPackageError(
            f"the part has the encoding {declared[1][:20].decode('ascii', 'replace')!a}", where,
            "Office writes UTF-8; " + _AGAIN,
        )  # fmt: skip
    if blob[:1] != b"<" and blob.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"<":
        raise UnsoundPackageError("the part is not well-formed XML (it does not begin as XML)",
                                  where, _AGAIN)  # fmt: skip
    count = blob.count(b"<")
    if count > limits.elements_per_part:
        count -= blob.count(b"</")
    if count > limits.elements_per_part:
        raise UnsoundPackageError(
            f"the part holds more than {limits.elements_per_part:,} elements "
            "(limit elements_per_part)", where,
        )  # fmt: skip


def _document_type(where: Location) -> UnsoundPackageError:
    return UnsoundPackageError(
        "the part has a document type, which no Office file needs", where, _AGAIN
    )


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


def is_plain(text: str) -> bool:
    """Return whether a text stands in XML as it is; some texts that do are not told apart."""
    return text.isprintable() and "&" not in text and "<" not in text and ">" not in text


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


def unescape_attribute(text: str) -> str:
    """Return the text that was written as an attribute by the function above."""
    for written, sign in (("&#10;", "\n"), ("&#13;", "\r"), ("&#9;", "\t"), ("&quot;", '"'),
                          ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # fmt: skip
        text = text.replace(written, sign)
    return text
