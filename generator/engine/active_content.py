"""What counts as active in an Office file: tables of relationships, elements, fields and actions.

Fields, actions and schemes of links are lists of what may stay: what nobody thought of is dropped.
"""

from __future__ import annotations

import re

from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES, qname
from generator.office.package import Relationship

VML = "{urn:schemas-microsoft-com:vml}"
OFFICE = "{urn:schemas-microsoft-com:office:office}"
R = f"{{{NAMESPACES['r']}}}"

# -- relationships -------------------------------------------------------------------------------

_MACROS, _CONTROL = 'the macros in "{}" were dropped', 'the control "{}" was dropped'
_ADD_IN, _TOOLBARS = 'the add-in "{}" was dropped', 'the toolbars in "{}" were dropped'
_KEYS = 'the keys of macros in "{}" were dropped'
_WEB_PAGE = 'a piece of another file was dropped: "{}"'
_PROGRAM = 'a program was dropped: "{}"'
#: Parts that run something or that Office reads unchecked, by the kind of the relationship to
#: them in lower case, with what is said when one is dropped.
ACTIVE_KINDS = {
    **dict.fromkeys(("vbaproject", "wordvbadata", "vbaprojectsignature",
                     "vbaprojectsignatureagile", "vbaprojectsignaturev3"), _MACROS),
    **dict.fromkeys(("control", "activexcontrolbinary"), _CONTROL),
    **dict.fromkeys(("webextension", "webextensiontaskpanes"), _ADD_IN),
    **dict.fromkeys(("extensibility", "usercustomization", "attachedtoolbars"), _TOOLBARS),
    "keymapcustomizations": _KEYS,
    "afchunk": 'a piece of another file was dropped: "{}"',
    "subdocument": 'a sub-document was dropped: "{}"',
    "recipientdata": 'the recipients of a mail merge were dropped: "{}"',
    "origin": 'the digital signature was dropped: the result is another file ("{}")',
}  # fmt: skip
#: Content types of parts that run something, whatever leads to them, in lower case.
ACTIVE_TYPES = {
    **dict.fromkeys(
        (
            "application/vnd.ms-office.vbaproject",
            "application/vnd.ms-office.vbaprojectsignature",
            "application/vnd.ms-word.vbadata+xml",
        ),
        _MACROS,
    ),
    **dict.fromkeys(
        ("application/vnd.ms-office.activex+xml", "application/vnd.ms-office.activex"), _CONTROL
    ),
    **dict.fromkeys(
        (
            "application/vnd.ms-office.webextension+xml",
            "application/vnd.ms-office.webextensiontaskpanes+xml",
        ),
        _ADD_IN,
    ),
    "application/vnd.ms-word.attachedtoolbars": _TOOLBARS,
    "application/vnd.ms-word.keymapcustomizations+xml": _KEYS,
    **dict.fromkeys(
        ("text/html", "application/xhtml+xml", "message/rfc822", "application/rtf", "text/rtf"),
        _WEB_PAGE,
    ),
    **dict.fromkeys(
        (
            "application/x-msdownload",
            "application/x-msdos-program",
            "application/hta",
            "application/javascript",
            "application/x-javascript",
            "text/javascript",
            "application/ecmascript",
            "text/vbscript",
            "application/vbscript",
            "text/scriptlet",
            "application/java-archive",
            "application/x-java-archive",
            "application/x-shockwave-flash",
            "application/x-msi",
            "application/x-sh",
            "application/x-bat",
            "application/x-powershell",
            "application/x-ms-shortcut",
        ),
        _PROGRAM,
    ),
}
#: Roots of XML parts that run something, whatever their type and whatever leads to them.
_WORD_MACROS = "{http://schemas.microsoft.com/office/word/2006/wordml}"
_PANES = "{http://schemas.microsoft.com/office/webextensions/"
ACTIVE_ROOTS = {
    "{http://schemas.microsoft.com/office/2006/01/customui}customUI": _TOOLBARS,
    "{http://schemas.microsoft.com/office/2009/07/customui}customUI": _TOOLBARS,
    "{http://schemas.microsoft.com/office/2006/activeX}ocx": _CONTROL,
    f"{_WORD_MACROS}vbaSuppData": _MACROS,
    f"{_WORD_MACROS}tcg": _KEYS,
    f"{_PANES}taskpanes/2010/11}}taskpanes": _ADD_IN,
    f"{_PANES}webextension/2010/11}}webextension": _ADD_IN,
    "{http://schemas.microsoft.com/office/excel/2006/main}macrosheet": _MACROS,
    "{http://www.w3.org/1999/xhtml}html": _WEB_PAGE,
    **dict.fromkeys(("html", "script", "job", "package", "scriptlet", "component"), _PROGRAM),
}
#: What a drop of something outside is called, by the kind of the relationship.
OUTSIDE = {
    "attachedTemplate": "the path of the template it was attached to",
    "image": "a linked picture",
    "oleObject": "a linked object",
    "aFChunk": "a linked piece of text",
    "subDocument": "a linked sub-document",
    "package": "a linked workbook",
    "frame": "a linked frame",
    "hyperlink": "a link to a file or program",
    "video": "a linked video",
    "audio": "a linked sound",
    "media": "a linked sound or video",
}
#: Elements that are nothing without their relationship.
DEPENDENT = frozenset(
    qname(name)
    for name in (
        "w:attachedTemplate", "w:altChunk", "w:subDoc", "c:externalData", "w:sourceFileName",
        "a:hlinkClick", "a:hlinkHover", "a:hlinkMouseOver", "a:videoFile", "a:audioFile",
        "a:quickTimeFile", "a:wavAudioFile", "a:snd", "w:control", "p:control", "w:src",
        "w:dataSource", "w:headerSource", "w:saveThroughXslt", "w:recipients", "p:htmlPubPr",
    )
) | {f"{OFFICE}OLEObject"}  # fmt: skip
#: The only elements whose relationship may lead to an address outside.
_LINKS = frozenset(
    qname(name) for name in ("w:hyperlink", "a:hlinkClick", "a:hlinkHover", "a:hlinkMouseOver")
)


