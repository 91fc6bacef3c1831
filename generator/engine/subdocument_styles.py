"""Styles of sub-documents in the document around them: found by name, or copied.

A style that the host knows by name is the host's; one it lacks is copied with the styles it is
based on or linked to. The host's own styles and defaults never change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from generator.engine.markup import Element
from generator.engine.subdocument_fragment import plain_copy, plain_text, remove, value_of
from generator.errors import Location
from generator.office.names import NAMESPACES, qname
from generator.office.package import Package
from generator.office.xml import escape_attribute, parse_xml, serialise, whole_number

_ID, _TYPE, _VAL = qname("w:styleId"), qname("w:type"), qname("w:val")
_NAME, _BASED_ON, _LINK, _NEXT = (qname(f"w:{n}") for n in ("name", "basedOn", "link", "next"))
_PROPERTIES = {"pPrDefault": "pPr", "rPrDefault": "rPr"}


def _words(text: str) -> list[str]:
    return text.split()


#: Children of ``w:pPr`` and ``w:rPr`` in the order of the schema (ECMA-376 Part 1, 17.3.1.26,
#: 17.3.2.28).
_ORDER = {
    "pPr": _words(
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle "
        "rPr sectPr pPrChange"
    ),
    "rPr": _words(
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
        "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
        "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
    ),
}
#: Children of ``w:style`` that stand before its formatting.
_HEAD = _words(
    "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed "
    "qFormat locked personal personalCompose personalReply rsid"
)


@dataclass(frozen=True, slots=True)
class StyleList:
    """The numbered list that a paragraph style belongs to: list id, level, and the style's indent.

    ``definition`` is the id of the list's definition, ``markup`` its own without what binds it to
    styles; ``starts`` is where its levels begin.
    """

    list_id: str
    level: str
    definition: str
    markup: str
    starts: tuple[int, ...]
    indent: str


@dataclass(frozen=True, slots=True)
class HostStyles:
    """What a document's styles say to those who come: ids by (type, lower-case name), and lists."""

    part: str | None
    by_name: dict[tuple[str, str], str]
    ids: frozenset[str]
    names: frozenset[str]
    defaults: dict[str, str]
    lists: dict[str, StyleList]
    document_defaults: dict[str, dict[str, str]]


def style_root(package: Package) -> tuple[str | None, Element | None]:
    """Return the name and the tree of a document's styles."""
    return _root(package, "styles")


def numbering_root(package: Package) -> tuple[str | None, Element | None]:
    """Return the name and the tree of a document's lists."""
    return _root(package, "numbering")


def _root(package: Package, kind: str) -> tuple[str | None, Element | None]:
    for name in package.related(package.main, kind):
        if name in package.parts:
            return name, parse_xml(package.parts[name].blob, Location(package.file))
    return None, None


def name_of(style: Element) -> str:
    return value_of(style.find(_NAME)) or style.get(_ID) or ""


def type_of(style: Element) -> str:
    return style.get(_TYPE) or "paragraph"


def _is_default(style: Element) -> bool:
    return style.get(qname("w:default")) in ("1", "true", "on")


def read_host_styles(package: Package) -> HostStyles:
    """Return what is to be known of a host's styles; read once for each template."""
    part, root = style_root(package)
    styles = [] if root is None else list(root.iterfind(qname("w:style")))
    by_name: dict[tuple[str, str], str] = {}
    for style in styles:
        by_name.setdefault((type_of(style), name_of(style).lower()), style.get(_ID) or "")
    defaults = {type_of(style): style.get(_ID) or "" for style in styles if _is_default(style)}
    by_id = {style.get(_ID) or "": style for style in styles}
    _, numbering = numbering_root(package)
    return HostStyles(
        part, by_name, frozenset(by_id), frozenset(name for _, name in by_name), defaults,
        dict(style_lists(by_id, numbering)), document_defaults(root),
    )  # fmt: skip


def document_defaults(root: Element | None) -> dict[str, dict[str, str]]:
    """Return the defaults of a document: for pPr and rPr the markup of each child by its name."""
    found: dict[str, dict[str, str]] = {}
    for holder, properties in _PROPERTIES.items():
        path = f"{qname('w:docDefaults')}/{qname('w:' + holder)}/{qname('w:' + properties)}"
        element = None if root is None else root.find(path)
        found[properties] = {
            etree.QName(child).localname: serialise(plain_copy(child))
            for child in (element if element is not None else ())
            if isinstance(child.tag, str) and child.tag.startswith(f"{{{NAMESPACES['w']}}}")
        }
    return found


def chain_of(style: Element, by_id: Mapping[str, Element]) -> Iterator[Element]:
    """Yield a style and the styles it is based on."""
    seen: set[str] = set()
    current: Element | None = style
    while current is not None and (current.get(_ID) or "") not in seen:
        yield current
        seen.add(current.get(_ID) or "")
        current = by_id.get(value_of(current.find(_BASED_ON)))


