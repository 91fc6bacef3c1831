"""A compiled template: everything that does not depend on data, ready to be filled many times."""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import CodeType
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, Undefined, UndefinedError
from jinja2.runtime import Context

from generator.engine.assembly import assemble
from generator.engine.diagnosis import (
    LineMap,
    is_own_fault,
    translate,
)
from generator.engine.environment import OfficeEnvironment
from generator.engine.guards import RENDERING, Clock
from generator.engine.lists import ListSheet, read_sheet
from generator.engine.mending import lay_blocks, mend
from generator.engine.notes import NoteShelf, NoteStyles, read_note_styles
from generator.engine.page_headers import RepeatedHeader
from generator.engine.program import PrintPlace
from generator.engine.rendering import PartOutput, Rendering
from generator.engine.sites import Site, author_of
from generator.engine.slides import Deck
from generator.errors import (
    ExpressionError,
    LimitError,
    Problem,
    ReportError,
    UndefinedNameError,
)
from generator.model.insert import AuthoredChart, Insert
from generator.model.limits import Limits, within
from generator.model.theme import Theme
from generator.office.deflate import Compressor, compressor, crc32, deflate
from generator.office.package import Package
from generator.office.zip_writer import Entry, Prepacked

if TYPE_CHECKING:
    from generator.engine.citations import Citations
    from generator.engine.subdocument_merge import HostFacts
    from generator.engine.word_blocks import WordStyles

#: Makes an insert of plain chart data (a mapping, say); None for any other value.
ChartOf = Callable[[object], Insert | None]

_FLUSH = 65_536
_IDS = re.compile(
    rb"<(?:wp:docPr|p:cNvPr|w:(?:bookmark|perm|moveFromRange|moveToRange)Start"
    rb"|w:(?:ins|del|moveFrom|moveTo|cell\w+|\w+Change))"
    rb'\s[^>]*?\b(?:w:)?id="(\d{1,18})"'
)
_UNDEFINED: dict[str, type[Undefined]] = {"strict": StrictUndefined, "blank": Undefined}


@dataclass(frozen=True, slots=True)
class TemplatePart:
    """A part that the program writes.

    ``is_mended``: marks must be resolved afterwards. ``has_text``: the program writes the part
    itself (a slide without tags is written only as a sign that it is there).
    """

    name: str
    is_mended: bool
    has_text: bool


@dataclass(slots=True)
class _Loaded:
    """What is made from a compiled template on first use and never pickled."""

    environment: OfficeEnvironment
    root: Callable[[Context], Any]
    lines: LineMap
    prepacked: Prepacked
    charts: dict[int, AuthoredChart]


