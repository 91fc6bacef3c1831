"""docxtpl's ``Subdoc``: a document that is put into another by ``{{p x }}``."""

from __future__ import annotations

import io
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.docxtpl.template import DocxTemplate
    from generator.engine.subdocument import SubDocument


class Subdoc:
    """A document from a file, or an empty one with the template's styles to be built by hand.

    All that python-docx offers for a document can be called on it: ``add_table`` and so on.
    """

    def __init__(
        self, tpl: DocxTemplate, docpath: str | PathLike[str] | IO[bytes] | None = None
    ) -> None:
        from docx import Document

        self.tpl = tpl
        self._name = "sub-document" if docpath is None else str(getattr(docpath, "name", docpath))
        if docpath is None:
            self.subdocx = Document(io.BytesIO(tpl._template_bytes()))
            body = self.subdocx.element.body
            for child in list(body):
                if not child.tag.endswith("}sectPr"):
                    body.remove(child)
        elif isinstance(docpath, (str, PathLike)):
            self.subdocx = Document(str(Path(docpath)))
        else:
            self.subdocx = Document(docpath)

    @property
    def printed_as(self) -> SubDocument:
        """The document as it stands now, for the engine."""
        from generator.engine.subdocument import SubDocument

        buffer = io.BytesIO()
        self.subdocx.save(buffer)
        return SubDocument.read(buffer.getvalue(), self._name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.subdocx, name)
