"""Small sound inputs that cases are made from."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import cache

from pptx.presentation import Presentation

from tests.support.hostile.command_cases import book
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

ROWS = {
    "csv": b'a,b\nAnna,1\n"B, ""b""",2\n', "tsv": b"a\tb\nx\t1\n", "json": b'[{"a": "x\\u00e9", "b": 1}, {"a": "y", "b": null}]',
    "jsonl": b'{"a": "x", "b": 1}\n{"a": "y", "b": [1]}\n', "yaml": b"- {a: &x x, b: 1}\n- a: *x\n  b: 2\n",
}  # fmt: skip


@cache
def parquet() -> bytes:
    """Return a small Parquet file."""
    import tempfile
    from pathlib import Path

    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.parquet"
        query = "select range as a, 'x' || range as b, date '2025-01-01' as c from range(20)"
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"copy ({query}) to '{path}' (format parquet)")
        return path.read_bytes()


def _table(kind: str) -> Callable[[], bytes]:
    return lambda: ROWS[kind]


TABLES: dict[str, Callable[[], bytes]] = {
    **{kind: _table(kind) for kind in ("csv", "tsv", "json", "yaml")}, "xlsx": book, "parquet": parquet,
}  # fmt: skip
_ARTICLE = (
    "杭州某区上半年经济运行情况\n2025年上半年，全区实现地区生产总值1559.9亿元，同比增长7.3%；其中，第三产业增加值超1000亿元，占比为1.3∶57.3∶41.4。\n"
    "Revenue rose 5 per cent to $3.2 billion in the 26 weeks ended 28 June 2025 (2024: $3.05 billion), and nearly 40% of sales were online.\n"
)  # fmt: skip


def _page() -> bytes:
    return (f"<html><head><title>t</title></head><body><nav>n</nav><article><p>{_ARTICLE}</p><table><tr><td>产值</td>"
            "<td>5亿元</td></tr></table></article></body></html>").encode()  # fmt: skip


ARTICLES: dict[str, Callable[[], bytes]] = {
    "txt": _ARTICLE.encode,
    "html": _page,
    "docx": lambda: docx_bytes(*_ARTICLE.splitlines()),
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
