"""What one render may cost: turns of loops, time, and the size of what a single operation makes.

Each check runs before the work it is about. Loops over lists are counted as they begin and looked
at once in a thousand turns, so an honest template pays next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from decimal import Decimal
from itertools import chain
from sys import getsizeof
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from jinja2 import Undefined

from generator.engine.values import has_no_text
from generator.errors import ExpressionError, LimitError
from generator.model.limits import Limits

Clock = Callable[[], float]

#: Key of the render state in a context; no template can spell it.
RENDERING = "\0rendering"

#: What a call counts in turns.
_CALL = 4
#: Turns between two looks at the clock.
_STRIDE = 1_024
#: Kinds of values that hold others, and the weight from which it is noted.
_HOLDERS = frozenset((list, tuple, dict, set, frozenset))
_NOTED_WEIGHT = 200
#: Python's own functions, classes and modules: no function of ours takes them, also not in lists.
_PROGRAM = frozenset((FunctionType, BuiltinFunctionType, MethodType, type, ModuleType))
_TEXTS = frozenset((str, bytes))
_PLAIN_TEXTS = frozenset((str, bytes, int, float, bool, type(None), Decimal))
#: How deep values are looked into that become text; Python itself stops not much later.
_DEEPEST_TEXT = 500
_NOTED_LENGTH = 10_000
_PLAIN = frozenset((list, tuple, dict, set, frozenset, str, range))
_VIEWS: frozenset[type] = frozenset(map(type, ({}.items(), {}.keys(), {}.values())))
#: Digits of widths and precisions in format texts: no honest one has more than three.
_WIDTH_DIGITS = re.compile(r"\d{5,}")
_LARGEST_WIDTH = 9_999


class Guard:
    """Counts what a render has used; one for each render.

    ``clock`` gives seconds; without one there is no deadline.
    """

    __slots__ = (
        "_clock", "_deadline", "_depth", "_limits", "_noted", "_texts", "_weights", "buffered",
        "made", "turns",
    )  # fmt: skip

    def __init__(self, limits: Limits, clock: Clock | None) -> None:
        self._limits = limits
        self._clock = clock
        self._deadline = clock() + limits.render_seconds if clock is not None else 0.0
        self._depth = 0
        self._weights: dict[int, tuple[Any, int]] = {}
        self._noted = 0
        self._texts: dict[int, str | bytes] = {}
        self.turns = 0
        self.buffered = 0
        self.made = 0.0

    # -- loops and calls -------------------------------------------------------------------------

    def counted(self, items: Any) -> Any:
        """Return what a loop goes over, counted; called as each loop begins."""
        kind = type(items)
        if kind in _PLAIN:
            size = len(items)
            self.add_turns(size + 1)
            return items if size <= _STRIDE else _Watched(items, self)
        if kind in _VIEWS or isinstance(items, Mapping):
            return self.counted(list(items))
        self.add_turns(1)
        return _Counted(items, self)

    def add_turns(self, count: int) -> None:
        """Add turns of loops.

        Raises:
            LimitError: there are too many, or the time is over.
        """
        self.turns += count
        if self.turns > self._limits.loop_turns:
            raise LimitError(
                f"the loops make more than {self._limits.loop_turns:,} turns (limit loop_turns)",
                None, "loop over fewer items",
            )  # fmt: skip
        self.look_at_clock()

    def look_at_clock(self) -> None:
        """Raise LimitError if the render has used its time."""
        if self._clock is not None and self._clock() > self._deadline:
            raise LimitError(
                f"rendering takes longer than {self._limits.render_seconds:g} seconds "
                "(limit render_seconds)"
            )

    def enter_call(self) -> None:
        """Count a call of a macro or function; ``leave_call`` ends it."""
        self._depth += 1
        self.add_turns(_CALL)
        if self._depth > self._limits.call_depth:
            self._depth = 0
            raise LimitError(
                f"calls are nested more than {self._limits.call_depth} deep (limit call_depth)",
                None, "a macro that calls itself must come to an end",
            )  # fmt: skip

    def leave_call(self) -> None:
        self._depth -= 1

    def extend(self, buffer: list[str], pieces: tuple[str, ...]) -> None:
        """Add to the text that a macro or set block collects."""
        self.buffered += sum(map(len, pieces))
        if self.buffered > self._limits.buffered_characters:
            raise LimitError(
                f"macros and set blocks make more than {self._limits.buffered_characters:,} "
                "characters (limit buffered_characters)"
            )
        buffer.extend(pieces)

    # -- values that hold values -----------------------------------------------------------------

    def weighed(self, value: Any) -> Any:
        """Return what a tag keeps under a name, if all that it holds can be gone through.

        A list that holds another twice, which holds a third twice, is small to keep and without end
        to print or to compare.
        """
        kind = value.__class__
        if kind in _HOLDERS:
            self._weigh(value)
            if self._noted > self._limits.value_items:
                self._forget()
        elif kind in _TEXTS and len(value) > _NOTED_LENGTH:
            self._note_text(value)
        return value

    def _forget(self) -> None:
        """Let go of the values that were weighed longest ago: nobody else may hold them anymore."""
        while self._noted > self._limits.value_items and len(self._weights) > 1:
            value, _ = self._weights.pop(next(iter(self._weights)))
            self._noted -= len(value)

    def _note_text(self, text: str | bytes) -> None:
        """Count a long text that is kept, once."""
        if id(text) not in self._texts:
            self._texts[id(text)] = text
            self.made += getsizeof(text)
            self._check_made()

    def _weigh(self, value: Any) -> int:
        """Return how many values one value holds, each counted as often as it is reached.

        Raises:
            LimitError: they are too many.
        """
        known = self._weights.get(id(value))
        if known is not None and known[0] is value:
            self._weights[id(value)] = self._weights.pop(id(value))  # it was needed last
            return known[1]
        self._weights[id(value)] = (value, 1)  # in case it holds itself
        weight = 1 + len(value)
        for item in value.values() if isinstance(value, dict) else value:
            if item.__class__ in _HOLDERS:
                weight += self._weigh(item)
            elif item.__class__ in _TEXTS and len(item) > _NOTED_LENGTH:
                self._note_text(item)
            elif item.__class__ in _PROGRAM:
                self.check_text(item)
        if weight > self._limits.value_items:
            raise LimitError(
                f"a value holds more than {self._limits.value_items:,} values, each counted as "
                "often as it is held (limit value_items)",
                None, "do not put a list into itself again and again",
            )  # fmt: skip
        del self._weights[id(value)]
        if weight > _NOTED_WEIGHT:
            self.look_at_clock()
            self._weights[id(value)] = (value, weight)
            self._noted += len(value)
        return weight

    # -- single operations -----------------------------------------------------------------------

    def concat(self, pieces: Iterable[object], join: Callable[[Iterable[object]], str]) -> str:
        """Return ``a ~ b``, if that is not too long."""
        items = tuple(pieces)
        self.check_size(sum(len(item) for item in items if isinstance(item, str)))
        return join(items)

    def check_size(self, characters: float) -> None:
        """Raise LimitError for a text or list that is too long to be made."""
        if characters > self._limits.value_characters:
            raise LimitError(
                f"one operation makes more than {self._limits.value_characters:,} characters or "
                "items (limit value_characters)"
            )
        if characters > 10_000:
            self.look_at_clock()
            self.made += characters
            self._check_made()

    def _check_made(self) -> None:
        if self.made > self._limits.made_characters:
            raise LimitError(
                f"operations make more than {self._limits.made_characters:,} characters together "
                "(limit made_characters; an item of a list counts as eight)"
            )

    def check_text(self, value: object) -> None:
        """Check what is about to become text with all that it holds, before it does.

        Raises:
            LimitError: the text would be too long.
            ExpressionError: something has no text of its own: a function, an iterator.
        """
        if value.__class__ not in _PLAIN_TEXTS:
            self._check_texts(value, 0, 0)

    def _check_texts(self, value: Any, size: int, depth: int) -> int:
        """Return ``size`` with that of a value added."""
        kind = value.__class__
        if isinstance(value, (str, bytes)):
            size += len(value)
        elif kind in _HOLDERS and depth < _DEEPEST_TEXT:
            if kind is dict:
                for key in value:
                    size = self._check_texts(key, size, depth + 1)
            for item in value.values() if kind is dict else value:
                size = self._check_texts(item, size + 2, depth + 1)
        elif isinstance(value, Undefined) and depth:
            str(value)  # says which name it is
        elif kind not in _PLAIN_TEXTS and has_no_text(value):
            raise ExpressionError(
                f"a value of type {kind.__name__} has no text", None,
                "print one of its members, or loop over it",
            )  # fmt: skip
        if size > self._limits.value_characters:
            self.check_size(size)
        return size + 1

    def check_items(self, count: int) -> None:
        """Count what a filter goes through and perhaps keeps, at the size of a reference."""
        if count > 1_000:
            self.look_at_clock()
            self.made += count * 8
            self._check_made()

    def binary(self, operator: str, left: Any, right: Any) -> None:
        """Check an operation before it is done."""
        if operator == "*":
            self._check_product(left, right)
        elif operator == "**":
            self._check_power(left, right)
        elif operator == "%" and isinstance(left, (str, bytes)):
            self.check_format(str(left), right if isinstance(right, tuple) else (right,))
            self.check_text(right)
        elif operator == "+" and isinstance(left, Sized) and isinstance(right, Sized):
            self.check_size(len(left) + len(right))
            if not isinstance(left, (str, bytes)):
                self.check_items(len(left) + len(right))

    def _check_product(self, left: Any, right: Any) -> None:
        for text, count in ((left, right), (right, left)):
            if isinstance(text, (str, bytes, list, tuple)) and isinstance(count, int):
                self.check_size(len(text) * max(0, count))
        if isinstance(left, int) and isinstance(right, int):
            self._check_digits((left.bit_length() + right.bit_length()) * 0.30103)

    def _check_power(self, base: Any, exponent: Any) -> None:
        if isinstance(base, int) and isinstance(exponent, int):
            self._check_digits(base.bit_length() * abs(exponent) * 0.30103)
        elif isinstance(base, Decimal) and isinstance(exponent, (int, Decimal)):
            self._check_digits(abs(base.adjusted() or 1) * abs(float(exponent)))

    def _check_digits(self, digits: float) -> None:
        if digits > self._limits.integer_digits:
            raise LimitError(
                f"a number has more than {self._limits.integer_digits:,} digits "
                "(limit integer_digits)"
            )

    def check_number(self, value: object) -> None:
        """Raise LimitError for a number that becomes an enormous text or whole number."""
        if isinstance(value, Decimal) and value.is_finite():
            self._check_digits(abs(value.adjusted()))
        elif isinstance(value, int) and not isinstance(value, bool):
            self._check_digits(value.bit_length() * 0.30103)
        elif isinstance(value, str):
            self._check_digits(float(len(value)) if value[:1].isdigit() else 0)

    def check_format(self, text: str, arguments: Iterable[object]) -> None:
        """Check a format text with its arguments: widths, and numbers that grow."""
        if _WIDTH_DIGITS.search(text):
            self.check_size(float("inf"))
        star = "*" in text or re.search(r":[^{}]*\{", text) is not None
        total = len(text)
        for value in arguments:
            if isinstance(value, (int, Decimal)):
                self.check_number(value)
                if star and isinstance(value, int) and abs(value) > _LARGEST_WIDTH:
                    self.check_size(float("inf"))
            elif isinstance(value, str):
                if star and _WIDTH_DIGITS.search(value):
                    self.check_size(float("inf"))
                total += len(value) * max(1, text.count("{") + text.count("%"))
        self.check_size(total)

    def method(
        self, name: str, text: str | bytes, arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> None:
        """Check a call of a method of a text whose result may be longer than the text."""
        arguments = (*arguments, *named.values())
        first = arguments[0] if arguments else None
        self.check_size(len(text))  # whatever it gives is about as long
        if name in _PARTING:
            self.check_items(len(text))
        if name in ("ljust", "rjust", "center", "zfill") and isinstance(first, int):
            self.check_size(max(len(text), first))
        elif name == "expandtabs":
            size = first if isinstance(first, int) else 8
            tab = "\t" if isinstance(text, str) else b"\t"
            self.check_size(len(text) + text.count(tab) * max(0, size))  # type: ignore[arg-type] # its own kind
        elif name == "replace" and len(arguments) > 1:
            self.check_size(replaced_size(text, arguments[0], arguments[1]))
        elif name == "join" and isinstance(first, Sized):
            items = list(first) if isinstance(first, Iterable) else []
            self.check_size(
                sum(len(i) for i in items if isinstance(i, Sized)) + len(text) * len(items)
            )
        elif name == "translate" and isinstance(first, Mapping):
            longest = max((len(v) for v in first.values() if isinstance(v, str)), default=1)
            self.check_size(len(text) * max(1, longest))


#: Methods that make a list of a text.
_PARTING = ("split", "rsplit", "splitlines")


def replaced_size(text: Any, old: Any, new: Any) -> int:
    """Return how long a text is after a replacement."""
    if not all(isinstance(item, (str, bytes)) for item in (text, old, new)):
        return 0
    try:
        count = text.count(old) if old else len(text) + 1
    except TypeError:
        return 0
    return len(text) + count * (len(new) - len(old))


class _Watched:
    """A long list in a loop: as fast as the list, with a look at the clock between stretches."""

    __slots__ = ("_guard", "_items")

    def __init__(self, items: Any, guard: Guard) -> None:
        is_sequence = isinstance(items, (list, tuple, str, range))
        self._items = items if is_sequence else list(items)
        self._guard = guard

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._stretches())

    def _stretches(self) -> Iterator[Any]:
        for start in range(0, len(self._items), _STRIDE):
            self._guard.look_at_clock()
            yield self._items[start : start + _STRIDE]


class _Counted:
    """Anything else in a loop, counted turn by turn: it may have no end."""

    __slots__ = ("_guard", "_items")

    def __init__(self, items: Any, guard: Guard) -> None:
        self._items = items
        self._guard = guard

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        add_turns = self._guard.add_turns
        for item in self._items:
            add_turns(1)
            yield item
