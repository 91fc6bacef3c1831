"""Checking single templates: what is told, the SARIF log, and the copy with comments."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from tests.conftest import ROOT, Run
from tests.support.packages import docx_bytes, open_docx, open_pptx, part_xml, pptx_bytes
from tests.support.soundness import assert_sound

Cli = Callable[..., Run]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


class _Node(BaseModel):
    """An object of the SARIF 2.1.0 schema, as far as it is used; nothing else may stand in it."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Text(_Node):
    text: str


class _Rule(_Node):
    id: str
    shortDescription: _Text  # noqa: N815


class _Driver(_Node):
    name: str
    rules: list[_Rule]


class _Tool(_Node):
    driver: _Driver


class _Uri(_Node):
    uri: str = Field(pattern=r"^[^ <>\\{}]+$")
    index: int | None = Field(None, ge=0)


class _Artifact(_Node):
    location: _Uri


class _Logical(_Node):
    name: str | None = None
    fullyQualifiedName: str  # noqa: N815
    parentIndex: int | None = Field(None, ge=0)  # noqa: N815
    index: int | None = Field(None, ge=0)


class _Region(_Node):
    startLine: int = Field(ge=1)  # noqa: N815
    startColumn: int | None = Field(None, ge=1)  # noqa: N815


class _Physical(_Node):
    artifactLocation: _Uri  # noqa: N815
    region: _Region | None = None


class _Location(_Node):
    physicalLocation: _Physical | None = None  # noqa: N815
    logicalLocations: list[_Logical] = []  # noqa: N815
    message: _Text | None = None


class _Result(_Node):
    ruleId: str  # noqa: N815
    ruleIndex: int = Field(ge=0)  # noqa: N815
    level: Literal["none", "note", "warning", "error"]
    message: _Text
    partialFingerprints: dict[str, str]  # noqa: N815
    locations: list[_Location] = []
    properties: dict[str, Any] = {}


class _SarifRun(_Node):
    tool: _Tool
    artifacts: list[_Artifact]
    logicalLocations: list[_Logical]  # noqa: N815
    results: list[_Result]
    columnKind: Literal["utf16CodeUnits", "unicodeCodePoints"]  # noqa: N815


class _Log(_Node):
    schema_: str = Field(alias="$schema")
    version: Literal["2.1.0"]
    runs: list[_SarifRun]


