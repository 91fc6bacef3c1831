"""Reports from a database, a workbook and an article, each traced from a number on a page back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from docx import Document

from tests.support.packages import pptx_bytes
from tests.support.postgresql import PASSWORD
from tests.support.servers import mariadb, postgresql
from tests.support.web import running_site
from tests.support.workbooks import write_workbook

__all__ = ["mariadb", "postgresql"]

HEAD = """\
title: {zh: 某区简报, en: A zone in figures}
date: 2025-08-31
documents:
  note:
    zh: {template: templates/note.docx, output: note-zh.docx}
    en: {template: templates/note.docx, output: note-en.docx}
  deck:
    en: {template: templates/deck.pptx, output: deck-en.pptx}
"""
FACTS = """\
facts:
  growth:
    title: {zh: 增长, en: Growth}
    facts:
      gdp:
        name: {zh: 地区生产总值, en: GDP}
        unit: 亿元
        period: 2025-H1
        cell: {dataset: own, column: amount, where: {year: 2025, region: 滨江}}
      rate:
        name: {zh: 增速, en: Growth}
        unit: "%"
        period: 2025-H1
        comparison: yoy
        cell: {dataset: yoy, column: rate, where: {region: 滨江}}
charts:
  regions:
    kind: column
    dataset: regions
    category: region
    series: [{name: GDP, column: amount}]
"""
QUERIES = """\
  regions:
    query: select region, amount from own where year = 2024 order by amount desc
  yoy:
    query: >
      select this.region, round(growth(this.amount, last.amount), 1) as rate from own this
      join own last on last.region = this.region and last.year = this.year - 1
"""
NOTE = (
    "GDP {{ growth.gdp }}{{ growth.gdp | cite }}, {{ growth.rate | change }}"
    "{{ growth.rate | cite }}.",
    "{{ growth.gdp | in_unit('万元') }}, {{ quantity(datasets.regions.rows[0].amount, '亿元') }}.",
    "{{ chart('regions') }}", "{{ annex() }}",
)  # fmt: skip


def write_project(folder: Path, datasets: str) -> Path:
    (folder / "templates").mkdir(parents=True)
    note = Document()
    for text in NOTE:
        note.add_paragraph(text)
    note.save(str(folder / "templates" / "note.docx"))
    (folder / "templates" / "deck.pptx").write_bytes(
        pptx_bytes(["GDP {{ growth.gdp }}{{ growth.gdp | cite }}", "{{ cited() }}"])
    )
    path = folder / "report.yaml"
    path.write_text(HEAD + datasets + QUERIES + FACTS, encoding="utf-8")
    return path


def traced(cli, document, number):
    run = cli("trace", document, number, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)["figures"]


def everything_in(folder: Path) -> bytes:
    """Return the bytes of all files below a folder, packed ones unpacked."""
    found = b""
    for path in folder.rglob("*"):
        if path.is_file():
            found += path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as package:
                    found += b"".join(package.read(name) for name in package.namelist())
    return found


def server_datasets(kind: str, port: int) -> str:
    return f"""\
databases:
  stats: {{kind: {kind}, host: 127.0.0.1, port: {port}, database: stats, user: reader,
           password_env: STATS_PASSWORD}}
datasets:
  own:
    database: stats
    query: select region, year, amount from gdp where year >= :since order by region, year
    parameters: {{since: 2024}}
    source:
      title: {{zh: 统计数据库, en: Statistics database}}
      label: {{zh: 统计库, en: statistics}}
