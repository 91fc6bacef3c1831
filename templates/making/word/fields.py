"""Fields of Word: page numbers, numbers of captions, references to them.

Begin, instruction, separator, cached text and end stand in runs of their own: WPS Office does not
show a field whose marks share a run, and every program shows the cached text until it updates.
"""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

from making.word.markup import w


def add_field(paragraph: Paragraph, instruction: str, cached: str) -> None:
    """Append the field ``instruction`` to ``paragraph``, showing ``cached`` until it is updated."""
    code = w("instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for content in (_mark("begin"), code, _mark("separate"), None, _mark("end")):
        run = paragraph.add_run(cached if content is None else "")
        if content is not None:
            run._r.append(content)


def _mark(kind: str) -> BaseOxmlElement:
    return w("fldChar", fldCharType=kind)
