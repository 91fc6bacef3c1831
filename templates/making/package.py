"""What all four files share as packages: properties, no leftovers, identical bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Protocol

from docx.opc.coreprops import CoreProperties
from docx.opc.package import OpcPackage

from making.house import Edition

#: Any fixed moment: the templates must not change from one making to the next.
MADE = dt.datetime(2025, 8, 31, tzinfo=dt.UTC)
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFTOVERS = ("thumbnail", "stylesWithEffects", "customXml", "printerSettings", "webSettings")

_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>{application}</Application><AppVersion>16.0000</AppVersion></Properties>"
)


class Saveable(Protocol):
    """A document of python-docx or a presentation of python-pptx."""

    def save(self, stream: io.BytesIO) -> None: ...


def describe(properties: CoreProperties, edition: Edition, category: str) -> None:
    """Fill the document properties; those with a tag are filled in when the report is built."""
    properties.title = "{{ report.title }}"
    properties.subject = "{{ report.subtitle }}"
    properties.author = "{{ report.author }}"
    properties.last_modified_by = "{{ report.author }}"
    properties.category = category
    properties.comments = ""
    properties.keywords = ""
    properties.language = edition.locale
    properties.revision = 1
    properties.created = properties.modified = MADE.replace(tzinfo=None)


def drop_leftovers(package: OpcPackage, *sources: object) -> None:
    """Take out what the libraries' default files carry along: thumbnails, custom XML, printers."""
    for source in (package, *sources):
        relationships = source.rels if hasattr(source, "rels") else source._rels
        for key, relationship in list(relationships.items()):
            if relationship.reltype.rsplit("/", 1)[-1] in _LEFTOVERS:
                relationships.pop(key)


def application_properties(application: str) -> bytes:
    """Return docProps/app.xml without the counts of a file that no longer exists."""
    return _APP.format(application=application).encode()


def save(document: Saveable, target: Path) -> None:
    """Write ``document`` to ``target`` with all times in the package set to one moment."""
    written = io.BytesIO()
    document.save(written)
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for item in source.infolist():
            fixed = zipfile.ZipInfo(item.filename, _ZIP_EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            out.writestr(fixed, source.read(item.filename))
