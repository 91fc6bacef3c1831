"""What points at slides and shapes that a render drops or repeats: links, shows, animations."""

from __future__ import annotations

import pickle
import re

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as PptxPresentation

from generator.build.templates import compile_template
from generator.office.names import NAMESPACES
from tests.support.packages import open_pptx, part_names, part_xml, pptx_bytes, render

ITEMS = [{"name": "A"}, {"name": "B"}]
_P = f'xmlns:p="{NAMESPACES["p"]}" xmlns:r="{NAMESPACES["r"]}"'


def _xml(data: bytes, name: str) -> str:
    return etree.tostring(part_xml(data, name), encoding="unicode")


def _link(*pairs: tuple[int, int]):
    def edit(deck: PptxPresentation) -> None:
        for source, target in pairs:
            deck.slides[source].shapes[1].click_action.target_slide = deck.slides[target]

    return edit


def _targets(data: bytes) -> list[int | None]:
    """Return the number of the slide that the second shape of each slide leads to."""
    deck = open_pptx(data)
    names = [slide.part.partname for slide in deck.slides]
    found = [slide.shapes[1].click_action.target_slide for slide in deck.slides]
    return [names.index(t.part.partname) + 1 if t is not None else None for t in found]


class TestLinks:
    def test_links_between_repeated_slides_stay_within_their_turn(self):
        template = pptx_bytes(
            ["{%slide for i in items %}", "{{ i.name }}"], ["two", "x{%slide endfor %}"],
            ["end", "x"], edit=_link((0, 1), (1, 0), (2, 1)),
        )  # fmt: skip

        assert _targets(render(template, {"items": ITEMS})) == [2, 1, 4, 3, 2]

    def test_a_link_to_a_dropped_slide_goes_and_the_slide_with_it(self):
        template = pptx_bytes(
            ["one", "a"], ["{%slide if no %}two", "b{%slide endif %}"], ["three", "c"],
            edit=_link((0, 1), (2, 0)),
        )  # fmt: skip

        result = render(template, {"no": False})

        assert _targets(result) == [None, 1]
        assert not any(name.endswith("slides/slide2.xml") for name in part_names(result))

    def test_custom_shows_hold_copies_and_none_of_the_dropped_slides(self):
        def edit(deck: PptxPresentation) -> None:
            slides = "".join(f'<p:sld r:id="{s.rId}"/>' for s in deck.part._element.sldIdLst)
            deck.part._element.find(qn("p:notesSz")).addnext(etree.fromstring(
                f'<p:custShowLst {_P}><p:custShow name="short" id="0"><p:sldLst>{slides}</p:sldLst>'
                "</p:custShow></p:custShowLst>"
            ))  # fmt: skip

        template = pptx_bytes(
            ["{%slide for i in items %}a{%slide endfor %}"],
            ["{%slide if no %}b{%slide endif %}"], ["c"], edit=edit,
        )  # fmt: skip

        xml = _xml(render(template, {"items": ITEMS, "no": False}), "ppt/presentation.xml")

        shown = re.findall(r'<p:sld r:id="(\w+)"/>', xml)
        listed = re.findall(r'<p:sldId\b[^>]*r:id="(\w+)"', xml)
        assert shown == listed
        assert len(shown) == 3

    def test_tags_in_names_of_sections_are_filled_where_slides_repeat(self):
        def edit(deck: PptxPresentation) -> None:
            number = deck.part._element.sldIdLst[0].id
            uri, p14 = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}", NAMESPACES["p14"]
            deck.part._element.append(etree.fromstring(
                f'<p:extLst {_P}><p:ext uri="{uri}"><p14:sectionLst xmlns:p14="{p14}">'
                f'<p14:section name="{{{{ title }}}}" id="{uri}"><p14:sldIdLst>'
                f'<p14:sldId id="{number}"/></p14:sldIdLst></p14:section></p14:sectionLst>'
                "</p:ext></p:extLst>"
            ))  # fmt: skip

        template = pptx_bytes(["{%slide for i in items %}a{%slide endfor %}"], edit=edit)

        xml = _xml(render(template, {"items": ITEMS, "title": "R&D"}), "ppt/presentation.xml")

        assert 'name="R&amp;D"' in xml
        assert len(re.findall("<p14:sldId ", xml)) == 2


_SEQUENCE = (
    '<p:timing {ns}><p:tnLst><p:par><p:cTn id="1" dur="indefinite" nodeType="tmRoot">'
    '<p:childTnLst><p:seq><p:cTn id="2" nodeType="mainSeq"><p:childTnLst>{effects}'
    "</p:childTnLst></p:cTn></p:seq></p:childTnLst></p:cTn></p:par></p:tnLst>"
    "<p:bldLst>{builds}</p:bldLst></p:timing>"
)
_EFFECT = (
    '<p:par><p:cTn id="{n}" fill="hold"><p:childTnLst><p:set><p:cBhvr><p:cTn id="{m}" dur="1"/>'
    '<p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl></p:cBhvr></p:set></p:childTnLst></p:cTn></p:par>'
)


