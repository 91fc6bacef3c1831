"""What is shipped holds together: the report builds without a problem, the pages point right."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from pptx import Presentation

from generator import build_report, check_report
from generator.build.context import FactView, build_views, list_facts
from generator.build.steps import BuildResult
from generator.sources.definition import read_definition
from generator.sources.facts import read_facts
from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "data" / "README.md"])
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """The shipped report, built once from a copy without caches."""
    from generator.app.projects import start_project

    folder = tmp_path_factory.mktemp("shipped") / "report"
    start_project(folder)
    return build_report(folder / "report.yaml")


class TestShippedReport:
    def test_builds_four_files_without_a_warning(self, built: BuildResult) -> None:
        assert built.problems == ()
        assert sorted(f"{file.document} {file.language}" for file in built.files) == [
            "briefing en", "briefing zh", "deck en", "deck zh",
        ]  # fmt: skip

    def test_check_finds_nothing(self) -> None:
        assert check_report(ROOT / "report.yaml") == ()

    def test_other_readers_open_all_files(self, built: BuildResult) -> None:
        for file in built.files:
            if file.path.suffix == ".docx":
                assert len(Document(str(file.path)).paragraphs) > 20
            else:
                assert len(Presentation(str(file.path)).slides) == file.pages
                assert file.pages is not None
                assert 10 <= file.pages <= 12

    def test_no_tag_is_left_in_any_part(self, built: BuildResult) -> None:
        for file in built.files:
            with ZipFile(file.path) as package:
                for name in package.namelist():
                    if name.endswith((".xml", ".rels")):
                        text = package.read(name).decode("utf-8")
                        assert not re.search(r"\{\{|\{%|\{#|%\}", text), (file.path.name, name)

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_every_figure_stands_in_the_briefing_with_name_and_bound(
        self, built: BuildResult, language: str
    ) -> None:
        text = _all_text(_path(built, "briefing", language))

        missing = [
            view.id
            for view in _views(language)
            if view.is_figure
            and (_squeezed(view.name) not in text or _squeezed(view.short) not in text)
        ]

        assert missing == []

    def test_charts_of_the_deck_are_native_with_a_workbook(self, built: BuildResult) -> None:
        for file in built.files:
            if file.document == "deck":
                charts = [
                    shape.chart
                    for slide in Presentation(str(file.path)).slides
                    for shape in slide.shapes
                    if shape.has_chart
                ]
                assert charts
                for chart in charts:
                    blob = chart.part.chart_workbook.xlsx_part.blob
                    assert "xl/workbook.xml" in ZipFile(BytesIO(blob)).namelist()

    def test_each_slide_has_a_title_and_notes(self, built: BuildResult) -> None:
        for file in built.files:
            if file.document == "deck":
                for slide in Presentation(str(file.path)).slides:
                    assert slide.shapes.title is not None
                    assert slide.shapes.title.text_frame.text.strip()
                    assert slide.notes_slide.notes_text_frame.text.strip()


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
    def test_links_lead_to_files_that_exist(self, page: Path) -> None:
        links = [link for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]

        assert [link for link in links if not (page.parent / link).exists()] == []

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
    def test_tags_in_pages_name_facts_that_exist(self, page: Path) -> None:
        known = {row.id for row in list_facts(ROOT / "report.yaml")}
        groups = {name.split(".")[0] for name in known}

        named = re.findall(r"\{\{ ?(\w+)\.(\w+)", page.read_text("utf-8"))

        assert [
            f"{group}.{name}"
            for group, name in named
            if group in groups and f"{group}.{name}" not in known
        ] == []

    def test_the_readme_has_one_line_to_install_and_run_and_one_to_test(self) -> None:
        lines = [
            line
            for line in (ROOT / "README.md").read_text("utf-8").splitlines()
            if line.startswith("python3 -m venv")
        ]

        assert len(lines) == 2
        assert lines[0].endswith("make_report.py")
        assert "pytest" in lines[1]

    def test_pictures_are_small(self) -> None:
        assert [p.name for p in ROOT.glob("docs/images/*") if p.stat().st_size > 250 * 1024] == []


def _path(built: BuildResult, document: str, language: str) -> Path:
    return next(f.path for f in built.files if (f.document, f.language) == (document, language))


def _views(language: str) -> list[FactView]:
    report = read_definition(ROOT / "report.yaml")
    return list(build_views(read_facts(report.data, report.folder), language).values())


def _all_text(path: Path) -> str:
    with ZipFile(path) as package:
        xml = package.read("word/document.xml").decode("utf-8")
    text = re.sub(r"<[^>]+>", "", xml)
    for sign, name in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(sign, name)
    return _squeezed(text)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_project_can_be_moved(tmp_path: Path) -> None:
    from generator.app.projects import start_project

    start_project(tmp_path / "before")
    shutil.move(tmp_path / "before", tmp_path / "after")

    result = build_report(tmp_path / "after" / "report.yaml", languages=["zh"])

    assert {file.path.parent for file in result.files} == {tmp_path / "after" / "output"}
