"""Laws: any change of an input that a file shows leads to a rebuild, no change leads to none."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.build.steps import build_report
from generator.editions.current import build_current
from tests.support.packages import docx_bytes, pptx_bytes
from tests.support.projects import DEFINITION, FACTS, write_project

DATA, REPORT = "data/facts.yaml", "report.yaml"
NOTE, DECK, ANNEX = "templates/note.docx", "templates/deck.pptx", "annex.docx"
#: Places of a definition and of data that are changed: file, what stands there, what may stand.
PLACES = [
    (DATA, "2000", ["2000", "1999", "2000.5"]),
    (DATA, "地区生产总值", ["地区生产总值", "生产总值"]),
    (DATA, "en: GDP}", ["en: GDP}", "en: Gross product}"]),
    (DATA, "period: 2024", ["period: 2024", "period: 2023", "period: 2024 # as told"]),
    (DATA, "7.3", ["7.3", "7.31"]),
    (DATA, "comparison: yoy", ["comparison: yoy", "comparison: qoq", "comparison:   yoy"]),
    (DATA, "label: {zh: 某区报道", ["label: {zh: 某区报道", "label: {zh: 报道"]),
    (DATA, "title: {zh: 增长", ["title: {zh: 增长", "title: {zh: 增速"]),
    (REPORT, "某区简报", ["某区简报", "某区快报"]),
    (REPORT, "2025-08-31", ["2025-08-31", "2025-09-30"]),
    (REPORT, "A zone in figures", ["A zone in figures", "Figures of a zone"]),
]
TEXTS = (
    "{{ report.title }}: {{ growth.gdp }} {{ growth.gdp.name }} {{ growth.gdp.period }}",
    "{{ growth.title }}{% for f in growth.figures %}{{ f.name }} {{ f.source }}{% endfor %}",
    "{{ document('annex.docx') }}",
)
OFFICE = {
    NOTE: [docx_bytes(*TEXTS), docx_bytes(*TEXTS, "{{ report.date }}")],
    DECK: [pptx_bytes(["{{ growth.rate | change }}", "{{ source_line('growth') }}"]),
           pptx_bytes(["{{ growth.gdp.short }}"])],
    ANNEX: [docx_bytes("annex"), docx_bytes("another annex")],
}  # fmt: skip


@st.composite
def inputs(draw: st.DrawFn) -> dict[str, bytes]:
    """Draw all files of a project."""
    found = {DATA: FACTS, REPORT: DEFINITION}
    for name, old, choices in PLACES:
        found[name] = found[name].replace(old, draw(st.sampled_from(choices)))
    files = {name: text.encode() for name, text in found.items()}
    return files | {name: draw(st.sampled_from(choices)) for name, choices in OFFICE.items()}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / REPORT


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(inputs(), min_size=1, max_size=2), one=st.data())
def test_what_lies_there_is_always_what_a_clean_build_gives(tmp_path_factory, history, one):
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    # one step differs from its neighbour in a single file
    name = one.draw(st.sampled_from(sorted(history[0])))
    history.append(history[-1] | {name: history[0][name]})

    for files in history:
        definition = write(folder, files)
        build_current(definition)
        again = build_current(definition)
        clean = build_report(definition, output=folder / "clean")

        for file in clean.files:
            built = (folder / "output" / file.path.name).read_bytes()
            assert built == file.path.read_bytes()
        assert [(f.state, f.reasons) for f in again.files] == [("unchanged", ())] * 3
        assert again.problems == ()


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(PLACES), other=st.data())
def test_a_single_change_rebuilds_just_the_files_whose_bytes_it_changes(
    tmp_path_factory, place, other
):
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    files = {DATA: FACTS.encode(), REPORT: DEFINITION.encode()}
    files |= {name: choices[0] for name, choices in OFFICE.items()}
    before = {f.path.name: f.digest for f in build_current(write(folder, files)).files}
    name, old, choices = place
    new = other.draw(st.sampled_from(choices))

    write(folder, {name: files[name].replace(old.encode(), new.encode())})
    result = build_current(folder / REPORT)

    for file in result.files:
        has_other_bytes = before[file.path.name] != file.digest
        assert (file.state == "written") == has_other_bytes
        assert file.reasons or not has_other_bytes
