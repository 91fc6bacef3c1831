"""Hostile data, pictures, workbooks of charts, sub-documents and names of results."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from tests.support.hostile.case import Case, Content
from tests.support.hostile.package_cases import cases as package_cases
from tests.support.hostile.zips import (
    in_body,
    lazily,
    parts_of,
    plain_docx,
    with_blob,
    with_relationship,
    zipped,
)
from tests.support.packages import docx_bytes, pptx_bytes

_YAML: dict[str, tuple[Content, str]] = {
    "aliases": (b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
        f"{c}: &{c} [{', '.join(['*' + p] * 10)}]\n".encode() for p, c in zip("abcdefg", "bcdefgh",
        strict=True)), "alias"),
    "cycle": (b"a: &a [*a]\n", "stands for nothing|alias"),
    "cycle-map": (b"a: &a {b: *a}\n", "stands for nothing|alias"),
    "merge": (b"a: &a {b: 1}\nc: {<<: *a}\n", "merge"),
    "python": (b"a: !!python/object/apply:os.system ['id']\n", "tag"),
    "python-name": (b"a: !!python/name:os.system\n", "tag"), "tag": (b"a: !evil b\n", "tag"),
    "binary": (b"a: !!binary aGVsbG8=\n", "tag"), "set": (b"a: !!set {b}\n", "tag"),
    "twice": (b"x: 1\nx: 2\n", "second time"), "twice-deep": (b"a: {b: 1, b: 2}\n", "second time"),
    "documents": (b"x: 1\n---\nx: 2\n", "more than one"), "deep": (b"a: " + b"[" * 100 + b"]" * 100, "nested"),
    "very-deep": (b"a: " + b"[" * 100_000, "nested|valid"), "deep-map": (b"{a: " * 5_000, "nested|valid"),
    "latin": ("x: é\n".encode("latin-1"), "UTF-8"), "utf-16": ("x: 1\n".encode("utf-16"), "UTF-8"),
    "nul": (b"x: a\0b\n", "control|valid"), "control": (b"x: a\x01b\n", "control"),
    "list-key": (b"? [a]\n: 1\n", "key"), "tab": (b"x:\n\t- 1\n", "valid"), "open": (b"x: 'a\n", "valid"),
    "scalar": (b"just text\n", "without a name"), "long-value": (
        lambda: b"x: " + b"a" * 5_000_000 + b"\n", "value_characters|limit"),
    "many-nodes": (lambda: b"x: [" + b"1," * 2_100_000 + b"]\n", "limit|values"),
     "bad-escape": (b'x: "\\q"', "valid"),
    "surrogate": (b'x: "\\ud800"', "valid"),
}  # fmt: skip
_JSON: dict[str, tuple[Content, str]] = {
    "twice": (b'{"x": 1, "x": 2}', "second time"), "nan": (b'{"x": NaN}', "number"),
    "infinity": (b'{"x": -Infinity}', "number"), "huge": (b'{"x": 1e999999999}', "number"),
    "digits": (b'{"x": ' + b"9" * 5_000 + b"}", "number"), "float-digits": (b'{"x": 1.' + b"9" * 5000 + b"}", "number"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "nested|deep"), "deep-65": (b'{"x":' + b"[" * 65 + b"]" * 65 + b"}", "nested|deep"),
    "deep-objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested|deep"),
    "open": (b'{"x": ', "valid"), "comment": (b'{"x": 1} // a', "valid"), "trailing": (b'{"x": 1,}', "valid"),
    "single": (b"'x'", "valid"), "scalar": (b"1", "without a name"), "empty": (b"", "empty"),
    "latin": ('{"x": "é"}'.encode("latin-1"), "UTF-8"), "utf-16": ('{"x": 1}'.encode("utf-16"), "UTF-8"),
    "control": (b'{"x": "a\x01b"}', "valid"), "many-nodes": (
        lambda: b'{"x": [' + b"1," * 2_100_000 + b"1]}", "limit|values"),
    "many-lists": (lambda: b'{"x": [' + b"[]," * 20_000_000 + b"[]]}", "limit|values"),
    "long-value": (lambda: b'{"x": "' + b"a" * 5_000_000 + b'"}', "value_characters|limit"),
    "too-long": (lambda: b'{"x": "' + b"a" * 100_000_001 + b'"}', "100,000,000|data_bytes"),
    "bare": (b"{x: 1}", "valid"), "tail": (b'{"x": 1}{"x": 2}', "valid"),
}  # fmt: skip
_CSV: dict[str, tuple[Content, str]] = {
    "ragged": (b"a,b\n1\n", "cell"), "too-wide": (b"a,b\n1,2,3\n", "cell"), "empty": (b"", "empty"),
    "no-header": (b",,\n1,2,3\n", "no name"), "twice": (b"a,a\n1,2\n", "second time"),
    "open-quote": (b'a,b\n"1,2\n', "valid"), "inner-quote": (b'a,b\n"1"x,2\n', "valid"),
    "nul": (b"a,b\n\x001,2\n", "control"), "control": (b"a,b\n\x011,2\n", "control"),
    "bytes": (b"a,b\n\xff\xfe\xfd,2\n", "UTF-8"), "long-cell": (
        lambda: b"a\n" + b"x" * 2_000_000 + b"\n", "valid|limit"),
    "many-columns": (lambda: b",".join(b"c%d" % n for n in range(20_000)) + b"\n" + b"," * 19_999,
                     "16,384|columns"),
    "many-rows": (lambda: b"a\n" + b"1\n" * 1_100_000, "1,048,576|rows"),
    "many-cells": (lambda: b",".join(b"c%d" % n for n in range(100)) + b"\n"
                   + (b"1," * 99 + b"1\n") * 450_000, "cells|limit"),
}  # fmt: skip
_TEXTS = (
    "<w:p>&amp;</w:p>", "]]>", "a\x00b", "a\x0bb\x0cc", "\ufffe\uffff", "\ud800", "{{ x }}", "{% raw %}",
    "&#0;", "<!--", "<?xml?>", "R&D < 5", "\u202e", "\ufdd0\ufdd1", "\U0010ffff", "\x85\u2028", "'\"",
    "{", "}}", "=cmd|'/c calc'!A0", "\t=1", "\x7f", "\x1b[2J", "a" * 100_000, "\u0300" * 5_000,
)  # fmt: skip


def _data() -> Iterator[Case]:
    template = lazily(docx_bytes, "{{ x }}")
    for ending, table in (("yaml", _YAML), ("json", _JSON), ("csv", _CSV), ("tsv", {
        "ragged": (b"a\tb\n1\n", "cell"), "open": (b'a\n"x\n', "valid")})):  # fmt: skip
        for name, (content, says) in table.items():
            yield Case(f"{ending}-{name}", "22" if ending != "csv" else "23", template, says=says,
                       data={f"data.{ending}": content}, fails="^$" not in says, is_data=True)  # fmt: skip
    yield Case(
        "data-ending", "22", template, data={"data.exe": b"x"}, says="do not end", is_data=True
    )
    yield Case(
        "data-xlsx", "24", template, data={"data.xlsx": b"PK"}, says="do not end", is_data=True
    )
    yield Case("data-two-files", "22", template, says="second time", is_data=True,
               data={"a.yaml": b"x: 1", "b.yaml": b"x: 2"})  # fmt: skip
    for number, text in enumerate(_TEXTS):
        data = {"data.json": json.dumps({"x": text, "rows": [{"a": text}]}).encode()}
        for ending, made in (
            ("docx", lazily(docx_bytes, "{{ x }}", [["{{ rows[0].a }}", "b"]])),
            ("pptx", lazily(pptx_bytes, ["{{ x }}", "{{ rows[0].a }}"])),
        ):  # fmt: skip
            yield Case(f"text-{number}-{ending}", "19", made, data=data, fails=False, ending=ending)
        yield Case(f"text-{number}-markdown", "19", lazily(docx_bytes, "{{ markdown(x) }}"), data=data,
                   fails=False)  # fmt: skip
        yield Case(f"text-{number}-table", "19", lazily(docx_bytes, "{{ table(rows) }}"), data=data,
                   fails=False)  # fmt: skip
        yield Case(f"text-{number}-chart", "20", lazily(docx_bytes, "{{ chart(c) }}"), fails=False,
                   data={"data.json": json.dumps({"c": {"title": text, "categories": [text, "b"],
                         "series": [{"name": text, "values": [1, 2]}]}}).encode()}) if len(text) < 32_000 else Case(
                         f"text-{number}-chart", "20", lazily(docx_bytes, "{{ chart(c) }}"), says="32,767|characters",
                   data={"data.json": json.dumps({"c": {"title": text, "categories": [text, "b"],
                         "series": [{"name": text, "values": [1, 2]}]}}).encode()})  # fmt: skip


def _charts() -> Iterator[Case]:
    good = {"categories": ["a", "b"], "series": [{"name": "s", "values": [1, 2]}]}
    wrong: dict[str, tuple[object, str]] = {
        "lengths": ({**good, "categories": ["a"]}, "categor"), "text": (
            {**good, "series": [{"name": "s", "values": [1, "x"]}]}, "number"),
        "bool": ({**good, "series": [{"name": "s", "values": [1, True]}]}, "number"),
        "no-series": ({"categories": ["a"], "series": []}, "series"),
        "no-values": ({**good, "series": [{"name": "s"}]}, "values"),
        "kind": ({**good, "kind": "evil"}, "evil|kind"), "list": ([1, 2], "chart"),
        "many-series": ({**good, "series": [{"name": str(n), "values": [1, 2]} for n in range(256)]}, "255"),
        "many-points": ({"categories": list(range(32_001)), "series": [
            {"name": "s", "values": [1] * 32_001}]}, "32,000"),
        "nested": ({**good, "series": [{"name": "s", "values": [[1], [2]]}]}, "number"),
        "series-text": ({**good, "series": "evil"}, "series|list"), "huge": (
            {**good, "series": [{"name": "s", "values": [10**400, 1]}]}, "number|range"),
        "categories-number": ({**good, "categories": 3}, "categor|list"),
        "title": ({**good, "title": {"a": [1]}, "kind": ["x"]}, "kind"),
    }  # fmt: skip
    for name, (chart, says) in wrong.items():
        for ending, made in (
            ("docx", lazily(docx_bytes, "{{ chart(c) }}")), ("pptx", lazily(pptx_bytes, ["a", "{{ chart(c) }}"])),
        ):  # fmt: skip
            yield Case(f"chart-{name}-{ending}", "21", made, says=says, ending=ending,
                       data={"data.json": json.dumps({"c": chart}).encode()})  # fmt: skip
    for number, text in enumerate(("=1+1", "=cmd|'/c calc'!A0", "{=1}", "+1", "-1", "@SUM(1)", "http://a",
                                   "file:///etc/passwd", "=HYPERLINK(\"http://a\")", "\t=1", "1e5", "007")):  # fmt: skip
        chart = {"categories": [text, "b"], "series": [{"name": text, "values": [1, 2]}]}
        data = {"data.json": json.dumps({"c": chart}).encode()}
        for ending, made in (
            ("docx", lazily(docx_bytes, "{{ chart(c) }}")), ("pptx", lazily(pptx_bytes, ["a", "{{ chart(c) }}"])),
            ("refilled", author_chart),
        ):  # fmt: skip
            yield Case(f"formula-{number}-{ending}", "20", made, fails=False, data=data,
                       ending="pptx" if ending == "refilled" else ending)  # fmt: skip


@cache
def author_chart() -> bytes:
    """Return a deck with a chart that an author drew and bound to the name ``c``."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Cm

    def edit(deck: object) -> None:
        data = CategoryChartData()
        data.categories = ["a", "b"]
        data.add_series("s", (1, 2))
        shape = deck.slides[0].shapes.add_chart(  # type: ignore[attr-defined] # a presentation
            XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(2), Cm(4), Cm(10), Cm(8), data
        )
        shape._element.nvGraphicFramePr.cNvPr.set("descr", "{{ chart(c) }}")

    return pptx_bytes(["Title"], edit=edit)


