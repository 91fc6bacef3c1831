"""The text of a marked chart, read into pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.charts.refill_pieces import (
    Axis,
    Entry,
    Group,
    Labels,
    NewPoints,
    Piece,
    Point,
    SeriesForm,
    Title,
    TopPiece,
    mark_of,
)
from generator.charts.refill_places import Track


class Reader:
    """Reads the marked text of a chart back into pieces."""

    def __init__(
        self, tokens: Sequence[str], forms: Sequence[SeriesForm], titles: Sequence[Track]
    ) -> None:
        self._tokens = tokens
        self._at = 0
        self._forms = iter(forms)
        self._titles = titles
        self.top: list[TopPiece] = []
        self.groups: list[Group] = []
        self.series: list[SeriesForm] = []
        self.models: list[SeriesForm] = []

    def read(self) -> None:
        self.top.append(self._literal())
        while self._at < len(self._tokens):
            mark = self._mark()
            if mark[0] == "G":
                self._read_group()
                self.top.append(len(self.groups) - 1)
            elif mark[0] == "A":
                self.top.append(Axis(mark[1:], tuple(self._titled("/A"))))
            elif mark[0] == "E":
                before = self._literal()
                self._mark()
                text = f"{before}\0{self._literal()}".replace("%", "%%").replace("\0", "%d")
                self._mark()
                self.top.append(Entry(int(mark[1:]), text))
            elif mark[0] == "N":
                self.top.append(self._title(mark))
            self.top.append(self._literal())

    def _literal(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _mark(self) -> str:
        return self._literal()

    def _title(self, mark: str) -> Title:
        text = self._literal()
        self._mark()
        return Title(self._titles[int(mark[1:])], "", text)

    def _titled(self, end: str) -> Iterator[str | Title]:
        yield self._literal()
        while (mark := self._mark()) != end:
            yield self._title(mark)
            yield self._literal()

    def _read_group(self) -> None:
        before, after = self._literal(), ""
        while (mark := self._mark()) != "/G":
            if mark in "SM":
                self._read_series(mark)
            after = self._literal()
        self.groups.append(Group(before, after))

    def _read_series(self, kind: str) -> None:
        head = self._literal()
        self._mark()
        before = self._pieces("D")
        after = self._pieces(f"/{kind}")
        if kind == "S":
            form = next(self._forms)
            self.series.append(_with_pieces(form, head, before, after))
        else:
            self.models.append(_with_pieces(self.series[-1], head, before, after))

    def _pieces(self, end: str) -> tuple[Piece, ...]:
        """Return what stands up to a mark; marks of colours stay in the text."""
        pieces: list[Piece] = []
        text = self._literal()
        while (mark := self._mark()) != end:
            if mark[0] == "P":
                pieces += (text, Point(int(mark[1:]), self._flat("/P")))
                text = self._literal()
            elif mark[0] == "Q":
                first, accent = mark[1:].split(",")
                pieces += (text, NewPoints(int(first), int(accent), (self._flat("/Q"),)))
                text = self._literal()
            elif mark == "W":
                pieces.append(text)
                text = self._read_labels(pieces)
            elif mark == "O":
                opening = self._literal()
                self._mark()
                own: list[Piece] = []
                closing = self._read_labels(own)
                (labels,) = (piece for piece in own if isinstance(piece, Labels))
                pieces += (text, Labels(labels.model, (), opening, closing))
                self._mark()
                text = self._literal()
            else:
                text += mark_of(mark) + self._literal()
        pieces.append(text)
        return tuple(piece for piece in pieces if piece != "")

    def _read_labels(self, pieces: list[Piece]) -> str:
        """Read the model of a label and the author's own behind it; return the text after them."""
        model = self._flat("/W")
        own: list[Point] = []
        text = self._literal()
        while self._tokens[self._at][0] == "P" and not text.strip():
            mark = self._mark()
            own.append(Point(int(mark[1:]), self._flat("/P")))
            text = self._literal()
        pieces.append(Labels(model, tuple(own), "", ""))
        return text

    def _flat(self, end: str) -> str:
        text = self._literal()
        while (mark := self._mark()) != end:
            text += mark_of(mark) + self._literal()
        return text


def _with_pieces(
    form: SeriesForm, head: str, before: tuple[Piece, ...], after: tuple[Piece, ...]
) -> SeriesForm:
    return SeriesForm(
        head, before, after, form.idx, form.name, form.group, form.kind, form.accent,
        form.codes, form.point_codes, form.shows_name,
    )  # fmt: skip
