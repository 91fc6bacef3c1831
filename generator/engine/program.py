"""The program of a template: one Jinja source for all its parts, with a place for every line.

One source for the whole package means that names set on one slide hold on the next, and that a
block may enclose slides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import TemplateSyntaxError, nodes

from generator.engine.cell_tags import CELL_KEYWORDS
from generator.engine.environment import (
    BLOCK_END,
    BLOCK_START,
    PRINT_END,
    PRINT_START,
    LineKinds,
    OfficeEnvironment,
)
from generator.engine.stories import FoundTag, TagRegister
from generator.engine.tags import BLOCKS, MIDDLES, REFUSED, Tag
from generator.errors import Location, Problem, near_name_hint

_MARK = re.compile("<\\?jt (\\d+)\\?>|\ufdd0(\\d+)\ufdd1")


@dataclass(frozen=True, slots=True)
class Frame:
    """A shape that a drawing may replace: its box (EMU), id, name and alternative text."""

    box: tuple[int, int, int, int]
    shape_id: int
    name: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class PrintPlace:
    """Where a value is printed.

    ``run_open`` reopens the run after a drawing in a line of text. ``paragraph_open`` is the start
    of the paragraph with its format; empty where the run lies deeper (in a link). ``is_alone``: the
    tag stands in its paragraph alone, so whole paragraphs and tables may take its place.
    ``takes_notes``: a footnote may be referred to here. ``section`` is the markup of the section
    (page) there, where a page may end.
    """

    where: Location
    tag: str = ""
    run_open: str = ""
    width: int = 0
    frame: Frame | None = None
    paragraph_open: str = ""
    takes_notes: bool = False
    is_alone: bool = False
    section: str = ""


@dataclass(slots=True)
class Program:
    """A source under construction, with what its lines mean."""

    pieces: list[str] = field(default_factory=list)
    line: int = 1
    kinds: LineKinds = field(default_factory=LineKinds)
    places: dict[int, PrintPlace] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def literal(self, text: str) -> None:
        self.pieces.append(text)
        self.line += text.count("\n")

    def tag(self, code: str, is_print: bool, kind: str, place: PrintPlace) -> None:
        start, end = (PRINT_START, PRINT_END) if is_print else (BLOCK_START, BLOCK_END)
        self.pieces.append(f"{start}\n{code} {end}")
        self.line += 1
        self.places[self.line] = place
        if is_print:
            self.kinds[self.line] = kind

    def start_part(self, number: int) -> None:
        """Direct what follows into the part with this number."""
        self.tag(str(number), True, "start_part", PrintPlace(Location()))

    def markup(self, xml: str, register: TagRegister, places: dict[int, PrintPlace]) -> None:
        """Add the XML of a part; its marks become tags again."""
        for text, index in _split_at_marks(xml):
            if text:
                self.literal(text)
            if index is None:
                continue
            self.found_tag(register.tags[index], places)
            draft = register.grafts.get(index)
            if draft is not None:
                self.markup(draft.xml, register, draft.places)

    def found_tag(self, found: FoundTag, places: dict[int, PrintPlace]) -> None:
        tag = found.tag
        self.used.add(found.index)
        if tag.kind == "comment":
            return
        place = places.get(found.index) or PrintPlace(tag.where, tag.written)
        self.tag(tag.code, tag.kind == "print", found.prints_with, place)

    @property
    def source(self) -> str:
        return "".join(self.pieces)


def _split_at_marks(xml: str) -> Iterator[tuple[str, int | None]]:
    at = 0
    for mark in _MARK.finditer(xml):
        yield xml[at : mark.start()], int(mark[1] or mark[2])
        at = mark.end()
    yield xml[at:], None


def marked_tags(xml: str) -> list[int]:
    """Return the numbers of the tags whose marks stand in a text."""
    return [int(mark[1] or mark[2]) for mark in _MARK.finditer(xml)]


def has_unknown_keyword(register: TagRegister) -> bool:
    """Return whether a tag is none of those that a template may use (``raw`` is not)."""
    return any(
        found.tag.kind == "block" and found.tag.keyword not in (*_KEYWORDS, *CELL_KEYWORDS)
        for found in register.tags
    )


def check_tags(register: TagRegister, environment: OfficeEnvironment) -> None:
    """Parse every tag on its own and report all that Jinja2 would refuse, each with its place."""
    unknown: set[str] = set()
    for found in register.tags:
        tag = found.tag
        is_checked = tag.kind != "comment" and tag.keyword not in (*CELL_KEYWORDS, *REFUSED)
        if tag.kind == "block" and tag.keyword not in _KEYWORDS:
            if tag.keyword.startswith("end") and tag.keyword[3:] in unknown:
                continue  # told at its opening tag
            unknown.add(tag.keyword)
        if is_checked and tag.where.file is not None:
            problem = check_tag(tag, environment)
            if problem is not None:
                register.problems.append(problem)


def check_tag(tag: Tag, environment: OfficeEnvironment) -> Problem | None:
    try:
        tree = environment.parse(_alone(tag))
    except TemplateSyntaxError as error:
        if tag.keyword and tag.keyword not in _KEYWORDS:
            hint = near_name_hint(tag.keyword, _KEYWORDS) or f"known: {', '.join(_KEYWORDS)}"
            return Problem(f'"{tag.written}" is no tag of Jinja2', tag.where, hint,
                           code="tag-syntax")  # fmt: skip
        return Problem(
            f'"{tag.written}" is not valid: {_plain(error.message)}',
            tag.where,
            "see the list of tags in docs/templates.md",
            code="tag-syntax",
        )
    except (RecursionError, MemoryError):
        return _too_deep(tag)
    except ValueError:  # Python's own limit
        return Problem(
            f'"{tag.written[:60]}" holds a number with too many digits (limit integer_digits)',
            tag.where, code="limit",
        )  # fmt: skip
    if len(tag.code) > _LONG and not _compiles(tag, environment):
        return _too_deep(tag)
    return _check_names(tag, tree, environment)


def _too_deep(tag: Tag) -> Problem:
    return Problem(
        f'"{tag.written[:60]}" is nested too deeply, or too long', tag.where,
        "compute parts of it in tags before: {% set part = ... %}", code="tag-syntax",
    )  # fmt: skip


def _compiles(tag: Tag, environment: OfficeEnvironment) -> bool:
    """Return whether Python can compile a tag: some can be parsed, but lie too deep for that."""
    try:
        compile(environment.compile(_alone(tag), raw=True), "<tag>", "exec")
    except (RecursionError, MemoryError, SyntaxError):
        return False
    except Exception:  # what else is wrong with it is told by the caller's check of the whole
        return True
    return True


def _check_names(tag: Tag, tree: nodes.Template, environment: OfficeEnvironment) -> Problem | None:
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        is_filter = isinstance(node, nodes.Filter)
        known = environment.filters if is_filter else environment.tests
        if node.name not in known:
            word = "filter" if is_filter else "test"
            return Problem(
                f'no {word} "{node.name}" in "{tag.written}"',
                tag.where,
                near_name_hint(node.name, list(known)),
                code="tag-syntax",
            )
    return None


#: Characters of a tag that may lie too deep for Python.
_LONG = 100
_KEYWORDS = (*BLOCKS, *MIDDLES, *(close for _, close in BLOCKS.values()), "do", "break", "continue")


def _plain(message: str | None) -> str:
    text = message or "not valid"
    for character, shown in ((PRINT_END, "}}"), (BLOCK_END, "%}"), (PRINT_START, "{{"),
                             (BLOCK_START, "{%")):  # fmt: skip
        text = text.replace(repr(character)[1:-1], shown).replace(character, shown)
    text = text.replace("end of statement block", "%}").replace("end of print statement", "}}")
    return text.rstrip(".")


def _alone(tag: Tag) -> str:
    """Return a source in which the tag stands as Jinja2 demands, and nothing else."""
    if tag.kind == "print":
        return f"{PRINT_START} {tag.code} {PRINT_END}"
    own = f"{BLOCK_START} {tag.code} {BLOCK_END}"
    loop, end_loop = f"{BLOCK_START}for x in y{BLOCK_END}", f"{BLOCK_START}endfor{BLOCK_END}"
    if tag.opens:
        return f"{own}{BLOCK_START}{BLOCKS[tag.keyword][1]}{BLOCK_END}"
    if tag.keyword in MIDDLES:
        return f"{BLOCK_START}if x{BLOCK_END}{own}{BLOCK_START}endif{BLOCK_END}"
    if tag.keyword.startswith("end"):
        opener = {"endif": "if x", "endfor": "for x in y", "endmacro": "macro x()",
                  "endcall": "call x()", "endset": "set x", "endwith": "with"}  # fmt: skip
        return f"{BLOCK_START}{opener.get(tag.keyword, 'if x')}{BLOCK_END}{own}"
    if tag.keyword in ("break", "continue"):
        return loop + own + end_loop
    return own


__all__ = [
    "Frame",
    "PrintPlace",
    "Program",
    "check_tags",
    "marked_tags",
]
