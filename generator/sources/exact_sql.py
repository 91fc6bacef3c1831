"""SQL whose arithmetic is exact: operators of numbers become calls of decimal functions.

SQLite itself calculates in binary fractions. A query keeps its text but for ``+ - * / %`` between
two operands; these are written as functions, with the precedence that SQLite gives them. Texts,
names and comments are left as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.errors import DataError, Location

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<text>[xX]?'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^\W\d][\w$]*)
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<parameter>(?<!:)[:@$][^\W\d]\w*|\?\d*)
    |(?P<sign>::|\|\||->>?|<=|>=|<>|!=|==|<<|>>|.)""",
    re.VERBOSE | re.DOTALL,
)
#: Words that end an operand or begin something new: behind them a minus is a sign, not an operator.
_RESERVED = (
    "select distinct all from where group by having order limit offset union intersect except "
    "values with as on using join and or not in between like glob regexp is isnull notnull when "
    "then else case asc desc nulls collate"
)
#: Words that are names, too: operands where an operator follows.
_EITHER = (
    "first last row rows range groups filter window current partition over following preceding "
    "unbounded exclude others ties materialized recursive indexed left right full inner outer "
    "cross natural match escape cast"
)
_SOFT = frozenset(_EITHER.split())
_WORDS = _SOFT | frozenset(_RESERVED.split())
_FUNCTIONS = {
    "+": "exact_add", "-": "exact_subtract", "*": "exact_multiply", "/": "exact_divide",
    "%": "exact_remainder",
}  # fmt: skip
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2}
_DEPTH = 100


@dataclass(slots=True)
class _Token:
    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword that the token is, in small letters; empty for a name in quotes."""
        is_plain = self.kind == "name" and self.text[0] not in '"`['
        return self.text.lower() if is_plain else ""


def tokens_of(query: str) -> list[_Token]:
    """Return the tokens of a query; a comment or gap is one, too."""
    return [_Token(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(query)]


def check_statement(query: str, where: Location) -> str:
    """Return a query without what may end it.

    Raises:
        DataError: it is not one SELECT.
    """
    tokens = [token for token in tokens_of(query) if token.kind != "space"]
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if not tokens or tokens[0].word not in ("select", "with", "values"):
        raise DataError("the query reads nothing", where, "a query begins with SELECT or WITH")
    if any(token.text == ";" for token in tokens):
        raise DataError("the query holds more than one statement", where, "write one SELECT")
    text = query.rstrip()
    while text.endswith(";"):
        text = text[:-1].rstrip()
    return text


def exact(query: str, where: Location) -> str:
    """Return a query with exact arithmetic.

    Raises:
        DataError: its brackets do not pair, or are nested too deep.
    """
    tokens = [token for token in tokens_of(query) if token.kind != "space"]
    for token in tokens:
        if token.kind == "number" and not _is_short(token.text):
            raise DataError(f'the number {token.text[:60]} has more than 15 digits', where,
                            "write fewer, or engine: duckdb")  # fmt: skip
    writer = _Writer(tokens, where)
    text = writer.sequence(0)
    if writer.position < len(tokens):
        raise DataError("a closing bracket has no opening one", where, "pair the brackets")
    return text


def _is_short(text: str) -> bool:
    if text[:2].lower() == "0x":
        return len(text) <= 17
    return len(re.split("[eE]", text)[0].replace(".", "").strip("0")) <= 15 or (
        text.isdecimal() and len(text) <= 18
    )


class _Writer:
    def __init__(self, tokens: list[_Token], where: Location) -> None:
        self.tokens = tokens
        self.where = where
        self.position = 0
        self.depth = 0

    def sequence(self, cases: int) -> str:
        """Return all up to the end, a closing bracket, or (in a case) the word that ends it."""
        self.depth += 1
        if self.depth > _DEPTH:
            raise DataError("the query is nested too deep", self.where, "make it flatter")
        pieces: list[str] = []
        while (token := self._peek()) is not None:
            if token.text == ")" or (cases and token.word == "end"):
                break
            pieces.append(self._expression(0) if self._begins_operand() else self._take())
        self.depth -= 1
        return " ".join(pieces)

    def _peek(self, ahead: int = 0) -> _Token | None:
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def _take(self) -> str:
        self.position += 1
        return self.tokens[self.position - 1].text

    def _begins_operand(self) -> bool:
        token = self._peek()
        assert token is not None
        if token.kind in ("text", "number", "parameter") or token.text in ("(", "+", "-", "~"):
            return True
        if token.kind != "name" or token.word not in _WORDS or token.word in ("case", "cast"):
            return token.kind == "name"
        following = self._peek(1)
        return token.word in _SOFT and following is not None and following.text in _STRENGTH

    def _expression(self, strength: int) -> str:
        """Return an operand with what is calculated with it (Pratt's way)."""
        left = self._operand()
        while (token := self._peek()) is not None:
            if token.kind != "sign" or _STRENGTH.get(token.text, 0) <= strength:
                return left
            sign = self._take()
            following = self._peek()
            if following is None or not self._begins_operand():
                return f"{left} {sign}"
            left = f"{_FUNCTIONS[sign]}({left}, {self._expression(_STRENGTH[sign])})"
        return left

    def _operand(self) -> str:
        token = self._peek()
        if token is None:
            return ""
        if token.text in ("+", "-", "~"):
            sign = self._take()
            return f"{sign} {self._operand()}"
        if token.text == "(":
            text = self._bracket()
        elif token.word == "case":
            text = self._case()
        else:
            text = self._named()
        return self._behind(text)

    def _bracket(self) -> str:
        self._take()
        inner = self.sequence(0)
        if self._peek() is None:
            raise DataError("a bracket is not closed", self.where, "pair the brackets")
        self._take()
        return f"({inner})"

    def _case(self) -> str:
        self._take()
        inner = self.sequence(1)
        if self._peek() is None or self._peek().text == ")":  # type: ignore[union-attr]
            raise DataError("a CASE has no END", self.where, "add END")
        self._take()
        return f"case {inner} end"

    def _named(self) -> str:
        """Return a literal, or a name with its owner and what it is called with."""
        text = self._take()
        while (dot := self._peek()) is not None and dot.text == ".":
            after = self._peek(1)
            if after is None or after.text == "*" or after.kind != "name":
                if after is not None and after.text == "*":
                    self.position += 2
                    return f"{text}.*"
                return text
            self.position += 2
            text = f"{text}.{after.text}"
        bracket = self._peek()
        if bracket is not None and bracket.text == "(":
            star = self._peek(1)
            if star is not None and star.text == "*":
                self.position += 2
                self._take()
                return f"{text}(*)"
            text += self._bracket()
        return text

    def _behind(self, text: str) -> str:
        """Return an operand with what binds closer than arithmetic, or belongs to the call."""
        while (token := self._peek()) is not None:
            following = self._peek(1)
            if token.text in ("||", "->", "->>"):
                sign = self._take()
                text = f"{text} {sign} {self._operand()}"
            elif token.word == "collate":
                self.position += 1
                text = f"{text} collate {self._take() if self._peek() else ''}"
            elif token.word in ("filter", "over") and following is not None and (
                following.text == "(" or (token.word == "over" and following.kind == "name")
            ):  # fmt: skip
                self.position += 1
                own = self._bracket() if following.text == "(" else self._take()
                text = f"{text} {token.text} {own}"
            else:
                return text
        return text
