"""The state of one render: what is printed where, and the parts and links that inserts add."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jinja2 import Undefined

from generator.engine.citations import Citations
from generator.engine.drawings import frame_drawing, grid_drawing, inline_drawing
from generator.engine.filling import Fillings
from generator.engine.guards import Guard
from generator.engine.lists import ListCounter
from generator.engine.markup import BLOCKS_END, BLOCKS_START, DRAWN, MARK_CLOSE, MARK_OPEN
from generator.engine.mending import lay_blocks, mend
from generator.engine.notes import note_xml, reference_run
from generator.engine.program import PrintPlace
from generator.engine.rich_runs import EscapeText, slide_runs, word_runs
from generator.engine.values import NotPrintableError, Xml, escape_run_text, text_of
from generator.errors import ExpressionError, LimitError, Problem, TemplateError
from generator.model.blocks import Blocks, PageBreak, Table
from generator.model.insert import ChartDrawing as Chart
from generator.model.insert import (
    Drawing,
    DrawingGrid,
    Format,
    Insert,
    NewPart,
    PictureDrawing,
    Place,
)
from generator.model.length import Length
from generator.model.note import CitedNotes, Note
from generator.model.rich_text import RichText
from generator.office.names import RELATIONSHIP_TYPES
from generator.office.package import Relationship
from generator.office.xml import escape_attribute, escape_text, unescape_attribute

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate
    from generator.engine.slide_blocks import SlideBlocks
    from generator.engine.subdocument import SubDocument
    from generator.engine.subdocument_merge import Merger

_W_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
_W_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_MARK = re.compile(f"{MARK_OPEN}\\d+{MARK_CLOSE}")
_FIRST_ELEMENT = re.compile("[\\s\ufdd0-\ufdef]*<[wa]:(\\w+)")
_BLOCK_ELEMENTS = frozenset(("p", "tbl", "sdt", "bookmarkStart", "bookmarkEnd"))


def _escape_in_word(text: str, run_open: str) -> str:
    return escape_run_text(text, _W_TAB, _W_BREAK)


def _paragraph_escaper(place: PrintPlace) -> EscapeText:
    """Return an escape that lets U+0007 begin a paragraph and U+000C a page, where it can."""
    if not place.paragraph_open:
        return _escape_in_word

    def escape(text: str, run_open: str) -> str:
        if "\a" not in text and "\f" not in text:
            return _escape_in_word(text, run_open)
        again = f'{place.paragraph_open}{run_open}<w:t xml:space="preserve">'
        paragraph = f"</w:t></w:r></w:p>{again}"
        page = f'</w:t></w:r></w:p><w:p><w:r><w:br w:type="page"/></w:r></w:p>{again}'
        pages = text.split("\f")
        return page.join(
            paragraph.join(_escape_in_word(piece, run_open) for piece in one.split("\a"))
            for one in pages
        )

    return escape


def _escape_on_slide(text: str, run_open: str) -> str:
    return escape_run_text(text, "\t", f"</a:t></a:r><a:br/>{run_open}<a:t>")


#: What docxtpl prints as Python spells it.
_COLLECTIONS = frozenset((list, tuple, dict, set))
_NOTE_HINT = (
    "footnotes belong in the text of a Word document or slide: not in headers or text boxes of Word"
)
_ADDRESSES = ("http://", "https://", "mailto:", "#")


@dataclass(slots=True, eq=False)
class PartOutput:
    """A part that is being rendered. ``number`` is its template part; ``chunks`` its text so far.

    ``links`` are the ids of relationships to outside addresses. ``part`` is the part of the
    template whose relationships hold, if that is another one.
    """

    number: int
    chunks: list[str] = field(default_factory=list)
    added: list[Relationship] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    used_ids: int = 0
    has_blocks: bool = False
    has_cited: bool = False
    id_stem: str = "rIdNew"
    part: str | None = None
    seen_ids: set[object] = field(default_factory=set)
    shape_types: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    @property
    def unused(self) -> set[str]:
        """Ids of relationships that no drawing of the part uses any more."""
        return self.replaced - self.kept


@dataclass(frozen=True, slots=True)
class AddedPart:
    """A part that an insert brought, under its final name."""

    name: str
    content_type: str
    blob: bytes
    relationships: tuple[Relationship, ...]


class Rendering:
    """Prints values and collects parts; one for each render."""

    def __init__(self, compiled: CompiledTemplate) -> None:
        self._compiled = compiled
        self.guard = Guard(compiled.limits, compiled.clock)
        self._places = compiled.places
        self.outputs: list[PartOutput] = []
        self._may_go = compiled.may_go
        #: Ids of drawings and names of bookmarks, which are those of a whole document in Word.
        self._drawn: set[object] | None = set() if compiled.format == "docx" else None
        self._slides = 0
        self._slide_numbers = compiled.slide_numbers
        self.current = PartOutput(0)
        self.added: dict[str, AddedPart] = {}
        self._shared: dict[tuple[str, bytes], str] = {}
        self._counts: dict[str, int] = {}
        self._fresh = compiled.highest_id
        #: Notes written in this render by their kind, and the links that they bring.
        self.notes: dict[str, list[str]] = {}
        self.note_outputs: dict[str, PartOutput] = {}
        self._note_ids: dict[str, int] = {}
        self._outside_note = self._outside_header = self.current
        self.lists = ListCounter(compiled.sheet)
        self._block_values = 0
        self._merger: Merger | None = None
        self._last_link = ""
        self.citations = Citations(_escape_on_slide)
        #: What was dropped from the sub-documents that were printed.
        self.warnings: dict[Problem, None] = {}
        self.fillings = Fillings(
            compiled,
            self.link_part,
            lambda r_id: self.current.replaced.add(r_id),
            lambda r_id: self.current.kept.add(r_id),
            text_of,
        )

    @property
    def styles(self) -> list[str]:
        """Styles that sub-documents brought."""
        return self._merger.styles.added if self._merger is not None else []

    @property
    def grew(self) -> bool:
        """Whether the package needs more than new text in the parts of the template."""
        more = self.added or self.notes or self.fillings.overrides or self.lists.lists
        is_more = bool(more or self.styles or self._compiled.headers)
        return is_more or any(out.added or (out.replaced and out.unused) for out in self.outputs)

    def internal_names(self) -> dict[str, object]:
        """Return the functions that the engine's own tags call."""
        return {
            "__fresh__": self.fresh_id,
            "__link__": self.link_to_written,
            "__bookmark__": self.bookmark_name,
            "__is_first__": self.is_first,
            "__note_id__": self.new_note_id,
            "__enter_note__": self.enter_note,
            "__note__": self.add_note,
            "__enter_header__": self.enter_header,
            "__header__": self.add_header,
            "__used__": self.use_link,
            "__fill__": self.fillings.fill,
            "__restart_lists__": self.lists.restart,
            "__list__": self.lists.current,
            "__sections__": self.close_section,
        }

    # -- what compiled templates call -----------------------------------------------------------

    def start_part(self, number: int) -> PartOutput:
        output = PartOutput(number)
        if self._drawn is not None:
            output.seen_ids = self._drawn
        self.outputs.append(output)
        self.current = output
        if self._may_go:
            output.replaced.update(self._may_go.get(self._compiled.parts[number].name, ()))
        if not number and self._compiled.headers:  # each turn has its own
            output.replaced.update(header.r_id for header in self._compiled.headers)
        if number in self._slide_numbers:
            self._slides += 1
            self.citations.begin_slide()
        if self._slides > self._compiled.limits.slides:
            raise LimitError(
                f"the deck has more than {self._compiled.limits.slides:,} slides (limit slides)"
            )
        return output

    def fresh_id(self) -> int:
        self._fresh += 1
        return self._fresh

    def is_first(self, shape_type: str) -> bool:
        """Return whether a part holds a VML shape type for the first time."""
        is_new = shape_type not in self.current.shape_types
        self.current.shape_types.add(shape_type)
        return is_new

    def bookmark_name(self, name: str) -> str:
        """Return the name of a bookmark that repeats: its own in the first turn.

        Word allows 40 characters.
        """
        key = f"bookmark {name}"
        if key not in self.current.seen_ids:
            self.current.seen_ids.add(key)
            return name
        ending = f"_{self.fresh_id()}"
        return name[: 40 - len(ending)] + ending

    # -- notes ----------------------------------------------------------------------------------

    def new_note_id(self, kind: str) -> int:
        number = self._note_ids.get(kind, self._compiled.shelf.highest.get(kind, 0)) + 1
        self._note_ids[kind] = number
        return number

    def enter_note(self, kind: str) -> str:
        """Direct links and parts into the part of the notes until the note is added."""
        if not self._in_note():
            self._outside_note = self.current
        self.current = self.note_outputs.setdefault(
            kind,
            PartOutput(
                self.current.number,
                id_stem="rIdNote",
                part=self._compiled.shelf.parts.get(kind, ""),
            ),
        )
        return ""

    def _in_note(self) -> bool:
        return any(self.current is output for output in self.note_outputs.values())

    def add_note(self, kind: str, number: int, xml: object) -> int:
        """Put a finished note aside and return its id."""
        if self._in_note():
            self.current = self._outside_note
        if isinstance(xml, Xml):
            text = mend(lay_blocks(xml))
            self.notes.setdefault(kind, []).append(text)
        return number

    def _note(self, note: Note, line: int) -> str:
        """Return the reference to a footnote; the note itself is put aside."""
        place = self._places[line]
        if not place.takes_notes or self._in_note():
            raise TemplateError(
                f'"{place.tag}" is a footnote, and none can stand here',
                place.where,
                _NOTE_HINT,
            )
        kind, styles = note.kind, self._compiled.note_styles()
        number = self.new_note_id(kind)
        self.enter_note(kind)
        runs = word_runs(note.text, "<w:r>", _escape_in_word, self._linker(place))
        self.add_note(kind, number, Xml(note_xml(kind, number, runs, styles)))
        reference = reference_run(kind, number, styles)
        return f'</w:t></w:r>{reference}{place.run_open}<w:t xml:space="preserve">'

    def _on_slide(self, value: Note | CitedNotes, line: int) -> str:
        """Return the number of a note, or the place of the list of all notes."""
        place = self._place(line)
        if not place.run_open or not self._slides:
            return self._text(value, line)
        if isinstance(value, CitedNotes):
            self.current.has_cited = True
            written = self.citations.listed(value, place.run_open)
        else:
            written = self.citations.number(value, place.run_open)
        return f"</a:t></a:r>{written}{place.run_open}<a:t>"

    def _linker(self, place: PrintPlace) -> Callable[[str], str]:
        return lambda address: self.link_to(self._checked_address(address, place))

    def use_link(self, r_id: str, part: str) -> str:
        """Return the id of a relationship of a part of the template, where it is printed."""
        output = self.current
        own = output.part
        if own is None:
            own = self._compiled.parts[output.number].name
        if part == own:
            output.kept.add(r_id)
            return r_id
        rel = self._compiled.package.relationships[part][r_id]
        for added in output.added:
            if added.target == rel.target and added.type == rel.type:
                return added.r_id
        new = f"{output.id_stem}{len(output.added) + 1}"
        output.added.append(Relationship(new, rel.type, rel.target, rel.is_external))
        return new

    # -- headers of repeated sections ------------------------------------------------------------

    def enter_header(self, number: int) -> str:
        """Direct links and parts into a new header or footer until it is added."""
        self._outside_header = self.current
        self.current = PartOutput(
            self.current.number,
            id_stem="rIdTurn",
            seen_ids=self.current.seen_ids,
            part=self._compiled.headers[number].part,
        )
        return ""

    def add_header(self, number: int, xml: object) -> str:
        """Make a header or footer of one turn and return the id of the relationship to it."""
        output, self.current = self.current, self._outside_header
        header, package = self._compiled.headers[number], self._compiled.package
        part = package.parts[header.part]
        text = mend(lay_blocks(xml) if output.has_blocks else xml) if isinstance(xml, Xml) else ""
        folder, _, file = header.part.rpartition("/")
        stem = file.rpartition(".")[0].rstrip("0123456789")
        name = self._numbered(f"{folder}/{stem}" if folder else stem, "xml")
        own = package.relationships.get(header.part, {}).values()
        kept = [rel for rel in own if rel.r_id not in output.unused]
        self.added[name] = AddedPart(
            name, part.content_type, text.encode(), (*kept, *output.added)
        )  # fmt: skip
        kind = package.relationships[package.main][header.r_id].type
        r_id = f"{self.current.id_stem}{len(self.current.added) + 1}"
        self.current.added.append(Relationship(r_id, kind, name, False))
        return r_id

    # -- printing -------------------------------------------------------------------------------

    def emit_fresh(self, value: object, line: int) -> str:
        """Print the id of a drawing: its own in the first turn (an animation may point at it)."""
        seen = self.current.seen_ids
        if value and value not in seen:
            seen.add(value)
            return str(value)
        return str(self.fresh_id())

    def emit_run(self, value: object, line: int) -> str:
        kind = value.__class__
        if kind is str and value.isprintable():  # type: ignore[attr-defined]
            return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # type: ignore[attr-defined, no-any-return]
        if kind is int or kind is float:
            return str(value)
        if kind is Xml:
            return self._markup(value, line, "</w:t></w:r>", '<w:t xml:space="preserve">')  # type: ignore[arg-type]
        if isinstance(value, Insert):
            return self._in_line(value, line)
        if isinstance(value, RichText):
            return self._rich_text(value, line)
        if isinstance(value, Blocks):
            return self._blocks_in_word(value, line)
        if isinstance(value, Note):
            return self._note(value, line)
        if getattr(kind, "is_sub_document", False):
            return self._sub_document(value, line)  # type: ignore[arg-type] # it is one
        if hasattr(kind, "printed_as"):
            return self.emit_run(value.printed_as, line)  # type: ignore[attr-defined] # it has it
        return escape_run_text(self._text(value, line), _W_TAB, _W_BREAK)

    def emit_text(self, value: object, line: int) -> str:
        """Print in a DrawingML run."""
        kind = value.__class__
        if kind is str and value.isprintable():  # type: ignore[attr-defined]
            return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # type: ignore[attr-defined, no-any-return]
        if kind is int or kind is float:
            return str(value)
        if kind is Xml:
            return self._markup(value, line, "</a:t></a:r>", "<a:t>")  # type: ignore[arg-type]
        if isinstance(value, Insert):
            raise self._wrong_insert(
                line, "make the tag the whole text of a shape; the drawing takes the shape's place"
            )
        if isinstance(value, RichText):
            return self._rich_text(value, line)
        if isinstance(value, Blocks):
            place = self._place(line)
            return self._in_place_of_paragraph(self._slide_blocks(place).write(value), place)
        if isinstance(value, (Note, CitedNotes)):
            return self._on_slide(value, line)
        text = self._text(value, line)
        run = self._place(line).run_open
        line_break = f"</a:t></a:r><a:br/>{run}<a:t>" if run.startswith("<a:r") else " "
        return escape_run_text(text, "\t", line_break)

    def emit_title(self, value: object, line: int) -> str:
        """Print the whole title of a chart; an insert fills that chart and prints its title."""
        if not isinstance(value, Insert):
            return self.emit_text(value, line)
        self.fillings.bound = value
        return self.emit_text(value.title, line)

    def emit_markup(self, value: object, line: int) -> str:
        return value if isinstance(value, Xml) else ""

    def emit_plain(self, value: object, line: int) -> str:
        if isinstance(value, Insert):
            raise self._wrong_insert(line, "a drawing can stand in a paragraph or a shape")
        return escape_text(value if value.__class__ is str else self._text(value, line))

    def emit_attribute(self, value: object, line: int) -> str:
        if isinstance(value, Insert):
            raise self._wrong_insert(line, "a drawing can stand in a paragraph or a shape")
        return escape_attribute(self._text(value, line))

    def emit_address(self, value: object, line: int) -> str:
        """Print in the address of a link: only http, https and mailto leave the document."""
        text = self._text(value, line).strip()
        return escape_attribute(self._checked_address(text, self._places[line]))

    def emit_address_start(self, value: object, line: int) -> str:
        """Print the beginning of an address that goes on behind it."""
        text = self._text(value, line).strip()
        if not text:
            place = self._places[line]
            raise ExpressionError(
                f'"{place.tag}" gives nothing, but an address begins with it', place.where,
                "write the beginning of the address into the link, as in https://{{ host }}/",
            )  # fmt: skip
        return escape_attribute(self._checked_address(text, self._places[line]))

    def emit_address_part(self, value: object, line: int) -> str:
        """Print in the address of a link, behind its beginning."""
        text = self._text(value, line).strip()
        return escape_attribute(self._checked_address(text, self._places[line], is_part=True))

    def emit_shape(self, value: object, line: int) -> str:
        """Print the whole text of a shape; a drawing takes the place of the shape instead."""
        if isinstance(value, Blocks) and any(isinstance(b, Table) for b in value.items):
            return self._table_on_slide(value, line)
        if not isinstance(value, Insert):
            return self.emit_text(value, line)
        frame = self._places[line].frame
        assert frame is not None
        _, _, width, height = frame.box
        drawing = self._draw(value, line, Length(width), Length(height))
        first = 100_000 + self.current.used_ids
        if isinstance(drawing, DrawingGrid):
            self.current.used_ids += len(drawing.drawings)
            r_ids = tuple(self._add_parts(one) for one in drawing.drawings)
            return f"{DRAWN}{grid_drawing(drawing, frame, first, r_ids)}{DRAWN}"
        self.current.used_ids += getattr(drawing, "ids", 0)
        markup = frame_drawing(drawing, frame, first, self._add_parts(drawing))
        return f"{DRAWN}{markup}{DRAWN}"

    # -- the slow path --------------------------------------------------------------------------

    def _text(self, value: object, line: int) -> str:
        if isinstance(value, Undefined):
            return str(value)
        if isinstance(value, Blocks):
            place = self._places[line]
            raise TemplateError(
                f'"{place.tag}" holds whole paragraphs or tables, and none can stand here',
                place.where, "give the tag a paragraph of its own",
            )  # fmt: skip
        if getattr(type(value), "is_sub_document", False):
            raise self._wrong_document(self._places[line])
        if isinstance(value, Note):
            place = self._places[line]
            raise TemplateError(f'"{place.tag}" is a footnote, and none can stand here',
                                place.where, _NOTE_HINT)  # fmt: skip
        if isinstance(value, CitedNotes):
            place = self._places[line]
            raise TemplateError(f'"{place.tag}" lists the notes of a slide, and this is none',
                                place.where, "in Word notes stand below the page by themselves",
                                )  # fmt: skip
        try:
            text = text_of(value)
        except NotPrintableError as error:
            if self._compiled.as_docxtpl and type(value) in _COLLECTIONS:
                return str(value)
            place = self._places[line]
            raise ExpressionError(
                f'"{place.tag}" gives a value of type {error}, which has no text',
                place.where,
                "print one of its members, or loop over it",
            ) from error
        limit = self._compiled.limits.value_characters
        if len(text) > limit:
            place = self._places[line]
            raise LimitError(
                f'"{place.tag}" gives {len(text):,} characters (limit value_characters: {limit:,})',
                place.where,
            )
        return text

    def _markup(self, value: Xml, line: int, close: str, reopen: str) -> str:
        """Return what a macro or a set block holds, fitted to its place.

        Text stays in the run, runs end it; paragraphs and tables take the place of the paragraph.
        """
        kind = _FIRST_ELEMENT.match(value)
        if kind is None:
            return value
        place = self._place(line)
        if kind[1] == "r" and place.run_open:
            return f"{close}{value}{place.run_open}{reopen}"
        if kind[1] not in _BLOCK_ELEMENTS:
            raise TemplateError(
                f'"{place.tag}" holds a part of a table or shape that cannot stand here',
                place.where,
                "let the macro hold whole paragraphs, tables, or text within one paragraph",
            )
        return self._in_place_of_paragraph(lay_blocks(value), place)

    def _in_place_of_paragraph(self, markup: str, place: PrintPlace) -> str:
        """Return whole paragraphs and tables, marked to replace the tag's own paragraph.

        Raises:
            TemplateError: the tag does not stand alone in a paragraph.
        """
        if not place.is_alone:
            raise TemplateError(
                f'"{place.tag}" holds whole paragraphs or tables and stands in a line of text',
                place.where,
                "give the tag a paragraph of its own",
            )
        self.current.has_blocks = True
        return f"{BLOCKS_START}{markup}{BLOCKS_END}"

    def _rich_text(self, value: RichText, line: int) -> str:
        place = self._place(line)
        if not place.run_open:
            return escape_text(str(value))

        link = self._linker(place)
        if place.run_open.startswith("<w:"):
            base = place.run_open if value.keeps_format else "<w:r>"
            runs = word_runs(value, base, _paragraph_escaper(place), link)
            return f'</w:t></w:r>{runs}{place.run_open}<w:t xml:space="preserve">'
        runs = slide_runs(value, place.run_open, _escape_on_slide, link)
        return f"</a:t></a:r>{runs}{place.run_open}<a:t>"

    def _blocks_in_word(self, value: Blocks, line: int) -> str:
        place = self._places[line]
        if value.items == (PageBreak(),) and not place.is_alone and place.run_open:
            return '</w:t><w:br w:type="page"/><w:t xml:space="preserve">'
        self._block_values += 1
        key = self._block_values

        def list_number(is_ordered: bool, number: int, start: int, style: str) -> str:
            return self.lists.of_blocks((key, number), is_ordered, start, style)

        from generator.engine.word_blocks import WordBlocks

        writer = WordBlocks(
            self._compiled.word_styles(), self._compiled.sheet().styles, place.paragraph_open,
            place.run_open, place.width, _escape_in_word, self._linker(place), list_number,
        )  # fmt: skip
        return self._in_place_of_paragraph(writer.write(value), place)

    def _sub_document(self, value: SubDocument, line: int) -> str:
        """Return the text of another document in the place of the tag's paragraph."""
        place = self._places[line]
        if not place.is_alone or not place.takes_notes or self._in_note():
            raise self._wrong_document(place)
        if value.keep_sections and not place.section:
            raise TemplateError(
                f'"{place.tag}" keeps the pages of a document, and no page can begin here',
                place.where,
                "give the tag a paragraph outside of tables, or leave out keep_sections",
            )
        if self._merger is None:
            from generator.engine.subdocument_merge import Merger
            from generator.engine.subdocument_sink import SubDocumentSink

            self._merger = Merger(self._compiled.host_facts(), SubDocumentSink(self))
        self.warnings |= dict.fromkeys(value.warnings)
        return self._in_place_of_paragraph(self._merger.insert(value, place.section), place)

    def close_section(self, lacking: str) -> Xml:
        """Return the headers that a section shows again after kept pages; none without such."""
        return Xml(self._merger.close_section(lacking) if self._merger is not None else "")

    def _wrong_document(self, place: PrintPlace) -> TemplateError:
        return TemplateError(
            f'"{place.tag}" is a whole document, and none can stand here',
            place.where,
            "give the tag a paragraph of its own in the text or a table cell of a Word template",
        )

    def _slide_blocks(self, place: PrintPlace) -> SlideBlocks:
        from generator.engine.slide_blocks import SlideBlocks

        return SlideBlocks(
            place.paragraph_open, place.run_open, _escape_on_slide, self._linker(place)
        )

    def _table_on_slide(self, value: Blocks, line: int) -> str:
        """Return a table that takes the place of a shape."""
        place = self._places[line]
        table = value.items[0]
        if len(value.items) != 1 or not isinstance(table, Table) or place.frame is None:
            raise TemplateError(
                f'"{place.tag}" holds a table among other text', place.where,
                "on a slide a table takes the place of a shape of its own",
            )  # fmt: skip
        return f"{DRAWN}{self._slide_blocks(place).table(table, place.frame)}{DRAWN}"

    def link_to(self, address: str) -> str:
        """Return the id of a relationship from the current part to an outside address."""
        known = self.current.links.get(address)
        if known is not None:
            return known
        r_id = f"{self.current.id_stem}{len(self.current.added) + 1}"
        self.current.added.append(
            Relationship(r_id, RELATIONSHIP_TYPES["hyperlink"], address, True)
        )
        self.current.links[address] = r_id
        return r_id

    def link_to_written(self, address: str) -> str:
        """Return the id of a relationship to an address that was written as XML."""
        self._last_link = self.link_to(unescape_attribute(address).strip() or "#")
        return self._last_link

    def _place(self, line: int) -> PrintPlace:
        """Return a place; a run that is a link reopens as the link that was written last."""
        place = self._places[line]
        if MARK_OPEN in place.run_open:
            place = replace(place, run_open=_MARK.sub(self._last_link, place.run_open))
        return place

    def _checked_address(self, text: str, place: PrintPlace, is_part: bool = False) -> str:
        """Return an address that a link may lead to; ``is_part``: the text goes on with an address.

        Raises:
            ExpressionError: it is none with the scheme http, https or mailto.
        """
        if is_part:
            scheme = text.split(":", 1)[0].lower() if ":" in text.split("/", 1)[0] else ""
            is_good = not scheme and "\\" not in text and not text.startswith("//")
        else:
            is_good = not text or text.startswith("#")
        if not is_good and not text.lower().startswith(_ADDRESSES):
            raise ExpressionError(
                f'"{text[:60]}" is no address for a link',
                place.where,
                "links may begin with https://, http:// or mailto:",
            )
        return text.replace(" ", "%20").replace('"', "%22")

    def _wrong_insert(self, line: int, hint: str) -> TemplateError:
        place = self._places[line]
        return TemplateError(f'"{place.tag}" is a drawing, and no drawing can stand here',
                             place.where, hint)  # fmt: skip

    def _draw(self, insert: Insert, line: int, width: Length, height: Length | None) -> Drawing:
        kind: Format = "pptx" if self._compiled.format == "pptx" else "docx"
        return insert.draw(Place(kind, width, height, self._compiled.theme))

    def _in_line(self, insert: Insert, line: int) -> str:
        place = self._places[line]
        if not place.run_open:
            raise self._wrong_insert(line, "a drawing can stand in a paragraph")
        drawing = self._draw(insert, line, Length(place.width), None)
        if isinstance(drawing, DrawingGrid):
            markup = self._lines_of(drawing)
            return f'</w:t></w:r><w:r>{markup}</w:r>{place.run_open}<w:t xml:space="preserve">'
        address = drawing.link if isinstance(drawing, PictureDrawing) else None
        link_id = self._linker(place)(address) if address else None
        markup = inline_drawing(drawing, self.fresh_id(), self._add_parts(drawing), link_id)
        return f'</w:t></w:r><w:r>{markup}</w:r>{place.run_open}<w:t xml:space="preserve">'

    def _lines_of(self, grid: DrawingGrid) -> str:
        """Return the drawings of a grid in lines of one paragraph."""
        pieces = []
        for number, one in enumerate(grid.drawings):
            if number and number % grid.columns == 0:
                pieces.append("<w:br/>")
            pieces.append(inline_drawing(one, self.fresh_id(), self._add_parts(one)))
        return "".join(pieces)

    def _add_parts(self, drawing: Drawing) -> tuple[str, ...]:
        if isinstance(drawing, Chart):
            return (self.link_part(drawing.part),)
        if isinstance(drawing, PictureDrawing):
            parts = [drawing.image] + ([drawing.svg] if drawing.svg is not None else [])
            return tuple(self.link_part(part) for part in parts)
        return ()

    def link_part(self, part: NewPart) -> str:
        """Return the id of a relationship from the current part to a new one."""
        name = self._add(part)
        for rel in self.current.added:
            if rel.target == name and part.shared:
                return rel.r_id
        r_id = f"{self.current.id_stem}{len(self.current.added) + 1}"
        self.current.added.append(Relationship(r_id, part.relationship_type, name, False))
        return r_id

    def _add(self, part: NewPart) -> str:
        key = (part.content_type, part.blob)
        if part.shared and key in self._shared:
            return self._shared[key]
        name = self._new_name(part)
        related = tuple(
            Relationship(r_id, inner.relationship_type, self._add(inner), False)
            for r_id, inner in part.related
        ) + tuple(Relationship(r_id, kind, address, True) for r_id, kind, address in part.links)
        self.added[name] = AddedPart(name, part.content_type, part.blob, related)
        if part.shared:
            self._shared[key] = name
        return name

    def _new_name(self, part: NewPart) -> str:
        root = "word" if self._compiled.format == "docx" else "ppt"
        return self._numbered(posixpath.join(root, part.folder, part.stem), part.extension)

    def _numbered(self, stem: str, extension: str) -> str:
        """Return the name of the next part with this beginning: chart3.xml after chart2.xml."""
        number = self._counts.get(stem)
        if number is None:
            number = self._compiled.highest_number(stem)
        self._counts[stem] = number + 1
        return f"{stem}{number + 1}.{extension}"
