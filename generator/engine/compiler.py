"""From a template's bytes to a compiled template; the stages in their order.

read the package -> find and pair the tags of each part -> place the blocks -> write one program ->
compile it. All that is wrong with a template is collected and reported at once.
"""

from __future__ import annotations

import marshal
import posixpath
import re
from collections.abc import Callable, Mapping
from types import CodeType

from jinja2 import TemplateSyntaxError

from generator.engine import slides
from generator.engine.cell_tags import apply_cell_tags
from generator.engine.compiled import CompiledTemplate, TemplatePart
from generator.engine.diagnosis import TEMPLATE_FILE
from generator.engine.environment import OfficeEnvironment
from generator.engine.locate import Places, part_label, slide_names
from generator.engine.markup import (
    A_P,
    PARAGRAPH_PROPERTIES,
    PARAGRAPHS,
    RANGE_MARKS,
    RUNS,
    TEXTS,
    Element,
    is_node,
    says_something,
    text_mark,
)
from generator.engine.merging import merge_paragraphs
from generator.engine.mending import mark_shape, refresh_ids, set_marks
from generator.engine.program import (
    Frame,
    PrintPlace,
    Program,
    check_tags,
    has_unknown_keyword,
    marked_tags,
)
from generator.engine.scopes import place_blocks
from generator.engine.stories import (
    Block,
    FoundTag,
    TagRegister,
    read_part_tags,
    unescape_braces,
)
from generator.engine.widths import ShapeBoxes, TextColumns
from generator.errors import (
    BlockMismatchError,
    BlockScopeError,
    Location,
    Problem,
    TagSyntaxError,
    TemplateError,
)
from generator.office.limits import DEFAULT_LIMITS, Limits
from generator.office.names import qname
from generator.office.package import CONTENT_TYPES, Package, read_package
from generator.office.relationships import relationships_xml
from generator.office.theme import read_theme
from generator.office.xml import parse_xml, serialise

Filters = Mapping[str, Callable[..., object]]

#: A brace and a second sign of a tag behind it, with nothing but markup between.
_MAY_HOLD_TAGS = re.compile(rb"\{(?:<[^<>]*>|\s)*[{%#_]").search

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def compile_package(
    data: bytes,
    file: str,
    *,
    filters: Filters | None = None,
    undefined: str = "strict",
    limits: Limits = DEFAULT_LIMITS,
) -> CompiledTemplate:
    """Return the compiled template of a .docx or .pptx.

    ``file`` names it in messages. ``undefined`` is ``"strict"`` or ``"blank"``.

    Raises:
        PackageError: the file is no sound package.
        TemplateError: with a problem for each tag that is wrong.
    """
    package = read_package(data, file, limits)
    register = TagRegister()
    boxes = ShapeBoxes(package)
    parts = [
        part
        for name in _order(package)
        if (part := _read_part(package, name, register, limits, boxes)) is not None
    ]
    deck = slides.read_slide_blocks(package, register)
    environment = OfficeEnvironment(filters=filters)
    if register.problems or has_unknown_keyword(register):
        check_tags(register, environment)
        _raise_if_any(register.problems)
    program = _write_program(package, parts, deck, register)
    lost = [t for t in register.tags if t.node is not None and t.index not in program.used]
    _raise_if_any([_lost(tag) for tag in lost])
    code, names = _compile(environment, program, register)
    return CompiledTemplate(
        file=file,
        format=package.format,
        code=marshal.dumps(code),
        places=program.places,
        parts=tuple(part.compiled for part in parts),
        package=package,
        deck=deck,
        theme=read_theme(package),
        names=names,
        filters=dict(filters or {}),
        undefined=undefined,
        limits=limits,
    )


def _raise_if_any(problems: list[Problem]) -> None:
    if not problems:
        return
    kinds: dict[str, type[TemplateError]] = {
        kind.code: kind for kind in (TagSyntaxError, BlockMismatchError, BlockScopeError)
    }
    raise kinds.get(problems[0].code, TemplateError).of(problems)


def _lost(found: FoundTag) -> Problem:
    return Problem(
        f'"{found.tag.written}" stands in a row or paragraph that another tag takes the place of',
        found.tag.where,
        "give each such tag a row or paragraph of its own",
        code=BlockScopeError.code,
    )


def _order(package: Package) -> list[str]:
    """Return the parts that may hold tags: the main story or the slides with notes come first."""
    first = [package.main] if package.format == "docx" else []
    for slide in slide_names(package):
        first += [slide, *package.related(slide, "notesSlide")]
    rest = [
        name
        for name in package.parts
        if name.endswith(".xml") and name != CONTENT_TYPES and name not in first
    ]
    return first + sorted(rest)


