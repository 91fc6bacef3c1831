"""Layouts of diagrams: everything stays in its place, for any number of items."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.charts.fitting import one_line_size, text_width, wrap
from generator.charts.geometry import Figure, Shape
from generator.charts.layouts import lay_out
from generator.errors import UnsupportedChartError
from generator.model.diagram import DIAGRAM_KINDS, DiagramItem, DiagramKind, DiagramSpec
from generator.model.theme import Theme
from tests.unit.charts.specs import CM, COLUMN, SLIDE, diagram

PLACES = {"column": (*COLUMN, 8.5), "slide": (*SLIDE, 10.0), "tall": (31 * CM, 13 * CM, 10.0)}


def laid_out(kind: DiagramKind, count: int, language: str, place: str) -> Figure:
    width, height, least = PLACES[place]
    return lay_out(diagram(kind, count, language), width, height, least)


def overlap(one: Shape, other: Shape) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("count", range(1, 13))
@pytest.mark.parametrize("kind", DIAGRAM_KINDS)
class TestAnyNumberOfItems:
    def test_stays_inside_its_place(
        self, kind: DiagramKind, count: int, language: str, place: str
    ) -> None:
        figure = laid_out(kind, count, language, place)

        for shape in figure.shapes:
            assert shape.x >= 0
            assert shape.y >= 0
            assert shape.x + shape.width <= figure.width
            assert shape.y + shape.height <= figure.height
        assert figure.width == PLACES[place][0]
        assert figure.height == (PLACES[place][1] or figure.height)

    def test_text_fits_its_shape(
        self, kind: DiagramKind, count: int, language: str, place: str
    ) -> None:
        figure = laid_out(kind, count, language, place)

        for shape in figure.shapes:
            assert shape.text_height <= shape.height, shape
            for text in shape.texts:
                assert text.size >= min(PLACES[place][2], 10.0)
                widest = max(text_width(line, text.size, text.bold) for line in text.lines)
                assert widest <= shape.text_width, (shape.name, text)

    def test_texts_keep_apart(
        self, kind: DiagramKind, count: int, language: str, place: str
    ) -> None:
        figure = laid_out(kind, count, language, place)

        written = [shape for shape in figure.shapes if shape.texts]
        assert not [
            (one.name, other.name) for one, other in combinations(written, 2) if overlap(one, other)
        ]


class TestTextsThatAreTooLong:
    @pytest.mark.parametrize("kind", DIAGRAM_KINDS)
    def test_are_refused_with_the_size_of_the_place(self, kind: DiagramKind) -> None:
        item = DiagramItem("a name that goes on and on " * 12, (), "a note that does so too " * 12)
        spec = DiagramSpec(kind, (item,) * 12, "x", name="links")

        with pytest.raises(UnsupportedChartError) as caught:
            lay_out(spec, *SLIDE, 10.0)

        assert caught.value.message == (
            'the texts of the 12 items of the diagram "links" do not fit in 30.9 x 9.6 cm '
            "at 10 points"
        )
        assert caught.value.hint == "shorten its texts, make its place larger, or split it in two"


class TestSharedSizes:
    def test_all_figures_of_a_chain_have_one_size_and_one_line(self) -> None:
        figure = lay_out(diagram("chain", 6, "en"), *SLIDE, 10.0)

        values = [t for s in figure.shapes for t in s.texts if t.color == "accent1"]
        assert len({text.size for text in values}) == 1
        assert all(len(text.lines) == 1 for text in values)

    def test_a_chain_takes_two_rows_in_a_column_and_one_on_a_slide(self) -> None:
        rows = [
            len({s.y for s in lay_out(diagram("chain", 6), *place, 8.5).shapes if s.fill == "dk2"})
            for place in (COLUMN, SLIDE)
        ]

        assert rows == [2, 1]

    def test_connectors_of_a_timeline_touch_the_dots_they_are_glued_to(self) -> None:
        figure = lay_out(diagram("timeline", 12), *COLUMN, 8.5)

        for line in figure.connectors:
            for end, x in ((line.begins_at, line.x1), (line.ends_at, line.x2)):
                if end is not None:
                    dot = figure.shapes[end]
                    assert dot.outline == "ellipse"
                    assert dot.x <= x <= dot.x + dot.width
                    assert dot.y <= line.y1 <= dot.y + dot.height


def luminance(color: str) -> float:
    """Return the relative luminance of a theme colour; ``lt2:40`` is mixed with white."""
    name, _, strength = color.partition(":")
    code, kept = Theme().color(name), int(strength or 100) / 100
    parts = [int(code[i : i + 2], 16) / 255 * kept + 1 - kept for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestContrast:
    @pytest.mark.parametrize("kind", DIAGRAM_KINDS)
    def test_every_text_can_be_read_on_its_fill(self, kind: DiagramKind) -> None:
        figure = lay_out(diagram(kind, 4), *SLIDE, 10.0)

        for shape in figure.shapes:
            for text in shape.texts:
                pair = luminance(text.color), luminance(shape.fill or "lt2:40")
                large = text.size >= 18 or (text.bold and text.size >= 14)
                least = 3.0 if large else 4.5
                assert (max(pair) + 0.05) / (min(pair) + 0.05) >= least, (shape.name, text)


class TestWrapping:
    def test_cuts_english_at_spaces_and_chinese_between_characters(self) -> None:
        assert wrap("data trading centre", 10, text_width("data trading", 10)) == (
            "data trading",
            "centre",
        )
        assert wrap("公共数据交易中心", 10, text_width("公共数据", 10)) == ("公共数据", "交易中心")

    def test_puts_no_closing_mark_at_the_start_of_a_line(self) -> None:
        lines = wrap("浙江制造，天工鼎。", 10, text_width("浙江制造", 10))

        assert not [line for line in lines if line[0] in "，。"]

    def test_keeps_a_figure_and_its_unit_together(self) -> None:
        assert one_line_size(["RMB\u00a011.214\u00a0bn"], 40, 4 * CM, 8) < 40

    @given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"))),
           st.integers(1, 20))  # fmt: skip
    @settings(deadline=None)
    def test_loses_no_character(self, text: str, width: int) -> None:
        assert "".join(wrap(text, 10, width * CM)) == text.strip()


def tree() -> DiagramSpec:
    leaf = DiagramItem("Office")
    root = DiagramItem(
        "Committee",
        children=(DiagramItem("Science", children=(leaf, leaf)), DiagramItem("Economy")),
    )
    return DiagramSpec("tree", (root,), "a tree")


class TestTrees:
    def test_stand_above_what_belongs_to_them(self) -> None:
        figure = lay_out(tree(), 31 * CM, 10 * CM, 10.0)
        root, science, first, second, economy = figure.shapes

        assert root.y < science.y == economy.y < first.y == second.y
        middle = science.x + science.width // 2
        assert abs((first.x + second.x + second.width) // 2 - middle) < 10
        ends = {(line.begins_at, line.ends_at) for line in figure.connectors}
        assert ends == {(0, 1), (1, 2), (1, 3), (0, 4)}
        assert all(line.is_elbow for line in figure.connectors)

    def test_are_an_indented_list_where_there_is_no_room(self) -> None:
        figure = lay_out(tree(), 8 * CM, None, 8.5)

        left = [shape.x for shape in figure.shapes]
        assert left[0] < left[1] == left[4] < left[2] == left[3]
        assert len({shape.x + shape.width for shape in figure.shapes}) == 1
        assert len({shape.y for shape in figure.shapes}) == 5

    def test_have_at_most_24_boxes(self) -> None:
        with pytest.raises(UnsupportedChartError, match="1 to 24 boxes, not 25"):
            DiagramSpec("tree", (DiagramItem("x", children=(DiagramItem("y"),) * 24),), "a")

    def test_are_the_only_ones_with_boxes_below_boxes(self) -> None:
        with pytest.raises(UnsupportedChartError, match="no items below items"):
            DiagramSpec("cycle", (DiagramItem("x", children=(DiagramItem("y"),)),), "a")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("count", range(2, 13))
def test_a_cycle_comes_back_to_its_begin(count: int, place: str) -> None:
    figure = laid_out("cycle", count, "zh", place)

    assert len(figure.connectors) == count
    assert all(line.has_arrow for line in figure.connectors)
    for number, line in enumerate(figure.connectors):
        begin, end = figure.shapes[number], figure.shapes[(number + 1) % count]
        for shape, x, y in ((begin, line.x1, line.y1), (end, line.x2, line.y2)):
            assert shape.x <= x <= shape.x + shape.width
            assert shape.y <= y <= shape.y + shape.height
