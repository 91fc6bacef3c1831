"""Ids inside repeated blocks, made anew for each turn, so that no two elements share one."""

from __future__ import annotations

from dataclasses import dataclass

from generator.engine.markup import Element, is_node
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
_REPEATERS = {"for": "endfor", "macro": "endmacro", "call": "endcall"}
_REPEATER_ENDS = frozenset(_REPEATERS.values())


@dataclass(frozen=True, slots=True)
class Turns:
    """Which repeated blocks each element of a part stands in, and the order of the elements.

    A path holds the numbers of the opening tags, outermost first; () is written once.
    """

    paths: dict[Element, tuple[int, ...]]
    order: dict[Element, int]

    @classmethod
    def of(cls, root: Element, register: TagRegister) -> Turns:
        paths: dict[Element, tuple[int, ...]] = {}
        order: dict[Element, int] = {}
        path: tuple[int, ...] = ()
        for number, element in enumerate(root.iter()):
            if is_node(element):
                index = int(element.text or "0")
                keyword = register.tags[index].tag.keyword
                if keyword in _REPEATERS:
                    path = (*path, index)
                elif keyword in _REPEATER_ENDS:
                    path = path[:-1]
            elif isinstance(element.tag, str):
                order[element] = number
                if path:
                    paths[element] = path
        return cls(paths, order)

    def path(self, element: Element) -> tuple[int, ...]:
        return self.paths.get(element, ())


def refresh_ids(root: Element, turns: Turns, register: TagRegister) -> None:
    """Let ids inside repeated blocks be made anew for each turn."""
    ranges: dict[str, list[Element]] = {}
    ends = frozenset(_RANGES.values())
    for element in root.iter(*_RANGES, *ends):
        kind = str(element.tag).removesuffix("Start").removesuffix("End")
        ranges.setdefault(f"{kind} {element.get(_W_ID)}", []).append(element)
    for number, marks in enumerate(ranges.values()):
        if any(turns.path(mark) for mark in marks):
            _refresh_range(marks, number, turns, register)
    for element in turns.paths:
        _refresh(element, register)


def _refresh_range(marks: list[Element], number: int, turns: Turns, register: TagRegister) -> None:
    """Give a range an id of its own in each turn; one that leaves its block is dropped."""
    is_whole = len(marks) == 2 and turns.path(marks[0]) == turns.path(marks[1])
    if not is_whole:
        for mark in marks:
            parent = mark.getparent()
            if parent is not None:
                parent.remove(mark)
        return
    start, end = marks
    variable = f"__range{number}"
    start.addprevious(register.internal_block(f"set {variable} = __fresh__()", start))
    for mark in (start, end):
        mark.set(_W_ID, register.internal_print(variable, "emit_plain", mark))
    if start.get(_W_NAME) is not None:
        new = register.internal_print(variable, "emit_plain", start)
        start.set(_W_NAME, f"{start.get(_W_NAME)}_{new}")


def _refresh(element: Element, register: TagRegister) -> None:
    for name in _VOLATILE:
        if element.get(name) is not None:
            del element.attrib[name]
    if element.tag in _COUNTED:
        own = element.get("id") or ""
        code = own if own.isdecimal() else "0"
        element.set("id", register.internal_print(code, "emit_fresh", element))
    elif element.tag == _CONTENT_CONTROL_ID:
        parent = element.getparent()
        if parent is not None and parent.tag == _CONTENT_CONTROL_FORMAT:
            parent.remove(element)


_CONTENT_CONTROL_ID, _CONTENT_CONTROL_FORMAT = qname("w:id"), qname("w:sdtPr")