class PartDraft:
    """A part on its way to the program: its marked XML and what its marks mean."""

    def __init__(self, compiled: TemplatePart, xml: str, rels: str | None,
                 places: dict[int, PrintPlace]) -> None:  # fmt: skip
        self.compiled = compiled
        self.xml = xml
        self.rels = rels
        self.places = places


def _read_part(
    package: Package, name: str, register: TagRegister, limits: Limits, boxes: ShapeBoxes
) -> PartDraft | None:
    """Return the draft of a part; None for one without tags."""
    part = package.parts[name]
    where = Location(package.file, part_label(package, name)) if _MAY_HOLD_TAGS(part.blob) else None
    rels = _dynamic_relationships(package, name, register)
    is_slide = package.format == "pptx" and name in slide_names(package)
    if where is None and rels is None and not is_slide:
        return None
    before = len(register.tags)
    xml, mended, is_unescaped = "", False, False
    places: dict[int, PrintPlace] = {}
    if where is not None:
        root = parse_xml(part.blob, where, limits)
        locator = Places(root, where)
        if b"%-" in part.blob or b"-%" in part.blob:
            locator.count()  # places are those of the template as its author sees it
            merge_paragraphs(root)
        blocks = read_part_tags(root, locator, register)
        is_unescaped = unescape_braces(root)
        if len(register.tags) > before or register.problems or is_unescaped:
            xml, places, mended = _mark_part(package, name, root, blocks, register, before, boxes)
    has_tags = len(register.tags) > before or is_unescaped
    if not has_tags and rels is None and not is_slide:
        return None
    compiled = TemplatePart(name, mended, bool(xml) and has_tags, rels is not None)
    return PartDraft(compiled, xml if has_tags else "", rels, places)


def _mark_part(
    package: Package,
    name: str,
    root: Element,
    blocks: list[Block],
    register: TagRegister,
    before: int,
    boxes: ShapeBoxes,
) -> tuple[str, dict[int, PrintPlace], bool]:
    _choose_printers(register.tags[before:])
    slides.take_slide_tags(root, register, before)
    apply_cell_tags(register.tags[before:], register)
    place_blocks(root, blocks, register)
    refresh_ids(root, register)
    runs = _runs_of_marks(root)
    frames = _frame_shapes(package, name, root, register, boxes)
    mended = set_marks(root, register) or bool(frames)
    columns = TextColumns(root) if package.format == "docx" else None
    places = {
        found.index: _place_of(
            found.origin or found, runs.get(found.index), columns, frames.get(found.index)
        )
        for found in register.tags[before:]
        if found.tag.kind == "print"
    }
    return _DECLARATION + serialise(root), places, mended


def _choose_printers(found: list[FoundTag]) -> None:
    for item in found:
        if item.prints_with or item.tag.kind != "print":
            continue
        if item.attribute:
            item.prints_with = "emit_attribute"
        elif item.attribute == "":
            item.prints_with = "emit_plain"
        else:
            is_drawingml = item.host.tag == A_P
            item.prints_with = "emit_text" if is_drawingml else "emit_run"


def _runs_of_marks(root: Element) -> dict[int, Element]:
    runs: dict[int, Element] = {}
    for text in root.iter(*TEXTS):
        if text.text and "\ufdd0" in text.text:
            run = text.getparent()
            if run is not None and run.tag in RUNS:
                runs.update(dict.fromkeys(marked_tags(text.text), run))
    return runs


def _place_of(
    found: FoundTag, run: Element | None, columns: TextColumns | None, frame: Frame | None
) -> PrintPlace:
    width = int(columns.width_at(run)) if columns is not None and run is not None else 0
    where = found.tag.where
    opening = _paragraph_open(run, found.index) if run is not None else ""
    return PrintPlace(where, found.tag.written, _run_open(run), width, frame, opening)


def _paragraph_open(run: Element, index: int) -> str:
    """Return the start of a run's paragraph if the tag with this number stands in it alone."""
    paragraph = run.getparent()
    if paragraph is None or paragraph.tag not in PARAGRAPHS:
        return ""
    text = "".join(t.text or "" for t in paragraph.iter(*TEXTS)).strip()
    if text != text_mark(index):
        return ""
    properties = ""
    for child in paragraph:
        if child.tag in PARAGRAPH_PROPERTIES:
            if child.find(qname("w:sectPr")) is not None:
                return ""
            if child.tag != qname("a:endParaRPr"):
                properties = _bare(child)
        elif not (child.tag in RANGE_MARKS or child.tag in RUNS or child.tag == _PROOF):
            return ""
        elif child.tag in RUNS and says_something(child) and child is not run:
            return ""
    name = _bare(paragraph).split(">", 1)[0].split(" ", 1)[0].rstrip("/")
    return f"{name}>{properties}"


_PROOF = qname("w:proofErr")


def _bare(element: Element) -> str:
    """Return an element's markup without the namespaces that its part declares."""
    text = serialise(element)
    for prefix, uri in element.nsmap.items():
        declaration = f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"'
        text = text.replace(declaration, "", 1)
    return text


