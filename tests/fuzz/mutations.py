"""Changes of bytes, of XML and of tags, each drawn from a random source with a seed."""

from __future__ import annotations

import re
from random import Random

_BYTES = (b"\0", b"\xff", b"\xff\xff\xff\xff", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"<", b"&", b"../",
          b"{{", b"}}", b"{%", b"%}", b'"', b"\n", b"\x7f\xff\xff\xff", b"\x80", b"-", b"9" * 20, b"\xed\xa0\x80")  # fmt: skip
_XML = ("<a/>", "&amp;", "&#0;", "&#xD800;", "&x;", "<!--", "-->", "<![CDATA[", "]]>", "<?a b?>", "<!DOCTYPE a>",
        "</w:p>", "<w:p/>", "<w:tbl/>", "<w:tr/>", "<w:tc/>", "<w:r><w:t>{{ x }}</w:t></w:r>", "{{", "}}", "{% if x %}",
        "{% endif %}", 'r:id="rId1"', 'xmlns:w="urn:a"', "\u202e", "\ue000", "\ufdd0", "\ufdd1", "<?jt 1?>", "<w:sectPr/>",
        '<w:fldSimple w:instr="DDE a"/>', '<w:fldChar w:fldCharType="begin"/>', "<a:p/>", "<a:r/>", "<p:sp/>")  # fmt: skip
_TOKEN = re.compile(rb"<[^<>]*>|[^<>]+")
_WORDS = ("x", "n", "rows", "c", "r", "loop", "loop.index", "none", "true", "1", "0", "-1", "1.5", "'a'", "\"b\"", "[]",
          "{}", "[1, 2]", "{'a': 1}", "rows[0]", "rows[0].a", "x.upper()", "range(3)", "nothing", "x.__class__",
          "namespace(a=1)", "dict(a=1)", "self", "10 ** 9", "'a' * 9", "table(rows)", "chart(c)", "markdown(x)",
          "footnote(x)", "picture('p.png', alt='a')", "caller()", "varargs", "(1, 2)", "rows | first", "9 * 9 ** 9",
          "'%s' % x", "'{}'.format(x)", "x ~ n", "page_break()", "\u201ca\u201d", "rows | map(attribute='a') | list")  # fmt: skip
_FILTERS = ("upper", "length", "first", "last", "join(',')", "sort", "list", "string", "int", "float", "round", "sum",
            "default('d')", "replace('a', 'b')", "batch(2)", "slice(2)", "tojson", "center(9)", "indent", "wordwrap(2)",
            "groupby('a')", "map('upper')", "select", "unique", "reverse", "safe", "escape", "e", "dictsort", "items",
            "xmlattr", "urlize", "striptags", "truncate(3)", "format(1)", "attr('a')", "nothing", "pprint", "title",
            "filesizeformat", "max", "min", "random", "trim", "wordcount", "abs", "capitalize", "map(attribute='b')")  # fmt: skip
_OPERATORS = (
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "~",
    "==",
    "<",
    "and",
    "or",
    "in",
    "not in",
    "is",
    ",",
    "|",
    "if",
    ".",
)
_OPENERS = ("if {}", "for r in {}", "set a", "macro m(a)", "with a = {}", "call m(1)", "set a = {}", "do {}", "elif {}",
            "else", "break", "continue", "include {}", "raw", "filter upper", "block a", "slide if {}", "slide for r in {}",
            "tr for r in {}", "tr if {}", "p if {}", "tc for r in {}", "shape if {}", "cellbg {}", "colspan {}", "hm", "vm")  # fmt: skip
_CLOSERS = ("endif", "endfor", "endset", "endmacro", "endwith", "endcall", "slide endif", "slide endfor", "tr endfor",
            "tr endif", "p endif", "tc endfor", "shape endif")  # fmt: skip


