"""Hostile packages and XML: items 1 to 8."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from tests.support.hostile.case import Case, Content
from tests.support.hostile.zips import (
    RELS,
    in_body,
    lazily,
    parts_of,
    plain_docx,
    plain_pptx,
    raw_with,
    raw_zip,
    replaced,
    with_blob,
    with_relationship,
    without,
    zipped,
)

_MAIN = "word/document.xml"
_BILLION = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def _case(name: str, item: str, template: Content, says: str, **more: object) -> Case:
    return Case(name, item, template, says=says, **more)  # type: ignore[arg-type] # passed on


def _first_bytes() -> Iterator[Case]:
    for name, data in {
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "empty": b"", "text": b"hello",
        "pdf": b"%PDF-1.7\n", "rtf": rb"{\rtf1 {\field{\*\fldinst DDEAUTO cmd}}}",
        "html": b"<html><script>alert(1)</script>", "one-byte": b"P", "two-bytes": b"PK",
        "magic-only": b"PK\x03\x04", "png": b"\x89PNG\r\n\x1a\n", "gzip": b"\x1f\x8b\x08\0",
        "zeros": b"\0" * 4096, "end-record-only": b"PK\x05\x06" + b"\0" * 18,
        "end-record-lies": b"PK\x05\x06" + b"\xff" * 18,
        "zip64-lies": b"PK\x06\x06" + b"\xff" * 52 + b"PK\x06\x07" + b"\xff" * 16
                      + b"PK\x05\x06" + b"\xff" * 18,
    }.items():  # fmt: skip
        for ending in ("docx", "pptx"):
            yield Case(f"first-bytes-{name}-{ending}", "1", data, says=r"result|file|damaged",
                       ending=ending)  # fmt: skip
    yield _case("cut-in-half", "1", lambda: plain_docx()[: len(plain_docx()) // 2], "damaged")
    yield _case("too-long", "1", lambda: b"PK" + b"\0" * 50_000_001, "limit package_bytes")


def _directory() -> Iterator[Case]:
    names = {
        "dotdot": "../evil.txt", "deep-dotdot": "word/../../evil.txt", "absolute": "/etc/evil",
        "drive": "C:/evil.txt", "backslash": "word\\evil.xml", "control": "word/e\x01vil.xml",
        "newline": "word/a\nb.xml", "delete": "word/a\x7fb.xml", "dotdot-folder": "../evil/",
        "backslash-dotdot": "..\\..\\evil.txt",
    }  # fmt: skip
    for label, name in names.items():
        yield _case(f"name-{label}", "2", lazily(raw_with, (name, b"x", {})), "name")
    yield _case("name-nul", "2", lazily(raw_with, ("word/a\0b.xml", b"x", {})), "name|damaged")
    yield _case("twice", "2", lazily(raw_with, (_MAIN, b"<a/>", {})), "two parts")
    yield _case("twice-other-case", "2", lazily(raw_with, ("WORD/Document.xml", b"<a/>", {})),
                "two parts")  # fmt: skip
    yield _case("encrypted", "2", lazily(raw_with, ("word/a.xml", b"x", {"flags": 1})), "encrypted")
    for method in (1, 9, 12, 14, 93, 99):
        yield _case(f"method-{method}", "2",
                    lazily(raw_with, ("word/a.xml", b"x", {"method": method})), "packed|damaged")  # fmt: skip
    many = [(f"word/x{n}.txt", b"", {}) for n in range(5_100)]
    yield _case("many-entries", "2", lambda: raw_with(*many), "limit entries")
    endless = [(f"x{n}", b"", {"method": 0, "offset": 0}) for n in range(60_000)]
    yield _case("endless-directory", "2", lambda: raw_zip(endless), "limit entries")
    own = [("word/same.bin", b"y", {"offset": 0, "method": 8})]
    yield _case("overlapping", "2", lambda: raw_with(*own), "damaged|overlap")
    yield _case("offset-outside", "2", lazily(raw_with, ("a.xml", b"y", {"offset": 10**9})),
                "damaged")  # fmt: skip
    yield _case("wrong-checksum", "2", lazily(raw_with, ("a.xml", b"y", {"crc": 7})), "damaged")
    yield _case("longer-than-said", "3", lazily(raw_with, ("a.bin", b"y" * 500, {"packed": 3})),
                "damaged")  # fmt: skip


def _inflation() -> Iterator[Case]:
    bomb = b"\0" * 60_000_000
    for label, lies in {"honest": {}, "lying": {"size": 5}}.items():
        yield _case(f"bomb-{label}", "3", lazily(raw_with, ("word/media/a.bin", bomb, lies)),
                    "limits? .*ratio")  # fmt: skip
    yield _case("bomb-in-main", "3",
                lambda: with_blob(plain_docx(), _MAIN, b"<a>" + b" " * 30_000_000 + b"</a>"),
                "ratio")  # fmt: skip
    yield _case("stored-too-long", "3",
                lambda: zipped({**parts_of(plain_docx()), "word/a.xml": b"<a/>" + b" " * 65_000_000},
                               zipfile.ZIP_STORED), "package_bytes|xml_part_bytes")  # fmt: skip
    yield _case("nested-zips", "3", lambda: with_blob(plain_docx(), "word/media/a.jpeg", zipped(
        {"a.zip": zipped({"b": b"\0" * 20_000_000})})), "ratio|^$", fails=False)  # fmt: skip


def _structure() -> Iterator[Case]:
    types = "[Content_Types].xml"
    yield _case("no-types", "5", lambda: without(plain_docx(), types), "content types")
    yield _case("no-relationships", "5", lambda: without(plain_docx(), "_rels/.rels"), "main part")
    yield _case("no-main", "5", lambda: without(plain_docx(), _MAIN), "main part|missing")
    yield _case("two-mains", "5", lambda: with_relationship(
        plain_docx(), "", "officeDocument", "word/styles.xml", mode=""), "main part")  # fmt: skip
    yield _case("main-outside", "5", lambda: replaced(
        plain_docx(), "_rels/.rels", 'Target="word/document.xml"',
        'Target="http://evil.example/a.xml" TargetMode="External"'), "main part")  # fmt: skip
    kinds = {
        "docm": ("application/vnd.ms-word.document.macroEnabled.main+xml", "macros"),
        "dotm": ("application/vnd.ms-word.template.macroEnabledTemplate.main+xml", "macros"),
        "dotx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
                 "dotx"),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                 "neither"),
        "unknown": ("text/html", "neither"),
    }  # fmt: skip
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    for label, (kind, says) in kinds.items():
        yield _case(f"type-{label}", "5", lazily(replaced, plain_docx(), types, word, kind), says)
    show = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    for label, kind in {
        "pptm": "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        "ppsm": "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
        "potm": "application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
        "ppam": "application/vnd.ms-powerpoint.addin.macroEnabled.main+xml",
    }.items():
        yield _case(f"type-{label}", "5", lazily(replaced, plain_pptx(), types, show, kind), "macros",
                    ending="pptx")  # fmt: skip
    yield _case(
        "pptx-as-docx", "5", plain_pptx(), "under another name|cannot give|only a Word document"
    )
    yield _case("docx-as-pptx", "5", plain_docx(), "under another name|cannot give", ending="pptx")
    yield _case("strict", "5", lambda: _strict(plain_docx()), "[Ss]trict")
    yield _case("dangling-header", "5", lambda: with_relationship(
        plain_docx(), _MAIN, "header", "header99.xml", mode=""), "missing|header99")  # fmt: skip
    yield _case("relationship-dotdot", "5", lambda: with_relationship(
        plain_docx(), _MAIN, "header", "../../../etc/passwd", mode=""), "missing|passwd")  # fmt: skip
    yield _case("dangling-picture", "5", lambda: with_relationship(
        plain_docx(), _MAIN, "image", "../NULL", mode=""), "dropped", fails=False)  # fmt: skip
    yield _case("many-relationships", "5", lambda: replaced(
        plain_docx(), "word/_rels/document.xml.rels", "</Relationships>", "".join(
            f'<Relationship Id="e{n}" Type="{RELS}/hyperlink" Target="http://a/" '
            'TargetMode="External"/>' for n in range(5_001)) + "</Relationships>"),
        "limit relationships_per_part")  # fmt: skip


def _strict(data: bytes) -> bytes:
    pairs = (
        (b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
         b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
        (RELS.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
    )  # fmt: skip
    parts = parts_of(data)
    for name, blob in parts.items():
        for old, new in pairs:
            blob = blob.replace(old, new)
        parts[name] = blob
    return zipped(parts)


def _xml() -> Iterator[Case]:
    styles = "word/styles.xml"
    for part in (_MAIN, styles, "_rels/.rels", "[Content_Types].xml", "docProps/core.xml",
                 "word/_rels/document.xml.rels"):  # fmt: skip
        label = part.replace("/", "-").strip("[]")
        yield _case(f"doctype-{label}", "6", lazily(_behind_declaration, part, "<!DOCTYPE a []>"),
                    "document type")  # fmt: skip
        yield _case(f"entities-{label}", "6", lazily(_behind_declaration, part, _BILLION),
                    "document type")  # fmt: skip
        yield _case(f"malformed-{label}", "8", lambda part=part: with_blob(
            plain_docx(), part, parts_of(plain_docx())[part][:-9]), "well-formed")  # fmt: skip
    outside = '<!DOCTYPE a [<!ENTITY s SYSTEM "file:///etc/passwd">]>'
    yield _case("outside-entity", "6", lazily(_behind_declaration, _MAIN, outside), "document type")
    remote = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">'
    yield _case("remote-dtd", "6", lazily(_behind_declaration, _MAIN, remote), "document type")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037", "utf-7"):
        yield _case(f"doctype-in-{encoding}", "6", lazily(_encoded, encoding, _BILLION),
                    "document type|well-formed|encoding")  # fmt: skip
        if encoding != "utf-16":
            yield _case(f"written-in-{encoding}", "6", lazily(_encoded, encoding, ""),
                        "well-formed|encoding|UTF|^$", fails=encoding not in ("utf-16-be",
                        "utf-16-le"))  # fmt: skip
    yield Case("utf-16-is-read", "6", lazily(_encoded, "utf-16", ""), fails=False, shows="before 1")
    yield Case("utf-16-dde", "10", lazily(_encoded, "utf-16", "", in_body(_DDE)), fails=False,
               says="DDEAUTO", absent=("DDEAUTO",))  # fmt: skip
    yield _case(
        "deep", "6", lambda: in_body("<w:p>" * 300 + "</w:p>" * 300), "well-formed|depth|deep"
    )
    yield _case("deep-styles", "8", lambda: with_blob(
        plain_docx(), styles, b"<a>" * 300 + b"</a>" * 300), "well-formed|depth|deep")  # fmt: skip
    yield _case(
        "many-elements", "6", lambda: in_body("<w:p/>" * 1_000_100), "elements_per_part|ratio"
    )
    yield _case("attributes", "6", lambda: in_body(
        "<w:p " + " ".join(f'a{n}="x{n * 7919}"' for n in range(5_000)) + "/>"),
        "attributes")  # fmt: skip
    yield _case("long-text", "6", lambda: in_body(
        "<w:p><w:r><w:t>" + "".join(f"word {n} " for n in range(1_000_000)) + "</w:t></w:r></w:p>"),
        "well-formed|long|limit")  # fmt: skip
    yield _case("not-xml", "8", lambda: with_blob(plain_docx(), "word/theme/theme1.xml", b"\0\1\2"),
                "well-formed")  # fmt: skip
    yield _case("empty-part", "8", lambda: with_blob(plain_docx(), styles, b""), "well-formed")
    yield _case("not-xml-pptx", "8", lambda: with_blob(
        plain_pptx(), "ppt/theme/theme1.xml", b"<a>"), "well-formed", ending="pptx")  # fmt: skip
    yield Case("broken-under-another-name", "8", lambda: _renamed(b"<a>"), says="well-formed")
    yield Case("dde-under-another-name", "10", lambda: _renamed(None), fails=False,
               says="DDEAUTO", absent=("DDEAUTO",))  # fmt: skip


_DDE = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDEAUTO c:\\\\cmd.exe'
    '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>old</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)


def _behind_declaration(part: str, text: str) -> bytes:
    blob = parts_of(plain_docx())[part]
    end = blob.index(b"?>") + 2
    return with_blob(plain_docx(), part, blob[:end] + text.encode() + blob[end:])


def _encoded(encoding: str, text: str, data: bytes | None = None) -> bytes:
    data = data or plain_docx()
    blob = parts_of(data)[_MAIN].decode()
    bare = blob[blob.index("?>") + 2 :]
    shown = {"cp037": "IBM037"}.get(encoding, encoding)
    written = f"<?xml version='1.0' encoding='{shown}'?>{text}{bare}".encode(encoding)
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    return with_blob(data, _MAIN, mark + written)


def _renamed(footer: bytes | None) -> bytes:
    """Return a document with a footer whose part does not end in .xml."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
    whole = (
        '<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"{_DDE}</w:ftr>"
    ).encode()
    data = with_blob(plain_docx(), "word/footer.foo", whole if footer is None else footer)
    data = replaced(data, "[Content_Types].xml", "</Types>",
                    f'<Override PartName="/word/footer.foo" ContentType="{kind}"/></Types>')  # fmt: skip
    return with_relationship(data, _MAIN, "footer", "footer.foo", mode="")


def cases() -> Iterator[Case]:
    yield from _first_bytes()
    yield from _directory()
    yield from _inflation()
    yield from _structure()
    yield from _xml()
