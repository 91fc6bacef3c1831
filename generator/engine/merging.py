"""Lines and paragraphs joined by ``{%- ... -%}``: a block may begin and end within a sentence.

``{%-`` at the start of a paragraph joins it to the paragraph before, ``-%}`` at the end of one
joins the next to it; the first paragraph's format stays. Line breaks and tabs beside the signs go.
(docxtpl reads the signs the same way.)
"""

from __future__ import annotations

from generator.engine.markup import CHARACTERS, PARAGRAPH_PROPERTIES, PARAGRAPHS, Element
from generator.engine.stories import read_slots
from generator.engine.tags import find_tags, has_tags
from generator.errors import Location
from generator.office.names import qname

_END_FORMAT = qname("a:endParaRPr")


def merge_paragraphs(root: Element) -> None:
    """Join the paragraphs of a part that their tags ask to join."""
    for paragraph in list(root.iter(*PARAGRAPHS)):
        if paragraph.getparent() is None:
            continue  # joined to the one before already
        current = paragraph
        if _begins_trimmed(current):
            previous = current.getprevious()
            if previous is not None and previous.tag == current.tag:
                _join(previous, current)
                current = previous
        while _ends_trimmed(current):
            following = current.getnext()
            if following is None or following.tag != current.tag:
                break
            _join(current, following)
        _drop_breaks(current)


def join_field_codes(root: Element) -> None:
    """Bring a tag together that Office split over the runs of a field's code."""
    pieces: list[Element] = []
    for element in root.iter(_FIELD_CODE, _FIELD_MARK):
        if element.tag == _FIELD_CODE:
            pieces.append(element)
            continue
        _join_texts(pieces)
        pieces = []
    _join_texts(pieces)


def _join_texts(pieces: list[Element]) -> None:
    joined = "".join(piece.text or "" for piece in pieces)
    if len(pieces) < 2 or not has_tags(joined):
        return
    pieces[0].text = joined
    pieces[0].set(qname("xml:space"), "preserve")
    for piece in pieces[1:]:
        piece.text = ""


_FIELD_CODE, _FIELD_MARK = qname("w:instrText"), qname("w:fldChar")


def _drop_breaks(paragraph: Element) -> None:
    """Drop the line breaks and tabs beside the signs of a paragraph's tags."""
    text, slots = read_slots(paragraph)
    if "%-" not in text and "-%" not in text:
        return
    breaks = {slot.start: slot.element for slot in slots if slot.element.tag in CHARACTERS}
    for tag in find_tags(text, Location())[0]:
        if tag.kind != "block":
            continue
        before, after = tag.start - 1, tag.end
        while tag.trim_left and before in breaks:
            _remove(breaks.pop(before))
            before -= 1
        while tag.trim_right and after in breaks:
            _remove(breaks.pop(after))
            after += 1


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _begins_trimmed(paragraph: Element) -> bool:
    text = _text(paragraph)
    return text.lstrip().startswith("{%-")


def _ends_trimmed(paragraph: Element) -> bool:
    text = _text(paragraph).rstrip()
    if not text.endswith("-%}"):
        return False
    tags, problems = find_tags(text, Location())
    return not problems and bool(tags) and tags[-1].end == len(text) and tags[-1].trim_right


def _text(paragraph: Element) -> str:
    return read_slots(paragraph)[0]


def _join(first: Element, second: Element) -> None:
    end = first[-1] if len(first) and first[-1].tag == _END_FORMAT else None
    for child in list(second):
        if child.tag in PARAGRAPH_PROPERTIES:
            continue
        if end is not None:
            end.addprevious(child)
        else:
            first.append(child)
    parent = second.getparent()
    if parent is not None:
        parent.remove(second)
