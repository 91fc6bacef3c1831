"""Animations and connectors of a slide whose shapes a render dropped: they go with the shapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.engine.markup import Element
from generator.office.late import Late
from generator.office.names import NAMESPACES, qname

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Late("lxml.etree")

_SHAPE_ID = re.compile(r'<p:cNvPr\b[^<>]*?\sid="(\d+)"')
_TARGET = re.compile(r'\sspid="(\d+)"')
_TIMING = re.compile(r"<p:timing\b.*</p:timing>", re.DOTALL)
_GLUE = re.compile(
    r'<a:(?:stCxn|endCxn)\b[^<>]*?\sid="(\d+)"[^<>]*?(?:/>|>.*?</a:(?:stCxn|endCxn)>)'
)
_LISTS = frozenset(qname(f"p:{name}") for name in ("childTnLst", "subTnLst", "tnLst"))
_BUILDS, _NODE = qname("p:bldLst"), qname("p:cTn")


def may_point_at_shapes(root: Element) -> bool:
    """Return whether a slide has animations or connectors that point at its shapes."""
    return next(root.iter(qname("p:spTgt"), qname("a:stCxn"), qname("a:endCxn")), None) is not None


def without_lost_targets(text: str) -> str:
    """Return a slide's XML without effects on shapes, and glue to shapes, that are not there."""
    shapes = set(_SHAPE_ID.findall(text))
    text = _GLUE.sub(lambda glue: glue[0] if glue[1] in shapes else "", text)
    timing = _TIMING.search(text)
    if timing is None or set(_TARGET.findall(timing[0])) <= shapes:
        return text
    return text[: timing.start()] + _without_effects(timing[0], shapes) + text[timing.end() :]


def _without_effects(timing: str, shapes: set[str]) -> str:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    parser = etree.XMLParser(recover=True, resolve_entities=False)  # a prefix may be declared above
    shell = etree.fromstring(f"<shell {declared}>{timing}</shell>", parser)
    root = shell[0]
    for element in [item for item in root.iter() if isinstance(item.tag, str)]:
        target = element.get("spid")
        if target is not None and target not in shapes:
            _drop_effect(element, root)
    for builds in root.findall(_BUILDS):
        if not len(builds):
            root.remove(builds)
    if next(root.iter(qname("p:spTgt")), None) is None:
        return ""
    return _timing_xml(root)


def _timing_xml(root: Element) -> str:
    """Return the XML of an element, without the declarations of the shell around it."""
    xml = etree.tostring(root, encoding="unicode")
    head, sign, rest = xml.partition(">")
    used = re.findall(r"[<\s/](\w+):", xml)
    for prefix, uri in NAMESPACES.items():
        if prefix not in used or prefix in ("p", "a", "r"):
            head = head.replace(f' xmlns:{prefix}="{uri}"', "")
    return f"{head}{sign}{rest}"


def _drop_effect(element: Element, root: Element) -> None:
    """Remove the time node that an element belongs to, and what is empty without it."""
    while element is not root:
        parent = element.getparent()
        if parent is None:
            return
        if parent.tag in _LISTS or parent.tag == _BUILDS:
            parent.remove(element)
            if len(parent) or parent.tag == _BUILDS:
                return
            element = parent  # an empty list of time nodes: the node around it goes, too
            continue
        element = parent
