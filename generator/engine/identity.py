"""Ids inside repeated blocks, made anew for each turn, so that no two elements share one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.engine.markup import Element, is_node, new_node
from generator.engine.stories import TagRegister
from generator.office.names import qname

_VOLATILE = (qname("w14:paraId"), qname("w14:textId"))
_COUNTED = frozenset((qname("wp:docPr"), qname("p:cNvPr")))
_W_ID, _W_NAME = qname("w:id"), qname("w:name")
#: Pairs of range marks by their opening tag; both ends bear the same id.
_RANGES = {
    qname(f"w:{name}Start"): qname(f"w:{name}End")
    for name in ("bookmark", "perm", "moveFromRange", "moveToRange")
}
_HYPERLINK, _ANCHOR = qname("w:hyperlink"), qname("w:anchor")
_CODE, _FIELD, _INSTRUCTION = qname("w:instrText"), qname("w:fldSimple"), qname("w:instr")
_VML = "{urn:schemas-microsoft-com:vml}"
_OLE, _SHAPE_NUMBER = (
    f"{{urn:schemas-microsoft-com:office:office}}{name}" for name in ("OLEObject", "spid")
)
#: Tracked changes; each has an id.
_ANNOTATIONS = frozenset(
    qname(f"w:{name}")
    for name in ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange",
                 "tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange",
                 "cellIns", "cellDel", "cellMerge", "numberingChange")
)  # fmt: skip
_REPEATERS = {"for": "endfor", "macro": "endmacro", "call": "endcall"}
_REPEATER_ENDS = frozenset(_REPEATERS.values())


@dataclass(frozen=True, slots=True)
class Turns:
    """Which repeated blocks each element of a part stands in, and the order of the elements.

    A path holds the numbers of the opening tags, outermost first; () is written once. ``inside``
    are the numbers of the tags between runs and paragraphs that stand in such blocks.
    """

    paths: dict[Element, tuple[int, ...]]
    order: dict[Element, int]
    inside: frozenset[int] = frozenset()

    @classmethod
    def of(cls, root: Element, register: TagRegister, around: tuple[int, ...] = ()) -> Turns:
        """Return the turns of a part; ``around`` is the path of what the part is written in."""
        paths: dict[Element, tuple[int, ...]] = {}
        order: dict[Element, int] = {}
        inside: set[int] = set()
        path = around
        for number, element in enumerate(root.iter()):
            if is_node(element):
                index = int(element.text or "0")
                keyword = register.tags[index].tag.keyword
                if path:
                    inside.add(index)
                if keyword in _REPEATERS:
                    path = (*path, index)
                elif keyword in _REPEATER_ENDS:
                    path = path[:-1]
            elif isinstance(element.tag, str):
                order[element] = number
                if path:
                    paths[element] = path
        return cls(paths, order, frozenset(inside))

    def path(self, element: Element) -> tuple[int, ...]:
        return self.paths.get(element, ())


def refresh_ids(root: Element, turns: Turns, register: TagRegister) -> None:
    """Let ids inside repeated blocks be made anew for each turn."""
    ranges: dict[str, list[Element]] = {}
    ends = frozenset(_RANGES.values())
    for element in root.iter(*_RANGES, *ends):
        kind = str(element.tag).removesuffix("Start").removesuffix("End")
        ranges.setdefault(f"{kind} {element.get(_W_ID)}", []).append(element)
    for marks in ranges.values():
        if any(turns.path(mark) for mark in marks):
            _refresh_range(marks, turns, register)
    _refresh_vml(turns, register)
    for element in turns.paths:
        _refresh(element, register)


def _refresh_vml(turns: Turns, register: TagRegister) -> None:
    """Give VML shapes ids of their own in each turn; objects name the shape that shows them."""
    objects: dict[tuple[tuple[int, ...], str], list[Element]] = {}
    for element, path in turns.paths.items():
        if element.tag == _OLE and element.get("ShapeID"):
            objects.setdefault((path, element.get("ShapeID") or ""), []).append(element)
    for element, path in turns.paths.items():
        own = element.get("id") if isinstance(element.tag, str) else None
        if not own or not element.tag.startswith(_VML):
            continue
        if element.tag == f"{_VML}shapetype":  # shapes of later turns use the first
            element.addprevious(register.internal_block(f"if __is_first__({own!r})", element))
            element.addnext(register.internal_block("endif", element))
            continue
        variable = f"__vml{len(register.tags)}"
        element.addprevious(register.internal_block(f"set {variable} = __fresh__()", element))
        element.attrib.pop(_SHAPE_NUMBER, "")
        element.set("id", f"{own}_{register.internal_print(variable, 'emit_plain', element)}")
        for shown in objects.get((path, own), ()):
            printed = register.internal_print(variable, "emit_plain", shown)
            shown.set("ShapeID", f"{own}_{printed}")


def _refresh_range(marks: list[Element], turns: Turns, register: TagRegister) -> None:
    """Give a range an id of its own in each turn; one that leaves its block is dropped."""
    is_whole = len(marks) == 2 and turns.path(marks[0]) == turns.path(marks[1])
    if not is_whole:
        for mark in marks:
            parent = mark.getparent()
            if parent is not None:
                parent.remove(mark)
        return
    start, end = marks
    number = len(register.tags)  # parts may be written within each other
    variable = f"__range{number}"
    start.addprevious(register.internal_block(f"set {variable} = __fresh__()", start))
    for mark in (start, end):
        mark.set(_W_ID, register.internal_print(variable, "emit_plain", mark))
    name = start.get(_W_NAME)
    opener = register.tags[turns.path(start)[-1]].node
    if name is None or opener is None:
        return
    named = f"__name{number}"
    opener.addnext(register.internal_block(f"set {named} = __bookmark__({name!r})", start))
    start.set(_W_NAME, register.internal_print(named, "emit_attribute", start))
    for element, path in turns.paths.items():
        if path[: len(turns.path(start))] == turns.path(start):
            _lead_to(element, name, named, register)


def _lead_to(element: Element, name: str, variable: str, register: TagRegister) -> None:
    """Let what refers to a bookmark refer to that of the same turn."""
    if element.tag == _HYPERLINK and element.get(_ANCHOR) == name:
        element.set(_ANCHOR, register.internal_print(variable, "emit_attribute", element))
    elif element.tag == _CODE and name in (element.text or ""):
        element.text = _referring(element.text or "", name, variable, "emit_plain", register)
    elif element.tag == _FIELD and name in (element.get(_INSTRUCTION) or ""):
        code = element.get(_INSTRUCTION) or ""
        new = _referring(code, name, variable, "emit_attribute", register)
        element.set(_INSTRUCTION, new)


def _referring(code: str, name: str, variable: str, kind: str, register: TagRegister) -> str:
    if not re.match(r"\s*(?:(?:PAGE|NOTE)?REF|HYPERLINK|=)\b", code, re.I):
        return code
    host = new_node(0)
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)",
                  lambda _: register.internal_print(variable, kind, host), code)  # fmt: skip


def _refresh(element: Element, register: TagRegister) -> None:
    for name in _VOLATILE:
        if element.get(name) is not None:
            del element.attrib[name]
    if element.tag in _COUNTED:
        own = element.get("id") or ""
        code = own if own.isdecimal() else "0"
        element.set("id", register.internal_print(code, "emit_fresh", element))
    elif element.tag in _ANNOTATIONS and element.get(_W_ID) is not None:
        own = element.get(_W_ID) or ""
        code = own if own.isdecimal() else "0"
        element.set(_W_ID, register.internal_print(code, "emit_fresh", element))
    elif element.tag == _CONTENT_CONTROL_ID:
        parent = element.getparent()
        if parent is not None and parent.tag == _CONTENT_CONTROL_FORMAT:
            parent.remove(element)


_CONTENT_CONTROL_ID, _CONTENT_CONTROL_FORMAT = qname("w:id"), qname("w:sdtPr")
