"""Tracked changes: what an author has deleted is no part of a template's text."""

from __future__ import annotations

from generator.engine.markup import DELETED, PARAGRAPHS, Element, nearest
from generator.engine.tags import has_tags
from generator.office.names import qname

_DELETED_TEXTS = (qname("w:delText"), qname("w:delInstrText"), qname("w:t"))


def drop_deleted_tags(root: Element) -> None:
    """Drop deleted (or moved away) text of those paragraphs in which it holds tags."""
    by_paragraph: dict[Element | None, list[Element]] = {}
    for deleted in root.iter(*DELETED):
        if len(deleted):  # a row or a paragraph mark that is deleted has an empty sign
            by_paragraph.setdefault(nearest(deleted, PARAGRAPHS), []).append(deleted)
    for found in by_paragraph.values():
        texts = [text.text or "" for item in found for text in item.iter(*_DELETED_TEXTS)]
        if not has_tags("".join(texts)):
            continue
        for item in found:
            parent = item.getparent()
            if parent is not None:
                parent.remove(item)
