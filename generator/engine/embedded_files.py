"""Files inside of a template: workbooks of charts, embedded documents, objects of programs.

An embedded file stays as it is where it is harmless, so that it can still be edited. Its links to
outside lead nowhere afterwards; one that runs something is dropped whole, and its picture stays.
Other parts that are no XML (pictures, sounds, fonts) are dropped only if they are programs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lxml import etree

from generator.engine.active_content import (
    ACTIVE_KINDS,
    ACTIVE_ROOTS,
    ACTIVE_TYPES,
    is_address,
)
from generator.errors import Location, PackageError
from generator.model.limits import Limits
from generator.office.names import NAMESPACES
from generator.office.xml import in_utf8, parse_xml
from generator.office.zip_reader import Packed, read_zip
from generator.office.zip_writer import Entry, entry, pack

#: Where a link of an embedded file leads to whose target is taken away.
NOWHERE = "removed"
_TYPES = "[Content_Types].xml"
#: How deep files may lie inside of files.
_DEEPEST = 3
_PROGRAMS = re.compile(
    r"vbaProject|vbaData|macrosheets/|activeX/|ctrlProps/|customUI/|webextensions/"
    r"|connections\.(?:xml|bin)$"
    r"|queryTables/|chunk[^/]*\.(?:html?|mht|rtf|txt)$|\.(?:exe|dll|js|vbs|hta|bat|cmd|ps1|scr)$",
    re.IGNORECASE,
)
#: Kinds of relationships inside of workbooks to what runs or fetches, in lower case.
_LIVE_KINDS = frozenset(
    (*ACTIVE_KINDS, "xlmacrosheet", "xlintlmacrosheet", "ctrlprop", "connections", "querytable")
) - {"origin"}
_LIVE = re.compile(
    rb"<(?:[^\s<>/!?:]+:)?(?:ddeLink|oleLink|macrosheet|queryTable|webPr|dbPr|olapPr)[\s/>]"
    rb"|(?:instrText[^<>]*>|instr=[\"'])\s*(?:DDE|DDEAUTO|INCLUDE\w+|IMPORT|DATABASE|LINK)\s",
    re.IGNORECASE,
)
_FORMULAS = tuple(
    f"{{*}}{name}" for name in ("f", "definedName", "formula", "formula1", "formula2")
)
_DOCUMENT = re.compile(
    rb"wordprocessingml\.(?:document|template)\.main"
    rb"|presentationml\.(?:presentation|slideshow|template)\.main"
)
_QUOTED = re.compile(r'"[^"]*"')
#: What in a formula, but for its texts, runs or fetches something; ``|`` is DDE.
_LIVE_FORMULA = re.compile(
    r"\||\b(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|SQL\.REQUEST)\s*\(", re.IGNORECASE
)
_NAME = re.compile(r"'[^']*'")
_OUTSIDE_NAME = re.compile(r"'(?:\\\\|//|https?:|ftp:|file:)", re.IGNORECASE)
_LIVE_LINK = re.compile(
    r'\bHYPERLINK\s*\(\s*"\s*(?:\\\\|//|(?!https?:|mailto:)[a-z][a-z0-9+.-]+:)', re.IGNORECASE
)
#: Classes of objects that hand their bytes to any program, or to one known for its flaws.
_CLASSES = tuple(
    UUID(text).bytes_le
    for text in (
        "0003000c-0000-0000-c000-000000000046",  # a package of any file
        "f20da720-c02f-11ce-927b-0800095ae340",  # the same, newer
        "0002ce02-0000-0000-c000-000000000046",  # the old equation editor
        "25336920-03f9-11cf-8fd0-00aa00686f13",  # HTML
        "eab22ac3-30c1-11cf-a7eb-0000c05bae0b",  # a browser
        "8856f961-340a-11d0-a96b-00c04fd705a2",  # another
        "06290bd3-48aa-11d2-8432-006008c3fbfc",  # scriptlets
        "06290bd2-48aa-11d2-8432-006008c3fbfc",
        "00000300-0000-0000-c000-000000000046",  # links
        "d27cdb6e-ae6d-11cf-96b8-444553540000",  # Flash
        "d27cdb70-ae6d-11cf-96b8-444553540000",
        "bdd1f04b-858b-11d1-b16a-00c0f0283628",  # common controls with known flaws
        "996bf5e0-8044-4650-adeb-0b013914e99c",
        "9ed94440-e5e8-101b-b9b5-444553540000",
        "66833fe6-8583-11d1-b16a-00c0f0283628",
        "c74190b6-8589-11d1-b16a-00c0f0283628",
        "72c24dd5-d70a-438b-8a42-98424b88afb8",  # the shell, in three ways
        "f935dc22-1cf0-11d0-adb9-00c04fd58a0b",
        "13709620-c279-11ce-a49e-444553540000",
        "ecabb0c7-7f19-11d2-978e-0000f8757e2a",  # names of services
        "000c1084-0000-0000-c000-000000000046",  # installers
        "000c1086-0000-0000-c000-000000000046",
    )
)
#: A link to an address; in a workbook it may be one that a reader clicks.
_ADDRESS_CLASS = UUID("79eac9e0-baf9-11ce-8c82-00aa004ba90b").bytes_le
_LIVE_STREAMS = tuple(
    name.encode("utf-16-le")
    for name in ("\x01Ole10Native", "Equation Native", "_VBA_PROJECT", "\x03LinkInfo")
)
_BOOKS = tuple(name.encode("utf-16-le") for name in ("Workbook\0", "Book\0"))
#: The record of a sheet of macros in an old workbook.
_MACRO_SHEET = re.compile(
    rb"\x85\0[\x08-\x50]\0.{4}[\0-\x02][\x01\x06][\x01-\x1f][\0\x01]", re.DOTALL
)
_OLE = b"\xd0\xcf\x11\xe0"
#: How programs begin, whatever their names and types say.
_HEADS = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"L\0\0\0\x01\x14\x02\0", b"ITSF",
    b"FWS", b"CWS", b"ZWS", b"#!",
)  # fmt: skip
_TEXT_HEADS = (
    b"<html", b"<!doctype", b"<script", b"<job", b"<package", b"<scriptlet", b"<component", b"<hta",
    b"{\\rtf", b"mime-version:", b"[internetshortcut]", b"@echo", b"wscript.", b"createobject",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Embedded:
    """What is to become of an embedded file: ``fault`` says why it is dropped; ``blob`` is what it
    becomes if something was taken away; else it stays. ``error``: it is no sound package. ``size``:
    bytes of its entries."""

    fault: str = ""
    blob: bytes | None = None
    error: PackageError | None = None
    size: int = 0


#: Gives a document or deck at some depth without its active content, or None if it has none.
Clean = Callable[[bytes, Limits, int], bytes | None]


def judge_embedded(
    blob: bytes,
    where: Location,
    limits: Limits,
    *,
    is_object: bool = False,
    clean: Clean | None = None,
    depth: int = 1,
) -> Embedded:
    """Return what is to become of the bytes of a part that is no XML.

    ``limits`` hold for the package that it may be. ``is_object``: it is a file that somebody
    embedded, which can only be one of Office or an object of a program. ``clean`` takes active
    content from a document or deck.
    """
    begin = blob[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if blob.startswith(_HEADS) or begin.startswith(_TEXT_HEADS):
        return Embedded("it is a program")
    if blob[:4] == _OLE:
        return Embedded("it can start any program" if _is_live_object(blob) else "")
    if blob[:4] == b"PK\x03\x04":
        if depth > _DEEPEST:
            return Embedded("it lies too deep inside of other files")
        return _judge_package(blob, where, limits, is_object, clean, depth)
    if is_object and blob:
        return Embedded("it is no object that Office knows")
    return Embedded()


def _is_live_object(blob: bytes) -> bool:
    if any(name in blob for name in (*_LIVE_STREAMS, *_CLASSES)):
        return True
    if any(name in blob for name in _BOOKS):
        return _MACRO_SHEET.search(blob) is not None
    return _ADDRESS_CLASS in blob


def _judge_package(
    blob: bytes, where: Location, limits: Limits, is_object: bool, clean: Clean | None, depth: int
) -> Embedded:
    try:
        items = read_zip(blob, where, limits)
        size = sum(len(item[0]) for item in items.values())
        changed: dict[str, bytes] = {}
        if is_object and _TYPES not in items and "mimetype" not in items:
            return Embedded("it is a zip file of no known kind", size=size)
        is_cleaned = clean is not None and _is_document(items)
        for name, (data, _, _, _) in items.items():
            fault = _live(name, data, where, limits)
            if not fault and not is_cleaned:
                fault = _fault_of_entry(name, data, where, limits, depth, changed)
            if fault:
                return Embedded(fault, size=size)
        if clean is not None and is_cleaned:
            return Embedded(blob=clean(blob, limits, depth), size=size)
    except PackageError as error:
        return Embedded(error.message, error=error)
    return Embedded(blob=_packed(items, changed) if changed else None, size=size)


def _is_document(items: dict[str, Packed]) -> bool:
    """Return whether a package is a document or a deck."""
    return _TYPES in items and _DOCUMENT.search(items[_TYPES][0]) is not None


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _live(name: str, data: bytes, where: Location, limits: Limits) -> str:
    """Return why a package is dropped whatever it is, or ""."""
    if _PROGRAMS.search(name):
        return f'it holds "{name[:60]}"'
    if not _is_xml(name):
        return ""
    text = in_utf8(data, where, limits)
    root = parse_xml(text, where.inside(name), limits)
    if _LIVE.search(text) or any(map(_is_live_formula, root.iter(*_FORMULAS))):
        return "it holds a link to a running program"
    return ""


def _fault_of_entry(
    name: str, data: bytes, where: Location, limits: Limits, depth: int, changed: dict[str, bytes]
) -> str:
    """Return why a workbook is dropped that holds an entry, or ""; links are cut in ``changed``."""
    if not _is_xml(name):
        inner = judge_embedded(data, where.inside(name), limits, depth=depth + 1)
        return f"it holds a file: {inner.fault}" if inner.fault else ""
    text = in_utf8(data, where, limits)
    root = parse_xml(text, where.inside(name), limits)
    if str(root.tag) in ACTIVE_ROOTS:
        return "it holds a part that runs something"
    if name == _TYPES and any(map(_is_active_type, root.iter("*"))):
        return "it holds a part that runs something"
    if name.endswith(".rels"):
        if any(_kind(rel) in _LIVE_KINDS for rel in _relationships(root)):
            return "it holds a part that runs something"
        if _cut(root):
            changed[name] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return ""


def _is_active_type(element: etree._Element) -> bool:
    kind = (element.get("ContentType") or "").strip().lower()
    has_macros = "macroenabled" in kind and "binary" not in kind
    return element.get("PartName") is not None and (kind in ACTIVE_TYPES or has_macros)


def _is_live_formula(element: etree._Element) -> bool:
    texts: Any = element.xpath("text()")
    formula = "".join(texts)
    if _LIVE_LINK.search(formula):
        return True
    formula = _QUOTED.sub('""', formula)
    is_outside = _OUTSIDE_NAME.search(formula) is not None
    return is_outside or _LIVE_FORMULA.search(_NAME.sub("''", formula)) is not None


def _relationships(root: etree._Element) -> list[etree._Element]:
    return list(root.iter(f"{{{NAMESPACES['pr']}}}Relationship"))


def _kind(rel: etree._Element) -> str:
    return (rel.get("Type") or "").strip().rstrip("/").rpartition("/")[2].lower()


def _cut(rels: etree._Element) -> bool:
    """Let links to outside lead nowhere; return whether there was one."""
    is_changed = False
    for rel in _relationships(rels):
        is_link = _kind(rel) == "hyperlink" and is_address(rel.get("Target") or "")
        if rel.get("TargetMode") not in (None, "Internal") and not is_link:
            rel.set("Target", NOWHERE)
            is_changed = True
    return is_changed


def _packed(items: dict[str, Packed], changed: dict[str, bytes]) -> bytes:
    def one(name: str, item: Packed) -> Entry:
        return entry(name, changed.get(name, item[0]))

    return pack([one(name, item) for name, item in items.items()])
