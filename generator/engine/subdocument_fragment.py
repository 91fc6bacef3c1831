"""Markup with slots: what a copy of a sub-document must fill in anew, cut out once and for all.

A tree is prepared once: everything that may clash with the document around it (ids, names, styles,
lists, relationships) becomes a slot. Each copy then joins pieces of text and filled slots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from generator.engine.markup import Element
from generator.office.names import NAMESPACES, qname
from generator.office.xml import escape_attribute

#: (kind, key): what stands in a slot.
Slot = tuple[str, str]
Fill = Callable[[Slot], str]

_OPEN, _CLOSE = "\ufded", "\ufdee"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_OWN_CHARACTERS = re.compile("[\ufdd0-\ufdef]")
_CUT = "<?cut here?>"
_MC = NAMESPACES["mc"]
_IGNORABLE = f"{{{_MC}}}Ignorable"
_PREFIX_LISTS = re.compile(r' (?:Requires|[\w]+:(?:Ignorable|ProcessContent))="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Fragment:
    """Pieces of markup with a slot between each two."""

    pieces: tuple[str, ...]
    slots: tuple[Slot, ...]

    def filled(self, fill: Fill) -> str:
        """Return the markup with each slot filled."""
        texts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            texts += (fill(slot), piece)
        return "".join(texts)


class Slots:
    """Numbers the slots of a tree under preparation."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        #: Names of bookmarks met so far; a second one of a name is nothing that can be referred to.
        self.names: set[str] = set()
        #: Ids of the types of old drawings that the story defines itself.
        self.types: set[str] = set()

    def mark(self, kind: str, key: str = "") -> str:
        """Return the text that stands for a slot in an attribute or between elements."""
        self._slots.append((kind, key))
        return f"{_OPEN}{len(self._slots) - 1}{_CLOSE}"

    def key_of(self, mark: str) -> str:
        """Return the key of the slot that a text stands for."""
        found = _MARK.fullmatch(mark)
        return self._slots[int(found[1])][1] if found else ""

    def fragment(self, text: str) -> Fragment:
        """Return the fragment of a text with these slots."""
        pieces = _MARK.split(text)
        slots = tuple(self._slots[int(number)] for number in pieces[1::2])
        return Fragment(tuple(pieces[0::2]), slots)


def without_marks(root: Element) -> None:
    """Drop the characters that the engine marks with; no document has a use for them."""
    for element in root.iter():
        for name, value in element.attrib.items() if isinstance(element.tag, str) else ():
            if _OWN_CHARACTERS.search(str(value)):
                element.set(name, _OWN_CHARACTERS.sub("", str(value)))
        if element.text and _OWN_CHARACTERS.search(element.text):
            element.text = _OWN_CHARACTERS.sub("", element.text)
        if element.tail and _OWN_CHARACTERS.search(element.tail):
            element.tail = _OWN_CHARACTERS.sub("", element.tail)


def texts_of(
    elements: Sequence[Element], nsmap: Mapping[str | None, str], ignorable: Iterable[str] = ()
) -> list[str]:
    """Return the markup of elements for a place where ``nsmap`` is declared.

    Each element declares what it uses beyond that; prefixes that its own part lets old programs
    ignore stay ignorable, unless the place says so itself (``ignorable``).
    """
    if not elements:
        return []
    root = elements[0].getroottree().getroot()
    own = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    skipped = set((root.get(_IGNORABLE) or "").split())
    known = {prefix: uri for prefix, uri in nsmap.items() if prefix}
    more = {p: u for p, u in own.items() if p not in known and u not in known.values()}
    wrapper = etree.fromstring(f"<wrapper{_declarations({**known, **more})}/>")
    for element in elements:
        wrapper.append(deepcopy(element))
        wrapper[-1].tail = None
        wrapper.append(etree.ProcessingInstruction("cut", "here"))
    text = etree.tostring(wrapper, encoding="unicode")
    pieces = text[text.index(">") + 1 : text.rindex("</")].split(_CUT)[:-1]
    prefixes = {uri: prefix for prefix, uri in {**known, **more}.items()}
    ignored = {known[prefix] for prefix in ignorable if prefix in known}
    skip = {prefixes[own[p]] for p in skipped if own.get(p) in prefixes and own[p] not in ignored}
    return [_declared(piece, more, skip, prefixes.get(_MC)) for piece in pieces]


def _declared(text: str, more: Mapping[str, str], skipped: set[str], mc: str | None) -> str:
    """Return an element's markup with the declarations that it needs on its first tag."""
    listed = {p for found in _PREFIX_LISTS.findall(text) for p in found.split()}
    ignored = sorted(p for p in skipped if f"<{p}:" in text or f" {p}:" in text)
    used = [
        p for p in more
        if f"<{p}:" in text or f" {p}:" in text or p in listed or (ignored and p == mc)
    ]  # fmt: skip
    head = _declarations({p: more[p] for p in used})
    if ignored and mc is not None:
        head += f' {mc}:Ignorable="{" ".join(ignored)}"'
    end = re.match(r"<[^\s/>]+", text)
    return text if not head or end is None else text[: end.end()] + head + text[end.end() :]


def _declarations(nsmap: Mapping[str, str]) -> str:
    return "".join(f' xmlns:{prefix}="{escape_attribute(uri)}"' for prefix, uri in nsmap.items())


_KEPT = (f"{{{NAMESPACES['w']}}}", f"{{{NAMESPACES['xml']}}}")


def plain_copy(element: Element) -> Element:
    """Return a copy of a style or list with Word's own elements and attributes only.

    Of alternatives the one for old programs stays.
    """
    copy = deepcopy(element)
    copy.tail = None
    for choice in list(copy.iter(f"{{{_MC}}}AlternateContent")):
        fallback = choice.find(f"{{{_MC}}}Fallback")
        for child in list(fallback) if fallback is not None else ():
            choice.addprevious(child)
        remove(choice)
    for item in list(copy.iter()):
        if not isinstance(item.tag, str) or not item.tag.startswith(_KEPT):
            remove(item)
            continue
        for name in [n for n in item.attrib if not str(n).startswith(_KEPT)]:
            del item.attrib[name]
    without_marks(copy)
    return copy


def plain_text(element: Element) -> str:
    """Return the markup of a style or list; its namespace is declared."""
    text = texts_of([element], {"w": NAMESPACES["w"]})[0]
    end = re.match(r"<[^\s/>]+", text)
    assert end is not None
    return f'{end.group()} xmlns:w="{NAMESPACES["w"]}"{text[end.end() :]}'


def remove(element: Element) -> None:
    """Take an element out of its parent; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def value_of(element: Element | None) -> str:
    """Return ``w:val`` of an element; empty without one."""
    return "" if element is None else element.get(qname("w:val")) or ""
