"""Facts whose texts carry marks, so that the places where they are printed can be found.

A report is filled a second time with these; nobody sees that copy. Signs of a private plane of
Unicode enclose each text: ``<begin> number <cut> text <end>``. Marked texts compare like plain
ones, so that conditions and lists of a template come out the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.build.views import FactView

BEGIN, CUT, END = "\U0010f8f0", "\U0010f8f1", "\U0010f8f2"
#: Ways to print the figure itself; all others tell something about it.
FIGURE_FORMS = ("prose", "short", "figure", "change", "number", "scaled", "day")


class MarkedText(str):
    """A text with its mark around it; equal to the plain text, and as long."""

    plain: str
    number: int

    def __new__(cls, marked: str, plain: str, number: int) -> MarkedText:
        text = super().__new__(cls, marked)
        text.plain = plain
        text.number = number
        return text

    def _changed(self, plain: str) -> MarkedText:
        """Return another form of the same text, with the same mark."""
        return MarkedText(f"{BEGIN}{self.number}{CUT}{plain}{END}", plain, self.number)

    def __getitem__(self, place: Any) -> MarkedText:
        return self._changed(self.plain[place])

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __eq__(self, other: object) -> bool:
        return self.plain == (other.plain if isinstance(other, MarkedText) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.plain)

    def __len__(self) -> int:
        return len(self.plain)

    def __bool__(self) -> bool:
        return bool(self.plain)

    def __contains__(self, text: object) -> bool:
        return str(getattr(text, "plain", text)) in self.plain

    def startswith(self, *given: Any) -> bool:
        return self.plain.startswith(*given)

    def endswith(self, *given: Any) -> bool:
        return self.plain.endswith(*given)

    def upper(self) -> MarkedText:
        return self._changed(self.plain.upper())

    def lower(self) -> MarkedText:
        return self._changed(self.plain.lower())

    def capitalize(self) -> MarkedText:
        return self._changed(self.plain.capitalize())

    def title(self) -> MarkedText:
        return self._changed(self.plain.title())

    def strip(self, *given: Any) -> MarkedText:
        return self._changed(self.plain.strip(*given))

    def replace(self, *given: Any) -> MarkedText:
        return self._changed(self.plain.replace(*given))

    def split(self, *given: Any) -> list[Any]:
        return [self._changed(piece) for piece in self.plain.split(*given)]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark stands for: a fact (or ``report``), and the form in which it was printed.

    For a value of a dataset ``fact`` is its column, ``cell`` where it stands.
    """

    fact: str
    form: str
    cell: str = ""


@dataclass(slots=True)
class Marks:
    """The marks of a run by their numbers."""

    known: list[Mark] = field(default_factory=list)
    numbers: dict[Mark, int] = field(default_factory=dict)

    def mark(self, fact: str, form: str, text: str, cell: str = "") -> str:
        """Return a text with a mark around it; an empty one stays empty."""
        plain = str(text)
        if not plain:
            return plain
        wanted = Mark(fact, form, cell)
        number = self.numbers.get(wanted)
        if number is None:
            number = self.numbers[wanted] = len(self.known)
            self.known.append(wanted)
        marked = f"{BEGIN}{number}{CUT}{str.__str__(plain)}{END}"
        return MarkedText(marked, _without_marks(plain), number)


def _without_marks(text: str) -> str:
    if BEGIN not in text:
        return text
    return "".join(piece for piece, _ in read_marks(text))


def read_marks(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the pieces of a text, each with the numbers of the marks around it, outermost first.

    What is left of a mark that was cut by a filter is dropped.
    """
    if BEGIN not in text and CUT not in text and END not in text:
        if text:
            yield text, ()
        return
    around: list[int] = []
    piece: list[str] = []
    position = 0
    while position < len(text):
        sign = text[position]
        position += 1
        if sign not in (BEGIN, CUT, END):
            piece.append(sign)
            continue
        if piece:
            yield "".join(piece), tuple(around)
            piece = []
        if sign == BEGIN:
            cut = text.find(CUT, position)
            number = text[position:cut] if cut >= 0 else ""
            if number.isdecimal():
                around.append(int(number))
                position = cut + 1
        elif sign == END and around:
            around.pop()
    if piece:
        yield "".join(piece), tuple(around)


class MarkedNumber(Decimal):
    """A number that is printed with a mark; what is worked out with it has none."""

    marked: str

    def __str__(self) -> str:
        return self.marked


def _marked_number(name: str) -> property:
    plain = getattr(FactView, name)

    def read(self: MarkedView) -> Decimal | None:
        number = plain.fget(self)
        if number is None:
            return None
        marked = MarkedNumber(number)
        marked.marked = str.__str__(self._marks.mark(self._fact.id, "number", str(number)))
        return marked

    return property(read, doc=plain.__doc__)


def _marked(form: str, name: str) -> property:
    plain = getattr(FactView, name)

    def read(self: MarkedView) -> str:
        return self._marks.mark(self._fact.id, form, plain.fget(self))

    return property(read, doc=plain.__doc__)


class MarkedView(FactView):
    """A fact in one language whose texts carry marks."""

    __slots__ = ("_marks",)

    def __init__(self, view: FactView, views: Mapping[str, FactView], marks: Marks) -> None:
        super().__init__(view._fact, view._language, views)
        self._marks = marks

    def __str__(self) -> str:
        return str(self.text)

    @property
    def text(self) -> str:
        return self._marks.mark(self._fact.id, "prose", FactView.__str__(self))

    def in_unit(self, unit: str | None = None, decimals: int | None = None) -> str:
        return self._marks.mark(self._fact.id, "scaled", super().in_unit(unit, decimals))

    def rounded(self, decimals: int = 0) -> str:
        return self._marks.mark(self._fact.id, "scaled", super().rounded(decimals))

    short = _marked("short", "short")
    figure = _marked("figure", "figure")
    change = _marked("change", "change")
    number = _marked_number("number")
    amount = _marked_number("amount")
    name = _marked("name", "name")
    name_short = _marked("name", "name_short")
    period = _marked("period", "period")
    comparison = _marked("comparison", "comparison")
    of = _marked("comparison", "of")
    written = _marked("source", "written")
    phrase = _marked("source", "phrase")
    section = _marked("source", "section")
    source = _marked("source", "source")
    source_name = _marked("source", "source_name")
    source_short = _marked("source", "source_short")
    inferred_note = _marked("note", "inferred_note")
    note = _marked("note", "note")


def marked_views(views: Mapping[str, FactView], marks: Marks) -> dict[str, FactView]:
    """Return all facts of a language with marks."""
    marked: dict[str, FactView] = {}
    for name, view in views.items():
        marked[name] = MarkedView(view, marked, marks)
    return marked
