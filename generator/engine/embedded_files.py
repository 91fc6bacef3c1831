"""Files inside of a template: workbooks of charts, embedded documents, objects of programs.

An embedded file stays as it is where it is harmless, so that it can still be edited. Its links to
outside lead nowhere afterwards; one that runs something is dropped whole, and its picture stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from generator.engine.active_content import is_address
from generator.errors import Location, PackageError
from generator.model.limits import Limits
from generator.office.names import NAMESPACES
from generator.office.xml import in_utf8, parse_xml
from generator.office.zip_reader import Packed, read_zip
from generator.office.zip_writer import Entry, entry, pack

#: Where a link of an embedded file leads to whose target is taken away.
NOWHERE = "removed"
_PROGRAMS = re.compile(
    r"vbaProject|vbaData|macrosheets/|activeX/|ctrlProps/|customUI/|webextensions/|connections\.xml$"
    r"|queryTables/|chunk[^/]*\.(?:html?|mht|rtf|txt)$|\.(?:exe|dll|js|vbs|hta|bat|cmd|ps1|scr)$",
    re.IGNORECASE,
)
_LIVE = re.compile(
    rb"<(?:\w+:)?(?:ddeLink|oleLink)\b"
    rb"|(?:instrText[^<>]*>|instr=[\"'])\s*(?:DDE|DDEAUTO|INCLUDE\w+|IMPORT|DATABASE|LINK)\s",
    re.IGNORECASE,
)
#: Classes of objects that hand their bytes to any program, or to one known for its flaws: packages,
#: the old equation editor, HTML, browsers, scriptlets, links.
_CLASSES = tuple(
    bytes.fromhex(text)
    for text in (
        "0c00030000000000c000000000000046", "20a70df22fc0ce11927b0800095ae340",
        "02ce020000000000c000000000000046", "20693325f903cf118fd000aa00686f13",
        "c32ab2eac130cf11a7eb0000c05bae0b", "d30b2906aa48d2118432006008c3fbfc",
        "0003000000000000c000000000000046",
    )
)  # fmt: skip
_PACKAGE_STREAM = "\x01Ole10Native".encode("utf-16-le")
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Embedded:
    """What is to become of an embedded file: ``fault`` says why it is dropped; ``blob`` is what it
    becomes if links were taken away; else it stays. ``error``: it is no sound package."""

    fault: str = ""
    blob: bytes | None = None
    error: PackageError | None = None


def judge_embedded(blob: bytes, where: Location, limits: Limits) -> Embedded:
    """Return what is to become of the bytes of a part that is no XML.

    ``limits`` hold for the package that it may be.
    """
    if blob[:2] == b"MZ":
        return Embedded("it is a program")
    if blob[:4] == _OLE:
        is_live = _PACKAGE_STREAM in blob or any(name in blob for name in _CLASSES)
        return Embedded("it can start any program" if is_live else "")
    if blob[:4] == b"PK\x03\x04":
        return _judge_package(blob, where, limits)
    return Embedded()


def _judge_package(blob: bytes, where: Location, limits: Limits) -> Embedded:
    try:
        items = read_zip(blob, where, limits)
        changed: dict[str, bytes] = {}
        for name, (data, _, _, _) in items.items():
            if _PROGRAMS.search(name):
                return Embedded(f'it holds "{name[:60]}"')
            if name.endswith((".xml", ".rels", ".vml")):
                root = parse_xml(in_utf8(data, where, limits), where.inside(name), limits)
                if _LIVE.search(data):
                    return Embedded("it holds a link to a running program")
                if name.endswith(".rels") and _cut(root):
                    changed[name] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    except PackageError as error:
        return Embedded(error.message, error=error)
    return Embedded(blob=_packed(items, changed) if changed else None)


def _cut(rels: etree._Element) -> bool:
    """Let links to outside lead nowhere; return whether there was one."""
    is_changed = False
    for rel in rels.iter(f"{{{NAMESPACES['pr']}}}Relationship"):
        is_link = (rel.get("Type") or "").endswith("/hyperlink") and is_address(
            rel.get("Target") or ""
        )
        if rel.get("TargetMode") not in (None, "Internal") and not is_link:
            rel.set("Target", NOWHERE)
            is_changed = True
    return is_changed


def _packed(items: dict[str, Packed], changed: dict[str, bytes]) -> bytes:
    def one(name: str, item: Packed) -> Entry:
        return entry(name, changed.get(name, item[0]))

    return pack([one(name, item) for name, item in items.items()])