def changed_bytes(random: Random, data: bytes) -> bytes:
    """Return bytes with a few changes: flips, cuts, copies, swaps, numbers at their ends."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 12))):
        at = random.randrange(len(out) + 1) if out else 0
        kind = random.randrange(6)
        length = random.choice((1, 1, 2, 4, 30, 300))
        if kind == 0 and out:
            out[min(at, len(out) - 1)] ^= 1 << random.randrange(8)
        elif kind == 1:
            del out[at : at + length]
        elif kind == 2:
            out[at:at] = random.choice(_BYTES)
        elif kind == 3:
            start = random.randrange(len(out) + 1)
            out[at:at] = out[start : start + length]
        elif kind == 4:
            out[at : at + length] = random.randbytes(length)
        else:
            out[at : at + 4] = random.choice(_BYTES)[:4]
    return bytes(out)


def changed_xml(random: Random, blob: bytes) -> bytes:
    """Return XML with changes that mostly keep it well-formed enough to be read further."""
    tokens = _TOKEN.findall(blob)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if len(tokens) < 3:
            break
        at = random.randrange(1, len(tokens))
        kind = random.randrange(7)
        if kind == 0:
            tokens.insert(at, random.choice(_XML).encode())
        elif kind == 1:
            del tokens[at]
        elif kind == 2:
            tokens.insert(at, tokens[random.randrange(1, len(tokens))])
        elif kind == 3:
            tokens[at] = re.sub(rb'"[^"]*"', b'"%s"' % random.choice(_BYTES).replace(b"<", b"&lt;").replace(
                b"&", b"&amp;").replace(b'"', b""), tokens[at], count=1)  # fmt: skip
        elif kind == 4:
            tokens[at] = changed_bytes(random, tokens[at])
        elif kind == 5:
            tokens[at] = re.sub(rb'\s[\w:]+="[^"]*"', b"", tokens[at], count=1)
        else:
            _drop_element(random, tokens)
    return b"".join(tokens)


def _drop_element(random: Random, tokens: list[bytes]) -> None:
    """Drop one whole element, so that the rest stays well-formed."""
    starts = [
        i
        for i, t in enumerate(tokens)
        if t[:1] == b"<" and t[1:2] not in b"/?!" and not t.endswith(b"/>")
    ]
    if len(starts) < 2:
        return
    start = random.choice(starts[1:])
    depth = 0
    for end in range(start, len(tokens)):
        token = tokens[end]
        if token[:1] != b"<" or token.endswith(b"/>") or token[1:2] in b"?!":
            continue
        depth += -1 if token[1:2] == b"/" else 1
        if depth == 0:
            del tokens[start : end + 1]
            return


def expression(random: Random, depth: int = 0) -> str:
    """Return an expression, mostly one that can be parsed."""
    text = random.choice(_WORDS)
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        kind = random.randrange(4)
        if kind == 0:
            text += f" | {random.choice(_FILTERS)}"
        elif kind == 1 and depth < 4:
            text = f"{text} {random.choice(_OPERATORS)} {expression(random, depth + 1)}"
        elif kind == 2 and depth < 4:
            text = f"({text}) if {expression(random, depth + 1)} else ({expression(random, depth + 1)})"
        else:
            text = f"({text})"
    return text


def template_text(random: Random) -> str:
    """Return text with tags; blocks are mostly closed."""
    if random.random() < 0.5:  # wild texts are mostly refused before they are run
        return f"{{{{ {expression(random)} }}}}"
    pieces: list[str] = []
    for _ in range(random.randint(1, 3)):
        kind = random.randrange(8)
        if kind < 4:
            pieces.append(f"{{{{ {expression(random)} }}}}")
        elif kind < 6:
            opener = random.choice(_OPENERS).format(expression(random))
            pieces.append(f"{{%{random.choice(('', ' ', '- '))}{opener} %}}{template_text(random)}")
            word = opener.split()[0]
            pieces.append(f"{{% end{word} %}}" if random.random() < 0.8 else "")
        elif kind == 6:
            pieces.append(f"{{%{random.choice(_CLOSERS)} %}}")
        else:
            pieces.append(
                random.choice(
                    ("text", "{#", "#}", "{{", "}}", "{%", "\n", "\u00a0", "&", "<", "\u202e")
                )
            )
        if sum(map(len, pieces)) > 2_000:
            break
    text = "".join(pieces)
    return (
        changed_bytes(random, text.encode()).decode("utf-8", "ignore")
        if random.random() < 0.15
        else text
    )
