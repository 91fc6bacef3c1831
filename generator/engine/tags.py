"""Tags in plain text: where they begin and end, what they say. Knows no XML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from generator.errors import Location, Problem

TagKind = Literal["print", "block", "comment"]

#: Scope prefixes: docxtpl's ``p tr tc r`` and ours for decks.
PREFIXES = ("p", "tr", "tc", "r", "slide", "shape")

#: Keywords that open a block, with the keywords that may stand inside and the one that closes it.
BLOCKS: dict[str, tuple[tuple[str, ...], str]] = {
    "for": (("else",), "endfor"),
    "if": (("elif", "else"), "endif"),
    "macro": ((), "endmacro"),
    "call": ((), "endcall"),
    "set": ((), "endset"),
    "with": ((), "endwith"),
}
MIDDLES = frozenset(word for words, _ in BLOCKS.values() for word in words)
CLOSERS = {close: opener for opener, (_, close) in BLOCKS.items()}
#: Keywords that leave a loop, or its turn.
LEAVERS = ("break", "continue")
#: Keywords of Jinja2 that a template may not use, with what to do instead.
REFUSED = {
    **dict.fromkeys(
        ("include", "import", "from", "extends"),
        "a template reads no other file; write what is used often as a {% macro %} of this "
        'template, or put in a Word document with {{ document("annex.docx") }}',
    ),
    **dict.fromkeys(("block", "endblock"), "there is no template to inherit from; drop the tag"),
    **dict.fromkeys(
        ("filter", "endfilter"),
        "the block may hold text and values of one paragraph; else write the filter behind the "
        "value: {{ x | upper }}",
    ),
    **dict.fromkeys(("autoescape", "endautoescape"), "values are always escaped; drop the tag"),
}  # fmt: skip

#: Characters of the text around a tag.
_SHOWN = 60
_STARTS = re.compile(r"\{[{%#]")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_KINDS: dict[str, TagKind] = {"{{": "print", "{%": "block", "{#": "comment"}
# One step of a tag's inside: a quoted string, or one of the characters that matter for its end.
_INSIDE = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*")|(?P<single>'(?:[^'\\]|\\.)*')"""
    r"""|(?P<curly>[“”„](?P<c>[^“”"]*)[“”"])|(?P<apostrophes>[‘’](?P<a>[^‘’']*)[‘’'])"""
    r"""|(?P<end>\}\}|%\}|#\})|(?P<open>\{)|(?P<close>\})""",
    re.DOTALL,
)
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_PREFIX = re.compile(rf"(?:{'|'.join(sorted(PREFIXES, key=len, reverse=True))})(?=\s)")
_KEYWORD = re.compile(r"\s*([A-Za-z_]+)")
#: What Office and input methods write instead of the signs of an expression: spaces of all widths
#: and line breaks, a dash for a minus, full-width signs; signs without width go.
_PLAIN_SIGNS = {
    **dict.fromkeys(map(ord, "\n\r\t\v\u00a0\u2007\u2009\u202f\u2028\u2029\u3000"), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2013, 0x2212), "-"),
    **{sign + 0xFEE0: chr(sign) for sign in map(ord, "!%()*+,-./:;<=>[]_|~")},
    **dict.fromkeys((0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
                     *range(0x2060, 0x206A))),
}  # fmt: skip


@dataclass(slots=True)
class Tag:
    """One tag. ``start`` and ``end`` are offsets in the text it was found in.

    ``code`` is what stands between the braces, without prefix and white-space signs, with quotes
    that Office made curly turned straight. ``keyword`` is the first word of a block tag. ``shown``
    is what the author wrote, where ``code`` is something else.
    """

    kind: TagKind
    code: str
    start: int
    end: int
    where: Location
    scope: str = ""
    keyword: str = ""
    trim_left: bool = False
    trim_right: bool = False
    shown: str = ""

    @property
    def opens(self) -> bool:
        if self.keyword == "set":
            return "=" not in _strip_strings(self.code)
        return self.kind == "block" and self.keyword in BLOCKS

    @property
    def written(self) -> str:
        """The tag as its author sees it, for messages."""
        if self.shown:
            return self.shown
        left, right = {"print": ("{{", "}}"), "block": ("{%", "%}"), "comment": ("{#", "#}")}[
            self.kind
        ]
        return f"{left}{self.scope} {self.code.strip()} {right}"


def has_tags(text: str) -> bool:
    """Return whether a text may hold a tag at all."""
    return "{{" in text or "{%" in text or "{#" in text


def find_tags(text: str, where: Location) -> tuple[list[Tag], list[Problem]]:
    """Return the tags of a text in order, in one pass, with what is wrong in it.

    After the first tag without an end nothing more of the text is read.
    """
    tags: list[Tag] = []
    position = 0
    paragraph = where
    while (start := _STARTS.search(text, position)) is not None:
        opening = start.group()
        where = _with_text_around(paragraph, text, start.start())
        end = _find_end(text, start.end(), opening)
        if end is None:
            shown = text[start.start() : start.start() + 40]
            return tags, [
                Problem(
                    f'the tag "{shown}" is not closed',
                    where,
                    f'write "{_ENDS[opening]}" at its end, in the same paragraph',
                    code="tag-syntax",
                )
            ]
        tag = _read_tag(text, start.start(), end, opening, where)
        position = end
        if tag.keyword == "raw":
            closing = _END_RAW.search(text, end)
            if closing is None:
                return tags, [Problem(
                    f'"{tag.written}" is not closed', where,
                    "write {% endraw %} behind it, in the same paragraph", code="block-mismatch",
                )]  # fmt: skip
            position = closing.end()
            tags.append(Tag("comment", "", start.start(), end, where))
            tag = Tag("comment", "", closing.start(), closing.end(), where)
        tags.append(tag)
    return _with_filtered_text(text, tags), []


