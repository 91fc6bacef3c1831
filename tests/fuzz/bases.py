"""Small sound inputs that cases are made from."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from pptx.presentation import Presentation

from tests.support.hostile.data_cases import author_chart
from tests.support.hostile.zips import parts_of, zipped
from tests.support.packages import docx_bytes, pptx_bytes, saved

CONTEXT: dict[str, object] = {
    "x": "R&D < 5", "n": 3, "rows": [{"a": "1", "b": 2}, {"a": "2", "b": 3}],
    "c": {"categories": ["a", "b"], "series": [{"name": "s", "values": [1, 2]}]},
}  # fmt: skip
TAGS = (
    "{{ x }}", "{% for r in rows %}{{ r.a }}{% endfor %}", "{% if n > 2 %}yes{% else %}no{% endif %}",
    "{{ rows | length }}", "{{ table(rows) }}", "{{ footnote(x) }}",
)  # fmt: skip


@cache
def documents() -> tuple[bytes, ...]:
    """Return documents with tags, a table, a field and a link."""
    rows = [["{%tr for r in rows %}", ""], ["{{ r.a }}", "{{ r.b }}"], ["{%tr endfor %}", ""]]
    return docx_bytes(*TAGS), docx_bytes("{{ x }}", rows, "{% if x %}", "a", "{% endif %}")


@cache
def decks() -> tuple[bytes, ...]:
    """Return decks of one layout, so that a case is small."""
    slides = ["{{ x }}", "{% for r in rows %}{{ r.a }}{% endfor %}", "{{ table(rows) }}"]
    repeated = ["{%slide for r in rows %}{{ r.a }}", "{{ r.b }}{%slide endfor %}"]
    return pptx_bytes(slides, edit=slim), pptx_bytes(repeated, edit=slim)


def slim(deck: Presentation) -> None:
    used = {slide.slide_layout.part.partname for slide in deck.slides}
    for layout in list(deck.slide_layouts):
        if layout.part.partname not in used:
            deck.slide_layouts.remove(layout)


@cache
def chart_deck() -> tuple[bytes, str]:
    """Return a deck whose chart is filled, and the name of the chart's workbook."""
    from tests.support.packages import open_pptx

    deck = open_pptx(author_chart())
    slim(deck)
    data = saved(deck)
    return data, next(name for name in parts_of(data) if name.endswith(".xlsx"))


@cache
def picture() -> bytes:
    """Return a PNG of four pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    head = struct.pack(">2L5B", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\1" * 6 + b"\0" + b"\2" * 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" viewBox="0 0 20 10">'
    b'<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs>'
    b'<g transform="scale(2)"><rect width="9" height="3" fill="url(#a)"/><text y="5">x</text></g></svg>'
)
DATA = {
    "yaml": b"x: &a [1, 2.5, 'q', null]\ny: *a\nrows:\n  - {a: 1, b: \"t\\n\"}\n  - a: 2\n    b: |\n      l\n",
    "json": b'{"x": [1, -2.5e3, "q\\u00e9", null, true], "rows": [{"a": 1, "b": {"c": []}}]}',
    "csv": b'a,b,c\n1,"x, y",3\n4,"q ""w""\nz",6\n',
    "tsv": b"a\tb\n1\t2\n3\t\n",
}

__all__ = [
    "CONTEXT",
    "DATA",
    "SVG",
    "TAGS",
    "chart_deck",
    "decks",
    "documents",
    "picture",
    "zipped",
]
