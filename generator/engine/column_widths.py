"""Widths of table columns: what is given stays, the rest is shared by what the cells say."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from generator.model.blocks import Column, Table

#: Width (EMU) of half an East Asian character in the text of a table, about 10 points.
_HALF = 70_000
#: Room of a cell beside its text (EMU), left and right together.
_SIDES = 190_000
#: A cell that says more than so many half widths may wrap.
_WRAPS_AT = 60


def column_widths(table: Table, total: int) -> tuple[int, ...]:
    """Return a width (EMU) for each column, whole numbers that sum to ``total``.

    Given widths are kept while they fit; the others follow what their cells say, and none is
    narrower than its longest word while there is room. All are scaled where there is none.
    """
    count = len(table.columns)
    given = [int(column.width) if column.width is not None else 0 for column in table.columns]
    texts = [_texts(table, number) for number in range(count)]
    least = [given[n] or _longest_word(texts[n]) * _HALF + _SIDES for n in range(count)]
    free = {n: float(_need(texts[n])) for n in range(count) if not given[n]}
    left = total - sum(given)
    if free and left > sum(least[n] for n in free):
        shared = _shared(free, left, least)
        found = [float(given[n] or shared[n]) for n in range(count)]
    else:
        found = [float(width) for width in least]
    scale = total / sum(found)
    whole = [int(width * scale) for width in found]
    whole[-1] += total - sum(whole)
    return tuple(whole)


def _shared(needs: dict[int, float], left: float, least: list[int]) -> dict[int, float]:
    """Share a width by need; whoever would get too little gets the least, the others the rest."""
    widths: dict[int, float] = {}
    open_ = dict(needs)
    while open_:
        total = sum(open_.values())
        small = [n for n, need in open_.items() if need / total * left < least[n]]
        if not small or len(small) == len(open_):
            return widths | {n: need / total * left for n, need in open_.items()}
        for number in small:
            widths[number] = least[number]
            left -= least[number]
            del open_[number]
    return widths


def _texts(table: Table, number: int) -> list[str]:
    texts = [column_title(table.columns[number])] if table.has_header else []
    for row in table.rows:
        at = 0
        for cell in row:
            if at == number and cell.columns == 1:
                texts.append(str(cell.text))
            at += cell.columns
    return texts


def _need(texts: list[str]) -> int:
    return max((min(half_widths(text), _WRAPS_AT) for text in texts), default=4) + 2


def _longest_word(texts: list[str]) -> int:
    """Return the half widths of the longest stretch that no line may break."""
    words = (word for text in texts for word in _WORD.findall(text))
    return min(max((len(word) for word in words), default=2), 24)


#: Letters and figures in a row; an East Asian character is a word of its own.
_WORD = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+|\S")


def column_title(column: Column) -> str:
    return str(column.title)


def half_widths(text: str) -> int:
    """Return how wide the longest line of a text is; East Asian characters count as two."""
    return max(
        (sum(2 if east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")),
        default=0,
    )
