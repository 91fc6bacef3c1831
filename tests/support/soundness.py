"""What no output may break: well-formed parts, whole relationships, ids that are told apart."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PARAGRAPH_ENDS = {
    f"{_W}{name}" for name in ("tc", "txbxContent", "hdr", "ftr", "footnote", "endnote", "comment")
}


def assert_sound(data: bytes) -> None:
    """Check a .docx or .pptx for all that Office would call damage and a reader can see."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        assert len(names) == len(set(names)), "a part stands twice in the zip"
        assert package.testzip() is None
        parts = {name: package.read(name) for name in names}
    roots = {
        name: etree.fromstring(blob)
        for name, blob in parts.items()
        if name.endswith((".xml", ".rels"))
    }
    for name, root in roots.items():
        assert not re.search("[\ufdd0-\ufdef]|<\\?jt ", parts[name].decode()), f"{name}: marks"
        _check_ids(name, root)
        _check_containers(name, root)
        _check_relationships(name, root, roots, parts)
    for listed in re.findall(r'PartName="/([^"]+)"', parts["[Content_Types].xml"].decode()):
        assert listed in parts, f"content type of an absent part: {listed}"
    _check_content_types(parts)
    _check_notes(roots)
    _check_lists(roots)


def _unique(values: Iterator[str | None], what: str) -> None:
    counts = Counter(value for value in values if value is not None)
    twice = [value for value, count in counts.items() if count > 1]
    assert not twice, f"{what}: {twice}"


def _check_ids(name: str, root: etree._Element) -> None:
    drawn = (el.get("id") for el in root.iter("{*}docPr", f"{_P}cNvPr"))
    _unique((value for value in drawn if value != "0"), f"{name}: ids of drawings")
    _unique((el.get(f"{_W14}paraId") for el in root.iter(f"{_W}p")), f"{name}: paraIds")
    starts = list(root.iter(f"{_W}bookmarkStart"))
    _unique((el.get(f"{_W}id") for el in starts), f"{name}: ids of bookmarks")
    _unique((el.get(f"{_W}name") for el in starts), f"{name}: names of bookmarks")
    ends = [el.get(f"{_W}id") for el in root.iter(f"{_W}bookmarkEnd")]
    assert sorted(ends) == sorted(el.get(f"{_W}id") for el in starts), f"{name}: bookmarks unpaired"
    controls = (el.get(f"{_W}val") for el in root.iterfind(f".//{_W}sdtPr/{_W}id"))
    _unique(controls, f"{name}: ids of content controls")
    _unique((el.get("id") for el in root.iter(f"{_P}sldId")), f"{name}: ids of slides")
    for kind in ("footnote", "endnote", "comment"):
        _unique((el.get(f"{_W}id") for el in root.iter(f"{_W}{kind}")), f"{name}: ids of {kind}s")
    shapes = {el.get("id") for el in root.iter(f"{_P}cNvPr")}
    for target in root.iter(f"{_P}spTgt"):
        assert target.get("spid") in shapes, f"{name}: an animation points at no shape"


def _check_containers(name: str, root: etree._Element) -> None:
    for element in root.iter(*_PARAGRAPH_ENDS) if name != "word/settings.xml" else ():
        children = [child for child in element if isinstance(child.tag, str)]
        assert children, f"{name}: empty {element.tag}"
        last = [c for c in children if not c.tag.endswith(("bookmarkEnd", "commentRangeEnd"))][-1]
        assert last.tag in (f"{_W}p", f"{_W}sdt"), f"{name}: {element.tag} ends with {last.tag}"
    for table in root.iter(f"{_W}tbl"):
        assert table.find(f".//{_W}tr") is not None, f"{name}: a table without rows"
        following = table.getnext()
        assert following is None or following.tag != f"{_W}tbl", f"{name}: two tables run together"
    for body in root.iter(f"{_P}txBody"):
        paragraphs = body.findall("{http://schemas.openxmlformats.org/drawingml/2006/main}p")
        assert paragraphs, f"{name}: a text body without paragraphs"


def _check_relationships(
    name: str, root: etree._Element, roots: dict[str, etree._Element], parts: dict[str, bytes]
) -> None:
    if name.endswith(".rels"):
        folder = posixpath.dirname(posixpath.dirname(name))
        _unique((rel.get("Id") for rel in root), f"{name}: relationship ids")
        for rel in root:
            if rel.get("TargetMode") != "External":
                joined = posixpath.normpath(posixpath.join("/" + folder, rel.get("Target", "")))
                assert joined.lstrip("/") in parts, f"{name}: {rel.get('Target')} is absent"
        return
    folder, file = posixpath.split(name)
    rels = roots.get(posixpath.join(folder, "_rels", f"{file}.rels"))
    known = set() if rels is None else {rel.get("Id") for rel in rels}
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if str(attribute).startswith(_R) and value:
                assert value in known, f"{name}: relationship {value} is absent"


def _check_content_types(parts: dict[str, bytes]) -> None:
    root = etree.fromstring(parts["[Content_Types].xml"])
    overrides = {el.get("PartName") for el in root if el.tag.endswith("Override")}
    defaults = {(el.get("Extension") or "").lower() for el in root if el.tag.endswith("Default")}
    for name in parts:
        known = f"/{name}" in overrides or name.rsplit(".", 1)[-1].lower() in defaults
        assert known or name == "[Content_Types].xml", f"{name} has no content type"


def _check_notes(roots: dict[str, etree._Element]) -> None:
    body = roots.get("word/document.xml")
    if body is None:
        return
    for kind in ("footnote", "endnote", "comment"):
        part = roots.get(f"word/{kind}s.xml")
        known = set() if part is None else {note.get(f"{_W}id") for note in part}
        for reference in body.iter(f"{_W}{kind}Reference"):
            assert reference.get(f"{_W}id") in known, f"a reference to no {kind}"


def _check_lists(roots: dict[str, etree._Element]) -> None:
    numbering = roots.get("word/numbering.xml")
    known = {"0"} if numbering is None else {
        "0", *(num.get(f"{_W}numId") for num in numbering.iter(f"{_W}num"))
    }  # fmt: skip
    for name, root in roots.items():
        if name.startswith("word/") and name != "word/numbering.xml":
            for number in root.iter(f"{_W}numId"):
                assert number.get(f"{_W}val") in known, f"{name}: list {number.get(f'{_W}val')}"
