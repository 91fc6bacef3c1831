"""WordprocessingML elements from a tag, attributes and children."""

from __future__ import annotations

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

Value = str | int | bool


def w(tag: str, *children: BaseOxmlElement | None, **attributes: Value | None) -> BaseOxmlElement:
    """Return ``w:tag`` with its children and its ``w:`` attributes, leaving out what is None.

    Attributes are named as in WordprocessingML: ``w("spacing", before=120, lineRule="exact")``.
    """
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        if value is not None:
            element.set(qn(f"w:{name}"), _written(value))
    element.extend(child for child in children if child is not None)
    return element


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