def _with_filtered_text(text: str, tags: list[Tag]) -> list[Tag]:
    """Return tags in which ``{% filter f %}a{{ b }}{% endfilter %}`` is ``{{ ("a" ~ b) | f }}``.

    Where other blocks stand inside, the tags stay, and are refused later.
    """
    if not any(tag.keyword == "filter" for tag in tags):
        return tags
    result: list[Tag] = []
    at = 0
    while at < len(tags):
        tag = tags[at]
        last = at + 1
        while last < len(tags) and tags[last].kind != "block":
            last += 1
        is_whole = last < len(tags) and tags[last].keyword == "endfilter"
        if tag.keyword == "filter" and not tag.scope and is_whole:
            result.append(_filtered_text(text, tag, tags[at + 1 : last], tags[last]))
            at = last
        else:
            result.append(tag)
        at += 1
    return result


def _filtered_text(text: str, opener: Tag, inside: list[Tag], closer: Tag) -> Tag:
    pieces: list[str] = []
    at = opener.end
    for tag in (*inside, closer):
        pieces.append(_as_literal(text[at : tag.start]))
        if tag.kind == "print":
            code = tag.code.strip()
            pieces.append(f'("" if ({code}) is none else ({code}))')
        at = tag.end
    filters = opener.code.strip().removeprefix("filter").strip()
    code = f" ({' ~ '.join(pieces)}) | {filters} "
    return Tag(
        "print", code, opener.start, closer.end, opener.where, trim_left=opener.trim_left,
        trim_right=closer.trim_right, shown=text[opener.start : closer.end],
    )  # fmt: skip


def _as_literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def _with_text_around(where: Location, text: str, at: int) -> Location:
    """Return a place in a long text with the part of it that a reader needs to find a tag."""
    if len(text) <= _SHOWN or where.file is None:
        return where
    start = max(0, min(at - _SHOWN // 3, len(text) - _SHOWN))
    shown = " ".join(text[start : start + _SHOWN].split())
    before, after = "..." if start else "", "..." if start + _SHOWN < len(text) else ""
    return replace(where, text=f"{before}{shown}{after}")


def _find_end(text: str, position: int, opening: str) -> int | None:
    """Return the offset after the tag's end. Quoted text and balanced braces are passed over."""
    closing = _ENDS[opening]
    if opening == "{#":
        found = text.find(closing, position)
        return None if found < 0 else found + 2
    depth = 0
    at = position
    while (step := _INSIDE.search(text, at)) is not None:
        at = step.end()
        if step["open"]:
            depth += 1
        elif step["close"]:
            depth = max(0, depth - 1)
        elif step["end"] == "}}" and depth > 0:
            if depth == 1:
                at = step.start() + 1
            depth = max(0, depth - 2)
        elif step["end"] == closing:
            return at
    # A lone quote hides the end: leave the finding to the expression parser, which names it.
    found = text.find(closing, position)
    return None if found < 0 else found + 2


def _read_tag(text: str, start: int, end: int, opening: str, where: Location) -> Tag:
    inside = text[start + 2 : end - 2]
    if opening != "{#":
        inside = _plain(inside)
    tag = Tag(_KINDS[opening], "", start, end, where)
    if tag.kind == "comment":
        tag.code = inside
        scope = _PREFIX.match(inside)
        if scope and scope.group() in ("p", "tr", "tc"):
            tag.scope = scope.group()
        return tag
    if inside[:1] in ("-", "+"):
        tag.trim_left = inside[0] == "-"
        inside = inside[1:]
    if inside[-1:] in ("-", "+"):
        tag.trim_right = inside[-1] == "-"
        inside = inside[:-1]
    prefix = _PREFIX.match(inside)
    if prefix and (tag.kind == "block" or prefix.group() in ("r", "p")):
        tag.scope = prefix.group()
        inside = inside[prefix.end() :]
    tag.code = inside
    if tag.kind == "block":
        keyword = _KEYWORD.match(tag.code)
        tag.keyword = keyword[1] if keyword else ""
    return tag


def _plain(code: str) -> str:
    """Return code with straight quotes, and with plain signs outside of quotes."""
    pieces: list[str] = []
    at = 0
    for step in _INSIDE.finditer(code):
        pieces.append(code[at : step.start()].translate(_PLAIN_SIGNS))
        pieces.append(_straighten(step))
        at = step.end()
    pieces.append(code[at:].translate(_PLAIN_SIGNS))
    return "".join(pieces)


_IN_STRINGS = str.maketrans({"\t": "\\t", "\n": "\\n"})


def _straighten(step: re.Match[str]) -> str:
    if step["double"] or step["single"]:
        return step.group().translate(_IN_STRINGS)
    if step["curly"]:
        inner = step["c"].replace("\\", "\\\\").replace('"', '\\"')
        return f'"{inner}"'
    if step["apostrophes"]:
        inner = step["a"].replace("\\", "\\\\").replace("'", "\\'")
        return f"'{inner}'"
    return step.group()


def _strip_strings(code: str) -> str:
    return re.sub(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", "", code)
