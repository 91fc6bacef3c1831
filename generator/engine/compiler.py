"""From a template's bytes to a compiled template; the stages in their order.

read the package -> find and pair the tags of each part -> place the blocks -> write one program ->
compile it. All that is wrong with a template is collected and reported at once.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Mapping
from types import CodeType

from jinja2 import TemplateSyntaxError

from generator.engine import slides
from generator.engine.compiled import ChartOf, CompiledTemplate
from generator.engine.diagnosis import TEMPLATE_FILE
from generator.engine.disarming import disarm
from generator.engine.environment import OfficeEnvironment
from generator.engine.guards import Clock
from generator.engine.links import take_addresses
from generator.engine.locate import slide_names
from generator.engine.notes import read_shelf
from generator.engine.part_reader import PartDraft, PartReader
from generator.engine.program import Program, check_tags, has_unknown_keyword
from generator.engine.stories import FoundTag, TagRegister
from generator.engine.trial import packed_program
from generator.engine.unsound import ProgramWithout, faulty_tags, names_given_by
from generator.errors import (
    BlockMismatchError,
    BlockScopeError,
    Location,
    Problem,
    TagSyntaxError,
    TemplateError,
)
from generator.model.limits import Limits, limits_in_force
from generator.office.package import Package, read_package
from generator.office.theme import read_theme

#: Python itself compiles no more blocks inside each other.
BLOCK_DEPTH = 20

Filters = Mapping[str, Callable[..., object]]


def compile_package(
    data: bytes,
    file: str,
    *,
    filters: Filters | None = None,
    functions: Filters | None = None,
    tests: Filters | None = None,
    bindings: Mapping[str, str] | None = None,
    chart_of: ChartOf | None = None,
    undefined: str = "strict",
    as_docxtpl: bool = False,
    limits: Limits | None = None,
    clock: Clock | None = None,
) -> CompiledTemplate:
    """Return the compiled template of a .docx or .pptx.

    ``file`` names it in messages. ``filters``, ``functions`` and ``tests`` are what its
    tags may call beside Jinja2's own. ``bindings`` are expressions whose values fill drawings, by
    the name of the drawing; ``chart_of`` makes an insert of data that fill a chart. ``undefined``
    is ``"strict"`` or ``"blank"``. ``as_docxtpl`` leaves the paragraphs of plain block tags, empty,
    and prints lists and mappings as Python spells them. ``clock`` gives seconds; renders are
    stopped by it.

    Raises:
        PackageError: the file is no sound package.
        TemplateError: with a problem for each tag that is wrong; its ``problems_with`` says what
            else is wrong with given data.
    """
    limits = limits or limits_in_force()
    package, warnings = disarm(read_package(data, file, limits), limits)
    package, addresses = take_addresses(package)
    register = TagRegister(limits.tags_per_story, as_docxtpl)
    shelf = read_shelf(package, limits)
    reader = PartReader(package, register, shelf, bindings or {}, limits, addresses)
    parts = reader.read_all()
    deck = slides.read_slide_blocks(package, register)
    environment = OfficeEnvironment(filters=filters, functions=functions, tests=tests)

    def compiled(program: Program, code: CodeType | None, names: frozenset[str]
                 ) -> CompiledTemplate:  # fmt: skip
        return CompiledTemplate(
            file=file,
            format=package.format,
            code=marshal.dumps(code),
            places=program.places,
            parts=tuple(part.compiled for part in parts),
            package=package,
            deck=deck.deck,
            theme=read_theme(package),
            names=names,
            filters=dict(filters or {}),
            functions=dict(functions or {}),
            tests=dict(tests or {}),
            undefined=undefined,
            as_docxtpl=as_docxtpl,
            limits=limits,
            shelf=shelf,
            trial=packed_program(program),
            sites=reader.sites,
            headers=reader.headers,
            may_go={name: ids for name, ids in reader.dropped.items() if ids},
            chart_of=chart_of,
            warnings=warnings,
            clock=clock,
        )

    try:
        if register.problems or has_unknown_keyword(register):
            check_tags(register, environment)
            _raise_if_any(register.problems)
        program = _write_program(package, parts, deck, register, Program())
        lost = [t for t in register.tags if t.node is not None and t.index not in program.used]
        _raise_if_any([_lost(tag) for tag in lost])
        code, names = _compile(environment, program, register, file)
    except TemplateError as error:
        faulty = faulty_tags(register, error.problems)
        rest = _write_program(package, parts, deck, register, ProgramWithout(faulty))
        others = compiled(rest, None, frozenset())
        unsure = names_given_by(register, faulty)
        error.problems_with = lambda context: others.problems(context, unsure)
        raise
    return compiled(program, code, names)


def _raise_if_any(problems: list[Problem]) -> None:
    if not problems:
        return
    kinds: dict[str, type[TemplateError]] = {
        kind.code: kind for kind in (TagSyntaxError, BlockMismatchError, BlockScopeError)
    }
    problems = list(dict.fromkeys(problems))
    raise kinds.get(problems[0].code, TemplateError).of(problems)


def _lost(found: FoundTag) -> Problem:
    return Problem(
        f'"{found.tag.written}" stands in a row or paragraph that another tag takes the place of',
        found.tag.where,
        "give each such tag a row or paragraph of its own",
        code=BlockScopeError.code,
    )


def _write_program(
    package: Package, parts: list[PartDraft], deck: slides.DeckBlocks, register: TagRegister,
    program: Program,
) -> Program:  # fmt: skip
    numbers = {draft.compiled.name: number for number, draft in enumerate(parts)}
    done: set[str] = set()

    def write(draft: PartDraft) -> None:
        done.add(draft.compiled.name)
        program.start_part(numbers[draft.compiled.name])
        program.markup(draft.xml, register, draft.places)

    by_name = {draft.compiled.name: draft for draft in parts}
    for slide in slide_names(package):
        for found in deck.before.get(slide, ()):
            program.found_tag(found, {})
        write(by_name[slide])
        for name in slides.own_parts(package, slide):
            if name in by_name and name not in done:
                write(by_name[name])
        for found in deck.after.get(slide, ()):
            program.found_tag(found, {})
    for draft in parts:
        if draft.compiled.name not in done:
            write(draft)
    return program


def _first_place(program: Program, file: str) -> Location:
    found = (place.where for place in program.places.values() if place.where.file)
    return next(found, Location(file))


_RESOLVED = re.compile(r"= resolve\('(\w+)'\)")


def _compile(
    environment: OfficeEnvironment, program: Program, register: TagRegister, file: str
) -> tuple[CodeType, frozenset[str]]:
    """Return the code of a program, and the names that it looks up in a context.

    Tags are parsed one by one only where the whole does not compile: then each says its own fault.
    """
    environment.line_kinds = program.kinds
    try:
        source = environment.compile(program.source, raw=True)
        code = compile(source, TEMPLATE_FILE, "exec")
    except (TemplateSyntaxError, ValueError) as error:
        check_tags(register, environment)
        _raise_if_any(register.problems)
        if not isinstance(error, TemplateSyntaxError):
            raise TemplateError(f"the tags cannot be compiled: {error}",
                                _first_place(program, file)) from error  # fmt: skip
        place = program.places.get(error.lineno)
        raise TemplateError(
            f"the tags do not fit together: {error.message}",
            place.where if place and place.where.file else Location(file),
        ) from error
    except (RecursionError, SyntaxError, MemoryError) as error:
        check_tags(register, environment)
        _raise_if_any(register.problems)
        raise TemplateError(
            f"the blocks are nested too deeply (limit block_depth: {BLOCK_DEPTH})",
            _first_place(program, file),
        ) from error
    names = {name for name in _RESOLVED.findall(source) if not name.startswith("__")}
    return code, frozenset(names - environment.globals.keys())
