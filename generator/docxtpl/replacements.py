"""Parts of a finished document that are exchanged as they are: pictures, embedded files."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from generator.errors import ChartError
from generator.office.names import NAMESPACES
from generator.office.zip_writer import write_zip

_PICTURE = f"{{{NAMESPACES['pic']}}}"
_BLIP = f"{{{NAMESPACES['a']}}}blip"
_EMBED = f"{{{NAMESPACES['r']}}}embed"


@dataclass(slots=True)
class Replacements:
    """What to exchange: media and embedded files by checksum, parts and pictures by name."""

    media: dict[int, bytes] = field(default_factory=dict)
    embedded: dict[int, bytes] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.media or self.embedded or self.parts or self.pictures)

    def apply(self, package: bytes, *, allow_missing: bool) -> bytes:
        """Return the package with everything exchanged.

        Raises:
            ChartError: no picture of a name is there, and ``allow_missing`` is false.
        """
        with zipfile.ZipFile(io.BytesIO(package)) as source:
            items = {info.filename: source.read(info) for info in source.infolist()}
        new = dict(items)
        for name, blob in items.items():
            checksum = zlib.crc32(blob)
            if name in self.parts:
                new[name] = self.parts[name]
            elif name.startswith("word/media/") and checksum in self.media:
                new[name] = self.media[checksum]
            elif name.startswith("word/embeddings/") and checksum in self.embedded:
                new[name] = self.embedded[checksum]
        found = self._replace_pictures(items, new)
        missing = [name for name in self.pictures if name not in found]
        if missing and not allow_missing:
            raise ChartError(
                f'there is no picture "{missing[0]}" in the template', None,
                "a picture is found by its file name, its title or its description",
            )  # fmt: skip
        return write_zip(new.items())

    def _replace_pictures(self, items: Mapping[str, bytes], new: dict[str, bytes]) -> set[str]:
        found: set[str] = set()
        for name in items if self.pictures else ():
            folder, file = posixpath.split(name)
            if folder != "word" or not file.startswith(("document", "header", "footer")):
                continue
            rels = items.get(f"{folder}/_rels/{file}.rels")
            if rels is None or not file.endswith(".xml"):
                continue
            targets = {
                rel.get("Id"): posixpath.normpath(posixpath.join(folder, rel.get("Target") or ""))
                for rel in _tree(rels)
            }
            for picture in _tree(items[name]).iter(f"{_PICTURE}pic"):
                label = picture.find(f"{_PICTURE}nvPicPr/{_PICTURE}cNvPr")
                blip = next(picture.iter(_BLIP), None)
                target = targets.get(blip.get(_EMBED)) if blip is not None else None
                if label is None or target not in new:
                    continue
                names = {label.get("name"), label.get("title"), label.get("descr")}
                for wanted in self.pictures:
                    if wanted in names:
                        new[target] = self.pictures[wanted]
                        found.add(wanted)
                        break
        return found


def _tree(blob: bytes) -> etree._Element:
    return etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
