"""A copy of a template in which each problem stands as an Office comment at its place.

Word gets comments around the paragraph, PowerPoint comments of a slide at the shape. Comments that
the template has already stay. The copy is a template with the same problems: what a comment quotes
of a tag is not a tag itself. No date is written: same template, same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from generator.build.annotate_package import PackageCopy
from generator.build.annotate_places import PlaceFinder, Spot
from generator.engine.markup import SHAPES, W_P, Element
from generator.errors import Location, OutputError, Problem
from generator.office.names import NAMESPACES, RELATIONSHIP_TYPES, qname
from generator.office.package import Package, read_package
from generator.office.xml import legal_text, whole_number

AUTHOR, INITIALS = "make-report", "mr"

_WORD_COMMENTS = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_DECK = "application/vnd.openxmlformats-officedocument.presentationml."
_AUTHORS_RELATIONSHIP = RELATIONSHIP_TYPES["comments"].replace("comments", "commentAuthors")
_TAG_SIGNS = re.compile(r"\{(?=[{%#])|[}%#](?=\})")
_WORD_JOINER = "\u2060"
#: Positions of slide comments are told in 1/576 inch.
_EMU_PER_POSITION = 914_400 / 576
_STEP_ASIDE = 24


def annotate(data: bytes, shown: str, problems: Sequence[Problem]) -> bytes:
    """Return a copy of a .docx or .pptx with a comment for each problem.

    Raises:
        PackageError: the bytes are no sound .docx or .pptx.
        OutputError: there is nothing in it that could carry a comment.
    """
    package = read_package(data, shown)
    finder = PlaceFinder(package)
    spots = [_spot(finder, problem, package) for problem in problems]
    copy = PackageCopy(package)
    if problems:
        comment = _comment_document if package.format == "docx" else _comment_deck
        comment(package, copy, finder, list(zip(problems, spots, strict=True)))
    return copy.packed()


def _spot(finder: PlaceFinder, problem: Problem, package: Package) -> Spot:
    where = problem.where
    if where is None or where.file != package.file:
        return Spot(package.main)
    return finder.find(where)


def _lines(problem: Problem) -> list[str]:
    """Return the paragraphs of a comment; braces in them are no tags, but look the same."""
    lines = [f"{problem.severity}: {problem.message}"]
    if problem.hint:
        lines.append(f"hint: {problem.hint}")
    if problem.where and str(problem.where):
        lines.append(f"({problem.where})")
    return [_TAG_SIGNS.sub(rf"\g<0>{_WORD_JOINER}", legal_text(line)) for line in lines]


# -- Word --------------------------------------------------------------------------------------


def _comment_document(
    package: Package, copy: PackageCopy, finder: PlaceFinder, found: list[tuple[Problem, Spot]]
) -> None:
    root = finder.tree(package.main)
    body = root.find(qname("w:body")) if root is not None else None
    first = next(body.iter(W_P), None) if body is not None else None
    if root is None or body is None or first is None:
        raise OutputError("the document has no paragraph that could carry a comment",
                          Location(package.file))  # fmt: skip
    copy.adopt(package.main, root)
    part = copy.related(package.main, RELATIONSHIP_TYPES["comments"])
    if part is None:
        folder = package.main.rpartition("/")[0]
        comments = etree.Element(qname("w:comments"), nsmap={"w": NAMESPACES["w"]})
        copy.add(package.main, f"{folder}/comments.xml".lstrip("/"), _WORD_COMMENTS,
                 RELATIONSHIP_TYPES["comments"], comments)  # fmt: skip
    else:
        comments = copy.tree(part)
    used = [whole_number(e.get(qname("w:id"))) for e in comments] + [
        whole_number(e.get(qname("w:id"))) for e in root.iter(qname("w:commentReference"))
    ]
    number = max(used, default=-1)
    for problem, spot in found:
        number += 1
        carrier = _carrier(problem, spot, package, body)
        _surround(first if carrier is None else carrier, str(number))
        comments.append(_word_comment(problem, str(number)))


def _carrier(problem: Problem, spot: Spot, package: Package, body: Element) -> Element | None:
    """Return the paragraph of the body that carries a comment: Word allows them nowhere else."""
    if spot.part != package.main:
        noted = _noted(problem, body)
        return _placed(spot.part, package, body) if noted is None else noted
    if spot.element is None:
        return None
    outermost = _outermost(spot.element)
    return next(spot.element.iter(W_P), None) if outermost is None else outermost


def _noted(problem: Problem, body: Element) -> Element | None:
    """Return the paragraph that refers to the foot- or endnote or comment of a problem."""
    steps = problem.where.steps if problem.where else ()
    for step in steps:
        kind, _, number = step.partition(" ")
        if kind in ("footnote", "endnote", "comment") and number.lstrip("-").isdigit():
            for reference in body.iter(qname(f"w:{kind}Reference")):
                if reference.get(qname("w:id")) == number:
                    return _outermost(reference)
    return None


def _placed(part: str, package: Package, body: Element) -> Element | None:
    """Return the paragraph that holds the drawing of a part, such as a chart."""
    rels = package.relationships.get(package.main, {}).values()
    ids = {rel.r_id for rel in rels if rel.target == part and rel.kind not in ("header", "footer")}
    for element in body.iter() if ids else ():
        for name, value in element.attrib.items():
            if value in ids and str(name).startswith(f"{{{NAMESPACES['r']}}}"):
                return _outermost(element)
    return None


def _outermost(element: Element) -> Element | None:
    found = None
    current: Element | None = element
    while current is not None:
        if current.tag == W_P:
            found = current
        current = current.getparent()
    return found


def _surround(paragraph: Element, number: str) -> None:
    """Lay the range of a comment around all that a paragraph holds."""
    start = etree.Element(qname("w:commentRangeStart"), {qname("w:id"): number})
    properties = paragraph.find(qname("w:pPr"))
    if properties is None:
        paragraph.insert(0, start)
    else:
        properties.addnext(start)
    etree.SubElement(paragraph, qname("w:commentRangeEnd"), {qname("w:id"): number})
    run = etree.SubElement(paragraph, qname("w:r"))
    etree.SubElement(run, qname("w:commentReference"), {qname("w:id"): number})


def _word_comment(problem: Problem, number: str) -> Element:
    comment = etree.Element(
        qname("w:comment"),
        {qname("w:id"): number, qname("w:author"): AUTHOR, qname("w:initials"): INITIALS},
        nsmap={"w": NAMESPACES["w"]},
    )
    for position, line in enumerate(_lines(problem)):
        paragraph = etree.SubElement(comment, W_P)
        if position == 0:
            mark = etree.SubElement(paragraph, qname("w:r"))
            etree.SubElement(mark, qname("w:annotationRef"))
        run = etree.SubElement(paragraph, qname("w:r"))
        text = etree.SubElement(run, qname("w:t"), {qname("xml:space"): "preserve"})
        text.text = " ".join(line.split())
    return comment


# -- PowerPoint --------------------------------------------------------------------------------


def _comment_deck(
    package: Package, copy: PackageCopy, finder: PlaceFinder, found: list[tuple[Problem, Spot]]
) -> None:
    slides = [slide.name for slide in package.slides if slide.name in package.parts]
    if not slides:
        raise OutputError("the deck has no slide that could carry a comment",
                          Location(package.file))  # fmt: skip
    author = _author(package, copy)
    taken: set[tuple[str, int, int]] = set()
    for problem, spot in found:
        slide = _slide_of(spot, problem, package, slides)
        x, y = _position(spot.element if spot.part == slide else None)
        while (slide, x, y) in taken:
            x, y = x + _STEP_ASIDE, y + _STEP_ASIDE
        taken.add((slide, x, y))
        number = whole_number(author.get("lastIdx")) + 1
        author.set("lastIdx", str(number))
        _comments_of(slide, copy).append(_slide_comment(problem, author, number, x, y))


def _author(package: Package, copy: PackageCopy) -> Element:
    part = copy.related(package.main, _AUTHORS_RELATIONSHIP)
    if part is None:
        authors = etree.Element(qname("p:cmAuthorLst"), nsmap={"p": NAMESPACES["p"]})
        folder = package.main.rpartition("/")[0]
        copy.add(package.main, f"{folder}/commentAuthors.xml".lstrip("/"),
                 f"{_DECK}commentAuthors+xml", _AUTHORS_RELATIONSHIP, authors)  # fmt: skip
    else:
        authors = copy.tree(part)
    for author in authors.iterfind(qname("p:cmAuthor")):
        if author.get("name") == AUTHOR:
            return author
    numbers = [whole_number(author.get("id")) for author in authors.iterfind(qname("p:cmAuthor"))]
    number = max(numbers, default=-1) + 1
    author = etree.Element(
        qname("p:cmAuthor"), id=str(number), name=AUTHOR, initials=INITIALS, lastIdx="0",
        clrIdx=str(number % 8),
    )  # fmt: skip
    authors.insert(len(numbers), author)
    return author


def _comments_of(slide: str, copy: PackageCopy) -> Element:
    part = copy.related(slide, RELATIONSHIP_TYPES["comments"])
    if part is not None:
        return copy.tree(part)
    comments = etree.Element(qname("p:cmLst"), nsmap={"p": NAMESPACES["p"]})
    copy.add(slide, "ppt/comments/comment1.xml", f"{_DECK}comments+xml",
             RELATIONSHIP_TYPES["comments"], comments)  # fmt: skip
    return comments


def _slide_of(spot: Spot, problem: Problem, package: Package, slides: list[str]) -> str:
    """Return the slide of a problem; for a layout or a master the first slide that uses it."""
    steps = problem.where.steps if problem.where else ()
    if spot.part in slides:
        return spot.part
    if steps and steps[0].startswith("slide ") and steps[0][6:].isdigit():
        number = int(steps[0][6:])
        if 0 < number <= len(package.slides) and package.slides[number - 1].name in slides:
            return package.slides[number - 1].name
    for slide in slides:
        layouts = package.related(slide, "slideLayout")
        masters = [m for layout in layouts for m in package.related(layout, "slideMaster")]
        if spot.part in (*layouts, *masters):
            return slide
    return slides[0]


def _position(element: Element | None) -> tuple[int, int]:
    """Return where a comment stands on its slide: at the corner of the outermost shape."""
    shape = None
    current = element
    while current is not None:
        if current.tag in SHAPES:
            shape = current
        current = current.getparent()
    offset = None
    if shape is not None:
        frames = (qname("p:spPr"), qname("p:grpSpPr"), qname("p:xfrm"))
        frame = next((child for child in shape if child.tag in frames), None)
        offset = next(frame.iter(qname("a:off")), None) if frame is not None else None
    if offset is None:
        return 10, 10
    x, y = (whole_number(offset.get(name)) for name in ("x", "y"))
    return max(0, round(x / _EMU_PER_POSITION)), max(0, round(y / _EMU_PER_POSITION))


def _slide_comment(problem: Problem, author: Element, number: int, x: int, y: int) -> Element:
    comment = etree.Element(
        qname("p:cm"), authorId=author.get("id") or "0", idx=str(number),
        nsmap={"p": NAMESPACES["p"]},
    )  # fmt: skip
    etree.SubElement(comment, qname("p:pos"), x=str(x), y=str(y))
    text = etree.SubElement(comment, qname("p:text"))
    text.text = "\n".join(_lines(problem))
    return comment