def _animate(*numbers: int):
    def edit(deck: PptxPresentation) -> None:
        slide = deck.slides[0]
        ids = [slide.shapes[number].shape_id for number in numbers]
        effects = "".join(_EFFECT.format(n=3 + 2 * n, m=4 + 2 * n, shape=i)
                          for n, i in enumerate(ids))  # fmt: skip
        builds = "".join(f'<p:bldP spid="{i}" grpId="0"/>' for i in ids)
        xml = _SEQUENCE.format(ns=_P, effects=effects, builds=builds)
        slide._element.append(etree.fromstring(xml))

    return edit


class TestShapes:
    def test_effects_on_a_dropped_shape_go_with_it(self):
        template = pptx_bytes(
            ["T", "{%shape if no %}x{%shape endif %}", "stays"], edit=_animate(1, 2)
        )

        xml = _xml(render(template, {"no": False}), "ppt/slides/slide1.xml")

        shape = open_pptx(render(template, {"no": False})).slides[0].shapes[1].shape_id
        assert set(re.findall(r'spid="(\d+)"', xml)) == {str(shape)}
        assert xml.count("<p:set>") == 1

    def test_a_slide_without_effects_left_has_no_timing(self):
        template = pptx_bytes(["T", "{%shape if no %}x{%shape endif %}"], edit=_animate(1))

        assert "<p:timing" not in _xml(render(template, {"no": False}), "ppt/slides/slide1.xml")

    def test_effects_on_a_shape_of_slide_tags_alone_go_with_it(self):
        template = pptx_bytes(
            ["T", "{%slide for i in items %}", "x{%slide endfor %}"], edit=_animate(1, 2)
        )

        result = render(template, {"items": ITEMS})

        for number in (1, 2):
            xml = _xml(result, f"ppt/slides/slide{number}.xml")
            assert xml.count("<p:spTgt") == 1

    def test_a_connector_lets_go_of_a_dropped_shape(self):
        def edit(deck: PptxPresentation) -> None:
            shapes = deck.slides[0].shapes
            connector = shapes.add_connector(1, 0, 0, 100, 100)
            connector.begin_connect(shapes[1], 0)
            connector.end_connect(shapes[2], 0)

        template = pptx_bytes(["T", "{%shape if no %}x{%shape endif %}", "y"], edit=edit)

        xml = _xml(render(template, {"no": False}), "ppt/slides/slide1.xml")

        assert "a:stCxn" not in xml
        assert "a:endCxn" in xml


class TestAddresses:
    def test_an_address_with_tags_sees_the_turn_of_its_slide(self):
        def edit(deck: PptxPresentation) -> None:
            run = deck.slides[0].shapes[1].text_frame.paragraphs[0].runs[0]
            run.hyperlink.address = "https://example.org/{{ i.name }}"

        template = pptx_bytes(["{%slide for i in items %}T", "go{%slide endfor %}"], edit=edit)

        deck = open_pptx(render(template, {"items": ITEMS}))

        runs = [slide.shapes[1].text_frame.paragraphs[0].runs[0] for slide in deck.slides]
        assert [run.hyperlink.address for run in runs] == [
            "https://example.org/A", "https://example.org/B",
        ]  # fmt: skip

    def test_comments_of_a_repeated_slide_see_its_turn(self):
        comment = (
            f'<p:cmLst {_P}><p:cm authorId="0" dt="2026-01-01T00:00:00.000" idx="1">'
            '<p:pos x="1" y="1"/><p:text>about {{ i.name }}</p:text></p:cm></p:cmLst>'
        )

        def edit(deck: PptxPresentation) -> None:
            kind = "application/vnd.openxmlformats-officedocument.presentationml.comments+xml"
            name = PackURI("/ppt/comments/comment1.xml")
            part = Part(name, kind, deck.part.package, comment.encode())
            deck.slides[0].part.relate_to(part, RELATIONSHIP_TYPE.COMMENTS)

        template = pptx_bytes(["{%slide for i in items %}T{%slide endfor %}"], edit=edit)

        result = render(template, {"items": ITEMS})

        said = [_xml(result, name) for name in part_names(result) if "comments/" in name]
        assert re.findall("about ([AB])", "".join(said)) == ["A", "B"]


def test_a_template_of_repeated_slides_can_be_pickled():
    template = compile_template(
        pptx_bytes(["{%slide for i in items %}{{ i.name }}{%slide endfor %}"])
    )

    again = pickle.loads(pickle.dumps(template))

    assert again.render({"items": ITEMS}) == template.render({"items": ITEMS})


def test_smart_art_of_a_repeated_slide_sees_its_turn():
    model = (
        '<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
        f'xmlns:a="{NAMESPACES["a"]}"><dgm:ptLst><dgm:pt modelId="1"><dgm:t><a:bodyPr/><a:p><a:r>'
        "<a:t>{{ i.name }}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"
    )

    def edit(deck: PptxPresentation) -> None:
        kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
        part = Part(PackURI("/ppt/diagrams/data1.xml"), kind, deck.part.package, model.encode())
        deck.slides[0].part.relate_to(part, NAMESPACES["r"] + "/diagramData")

    template = pptx_bytes(["{%slide for i in items %}T{%slide endfor %}"], edit=edit)

    result = render(template, {"items": ITEMS})

    said = [_xml(result, name) for name in part_names(result) if "diagrams/data" in name]
    assert re.findall("<a:t>([AB])</a:t>", "".join(said)) == ["A", "B"]
