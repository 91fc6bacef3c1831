"""What docxtpl's own test templates are filled with, and what is read of a result.

A case is written against a library's names, so that the same lines run with docxtpl and with the
module that takes its place.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from docx.shared import Mm
from jinja2 import Environment
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT.parent / "shared" / "docxtpl-templates"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def path(name: str) -> str:
    return str(TEMPLATES / name)


#: Makes a context for a library and a template object; may call the template, too.
Fill = Callable[[ModuleType, Any], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """A template with its data. ``note`` says in what the two results may differ, and why."""

    template: str
    fill: Fill
    environment: Callable[[], Environment | None] = lambda: None
    options: dict[str, Any] = field(default_factory=dict)
    autoescape: bool = True
    ignores: frozenset[str] = frozenset()
    note: str = ""


def _cellbg(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    return {
        "alerts": [
            {"date": "2015-03-10", "desc": lib.RichText("Very critical", color="FF0000", bold=True),
             "type": "CRITICAL", "bg": "FF0000"},
            {"date": "2015-03-11", "desc": lib.RichText("Just a warning"), "type": "WARNING",
             "bg": "FFDD00"},
            {"date": "2015-03-12", "desc": lib.RichText("Information"), "type": "INFO",
             "bg": "8888FF"},
        ]
    }  # fmt: skip


def _filters_environment() -> Environment:
    environment = Environment()
    environment.filters["my_filterA"] = lambda value, other: f"{value} {other}"
    environment.filters["my_filterB"] = lambda value, factor: value * factor
    return environment


def _iteritems_environment() -> Environment:
    environment = Environment()
    environment.globals["iteritems"] = lambda mapping: mapping.items()
    return environment


def _escape(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    return {
        "myvar": lib.R('"less than" must be escaped : <, this can be done with RichText() or R()'),
        "myescvar": 'It can be escaped with a "|e" jinja filter in the template too : < ',
        "nlnp": lib.R("Here is a multiple\nlines\nstring\aand some\aother\aparagraphs",
                      color="#ff00ff"),
        "mylisting": lib.Listing("the listing\nwith\nsome\nlines\nand special chars : <>&\f"
                                 "... and a page break"),
        "page_break": lib.R("\f"),
        "new_listing": lib.Listing("This is a new listing\nNow, does not require Listing() Object\n"
                                   "Here is a \t tab\aHere is a new paragraph\aHere is a page break"
                                   " : \fThat's it"),
        "some_html": lib.Listing("HTTP/1.1 200 OK\nServer: Apache-Coyote/1.1\n\n<html>\n\t<body>\n"
                                 "\t\ttest\n\t</body>\n</html>"),
    }  # fmt: skip


def _rich(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    rt = lib.RichText()
    rt.add("a rich text", style="myrichtextstyle")
    rt.add(" with ")
    rt.add("some italic", italic=True)
    rt.add(" and ")
    rt.add("some violet", color="#ff00ff")
    rt.add(" and ")
    rt.add("some striked", strike=True)
    rt.add(" and ")
    rt.add("some Highlighted", highlight="#ffff00")
    rt.add(" and ")
    rt.add("some small", size=14)
    rt.add(" or ")
    rt.add("big", size=60)
    rt.add(" text.")
    rt.add("\nYou can add an hyperlink, here to ")
    rt.add("google", url_id=tpl.build_url_id("http://google.com"))
    rt.add("\nEt voilà ! ")
    rt.add("\n1st line")
    rt.add("\n2nd line")
    rt.add("\n3rd line")
    rt.add("\aA new paragraph : <cool>\a")
    rt.add("--- A page break here (see next page) ---\f")
    for kind in ("single", "double", "thick", "dotted", "dash", "dotDash", "dotDotDash", "wave"):
        rt.add(f"\nUnderline : {kind} \n", underline=kind)
    rt.add("\nFonts :\n", underline=True)
    rt.add("Arial\n", font="Arial")
    rt.add("Courier New\n", font="Courier New")
    rt.add("\n\nHere some")
    rt.add("superscript", superscript=True)
    rt.add(" and some")
    rt.add("subscript", subscript=True)
    outer = lib.RichText("an example of ")
    outer.add(rt)
    return {"example": outer}


def _east_asia(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    return {
        "example": lib.RichText("测试TEST", font="eastAsia:Microsoft YaHei"),
        "Chinese": lib.RichText("测试TEST", font="eastAsia:微软雅黑"),
        "simsun": lib.RichText("测试TEST", font="eastAsia:SimSun"),
    }


def _rich_paragraph(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    rtp = lib.RichTextParagraph()
    rtp.add("There is no text here", parastyle="myrichparastyle")
    inner = lib.RichText("The rich text paragraph function ")
    inner.add("allows paragraph styles", bold=True)
    rtp.add(inner, parastyle="SquareBullet")
    rtp.add("plain")
    return {"example": rtp}


def _images(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    def image(name: str, **sizes: Any) -> Any:
        return lib.InlineImage(tpl, path(name), **sizes)

    return {
        "myimage": image("python_logo.png", width=Mm(20)),
        "myimageratio": image("python_jpeg.jpg", width=Mm(30), height=Mm(60)),
        "frameworks": [
            {"image": image("django.png", height=Mm(10)), "desc": "The web framework & more"},
            {"image": image("zope.png", height=Mm(10)), "desc": "Zope"},
            {"image": image("pyramid.png", height=Mm(10), anchor="https://trypyramid.com/"),
             "desc": "Pyramid is light"},
            {"image": image("bottle.png"), "desc": "Bottle is a web framework"},
        ],
    }  # fmt: skip


def _built_subdoc(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    sd = tpl.new_subdoc()
    paragraph = sd.add_paragraph("This is a sub-document inserted into a bigger one")
    paragraph = sd.add_paragraph("It has been ")
    paragraph.add_run("dynamically").style = "dynamic"
    paragraph.add_run(" generated with python by using ")
    paragraph.add_run("python-docx").italic = True
    sd.add_heading("Heading, level 1", level=1)
    sd.add_paragraph("This is an Intense quote", style="IntenseQuote")
    sd.add_picture(path("python_logo.png"), width=Mm(30))
    table = sd.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ("Qty", "Id", "Desc & <more>"), strict=True):
        cell.text = text
    return {"mysubdoc": sd}


def _header_subdoc(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    sd = tpl.new_subdoc()
    sd.add_paragraph("This is a sub-document to check it does not break header and footer")
    return {"title": "Header and footer test", "company_name": "The World Wide company",
            "date": "2016-03-17", "mysubdoc": sd}  # fmt: skip


def _utf8_subdoc(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    sd = tpl.new_subdoc()
    sd.add_paragraph("This is a sub-document to check it does not break header and footer: Ää")
    return {"title": "헤더와 푸터", "company_name": "세계적 회사", "date": "2016-03-17",
            "mysubdoc": sd}  # fmt: skip


def _merged(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    return {"mysubdoc": tpl.new_subdoc(path("merge_docx_subdoc.docx"))}


def _replaced_media(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    tpl.replace_media(path("dummy_pic_for_header.png"), path("python.png"))
    return {"mycompany": "The World Wide company"}


def _replaced_picture(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    tpl.replace_pic("python_logo.png", path("python.png"))
    return {}


def _embedded(lib: ModuleType, tpl: Any) -> dict[str, Any]:
    tpl.replace_embedded(path("embedded_dummy.docx"), path("embedded_static_docx.docx"))
    tpl.replace_zipname("word/embeddings/Feuille_Microsoft_Office_Excel3.xlsx",
                        path("real_Excel.xlsx"))  # fmt: skip
    tpl.replace_zipname("word/embeddings/Pr_sentation_Microsoft_Office_PowerPoint4.pptx",
                        path("real_PowerPoint.pptx"))  # fmt: skip
    return {"name": "John Doe"}


def _plain(**values: Any) -> Fill:
    return lambda lib, tpl: dict(values)


_ROWS = [
    {"desc": "Python interpreters", "qty": 2, "price": "FREE"},
    {"desc": "Django projects", "qty": 5403, "price": "FREE"},
    {"desc": "Guido", "qty": 1, "price": "100,000,000.00"},
]
_SPACE = "          {} spaces after"

CASES: tuple[Case, ...] = (
    Case("cellbg_tpl.docx", _cellbg),
    Case("comments_tpl.docx", _plain()),
    Case("custom_jinja_filters_tpl.docx",
         _plain(base_value_string=" Hello", base_value_float=1.5, doc_no="N° 1"),
         _filters_environment),
    Case("doc_properties_tpl.docx", _plain(test="HelloWorld")),
    Case("dynamic_table_tpl.docx", _plain(
        col_labels=["fruit", "vegetable", "stone", "thing"],
        tbl_contents=[
            {"label": "yellow", "cols": ["banana", "capsicum", "pyrite", "taxi"]},
            {"label": "red", "cols": ["apple", "tomato", "cinnabar", "doubledecker"]},
            {"label": "green", "cols": ["guava", "cucumber", "aventurine", "card"]},
        ])),
    Case("embedded_embedded_docx_tpl.docx", _plain(name="John Doe")),
    Case("embedded_main_tpl.docx", _embedded),
    Case("escape_tpl.docx", _escape, options={"undefined": "blank"}, ignores=frozenset(("format",)),
         note="text behind a page break keeps its paragraph's format here"),
    Case("escape_tpl_auto.docx", _plain(
        nested_dict={"test": "<br>&", "zweitens": "A & B"}, autoescape="Escaped \"str & \"ing\"!",
        autoescape_unicode="This is an escaped <unicode> example \u4f60 & \u6211"),
        _iteritems_environment, note="docxtpl needs autoescape=True for it"),
    Case("footnotes_tpl.docx", _plain(a_jinja_variable="A Jinja variable!")),
    Case("get_undeclared_variables.docx", _plain(
        name="John", age=20, email="j@example.org", is_student=True, has_degree=True,
        degree_field="Maths", skills=["a", "b"], company_name="C", page_number=1,
        generation_date="today", author="A",
        projects=[{"name": "P", "year": 2020, "description": "D & E"}])),
    Case("header_footer_entities_tpl.docx", _plain(title="Header and footer test"),
         autoescape=False, note="with autoescape docxtpl escapes the template's own text twice"),
    Case("header_footer_image_tpl.docx", _replaced_media),
    Case("header_footer_inline_image_tpl.docx", lambda lib, tpl: {
        "inline_image": lib.InlineImage(tpl, path("django.png"), height=Mm(10)),
        "images": [lib.InlineImage(tpl, path("python.png"), height=Mm(10)),
                   lib.InlineImage(tpl, path("zope.png"), height=Mm(10))]}),
    Case("header_footer_tpl.docx", _header_subdoc),
    Case("header_footer_tpl_utf8.docx", _utf8_subdoc),
    Case("horizontal_merge_tpl.docx", _plain()),
    Case("inline_image_tpl.docx", _images),
    Case("less_cells_after_loop_tpl.docx", _plain()),
    Case("merge_docx_master_tpl.docx", _merged),
    Case("merge_paragraph_tpl.docx", _plain(living_in_town=True)),
    Case("module_execute_tpl.docx", _plain(
        json_dict_var={"a": 1}, json_array_var=["a"], json_string_var="s", json_int_var=1,
        json_float_var=1.5, json_true_var=True, json_false_var=False, json_none_var=None)),
    Case("multi_rendering_tpl.docx", _plain(title="Title 1", body="This is the body & more")),
    Case("nested_for_tpl.docx", _plain(
        dishes=[{"name": "Pizza", "ingredients": ["bread", "tomato", "ham", "cheese"]},
                {"name": "Hamburger", "ingredients": ["bread", "chopped steak", "cheese"]}],
        authors=[{"name": "Saint-Exupery", "books": [{"title": "Le petit prince"}, {"title": "T"}]},
                 {"name": "Barjavel", "books": [{"title": "Ravage"}]}])),
    Case("order_tpl.docx", _plain(
        customer_name="Eric", items=_ROWS, in_europe=True, is_paid=False,
        company_name="The World Wide company", total_price="100,000,000.00")),
    Case("preserve_spaces_tpl.docx", _plain(tag_1="   tag1   ", tag_2="tag2")),
    Case("replace_picture_tpl.docx", _replaced_picture),
    Case("richtext_and_if_tpl.docx", lambda lib, tpl: {"foobar": lib.RichText("Foobar!",
                                                                         color="ff0000")}),
    Case("richtext_eastAsia_tpl.docx", _east_asia),
    Case("richtext_paragraph_tpl.docx", _rich_paragraph),
    Case("richtext_tpl.docx", _rich),
    Case("subdoc_tpl.docx", _built_subdoc),
    Case("vertical_merge_nested_tpl.docx", _plain()),
    Case("vertical_merge_tpl.docx", _plain(items=_ROWS, category="Book", total_price="100.00"),
         ignores=frozenset(("text", "tables", "format")),
         note="docxtpl repeats the text in the hidden cells of the merge"),
    Case("word2016_tpl.docx", lambda lib, tpl: {
        "test_space": _SPACE.format(10), "test_tabs": "\t\tTabs" ,
        "test_space_r": lib.RichText(_SPACE.format(10)), "test_tabs_r": lib.RichText("\t\tTabs")},
        ignores=frozenset(("text",)), note="docxtpl loses tabs that stand inside a tag"),
)  # fmt: skip


def result_of(lib: ModuleType, case: Case) -> bytes:
    """Return what a library makes of a case."""
    is_ours = lib.__name__.startswith("generator")
    options = case.options if is_ours else {}
    template = lib.DocxTemplate(path(case.template), **options)
    context = case.fill(lib, template)
    template.render(context, case.environment(), autoescape=case.autoescape)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


@dataclass
class Reading:
    """What a person sees of a document, story by story."""

    text: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, list[Any]] = field(default_factory=dict)
    pictures: dict[str, list[Any]] = field(default_factory=dict)
    format: dict[str, list[Any]] = field(default_factory=dict)
    styles: dict[str, list[Any]] = field(default_factory=dict)
    links: dict[str, list[Any]] = field(default_factory=dict)
    properties: list[str] = field(default_factory=list)
    embedded: list[int] = field(default_factory=list)


def read(data: bytes) -> Reading:
    """Return what is compared of a result."""
    found = Reading()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        counts: dict[str, int] = {}
        for name in sorted(names):
            stem = name.removeprefix("word/").removesuffix(".xml").rstrip("0123456789")
            if stem in ("document", "header", "footer", "footnotes", "comments"):
                root = etree.fromstring(package.read(name))
                rels_name = f"word/_rels/{name.removeprefix('word/')}.rels"
                rels = etree.fromstring(package.read(rels_name)) if rels_name in names else ()
                targets = {r.get("Id"): r.get("Target") for r in rels}
                counts[stem] = counts.get(stem, 0) + 1
                _read_story(found, f"{stem} {counts[stem]}", root, targets, package)
        core = etree.fromstring(package.read("docProps/core.xml"))
        found.properties = sorted(
            f"{etree.QName(e).localname}: {e.text}" for e in core
            if e.text and etree.QName(e).localname not in ("modified", "lastModifiedBy", "created")
        )  # fmt: skip
        found.embedded = sorted(
            package.getinfo(n).CRC for n in names if n.startswith("word/embeddings/")
        )
    return found


def _read_story(
    found: Reading, story: str, root: etree._Element, targets: dict[str, str],
    package: zipfile.ZipFile,
) -> None:  # fmt: skip
    paragraphs = list(root.iter(f"{_W}p"))
    found.text[story] = [_text(p) for p in paragraphs]
    found.styles[story] = [
        (s.get(f"{_W}val") or "").lower()
        if (s := p.find(f"{_W}pPr/{_W}pStyle")) is not None else "normal"
        for p in paragraphs
    ]  # fmt: skip
    found.format[story] = [_formats(p) for p in paragraphs]
    found.tables[story] = [_table(t) for t in root.iter(f"{_W}tbl")]
    found.links[story] = [
        (targets.get(link.get(f"{_R}id")), _text(link)) for link in root.iter(f"{_W}hyperlink")
    ] + [targets.get(e.get(f"{_R}id")) for e in root.iter(f"{_A}hlinkClick")]
    for blip in root.iter(f"{_A}blip"):
        target = targets.get(blip.get(f"{_R}embed"))
        unit = blip
        while unit is not None and unit.find(f"{_WP}extent") is None:
            unit = unit.getparent()
        extent = unit.find(f"{_WP}extent") if unit is not None else None
        size = (extent.get("cx"), extent.get("cy")) if extent is not None else ()
        crc = package.getinfo(f"word/{target}").CRC if target else 0
        found.pictures.setdefault(story, []).append((crc, size))


def _text(element: etree._Element) -> str:
    signs = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}
    pieces = []
    for item in element.iter(f"{_W}t", *signs):
        owner = item.getparent()
        if item.tag == f"{_W}t" or (owner is not None and owner.tag == f"{_W}r"):
            own = next(a for a in item.iterancestors() if a.tag in (f"{_W}p", element.tag))
            if own is element or element.tag != f"{_W}p":
                pieces.append(item.text or "" if item.tag == f"{_W}t" else signs[str(item.tag)])
    return "".join(pieces)


def _formats(paragraph: etree._Element) -> list[tuple[str, tuple[str, ...]]]:
    """Return stretches of text with the same formatting; blanks alone carry none."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for run in paragraph.iter(f"{_W}r"):
        text = "".join(t.text or "" for t in run.iterfind(f"{_W}t"))
        if not text.strip():
            if found and text:
                found[-1] = (found[-1][0] + text, found[-1][1])
            continue
        properties = run.find(f"{_W}rPr")
        shown = (
            tuple(sorted(filter(None, map(_property, properties))))
            if properties is not None
            else ()
        )
        if found and found[-1][1] == shown:
            found[-1] = (found[-1][0] + text, shown)
        else:
            found.append((text, shown))
    return found


def _property(element: etree._Element) -> str:
    name = etree.QName(element).localname
    if name in ("lang", "noProof", "szCs", "bCs", "iCs", "rFonts"):
        ascii_font = element.get(f"{_W}ascii")
        return f"font={ascii_font}" if name == "rFonts" and ascii_font else ""
    value = element.get(f"{_W}fill") or element.get(f"{_W}val") or "on"
    return f"{name}={value.lower()}"


def _table(table: etree._Element) -> list[list[Any]]:
    rows = []
    for row in table.iterfind(f"{_W}tr"):
        cells = []
        for cell in row.iterfind(f"{_W}tc"):
            properties = cell.find(f"{_W}tcPr")
            looks = []
            for name in ("gridSpan", "vMerge", "shd"):
                item = properties.find(f"{_W}{name}") if properties is not None else None
                if item is not None:
                    value = item.get(f"{_W}fill") or item.get(f"{_W}val") or "continue"
                    looks.append(f"{name}={value.lower()}")
            cells.append(("/".join(_text(p) for p in cell.iter(f"{_W}p")), tuple(looks)))
        rows.append(cells)
    columns = len(table.findall(f"{_W}tblGrid/{_W}gridCol"))
    return [[columns], *rows]