"""


class TestADatabase:
    @pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
    def test_is_traced_to_query_and_row(self, request, tmp_path, cli, kind):
        server = request.getfixturevalue(kind)
        report = write_project(tmp_path / "report", server_datasets(kind, server.port))
        output = report.parent / "output"

        run = cli("build", "--report", report, "--debug", STATS_PASSWORD=PASSWORD)

        assert run.code == 0, run.err
        document = Document(str(output / "note-en.docx"))
        assert [p.text for p in document.paragraphs[:2]] == [
            "GDP RMB\u00a0155.99\u00a0billion, up 7.3 percent.",
            "RMB\u00a0155,990,000\u00a0thousand, RMB\u00a0145.37\u00a0billion.",
        ]
        (first, *_) = traced(cli, output / "note-en.docx", "155.99")
        assert first["fact"] == "growth.gdp"
        assert first["source"].startswith(f"statistics, {kind} stats at 127.0.0.1, row ")
        assert 'column "amount": 1559.9' in first["source"]
        (rate, *_) = traced(cli, output / "note-zh.docx", "7.3")
        assert rate["source"].endswith(f"; own: {kind} stats at 127.0.0.1")
        manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
        own = manifest["datasets"]["own"]
        assert own["query"].startswith("select region, year, amount from gdp")
        assert own["parameters"] == {"since": "2024"}
        assert own["read"].endswith("+00:00")
        assert len(own["sha256"]) == 64
        told = everything_in(report.parent) + run.out.encode() + run.err.encode()
        assert PASSWORD.encode() not in told

    @pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
    def test_that_refuses_tells_no_secret(self, request, tmp_path, cli, kind):
        server = request.getfixturevalue(kind)
        report = write_project(tmp_path / "report", server_datasets(kind, server.port))

        run = cli("build", "--report", report, "--debug", STATS_PASSWORD="wrong-secret-4711")

        assert run.code == 1
        assert "the database cannot be reached" in run.err
        assert "wrong-secret" not in run.out + run.err
        assert not (report.parent / "output").exists()

    def test_a_secret_parameter_is_told_nowhere(self, tmp_path, cli, postgresql):
        wrong = server_datasets("postgresql", postgresql.port).replace(
            "{since: 2024}", "{since: {env: SINCE}}"
        )
        report = write_project(tmp_path / "report", wrong)

        run = cli("build", "--report", report, "--debug", STATS_PASSWORD=PASSWORD,
                  SINCE="secret-since-99")  # fmt: skip

        assert run.code == 1
        assert "the query fails" in run.err
        assert "secret-since-99" not in run.out + run.err

    def test_without_the_variable(self, tmp_path, cli, postgresql):
        report = write_project(tmp_path / "report", server_datasets("postgresql", postgresql.port))

        run = cli("build", "--report", report)

        assert run.code == 1
        assert "the environment variable STATS_PASSWORD is not set" in run.err


WORKBOOK = """\
datasets:
  own:
    file: data/gdp.xlsx
    range: 'Sheet1!A1:C5'
    source:
      title: {zh: 某区统计年鉴, en: Yearbook of the zone}
      label: {zh: 年鉴, en: yearbook}