@dataclass(eq=False)
class CompiledTemplate:
    """A template that is ready to be rendered. Can be pickled for workers and caches.

    ``names`` are the names that the template expects from its context; ``warnings`` say what was
    harmful in the template and is not in its outputs. ``clock`` gives the seconds that the limit
    render_seconds is about. ``trial`` is what ``engine.trial`` needs once something is wrong.
    ``may_go`` are relationships that only blocks use, by part.
    """

    file: str
    format: str
    code: bytes
    places: dict[int, PrintPlace]
    parts: tuple[TemplatePart, ...]
    package: Package
    deck: Deck
    theme: Theme
    names: frozenset[str]
    filters: dict[str, Callable[..., object]]
    functions: dict[str, Callable[..., object]]
    tests: dict[str, Callable[..., object]]
    undefined: str
    as_docxtpl: bool
    limits: Limits
    shelf: NoteShelf
    trial: bytes
    sites: tuple[Site, ...] = ()
    headers: tuple[RepeatedHeader, ...] = ()
    may_go: dict[str, frozenset[str]] = field(default_factory=dict)
    chart_of: ChartOf | None = None
    warnings: tuple[Problem, ...] = ()
    clock: Clock | None = None
    _loaded: _Loaded | None = field(default=None, repr=False)
    _trial_code: CodeType | None = field(default=None, repr=False)
    _highest_id: int | None = field(default=None, repr=False)
    _sheet: ListSheet | None = field(default=None, repr=False)
    _note_styles: NoteStyles | None = field(default=None, repr=False)
    _word_styles: WordStyles | None = field(default=None, repr=False)
    _host_facts: HostFacts | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_loaded": None, "_trial_code": None}

    def variables(self) -> tuple[str, ...]:
        """Return the names that the template expects from its context, sorted."""
        return tuple(sorted(self.names))

    def render(self, context: Mapping[str, object], warnings: list[Problem] | None = None) -> bytes:
        """Return the finished .docx or .pptx.

        ``warnings`` takes what was dropped from the documents that the tags print; what was dropped
        from the template itself is in the field of that name.

        Raises:
            UndefinedNameError: with a problem for each name that ``context`` does not have.
            ExpressionError: a tag fails on these data.
            TemplateError: a drawing stands where none can, or a limit is exceeded.
        """
        with within(self.limits):
            return self._rendered(context, warnings)

    # -- running ---------------------------------------------------------------------------------

    def _rendered(self, context: Mapping[str, object], warnings: list[Problem] | None) -> bytes:
        loaded = self._load()
        rendering = Rendering(self)
        try:
            entries = self._run(loaded.environment, loaded.root, rendering, context)
        except MemoryError:
            raise
        except Exception as error:
            if is_own_fault(error):
                raise
            told = translate(error, loaded.lines, self.file)
            if not isinstance(told, LimitError):
                is_name = self.undefined == "strict" and isinstance(error, UndefinedError)
                told = _together(told, self.problems(context), is_name)
            raise told from error
        if warnings is not None:
            warnings += rendering.warnings
        if not rendering.grew and not self.deck.is_dynamic:
            return loaded.prepacked.with_entries(item for _, item in entries)
        return assemble(self, rendering, entries)

    def _load(self) -> _Loaded:
        if self._loaded is None:
            environment = OfficeEnvironment(
                _UNDEFINED[self.undefined], self.filters, self.functions, self.tests
            )
            root, lines = self._bind(environment)
            written = self.written_names()
            static = (
                Entry(part.name, part.packed, part.size, part.crc, part.method)
                for part in self.package.parts.values()
                if part.name not in written
            )
            self._loaded = _Loaded(environment, root, lines, Prepacked(static), {})
        return self._loaded

    def _bind(self, environment: OfficeEnvironment) -> tuple[Callable[[Context], Any], LineMap]:
        namespace: dict[str, Any] = {"environment": environment}
        exec(marshal.loads(self.code), namespace)
        return namespace["root"], LineMap(namespace["debug_info"], self.places)

    def written_names(self) -> set[str]:
        """Return the names of the parts whose text the program writes."""
        return {part.name for part in self.parts if part.has_text}

    def _run(
        self,
        environment: OfficeEnvironment,
        root: Callable[[Context], Any],
        rendering: Rendering,
        context: Mapping[str, object],
    ) -> list[tuple[PartOutput, Entry]]:
        parent = {
            **environment.globals,
            **context,
            RENDERING: rendering,
            **rendering.internal_names(),
        }
        entries: list[tuple[PartOutput, Entry]] = []
        writer: _PartWriter | None = None
        size = total = 0
        look_at_clock = rendering.guard.look_at_clock
        append: Callable[[str], None] = PartOutput(0).chunks.append
        for chunk in root(Context(environment, parent, None, {})):
            if chunk.__class__ is PartOutput:
                if writer is not None:
                    entries.append(writer.finish())
                writer = _PartWriter(self, chunk, rendering.citations)
                append, size = chunk.chunks.append, 0
                continue
            append(chunk)
            size += len(chunk)
            if size > _FLUSH and writer is not None:
                total += size
                look_at_clock()
                if total > self.limits.output_characters:
                    raise LimitError(
                        f"the result has more than {self.limits.output_characters:,} characters "
                        "(limit output_characters)"
                    )
                writer.flush()
                size = 0
        if writer is not None:
            entries.append(writer.finish())
        return [(output, item) for output, item in entries if item.size]

    def problems(
        self, context: Mapping[str, object], unsure: Collection[str] = ()
    ) -> list[Problem]:
        """Return all that is wrong with these data in this template; see ``engine.trial``."""
        from generator.engine.trial import find_problems

        with within(self.limits):
            return find_problems(self, context, unsure)

    def trial_code(self, compile_now: Callable[[], CodeType]) -> CodeType:
        """Return the program that goes on behind failures; the same object for all renders."""
        if self._trial_code is None:
            self._trial_code = compile_now()
        return self._trial_code

    @cached_property
    def slide_numbers(self) -> frozenset[int]:
        """The numbers of those parts that are slides."""
        slides = {slide.name for slide in self.package.slides}
        return frozenset(n for n, part in enumerate(self.parts) if part.name in slides)

    # -- facts about the package that renders need -----------------------------------------------

    @property
    def highest_id(self) -> int:
        """The highest id of a drawing or of a marked range in the template."""
        if self._highest_id is None:
            found = [
                int(match)
                for part in self.package.parts.values()
                if part.name.endswith(".xml")
                for match in _IDS.findall(part.blob)
            ]
            self._highest_id = max(found, default=0)
        return self._highest_id

    def authored(self, number: int) -> AuthoredChart:
        """Return the chart of the site with this number; the same object for all renders."""
        charts = self._load().charts
        return charts.get(number) or charts.setdefault(
            number, author_of(self.package, self.sites[number])
        )

    def sheet(self) -> ListSheet:
        """Return the lists of the template, read when first asked for."""
        if self._sheet is None:
            self._sheet = read_sheet(self.package)
        return self._sheet

    def note_styles(self) -> NoteStyles:
        """Return the template's styles for notes, read when first asked for."""
        if self._note_styles is None:
            self._note_styles = read_note_styles(self.package)
        return self._note_styles

    def word_styles(self) -> WordStyles:
        """Return the template's styles for paragraphs and tables, read when first asked for."""
        if self._word_styles is None:
            from generator.engine.word_blocks import read_word_styles

            self._word_styles = read_word_styles(self.package)
        return self._word_styles

    def host_facts(self) -> HostFacts:
        """Return what sub-documents must know of the template, read when first asked for."""
        if self._host_facts is None:
            from generator.engine.subdocument_merge import read_host_facts

            self._host_facts = read_host_facts(self.package)
        return self._host_facts

    def highest_number(self, stem: str) -> int:
        """Return the highest N of the parts named ``<stem>N.<extension>``; 0 without any."""
        pattern = re.compile(re.escape(stem) + r"(\d{1,18})\.\w+")
        found = (pattern.fullmatch(name) for name in self.package.parts)
        return max((int(match[1]) for match in found if match), default=0)


