"""What a case does: make an input from its number, run it, and look at how it ends."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from lxml import etree

from generator.build.context import FILTERS
from generator.build.result_names import check_name, result_pattern
from generator.build.single import template_names
from generator.build.templates import compile_template
from generator.engine.compiled import CompiledTemplate
from generator.errors import Location, ReportError
from generator.extraction.work import draft_article, tools_of
from generator.model.dataset_definition import DatasetDefinition
from generator.model.limits import Limits
from generator.sources.datasets import table_of
from generator.sources.records import read_records
from generator.sources.row_stream import stream_rows
from generator.sources.typed import typed_dataset
from generator.sources.yaml_text import read_yaml
from tests.fuzz import bases
from tests.fuzz.mutations import changed_bytes, changed_xml, template_text
from tests.support.hostile.zips import parts_of, zipped
from tests.support.packages import docx_bytes, open_docx, open_pptx, pptx_bytes

_LIMITS = Limits(render_seconds=5)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: Every so many results are read by python-docx or python-pptx, too.
_READ_EVERY = 8


class FoundError(AssertionError):
    """A case ended as none may."""


def zip_bytes(random: Random) -> None:
    base = random.choice((*bases.documents(), *bases.decks()))
    _fill(random, changed_bytes(random, base))


def xml_parts(random: Random) -> None:
    parts = parts_of(random.choice((*bases.documents(), *bases.documents(), *bases.decks())))
    names = [name for name in parts if name.endswith((".xml", ".rels"))]
    likely = [n for n in names if re.search(r"document|slide1|rels|Content|settings|numbering", n)]
    for _ in range(random.choice((1, 1, 2))):
        name = random.choice(likely if random.random() < 0.8 else names)
        parts[name] = changed_xml(random, parts[name])
    _fill(random, zipped(parts), deep=False)


def tags(random: Random) -> None:
    texts = [_legal(template_text(random)) or "a" for _ in range(random.randint(1, 4))]
    if random.random() < 0.7:
        cells = [[_legal(template_text(random)), ""], ["{{ r.a }}", _legal(template_text(random))]]
        _fill(random, docx_bytes(*texts, *([cells] if random.random() < 0.5 else [])))
    else:
        _fill(random, pptx_bytes(["a", *texts], edit=bases.slim))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def data(random: Random) -> None:
    kind = random.choice(list(bases.DATA))
    given = read_records(changed_bytes(random, bases.DATA[kind]), f"data.{kind}", kind).values
    template = _template()
    result = template.render({**bases.CONTEXT, **given})
    _assert_well_formed(result)


_kept: list[CompiledTemplate] = []


def _template() -> CompiledTemplate:
    if not _kept:
        text = (
            "{{ x | string | length }}{% for v in x %}{{ v | string | upper }}{% endfor %}",
            "{% for r in rows %}{{ r.a }}{% endfor %}",
            "{{ table(rows) }}",
        )
        _kept.append(compile_template(docx_bytes(*text), name="t.docx", limits=_LIMITS))
    return _kept[0]


def workbooks(random: Random) -> None:
    deck, name = bases.chart_deck()
    parts = parts_of(deck)
    if random.random() < 0.5:
        parts[name] = changed_bytes(random, parts[name])
    elif random.random() < 0.7:
        inner = parts_of(parts[name])
        part = random.choice([n for n in inner if n.endswith((".xml", ".rels"))])
        inner[part] = changed_xml(random, inner[part])
        parts[name] = zipped(inner)
    else:
        chart = next(n for n in parts if re.search(r"charts/chart\w*\.xml$", n))
        parts[chart] = changed_xml(random, parts[chart])
    _fill(random, zipped(parts), deep=False)


def pictures(random: Random) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        is_png = random.random() < 0.5
        change = changed_bytes if is_png or random.random() < 0.3 else changed_xml
        file = folder / ("p.png" if is_png else "p.svg")
        file.write_bytes(change(random, bases.picture() if is_png else bases.SVG))
        template = compile_template(
            docx_bytes(f"{{{{ picture('{file.name}', alt='a') }}}}"), name="t.docx"
        )
        _assert_well_formed(template.render(template_names(folder)))


def sub_documents(random: Random) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = parts_of(random.choice(bases.documents()))
        part = random.choice([n for n in parts if n.endswith((".xml", ".rels"))])
        parts[part] = changed_xml(random, parts[part])
        (folder / "s.docx").write_bytes(zipped(parts))
        template = compile_template(docx_bytes("{{ document('s.docx') }}"), name="t.docx")
        _assert_well_formed(template.render(template_names(folder)))


def tables(random: Random) -> None:
    """Read a table as a dataset of a report."""
    kind = random.choice(list(bases.TABLES))
    changed = changed_bytes(random, bases.TABLES[kind]())
    where = Location("report.yaml", line=1)
    definition = DatasetDefinition(file=f"d.{kind}", encoding=random.choice((None, None, "utf-16")))
    raw = table_of(changed, f"d.{kind}", kind, definition, where)
    typed_dataset("d", raw, definition, "report.yaml", 1)


def rows(random: Random) -> None:
    """Read rows of a batch and name their documents; no name leads out of the folder."""
    kind = random.choice(list(bases.ROWS))
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        path = base / f"d.{kind}"
        path.write_bytes(changed_bytes(random, bases.ROWS[kind]))
        name_of = result_pattern(random.choice(("{{ a }}.docx", "x/{{ a }}-{{ b }}.docx")))
        for row in stream_rows(path).rows:
            where = Location("--out", (f"row {row.number}",))
            if row.problem is not None or not isinstance(row.value, dict):
                continue
            try:
                made = name_of({"row": row.value, **row.value}, where)
                check_name(made, base, where)
            except ReportError as error:
                _assert_told(error)
                continue
            _assert_inside(base, made)


def _assert_inside(base: Path, name: str) -> None:
    target = base / name
    if not target.resolve().is_relative_to(base.resolve()) or target.resolve() == base.resolve():
        raise FoundError(f"a name leads out of the folder: {name!a}")
    if any(len(step.encode("utf-8", "surrogatepass")) > 255 for step in name.split("/")):
        raise FoundError(f"a name is too long: {name!a}")
    target.parent.mkdir(exist_ok=True)
    target.touch()  # the system takes what is called a name


def articles(random: Random) -> None:
    """Read an article and propose its facts; a draft is YAML that can be read again."""
    kind = random.choice(list(bases.ARTICLES))
    content = bases.ARTICLES[kind]()
    if kind == "docx":
        parts = parts_of(content)
        parts["word/document.xml"] = changed_xml(random, parts["word/document.xml"])
        content = zipped(parts)
    else:
        change = changed_xml if kind == "html" and random.random() < 0.6 else changed_bytes
        content = change(random, content)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"a.{kind}"
        path.write_bytes(content)
        draft = draft_article(path, tools_of((), None, ""))
        read_yaml(draft.text.encode(), "draft.yaml")


def _fill(random: Random, package: bytes, *, deep: bool = True) -> None:
    template = compile_template(package, name="t.docx", filters=FILTERS, limits=_LIMITS)
    result = template.render({**template_names(Path("/nonexistent")), **bases.CONTEXT})
    _assert_well_formed(result)
    if deep and random.randrange(_READ_EVERY) == 0:
        (open_docx if template.format == "docx" else open_pptx)(result)


def _assert_well_formed(result: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(result)) as package:
        for name in package.namelist():
            blob = package.read(name)
            if name.endswith((".xml", ".rels")):
                try:
                    etree.fromstring(blob)
                except etree.XMLSyntaxError as error:
                    raise FoundError(f"{name} of the result is not well-formed: {error}") from error


TARGETS: dict[str, tuple[Callable[[Random], None], int]] = {
    "zip": (zip_bytes, 3), "xml": (xml_parts, 3), "tags": (tags, 4), "data": (data, 4),
    "workbooks": (workbooks, 1), "pictures": (pictures, 1), "sub-documents": (sub_documents, 1),
    "tables": (tables, 3), "rows": (rows, 3), "articles": (articles, 2),
}  # fmt: skip
_WHEEL = [name for name, (_, share) in TARGETS.items() for _ in range(share)]
SHARES = len(_WHEEL)


def target_of(number: int) -> str:
    """Return what a case of this number is about."""
    return _WHEEL[number % SHARES]


def run_case(seed: int, number: int, target: str | None = None) -> str:
    """Run one case and return how it ended: ``filled`` or ``refused``.

    Raises:
        Exception: anything but a ReportError is a flaw.
    """
    name = target or target_of(number)
    random = Random(f"{name}:{seed}:{number}")
    try:
        TARGETS[name][0](random)
    except ReportError as error:
        _assert_told(error)
        return f"{name} refused"
    return f"{name} filled"


def _assert_told(error: ReportError) -> None:
    for problem in error.problems:
        if not problem.message or "Traceback" in problem.message or "\n" in problem.message[:-1]:
            raise FoundError(f"not one clear line: {problem.message!r}") from error
        if problem.where is None or not str(problem.where):
            raise FoundError(f"no place: {problem.message!r}") from error
