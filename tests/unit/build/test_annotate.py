"""Problems stand as comments at their place, wherever a template may hold tags."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from generator.build.annotate import annotate
from generator.build.annotate_package import PackageCopy
from generator.build.annotate_places import PlaceFinder
from generator.build.single import check_single
from generator.errors import Location, OutputError, Problem
from generator.office.package import read_package
from tests.support.packages import (
    docx_bytes,
    open_docx,
    open_pptx,
    part_names,
    part_xml,
    pptx_bytes,
    with_parts,
)
from tests.support.soundness import assert_sound

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{W_NS}}}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TEXT_BOX = f"""<w:p xmlns:w="{W_NS}"><w:r><w:t>around </w:t></w:r><w:r><w:pict
 xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:90pt;height:40pt"><v:textbox>
<w:txbxContent><w:p><w:r><w:t>{{{{ boxed }}}}</w:t></w:r></w:p></w:txbxContent></v:textbox>
</v:shape></w:pict></w:r></w:p>"""
_NOTES = f"""<w:footnotes xmlns:w="{W_NS}"><w:footnote w:id="2"><w:p><w:r><w:t>{{{{ noted }}}}
</w:t></w:r></w:p></w:footnote></w:footnotes>"""
_FOOTNOTES = (
    "word/footnotes.xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
    f"{R}/footnotes",
    _NOTES,
)


def problems_of(data: bytes, folder: Path, name: str) -> tuple[Problem, ...]:
    """Return what a check without any name finds in a template."""
    path = folder / name
    path.write_bytes(data)
    return check_single(path, {}, files=folder)[0]


def annotated(data: bytes, folder: Path, name: str = "t.docx") -> bytes:
    problems = problems_of(data, folder, name)
    assert problems
    result = annotate(data, str(folder / name), problems)
    assert_sound(result)
    return result


def carriers(data: bytes) -> list[str]:
    """Return the text between start and end of each comment, in the order of the comments."""
    body = part_xml(data, "word/document.xml")
    texts = {}
    for start in body.iter(f"{W}commentRangeStart"):
        number = int(start.get(f"{W}id") or "")
        between = []
        for sibling in start.itersiblings():
            if sibling.tag == f"{W}commentRangeEnd" and sibling.get(f"{W}id") == str(number):
                break
            between.append("".join(t.text or "" for t in sibling.iter(f"{W}t")))
        texts[number] = "".join(between)
    return [texts[number] for number in sorted(texts)]


class TestWord:
    def test_a_text_box_is_commented_at_the_paragraph_that_holds_it(self, tmp_path: Path) -> None:
        def edit(document: Any) -> None:
            document.paragraphs[0]._p.addnext(parse_xml(_TEXT_BOX))

        result = annotated(docx_bytes("first", "last", edit=edit), tmp_path)

        assert carriers(result) == ["around {{ boxed }}"]

    def test_a_footnote_is_commented_where_it_is_referred_to(self, tmp_path: Path) -> None:
        def edit(document: Any) -> None:
            document.paragraphs[1]._p.append(parse_xml(
                f'<w:r xmlns:w="{W_NS}"><w:footnoteReference w:id="2"/></w:r>'
            ))  # fmt: skip

        result = annotated(with_parts(docx_bytes("first", "last", edit=edit), _FOOTNOTES), tmp_path)

        assert carriers(result) == ["last"]

    def test_a_nested_cell_is_told_from_its_neighbours(self, tmp_path: Path) -> None:
        result = annotated(docx_bytes("a", [["x", "one\n{{ two }}\nthree"]], "b"), tmp_path)

        assert carriers(result) == ["{{ two }}"]

    def test_properties_are_commented_at_the_first_paragraph(self, tmp_path: Path) -> None:
        def edit(document: Any) -> None:
            document.core_properties.title = "{{ title }}"

        assert carriers(annotated(docx_bytes("first", "last", edit=edit), tmp_path)) == ["first"]

    def test_the_range_stands_behind_the_format_of_its_paragraph(self, tmp_path: Path) -> None:
        def edit(document: Any) -> None:
            document.paragraphs[0].style = "Heading 1"

        result = annotated(docx_bytes("{{ a }} and {{ b }}", edit=edit), tmp_path)

        paragraph = open_docx(result).paragraphs[0]
        assert paragraph.style is not None
        assert paragraph.style.name == "Heading 1"
        assert carriers(result) == ["{{ a }} and {{ b }}"] * 2

    def test_quoted_tags_are_no_tags_and_look_the_same(self, tmp_path: Path) -> None:
        problem = Problem('"{{ a }}" and "{% if b %}" and "{# c #}" \x01', hint="two\nlines")

        result = annotate(docx_bytes("x"), "t.docx", [problem])

        shown = [comment.text for comment in open_docx(result).comments]
        assert shown[0].replace("\u2060", "") == (
            'error: "{{ a }}" and "{% if b %}" and "{# c #}"\nhint: two lines'
        )
        assert check_again(result, tmp_path) == ()

    def test_the_same_problems_give_the_same_bytes(self, tmp_path: Path) -> None:
        data = docx_bytes("{{ a }}")

        assert annotated(data, tmp_path) == annotated(data, tmp_path)

    def test_a_document_without_paragraphs_is_refused(self) -> None:
        def edit(document: Any) -> None:
            body = document.element.body
            for paragraph in body.findall(f"{W}p"):
                body.remove(paragraph)

        with pytest.raises(OutputError) as caught:
            annotate(docx_bytes("x", edit=edit), "t.docx", [Problem("wrong")])

        assert caught.value.message == "the document has no paragraph that could carry a comment"
        assert caught.value.where == Location("t.docx")

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.sampled_from(["plain", "TAG", "x TAG y"])
            | st.lists(
                st.lists(st.sampled_from(["", "cell", "TAG", "a\nTAG\nb"]), min_size=2, max_size=2),
                min_size=1, max_size=3,
            ),
            min_size=1, max_size=6,
        )
    )  # fmt: skip
    def test_every_comment_surrounds_the_tag_that_it_is_about(
        self, tmp_path_factory: pytest.TempPathFactory, blocks: list[Any]
    ) -> None:
        number = 0

        def named(text: str) -> str:
            nonlocal number
            number += text.count("TAG")
            return text.replace("TAG", f"{{{{ n{number}n }}}}")

        blocks = [named(b) if isinstance(b, str) else [[named(c) for c in row] for row in b]
                  for b in blocks]  # fmt: skip
        data = docx_bytes(*(item for block in blocks for item in (block, "apart")))
        folder = tmp_path_factory.getbasetemp()
        problems = problems_of(data, folder, "law.docx")

        result = annotate(data, str(folder / "law.docx"), problems)

        assert_sound(result)
        assert len(problems) == number
        for problem, around in zip(problems, carriers(result), strict=True):
            assert problem.message.split('"')[1] in around


def check_again(data: bytes, folder: Path) -> tuple[Problem, ...]:
    return problems_of(data, folder, "again.docx")


def comments_of(data: bytes) -> list[list[str]]:
    """Return the first line of each comment, slide by slide."""
    deck = open_pptx(data)
    return [
        [
            (text.text or "").split("\n")[0]
            for rel in slide.part.rels.values()
            if rel.reltype == f"{R}/comments"
            for text in part_xml(data, str(rel.target_part.partname)[1:]).iter(f"{P}text")
        ]
        for slide in deck.slides
    ]


class TestSlides:
    def test_a_layout_is_commented_on_the_first_slide_that_uses_it(self, tmp_path: Path) -> None:
        def edit(deck: Any) -> None:
            layout = deck.slide_layouts[6]
            deck.slide_layouts[5].placeholders[1].text_frame.text = "{{ laid }}"
            deck.slides._sldIdLst.insert(0, deck.slides._sldIdLst[-1])
            deck.slides.add_slide(layout)
            deck.slides._sldIdLst.insert(0, deck.slides._sldIdLst[-1])

        result = annotated(pptx_bytes(["A"], ["B"], edit=edit), tmp_path, "t.pptx")

        assert comments_of(result) == [[], ['error: no name "laid" in this report'], []]

    def test_notes_are_commented_on_their_slide(self, tmp_path: Path) -> None:
        def edit(deck: Any) -> None:
            deck.slides[1].notes_slide.notes_text_frame.text = "{{ said }}"

        result = annotated(pptx_bytes(["A"], ["B"], edit=edit), tmp_path, "t.pptx")

        assert comments_of(result) == [[], ['error: no name "said" in this report']]

    def test_comments_of_one_shape_stand_beside_each_other(self, tmp_path: Path) -> None:
        result = annotated(pptx_bytes(["A", "{{ a }} {{ b }} {{ c }}"]), tmp_path, "t.pptx")

        places = [
            (int(pos.get("x") or 0), int(pos.get("y") or 0))
            for pos in part_xml(result, "ppt/comments/comment1.xml").iter(f"{P}pos")
        ]
        assert len(set(places)) == 3

    def test_a_shape_in_a_group_is_found(self, tmp_path: Path) -> None:
        def edit(deck: Any) -> None:
            group = deck.slides[0].shapes.add_group_shape()
            box = group.shapes.add_textbox(1_587_500, 3_175_000, 900_000, 900_000)
            box.text_frame.text = "{{ a }}"

        result = annotated(pptx_bytes(["A"], edit=edit), tmp_path, "t.pptx")

        position = part_xml(result, "ppt/comments/comment1.xml")[0].find(f"{P}pos")
        assert position is not None
        assert (position.get("x"), position.get("y")) == ("1000", "2000")

    def test_a_deck_without_slides_is_refused(self) -> None:
        buffer = io.BytesIO()
        Presentation().save(buffer)

        with pytest.raises(OutputError) as caught:
            annotate(buffer.getvalue(), "t.pptx", [Problem("wrong")])

        assert caught.value.message == "the deck has no slide that could carry a comment"


class TestPlaces:
    def test_a_place_names_its_part(self) -> None:
        def edit(document: Any) -> None:
            document.sections[0].footer.paragraphs[0].text = "foot"

        finder = PlaceFinder(read_package(docx_bytes("x", edit=edit), "t.docx"))

        assert finder.part_of(Location("t.docx", ("footer 1", "paragraph 1"))) == "word/footer1.xml"
        assert finder.part_of(Location("t.docx", ("paragraph 1",))) == "word/document.xml"

    def test_a_place_that_is_not_there_gives_the_nearest_one(self) -> None:
        finder = PlaceFinder(read_package(docx_bytes("x", [["a", "b"]]), "t.docx"))

        spot = finder.find(Location("t.docx", ("table 1", "row 9", "column 9")))

        assert spot.element is not None
        assert spot.element.tag == f"{W}tbl"
        assert finder.find(Location("t.docx", ("paragraph 9",))).element is None


def test_a_copy_without_changes_holds_the_same_parts() -> None:
    data = docx_bytes("x")

    copy = PackageCopy(read_package(data, "t.docx")).packed()

    assert sorted(part_names(copy)) == sorted(part_names(data))
    assert annotate(data, "t.docx", []) == copy


def test_a_new_part_takes_a_free_name() -> None:
    data = docx_bytes("x")
    package = read_package(data, "t.docx")
    copy = PackageCopy(package)
    root = parse_xml(f'<w:comments xmlns:w="{W_NS}"/>')

    copy.add("word/document.xml", "word/styles.xml", "application/x+xml", f"{R}/x", root)

    assert copy.related("word/document.xml", f"{R}/x") == "word/styles2.xml"
    assert "word/styles2.xml" in part_names(copy.packed())
