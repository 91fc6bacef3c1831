"""Law: whatever repeats, no two elements of an output share an id, and nothing is left dangling."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from docx import Document
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.build.templates import compile_template
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES
from tests.support.packages import assert_sound, part_xml, saved, with_parts

_W = " ".join(f'xmlns:{p}="{NAMESPACES[p]}"' for p in ("w", "r", "w14", "wp", "a", "pic"))
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
KINDS = ("text", "bookmark", "control", "picture", "footnote", "comment", "list", "value")


@dataclass
class Draft:
    """A body under construction; ``count`` numbers what bears an id."""

    count: int = 0
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def next(self) -> int:
        self.count += 1
        return self.count


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _paragraph(kind: str, draft: Draft, name: str) -> str:
    number = draft.next()
    value = f"{{{{ {name} }}}}"
    properties, inside = "", _run(f"{kind} {number} {value}")
    if kind == "value":
        inside = _run(value)
    elif kind == "bookmark":
        inside = (
            f'<w:bookmarkStart w:id="{number}" w:name="b{number}"/>{inside}'
            f'<w:bookmarkEnd w:id="{number}"/>'
        )
    elif kind == "control":
        inside = (
            f'<w:sdt><w:sdtPr><w:id w:val="{number}"/></w:sdtPr><w:sdtContent>{inside}'
            "</w:sdtContent></w:sdt>"
        )
    elif kind == "picture":
        inside += (
            '<w:r><w:drawing><wp:inline><wp:extent cx="9" cy="9"/>'
            f'<wp:docPr id="{number + 5000}" name="p{number}" descr="about {value}"/><a:graphic>'
            f'<a:graphicData uri="{NAMESPACES["pic"]}"><pic:pic><pic:nvPicPr><pic:cNvPr id="0" '
            'name="x"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdPicture"/>'
            "</pic:blipFill><pic:spPr/></pic:pic></a:graphicData></a:graphic></wp:inline>"
            "</w:drawing></w:r>"
        )
    elif kind == "footnote":
        draft.notes.append(
            f'<w:footnote w:id="{number}"><w:p w14:paraId="{number:08X}">{_run(value)}</w:p>'
            "</w:footnote>"
        )
        inside += f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'
    elif kind == "comment":
        draft.comments.append(
            f'<w:comment w:id="{number}" w:author="a"><w:p>{_run(value)}</w:p></w:comment>'
        )
        inside = (
            f'<w:commentRangeStart w:id="{number}"/>{inside}<w:commentRangeEnd w:id="{number}"/>'
            f'<w:r><w:commentReference w:id="{number}"/></w:r>'
        )
    elif kind == "list":
        properties = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    return f'<w:p w14:paraId="{number + 4096:08X}">{properties}{inside}</w:p>'


_LEAF = st.sampled_from(KINDS)
_TREE = st.recursive(
    _LEAF,
    lambda inner: st.tuples(
        st.sampled_from(("for", "restart", "if", "table", "macro")),
        st.integers(0, 3),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


def _write(node: object, draft: Draft, name: str) -> str:
    if isinstance(node, str):
        return _paragraph(node, draft, name)
    kind, turns, inner = node  # type: ignore[misc]
    number = draft.next()
    own = f"x{number}" if kind in ("for", "restart", "table", "macro") else name
    body = "".join(_write(child, draft, own) for child in inner)
    if kind == "macro":
        calls = f"<w:p>{_run(f'{{{{ m{number}(1) }}}}')}</w:p>" * turns
        return (
            f"<w:p>{_run(f'{{% macro m{number}({own}) %}}')}</w:p>{body}"
            f"<w:p>{_run('{% endmacro %}')}</w:p>{calls}"
        )
    if kind == "table":
        cells = f"<w:tc><w:tcPr/><w:p>{_run(f'{{{{ {own} }}}}')}</w:p>{body}<w:p/></w:tc>"
        rows = (
            f"<w:tr><w:tc><w:p>{_run(f'{{%tr for {own} in range({turns}) %}}')}</w:p></w:tc></w:tr>"
            f"<w:tr>{cells}</w:tr>"
            f"<w:tr><w:tc><w:p>{_run('{%tr endfor %}')}</w:p></w:tc></w:tr>"
        )
        return f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="99"/></w:tblGrid>{rows}</w:tbl><w:p/>'
    if kind == "if":
        opening, closing = f"{{% if {turns} %}}", "{% endif %}"
    else:
        restart = " | restart_list" if kind == "restart" else ""
        opening, closing = f"{{% for {own} in range({turns}){restart} %}}", "{% endfor %}"
    return f"<w:p>{_run(opening)}</w:p>{body}<w:p>{_run(closing)}</w:p>"


def _template(trees: list[object]) -> bytes:
    draft = Draft()
    body = "".join(_write(tree, draft, "top") for tree in trees)
    document = Document()
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    document.add_picture(buffer)
    picture = document.inline_shapes[0]._inline.graphic.graphicData.pic.blipFill.blip.embed
    xml = f"<w:body {_W}>{body.replace('rIdPicture', picture)}</w:body>"
    for number, element in enumerate(list(parse_xml(xml))):
        document.element.body.insert(number, element)
    parts = []
    for kind, notes in (("footnotes", draft.notes), ("comments", draft.comments)):
        if notes:
            xml = f"<w:{kind} {_W}>{''.join(notes)}</w:{kind}>"
            parts.append((f"word/{kind}.xml", f"{_TYPE}{kind}+xml", RELATIONSHIP_TYPES[kind], xml))
    return with_parts(saved(document), *parts)


def _expected(node: object) -> int:
    """Return how often a leaf is printed."""
    if isinstance(node, str):
        return 1
    kind, turns, inner = node  # type: ignore[misc]
    inside = sum(_expected(child) for child in inner)
    if kind == "if":
        return inside if turns else 0
    return inside * turns


def _has_macro_inside(node: object, inside: bool = False) -> bool:
    if isinstance(node, str):
        return False
    kind, _, inner = node  # type: ignore[misc]
    if kind == "macro" and inside:
        return True
    return any(_has_macro_inside(child, True) for child in inner)


@given(st.lists(_TREE, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_repeated_content_never_shares_an_id(trees: list[object]) -> None:
    template = compile_template(_template(trees))
    result = template.render({"top": "A & <b>"})
    assert_sound(result)
    assert template.render({"top": "A & <b>"}) == result
    leaves = sum(_expected(tree) for tree in trees)
    body = part_xml(result, "word/document.xml")
    marked = [
        p for p in body.iter(f"{{{NAMESPACES['w']}}}p")
        if any((t.text or "").split(" ")[0] in KINDS for t in p.iter(f"{{{NAMESPACES['w']}}}t"))
    ]  # fmt: skip
    values = sum(_values(tree) for tree in trees)
    assert len(marked) == leaves - values


def _values(node: object) -> int:
    if isinstance(node, str):
        return int(node == "value")
    kind, turns, inner = node  # type: ignore[misc]
    inside = sum(_values(child) for child in inner)
    if kind == "if":
        return inside if turns else 0
    return inside * turns
