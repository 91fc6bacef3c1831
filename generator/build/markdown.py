"""Markdown as blocks: CommonMark with tables and struck text, in the template's own styles.

Raw HTML is shown as text, pictures as their alternative text; links lead to web and mail addresses
only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from generator.model.blocks import (
    Block,
    Blocks,
    Cell,
    Column,
    Heading,
    ListItem,
    Paragraph,
    Role,
    Rule,
    Table,
)
from generator.model.rich_text import RichText, TextPiece, TextStyle

if TYPE_CHECKING:
    from markdown_it.token import Token

_CODE_FONT = "Consolas"
_SCHEMES = ("http://", "https://", "mailto:", "#")
#: How a link looks that Word does not colour by itself.
_LINK: dict[str, Any] = {"underline": True, "color": "0563C1"}
_SWITCHES: dict[str, dict[str, Any]] = {
    "strong_open": {"bold": True}, "em_open": {"italic": True}, "s_open": {"strike": True},
}  # fmt: skip


def read_markdown(text: str) -> Blocks:
    """Return the blocks of a Markdown text."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return Blocks(tuple(_Reader(parser.parse(text)).blocks()))


@dataclass(slots=True)
class _List:
    """An open list: ``used`` says that the current item has its first paragraph."""

    is_ordered: bool
    number: int
    start: int
    used: bool = False


@dataclass(slots=True)
class _Reader:
    tokens: Sequence[Token]
    lists: list[_List] = field(default_factory=list)
    quotes: int = 0
    count: int = 0

    def blocks(self) -> Iterator[Block]:
        position = 0
        while position < len(self.tokens):
            token = self.tokens[position]
            kind = token.type
            if kind == "heading_open":
                yield Heading(int(token.tag[1]), _inline(self.tokens[position + 1]))
                position += 2
            elif kind == "inline":
                yield self._text(_inline(token), "body")
            elif kind in ("fence", "code_block"):
                yield self._text(RichText((TextPiece(token.content.rstrip("\n")),)), "code")
            elif kind == "html_block":
                yield self._text(RichText((TextPiece(token.content.strip()),)), "body")
            elif kind == "hr":
                yield Rule()
            elif kind == "table_open":
                end = next(
                    i for i in range(position, len(self.tokens))
                    if self.tokens[i].type == "table_close"
                )  # fmt: skip
                yield _table(self.tokens[position:end])
                position = end
            else:
                self._nest(token)
            position += 1

    def _nest(self, token: Token) -> None:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.count += 1
            start = int(token.attrGet("start") or 1)
            self.lists.append(_List(kind == "ordered_list_open", self.count, start))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            self.lists[-1].used = False
        elif kind == "blockquote_open":
            self.quotes += 1
        elif kind == "blockquote_close":
            self.quotes -= 1

    def _text(self, text: RichText, role: Role) -> Block:
        if self.lists:
            current = self.lists[-1]
            if role == "code":
                text = text.styled(font=_CODE_FONT)
            item = ListItem(
                text, len(self.lists) - 1, current.is_ordered, current.number, current.start,
                current.used,
            )  # fmt: skip
            current.used = True
            return item
        return Paragraph(text, "quote" if self.quotes and role == "body" else role)


def _inline(token: Token) -> RichText:
    """Return the formatted text of a line of tokens."""
    pieces: list[TextPiece] = []
    styles = [TextStyle()]
    links: list[str | None] = [None]
    for child in token.children or ():
        kind = child.type
        style, link = styles[-1], links[-1]
        if kind in _SWITCHES:
            styles.append(replace(style, **_SWITCHES[kind]))
        elif kind in ("strong_close", "em_close", "s_close"):
            styles.pop()
        elif kind == "link_open":
            address = str(child.attrGet("href") or "")
            links.append(address if address.lower().startswith(_SCHEMES) else None)
            styles.append(replace(style, **_LINK) if links[-1] else style)
        elif kind == "link_close":
            links.pop()
            styles.pop()
        elif kind == "code_inline":
            pieces.append(TextPiece(child.content, replace(style, font=_CODE_FONT), link))
        elif kind == "softbreak":
            pieces.append(TextPiece(_soft_break(pieces), style, link))
        elif kind == "hardbreak":
            pieces.append(TextPiece("\n", style, link))
        elif child.content:
            pieces.append(TextPiece(child.content, style, link))
    return RichText(tuple(piece for piece in pieces if piece.text))


def _soft_break(pieces: Sequence[TextPiece]) -> str:
    """Return what joins two lines: nothing after a Chinese character, else a space."""
    last = pieces[-1].text[-1:] if pieces else ""
    return "" if "\u2e80" <= last <= "\u9fff" or "\uff00" <= last <= "\uffef" else " "


def _table(tokens: Sequence[Token]) -> Table:
    columns: list[Column] = []
    rows: list[list[Cell]] = []
    in_head = False
    for position, token in enumerate(tokens):
        if token.type == "thead_open":
            in_head = True
        elif token.type == "thead_close":
            in_head = False
        elif token.type == "tr_open" and not in_head:
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            text = _inline(tokens[position + 1])
            if in_head:
                align = str(token.attrGet("style") or "").partition("text-align:")[2]
                columns.append(Column(text, None, align if align in _ALIGNS else None))  # type: ignore[arg-type] # one of them
            else:
                rows[-1].append(Cell(text))
    return Table(tuple(columns), tuple(tuple(row) for row in rows))


_ALIGNS = ("left", "center", "right")