_RUN_HEAD = re.compile(r"<[^<>]+?>(?:<([wa]:rPr)\b(?:[^<>]*/>|.*?</\1>))?", re.DOTALL)


def _run_open(run: Element | None) -> str:
    """Return the markup that begins a run of the same formatting, in the part's own prefixes."""
    if run is None:
        return ""
    head = _RUN_HEAD.match(_bare(run))
    return head.group() if head else ""


def _frame_shapes(
    package: Package, name: str, root: Element, register: TagRegister, boxes: ShapeBoxes
) -> dict[int, Frame]:
    """Let each slide shape whose whole text is one printed value be replaced by a drawing."""
    frames: dict[int, Frame] = {}
    if package.format != "pptx" or not name.startswith("ppt/slides/"):
        return frames
    for shape in list(root.iter(qname("p:sp"))):
        text = "".join(t.text or "" for t in shape.iter(*TEXTS)).strip()
        marks = marked_tags(text)
        if len(marks) != 1 or text != text_mark(marks[0]) or _has_nodes(shape):
            continue
        found = register.tags[marks[0]]
        box = boxes.of(shape, name)
        if box is None or found.prints_with != "emit_text":
            continue
        frames[found.index] = _frame_of(shape, box)
        found.prints_with = "emit_shape"
        mark_shape(shape)
    return frames


def _has_nodes(shape: Element) -> bool:
    return any(is_node(item) for item in shape.iter())


def _frame_of(shape: Element, box: tuple[int, int, int, int]) -> Frame:
    properties = next(shape.iter(qname("p:cNvPr")))
    alt_text = properties.get("descr") or ""
    if marked_tags(alt_text):
        alt_text = ""
    number = properties.get("id") or "2"
    return Frame(box, int(number) if number.isdecimal() else 2, properties.get("name") or "",
                 alt_text)  # fmt: skip


def _dynamic_relationships(package: Package, name: str, register: TagRegister) -> str | None:
    """Return the XML of a part's relationships if an address among them holds a tag."""
    rels = package.relationships.get(name, {})
    if not any("{" in r.target or "%7B" in r.target for r in rels.values() if r.is_external):
        return None
    folder = posixpath.dirname(name)
    root = parse_xml(relationships_xml(rels.values(), folder).encode(), Location(package.file))
    where = Location(package.file, (*part_label(package, name), "link"))
    before = len(register.tags)
    read_part_tags(root, Places(root, where), register)
    for found in register.tags[before:]:
        found.prints_with = "emit_address" if found.tag.kind == "print" else ""
    return _DECLARATION + serialise(root) if len(register.tags) > before else None


def _write_program(
    package: Package, parts: list[PartDraft], deck: slides.DeckBlocks, register: TagRegister
) -> Program:
    program = Program()
    numbers = {draft.compiled.name: number for number, draft in enumerate(parts)}
    done: set[str] = set()

    def write(draft: PartDraft) -> None:
        done.add(draft.compiled.name)
        program.start_part(numbers[draft.compiled.name])
        program.markup(draft.xml, register, draft.places)
        if draft.rels is not None:
            program.start_part(-numbers[draft.compiled.name] - 1)
            program.markup(draft.rels, register, draft.places)

    by_name = {draft.compiled.name: draft for draft in parts}
    for slide in slide_names(package):
        for found in deck.before.get(slide, ()):
            program.found_tag(found, {})
        write(by_name[slide])
        for notes in package.related(slide, "notesSlide"):
            if notes in by_name:
                write(by_name[notes])
        for found in deck.after.get(slide, ()):
            program.found_tag(found, {})
    for draft in parts:
        if draft.compiled.name not in done:
            write(draft)
    return program


_RESOLVED = re.compile(r"= resolve\('(\w+)'\)")


def _compile(
    environment: OfficeEnvironment, program: Program, register: TagRegister
) -> tuple[CodeType, frozenset[str]]:
    """Return the code of a program, and the names that it looks up in a context.

    Tags are parsed one by one only where the whole does not compile: then each says its own fault.
    """
    environment.line_kinds = program.kinds
    try:
        source = environment.compile(program.source, raw=True)
        code = compile(source, TEMPLATE_FILE, "exec")
    except TemplateSyntaxError as error:
        check_tags(register, environment)
        _raise_if_any(register.problems)
        place = program.places.get(error.lineno)
        raise TemplateError(
            f"the tags do not fit together: {error.message}", place.where if place else None
        ) from error
    except (RecursionError, SyntaxError) as error:
        raise TemplateError(
            "the blocks are nested too deeply (limit block_depth: 20)",
            next(iter(program.places.values())).where,
        ) from error
    names = {name for name in _RESOLVED.findall(source) if not name.startswith("__")}
    return code, frozenset(names - environment.globals.keys())
