"""``extract``: from an article to reviewed facts, and on to the next edition."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_ARTICLE = "2024年，全市地区生产总值500亿元，同比增长6.1%。该指标为42。\n"
_NEXT = "2025年，全市地区生产总值540亿元，同比增长5.8%；出口下降2.1%。\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with two articles."""
    (tmp_path / "a.txt").write_text(_ARTICLE, encoding="utf-8")
    (tmp_path / "b.txt").write_text(_NEXT, encoding="utf-8")
    return tmp_path


def _answer(folder, answers, *arguments):
    return subprocess.run(
        [sys.executable, str(ROOT / "make_report.py"), *arguments], cwd=folder, input=answers,
        capture_output=True, text=True, encoding="utf-8", timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_proposes_facts_and_lists_what_it_did_not_understand(cli, folder):
    run = cli("extract", "a.txt", "-o", "draft.yaml", cwd=folder)

    assert run.code == 0
    assert "growth.gdp " in run.out
    assert "2 facts proposed" in run.out
    assert "a number without a unit" in run.out
    assert (folder / "draft.yaml").is_file()


def test_gives_positions_in_json(cli, folder):
    run = cli("extract", "a.txt", "--json", cwd=folder)

    value = json.loads(run.out)
    texts = {p["number"]: p["text"] for p in value["paragraphs"]}
    for fact in value["facts"]:
        assert texts[fact["paragraph"]][fact["start"] : fact["end"]] == fact["source"]["phrase"]
    assert value["output"] is None


def test_never_replaces_a_file_that_is_there(cli, folder):
    (folder / "draft.yaml").write_text("mine", encoding="utf-8")

    run = cli("extract", "a.txt", "-o", "draft.yaml", cwd=folder)

    assert run.code == 1
    assert "draft.yaml: this file is there already" in run.err
    assert "hint: name another with -o" in run.err
    assert (folder / "draft.yaml").read_text(encoding="utf-8") == "mine"


def test_review_accepts_edits_skips_and_goes_on_later(cli, folder):
    cli("extract", "a.txt", "-o", "draft.yaml", cwd=folder)

    first = _answer(folder, "e en=GRP\na\nq\n", "extract", "--review", "draft.yaml")
    second = _answer(folder, "?\ne unti=x\ns\n", "extract", "--review", "draft.yaml")

    assert "1 accepted (1 with changes), 0 skipped, 1 left" in first.stdout
    assert "[500亿元]" in first.stdout
    assert 'no field "unti"; did you mean "unit"?' in second.stdout
    assert "0 accepted (0 with changes), 1 skipped, 0 left" in second.stdout
    text = (folder / "draft.yaml").read_text(encoding="utf-8")
    assert "en: GRP" in text
    assert "        review:" not in text


def test_review_stops_cleanly_when_the_answers_end(folder, cli):
    cli("extract", "a.txt", "-o", "draft.yaml", cwd=folder)

    run = _answer(folder, "a\n", "extract", "--review", "draft.yaml")

    assert run.returncode == 0
    assert "1 accepted (0 with changes), 0 skipped, 1 left" in run.stdout


def test_a_report_stops_at_facts_that_nobody_reviewed(cli, project, folder):
    cli("extract", folder / "a.txt", "-o", project / "data" / "draft.yaml", cwd=folder)
    definition = project / "report.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(
        text.replace("data: [data/binjiang.yaml]", "data: [data/binjiang.yaml, data/draft.yaml]"),
        encoding="utf-8",
    )

    run = cli("--report", project, cwd=folder)

    assert run.code == 1
    assert 'the fact "growth.gdp" is not reviewed' in run.err
    assert "data/draft.yaml, line" in run.err
    assert not list((project / "output").glob("*.docx"))


def test_update_keeps_the_old_file_and_shows_both(cli, folder):
    cli("extract", "a.txt", "-o", "facts.yaml", cwd=folder)
    _answer(folder, "a\na\n", "extract", "--review", "facts.yaml")
    before = (folder / "facts.yaml").read_bytes()

    run = cli("extract", "b.txt", "--update", "facts.yaml", cwd=folder)

    assert run.code == 0
    assert "500亿元" in run.out
    assert "540亿元" in run.out
    assert "2 changed, 0 same, 0 found, 0 missing, 1 new" in run.out
    assert (folder / "facts.yaml.bak").read_bytes() == before