def _workbooks() -> Iterator[Case]:
    data = {"data.json": json.dumps({"c": {"categories": ["=1", "b"], "series": [
        {"name": "s", "values": [3, 4]}]}}).encode()}  # fmt: skip
    book = next(name for name in parts_of(author_chart()) if name.endswith(".xlsx"))
    own = parts_of(author_chart())[book]

    def put(make: Callable[[dict[str, bytes]], bytes]) -> Callable[[], bytes]:
        return lambda: with_blob(author_chart(), book, make(parts_of(own)))

    def part(name: str, blob: Callable[[bytes], bytes]) -> Callable[[], bytes]:
        return put(lambda parts: zipped({**parts, name: blob(parts[name])}))

    sheet, main = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
    doctype = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    hostile: dict[str, tuple[Callable[[], bytes], str]] = {
        "no-zip": (put(lambda p: b"evil"), "xlsx|workbook"), "ole": (
            put(lambda p: b"\xd0\xcf\x11\xe0" + b"\0" * 600), "old|protected|password"),
        "empty": (put(lambda p: b""), "xlsx|workbook"), "no-parts": (put(lambda p: zipped({})), "xlsx|missing|part"),
        "doctype": (part(sheet, lambda b: b.replace(b"<worksheet", doctype + b"<worksheet", 1)), "document type"),
        "doctype-main": (part(main, lambda b: b.replace(b"<workbook", doctype + b"<workbook", 1)), "document type"),
        "malformed": (part(sheet, lambda b: b[:-5]), "well-formed"),
        "bomb": (part(sheet, lambda b: b + b" " * 40_000_000), "ratio"),
        "bomb-other": (put(lambda p: zipped({**p, "xl/a.bin": b"\0" * 40_000_000})), "ratio"),
        "dotdot": (put(lambda p: zipped({**p, "../evil.xml": b"<a/>"})), "name"),
        "other-case": (put(lambda p: zipped({**p, sheet.upper(): b"<a/>"})), "two parts"),
        "no-sheet": (put(lambda p: zipped({k: v for k, v in p.items() if k != sheet})), "missing|Sheet"),
        "many": (put(lambda p: zipped({**p, **{f"a{n}": b"" for n in range(5_100)}})), "entries"),
        "dimension": (part(sheet, lambda b: b.replace(b"A1:B3", b"A1:XFD1048576")), "^$"),
        "far-cell": (part(sheet, lambda b: b.replace(b'r="A1"', b'r="XFD1048576"')), "^$"),
        "wrong-cell": (part(sheet, lambda b: b.replace(b'r="A1"', b'r="evil"')), "^$"),
        "elements": (part(sheet, lambda b: b.replace(b"<sheetData>", b"<sheetData>" + b"<row/>" * 1_000_100)),
                     "elements|ratio"),
    }  # fmt: skip
    for name, (make, says) in hostile.items():
        yield Case(
            f"workbook-{name}", "7", make, says=says, fails=says != "^$", data=data, ending="pptx"
        )
    outside = lazily(with_relationship, author_chart(), "ppt/charts/chart1.xml", "externalLink",
                     "file:///c:/evil.xlsx")  # fmt: skip
    if "ppt/charts/chart1.xml" in parts_of(author_chart()):
        yield Case("workbook-linked", "9", outside, fails=False, data=data, ending="pptx", absent=("evil",),
                   says="dropped")  # fmt: skip


