"""What a result holds that runs or fetches something, found without the product's own readers."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ADDRESS = re.compile(r"\s*(https?:|mailto:|#)", re.IGNORECASE)
#: Only these elements may point at an outside address.
_LINKS = frozenset(("hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"))
_RUNS = re.compile(
    r"vba|macro|activex|control$|ctrlProp|webextension|extensibility|usercustomization"
    r"|keymapcustomizations|attachedtoolbars|aFChunk|subDocument|recipientData|origin$|signature$",
    re.IGNORECASE,
)
_FIELDS = re.compile(
    r"DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON|EMBED"
    r"|HTMLACTIVEX|CONTROL|ADDIN|RD|PRINT|AUTOTEXT|AUTOTEXTLIST|GLOSSARY|DATA",
    re.IGNORECASE,
)
_IN_WORKBOOK = re.compile(r"vba|macrosheets|connections\.xml|activeX|queryTable", re.IGNORECASE)
_ACTION = re.compile(
    r"ppaction://(hlinkshowjump|hlinksldjump|customshow|media|noaction|hlinkpres$|hlinkfile$|"
    r"hlinkpres\?slideindex)|$", re.IGNORECASE,
)  # fmt: skip


def active_content(data: bytes) -> list[str]:
    """Return what runs or fetches something when a package is opened or clicked, in words."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    return [*_zip_faults(data, parts), *(fault for name in parts for fault in _in(name, parts))]


def _zip_faults(data: bytes, parts: dict[str, bytes]) -> Iterator[str]:
    seen: set[str] = set()
    for name in parts:
        plain = unquote(name).lower()
        if plain in seen or plain != unquote(name.lower()):
            yield f"{name}: stands twice"
        seen.add(plain)
        if re.search(r"\.piece$|\\|(^|/)\.|//|[. ]$", plain.replace("_rels/.rels", "")):
            yield f"{name}: a strange name"
    if not data.startswith(b"PK\3\4"):
        yield "bytes before the package"


def _in(name: str, parts: dict[str, bytes]) -> Iterator[str]:
    blob = parts[name]
    if blob.startswith((b"PK\3\4", b"MZ")):
        yield from (f"{name}: {fault}" for fault in _nested(blob))
        return
    if not blob.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and not name.lower().endswith(
        (".xml", ".rels", ".vml")
    ):
        return
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.getroottree().docinfo.doctype:
        yield f"{name}: a document type"
    if any(isinstance(e, etree._ProcessingInstruction) for e in root.itersiblings(preceding=True)):
        yield f"{name}: an instruction before the root"
    if name.lower().endswith(".rels"):
        yield from _relationships(name, root, parts)
        return
    if name.lower().startswith("customxml/"):
        return
    if b"purl.oclc.org/ooxml" in blob:
        yield f"{name}: the Strict form"
    yield from _elements(name, root, _external_ids(name, parts))
    yield from _fields(name, root)


def _nested(blob: bytes) -> Iterator[str]:
    if blob.startswith(b"MZ"):
        yield "a program"
        return
    with zipfile.ZipFile(io.BytesIO(blob)) as inner:
        for name in inner.namelist():
            if _IN_WORKBOOK.search(name):
                yield f"a workbook with {name}"
            if name.endswith(".rels"):
                for rel in etree.fromstring(inner.read(name)):
                    target = rel.get("Target") or ""
                    is_outside = rel.get("TargetMode") == "External" and target != "removed"
                    if is_outside and not _ADDRESS.match(target):
                        yield f"an embedded file with the link {target[:40]}"
            if not name.endswith(".bin") and re.search(
                rb"ddeLink|oleLink|<!DOCTYPE", inner.read(name)
            ):
                yield f"a workbook with links in {name}"