def style_lists(
    by_id: Mapping[str, Element], numbering: Element | None
) -> Iterator[tuple[str, StyleList]]:
    """Yield the paragraph styles that number their paragraphs; not headings and not bullets."""
    if numbering is None:
        return
    definitions = {
        item.get(qname("w:abstractNumId")) or "": item
        for item in numbering.iterfind(qname("w:abstractNum"))
    }
    nums = {
        num.get(qname("w:numId")) or "": value_of(num.find(qname("w:abstractNumId")))
        for num in numbering.iterfind(qname("w:num"))
    }
    markups: dict[str, str] = {}
    for style_id, style in by_id.items():
        if type_of(style) != "paragraph" or _is_heading(style, by_id):
            continue
        found = _numbering_of(style, by_id)
        definition = definitions.get(nums.get(found[0], "")) if found else None
        if found is None or definition is None:
            continue
        level = _level_of(style_id, found[1], definition)
        if _format_of(definition, level) in ("bullet", "none"):
            continue
        number = nums[found[0]]
        if number not in markups:
            markups[number] = _unbound(definition)
        starts = starts_of(definition)
        indent = _indent(style, by_id)
        yield style_id, StyleList(found[0], level, number, markups[number], starts, indent)


def _unbound(definition: Element) -> str:
    """Return the markup of a list's definition without the styles that it is bound to."""
    copy = plain_copy(definition)
    for name in ("pStyle", "styleLink", "numStyleLink", "lvlPicBulletId"):
        for element in list(copy.iter(qname(f"w:{name}"))):
            remove(element)
    return plain_text(copy)


def _is_heading(style: Element, by_id: Mapping[str, Element]) -> bool:
    return name_of(style).lower().startswith(("heading ", "title")) or any(
        item.find(f"{qname('w:pPr')}/{qname('w:outlineLvl')}") is not None
        for item in chain_of(style, by_id)
    )


def _numbering_of(style: Element, by_id: Mapping[str, Element]) -> tuple[str, str] | None:
    for item in chain_of(style, by_id):
        numbering = item.find(f"{qname('w:pPr')}/{qname('w:numPr')}")
        if numbering is not None:
            list_id = value_of(numbering.find(qname("w:numId")))
            if list_id:
                return list_id, value_of(numbering.find(qname("w:ilvl")))
    return None


def _level_of(style_id: str, given: str, definition: Element) -> str:
    for level in definition.iterfind(qname("w:lvl")):
        if value_of(level.find(qname("w:pStyle"))) == style_id:
            return level.get(qname("w:ilvl")) or "0"
    return given or "0"


def _format_of(definition: Element, level: str) -> str:
    for item in definition.iterfind(qname("w:lvl")):
        if item.get(qname("w:ilvl")) == level:
            return value_of(item.find(qname("w:numFmt"))) or "decimal"
    return "none"


def starts_of(definition: Element) -> tuple[int, ...]:
    """Return where the levels of a list's definition start."""
    levels = [value_of(lvl.find(qname("w:start"))) for lvl in definition.iterfind(qname("w:lvl"))]
    return tuple(whole_number(start, 1) for start in levels) or (1,) * 9


def _indent(style: Element, by_id: Mapping[str, Element]) -> str:
    for item in chain_of(style, by_id):
        indent = item.find(f"{qname('w:pPr')}/{qname('w:ind')}")
        if indent is not None:
            attributes = "".join(
                f' w:{etree.QName(name).localname}="{escape_attribute(str(value))}"'
                for name, value in indent.attrib.items()
                if str(name).startswith(f"{{{NAMESPACES['w']}}}")
            )
            return f"<w:ind{attributes}/>"
    return ""


@dataclass(frozen=True, slots=True)
class GuestStyles:
    """The styles of a sub-document, and the ids that stand for the default of each type."""

    by_id: dict[str, Element]
    defaults: dict[str, str]
    document_defaults: dict[str, dict[str, str]]


def read_guest_styles(root: Element | None) -> GuestStyles:
    styles = [] if root is None else list(root.iterfind(qname("w:style")))
    by_id = {style.get(_ID) or "": style for style in styles}
    defaults = {type_of(style): style.get(_ID) or "" for style in styles if _is_default(style)}
    return GuestStyles(by_id, defaults, document_defaults(root))