def _png(width: int, height: int, rows: int | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    body = zlib.compress(b"\0" * ((width // 8 + 1) * (height if rows is None else rows)))
    head = struct.pack(">2L5B", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _svg(inside: str, root: str = 'width="10" height="10"', before: str = "") -> bytes:
    return (f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f"{root}>{inside}</svg>").encode()  # fmt: skip


def _pictures() -> Iterator[Case]:
    hostile: dict[str, tuple[Content, str]] = {
        "png-bomb": (_png(60_000, 60_000, 10), "pixels|picture"), "png-no-data": (_png(10, 10)[:33], "picture|damaged"),
        "png-huge": (_png(2**31 - 1, 2**31 - 1, 1), "pixels|picture"), "png-zero": (_png(0, 0), "pixels|picture"),
        "png-flat": (lambda: _png(50_000, 1_900), "^$"),
        "text.png": (b"hello", "picture"), "html.png": (b"<html>", "picture"), "empty.png": (b"", "picture"),
        "zip.png": (zipped({"a": b"b"}), "picture"), "secret.jpg": (b"root:x:0:0", "picture"),
        "gif.png": (b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01L\0;", "GIF|picture"),
        "jpeg-cut.jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture|damaged"),
        "eps.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n", "picture"),
        "emf.png": (b"\x01\0\0\0" + b"\0" * 100, "picture"), "webp.png": (b"RIFF\x1a\0\0\0WEBPVP8L", "picture"),
        "script.svg": (_svg("<script>alert(1)</script>"), "runs"), "onload.svg": (_svg("", 'width="9" height="9" onload="a()"'), "runs"),
        "image-file.svg": (_svg('<image href="file:///etc/passwd"/>'), "outside"),
        "image-http.svg": (_svg('<image xlink:href="http://127.0.0.1:9/a.png"/>'), "outside"),
        "image-relative.svg": (_svg('<image href="../secret.txt"/>'), "outside"),
        "use.svg": (_svg('<use href="other.svg#a"/>'), "outside"), "foreign.svg": (_svg("<foreignObject><a/></foreignObject>"), "runs"),
        "style.svg": (_svg("<style>@import url(http://a)</style>"), "outside"),
        "style-url.svg": (_svg('<rect style="fill:url(http://a#b)"/>'), "outside"),
        "style-escape.svg": (_svg("<style>@\\69mport 'http://a'</style>"), "outside"),
        "anchor.svg": (_svg('<a href="javascript:alert(1)"><rect/></a>'), "outside|runs"),
        "set.svg": (_svg('<a><set attributeName="href" to="javascript:alert(1)"/></a>'), "outside|runs"),
        "entity.svg": (_svg("&a;", before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "document type"),
        "billion.svg": (_svg("&b;", before='<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), "document type"),
        "stylesheet.svg": (_svg("", before='<?xml-stylesheet href="http://a/a.css"?>'), "outside|runs|style"),
        "no-size.svg": (_svg("", ""), "size"), "huge.svg": (_svg("", 'width="1" height="99999999"'), "large|size|drawn"),
        "wide.svg": (_svg("", 'width="99999999" height="1"'), "large|size|drawn|^$"),
        "nan.svg": (_svg("", 'viewBox="0 0 nan nan"'), "size"), "box.svg": (_svg("", 'viewBox="0 0 ... 1e5"'), "size"),
        "deep.svg": (_svg("<g>" * 300 + "</g>" * 300), "read|deep"), "loop.svg": (
            _svg('<g id="a"><use href="#a"/></g>'), "^$"),
        "blowup.svg": (_svg('<g id="a0"><rect width="1" height="1"/></g>' + "".join(
            f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>" for n in range(8))), "uses|large|drawn"),
        "data-svg.svg": (_svg('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'), "outside|runs"),
        "data-bomb.svg": (_svg('<image width="9" height="9" href="data:image/png;base64,' + __import__(
            "base64").b64encode(_png(60_000, 60_000, 10)).decode() + '"/>'), "pixels|picture|drawn"),
        "latin.svg": (b"<?xml version='1.0' encoding='latin-1'?>" + _svg("\u00e9").decode().encode("latin-1"), "read|drawn|encoding"),
        "long.svg": (lambda: _svg(" " * 5_000_001), "bytes"),
    }  # fmt: skip
    for name, (content, says) in hostile.items():
        file = name if "." in name else f"{name}.png"
        for ending, make in (("docx", docx_bytes), ("pptx", lambda tag: pptx_bytes(["a", tag]))):
            tag = f"{{{{ picture('{file}', alt='a') }}}}"
            yield Case(f"picture-{name}-{ending}", "pictures", lazily(make, tag), ending=ending,
                       says=says.replace("|^$", ""), fails=says != "^$", files={file: content})  # fmt: skip
    for number, size in enumerate(
        ("-1 cm", "0 cm", "99999 cm", "1e9 cm", "nan", "1 cm; evil", "", "９ cm")
    ):
        yield Case(f"picture-size-{number}", "pictures", lazily(
            docx_bytes, f"{{{{ picture('a.png', alt='a', width='{size}') }}}}"), files={"a.png": _png(9, 9)},
            says="length|size|cm")  # fmt: skip
    link = lazily(docx_bytes, "{{ picture('link.png', alt='a') }}")
    yield Case(
        "picture-link-out", "paths", link, links={"link.png": "../secret.txt"}, says="inside"
    )
    yield Case(
        "picture-link-loop", "paths", link, links={"link.png": "link.png"}, says="link|read|picture"
    )
    yield Case("picture-device", "paths", link, links={"link.png": "/dev/zero"}, says="inside")
    yield Case("document-link-out", "paths", lazily(docx_bytes, "{{ document('l.docx') }}"),
               links={"l.docx": "/etc/passwd"}, says="inside")  # fmt: skip


def _documents() -> Iterator[Case]:
    """Yield the hostile packages once more, as sub-documents."""
    host = lazily(docx_bytes, "{{ document('sub.docx') }}")
    for case in package_cases():
        if (
            case.ending == "docx"
            and case.fails
            and not case.name.startswith(("first-bytes", "type-"))
        ):
            yield Case(
                f"sub-{case.name}",
                case.item,
                host,
                says=case.says,
                files={"sub.docx": case.template},
            )
    dde = '<w:p><w:fldSimple w:instr="DDEAUTO evil"><w:r><w:t>old</w:t></w:r></w:fldSimple></w:p>'
    yield Case(
        "sub-dde", "10", host, fails=False, files={"sub.docx": in_body(dde)}, absent=("evil",)
    )
    yield Case("sub-remote", "9", host, fails=False, absent=("evil",), files={"sub.docx": with_relationship(
        plain_docx(), "word/document.xml", "image", "https://evil.example/")})  # fmt: skip
    yield Case("sub-tags", "13", host, fails=False, files={"sub.docx": docx_bytes("{{ ''.__class__ }}")},
               absent=("built-in",))  # fmt: skip
    yield Case("sub-pptx", "5", host, says="Word|deck|docx", files={"sub.docx": pptx_bytes(["a"])})
    yield Case(
        "sub-itself", "13", lazily(docx_bytes, "{{ document('template.docx') }}"), fails=False
    )


def _names() -> Iterator[Case]:
    wrong = (
        "../evil", "../../etc/evil", "/etc/evil", "a/b", "a\\b", "C:evil", "CON", "con", "nul.txt", "LPT1", "",
        ".", "..", ".hidden", "a\0b", "a\nb", "a\x1bb", "a" * 300, "中" * 90, " a", "a\u202eb", "\ud800", "aux",
        "a*b", "a?b", "a|b", "a<b", 'a"b', "COM¹", "~", "-", "\u200b",
    )  # fmt: skip
    for number, name in enumerate(wrong):
        if name in ("~", "-"):
            continue
        data = {"data.json": json.dumps({"rows": [{"n": name}]}).encode()}
        yield Case(f"name-of-result-{number}", "paths", lazily(docx_bytes, "{{ n }}"), data=data,
                   out="out/{{ n }}.docx", more=("--each", "rows"), says="name|cannot be", is_data=True)  # fmt: skip
    pairs = {"rows": [{"n": "a"}, {"n": "A"}]}
    yield Case("names-differ-by-case", "paths", lazily(docx_bytes, "{{ n }}"), is_data=True, says="already",
               data={"data.json": json.dumps(pairs).encode()}, out="out/{{ n }}.docx", more=("--each", "rows"))  # fmt: skip
    one = {"data.json": b'{"rows": [{"n": "a"}]}'}
    for number, pattern in enumerate((
        "out/{{ n.__class__ }}.docx", "out/{{ ''.__class__.__mro__ }}.docx", "out/{{ n * 9 }}.docx",
        "out/{{ n", "out/{{ range(9) }}.docx", "out/{{ n }}.exe", "out/{% for a in rows %}{{ a }}{% endfor %}.docx",
        "out/{{ picture }}.docx", "out/{{ nothing }}.docx",
    )):  # fmt: skip
        yield Case(f"pattern-{number}", "paths", lazily(docx_bytes, "{{ n }}"), data=one, out=pattern,
                   more=("--each", "rows"), says="", is_data=True)  # fmt: skip
    yield Case("result-is-a-link", "paths", lazily(docx_bytes, "{{ n }}"), data=one, out="out/{{ n }}.docx",
               more=("--each", "rows"), links={"out/a.docx": "../../secret.txt"}, says="outside|link", is_data=True)  # fmt: skip
    yield Case("folder-is-a-link", "paths", lazily(docx_bytes, "{{ n }}"), data=one, is_data=True,
               out="out/{{ n }}/b.docx", more=("--each", "rows"), links={"out/a": "../.."}, says="outside|link")  # fmt: skip
    yield Case("result-over-data", "paths", lazily(docx_bytes, "{{ x }}"), out="template.docx", says="overwrite",
               is_data=True)  # fmt: skip
    yield Case("each-nothing", "paths", lazily(docx_bytes, "{{ x }}"), more=("--each", "nothing"), says="no list",
               is_data=True)  # fmt: skip
    yield Case("half-done", "26", lazily(docx_bytes, "{{ 1 / n }}"), out="out/{{ n }}.docx", is_data=True,
               more=("--each", "rows"), data={"data.json": b'{"rows": [{"n": 1}, {"n": 2}, {"n": 0}]}'}, says="paragraph 1")  # fmt: skip


def cases() -> Iterator[Case]:
    yield from _data()
    yield from _charts()
    yield from _workbooks()
    yield from _pictures()
    yield from _documents()
    yield from _names()