def test_update_writes_elsewhere_when_told_to(cli, folder):
    cli("extract", "a.txt", "-o", "facts.yaml", cwd=folder)
    before = (folder / "facts.yaml").read_bytes()

    run = cli("extract", "b.txt", "--update", "facts.yaml", "-o", "next.yaml", "--json", cwd=folder)

    assert json.loads(run.out)["backup"] is None
    assert (folder / "facts.yaml").read_bytes() == before
    assert "540亿元" in (folder / "next.yaml").read_text(encoding="utf-8")


def test_a_table_of_the_report_is_read_with(cli, project, folder):
    (project / "tea.yaml").write_text(
        "topics:\n  tea: {zh: 茶产业, en: Tea}\nindicators:\n"
        "  tea_output: {topic: tea, zh: [春茶产量], en: [spring tea output]}\n",
        encoding="utf-8",
    )
    with (project / "report.yaml").open("a", encoding="utf-8") as file:
        file.write("\nextraction: {indicators: [tea.yaml]}\n")
    (folder / "tea.txt").write_text("2024年，春茶产量512吨。", encoding="utf-8")

    run = cli("extract", folder / "tea.txt", "--report", project, cwd=folder)

    assert "tea.tea_output" in run.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("missing.txt",), 1, "missing.txt: there is no such file"),
        (("a.txt", "--date", "soon"), 2, '"soon" is no date'),
        (("a.txt", "--review"), 2, "--review needs a place for the draft"),
        (("a.txt", "--update", "none.yaml"), 1, "none.yaml: there is no such file"),
        (("a.txt", "--indicators", "b.txt"), 1, "b.txt"),
    ],
)  # fmt: skip
def test_tells_what_is_wrong(cli, folder, arguments, code, message):
    run = cli("extract", *arguments, cwd=folder)

    assert run.code == code
    assert message in run.err
    assert "Traceback" not in run.err


def test_plain_facts_go_on_with_a_table(cli, folder):
    cli("extract", "a.txt", "-o", "facts.yaml", cwd=folder)
    (folder / "next.csv").write_text(
        "指标,2025年（亿元）,2025年同比增长（%）\n地区生产总值,540,5.8\n出口,31.5,-2.1\n",
        encoding="utf-8",
    )

    run = cli(
        "extract", "next.csv", "--update", "facts.yaml", "-o", "new.yaml", "--json", cwd=folder
    )

    pairs = {pair["id"]: pair for pair in json.loads(run.out)["pairs"]}
    assert (pairs["growth.gdp"]["old"], pairs["growth.gdp"]["new"]) == ("500亿元", "540亿元")
    assert pairs["growth.gdp"]["new_period"] == "2025"
    assert (pairs["growth.gdp_growth"]["new"], pairs["trade.exports"]["state"]) == ("5.8%", "new")


def test_a_table_goes_on_from_the_command_line(cli, folder):
    (folder / "a.docx").write_bytes(b"")
    (folder / "old.csv").write_text("year,gdp\n2024,500\n", encoding="utf-8")
    (folder / "next.csv").write_text("year,gdp\n2024,500\n2025,540\n", encoding="utf-8")
    report = folder / "report.yaml"
    report.write_text(
        "title: {zh: 简报, en: Briefing}\ndate: 2026-01-31\n"
        "documents: {briefing: {zh: {template: a.docx, output: b.docx}}}\n"
        "datasets:\n  gdp:\n    file: old.csv\n"
        "facts:\n  growth:\n    title: {zh: 增长, en: Growth}\n    facts:\n      gdp:\n"
        "        name: {zh: 总值, en: GDP}\n        unit: 亿元\n        period: 2024\n"
        "        cell: {dataset: gdp, column: gdp, where: {year: 2024}}\n",
        encoding="utf-8",
    )
    before = report.read_text(encoding="utf-8")

    run = cli("extract", "next.csv", "--update", "report.yaml", cwd=folder)

    assert run.code == 0
    assert "1 changed, 0 same, 0 found, 0 missing, 0 new" in run.out
    assert (folder / "report.yaml.bak").read_text(encoding="utf-8") == before
    assert "file: next.csv" in report.read_text(encoding="utf-8")
    assert _answer(folder, "a\n", "extract", "--review", "report.yaml").returncode == 0
    assert "review" not in report.read_text(encoding="utf-8")