class StyleMerger:
    """Finds or copies the styles of sub-documents; one for each render.

    ``added`` is the markup of the copies.
    """

    def __init__(self, host: HostStyles) -> None:
        self._host = host
        self._ids = set(host.ids)
        self._names = set(host.names)
        self._by_name = dict(host.by_name)
        self._known: dict[tuple[str, str], str] = {}
        self.copied: set[str] = set()
        self.added: list[str] = []

    def of(
        self, key: str, guest: GuestStyles, style_id: str, list_of_style: Callable[[str], str]
    ) -> str:
        """Return the id that a style of the sub-document ``key`` has in the host.

        ``list_of_style`` gives the new id of a list that a copied style belongs to.
        """
        known = self._known.get((key, style_id))
        if known is not None:
            return known
        style = guest.by_id.get(style_id)
        if style is None:
            return style_id
        found = self._of_host(style)
        if found is not None:
            self._known[key, style_id] = found
            return found
        return self._copy(key, guest, style, list_of_style)

    def is_copied(self, key: str, style_id: str) -> bool:
        """Return whether a style came along, and has been asked for already."""
        return self._known.get((key, style_id)) in self.copied

    def _of_host(self, style: Element) -> str | None:
        kind = type_of(style)
        by_name = self._by_name.get((kind, name_of(style).lower()))
        if by_name is None and _is_default(style):
            return self._host.defaults.get(kind)
        return by_name

    def _copy(
        self, key: str, guest: GuestStyles, style: Element, list_of_style: Callable[[str], str]
    ) -> str:
        old = style.get(_ID) or ""
        new = self._free(old or "Style", self._ids)
        self._known[key, old] = new
        self.copied.add(new)
        copy = plain_copy(style)
        copy.set(_ID, new)
        copy.attrib.pop(qname("w:default"), "")
        self._rename(copy)
        self._bind(copy, style, key, guest, list_of_style)
        if copy.find(_BASED_ON) is None and type_of(style) == "paragraph":
            _bake(copy, guest.document_defaults, self._host.document_defaults)
        self.added.append(plain_text(copy))
        return new

    @staticmethod
    def _free(wanted: str, taken: set[str]) -> str:
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}{number}"
        taken.add(name)
        return name

    def _rename(self, copy: Element) -> None:
        """Let no two styles of the host share a name, even if they are of different types."""
        label = copy.find(_NAME)
        shown, number = name_of(copy), 1
        name = shown
        while name.lower() in self._names:
            number += 1
            name = f"{shown} {number}"
        self._names.add(name.lower())
        self._by_name.setdefault((type_of(copy), shown.lower()), copy.get(_ID) or "")
        if label is not None:
            label.set(_VAL, name)
        for child in list(copy):
            if child.tag in (qname("w:rsid"), qname("w:aliases")):
                remove(child)

    def _bind(
        self,
        copy: Element,
        style: Element,
        key: str,
        guest: GuestStyles,
        list_of_style: Callable[[str], str],
    ) -> None:
        base = copy.find(_BASED_ON)
        if base is not None:
            if value_of(base) in guest.by_id:
                base.set(_VAL, self.of(key, guest, value_of(base), list_of_style))
            else:
                remove(base)
        link = copy.find(_LINK)
        if link is not None:
            target = guest.by_id.get(value_of(link))
            new = self.of(key, guest, value_of(link), list_of_style) if target is not None else ""
            if new in self.copied:
                link.set(_VAL, new)
            else:
                remove(link)
        following = copy.find(_NEXT)
        if following is not None:
            target = guest.by_id.get(value_of(following))
            new = self._known.get((key, value_of(following))) or (
                self._of_host(target) or "" if target is not None else ""
            )
            if new:
                following.set(_VAL, new)
            else:
                remove(following)
        for number in copy.iter(qname("w:numId")):
            if value_of(number) not in ("", "0"):
                number.set(_VAL, list_of_style(value_of(number)))


def _bake(
    copy: Element, guest: Mapping[str, Mapping[str, str]], host: Mapping[str, Mapping[str, str]]
) -> None:
    """Write the sub-document's own defaults into a style that has nothing else to rest on."""
    for properties, order in _ORDER.items():
        wanted = {n: x for n, x in guest[properties].items() if host[properties].get(n) != x}
        if not wanted:
            continue
        holder = copy.find(qname(f"w:{properties}"))
        if holder is None:
            holder = copy.makeelement(qname(f"w:{properties}"))
            before = [*_HEAD, *(("pPr",) if properties == "rPr" else ())]
            copy.insert(_place(copy, before), holder)
        for name, markup in wanted.items():
            if holder.find(qname(f"w:{name}")) is None and name in order:
                holder.insert(_place(holder, order[: order.index(name)]), etree.fromstring(markup))


def _place(holder: Element, before: list[str]) -> int:
    """Return where a child belongs that follows these names."""
    names = {qname(f"w:{name}") for name in before}
    return max((n for n, child in enumerate(holder, 1) if child.tag in names), default=0)


_STYLES_END = re.compile(r"</(?:\w+:)?styles\s*>\s*$")
STYLES_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"


def with_styles(text: str, added: list[str]) -> str:
    """Return the XML of a styles part with more styles at its end."""
    text = re.sub(r"<(\w+:)?styles\b([^>]*)/>\s*$", r"<\1styles\2></\1styles>", text)
    end = _STYLES_END.search(text)
    return text if end is None else text[: end.start()] + "".join(added) + text[end.start() :]