def leads_to_address(rel: Relationship) -> bool:
    """Return whether an outside relationship is a link to a web or mail address."""
    return rel.type == RELATIONSHIP_TYPES["hyperlink"] and is_address(rel.target)


def active_kind(rel: Relationship) -> str:
    """Return the kind of a relationship as ``ACTIVE_KINDS`` has it."""
    return rel.type.strip().rstrip("/").rpartition("/")[2].lower()


def may_lead_outside(tag: str) -> bool:
    """Return whether an element is one of those that a reader clicks."""
    return tag in _LINKS


# -- addresses -----------------------------------------------------------------------------------

_SCHEMES = ("http:", "https:", "mailto:", "#")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TAG_START = re.compile(r"\{[{%#]")


def has_scheme(target: str) -> bool:
    """Return whether a text begins as an address does that a link may lead to."""
    return target.strip().lower().startswith(_SCHEMES)


def is_address(target: str) -> bool:
    """Return whether a link may lead to an address, of which tags may fill in a part.

    What stands behind a tag could become its beginning: an address that begins with a tag may hold
    either prints, or blocks with nothing but prints between them.
    """
    fixed = _COMMENT.sub("", target).strip()
    begins = has_scheme(fixed)
    if begins or _TAG_START.search(fixed) is None:
        return begins
    if not fixed.startswith(("{{", "{%")):
        return False
    return "{%" not in fixed or not _TAG.sub("", fixed).strip()


# -- fields --------------------------------------------------------------------------------------

#: Fields that arrange, count, show what the document itself holds, or wait for input.
HARMLESS_FIELDS = frozenset(
    """
    = ADDRESSBLOCK ADVANCE ASK AUTHOR AUTONUM AUTONUMLGL AUTONUMOUT BARCODE BIBLIOGRAPHY BIDIOUTLINE
    CITATION COMMENTS COMPARE CREATEDATE DATE DISPLAYBARCODE DOCPROPERTY DOCVARIABLE EDITTIME EQ
    FILENAME FILESIZE FILLIN FORMCHECKBOX FORMDROPDOWN FORMTEXT FTNREF GOTOBUTTON GREETINGLINE
    HYPERLINK IF INDEX INFO KEYWORDS LASTSAVEDBY LISTNUM MERGEBARCODE MERGEFIELD MERGEREC MERGESEQ
    NEXT NEXTIF NOTEREF NUMCHARS NUMPAGES NUMWORDS PAGE PAGEREF PRINTDATE QUOTE REF REVNUM SAVEDATE
    SECTION SECTIONPAGES SEQ SET SHAPE SKIPIF STYLEREF SUBJECT SYMBOL TA TC TEMPLATE TIME TITLE TOA
    TOC USERADDRESS USERINITIALS USERNAME XE
    """.split()  # noqa: SIM905 - a table to be read
)
#: Stands for the first word of a field that another field, or a tag, would compute.
COMPUTED = "(computed)"
_ARGUMENT = re.compile(r'["\u201c-\u201e]([^"\u201c-\u201e]*)["\u201c-\u201e]?|(\S+)')
_SWITCH = re.compile(r"\\[A-Za-z]")
#: Switches of a HYPERLINK field that take a text.
_WITH_TEXT = ("\\l", "\\o", "\\s", "\\t")


def first_word(code: str) -> str:
    """Return the word that says what a field does, in upper case; "" if there is none."""
    words = code.replace("\\", " ").split()
    if not words:
        return ""
    return "=" if words[0].startswith("=") else words[0].upper()


def is_dangerous(word: str) -> bool:
    """Return whether a field with this first word runs, fetches, or is not known."""
    return word not in HARMLESS_FIELDS and word != ""


def leads_astray(code: str) -> bool:
    """Return whether a field is a link to something else than a web or mail address."""
    return any(word and not is_address(word) for word in link_targets(code))


def link_targets(code: str) -> list[str]:
    """Return what a HYPERLINK field leads to: its arguments but the texts of its switches."""
    if first_word(code) != "HYPERLINK":
        return []
    rest = _COMMENT.sub("", code[code.upper().index("HYPERLINK") + len("HYPERLINK") :])
    # blanks and quotes inside of tags are no ends of arguments
    rest = _TAG.sub(lambda tag: tag[0].replace(" ", "\x02").replace('"', "\x03"), rest)
    found = []
    is_text = False
    for quoted, bare in _ARGUMENT.findall(rest):
        if bare and _SWITCH.fullmatch(bare[:2]):
            is_text = bare.lower() in _WITH_TEXT
            continue
        if not is_text:
            found.append((bare or quoted).strip())
        is_text = False
    return found


# -- actions -------------------------------------------------------------------------------------

_ACTIONS = re.compile(
    r"(?:ppaction://(?:noaction|media|hlinkfile|hlinkshowjump\?.*|hlinksldjump(?:\?.*)?"
    r"|hlinkpres(?:\?.*)?|customshow\?.*))?",
    re.IGNORECASE | re.DOTALL,
)


def is_harmless_action(action: str) -> bool:
    """Return whether an action of PowerPoint goes to a slide or an address, or does nothing."""
    return _ACTIONS.fullmatch(action.strip()) is not None