"""
ROWS = (
    ("region", "year", "amount"), ("滨江", 2024, 1453.7), ("滨江", 2025, 1559.9),
    ("萧山", 2024, 1012.3), ("萧山", 2025, None),
)  # fmt: skip


@pytest.fixture(scope="module")
def workbook_report(tmp_path_factory):
    """A report that was built from a workbook."""
    from generator.build.steps import build_report

    folder = tmp_path_factory.mktemp("workbook")
    report = write_project(folder / "report", WORKBOOK)
    write_workbook(folder / "report" / "data", "gdp.xlsx", rows=ROWS)
    build_report(report)
    return folder / "report" / "output"


class TestAWorkbook:
    @pytest.mark.parametrize("name", ["note-zh.docx", "note-en.docx", "deck-en.pptx"])
    def test_is_traced_to_its_cell(self, cli, workbook_report, name):
        number = "1559.9" if name == "note-zh.docx" else "155.99"

        figures = traced(cli, workbook_report / name, number)

        assert figures
        cells = {row["source"].split(": ")[0] for row in figures if row["fact"] == "growth.gdp"}
        label = "年鉴" if name == "note-zh.docx" else "yearbook"
        assert cells == {f"{label}, data/gdp.xlsx, Sheet1!C3"}

    def test_points_of_charts_are_traced(self, cli, workbook_report):
        figures = traced(cli, workbook_report / "note-en.docx", "datasets.regions.amount")
        found = {row["text"]: row["source"] for row in figures}

        assert found["1453.7"] == (
            'query over own, row 1, column "amount"; own: data/gdp.xlsx, Sheet1!A1:C5'
        )

    def test_the_annex_lists_what_the_document_uses(self, workbook_report):
        (table,) = Document(str(workbook_report / "note-en.docx")).tables

        rows = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in table.rows]
        assert rows[0] == ["Figure", "Value", "Period", "Bound", "Place and phrase"]
        assert rows[1] == ["GDP", "RMB 155.99 bn", "first half of 2025", "exact",
                           "data/gdp.xlsx, Sheet1!C3"]  # fmt: skip
        assert rows[2] == ["Growth", "7.3%", "first half of 2025", "exact",
                           "query of data/gdp.xlsx, Sheet1!A1:C5"]  # fmt: skip

    def test_a_note_names_the_source_that_a_query_was_asked_of(self, workbook_report):
        with zipfile.ZipFile(workbook_report / "note-zh.docx") as package:
            notes = package.read("word/footnotes.xml").decode()

        assert "年鉴，data/gdp.xlsx, Sheet1!C3。" in notes
        assert "年鉴，据data/gdp.xlsx, Sheet1!A1:C5查询。" in notes

    def test_the_deck_lists_its_sources(self, workbook_report):
        from pptx import Presentation

        (slide,) = Presentation(str(workbook_report / "deck-en.pptx")).slides
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert any("yearbook, data/gdp.xlsx, Sheet1!C3" in text for text in texts)


class TestTheArticle:
    def test_is_traced_to_its_sentence(self, cli, project):
        assert cli("build", "--report", project / "report.yaml").code == 0

        figures = traced(cli, project / "output" / "binjiang-deck-en.pptx", "15.4")

        assert {row["fact"] for row in figures} == {"growth.industry_growth"}
        assert all("规模以上工业增加值同比增长15.4%" in row["source"] for row in figures)
        assert all(row["defined"].startswith("data/binjiang.yaml:") for row in figures)


class TestAnAddress:
    def test_is_traced_to_url_and_item_and_its_token_is_told_nowhere(self, tmp_path, cli):
        rows = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
        with running_site() as site:
            site.answers["/v1/gdp"] = (
                200, {"Content-Type": "application/json"}, json.dumps({"data": rows}).encode(),
            )  # fmt: skip
            address = f"http://127.0.0.1:{site.port}/v1/gdp"
            datasets = f"""\
network: {{http: true, private: true, hosts: [127.0.0.1]}}
datasets:
  own:
    url: {address}
    path: data
    parameters: {{level: district}}
    headers: {{X-Token: {{env: GDP_TOKEN}}}}
    source:
      title: {{zh: 统计接口, en: Statistics service}}
      label: {{zh: 接口, en: service}}
"""
            report = write_project(tmp_path / "report", datasets)

            run = cli("build", "--report", report, "--debug", GDP_TOKEN="token-4711-abc")

            assert run.code == 0, run.err
            assert site.asked[0][0] == "/v1/gdp?level=district"
            assert site.asked[0][1]["X-Token"] == "token-4711-abc"
        output = report.parent / "output"
        (figure, *_) = traced(cli, output / "note-en.docx", "155.99")
        assert figure["source"].startswith(f'service, {address}, item 2, column "amount": 1559.9')
        manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
        own = manifest["datasets"]["own"]
        assert own["source"] == address
        assert own["parameters"] == {"level": "district"}
        assert own["read"].endswith("+00:00")
        assert len(own["source_sha256"]) == 64
        assert b"token-4711" not in everything_in(report.parent) + run.err.encode()
