"""Namespaces, relationship types and content types of Office Open XML (ECMA-376)."""

from __future__ import annotations

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "p14": "http://schemas.microsoft.com/office/powerpoint/2010/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "pr": "http://schemas.openxmlformats.org/package/2006/relationships",
    "ct": "http://schemas.openxmlformats.org/package/2006/content-types",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xml": "http://www.w3.org/XML/1998/namespace",
}

_OFFICE_RELATIONSHIP = NAMESPACES["r"] + "/"

RELATIONSHIP_TYPES = {
    name: _OFFICE_RELATIONSHIP + name
    for name in (
        "officeDocument", "slide", "slideLayout", "slideMaster", "notesSlide", "notesMaster",
        "theme", "image", "chart", "package", "hyperlink", "header", "footer", "footnotes",
        "endnotes", "comments", "settings", "attachedTemplate",
    )
}  # fmt: skip

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml."

#: Content type of the main part for each file ending that can be a template.
MAIN_CONTENT_TYPES = {
    _WORD + "document.main+xml": "docx",
    _SLIDES + "presentation.main+xml": "pptx",
}

#: Main content types that get a message of their own.
REFUSED_MAIN_CONTENT_TYPES = {
    "application/vnd.ms-word.document.macroEnabled.main+xml": "a Word file with macros (.docm)",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml": "a Word file with macros",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml": (
        "a PowerPoint file with macros (.pptm)"
    ),
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml": (
        "a PowerPoint show with macros (.ppsm)"
    ),
    "application/vnd.ms-powerpoint.template.macroEnabled.main+xml": (
        "a PowerPoint template with macros (.potm)"
    ),
    "application/vnd.ms-powerpoint.addin.macroEnabled.main+xml": (
        "a PowerPoint add-in with macros (.ppam)"
    ),
    _WORD + "template.main+xml": "a Word template (.dotx)",
    _SLIDES + "template.main+xml": "a PowerPoint template (.potx)",
    _SLIDES + "slideshow.main+xml": "a PowerPoint show (.ppsx)",
}


def qname(prefixed: str) -> str:
    """Return ``{namespace}name`` for ``w:p``."""
    prefix, name = prefixed.split(":")
    return f"{{{NAMESPACES[prefix]}}}{name}"
