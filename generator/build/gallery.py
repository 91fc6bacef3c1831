"""A document and a deck with one chart of each kind, native beside picture, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from generator.build.chart_definitions import defined_chart
from generator.build.files import read_template
from generator.build.inserts import DiagramInsert
from generator.build.pictures import PictureStore
from generator.build.plain_charts import ChartInsert
from generator.build.templates import compile_bytes
from generator.errors import DefinitionError, Location
from generator.model.chart import PICTURE_KINDS
from generator.model.diagram import DiagramItem, DiagramKind, DiagramSpec, Figure
from generator.model.drawing import ChartDefinition
from generator.model.record import Record, Wording, Words, wording_in
from generator.sources.yaml_text import read_yaml

FOLDER = Path(__file__).resolve().parents[1] / "gallery"
#: Width over height of charts in half of a page.
_ASPECT = 1.75
_LOCALES = {"zh": "zh-CN", "en": "en-GB"}
LANGUAGES = ("zh", "en")
_NO_NATIVE = {
    "zh": "Office 没有这种图表，绘制为图片。",
    "en": "Office has no such chart; it is drawn as a picture.",
}
_WORDS = {
    "zh": {"native": "原生图表（可编辑）", "picture": "图片（SVG 与 PNG）"},
    "en": {"native": "Native, editable", "picture": "Picture (SVG and PNG)"},
}


_BOTH = {key: " · ".join(_WORDS[language][key] for language in LANGUAGES) for key in _WORDS["en"]}


class GalleryEntry(Record):
    """A chart of the gallery with its heading."""

    title: Words
    chart: ChartDefinition


class GalleryDiagram(Record):
    """A diagram of the gallery with its heading; a figure of it is written as it is printed."""

    title: Words
    diagram: DiagramKind
    items: tuple[GalleryItem, ...]


class GalleryItem(Record):
    """An item of a diagram of the gallery: ``figures`` are pairs of value and label."""

    title: Words
    note: Words | None = None
    figures: tuple[tuple[Wording, Wording | None], ...] = ()
    items: tuple[GalleryItem, ...] = ()


@dataclass(frozen=True, slots=True)
class GalleryFile:
    """One file of the gallery."""

    name: str
    data: bytes


def gallery_entries() -> list[GalleryEntry]:
    """Return the charts of the gallery."""
    raw = [item for item in _raw() if "chart" in item]
    return TypeAdapter(list[GalleryEntry]).validate_python(raw)


def gallery_diagrams() -> list[GalleryDiagram]:
    """Return the diagrams of the gallery."""
    raw = [item for item in _raw() if "diagram" in item]
    return TypeAdapter(list[GalleryDiagram]).validate_python(raw)


def _raw() -> list[dict[str, Any]]:
    path = FOLDER / "gallery.yaml"
    document = read_yaml(path.read_bytes(), path.name)
    if not isinstance(document.value, list):
        raise DefinitionError("the gallery is no list", Location(path.name))
    return document.value


def diagram_pair(entry: GalleryDiagram, language: str, store: PictureStore) -> dict[str, Any]:
    """Return a diagram in one language as templates see it: native shapes, and a picture."""
    title = entry.title.in_language(language)
    items = tuple(_item(item, language) for item in entry.items)
    told = f"{title}: {', '.join(item.title for item in items)}"
    spec = DiagramSpec(entry.diagram, items, told, title, _LOCALES[language])
    return {
        "title": title,
        "kind": entry.diagram,
        "native": DiagramInsert(spec, store),
        "picture": DiagramInsert(spec, store, is_picture=True),
        "words": _WORDS[language],
    }


def _item(item: GalleryItem, language: str) -> DiagramItem:
    return DiagramItem(
        item.title.in_language(language),
        tuple(
            Figure(wording_in(value, language), wording_in(label, language))
            for value, label in item.figures
        ),
        wording_in(item.note, language),
        tuple(_item(child, language) for child in item.items),
    )


def chart_pair(entry: GalleryEntry, language: str, store: PictureStore) -> dict[str, Any]:
    """Return a chart in one language as templates see it: native, and as a picture."""
    where = Location("gallery.yaml")
    title = entry.title.in_language(language)
    spec = defined_chart(title, entry.chart, {}, language, where).spec
    spec = replace(spec, aspect=min(spec.aspect, _ASPECT))
    native: object = ChartInsert(spec, store=store)
    if spec.kind in PICTURE_KINDS:
        native = _NO_NATIVE[language]
    picture = ChartInsert(spec, store=store, is_picture=True)
    return {"title": title, "kind": spec.kind, "native": native, "picture": picture,
            "words": _WORDS[language]}  # fmt: skip


def build_gallery(store: PictureStore | None = None) -> list[GalleryFile]:
    """Return ``gallery.docx`` and ``gallery.pptx``.

    Raises:
        ReportError: a chart cannot be drawn.
    """
    store = store or PictureStore(None)
    items = [
        [chart_pair(entry, language, store) for language in LANGUAGES]
        for entry in gallery_entries()
    ]
    items += [
        [diagram_pair(entry, language, store) for language in LANGUAGES]
        for entry in gallery_diagrams()
    ]
    context: Mapping[str, Any] = {
        "report": {"title": "图表一览 · Gallery of charts", "issuer": "make-report"},
        "items": [
            {"charts": pair, "title": " · ".join(c["title"] for c in pair), "words": _BOTH}
            for pair in items
        ],
    }
    files = []
    for name in ("gallery.docx", "gallery.pptx"):
        template = compile_bytes(read_template(FOLDER / name, name), name)
        files.append(GalleryFile(name, template.render(dict(context))))
    return files