def read_sarif(path: Path) -> _SarifRun:
    """Return the run of a log whose objects, indexes and references agree with each other."""
    log = _Log.model_validate(json.loads(path.read_text(encoding="utf-8")))
    (run,) = log.runs
    for result in run.results:
        assert run.tool.driver.rules[result.ruleIndex].id == result.ruleId
        for location in result.locations:
            physical = location.physicalLocation
            if physical is not None:
                index = physical.artifactLocation.index
                assert index is not None
                assert run.artifacts[index].location.uri == physical.artifactLocation.uri
            for logical in location.logicalLocations:
                assert logical.index is not None
                node = run.logicalLocations[logical.index]
                assert node.fullyQualifiedName == logical.fullyQualifiedName
    for number, node in enumerate(run.logicalLocations):
        assert node.parentIndex is None or node.parentIndex < number
    return run


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a template of four mistakes and a table of one row."""

    def edit(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ hder }}"

    (tmp_path / "bad.docx").write_bytes(
        docx_bytes("Dear {{ name }}", "plain", [["{{ name }}", "b {{ nme }}"]], "{{ amt }}¦ end",
                   "{{ 50 }} {{ x.y }}", edit=edit)
    )  # fmt: skip
    (tmp_path / "people.csv").write_text("name,amount,x\nLi,1,2\n", encoding="utf-8")
    return tmp_path


class TestVerdict:
    def test_without_data_the_expected_names_are_listed(self, cli: Cli, desk: Path) -> None:
        run = cli("check", "bad.docx", cwd=desk)

        assert (run.code, run.err) == (0, "")
        assert run.out == (
            "the template is sound; try it with data: --data FILE\n"
            "it expects: amt, hder, name, nme, x\n"
        )

    def test_all_mistakes_are_told_at_once(self, cli: Cli, desk: Path) -> None:
        run = cli("check", "bad.docx", "--data", "people.csv", cwd=desk)

        assert run.code == 1
        assert [line for line in run.err.splitlines() if line.startswith("error")] == [
            'error: bad.docx, table 1, row 1, column 2: no name "nme" in this report',
            'error: bad.docx, paragraph 3: no name "amt" in this report',
            'error: bad.docx, paragraph 4: no "y" in "{{ x.y }}"',
            'error: bad.docx, header 1, paragraph 1: no name "hder" in this report',
        ]

    def test_json_tells_problems_and_names(self, cli: Cli, desk: Path) -> None:
        told = json.loads(cli("check", "bad.docx", "--set", "name=a", "--json", cwd=desk).out)

        assert (told["ok"], told["command"]) == (False, "check")
        assert told["names"] == ["amt", "hder", "name", "nme", "x"]
        assert told["problems"][0]["where"]["steps"] == ["table 1", "row 1", "column 2"]

    def test_a_terminal_gets_a_drawn_table(self, desk: Path) -> None:
        screen, line = pty.openpty()
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}

        with subprocess.Popen(
            [sys.executable, str(ROOT / "make_report.py"), "check", "bad.docx", "--set", "x=1"],
            cwd=desk, stdout=line, stderr=line, env={**env, "TERM": "xterm", "COLUMNS": "120"},
        ) as run:  # fmt: skip
            os.close(line)
            shown = b""
            while chunk := _read(screen):
                shown += chunk

        assert run.returncode == 1
        assert "─" in shown.decode()
        assert "6 problems" in shown.decode()

    def test_wrong_data_are_told_beside_wrong_tags(self, cli: Cli, desk: Path) -> None:
        (desk / "a.json").write_text("{", encoding="utf-8")
        (desk / "open.docx").write_bytes(docx_bytes("{% if a %}"))

        run = cli("check", "open.docx", "--data", "a.json", cwd=desk)

        errors = [line for line in run.err.splitlines() if line.startswith("error")]
        assert run.code == 1
        assert [error[7:20] for error in errors] == ["a.json, line ", "open.docx, pa"]

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["bad.docx", "--lang", "zh"],
             "--lang is about a report, not about a single template"),
            (["--data", "people.csv"], "--data is about a single template: check TEMPLATE"),
            (["--comments", "c.docx"], "--comments is about a single template: check TEMPLATE"),
        ],
    )  # fmt: skip
    def test_options_of_the_other_kind_are_wrong_use(
        self, cli: Cli, desk: Path, words: list[str], message: str
    ) -> None:
        run = cli("check", *words, cwd=desk)

        assert run.code == 2
        assert run.err.startswith(f"error: {message}\n")

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--sarif", "log.txt"], "log.txt: a SARIF log has another ending"),
            (["--comments", "c.pptx"], "c.pptx: a template for .docx cannot give this file"),
            (["--comments", "bad.docx"],
             "bad.docx: the result would overwrite a file that is checked"),
        ],
    )  # fmt: skip
    def test_results_never_replace_what_is_checked(
        self, cli: Cli, desk: Path, words: list[str], message: str
    ) -> None:
        before = {path.name: path.read_bytes() for path in desk.iterdir()}

        run = cli("check", "bad.docx", *words, cwd=desk)

        assert run.code == 1
        assert run.err.startswith(f"error: {message}\n")
        assert {path.name: path.read_bytes() for path in desk.iterdir()} == before


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 65_536)
    except OSError:  # the other end is closed
        return b""


class TestSarif:
    def test_names_rule_file_part_place_and_hint(self, cli: Cli, desk: Path) -> None:
        run = cli("check", "bad.docx", "--data", "people.csv", "--sarif", "log.sarif", cwd=desk)

        sarif = read_sarif(desk / "log.sarif")
        assert run.code == 1
        assert [rule.id for rule in sarif.tool.driver.rules] == ["undefined-name"]
        assert [r.locations[0].logicalLocations[0].fullyQualifiedName for r in sarif.results] == [
            "bad.docx/word/document.xml/table 1/row 1/column 2",
            "bad.docx/word/document.xml/paragraph 3",
            "bad.docx/word/document.xml/paragraph 4",
            "bad.docx/word/header1.xml/header 1/paragraph 1",
        ]
        first = sarif.results[0]
        assert first.level == "error"
        assert first.message.text == ('no name "nme" in this report\nhint: did you mean "name"?')
        assert first.properties["hint"] == 'did you mean "name"?'

    def test_points_at_line_and_column_of_data(self, cli: Cli, desk: Path) -> None:
        (desk / "a b.json").write_text('{"a":\n 1,, }', encoding="utf-8")

        cli("check", "bad.docx", "--data", "a b.json", "--sarif", "log.sarif", cwd=desk)

        physical = read_sarif(desk / "log.sarif").results[0].locations[0].physicalLocation
        assert physical is not None
        assert physical.artifactLocation.uri == "a%20b.json"
        assert physical.region == _Region(startLine=2, startColumn=4)

    def test_is_the_same_each_time_and_empty_without_problems(self, cli: Cli, desk: Path) -> None:
        for name in ("1.sarif", "2.sarif"):
            cli("check", "bad.docx", "--set", "x=1", "--sarif", name, cwd=desk,
                PYTHONHASHSEED=name[0])  # fmt: skip
        clean = cli("check", "bad.docx", "--sarif", "clean.sarif", cwd=desk)

        assert (desk / "1.sarif").read_bytes() == (desk / "2.sarif").read_bytes()
        assert clean.code == 0
        assert read_sarif(desk / "clean.sarif").results == []

    def test_names_the_templates_of_a_report(self, cli: Cli, project: Path) -> None:
        template = project / "templates" / "en" / "deck.pptx"
        deck = open_pptx(template.read_bytes())
        deck.slides[3].shapes.title.text_frame.paragraphs[0].add_run().text = "{{ grwth }}"
        deck.save(template)

        cli("check", "--sarif", "log.sarif", cwd=project)

        (result,) = read_sarif(project / "log.sarif").results
        assert result.locations[0].physicalLocation is not None
        assert result.locations[0].physicalLocation.artifactLocation.uri == "templates/en/deck.pptx"
        assert result.properties["steps"][0] == "slide 4"
        assert result.properties["part"].startswith("ppt/slides/slide")


class TestComments:
    def test_word_carries_each_problem_at_its_paragraph(self, cli: Cli, desk: Path) -> None:
        run = cli("check", "bad.docx", "--data", "people.csv", "--comments", "c/c.docx", cwd=desk)

        data = (desk / "c" / "c.docx").read_bytes()
        assert_sound(data)
        assert run.code == 1
        assert [comment.text for comment in open_docx(data).comments][:2] == [
            'error: no name "nme" in this report\nhint: did you mean "name"?\n'
            "(bad.docx, table 1, row 1, column 2)",
            'error: no name "amt" in this report\nhint: did you mean "amount"?\n'
            "(bad.docx, paragraph 3)",
        ]
        assert commented(data) == [
            "b {{ nme }}", "{{ amt }} end", "{{ 50 }} {{ x.y }}",
            "Dear {{ name }}",  # stands for the header, which cannot carry a comment
        ]  # fmt: skip

    def test_comments_of_the_template_stay(self, cli: Cli, desk: Path) -> None:
        def edit(document: Any) -> None:
            document.add_comment(document.paragraphs[0].runs, "Please check", author="Li")

        (desk / "t.docx").write_bytes(docx_bytes("Dear {{ nme }}", edit=edit))

        cli("check", "t.docx", "--set", "name=a", "--comments", "c.docx", cwd=desk)

        data = (desk / "c.docx").read_bytes()
        assert_sound(data)
        assert [(c.author, c.text.split("\n")[0]) for c in open_docx(data).comments] == [
            ("Li", "Please check"), ("make-report", 'error: no name "nme" in this report'),
        ]  # fmt: skip

    def test_the_copy_has_the_same_problems(self, cli: Cli, desk: Path) -> None:
        words = ("--data", "people.csv")
        (desk / "quoted.docx").write_bytes(docx_bytes("{% if a %}", "{{ 1 / 0 }} {{ x y }}"))
        cli("check", "quoted.docx", *words, "--comments", "c.docx", cwd=desk)

        first = json.loads(cli("check", "quoted.docx", *words, "--json", cwd=desk).out)
        second = json.loads(cli("check", "c.docx", *words, "--json", cwd=desk).out)

        assert "{%" in str(first["problems"])
        assert [p["message"] for p in second["problems"]] == [
            p["message"] for p in first["problems"]
        ]
        assert_sound((desk / "c.docx").read_bytes())

    def test_slides_carry_problems_at_their_shape(self, cli: Cli, desk: Path) -> None:
        (desk / "deck.pptx").write_bytes(
            pptx_bytes(["A", "{{ nme }}", "{{ amt }}"], ["B", "ok"], ["C", "{{ nme }} {{ c }}"])
        )

        run = cli("check", "deck.pptx", "--data", "people.csv", "--comments", "c.pptx", cwd=desk)

        data = (desk / "c.pptx").read_bytes()
        assert_sound(data)
        deck = open_pptx(data)
        assert run.code == 1
        assert [slide_comments(slide) for slide in deck.slides] == [
            ['error: no name "nme" in this report', 'error: no name "amt" in this report'],
            [],
            ['error: no name "nme" in this report', 'error: no name "c" in this report'],
        ]
        (author,) = part_xml(data, "ppt/commentAuthors.xml")
        assert (author.get("name"), author.get("lastIdx")) == ("make-report", "4")
        box = deck.slides[0].shapes[1]
        position = part_xml(data, "ppt/comments/comment1.xml")[0].find(f"{P}pos")
        assert position is not None
        assert int(position.get("x") or 0) == round(box.left / 1587.5)
        assert int(position.get("y") or 0) == round(box.top / 1587.5)

    def test_comments_of_slides_stay_and_authors_are_told_apart(self, cli: Cli, desk: Path) -> None:
        (desk / "deck.pptx").write_bytes(pptx_bytes(["A", "{{ nme }}"]))
        cli("check", "deck.pptx", "--set", "x=1", "--comments", "once.pptx", cwd=desk)

        cli("check", "once.pptx", "--set", "x=1", "--comments", "twice.pptx", cwd=desk)

        data = (desk / "twice.pptx").read_bytes()
        assert_sound(data)
        comments = part_xml(data, "ppt/comments/comment1.xml")
        assert [comment.get("idx") for comment in comments] == ["1", "2"]
        assert [author.get("lastIdx") for author in part_xml(data, "ppt/commentAuthors.xml")] == [
            "2"
        ]

    def test_a_sound_template_is_copied_as_it_is(self, cli: Cli, desk: Path) -> None:
        run = cli("check", "bad.docx", "--comments", "c.docx", cwd=desk)

        assert run.code == 0
        assert list(open_docx((desk / "c.docx").read_bytes()).comments) == []

    def test_a_file_that_is_no_template_gets_no_copy(self, cli: Cli, desk: Path) -> None:
        (desk / "no.docx").write_bytes(b"PK no zip")

        run = cli("check", "no.docx", "--comments", "c.docx", "--sarif", "s.sarif", cwd=desk)

        assert run.code == 1
        assert not (desk / "c.docx").exists()
        assert read_sarif(desk / "s.sarif").results[0].ruleId == "not-a-package"


def commented(data: bytes) -> list[str]:
    """Return the text inside of the range of each comment, by the comments' ids."""
    body = part_xml(data, "word/document.xml")
    found = {}
    for start in body.iter(f"{W}commentRangeStart"):
        number = start.get(f"{W}id") or ""
        text = ""
        for sibling in start.itersiblings():
            if sibling.tag == f"{W}commentRangeEnd" and sibling.get(f"{W}id") == number:
                break
            text += "".join(t.text or "" for t in sibling.iter(f"{W}t"))
        found[int(number)] = text
    return [found[number] for number in sorted(found)]


def slide_comments(slide: Any) -> list[str]:
    """Return the first line of each comment of a slide."""
    from lxml import etree

    return [
        (text.text or "").split("\n")[0]
        for rel in slide.part.rels.values()
        if rel.reltype.endswith("/comments")
        for text in etree.fromstring(rel.target_part.blob).iter(f"{P}text")
    ]