def _relationships(name: str, root: etree._Element, parts: dict[str, bytes]) -> Iterator[str]:
    ids = [rel.get("Id") for rel in root.iter("{*}Relationship")]
    if len(ids) != len(set(ids)) or len(ids) != len(root):
        yield f"{name}: relationships twice or nested"
    for rel in root.iter("{*}Relationship"):
        kind = (rel.get("Type") or "").rsplit("/", 1)[-1]
        target = rel.get("Target") or ""
        if (rel.get("TargetMode") or "Internal").lower() != "internal":
            if kind != "hyperlink" or not _ADDRESS.match(unquote(target)):
                yield f"{name}: outside {kind} {target[:60]}"
        elif re.match(r"[a-z][a-z0-9+.-]+:|//|\\", target, re.IGNORECASE):
            yield f"{name}: inside, but {target[:60]}"
        if _RUNS.search(kind):
            yield f"{name}: {kind}"


def _external_ids(name: str, parts: dict[str, bytes]) -> set[str]:
    folder, file = posixpath.split(name)
    own = posixpath.join(folder, "_rels", f"{file}.rels").lower()
    blob = next((b for n, b in parts.items() if n.lower() == own), None)
    if blob is None:
        return set()
    return {
        rel.get("Id") or ""
        for rel in etree.fromstring(blob)
        if (rel.get("TargetMode") or "Internal").lower() != "internal"
    }


def _elements(name: str, root: etree._Element, external: set[str]) -> Iterator[str]:
    for element in root.iter("*"):
        kind = etree.QName(element).localname
        space = etree.QName(element).namespace or ""
        for key, value in element.attrib.items():
            key = str(key)
            if key.startswith(f"{{{_R}}}") and value in external and kind not in _LINKS:
                yield f"{name}: {kind} points outside"
            word = key.rsplit("}", 1)[-1]
            is_vml = space.endswith(":vml") or ":office" in space
            is_href = word == "href" and not key.startswith("{")
            is_fetched = is_vml and word in ("src", "href", "althref") and value
            if is_fetched and not (is_href and _ADDRESS.match(str(value))):
                yield f"{name}: {kind} {word}={str(value)[:40]}"
        if kind in ("altChunk", "subDoc", "control", "mailMerge", "entryMacro", "exitMacro",
                    "attachedTemplate", "saveThroughXslt", "externalData", "webVideoPr",
                    "schemaLibrary", "customUI", "ocx", "tcg", "vbaSuppData", "macrosheet",
                    "taskpanes", "webextension", "script", "foreignObject") and (
            kind != "externalData" or element.get(f"{{{_R}}}id") in external
        ):  # fmt: skip
            yield f"{name}: {kind}"
        action = element.get("action")
        if action is not None and not _ACTION.match(action.strip()):
            yield f"{name}: {action[:40]}"
        if kind == "cmd" and (element.get("type") or "") == "verb":
            yield f"{name}: an animation that starts an object"
        if kind == "sheet" and element.get("macro"):
            yield f"{name}: macro {element.get('macro')}"


def _fields(name: str, root: etree._Element) -> Iterator[str]:
    """Whatever follows the beginning of a field, by each way in which runs could be joined."""
    for field in root.iter(f"{_WORD}fldSimple"):
        yield from _code(name, field.get(f"{_WORD}instr") or "")
    for story in (root, *root.iter(f"{_WORD}txbxContent")):
        codes: list[str] = []
        for element in story.iter(f"{_WORD}fldChar", f"{_WORD}instrText", f"{_WORD}delInstrText"):
            inner = next(element.iterancestors(f"{_WORD}txbxContent"), root)
            if inner is not story:
                continue
            if element.tag == f"{_WORD}fldChar":
                kind = element.get(f"{_WORD}fldCharType")
                if kind == "begin":
                    codes.append("")
                elif kind == "end" and codes:
                    yield from _code(name, codes.pop())
            elif codes:
                codes[-1] += element.text or ""
            else:
                yield f"{name}: a code outside of a field: {element.text}"
        for code in codes:
            yield from _code(name, code)


def _code(name: str, code: str) -> Iterator[str]:
    words = code.replace("\\", " ").split()
    word = re.sub(r"[^A-Za-z=]", "", words[0]) if words else ""
    if _FIELDS.fullmatch(word):
        yield f"{name}: the field {code.strip()[:40]}"
    if word.upper() == "HYPERLINK" and len(words) > 1:
        rest = code.strip()[9:].lstrip().lstrip('"\u201c')
        if rest and not rest.startswith("\\") and not _ADDRESS.match(rest):
            yield f"{name}: a link {code.strip()[:60]}"