def _together(first: ReportError, problems: Sequence[Problem], is_name: bool) -> ReportError:
    """Return one error of what stopped a render and of what was found besides.

    What was found again is told once; ``is_name``: a name stopped it, which is told as such.
    """
    found = {(problem.code, str(problem.where)) for problem in problems}
    found |= {(problem.message, str(problem.where)) for problem in problems}
    own = [
        problem for problem in first.problems
        if (problem.code, str(problem.where)) not in found
        and (problem.message, str(problem.where)) not in found
        and not (is_name and problems)
    ]  # fmt: skip
    told = [*own, *problems]
    if all(problem.code == UndefinedNameError.code for problem in told):
        return UndefinedNameError.of(told)
    return (ExpressionError if is_name else type(first)).of(told)


#: Bytes of one text that libxml2, and readers that stand on it, accept.
_LONGEST_TEXT = 9_900_000
_LONG_TEXT = re.compile(rb"[^<]{%d}" % _LONGEST_TEXT)


class _PartWriter:
    """Packs the text of one part while it is written; large parts never stand in memory whole."""

    def __init__(
        self, compiled: CompiledTemplate, output: PartOutput, citations: Citations
    ) -> None:
        part = compiled.parts[output.number]
        self._output = output
        self._citations = citations
        self._is_whole = part.is_mended
        self._name = part.name
        self._limit = compiled.limits.part_characters
        self._stream: Compressor | None = None
        self._packed: list[bytes] = []
        self._crc = 0
        self._size = 0
        self._unbroken = 0

    def flush(self) -> None:
        if self._is_whole or self._output.has_cited:
            return
        text = "".join(self._output.chunks)
        self._output.chunks.clear()
        data = self._checked(lay_blocks(text) if self._output.has_blocks else text)
        if self._stream is None:
            self._stream = compressor()
        self._packed.append(self._stream.compress(data))

    def _checked(self, text: str) -> bytes:
        """Return the bytes of a text, which count from now on."""
        data = text.encode()
        self._check_texts(data)
        self._size += len(data)
        if self._size > self._limit:
            raise LimitError(
                f'the part "{self._name}" has more than {self._limit:,} characters '
                "(limit part_characters)"
            )
        self._crc = crc32(data, self._crc)
        return data

    def _check_texts(self, data: bytes) -> None:
        """Refuse a text or attribute that is longer than readers of XML accept."""
        first = data.find(b"<")
        is_long = self._unbroken + (first if first >= 0 else len(data)) > _LONGEST_TEXT
        self._unbroken = (
            self._unbroken + len(data) if first < 0 else len(data) - data.rfind(b"<") - 1
        )
        if is_long or (len(data) > _LONGEST_TEXT and _LONG_TEXT.search(data)):
            raise LimitError(
                f'the part "{self._name}" has a text of more than {_LONGEST_TEXT:,} characters in '
                "one piece, which Office does not open", None, "let a loop write paragraphs",
            )  # fmt: skip

    def finish(self) -> tuple[PartOutput, Entry]:
        text = "".join(self._output.chunks)
        self._output.chunks.clear()
        if self._output.has_blocks:
            text = lay_blocks(text)
        if self._output.has_cited:
            text = self._citations.resolve(text)
        data = self._checked(mend(text) if self._is_whole else text)
        if self._stream is None:
            packed = deflate(data)
        else:
            packed = b"".join((*self._packed, self._stream.compress(data), self._stream.flush()))
        return self._output, Entry(self._name, packed, self._size, self._crc)
